"""A field's cell in SQL: the text that it holds, the value that this is, and what is wrong with it.

Belongs here: one field of a row, by what the workbook says of its cell and by the style of its
column; the rows of landed files and those of rules are read so. Does not belong here: expressions
for a text alone (`ingest.values`), the fate of a row (`ingest.loading.rows`), what becomes of a
rule's row (`ingest.rules.files`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import duckdb

from ingest.reading import cells
from ingest.recognising.fields import Field
from ingest.recognising.match import Match
from ingest.recognising.styles import DATES, Column, Sheet, settle
from ingest.values.people import hmac_value, is_damaged_mark, names_somebody
from ingest.values.style import Style
from ingest.values.text import Reading, trimmed
from ingest.values.words import bare_word
from warehouse.sql import identifier, literal

_HMAC = "[0-9a-f]{64}"


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


def decide_styles(
    conn: duckdb.DuckDBPyConnection, match: Match, fields: Sequence[Field], source: Source
) -> dict[str, Style]:
    """Settle the style of every column of which the whole tells how its cells are to be read."""
    return next(styles_by_file(conn, match, fields, source))


def styles_by_file(
    conn: duckdb.DuckDBPyConnection, match: Match, fields: Sequence[Field], source: Source
) -> Iterator[dict[str, Style]]:
    """Yield the same for each file of a grid, in their order, by its own rows alone."""
    columns = [Column(f.name, _judged(f, match), f.kind, f.span) for f in fields if f.cell]
    relation = cells_of(match, fields, source)
    sheet = Sheet(conn, relation, match.skip, match.grid.epoch, match.day_first, match.grid.file_of)
    for number in range(match.grid.files):
        yield {} if match.fixed_style else settle(replace(sheet, number=number), columns)


def cells_of(match: Match, fields: Sequence[Field], source: Source) -> str:
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


def cell_of(f: Field) -> str:
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
        return cell_of(f)
    return f"CASE WHEN k{f.cell} = '' THEN c{f.cell} END"


def _read(f: Field, match: Match, style: Style) -> Reading:
    """How a field is read: by what its cell is, else by its text."""
    assert f.read is not None  # noqa: S101 - a field with a cell has a way to read it
    reading = f.read(cell_of(f), style)
    if match.grid.typed and len(f.cells) == 1:
        for marks, read in f.typed.items():
            other = read(cell_of(f), style)
            is_kind = cells.sql_is_kind(f"k{f.cell}", marks)
            reading = Reading(
                f"CASE WHEN {is_kind} THEN {other.value} ELSE {reading.value} END",
                f"CASE WHEN {is_kind} THEN {other.problem} ELSE {reading.problem} END",
            )
    return reading


def value_name(f: Field) -> str:
    """SQL of the name under which ``problems_of`` finds the value of a field."""
    return identifier(f"v_{f.name}")


def value_of(f: Field, match: Match, styles: Mapping[str, Style]) -> str:
    """SQL, over ``cells_of``, of a field's value; NULL where it can't be read or is empty."""
    if not f.cell:
        return f.constant
    if f.secret:
        kept = f"WHEN regexp_full_match({cell_of(f)}, '{_HMAC}') THEN {cell_of(f)}"
        replaced = f"WHEN {names_somebody(cell_of(f))} THEN {hmac_value(cell_of(f))}"
        return f"CASE {kept if match.mended else ''} {replaced} END"
    return _read(f, match, styles.get(f.name, Style(day_first=None))).value


def problems_of(f: Field, match: Match, style: Style) -> list[tuple[str, str]]:
    """Pairs of SQL, over the values: what is wrong with a field, and its reason code; in order."""
    if not f.cell:
        return []
    cell, value = cell_of(f), value_name(f)
    found = []
    if f.kind == "VARCHAR" and not match.fixed_style:  # every other kind can't be read from one
        errors = [cells.sql_error(f"c{one}") for one in f.cells]
        found += [(f"{error} IS NOT NULL", error) for error in errors]
    if f.secret:
        return [*found, (is_damaged_mark(cell), "'nip_damaged'")]
    if f.read is None:
        return found
    if f.one_of:
        filled = ", ".join(f"nullif({bare_word(f'c{cell}')}, '')" for cell in f.one_of)
        found.append((f"len(list_distinct([{filled}])) > 1", "'value_twice'"))
    if f.required:
        unless = f" AND c{f.unless} = ''" if f.unless else ""
        found.append((f"{cell} = ''{unless}", "'value_missing'"))
    always = f.required and not f.unless
    unread = f"{value} IS NULL" if always else f"{value} IS NULL AND {cell} <> ''"
    problem = f"coalesce({cells.sql_error(cell)}, {_read(f, match, style).problem})"
    found.append((unread, problem))
    if f.bad:
        code = f.bad_code.format(v=value) if "{v}" in f.bad_code else literal(f.bad_code)
        found.append((f.bad.replace("{v}", value), code))
    return found
