"""The geometry of the report's pictures: numbers in, places and colours out.

Belongs here: scales, paths and colours, as pure functions. Does not belong here: what is shown
(`quality.report.figures`) or the page around it (`templates/`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

WIDTH, HEIGHT = 960, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 170, 16, 34
_LABEL_GAP = 16

# Dark enough for text and lines on white (contrast 4.5 or more), told apart without colour vision
# by the dashes beside them.
_INKS = ("#0b5d66", "#8a3b12", "#4b3f8f", "#2f6b1f", "#8a1c5a", "#444444")
_DASHES = ("", "7 4", "2 4", "10 3 2 3", "4 4", "1 3")

# From pale to deep: equal steps of lightness, so that it also reads in grey print.
_PALE, _DEEP = (238, 244, 241), (15, 92, 92)
# Where black and white numbers are equally easy to read (contrast above 4.5 on either side).
_WHITE_FROM = 0.769


@dataclass(frozen=True)
class Point:
    """A month of a line: where it is drawn, and what it says."""

    x: float
    y: float
    month: str
    score: float


@dataclass(frozen=True)
class Line:
    """A government's line: its unbroken stretches, its colour, and where its label stands."""

    government_code: str
    ink: str
    dash: str
    stretches: tuple[tuple[Point, ...], ...]
    label_y: float


@dataclass(frozen=True)
class Chart:
    """A line chart in a box of WIDTH by HEIGHT."""

    lines: tuple[Line, ...]
    grid: tuple[tuple[float, int], ...]
    months: tuple[tuple[float, str], ...]
    left: float = _LEFT
    right: float = WIDTH - _RIGHT
    bottom: float = HEIGHT - _BOTTOM


def shade(score: float) -> tuple[str, str]:
    """The colours of a cell's ground and of the number on it, for a score of 0 to 100."""
    share = min(max((score - 40) / 60, 0), 1)  # scores below 40 are rare; spread the rest
    ground = [round(pale + (deep - pale) * share) for pale, deep in zip(_PALE, _DEEP, strict=True)]
    return "#{:02x}{:02x}{:02x}".format(*ground), "#ffffff" if share > _WHITE_FROM else "#000000"


def discipline_chart(series: Sequence[dict[str, Any]]) -> Chart | None:
    """Place every government's scores by month; None if there is no score at all."""
    months = sorted({month for line in series for month in line["months"]})
    scores = [score for line in series for score in line["scores"] if score is not None]
    if not scores:
        return None
    floor = min(int(math.floor(min(scores) / 10) * 10), 90)
    step = (WIDTH - _LEFT - _RIGHT) / max(len(months) - 1, 1)
    at = {month: _LEFT + index * step for index, month in enumerate(months)}
    lines = [_line(index, line, at, floor) for index, line in enumerate(series)]
    every = max(1, math.ceil(len(months) / 12))
    return Chart(
        lines=_spread([line for line in lines if line.stretches]),
        grid=tuple((_height(value, floor), value) for value in _ticks(floor)),
        months=tuple((at[month], month) for month in months[::every]),
    )


def by_month(series: Sequence[dict[str, Any]]) -> list[tuple[str, list[float | None]]]:
    """The same scores as a table: a row per month, a column per government."""
    scores = [dict(zip(line["months"], line["scores"], strict=True)) for line in series]
    months = sorted({month for line in scores for month in line})
    return [(month, [line.get(month) for line in scores]) for month in months]


def _ticks(floor: int) -> range:
    return range(floor, 101, 5 if floor >= 80 else 10 if floor >= 40 else 20)


def _height(score: float, floor: int) -> float:
    return round(_TOP + (HEIGHT - _TOP - _BOTTOM) * (100 - score) / (100 - floor), 1)


def _line(index: int, line: dict[str, Any], at: dict[str, float], floor: int) -> Line:
    pairs = list(zip(line["months"], line["scores"], strict=True))
    stretches = tuple(
        tuple(Point(round(at[m], 1), _height(score, floor), m, score) for m, score in stretch)
        for known, stretch in groupby(pairs, lambda pair: pair[1] is not None)
        if known
    )
    style = index % len(_INKS)
    label_y = stretches[-1][-1].y if stretches else 0.0
    return Line(line["government_code"], _INKS[style], _DASHES[style], stretches, label_y)


def _spread(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Move labels apart that would lie on each other."""
    placed: list[Line] = []
    for line in sorted(lines, key=lambda line: line.label_y):
        lowest = placed[-1].label_y + _LABEL_GAP if placed else line.label_y
        moved = max(line.label_y, lowest)
        placed.append(Line(line.government_code, line.ink, line.dash, line.stretches, moved))
    return tuple(placed)
