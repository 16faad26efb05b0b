"""Spreadsheets become line files, in a process of its own that has limits.

Belongs here: opening XLSX, XLS and ODS, the text of a cell, and the bounds on what a hostile
workbook may cost. Does not belong here: what a sheet means (`ingest.layouts`).

The second half of this module runs as a child process (``python -I workbook.py FILE FOLDER``): a
workbook that expands without end, or breaks the reader, ends the child and nothing else.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import resource
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum

MAX_SECONDS = 30
MAX_MEMORY = 1_000_000_000  # bytes of address space of the child
MAX_EXPANDED = 800_000_000  # bytes that the parts of a workbook may expand to
MAX_WRITTEN = 400_000_000  # bytes of text that one workbook may become
MAX_SHEETS = 20
MAX_COLUMNS = 1024

_PROPERTIES = "xl/workbook.xml"
_MAX_PROPERTIES = 1_000_000
_SINCE_1904 = re.compile(rb"""date1904=["'](1|true)["']""")

# Between cells, and in no cell: control characters are blanked on the way.
CELL_SEPARATOR = "\x1f"
_BLANKED = dict.fromkeys([*range(32), 127, 0x85, 0x2028, 0x2029], " ")

# A number of sixteen digits or more has lost its last ones in a spreadsheet.
_EXACT_IN_A_CELL = 1e15

_EXIT_REASONS = {3: "file_encrypted", 4: "file_too_big"}


@dataclass(frozen=True)
class SheetFile:
    """A sheet written as a line file: one line per row, from the sheet's first row on."""

    name: str
    lines: Path
    rows: int
    counts_from_1904: bool = False


class WorkbookError(Exception):
    """A workbook can't be read; ``reason_code`` says why."""

    def __init__(self, reason_code: str) -> None:
        super().__init__(reason_code)
        self.reason_code = reason_code


def clean_cell(text: str) -> str:
    """Return a cell's text on one line: control characters and line breaks become blanks."""
    return text if text.isprintable() else text.translate(_BLANKED).strip()


def read_workbook(path: Path, folder: Path) -> tuple[SheetFile, ...]:
    """Write every sheet that holds anything into ``folder`` as a line file.

    Raises:
        WorkbookError: Encrypted, damaged, too big, or too slow to read.
    """
    counts_from_1904 = _check_parts(path)
    command = [sys.executable, "-I", str(Path(__file__)), str(path), str(folder)]
    try:
        done = subprocess.run(  # our own interpreter and file, no shell
            command, capture_output=True, timeout=MAX_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise WorkbookError("workbook_too_slow") from error
    if done.returncode < 0 or b"MemoryError" in done.stderr or b"memory alloc" in done.stderr:
        raise WorkbookError("workbook_too_slow")
    if done.returncode:
        raise WorkbookError(_EXIT_REASONS.get(done.returncode, "workbook_unreadable"))
    return tuple(
        SheetFile(name, folder / file_name, rows, counts_from_1904)
        for name, file_name, rows in json.loads(done.stdout)
    )


def _check_parts(path: Path) -> bool:
    """Refuse what expands too far; tell whether the workbook counts its days from 1904."""
    if not zipfile.is_zipfile(path):
        return False
    try:
        with zipfile.ZipFile(path) as parts:
            if sum(part.file_size for part in parts.infolist()) > MAX_EXPANDED:
                raise WorkbookError("file_too_big")
            if _PROPERTIES not in parts.namelist():
                return False
            with parts.open(_PROPERTIES) as properties:
                return _SINCE_1904.search(properties.read(_MAX_PROPERTIES)) is not None
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, zlib.error) as error:
        raise WorkbookError("workbook_unreadable") from error
    except RuntimeError as error:  # so says the library of an archive with a password
        raise WorkbookError("file_encrypted") from error


def cell_text(value: object) -> str:
    """Return the text that stands for a spreadsheet's cell.

    Dates and times become ISO, whole numbers lose their ``.0``. A number of more digits than a
    spreadsheet can hold is written with an exponent, so that it stays recognisable as damaged.
    """
    if isinstance(value, str):
        return clean_cell(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return _number_text(float(value))
    if isinstance(value, dt.datetime):
        rounded = value + dt.timedelta(milliseconds=500)
        return rounded.replace(microsecond=0).isoformat(sep=" ")
    if isinstance(value, dt.timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"
    return str(value)  # a date or a time: ISO


def _number_text(value: float) -> str:
    if abs(value) >= _EXACT_IN_A_CELL:
        return f"{value:.14E}"
    return str(int(value)) if value.is_integer() else repr(value)


# --- the child process ----------------------------------------------------------------------


class _TooMuchError(Exception):
    """The workbook holds more than is written."""


def _child(path: Path, folder: Path) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    try:
        workbook = CalamineWorkbook.from_path(path)
        written = []
        budget = [MAX_WRITTEN]
        for number, meta in enumerate(workbook.sheets_metadata[:MAX_SHEETS]):
            if meta.typ != SheetTypeEnum.WorkSheet:
                continue
            sheet = workbook.get_sheet_by_name(meta.name)
            if sheet.start is None:
                continue
            lines = _sheet_lines(sheet.start[1], sheet.iter_rows())
            rows = _write(folder / f"{number}.lines", lines, budget)
            written.append((meta.name, f"{number}.lines", rows))
    except PasswordError:
        return 3
    except _TooMuchError:
        return 4
    except (CalamineError, OSError, ValueError):
        return 5
    json.dump(written, sys.stdout)
    return 0


def _sheet_lines(first_column: int, rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """Yield a line per row, with the empty columns to the left that calamine leaves out."""
    left = [""] * first_column
    for row in rows:
        cells = left + [cell_text(value) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        if len(cells) > MAX_COLUMNS:
            raise _TooMuchError
        yield CELL_SEPARATOR.join(cells)


def _write(path: Path, lines: Iterable[str], budget: list[int]) -> int:
    """Write the lines without the blank tail that formatted empty rows leave; return how many."""
    rows = blank = 0
    with path.open("w", encoding="utf-8", errors="replace", newline="\n") as out:
        for line in lines:
            if not line:
                blank += 1
                continue
            rows += blank + 1
            budget[0] -= blank + out.write("\n" * blank + line + "\n")
            blank = 0
            if budget[0] < 0:
                raise _TooMuchError
    return rows


if __name__ == "__main__":
    sys.exit(_child(Path(sys.argv[1]), Path(sys.argv[2])))
