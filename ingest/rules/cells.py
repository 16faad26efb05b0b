"""The cells of a rule file: texts → typed values, by the reader that landing uses.

Belongs here: handing the cells to that reader, and saying what it can't read. A rule's number that
could have thousands is read only where its column shows which sign it uses. Does not belong here:
what a text means (`ingest.values`, `ingest.recognising.verdicts`), rows, files and keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from ingest.reading.cells import plain_text
from ingest.reading.grids import Grid
from ingest.reading.records import Records
from ingest.reasons import REASONS
from ingest.recognising.fields import Field, field_of
from ingest.recognising.match import CANONICAL, Match
from ingest.recognising.verdicts import (
    Source,
    cells_of,
    decide_styles,
    problems_of,
    value_name,
    value_of,
)
from ingest.values.style import Style
from ingest.values.text import BLANKS
from ingest.words import sentence
from warehouse.catalog.model import Column
from warehouse.sql import literal
from warehouse.store.home import small_memory
from warehouse.vocabulary import Text

Value = str | int | float | bool | date | time | None

_NUMBERS = frozenset({"DOUBLE", "INTEGER", "BIGINT"})
_ROWS = "rule_cells"


@cache
def _engine() -> duckdb.DuckDBPyConnection:
    conn = small_memory()
    conn.execute("PRAGMA disable_optimizer")  # for a few rows, planning is all that takes time
    return conn


@dataclass(frozen=True)
class Cell:
    """What a cell of a rule says: its value, None if it is empty; or what is wrong with it."""

    value: Value = None
    wrong: Text | None = None


def read_cells(columns: Iterable[Column], records: Records) -> list[dict[str, Cell]]:
    """Return the cells of each row by column; one that the file lacks or leaves empty is left out.

    Args:
        columns: What the rule may hold, each ``required`` where a row must fill it.
        records: The rows of the file.
    """
    places = {name: place for place, name in enumerate(records.header, start=1)}
    there = {
        column.name: column
        for column in columns
        if column.name in places and (column.required or _is_written(column, records))
    }
    if not records.rows or not there:
        return [{} for _ in records.rows]
    fields = [field_of(_slight(column, records), places[name]) for name, column in there.items()]
    match, source = _as_landed(records, places)
    with _engine().cursor() as conn:
        _store(conn, records)
        styles = _settled(decide_styles(conn, match, fields, source), there)
        answers = _answers(conn, match, fields, styles, source)
    return [
        {
            name: _cell(column, styles.get(name, Style()), *answer)
            for (name, column), answer in zip(there.items(), row, strict=True)
        }
        for row in answers
    ]


def _is_written(column: Column, records: Records) -> bool:
    return any(cells[column.name].strip(BLANKS) for _, cells in records.rows)


def _slight(column: Column, records: Records) -> Column:
    """The column, as one of mere text where nothing is written in it: that is soon planned."""
    if any(plain_text(row[column.name]).strip(BLANKS) for _, row in records.rows):
        return column
    return replace(column, type="VARCHAR", values=(), pattern=None, min=None, max=None)


def _as_landed(records: Records, places: Mapping[str, int]) -> tuple[Match, Source]:
    """The rows as those of a recognised file whose cells carry their kind."""
    grid = Grid(Path(), "", len(records.rows), (), Path(), typed=True, epoch=records.epoch)
    match = Match(CANONICAL, "", grid, 0, len(places), records.header, places)
    return match, Source(_ROWS, "''", lambda place: f"t{place}", "false", "false")


def _store(conn: duckdb.DuckDBPyConnection, records: Records) -> None:
    """Hand the rows over as text: a table of Arrow, or a parameter, would import pandas."""
    names = ", ".join(f"t{place}" for place in range(1, len(records.header) + 1))
    rows = ", ".join(
        f"({number}, {', '.join(literal(cells[name]) for name in records.header)})"
        for number, cells in records.rows
    )
    conn.execute(
        f"CREATE OR REPLACE TEMP TABLE {_ROWS} AS FROM (VALUES {rows}) AS _ (source_row, {names})"
    )


def _settled(styles: Mapping[str, Style], columns: Mapping[str, Column]) -> dict[str, Style]:
    """The styles, of which a number in thousands or decimals follows only what is settled."""
    strict = {
        name: replace(styles.get(name, Style()), mixed_decimals=True)
        for name, column in columns.items()
        if column.type in _NUMBERS and styles.get(name, Style()).decimal is None
    }
    return {**styles, **strict}


def _answers(
    conn: duckdb.DuckDBPyConnection,
    match: Match,
    fields: Sequence[Field],
    styles: Mapping[str, Style],
    source: Source,
) -> list[list[tuple[Value, str | None]]]:
    """Of every row, the value of each field and the reason why it can't be one."""
    problems = [problems_of(f, match, styles.get(f.name, Style())) for f in fields]
    values = [value_name(f) for f in fields]
    parsed = ", ".join(
        f"{value_of(f, match, styles)} AS {name}" for f, name in zip(fields, values, strict=True)
    )
    rows = f"(SELECT *, {parsed} FROM ({cells_of(match, fields, source)}))"
    wrong = [f"coalesce({' OR '.join(f'({one})' for one, _ in of)}, false)" for of in problems]
    read = _asked(conn, [*values, *wrong], rows)
    # Why, is a long question, and of nearly every column it need not be asked.
    asked = [n for n in range(len(fields)) if any(row[len(fields) + n] for row in read)]
    cases = [" ".join(f"WHEN {one} THEN {code}" for one, code in problems[n]) for n in asked]
    told = _asked(conn, [f"CASE {case} END" for case in cases], rows) if asked else [()] * len(read)
    reasons = [dict(zip(asked, row, strict=True)) for row in told]
    return [
        [(value, why.get(n)) for n, value in enumerate(row[: len(fields)])]
        for row, why in zip(read, reasons, strict=True)
    ]


def _asked(
    conn: duckdb.DuckDBPyConnection, expressions: Sequence[str], rows: str
) -> list[tuple[Any, ...]]:
    query = f"SELECT {', '.join(expressions)} FROM {rows} ORDER BY source_row"
    return conn.execute(query).fetchall()


def _cell(column: Column, style: Style, value: Value, reason: str | None) -> Cell:
    if reason:
        return Cell(wrong=_wrong(column, style, value, reason))
    return Cell(" ".join(value.split()) if isinstance(value, str) else value)


def _wrong(column: Column, style: Style, value: Value, reason: str) -> Text:
    if reason == "value_not_allowed":
        if column.values:
            return sentence("cell", "one_of", allowed=", ".join(map(str, column.values)))
        return sentence("cell", "form", pattern=column.pattern)
    if reason == "value_out_of_range" and isinstance(value, int | float):
        beyond = out_of_bounds(value, column.min, column.max)
        return beyond or sentence("cell", "number_invalid")
    if reason == "date_order_unknown" and style.rows:
        return sentence("cell", "both_orders", rows=", ".join(map(str, style.rows)))
    if reason == "number_invalid" and column.type != "DOUBLE":
        reason = "whole_number_invalid"
    if reason in sentence.all["cell"]:
        return sentence("cell", reason)
    return Text(REASONS[reason].id, REASONS[reason].en)


def bounds_by(column: Column, values: Mapping[str, Value]) -> Text | None:
    """What is wrong with a value by the bounds that another column of its row decides."""
    value = values[column.name]
    for name, bounds in column.bounds_by.items():
        if isinstance(value, int | float) and values[name] in bounds:
            return out_of_bounds(value, *bounds[str(values[name])])
    return None


def out_of_bounds(value: float, low: float | None, high: float | None) -> Text | None:
    """Which bound a number passes; None where it passes neither."""
    if low is not None and value < low:
        return sentence("cell", "at_least", bound=f"{low:g}")
    if high is not None and value > high:
        return sentence("cell", "at_most", bound=f"{high:g}")
    return None
