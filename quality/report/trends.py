"""The index's pictures: what changed from night to night, as small bars.

Belongs here: which numbers of the nights are drawn, and the geometry of their bars. Does not belong
here: reading reports (`quality.report.pages`) or the page (`templates/trends.html.j2`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT = 480, 84
_MOST_NIGHTS = 60
_GAP = 0.25
# A few nights are few bars, and not broad ones.
_LEAST_PLACES = 20


@dataclass(frozen=True)
class Bar:
    """A night of a trend; ``value`` None (nothing known) has no height."""

    x: float
    y: float
    width: float
    height: float
    run_id: str
    value: float | None


@dataclass(frozen=True)
class Trend:
    """A trend over nights, oldest first; ``key`` names its words, ``top`` is the highest value."""

    key: str
    bars: tuple[Bar, ...]
    top: float
    last: float | None


def trends(nights: Sequence[Mapping[str, Any]]) -> list[Trend]:
    """The trends of the newest nights, given the newest first; nothing for fewer than two."""
    shown = list(reversed(nights[:_MOST_NIGHTS]))
    if len(shown) < 2:
        return []
    measures = {
        "trend_passed": [_pass_rate(night) for night in shown],
        "trend_age": [night.get("age_days") for night in shown],
        "trend_rows": [night.get("rows_read") for night in shown],
        "trend_refused": [_refused(night) for night in shown],
    }
    runs = [str(night["run_id"]) for night in shown]
    return [_trend(key, runs, values) for key, values in measures.items()]


def _pass_rate(night: Mapping[str, Any]) -> float | None:
    """Percent of the checks of all severities that passed."""
    tallies = (night.get("counts") or {}).values()
    passed = sum(tally["passed"] for tally in tallies)
    ran = passed + sum(tally["not_passed"] for tally in tallies)
    return 100 * passed / ran if ran else None


def _refused(night: Mapping[str, Any]) -> float | None:
    """Percent of the rows read that were quarantined."""
    read = night.get("rows_read")
    return 100 * float(night["rows_quarantined"]) / read if read else None


def _trend(key: str, runs: Sequence[str], values: Sequence[float | None]) -> Trend:
    top = max([value for value in values if value is not None] or [0])
    step = WIDTH / max(len(runs), _LEAST_PLACES)
    bars = []
    for number, (run_id, value) in enumerate(zip(runs, values, strict=True)):
        height = HEIGHT * value / top if value and top else 0.0
        bars.append(
            Bar(
                x=round(step * (number + _GAP / 2), 1),
                y=round(HEIGHT - height, 1),
                width=round(step * (1 - _GAP), 1),
                height=round(height, 1),
                run_id=run_id,
                value=value,
            )
        )
    return Trend(key, tuple(bars), top, values[-1])
