"""What a source, rule, mart or restricted table is, and what each of its columns is: types.

Belongs here: the form of a catalog file and what follows from it. Does not belong here: reading the
files and holding them against one another (`warehouse.catalog.reader`), SQL.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from warehouse.documents import STRICT
from warehouse.vocabulary import Severity, Text

Type = Literal[
    "VARCHAR", "DOUBLE", "INTEGER", "BIGINT", "SMALLINT", "BOOLEAN", "DATE", "TIME", "TIMESTAMP"
]
Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]
# Checks that the columns do not imply, each with the parameters that it must carry.
TABLE_CHECKS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "rows_min": frozenset({"value"}),  # the table has at least `value` rows
        "any_filled": frozenset({"columns"}),  # every row has a value in one of `columns`
        "in_order": frozenset({"columns"}),  # the values of `columns` never fall, NULLs left out
        "sum_of": frozenset({"total", "parts"}),  # total = sum of parts, where none is NULL
        "respondents_kept": frozenset(),  # per delivery, the rows of a person are few
        "rejected_share_max": frozenset(),  # per delivery, against max_rejected_share of the home
    }
)

Family = Literal["survey", "discipline", "ip_asn"]
Evidence = Literal[
    "none", "submissions", "days", "bands", "records", "figure", "unit", "file", "parts"
]
Group = Literal["sources", "rules", "state", "marts", "restricted"]
GROUPS: tuple[Group, ...] = ("sources", "rules", "state", "marts", "restricted")


@dataclass(frozen=True, config=STRICT)
class Column:
    """One column: its type, its meaning in both languages and what may be in it.

    ``min`` and ``max`` are inclusive; ``bounds_by`` leads from another column of a rule's row over
    its value to the bounds that hold then. ``references`` is ``table.column``; where the target is
    keyed by government too, the pair with ``government_code`` is meant. ``severity`` is that of
    every check which the column implies. ``key_unless`` names the column of a natural key that,
    where it is filled, makes this one count for nothing: a punch of a known employee is the same
    punch on whatever device. ``shown_when_hidden`` marks a measure that a suppressed row keeps,
    beside keys, counts of contributors and dates (contract section 4, Suppression). A ``secret``
    value is stored as its HMAC only. ``listed_in`` is the rule that lists the words of a source's
    column, in a column of the same name; a row of another word waits.
    """

    name: Name
    type: Type
    id: str
    en: str
    required: bool = False
    personal: bool = False
    place: Literal["file", "raw"] | None = None
    nullable_in_raw: bool = False
    key_unless: str | None = None
    unit: str | None = None
    values: tuple[str | int | float, ...] = ()
    min: float | None = None
    max: float | None = None
    bounds_by: Mapping[str, Mapping[str, tuple[float, float]]] = field(default_factory=dict)
    pattern: str | None = None
    references: str | None = None
    listed_in: str | None = None
    shown_when_hidden: bool = False
    secret: bool = False
    severity: Severity = "critical"

    def __post_init__(self) -> None:
        """Hold the meaning to both languages."""
        _ = self.meaning

    @property
    def meaning(self) -> Text:
        """What it means, in both languages."""
        return Text(self.id, self.en)

    @property
    def description(self) -> str:
        """The meaning as published: Indonesian, then English."""
        return f"{self.id} / {self.en}"

    @property
    def not_null(self) -> bool:
        """Whether a stored NULL is a fault.

        ``required`` speaks of the canonical file; ``nullable_in_raw`` marks the column that
        another layout brings empty (a punch of a device has a PIN and no NIP).
        """
        return self.required and not self.nullable_in_raw and self.place != "file"


@dataclass(frozen=True, config=STRICT)
class CheckSpec:
    """A check on a whole table, beyond those that its columns imply (see ``TABLE_CHECKS``)."""

    check: str
    severity: Severity
    reason: Text
    value: int = 0
    columns: tuple[str, ...] = ()
    total: str = ""
    parts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a check that is unknown, or whose parameters are not its own."""
        params = {"value": self.value, "columns": self.columns, "total": self.total}
        given = {name for name, value in {**params, "parts": self.parts}.items() if value}
        if TABLE_CHECKS.get(self.check, frozenset({"?"})) != frozenset(given):
            raise ValueError(f"check {self.check}: unknown, or wrong parameters")

    @property
    def used(self) -> frozenset[str]:
        """The columns that it speaks of."""
        return frozenset({*self.columns, *self.parts, *([self.total] if self.total else [])})


@dataclass(frozen=True, config=STRICT)
class News:
    """Where daily news show: the restricted table, its day, and the column that they fill."""

    table: str
    day: str
    filled: str


@dataclass(frozen=True, config=STRICT)
class Rhythm:
    """How often a source is promised, and the published table that lacks it.

    ``within`` is a number of days after which daily ``news`` are late, or the month of the next
    year from which those of a year are.
    """

    every: Literal["day", "wave", "year"]
    subject: str
    within: int = 0
    news: News | None = None

    def __post_init__(self) -> None:
        """Hold daily news, and no others, to say where they show."""
        if (self.every == "day") != (self.news is not None):
            raise ValueError("rhythm: news belongs to what comes every day")


@dataclass(frozen=True, config=STRICT)
class Watched:
    """A measure of a mart that is compared with its own history.

    It takes at least ``minimum`` earlier values. ``share`` and ``least`` are the distance from
    their median that is worth a look: a share of the median, or in the measure's own unit.
    """

    measure: Name
    minimum: int
    share: float = 0
    least: float = 0


@dataclass(frozen=True, config=STRICT)
class Table:
    """One table of the catalog.

    ``key`` is the natural key of a source (within a government and period), the key of a rule
    (within a government and day) or the primary key of everything else.
    ``appended`` are the columns that schema raw adds to those of a source or rule.
    ``arrives_with`` names the source whose landing folder brings this table, if not its own.
    ``dated_by`` is the column that says when what a source tells of happened; None for lists that
    describe a state.
    ``folder_words`` are what offices call the folder of a source. ``items_in`` is the table that
    the questions of a wide source become rows of. ``named_by`` is the column that says whose a row
    is: rows without it may repeat one another. Of ``needs_any`` a file must bring one column. A
    table that is ``read_first`` says how the others of its source are read; a ``snapshot`` lists
    everybody on a day, and means nothing in part. The files of a source with ``any_rows`` cover any
    span. ``rhythm`` is how often a source is promised, ``shown_as`` whether a trace shows its rows
    as days of people or one by one.
    ``asked`` says on which days a rule is asked: on every day that is judged, on the last one of a
    period, or there for who is hidden. ``spell`` are the columns of a row's own first and last day,
    beside its validity. A mart ``year_to_date`` judges all days from January on; ``moment`` is the
    column by which its rows of a unit follow one another, and the measures ``watched`` are compared
    with those before. ``read_by`` are
    the rules that the rows of a source are read by, before any model. ``evidence`` says what of
    files and people a trace shows behind a row of a mart. A restricted table that is ``sliced_by``
    a day is published as a file per government and month.
    """

    name: Name
    title: Text
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    group: Group = "sources"
    checks: tuple[CheckSpec, ...] = ()
    family: Family | None = None
    period: Literal["wave", "year"] | None = None
    arrives_with: str | None = None
    dated_by: str | None = None
    folder_words: tuple[str, ...] = ()
    items_in: str | None = None
    named_by: str | None = None
    needs_any: tuple[str, ...] = ()
    read_first: bool = False
    snapshot: bool = False
    any_rows: bool = False
    rhythm: Rhythm | None = None
    shown_as: Literal["days", "rows"] = "rows"
    asked: Literal["day", "period_end", "hiding"] = "day"
    spell: tuple[str, str] | None = None
    year_to_date: bool = False
    moment: str | None = None
    watched: tuple[Watched, ...] = ()
    read_by: tuple[str, ...] = ()
    evidence: Evidence | None = None
    sliced_by: str | None = None
    appended: tuple[Column, ...] = ()

    @property
    def description(self) -> str:
        """The title as published: Indonesian, then English."""
        return f"{self.title.id} / {self.title.en}"

    @property
    def raw_name(self) -> str:
        """The table's name in schema raw."""
        return f"rule_{self.name}" if self.group == "rules" else self.name

    @property
    def asset(self) -> str:
        """The raw asset that fills this table: ``rules``, ``night`` or a source."""
        shared = {"rules": "rules", "state": "night"}
        return shared.get(self.group) or self.arrives_with or self.name

    @property
    def file_columns(self) -> tuple[Column, ...]:
        """The columns that the canonical template shows to a sender, in its order."""
        return tuple(column for column in self.columns if column.place != "raw")

    @property
    def raw_columns(self) -> tuple[Column, ...]:
        """The columns of the table as it is stored, in order."""
        return tuple(c for c in self.columns if c.place != "file") + self.appended

    def column(self, name: str) -> Column:
        """Return the column called ``name``, own or appended; KeyError if there is none."""
        for column in (*self.columns, *self.appended):
            if column.name == name:
                return column
        raise KeyError(f"{self.name}.{name}")


@dataclass(frozen=True, config=STRICT)
class Catalog:
    """All tables, by group and name, in the order in which the contract lists them."""

    sources: Mapping[str, Table]
    rules: Mapping[str, Table]
    state: Mapping[str, Table]
    marts: Mapping[str, Table]
    restricted: Mapping[str, Table]

    @property
    def landing_sources(self) -> tuple[str, ...]:
        """The sources that have a landing folder of their own, in the contract's order."""
        return tuple(name for name, table in self.sources.items() if table.arrives_with is None)

    def tables_of(self, source: str) -> tuple[Table, ...]:
        """The tables of schema raw that the files of a landing source fill."""
        tables = self.sources.values()
        return tuple(table for table in tables if (table.arrives_with or table.name) == source)

    @property
    def item_tables(self) -> frozenset[str]:
        """The tables whose rows are the questions of a wide source."""
        return frozenset(t.items_in for t in self.sources.values() if t.items_in)

    @property
    def raw_tables(self) -> tuple[Table, ...]:
        """Every table of schema raw."""
        return (*self.sources.values(), *self.rules.values(), *self.state.values())

    def raw_table(self, name: str) -> Table:
        """The table of schema raw with a name; KeyError if there is none."""
        for table in self.raw_tables:
            if table.raw_name == name:
                return table
        raise KeyError(name)
