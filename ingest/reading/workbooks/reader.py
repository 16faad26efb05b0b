"""Spreadsheets become line files, in a process of its own that has limits.

Belongs here: the bounds on what a hostile workbook may cost, and what came of reading it. Does not
belong here: reading it (`ingest.reading.workbooks.child`, which runs as that process), the marks of
cells (`ingest.reading.cells`), what a sheet means (`ingest.recognising.layouts`).
"""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

MAX_SECONDS = 30  # of the child's own time: a busy server makes no workbook heavier
_PATIENCE = 180  # seconds by the clock
MAX_MEMORY = 1_000_000_000  # bytes of address space of the child
MAX_EXPANDED = 800_000_000  # bytes that the parts of a workbook may expand to
MAX_WRITTEN = 400_000_000  # bytes of text that one workbook may become
MAX_SHEETS = 400  # one for each day of a year, and some; more sets the file aside
MAX_COLUMNS = 1024

_BINARY_PART = "xl/workbook.bin"

# What the child answers with.
EXIT_ENCRYPTED, EXIT_TOO_BIG, EXIT_UNREADABLE = 3, 4, 5
_EXIT_REASONS = {EXIT_ENCRYPTED: "file_encrypted", EXIT_TOO_BIG: "file_too_big"}


@dataclass(frozen=True)
class SheetFile:
    """A sheet written as a line file: one line per row, from the sheet's first row on.

    ``hidden_rows`` of them are filled but not shown in a spreadsheet (filtered, or hidden by hand);
    ``hidden_columns`` count from 1.
    """

    name: str
    lines: Path
    rows: int
    hidden_rows: int = 0
    hidden_columns: tuple[int, ...] = ()


@dataclass(frozen=True)
class SkippedSheet:
    """A sheet that is not read; the code of the reason is one of notes.yml (``sheet_skipped``)."""

    name: str
    reason: str


@dataclass(frozen=True)
class WorkbookFile:
    """A workbook's sheets that hold anything; ``epoch`` is day 0 of its serial numbers (ISO)."""

    sheets: tuple[SheetFile, ...]
    skipped: tuple[SkippedSheet, ...]
    epoch: str


class WorkbookError(Exception):
    """A workbook can't be read; ``reason_code`` says why."""

    def __init__(self, reason_code: str) -> None:
        super().__init__(reason_code)
        self.reason_code = reason_code


def read_workbook(path: Path, folder: Path) -> WorkbookFile:
    """Write every visible sheet that holds anything into ``folder`` as a line file.

    Raises:
        WorkbookError: Encrypted, damaged, of a kind that doesn't show what a cell is, too big, or
            too slow to read.
    """
    _check_parts(path)
    command = [sys.executable, "-I", "-m", "ingest.reading.workbooks.child", str(path), str(folder)]
    try:
        done = subprocess.run(  # our own interpreter and module, no shell
            command, capture_output=True, timeout=_PATIENCE, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise WorkbookError("workbook_too_slow") from error
    if done.returncode < 0 or b"MemoryError" in done.stderr or b"memory alloc" in done.stderr:
        raise WorkbookError("workbook_too_slow")
    if b"ModuleNotFoundError" in done.stderr:  # ours to mend, not the sender's
        raise RuntimeError("a library is missing: install the locked requirements again")
    if done.returncode:
        raise WorkbookError(_EXIT_REASONS.get(done.returncode, "workbook_unreadable"))
    found = json.loads(done.stdout)
    return WorkbookFile(
        tuple(
            SheetFile(name, folder / file_name, rows, hidden, tuple(columns))
            for name, file_name, rows, hidden, columns in found["sheets"]
        ),
        tuple(SkippedSheet(*sheet) for sheet in found["skipped"]),
        found["epoch"],
    )


def _check_parts(path: Path) -> None:
    """Refuse what expands too far, and the binary kind, whose cells don't show their errors."""
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as parts:
            if sum(part.file_size for part in parts.infolist()) > MAX_EXPANDED:
                raise WorkbookError("file_too_big")
            if _BINARY_PART in parts.namelist():
                raise WorkbookError("workbook_binary")
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, zlib.error) as error:
        raise WorkbookError("workbook_unreadable") from error
    except RuntimeError as error:  # so says the library of an archive with a password
        raise WorkbookError("file_encrypted") from error
