"""Evidence: a missing file is not an absent office.

Decides for each scheduled day whether it was recorded. Contract section 4, "Evidence".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from tests.oracle.attendance import Attendance, Duty
from tests.oracle.rules import Rule

_FEWEST_OF_A_UNIT = 5


@dataclass
class _Group:
    """The scheduled, not excused employees of a unit or OPD on one day."""

    expected: int = 0
    with_punch: int = 0
    reaches_middle: bool = False

    def add(self, duty: Duty) -> None:
        """Count one employee's day."""
        self.expected += 1
        self.with_punch += bool(duty.punches)
        self.reaches_middle |= any(moment >= duty.shift.middle for moment in duty.punches)


class Evidence:
    """What the duties of one government say about which files have come."""

    def __init__(self, attendance: Attendance, duties: Iterable[Duty], as_of: date) -> None:
        """Count punches by unit, OPD and day."""
        self._attendance = attendance
        self._as_of = as_of
        self._groups: dict[tuple[str, str, date], _Group] = defaultdict(_Group)
        self._newest: dict[tuple[str, str], date] = {}
        for duty in duties:
            if not duty.is_excused:
                self._count(duty)

    def _count(self, duty: Duty) -> None:
        for group in (("unit", duty.who.unit_code), ("opd", duty.who.opd_code)):
            self._groups[*group, duty.day].add(duty)
            if duty.punches:
                self._newest[group] = max(duty.day, self._newest.get(group, duty.day))

    def is_recorded(self, duty: Duty) -> bool:
        """Whether the day counts."""
        if duty.day > self._as_of:
            return False
        decision = self._decision(duty)
        if decision is not None:
            return bool(decision["recorded"])
        if duty.punches or duty.leave:
            return True
        nip = duty.who.nip
        enrolled = self._attendance.people.has_pin(nip, duty.day) or nip in self._attendance.punches
        return enrolled and self._others_speak(duty)

    def _decision(self, duty: Duty) -> Rule | None:
        """The row of the rule `evidence` for the unit, else its OPD, else the government."""
        attendance = self._attendance
        rows = [
            row
            for row in attendance.rules.all("evidence", attendance.government, duty.day)
            if row["date_from"] <= duty.day <= row["date_to"]  # type: ignore[operator]
        ]
        for unit in (duty.who.unit_code, duty.who.opd_code, None):
            own = [row for row in rows if row["unit_code"] == unit]
            if own:
                return max(own, key=lambda row: str(row["date_from"]))
        return None

    def _others_speak(self, duty: Duty) -> bool:
        """Whether enough colleagues punched, and on the newest day late enough."""
        group = ("unit", duty.who.unit_code)
        if self._groups[*group, duty.day].expected < _FEWEST_OF_A_UNIT:
            group = ("opd", duty.who.opd_code)
        found = self._groups[*group, duty.day]
        rules, government = self._attendance.rules, self._attendance.government
        if not found.expected or not found.with_punch:
            return False
        if found.with_punch / found.expected < rules.value(government, duty.day, "min_evidence"):
            return False
        return duty.day != self._newest[group] or found.reaches_middle
