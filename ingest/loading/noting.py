"""How a delivery was read, taken down as notes once its rows lie in the scratch.

Belongs here: what match, styles and skipped rows say of a delivery. Does not belong here: notes of
what is decided before (sheets and bytes: `ingest.recognising.layouts`), or what a note is
(`ingest.notes`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import duckdb

from ingest.loading.rows import Fate
from ingest.notes import Note, ranges
from ingest.reading import cells
from ingest.recognising.fields import Context, Field, Scale
from ingest.recognising.match import CANONICAL, Match
from ingest.recognising.styles import Sheet
from ingest.recognising.verdicts import Source
from ingest.values.style import Style
from ingest.values.text import trimmed
from warehouse.catalog.reader import load_catalog

_SIGNS = {",": "comma", ".": "point", None: "unknown"}
_ORDERS = {True: "day_first", False: "month_first", None: "unknown"}
_LONGEST_LIST = 10_000  # skipped rows of one kind that are looked at to name their ranges


def of_match(match: Match, context: Context) -> Iterator[Note]:
    """The layout, how it was found, and what its rows take from elsewhere: zone, date, scales."""
    yield Note("layout", choice=match.layout)
    yield from match.notes
    zones = {"office": context.zone, "form": context.form_zone, "utc": "UTC"}
    for name in ("timestamp", "submitted_at"):
        if name in match.columns:
            yield Note("zone", name, zones[match.clock], match.clock)
    if load_catalog().sources[match.table].snapshot:
        yield Note("snapshot_date", choice=context.written.isoformat())
    scales = Counter(
        (scale or Scale(), "instrument" if scale else "usual")
        for scale in map(context.scales.get, match.items)
    )
    for (scale, reason), count in scales.items():
        yield Note("scale", choice=f"{scale.low}–{scale.high}", reason=reason, count=count)
    items = load_catalog().sources[match.table].items_in
    told = items is not None and match.layout != CANONICAL and match.header
    for name in ("respondent_id", "unit_code") if told else ():
        first = match.columns.get(name)
        for cell in match.one_of.get(name, (first,) if first else ()):
            yield Note("column_meant", match.header[cell - 1], name)


def of_columns(
    sheet: Sheet, source: Source, match: Match, fields: Sequence[Field]
) -> Iterator[Note]:
    """The columns that nothing reads: unknown ones, those that are not kept, those without a name.

    A column without a header is named by its number, where anything stands in it.
    """
    for header in match.ignored:
        yield Note("column_ignored", header)
    read = {cell for field in fields for cell in (field.cell, field.unless, *field.joined)}
    places = {*match.columns.values(), *match.items.values()}
    for cell in sorted(places - read) if match.header else ():
        yield Note("column_not_kept", match.header[cell - 1])
    unnamed = ranges(sorted(_unnamed(sheet, source, match) - read - places))
    if unnamed:
        yield Note("column_unnamed", rows=unnamed)


def of_codes(sheet: Sheet, source: Source, match: Match, fields: Sequence[Field]) -> Iterator[Note]:
    """The columns of codes in which a spreadsheet holds numbers: they may have lost zeros."""
    codes = [f for f in fields if match.grid.typed and f.cell and f.name.endswith("_code")]
    if not codes:
        return
    kinds = (cells.sql_kind(source.cell(f.cell)) for f in codes)
    counts = [f"count(*) FILTER ({cells.sql_is_kind(kind, cells.NUMBER)})" for kind in kinds]
    for code, count in zip(codes, sheet.ask(counts), strict=True):
        if count:
            yield Note("codes_as_numbers", code.name, count=count)


def _unnamed(sheet: Sheet, source: Source, match: Match) -> set[int]:
    """The cells of a row that no header names, and in which anything stands.

    Of a file without a header its head tells: to look at all of a device's millions of lines takes
    as long as to load them. A grid that was rewritten has other cells than the file.
    """
    if match.header:
        blank = [cell for cell, text in enumerate(match.header, start=1) if not text]
        return set(_filled(sheet, source, blank))
    heads = () if match.grid.numbered else match.grid.head
    return {cell for head in heads for cell, text in enumerate(head, start=1) if text}


def _filled(sheet: Sheet, source: Source, cells: Sequence[int]) -> list[int]:
    """Those of the cells in which anything stands in any row."""
    if not cells:
        return []
    texts = [f"bool_or({trimmed(source.cell(cell))} <> '')" for cell in cells]
    return [cell for cell, filled in zip(cells, sheet.ask(texts), strict=True) if filled]


def of_styles(fields: Sequence[Field], styles: Mapping[str, Style]) -> Iterator[Note]:
    """What was settled about cells that could be read two ways, column by column."""
    for field in fields:
        style = styles.get(field.name)
        if style is None or not style.reason:
            continue
        if field.kind in {"DATE", "TIMESTAMP"}:
            rows = ranges(style.rows)
            yield Note("date_order", field.name, _ORDERS[style.day_first], style.reason, rows=rows)
            if style.swapped:
                yield Note("dates_swapped", field.name)
        elif field.kind == "NIP":
            yield Note("numbers_rounded", field.name)
        else:
            yield Note("decimal_sign", field.name, _SIGNS[style.decimal], style.reason)


def of_respondents(
    conn: duckdb.DuckDBPyConnection, first: int, shared: Mapping[int, int]
) -> Mapping[int, Sequence[Note]]:
    """How many rows of each survey name nobody, and how many of them carry one mark.

    Args:
        conn: A connection with the open scratch.
        first: The place of the files' first line in the scratch.
        shared: By the number of a delivery, its rows that carry one mark, which therefore names
            nobody.
    """
    found = {n: [Note("mark_shared", "respondent_id", count=rows)] for n, rows in shared.items()}
    for number, count in conn.execute(
        f"SELECT delivery_no, count(*) FROM scratch.survey WHERE rowid >= {first} "
        f"AND fate = {Fate.GOOD} AND respondent_id IS NULL GROUP BY delivery_no"
    ).fetchall():
        found.setdefault(number, []).append(Note("respondents_unnamed", count=count))
    return found


def of_skipped(
    conn: duckdb.DuckDBPyConnection, match: Match, first: int, firsts: Mapping[int, int]
) -> Mapping[int, Sequence[Note]]:
    """The lines of each file that were no records, by kind.

    Args:
        conn: A connection with the open scratch.
        match: What the files share.
        first: The place of their first line in the scratch.
        firsts: By the number of a delivery, the place of its own first line.
    """
    found: dict[int, list[Note]] = {}
    for number, reason, count, places in conn.execute(
        f"""
        SELECT delivery_no, reason_code, count(*),
          list_sort(list(coalesce(source_row, rowid)))[:{_LONGEST_LIST}]
        FROM scratch.{match.table} WHERE rowid >= {first} AND fate = {Fate.SKIPPED}
        GROUP BY delivery_no, reason_code ORDER BY reason_code"""
    ).fetchall():
        above = 0 if match.grid.numbered else match.skip + 1 - firsts[number]
        rows = ranges(place + above for place in places)
        found.setdefault(number, []).append(
            Note("rows_skipped", reason=reason, count=count, rows=rows)
        )
    return found
