"""What `report.json` holds, as types: whoever reads a night's report can rely on them.

Belongs here: the form of the whole. Does not belong here: its entries (`quality.report.entries`),
gathering it (`quality.report.facts`) or drawing it (`quality.report.pages`). A night's report is
for people and their programs; no later night of ours reads one, save the index, which shows of each
what its recorded bytes say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from quality.gate import Effect, State
from quality.report.entries import (
    Changes,
    Culture,
    Discipline,
    Input,
    Misplaced,
    Reach,
    Refused,
    Rule,
    RuleChanges,
    Said,
    Strict,
    Unusual,
    ValueMap,
    Waits,
    Waiver,
    Withdrawal,
)
from warehouse.vocabulary import Severity


class Run(Strict):
    """The night; a night that stopped early knows less of itself."""

    run_id: str
    started_at: str
    began: str
    as_of_date: str
    code_version: NotRequired[str]
    rules_sha256: NotRequired[str]
    head_before: NotRequired[str]
    lock_sha256: NotRequired[str]
    libraries: NotRequired[dict[str, str]]


class Decision(Strict):
    """What was decided and why; ``standing`` is the run that is published now."""

    state: State
    reasons: list[Said]
    standing: str | None


class Check(Strict):
    """A check, what came of it and what that does to the night."""

    check_id: str
    stage: str
    subject: str
    severity: Severity
    outcome: str
    observed: str | None
    expected: str | None
    failing_rows: int | None
    effect: Effect
    reason: Said
    waived_until: str | None
    waived_because: str | None


class Tally(Strict):
    """How many checks passed and did not."""

    passed: int
    not_passed: int


class Counts(Strict):
    """The tally of every severity."""

    critical: Tally
    warning: Tally
    info: Tally


class Report(Strict):
    """All of `report.json`; a night that stopped early has only its run and decision."""

    run: Run
    decision: Decision
    governments: NotRequired[dict[str, str]]
    checks: NotRequired[list[Check]]
    counts: NotRequired[Counts]
    inputs: NotRequired[list[Input]]
    waiting: NotRequired[list[Input]]
    content: NotRequired[list[Reach]]
    quarantine: NotRequired[list[Refused]]
    not_checked: NotRequired[list[Said]]
    misplaced: NotRequired[list[Misplaced]]
    unread: NotRequired[list[Misplaced]]
    notices: NotRequired[list[Said]]
    waits: NotRequired[list[Waits]]
    age_days: NotRequired[int | None]
    history: NotRequired[list[Unusual]]
    changes: NotRequired[Changes | None]
    rules: NotRequired[list[Rule]]
    rule_changes: NotRequired[RuleChanges | None]
    withdrawals: NotRequired[list[Withdrawal]]
    waivers: NotRequired[list[Waiver]]
    culture: NotRequired[list[Culture]]
    values: NotRequired[list[ValueMap]]
    discipline: NotRequired[list[Discipline]]


class _ToldDecision(TypedDict):
    state: State
    reasons: Annotated[list[Said], Field(min_length=1)]


class _ToldRun(TypedDict):
    as_of_date: str


class _ToldRows(TypedDict):
    rows_read: int
    rows_loaded: int
    rows_quarantined: int
    rows_duplicate: int
    rows_skipped: int


class Told(TypedDict):
    """What the index shows of a night; an older version's report may say other things beside."""

    run: _ToldRun
    decision: _ToldDecision
    inputs: NotRequired[list[_ToldRows]]
    counts: NotRequired[Counts]
    age_days: NotRequired[int | None]


Facts = Mapping[str, Any]
"""A report as it is gathered, before it is held to its form."""
