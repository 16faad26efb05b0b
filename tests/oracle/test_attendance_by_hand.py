"""The oracle's attendance against cases small enough to reckon by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import pytest

from tests.oracle import discipline
from tests.oracle.attendance import (
    Attendance,
    Calendar,
    EmployeeDay,
    Shift,
    cost,
    shift_between,
    without_repeats,
)
from tests.oracle.people import People, Service
from tests.oracle.records import Device, Event, Inputs, Leave, Punch, Roster, Spell, Unit
from tests.oracle.rules import Rules

GOVERNMENT = "82.71"
ORDINARY = shift_between(date(2025, 2, 3), time(7, 30), time(16, 0))


def someone(number: int) -> str:
    return f"198001012005011{number:03d}"


def at(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock))


def office(people: int, days: Sequence[date], *, absent: Sequence[int] = ()) -> Inputs:
    """One OPD with a school; everybody but the absent punches at 07:20 and 16:40."""
    inputs = Inputs(GOVERNMENT)
    inputs.units = [
        Unit(None, None, "1.01", "Dinas Pendidikan", "Dinas", None, None),
        Unit(None, None, "1.01.01", "SD Negeri 1", "Sekolah", "1.01", None),
    ]
    for number in range(people):
        nip = someone(number + 1)
        inputs.employees.append(Spell(None, None, nip, "1.01.01", "PNS", "pelaksana"))
        inputs.devices.append(Device(None, None, None, str(number), nip))
        if number not in absent:
            inputs.attendance += [
                Punch(None, "1", str(number), at(day, clock))
                for day in days
                for clock in ("07:20", "16:40")
            ]
    return inputs


def attended(inputs: Inputs, rules: Rules) -> Attendance:
    return Attendance(inputs, People(inputs), rules)


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        (date(2025, 2, 3), ("07:30", "16:00")),
        (date(2025, 2, 7), ("07:30", "16:30")),
        (date(2025, 3, 3), ("08:00", "15:00")),
        (date(2025, 3, 7), ("08:00", "15:30")),
        (date(2025, 2, 8), None),
        (date(2025, 1, 1), None),
    ],
)
def test_hours_of_each_day_in_and_out_of_ramadan(
    rules: Rules, day: date, hours: tuple[str, str] | None
) -> None:
    who = Service(someone(1), "1.01", "1.01", "PNS", None)
    expected = None if hours is None else Shift(at(day, hours[0]), at(day, hours[1]))
    assert Calendar(Inputs(GOVERNMENT), rules).shift(who, day) == expected


def test_part_timers_are_scheduled_only_by_a_row_of_their_own(rules: Rules) -> None:
    day = date(2025, 2, 3)
    who = Service(someone(1), "1.01", "1.01", "PPPK_PARUH_WAKTU", None)
    inputs = Inputs(GOVERNMENT)
    assert Calendar(inputs, rules).shift(who, day) is None
    inputs.rosters = [Roster(who.nip, day, time(8), time(12))]
    assert Calendar(inputs, rules).shift(who, day) == Shift(at(day, "08:00"), at(day, "12:00"))


@pytest.mark.parametrize(
    ("year", "working_days"), [(2023, 239), (2024, 238), (2025, 237), (2026, 240)]
)
def test_working_days_of_the_years(rules: Rules, year: int, working_days: int) -> None:
    calendar = Calendar(Inputs(GOVERNMENT), rules)
    days = (date(year, 1, 1) + timedelta(days=n) for n in range(365 + (year % 4 == 0)))
    assert sum(not calendar.is_day_off(day) for day in days if day.isoweekday() < 6) == working_days


@pytest.mark.parametrize(
    ("clocks", "late", "early", "imputed"),
    [
        (("07:29:59", "16:00:00"), 0, 0, 0),
        (("07:30:59", "15:58:30"), 0, 1, 0),
        (("07:31:00", "16:10:00"), 1, 0, 0),
        (("07:40:00",), 10, 225, 225),
        (("11:45:00",), 225, 225, 225),  # the middle of 07:30-16:00: out; 225 + 255 cut to 450
        (("11:44:59",), 254, 196, 196),  # 254 + 225 cut to 450
        (("15:50:00",), 225, 10, 225),
        (("14:00:00", "14:30:00"), 390, 60, 0),  # 390 + 90 cut to 450, early first
        (("15:50:00", "15:55:00"), 450, 0, 0),
    ],
)
def test_minutes_of_a_day(clocks: tuple[str, ...], late: int, early: int, imputed: int) -> None:
    punches = tuple(at(date(2025, 2, 3), clock) for clock in clocks)
    found = cost(ORDINARY, punches, missing_side=225, day_minutes=450)
    assert (found.late, found.early, found.imputed) == (late, early, imputed)


def test_a_punch_less_than_five_minutes_after_the_one_kept_is_the_same() -> None:
    day = date(2025, 2, 3)
    clocks = ["07:20:00", "07:20:05", "07:24:59", "07:25:00", "07:29:00", "07:30:00"]
    kept = without_repeats([at(day, clock) for clock in clocks], lambda _day: 5)
    assert [f"{moment:%H:%M:%S}" for moment in kept] == ["07:20:00", "07:25:00", "07:30:00"]


def test_a_night_shift_owns_the_punches_around_it(rules: Rules) -> None:
    day = date(2025, 2, 3)
    inputs = office(1, [])
    inputs.rosters = [
        Roster(someone(1), day, time(21), time(7)),
        Roster(someone(1), day + timedelta(days=1), time(12), time(20)),
    ]
    clocks = [(0, "16:59"), (0, "20:50"), (1, "07:05"), (1, "11:00"), (1, "11:50"), (1, "20:10")]
    inputs.attendance = [
        Punch(someone(1), None, None, at(day + timedelta(days=n), clock)) for n, clock in clocks
    ]
    attendance = attended(inputs, rules)
    night = attendance.duty(someone(1), day)
    evening = attendance.duty(someone(1), day + timedelta(days=1))
    assert night is not None
    assert evening is not None
    assert [f"{m:%H:%M}" for m in night.punches] == ["20:50", "07:05", "11:00"]
    assert [f"{m:%H:%M}" for m in evening.punches] == ["11:50", "20:10"]


def test_a_missing_file_is_not_an_absent_school(rules: Rules) -> None:
    days = [date(2025, 2, 3) + timedelta(days=n) for n in range(3)]
    inputs = office(6, [days[0], days[2]], absent=[5])
    inputs.leave = [Leave(someone(1), days[1], days[1], "Sakit")]
    found = {
        (one.nip, one.date): one.day_status
        for one in discipline.employee_days(attended(inputs, rules), date(2025, 2, 28))
    }
    assert found[someone(6), days[0]] == "unexcused"
    assert {found[someone(n), days[1]] for n in range(2, 7)} == {"unrecorded"}
    assert found[someone(1), days[1]] == "excused"
    assert found[someone(2), days[2] + timedelta(days=1)] == "unrecorded"


def test_the_newest_day_counts_only_when_somebody_punched_after_its_middle(rules: Rules) -> None:
    day = date(2025, 2, 3)
    inputs = office(6, [day], absent=[5])
    inputs.attendance = [one for one in inputs.attendance if one.timestamp.hour < 12]
    found = {
        one.nip: one.day_status
        for one in discipline.employee_days(attended(inputs, rules), day)
        if one.date == day
    }
    assert found[someone(6)] == "unrecorded"
    assert found[someone(1)] == "present"


def test_an_opd_month_adds_up(rules: Rules) -> None:
    """Two days, six people: one absent on both, one late by 45 minutes, one ill on the second.

    Of the other OPD nobody was recorded at the apel, so nobody there was required.
    """
    days = [date(2025, 2, 3), date(2025, 2, 4)]
    inputs = office(6, days, absent=[5])
    first = inputs.attendance[0]
    inputs.attendance[0] = Punch(None, "1", first.pin, at(days[0], "08:15"))
    inputs.leave = [Leave(someone(2), days[1], days[1], "Sakit")]
    inputs.units.append(Unit(None, None, "1.02", "Dinas Sosial", "Dinas", None, None))
    inputs.employees.append(Spell(None, None, someone(99), "1.02", "PNS", None))
    inputs.events = [Event(days[0], "apel", None, someone(n)) for n in (1, 2, 3)]
    computed = discipline.compute(inputs, attended(inputs, rules), date(2025, 2, 4))
    row = computed.rows["opd", "1.01", date(2025, 2, 1)]
    equivalents = 2 + 45 / 450
    assert (row["scheduled_days"], row["excused_days"]) == (12, 1)
    assert row["unrecorded_days"] == 6 * 18
    assert row["late_minutes"] == 45
    assert row["absence_day_equivalents"] == pytest.approx(equivalents)
    assert row["presence_rate"] == pytest.approx(1 - equivalents / 11)
    assert row["discipline_score"] is None  # 12 of 120 days are recorded
    whole = computed.rows["government", GOVERNMENT, date(2025, 2, 1)]
    for level in (row, whole):
        assert (level["apel_required"], level["apel_attended"], level["apel_rate"]) == (6, 3, 0.5)
    assert discipline.discipline_score(
        0.9, 0.5, 0.8, rules=rules, government=GOVERNMENT, day=days[0]
    ) == pytest.approx(82)


def test_an_apel_is_remembered_for_twelve_months() -> None:
    apel = {("opd", "1.01", date(2024, 2, 1)): discipline.Apel(10, 9)}
    assert discipline.latest_apel_rate(apel, ("opd", "1.01", date(2025, 2, 1))) == 0.9
    assert discipline.latest_apel_rate(apel, ("opd", "1.01", date(2025, 3, 1))) is None


def test_only_measured_minutes_make_days_of_pp94(rules: Rules) -> None:
    """Four days: 250 + 200 minutes measured, and two single punches whose 225 are imputed."""
    days = [date(2025, 2, 3) + timedelta(days=n) for n in range(4)]
    inputs = office(1, [])
    clocks = [("11:40", "16:40"), ("07:20", "12:40"), ("07:20",), ("07:20",)]
    inputs.attendance = [
        Punch(someone(1), None, None, at(day, clock))
        for day, own in zip(days, clocks, strict=True)
        for clock in own
    ]
    people = discipline.compute(inputs, attended(inputs, rules), days[-1]).people
    assert [(row["measured_minutes_ytd"], row["pp94_days"]) for row in people] == [(450, 1)]


@pytest.mark.parametrize(
    ("days", "code"),
    [
        (0, "none"), (2, "none"), (3, "light_1"), (4, "light_2"), (6, "light_2"), (7, "light_3"),
        (10, "light_3"), (11, "medium_1"), (13, "medium_1"), (14, "medium_2"), (16, "medium_2"),
        (17, "medium_3"), (20, "medium_3"), (21, "heavy_1"), (24, "heavy_1"), (25, "heavy_2"),
        (27, "heavy_2"), (28, "heavy_3"), (200, "heavy_3"),
    ],
)  # fmt: skip
def test_bands_of_pp94(rules: Rules, days: int, code: str) -> None:
    assert discipline.band(rules, GOVERNMENT, date(2025, 6, 30), days, 0) == code
    assert discipline.band(rules, GOVERNMENT, date(2025, 6, 30), days, 10) == "ten_in_row"


def test_days_off_do_not_break_a_run_and_any_other_day_does() -> None:
    def run(statuses: Sequence[str]) -> int:
        # Only scheduled days are employee days: the weekend between is not there to break a run.
        days = [
            EmployeeDay("x", date(2025, 2, 3) + timedelta(days=7 * (n // 5) + n % 5), "u", "o", s)
            for n, s in enumerate(statuses)
        ]
        return max(discipline.longest_runs(days).values())

    assert run(["unexcused"] * 10) == 10
    for other in ("excused", "present", "unrecorded"):
        assert run(["unexcused"] * 9 + [other] + ["unexcused"]) == 9
