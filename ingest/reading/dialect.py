"""Bytes become a grid: lines of cells that DuckDB reads, whatever wrote the file.

Belongs here: encodings, delimiters, quotes, line ends, and the bounds on them. Does not belong
here: which row is the header and what a column means (`ingest.recognising.layouts`), spreadsheets'
cells (`ingest.reading.workbooks.reader`).

A grid is a *line file*: UTF-8, one row per line, cells between separators, nothing quoted. A text
file without quotes is its own line file; everything else is rewritten once, as a stream, into the
scratch folder. DuckDB reads a line file as one column and splits it: its reader of several columns
loses blank rows, long rows and unbalanced quotes without a word.
"""

from __future__ import annotations

import codecs
import csv
import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from ingest.notes import Note, ranges
from ingest.reading.cells import (
    CELL_SEPARATOR,
    clean_cell,
    plain_text,
)
from ingest.reading.containers import OLE, ZIP, no_table_reason, packed_text, utf16_of
from ingest.reading.workbooks.reader import SheetFile, WorkbookError, read_workbook
from ingest.reasons import Unreadable
from ingest.values.style import EPOCH
from warehouse.sql import literal

HEAD_ROWS = 60
MAX_CELLS = 1024  # of a row
MAX_RECORDS_BYTES = 10_000_000  # of a file that people edit by hand
MAX_CELL_LINES = 50  # line breaks in a quoted cell; more means a quote that was never closed

_CHUNK = 1 << 20
_MAX_LINE = 2_200_000  # two chunks: a chunk without a line end is refused before
_DELIMITERS = {"\t": "tab", ";": "semicolon", "|": "bar", ",": "comma"}
# What `clean_line` has to blank: no cell may hold it, and no workbook that goes back to a sender.
_CONTROLS = tuple(bytes([code]) for code in (*range(9), 11, 12, *range(14, 32), 127))
_WIDE_CONTROLS = re.compile(rb"\xc2[\x80-\x9f]|\xe2\x80[\xa8-\xae]")  # the others, in UTF-8


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

    @property
    def sheet_rows(self) -> int:
        """How many rows the file or sheet has, also where its lines were rewritten."""
        return self.span or self.rows

    def relation(self, skip: int) -> str:
        """SQL of the rows after the first ``skip``, in order: ``line`` and ``source_row``."""
        lines = self._read(skip, "delim='\x01', columns={'line': 'VARCHAR'}")
        if not self.numbered:
            return f"(SELECT line, CAST(NULL AS INTEGER) AS source_row FROM {lines})"
        end = f"strpos(line, '{self.separator}')"
        return (
            f"(SELECT substr(line, {end} + 1) AS line, "
            f"CAST(substr(line, 1, {end} - 1) AS INTEGER) AS source_row FROM {lines})"
        )

    def columns_relation(self, skip: int, width: int) -> str:
        """SQL of the same rows in columns ``t1`` to ``t<width>``; a cell that is not there is NULL.

        That is fast, but loses blank rows and fails at a row with more cells: whoever uses it has
        to count the rows and to fall back on ``relation``. Not for a ``numbered`` grid.
        """
        names = ", ".join(f"'t{number}': 'VARCHAR'" for number in range(1, width + 1))
        return self._read(
            skip,
            f"delim='{self.separator}', columns={{{names}}}, null_padding=true, nullstr='\x01'",
        )

    def _read(self, skip: int, options: str) -> str:
        return (
            f"read_csv({literal(self.lines)}, auto_detect=false, header=false, skip={skip}, "
            f"quote='', escape='', comment='', max_line_size={_MAX_LINE}, {options})"
        )


@dataclass(frozen=True)
class Records:
    """A small table that people edit: header in lower case, and rows with their row number.

    Cells are as the file holds them, a workbook's with the mark of their kind
    (`ingest.reading.cells`). ``epoch`` is day 0 of serial numbers.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, str]], ...]
    epoch: str = EPOCH


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
    folder = Path(tempfile.mkdtemp(dir=scratch))
    member = packed_text(path, folder) if start.startswith(ZIP) else None
    if member is not None:
        yield from open_grids(member, folder)
    elif start.startswith((ZIP, OLE)):
        yield from _sheets(path, folder)
    elif reason := no_table_reason(start):
        raise Unreadable(reason)
    else:
        yield from _texts(path, _survey(path, start), folder)


def read_records(path: Path) -> Records:
    """Read a small table with its header in the first filled row, such as a rule file.

    Header names are stripped and in lower case, blank rows left out.

    Raises:
        Unreadable: The file can't be read, names a column twice, or has a row with more cells
            than the header.
    """
    try:
        size = path.stat().st_size
    except OSError as error:
        raise Unreadable("file_unreachable") from error
    if size > MAX_RECORDS_BYTES:
        raise Unreadable("file_too_big")
    with tempfile.TemporaryDirectory() as scratch:
        grid = next(open_grids(path, Path(scratch)))
        rows = [
            (number, line.split(grid.separator))
            for number, line in enumerate(lines_of(grid.lines), start=1)
        ]
    filled = [(number, cells) for number, cells in rows if any(map(_text, cells))]
    if not filled:
        raise Unreadable("file_empty")
    header = _header(filled[0][1])
    for number, cells in filled[1:]:
        if any(map(_text, cells[len(header) :])):
            raise Unreadable("row_ragged", f"row {number}")
    return Records(header, tuple((n, _as_dict(header, row)) for n, row in filled[1:]), grid.epoch)


def _text(cell: str) -> str:
    return plain_text(cell).strip()


def _header(cells: list[str]) -> tuple[str, ...]:
    names = [_text(cell).lower() for cell in cells]
    while names and not names[-1]:
        names.pop()
    twice = sorted(name for name, times in Counter(names).items() if times > 1)
    if twice:
        raise Unreadable("column_twice", ", ".join(twice))
    return tuple(names)


def _as_dict(header: tuple[str, ...], cells: list[str]) -> dict[str, str]:
    return dict(zip(header, [*cells, *[""] * (len(header) - len(cells))], strict=False))


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
        head = _head(sheet.lines, CELL_SEPARATOR)
        yield Grid(
            *(sheet.lines, CELL_SEPARATOR, sheet.rows, head, folder, sheet.name),
            typed=True,
            epoch=workbook.epoch,
            notes=tuple(_sheet_notes(sheet, head, workbook.epoch)),
        )
    for skipped in workbook.skipped:
        nothing = folder / "nothing.lines"
        yield Grid(*(nothing, CELL_SEPARATOR, 0, (), folder, skipped.name), unread=skipped.reason)


def _sheet_notes(sheet: SheetFile, head: Sequence[Sequence[str]], epoch: str) -> Iterator[Note]:
    if epoch != EPOCH:
        yield Note("epoch", choice=epoch)
    if sheet.hidden_rows:
        yield Note("rows_hidden", sheet.name, count=sheet.hidden_rows)
    filled = {column for cells in head for column, cell in enumerate(cells, start=1) if cell}
    if hidden := ranges(sorted(filled.intersection(sheet.hidden_columns))):
        yield Note("columns_hidden", sheet.name, rows=hidden)


# --- text -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Facts:
    """What a scan of all bytes of a text file found."""

    encoding: str
    quoted: bool
    rows: int
    is_line_file: bool  # DuckDB can read it as it stands


def _survey(path: Path, start: bytes) -> _Facts:
    """Read the file once, as bytes, in bounded memory."""
    wide = utf16_of(start)
    if wide:
        return _Facts(wide, quoted=True, rows=0, is_line_file=False)
    decoder = codecs.getincrementaldecoder("utf-8")()
    utf8, quoted, odd = True, False, False
    returns = feeds = pairs = 0
    last = b""
    for chunk in _chunks(path):
        if len(chunk) == _CHUNK and b"\n" not in chunk and b"\r" not in chunk:
            raise Unreadable("line_too_long")
        if utf8 and not (chunk.isascii() and not decoder.getstate()[0]):
            utf8 = _decodes(decoder, chunk)
        quoted = quoted or b'"' in chunk
        odd = odd or _has_controls(chunk)
        feeds += chunk.count(b"\n")
        if b"\r" in chunk or last == b"\r":
            returns += chunk.count(b"\r")
            pairs += chunk.count(b"\r\n") + (last == b"\r" and chunk.startswith(b"\n"))
        last = chunk[-1:]
    utf8 = utf8 and not decoder.getstate()[0]
    uniform = returns == 0 or returns == feeds == pairs
    return _Facts(
        encoding="utf-8-sig" if utf8 else "cp1252",
        quoted=quoted,
        rows=feeds + (last not in b"\n"),
        is_line_file=utf8 and uniform and not odd and not quoted,
    )


def _has_controls(chunk: bytes) -> bool:
    """Whether something else than tabulators and line ends steers a terminal or a workbook."""
    if any(control in chunk for control in _CONTROLS):  # each a search in C: a pattern is slower
        return True
    return not chunk.isascii() and _WIDE_CONTROLS.search(chunk) is not None


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes) -> bool:
    try:
        decoder.decode(chunk)
    except UnicodeDecodeError:
        return False
    return True


def _chunks(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk
    except OSError as error:
        raise Unreadable("file_unreachable") from error


def _texts(path: Path, facts: _Facts, folder: Path) -> Iterator[Grid]:
    if facts.is_line_file:
        plain, rows = path, facts.rows
    else:
        plain = folder / "plain.lines"
        rows = _write(plain, (clean_line(line) for line in _text_lines(path, facts.encoding)))
    if rows == 0:
        raise Unreadable("file_empty")
    for delimiter in _likeliest_delimiters(plain, quoted=facts.quoted):
        grid = None
        if facts.quoted:
            grid = _unquoted(path, facts.encoding, delimiter, folder)
        grid = grid or Grid(plain, delimiter, rows, _head(plain, delimiter), folder)
        encoding = facts.encoding.removesuffix("-sig")
        note = Note("text", choice=encoding, reason=_DELIMITERS[delimiter])
        yield replace(grid, notes=(note,))


def _text_lines(path: Path, encoding: str) -> Iterator[str]:
    """Yield the lines of a text file with their ends; Unreadable for one without end."""
    with path.open(encoding=encoding, errors="replace", newline=None) as file:
        while line := file.readline(_MAX_LINE // 4):
            if len(line) >= _MAX_LINE // 4:
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
        count = _write(lines, rows())
    except csv.Error:
        return None
    return Grid(lines, CELL_SEPARATOR, count, _head(lines, CELL_SEPARATOR), folder)


def _ended(lines: Iterable[str], end: str) -> Iterator[str]:
    """Yield the lines and a last one, which an open quote would swallow."""
    for line in lines:
        yield line if line.endswith("\n") else line + "\n"
    yield end


def _likeliest_delimiters(plain: Path, *, quoted: bool) -> list[str]:
    """Order the delimiters by how well they cut the head into rows of equal width."""
    head = list(islice(lines_of(plain), HEAD_ROWS))
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


# --- line files -----------------------------------------------------------------------------


def _write(path: Path, lines: Iterable[str]) -> int:
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


def _head(lines: Path, separator: str) -> tuple[tuple[str, ...], ...]:
    return tuple(
        tuple(plain_text(cell.strip()) for cell in line.split(separator))
        for line in islice(lines_of(lines), HEAD_ROWS)
    )
