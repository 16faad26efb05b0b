"""The mutation table: for every check a planted fault that it finds, and no other check does.

Expectations look at rows made from the catalog, one fault a row and one table for all faults of
its suite, so that each has to count its own row and no other. Of dbt's tests the compiled SQL runs
on a copy of the demo's working file: after each fault that of the tests which read the spoilt
table, and in CI that of all. A check without a fault fails.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from quality.checks import changes, history, unjudged
from quality.checks.results import CheckResult
from quality.checks.suites import DELIVERY, Check, Suite, batch_suites, expected_checks, mart_suites
from quality.checks.validation import run_suites
from tests.quality.faults import SINGULAR, as_tables, fault_of
from tests.quality.rows import create, faulty_row, is_violated, table_of, valid_row
from warehouse.catalog.reader import load_catalog

pytestmark = pytest.mark.slow

Nodes = Mapping[str, Any]

SOURCES = load_catalog().landing_sources
BATCH = [suite for source in SOURCES for suite in batch_suites(source)]
MARTS = mart_suites()

# Checks of a table as a whole, which no single row violates.
WHOLE = {"columns", "rows_min", "rejected_share_max", "rows_loaded_min", "respondents_kept"}

# A total below zero can't be the sum of parts that are not: these are never alone.
IMPLIED = {
    "gx.mart_discipline.scheduled_days.between": "gx.mart_discipline.scheduled_days.sum_of",
    "gx.mart_ip_asn.employees.between": "gx.mart_ip_asn.scored.in_order",
    "gx.mart_source_balance.rows_read.between": "gx.mart_source_balance.rows_read.sum_of",
}


def ids(suites: Iterable[Suite], names: set[str]) -> set[str]:
    """The ids of those checks of the suites that have such a name."""
    checks = [check.expected for suite in suites for check in suite.checks]
    return {check.check_id for check in checks if check.check_name in names}


def by_row(suite: Suite) -> list[Check]:
    return [check for check in suite.checks if check.expected.check_name not in WHOLE]


def not_passed(results: Iterable[CheckResult]) -> set[str]:
    return {result.check_id for result in results if result.outcome != "passed"}


def least(suite: Suite) -> int:
    """The number of rows that the suite's table must have."""
    return max((s.value for s in table_of(suite).checks if s.check == "rows_min"), default=1)


def test_every_check_on_rows_finds_its_fault_and_no_other_does(
    conn: duckdb.DuckDBPyConnection,
) -> None:
    expected: dict[str, int] = {}
    suites = {"batch": [s for s in BATCH if s.table != DELIVERY], "marts": MARTS}
    for suite in (*suites["batch"], *suites["marts"]):
        table, checks = table_of(suite), by_row(suite)
        rows = {check.expected.check_id: faulty_row(table, check) for check in checks}
        create(conn, suite, [valid_row(table)] * least(suite) + list(rows.values()))
        for name, row in rows.items():
            found = [c.expected.check_id for c in checks if is_violated(table, c, row)]
            assert set(found) == {name, IMPLIED.get(name, name)}
            for check_id in found:
                expected[check_id] = expected.get(check_id, 0) + 1
    results = [r for schema, its in suites.items() for r in run_suites(conn, schema, its)]
    on_rows = {r.check_id: r for r in results if r.check_name not in WHOLE}
    assert {name: result.failing_rows for name, result in on_rows.items()} == expected
    assert not_passed(on_rows.values()) == set(expected)
    assert {result.observed for result in on_rows.values()} <= {"1", "2"}


def test_every_mart_with_a_column_too_many_or_a_row_too_few_fails_that_check_only(
    conn: duckdb.DuckDBPyConnection,
) -> None:
    for suite in MARTS:
        create(conn, suite, [valid_row(table_of(suite))] * least(suite))
        conn.execute(f"ALTER TABLE marts.{suite.table} ADD COLUMN nip VARCHAR")
    assert not_passed(run_suites(conn, "marts", MARTS)) == ids(MARTS, {"columns"})
    counted = [suite for suite in MARTS if ids([suite], {"rows_min"})]
    for suite in counted:
        create(conn, suite, [valid_row(table_of(suite))] * (least(suite) - 1))
    assert not_passed(run_suites(conn, "marts", counted)) == ids(counted, {"rows_min"})


@pytest.mark.parametrize(
    ("rows_of_each", "fails"), [([6], True), ([5], False), ([5, 5], True), ([2] * 9, False)]
)
def test_a_file_whose_respondents_are_far_fewer_than_its_rows_fails(
    conn: duckdb.DuckDBPyConnection, rows_of_each: list[int], fails: bool
) -> None:
    (suite,) = [suite for suite in BATCH if suite.table == "survey"]
    rows = [
        {**valid_row(table_of(suite)), "respondent_id": f"{person:064x}", "row_number": number}
        for person, times in enumerate(rows_of_each)
        for number in range(1, times + 1)
    ]
    unnamed = {**rows[0], "respondent_id": None}
    create(conn, suite, [*rows, *[unnamed] * 20])
    expected = ids([suite], {"respondents_kept"}) if fails else set()
    assert not_passed(run_suites(conn, "batch", [suite])) == expected


@pytest.mark.parametrize(
    ("check_name", "changes"),
    [
        ("rejected_share_max", {"rejected_share": 0.51}),
        ("rows_loaded_min", {"rows_loaded": 0, "rows_read": 2}),
        ("sum_of", {"rows_read": 4}),
    ],
)
def test_every_check_on_deliveries_finds_its_fault_and_no_other_does(
    conn: duckdb.DuckDBPyConnection, check_name: str, changes: Mapping[str, Any]
) -> None:
    suites = [suite for suite in BATCH if suite.table == DELIVERY]
    create(conn, suites[0], [{**valid_row(table_of(suites[0])), "rejected_share": 0.5, **changes}])
    assert not_passed(run_suites(conn, "batch", suites)) == ids(suites, {check_name})
    assert {c.expected.check_name for s in suites for c in s.checks} <= {*WHOLE, "sum_of"}


def test_every_check_of_a_night_is_one_that_a_fault_is_planted_for() -> None:
    """Those on changes, history and what was judged have their faults in tests of their own."""
    looked_at = {check.expected.check_id for suite in (*BATCH, *MARTS) for check in suite.checks}
    others = (*changes.checks(), *history.checks(), *unjudged.checks())
    looked_at |= {check.check_id for check in others}
    assert {check.check_id for check in expected_checks(SOURCES, [])} == looked_at


@pytest.fixture(scope="module")
def nodes(demo_home: Path) -> Nodes:
    """The tests of the night's own manifest with what it compiled of them, by name."""
    target = demo_home / "warehouse/dbt/target"
    manifest = json.loads((target / "manifest.json").read_bytes())
    found = [node for node in manifest["nodes"].values() if node["resource_type"] == "test"]
    compiled = {path.name: path.read_text() for path in (target / "compiled").rglob("*.sql")}
    return {
        node["name"]: {**node, "compiled_code": compiled[node["path"].rpartition("/")[2]]}
        for node in sorted(found, key=lambda node: str(node["name"]))
    }


@pytest.fixture(scope="module")
def built(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A finished working file whose views are tables, so that any of them can be spoilt."""
    path = tmp_path_factory.mktemp("mutations") / "warehouse.duckdb"
    shutil.copy(demo_home / "warehouse/warehouse.duckdb", path)
    with duckdb.connect(str(path)) as conn:
        as_tables(conn)
        yield conn


def failing_rows(
    conn: duckdb.DuckDBPyConnection, nodes: Nodes, names: Iterable[str]
) -> dict[str, int]:
    """What each of these tests counts."""
    counted = {}
    for name in names:
        query = f"SELECT count(*) FROM ({nodes[name]['compiled_code']})"
        row = conn.execute(query).fetchone()
        counted[name] = row[0] if row else -1
    return counted


def readers(nodes: Nodes, fault: str) -> set[str]:
    """The tests that read a table which a fault spoils; where all are tables, no other can tell."""
    spoilt = re.findall(r"(?:UPDATE|INSERT INTO) (\w+)\.(\w+)", fault)
    assert spoilt
    return {
        name
        for name, node in nodes.items()
        for schema, table in spoilt
        if f'"{schema}"."{table}"' in node["compiled_code"]
    }


@pytest.mark.parametrize("asks", [readers, pytest.param(lambda nodes, _: set(nodes),
                                                        marks=pytest.mark.exhaustive)])  # fmt: skip
def test_every_dbt_test_finds_its_fault_and_no_other_does(
    built: duckdb.DuckDBPyConnection, nodes: Nodes, asks: Callable[[Nodes, str], set[str]]
) -> None:
    sound = failing_rows(built, nodes, nodes)
    critical = {n for n, node in nodes.items() if node["config"]["meta"]["severity"] == "critical"}
    assert not {name for name in critical if sound[name]}
    found = {}
    for name, node in nodes.items():
        fault = fault_of(node)
        built.execute("BEGIN")
        built.execute(fault)
        spoilt = failing_rows(built, nodes, asks(nodes, fault))
        found[name] = {other: rows - sound[other] for other, rows in spoilt.items()}
        built.execute("ROLLBACK")
    wrong = {
        name: {other: rows for other, rows in changed.items() if rows}
        for name, changed in found.items()
        if {other for other, rows in changed.items() if rows} != {name} or changed[name] < 0
    }
    assert wrong == {}


def test_no_fault_is_left_of_a_test_that_is_gone(nodes: Nodes) -> None:
    assert set(SINGULAR) == {name for name, node in nodes.items() if not node.get("test_metadata")}
