"""What `report.json` holds, as types: whoever reads a night's report can rely on them.

Belongs here: the form of the document. Does not belong here: gathering it (`quality.report.facts`)
or drawing it (`quality.report.pages`). A night's report is for people and their programs; no later
night of ours reads one, save the index, which shows of each what its recorded bytes say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, NotRequired

from pydantic import ConfigDict, Field
from typing_extensions import TypedDict

from quality.gate import Effect, State
from warehouse.vocabulary import Severity

Plain = str | int | float | bool | None


class _Strict(TypedDict):
    """Nothing may stand in a report that no type names."""

    __pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[misc]


class Said(_Strict):
    """A sentence in both languages."""

    id: str
    en: str


class Advice(Said):
    """What is wrong, and what to do next."""

    next_id: str
    next_en: str


class Run(_Strict):
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


class Decision(_Strict):
    """What was decided and why; ``standing`` is the run that is published now."""

    state: State
    reasons: list[Said]
    standing: str | None


class Check(_Strict):
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


class Tally(_Strict):
    """How many checks passed and did not."""

    passed: int
    not_passed: int


class Counts(_Strict):
    """The tally of every severity."""

    critical: Tally
    warning: Tally
    info: Tally


class Note(Said):
    """What was ignored or decided about a delivery."""

    kind: Literal["ignored", "decided"]


class Input(_Strict):
    """A delivery with its balance."""

    government_code: str
    source: str
    period: str
    file_name: str
    file_sha256: str
    layout: str | None
    outcome: str
    reason_code: str | None
    received_at: str
    run_id: str
    notes: list[Note]
    rows_read: int
    rows_loaded: int
    rows_quarantined: int
    rows_duplicate: int
    rows_skipped: int
    path: str
    reason: Advice | None
    balanced: bool


class RefusedBy(_Strict):
    """A file of which rows were refused."""

    path: str
    file_sha256: str
    rows: int


class Refused(_Strict):
    """Rows refused for one reason."""

    government_code: str
    source: str
    reason_code: str
    rows: int
    rows_tonight: int
    files: int
    most: list[RefusedBy]
    reason: Advice


class Reach(_Strict):
    """How far the content of a source reaches: a date or a year."""

    government_code: str
    source: str
    until: str


class Misplaced(_Strict):
    """What lies in landing and is read by nobody, or not yet."""

    path: str
    reason_code: str
    probable_place: str
    id: str
    en: str
    next_id: str
    next_en: str


class Waits(_Strict):
    """How much waits for something that is not known yet, as counts."""

    government_code: str
    kind: str
    values: int
    rows: int
    text: Said


class Found(_Strict):
    """Something unusual or overdue."""

    government_code: str
    unit_code: str
    at: str
    is_higher: bool | None


class Unusual(_Strict):
    """What a check on history found, the first few."""

    check_id: str
    reason: Said
    count: int
    first: list[Found]


class Cell(_Strict):
    """A published number that changed."""

    key: str
    column: str
    before: float
    after: float


class Change(_Strict):
    """What changed of one table."""

    table: str
    rows_added: int
    rows_removed: int
    rows_changed: int
    cells_changed: int
    history: int
    largest: list[Cell]


class Changes(_Strict):
    """Tonight's marts against the published ones, and what could have caused a change."""

    since: str
    files: list[str]
    more_files: int
    rules_changed: bool
    code_changed: bool
    erasures: int
    tables: list[Change]


class RuleRow(_Strict):
    """A row of a rule, once for all governments that it holds for."""

    values: dict[str, Plain]
    governments: list[str]
    valid_from: str
    valid_to: str
    source: str | None
    trust: str | None
    origin: str
    in_force: bool


class Rule(_Strict):
    """A rule file as it is in force."""

    rule: str
    title: Said
    columns: list[str]
    count: int
    own: int
    unconfirmed: int
    rows: list[RuleRow]
    sha256: str
    changed_on: str


class RuleCell(_Strict):
    """A value of a rule that changed."""

    column: str
    before: Plain
    after: Plain


class RuleChange(_Strict):
    """A row of a rule that was added, removed or changed; no governments mean all."""

    rule: str
    kind: Literal["added", "removed", "changed"]
    key: dict[str, Plain]
    valid_from: str
    columns: list[RuleCell]
    governments: list[str]


class RuleChanges(_Strict):
    """What changed of the rules since a publication; None: it can't be told."""

    since: str
    rows: list[RuleChange] | None


class Withdrawal(_Strict):
    """What was taken back."""

    path: str | None
    file_sha256: str
    row_number: int | None
    reason: str
    decided_by: str
    decided_on: str


class Waiver(_Strict):
    """A check that was waived, and whether it still is."""

    check_id: str
    until: str
    reason: str
    decided_by: str
    in_force: bool


class Culture(_Strict):
    """The culture scores of a government's newest month."""

    government_code: str
    month: str
    weights: dict[str, float]
    rows: list[dict[str, Plain]]


class ValueName(_Strict):
    """One of the seven values."""

    value_code: str
    name_id: str
    name_en: str


class ValueCell(_Strict):
    """The score of a value; None where it is hidden or unknown."""

    score: float | None
    respondents: int | None


class ValueRow(_Strict):
    """The values of a unit."""

    unit_level: str
    unit_name: str
    cells: list[ValueCell]


class ValueMap(_Strict):
    """The values of a government's newest wave."""

    government_code: str
    wave: str
    values: list[ValueName]
    rows: list[ValueRow]


class Discipline(_Strict):
    """The discipline score of a government by month."""

    government_code: str
    months: list[str]
    scores: list[float | None]


class Report(_Strict):
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
