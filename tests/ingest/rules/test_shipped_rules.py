"""The rules that ship: the numbers of the law, and that every row says where it comes from."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import holidays
import pytest

from ingest.rules import days_off
from ingest.rules.files import file_columns
from ingest.rules.resolving import SHIPPED_RULES, Rules, read_rules
from warehouse.catalog.reader import load_catalog
from warehouse.store.home import Home
from warehouse.version import PROJECT

TERNATE = "82.71"
RULES = tuple(load_catalog().rules)


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rules:
    return read_rules(Home(tmp_path_factory.mktemp("home")), [TERNATE])


def of(
    rules: Rules, name: str, day: date = date(2025, 6, 2), government: str = TERNATE
) -> list[Mapping[str, Any]]:
    """The rows of a rule that hold in a government on a day."""
    return [
        row
        for row in rules.tables[name]
        if row["government_code"] == government and row["valid_from"] <= day <= row["valid_to"]  # type: ignore[operator]
    ]


def written(name: str) -> list[dict[str, str]]:
    with (SHIPPED_RULES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_there_is_a_file_for_every_rule_and_no_other() -> None:
    assert {path.stem for path in SHIPPED_RULES.iterdir()} == set(RULES)


@pytest.mark.parametrize("name", RULES)
def test_columns_are_those_of_the_catalog(name: str) -> None:
    header = (SHIPPED_RULES / f"{name}.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
    assert sorted(header) == sorted(c.name for c in file_columns(load_catalog().rules[name]))


@pytest.mark.parametrize("name", RULES)
def test_every_row_cites_its_source_and_trust(name: str) -> None:
    for row in written(name):
        assert row["source"].strip()
        assert row["trust"] in {"C", "A", "D", "R"}


def minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute


@pytest.mark.parametrize(
    ("period", "start", "end", "friday_end", "week_minutes"),
    [
        ("ordinary", time(7, 30), time(16, 0), time(16, 30), 37 * 60 + 30),
        ("ramadan", time(8, 0), time(15, 0), time(15, 30), 32 * 60 + 30),
    ],
)
def test_working_hours_make_the_week_of_perpres_21_2023(
    rules: Rules, *, period: str, start: time, end: time, friday_end: time, week_minutes: int
) -> None:
    days = {
        row["weekday"]: row
        for row in of(rules, "working_hours", date(2023, 1, 2))
        if row["period"] == period
    }
    assert sorted(days) == [1, 2, 3, 4, 5]
    assert {row["start_time"] for row in days.values()} == {start}
    assert {days[weekday]["end_time"] for weekday in (1, 2, 3, 4)} == {end}
    assert days[5]["end_time"] == friday_end
    worked = sum(
        minutes(row["end_time"]) - minutes(row["start_time"]) - row["break_minutes"]
        for row in days.values()
    )
    assert worked == week_minutes
    assert {row["unit_code"] for row in days.values()} == {None}
    assert {row["employee_type"] for row in days.values()} == {None}


@pytest.mark.parametrize(
    ("first_day", "syawal"),
    [
        (date(2023, 3, 23), date(2023, 4, 22)),
        (date(2024, 3, 12), date(2024, 4, 10)),
        (date(2025, 3, 1), date(2025, 3, 31)),
        (date(2026, 2, 19), date(2026, 3, 21)),
    ],
)
def test_ramadan_ends_on_the_day_before_syawal(rules: Rules, first_day: date, syawal: date) -> None:
    found = [row for row in of(rules, "ramadan") if row["first_day"] == first_day]
    assert [row["last_day"] for row in found] == [syawal - timedelta(days=1)]


def test_days_off_are_those_of_the_library(rules: Rules) -> None:
    shipped = {row["date"]: row["kind"] for row in of(rules, "days_off")}
    years = sorted({day.year for day in shipped})
    assert years[:4] == [2023, 2024, 2025, 2026]
    public = holidays.country_holidays("ID", years=years, categories=("public",))
    joint = holidays.country_holidays("ID", years=years, categories=("government",))
    expected = dict.fromkeys(joint, "joint_leave") | dict.fromkeys(public, "holiday")
    assert shipped == expected


@pytest.mark.parametrize(("year", "expected"), [(2023, 239), (2024, 238), (2025, 237), (2026, 240)])
def test_working_days_of_a_year(rules: Rules, year: int, expected: int) -> None:
    closed = {row["date"] for row in of(rules, "days_off")}
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(366)]
    assert sum(d.year == year and d.isoweekday() <= 5 and d not in closed for d in days) == expected


def test_days_off_of_a_coming_year_are_written_as_a_rule_file(tmp_path: Path) -> None:
    file = io.StringIO()
    days_off.write([2026, 2027], file)
    home = Home(tmp_path)
    home.config.mkdir()
    (home.config / "days_off.csv").write_text(file.getvalue(), encoding="utf-8")
    own = [row for row in of(read_rules(home, [TERNATE]), "days_off") if row["origin"] == "home"]
    shipped = [row for row in written("days_off") if row["date"] >= "2026"]
    assert [(str(row["date"]), row["kind"], row["name"]) for row in own] == [
        (row["date"], row["kind"], row["name"]) for row in shipped
    ]
    assert {row["trust"] for row in own} == {"R"}


def test_the_numbers_of_attendance(rules: Rules) -> None:
    assert {row["rule_code"]: row["value"] for row in of(rules, "attendance_rules")} == {
        "repeat_minutes": 5,
        "missing_side_minutes": 225,
        "day_minutes": 450,
        "min_evidence": 0.1,
        "min_coverage": 0.8,
        "presence_weight": 0.8,
        "apel_weight": 0.2,
        "pp94_minutes": 1,
    }


def test_bands_of_pp_94_follow_each_other_without_a_hole(rules: Rules) -> None:
    rows = of(rules, "absence_bands")
    counted = sorted(
        (row for row in rows if row["days_from"] is not None), key=lambda r: r["days_from"]
    )
    levels = [(row["days_from"], row["days_to"], row["level"]) for row in counted]
    assert levels == [
        (0, 2, "none"),
        (3, 3, "light"),
        (4, 6, "light"),
        (7, 10, "light"),
        (11, 13, "medium"),
        (14, 16, "medium"),
        (17, 20, "medium"),
        (21, 24, "heavy"),
        (25, 27, "heavy"),
        (28, None, "heavy"),
    ]
    assert counted[0]["band_code"] == "none"
    (run,) = [row for row in rows if row["days_from"] is None]
    assert (run["band_code"], run["days_to"], run["level"]) == ("ten_in_row", None, "heavy")


def points(rules: Rules, position: str, day: date) -> dict[str, float]:
    return {
        row["criterion"]: row["points"]
        for row in of(rules, "ip_asn_rules", day)
        if row["position_type"] == position
    }


OF_2022 = date(2022, 12, 31)


@pytest.mark.parametrize("position", ["structural", "functional", "pelaksana"])
def test_points_of_ip_asn_that_are_the_same_for_every_post(rules: Rules, position: str) -> None:
    found = points(rules, position, OF_2022)
    words = {criterion.partition("=")[2]: value for criterion, value in found.items()}
    assert [words[e] for e in ("S3", "S2", "S1", "D4", "D3", "D2", "D1", "SLTA", "SLTP", "SD")] == [
        25,
        20,
        15,
        15,
        10,
        5,
        5,
        5,
        1,
        1,
    ]
    assert [found[f"skp_score>={n}"] for n in (91, 76, 61, 51, 0)] == [30, 25, 15, 5, 1]
    assert [words[s] for s in ("none", "light", "medium", "heavy")] == [5, 3, 2, 1]


@pytest.mark.parametrize(
    ("position", "training", "technical", "seminar"),
    [
        ("structural", {"leadership_training": 15}, 15, 10),
        ("functional", {"functional_training": 15}, 15, 10),
        ("pelaksana", {}, 22.5, 17.5),
    ],
)
@pytest.mark.parametrize("day", [OF_2022, date(2024, 12, 31)])
def test_competence_adds_up_to_forty_for_every_post(
    rules: Rules,
    *,
    position: str,
    training: dict[str, float],
    technical: float,
    seminar: float,
    day: date,
) -> None:
    competence = {
        row["criterion"]: row["points"]
        for row in of(rules, "ip_asn_rules", day)
        if row["position_type"] == position and row["dimension"] == "kompetensi"
    }
    assert competence == {
        **{f"{name}=true": value for name, value in training.items()},
        **{f"{name}=false": 0 for name in training},
        "technical_training_jp>=20": technical,
        "technical_training_jp>=0": 0,
        "seminars>=1": seminar,
        "seminars>=0": 0,
    }
    assert sum(competence.values()) == 40


def test_the_newer_version_of_ip_asn_changes_two_dimensions_only(rules: Rules) -> None:
    before = points(rules, "functional", OF_2022)
    after = points(rules, "functional", date(2023, 12, 31))
    changed = {c: value for c, value in after.items() if value != before[c]}
    assert changed == {"skp_score>=51": 10, "skp_score>=0": 5, "sanction=heavy": 0}
    versions = [
        {row["rule_version"] for row in of(rules, "ip_asn_rules", day)}
        for day in (OF_2022, date(2023, 12, 31))
    ]
    assert versions == [{"permenpanrb_38_2018"}, {"skp_predicate_2023"}]


@pytest.mark.parametrize(
    ("index_code", "value", "category"),
    [
        ("ip_asn", 53.77, "Sangat Rendah"),
        ("ip_asn", 70, "Rendah"),
        ("ip_asn", 78.25, "Sedang"),
        ("ip_asn", 91, "Sangat Tinggi"),
        ("berakhlak", 53.77, "Cukup Sehat"),
        ("berakhlak", 70, "Cukup Sehat"),
        ("berakhlak", 75, "Sehat"),
        ("berakhlak", 24.9, "Sangat Tidak Sehat"),
        ("skm", 76.6, "Kurang Baik"),
        ("skm", 76.61, "Baik"),
        ("skm", 88.31, "Sangat Baik"),
        ("culture", 0, "Perlu perhatian"),
    ],
)
def test_categories_of_the_indices(
    rules: Rules, index_code: str, value: float, category: str
) -> None:
    bands = [row for row in of(rules, "index_bands") if row["index_code"] == index_code]
    reached = [row for row in bands if row["lower_bound"] <= value]
    assert max(reached, key=lambda row: row["lower_bound"])["category"] == category


def test_printed_bands_begin_at_their_lower_bound_and_show_the_gaps(rules: Rules) -> None:
    for row in of(rules, "index_bands"):
        assert float(row["printed"].partition("-")[0]) == row["lower_bound"]
    tops = {
        row["category"]: float(row["printed"].partition("-")[2])
        for row in of(rules, "index_bands")
        if row["index_code"] == "ip_asn"
    }
    assert tops == {
        "Sangat Tinggi": 100, "Tinggi": 90, "Sedang": 80, "Rendah": 70, "Sangat Rendah": 60,
    }  # fmt: skip


def test_the_culture_score_has_words_of_no_official_index(rules: Rules) -> None:
    words: dict[str, set[str]] = {}
    for row in of(rules, "index_bands"):
        words.setdefault("culture" if row["index_code"] == "culture" else "official", set()).add(
            row["category"]
        )
    assert words["culture"] == {"Kuat", "Cukup", "Perlu perhatian"}
    assert not words["culture"] & words["official"]


def test_weights_and_ages_of_the_culture_score(rules: Rules) -> None:
    found = {r["component"]: (r["weight"], r["max_age"]) for r in of(rules, "score_weights")}
    assert found == {"survey": (0.5, 400), "discipline": (0.25, 0), "ip_asn": (0.25, 2)}


def test_ten_people_are_the_fewest_shown(rules: Rules) -> None:
    found = {row["family"]: row["k"] for row in of(rules, "disclosure")}
    assert found == {"survey": 10, "discipline": 10, "ip_asn": 10}


def test_labels_of_each_scale_reach_from_its_first_to_its_last_point(rules: Rules) -> None:
    for scale in (4, 5, 6):
        values = {
            row["label"]: row["value"]
            for row in of(rules, "likert_labels")
            if row["points_of_scale"] == scale
        }
        assert set(values.values()) == set(range(1, scale + 1))
        assert values["sangat tidak setuju"] == values["sts"] == 1
        assert values["sangat setuju"] == values["ss"] == scale
    # Of five points the middle has many names; of four there is none.
    middle = {
        row["label"]
        for row in of(rules, "likert_labels")
        if (row["points_of_scale"], row["value"]) == (5, 3)
    }
    assert middle == {"kurang setuju", "ks", "netral", "n", "ragu-ragu", "rr"}


def test_leave_types_count_as_the_status_words_say(rules: Rules) -> None:
    found = {row["leave_type"]: row["counts_as"] for row in of(rules, "leave_types")}
    for word in ("cuti tahunan", "sakit", "izin", "ijin", "tugas belajar", "cuti melahirkan"):
        assert found[word] == "excused"
    for word in ("dinas luar", "tugas luar", "wfh"):
        assert found[word] == "present"
    for word in ("alpa", "alpha", "tk", "tanpa keterangan", "absen", "mangkir"):
        assert found[word] == "unexcused"
    # A clash of meanings is for the region to decide: Terlambat or Tugas Luar, Alpa or alasan.
    assert not {"tl", "a", "i", "s", "c"} & set(found)


def test_all_552_governments_keep_their_code_as_text_and_their_zone() -> None:
    found = {
        row["government_code"]: (row["name"], row["level"], row["time_zone"])
        for row in written("governments")
    }
    assert len(found) == 552 + 1
    assert Counter(level for _, level, _ in found.values()) == {
        "national": 1,
        "province": 38,
        "regency": 416,
        "city": 98,
    }
    assert len({name for name, _, _ in found.values()}) == len(found)
    expected = {
        "ID": ("Indonesia (nasional)", "national", "Asia/Jakarta"),
        "82": ("Provinsi Maluku Utara", "province", "Asia/Jayapura"),
        "82.71": ("Kota Ternate", "city", "Asia/Jayapura"),
        "82.72": ("Kota Tidore Kepulauan", "city", "Asia/Jayapura"),
        "35.75": ("Kota Pasuruan", "city", "Asia/Jakarta"),
        "72.71": ("Kota Palu", "city", "Asia/Makassar"),
        "11.10": ("Kabupaten Aceh Singkil", "regency", "Asia/Jakarta"),
        "64": ("Provinsi Kalimantan Timur", "province", "Asia/Makassar"),
    }
    assert {code: found[code] for code in expected} == expected
    # A regency or city lies in the province of its first digits, and in its zone.
    for code, (_, level, zone) in found.items():
        assert (level in {"regency", "city"}) == ("." in code)
        if "." in code:
            assert found[code[:2]][1:] == ("province", zone)
    assert all(row["source"].startswith("Kepmendagri") for row in written("governments")[1:])


def test_there_is_a_target_for_every_year_of_the_warehouse(rules: Rules) -> None:
    found = {
        row["year"]: (row["unit_code"], row["value"])
        for row in of(rules, "targets")
        if row["measure"] == "culture_score"
    }
    assert found == dict.fromkeys(range(2023, 2031), (None, 70))


def test_the_shipped_rules_are_read_without_pandas() -> None:
    """To import it takes longer than to read them, and every command reads them."""
    program = (
        "import sys\nfrom ingest.rules.resolving import shipped_rules\n"
        "assert shipped_rules(['82.71']).tables['targets']\nassert 'pandas' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], cwd=PROJECT, check=True)
