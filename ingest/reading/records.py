"""A small table that people edit, such as a rule file, read whole.

Belongs here: its header and its rows by name. Does not belong here: what a cell means
(`ingest.rules.cells`), or how a file becomes a grid (`ingest.reading.dialect`).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from ingest.reading.cells import EPOCH, plain_text
from ingest.reading.dialect import open_grids
from ingest.reading.grids import lines_of
from ingest.reasons import Unreadable

MAX_RECORDS_BYTES = 10_000_000


@dataclass(frozen=True)
class Records:
    """A small table that people edit: header in lower case, and rows with their row number.

    Cells are as the file holds them, a workbook's with the mark of their kind
    (`ingest.reading.cells`). ``epoch`` is day 0 of serial numbers.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, str]], ...]
    epoch: str = EPOCH


def read_records(path: Path, scratch: Path) -> Records:
    """Read a small table with its header in the first filled row, such as a rule file.

    Header names are stripped and in lower case, blank rows left out. What has to be rewritten goes
    into ``scratch``: somebody may have put people's numbers into the table.

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
    grid = next(open_grids(path, scratch))
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
