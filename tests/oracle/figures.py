"""Figures: the small arithmetic that all measures share.

Means, quotients and roundings as contract section 4 "Conventions" has them: a statistic of too few
values is None. Also what a published row is, and the last day of a month.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from math import fsum

from tests.oracle.rules import Rules

Row = dict[str, object]
"""A published row: value by column."""

VALUES = ("BP", "AK", "KO", "HA", "LO", "AD", "KL")
BEHAVIOURS = tuple(f"{value}{number}" for value in VALUES for number in (1, 2, 3))


def mean(numbers: Sequence[float]) -> float | None:
    """The mean, None of nothing."""
    return fsum(numbers) / len(numbers) if numbers else None


def quotient(above: float, below: float) -> float | None:
    """A quotient, None by zero."""
    return above / below if below else None


def variance(numbers: Sequence[float]) -> float | None:
    """The sample variance, None of fewer than two."""
    return statistics.variance(numbers) if len(numbers) > 1 else None


def rounded(number: float, decimals: int) -> Decimal:
    """Rounded half up in decimal arithmetic."""
    return Decimal(repr(number)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def month_end(month: date) -> date:
    """The last day of a month given by its first."""
    return (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def months_before(month: date, count: int) -> date:
    """The first of the month so many months earlier."""
    index = month.year * 12 + month.month - 1 - count
    return date(index // 12, index % 12 + 1, 1)


def category(
    rules: Rules, government: str, index_code: str, number: float | None, day: date
) -> tuple[str | None, bool | None]:
    """The category of a value, and whether it lies between two printed bands.

    The highest band whose lower bound is at most the value rounded half up to two decimals.
    """
    if number is None:
        return None, None
    value = rounded(number, 2)
    bands = sorted(
        (Decimal(repr(row["lower_bound"])), str(row["category"]), str(row["printed"] or ""))
        for row in rules.all("index_bands", government, day)
        if row["index_code"] == index_code
    )
    reached = [band for band in bands if band[0] <= value]
    if not reached:
        return None, None
    _bound, word, printed = reached[-1]
    printed_top = printed.rpartition("-")[2]
    in_gap = len(reached) < len(bands) and printed_top != "" and value > Decimal(printed_top)
    return word, in_gap
