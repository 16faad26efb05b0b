"""What the whole of a column tells about its cells that can be read two ways.

Belongs here: the style of a column. Does not belong here: what settles it
(`ingest.recognising.styles`), or how a cell is then read (the other modules of this package).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ingest.reading.cells import EPOCH


@dataclass(frozen=True)
class Style:
    """How the cells of a column are to be read.

    ``day_first`` and ``decimal`` (a comma or a point) are None where nothing settles them;
    ``mixed_decimals`` where the column uses both. ``swapped`` marks a column of which a spreadsheet
    took the early days of each month for dates of the other order. ``rounded`` are the numbers (32,
    10) of which an employee number of the column can't be a multiple, since part of it went through
    floats. ``epoch`` is day 0 of the serial numbers. ``reason`` says what settled the order or the
    decimal sign, as `notes.yml` lists it; empty where nothing had to be settled. ``rows`` are the
    numbers of two rows that contradict each other, or empty.
    """

    day_first: bool | None = None
    decimal: str | None = None
    mixed_decimals: bool = False
    swapped: bool = False
    rounded: tuple[int, ...] = ()
    epoch: str = EPOCH
    reason: str = ""
    rows: tuple[int, ...] = ()


@dataclass(frozen=True)
class Span:
    """The days that the dates of a column can be, as far as is known before the file is read.

    No date lies outside ``first`` … ``last``; most lie in ``likely`` (its two ends, the last one
    open if None), where that is known. ``ascending`` says that the rows stand in order of time.
    """

    first: date = date.min
    last: date = date.max
    likely: tuple[date, date | None] | None = None
    ascending: bool = False
