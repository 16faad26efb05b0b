"""A grid: lines of cells that DuckDB reads, whatever wrote the file.

Belongs here: what a grid is, and reading and writing its line file. Does not belong here: how a
file becomes one (`ingest.reading.dialect`), or which row is the header (`ingest.reading.headers`).

A grid is a *line file*: UTF-8, one row per line, cells between separators, nothing quoted. A text
file without quotes is its own line file; everything else is rewritten once, as a stream, into the
scratch folder. DuckDB reads a line file as one column and splits it: its reader of several columns
loses blank rows, long rows and unbalanced quotes without a word.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from ingest.notes import Note
from ingest.reading.cells import EPOCH, plain_text
from warehouse.sql import literal

HEAD_ROWS = 60
MAX_LINE = 2_200_000  # two chunks: a chunk without a line end is refused before


@dataclass(frozen=True)
class Grid:
    """The rows of a text file or sheet, not yet interpreted.

    ``lines`` is the line file, ``rows`` how many rows it has, ``head`` the first of them; in the
    folder ``scratch`` it may be rewritten. Row numbers count from 1 and are those that a person
    sees in a spreadsheet. The lines of a ``numbered`` grid, which was rewritten, are not the rows
    of the file: the first cell of each is its row number. The cells of a ``typed`` grid, a sheet's,
    carry marks of their kind (`ingest.reading.cells`); its ``head`` does not. ``epoch`` is day 0 of
    serial numbers. A sheet that is not read has no rows but the code of the reason in ``unread``.
    ``notes`` say how its bytes were read. ``span`` is ``sheet_rows`` of a rewritten grid.
    ``beside`` are the line files of other grids that are read with it, behind it.
    """

    lines: Path
    separator: str
    rows: int
    head: tuple[tuple[str, ...], ...]
    scratch: Path
    sheet: str = ""
    numbered: bool = False
    typed: bool = False
    epoch: str = EPOCH
    unread: str = ""
    notes: tuple[Note, ...] = ()
    span: int = 0
    beside: tuple[Path, ...] = ()

    @property
    def sheet_rows(self) -> int:
        """How many rows the file or sheet has, also where its lines were rewritten."""
        return self.span or self.rows

    @property
    def files(self) -> int:
        """How many line files are read."""
        return 1 + len(self.beside)

    @property
    def file_of(self) -> str:
        """SQL over a row of the relations: which line file it is of, from 0; empty if of one."""
        return "file_index" if self.beside else ""

    def relation(self, skip: int) -> str:
        """SQL of the rows after the first ``skip``, in order: ``line`` and ``source_row``.

        Each line file of several is read so, one after the other; ``file_of`` tells which.
        """
        lines = self._read(skip, "delim='\x01', columns={'line': 'VARCHAR'}")
        line, row = "line", "CAST(NULL AS INTEGER)"
        if self.numbered:
            end = f"strpos(line, '{self.separator}')"
            line, row = f"substr(line, {end} + 1)", f"CAST(substr(line, 1, {end} - 1) AS INTEGER)"
        return f"(SELECT {line} AS line, {row} AS source_row, file_index FROM {lines})"

    def columns_relation(self, skip: int, width: int) -> str:
        """SQL of the same rows, cells in ``t1`` to ``t<width>``; a cell that is not there is NULL.

        That is fast, but loses blank rows and fails at a row with more cells: whoever uses it has
        to count the rows and to fall back on ``relation``. Not for a ``numbered`` grid.
        """
        names = ", ".join(f"'t{number}': 'VARCHAR'" for number in range(1, width + 1))
        rows = self._read(
            skip,
            f"delim='{self.separator}', columns={{{names}}}, null_padding=true, nullstr='\x01'",
        )
        return f"(SELECT *, CAST(NULL AS INTEGER) AS source_row, file_index FROM {rows})"

    def _read(self, skip: int, options: str) -> str:
        # A folder named t1=x would become column t1, in place of the cells.
        files = ", ".join(map(literal, (self.lines, *self.beside)))
        return (
            f"read_csv([{files}], auto_detect=false, header=false, skip={skip}, quote='', "
            f"escape='', comment='', max_line_size={MAX_LINE}, hive_partitioning=false, {options})"
        )


def write_lines(path: Path, lines: Iterable[str]) -> int:
    """Write a line file; returns its number of rows."""
    rows = 0
    with path.open("w", encoding="utf-8", errors="replace", newline="\n") as out:
        for line in lines:
            out.write(line + "\n")
            rows += 1
    return rows


def lines_of(lines: Path) -> Iterator[str]:
    """Yield the lines of a line file without their ends."""
    with lines.open(encoding="utf-8-sig", newline="\n") as file:
        for line in file:
            yield line.rstrip("\r\n")


def head_of(lines: Path, separator: str) -> tuple[tuple[str, ...], ...]:
    """The first rows of a line file, as text."""
    return head_cells(islice(lines_of(lines), HEAD_ROWS), separator)


def head_cells(lines: Iterable[str], separator: str) -> tuple[tuple[str, ...], ...]:
    """The cells of lines, as text."""
    return tuple(
        tuple([plain_text(cell.strip()) for cell in line.split(separator)]) for line in lines
    )
