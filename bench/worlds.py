"""Worlds to measure on: homes with landing folders of any size, made by SQL alone, from a seed.

Run as `python -m bench.worlds NAME HOME [DAYS]` to look at one. Belongs here: invented people,
their punches, leave, one survey wave and one year of IP-ASN, in the layouts that regions send. Does
not belong here: the example world that people read (`demo`), or what is measured (`bench.night`).

A world is plain on purpose, so that `bench/floor.sql` can say its marts in a few pages: the shipped
rules, no rosters, no apel, no office with fewer people than may be shown. It has what costs work:
repeats, missing sides, devices that were off, leave, transfers and people who left.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import duckdb

from ingest.new_home import open_home
from warehouse.store.home import Home

SHIPPED = Path(__file__).parents[1] / "ingest/rules/shipped"
ITEMS = [f"{value}{n}" for value in ("BP", "AK", "KO", "HA", "LO", "AD", "KL") for n in (1, 2, 3)]
ARRIVED = 1_772_323_200  # 1 March 2026: later than every punch, earlier than the night

_CSV = "(FORMAT csv, HEADER true)"


@dataclass(frozen=True)
class World:
    """A size: people and offices over the governments whose code begins with ``prefix``.

    Its months end with December 2025, without the last working day: `add_day` brings that first.
    """

    name: str
    employees: int
    offices: int
    months: int
    prefix: str
    most_governments: int = 1

    @property
    def first_day(self) -> str:
        """The first day with punches, ISO."""
        return f"2025-{13 - self.months:02d}-01"


WORLDS = {
    world.name: world
    for world in (
        World("small", 400, 6, 2, "82.71"),
        World("month", 6_000, 49, 1, "82.71"),
        World("city", 6_000, 49, 12, "82.71"),
        World("province", 60_000, 507, 12, "82", 10),
        World("country-month", 4_700_000, 42_552, 1, "", 552),
    )
}


def make(world: World, home: Home, *, seed: int = 1, threads: int | None = None) -> None:
    """Open a home and write all that lies in its landing folder before the first new day."""
    conn = _people(world, seed)
    codes = [code for (code,) in conn.execute("SELECT code FROM governments ORDER BY 1").fetchall()]
    open_home(home, codes)
    files = [*_RECORDS, _punches("month", "day <= DATE '2025-12-30'", seed)]
    _each(conn, home, codes, files, threads)
    _date(home, ARRIVED)


def add_day(world: World, home: Home, number: int, *, seed: int = 1) -> str:
    """Write the files of one more working day, one for each office; returns the day, ISO.

    Args:
        world: The world that was made in the home.
        home: The home.
        number: 0 for the last working day of December 2025, 1 for the first of January 2026, …
        seed: The seed of the world.
    """
    conn = _people(world, seed)
    ((day,),) = conn.execute(
        "SELECT CAST(day AS VARCHAR) FROM days WHERE day > DATE '2025-12-30' ORDER BY day "
        f"LIMIT 1 OFFSET {number}"
    ).fetchall()
    codes = [code for (code,) in conn.execute("SELECT code FROM governments ORDER BY 1").fetchall()]
    _each(conn, home, codes, [_punches("date", f"day = DATE '{day}'", seed)], None)
    _date(home, ARRIVED + 60 * (number + 1), folder=f"date={day}")
    return str(day)


def ready(world: World, home: Home, day: int | None = None) -> Callable[[], object]:
    """`make`, or `add_day` where a day is given, as a step that `bench.measure` takes."""
    if day is None:
        return lambda: make(world, home)
    return lambda: add_day(world, home, day)


def _people(world: World, seed: int) -> duckdb.DuckDBPyConnection:
    """Who is where, who is away, and when: the tables that every government's files come from.

    DuckDB gets one thread, and every government a thread of its own (`_each`): that alone writes
    one file for each office, in the same order every time.
    """
    conn = duckdb.connect(config={"threads": 1})
    conn.execute(f"SET VARIABLE seed = {seed}")
    conn.execute(f"SET VARIABLE first_day = DATE '{world.first_day}'")
    for tables in (_offices(world), _employees(world), _days(world)):
        conn.execute(tables)
    return conn


def _offices(world: World) -> str:
    """SQL of the governments, and of the offices that are spread over them."""
    return f"""
        CREATE TABLE governments AS
        SELECT government_code AS code, row_number() OVER (ORDER BY government_code) - 1 AS number
        FROM read_csv('{SHIPPED}/governments.csv', all_varchar = true)
        WHERE level <> 'national' AND starts_with(government_code, '{world.prefix}')
        ORDER BY government_code LIMIT {world.most_governments};

        CREATE TABLE offices AS
        SELECT number, code, office, format('U{{:03d}}', office) AS unit_code,
          CASE WHEN office % 2 = 1 THEN format('U{{:03d}}', office - 1) END AS parent_unit_code,
          count(*) OVER (PARTITION BY code) AS offices_there
        FROM (
          SELECT offices.number, code, row_number() OVER (
            PARTITION BY code ORDER BY offices.number) - 1 AS office
          FROM range({world.offices}) AS offices(number)
          INNER JOIN governments ON governments.number
            = offices.number * (SELECT count(*) FROM governments) // {world.offices});
    """


def _employees(world: World) -> str:
    """SQL of the people of each office, and of their spells there."""
    return f"""
        CREATE TABLE people AS
        SELECT person, offices.*, hash(person, getvariable('seed')) AS chance,
          strftime(DATE '1966-01-01' + CAST(person % 9000 AS INTEGER), '%Y%m%d')
          || CAST(2012 + person // 9000 % 150 // 12 AS VARCHAR)
          || lpad(CAST(1 + person // 9000 % 12 AS VARCHAR), 2, '0')
          || CAST(1 + person % 2 AS VARCHAR)
          || lpad(CAST(1 + person // 1350000 AS VARCHAR), 3, '0') AS nip,
          CASE WHEN person % 20 < 15 THEN 'PNS' WHEN person % 20 < 19 THEN 'PPPK' ELSE 'CPNS' END
            AS employee_type,
          CAST(row_number() OVER (PARTITION BY code ORDER BY person) AS VARCHAR) AS pin
        FROM range({world.employees}) AS people(person)
        INNER JOIN offices
          ON offices.number = person * {world.offices} // {world.employees}
        ORDER BY person;

        -- Two in a hundred people leave an office within the year, one of them for another one.
        CREATE TABLE spells AS
        WITH leaving AS (
          SELECT *, CASE WHEN chance % 100 < 2
            THEN DATE '2025-02-01' + CAST(chance // 100 % 300 AS INTEGER) END AS last_day
          FROM people)
        SELECT *, DATE '2020-01-01' AS valid_from, last_day AS valid_to FROM leaving
        UNION ALL BY NAME
        SELECT * REPLACE (
            (office + 1) % offices_there AS office,
            format('U{{:03d}}', (office + 1) % offices_there) AS unit_code),
          last_day + 1 AS valid_from, NULL AS valid_to
        FROM leaving WHERE last_day IS NOT NULL AND chance % 2 = 0;
    """


def _days(world: World) -> str:
    """SQL of the working days, and of the leave that falls on some of them."""
    return f"""
        CREATE TABLE days AS
        SELECT CAST(day AS DATE) AS day
        FROM generate_series(getvariable('first_day'), DATE '2026-02-27', INTERVAL 1 DAY) AS t(day)
        WHERE isodow(day) < 6 AND day NOT IN (
          SELECT "date" FROM read_csv('{SHIPPED}/days_off.csv', types = {{'date': 'DATE'}}));

        -- Up to two times away, one in each half of the measured months.
        CREATE TABLE leave AS
        WITH halves AS (
          SELECT code, nip, hash(person, half, getvariable('seed')) AS chance, half,
            CAST(DATE '2025-12-31' - getvariable('first_day') AS INTEGER) // 2 AS half_days
          FROM people CROSS JOIN range(2) AS t(half))
        SELECT code, nip, date_from,
          date_from + CAST(chance // 65536 % 5 AS INTEGER) AS date_to,
          CASE WHEN chance % 10 < 7 THEN 'Cuti Tahunan' WHEN chance % 10 < 9 THEN 'Dinas Luar'
            ELSE 'Sakit' END AS leave_type
        FROM (
          SELECT *, getvariable('first_day')
            + CAST(half * half_days + chance // 100 % (half_days - 5) AS INTEGER) AS date_from
          FROM halves WHERE chance // 7 % 100 < {5 * world.months});
    """


# Everything but the punches: where it goes below the government's folder, and what is in it.
_RECORDS = (
    (
        f"units/units.csv' {_CSV}",
        """SELECT unit_code, 'Kantor Uji ' || unit_code AS unit_name,
          CASE WHEN parent_unit_code IS NULL THEN 'Dinas' ELSE 'UPTD' END AS unit_type,
          parent_unit_code, DATE '2020-01-01' AS valid_from
        FROM offices WHERE code = $code ORDER BY office""",
    ),
    (
        f"employees/employees.csv' {_CSV}",
        """SELECT nip, 'Pegawai' AS name, unit_code, employee_type, 'pelaksana' AS position_type,
          valid_from, valid_to
        FROM spells WHERE code = $code ORDER BY person, valid_from""",
    ),
    (
        f"devices/devices.csv' {_CSV}",
        "SELECT '' AS device_id, pin, nip FROM people WHERE code = $code ORDER BY person",
    ),
    (
        f"leave/leave.csv' {_CSV}",
        """SELECT nip, date_from, date_to, leave_type
        FROM leave WHERE code = $code ORDER BY nip, date_from""",
    ),
    (
        f"survey/2025-S1/answers.csv' {_CSV}",
        f"""SELECT DATE '2025-02-03' + to_minutes(480 + person * 7 % 28000) AS submitted_at,
          'respondent-' || CAST(person AS VARCHAR) AS respondent_id, unit_code,
          {", ".join(f"2 + (chance >> {n}) % 4 AS {item}" for n, item in enumerate(ITEMS))}
        FROM people WHERE code = $code AND person % 3 = 0 ORDER BY person""",
    ),
    (
        f"ip_asn/2024/scores.csv' {_CSV}",
        """SELECT *, kualifikasi + kompetensi + kinerja + disiplin AS total FROM (
          SELECT nip, 15 + chance % 6 * 2 AS kualifikasi, 20 + chance // 6 % 21 AS kompetensi,
            15 + chance // 126 % 16 AS kinerja, 4 + chance // 2016 % 2 AS disiplin
          FROM people WHERE code = $code AND employee_type <> 'CPNS' ORDER BY person)""",
    ),
)


def _punches(kind: str, condition: str, seed: int) -> tuple[str, str]:
    """The files of the devices: one for each office and month, or date, in the order of time."""
    stretch = "strftime(day, '%Y-%m')" if kind == "month" else "CAST(day AS VARCHAR)"
    options = (
        f"FORMAT csv, DELIMITER '\t', HEADER false, QUOTE '', PARTITION_BY ({kind}, place), "
        "FILENAME_PATTERN 'attlog_{i}', FILE_EXTENSION 'dat', OVERWRITE_OR_IGNORE true"
    )
    return (
        f"attendance' ({options})",
        f"""
        WITH expected AS (
          SELECT pin, nip, office, unit_code, day, isodow(day) = 5 AS is_friday,
            CAST(day - DATE '1970-01-01' AS BIGINT) * 86400 AS midnight,
            hash(person, day, {seed}) AS dice,
            CASE WHEN chance // 7 % 100 < 94 THEN 3 WHEN chance // 7 % 100 < 99 THEN 40
              ELSE 200 END AS absent_of_1000
          FROM spells
          INNER JOIN days ON day BETWEEN valid_from AND coalesce(valid_to, day)
          WHERE code = $code AND {condition}
            AND hash(code, office, day, {seed}) % 300 > 0),
        there AS (
          SELECT *,
            midnight + 25500 + dice % 1560
              + CASE WHEN (dice >> 8) % 11 = 0 THEN (dice >> 12) % 3600 ELSE 0 END AS comes,
            midnight + CASE WHEN is_friday THEN 59400 ELSE 57600 END + (dice >> 20) % 2700
              - CASE WHEN (dice >> 28) % 37 = 0 THEN 3600 ELSE 0 END AS goes
          FROM expected
          WHERE (dice >> 40) % 1000 >= absent_of_1000
            AND NOT EXISTS (
              SELECT 1 FROM leave
              WHERE leave.code = $code AND leave.nip = expected.nip
                AND expected.day BETWEEN leave.date_from AND leave.date_to)),
        punches AS (
          SELECT pin, office, unit_code, day, unnest([
            CASE WHEN (dice >> 33) % 67 <> 0 THEN comes END,
            CASE WHEN (dice >> 33) % 67 <> 1 THEN goes END,
            CASE WHEN (dice >> 33) % 67 > 1 AND (dice >> 36) % 25 = 2
              THEN comes + 20 + (dice >> 48) % 260 END,
            CASE WHEN (dice >> 33) % 67 > 1 AND (dice >> 50) % 6 = 0
              THEN midnight + 43200 + (dice >> 4) % 1800 END]) AS second
          FROM there)
        SELECT lpad(pin, 9, ' ') AS pin, make_timestamp(CAST(second * 1000000 AS BIGINT)) AS punch,
          office + 1 AS device, 0 AS status, 1 AS verify, 0 AS work_code,
          {stretch} AS {kind}, unit_code AS place
        FROM punches WHERE second IS NOT NULL ORDER BY second, pin""",
    )


def _each(
    conn: duckdb.DuckDBPyConnection,
    home: Home,
    codes: Sequence[str],
    files: Sequence[tuple[str, str]],
    threads: int | None,
) -> None:
    """Write the files of every government, some governments at a time."""

    def write(code: str) -> None:
        with conn.cursor() as own:
            own.execute("SET partitioned_write_max_open_files = 10000")
            own.execute("SET partitioned_write_flush_threshold = 1000000000")
            for target, select in files:
                path = home.landing / code / target.partition("'")[0]
                path.parent.mkdir(parents=True, exist_ok=True)
                query = select.replace("$code", f"'{code}'")
                own.execute(f"COPY ({query}) TO '{home.landing / code}/{target}")

    with ThreadPoolExecutor(threads or os.cpu_count()) as pool:
        for one in [pool.submit(write, code) for code in codes]:
            one.result()


def _date(home: Home, moment: int, folder: str = "*") -> None:
    """Give the files of a folder one time of arrival: their order is that of their names."""
    for path in home.landing.glob(f"*/*/{folder}/**/*" if folder != "*" else "**/*"):
        if path.is_file():
            os.utime(path, (moment, moment))


def main(arguments: list[str]) -> None:
    """Make a world and say how large it is."""
    world, home = WORLDS[arguments[0]], Home(Path(arguments[1]).absolute())
    began = time.perf_counter()
    make(world, home)
    for number in range(int(arguments[2]) if len(arguments) > 2 else 0):
        add_day(world, home, number)
    sizes = [path.stat().st_size for path in home.landing.rglob("attlog*.dat")]
    seconds = time.perf_counter() - began
    print(
        f"{world.name}: {len(sizes):,} files, {sum(sizes) / 1e6:,.0f} MB, made in {seconds:.1f} s"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
