"""People and units over time: the tree of units, spells of service, and owners of PINs.

Answers "which OPD is this unit's on that day" and "where did this person serve on that day"; what
they did there belongs to the other modules.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TypeVar

from tests.oracle.records import Device, Inputs, Spell, Unit, Validity

Row = TypeVar("Row", bound=Validity)


def latest_covering(rows: Sequence[Row], day: date) -> Row | None:
    """Of the rows that hold on a day the one that began later."""
    return max((row for row in rows if row.covers(day)), key=lambda row: row.first, default=None)


class Units:
    """The tree of units of one government."""

    def __init__(self, rows: Sequence[Unit]) -> None:
        """Take all current rows of `units`."""
        self._rows: dict[str, list[Unit]] = defaultdict(list)
        for row in rows:
            self._rows[row.unit_code].append(row)
        self._codes_by_name: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            self._codes_by_name[row.unit_name.casefold()].add(row.unit_code)
        self.opd_on = cache(self._opd_on)

    def codes(self) -> list[str]:
        """Every unit code that is known."""
        return sorted(self._rows)

    def rows(self, code: str) -> list[Unit]:
        """All rows of a unit in order of time."""
        return sorted(self._rows.get(code, []), key=lambda row: row.first)

    def find(self, written: str) -> str | None:
        """The unit meant by a code or a name; `None` if unknown or not only one."""
        if written in self._rows:
            return written
        codes = self._codes_by_name.get(written.casefold(), set())
        return next(iter(codes)) if len(codes) == 1 else None

    def chain(self, code: str, day: date) -> Iterator[str]:
        """The unit and those above it, up to the OPD; stops short where one is not known.

        Above a unit is its parent or, after it has ended, the unit that took over from it.
        """
        seen: set[str] = set()
        current: str | None = code
        while current is not None and current not in seen:
            row = latest_covering(self._rows.get(current, []), day)
            above = self._successor(current, day) if row is None else row.parent_unit_code
            if row is None and above is None:
                return
            seen.add(current)
            yield current
            current = above

    def _successor(self, code: str, day: date) -> str | None:
        """The unit that took over from one that has ended before a day."""
        ended = [row for row in self.rows(code) if row.last < day]
        return ended[-1].successor_unit_code if ended else None

    def _opd_on(self, code: str, day: date) -> str | None:
        """The OPD that a unit, or its successor, belongs to on a day; `None` without a tree."""
        chain = list(self.chain(code, day))
        if not chain:
            return None
        top = latest_covering(self._rows[chain[-1]], day)
        return chain[-1] if top is not None and top.parent_unit_code is None else None


@dataclass(frozen=True)
class Service:
    """Where a person serves on a day."""

    nip: str
    unit_code: str
    opd_code: str
    employee_type: str
    position_type: str | None


class People:
    """Spells of service and PINs of one government."""

    def __init__(self, inputs: Inputs) -> None:
        """Keep the spells whose unit is known and the devices."""
        self.units = Units(inputs.units)
        self._spells: dict[str, list[Spell]] = defaultdict(list)
        for spell in inputs.employees:
            if self.units.rows(spell.unit_code):
                self._spells[spell.nip].append(spell)
        self._devices: dict[str, list[Device]] = defaultdict(list)
        self._pins: dict[str, list[Device]] = defaultdict(list)
        for device in inputs.devices:
            self._devices[device.pin].append(device)
            self._pins[device.nip].append(device)
        self.on = cache(self._on)

    def nips(self) -> list[str]:
        """Everybody with a spell."""
        return sorted(self._spells)

    def is_known(self, nip: str) -> bool:
        """Whether the person has a spell at all."""
        return nip in self._spells

    def _on(self, nip: str, day: date) -> Service | None:
        """Where the person serves on a day; of overlapping spells the one that began later."""
        spell = latest_covering(self._spells.get(nip, []), day)
        opd = None if spell is None else self.units.opd_on(spell.unit_code, day)
        if spell is None or opd is None:
            return None
        return Service(nip, spell.unit_code, opd, spell.employee_type, spell.position_type)

    def in_service(self, day: date) -> list[Service]:
        """Everybody in service on a day."""
        return [who for nip in self.nips() if (who := self.on(nip, day)) is not None]

    def owner(self, pin: str, device_id: str | None, day: date) -> str | None:
        """The NIP behind a PIN at a device on a day; a row of the device wins over one of all."""
        rows = [row for row in self._devices.get(pin, []) if row.covers(day)]
        own = [row for row in rows if row.device_id is not None and row.device_id == device_id]
        found = latest_covering(own or [row for row in rows if row.device_id is None], day)
        return found.nip if found else None

    def has_pin(self, nip: str, day: date) -> bool:
        """Whether a PIN of the person is valid that day."""
        return any(row.covers(day) for row in self._pins.get(nip, []))
