"""A returned workbook that comes back: its rows are read as the file that they were first sent in.

Belongs here: knowing such a workbook (`ingest.senders.returns` writes them) and taking it apart.
Does not belong here: recognising the original's layout (`ingest.recognising.layouts`), closing
entries (`ingest.loading.load`).

The rule: rows of a returned workbook load as a delivery like any other. They are read by layout,
columns and date order of the file that the workbook names, whose cells they are. A row that names
its original row closes that row's entry in quarantine, for as long as the workbook stands; if it is
refused again, its new entry takes the old one's place.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ingest.reading.cells import CELL_SEPARATOR, plain_text
from ingest.reading.grids import Grid, lines_of
from ingest.senders.formulas import starts_formula

MARKS = ("Perbaiki / Mend", "Berkas asal / Original file", "Baris asal / Original row")
"""The headers of the first columns of a returned workbook; the original's columns follow."""

_SHA256 = re.compile(r"[0-9a-f]{64}")
_HEAD_ROWS = 10  # somebody may have put a title above


@dataclass(frozen=True)
class Mended:
    """A returned workbook taken apart.

    ``grid`` holds the original's cells, numbered as in the workbook; ``origins`` pairs a row number
    of the workbook with the one in the file ``original_sha256``.
    """

    original_sha256: str
    grid: Grid
    origins: tuple[tuple[int, int], ...]


def read_mended(grid: Grid) -> Mended | None:
    """Take a returned workbook apart; None if this is none."""
    marks = [folded(mark) for mark in MARKS]
    for number, cells in enumerate(grid.head[:_HEAD_ROWS], start=1):
        if [folded(cell) for cell in cells[: len(marks)]] == marks:
            return _taken_apart(grid, number)
    return None


def folded(text: str) -> str:
    """A header without the differences that don't matter."""
    return " ".join(text.lower().split())


def _taken_apart(grid: Grid, header: int) -> Mended | None:
    rows = list(_rows_below(grid, header))
    original = next((cells[1] for _, cells in rows if _SHA256.fullmatch(cells[1])), None)
    if original is None:
        return None
    path = Path(tempfile.mkdtemp(dir=grid.scratch)) / "mended.lines"
    with path.open("w", encoding="utf-8", newline="\n") as out:
        for number, cells in rows:
            own = [_plain(cell) for cell in cells[len(MARKS) :]]
            out.write(CELL_SEPARATOR.join([str(number), *own]) + "\n")
    mended = replace(
        grid, lines=path, separator=CELL_SEPARATOR, rows=len(rows), head=(), numbered=True
    )
    named = [(number, cells[2]) for number, cells in rows if cells[1] == original]
    origins = tuple((number, int(row)) for number, row in named if row.isdecimal())
    return Mended(original, mended, origins)


def _rows_below(grid: Grid, header: int) -> Iterator[tuple[int, list[str]]]:
    """Yield the filled rows with their numbers, each at least as wide as the marks."""
    for number, line in enumerate(lines_of(grid.lines), start=1):
        cells = [cell.strip() for cell in line.split(grid.separator)]
        own = cells[len(MARKS) :]
        if number > header and any(own):
            yield number, [*map(plain_text, cells[: len(MARKS)]), *own]


def _plain(cell: str) -> str:
    """Take off the apostrophe that kept a cell from being a formula."""
    return cell[1:] if cell.startswith("'") and starts_formula(cell[1:]) else cell
