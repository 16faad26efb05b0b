"""How long a load of punches takes, against a bare DuckDB `read_csv` of the same file.

Run as `python -m bench.load_attlog [ROWS] [ROUNDS] [--before CHECKOUT]`; 10000000 rows are the
promise of the product (at most twice the floor, at most 1.5 GB). Floor and load take turns, each in
a process of its own, and the fastest of each counts; so does the load of another checkout, if one
is given (`bench.before`). It ends with 1 if a promise is broken.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from bench.before import measure_before
from bench.measure import Measured, measure
from ingest.arrivals.landing import scan
from ingest.loading.load import load_source
from ingest.rules.resolving import read_rules, write_rules
from warehouse.store.home import Home
from warehouse.store.state import ensure_raw

ROWS = 2_000_000
ROUNDS = 3
MAX_RATIO = 2.0
MAX_MEGABYTES = 1500
GOVERNMENT = "82.71"

_COLUMNS = (
    "{'pin': 'VARCHAR', 'timestamp': 'TIMESTAMP', 'device': 'VARCHAR', 'status': 'VARCHAR', "
    "'verify': 'VARCHAR', 'work_code': 'VARCHAR'}"
)


def write_attlog(path: Path, rows: int) -> None:
    """Write punches of 4,000 people over 300 days, as a ZKTeco device does."""
    with duckdb.connect() as conn:
        conn.execute(
            f"""
            COPY (
              SELECT lpad(CAST(1 + (i * 7919) % 4000 AS VARCHAR), 9, ' '),
                strftime(TIMESTAMP '2026-01-05 07:00:00'
                  + INTERVAL 1 SECOND * CAST(i * 25920000 // {rows} AS BIGINT),
                  '%Y-%m-%d %H:%M:%S'),
                1 + i % 3, i % 2, 1, 0
              FROM range({rows}) punches(i))
            TO '{path}' (DELIMITER '\t', HEADER false, QUOTE '')"""
        )


def floor(home: Home, path: Path, rows: int) -> Callable[[], None]:
    """The bare read into typed columns of a file database, with the home's limits."""
    database = home.root / "floor.duckdb"
    database.unlink(missing_ok=True)
    conn = duckdb.connect(str(database), config=home.engine_options())
    conn.execute("SET enable_progress_bar = false")

    def run() -> None:
        read = conn.execute(
            f"CREATE TABLE punches AS SELECT * FROM read_csv('{path}', auto_detect = false, "
            f"header = false, delim = '\t', quote = '', escape = '', columns = {_COLUMNS})"
        ).fetchone()
        conn.close()
        assert read == (rows,)  # noqa: S101 - a benchmark of a failed read says nothing

    return run


def load(home: Home, rows: int) -> Callable[[], None]:
    """The night's step: from the file in landing to committed rows in schema raw."""
    home.warehouse_file.unlink(missing_ok=True)
    deliveries = scan(home).deliveries
    conn = home.connect()
    conn.execute("SET enable_progress_bar = false")
    ensure_raw(conn)
    write_rules(conn, read_rules(home, [GOVERNMENT]))

    def run() -> None:
        now = datetime.now(UTC)
        balances = load_source(
            conn, home, "bench", now, "attendance", deliveries, lambda *_: {}, vouched=()
        )
        conn.close()
        assert sum(balance.rows_loaded for balance in balances) == rows  # noqa: S101 - see `floor`

    return run


def _home_of(checkout: Path, root: Path, attlog: Path) -> Path:
    """A home as the other checkout makes it, with the same file in landing."""
    budaya = checkout / ".venv/bin/budaya"
    subprocess.run([budaya, "init", "--home", root], check=True, capture_output=True)
    landed = root / "landing" / GOVERNMENT / "attendance" / attlog.name
    landed.parent.mkdir(parents=True, exist_ok=True)
    os.link(attlog, landed)
    return root


def main(arguments: list[str]) -> int:
    """Measure, print what was found, and tell whether the promises are kept."""
    parser = argparse.ArgumentParser(prog="bench.load_attlog")
    parser.add_argument("rows", type=int, nargs="?", default=ROWS)
    parser.add_argument("rounds", type=int, nargs="?", default=ROUNDS)
    parser.add_argument("--before", type=Path)
    given = parser.parse_args(arguments)
    rows, rounds = given.rows, given.rounds
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        home.create()
        path = home.landing / GOVERNMENT / "attendance" / "1_attlog.dat"
        path.parent.mkdir(parents=True)
        write_attlog(path, rows)
        print(f"{rows:,} punches, {path.stat().st_size / 1e6:.0f} MB")
        steps: dict[str, Callable[[], Measured]] = {
            "floor": lambda: measure(floor, home, path, rows),
            "load": lambda: measure(load, home, rows),
        }
        if given.before:
            other = _home_of(given.before, Path(folder) / "before", path)
            steps["before"] = lambda: measure_before(
                given.before, "bench.load_attlog", "load", other, rows
            )
        found: dict[str, list[Measured]] = {name: [] for name in steps}
        for _ in range(rounds):
            for name, step in steps.items():
                found[name].append(step())
                print(f"  {name:6}  {found[name][-1]}")
    best = {name: min(m.seconds for m in measured) for name, measured in found.items()}
    ratio = best["load"] / best["floor"]
    peak = max(measured.megabytes for measured in found["load"])
    print(f"best of {rounds}: load/floor = {ratio:.2f} (at most {MAX_RATIO:g})")
    if given.before:
        print(f"load/before = {best['load'] / best['before']:.2f}")
    print(f"peak memory of the load: {peak:.0f} MB (at most {MAX_MEGABYTES})")
    return int(ratio > MAX_RATIO or peak > MAX_MEGABYTES)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
