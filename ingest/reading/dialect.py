"""Bytes become grids (`ingest.reading.grids`), whatever wrote the file.

Belongs here: sheets, delimiters, quotes, and the bounds on them. Does not belong here: which row is
the header and what a column means (`ingest.recognising.layouts`), spreadsheets' cells
(`ingest.reading.workbooks.reader`), a small table read whole (`ingest.reading.records`).
"""

from __future__ import annotations

import csv
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from pathlib import Path

from ingest.notes import Note, ranges
from ingest.reading.cells import (
    CELL_SEPARATOR,
    EPOCH,
    clean_cell,
)
from ingest.reading.containers import OLE, ZIP, no_table_reason, packed_text
from ingest.reading.grids import (
    HEAD_ROWS,
    MAX_LINE,
    Grid,
    head_cells,
    head_of,
    lines_of,
    write_lines,
)
from ingest.reading.scan import Facts, survey
from ingest.reading.workbooks.reader import SheetFile, WorkbookError, read_workbook
from ingest.reasons import Unreadable

MAX_CELLS = 1024  # of a row
MAX_CELL_LINES = 50  # line breaks in a quoted cell; more means a quote that was never closed

_DELIMITERS = {"\t": "tab", ";": "semicolon", "|": "bar", ",": "comma"}


def open_grids(path: Path, scratch: Path) -> Iterator[Grid]:
    """Yield the readings of a file, the likeliest first: its sheets, or its delimiters.

    Args:
        path: The file.
        scratch: A private folder for what has to be rewritten; the caller removes it.

    Raises:
        Unreadable: There is no way to read it as rows of text.
    """
    try:
        with path.open("rb") as file:
            start = file.read(4096)
    except OSError as error:
        raise Unreadable("file_unreachable") from error
    if not start:
        raise Unreadable("file_empty")
    if start.startswith((ZIP, OLE)):
        folder = Path(tempfile.mkdtemp(dir=scratch))
        member = packed_text(path, folder) if start.startswith(ZIP) else None
        yield from _sheets(path, folder) if member is None else open_grids(member, folder)
    elif reason := no_table_reason(start):
        raise Unreadable(reason)
    else:
        yield from _texts(path, survey(path, start), scratch)


# --- spreadsheets ---------------------------------------------------------------------------


def _sheets(path: Path, folder: Path) -> Iterator[Grid]:
    try:
        workbook = read_workbook(path, folder)
    except WorkbookError as error:
        raise Unreadable(error.reason_code) from error
    if not workbook.sheets:
        hidden = ", ".join(sheet.name for sheet in workbook.skipped)
        raise Unreadable("sheets_unread" if hidden else "file_empty", hidden)
    for sheet in workbook.sheets:
        head = head_of(sheet.lines, CELL_SEPARATOR)
        yield Grid(
            sheet.lines,
            CELL_SEPARATOR,
            sheet.rows,
            head,
            folder,
            sheet.name,
            typed=True,
            epoch=workbook.epoch,
            notes=tuple(_sheet_notes(sheet, head, workbook.epoch)),
        )
    for skipped in workbook.skipped:
        nothing = folder / "nothing.lines"
        yield Grid(nothing, CELL_SEPARATOR, 0, (), folder, skipped.name, unread=skipped.reason)


def _sheet_notes(sheet: SheetFile, head: Sequence[Sequence[str]], epoch: str) -> Iterator[Note]:
    if epoch != EPOCH:
        yield Note("epoch", choice=epoch)
    if sheet.hidden_rows:
        yield Note("rows_hidden", sheet.name, count=sheet.hidden_rows)
    filled = {column for cells in head for column, cell in enumerate(cells, start=1) if cell}
    if hidden := ranges(sorted(filled.intersection(sheet.hidden_columns))):
        yield Note("columns_hidden", sheet.name, rows=hidden)


# --- text -----------------------------------------------------------------------------------


def _texts(path: Path, facts: Facts, scratch: Path) -> Iterator[Grid]:
    folder = scratch
    if facts.is_line_file:
        plain, rows = path, facts.rows
    else:
        folder = Path(tempfile.mkdtemp(dir=scratch))
        plain = folder / "plain.lines"
        rows = write_lines(plain, (clean_line(line) for line in _text_lines(path, facts.encoding)))
    if rows == 0:
        raise Unreadable("file_empty")
    head = list(islice(lines_of(plain), HEAD_ROWS))
    for delimiter in _likeliest_delimiters(head, quoted=facts.quoted):
        grid = None
        if facts.quoted:
            grid = _unquoted(path, facts.encoding, delimiter, folder)
        grid = grid or Grid(plain, delimiter, rows, head_cells(head, delimiter), folder)
        encoding = facts.encoding.removesuffix("-sig")
        note = Note("text", choice=encoding, reason=_DELIMITERS[delimiter])
        yield replace(grid, notes=(note,))


def _text_lines(path: Path, encoding: str) -> Iterator[str]:
    """Yield the lines of a text file with their ends; Unreadable for one without end."""
    with path.open(encoding=encoding, errors="replace", newline=None) as file:
        while line := file.readline(MAX_LINE // 4):
            if len(line) >= MAX_LINE // 4:
                raise Unreadable("line_too_long")
            yield line


def clean_line(line: str) -> str:
    """Return a line with every control character but the tabulator blanked."""
    line = line.rstrip("\n")
    if line.isprintable():
        return line
    return "\t".join(
        part if part.isprintable() else "".join(c if c.isprintable() else " " for c in part)
        for part in line.split("\t")
    )


def _unquoted(path: Path, encoding: str, delimiter: str, folder: Path) -> Grid | None:
    """Rewrite a quoted file; None if its quotes don't balance, so that they are mere characters."""
    lines = folder / f"unquoted-{ord(delimiter)}.lines"
    end = "\x1eend"

    def rows() -> Iterator[str]:
        source = (line.replace("\x00", " ") for line in _text_lines(path, encoding))
        row: list[str] = []
        for row in csv.reader(_ended(source, end), delimiter=delimiter):
            if any(cell.count("\n") > MAX_CELL_LINES for cell in row) or len(row) > MAX_CELLS:
                raise csv.Error
            if row != [end]:
                yield CELL_SEPARATOR.join(map(clean_cell, row))
        if row != [end]:
            raise csv.Error

    try:
        count = write_lines(lines, rows())
    except csv.Error:
        return None
    return Grid(lines, CELL_SEPARATOR, count, head_of(lines, CELL_SEPARATOR), folder)


def _ended(lines: Iterable[str], end: str) -> Iterator[str]:
    """Yield the lines and a last one, which an open quote would swallow."""
    for line in lines:
        yield line if line.endswith("\n") else line + "\n"
    yield end


def _likeliest_delimiters(head: list[str], *, quoted: bool) -> list[str]:
    """Order the delimiters by how well they cut the head into rows of equal width."""
    return sorted(_DELIMITERS, key=lambda delimiter: -_fit(head, delimiter, quoted=quoted))


def _fit(head: list[str], delimiter: str, *, quoted: bool) -> float:
    rows = [line.split(delimiter) for line in head if line.strip()]
    if quoted:
        with suppress(csv.Error):  # a cell without end: the quotes are mere characters
            rows = list(csv.reader(head, delimiter=delimiter))
    widths = Counter(len(row) for row in rows if len(row) > 1)
    if not widths:
        return 0.0
    width, times = widths.most_common(1)[0]
    share = times / sum(1 for row in rows if row)
    return (width - 1) * share**2
