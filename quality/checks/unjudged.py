"""Files that entered since the last publication and that no check of tonight looked at.

Belongs here: the one critical check on them. A delivery that an unpublished night had loaded is
read and judged again (`ingest.loading.load`) as long as it lies in landing; where it has left, its
rows would be published unjudged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import duckdb

from quality.checks.results import CheckResult, ExpectedCheck, counted
from quality.words import sentence
from warehouse.proof import ledger
from warehouse.proof import standing as publication
from warehouse.store.home import Home
from warehouse.vocabulary import DeliveryKey


def checks() -> tuple[ExpectedCheck, ...]:
    """The check, which needs no list of its own."""
    return (
        ExpectedCheck(
            check_id="deliveries.loaded.judged",
            stage="mart",
            subject="mart_source_balance",
            check_name="judged",
            severity="critical",
            reason=sentence("checks", "judged"),
            expected="0",
        ),
    )


def check(conn: duckdb.DuckDBPyConnection, home: Home, run_id: str) -> list[CheckResult]:
    """Count what is loaded, not withdrawn today, and neither tonight's nor vouched for.

    Rows of a government that no rule names count nowhere, so nobody has to judge them.
    """
    vouched = _vouched(ledger.entries(home))
    try:
        loaded = conn.execute(
            """SELECT government_code, source, period, file_sha256 FROM raw.delivery AS known
            SEMI JOIN raw.rule_governments AS there
                ON there.government_code = known.government_code
            ANTI JOIN (
                SELECT withdrawal.* FROM raw.rule_withdrawals AS withdrawal
                JOIN raw.run ON run.run_id = $night
                    AND (run.as_of_date < valid_from OR run.as_of_date > valid_to) IS NOT TRUE
            ) AS taken
                ON taken.government_code = known.government_code
                AND taken.file_sha256 = known.file_sha256 AND taken.row_number IS NULL
            WHERE outcome = 'loaded' AND run_id <> $night""",
            {"night": run_id},
        ).fetchall()
    except duckdb.Error:  # it can't be told, and what can't be told is not published
        return [counted(expected, None, datetime.now(UTC)) for expected in checks()]
    failing = sum(DeliveryKey(*row) not in vouched for row in loaded)
    return [counted(expected, failing, datetime.now(UTC)) for expected in checks()]


def _vouched(entries: Sequence[Mapping[str, Any]]) -> set[DeliveryKey]:
    runs = publication.vouched_run_ids(entries)
    return {
        DeliveryKey.of(given)
        for entry in entries
        if entry["kind"] == "run" and entry["run_id"] in runs
        for given in entry["inputs"]
        if given["outcome"] == "loaded"
    }
