"""Presence as machines, the portal and muster lists write it down.

Belongs here: `N_attlog.dat` files, the portal's CSV, the lists of an apel. Does not belong here:
who came when (`presence`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from demo.faults import planted
from demo.outbox import Outbox
from demo.people import Person
from demo.presence import Machine, MachineMonth, Scans, attended, machine_month, machines, scans_of
from demo.sheets import Row, Style, month_name
from demo.workdays import add_months, open_day
from demo.world import Government, World

PIN_WIDTH = 9
OVERLAP = np.timedelta64(6, "D")
PORTAL_HEADER = b"nip,timestamp,device_id\r\n"

Musters = dict[tuple[date, str, str], list[Person]]


def write_attendance(outbox: Outbox, world: World, government: Government) -> None:
    """Write a government's scans, a file per machine and month, and its muster lists."""
    musters: Musters = defaultdict(list)
    kinds = {unit.machine: unit.kind for unit in government.units}
    for machine in machines(government):
        by_portal = government.place.style == "portal" and kinds[machine.number] not in {
            "Sekolah",
            "Puskesmas",
        }
        files = _AttlogFiles(outbox, government, machine)
        for month in world.months:
            truth = machine_month(world, government, machine, month)
            scans = scans_of(world, machine, truth)
            if by_portal:
                _write_portal(outbox, government, month, truth, scans)
            else:
                files.write(month, truth, scans)
            for day, kind, scope in muster_events(government, month):
                if scope in {"", *machine.opd_of}:
                    found = attended(world, government, machine, truth, day)
                    musters[day, kind, scope] += found
    _write_musters(outbox, government, musters)


def muster_events(government: Government, month: date) -> Iterator[tuple[date, str, str]]:
    """The musters of a month: day, event type and scope ('' = the whole government)."""
    code = government.place.code
    day = open_day(code, month.replace(day=17))
    yield day, "apel", ""
    if month.month == 6:
        # Hari Lahir Pancasila is celebrated on 1 June, whatever day of the week that is.
        yield month, "upacara", ""
    if government.place.style == "portal" and month.month % 2 == 0:
        scope = next(unit.code for unit in government.units if unit.kind == "Kecamatan")
        yield open_day(code, day - timedelta(days=4)), "apel_pagi", scope


def attlog_bytes(scans: Scans, pins: list[str], machine: int, newline: bytes) -> bytes:
    """Scans as the machine's export: PIN padded to nine, TAB between six columns."""
    return _fixed_width(
        _column([f"{pin:>{PIN_WIDTH}}\t" for pin in pins])[scans.person],
        _stamps(scans),
        _same(f"\t{machine}\t".encode(), scans),
        (48 + scans.way).astype(np.uint8)[:, None],
        _same(b"\t1\t0" + newline, scans),
    )


class _AttlogFiles:
    """One machine's files, each begun by the last days of the month before, which overlap."""

    def __init__(self, outbox: Outbox, government: Government, machine: Machine) -> None:
        self.outbox = outbox
        self.folder = f"{government.place.code}/attendance"
        self.machine = machine.number
        self.newline = b"\r\n" if machine.number % 3 == 0 else b"\n"
        self.tail = b""

    def write(self, month: date, truth: MachineMonth, scans: Scans) -> None:
        """Write a month; what a file that gets lost would have held is not sent later either."""
        path = f"{self.folder}/{month:%Y-%m}/{self.machine}_attlog.dat"
        if planted("missing", path):
            self.tail = b""
            return
        outage = planted("outage", path)
        if outage:
            scans = _died(scans, date.fromisoformat(outage.text))
        pins = [person.pin_on(truth.days[-1]) for person in truth.people]
        data = attlog_bytes(scans, pins, self.machine, self.newline)
        sent = add_months(month, 1) + timedelta(days=1)
        self.outbox.text(path, self.tail + data, sent, self.machine % 60)
        again = path.replace(".dat", " (1).dat")
        if planted("copy", again):
            self.outbox.copy(path, again, sent + timedelta(days=1))
        self.tail = _last_days(data, scans)


def _last_days(data: bytes, scans: Scans) -> bytes:
    if not len(scans.at):
        return b""
    kept = int(np.sum(scans.at >= scans.at[-1] - OVERLAP))
    return data[len(data) - kept * (len(data) // len(scans.at)) :]


def _died(scans: Scans, day: date) -> Scans:
    """Lose what a machine would have recorded after eleven o'clock of the day it died."""
    begin = np.datetime64(day, "s") + np.timedelta64(11, "h")
    kept = (scans.at < begin) | (scans.at >= np.datetime64(day + timedelta(days=1), "s"))
    return Scans(scans.person[kept], scans.at[kept], scans.way[kept])


def _write_portal(
    outbox: Outbox, government: Government, month: date, truth: MachineMonth, scans: Scans
) -> None:
    """Add the scans of one building to the portal's file of the month."""
    data = _fixed_width(
        _column([f"{person.nip}," for person in truth.people])[scans.person],
        _stamps(scans),
        _same(b",PORTAL\r\n", scans),
    )
    path = f"{government.place.code}/attendance/presensi_online_{month:%Y%m}.csv"
    outbox.append(path, PORTAL_HEADER, data, add_months(month, 1) + timedelta(days=2))


def _column(texts: list[str]) -> npt.NDArray[np.uint8]:
    """Texts of one width as a matrix of bytes."""
    return np.frombuffer("".join(texts).encode(), np.uint8).reshape(len(texts), -1)


def _same(text: bytes, scans: Scans) -> npt.NDArray[np.uint8]:
    """The same bytes for every scan."""
    return np.broadcast_to(np.frombuffer(text, np.uint8), (len(scans.at), len(text)))


def _stamps(scans: Scans) -> npt.NDArray[np.uint8]:
    texts = np.datetime_as_string(scans.at, unit="s").astype("S19")
    stamps = np.frombuffer(texts.tobytes(), np.uint8).reshape(-1, 19).copy()
    stamps[:, 10] = 32
    return stamps


def _fixed_width(*columns: npt.NDArray[np.uint8]) -> bytes:
    """Lines of one width out of columns of bytes: millions of lines without a loop."""
    return np.concatenate(columns, axis=1).tobytes()


def _write_musters(outbox: Outbox, government: Government, musters: Musters) -> None:
    """A list per muster, with the names beside the numbers, as the committee types it."""
    code, portal = government.place.code, government.place.style == "portal"
    style = Style(delimiter=";") if portal else Style(dates="words")
    for (day, kind, scope), present in musters.items():
        rows: list[Row] = [("event_date", "event_type", "scope_unit_code", "nip", "Nama")]
        rows += [(day, kind, scope, person.nip, person.name) for person in present]
        if portal:
            rows.append(("JUMLAH", "", "", str(len(present)), ""))
        name = f"daftar hadir {kind} {day.day} {month_name(day)}"
        outbox.table(f"{code}/events/{name}.csv", rows, day + timedelta(days=1), style)
