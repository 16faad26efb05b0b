"""Sampling: stratified means, their margins of error, and Cronbach's alpha.

Pure statistics of contract section 4, "Survey"; knows no units, waves or questions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, sqrt

from tests.oracle.figures import mean, quotient, variance

_NORMAL_95 = 1.96
_FEWEST_FOR_A_SPREAD = 2


@dataclass(frozen=True)
class Stratum:
    """A group with its number of eligible people and the numbers of those who answered."""

    eligible: int
    numbers: tuple[float, ...]
    is_hidden: bool = False


def pooled(strata: Sequence[Stratum], fewest: int) -> list[Stratum]:
    """Put the hidden strata, and those of fewer answers than so many, together as one."""
    apart = [one for one in strata if not one.is_hidden and len(one.numbers) >= fewest]
    rest = [one for one in strata if one.is_hidden or len(one.numbers) < fewest]
    together = Stratum(
        sum(one.eligible for one in rest), tuple(n for one in rest for n in one.numbers), True
    )
    return [*apart, together] if together.numbers else apart


def stratified_mean(strata: Sequence[Stratum]) -> float | None:
    """The mean of the strata's means, weighted by their eligible people."""
    with_answers = pooled(strata, 1)
    above = fsum(one.eligible * (mean(one.numbers) or 0) for one in with_answers)
    return quotient(above, sum(one.eligible for one in with_answers))


def margin_of_error(strata: Sequence[Stratum]) -> float | None:
    """1.96 standard errors with the finite population correction; None of too few answers."""
    counted = pooled(strata, _FEWEST_FOR_A_SPREAD)
    total = sum(one.eligible for one in counted)
    if not total:
        return None
    terms = []
    for one in counted:
        spread, n = variance(one.numbers), len(one.numbers)
        if spread is None:
            return None
        correction = max(0.0, 1 - n / one.eligible) if one.eligible else 0.0
        terms.append((one.eligible / total) ** 2 * spread / n * correction)
    return _NORMAL_95 * sqrt(fsum(terms))


def cronbach_alpha(rows: Sequence[Sequence[float]], items: int) -> float | None:
    """Alpha over the rows of those who answered all the items."""
    if items < 2 or len(rows) < 2:
        return None
    of_items = [variance([row[at] for row in rows]) or 0.0 for at in range(items)]
    of_total = variance([fsum(row) for row in rows])
    if not of_total:
        return None
    return items / (items - 1) * (1 - fsum(of_items) / of_total)
