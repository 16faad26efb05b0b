"""The one SQL statement that turns a recognised file into typed rows with a fate each.

Belongs here: the SELECT over a grid. It yields a row per line, in order, and leaves none out: what
is not a record says so by its fate. Does not belong here: expressions for values
(`ingest.values`), or where the rows go (`ingest.loading.batch`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import IntEnum

from ingest.reading import cells
from ingest.recognising.fields import Field
from ingest.recognising.match import Match
from ingest.recognising.verdicts import (
    Source,
    cell_of,
    cells_of,
    problems_of,
    value_name,
    value_of,
)
from ingest.values.style import Style
from ingest.values.text import BLANKS
from warehouse.catalog.reader import load_catalog
from warehouse.sql import identifier, literal

_TOTALS = (
    "jumlah|total|jumlah total|grand total|(jumlah|total) keseluruhan|sub ?(jumlah|total)"
    "|(nilai )?rata[- ]rata( nilai)?|rerata|average|mean"
)


def sources(match: Match) -> Iterator[Source]:
    """Yield the ways to read a match, the fast one first, the one that is always right last.

    DuckDB's reader of columns costs half of splitting lines, and is right if no row is blank or has
    more cells than the header: the number of rows tells, or an error.
    """
    separator = literal(match.grid.separator)
    if not match.grid.numbered:
        names = [f"t{number}" for number in range(1, match.width + 1)]
        yield Source(
            match.grid.columns_relation(match.skip, match.width),
            f"concat_ws({separator}, {', '.join(names)})",
            lambda number: f"t{number}",
            f"t{match.narrowest} IS NULL",
            "false",
        )
    beyond = f"array_to_string(cells[{match.width + 1}:], '')"
    yield Source(
        "(SELECT coalesce(line, '') AS line, source_row, file_index, "
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


def select_rows(
    match: Match, fields: Sequence[Field], styles: Mapping[str, Style], source: Source
) -> str:
    """SQL of every line below the header: values, fate, reason_code, reason_column, raw_text.

    Of several files that are read alike ``file_no`` says which one a line is of, from 0.

    The problem of a row is the first one, in the order of the fields; the reason of a skipped line
    is one that `notes.yml` lists under ``rows_skipped``. ``select_parameters`` gives
    the statement's parameters.
    """
    parsed = ", ".join(f"{value_of(f, match, styles)} AS {value_name(f)}" for f in fields)
    outputs = ", ".join(f"{value_name(f)} AS {identifier(f.name)}" for f in fields)
    separator = literal(match.grid.separator)
    raw = _raw_text(match, fields, source)
    header, guide = _is_header(match, fields), _is_guide(match, fields)
    blank = f"trim(replace({source.line}, {separator}, ' '), {literal(BLANKS)}) = ''"
    return f"""
        SELECT {outputs}, source_row, {match.grid.file_of or 0} AS file_no, fate,
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
            FROM (SELECT *, {parsed} FROM ({cells_of(match, fields, source)}))))"""


def select_parameters(fields: Sequence[Field], pads: tuple[bytes, bytes]) -> list[bytes]:
    """The parameters of ``select_rows``: the pads of the HMAC for every secret field."""
    return [pad for f in fields if f.secret for pad in pads]


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
        column = literal(f":{f.name}")
        for wrong, code in problems_of(f, match, styles.get(f.name, Style())):
            cases.append(f"WHEN {wrong} THEN {code} || {column}")
    return f"CASE {' '.join(cases)} END"


def _is_header(match: Match, fields: Sequence[Field]) -> str:
    """SQL that is true for the header when it is repeated further down."""
    if not match.header:
        return "false"
    named = [f for f in fields if f.cell and f.kind != "ANSWER"][:3]
    return " AND ".join(
        f"lower({cell_of(f)}) = {literal(match.header[f.cell - 1].lower())}" for f in named
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
    shown |= {f.cell: f"coalesce({value_name(f)}, '')" for f in fields if f.secret and f.cell}
    texts = ", ".join(shown.get(cell, "''") for cell in range(1, match.width + 1))
    return f"concat_ws(chr(9), {texts})"
