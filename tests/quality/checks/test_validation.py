"""Validation fails closed, leaves nothing behind, and finds the deliveries that are at fault."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from quality.checks.results import CheckResult
from quality.checks.suites import Check, Suite, batch_suites, mart_suites
from quality.checks.validation import judge, result_of, run_suites
from tests.quality.rows import Row, create, table_of, valid_row
from warehouse.store.home import Home
from warehouse.vocabulary import DeliveryKey

RAISED = {"raised_exception": True, "exception_message": "x", "exception_traceback": "x"}
RUN = "20260115T203000Z-0000"


def key(number: int, period: str = "") -> DeliveryKey:
    return DeliveryKey("82.71", "leave", period, f"{number:064x}")


def arrive(
    conn: duckdb.DuckDBPyConnection, deliveries: dict[DeliveryKey, tuple[float | None, Row]]
) -> None:
    """Make the batch of source leave: a row per delivery, with its rejected share and changes."""
    leave, balance = batch_suites("leave")
    rows, kept = [], []
    for number, (delivery, (share, changes)) in enumerate(deliveries.items(), start=1):
        row = {**valid_row(table_of(leave)), "government_code": delivery.government_code}
        rows.append({**row, "delivery_id": number, **changes})
        told = {**delivery._asdict(), "delivery_id": number, "rejected_share": share}
        kept.append({**valid_row(table_of(balance)), **told})
    create(conn, leave, rows)
    create(conn, balance, kept)


def waive(conn: duckdb.DuckDBPyConnection, check_id: str, until: str) -> None:
    conn.execute(
        "INSERT INTO raw.rule_waivers BY NAME SELECT ? AS check_id, CAST(? AS DATE) AS until, "
        "'known' AS reason, 'office' AS decided_by",
        [check_id, until],
    )
    conn.execute(
        "INSERT INTO raw.run BY NAME SELECT ? AS run_id, DATE '2026-01-15' AS as_of_date", [RUN]
    )


def by_id(results: list[CheckResult]) -> dict[str, CheckResult]:
    return {result.check_id: result for result in results}


def test_a_sound_batch_holds_nothing(home: Home, conn: duckdb.DuckDBPyConnection) -> None:
    arrive(conn, {key(1): (0.0, {}), key(2): (0.5, {})})
    verdict = judge(home, conn, "leave", RUN)
    assert verdict.held == {}
    assert {result.outcome for result in verdict.results} == {"passed"}


def test_nothing_is_logged_since_gx_would_log_the_sql_that_failed(
    home: Home, conn: duckdb.DuckDBPyConnection, caplog: pytest.LogCaptureFixture
) -> None:
    arrive(conn, {key(1): (0.9, {})})
    with caplog.at_level("DEBUG"):
        judge(home, conn, "leave", RUN)
    assert [r for r in caplog.records if r.name.startswith("great_expectations")] == []


@pytest.mark.parametrize("faulty", [[0], [6], [2, 3], [0, 1, 2, 3, 4, 5, 6]])
def test_only_the_deliveries_at_fault_are_held(
    home: Home, conn: duckdb.DuckDBPyConnection, faulty: list[int]
) -> None:
    share = {number: 0.9 if number in faulty else 0.1 for number in range(7)}
    arrive(conn, {key(number): (share[number], {}) for number in range(7)})
    verdict = judge(home, conn, "leave", RUN)
    check_id = "gx.leave.delivery.rejected_share.rejected_share_max"
    assert verdict.held == {key(number): check_id for number in faulty}
    assert by_id(list(verdict.results))[check_id].outcome == "failed"


def test_each_delivery_is_held_by_the_check_that_it_failed(
    home: Home, conn: duckdb.DuckDBPyConnection
) -> None:
    hostile = "2026'; --{batch}:x%s"
    arrive(
        conn,
        {
            key(1, hostile): (0.9, {}),
            key(2, hostile): (0.0, {"leave_type": None}),
            key(3, hostile): (0.0, {}),
        },
    )
    assert judge(home, conn, "leave", RUN).held == {
        key(1, hostile): "gx.leave.delivery.rejected_share.rejected_share_max",
        key(2, hostile): "gx.leave.leave_type.not_null",
    }


def test_a_file_without_rows_is_no_reason_to_hold_it(
    home: Home, conn: duckdb.DuckDBPyConnection
) -> None:
    arrive(conn, {key(1): (None, {})})
    conn.execute("DELETE FROM batch.leave")
    conn.execute("UPDATE batch.delivery SET rows_read = 0, rows_loaded = 0, rows_duplicate = 0")
    conn.execute("UPDATE batch.delivery SET rows_quarantined = 0")
    verdict = judge(home, conn, "leave", RUN)
    assert verdict.held == {}
    assert [r.check_name for r in verdict.results if r.outcome != "passed"] == ["rows_loaded_min"]


def test_a_warning_holds_nothing(home: Home, conn: duckdb.DuckDBPyConnection) -> None:
    arrive(conn, {key(1): (0.0, {"date_from": "2026-01-16", "date_to": "2026-01-15"})})
    verdict = judge(home, conn, "leave", RUN)
    assert verdict.held == {}
    assert by_id(list(verdict.results))["gx.leave.date_from.in_order"].outcome == "failed"


def test_what_can_not_be_blamed_on_one_delivery_holds_all_of_them(
    home: Home, conn: duckdb.DuckDBPyConnection
) -> None:
    arrive(conn, {key(1): (0.0, {}), key(2): (0.0, {})})
    conn.execute("UPDATE batch.leave SET government_code = NULL, delivery_id = NULL")
    assert set(judge(home, conn, "leave", RUN).held) == {key(1), key(2)}


@pytest.mark.parametrize(("until", "held"), [("2026-01-15", 0), ("2026-01-14", 1)])
def test_a_waiver_lets_a_delivery_in_until_its_day(
    home: Home, conn: duckdb.DuckDBPyConnection, until: str, held: int
) -> None:
    arrive(conn, {key(1): (0.9, {})})
    waive(conn, "gx.leave.delivery.rejected_share.rejected_share_max", until)
    assert len(judge(home, conn, "leave", RUN).held) == held


def test_a_batch_that_can_not_be_read_is_held(home: Home, conn: duckdb.DuckDBPyConnection) -> None:
    arrive(conn, {key(1): (0.0, {})})
    conn.execute("DROP TABLE batch.leave")
    verdict = judge(home, conn, "leave", RUN)
    assert set(verdict.held) == {key(1)}
    assert by_id(list(verdict.results))["gx.leave.nip.not_null"].outcome == "errored"


def test_a_check_that_raises_is_errored_and_the_others_are_not(
    conn: duckdb.DuckDBPyConnection,
) -> None:
    suite = next(s for s in mart_suites() if s.table == "mart_ip_asn")
    create(conn, suite, [valid_row(table_of(suite))])
    conn.execute("ALTER TABLE marts.mart_ip_asn RENAME COLUMN kinerja TO other")
    found = by_id(run_suites(conn, "marts", [suite]))
    assert found["gx.mart_ip_asn.kinerja.between"].outcome == "errored"
    assert found["gx.mart_ip_asn.table.hidden_is_null"].outcome == "errored"
    assert found["gx.mart_ip_asn.table.hidden_is_null"].observed is None
    assert found["gx.mart_ip_asn.disiplin.between"].outcome == "passed"


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ({"success": True, "result": {"observed_value": 0}}, "passed"),
        ({"success": False, "result": {"observed_value": 1}}, "failed"),
        ({"success": True, "result": {}}, "errored"),
        ({"success": True, "result": {"observed_value": 0}, "exception_info": RAISED}, "errored"),
        (
            {"success": True, "result": {"observed_value": 0}, "exception_info": {"m": RAISED}},
            "errored",
        ),
        (None, "errored"),
    ],
)
def test_an_answer_without_a_count_or_with_an_exception_is_never_a_pass(
    answer: dict[str, Any] | None, outcome: str
) -> None:
    from great_expectations.core import ExpectationValidationResult

    check = next(c for c in mart_suites()[0].checks if c.expected.check_name == "rows_min")
    given = ExpectationValidationResult(**answer) if answer else None
    assert result_of(check, given, datetime.now(UTC)).outcome == outcome


def test_an_aggregate_over_nothing_is_errored(conn: duckdb.DuckDBPyConnection) -> None:
    *_, balance = batch_suites("leave")
    create(conn, balance, [])
    found = {r.check_name: r.outcome for r in run_suites(conn, "batch", [balance])}
    assert found == {
        "sum_of": "passed",
        "rejected_share_max": "passed",
        "rows_loaded_min": "errored",
    }


def test_a_table_that_is_not_there_has_only_errored_checks(
    conn: duckdb.DuckDBPyConnection,
) -> None:
    conn.execute("CREATE SCHEMA marts")
    suites = mart_suites()[:2]
    results = run_suites(conn, "marts", suites)
    assert len(results) == sum(len(suite.checks) for suite in suites)
    assert {result.outcome for result in results} == {"errored"}


@pytest.mark.parametrize(
    ("pattern", "failing"), [("^a+$", 3), ("a", 1), ("^a", 2), ("^(?:a|b)$", 3)]
)
def test_a_pattern_means_what_it_means_in_postgresql(
    conn: duckdb.DuckDBPyConnection, pattern: str, failing: int
) -> None:
    conn.execute("CREATE SCHEMA marts")
    conn.execute("CREATE TABLE marts.t AS SELECT unnest(['a', 'ab', 'ba', 'x', NULL]) AS code")
    check = next(
        c for s in batch_suites("leave") for c in s.checks if c.expected.check_name == "matches"
    )
    check = Check(check.expected, check.expectation, {"column": "code", "regex": pattern})
    (result,) = run_suites(conn, "marts", [Suite("t", (check,))])
    assert result.failing_rows == failing


def test_validation_is_quiet_leaves_no_file_and_lets_go_of_the_working_file(
    home: Home, tmp_path: Path
) -> None:
    """In a process of its own: what it prints, writes and still holds open shows there."""
    script = """
import json, sys
from pathlib import Path
from quality.checks.suites import mart_suites
from quality.checks.validation import run_suites
from tests.quality.rows import create, table_of, valid_row
from warehouse.store.home import Home
assert "great_expectations" not in sys.modules and "sqlalchemy" not in sys.modules
home = Home(Path(sys.argv[1]))
with home.connect() as conn:
    for suite in mart_suites():
        create(conn, suite, [valid_row(table_of(suite))])
    conn.execute("ALTER TABLE marts.mart_ip_asn DROP COLUMN kinerja")
    results = run_suites(conn, "marts", mart_suites())
print(json.dumps(sorted({r.outcome for r in results})), flush=True)
input()
"""
    where = tmp_path / "elsewhere"
    where.mkdir()
    env = {**os.environ, "HOME": str(where), "TMPDIR": str(where), "PYTHONPATH": str(Path.cwd())}
    with subprocess.Popen(
        [sys.executable, "-W", "default", "-c", script, str(home.root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=where,
        env=env,
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        with home.connect() as conn:  # while that process still lives
            conn.execute("CREATE TABLE main.free AS SELECT 1")
        _, noise = process.communicate("\n", timeout=60)
    assert json.loads(line) == ["errored", "failed", "passed"]
    assert noise == ""
    assert list(where.rglob("*")) == []
