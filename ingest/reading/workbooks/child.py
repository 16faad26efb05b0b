"""Reads a workbook for `ingest.reading.workbooks.reader`, in a bounded process of its own.

Belongs here: the sheets of XLSX, XLS and ODS as line files of marked cells. Does not belong here:
the bounds (`ingest.reading.workbooks.reader`), the text and mark of a cell
(`ingest.reading.cells`), what calamine leaves out (`ingest.reading.workbooks.kinds`).

Run as ``python -I -m ingest.reading.workbooks.child FILE FOLDER``: a workbook that expands without
end, or breaks the reader, ends this process and nothing else.
"""

from __future__ import annotations

import json
import resource
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, repeat
from pathlib import Path

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetMetadata,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from ingest.reading.cells import CELL_SEPARATOR, ODS_WRITERS, WRITERS, percent_text
from ingest.reading.workbooks.biff import biff_kinds
from ingest.reading.workbooks.kinds import (
    PERCENT,
    KindsError,
    SheetKinds,
    TooMuchError,
    WorkbookKinds,
)
from ingest.reading.workbooks.ods import ods_kinds
from ingest.reading.workbooks.reader import (
    EXIT_ENCRYPTED,
    EXIT_TOO_BIG,
    EXIT_UNREADABLE,
    MAX_COLUMNS,
    MAX_MEMORY,
    MAX_SECONDS,
    MAX_SHEETS,
    MAX_WRITTEN,
)
from ingest.reading.workbooks.xlsx import xlsx_kinds


def main(path: Path, folder: Path) -> int:
    """Write the sheets of a workbook into a folder and say on standard output what they are."""
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
    try:
        json.dump(_read(path, folder), sys.stdout)
    except PasswordError:
        return EXIT_ENCRYPTED
    except TooMuchError:
        return EXIT_TOO_BIG
    except (CalamineError, KindsError, OSError, ValueError, KeyError, zipfile.BadZipFile):
        return EXIT_UNREADABLE
    return 0


def _read(path: Path, folder: Path) -> dict[str, object]:
    workbook = CalamineWorkbook.from_path(path)
    metadata = workbook.sheets_metadata
    if len(metadata) > MAX_SHEETS:
        raise TooMuchError
    kinds = _kinds(path)
    writers = ODS_WRITERS if _is_ods(path) else WRITERS
    sheets, skipped, budget = [], [], [MAX_WRITTEN]
    for number, meta in enumerate(metadata):
        reason = _unread(meta)
        if reason:
            skipped.append((meta.name, reason))
            continue
        special = kinds.sheet(number)
        lines = _lines(workbook, meta.name, special, writers)
        rows = _write(folder / f"{number}.lines", lines, budget)
        if rows:
            sheets.append(
                (
                    meta.name,
                    f"{number}.lines",
                    rows,
                    special.hidden_rows,
                    sorted(special.hidden_columns),
                )
            )
    return {"sheets": sheets, "skipped": skipped, "epoch": kinds.epoch}


def _kinds(path: Path) -> WorkbookKinds:
    if not zipfile.is_zipfile(path):
        return biff_kinds(path)
    return ods_kinds(path) if _is_ods(path) else xlsx_kinds(path)


def _is_ods(path: Path) -> bool:
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as parts:
        return "content.xml" in parts.namelist()


def _unread(meta: SheetMetadata) -> str:
    """The code of the reason why a sheet is left out; empty for one that is read."""
    if meta.typ != SheetTypeEnum.WorkSheet:
        return "no_cells"
    return "" if meta.visible == SheetVisibleEnum.Visible else "hidden"


def _lines(
    workbook: CalamineWorkbook,
    name: str,
    kinds: SheetKinds,
    writers: Mapping[type, Callable[..., str]],
) -> Iterator[str]:
    """Yield a line per row, with the empty columns to the left that calamine leaves out."""
    sheet = workbook.get_sheet_by_name(name)
    left = [""] * sheet.start[1] if sheet.start else []
    rows: Iterator[Sequence[object]] = sheet.iter_rows() if sheet.start else iter(())
    special = kinds.cells
    last = max(special, default=-1)
    beyond: Iterator[Sequence[object]] = repeat(
        (), max(0, last + 1 - sheet.total_height)
    )  # calamine saw nothing there
    for number, row in enumerate(chain(rows, beyond)):
        cells = left + [writers[type(value)](value) for value in row]
        if number in special:
            _overlay(cells, special[number], left, row)
        while cells and not cells[-1]:
            cells.pop()
        if len(cells) > MAX_COLUMNS:
            raise TooMuchError
        yield CELL_SEPARATOR.join(cells)


def _overlay(
    cells: list[str], special: dict[int, str], left: list[str], row: Sequence[object]
) -> None:
    """Put what a sheet says of its cells over what calamine gave."""
    for column, text in special.items():
        if column >= MAX_COLUMNS:
            raise TooMuchError
        cells += [""] * (column + 1 - len(cells))
        if text != PERCENT:
            cells[column] = text
        elif 0 <= column - len(left) < len(row):
            cells[column] = percent_text(row[column - len(left)])


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
                raise TooMuchError
    return rows


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
