"""What a check is and what came of it: the words that suites, dbt's results, gate and report share.

Belongs here: plain values. Does not belong here: how a check runs (`quality.checks.validation`,
`quality.checks.dbt_results`), what follows from it (`quality.gate`) or where it is kept
(`warehouse.store.runs`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from warehouse.vocabulary import Severity, Text

Outcome = Literal["passed", "failed", "skipped", "errored", "missing"]
Stage = Literal["batch", "model", "mart"]


@dataclass(frozen=True)
class ExpectedCheck:
    """A check that must run.

    ``subject`` is the source (stage batch) or table that is checked; ``reason`` says in plain words
    what must be true; ``expected`` is a number or count as text.
    """

    check_id: str
    stage: Stage
    subject: str
    check_name: str
    severity: Severity
    reason: Text
    expected: str


@dataclass(frozen=True)
class CheckResult:
    """What came of a check.

    ``observed`` and ``expected`` are numbers or counts as text, never a value of a row;
    ``checked_at`` is UTC.
    """

    check_id: str
    stage: Stage
    subject: str
    check_name: str
    severity: Severity
    outcome: Outcome
    observed: str | None
    expected: str | None
    failing_rows: int | None
    checked_at: datetime


def counted(expected: ExpectedCheck, failing: int | None, now: datetime) -> CheckResult:
    """The result of a check that counts what is wrong; ``errored`` if it could not count."""
    outcome: Outcome = "failed" if failing else "passed"
    return CheckResult(
        check_id=expected.check_id,
        stage=expected.stage,
        subject=expected.subject,
        check_name=expected.check_name,
        severity=expected.severity,
        outcome="errored" if failing is None else outcome,
        observed=None if failing is None else str(failing),
        expected=expected.expected,
        failing_rows=failing,
        checked_at=now,
    )


@dataclass(frozen=True)
class Waiver:
    """A critical check that may fail until a day (included), with who decided it and why."""

    check_id: str
    until: date
    reason: str
    decided_by: str
