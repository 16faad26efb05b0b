"""A trace leads from a published cell to rows of files from which the cell can be computed again.

Belongs here: random published cells of the demo, and what a trace shows and keeps to itself. The
formulas are the oracle's (`tests/oracle`), fed with nothing but the rows that the trace names.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from math import isclose
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest
import sqlglot

from tests.conftest import BUDAYA, budaya
from tests.oracle import ip_asn, read_files, read_survey, survey
from tests.oracle.figures import mean
from tests.oracle.people import People as Staff
from tests.oracle.read_files import Arrivals, Delivery, Numbered
from tests.oracle.rules import Rules
from tests.oracle.sources import SOURCES
from warehouse.catalog.reader import load_catalog
from warehouse.errors import UserError
from warehouse.proof import ledger
from warehouse.proof.lineage_models import Graph, Upstream
from warehouse.proof.lineage_query import ANYWHERE
from warehouse.proof.lineage_sql import Reader
from warehouse.proof.trace import People, Trace, people_behind, trace
from warehouse.store.home import Home

SHIPPED_RULES = Path(__file__).parents[1] / "ingest" / "rules" / "shipped"
NOW = datetime(2026, 11, 22, tzinfo=UTC)
LAST_ARRIVAL = Arrivals({})


@pytest.fixture(scope="module")
def home(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A copy of the demo without its working file: a trace never opens it."""
    copy = tmp_path_factory.mktemp("trace") / "home"
    shutil.copytree(
        demo_home, copy, symlinks=True, ignore=shutil.ignore_patterns("warehouse.duckdb")
    )
    return Home(copy)


@pytest.fixture(scope="module")
def landed(home: Home) -> dict[tuple[str, str], Delivery]:
    return {(d.source, d.sha256): d for d in read_files.deliveries(home.landing)}


@pytest.fixture(scope="module")
def rules(home: Home) -> Rules:
    return Rules(SHIPPED_RULES, home.config)


def published(home: Home, table: str, where: str = "true", count: int = 4) -> list[dict[str, Any]]:
    """Some rows of a published table, by chance but always the same."""
    with duckdb.connect() as conn:
        conn.execute(f"attach '{home.published}/current/marts.duckdb' as marts (read_only)")
        found = conn.execute(f"select * from marts.{table} where {where} order by all")
        names = [column[0] for column in found.description]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    assert rows
    return Random(table).sample(rows, min(count, len(rows)))


def key_of(table: str, row: dict[str, Any]) -> list[str]:
    return [str(row[name]) for name in load_catalog().marts[table].key]


def with_people(home: Home, found: Trace) -> dict[str, list[dict[str, Any]]]:
    _, people = people_behind(home, found, NOW)
    return {one.table: rows_of(one) for one in people}


def rows_of(one: People) -> list[dict[str, Any]]:
    return [dict(zip(one.columns, row, strict=True)) for row in one.rows]


def traced_rows(
    landed: dict[tuple[str, str], Delivery], found: Trace, source: str
) -> Iterator[tuple[Delivery, Numbered]]:
    """The typed rows of the files that a trace names, and no other."""
    for file in found.files:
        if file.source == source:
            delivery = landed[source, file.file_sha256]
            for row in read_files.rows_of(delivery, SOURCES[source], datetime.max):
                if row.number in file.rows:
                    yield delivery, row


def respondents(
    home: Home, landed: dict[tuple[str, str], Delivery], rules: Rules, found: Trace
) -> list[survey.Respondent]:
    """Scores of the submissions in the rows that a trace names."""
    paths = [landed["survey", file.file_sha256].path for file in found.files]
    items = read_survey.items(paths)
    labels = read_survey.Labels(rules, found.key["government_code"])
    return [
        survey.score(submission, items, "")
        for file in found.files
        for number, submission in read_survey.submissions(
            landed["survey", file.file_sha256].path, file.period, items, labels
        )
        if number in file.rows
    ]


@pytest.mark.parametrize(
    ("table", "code", "measure"),
    [
        ("mart_survey_value", "value_code", "values"),
        ("mart_survey_behaviour", "behaviour_code", "behaviours"),
    ],
)
def test_survey_cells_are_computed_from_the_rows(  # noqa: PLR0917 - fixtures
    home: Home,
    landed: dict[tuple[str, str], Delivery],
    rules: Rules,
    table: str,
    code: str,
    measure: str,
) -> None:
    for row in published(home, table, "unit_level = 'opd' and not suppressed"):
        found = trace(home, table, [*key_of(table, row), "score"])
        scores = [
            getattr(one, measure)[row[code]]
            for one in respondents(home, landed, rules, found)
            if row[code] in getattr(one, measure)
        ]
        assert found.values == {"score": row["score"]}
        assert len(scores) == row["respondents"]
        assert isclose(mean(scores) or 0, row["score"], rel_tol=1e-9)


def test_a_units_survey_score_is_computed_from_the_rows(
    home: Home, landed: dict[tuple[str, str], Delivery], rules: Rules
) -> None:
    for row in published(home, "mart_survey", "unit_level = 'opd' and not suppressed"):
        found = trace(home, "mart_survey", key_of("mart_survey", row))
        people = respondents(home, landed, rules, found)
        values = [
            mean([one.values[value] for one in people if value in one.values])
            for value in survey.VALUES
        ]
        assert len([one for one in people if one.values]) == row["respondents"]
        assert isclose(mean([v for v in values if v is not None]) or 0, row["survey_score"])


def test_ip_asn_cells_are_computed_from_the_rows(
    home: Home, landed: dict[tuple[str, str], Delivery], rules: Rules
) -> None:
    by_government = {
        one.government_code: Staff(one)
        for one in read_files.read_landing(home.landing, rules, LAST_ARRIVAL, NOW.date())
    }
    for row in published(home, "mart_ip_asn", "not suppressed"):
        found = trace(home, "mart_ip_asn", key_of("mart_ip_asn", row))
        staff = by_government[row["government_code"]].in_service(date(row["year"], 12, 31))
        who = {one.nip: one for one in staff}
        records = [
            SOURCES["ip_asn"].record(**numbered.values)
            for _, numbered in traced_rows(landed, found, "ip_asn")
        ]
        scored = [
            ip_asn.score(one, who[one.nip], rules, row["government_code"])  # type: ignore[arg-type,attr-defined]
            for one in records
        ]
        totals = [one.total for one in scored if one is not None]
        assert len(totals) == row["scored"] == len(records)
        assert isclose(mean(totals) or 0, row["ip_asn_score"], rel_tol=1e-9)
        people = with_people(home, found)["employee_ip_asn"]
        assert sorted(one["total"] for one in people) == pytest.approx(sorted(totals))


DAYS = {
    "present_days": "present",
    "excused_days": "excused",
    "unexcused_days": "unexcused",
    "unrecorded_days": "unrecorded",
}


def test_discipline_cells_are_computed_from_the_days(
    home: Home, landed: dict[tuple[str, str], Delivery]
) -> None:
    for row in published(home, "mart_discipline", "not suppressed"):
        found = trace(home, "mart_discipline", key_of("mart_discipline", row))
        days = with_people(home, found)["employee_day"]
        counted = {
            column: sum(day["day_status"] == status for day in days)
            for column, status in DAYS.items()
        }
        assert counted == {column: row[column] for column in DAYS}
        assert len({day["nip"] for day in days}) == row["employees"]
        for column in ("late_minutes", "early_leave_minutes"):
            assert sum(day[column] for day in days) == row[column]
        lost = row["absence_day_equivalents"] / (row["scheduled_days"] - row["excused_days"])
        assert isclose(row["presence_rate"], max(0.0, 1 - lost))


def test_days_are_computed_from_the_rows_of_the_files(
    home: Home, landed: dict[tuple[str, str], Delivery]
) -> None:
    """The first and last punch of every day are at the file and row that the day names."""
    (row,) = published(home, "mart_discipline", "unit_level = 'opd' and not suppressed", 1)
    found = trace(home, "mart_discipline", key_of("mart_discipline", row))
    moments = {
        (delivery.sha256, numbered.number): numbered.values["timestamp"]
        for delivery, numbered in traced_rows(landed, found, "attendance")
    }
    checked = 0
    for day in with_people(home, found)["employee_day"]:
        if day["day_status"] == "present" and day["first_punch"] is not None:
            named = [
                (digest, int(number))
                for digest, group in zip(
                    day["file_sha256"].split(";"), day["row_numbers"].split(";"), strict=True
                )
                for number in group.split(",")
            ]
            punches = sorted(moments[one] for one in named if one in moments)  # type: ignore[type-var]
            if punches:  # leave that counts as present names its own row
                assert (punches[0], punches[-1]) == (day["first_punch"], day["last_punch"])
                checked += 1
    assert checked > 50


def test_bands_are_counted_from_people(home: Home) -> None:
    for row in published(home, "mart_absence_band", "not suppressed", 6):
        found = trace(home, "mart_absence_band", key_of("mart_absence_band", row))
        assert len(with_people(home, found)["employee_discipline"]) == row["employees"]


def test_apel_is_attended_by_people_in_the_rows(
    home: Home, landed: dict[tuple[str, str], Delivery]
) -> None:
    for row in published(home, "mart_discipline", "not suppressed and apel_attended > 0"):
        found = trace(home, "mart_discipline", [*key_of("mart_discipline", row), "apel_attended"])
        assert {file.source for file in found.files} == {"events"}
        rows = list(traced_rows(landed, found, "events"))
        assert len(rows) >= row["apel_attended"]
        assert {str(one.values["event_date"])[:7] for _, one in rows} == {str(row["month"])[:7]}


def test_official_figures_are_in_the_row(
    home: Home, landed: dict[tuple[str, str], Delivery]
) -> None:
    for row in published(home, "mart_official_index"):
        found = trace(home, "mart_official_index", key_of("mart_official_index", row))
        ((_, numbered),) = traced_rows(landed, found, "official")
        assert float(str(numbered.values["value"])) == row["value"]


def test_a_culture_score_is_computed_from_the_cells_it_names(home: Home, rules: Rules) -> None:
    for row in published(home, "mart_culture_score", "culture_score is not null"):
        found = trace(home, "mart_culture_score", key_of("mart_culture_score", row))
        parts = {cell.table: trace(home, cell.table, cell.key).values for cell in found.cells}
        assert {cell.table: cell.value for cell in found.cells} == {
            cell.table: parts[cell.table][cell.column] for cell in found.cells
        }
        weights = {
            str(rule["component"]): float(str(rule["weight"]))
            for rule in rules.all("score_weights", row["government_code"], row["month"])
        }
        score = sum(
            weights[name] * parts[table][f"{name}_score"]
            for name, table in (
                ("survey", "mart_survey"),
                ("discipline", "mart_discipline"),
                ("ip_asn", "mart_ip_asn"),
            )
        )
        assert isclose(score, row["culture_score"], rel_tol=1e-9)
        assert {file.source for file in found.files} >= {"survey", "attendance", "ip_asn"}


def test_other_tables_name_their_rows_or_files(
    home: Home, landed: dict[tuple[str, str], Delivery]
) -> None:
    for row in published(home, "dim_unit", "opd_code is not null"):
        rows = list(traced_rows(landed, trace(home, "dim_unit", key_of("dim_unit", row)), "units"))
        assert {one.values["unit_code"] for _, one in rows} == {row["unit_code"]}
    for row in published(home, "mart_source_balance"):
        (file,) = trace(home, "mart_source_balance", key_of("mart_source_balance", row)).files
        assert (file.file_sha256, file.rows) == (row["file_sha256"], ())


SURVEY_2024 = (
    "82.71/survey/2024-S2/Survei Budaya Kerja ASN Kota Ternate 2024-S2 (Jawaban) - akhir.csv"
)
INSTRUMENT = ("35.75/survey/2024-S2/instrumen.csv", tuple(range(2, 26)))
OFFICIAL = ("ID/official/indeks nasional dan daerah lain.csv", (3,))
IP_ASN_2024 = "82.71/ip_asn/2024/IP ASN 2024 final.xlsx"

# What stands in the demo's files about one cell of each table, read there by eye: who works in the
# unit by name or NIP, on which days. Of a device's log it is the number of punches that counts.
KNOWN: dict[str, tuple[list[str], dict[str, tuple[int, ...] | int]]] = {
    "dim_government": (["82.71"], {}),
    "dim_unit": (
        ["82.71", "1.08.01"],
        {"82.71/units/Struktur Perangkat Daerah Kota Ternate.xlsx": (20,)},
    ),
    "dim_value": (["AK"], {}),
    "dim_behaviour": (["LO1"], {}),
    "mart_survey": (
        ["82.71", "opd", "1.03", "2024-S2"],
        {SURVEY_2024: (9, 36, 38, 40, 61, 65, 67, 115, 126, 128, 182, 188)},
    ),
    "mart_survey_value": (
        ["35.75", "opd", "1.03", "2024-S2", "AD", "score"],
        dict([
            (
                "35.75/survey/2024-S2/hasil survei.csv",
                (32, 37, 40, 66, 93, 120, 129, 140, 150, 152, 162, 170, 176),
            ),
            INSTRUMENT,
        ]),
    ),
    "mart_survey_behaviour": (
        ["35.75", "opd", "1.03", "2024-S2", "AK3"],
        dict([
            (
                "35.75/survey/2024-S2/hasil survei.csv",
                (32, 37, 40, 66, 93, 120, 129, 140, 150, 152, 162, 170, 176),
            ),
            INSTRUMENT,
        ]),
    ),
    "mart_discipline": (
        ["82.71", "opd", "1.03", "2025-06"],
        {
            "82.71/attendance/2025-06/2_attlog.dat": 432,
            "82.71/events/daftar hadir apel 17 Juni 2025.csv": tuple(range(35, 47)),
            "82.71/events/daftar hadir upacara 1 Juni 2025.csv": tuple(range(14, 20)),
            "82.71/leave/Rekap Cuti Triwulan II 2025.xlsx": (77, 79, 104),
        },
    ),
    "mart_absence_band": (["82.71", "2025-02", "heavy_2"], {}),  # nobody is in it
    "mart_ip_asn": (["82.71", "opd", "1.03", "2024"], {IP_ASN_2024: tuple(range(34, 47))}),
    "mart_culture_score": (
        ["82.71", "opd", "1.09", "2025-01"],
        {
            "82.71/attendance/2025-01/12_attlog.dat": 483,
            "82.71/events/daftar hadir apel 17 Januari 2025.csv": tuple(range(148, 160)),
            IP_ASN_2024: tuple(range(143, 155)),
            "82.71/leave/Rekap Cuti Triwulan I 2025.xlsx": (3, 9),
            SURVEY_2024: (16, 19, 51, 60, 74, 75, 88, 97, 98, 130, 136, 146, 184),
        },
    ),
    "mart_official_index": (
        ["berakhlak", "ID", "2023", "Nasional", "Publikasi KemenPANRB 2023"],
        dict([OFFICIAL]),
    ),
}  # fmt: skip
OF_THE_NIGHT = {
    "publication": "true",
    "mart_source_balance": "file_name = 'indeks nasional dan daerah lain.csv'",
    "mart_data_quality": "true",
}
"""Tables whose key names a run: which of their rows is asked for."""


def cell_of(home: Home, table: str) -> tuple[list[str], dict[str, tuple[int, ...] | int]]:
    """A cell of a table, and all that stands behind it in landing."""
    if table in KNOWN:
        return KNOWN[table]
    (row,) = published(home, table, OF_THE_NIGHT[table], 1)
    return key_of(table, row), ({OFFICIAL[0]: ()} if table == "mart_source_balance" else {})


@pytest.mark.parametrize("table", sorted(load_catalog().marts))
def test_every_published_table_is_traced_to_the_very_files_and_rows(home: Home, table: str) -> None:
    arguments, expected = cell_of(home, table)
    landed = {
        (one.source, one.period, one.sha256): one.path.relative_to(home.landing).as_posix()
        for one in read_files.deliveries(home.landing)
    }
    found = trace(home, table, arguments)
    files = {landed[file.source, file.period, file.file_sha256]: file.rows for file in found.files}
    assert len(files) == len(found.files)
    assert {
        path: len(rows) if isinstance(expected.get(path), int) else rows
        for path, rows in files.items()
    } == expected
    assert found.models[-1] == table
    assert all(rule.rows for rule in found.rules)
    assert {rule.path.split("/")[-1].removesuffix(".csv") for rule in found.rules} <= {
        *(name.removeprefix("rule_") for name in found.tables),
        "likert_labels",
    }


RULES_OF_A_SURVEY = {"survey_waves", "likert_labels", "disclosure"}
RULES_OF_DAYS = {
    "working_hours",
    "ramadan",
    "days_off",
    "leave_types",
    "evidence",
    "attendance_rules",
    "disclosure",
}


def rules_of(found: Trace) -> dict[str, list[dict[str, Any]]]:
    """The values of the rule rows that a trace names, by rule."""
    named: dict[str, list[dict[str, Any]]] = {}
    for file in found.rules:
        rows = [dict(row.values) for row in file.rows]
        named.setdefault(file.path.split("/")[-1].removesuffix(".csv"), []).extend(rows)
    return named


def test_a_survey_uses_no_rule_and_no_model_of_other_families(home: Home) -> None:
    (row,) = published(home, "mart_survey", "unit_level = 'opd' and not suppressed", 1)
    found = trace(home, "mart_survey", key_of("mart_survey", row))
    rules = rules_of(found)
    assert set(rules) <= RULES_OF_A_SURVEY
    assert [rule["family"] for rule in rules["disclosure"]] == ["survey"]
    assert all(rule["wave"] == row["wave"] for rule in rules.get("survey_waves", ()))
    others = {"int_employee_day", "int_punch", "int_apel", "int_employee_ip_asn"}
    assert not others & {*found.models}
    assert "attendance" not in found.tables
    alpha = trace(home, "mart_survey_value", [*key_of("mart_survey", row), "BP", "cronbach_alpha"])
    assert "int_survey_alpha" in alpha.models
    assert "int_survey_score" not in alpha.models


def test_a_month_uses_the_rules_of_its_days(home: Home) -> None:
    """March 2025 lies in Ramadan, June does not; neither uses rules of PP 94 or of IP-ASN."""
    for month, ramadan in (("2025-03", 1), ("2025-06", 0)):
        key = ["82.71", "government", "82.71", month]
        rules = rules_of(trace(home, "mart_discipline", key))
        assert set(rules) <= RULES_OF_DAYS | {"event_types"}
        assert len(rules.get("ramadan", ())) == ramadan
        periods = {rule["period"] for rule in rules["working_hours"]}
        assert periods == ({"ordinary", "ramadan"} if ramadan else {"ordinary"})
        assert all(rule["date"].startswith(month) for rule in rules["days_off"])
        codes = {rule["rule_code"]: rule["value"] for rule in rules["attendance_rules"]}
        assert codes["presence_weight"] == 0.8
        assert "pp94_minutes" not in codes
        days = trace(home, "mart_discipline", [*key, "late_minutes"])
        assert "min_coverage" not in str(rules_of(days)["attendance_rules"])
        assert "int_apel" not in days.models
        apel = trace(home, "mart_discipline", [*key, "apel_rate"])
        assert set(rules_of(apel)) <= {"event_types", "leave_types", "disclosure"}
        assert "int_employee_month" not in apel.models


def test_a_culture_score_uses_its_own_rules_and_those_of_its_components(home: Home) -> None:
    (row,) = published(home, "mart_culture_score", "status = 'complete' and unit_level = 'opd'", 1)
    key = key_of("mart_culture_score", row)
    rules = rules_of(trace(home, "mart_culture_score", key))
    assert [rule["weight"] for rule in rules["score_weights"]] == [0.5, 0.25, 0.25]
    assert {rule["year"] for rule in rules["targets"]} == {row["month"].year}
    assert {rule["measure"] for rule in rules["targets"]} == {"culture_score"}
    assert [(r["index_code"], r["category"]) for r in rules["index_bands"]] == [
        ("culture", row["category"])
    ]
    assert {rule["family"] for rule in rules["disclosure"]} == {"survey", "discipline", "ip_asn"}
    survey_part = trace(home, "mart_culture_score", [*key, "survey_score"])
    assert [cell.table for cell in survey_part.cells] == ["mart_survey"]
    assert survey_part.cells[0].value == row["survey_score"]
    # How old a wave may be is said by the row of the survey's weight.
    assert set(rules_of(survey_part)) <= RULES_OF_A_SURVEY | {"score_weights"}
    assert {rule["component"] for rule in rules_of(survey_part)["score_weights"]} == {"survey"}
    assert "int_employee_day" not in survey_part.models
    target = trace(home, "mart_culture_score", [*key, "target_score"])
    assert set(rules_of(target)) == {"targets"}
    assert target.cells == ()


def test_an_index_uses_the_rows_of_its_version_and_category(home: Home) -> None:
    for row in published(home, "mart_ip_asn", "not suppressed"):
        rules = rules_of(trace(home, "mart_ip_asn", key_of("mart_ip_asn", row)))
        assert set(rules) <= {"ip_asn_rules", "index_bands", "disclosure"}
        assert [rule["category"] for rule in rules["index_bands"]] == [row["category"]]
        if row["rule_version"] == "given":
            assert "ip_asn_rules" not in rules
        elif row["rule_version"] != "mixed":
            assert {r["rule_version"] for r in rules["ip_asn_rules"]} == {row["rule_version"]}


def test_files_of_one_name_are_told_apart(home: Home) -> None:
    found = trace(home, "mart_absence_band", ["82.71", "2025-06", "none"])
    logs = [file.file_name for file in found.files if file.file_name.endswith("4_attlog.dat")]
    # The demo's school has no file in March.
    assert logs == [f"2025-{month:02d}/4_attlog.dat" for month in (1, 2, 4, 5, 6)]


def test_a_hidden_cell_stays_hidden_without_people(home: Home) -> None:
    (row,) = published(home, "mart_discipline", "suppressed and employees > 0", 1)
    found = trace(home, "mart_discipline", key_of("mart_discipline", row))
    assert found.hidden
    assert found.files == ()
    assert found.values["present_days"] is None
    shown, people = people_behind(home, found, NOW)
    assert shown.files
    assert people[0].rows


def test_who_looks_at_people_is_in_the_ledger_before(home: Home) -> None:
    (row,) = published(home, "mart_ip_asn", count=1)
    found = trace(home, "mart_ip_asn", key_of("mart_ip_asn", row))
    before = len(ledger.entries(home))
    _, people = people_behind(home, found, NOW)
    (entry,) = ledger.entries(home)[before:]
    assert entry["kind"] == "trace"
    assert (entry["table"], entry["key"]) == ("mart_ip_asn", key_of("mart_ip_asn", row))
    assert entry["rows"] == sum(len(one.rows) for one in people)
    home.ledger_file.chmod(0o644)
    damaged = home.ledger_file.read_bytes()
    home.ledger_file.write_bytes(damaged.replace(b'"kind":"trace"', b'"kind":"traze"'))
    with pytest.raises(UserError):
        people_behind(home, found, NOW)
    home.ledger_file.write_bytes(damaged)


WRONG = [
    (["no_table", "x"], "no published table"),
    (["mart_survey", "82.71"], "takes GOVERNMENT_CODE"),
    (["mart_survey", "82.71", "opd", "none", "2025-S1"], "no row"),
    (["dim_value", "BP", "score"], "no column"),
]


@pytest.mark.parametrize(("arguments", "message"), WRONG)
def test_a_wrong_cell_is_told_in_plain_words(
    home: Home, arguments: list[str], message: str
) -> None:
    with pytest.raises(UserError, match=message):
        trace(home, arguments[0], arguments[1:])


def test_the_command_shows_ranges_and_imports_no_dagster(
    home_copy: Callable[[], Path],
) -> None:
    copy = home_copy()
    (copy / "warehouse" / "warehouse.duckdb").unlink()
    cell = ["mart_discipline", "82.71", "government", "82.71", "2025-03"]
    script = (
        "import sys; from orchestration.cli import main\n"
        f"try: main(['trace', *{cell!r}, '--home', {str(copy)!r}])\n"
        "finally: assert not {'dagster', 'dbt', 'great_expectations'} & set(sys.modules)"
    )
    done = subprocess.run(
        [BUDAYA.with_name("python"), "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "int_employee_day → " in done.stdout
    assert "rule_code = presence_weight, value = 0.8" in done.stdout
    assert "/attendance/2025-03/3_attlog.dat sha256 " in done.stdout
    assert "employee_day:" not in done.stdout
    ended = budaya("trace", *cell, "--people", "--home", copy)
    assert ended.code == 0, ended.stderr
    assert "employee_day:" in ended.stdout
    assert budaya("verify", "--home", copy).code == 0


@pytest.mark.parametrize("left", ["", '{"parent_map": {"model.budaya.mart_s'])
def test_half_a_manifest_names_no_model(tmp_path: Path, left: str) -> None:
    manifest = tmp_path / "manifest.json"
    assert Graph.read(manifest).upstream("mart_survey") == Upstream()
    manifest.write_text(left)
    assert Graph.read(manifest).upstream("mart_survey") == Upstream()


def test_a_manifest_is_read_once_and_one_that_is_replaced_anew(home: Home, tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.json"
    found = json.loads((home.dbt_target / "manifest.json").read_bytes())
    manifest.write_text(json.dumps(found))
    graph = Graph.read(manifest)
    assert graph.upstream("mart_survey").models
    assert Graph.read(manifest) is graph
    manifest.write_text(json.dumps({**found, "parent_map": {}}))
    assert Graph.read(manifest).upstream("mart_survey") == Upstream()


def with_a_model(target: Path, folder: Path, *, compiled: bool) -> Graph:
    """A manifest in which the discipline of a unit is read through one model and source more."""
    found = json.loads((target / "manifest.json").read_bytes())
    unit, month = (f"model.budaya.{name}" for name in ("int_discipline_unit", "int_employee_month"))
    added, source = "model.budaya.int_added", "source.budaya.raw.added"
    path = Path("compiled") / "budaya" / found["nodes"][unit]["original_file_path"]
    text = (target / path).read_text(encoding="utf-8")
    assert '"int_employee_month"' in text
    code = """select months.*, added.note
        from "warehouse"."intermediate"."int_employee_month" as months
        left join "warehouse"."raw"."added" as added on months.nip = added.nip
        where added.is_wrong is not true"""
    found["nodes"][unit]["compiled_code"] = text.replace('"int_employee_month"', '"int_added"')
    found["nodes"][added] = {
        **found["nodes"][month],
        "name": "int_added",
        "alias": "int_added",
        "original_file_path": "none.sql",
        **({"compiled_code": code} if compiled else {}),
    }
    found["sources"][source] = {"schema": "raw", "name": "added", "identifier": "added"}
    found["parent_map"][added] = [month, source]
    found["parent_map"][source] = []
    parents = found["parent_map"][unit]
    found["parent_map"][unit] = [added if parent == month else parent for parent in parents]
    shutil.copytree(target / "compiled", folder / "compiled")
    (folder / "manifest.json").write_text(json.dumps(found))
    return Graph.read(folder / "manifest.json")


@pytest.mark.parametrize("compiled", [True, False])
def test_a_new_model_and_source_are_traced_without_a_second_edit(
    home: Home, tmp_path: Path, compiled: bool
) -> None:
    """Also one that dbt has not compiled: then all that it may read is behind the cell."""
    graph = with_a_model(home.dbt_target, tmp_path, compiled=compiled)
    days = graph.upstream("mart_discipline", "late_minutes")
    assert days.models.index("int_employee_month") < days.models.index("int_added")
    assert days.models.index("int_added") < days.models.index("int_discipline_unit")
    assert "added" in days.tables
    for table, column in (("mart_discipline", "apel_rate"), ("mart_survey", "survey_score")):
        assert "int_added" not in graph.upstream(table, column).models


QUERY = """
    with one as (select k, a, b from s.one where kind = 'x'),
    both as (select 'l' as side, k, a from one union all select 'r' as side, k, c from s.two)
    select both.k, both.a as v, extra.w, (select max(four.z) from s.four) as z
    from both left join s.extra as extra on both.k = extra.k and extra.n > 1
    where both.side = 'l'"""


@pytest.mark.parametrize(
    ("column", "relations"),
    [
        ("v", {"s.one": {"a", "kind"}}),
        ("w", {"s.one": {"k", "kind"}, "s.extra": {"k", "n", "w"}}),
        ("z", {"s.one": {"kind"}, "s.four": None}),
        (None, {"s.one": {"k", "a", "kind"}, "s.extra": {"k", "n", "w"}, "s.four": None}),
    ],
)
def test_a_column_wants_what_its_query_reads_for_it(
    column: str | None, relations: dict[str, set[str] | None]
) -> None:
    """A left join without a wanted column counts for nothing, nor does a branch without rows."""
    reader = Reader(lambda _: None, frozenset())
    wanted = reader.wanted(
        sqlglot.parse_one(QUERY, dialect="duckdb"),
        None if column is None else frozenset({column}),
        ANYWHERE,
    )
    found = {one.relation: one.columns for one in wanted}
    assert set(found) == set(relations)
    for name, columns in relations.items():
        if columns is not None:
            assert found[name] == columns
    assert {dict(one.where).get("kind") for one in wanted if one.relation == "s.one"} == {
        frozenset({"x"})
    }
