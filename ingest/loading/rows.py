"""The one SQL statement that turns a recognised file into typed rows with a fate each.

Belongs here: the SELECT over a grid. It yields a row per line, in order, and leaves none out: what
is not a record says so by its fate. Does not belong here: expressions for values
(`ingest.values`), or where the rows go (`ingest.loading.batch`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

import duckdb

from ingest.reading import cells
from ingest.recognising.fields import Field
from ingest.recognising.match import Match
from ingest.recognising.styles import DATES, Column, Sheet, settle
from ingest.values import (
    BLANKS,
    Reading,
    Style,
    bare_word,
    hmac_value,
    is_damaged_mark,
    names_somebody,
    trimmed,
)
from warehouse.catalog.reader import load_catalog
from warehouse.sql import identifier, literal

_HMAC = "[0-9a-f]{64}"
_TOTALS = (
    "jumlah|total|jumlah total|grand total|(jumlah|total) keseluruhan|sub ?(jumlah|total)"
    "|(nilai )?rata[- ]rata( nilai)?|rerata|average|mean"
)


@dataclass(frozen=True)
class Source:
    """A way to read a match's rows: a relation, and SQL over its rows.

    ``line`` is the row as it was written, ``cell`` one of its cells by number, ``short`` whether it
    has too few cells to be a record, ``long`` whether something stands beyond the header.
    """

    relation: str
    line: str
    cell: Callable[[int], str]
    short: str
    long: str


def sources(match: Match) -> Iterator[Source]:
    """Yield the ways to read a match, the fast one first, the one that is always right last.

    DuckDB's reader of columns costs half of splitting lines, and is right if no row is blank or has
    more cells than the header: the number of rows tells, or an error.
    """
    separator = literal(match.grid.separator)
    if not match.grid.numbered:
        names = [f"t{number}" for number in range(1, match.width + 1)]
        yield Source(
            f"(SELECT *, CAST(NULL AS INTEGER) AS source_row "
            f"FROM {match.grid.columns_relation(match.skip, match.width)})",
            f"concat_ws({separator}, {', '.join(names)})",
            lambda number: f"t{number}",
            f"t{match.narrowest} IS NULL",
            "false",
        )
    beyond = f"array_to_string(cells[{match.width + 1}:], '')"
    yield Source(
        "(SELECT coalesce(line, '') AS line, source_row, "
        f"string_split(coalesce(line, ''), {separator}) AS cells "
        f"FROM {match.grid.relation(match.skip)})",
        "line",
        lambda number: f"cells[{number}]",
        f"len(cells) < {match.narrowest}",
        f"len(cells) > {match.width} AND trim({beyond}, {literal(BLANKS)}) <> ''",
    )


class Fate(IntEnum):
    """What becomes of a line of a file."""

    GOOD = 0
    QUARANTINED = 1
    DUPLICATE = 2
    SKIPPED = 3


def decide_styles(
    conn: duckdb.DuckDBPyConnection, match: Match, fields: Sequence[Field], source: Source
) -> dict[str, Style]:
    """Settle the style of every column of which the whole tells how its cells are to be read."""
    if match.fixed_style:
        return {}
    relation = _cells(match, fields, source)
    sheet = Sheet(conn, relation, match.skip, match.grid.epoch, match.day_first)
    columns = [Column(f.name, _judged(f, match), f.kind, f.span) for f in fields if f.cell]
    return settle(sheet, columns)


def select_rows(
    match: Match, fields: Sequence[Field], styles: Mapping[str, Style], source: Source
) -> str:
    """SQL of every line below the header: values, fate, reason_code, reason_column, raw_text.

    The problem of a row is the first one, in the order of the fields; the reason of a skipped line
    is one that `notes.yml` lists under ``rows_skipped``. ``select_parameters`` gives
    the statement's parameters.
    """
    parsed = ", ".join(f"{_value(f, match, styles)} AS {_v(f)}" for f in fields)
    outputs = ", ".join(f"{_v(f)} AS {identifier(f.name)}" for f in fields)
    separator = literal(match.grid.separator)
    raw = _raw_text(match, fields, source)
    header, guide = _is_header(match, fields), _is_guide(match, fields)
    blank = f"trim(replace({source.line}, {separator}, ' '), {literal(BLANKS)}) = ''"
    return f"""
        SELECT {outputs}, source_row, fate,
          CASE WHEN fate = {Fate.QUARANTINED} THEN split_part(problem, ':', 1)
            WHEN fate = {Fate.SKIPPED} THEN CASE WHEN {header} THEN 'repeated_header'
              WHEN {guide} THEN 'guide_row' WHEN {blank} THEN 'blank'
              ELSE 'no_record' END END AS reason_code,
          CASE WHEN fate = {Fate.QUARANTINED} THEN split_part(problem, ':', 2) END AS reason_column,
          CASE WHEN fate = {Fate.QUARANTINED} THEN {raw} END AS raw_text
        FROM (
          SELECT *, CAST(CASE WHEN {header} OR {guide} THEN {Fate.SKIPPED}
            WHEN {_is_no_record(match)} THEN {Fate.SKIPPED}
            WHEN problem IS NULL THEN {Fate.GOOD}
            WHEN {blank} THEN {Fate.SKIPPED}
            ELSE {Fate.QUARANTINED} END AS UTINYINT) AS fate
          FROM (
            SELECT *, {_problem(match, fields, styles, source)} AS problem
            FROM (SELECT *, {parsed} FROM ({_cells(match, fields, source)}))))"""


def select_parameters(fields: Sequence[Field], pads: tuple[bytes, bytes]) -> list[bytes]:
    """The parameters of ``select_rows``: the pads of the HMAC for every secret field."""
    return [pad for f in fields if f.secret for pad in pads]


def _cells(match: Match, fields: Sequence[Field], source: Source) -> str:
    """SQL of every row with the trimmed cells that the fields want."""
    columns = [f"{cells.sql_kind(source.cell(cell))} AS k{cell}" for cell in _kinds(match, fields)]
    wanted = sorted({cell for f in fields for cell in f.cells})
    columns += [f"{_trimmed(source.cell(cell), match)} AS c{cell}" for cell in wanted]
    rows = f"SELECT *, {', '.join(columns)} FROM {source.relation}"
    nothing = {cell: f.nothing for f in fields for cell in f.cells if f.nothing}
    if not nothing or match.fixed_style:
        return rows
    emptied = ", ".join(
        f"CASE WHEN {sql.replace('{c}', f'c{cell}')} THEN '' ELSE c{cell} END AS c{cell}"
        for cell, sql in nothing.items()
    )
    return f"SELECT * REPLACE ({emptied}) FROM ({rows})"


def _kinds(match: Match, fields: Sequence[Field]) -> list[int]:
    """The cells of a spreadsheet whose kind matters."""
    if not match.grid.typed:
        return []
    return sorted({f.cell for f in fields if f.cell and _by_kind(f)})


def _by_kind(f: Field) -> bool:
    return len(f.cells) == 1 and (f.kind != "VARCHAR" or bool(f.typed))


def _trimmed(cell: str, match: Match) -> str:
    if match.grid.typed:
        return cells.sql_plain(cell, trimmed(cell))
    if not match.fixed_style:
        return f"coalesce({trimmed(cell)}, '')"
    # What devices write is padded with spaces only, and only in some cells: to look first, and for
    # nothing else, takes a third of the time of a column.
    padded = f"starts_with({cell}, ' ') OR ends_with({cell}, ' ')"
    return f"CASE WHEN {cell} IS NULL THEN '' WHEN {padded} THEN trim({cell}) ELSE {cell} END"


def _cell(f: Field) -> str:
    """SQL of the text of a field; of several cells with ``|`` between them, if any is filled."""
    texts = ", ".join(f"nullif(c{cell}, '')" for cell in f.cells)
    if f.joined:
        return f"concat_ws('|', {texts})"
    return f"coalesce({texts}, '')" if f.one_of else f"c{f.cell}"


def _judged(f: Field, match: Match) -> str:
    """SQL of what a field's cell says of its column, NULL where the cell is a number or a time.

    What a cell is says nothing about how the texts of its column are written, except that dates
    among texts may have been swapped.
    """
    if not match.grid.typed or not _by_kind(f) or f.kind in DATES:
        return _cell(f)
    return f"CASE WHEN k{f.cell} = '' THEN c{f.cell} END"


def _read(f: Field, match: Match, style: Style) -> Reading:
    """How a field is read: by what its cell is, else by its text."""
    assert f.read is not None  # noqa: S101 - a field with a cell has a way to read it
    reading = f.read(_cell(f), style)
    if match.grid.typed and len(f.cells) == 1:
        for marks, read in f.typed.items():
            other = read(_cell(f), style)
            is_kind = cells.sql_is_kind(f"k{f.cell}", marks)
            reading = Reading(
                f"CASE WHEN {is_kind} THEN {other.value} ELSE {reading.value} END",
                f"CASE WHEN {is_kind} THEN {other.problem} ELSE {reading.problem} END",
            )
    return reading


def _v(f: Field) -> str:
    return identifier(f"v_{f.name}")


def _value(f: Field, match: Match, styles: Mapping[str, Style]) -> str:
    if not f.cell:
        return f.constant
    if f.secret:
        kept = f"WHEN regexp_full_match({_cell(f)}, '{_HMAC}') THEN {_cell(f)}"
        replaced = f"WHEN {names_somebody(_cell(f))} THEN {hmac_value(_cell(f))}"
        return f"CASE {kept if match.mended else ''} {replaced} END"
    return _read(f, match, styles.get(f.name, Style(day_first=None))).value


def _problem(
    match: Match, fields: Sequence[Field], styles: Mapping[str, Style], source: Source
) -> str:
    """SQL of ``reason:column`` of the first thing wrong with a row; NULL if nothing is."""
    cases = []
    if match.narrowest > 1:
        cases.append(f"WHEN {source.short} THEN 'row_unreadable:'")
    cases.append(f"WHEN {source.long} THEN 'row_ragged:'")
    if match.header:
        total = rf"(?i)^[\s{match.grid.separator}]*({_TOTALS})\s*(:|[{match.grid.separator}]|$)"
        cases.append(f"WHEN regexp_matches({source.line}, {literal(total)}) THEN 'total_row:'")
    for f in fields:
        cases += _field_problems(f, match, styles.get(f.name, Style()))
    return f"CASE {' '.join(cases)} END"


def _field_problems(f: Field, match: Match, style: Style) -> list[str]:
    if not f.cell:
        return []
    cell, value, column = _cell(f), _v(f), literal(f":{f.name}")
    cases = []
    if f.kind == "VARCHAR" and not match.fixed_style:  # every other kind can't be read from one
        for one in f.cells:
            error = cells.sql_error(f"c{one}")
            cases.append(f"WHEN {error} IS NOT NULL THEN {error} || {column}")
    if f.secret:
        return [*cases, f"WHEN {is_damaged_mark(cell)} THEN 'nip_damaged' || {column}"]
    if f.read is None:
        return cases
    if f.one_of:
        filled = ", ".join(f"nullif({bare_word(f'c{cell}')}, '')" for cell in f.one_of)
        several = f"len(list_distinct([{filled}])) > 1"
        cases.append(f"WHEN {several} THEN 'value_twice' || {column}")
    if f.required:
        unless = f" AND c{f.unless} = ''" if f.unless else ""
        cases.append(f"WHEN {cell} = ''{unless} THEN 'value_missing' || {column}")
    always = f.required and not f.unless
    unread = f"{value} IS NULL" if always else f"{value} IS NULL AND {cell} <> ''"
    problem = f"coalesce({cells.sql_error(cell)}, {_read(f, match, style).problem})"
    cases.append(f"WHEN {unread} THEN {problem} || {column}")
    if f.bad:
        code = f.bad_code.format(v=value) if "{v}" in f.bad_code else literal(f.bad_code)
        cases.append(f"WHEN {f.bad.replace('{v}', value)} THEN {code} || {column}")
    return cases


def _is_header(match: Match, fields: Sequence[Field]) -> str:
    """SQL that is true for the header when it is repeated further down."""
    if not match.header:
        return "false"
    named = [f for f in fields if f.cell and f.kind != "ANSWER"][:3]
    return " AND ".join(
        f"lower({_cell(f)}) = {literal(match.header[f.cell - 1].lower())}" for f in named
    )


def _is_guide(match: Match, fields: Sequence[Field]) -> str:
    """SQL that is true for a row that explains the columns, below the header or further down."""
    read = sorted({cell for f in fields for cell in f.cells})
    guides = [
        " AND ".join(f"c{cell} = {literal(guide[cell - 1])}" for cell in read)
        for guide in match.guides
    ]
    return f"({' OR '.join(guides)})" if guides else "false"


def _is_no_record(match: Match) -> str:
    """SQL that is true for a row without what makes it a record of this layout."""
    return f"c{match.columns[match.record_if]} = ''" if match.record_if else "false"


def _raw_text(match: Match, fields: Sequence[Field], source: Source) -> str:
    """SQL of the row as it was written; where there is a secret, what is read, and that as HMAC."""
    columns = load_catalog().sources[match.table].columns
    if not any(column.secret for column in columns):
        return cells.sql_shown(source.line, match.grid.separator)
    shown = {cell: f"c{cell}" for f in fields if not f.secret for cell in f.cells}
    shown |= {f.cell: f"coalesce({_v(f)}, '')" for f in fields if f.secret and f.cell}
    texts = ", ".join(shown.get(cell, "''") for cell in range(1, match.width + 1))
    return f"concat_ws(chr(9), {texts})"
