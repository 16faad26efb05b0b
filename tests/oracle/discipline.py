"""Discipline: from employee days to the months of OPDs and government, apel, and the PP 94 count.

Figures are computed before anything is hidden; `disclosure.py` says who is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from tests.oracle.attendance import Attendance, EmployeeDay
from tests.oracle.evidence import Evidence
from tests.oracle.figures import Row, month_end, months_before, quotient
from tests.oracle.records import Event, Inputs
from tests.oracle.rules import Rules

_COUNTED_BY_PP94 = ("PNS", "CPNS")
_TEN = 10
_APEL_MONTHS_BACK = 12

UnitMonth = tuple[str, str, date]
"""Unit level, unit code, month."""


@dataclass
class Apel:
    """Musters of a unit in a month."""

    required: int = 0
    attended: int = 0

    @property
    def rate(self) -> float | None:
        """Attended of required."""
        return quotient(self.attended, self.required)


@dataclass
class Discipline:
    """Everything that the attendance of one government yields."""

    months: list[date]
    days: list[EmployeeDay]
    rows: dict[UnitMonth, Row]
    people: list[Row]
    """`employee_discipline`: a row per PNS and CPNS in service on the month's last day."""
    bands: list[Row]
    band_by_opd: dict[tuple[str, date, str], int] = field(default_factory=dict)


def employee_days(attendance: Attendance, as_of: date) -> list[EmployeeDay]:
    """Every scheduled day of everybody in the government's months."""
    months = attendance.months()
    if not months:
        return []
    first, last = months[0], month_end(months[-1])
    span = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    duties = [
        duty
        for nip in attendance.people.nips()
        for day in span
        if (duty := attendance.duty(nip, day)) is not None
    ]
    evidence = Evidence(attendance, duties, as_of)
    return [
        attendance.employee_day(duty, is_recorded=evidence.is_recorded(duty)) for duty in duties
    ]


def compute(inputs: Inputs, attendance: Attendance, as_of: date) -> Discipline:
    """All of a government's discipline."""
    days = employee_days(attendance, as_of)
    months = attendance.months()
    apel = apel_by_month(inputs.events, attendance)
    cells: dict[UnitMonth, list[EmployeeDay]] = {
        ("government", inputs.government_code, month): [] for month in months
    }
    for one in days:
        month = one.date.replace(day=1)
        cells[("government", inputs.government_code, month)].append(one)
        cells.setdefault(("opd", one.opd_code, month), []).append(one)
    rows = {
        key: unit_month(own, key, apel, attendance.rules, inputs.government_code)
        for key, own in cells.items()
    }
    people = pp94(days, attendance, months)
    bands, by_opd = absence_bands(people, attendance, months)
    return Discipline(months, days, rows, people, bands, by_opd)


def unit_month(
    days: Sequence[EmployeeDay],
    key: UnitMonth,
    apel: dict[UnitMonth, Apel],
    rules: Rules,
    government: str,
) -> Row:
    """The measures of a unit in a month, unsuppressed."""
    _level, _code, month = key
    end = month_end(month)
    of: dict[str, int] = defaultdict(int)
    for one in days:
        of[one.day_status] += 1
    scheduled = of["present"] + of["excused"] + of["unexcused"]
    late = sum(one.late_minutes for one in days)
    early = sum(one.early_leave_minutes for one in days)
    equivalents = of["unexcused"] + (late + early) / rules.value(government, end, "day_minutes")
    absent_share = quotient(equivalents, scheduled - of["excused"])
    presence = None if absent_share is None else max(0.0, 1 - absent_share)
    coverage = quotient(scheduled, scheduled + of["unrecorded"])
    musters = apel.get(key, Apel())
    return {
        "employees": len({one.nip for one in days}),
        "scheduled_days": scheduled,
        "unrecorded_days": of["unrecorded"],
        "coverage": coverage,
        "present_days": of["present"],
        "excused_days": of["excused"],
        "unexcused_days": of["unexcused"],
        "late_minutes": late,
        "early_leave_minutes": early,
        "absence_day_equivalents": equivalents,
        "apel_required": musters.required,
        "apel_attended": musters.attended,
        "presence_rate": presence,
        "apel_rate": musters.rate,
        "discipline_score": discipline_score(
            presence,
            latest_apel_rate(apel, key),
            coverage,
            rules=rules,
            government=government,
            day=end,
        ),
    }


def latest_apel_rate(apel: dict[UnitMonth, Apel], key: UnitMonth) -> float | None:
    """The rate of the month, else of the latest month that had an apel, at most twelve back."""
    level, code, month = key
    for back in range(_APEL_MONTHS_BACK + 1):
        rate = apel.get((level, code, months_before(month, back)), Apel()).rate
        if rate is not None:
            return rate
    return None


def discipline_score(
    presence: float | None,
    apel_rate: float | None,
    coverage: float | None,
    *,
    rules: Rules,
    government: str,
    day: date,
) -> float | None:
    """Weighted presence and apel, 0-100; None without presence or with too little coverage."""
    if presence is None or coverage is None:
        return None
    if coverage < rules.value(government, day, "min_coverage"):
        return None
    if apel_rate is None:
        return 100 * presence
    of_presence = rules.value(government, day, "presence_weight") * presence
    return 100 * (of_presence + rules.value(government, day, "apel_weight") * apel_rate)


def apel_by_month(events: Iterable[Event], attendance: Attendance) -> dict[UnitMonth, Apel]:
    """Required and attended musters of every OPD and the government."""
    recorded: dict[tuple[date, str, str | None], set[str]] = defaultdict(set)
    for event in events:
        rule = attendance.rules.one(
            "event_types", attendance.government, event.event_date, event.event_type
        )
        if rule is not None and rule["counts"]:
            key = (event.event_date, event.event_type, event.scope_unit_code)
            recorded[key].add(event.nip)
    found: dict[UnitMonth, Apel] = defaultdict(Apel)
    people = attendance.people
    for (day, _kind, scope), present in recorded.items():
        month = day.replace(day=1)
        service = people.in_service(day)
        opds = {who.opd_code for who in service if who.nip in present}
        for who in service:
            in_scope = scope is None or scope in people.units.chain(who.unit_code, day)
            on_leave = {"excused", "present"} & set(attendance.leave_on(who.nip, day))
            if not in_scope or on_leave or who.opd_code not in opds:
                continue
            for unit in (("opd", who.opd_code), ("government", attendance.government)):
                found[*unit, month].required += 1
                found[*unit, month].attended += who.nip in present
    return dict(found)


def longest_runs(days: Iterable[EmployeeDay]) -> dict[date, int]:
    """For each scheduled day of one person: unexcused days in a row up to it."""
    run = 0
    found = {}
    for one in sorted(days, key=lambda one: one.date):
        run = run + 1 if one.day_status == "unexcused" else 0
        found[one.date] = run
    return found


def band(rules: Rules, government: str, day: date, pp94_days: int, longest_run: int) -> str | None:
    """The band of a count of days; ten in a row goes before."""
    if longest_run >= _TEN:
        return "ten_in_row"
    for row in rules.all("absence_bands", government, day):
        first, last = row["days_from"], row["days_to"]
        if first is None:
            continue
        if float(str(first)) <= pp94_days and (last is None or pp94_days <= float(str(last))):
            return str(row["band_code"])
    return None


def pp94(days: Iterable[EmployeeDay], attendance: Attendance, months: Sequence[date]) -> list[Row]:
    """`employee_discipline`: the running totals of the calendar year at each month's end."""
    by_nip: dict[str, list[EmployeeDay]] = defaultdict(list)
    for one in days:
        by_nip[one.nip].append(one)
    runs = {nip: longest_runs(own) for nip, own in by_nip.items()}
    rules, government = attendance.rules, attendance.government
    found: list[Row] = []
    for month in months:
        end = month_end(month)
        for who in attendance.people.in_service(end):
            if who.employee_type not in _COUNTED_BY_PP94:
                continue
            own = [
                one
                for one in by_nip.get(who.nip, [])
                if one.date.year == end.year and one.date <= end
            ]
            unexcused = sum(one.day_status == "unexcused" for one in own)
            measured = sum(
                one.late_minutes + one.early_leave_minutes - one.imputed_minutes for one in own
            )
            whole_days = int(measured // rules.value(government, end, "day_minutes"))
            count = unexcused + int(rules.value(government, end, "pp94_minutes")) * whole_days
            longest = max((runs[who.nip][one.date] for one in own), default=0)
            found.append(
                {
                    "nip": who.nip,
                    "month": month,
                    "unit_code": who.unit_code,
                    "opd_code": who.opd_code,
                    "unexcused_days_ytd": unexcused,
                    "measured_minutes_ytd": measured,
                    "pp94_days": count,
                    "band_code": band(rules, government, end, count, longest),
                    "longest_run": longest,
                }
            )
    return found


def absence_bands(
    people: Iterable[Row], attendance: Attendance, months: Sequence[date]
) -> tuple[list[Row], dict[tuple[str, date, str], int]]:
    """People by month and band, zeros included; and the OPDs' split."""
    totals: dict[tuple[object, object], int] = defaultdict(int)
    split: dict[tuple[str, date, str], int] = defaultdict(int)
    for row in people:
        totals[row["month"], row["band_code"]] += 1
        split[str(row["opd_code"]), row["month"], str(row["band_code"])] += 1  # type: ignore[index]
    rules, government = attendance.rules, attendance.government
    bands: list[Row] = [
        {"month": month, "band_code": code, "employees": totals[month, code]}
        for month in months
        for code in sorted(
            str(row["band_code"])
            for row in rules.all("absence_bands", government, month_end(month))
        )
    ]
    return bands, dict(split)
