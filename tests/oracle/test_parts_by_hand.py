"""Where the oracle's parts meet: people and units over time, IP-ASN points, the month's score."""

from __future__ import annotations

import os
from datetime import date, datetime
from pathlib import Path

import pytest

from tests.oracle import culture, ip_asn, survey
from tests.oracle.culture import Component
from tests.oracle.figures import BEHAVIOURS, Row
from tests.oracle.people import People, Service
from tests.oracle.read_files import Arrivals, read_landing
from tests.oracle.records import Device, Inputs, IpAsn, Item, Spell, Submission, Unit
from tests.oracle.rules import Rules

GOVERNMENT = "82.71"
REFORM = date(2025, 4, 1)
NIP = "198001012005011001"


def units() -> list[Unit]:
    return [
        Unit(None, date(2025, 3, 31), "1.01", "Dinas Lama", "Dinas", None, "1.02"),
        Unit(REFORM, None, "1.02", "Dinas Baru", "Dinas", None, None),
        Unit(None, None, "1.02.01", "UPTD", "UPTD", "1.02", None),
    ]


def test_a_unit_that_gave_way_counts_for_its_successor() -> None:
    people = People(Inputs(GOVERNMENT, units=units()))
    before, after = date(2025, 3, 31), REFORM
    assert people.units.opd_on("1.01", before) == "1.01"
    assert people.units.opd_on("1.01", after) == "1.02"
    assert people.units.find("dinas lama") == "1.01"
    assert people.units.find("Dinas Pertamanan") is None
    # Its parent does not exist yet: the sub-unit stands in no tree.
    assert people.units.opd_on("1.02.01", before) is None
    assert people.units.opd_on("1.02.01", after) == "1.02"


def test_of_overlapping_spells_the_later_begun_counts_and_the_earlier_resumes() -> None:
    spells = [
        Spell(date(2025, 1, 1), None, NIP, "1.02", "PNS", None),
        Spell(date(2025, 5, 1), date(2025, 5, 31), NIP, "1.02.01", "PNS", None),
        Spell(date(2025, 6, 1), None, NIP, "9.99", "PNS", None),  # not known yet: it waits
    ]
    people = People(Inputs(GOVERNMENT, units=units(), employees=spells))
    days = [date(2025, 4, 30), date(2025, 5, 1), date(2025, 6, 1)]
    served = [who.unit_code for day in days if (who := people.on(NIP, day))]
    assert served == ["1.02", "1.02.01", "1.02"]


def test_a_pin_belongs_to_its_owner_of_that_day() -> None:
    devices = [
        Device(None, date(2025, 1, 31), None, "7", "old"),
        Device(date(2025, 2, 1), None, None, "7", "new"),
        Device(None, None, "3", "7", "at machine 3"),
    ]
    people = People(Inputs(GOVERNMENT, devices=devices))
    assert people.owner("7", "1", date(2025, 1, 31)) == "old"
    assert people.owner("7", "1", date(2025, 2, 1)) == "new"
    assert people.owner("7", "3", date(2025, 2, 1)) == "at machine 3"
    assert people.owner("8", "1", date(2025, 2, 1)) is None


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        # S2 20; leadership 15 + 20 JP 15 + seminar 10; SKP 91 30; light sanction 3
        (
            IpAsn(
                2024, NIP, education="S2", position_type="structural", leadership_training=True,
                functional_training=True, technical_training_jp=20, seminars=3, skp_score=91,
                sanction="light",
            ),
            ((20, 40, 30, 3), "skp_predicate_2023"),
        ),
        # the same person by the version of 2022: SKP 55 gives 5, not 10; heavy 1, not 0
        (
            IpAsn(
                2022, NIP, education="D3", position_type="pelaksana", technical_training_jp=19,
                seminars=1, skp_score=55, sanction="heavy",
            ),
            ((10, 17.5, 5, 1), "permenpanrb_38_2018"),
        ),
        (
            IpAsn(2024, NIP, 15, 30, 25, 5, total=99.99),
            ((15, 30, 25, 5), "given"),
        ),
        (IpAsn(2024, NIP, education="S1", position_type="pelaksana", seminars=1), None),
    ],
)  # fmt: skip
def test_dimensions_by_attributes_or_as_given(
    rules: Rules, row: IpAsn, expected: tuple[tuple[float, ...], str] | None
) -> None:
    who = Service(NIP, "1.01", "1.01", "PNS", None)
    found = ip_asn.score(row, who, rules, GOVERNMENT)
    assert (found and (found.dimensions, found.rule_version)) == expected


def month(rules: Rules, survey_score: Component | None) -> Row:
    scores = {
        "survey": survey_score,
        "discipline": Component(90.0, False),
        "ip_asn": Component(70.0, False),
    }
    rows = culture.month_rows(
        GOVERNMENT, date(2025, 6, 1), {("opd", "1.01"): scores}, rules, wave="w", year=2024
    )
    return rows[0]


def test_a_months_score(rules: Rules) -> None:
    row = month(rules, Component(80.0, False))
    assert row["culture_score"] == pytest.approx(80)
    assert (row["category"], row["status"], row["suppressed"]) == ("Kuat", "complete", False)
    assert (row["target_score"], row["gap_to_target"]) == (70.0, pytest.approx(10))
    assert (row["rank"], row["rank_best"], row["rank_worst"]) == (1, 1, 1)


def test_weights_are_never_silently_spread(rules: Rules) -> None:
    for missing, suppressed, status in (
        (Component(None, True, people=4), True, "hidden_survey"),
        (Component(None, True), True, "missing_survey"),  # nobody is there to be hidden
        (None, False, "missing_survey"),
    ):
        row = month(rules, missing)
        assert row["status"] == status
        hidden = ("survey_score", "culture_score", "category", "gap_to_target", "rank")
        assert [row[column] for column in hidden] == [None] * 5
        assert (row["discipline_score"], row["suppressed"]) == (90.0, suppressed)


def wave_of(sizes: dict[str, int], rules: Rules, as_of: date) -> survey.Wave:
    """OPD n has so many respondents who all answer n on a scale of 1-5, and nobody else."""
    inputs = Inputs(GOVERNMENT)
    sent = datetime(2025, 6, 1)
    for code, size in sizes.items():
        inputs.units.append(Unit(None, None, code, f"Dinas {code}", "Dinas", None, None))
        for number in range(size):
            nip = f"19800101200501{code}{number:03d}"
            inputs.employees.append(Spell(None, None, nip, code, "PNS", None))
            answers = dict.fromkeys(BEHAVIOURS, int(code))
            inputs.submissions.append(Submission("w", (nip,), sent, code, answers))
    inputs.items["w"] = {code: Item(code, code, 1, 5, False) for code in BEHAVIOURS}
    wave = survey.compute(inputs, People(inputs), rules, "w", as_of)
    assert wave is not None
    return wave


def test_hidden_opds_are_in_the_governments_score_and_in_no_row(rules: Rules) -> None:
    wave = wave_of({"1": 4, "2": 12, "3": 20}, rules, date(2025, 7, 1))
    rows = {row["unit_code"]: row for row in survey.Tables(wave, GOVERNMENT).survey()}
    assert [rows[code]["suppressed"] for code in "123"] == [True, True, False]
    assert [rows[code]["survey_score"] for code in "123"] == [None, None, 50.0]
    assert [rows[code]["respondents"] for code in "123"] == [4, 12, 20]
    assert rows[GOVERNMENT]["survey_score"] == pytest.approx((4 * 0 + 12 * 25 + 20 * 50) / 36)
    assert rows[GOVERNMENT]["suppressed"] is False


def test_an_open_wave_shows_counts_only(rules: Rules) -> None:
    wave = wave_of({"3": 20}, rules, date(2025, 6, 10))
    for row in survey.Tables(wave, GOVERNMENT).survey():
        assert (row["respondents"], row["eligible"], row["suppressed"]) == (20, 20, True)
        assert (row["survey_score"], row["weakest_value_code"]) == (None, None)


def test_newer_deliveries_supersede_by_time_then_path(rules: Rules, tmp_path: Path) -> None:
    header = "unit_code;unit_name;unit_type\n"
    for name, content, modified in (
        ("b.csv", "1.01;Dinas B;Dinas\n1.01;Dinas C;Dinas\n", 2000.1),
        ("z.csv", "1.01;Dinas A;Dinas\n", 1000),
        ("a.csv", "1.01;Dinas D;Dinas\n;tanpa kode;Dinas\n\nJUMLAH;2;\n", 2000.9),
    ):
        file = tmp_path / GOVERNMENT / "units" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(header + content, encoding="utf-8-sig")
        os.utime(file, (modified, modified))
    found = read_landing(tmp_path, rules, Arrivals({}), date(2026, 12, 31))
    assert [[unit.unit_name for unit in one.units] for one in found] == [["Dinas C"]]
