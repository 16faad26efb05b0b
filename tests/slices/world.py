"""A small office whose files, rules and dates change from night to night, straight in schema raw.

Belongs here: the changes that a night can bring, each as rows. Whatever reads a real file brings
one of these; so every path to the same rows is tried at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

import duckdb

Change = Callable[["Office"], None]

CODE = "82.71"
PEOPLE = tuple(f"19800101200501{number:04}" for number in range(1, 8))
FIRST = date(2026, 1, 1)
LAST = date(2026, 4, 30)


@dataclass
class Office:
    """The state of a sequence: the working file, chance, and how many deliveries there were."""

    conn: duckdb.DuckDBPyConnection
    chance: Random
    deliveries: int = 0

    def day(self) -> date:
        """A day, often at the border of a month."""
        borders = [date(2026, m, 1) + timedelta(days=d) for m in (2, 3, 4) for d in (-1, 0)]
        span = (LAST - FIRST).days
        anyone = FIRST + timedelta(days=self.chance.randint(0, span))
        return self.chance.choice([anyone, anyone, *borders[:2], self.chance.choice(borders)])

    def stretch(self) -> tuple[date, date]:
        """A first and a last day."""
        first = self.day()
        return first, first + timedelta(days=self.chance.choice([0, 0, 2, 40]))

    def deliver(self, source: str, period: str = "") -> int:
        """A loaded delivery, newest or, now and then, older than those before it."""
        self.deliveries += 1
        number = self.deliveries
        seen = datetime(2026, 1, 1) + timedelta(hours=self.chance.choice([number, number, 1]))
        self.conn.execute(
            "INSERT INTO raw.delivery BY NAME SELECT ? AS delivery_id, ? AS government_code, "
            "? AS source, ? AS period, ? AS file_sha256, ? AS path, ? AS file_name, "
            "? AS modified_at, ? AS received_at, 'run' AS run_id, 'loaded' AS outcome, "
            "0 AS rows_read, 0 AS rows_loaded, 0 AS rows_quarantined, 0 AS rows_duplicate, "
            "0 AS rows_skipped",
            [number, CODE, source, period, f"{number:064x}", f"{number}", f"{number}", seen, seen],
        )
        return number

    def insert(self, table: str, delivery: int, rows: list[dict[str, object]]) -> None:
        """Rows of a delivery, numbered in their order."""
        for number, row in enumerate(rows, start=1):
            full = {"government_code": CODE, "delivery_id": delivery, "row_number": number, **row}
            names = ", ".join(f'"{name}"' for name in full)
            marks = ", ".join("?" for _ in full)
            self.conn.execute(
                f"INSERT INTO raw.{table} ({names}) VALUES ({marks})", list(full.values())
            )


def begin(conn: duckdb.DuckDBPyConnection, chance: Random) -> Office:
    """An office of two OPDs and a unit, most of whose people are known."""
    office = Office(conn, chance)
    units = office.deliver("units")
    office.insert("units", units, [
        {"unit_code": code, "unit_name": f"Dinas {code}", "unit_type": "opd",
         "parent_unit_code": parent}
        for code, parent in (("A", None), ("B", None), ("A1", "A"))
    ])  # fmt: skip
    hire(office, list(PEOPLE[:5]))
    punches(office)
    conn.execute("UPDATE raw.run SET as_of_date = '2026-03-10' WHERE is_current")
    return office


def hire(office: Office, people: list[str] | None = None) -> None:
    """A list of employees: somebody new, somebody elsewhere, somebody gone."""
    rows: list[dict[str, object]] = []
    for nip in people or office.chance.sample(PEOPLE, 2):
        first = FIRST if people else office.day()
        rows.append({
            "nip": nip, "unit_code": office.chance.choice(["A", "B", "A1"]),
            "employee_type": office.chance.choice(["PNS", "PPPK"]), "valid_from": first,
            "valid_to": office.chance.choice([None, None, first + timedelta(days=45)]),
        })  # fmt: skip
    office.insert("employees", office.deliver("employees"), rows)


def punches(office: Office) -> None:
    """A file of punches, by number or by a device's PIN, some around midnight."""
    rows: list[dict[str, object]] = []
    days = [office.day() for _ in range(office.chance.choice([1, 3, 12]))]
    for day in days:
        for _ in range(office.chance.choice([1, 2, 6])):
            at = office.chance.choice([
                time(7, 20), time(7, 23), time(7, 45), time(16, 5), time(23, 58), time(0, 1),
                time(office.chance.randint(0, 23), office.chance.randint(0, 59)),
            ])  # fmt: skip
            who = office.chance.randrange(len(PEOPLE))
            by_pin = office.chance.random() < 0.3
            rows.append({
                "nip": None if by_pin else PEOPLE[who], "pin": str(who) if by_pin else None,
                "device_id": "M1" if by_pin else None, "timestamp": datetime.combine(day, at),
            })  # fmt: skip
    office.insert("attendance", office.deliver("attendance"), rows)


def mapping(office: Office) -> None:
    """A late mapping of PINs."""
    first, last = office.stretch()
    who = office.chance.randrange(len(PEOPLE))
    office.insert("devices", office.deliver("devices"), [{
        "device_id": office.chance.choice([None, "M1"]), "pin": str(who),
        "nip": office.chance.choice([PEOPLE[who], PEOPLE[0]]), "valid_from": first,
        "valid_to": office.chance.choice([None, last]),
    }])  # fmt: skip


def leave(office: Office) -> None:
    """Days of leave."""
    first, last = office.stretch()
    kind = office.chance.choice(["Cuti Tahunan", "Dinas Luar", "Alpa"])
    office.insert("leave", office.deliver("leave"), [{
        "nip": office.chance.choice(PEOPLE), "date_from": first, "date_to": last,
        "leave_type": kind,
    }])  # fmt: skip


def roster(office: Office) -> None:
    """Shifts, of which some pass midnight and the end of a month."""
    day = office.day()
    hours = [(time(20), time(6)), (time(8), time(8)), (time(7), time(14)), (None, None)]
    chosen = [office.chance.choice(hours) for _ in range(3)]
    nip = office.chance.choice(PEOPLE)
    office.insert("rosters", office.deliver("rosters"), [
        {"nip": nip, "date": day + timedelta(days=number), "start_time": start, "end_time": end}
        for number, (start, end) in enumerate(chosen)
    ])  # fmt: skip


def withdrawal(office: Office) -> None:
    """A file, or a row of one, is taken back, or comes back, or another in its place."""
    chance = office.chance.random()
    if chance < 0.3:
        office.conn.execute("DELETE FROM raw.rule_withdrawals")
    elif chance < 0.6:
        office.conn.execute("UPDATE raw.rule_withdrawals SET row_number = 3 - row_number")
    else:
        take_back(
            office, office.chance.randint(1, office.deliveries), office.chance.choice((None, 1, 2))
        )


def take_back(office: Office, delivery: int, row: int | None) -> None:
    """A row of the rule that takes a row of a file back, or the whole file."""
    columns = {"government_code": CODE, "file_sha256": f"{delivery:064x}", "row_number": row,
               "valid_from": date(1900, 1, 1), "valid_to": date(9999, 12, 31)}  # fmt: skip
    office.conn.execute(
        f"INSERT INTO raw.rule_withdrawals ({', '.join(columns)}) "
        f"VALUES ({', '.join('?' for _ in columns)})",
        list(columns.values()),
    )


def reloaded(office: Office) -> None:
    """A file is read anew by other rules: the same delivery, other rows."""
    number = office.chance.randint(1, office.deliveries)
    office.conn.execute(
        "UPDATE raw.attendance SET timestamp = timestamp + INTERVAL 1 HOUR WHERE delivery_id = ?",
        [number],
    )


def erased(office: Office) -> None:
    """Somebody's data are erased."""
    nip = office.chance.choice(PEOPLE)
    for table in ("attendance", "employees", "devices", "leave", "rosters"):
        office.conn.execute(f"DELETE FROM raw.{table} WHERE nip = ?", [nip])
    for table in ("intermediate.int_employee_day", "restricted.employee_day"):
        office.conn.execute(f"DELETE FROM {table} WHERE nip = ?", [nip])


def rule(office: Office) -> None:
    """A rule is another from some day on, or always was."""
    what = office.chance.choice(["repeat_minutes", "missing_side_minutes", "min_evidence"])
    value = {"repeat_minutes": [1, 5, 30], "missing_side_minutes": [60, 225],
             "min_evidence": [0.1, 0.6]}[what]  # fmt: skip
    day = office.day()
    conn = office.conn
    conn.execute(
        "UPDATE raw.rule_attendance_rules SET valid_to = ? WHERE rule_code = ? AND valid_to > ?",
        [day - timedelta(days=1), what, day - timedelta(days=1)],
    )
    conn.execute("DELETE FROM raw.rule_attendance_rules WHERE valid_to < valid_from")
    columns = {"government_code": CODE, "rule_code": what, "value": office.chance.choice(value),
               "valid_from": day, "valid_to": date(9999, 12, 31)}  # fmt: skip
    conn.execute(
        f"INSERT INTO raw.rule_attendance_rules ({', '.join(columns)}) "
        f"VALUES ({', '.join('?' for _ in columns)})",
        list(columns.values()),
    )


def calendar(office: Office) -> None:
    """A local day off, other hours, or a decision on what is recorded."""
    first, last = office.stretch()
    kind = office.chance.randrange(3)
    if kind == 0:
        row: dict[str, object] = {"date": first}
        table = "days_off"
    elif kind == 1:
        row = {"date_from": first, "date_to": last, "recorded": office.chance.random() < 0.5,
               "unit_code": office.chance.choice([None, "A", "A1"])}  # fmt: skip
        table = "evidence"
    else:
        office.conn.execute(
            "UPDATE raw.rule_working_hours SET start_time = ? WHERE weekday = ?",
            [office.chance.choice([time(7, 0), time(8, 0)]), office.chance.randint(1, 5)],
        )
        return
    row |= {"government_code": CODE, "valid_from": date(1900, 1, 1), "valid_to": date(9999, 12, 31)}
    office.conn.execute(
        f"INSERT INTO raw.rule_{table} ({', '.join(row)}) VALUES ({', '.join('?' for _ in row)})",
        list(row.values()),
    )


def tomorrow(office: Office) -> None:
    """Days pass."""
    office.conn.execute(
        "UPDATE raw.run SET as_of_date = as_of_date + ? WHERE is_current",
        [office.chance.choice([1, 1, 20])],
    )


CHANGES: tuple[Change, ...] = (
    *(punches, punches, hire, mapping, leave, roster, withdrawal, reloaded),
    *(erased, rule, calendar, tomorrow),
)
