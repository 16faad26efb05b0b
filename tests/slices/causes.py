"""For each input of the day models, what only a look at that input tells.

Belongs here: a first night's files, and what comes after it. The people of this office work in unit
A from January on, and the nights are of 31 March. 10 February is a Tuesday; 1 February and 1 March
are Sundays.
"""

from __future__ import annotations

from random import Random

import duckdb

from tests.slices.world import FIRST, PEOPLE, Change, Office

ONE, TWO, THREE, _, NEW = PEOPLE[:5]


def quiet_office(conn: duckdb.DuckDBPyConnection) -> Office:
    """An office without a punch."""
    office = Office(conn, Random(0))
    unit = {"unit_code": "A", "unit_name": "Dinas A", "unit_type": "opd", "parent_unit_code": None}
    office.insert("units", office.deliver("units"), [unit])
    employed(*PEOPLE[:4])(office)
    conn.execute("UPDATE raw.run SET as_of_date = '2026-03-31' WHERE is_current")
    return office


def employed(*people: str) -> Change:
    """A list of employees."""
    rows = [
        {"nip": nip, "unit_code": "A", "employee_type": "PNS", "valid_from": FIRST}
        for nip in people
    ]
    return lambda office: office.insert("employees", office.deliver("employees"), [*rows])


def punched(*scans: tuple[str, str]) -> Change:
    """A file of punches: who, and when."""
    rows: list[dict[str, object]] = [{"nip": nip, "timestamp": at} for nip, at in scans]
    return lambda office: office.insert("attendance", office.deliver("attendance"), rows)


def told(source: str, **row: object) -> Change:
    """A file of one row."""
    return lambda office: office.insert(source, office.deliver(source), [row])


def asked(statement: str) -> Change:
    """A rule, or the date of the night, is another."""
    return lambda office: office.conn.execute(statement) and None


def both(*changes: Change) -> Change:
    """One after another."""

    def all_of_them(office: Office) -> None:
        for change in changes:
            change(office)

    return all_of_them


def ruled(code: str, value: float) -> Change:
    """A rule of attendance has another value."""
    return asked(f"UPDATE raw.rule_attendance_rules SET value = {value} WHERE rule_code = '{code}'")


def day_of(*people: str, date: str = "2026-02-10") -> tuple[tuple[str, str], ...]:
    """In and out of some people."""
    return tuple((nip, f"{date} {at}") for nip in people for at in ("07:20:00", "16:40:00"))


NIGHT_SHIFT = told("rosters", nip=ONE, date="2026-02-28", start_time="20:00", end_time="06:00")
PIN = {"device_id": "M1", "pin": "7"}

CAUSES: dict[tuple[str, str], tuple[Change, Change]] = {
    ("slice_punch_day", "attendance"): (punched(*day_of(ONE)), punched((TWO, "2026-02-10 07:20"))),
    ("slice_punch_day", "devices"): (
        told("attendance", **PIN, timestamp="2026-02-10 07:20"),
        told("devices", **PIN, nip=ONE, valid_from="2026-01-01"),
    ),
    ("slice_punch_day", "attendance_rules"): (
        punched((ONE, "2026-02-10 07:20"), (ONE, "2026-02-10 07:23")),
        ruled("repeat_minutes", 1),
    ),
    ("slice_punch_day", "employees"): (punched(*day_of(ONE, NEW)), employed(NEW)),
    ("slice_punch_day", "month_before"): (
        punched((ONE, "2026-02-01 00:01")),
        punched((ONE, "2026-01-31 23:58")),
    ),
    ("slice_schedule", "employees"): (punched(*day_of(ONE)), employed(NEW)),
    ("slice_schedule", "working_hours"): (
        punched(*day_of(ONE)),
        asked("UPDATE raw.rule_working_hours SET start_time = TIME '06:45'"),
    ),
    ("slice_schedule", "rosters"): (punched(*day_of(ONE)), NIGHT_SHIFT),
    ("slice_scheduled_day", "night_shifts"): (
        both(NIGHT_SHIFT, punched((ONE, "2026-02-28 19:50"))),
        punched((ONE, "2026-03-01 06:05")),
    ),
    ("slice_scheduled_day", "leave"): (
        punched(*day_of(ONE)),
        told(
            "leave",
            nip=TWO,
            leave_type="Cuti Tahunan",
            date_from="2026-02-10",
            date_to="2026-02-10",
        ),
    ),
    ("slice_scheduled_day", "schedule"): (
        punched(*day_of(ONE)),
        asked("UPDATE raw.rule_working_hours SET start_time = TIME '06:45'"),
    ),
    ("slice_scheduled_day", "punches"): (
        punched(*day_of(ONE)),
        punched((TWO, "2026-02-10 07:20")),
    ),
    ("slice_employee_day", "attendance_rules"): (
        punched(*day_of(ONE, TWO), (THREE, "2026-02-10 07:20")),
        ruled("missing_side_minutes", 60),
    ),
    ("slice_employee_day", "unit_evidence"): (
        punched(*day_of(ONE, TWO), (THREE, "2026-02-11 07:20")),
        ruled("min_evidence", 0.9),
    ),
    ("slice_employee_day", "evidence"): (
        punched(*day_of(ONE)),
        asked(
            "INSERT INTO raw.rule_evidence BY NAME SELECT '82.71' AS government_code, "
            "DATE '2026-02-10' AS date_from, DATE '2026-02-10' AS date_to, false AS recorded, "
            "DATE '1900-01-01' AS valid_from, DATE '9999-12-31' AS valid_to"
        ),
    ),
    ("slice_employee_day", "enrolment"): (
        punched(*day_of(ONE, TWO, THREE, date="2026-01-13"), *day_of(ONE, TWO, THREE)),
        punched((PEOPLE[3], "2026-02-11 07:20")),
    ),
    ("slice_employee_day", "date"): (
        both(
            asked("UPDATE raw.run SET as_of_date = '2026-02-09'"),
            punched(*day_of(ONE), *day_of(ONE, TWO, THREE, date="2026-02-06")),
        ),
        asked("UPDATE raw.run SET as_of_date = '2026-02-11'"),
    ),
    ("slice_employee_day", "scheduled_days"): (
        punched(*day_of(ONE)),
        punched((ONE, "2026-02-10 17:30")),
    ),
}
