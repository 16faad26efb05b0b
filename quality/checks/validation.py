"""Runs the suites on a working file by Great Expectations, and judges new deliveries by them.

Belongs here: turning GX's answers into results of ours, failing closed; finding which deliveries of
a batch are at fault. Does not belong here: what is checked (`quality.checks.suites`), what a
failure means for the night (`quality.gate`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import duckdb

from quality import evidence
from quality.checks import changes, history, unjudged
from quality.checks.results import CheckResult, Outcome, Waiver
from quality.checks.suites import Check, Suite, batch_suites, mart_suites
from warehouse.privacy import shown_path
from warehouse.store.home import Home
from warehouse.vocabulary import DeliveryKey

if TYPE_CHECKING:
    from great_expectations.core import ExpectationValidationResult
    from great_expectations.datasource.fluent.sql_datasource import SQLDatasource

# Counts only: GX then asks for `LIMIT 0` of the failing values, so no value leaves the database.
_RESULT_FORMAT = {"result_format": "BASIC", "partial_unexpected_count": 0}


@dataclass(frozen=True)
class Verdict:
    """What was found in a batch, and which deliveries it holds (by the check that they failed)."""

    results: tuple[CheckResult, ...]
    held: Mapping[DeliveryKey, str]


def run_suites(
    conn: duckdb.DuckDBPyConnection,
    schema: str,
    suites: Sequence[Suite],
    kept: evidence.Kept | None = None,
) -> list[CheckResult]:
    """Validate committed tables of one schema of an open working file, a suite at a time.

    Every check of the suites has a result: what GX did not answer, or answered with an exception or
    with nothing, is ``errored``. GX's own answers are added to ``kept``.
    """
    from quality.checks.duckdb_dialect import datasource

    with datasource(conn, schema) as source:
        return _run(source, suites, kept)


def run_mart_checks(conn: duckdb.DuckDBPyConnection, home: Home, run_id: str) -> list[CheckResult]:
    """All that must run on the published tables: their suites, and how they changed."""
    kept: evidence.Kept = {}
    results = run_suites(conn, "marts", mart_suites(), kept)
    evidence.keep(home, run_id, "marts", kept)
    results += unjudged.check(conn, home, run_id)
    return [*results, *changes.check(conn, home, run_id), *history.check(conn, run_id)]


def judge(home: Home, conn: duckdb.DuckDBPyConnection, source: str, run_id: str) -> Verdict:
    """Validate the source's batch as a whole and find the deliveries that must be held.

    The batch (schema ``batch``) is committed. Only if a critical check fails that is not waived are
    its deliveries looked at apart, by halving: a part that passes is not looked at further. What
    fails only as a whole is held as a whole.

    Returns:
        The results of the whole batch, and for every delivery to hold the check that it failed.
    """
    from quality.checks.duckdb_dialect import datasource

    suites = batch_suites(source, home.settings().max_rejected_share)
    waived = {waiver.check_id for waiver in _waivers_of_run(conn, run_id)}
    kept: evidence.Kept = {}
    with datasource(conn, "batch") as gx:
        results = _run(gx, suites, kept)
        evidence.keep(home, run_id, f"batch-{source}", kept)
        failed = _blocking(results, waived)
        if not failed:
            return Verdict(tuple(results), {})
        again = [replace(suite, checks=_only(suite.checks, failed)) for suite in suites]

        def failing(part: Sequence[DeliveryKey]) -> list[str]:
            return _blocking(_run(gx, _restricted(conn, again, part)), waived)

        held = _faulty(_deliveries(conn, source), failed[0], failing)
    return Verdict(tuple(results), held)


def waivers(conn: duckdb.DuckDBPyConnection) -> list[Waiver]:
    """The waivers that the loaded rules hold, expired ones too."""
    query = "SELECT DISTINCT check_id, until, reason, decided_by FROM raw.rule_waivers ORDER BY ALL"
    return [Waiver(*row) for row in conn.execute(query).fetchall()]


def file_names(
    conn: duckdb.DuckDBPyConnection, keys: Collection[DeliveryKey]
) -> dict[DeliveryKey, str]:
    """The masked paths below landing of decided deliveries."""
    query = "SELECT government_code, source, period, file_sha256, file_name FROM raw.delivery"
    named = {
        DeliveryKey(*key): shown_path(key[0], key[1], key[2], name)
        for *key, name in conn.execute(query).fetchall()
    }
    return {key: named[key] for key in keys if key in named}


def _waivers_of_run(conn: duckdb.DuckDBPyConnection, run_id: str) -> list[Waiver]:
    day = conn.execute("SELECT as_of_date FROM raw.run WHERE run_id = ?", [run_id]).fetchone()
    return [waiver for waiver in waivers(conn) if day and waiver.until >= day[0]]


def _only(checks: Sequence[Check], ids: Collection[str]) -> tuple[Check, ...]:
    return tuple(check for check in checks if check.expected.check_id in ids)


def _blocking(results: Sequence[CheckResult], waived: Collection[str]) -> list[str]:
    return [
        result.check_id
        for result in results
        if result.severity == "critical"
        and result.outcome != "passed"
        and result.check_id not in waived
    ]


def _deliveries(conn: duckdb.DuckDBPyConnection, source: str) -> list[DeliveryKey]:
    query = """SELECT government_code, source, period, file_sha256 FROM batch.delivery
               WHERE source = ? ORDER BY ALL"""
    return [DeliveryKey(*row) for row in conn.execute(query, [source]).fetchall()]


def _restricted(
    conn: duckdb.DuckDBPyConnection, suites: Sequence[Suite], part: Sequence[DeliveryKey]
) -> list[Suite]:
    """The same suites over views that show some deliveries only.

    The deliveries are rows of a scratch table and not literals: folder names are other people's
    text. Schema ``batch`` is scratch, so nothing is cleared away here.
    """
    conn.execute("CREATE OR REPLACE TABLE batch.part AS FROM batch.delivery LIMIT 0")
    conn.executemany(
        "INSERT INTO batch.part FROM batch.delivery "
        "WHERE government_code = ? AND source = ? AND period = ? AND file_sha256 = ?",
        part,
    )
    for suite in suites:
        conn.execute(
            f"CREATE OR REPLACE VIEW batch.part_{suite.table} AS FROM batch.{suite.table} "
            "SEMI JOIN batch.part USING (delivery_id)"
        )
    return [replace(suite, table=f"part_{suite.table}") for suite in suites]


def _faulty(
    keys: Sequence[DeliveryKey],
    failed: str,
    failing: Callable[[Sequence[DeliveryKey]], list[str]],
) -> dict[DeliveryKey, str]:
    """Which of the deliveries, that together fail ``failed``, are at fault, and of what."""
    if len(keys) < 2:
        return dict.fromkeys(keys, failed)
    found: dict[DeliveryKey, str] = {}
    middle = len(keys) // 2
    for half in (keys[:middle], keys[middle:]):
        its = failing(half)
        if its:
            found |= _faulty(half, its[0], failing)
    return found or dict.fromkeys(keys, failed)


def _run(
    source: SQLDatasource, suites: Sequence[Suite], kept: evidence.Kept | None = None
) -> list[CheckResult]:
    results = []
    for suite in suites:
        answers = _answers(source, suite) if suite.checks else {}
        now = datetime.now(UTC)
        results += [result_of(c, answers.get(c.expected.check_id), now) for c in suite.checks]
        if kept is not None:
            kept[suite.table] = evidence.plain(answers.values())
    return results


def _answers(source: SQLDatasource, suite: Suite) -> dict[str, ExpectationValidationResult]:
    """GX's answers by check id; its order is not the suite's."""
    import great_expectations as gx
    from great_expectations.datasource.fluent.interfaces import (
        TestConnectionError,
    )

    expectations = [
        getattr(gx.expectations, check.expectation)(**check.arguments, meta=check.meta)
        for check in suite.checks
    ]
    try:
        asset = source.add_table_asset(f"{suite.table}_{uuid4().hex}", table_name=suite.table)
    except TestConnectionError:  # the table is not there: none of its checks has an answer
        return {}
    batch = asset.add_batch_definition_whole_table("all").get_batch()
    named = gx.ExpectationSuite(name=suite.table, expectations=expectations)
    validated = batch.validate(named, result_format=_RESULT_FORMAT)
    return {
        answer.expectation_config.meta["check_id"]: answer
        for answer in validated.results
        if answer.expectation_config and answer.expectation_config.meta
    }


def result_of(
    check: Check, answer: ExpectationValidationResult | None, now: datetime
) -> CheckResult:
    """What came of a check; one that was not answered, or not in full, has errored."""
    said = check.expected
    observed, failing_rows = _counted(check, answer.result) if answer else (None, None)
    outcome: Outcome = "errored"
    if answer and observed is not None and not evidence.raised(answer.exception_info):
        outcome = "passed" if answer.success else "failed"
    return CheckResult(
        check_id=said.check_id,
        stage=said.stage,
        subject=said.subject,
        check_name=said.check_name,
        severity=said.severity,
        outcome=outcome,
        observed=observed,
        expected=said.expected,
        failing_rows=failing_rows,
        checked_at=now,
    )


def _counted(check: Check, result: Mapping[str, Any]) -> tuple[str | None, int | None]:
    """What was observed, and how many rows fail where rows were counted; None if GX is silent."""
    if "unexpected_count" in result:
        rows = result["unexpected_count"] or 0  # None where the table is empty
        return str(rows), rows
    value = result.get("observed_value")
    if isinstance(value, list):  # names of columns
        return str(len(value)), None
    if value is not None and check.expectation == "UnexpectedRowsExpectation":
        return str(value), value
    if isinstance(value, float):
        return f"{value:.6g}", None
    return (None if value is None else str(value)), None
