"""The example world: governments with units, people and leave, made from one seed.

Belongs here: the world as a whole and what is drawn once for all of it. Does not belong here: the
days (`presence`), the answers (`answers`), which are drawn when asked for so that a large world
need not fit into memory, and the files (`exports`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from demo.careers import make_people
from demo.chance import stream
from demo.people import Person
from demo.places import PLACES, Place, Unit, make_units
from demo.workdays import RAMADAN, add_months

FEWEST_PEOPLE = 100
LEAVE_KINDS = (
    ("Cuti Tahunan", 0.30, 5), ("Sakit", 0.26, 3), ("Izin", 0.12, 1), ("Dinas Luar", 0.24, 4),
    ("Diklat", 0.05, 5), ("Cuti Alasan Penting", 0.02, 7), ("Cuti Melahirkan", 0.01, 90),
)  # fmt: skip
TRAVEL = frozenset({"Dinas Luar", "Diklat"})


@dataclass(frozen=True, slots=True)
class Leave:
    """A record of leave or official travel; dates included."""

    nip: str
    date_from: date
    date_to: date
    leave_type: str


@dataclass(frozen=True, slots=True)
class Wave:
    """A round of the survey; dates included."""

    name: str
    start: date
    end: date


@dataclass(frozen=True)
class Government:
    """One government with everything that is drawn once."""

    place: Place
    units: tuple[Unit, ...]
    people: tuple[Person, ...]
    leave: tuple[Leave, ...]

    def unit(self, code: str) -> Unit:
        """The unit of this code."""
        return next(unit for unit in self.units if unit.code == code)


@dataclass(frozen=True)
class World:
    """The whole example: its truth is a function of these fields and nothing else."""

    seed: int
    months: tuple[date, ...]
    governments: tuple[Government, ...]

    @property
    def last_day(self) -> date:
        """The last day on which anything happens."""
        return add_months(self.months[-1], 1) - timedelta(days=1)

    @property
    def waves(self) -> tuple[Wave, ...]:
        """The survey wave before the first month and those that end within the months."""
        year = self.months[0].year
        ends = [("S2", date(year - 1, 12, 13))]
        for later in range(year, self.months[-1].year + 1):
            ends += [("S1", date(later, 6, 20)), ("S2", date(later, 12, 13))]
        ends = [ends[0], *(e for e in ends[1:] if self.months[0] <= e[1] <= self.last_day)]
        return tuple(
            Wave(f"{end.year}-{half}", end - timedelta(days=18), end) for half, end in ends
        )

    @property
    def ip_asn_year(self) -> int:
        """The year of the IP-ASN files: the one before the first month."""
        return self.months[0].year - 1

    def government(self, code: str) -> Government:
        """The government of this code."""
        return next(g for g in self.governments if g.place.code == code)


def make_world(
    seed: int = 2025,
    employees: int = 420,
    months: int = 6,
    governments: Sequence[str] = ("82.71", "35.75"),
    first_month: date = date(2025, 1, 1),
) -> World:
    """Make a world.

    Args:
        seed: The same arguments give the same world, and the same files byte for byte.
        employees: People in service at the beginning, shared by the governments.
        months: How many months of presence, musters and rosters.
        governments: Codes out of `places.PLACES`.
        first_month: The first of a month, from 2024 to 2026.

    Raises:
        ValueError: If fewer than a hundred people fall to a government, if a government is not
            known, or if the months leave the years whose Ramadan is known.
    """
    unknown = [code for code in governments if code not in PLACES]
    if unknown or not governments:
        raise ValueError(f"governments must be some of {', '.join(PLACES)}")
    if employees // len(governments) < FEWEST_PEOPLE:
        raise ValueError(f"at least {FEWEST_PEOPLE} employees for each government")
    run = tuple(add_months(first_month, n) for n in range(months))
    if months < 1 or run[0].year - 1 not in RAMADAN or run[-1].year not in RAMADAN:
        raise ValueError(f"months must lie in {min(RAMADAN) + 1} to {max(RAMADAN)}")
    shares = np.diff(np.round(np.linspace(0, employees, len(governments) + 1)).astype(int))
    return World(
        seed,
        run,
        tuple(
            _government(seed, PLACES[code], int(share), run)
            for code, share in zip(governments, shares, strict=True)
        ),
    )


def _government(seed: int, place: Place, people: int, months: tuple[date, ...]) -> Government:
    units = make_units(place, people, add_months(months[0], 3))
    staff = make_people(seed, place, units, months[0])
    return Government(place, units, staff, _leave(seed, place, staff, months))


def _leave(
    seed: int, place: Place, people: tuple[Person, ...], months: tuple[date, ...]
) -> tuple[Leave, ...]:
    """About two records per person and year, short ones mostly; a person begins one a day."""
    records: dict[tuple[str, date], Leave] = {}
    for month in months:
        random = stream(seed, place.code, "leave", month)
        counts = random.poisson(1 / 6, len(people))
        total = int(counts.sum())
        starts = random.integers(0, (add_months(month, 1) - month).days, total)
        kinds = random.choice(len(LEAVE_KINDS), total, p=[share for _, share, _ in LEAVE_KINDS])
        lengths = random.random(total)
        owners = np.repeat(np.arange(len(people)), counts)
        for owner, start, kind, length in zip(owners, starts, kinds, lengths, strict=True):
            name, _, longest = LEAVE_KINDS[kind]
            person, first = people[owner], month + timedelta(days=int(start))
            days = longest if longest >= 90 else 1 + int(length * longest)
            if person.spell_on(first) and not _truant(person, first, days):
                last = first + timedelta(days=days - 1)
                records[person.nip, first] = Leave(person.nip, first, last, name)
    return tuple(sorted(records.values(), key=lambda leave: (leave.date_from, leave.nip)))


def _truant(person: Person, first: date, days: int) -> bool:
    if person.truancy is None:
        return False
    begun, ended = person.truancy
    return first <= ended and first + timedelta(days=days) > begun
