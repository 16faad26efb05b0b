"""A home's files and rules, loaded and built by dbt, without checks, gate or publication."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from ingest.arrivals.landing import scan
from ingest.loading.load import load_source
from ingest.rules.resolving import read_rules, write_rules
from orchestration import dbt
from tests.oracle.figures import Row
from warehouse.catalog.reader import load_catalog
from warehouse.store import runs
from warehouse.store.home import Home
from warehouse.store.state import ensure_raw
from warehouse.vocabulary import DeliveryKey


def build(home: Home, *selection: str) -> None:
    """Build the models that are selected, or all."""
    ran = dbt.invoke(home, "run", *(["--select", *selection] if selection else []))
    assert {one.status for one in ran} == {"success"}, ran


def run_tests(home: Home, *selection: str) -> dict[str, tuple[str, int | None]]:
    """Run what is selected of dbt's tests: the status of each and what it counts."""
    ran = dbt.invoke(home, "test", "--select", *selection)
    return {one.unique_id.split(".")[2]: (one.status, one.failures) for one in ran}


def load(home: Home, now: datetime, run_id: str = "run-1") -> None:
    """Load rules and landing, as a night that begins at a moment (UTC); nothing is held."""
    landed = scan(home)
    found = landed.deliveries
    with home.connect() as conn:
        ensure_raw(conn)
        written = write_rules(conn, read_rules(home, landed.governments))
        runs.open_run(conn, runs.Run(run_id, now, now.date(), "test", written.sha256))
        for source in load_catalog().landing_sources:
            own = [one for one in found if one.source == source]
            load_source(conn, home, run_id, now, source, own, _hold_nothing, vouched=())


def _hold_nothing(conn: duckdb.DuckDBPyConnection, source: str) -> Mapping[DeliveryKey, str]:
    return {}


def rows(home: Home, table: str, columns: Iterable[str] = ("*",)) -> list[Row]:
    """All rows of a table of the working file."""
    with home.connect(read_only=True) as conn:
        found = conn.execute(f"select {', '.join(columns)} from {table}")
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def new_home(root: Path) -> Home:
    """An empty home."""
    home = Home(root)
    home.create()
    return home


def empty_warehouse(root: Path, as_of: date) -> Home:
    """A home that has never received a file: rules and empty models, which unit tests need."""
    home = new_home(root)
    (home.landing / "82.71").mkdir()
    load(home, datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC))
    build(home)
    return home
