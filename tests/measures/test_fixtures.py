"""dbt's own unit tests: they pass, and the cases that the law and the publications give are there.

Belongs here: running them, and reading what they hold. The fixtures lie beside the models.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration import dbt
from tests.measures.building import build, empty_warehouse, run_tests
from warehouse.store.home import Home
from warehouse.version import DBT_PROJECT

# Models that only put columns together, hand rows through or name them: no formula of their own.
WITHOUT_FORMULA = {
    "absence_band_opd", "delivery_note", "dim_behaviour", "dim_government", "dim_value",
    "employee_discipline", "employee_ip_asn", "int_slice", "int_survey_opd", "int_survey_unit",
    "lineage",
    "mart_data_quality", "mart_source_balance", "mart_survey_behaviour", "publication",
    "rule_lineage", "stg_device", "stg_employee", "stg_government", "stg_instrument",
    "stg_ip_asn", "stg_leave", "stg_official", "stg_roster", "stg_run", "stg_survey_answer",
    "stg_withdrawal", "suspicion",
}  # fmt: skip

# What the issue and the law name, and the unit test that must expect it.
CASES = {
    "mean_of_the_seven_values": [
        "unit_code: national, .*survey_score: 60.94285714285714",
        "unit_code: ministry, .*survey_score: 58.51428571428571",
    ],
    "official_figures_against_their_own_rules": [
        "source_document: national, .*parts_sum: 60.94.*parts_agree: True",
        "source_document: ministry, .*parts_sum: 58.51.*parts_agree: True",
        "ip_asn, source_document: malut, .*Sangat Rendah, category_agrees: False",
        "berakhlak, source_document: malut, .*Cukup Sehat, category_agrees: True",
        "population: PNS, .*parts_sum: 77.94, parts_agree: False",
        "population: PPPK, .*parts_sum: 75.17, parts_agree: False",
        "source_document: Bima, population: , .*parts_sum: 78.25, parts_agree: True",
    ],
    "values_between_two_printed_bands": [
        "at 60.5, category: Sangat Rendah, in_band_gap: True",
        "at 70.5, category: Rendah, in_band_gap: True",
        "at 80.5, category: Sedang, in_band_gap: True",
        "at 90.5, category: Tinggi, in_band_gap: True",
    ],
    "absence_bands_by_days": [
        f"pp94_days: {days}, band_code: {band}$"
        for band, bounds in {
            "none": (2,), "light_1": (3,), "light_2": (4, 6), "light_3": (7, 10),
            "medium_1": (11, 13), "medium_2": (14, 16), "medium_3": (17, 20),
            "heavy_1": (21, 24), "heavy_2": (25, 27), "heavy_3": (28,),
        }.items()
        for days in bounds
    ],
    "absence_count_of_a_year": ["ten in a row, .*pp94_days: 10, band_code: ten_in_row"],
    "ten_in_a_row_across_a_long_weekend": ["long weekend,2026-04-16,10$"],
    "hours_of_each_day_type": [
        "A,PNS,2026-02-16,07:30:00,16:00:00", "A,PNS,2026-02-13,07:30:00,16:30:00",
        "A,PNS,2026-03-02,08:00:00,15:00:00", "A,PNS,2026-03-06,08:00:00,15:30:00",
    ],
    "repeated_punches": [r"nip: twice, .*07:25:00, [^{]*\{[^{]*16:01:00, [^{]*$"],
    "punches_of_a_night_shift": ["nip: nurse, day: 2026-02-14, .*19:50:00, .*02-15 06:05:00, "],
    "school_whose_file_is_missing": ["^school,5,0,false", "^OPD,6,6,true"],
    "pin_mapped_months_late": ["row_number: 1, nip: None", "row_number: 2, nip: of all devices"],
}  # fmt: skip


@cache
def unit_tests() -> dict[str, dict[str, Any]]:
    """Every unit test by its name."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted((DBT_PROJECT / "models").rglob("_unit_tests*.yml")):
        for one in yaml.load(path.read_bytes(), yaml.CSafeLoader)["unit_tests"]:
            assert one["name"] not in found
            found[one["name"]] = one
    return found


def expected_rows(test: dict[str, Any]) -> list[str]:
    """The rows that a unit test expects, each as one line."""
    rows = test["expect"]["rows"]
    if isinstance(rows, str):
        return [line.strip() for line in rows.splitlines()]
    return [", ".join(f"{name}: {cell}" for name, cell in row.items()) for row in rows]


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return empty_warehouse(tmp_path_factory.mktemp("empty") / "home", date(2026, 12, 31))


@pytest.mark.slow
def test_every_fixture_passes(empty: Home) -> None:
    ran = dbt.invoke(empty, "test", "--select", "test_type:unit")
    passed = {one.unique_id.rpartition(".")[2] for one in ran if one.status == "pass"}
    assert passed == set(unit_tests())


@pytest.mark.parametrize(("name", "row"), [(name, row) for name in CASES for row in CASES[name]])
def test_the_cases_of_law_and_publications_are_among_them(name: str, row: str) -> None:
    lines = expected_rows(unit_tests()[name])
    assert any(re.search(row, line) for line in lines), lines


def test_every_model_with_a_formula_has_a_fixture() -> None:
    models = {path.stem for path in Path(DBT_PROJECT / "models").rglob("*.sql")}
    tested = {one["model"] for one in unit_tests().values()}
    assert models - tested == WITHOUT_FORMULA


def test_working_days_of_the_shipped_calendar(empty: Home) -> None:
    """Monday to Friday less both lists of holidays, by the model that schedules everybody."""
    with empty.connect() as conn:
        conn.execute(
            "insert into intermediate.int_government_month (government_code, month, last_day) "
            "select '82.71', month, last_day(month) from "
            "(select unnest(generate_series(date '2023-01-01', date '2026-12-01', "
            "interval 1 month))::date as month)"
        )
    build(empty, "int_working_day")
    with empty.connect(read_only=True) as conn:
        found = conn.execute(
            "select year(day), count(*) from intermediate.int_working_day "
            "where is_working_day and weekday <= 5 group by all order by all"
        ).fetchall()
    assert found == [(2023, 239), (2024, 238), (2025, 237), (2026, 240)]


SUSPICIONS = {
    "same_second": "punches_in_the_same_second",
    "on_leave": "punches_on_leave",
    "after_service": "punches_after_service",
    "identical_times": "identical_times_day_after_day",
    "perfect_unit": "units_with_perfect_attendance",
}


def test_a_suspicion_warns_with_its_unit(empty: Home) -> None:
    """Each pattern has a check of its own that counts units and months, and never blocks."""
    with empty.connect() as conn:
        for day in (1, 2):
            conn.executemany(
                "insert into intermediate.int_suspicion by name select '82.71' as government_code, "
                f"? as suspicion_code, 'somebody' as nip, date '2026-02-0{day}' as day, "
                "'A' as unit_code",
                [[code] for code in SUSPICIONS],
            )
    assert run_tests(empty, *SUSPICIONS.values()) == dict.fromkeys(SUSPICIONS.values(), ("warn", 1))
