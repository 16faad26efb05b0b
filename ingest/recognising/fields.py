"""What a recognised file is read into: a field per stored column, and how its text is read.

Belongs here: fields, and the columns whose value is not simply that of the cell under their name (a
year from the folder, the number of decimals, a time of another zone). Does not belong here: the
reading of a single cell (`ingest.recognising.columns`), the SQL around the fields
(`ingest.loading.rows`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from ingest.recognising.columns import (
    Read,
    bounds,
    may_say_nothing,
    reader,
    typed_readers,
    words_of,
)
from ingest.recognising.match import Match
from ingest.recognising.unfold import NEXT_DAY
from ingest.values.answers import answer_value, is_nothing
from ingest.values.dates import timestamp_value, zoned_timestamp_value
from ingest.values.numbers import decimals
from ingest.values.style import Span, Style
from ingest.values.text import Reading
from warehouse.catalog.model import Column, Table
from warehouse.catalog.reader import load_catalog
from warehouse.sql import identifier, literal

_FIRST_RECORD = date(2010, 1, 1)
"""Nothing was recorded before: an earlier time is what a clock or a program has without one."""


@dataclass(frozen=True)
class Scale:
    """The scale of a survey's item: its ends and, for its number of points, the answer words."""

    low: int = 1
    high: int = 5


@dataclass(frozen=True)
class Context:
    """What is known about a delivery before its rows are read.

    ``arrived`` is the wall clock of the government when the file was first seen, ``written`` its
    date when the file was last changed. ``words`` leads from a number of points to the answer words
    of such a scale. ``zone`` is the government's, ``form_zone`` that of its form sheets (IANA).
    ``wave`` are the first and last day of the survey as ruled, the last one open if None.
    """

    period: str = ""
    arrived: datetime = datetime.max
    written: date = date.max
    zone: str = "UTC"
    form_zone: str = "UTC"
    scales: Mapping[str, Scale] = field(default_factory=dict)
    words: Mapping[int, Mapping[str, int]] = field(default_factory=dict)
    wave: tuple[date, date | None] | None = None


@dataclass(frozen=True)
class Field:
    """One value of a row.

    ``cell`` counts from 1; without one, ``constant`` is SQL that stands for the value. ``kind``
    says which evidence of the whole column ``read`` wants. ``bad`` is SQL over ``{v}``, the value,
    that is true where it can't be; ``bad_code`` says why. ``secret`` values are replaced by their
    HMAC before anything stores them. A value that takes several cells together names them all in
    ``joined``; of the cells in ``one_of`` the filled one counts. A required value may be missing
    where the cell ``unless`` is filled. ``typed`` says how a spreadsheet's cell of certain kinds
    (marks of `ingest.reading.cells`) is read, if not by its text. ``span`` are the days that a date
    can be. ``nothing`` is SQL over ``{c}``, the filled cell, that is true where it stands for an
    empty one.
    """

    name: str
    cell: int = 0
    kind: str = "VARCHAR"
    read: Read | None = None
    constant: str = ""
    required: bool = False
    bad: str = ""
    bad_code: str = ""
    secret: bool = False
    joined: tuple[int, ...] = ()
    one_of: tuple[int, ...] = ()
    unless: int = 0
    typed: Mapping[str, Read] = field(default_factory=dict)
    span: Span = field(default_factory=Span)
    nothing: str = ""

    @property
    def cells(self) -> tuple[int, ...]:
        """Every cell that the value is told from."""
        return self.joined or self.one_of or ((self.cell,) if self.cell else ())


def fields_of(match: Match, context: Context) -> tuple[Field, ...]:
    """The fields of a matched file, in the order of the stored columns, then its survey items."""
    table = load_catalog().sources[match.table]
    own = [_field(table, column, match, context) for column in _own_columns(table)]
    items = [_item(item, cell, context) for item, cell in sorted(match.items.items())]
    return (*own, *items)


def _own_columns(table: Table) -> tuple[Column, ...]:
    """The stored columns that belong to the rows themselves, not to their delivery."""
    appended = {column.name for column in table.appended}
    computed = {"row_digest", "occurrence"} if table.items_in else set()
    return tuple(c for c in table.raw_columns if c.name not in appended | computed)


def _field(table: Table, column: Column, match: Match, context: Context) -> Field:
    cell = match.columns.get(column.name, 0)
    special = _SPECIAL.get((table.name, column.name))
    if special is not None and (cell or column.place == "raw"):
        return special(_plain_field(column, match), match, context)
    return _not_before(table, _plain_field(column, match))


def _not_before(table: Table, plain: Field) -> Field:
    """The last day of a span that the catalog wants in order: a row that ends early is wrong."""
    for check in table.checks:
        if check.check == "in_order" and check.columns[-1] == plain.name and plain.kind == "DATE":
            first = identifier(f"v_{check.columns[0]}")
            return replace(plain, bad=f"{{v}} < {first}", bad_code="ends_before_start")
    return plain


def _plain_field(column: Column, match: Match) -> Field:
    cell = match.columns.get(column.name, 0)
    if not cell:
        return Field(column.name, constant=f"CAST(NULL AS {column.type})")
    return replace(
        field_of(column, cell),
        joined=match.joined.get(column.name, ()),
        one_of=match.one_of.get(column.name, ()),
    )


def field_of(column: Column, cell: int) -> Field:
    """The field of a column whose value is simply that of one cell, counted from 1."""
    kind, read = reader(column)
    bad, code = bounds(column)
    return Field(
        column.name,
        cell,
        kind,
        read,
        "",
        column.required,
        bad,
        code,
        nothing=(is_nothing("{c}", meant=words_of(column)) if may_say_nothing(column) else ""),
        typed=typed_readers(column),
    )


# --- columns whose value is not simply that of the cell under their name ---------------------


def _punch(plain: Field, match: Match, context: Context) -> Field:
    """A punch has to lie between 2010 and the arrival of its file."""
    arrived = context.arrived.isoformat(sep=" ", timespec="seconds")
    code = (
        f"CASE WHEN {{v}} < TIMESTAMP '{_FIRST_RECORD}' THEN 'punch_before_2010' "
        "ELSE 'punch_after_arrival' END"
    )

    def read(cell: str, style: Style) -> Reading:
        if match.fixed_style:  # what a device writes names no zone
            return timestamp_value(cell, style)
        if match.record_if != "timestamp":
            return zoned_timestamp_value(cell, style, context.zone, context.zone)
        same_day = timestamp_value(f"replace({cell}, {literal(NEXT_DAY)}, '')", style)
        later = f"CASE WHEN ends_with({cell}, {literal(NEXT_DAY)}) THEN 1 ELSE 0 END"
        return Reading(f"({same_day.value}) + INTERVAL 1 DAY * ({later})", same_day.problem)

    return replace(
        plain,
        read=read,
        bad=f"{{v}} < TIMESTAMP '{_FIRST_RECORD}' OR {{v}} > TIMESTAMP '{arrived}'",
        bad_code=code,
        span=Span(_FIRST_RECORD, context.arrived.date()),
    )


def _puncher(plain: Field, match: Match, _: Context) -> Field:
    """A punch is somebody's: a PIN has to be there, unless an employee number is."""
    return replace(plain, required=bool(plain.cell), unless=match.columns.get("nip", 0))


def _puncher_by_nip(plain: Field, match: Match, _: Context) -> Field:
    return replace(plain, required="pin" not in match.columns)


def _submitted(plain: Field, match: Match, context: Context) -> Field:
    """The time of a submission by the government's clock, whatever the form's was.

    It lies between the first day of its wave and the arrival of its file: no wave may end on a day
    that a program writes where it keeps no time.
    """
    written_in = {"office": context.zone, "form": context.form_zone, "utc": "UTC"}[match.clock]
    began = context.wave[0] if context.wave else _FIRST_RECORD
    began = max(began, _FIRST_RECORD)
    arrived = context.arrived.isoformat(sep=" ", timespec="seconds")

    def read(cell: str, style: Style) -> Reading:
        return zoned_timestamp_value(cell, style, written_in, context.zone)

    return replace(
        plain,
        read=read,
        bad=f"{{v}} < TIMESTAMP '{began}' OR {{v}} > TIMESTAMP '{arrived}'",
        bad_code=(
            f"CASE WHEN {{v}} < TIMESTAMP '{_FIRST_RECORD}' THEN 'submission_undated' "
            f"WHEN {{v}} < TIMESTAMP '{began}' THEN 'submission_before_wave' "
            "ELSE 'submission_after_arrival' END"
        ),
        span=Span(began, context.arrived.date(), context.wave, ascending=True),
    )


def _respondent(plain: Field, _: Match, __: Context) -> Field:
    return Field(plain.name, plain.cell, one_of=plain.one_of, secret=True)


def _named_person(plain: Field, match: Match, _: Context) -> Field:
    """Name and unit are read only where there is no employee number to know somebody by."""
    if plain.cell and "nip" not in match.columns:
        return replace(plain, required=True)
    return Field(plain.name, constant="CAST(NULL AS VARCHAR)")


def _year(plain: Field, _: Match, context: Context) -> Field:
    return replace(plain, constant=f"CAST({literal(context.period)} AS INTEGER)")


def _snapshot_date(plain: Field, _: Match, context: Context) -> Field:
    return replace(plain, constant=f"DATE '{context.written.isoformat()}'")


def _employment(plain: Field, _: Match, __: Context) -> Field:
    """The type of employment from a snapshot's legal position, kind of employee and status."""

    def read(cell: str, _: Style) -> Reading:
        text = f"upper({cell})"
        value = (
            f"CASE WHEN contains({text}, 'PARUH WAKTU') THEN 'PPPK_PARUH_WAKTU' "
            f"WHEN regexp_matches({text}, 'PPPK|P3K') THEN 'PPPK' "
            f"WHEN regexp_matches({text}, '\\bCPNS\\b|\\|C$') THEN 'CPNS' "
            f"WHEN regexp_matches({text}, '\\bPNS\\b|\\|P$') THEN 'PNS' END"
        )
        return Reading(value, "'value_not_allowed'")

    return replace(plain, read=read, required=True)


def _value_decimals(plain: Field, match: Match, _: Context) -> Field:
    return Field(plain.name, match.columns["value"], read=_decimals)


def _instrument_item(plain: Field, match: Match, _: Context) -> Field:
    return Field(plain.name, match.columns["column"], read=_item_name, required=True)


_SPECIAL: Mapping[tuple[str, str], Callable[[Field, Match, Context], Field]] = {
    ("attendance", "timestamp"): _punch,
    ("attendance", "nip"): _puncher_by_nip,
    ("attendance", "pin"): _puncher,
    ("survey", "submitted_at"): _submitted,
    ("survey", "respondent_id"): _respondent,
    ("ip_asn", "person_name"): _named_person,
    ("ip_asn", "unit_name"): _named_person,
    ("ip_asn", "year"): _year,
    ("employee_snapshot", "snapshot_date"): _snapshot_date,
    ("employee_snapshot", "employee_type"): _employment,
    ("official", "value_decimals"): _value_decimals,
    ("instrument", "item"): _instrument_item,
}


def _decimals(cell: str, _: Style) -> Reading:
    return Reading(f"CAST({decimals(cell)} AS SMALLINT)", "'number_invalid'")


def _item_name(cell: str, _: Style) -> Reading:
    """The item that an instrument's column stands for; `recognising.signatures` names it too."""
    text = f"regexp_replace({cell}, '\\s+', ' ', 'g')"
    code = f"regexp_full_match({cell}, '(?i)(BP|AK|KO|HA|LO|AD|KL)[1-3]')"
    return Reading(f"CASE WHEN {code} THEN upper({cell}) ELSE {text} END", "'value_missing'")


def _item(item: str, cell: int, context: Context) -> Field:
    scale = context.scales.get(item, Scale())
    shift = scale.low - 1
    words = {
        label: point + shift for label, point in context.words.get(scale.high - shift, {}).items()
    }

    def read(text: str, _: Style) -> Reading:
        return answer_value(text, scale.low, scale.high, words)

    return Field(item, cell, "ANSWER", read, nothing=is_nothing("{c}", answer=True, meant=words))
