"""When offices of the example are open: days off, Ramadan, hours, monthly musters.

Belongs here: the calendar that the invented people live by. It is the world's own knowledge, kept
apart from the product's rules so that both can be compared. Does not belong here: rosters and
people.
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from functools import cache

import holidays

RAMADAN = {
    2023: (date(2023, 3, 23), date(2023, 4, 21)),
    2024: (date(2024, 3, 12), date(2024, 4, 9)),
    2025: (date(2025, 3, 1), date(2025, 3, 30)),
    2026: (date(2026, 2, 19), date(2026, 3, 20)),
}

LOCAL_DAYS_OFF = {
    "82.71": ((4, 14, "Pembukaan Festival Legu Gam"),),
    "35.75": ((2, 10, "Karnaval Hari Jadi Kota Pasuruan"),),
}


def add_months(day: date, months: int) -> date:
    """The first of the month that lies so many months after the month of ``day``."""
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def month_days(month: date) -> list[date]:
    """Every day of the month that ``month`` is the first of."""
    length = calendar.monthrange(month.year, month.month)[1]
    return [month.replace(day=number) for number in range(1, length + 1)]


@cache
def _national_days_off(year: int) -> frozenset[date]:
    return frozenset(
        holidays.country_holidays("ID", years=year, categories=("public", "government"))
    )


def local_days_off(government: str, year: int) -> tuple[tuple[date, str], ...]:
    """The days on which this government alone is closed, with their names."""
    return tuple(
        (date(year, month, day), name) for month, day, name in LOCAL_DAYS_OFF.get(government, ())
    )


def is_open(government: str, day: date) -> bool:
    """Whether offices work on that day: Monday to Friday, outside national and local days off."""
    closed = {when for when, _ in local_days_off(government, day.year)}
    return day.weekday() < 5 and day not in _national_days_off(day.year) and day not in closed


def office_hours(day: date) -> tuple[int, int]:
    """Start and end of the office day, in minutes after midnight (Perpres 21/2023)."""
    first, last = RAMADAN[day.year]
    start, end = (480, 900) if first <= day <= last else (450, 960)
    return start, end + (30 if day.weekday() == 4 else 0)


def open_day(government: str, day: date) -> date:
    """That day, or the last open one before it."""
    while not is_open(government, day):
        day -= timedelta(days=1)
    return day
