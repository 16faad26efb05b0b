"""How the text under a catalog column is read: by its type, its name and the words offices use.

Belongs here: the bridge from a catalog column to an expression of `ingest.values`. Does not belong
here: values that are not simply those of the cell under their name (`ingest.recognising.fields`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path

from ingest.reading import cells
from ingest.values.dates import date_value, time_of_number, time_value, timestamp_value
from ingest.values.numbers import (
    boolean_value,
    code_of_number,
    number_of_cell,
    number_value,
    whole_number_value,
)
from ingest.values.people import nip_value, pin_value
from ingest.values.style import Style
from ingest.values.text import Reading
from ingest.values.words import bare, bare_word, word_cases
from warehouse.catalog.model import Column
from warehouse.documents import read_yaml
from warehouse.sql import literal

SYNONYMS_FILE = Path(__file__).parent / "synonyms.yml"

_FIRST_DAY = "1900-01-01"
_PARTS = r"^\d{1,6}([.,]\d+)?( *; *\d{1,6}([.,]\d+)?)*$"
_MAX_TEXT = 1000
_THOUSAND = 1000  # a sign for thousands needs a number that reaches them

Read = Callable[[str, Style], Reading]


def reader(column: Column) -> tuple[str, Read]:
    """The kind of a column, which says what evidence it needs, and how its cells are read."""
    if column.name == "nip":
        return "NIP", nip_value
    by_name: Mapping[str, Read] = {
        "pin": lambda cell, _: pin_value(cell),
        "parts": lambda cell, _: _parts(cell),
        "behaviour_code": lambda cell, _: Reading(f"upper({bare_word(cell)})", "'value_missing'"),
    }
    small = column.max is not None and column.max < _THOUSAND

    def whole(cell: str, style: Style) -> Reading:
        return whole_number_value(cell, column.type, style, below_thousand=small)

    by_type: Mapping[str, Read] = {
        "DATE": date_value,
        "TIMESTAMP": timestamp_value,
        "TIME": lambda cell, _: time_value(cell),
        "DOUBLE": lambda cell, style: number_value(cell, style, below_thousand=small),
        "INTEGER": whole,
        "SMALLINT": whole,
        "BIGINT": whole,
        "BOOLEAN": lambda cell, _: boolean_value(cell),
        "VARCHAR": lambda cell, _: _text(column, cell),
    }
    return column.type, by_name.get(column.name) or by_type[column.type]


def typed_readers(column: Column) -> Mapping[str, Read]:
    """By kinds of a spreadsheet's cells, how they are read where that is not by their text."""
    if column.name.endswith("_code"):
        return {
            cells.NUMBER: lambda cell, _: code_of_number(cell),
            cells.DATE + cells.TIME + cells.OTHER: lambda _, __: Reading(
                "NULL", "'code_is_number'"
            ),
        }
    by_type: Mapping[str, Read] = {
        **{
            number: partial(_number_of_cell, number)
            for number in ("DOUBLE", "INTEGER", "SMALLINT", "BIGINT")
        },
        "TIME": lambda cell, _: time_of_number(cell),
    }
    return {cells.NUMBER: by_type[column.type]} if column.type in by_type else {}


def _number_of_cell(sql_type: str, cell: str, _: Style) -> Reading:
    return number_of_cell(cell, sql_type)


def may_say_nothing(column: Column) -> bool:
    """Whether a hyphen or N/A in the column stands for an empty cell: where no text is expected."""
    return not column.required and bool(
        column.type != "VARCHAR"
        or column.values
        or column.name.endswith("_code")
        or column.name in synonyms()
    )


def words_of(column: Column) -> frozenset[str]:
    """The words that mean something in a column: its values, and what offices write for them."""
    return frozenset((*map(str, column.values), *synonyms().get(column.name, {})))


def bounds(column: Column) -> tuple[str, str]:
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
    if column.type == "DOUBLE":  # what is too long for one is read as infinite
        outside.append("isinf({v})")
    return " OR ".join(outside), "value_out_of_range"


def _text(column: Column, cell: str) -> Reading:
    if column.values:
        return Reading(f"CASE {_words(column, cell)} END", "'value_not_allowed'")
    text = f"ltrim({cell}, '''')" if column.name.endswith(("_code", "_id")) else cell
    if column.name in synonyms():
        text = f"CASE {_words(column, cell)} ELSE {text} END"
    return Reading(
        f"CASE WHEN length({cell}) <= {_MAX_TEXT} THEN nullif({text}, '') END", "'value_too_long'"
    )


def _words(column: Column, cell: str) -> str:
    """SQL cases from what offices write to the word that is stored."""
    words = {bare(str(value)): literal(str(value)) for value in column.values}
    words |= {word: literal(kept) for word, kept in synonyms().get(column.name, {}).items()}
    return word_cases(cell, words)


_Synonyms = Mapping[str, Mapping[str, tuple[str, ...]]]


@cache
def synonyms() -> Mapping[str, Mapping[str, str]]:
    """By column: from what offices write, as words are compared, to the stored word."""
    entries = read_yaml(SYNONYMS_FILE, _Synonyms)  # type: ignore[type-abstract]
    return {
        column: {bare(text): word for word, texts in words.items() for text in [word, *texts]}
        for column, words in entries.items()
    }


def _parts(cell: str) -> Reading:
    """Numbers separated by semicolons, with decimal points."""
    return Reading(
        f"CASE WHEN regexp_matches({cell}, '{_PARTS}') "
        f"THEN replace(replace({cell}, ' ', ''), ',', '.') END",
        "'parts_invalid'",
    )
