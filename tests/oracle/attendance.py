"""Attendance: what each employee was due on a day, and what the punches and leave say of it.

From punches, rosters, leave and rules to one `EmployeeDay` per person and scheduled day. Whether
an office's file is missing is decided in `evidence.py`; sums and scores are `discipline.py`'s.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from tests.oracle.people import People, Service
from tests.oracle.records import Inputs, Leave, Punch
from tests.oracle.rules import Rules

ONE_DAY = timedelta(days=1)
_AROUND_A_NIGHT_SHIFT = timedelta(hours=4)
_PART_TIME = "PPPK_PARUH_WAKTU"


@dataclass(frozen=True)
class Shift:
    """The scheduled time of one day; a night shift ends on the next day."""

    start: datetime
    end: datetime

    @property
    def middle(self) -> datetime:
        """Half-way from start to end."""
        return self.start + (self.end - self.start) / 2

    @property
    def is_over_midnight(self) -> bool:
        """Whether it ends on the day after it began."""
        return self.end.date() > self.start.date()

    def middle_to(self, later: Shift) -> datetime:
        """Half-way from the end of this shift to the start of a later one."""
        return self.end + (later.start - self.end) / 2

    def owns(
        self, moment: datetime, before: Shift | None = None, after: Shift | None = None
    ) -> bool:
        """For a shift over midnight: whether the punch lies within four hours around it.

        A punch belongs to one shift: between two over midnight that lie closer together than
        eight hours, `before` and `after` this one, the middle is the border.
        """
        around = _AROUND_A_NIGHT_SHIFT
        if not self.is_over_midnight or not self.start - around <= moment <= self.end + around:
            return False
        if before is not None and moment < before.middle_to(self):
            return False
        return after is None or moment < self.middle_to(after)


@dataclass(frozen=True)
class Minutes:
    """What a day with punches costs."""

    late: int
    early: int
    imputed: int


@dataclass(frozen=True)
class Duty:
    """A scheduled day of a person: the shift, the punches that are its own, the leave."""

    who: Service
    day: date
    shift: Shift
    punches: tuple[datetime, ...]
    leave: tuple[str, ...]
    """How each leave record of that day counts."""

    @property
    def is_excused(self) -> bool:
        """Whether a leave record of the day excuses it."""
        return "excused" in self.leave

    @property
    def status(self) -> str:
        """excused, present or unexcused, if the day is recorded."""
        if self.is_excused:
            return "excused"
        return "present" if "present" in self.leave or self.punches else "unexcused"


@dataclass(frozen=True)
class EmployeeDay:
    """A scheduled day of a person as it counts."""

    nip: str
    date: date
    unit_code: str
    opd_code: str
    day_status: str
    first_punch: datetime | None = None
    last_punch: datetime | None = None
    late_minutes: int = 0
    early_leave_minutes: int = 0
    imputed_minutes: int = 0


def shift_between(day: date, start: time, end: time) -> Shift:
    """The shift of a day from its clock times; an end not after the start is on the next day."""
    begins = datetime.combine(day, start)
    ends = datetime.combine(day if end > start else day + ONE_DAY, end)
    return Shift(begins, ends)


def without_repeats(
    punches: Iterable[datetime], repeat_minutes: Callable[[date], float]
) -> list[datetime]:
    """Drop each punch less than so many minutes of its day after the one kept before it."""
    kept: list[datetime] = []
    for punch in sorted(punches):
        repeat = timedelta(minutes=repeat_minutes(punch.date()))
        if not kept or punch - kept[-1] >= repeat:
            kept.append(punch)
    return kept


def cost(
    shift: Shift, punches: tuple[datetime, ...], *, missing_side: int, day_minutes: int
) -> Minutes:
    """Late and early minutes of a day with at least one punch, capped, early cut first."""
    late = max(0, (punches[0] - shift.start) // timedelta(minutes=1))
    early = max(0, (shift.end - punches[-1]) // timedelta(minutes=1))
    imputed_side = None
    if len(punches) == 1:
        imputed_side = "early" if punches[0] < shift.middle else "late"
        late = missing_side if imputed_side == "late" else late
        early = missing_side if imputed_side == "early" else early
    late = min(late, day_minutes)
    early = min(early, day_minutes - late)
    return Minutes(late, early, {"late": late, "early": early, None: 0}[imputed_side])


class Calendar:
    """Who is due when: rosters, working hours, days off, Ramadan."""

    def __init__(self, inputs: Inputs, rules: Rules) -> None:
        """Take rosters of the inputs and the rules."""
        self._government = inputs.government_code
        self._rules = rules
        self._rosters = {(row.nip, row.date): row for row in inputs.rosters}

    def period(self, day: date) -> str:
        """`ramadan` or `ordinary`."""
        fasting = (
            row["first_day"] <= day <= row["last_day"]  # type: ignore[operator]
            for row in self._rules.all("ramadan", self._government, day)
        )
        return "ramadan" if any(fasting) else "ordinary"

    def is_day_off(self, day: date) -> bool:
        """Whether the day is a holiday, joint leave or local day off."""
        return self._rules.one("days_off", self._government, day, day) is not None

    def shift(self, who: Service, day: date) -> Shift | None:
        """The scheduled time of a person on a day, `None` if not scheduled."""
        roster = self._rosters.get((who.nip, day))
        if roster is not None:
            if roster.start_time is None or roster.end_time is None:
                return None
            return shift_between(day, roster.start_time, roster.end_time)
        if self.is_day_off(day):
            return None
        period = self.period(day)
        own_type_only = who.employee_type == _PART_TIME
        for unit in (who.unit_code, who.opd_code, None):
            for kind in (who.employee_type,) if own_type_only else (who.employee_type, None):
                key = (unit, kind, float(day.isoweekday()), period)
                row = self._rules.one("working_hours", self._government, day, *key)
                if row is not None:
                    start, end = row["start_time"], row["end_time"]
                    if isinstance(start, time) and isinstance(end, time):
                        return shift_between(day, start, end)
                    return None
        return None


class Attendance:
    """All duties of one government."""

    def __init__(self, inputs: Inputs, people: People, rules: Rules) -> None:
        """Resolve punches to people and leave to how it counts."""
        self.government = inputs.government_code
        self.people = people
        self.rules = rules
        self.calendar = Calendar(inputs, rules)
        self.punches = self._punches_by_nip(inputs.attendance)
        self._leave: dict[str, list[Leave]] = defaultdict(list)
        for row in inputs.leave:
            self._leave[row.nip].append(row)

    def _punches_by_nip(self, rows: Iterable[Punch]) -> dict[str, list[datetime]]:
        """Punches of known people, repeats dropped."""
        written: dict[str, set[datetime]] = defaultdict(set)
        for row in rows:
            nip = row.nip or self.people.owner(row.pin or "", row.device_id, row.timestamp.date())
            if nip is not None and self.people.is_known(nip):
                written[nip].add(row.timestamp)
        return {
            nip: without_repeats(
                moments, lambda day: self.rules.value(self.government, day, "repeat_minutes")
            )
            for nip, moments in written.items()
        }

    def months(self) -> list[date]:
        """The months from that of the government's first punch to that of its last."""
        moments = [moment for own in self.punches.values() for moment in own]
        if not moments:
            return []
        month, last = min(moments).date().replace(day=1), max(moments).date()
        found = []
        while month <= last:
            found.append(month)
            month = (month + timedelta(days=31)).replace(day=1)
        return found

    def leave_on(self, nip: str, day: date) -> tuple[str, ...]:
        """How each leave record of a person's day counts; a type that no rule knows waits."""
        found = []
        for row in self._leave.get(nip, []):
            if row.date_from <= day <= row.date_to:
                rule = self.rules.one("leave_types", self.government, day, row.leave_type)
                if rule is not None:
                    found.append(str(rule["counts_as"]))
        return tuple(found)

    def shift_on(self, nip: str, day: date) -> Shift | None:
        """The shift of a person in service that day."""
        who = self.people.on(nip, day)
        return None if who is None else self.calendar.shift(who, day)

    def duty(self, nip: str, day: date) -> Duty | None:
        """The scheduled day of a person, `None` if not in service or not scheduled."""
        who = self.people.on(nip, day)
        shift = None if who is None else self.calendar.shift(who, day)
        if who is None or shift is None:
            return None
        return Duty(who, day, shift, self._own_punches(nip, day, shift), self.leave_on(nip, day))

    def _own_punches(self, nip: str, day: date, shift: Shift) -> tuple[datetime, ...]:
        """Punches of the day: of a night shift those around it, else of the date but no night's."""
        near = self._between(nip, day - ONE_DAY, day + 3 * ONE_DAY)
        if shift.is_over_midnight:
            before, after = (self._night(nip, day + side * ONE_DAY) for side in (-1, 1))
            return tuple(moment for moment in near if shift.owns(moment, before, after))
        nights = [self._night(nip, day + side * ONE_DAY) for side in (-1, 1)]
        return tuple(
            moment
            for moment in near
            if moment.date() == day
            and not any(night is not None and night.owns(moment) for night in nights)
        )

    def _night(self, nip: str, day: date) -> Shift | None:
        """The shift that begins on a day, if it goes over midnight."""
        shift = self.shift_on(nip, day)
        return shift if shift is not None and shift.is_over_midnight else None

    def _between(self, nip: str, first: date, before: date) -> list[datetime]:
        own = self.punches.get(nip, [])
        low = bisect_left(own, datetime.combine(first, time()))
        return own[low : bisect_left(own, datetime.combine(before, time()))]

    def employee_day(self, duty: Duty, *, is_recorded: bool) -> EmployeeDay:
        """The duty as it counts."""
        who = duty.who
        status = duty.status if is_recorded else "unrecorded"
        plain = EmployeeDay(who.nip, duty.day, who.unit_code, who.opd_code, status)
        if duty.status != "present" or "present" in duty.leave or not duty.punches:
            return plain
        if not is_recorded:
            # A decision says that the day does not count: what was punched is still shown.
            return replace(plain, first_punch=duty.punches[0], last_punch=duty.punches[-1])
        minutes = cost(
            duty.shift,
            duty.punches,
            missing_side=int(self.rules.value(self.government, duty.day, "missing_side_minutes")),
            day_minutes=int(self.rules.value(self.government, duty.day, "day_minutes")),
        )
        return EmployeeDay(
            who.nip, duty.day, who.unit_code, who.opd_code, status,
            duty.punches[0], duty.punches[-1], minutes.late, minutes.early, minutes.imputed,
        )  # fmt: skip
