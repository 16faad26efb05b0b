"""Small governments with every kind of mess, written as the files that they would send.

Belongs here: chance. A world is a seed: the same seed writes the same files. No truth is kept
beside them: what the files mean is for the oracle and the models to say, each for itself.
Surveys, IP-ASN and official figures are written by `papers.py`.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

from tests.measures.papers import write_papers

FIRST, LAST = date(2026, 2, 9), date(2026, 3, 20)
"""The days with attendance: before, in and after the beginning of Ramadan 2026."""
_FIRST_TIME = 1_773_000_000
_TYPES = ("PNS", "PNS", "PNS", "CPNS", "PPPK", "PPPK_PARUH_WAKTU", "NON_ASN")
_LEAVE = ("Cuti Tahunan", "Sakit", "Dinas Luar", "Alpa", "Tugas Belajar", "Hal lain")
_RULE_COLUMNS = {
    "governments": ("code_system", "name", "level", "time_zone"),
    "disclosure": ("family", "k", "valid_from"),
    "attendance_rules": ("rule_code", "value", "valid_from"),
    "working_hours": (
        "unit_code", "employee_type", "weekday", "period", "start_time", "end_time",
        "break_minutes", "valid_from",
    ),
    "evidence": ("unit_code", "date_from", "date_to", "recorded", "reason", "decided_by"),
    "days_off": ("date", "kind", "name"),
    "survey_waves": ("wave", "start_date", "end_date", "eligible_types"),
    "score_weights": ("component", "weight", "max_age", "valid_from"),
    "targets": ("unit_code", "measure", "year", "value", "valid_from"),
}  # fmt: skip


@dataclass
class Person:
    """Somebody, and the spell with which the world began for them."""

    nip: str
    pin: str
    unit: str
    kind: str
    position: str


@dataclass
class World:
    """One government: its chance, its files so far, its units and people."""

    code: str
    chance: Random
    landing: Path
    units: dict[str, str] = field(default_factory=dict)
    """The OPD of each unit."""
    people: list[Person] = field(default_factory=list)
    rules: dict[str, list[Sequence[object]]] = field(default_factory=dict)
    files: int = 0

    def happens(self, share: float) -> bool:
        """Whether something that is so likely happens."""
        return self.chance.random() < share

    def put(self, place: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Write a canonical table, a minute younger than the file before."""
        path = self._next(place, "csv")
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            writer.writerows(rows)
        self._date(path)

    def put_lines(self, place: str, lines: Iterable[str]) -> None:
        """Write a file as a device does."""
        path = self._next(place, "dat")
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        self._date(path)

    def _next(self, place: str, kind: str) -> Path:
        self.files += 1
        path = self.landing / self.code / place / f"berkas_{self.files}.{kind}"
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def _date(self, path: Path) -> None:
        os.utime(path, (_FIRST_TIME + 60 * self.files,) * 2)

    def rule(self, name: str, *cells: object) -> None:
        """Add a row to the region's own rules."""
        self.rules.setdefault(name, []).append(cells)

    def day(self, first: date = FIRST, last: date = LAST) -> date:
        """Some day of the span."""
        return first + timedelta(days=self.chance.randint(0, (last - first).days))


def write_worlds(root: Path, seeds: Sequence[int]) -> dict[str, int]:
    """Write a home's landing and config; returns the seed of each government."""
    worlds = []
    for number, seed in enumerate(seeds):
        code = f"{40 + number // 100}.{number % 100:02d}"
        world = World(code, Random(seed), root / "landing")
        write_world(world)
        worlds.append(world)
    write_rules(root / "config", worlds)
    return {world.code: seed for world, seed in zip(worlds, seeds, strict=True)}


def write_rules(config: Path, worlds: Sequence[World]) -> None:
    """Write the own rules of all worlds, one file per rule."""
    for name, columns in _RULE_COLUMNS.items():
        with (config / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([*columns, "government_code", "source", "trust"])
            for world in worlds:
                for cells in world.rules.get(name, []):
                    writer.writerow([*cells, world.code, "a decision of the world", "D"])


def write_world(world: World) -> None:
    """Write everything that one government sends and decides."""
    zone = world.chance.choice(("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"))
    world.rule("governments", "Made up", f"Kota {world.code}", "city", zone)
    _units(world)
    _people(world)
    _decisions(world)
    schedule = _rosters(world)
    _leave(world)
    _events(world)
    _attendance(world, schedule)
    write_papers(world)


def _units(world: World) -> None:
    """OPDs with units below them; one OPD is merged into another, one unit moves."""
    header = (
        "unit_code", "unit_name", "unit_type", "parent_unit_code", "successor_unit_code",
        "valid_from", "valid_to",
    )  # fmt: skip
    opds = [f"D{number}" for number in range(world.chance.randint(3, 6))]
    rows: list[list[object]] = []
    for opd in opds:
        world.units[opd] = opd
        rows.append([opd, f"Dinas {opd}", "dinas", "", "", "", ""])
        for below in range(world.chance.randint(0, 2)):
            unit = f"{opd}U{below}"
            world.units[unit] = opd
            rows.append([unit, f"Bidang {unit}", "bidang", opd, "", "", ""])
    if world.happens(0.6):
        merged, ends = rows[-1], world.day()
        merged[4], merged[6] = opds[0], ends
        if merged[0] != opds[0] and world.happens(0.5):
            after = ends + timedelta(days=world.chance.choice((1, 5)))
            rows.append([merged[0], "Dinas Baru", "dinas", "", "", after, ""])
    if world.happens(0.4):
        moves = world.day()
        rows[0][6] = moves
        rows.append([rows[0][0], "Dinas Pindah", "dinas", "", "", moves + timedelta(days=1), ""])
    world.put("units", header, rows)
    if world.happens(0.5):
        renamed = list(world.chance.choice(rows))
        renamed[1] = f"{renamed[1]} Baru"
        world.put("units", header, [renamed])


def _people(world: World) -> None:
    """Spells with moves, overlaps, ends and units that nobody knows; PINs, some of them late."""
    spells: list[Sequence[object]] = []
    pins: list[Sequence[object]] = []
    number = 0
    for unit in world.units:
        for _ in range(world.chance.choice((0, 1, 2, 4, 5, 6, 9, 12))):
            number += 1
            born = date(1970, 1, 1) + timedelta(days=37 * number)
            appointed = "202121" if world.happens(0.2) else f"2015{world.chance.randint(1, 12):02d}"
            nip = f"{born:%Y%m%d}{appointed}{world.chance.randint(1, 2)}{number:03d}"
            kind = world.chance.choice(_TYPES)
            position = world.chance.choice(("structural", "functional", "pelaksana", ""))
            person = Person(nip, str(number), unit, kind, position)
            world.people.append(person)
            spells += _spells(world, person)
            pins += _pins(world, person)
    header = ("nip", "unit_code", "employee_type", "position_type", "valid_from", "valid_to")
    world.put("employees", header, spells)
    world.put("devices", ("device_id", "pin", "nip", "valid_from", "valid_to"), pins)


def _spells(world: World, person: Person) -> list[Sequence[object]]:
    began = "2015-01-01" if world.happens(0.7) else world.day()
    ended = world.day() if world.happens(0.15) else ""
    if ended and isinstance(began, date) and ended < began:
        ended = ""
    found = [(person.nip, person.unit, person.kind, person.position, began, ended)]
    if world.happens(0.2):
        other = world.chance.choice([*world.units, "tidak dikenal"])
        first = world.day(FIRST + timedelta(days=1))
        last = first + timedelta(days=world.chance.randint(0, 20)) if world.happens(0.5) else ""
        kind = world.chance.choice(_TYPES)
        if first != began:
            found.append((person.nip, other, kind, person.position, first, last))
    return found


def _pins(world: World, person: Person) -> list[Sequence[object]]:
    if world.happens(0.15):
        return []
    device = world.chance.choice(("", "", "1", "2"))
    first = world.day() if world.happens(0.2) else ""
    found = [(device, person.pin, person.nip, first, "")]
    if world.happens(0.1):
        substitute = world.chance.choice(world.people).nip
        begins = world.day(FIRST + timedelta(days=1))
        if begins != first:
            found.append((device, person.pin, substitute, begins, begins + timedelta(days=9)))
    return found


def _decisions(world: World) -> None:
    """The region's own rules, some of them from some day on."""
    _attendance_rules(world)
    chance = world.chance
    for family in ("survey", "discipline", "ip_asn"):
        world.rule("disclosure", family, chance.choice((5, 5, 7, 10)), "")
    unit = chance.choice(list(world.units))
    for weekday in (5, 6):
        kind = chance.choice(("", "PNS"))
        world.rule("working_hours", unit, kind, weekday, "ordinary", "08:00", "12:30", 30, "")
    for weekday in range(1, 6):
        hours = ("08:00", "11:00", 0, "2023-01-01")
        world.rule("working_hours", chance.choice(("", unit)), "PPPK_PARUH_WAKTU", weekday,
                   "ordinary", *hours)  # fmt: skip
    if world.happens(0.5):
        first = world.day()
        world.rule("evidence", chance.choice(["", *world.units]), first, first + timedelta(days=3),
                   chance.choice(("true", "false")), "mesin rusak", "BKPSDM")  # fmt: skip
    world.rule("days_off", world.day(), "local", "hari jadi")
    if world.happens(0.4):
        world.rule("targets", chance.choice(list(world.units)), "culture_score", 2026, 66, "")
    if world.happens(0.4):
        begins = world.day()
        for component, weight, age in (
            ("survey", 0.4, 400), ("discipline", 0.4, 0), ("ip_asn", 0.2, 2),
        ):  # fmt: skip
            world.rule("score_weights", component, weight, age, begins)


def _attendance_rules(world: World) -> None:
    """Tariffs of attendance that change on some day, and how much of it must be recorded."""
    if world.happens(0.7):
        world.rule("attendance_rules", "min_coverage", 0.2, "")
    if world.happens(0.5):
        world.rule("attendance_rules", "min_evidence", world.chance.choice((0.3, 0.5)), world.day())
    if world.happens(0.3):
        world.rule("attendance_rules", "missing_side_minutes", 200, world.day())
    if world.happens(0.3):
        world.rule("attendance_rules", "repeat_minutes", 30, world.day())


def _rosters(world: World) -> dict[tuple[str, date], tuple[str, str]]:
    """Shifts of some people, nights too, days off and Sundays."""
    rows: list[Sequence[object]] = []
    found: dict[tuple[str, date], tuple[str, str]] = {}
    shifts = (("", ""), ("07:00", "14:00"), ("14:00", "21:00"), ("21:00", "07:00"),
              ("20:00", "08:00"), ("08:00", "08:00"))  # fmt: skip
    for person in world.people:
        if not world.happens(0.15):
            continue
        first = world.day()
        for after in range(world.chance.randint(1, 15)):
            shift = world.chance.choice(shifts)
            day = first + timedelta(days=after)
            rows.append((person.nip, day, *shift))
            found[person.nip, day] = shift
    world.put("rosters", ("nip", "date", "start_time", "end_time"), rows)
    return found


def _leave(world: World) -> None:
    rows: dict[tuple[str, date], Sequence[object]] = {}
    for _ in range(len(world.people)):
        person, first = world.chance.choice(world.people), world.day()
        last = first + timedelta(days=world.chance.choice((0, 0, 1, 3, 12)))
        rows[person.nip, first] = (person.nip, first, last, world.chance.choice(_LEAVE))
    world.put("leave", ("nip", "date_from", "date_to", "leave_type"), rows.values())


def _events(world: World) -> None:
    """Apel of all and of one unit, and a meeting that counts for nothing."""
    rows = []
    without_list = world.chance.choice(list(world.units.values()))
    for _ in range(world.chance.randint(0, 4)):
        day, kind = world.day(), world.chance.choice(("apel", "apel_17", "rapat"))
        scope = world.chance.choice(["", "", "", *world.units])
        rows += [
            (day, kind, scope, person.nip)
            for person in world.people
            if world.units[person.unit] != without_list and world.happens(0.7)
        ]
    world.put("events", ("event_date", "event_type", "scope_unit_code", "nip"), rows)


def _attendance(world: World, schedule: Mapping[tuple[str, date], tuple[str, str]]) -> None:
    """Punches by NIP and by PIN; a unit's file is missing for a week, devices sent twice."""
    by_nip: list[Sequence[object]] = []
    by_pin: list[tuple[datetime, str, str]] = []
    lost_unit, lost_from = world.chance.choice(list(world.units)), world.day()
    newest = LAST - timedelta(days=world.chance.randint(0, 9))
    for person in world.people:
        writes_pin, device = world.happens(0.5), world.chance.choice("12")
        diligence = world.chance.choice((0.98, 0.9, 0.6, 0.1))
        for number in range((newest - FIRST).days + 1):
            day = FIRST + timedelta(days=number)
            if person.unit == lost_unit and 0 <= (day - lost_from).days < 7:
                continue
            for moment in _punches(world, day, schedule.get((person.nip, day)), diligence):
                if day == newest and moment.hour > 12:
                    continue
                if writes_pin:
                    by_pin.append((moment, person.pin, device))
                else:
                    by_nip.append((person.nip, moment, device))
    world.put("attendance", ("nip", "timestamp", "device_id"), by_nip)
    lines = [f"{pin:>9}\t{moment}\t{device}\t0\t1\t0" for moment, pin, device in sorted(by_pin)]
    world.put_lines("attendance", ["9\t2000-01-01 00:00:00\t1\t0\t1\t0", *lines])
    if world.happens(0.5):
        world.put_lines("attendance", lines[len(lines) // 2 :])


def _punches(
    world: World, day: date, shift: tuple[str, str] | None, diligence: float
) -> list[datetime]:
    """The punches of one person that belong to a day, some of them doubled, some missing."""
    chance = world.chance
    start, end = shift or ("07:30", "16:00")
    if not start or day.weekday() >= 5:
        start, end, diligence = "09:00", "11:00", 0.1
    if not world.happens(diligence):
        return []
    begins = datetime.combine(day, datetime.strptime(start, "%H:%M").time())
    ends = datetime.combine(day, datetime.strptime(end, "%H:%M").time())
    if ends <= begins:
        ends += timedelta(days=1)
    found = [
        begins + timedelta(minutes=chance.choice((-300, -20, -5, 0, 1, 15, 120)), seconds=59),
        ends + timedelta(minutes=chance.choice((-200, -30, -1, 0, 2, 60, 250))),
    ]
    if world.happens(0.15):
        found.pop(chance.randint(0, 1))
    if world.happens(0.2):
        seconds = chance.choice((0, 5, 299, 300, 1500))
        found.append(found[0] + timedelta(seconds=seconds))
    return found
