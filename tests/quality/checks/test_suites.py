"""The suites say what the catalog says, and each of their checks finds its fault, and only it."""

from __future__ import annotations

import duckdb
import pytest

from quality.checks.results import CheckResult, ExpectedCheck
from quality.checks.suites import (
    DELIVERY,
    Suite,
    batch_checks,
    batch_suites,
    expected_checks,
    mart_checks,
    mart_suites,
)
from quality.checks.validation import run_suites
from tests.quality.rows import create, schema_of, table_of, valid_row
from warehouse.catalog.reader import load_catalog
from warehouse.vocabulary import Text

SCHEMAS = ("batch", "marts")
SOURCES = load_catalog().landing_sources
BATCH_TABLES = [suite for source in SOURCES for suite in batch_suites(source)]


def outcomes(results: list[CheckResult]) -> dict[str, str]:
    return {result.check_id: result.outcome for result in results}


def failed(results: list[CheckResult]) -> list[str]:
    return [result.check_id for result in results if result.outcome != "passed"]


def test_each_check_has_an_id_of_its_own_and_a_reason_in_both_languages() -> None:
    checks = expected_checks(SOURCES, [])
    assert len({check.check_id for check in checks}) == len(checks)
    assert all(check.reason.id and check.reason.en for check in checks)
    assert all("{" not in check.reason.id + check.reason.en for check in checks)


def test_every_severity_of_the_catalog_reaches_the_suite() -> None:
    catalog = load_catalog()
    severities = {check.check_id: check.severity for check in expected_checks(SOURCES, [])}
    assert severities["gx.attendance.nip.any_filled"] == "critical"
    assert severities["gx.leave.date_from.in_order"] == "warning"
    for name in ("columns", "finite", "hidden_is_null"):
        assert severities[f"gx.mart_survey.table.{name}"] == "critical"
    for table in (*catalog.sources.values(), *catalog.marts.values()):
        for column in table.raw_columns:
            implied = [
                key for key in severities if key.startswith(f"gx.{table.name}.{column.name}.n")
            ]
            assert all(severities[key] == column.severity for key in implied)


def test_the_list_of_a_night_is_that_of_its_sources_dbts_and_the_marts() -> None:
    dbt = ExpectedCheck("dbt.x", "model", "x", "x", "critical", Text("x", "x"), "0")
    ids = [check.check_id for check in expected_checks(["leave"], [dbt])]
    assert ids == [c.check_id for c in (*batch_checks("leave"), dbt, *mart_checks())]


def test_a_source_is_checked_with_the_tables_that_arrive_with_it() -> None:
    assert [s.table for s in batch_suites("survey")] == [
        "survey",
        "survey_answer",
        "instrument",
        DELIVERY,
    ]


def test_no_published_table_may_have_a_personal_column() -> None:
    for table in load_catalog().marts.values():
        assert not [column.name for column in table.columns if column.personal]
        names = {check.check_id for check in mart_checks()}
        assert f"gx.{table.name}.table.columns" in names


def suites_once() -> list[Suite]:
    """Every table of batch and marts once; the deliveries of one source stand for all."""
    return list({suite.table: suite for suite in (*BATCH_TABLES, *mart_suites())}.values())


def run(conn: duckdb.DuckDBPyConnection, suites: list[Suite]) -> list[CheckResult]:
    by_schema = {schema: [s for s in suites if schema_of(s) == schema] for schema in SCHEMAS}
    return [r for schema, its in by_schema.items() if its for r in run_suites(conn, schema, its)]


def test_valid_rows_pass_every_check(conn: duckdb.DuckDBPyConnection) -> None:
    suites = suites_once()
    for suite in suites:
        table = table_of(suite)
        least = [s.value for s in table.checks if s.check == "rows_min"]
        row = valid_row(table)
        if suite.table == DELIVERY:
            row["rejected_share"] = 0.5
        create(conn, suite, [row] * max([1, *least]))
    assert failed(run(conn, suites)) == []


def test_a_table_with_too_few_rows_fails_that_check_only(conn: duckdb.DuckDBPyConnection) -> None:
    suite = next(s for s in mart_suites() if s.table == "dim_value")
    create(conn, suite, [valid_row(table_of(suite))] * 6)
    (result,) = [r for r in run(conn, [suite]) if r.outcome != "passed"]
    assert result.check_id == "gx.dim_value.table.rows_min"
    assert (result.observed, result.expected, result.failing_rows) == ("6", "≥ 7", None)


@pytest.mark.parametrize(
    ("score", "outcome"),
    [
        (100.00000000000001, "passed"),
        (-0.00000000000001, "passed"),
        (100.00001, "failed"),
        (-0.00001, "failed"),
        (float("nan"), "failed"),
        (float("inf"), "failed"),
    ],
)
def test_a_score_a_rounding_error_outside_its_bounds_is_no_fault(
    conn: duckdb.DuckDBPyConnection, score: float, outcome: str
) -> None:
    suite = next(s for s in mart_suites() if s.table == "mart_discipline")
    create(conn, suite, [{**valid_row(table_of(suite)), "discipline_score": score}])
    found = outcomes(run(conn, [suite]))
    assert found["gx.mart_discipline.discipline_score.between"] == outcome


@pytest.mark.parametrize(
    "change",
    ["ADD COLUMN nip VARCHAR", "RENAME COLUMN name_en TO name", "DROP COLUMN name_en"],
)
def test_a_table_with_other_columns_fails(conn: duckdb.DuckDBPyConnection, change: str) -> None:
    suite = next(s for s in mart_suites() if s.table == "dim_value")
    create(conn, suite, [valid_row(table_of(suite))] * 7)
    conn.execute(f"ALTER TABLE marts.dim_value {change}")
    found = outcomes(run(conn, [suite]))
    assert found["gx.dim_value.table.columns"] == "failed"
    others = {k: v for k, v in found.items() if "name_en" not in k and not k.endswith(".columns")}
    assert set(others.values()) == {"passed"}


def test_of_the_deliveries_those_that_lost_most_or_all_rows_are_counted(
    conn: duckdb.DuckDBPyConnection,
) -> None:
    *_, suite = batch_suites("leave", max_rejected_share=0.5)
    row = valid_row(table_of(suite))
    create(
        conn,
        suite,
        [
            {**row, "rejected_share": 0.875},
            {**row, "rejected_share": 0.0, "rows_loaded": 0, "rows_read": 2},
        ],
    )
    found = {r.check_name: r for r in run(conn, [suite]) if r.outcome != "passed"}
    assert set(found) == {"rejected_share_max", "rows_loaded_min"}
    share = found["rejected_share_max"]
    assert (share.severity, share.failing_rows, share.expected) == ("critical", 1, "0")
    assert (found["rows_loaded_min"].severity, found["rows_loaded_min"].observed) == (
        "warning",
        "0",
    )
