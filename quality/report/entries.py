"""What the lists of `report.json` hold, as types: a delivery, a rule, a change, a row of scores.

Belongs here: the form of one entry. Does not belong here: the report that they stand in
(`quality.report.document`), or gathering them.
"""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict
from typing_extensions import TypedDict

Plain = str | int | float | bool | None
"""A cell of a rule or mart, as JSON holds it."""


class Strict(TypedDict):
    """Nothing may stand in a report that no type names."""

    __pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[misc]


class Said(Strict):
    """A sentence in both languages."""

    id: str
    en: str


class Advice(Said):
    """What is wrong, and what to do next."""

    next_id: str
    next_en: str


class Note(Said):
    """What was ignored or decided about a delivery."""

    kind: Literal["ignored", "decided"]


class Input(Strict):
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


class RefusedBy(Strict):
    """A file of which rows were refused."""

    path: str
    file_sha256: str
    rows: int


class Refused(Strict):
    """Rows refused for one reason."""

    government_code: str
    source: str
    reason_code: str
    rows: int
    rows_tonight: int
    files: int
    most: list[RefusedBy]
    reason: Advice


class Reach(Strict):
    """How far the content of a source reaches: a date or a year."""

    government_code: str
    source: str
    until: str


class Misplaced(Strict):
    """What lies in landing and is read by nobody, or not yet."""

    path: str
    reason_code: str
    probable_place: str
    id: str
    en: str
    next_id: str
    next_en: str


class Waits(Strict):
    """How much waits for something that is not known yet, as counts."""

    government_code: str
    kind: str
    values: int
    rows: int
    text: Said


class Found(Strict):
    """Something unusual or overdue."""

    government_code: str
    unit_code: str
    at: str
    is_higher: bool | None


class Unusual(Strict):
    """What a check on history found, the first few."""

    check_id: str
    reason: Said
    count: int
    first: list[Found]


class Cell(Strict):
    """A published number that changed."""

    key: str
    column: str
    before: float
    after: float


class Change(Strict):
    """What changed of one table."""

    table: str
    rows_added: int
    rows_removed: int
    rows_changed: int
    cells_changed: int
    history: int
    largest: list[Cell]


class Changes(Strict):
    """Tonight's marts against the published ones, and what could have caused a change."""

    since: str
    files: list[str]
    more_files: int
    rules_changed: bool
    code_changed: bool
    erasures: int
    tables: list[Change]


class RuleRow(Strict):
    """A row of a rule, once for all governments that it holds for."""

    values: dict[str, Plain]
    governments: list[str]
    valid_from: str
    valid_to: str
    source: str | None
    trust: str | None
    origin: str
    in_force: bool


class Rule(Strict):
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


class RuleCell(Strict):
    """A value of a rule that changed."""

    column: str
    before: Plain
    after: Plain


class RuleChange(Strict):
    """A row of a rule that was added, removed or changed; no governments mean all."""

    rule: str
    kind: Literal["added", "removed", "changed"]
    key: dict[str, Plain]
    valid_from: str
    columns: list[RuleCell]
    governments: list[str]


class RuleChanges(Strict):
    """What changed of the rules since a publication; None: it can't be told."""

    since: str
    rows: list[RuleChange] | None


class Withdrawal(Strict):
    """What was taken back."""

    path: str | None
    file_sha256: str
    row_number: int | None
    reason: str
    decided_by: str
    decided_on: str


class Waiver(Strict):
    """A check that was waived, and whether it still is."""

    check_id: str
    until: str
    reason: str
    decided_by: str
    in_force: bool


class Culture(Strict):
    """The culture scores of a government's newest month."""

    government_code: str
    month: str
    weights: dict[str, float]
    rows: list[dict[str, Plain]]


class ValueName(Strict):
    """One of the seven values."""

    value_code: str
    name_id: str
    name_en: str


class ValueCell(Strict):
    """The score of a value; None where it is hidden or unknown."""

    score: float | None
    respondents: int | None


class ValueRow(Strict):
    """The values of a unit."""

    unit_level: str
    unit_name: str
    cells: list[ValueCell]


class ValueMap(Strict):
    """The values of a government's newest wave."""

    government_code: str
    wave: str
    values: list[ValueName]
    rows: list[ValueRow]


class Discipline(Strict):
    """The discipline score of a government by month."""

    government_code: str
    months: list[str]
    scores: list[float | None]
