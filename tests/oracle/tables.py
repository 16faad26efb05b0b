"""Tables: a CSV or XLSX file to its written rows, each with its number in the file.

Knows encodings, delimiters, blank rows, repeated headers and the last row JUMLAH; knows nothing
of what a column means.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import openpyxl

from tests.oracle.cells import Cell, text

_DELIMITERS = (",", ";", "\t")
_ROWS_SEARCHED_FOR_A_HEADER = 20


@dataclass(frozen=True)
class Line:
    """One row of a file: its number (the first row of the file is 1) and its cells."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    """A header and the rows below it, without what the contract skips."""

    header: tuple[str, ...]
    lines: tuple[Line, ...]

    def records(self) -> list[tuple[int, dict[str, Cell]]]:
        """Row number and cells by header; of columns with one name the first counts."""
        found = []
        for line in self.lines:
            cells: dict[str, Cell] = {}
            for name, cell in zip(self.header, line.cells, strict=False):
                cells.setdefault(name, cell)
            found.append((line.number, cells))
        return found


def decode(content: bytes) -> str:
    """UTF-8 with or without BOM, UTF-16 with BOM, else cp1252."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252")


def read_grids(path: Path) -> list[list[Line]]:
    """Every way to see the file as rows: a sheet each, or a delimiter each."""
    if path.suffix.lower() in (".xlsx", ".xlsm") or path.read_bytes()[:4] == b"PK\x03\x04":
        book = openpyxl.load_workbook(path, data_only=True, read_only=True)
        return [
            [Line(n, tuple(row)) for n, row in enumerate(sheet.iter_rows(values_only=True), 1)]
            for sheet in book.worksheets
        ]
    written = decode(path.read_bytes())
    return [
        [
            Line(n, tuple(row))
            for n, row in enumerate(csv.reader(io.StringIO(written), delimiter=delimiter), 1)
        ]
        for delimiter in _DELIMITERS
    ]


def column_name(cell: Cell) -> str:
    """A header cell as a canonical column is written: small letters and underscores."""
    return "_".join((text(cell) or "").lower().split())


def find_table(grids: list[list[Line]], required: set[str], *, verbatim: bool) -> Table | None:
    """The first table whose header has all the required columns; `None` if there is none.

    Args:
        grids: the ways to see the file.
        required: names as `column_name` writes them.
        verbatim: keep header texts as they are (question texts), trimmed.
    """
    for grid in grids:
        for at, line in enumerate(grid[:_ROWS_SEARCHED_FOR_A_HEADER]):
            names = tuple(column_name(cell) for cell in line.cells)
            if required <= set(names):
                header = tuple(text(cell) or "" for cell in line.cells) if verbatim else names
                return Table(header, _data_lines(grid[at + 1 :], names))
    return None


def _data_lines(lines: list[Line], header: tuple[str, ...]) -> tuple[Line, ...]:
    """The rows that are records: no blank row, no repeated header, no last row JUMLAH."""
    filled = [line for line in lines if any(text(cell) for cell in line.cells)]
    if filled and _is_total(filled[-1]):
        filled.pop()
    return tuple(
        line for line in filled if tuple(column_name(cell) for cell in line.cells) != header
    )


def _is_total(line: Line) -> bool:
    first = next(text(cell) for cell in line.cells if text(cell))
    return first is not None and first.upper().startswith(("JUMLAH", "TOTAL"))
