"""One cell of a rule file: text → typed value, judged by its column in the catalog.

Belongs here: the spellings of a value that a spreadsheet or a typist leaves behind. Rule files
are small, so they are read in Python; the cells of landed files, which are millions, become
values in SQL (`ingest.values`). Does not belong here: rows, files and keys.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, time, timedelta
from math import isinf
from types import MappingProxyType

from ingest.values import FALSE_WORDS, MONTHS, TRUE_WORDS, bare
from warehouse.catalog.reader import Column

Value = str | int | float | bool | date | time | None

# Day 0 of a spreadsheet's serial numbers, and the serials of the years 2000 to 2100.
EXCEL_EPOCH = date(1899, 12, 30)
EXCEL_SERIALS = range(36526, 73415)
LARGEST_WHOLE = 2**31 - 1
"""The largest whole number of a rule, which fits every type of the catalog but SMALLINT."""

_MONTHS_OF_A_YEAR = 12
_THOUSAND = 1000
# A number, and the sign that groups its thousands. The same forms as in landed files, where what
# can be read two ways follows its column: a rule's few cells tell nothing, so there it is refused.
_NUMBER_FORMS = (
    (r"[+-]?\d*[.,]\d+|[+-]?\d+[.,]?", ""),
    (r"[+-]?\d{1,3}(\.\d{3})+,\d+|[+-]?\d{1,3}(\.\d{3}){2,}", "."),
    (r"[+-]?\d{1,3}(,\d{3})+\.\d+|[+-]?\d{1,3}(,\d{3}){2,}", ","),
)
_TWO_WAYS = r"[+-]?[1-9]\d{0,2}[.,]\d{3}"


class BadValueError(ValueError):
    """A cell that its column can not hold; says what the column expects, never the cell."""

    def __init__(self, text_id: str, text_en: str) -> None:
        super().__init__(text_en)
        self.text_id = text_id
        self.text_en = text_en


def parse(column: Column, text: str) -> Value:
    """Return the value of a filled cell in the column's type.

    Allowed words are found whatever their case, and come back as the catalog writes them.
    What depends on another cell of the row is for `check_bounds_by`.

    Raises:
        BadValueError: The text is no value of the column.
    """
    if column.type == "DOUBLE" and re.fullmatch(_TWO_WAYS, text) and _may_reach_thousand(column):
        raise BadValueError(
            "dapat dibaca dua cara; tulis misalnya 1000 atau 1,0",
            "can be read two ways; write such as 1000 or 1.0",
        )
    value = _PARSERS[column.type](text)
    if isinstance(value, str):
        value = _allowed_word(column, value)
    if isinstance(value, int | float):
        _check_bounds(value, column.min, column.max)
    return value


def _may_reach_thousand(column: Column) -> bool:
    return column.max is None or column.max >= _THOUSAND


def _allowed_word(column: Column, text: str) -> str:
    if column.values:
        words = {bare(str(word)): str(word) for word in column.values}
        if bare(text) not in words:
            allowed = ", ".join(words.values())
            raise BadValueError(f"harus salah satu dari: {allowed}", f"must be one of: {allowed}")
        return words[bare(text)]
    if column.pattern and not re.search(column.pattern, text):
        raise BadValueError(f"harus berbentuk {column.pattern}", f"must match {column.pattern}")
    return text


def check_bounds_by(column: Column, values: Mapping[str, Value]) -> None:
    """Hold a column of a row against bounds that another column of the row decides.

    Raises:
        BadValueError: The value lies outside them.
    """
    value = values[column.name]
    for name, bounds in column.bounds_by.items():
        if isinstance(value, int | float) and values[name] in bounds:
            _check_bounds(value, *bounds[str(values[name])])


def _check_bounds(value: float, low: float | None, high: float | None) -> None:
    if low is not None and value < low:
        raise BadValueError(f"paling sedikit {low:g}", f"must be at least {low:g}")
    if high is not None and value > high:
        raise BadValueError(f"paling banyak {high:g}", f"must be at most {high:g}")


def _number(text: str) -> float:
    """A number with decimal comma or point; a sign groups thousands where two show that it does."""
    for form, grouped in _NUMBER_FORMS:
        if re.fullmatch(form, text):
            number = float(text.replace(grouped, "").replace(",", "."))
            if not isinf(number):
                return number
    raise BadValueError("harus angka", "must be a number")


def _whole(text: str) -> int:
    if re.fullmatch(_TWO_WAYS, text):
        raise BadValueError(
            "harus bilangan bulat tanpa tanda ribuan", "must be a whole number without a sign in it"
        )
    number = _number(text)
    if not number.is_integer() or abs(number) > LARGEST_WHOLE:
        raise BadValueError("harus bilangan bulat", "must be a whole number")
    return int(number)


def _flag(text: str) -> bool:
    word = bare(text)
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise BadValueError("harus true (ya) atau false (tidak)", "must be true or false")


def _date(text: str) -> date:
    day = re.sub(r"[T ]0?0:00(:00(\.0+)?)?$", "", text)
    try:
        if found := re.fullmatch(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})", day):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := re.fullmatch(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", day):
            return _slashed(*(int(part) for part in found.groups()))
        if found := re.fullmatch(r"(\d{1,2})[ _-]+([A-Za-z]+)[ _-]+(\d{4})", day):
            return date(int(found[3]), MONTHS.get(bare(found[2]), 0), int(found[1]))
    except BadValueError:
        raise
    except ValueError:
        pass  # a form that fits, but no such day: refused below like any other text
    if day.isdecimal() and int(day) in EXCEL_SERIALS:
        return EXCEL_EPOCH + timedelta(days=int(day))
    raise BadValueError("harus tanggal, misalnya 2026-12-31", "must be a date such as 2026-12-31")


def _slashed(first: int, second: int, year: int) -> date:
    """A day written in figures: it is read only where one of them can't be a month."""
    if first <= _MONTHS_OF_A_YEAR and second <= _MONTHS_OF_A_YEAR and first != second:
        raise BadValueError(
            "dapat dibaca dua cara; tulis TTTT-BB-HH, misalnya 2026-12-31",
            "can be read two ways; write YYYY-MM-DD, such as 2026-12-31",
        )
    day, month = (first, second) if second <= _MONTHS_OF_A_YEAR else (second, first)
    return date(year, month, day)


def _time(text: str) -> time:
    found = re.fullmatch(r"(\d{1,2})([:.])(\d{2})(?:\2(\d{2}))?", text)
    hour, _, minute, second = found.groups(default="0") if found else ("24", "", "0", "0")
    # 0.25 may be a fraction of a day, as in landed files.
    if int(hour) < 24 and int(minute) < 60 and int(second) < 60 and not text.startswith("0."):
        return time(int(hour), int(minute), int(second))
    raise BadValueError("harus jam, misalnya 07:30", "must be a time such as 07:30")


_PARSERS: Mapping[str, Callable[[str], Value]] = MappingProxyType(
    {
        "VARCHAR": lambda text: text,
        "DOUBLE": _number,
        "INTEGER": _whole,
        "BIGINT": _whole,
        "BOOLEAN": _flag,
        "DATE": _date,
        "TIME": _time,
    }
)
