"""The world as files: the landing folder that offices fill, and a region's own rules.

Belongs here: the entry points that write everything. Does not belong here: single kinds of files
(`records`, `forms`, `timeclock`).
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from demo.faults import PLANTED
from demo.forms import write_surveys
from demo.outbox import Outbox
from demo.people import UNKNOWN_PIN
from demo.records import write_national, write_records
from demo.sheets import Row
from demo.timeclock import write_attendance
from demo.workdays import local_days_off
from demo.world import World, make_world
from ingest.new_home import EXAMPLE_MARK
from ingest.words import sentence
from warehouse.errors import UserError
from warehouse.store.handiwork import Installed, install
from warehouse.store.home import Home

COMMON = ("government_code", "valid_from", "valid_to", "source", "trust")
SOURCE = "Contoh"
NOTICE = """Rumah data ini berisi contoh: orang-orangnya rekaan.
This home holds the example: its people are invented.
"""


def write_demo(home: Home) -> Installed:
    """Make a home of the example; in one that holds it already, write what is missing of it.

    A file that somebody changed since is left as it is.

    Raises:
        UserError: If the folder holds anything else, whose rules and files must not be touched.
    """
    mark = home.config / EXAMPLE_MARK
    if home.root.exists() and any(home.root.iterdir()) and not mark.exists():
        raise UserError(sentence("home", "demo_elsewhere", home=home.root))
    home.create()
    if not mark.exists():
        mark.write_text(NOTICE, encoding="utf-8")
    world = make_world()
    with home.workshop() as staged:
        write_config(world, staged / home.config.name)
        write_landing(world, staged / home.landing.name)
        return install(home, "demo", staged, home.root)


def secrets_of(world: World) -> frozenset[str]:
    """Every number, PIN, name and address in the world's files, that nothing public may hold.

    Names stand without academic titles. PINs have eight digits: search for them between characters
    that are no digits, since long decimals hold any eight digits sooner or later.
    """
    people = [person for government in world.governments for person in government.people]
    pins = {enrolment.pin for person in people for enrolment in person.enrolments}
    texts = {text for p in people for text in (p.nip, p.plain_name, p.email)}
    return frozenset(texts | pins | {UNKNOWN_PIN})


def write_landing(world: World, landing: Path) -> list[Path]:
    """Write every file of the world below ``landing``; returns them in order of writing.

    The same world gives the same bytes and the same file times.
    """
    outbox = Outbox(landing)
    for government in world.governments:
        write_records(outbox, world, government)
        write_surveys(outbox, world, government)
        write_attendance(outbox, world, government)
    write_national(outbox)
    return outbox.written


def write_config(world: World, config: Path) -> list[Path]:
    """Write the rules that the governments of the world set themselves; returns the files."""
    years = sorted({day.year for day in world.months})
    outbox = Outbox(config)
    tables: dict[str, tuple[Row, list[Row]]] = {
        "survey_waves": (
            ("wave", "start_date", "end_date", "eligible_types", "min_respondents"),
            [
                _own(g.place.code, wave.name, wave.start, wave.end, "", 10)
                for g in world.governments
                for wave in world.waves
            ],
        ),
        "days_off": (
            ("date", "kind", "name"),
            [
                _own(g.place.code, day, "local", name)
                for g in world.governments
                for year in years
                for day, name in local_days_off(g.place.code, year)
            ],
        ),
        "targets": (
            ("unit_code", "measure", "year", "value"),
            [
                _own(g.place.code, "", "culture_score", year, 74 + 2 * number)
                for number, g in enumerate(world.governments)
                for year in years
            ],
        ),
        "evidence": (
            ("unit_code", "date_from", "date_to", "recorded", "reason", "decided_by"),
            _decisions(world),
        ),
    }
    for name, (header, rows) in tables.items():
        if rows:
            outbox.table(f"{name}.csv", [[*header, *COMMON], *rows], date(years[0], 1, 2))
    return outbox.written


def _own(government: str, *cells: str | int | bool | date | None) -> Row:
    """A rule row of one government, valid always."""
    return [*cells, government, None, None, SOURCE, "R"]


def _decisions(world: World) -> list[Row]:
    """A day is not counted in the OPD whose machine died; the people had gone on working."""
    rows: list[Row] = []
    for fault in PLANTED:
        code, machine = fault.path.split("/")[0], fault.path.split("/")[-1].partition("_")[0]
        if fault.kind != "outage" or code not in {g.place.code for g in world.governments}:
            continue
        day = date.fromisoformat(fault.text)
        if not world.months[0] <= day <= world.last_day:
            continue
        units = world.government(code).units
        opd = next(u.code for u in units if str(u.machine) == machine and not u.parent)
        reason = "mesin presensi mati pukul 11.00"
        rows.append(_own(code, opd, day, day, False, reason, "Kepala BKPSDM"))
    return rows
