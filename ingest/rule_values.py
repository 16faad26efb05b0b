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

from warehouse.catalog import Column

Value = str | int | float | bool | date | time | None

TRUE_WORDS = frozenset({"true", "ya", "yes", "y", "1", "benar"})
FALSE_WORDS = frozenset({"false", "tidak", "no", "n", "0", "salah"})
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("januari", "january", "jan"),
            ("februari", "february", "feb", "pebruari"),
            ("maret", "march", "mar"),
            ("april", "apr"),
            ("mei", "may"),
            ("juni", "june", "jun"),
            ("juli", "july", "jul"),
            ("agustus", "august", "agu", "aug"),
            ("september", "sep", "sept"),
            ("oktober", "october", "okt", "oct"),
            ("november", "nov", "nopember"),
            ("desember", "december", "des", "dec"),
        ),
        start=1,
    )
    for name in names
}
# Day 0 of a spreadsheet's serial numbers, and the serials of the years 2000 to 2100.
EXCEL_EPOCH = date(1899, 12, 30)
EXCEL_SERIALS = range(36526, 73415)
LARGEST_WHOLE = 2**31 - 1
"""The largest whole number of a rule, which fits every type of the catalog but SMALLINT."""


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
    value = _PARSERS[column.type](text)
    if isinstance(value, str):
        value = _allowed_word(column, value)
    if isinstance(value, int | float):
        _check_bounds(value, column.min, column.max)
    return value


def _allowed_word(column: Column, text: str) -> str:
    if column.values:
        words = {str(word).casefold(): str(word) for word in column.values}
        if text.casefold() not in words:
            allowed = ", ".join(words.values())
            raise BadValueError(f"harus salah satu dari: {allowed}", f"must be one of: {allowed}")
        return words[text.casefold()]
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
    # The decimal sign is the last of comma and point; what stands before it groups thousands.
    digits = text.replace(" ", "")
    if "," in digits:
        digits = (
            digits.replace(".", "").replace(",", ".")
            if digits.rfind(",") > digits.rfind(".")
            else digits.replace(",", "")
        )
    if not re.fullmatch(r"[+-]?\d+(\.\d*)?", digits) or isinf(float(digits)):
        raise BadValueError("harus angka", "must be a number")
    return float(digits)


def _whole(text: str) -> int:
    number = _number(text)
    if not number.is_integer() or abs(number) > LARGEST_WHOLE:
        raise BadValueError("harus bilangan bulat", "must be a whole number")
    return int(number)


def _flag(text: str) -> bool:
    word = text.casefold()
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
            return date(int(found[3]), int(found[2]), int(found[1]))
        if found := re.fullmatch(r"(\d{1,2})[ -]([A-Za-z]+)[ -](\d{4})", day):
            return date(int(found[3]), MONTHS.get(found[2].casefold(), 0), int(found[1]))
    except ValueError:
        pass  # a form that fits, but no such day: refused below like any other text
    if day.isdecimal() and int(day) in EXCEL_SERIALS:
        return EXCEL_EPOCH + timedelta(days=int(day))
    raise BadValueError("harus tanggal, misalnya 2026-12-31", "must be a date such as 2026-12-31")


def _time(text: str) -> time:
    found = re.fullmatch(r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?", text)
    if found and int(found[1]) < 24 and int(found[2]) < 60 and int(found[3] or 0) < 60:
        return time(int(found[1]), int(found[2]), int(found[3] or 0))
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
