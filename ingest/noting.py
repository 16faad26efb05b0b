"""How a delivery was read, taken down as notes once its rows lie in the scratch.

Belongs here: what match, styles and skipped rows say of a delivery. Does not belong here: notes of
what is decided before (sheets and bytes: `ingest.layouts`), or what a note is (`ingest.notes`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import duckdb

from ingest.fields import Context, Field
from ingest.match import Match
from ingest.notes import Note, ranges
from ingest.rows import Fate
from ingest.values import Style

_SIGNS = {",": "comma", ".": "point", None: "unknown"}
_ORDERS = {True: "day_first", False: "month_first", None: "unknown"}
_LONGEST_LIST = 10_000  # skipped rows of one kind that are looked at to name their ranges


def of_match(match: Match, context: Context) -> Iterator[Note]:
    """The layout, how it was found, and by which zone its times are read."""
    yield Note("layout", choice=match.layout)
    yield from match.notes
    zones = {"office": context.zone, "form": context.form_zone, "utc": "UTC"}
    for name in ("timestamp", "submitted_at"):
        if name in match.columns:
            yield Note("zone", name, zones[match.clock], match.clock)


def of_columns(match: Match) -> Iterator[Note]:
    """The columns that nothing reads."""
    for header in match.ignored:
        yield Note("column_ignored", header)


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


def of_respondents(unnamed: int) -> Iterator[Note]:
    """That so many rows carry one mark, which therefore names nobody."""
    if unnamed:
        yield Note("mark_shared", "respondent_id", count=unnamed)


def of_skipped(
    conn: duckdb.DuckDBPyConnection, table: str, first: int, skip: int
) -> Iterator[Note]:
    """The lines that were no records, by kind.

    Args:
        conn: A connection with the open scratch.
        table: The table of the scratch that the file's lines were written to.
        first: The place of its first line there.
        skip: The number of rows down to the header.
    """
    rows = conn.execute(
        f"""
        SELECT reason_code, count(*),
          list_sort(list(coalesce(source_row, rowid - {first} + {skip} + 1)))[:{_LONGEST_LIST}]
        FROM scratch.{table} WHERE rowid >= {first} AND fate = {Fate.SKIPPED}
        GROUP BY reason_code ORDER BY reason_code"""
    ).fetchall()
    for reason, count, numbers in rows:
        yield Note("rows_skipped", reason=reason, count=count, rows=ranges(numbers))
