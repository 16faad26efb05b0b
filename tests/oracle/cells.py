"""Cells: one written value to one typed value, or `BadValueError`.

Knows the forms that domain.md section 5 lists; knows nothing of files, columns or sources.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

Cell = object

_MONTHS = (
    "januari", "februari", "maret", "april", "mei", "juni",
    "juli", "agustus", "september", "oktober", "november", "desember",
)  # fmt: skip
_YES = {"1", "ya", "y", "yes", "true", "benar", "sudah"}
_NO = {"0", "tidak", "t", "n", "no", "false", "belum"}
_EXCEL_EPOCH = date(1899, 12, 30)
_DIGITS_OF_A_NIP = 18
_YOUNGEST, _OLDEST = 15, 70
"""Ages between which a first appointment is plausible."""


class BadValueError(ValueError):
    """The cell can't be what its column holds: the row is wrong by itself."""


def text(cell: Cell) -> str | None:
    """Trimmed text, `None` for an empty cell; whole numbers of a spreadsheet without `.0`."""
    if cell is None:
        return None
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    written = str(cell).replace("\u00a0", " ").strip()
    return written or None


def nip(cell: Cell) -> str | None:
    """Eighteen digits of a NIP or NI PPPK; apostrophe and inner spaces are harmless.

    A number cell has lost its last digits in the spreadsheet, serial 000 was lost in one.
    """
    if isinstance(cell, (int, float)):
        raise BadValueError("a number")
    written = text(cell)
    if written is None:
        return None
    digits = re.sub(r"[\s'\u2019`]", "", written)
    if not re.fullmatch(r"[0-9]{18}", digits) or digits[14] not in "12" or digits.endswith("000"):
        raise BadValueError("not a NIP")
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError as error:
        raise BadValueError("birth date") from error
    if not _YOUNGEST <= int(digits[8:12]) - born.year <= _OLDEST:
        raise BadValueError("appointment")
    return digits


def day(cell: Cell) -> date | None:
    """A date: ISO, dd/mm/yyyy, dd-mm-yyyy, `17 Juli 2023`, an Excel serial, a date cell."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    written = text(cell)
    if written is None:
        return None
    parts = _day_parts(written)
    if parts is None:
        if re.fullmatch(r"[0-9]{5}", written):
            return _EXCEL_EPOCH + timedelta(days=int(written))
        raise BadValueError("not a date")
    try:
        return date(*parts)
    except ValueError as error:
        raise BadValueError("no such day") from error


def _day_parts(written: str) -> tuple[int, int, int] | None:
    """Year, month and day as written, whether or not there is such a day."""
    if found := re.fullmatch(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[ T]0?0:00(?::00)?)?", written):
        return int(found[1]), int(found[2]), int(found[3])
    if found := re.fullmatch(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", written):
        return int(found[3]), int(found[2]), int(found[1])
    found = re.fullmatch(r"(\d{1,2}) ([A-Za-z]+) (\d{4})", written)
    if found and found[2].lower() in _MONTHS:
        return int(found[3]), _MONTHS.index(found[2].lower()) + 1, int(found[1])
    return None


def clock(cell: Cell) -> time | None:
    """A time of day, `07:30`, `7.30` or `07:30:00`."""
    if isinstance(cell, datetime):
        return cell.time()
    if isinstance(cell, time):
        return cell
    written = text(cell)
    if written is None:
        return None
    found = re.fullmatch(r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?", written)
    if not found:
        raise BadValueError("not a time")
    try:
        return time(int(found[1]), int(found[2]), int(found[3] or 0))
    except ValueError as error:
        raise BadValueError("no such time") from error


def moment(cell: Cell, *, month_first: bool = False) -> datetime | None:
    """A local date and time; `month_first` for the English forms of Google Forms."""
    if isinstance(cell, datetime):
        return cell.replace(microsecond=0, tzinfo=None)
    written = text(cell)
    if written is None:
        return None
    written = re.sub(r"\s*GMT[+-]\d{1,2}$", "", re.sub(r"(?<=\d)T(?=\d)", " ", written))
    half = re.search(r"\s*([AP])M$", written)
    if half:
        written = written[: half.start()]
    day_text, _, time_text = written.partition(" ")
    if month_first and (found := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", day_text)):
        day_text = f"{found[3]}-{found[1]}-{found[2]}"
    the_day, the_time = day(day_text), clock(time_text or "00:00")
    if the_day is None or the_time is None:
        raise BadValueError("not a date and time")
    if half:
        the_time = the_time.replace(hour=the_time.hour % 12 + (12 if half[1] == "P" else 0))
    return datetime.combine(the_day, the_time)


def number(cell: Cell) -> float | None:
    """A number: `53,77`, `53.77`, `3.252` (thousands) or a number cell."""
    if isinstance(cell, bool):
        raise BadValueError("not a number")
    if isinstance(cell, (int, float)):
        return float(cell)
    written = plain_number(cell)
    return None if written is None else float(written)


def plain_number(cell: Cell) -> str | None:
    """The number as digits and one decimal point, its printed decimals kept."""
    written = text(cell)
    if written is None:
        return None
    if re.fullmatch(r"-?[1-9]\d{0,2}(\.\d{3})+(,\d+)?", written):
        written = written.replace(".", "")
    written = written.replace(",", ".")
    if not re.fullmatch(r"-?\d+(\.\d+)?", written):
        raise BadValueError("not a number")
    return written


def flag(cell: Cell) -> bool | None:
    """Yes or no, in Indonesian or English."""
    if isinstance(cell, bool):
        return cell
    written = text(cell)
    if written is None:
        return None
    if written.lower() in _YES:
        return True
    if written.lower() in _NO:
        return False
    raise BadValueError("neither yes nor no")
