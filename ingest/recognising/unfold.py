"""Rows that hold several records become a line each.

Belongs here: rewriting a grid into a numbered one (`ingest.reading.dialect.Grid`), whose lines each
say which row of the file they come from. Does not belong here: whether what they hold can be right
(`ingest.values`): a time that is none stays as it was written, to be refused with a reason.
"""

from __future__ import annotations

import datetime as dt
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import islice
from pathlib import Path

from ingest.reading.cells import (
    CELL_SEPARATOR,
    DATE,
    NUMBER,
    TIME,
    day_clock,
    error_reason,
    kind_of,
    plain_text,
)
from ingest.reading.grids import Grid, lines_of
from ingest.recognising.match import Layout, Match

NEXT_DAY = " +1"
"""Behind a time: it lies on the day after the date."""

NIP = re.compile(r"(19|20)\d{6}(19|20)\d{4}[12]\d{3}")
"""The shape of an employee number: no PIN of a device has it."""
_PERIOD = re.compile(r"(\d{4}-\d\d-\d\d)\s*~\s*(\d{4}-\d\d-\d\d)")
_PERSON = re.compile(r"^ID\s*:\s*(.*?)\s*(?:Nama|Name)\s*:", re.IGNORECASE)
_TIME = re.compile(r"\d{1,2}:\d{2}")
# A fraction of a day as text; with two decimals and a point it may be a time after midnight.
_FRACTION = re.compile(r"0?,\d+|0?\.(\d|\d{3,})")
_FRACTION_OR_TIME = re.compile(r"0\.\d\d")
_POINTED_TIME = re.compile(r"([1-9]|\d\d)\.\d\d")
_LONGEST_PERIOD = 62  # days of a report

Line = tuple[int, Sequence[str]]
"""A row with its number in the file, and its cells."""


def numbered(match: Match, lines: Iterable[Line]) -> Grid:
    """Write lines with their row numbers beside the file that they were read from."""
    folder = Path(tempfile.mkdtemp(dir=match.grid.scratch))
    path = folder / "numbered.lines"
    count = 0
    with path.open("w", encoding="utf-8", errors="replace", newline="\n") as out:
        for number, cells in lines:
            out.write(f"{number}{CELL_SEPARATOR}{CELL_SEPARATOR.join(cells)}\n")
            count += 1
    return replace(
        match.grid,
        lines=path,
        separator=CELL_SEPARATOR,
        rows=count,
        head=(),
        numbered=True,
        span=match.grid.sheet_rows,
    )


def rows_below(match: Match) -> Iterator[Line]:
    """Yield the rows below the header with their numbers, cells trimmed."""
    grid = match.grid
    for number, line in enumerate(islice(lines_of(grid.lines), match.skip, None), match.skip + 1):
        cells = [cell.strip() for cell in line.split(grid.separator)]
        if grid.numbered:
            yield int(cells[0]), cells[1:]
        else:
            yield number, cells


# --- a row per person and day, with the first and the last scan -----------------------------


def unfold_scans(match: Match) -> Match:
    """Make a punch of each scan; what was read stands before the three cells that are added.

    A row without a scan stays as one line without a time, which is no record.
    """
    width = match.width
    columns = {"nip": width + 1, "pin": width + 2, "timestamp": width + 3}
    return replace(
        match,
        grid=numbered(match, _scans(match)),
        skip=0,
        width=width + 3,
        header=(),
        guides=(),
        columns=columns,
        record_if="timestamp",
    )


def _scans(match: Match) -> Iterator[Line]:
    read = sorted(match.columns.values())
    no_records = {_shown(cells, read) for cells in (match.header, *match.guides)}
    fractions = cache(lambda: _writes_fractions(match))
    for number, cells in rows_below(match):
        row = [*cells, *[""] * (match.width - len(cells))]
        given = {name: _given(row[cell - 1]) for name, cell in match.columns.items()}
        times = [_time_of(given[name], fractions) for name in ("scan_in", "scan_out")]
        if not any(times) or _shown(row, read) in no_records:
            yield number, row[: match.width] if any(cells) else []
            continue
        nip = re.sub(r"[\s'`’‘]", "", plain_text(given.get("nip", "")))
        who = [nip, ""] if NIP.fullmatch(nip) else ["", plain_text(given["pin"])]
        day = _day_of(given["date"], match.grid.epoch)
        beyond = row[match.width :]
        for time in filter(None, times):
            later = time is times[1] and 0 <= _minutes(times[1]) < _minutes(times[0])
            yield number, [*row[: match.width], *who, _stamp(day, time, later=later), *beyond]


def _shown(cells: Sequence[str], read: Iterable[int]) -> tuple[str, ...]:
    """The columns of a row that are read, as they can be compared with the header."""
    return tuple(plain_text(cells[cell - 1]).lower() for cell in read)


def _given(cell: str) -> str:
    return "" if cell in {"-", "--", "--:--"} else cell


def _stamp(day: str, time: str, *, later: bool = False) -> str:
    """Date and time as one cell; a date that a spreadsheet knew as one stays marked as such."""
    for cell in (day, time):
        if error_reason(cell):
            return cell
    return f"{day} {time}{NEXT_DAY if later else ''}"


def _day_of(cell: str, epoch: str) -> str:
    """A date as it stands, without the midnight behind it; a serial number becomes a date."""
    if kind_of(cell) == NUMBER and re.fullmatch(r"[2-6]\d{4}", plain_text(cell)):
        day = dt.date.fromisoformat(epoch) + dt.timedelta(days=int(plain_text(cell)))
        return DATE + day.isoformat()
    return cell.removesuffix(" 00:00:00") if kind_of(cell) == DATE else plain_text(cell)


def _time_of(cell: str, fractions: Callable[[], bool]) -> str:
    """A time as it stands; a fraction of a day becomes one, if it can only be that."""
    text = plain_text(cell)
    if kind_of(cell) == NUMBER or _FRACTION.fullmatch(text):
        return day_clock(float(text.replace(",", "."))) or text
    if kind_of(cell) == "" and _FRACTION_OR_TIME.fullmatch(text):
        return day_clock(float(text)) if fractions() else f"{text} ?"
    return text


def _writes_fractions(match: Match) -> bool:
    """Whether the columns of scans hold fractions of a day (0,25) and no time with a point (7.30).

    Only then is 0.25 a fraction; else nobody can tell, and the row is refused.
    """
    places = [match.columns[name] for name in ("scan_in", "scan_out")]
    found = False
    for _, cells in rows_below(match):
        for cell in (cells[place - 1] for place in places if place <= len(cells)):
            if kind_of(cell) == "" and _POINTED_TIME.fullmatch(cell):
                return False
            found = found or _FRACTION.fullmatch(cell) is not None
    return found


def _minutes(time: str) -> int:
    """Minutes since midnight; -1 where there is none, which is before every time."""
    found = re.match(r"(\d{1,2})[:.](\d{2})", time)
    return int(found[1]) * 60 + int(found[2]) if found else -1


# --- a cell per person and day, with all times glued together -------------------------------


def read_glued_times(layout: Layout, grid: Grid) -> Match | None:
    """Recognise the report by its period and the numbers of its days; read its cells as punches.

    Returns:
        None if this is no such report.
    """
    for number, (cells, below) in enumerate(zip(grid.head, grid.head[1:], strict=False), start=1):
        period = next((found for cell in cells if (found := _PERIOD.search(cell))), None)
        days = _days(period, below) if period else {}
        if days and _begins_with_a_person(grid.head[number + 1 :]):
            match = Match(layout.name, layout.table, grid, number + 1, 3, (), layout.places)
            punches = numbered(match, _punches(match, days))
            return replace(match, grid=punches, skip=0, header_row=number + 1)
    return None


def _begins_with_a_person(rows: Iterable[Sequence[str]]) -> bool:
    """Whether the first filled row says who comes next; a report without anybody has none.

    A schedule of the same software has the same period and days, but a row per person.
    """
    first = next((cells for cells in rows if any(cells)), None)
    return first is None or _PERSON.match(" ".join(filter(None, first))) is not None


def _days(period: re.Match[str], cells: Sequence[str]) -> dict[int, dt.date]:
    """The day of each cell of the row of day numbers; empty if they don't follow the period."""
    try:
        first, last = (dt.date.fromisoformat(period[group]) for group in (1, 2))
    except ValueError:
        return {}
    if not 0 <= (last - first).days < _LONGEST_PERIOD:
        return {}
    if not all(cell.isdecimal() for cell in cells if cell):
        return {}
    numbered = [(index, int(cell)) for index, cell in enumerate(cells) if cell]
    days = {i: first + dt.timedelta(days=n) for n, (i, _) in enumerate(numbered)}
    return days if all(days[index].day == day for index, day in numbered) else {}


def _punches(match: Match, days: dict[int, dt.date]) -> Iterator[Line]:
    """Yield a line per time: PIN, time, and the cell as it was written.

    Rows that say who comes next are part of the layout. Any other row of text stands for a record
    that can't be read.
    """
    pin = ""
    for number, marked in rows_below(match):
        cells = [_glued_text(cell) for cell in marked]
        person = _PERSON.match(" ".join(filter(None, cells)))
        if person:
            pin = person[1]
        elif not any(cells):
            yield number, []
        elif not any(_TIME.search(cell) for cell in cells):
            yield number, [pin, " ".join(filter(None, cells))]
        else:
            for index, cell in enumerate(cells):
                for time in _glued(cell):
                    yield number, [pin, _stamp(str(days.get(index, "")), time), cell]


def _glued_text(cell: str) -> str:
    """A cell as it stands; where its only time became one to the spreadsheet, hours and minutes."""
    text = plain_text(cell)
    if kind_of(cell) == NUMBER and "." in text:
        text = day_clock(float(text)) or text
    is_time = kind_of(cell) == TIME or text != plain_text(cell)
    return text.removesuffix(":00") if is_time and len(text) == len("07:30:00") else text


def _glued(cell: str) -> list[str]:
    """The times of a cell; what is left over between them is one more, which is none."""
    rest = "".join(_TIME.sub(" ", cell).split())
    return _TIME.findall(cell) + ([rest] if rest else [])
