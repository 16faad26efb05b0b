"""The culture of each OPD: what the invented days, answers and scores differ by.

Belongs here: the known truth behind the differences that a report should show. Does not belong
here: the drawing of single days and answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from demo.chance import stream

# How strongly people agree with each value, on a scale from 0 to 1: Adaptif is the weak one and
# Akuntabel the strong one, as in the published national figures.
AGREEMENT = {
    "BP": 0.74, "AK": 0.86, "KO": 0.70, "HA": 0.75, "LO": 0.77, "AD": 0.58, "KL": 0.73,
}  # fmt: skip

# The course of the year: tardiness and absence against the mean, January first. Habits improve
# until Ramadan, slip after the Lebaran holidays and recover.
COURSE = (1.35, 1.15, 0.95, 1.60, 1.10, 0.85, 0.95, 0.90, 0.85, 0.80, 0.90, 1.20)


@dataclass(frozen=True, slots=True)
class Climate:
    """An OPD's culture.

    ``agreement`` is per value, 0 to 1; ``late``, ``early`` and ``absent`` are chances per day of an
    ordinary person in an ordinary month; ``muster`` is the chance to attend an apel when present.
    """

    agreement: dict[str, float]
    late: float
    early: float
    absent: float
    muster: float
    response: float


def climate_of(seed: int, government: str, opd: str) -> Climate:
    """The culture of one OPD: good and bad ones differ in everything, values also by themselves."""
    random = stream(seed, government, opd, "climate")
    mood = float(random.normal(0.0, 1.0))
    agreement = {
        value: min(0.95, max(0.30, mean + 0.05 * mood + float(random.normal(0.0, 0.05))))
        for value, mean in AGREEMENT.items()
    }
    return Climate(
        agreement,
        late=min(0.5, max(0.05, 0.20 - 0.07 * mood)),
        early=min(0.3, max(0.02, 0.09 - 0.03 * mood)),
        absent=min(0.08, max(0.004, 0.025 - 0.012 * mood)),
        muster=min(0.97, max(0.60, 0.84 + 0.06 * mood)),
        response=min(0.98, max(0.85, 0.91 + 0.03 * mood)),
    )


def course_of(month: date) -> float:
    """The factor of that month on tardiness and absence."""
    return COURSE[month.month - 1]
