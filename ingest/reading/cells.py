r"""What a spreadsheet says of a cell beside its text: a number, a date, a time, an error.

Belongs here: the text and mark that stand for a cell in a line file, and SQL that takes them apart.
Does not belong here: opening workbooks (`ingest.reading.workbooks.reader`), what a value means
(`ingest.values`).

A cell that is no text carries its kind as a control character in front; text cells carry none and
can't be mistaken for one, since control characters are blanked in them. An error and a formula that
was never calculated need no mark: they become a text that says so (``#DIV/0!``), which is what a
text file of the same table holds as well. A percentage is written as it is shown (``85%``).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping

EPOCH, EPOCH_1904 = "1899-12-30", "1904-01-01"
"""Day 0 of a spreadsheet's serial numbers, and of one that counts as the first Macs did."""

# Between cells, and in no cell: control characters are blanked on the way.
CELL_SEPARATOR = "\x1f"

NUMBER, DATE, TIME, OTHER = "\x02", "\x03", "\x04", "\x05"
"""Marks: a number, a date (with or without a time), a time or duration, a percentage or truth."""
MARKS = NUMBER + DATE + TIME + OTHER

NOT_CALCULATED = "#BELUM_DIHITUNG!"
"""Stands for a formula whose value the file doesn't hold: no program has calculated it."""

_AMBIGUOUS = r"-?[1-9]\d{0,2}[.]\d{3}"
_ERROR = r"^(#[A-Z_/0-9]*[A-Z0-9][!?]|#N/[A-Z]|#GETTING_DATA|#{3,}|Err:\d{3})$"
_BLANKED = dict.fromkeys([*range(32), 127, 0x85, 0x2028, 0x2029], " ")
_DURATION = re.compile(r"(-?)PT(\d+)H(\d+)M(\d+)(?:[.,](\d)\d*)?S")
# A number of sixteen digits or more has lost its last ones in a spreadsheet.
_EXACT_IN_A_CELL = 1e15


def clean_cell(text: str) -> str:
    """Return a cell's text on one line: control characters and line breaks become blanks."""
    return text if text.isprintable() else text.translate(_BLANKED).strip()


def kind_of(cell: str) -> str:
    """Return the mark of a cell; empty for a text."""
    return cell[0] if cell and cell[0] in MARKS else ""


def plain_text(cell: str) -> str:
    """Return a cell's text without its mark."""
    return cell[1:] if cell and cell[0] in MARKS else cell


def error_reason(text: str) -> str:
    """Return the reason code of a cell that holds a spreadsheet's error; empty for any other."""
    if text == NOT_CALCULATED:
        return "cell_not_calculated"
    return "cell_error" if re.match(_ERROR, text) else ""


def day_clock(fraction: float) -> str:
    """Return the time of day that a spreadsheet stores as a fraction of a day; empty if none."""
    return _clock(round(fraction * 86400)) if 0 <= fraction <= 1 else ""


# --- from a workbook's values ----------------------------------------------------------------


def percent_text(value: object) -> str:
    """Return the text of a number that its format shows as a percentage, such as ``85%``."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"{OTHER}{float(value) * 100:.12g}%"
    return WRITERS[type(value)](value)


def _text_or_duration(value: str) -> str:
    """A text; calamine gives durations of an ODS beyond a day as one (PT24H00M00S)."""
    duration = _DURATION.fullmatch(value)
    if duration is None:
        return clean_cell(value)
    sign, hours, minutes, seconds, tenths = duration.groups(default="0")
    whole = int(hours) * 3600 + int(minutes) * 60 + int(seconds) + (int(tenths) >= 5)
    return TIME + ("-" if sign == "-" else "") + _clock(whole)


def _number(value: float) -> str:
    if abs(value) >= _EXACT_IN_A_CELL:
        return f"{NUMBER}{value:.14E}"
    return f"{NUMBER}{int(value) if value.is_integer() else repr(value)}"


def _moment(value: dt.datetime) -> str:
    rounded = value + dt.timedelta(milliseconds=500)
    return DATE + rounded.replace(microsecond=0).isoformat(sep=" ")


def _time(value: dt.time) -> str:
    seconds = value.hour * 3600 + value.minute * 60 + value.second
    return TIME + _clock(seconds + (value.microsecond >= 500_000))


def _duration(value: dt.timedelta) -> str:
    seconds = round(value.total_seconds())
    return TIME + ("-" if seconds < 0 else "") + _clock(abs(seconds))


def _clock(seconds: int) -> str:
    minutes, seconds = divmod(seconds, 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"


WRITERS: Mapping[type, Callable[..., str]] = {
    str: clean_cell,
    float: _number,
    int: lambda value: _number(float(value)),
    bool: lambda value: OTHER + ("TRUE" if value else "FALSE"),
    dt.datetime: _moment,
    dt.date: lambda value: DATE + value.isoformat(),
    dt.time: _time,
    dt.timedelta: _duration,
}
"""The marked text that stands for a value, by its type.

Dates and times become ISO, whole numbers lose their ``.0``. A number of more digits than a
spreadsheet can hold is written with an exponent, so that it stays recognisable as damaged.
"""
ODS_WRITERS: Mapping[type, Callable[..., str]] = {**WRITERS, str: _text_or_duration}
"""The same for an ODS."""


# --- SQL over the cells of a line file -------------------------------------------------------


def sql_kind(cell: str) -> str:
    """SQL of the mark of a cell; empty for a text and for a cell that is not there."""
    return f"CASE WHEN {cell} < ' ' THEN left({cell}, 1) ELSE '' END"


def sql_plain(cell: str, text: str) -> str:
    """SQL of a cell without its mark, or ``text`` where it has none; empty where it is NULL."""
    return f"CASE WHEN {cell} < ' ' THEN substr({cell}, 2) ELSE coalesce({text}, '') END"


def sql_is_kind(kind: str, mark: str) -> str:
    """SQL that is true where ``kind`` is one of the marks in ``mark``."""
    return f"{kind} IN ({', '.join(f'chr({ord(one)})' for one in mark)})"


def sql_error(cell: str) -> str:
    """SQL of the reason code of a cell that holds a spreadsheet's error; NULL for any other."""
    return (
        f"CASE WHEN NOT ({cell} < '$' OR starts_with({cell}, 'Err:')) THEN NULL "
        f"WHEN {cell} = '{NOT_CALCULATED}' THEN 'cell_not_calculated' "
        f"WHEN regexp_matches({cell}, '{_ERROR}') THEN 'cell_error' END"
    )


def sql_shown(line: str, separator: str) -> str:
    r"""SQL of a line of marked cells as people read it, TAB between cells.

    A number such as 85.125 gets one more decimal: as a text it could be taken for thousands.
    """
    ambiguous = f"{NUMBER}({_AMBIGUOUS})({separator}|$)"
    exact = f"regexp_replace({line}, '{ambiguous}', '\\1' || '0\\2', 'g')"
    return f"translate(replace({exact}, '{separator}', chr(9)), '{MARKS}', '')"
