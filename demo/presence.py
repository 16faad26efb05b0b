"""The days: rosters, who came when, and which scans a time machine holds.

Belongs here: the truth of presence per machine and month, drawn when asked for. Does not belong
here: how machines write it down (`attlog`) and what the product makes of it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum
from functools import cache

import numpy as np
import numpy.typing as npt

from demo.chance import stream
from demo.climate import Climate, climate_of, course_of
from demo.people import Person
from demo.workdays import is_open, month_days, office_hours
from demo.world import TRAVEL, Government, Leave, World

Ints = npt.NDArray[np.int64]
MORNING, AFTERNOON, NIGHT = (450, 840), (840, 1260), (1260, 450)
SHIFTS = (MORNING, MORNING, AFTERNOON, AFTERNOON, NIGHT, NIGHT, None, None)
PART_TIME = (480, 720)
NONE = -1


class Status(IntEnum):
    """What a person's day was. OFF = not scheduled, TRAVEL = present by a leave record."""

    OFF = 0
    PRESENT = 1
    ABSENT = 2
    EXCUSED = 3
    TRAVEL = 4


@dataclass(frozen=True)
class Machine:
    """A time machine with everybody who ever punches there.

    ``members`` carry their place in the government; ``opd_of`` maps the units at this machine to
    their OPD.
    """

    number: int
    members: tuple[tuple[int, Person], ...]
    opd_of: dict[str, str]
    leave: dict[str, tuple[Leave, ...]]


@dataclass(frozen=True)
class MachineMonth:
    """The truth of one machine and month; the arrays are people × days.

    ``opd`` is the place in ``opds`` of the OPD that the person belongs to that day, -1 where they
    are not at this machine. ``start`` and ``end`` are minutes after the day's midnight, ``arrival``
    and ``departure`` seconds after it (beyond 86,400 after a night shift); -1 = not scheduled, or
    no scan.
    """

    people: tuple[Person, ...]
    days: tuple[date, ...]
    opds: tuple[str, ...]
    opd: Ints
    start: Ints
    end: Ints
    status: Ints
    arrival: Ints
    departure: Ints


@dataclass(frozen=True)
class Scans:
    """What a machine recorded, in order of time: row of the person, local time, 0 in / 1 out."""

    person: Ints
    at: npt.NDArray[np.datetime64]
    way: Ints


def roster_of(world: World, person: Person, number: int, day: date) -> tuple[int, int] | None:
    """Start and end in minutes by the roster of a shift worker or part-timer; None = off.

    ``number`` is the person's place in their government, which staggers the shifts. No night begins
    on the world's last day: its end would fall outside.
    """
    if person.duty == "part_time":
        return PART_TIME if is_open("", day) else None
    shift = SHIFTS[(day.toordinal() + number) % len(SHIFTS)]
    return None if shift == NIGHT and day == world.last_day else shift


def machines(government: Government) -> tuple[Machine, ...]:
    """The machines of a government with their people and their people's leave."""
    units = {unit.code: unit for unit in government.units}
    members: dict[int, dict[int, Person]] = defaultdict(dict)
    for number, person in enumerate(government.people):
        for spell in person.spells:
            members[units[spell.unit_code].machine][number] = person
    leave: dict[str, list[Leave]] = defaultdict(list)
    for record in government.leave:
        leave[record.nip].append(record)
    opds: dict[int, dict[str, str]] = defaultdict(dict)
    for unit in government.units:
        opds[unit.machine][unit.code] = unit.opd
    return tuple(
        Machine(
            machine,
            tuple(people.items()),
            opds[machine],
            {p.nip: tuple(leave[p.nip]) for p in people.values() if p.nip in leave},
        )
        for machine, people in sorted(members.items())
    )


def machine_month(
    world: World, government: Government, machine: Machine, month: date
) -> MachineMonth:
    """Draw the truth of one machine and month."""
    days = tuple(month_days(month))
    opds = tuple(dict.fromkeys(machine.opd_of.values()))
    shape = (len(machine.members), len(days))
    opd, start, end = (np.full(shape, NONE, np.int64) for _ in range(3))
    status = np.zeros(shape, np.int64)
    for row, (number, person) in enumerate(machine.members):
        opd[row] = _whereabouts(person, days, machine.opd_of, opds)
        start[row], end[row] = _schedule(world, government.place.code, person, number, month)
    start[opd == NONE] = NONE
    scheduled = start != NONE
    end = np.where(scheduled, np.where(end < start, end + 1440, end), NONE)
    status[scheduled] = Status.PRESENT
    climates = [climate_of(world.seed, government.place.code, code) for code in opds]
    habits = _Habits(climates, machine, month, opd)
    random = stream(world.seed, government.place.code, machine.number, month)
    status[scheduled & (random.random(shape) < habits.absent)] = Status.ABSENT
    for row, (_, person) in enumerate(machine.members):
        _set_aside(status[row], scheduled[row], person, machine.leave.get(person.nip, ()), month)
    arrival, departure = _scan_times(random, status, start, end, habits)
    people = tuple(person for _, person in machine.members)
    in_office = np.array([[person.duty == "office"] for person in people])
    _overtime(random, arrival, departure, (opd != NONE) & ~scheduled & in_office)
    return MachineMonth(people, days, opds, opd, start, end, status, arrival, departure)


def scans_of(world: World, machine: Machine, truth: MachineMonth) -> Scans:
    """What the machine's memory holds of that month, people who scan twice included."""
    random = stream(world.seed, "scans", truth.people[0].nip, machine.number, truth.days[0])
    midnight = np.array(truth.days, dtype="datetime64[s]")
    people, times, ways = [], [], []
    for way, seconds in enumerate((truth.arrival, truth.departure)):
        row, column = np.nonzero(seconds != NONE)
        people.append(row)
        times.append(midnight[column] + seconds[row, column].astype("timedelta64[s]"))
        ways.append(np.full(len(row), way))
    person, at, in_out = np.concatenate(people), np.concatenate(times), np.concatenate(ways)
    again = random.random(len(at)) < 0.08
    later = random.integers(3, 41, len(at)).astype("timedelta64[s]")
    person = np.concatenate((person, person[again]))
    at, in_out = np.concatenate((at, (at + later)[again])), np.concatenate((in_out, in_out[again]))
    order = np.argsort(at, kind="stable")
    order = order[at[order] < np.datetime64(world.last_day + timedelta(days=1), "s")]
    return Scans(person[order], at[order], in_out[order])


def attended(world: World, government: Government, machine: Machine, truth: MachineMonth,
             day: date) -> list[Person]:  # fmt: skip
    """Who of a machine's people was recorded at a muster on that day of the month."""
    random = stream(world.seed, government.place.code, machine.number, day, "muster")
    chances = [climate_of(world.seed, government.place.code, opd).muster for opd in truth.opds]
    column = truth.days.index(day)
    draws = random.random(len(truth.people))
    found = []
    for row, person in enumerate(truth.people):
        status, opd = truth.status[row, column], truth.opd[row, column]
        chance = chances[opd] if status == Status.PRESENT else 0.3 * (status == Status.OFF)
        if opd != NONE and draws[row] < chance:
            found.append(person)
    return found


class _Habits:
    """Chances per person and day of a machine's month."""

    def __init__(self, climates: list[Climate], machine: Machine, month: date, opd: Ints) -> None:
        tardiness = np.array([[person.tardiness] for _, person in machine.members])
        absence = np.array([[person.absence] for _, person in machine.members])
        course = course_of(month)
        self.late = np.array([c.late for c in climates])[opd] * tardiness * course
        self.early = np.array([c.early for c in climates])[opd] * tardiness * course
        self.absent = np.array([c.absent for c in climates])[opd] * absence * course


def _whereabouts(
    person: Person, days: tuple[date, ...], opd_of: dict[str, str], opds: tuple[str, ...]
) -> Ints:
    """The OPD of each day, as a place in ``opds``; -1 where another machine has the person."""
    where = np.full(len(days), NONE, np.int64)
    for spell in person.spells:
        first = max(0, (spell.valid_from - days[0]).days)
        last = len(days) if spell.valid_to is None else (spell.valid_to - days[0]).days + 1
        opd = opd_of.get(spell.unit_code)
        if first < len(days) and last > 0:
            where[first:last] = NONE if opd is None else opds.index(opd)
    return where


def _schedule(
    world: World, government: str, person: Person, number: int, month: date
) -> tuple[Ints, Ints]:
    """Start and end of each day of the month in minutes, -1 where the person is off."""
    if person.duty == "none":
        return _office_month("closed", month)
    if person.duty == "office":
        return _office_month(government, month)
    hours = [roster_of(world, person, number, day) or (NONE, NONE) for day in month_days(month)]
    start, end = zip(*hours, strict=True)
    return np.array(start), np.array(end)


@cache
def _office_month(government: str, month: date) -> tuple[Ints, Ints]:
    hours = [
        office_hours(day) if government != "closed" and is_open(government, day) else (NONE, NONE)
        for day in month_days(month)
    ]
    start, end = zip(*hours, strict=True)
    return np.array(start), np.array(end)


def _set_aside(
    status: Ints, scheduled: npt.NDArray[np.bool_], person: Person, leave: tuple[Leave, ...],
    month: date,
) -> None:  # fmt: skip
    """Write leave and truancy into a person's month; leave that excuses wins over travel."""
    spans = [(record.date_from, record.date_to, record.leave_type) for record in leave]
    spans.sort(key=lambda span: span[2] not in TRAVEL)
    for first, last, kind in spans:
        days = slice(max(0, (first - month).days), max(0, (last - month).days + 1))
        value = Status.TRAVEL if kind in TRAVEL else Status.EXCUSED
        status[days][scheduled[days]] = value
    if person.truancy:
        first, last = person.truancy
        days = slice(max(0, (first - month).days), max(0, (last - month).days + 1))
        status[days][scheduled[days]] = Status.ABSENT


def _scan_times(
    random: np.random.Generator, status: Ints, start: Ints, end: Ints, habits: _Habits
) -> tuple[Ints, Ints]:
    """Seconds of the first and last scan of each day; at most one of them is forgotten."""
    shape = status.shape
    before = random.uniform(60, 2100, shape)
    after = random.exponential(960, shape) + 60
    late = random.random(shape) < habits.late
    arrival = (start * 60 + np.where(late, np.minimum(after, 9000), -before)).astype(np.int64)
    early = random.random(shape) < habits.early
    before = random.exponential(1500, shape) + 60
    after = random.uniform(0, 2400, shape)
    departure = (end * 60 + np.where(early, -np.minimum(before, 6000), after)).astype(np.int64)
    forgotten = random.random(shape)
    present = status == Status.PRESENT
    arrival[~present | (forgotten < 0.015)] = NONE
    departure[~present | (forgotten > 0.985)] = NONE
    return arrival, departure


def _overtime(
    random: np.random.Generator, arrival: Ints, departure: Ints, free: npt.NDArray[np.bool_]
) -> None:
    """A few come on days off; their scans must count for nothing."""
    busy = free & (random.random(free.shape) < 0.004)
    arrival[busy] = random.integers(30600, 36000, int(busy.sum()))
    departure[busy] = random.integers(43200, 50400, int(busy.sum()))
