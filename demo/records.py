"""Personnel records as the offices keep them: units, people, PINs, rosters, leave, IP-ASN.

Belongs here: which office sends which table when, in which dialect. Does not belong here: what is
true (`world`, `presence`, `answers`) and how bytes are written (`sheets`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta
from itertools import groupby

from demo.answers import dimensions, profiles
from demo.faults import planted
from demo.official import HEADER, NATIONAL, own_figures
from demo.outbox import Outbox
from demo.people import Enrolment, Person, Spell
from demo.presence import roster_of
from demo.sheets import PLAIN, Row, Style, month_name
from demo.workdays import month_days
from demo.world import Government, Leave, World

# A spreadsheet of the old kind: semicolons, decimal comma, and a byte-order mark before the header.
# Only tables with days after the 12th write months as numbers: appointments begin on the first of a
# month, and 01/02 alone does not tell January from February.
OFFICE = Style(";", "utf-8-sig", "\r\n", "words", comma=True)
ANSI = Style(";", "cp1252", "\r\n", "%d-%m-%Y", comma=True)
UNIT_HEADER: Row = (
    "unit_code", "unit_name", "unit_type", "parent_unit_code", "successor_unit_code", "valid_from",
    "valid_to",
)  # fmt: skip
EMPLOYEE_HEADER: Row = (
    "nip", "name", "unit_code", "employee_type", "position_type", "valid_from", "valid_to",
)  # fmt: skip
DEVICE_HEADER: Row = ("device_id", "pin", "nip", "valid_from", "valid_to")


def write_records(outbox: Outbox, world: World, government: Government) -> None:
    """Write every table of one government but presence and answers."""
    _write_units(outbox, world, government)
    _write_employees(outbox, world, government)
    _write_devices(outbox, world, government)
    _write_rosters(outbox, world, government)
    _write_leave(outbox, government)
    _write_ip_asn(outbox, world, government)
    place = government.place
    figures = [HEADER, *own_figures(place.name, world.ip_asn_year)]
    saved = date(world.ip_asn_year + 1, 2, 12)
    outbox.table(f"{place.code}/official/capaian indeks {world.ip_asn_year}.csv", figures, saved)


def write_national(outbox: Outbox) -> None:
    """Write the figures that others have published."""
    outbox.table("ID/official/indeks nasional dan daerah lain.csv", [HEADER, *NATIONAL],
                 date(2025, 2, 20))  # fmt: skip


def _before(world: World) -> date:
    """The day on which the offices sent what they knew before the first wave closed."""
    return date(world.months[0].year - 1, 12, 2)


def _write_units(outbox: Outbox, world: World, government: Government) -> None:
    """The tree as it was, and the reform when it has come."""
    folder = f"{government.place.code}/units"
    rows: list[Row] = [
        (u.code, u.name, u.kind, u.parent, None, None, None)
        for u in government.units
        if not u.valid_from
    ]
    name = f"{folder}/Struktur Perangkat Daerah {government.place.name}"
    if government.place.style == "devices":
        outbox.workbook(f"{name}.xlsx", [UNIT_HEADER, *rows], _before(world), "Struktur")
    else:
        outbox.table(f"{name}.csv", [UNIT_HEADER, *rows], _before(world), ANSI)
    changed = [u for u in government.units if u.successor or u.valid_from]
    day = next(u.valid_from for u in changed if u.valid_from)
    if day <= world.last_day:
        reformed: list[Row] = [
            (u.code, u.name, u.kind, u.parent, u.successor, u.valid_from, u.valid_to)
            for u in changed
        ]
        path = f"{folder}/Perubahan Struktur {month_name(day)}.csv"
        outbox.table(path, [UNIT_HEADER, *reformed], day + timedelta(days=1))


def _write_employees(outbox: Outbox, world: World, government: Government) -> None:
    """Everybody's spell as known before the first month, and the changes month by month."""
    folder, portal = f"{government.place.code}/employees", government.place.style == "portal"
    begun = [(p, s) for p in government.people for s in p.spells if s.valid_from < world.months[0]]
    rows = [_employee(number, person, spell) for number, (person, spell) in enumerate(begun)]
    total: Row = ("JUMLAH", f"{len(rows)} orang", *[None] * 5)
    sheet = [EMPLOYEE_HEADER, *rows, total]
    if portal:
        outbox.table(f"{folder}/data_pegawai_FIX_bgt.csv", [*sheet, [None] * 7], _before(world),
                     OFFICE)  # fmt: skip
    else:
        outbox.workbook(f"{folder}/DATA PEGAWAI (1) FINAL.xlsx", sheet, _before(world), "Pegawai")
    for month in world.months:
        path = f"{folder}/Mutasi {month_name(month)}.csv"
        changes = [
            _change(person, spell)
            for person in government.people
            for spell in person.spells
            if _known_in(spell, month, world.months[0])
        ]
        overlap = planted("overlap", path)
        if overlap:
            # The office reports where the first mover is now and forgets to end the spell before.
            changes = changes[1:]
        if changes:
            outbox.table(path, [EMPLOYEE_HEADER, *changes], month + timedelta(days=3),
                         OFFICE if portal else Style(dates="words"))  # fmt: skip


def _employee(number: int, person: Person, spell: Spell) -> Row:
    """A row of the first list, on which nobody's spell has ended yet.

    Some numbers are typed with spaces, some with the apostrophe that keeps them text.
    """
    nip = person.nip
    if number % 17 == 3:
        nip = f"{nip[:8]} {nip[8:14]} {nip[14]} {nip[15:]}"
    elif number % 23 == 5:
        nip = f"'{nip}"
    return (nip, person.name, spell.unit_code, spell.employee_type, spell.position_type,
            spell.valid_from, None)  # fmt: skip


def _change(person: Person, spell: Spell) -> Row:
    return (person.nip, person.name, spell.unit_code, spell.employee_type, spell.position_type,
            spell.valid_from, spell.valid_to)  # fmt: skip


def _known_in(period: Spell | Enrolment, month: date, first_month: date) -> bool:
    """Whether a spell's or PIN's beginning or end becomes known in that month."""
    ended = period.valid_to is not None and _same_month(period.valid_to + timedelta(days=1), month)
    begun = period.valid_from >= first_month and _same_month(period.valid_from, month)
    return ended or begun


def _same_month(day: date, month: date) -> bool:
    return (day.year, day.month) == (month.year, month.month)


def _write_devices(outbox: Outbox, world: World, government: Government) -> None:
    """The list of PINs, and later lists with what changed or was forgotten."""
    folder = f"{government.place.code}/devices"
    forgotten = government.people[5]
    rows: list[Row] = [
        (None, e.pin, p.nip, e.valid_from, None)
        for p in government.people
        for e in p.enrolments
        if e.valid_from < world.months[0]
    ]
    later: dict[date, list[Row]] = {
        month: [
            (None, e.pin, p.nip, e.valid_from, e.valid_to)
            for p in government.people
            for e in p.enrolments
            if _known_in(e, month, world.months[0])
        ]
        for month in world.months
    }
    for month, changes in later.items():
        path = f"{folder}/PIN susulan {month_name(month)}.csv"
        if planted("late_pin", path):
            late = next(row for row in rows if row[2] == forgotten.nip)
            rows.remove(late)
            changes.insert(0, (*late[:2], forgotten.nip, world.months[0], None))
        if changes:
            outbox.table(path, [DEVICE_HEADER, *changes], month + timedelta(days=4))
    style = OFFICE if government.place.style == "portal" else PLAIN
    outbox.table(f"{folder}/daftar PIN mesin presensi.csv", [DEVICE_HEADER, *rows],
                 _before(world), style)  # fmt: skip


def _write_rosters(outbox: Outbox, world: World, government: Government) -> None:
    """The rosters of shift workers and part-timers, a file per month, made before it begins."""
    on_roster = [
        (number, person)
        for number, person in enumerate(government.people)
        if person.duty in {"shift", "part_time"}
    ]
    style = Style(dates="%d/%m/%Y")
    for month in world.months:
        path = f"{government.place.code}/rosters/{month:%Y-%m}/jadwal dinas {month_name(month)}.csv"
        rows = _roster_rows(world, on_roster, month)
        outbox.table(path, rows, month - timedelta(days=3), style)


def _roster_rows(world: World, on_roster: list[tuple[int, Person]], month: date) -> Iterator[Row]:
    yield ("nip", "date", "start_time", "end_time")
    days = month_days(month)
    for number, person in on_roster:
        for day in days:
            if person.spell_on(day):
                hours = roster_of(world, person, number, day)
                start, end = (time(*divmod(at, 60)) for at in hours) if hours else (None, None)
                yield (person.nip, day, start, end)


def _write_leave(outbox: Outbox, government: Government) -> None:
    """Leave and travel by quarter; a reason stands beside it, which the product must not keep."""
    place, portal = government.place, government.place.style == "portal"
    header: Row = ("nip", "Nama", "date_from", "date_to", "leave_type", "Keterangan")
    names = {person.nip: person.name for person in government.people}
    quarters = groupby(government.leave, key=_quarter)
    for (year, quarter), group in quarters:
        # The remark keeps the typographic quotes and dash that make an ANSI file tell itself.
        remark = "surat \u201casli\u201d \u2013 arsip"
        rows: list[Row] = [
            (r.nip, names[r.nip], r.date_from, r.date_to, r.leave_type, remark) for r in group
        ]
        saved = date(year, 3 * quarter, 28) + timedelta(days=8)
        if portal:
            path = f"{place.code}/leave/cuti tw{quarter} {year}.csv"
            outbox.table(path, [header, *rows], saved, ANSI)
        else:
            roman = ("I", "II", "III", "IV")[quarter - 1]
            path = f"{place.code}/leave/Rekap Cuti Triwulan {roman} {year}.xlsx"
            outbox.workbook(path, [header, *rows], saved, "Rekap")


def _quarter(record: Leave) -> tuple[int, int]:
    return record.date_from.year, (record.date_from.month + 2) // 3


def _write_ip_asn(outbox: Outbox, world: World, government: Government) -> None:
    """Scores of the four dimensions in one style of government, attributes in the other."""
    place, year = government.place, world.ip_asn_year
    found = profiles(world, government)
    saved = date(year + 1, 2, 10)
    if place.style == "devices":
        sheet: list[Row] = [("nip", "kualifikasi", "kompetensi", "kinerja", "disiplin", "total")]
        for profile in found:
            scores = dimensions(profile)
            sheet.append([profile.nip, *scores.values(), sum(scores.values())])
        path = f"{place.code}/ip_asn/{year}/IP ASN {year} final.xlsx"
        outbox.workbook(path, sheet, saved, "IP ASN")
        return
    header: Row = (
        "nip", "education", "position_type", "leadership_training", "functional_training",
        "technical_training_jp", "seminars", "skp_score", "sanction",
    )  # fmt: skip
    rows: list[Row] = [
        (p.nip, p.education, p.position_type, p.leadership_training, p.functional_training,
         p.technical_training_jp, p.seminars, p.skp_score, p.sanction)
        for p in found
    ]  # fmt: skip
    # Offices like to keep whose file it was in its name, number and all.
    name = f"ipasn_{year}_{government.people[0].nip}_rev2.csv"
    outbox.table(f"{place.code}/ip_asn/{year}/{name}", [header, *rows], saved, OFFICE)
