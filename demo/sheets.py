"""Tables as offices save them: CSV of many dialects and XLSX workbooks, the same bytes every time.

Belongs here: text of cells, encodings, workbooks, file times. Does not belong here: what the tables
hold (`records`, `forms`, `timeclock`).
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from openpyxl import Workbook

from warehouse.store.handiwork import steady_workbook

Cell = str | int | float | bool | date | time | None
Row = Sequence[Cell]

MONTHS = ("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September",
          "Oktober", "November", "Desember")  # fmt: skip
CHUNK_ROWS = 20_000


def month_name(day: date) -> str:
    """The month in Indonesian words: `April 2025`."""
    return f"{MONTHS[day.month - 1]} {day.year}"


@dataclass(frozen=True, slots=True)
class Style:
    """How an office's spreadsheet writes.

    ``dates`` is a strftime pattern, or ``words`` for `17 Juli 2023`; ``comma`` the decimal comma.
    """

    delimiter: str = ","
    encoding: str = "utf-8"
    newline: str = "\n"
    dates: str = "%Y-%m-%d"
    comma: bool = False

    def text(self, value: Cell) -> str:
        """One cell as text."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return "ya" if value else "tidak"
        if isinstance(value, float):
            return f"{value:g}".replace(".", "," if self.comma else ".")
        if isinstance(value, time):
            return f"{value:%H:%M}"
        return self._date(value) if isinstance(value, date) else str(value)

    def _date(self, value: date) -> str:
        words = f"{value.day} {month_name(value)}"
        return words if self.dates == "words" else value.strftime(self.dates)


PLAIN = Style()


def csv_chunks(rows: Iterable[Row], style: Style) -> Iterator[bytes]:
    """A table as encoded CSV, a piece at a time; a byte-order mark only once."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=style.delimiter, lineterminator=style.newline)
    encoding = style.encoding
    for number, row in enumerate(rows, 1):
        writer.writerow([style.text(value) for value in row])
        if number % CHUNK_ROWS == 0:
            yield buffer.getvalue().encode(encoding)
            encoding = encoding.removesuffix("-sig")
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode(encoding)


def workbook_bytes(rows: Iterable[Row], sheet: str, saved: datetime) -> bytes:
    """A workbook of one sheet; text stays text, dates are real dates."""
    book = Workbook(write_only=True)
    page = book.create_sheet(sheet)
    for row in rows:
        page.append(list(row))
    book.properties.creator = "Microsoft Office User"
    raw = io.BytesIO()
    book.save(raw)
    return steady_workbook(raw.getvalue(), saved)


def set_time(path: Path, saved: datetime) -> None:
    """Give a file the time at which the office saved it."""
    os.utime(path, (saved.timestamp(), saved.timestamp()))


def office_time(day: date, minute: int = 0) -> datetime:
    """A time on an office morning, so many minutes after two o'clock UTC."""
    return datetime(day.year, day.month, day.day, 2 + minute // 60, minute % 60, tzinfo=UTC)
