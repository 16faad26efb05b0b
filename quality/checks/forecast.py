"""What the critical checks of a night would say of a batch, in plain SQL, in milliseconds.

Belongs here: a count of failing rows for every expectation of the batch suites, for `budaya check`,
whose user waits at a prompt. Does not belong here: the verdict of a night, which is Great
Expectations' alone (`quality.checks.validation`); starting it takes longer than a whole check does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from quality.checks.suites import Check, Suite, batch_suites
from warehouse.sql import literal
from warehouse.store.home import Home
from warehouse.vocabulary import Text


def forecast(home: Home) -> Callable[[duckdb.DuckDBPyConnection, str], Mapping[str, Text]]:
    """`holding_checks` for a home today, as `ingest.loading.check` asks for it."""
    settings = home.settings()
    today = datetime.now(ZoneInfo(settings.time_zone)).date()
    return lambda conn, source: holding_checks(conn, source, settings.max_rejected_share, today)


def holding_checks(
    conn: duckdb.DuckDBPyConnection, source: str, max_rejected_share: float, day: date
) -> dict[str, Text]:
    """The critical checks for which a night would hold what lies in schema ``batch``.

    Args:
        conn: A connection with an open batch, and the rules in schema raw.
        source: The source of the batch.
        max_rejected_share: The home's limit of quarantined to read rows, 0 to 1.
        day: The day on which a waiver must still hold.

    Returns:
        What must be true, by the id of each check that fails and is not waived.
    """
    waived = {
        row[0]
        for row in conn.execute(
            "SELECT check_id FROM raw.rule_waivers WHERE until >= ?", [day]
        ).fetchall()
    }
    return {
        check.expected.check_id: check.expected.reason
        for suite in batch_suites(source, max_rejected_share)
        for check in _failing(conn, suite)
        if check.expected.check_id not in waived
    }


def _failing(conn: duckdb.DuckDBPyConnection, suite: Suite) -> list[Check]:
    """The critical checks of a suite that any row fails; those on one row share a single pass."""
    relation = f"batch.{suite.table}"
    critical = [check for check in suite.checks if check.expected.severity == "critical"]
    found: dict[str, bool | None] = {}
    by_row = [check for check in critical if check.expectation in _CONDITIONS]
    if by_row:
        any_fails = [f"bool_or({_CONDITIONS[c.expectation](c.arguments)})" for c in by_row]
        row = conn.execute(f"SELECT {', '.join(any_fails)} FROM {relation}").fetchone() or ()
        found |= {c.expected.check_id: fails for c, fails in zip(by_row, row, strict=True)}
    for check in critical:
        if check.expectation == "UnexpectedRowsExpectation":
            query = check.arguments["unexpected_rows_query"].format(batch=relation)
            row = conn.execute(f"SELECT count(*) > 0 FROM ({query})").fetchone() or (None,)
            found[check.expected.check_id] = row[0]
    return [check for check in critical if found[check.expected.check_id]]


def _is_null(arguments: Mapping[str, Any]) -> str:
    return f'"{arguments["column"]}" IS NULL'


def _is_outside(arguments: Mapping[str, Any]) -> str:
    column = f'"{arguments["column"]}"'
    ends = (("<", arguments.get("min_value")), (">", arguments.get("max_value")))
    return " OR ".join(f"{column} {sign} {end}" for sign, end in ends if end is not None)


def _is_misshapen(arguments: Mapping[str, Any]) -> str:
    return f'NOT regexp_matches("{arguments["column"]}", {literal(arguments["regex"])})'


def _is_no_choice(arguments: Mapping[str, Any]) -> str:
    choices = ", ".join(literal(str(value)) for value in arguments["value_set"])
    return f'CAST("{arguments["column"]}" AS VARCHAR) NOT IN ({choices})'


_CONDITIONS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "ExpectColumnValuesToNotBeNull": _is_null,
    "ExpectColumnValuesToBeBetween": _is_outside,
    "ExpectColumnValuesToMatchRegex": _is_misshapen,
    "ExpectColumnValuesToBeInSet": _is_no_choice,
}
