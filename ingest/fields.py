"""What a recognised file is read into: a field per stored column, and how its text is read.

Belongs here: the bridge from a catalog column to an expression of `ingest.values`, and the columns
that are not cells (a year from the folder, the number of decimals). Does not belong here: the SQL
around the fields (`ingest.rows`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ingest import values
from ingest.match import Match
from ingest.values import Reading, Style, literal
from warehouse.catalog import Column, Table, load_catalog

# What offices write for the catalog's words.
_SYNONYMS: Mapping[str, Mapping[str, str]] = {
    "position_type": {"struktural": "structural", "fungsional": "functional"},
    "employee_type": {"p3k": "PPPK", "p3k_paruh_waktu": "PPPK_PARUH_WAKTU"},
}
_FIRST_PUNCH = "2010-01-01"
_FIRST_DAY = "1900-01-01"
_PARTS = r"^\d+([.,]\d+)?( *; *\d+([.,]\d+)?)*$"
_MAX_TEXT = 1000

Read = Callable[[str, Style], Reading]


@dataclass(frozen=True)
class Scale:
    """The scale of a survey's item: its ends and, for its number of points, the answer words."""

    low: int = 1
    high: int = 5


@dataclass(frozen=True)
class Context:
    """What is known about a delivery before its rows are read.

    ``arrived`` is the wall clock of the government when the file was first seen. ``words`` leads
    from a number of points to the answer words of such a scale.
    """

    period: str = ""
    arrived: datetime = datetime.max
    scales: Mapping[str, Scale] = field(default_factory=dict)
    words: Mapping[int, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Field:
    """One value of a row.

    ``cell`` counts from 1; without one, ``constant`` is SQL that stands for the value. ``kind``
    says which evidence of the whole column ``read`` wants. ``bad`` is SQL over ``{v}``, the value,
    that is true where it can't be; ``bad_code`` says why. ``secret`` values are replaced by their
    HMAC before anything stores them. A value that takes several cells together names them all in
    ``joined``.
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


def fields_of(match: Match, context: Context) -> tuple[Field, ...]:
    """The fields of a matched file, in the order of the stored columns, then its survey items."""
    table = load_catalog().sources[match.table]
    own = [_field(table, column, match, context) for column in _own_columns(table)]
    items = [_item(item, cell, context) for item, cell in sorted(match.items.items())]
    return (*own, *items)


def _own_columns(table: Table) -> tuple[Column, ...]:
    """The stored columns that belong to the rows themselves, not to their delivery."""
    appended = {column.name for column in table.appended}
    computed = {"row_digest", "occurrence"} if table.name == "survey" else set()
    return tuple(c for c in table.raw_columns if c.name not in appended | computed)


def _field(table: Table, column: Column, match: Match, context: Context) -> Field:
    cell = match.columns.get(column.name, 0)
    special = _SPECIAL.get((table.name, column.name))
    if special is not None and (cell or column.place == "raw"):
        return special(match, context)
    if not cell:
        return Field(column.name, constant=f"CAST(NULL AS {column.type})")
    kind, read = _reader(column)
    bad, code = _bounds(column)
    joined = match.joined.get(column.name, ())
    return Field(column.name, cell, kind, read, "", column.required, bad, code, joined=joined)


def _reader(column: Column) -> tuple[str, Read]:
    """The kind of a column and how its cells are read."""
    if column.name == "nip":
        return "NIP", values.nip_value
    by_name: Mapping[str, Read] = {
        "pin": lambda cell, _: values.pin_value(cell),
        "parts": lambda cell, _: _parts(cell),
    }
    by_type: Mapping[str, Read] = {
        "DATE": values.date_value,
        "TIMESTAMP": values.timestamp_value,
        "TIME": lambda cell, _: values.time_value(cell),
        "DOUBLE": values.number_value,
        "INTEGER": lambda cell, style: values.whole_number_value(cell, "INTEGER", style),
        "SMALLINT": lambda cell, style: values.whole_number_value(cell, "SMALLINT", style),
        "BOOLEAN": lambda cell, _: values.boolean_value(cell),
        "VARCHAR": lambda cell, _: _text(column, cell),
    }
    return column.type, by_name.get(column.name) or by_type[column.type]


def _text(column: Column, cell: str) -> Reading:
    if column.values:
        return _choice(column, cell)
    text = f"ltrim({cell}, '''')" if column.name.endswith(("_code", "_id")) else cell
    return Reading(
        f"CASE WHEN length({cell}) <= {_MAX_TEXT} THEN nullif({text}, '') END", "'value_too_long'"
    )


def _choice(column: Column, cell: str) -> Reading:
    """One of the catalog's values, whatever its case and with blanks or hyphens in it."""
    words = {str(value).lower(): str(value) for value in column.values}
    words |= _SYNONYMS.get(column.name, {})
    folded = f"regexp_replace(lower({cell}), '[ _-]+', '_', 'g')"
    cases = " ".join(f"WHEN {literal(word)} THEN {literal(v)}" for word, v in words.items())
    return Reading(f"CASE {folded} {cases} END", "'value_not_allowed'")


def _bounds(column: Column) -> tuple[str, str]:
    """SQL over ``{v}`` of a readable value that can't be right, and its reason code."""
    if column.type == "DATE":
        return f"{{v}} < DATE '{_FIRST_DAY}'", "date_invalid"
    outside = [
        f"{{v}} {sign} {bound}"
        for sign, bound in (("<", column.min), (">", column.max))
        if bound is not None
    ]
    if column.pattern and column.name != "nip":
        return f"NOT regexp_matches({{v}}, {literal(column.pattern)})", "value_not_allowed"
    return " OR ".join(outside), "value_out_of_range"


def _punch(match: Match, context: Context) -> Field:
    """A punch has to lie between 2010 and the arrival of its file."""
    arrived = context.arrived.isoformat(sep=" ", timespec="seconds")
    bad = f"{{v}} < TIMESTAMP '{_FIRST_PUNCH}' OR {{v}} > TIMESTAMP '{arrived}'"
    code = (
        f"CASE WHEN {{v}} < TIMESTAMP '{_FIRST_PUNCH}' THEN 'punch_before_2010' "
        "ELSE 'punch_after_arrival' END"
    )
    cell = match.columns["timestamp"]
    return Field("timestamp", cell, "TIMESTAMP", values.timestamp_value, "", True, bad, code)


def _respondent(match: Match, _: Context) -> Field:
    return Field("respondent_id", match.columns["respondent_id"], secret=True)


def _year(_: Match, context: Context) -> Field:
    return Field("year", constant=f"CAST({literal(context.period)} AS INTEGER)")


def _value_decimals(match: Match, _: Context) -> Field:
    return Field("value_decimals", match.columns["value"], read=_decimals)


def _instrument_item(match: Match, _: Context) -> Field:
    return Field("item", match.columns["column"], read=_item_name, required=True)


# Columns whose value is not simply that of the cell under their name.
_SPECIAL: Mapping[tuple[str, str], Callable[[Match, Context], Field]] = {
    ("attendance", "timestamp"): _punch,
    ("survey", "respondent_id"): _respondent,
    ("ip_asn", "year"): _year,
    ("official", "value_decimals"): _value_decimals,
    ("instrument", "item"): _instrument_item,
}


def _decimals(cell: str, _: Style) -> Reading:
    return Reading(f"CAST({values.decimals(cell)} AS SMALLINT)", "'number_invalid'")


def _item_name(cell: str, _: Style) -> Reading:
    """The item that an instrument's column stands for; `ingest.layouts` names it the same way."""
    text = f"regexp_replace({cell}, '\\s+', ' ', 'g')"
    code = f"regexp_full_match({cell}, '(?i)(BP|AK|KO|HA|LO|AD|KL)[1-3]')"
    return Reading(f"CASE WHEN {code} THEN upper({cell}) ELSE {text} END", "'value_missing'")


def _parts(cell: str) -> Reading:
    """Numbers separated by semicolons, with decimal points."""
    return Reading(
        f"CASE WHEN regexp_matches({cell}, '{_PARTS}') "
        f"THEN replace(replace({cell}, ' ', ''), ',', '.') END",
        "'parts_invalid'",
    )


def _item(item: str, cell: int, context: Context) -> Field:
    scale = context.scales.get(item, Scale())
    shift = scale.low - 1
    words = {
        label: point + shift for label, point in context.words.get(scale.high - shift, {}).items()
    }

    def read(text: str, _: Style) -> Reading:
        return values.answer_value(text, scale.low, scale.high, words)

    return Field(item, cell, "ANSWER", read)
