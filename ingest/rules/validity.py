"""Validity over time: which row holds on which day.

Belongs here: the arithmetic of intervals of whole days, both ends included. It is pure and knows no
rule, file or database. Does not belong here: what makes two rows compete
(`ingest.rules.resolving`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Generic, TypeVar

# What an open end stands for, in the warehouse too.
FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(9999, 12, 31)
ONE_DAY = timedelta(days=1)

T = TypeVar("T")


@dataclass(frozen=True)
class Spell(Generic[T]):
    """Something that holds from one day to another, both included."""

    first: date
    last: date
    what: T


def overlaps(spells: Iterable[Spell[T]]) -> Iterator[tuple[Spell[T], Spell[T]]]:
    """Yield each spell that begins before an earlier one has ended, after that earlier one."""
    reaching: Spell[T] | None = None
    for spell in _by_first(spells):
        if reaching is not None and spell.first <= reaching.last:
            yield reaching, spell
        if reaching is None or spell.last > reaching.last:
            reaching = spell


def gaps(spells: Iterable[Spell[T]]) -> Iterator[tuple[Spell[T], Spell[T]]]:
    """Yield each pair of spells with a day between them on which none holds."""
    reaching: Spell[T] | None = None
    for spell in _by_first(spells):
        if reaching is not None and spell.first - reaching.last > ONE_DAY:
            yield reaching, spell
        if reaching is None or spell.last > reaching.last:
            reaching = spell


def layered(layers: Sequence[Iterable[Spell[T]]]) -> list[Spell[T]]:
    """Lay the layers over each other: on each day the first layer that has a spell wins.

    A spell of a later layer keeps only the days that no earlier layer covers, so it may come
    back shortened, in several pieces or not at all. Within a layer no two spells may overlap.

    Returns:
        Spells that do not overlap, in order of time.
    """
    kept: list[Spell[T]] = []
    for layer in layers:
        # Cut against the earlier layers only: `kept` must not grow while this layer is cut.
        kept += [piece for spell in layer for piece in _outside(spell, tuple(kept))]
    return _by_first(kept)


def _outside(spell: Spell[T], covers: Iterable[Spell[T]]) -> list[Spell[T]]:
    """Return the parts of ``spell`` on days that no one of ``covers`` holds."""
    pieces: list[Spell[T]] = []
    first = spell.first
    for cover in _by_first(covers):
        if cover.last < first or cover.first > spell.last:
            continue
        if cover.first > first:
            pieces.append(replace(spell, first=first, last=cover.first - ONE_DAY))
        if cover.last >= spell.last:
            return pieces
        first = cover.last + ONE_DAY
    return [*pieces, replace(spell, first=first)]


def _by_first(spells: Iterable[Spell[T]]) -> list[Spell[T]]:
    return sorted(spells, key=lambda spell: (spell.first, spell.last))
