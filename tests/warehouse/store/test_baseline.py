"""Who is behind what is published: kept by run, of use only once the ledger names that run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.night import run_entry
from warehouse.catalog.ddl import table_ddl
from warehouse.catalog.reader import load_catalog
from warehouse.proof import ledger
from warehouse.proof import standing as publication
from warehouse.store import runs
from warehouse.store.home import Home
from warehouse.store.state import ensure_raw

Set = dict[str, str]
"""Figures by contributor."""

FIRST, SECOND, THIRD = "20260113T203000Z-0001", "20260114T203000Z-0002", "20260101T203000Z-0003"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.create()
    return made


@pytest.fixture
def conn(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with home.connect() as opened:
        ensure_raw(opened)
        opened.execute("CREATE SCHEMA intermediate")
        yield opened


def publish(conn: duckdb.DuckDBPyConnection, run_id: str, **periods: Set) -> None:
    """What a night keeps before its line in the ledger."""
    table = load_catalog().state["published_contributor"]
    conn.execute("DROP TABLE IF EXISTS intermediate.int_contributor")
    conn.execute(table_ddl(table, "intermediate", name="int_contributor"))
    for name in ("run_id", "is_baseline"):
        conn.execute(f"ALTER TABLE intermediate.int_contributor DROP {name}")
    for period, people in periods.items():
        for person, figures in people.items():
            row = ["G", "survey", period, "A", "A", person, figures]
            conn.execute("INSERT INTO intermediate.int_contributor VALUES (?,?,?,?,?,?,?)", row)
    runs.keep_published_contributors(conn, run_id)


def baseline(conn: duckdb.DuckDBPyConnection, line: Sequence[str]) -> dict[str, Set]:
    runs.set_baseline(conn, line)
    found: dict[str, Set] = {}
    for period, person, figures in conn.execute(
        "SELECT period, contributor, figures FROM raw.published_contributor WHERE is_baseline"
    ).fetchall():
        found.setdefault(period, {})[person] = figures
    return found


def kept(conn: duckdb.DuckDBPyConnection) -> int:
    row = conn.execute("SELECT count(*) FROM raw.published_contributor").fetchone()
    return row[0] if row else 0


def test_a_night_that_was_killed_before_its_line_moves_no_baseline(
    conn: duckdb.DuckDBPyConnection,
) -> None:
    publish(conn, FIRST, s1={"p": "BP=1", "q": "BP=2"})
    assert baseline(conn, [FIRST]) == {"s1": {"p": "BP=1", "q": "BP=2"}}
    publish(conn, SECOND, s1={"p": "BP=1"}, s2={"p": "BP=3"})
    assert baseline(conn, [FIRST]) == {"s1": {"p": "BP=1", "q": "BP=2"}}
    assert kept(conn) == 2


def test_a_rollback_brings_back_the_baseline_of_its_generation(
    conn: duckdb.DuckDBPyConnection,
) -> None:
    """The third run's clock was set back: the ledger's order counts, not its name."""
    publish(conn, FIRST, s1={"p": "BP=1", "q": "BP=2"}, s2={"p": "BP=5"})
    runs.set_baseline(conn, [FIRST])
    publish(conn, SECOND, s1={"p": "BP=9"}, s2={"p": "BP=5"})
    assert baseline(conn, [FIRST, SECOND]) == {"s1": {"p": "BP=9"}, "s2": {"p": "BP=5"}}
    publish(conn, THIRD, s1={"q": "BP=7"}, s2={"p": "BP=5"})
    both = [FIRST, SECOND, THIRD]
    assert baseline(conn, both) == {"s1": {"q": "BP=7"}, "s2": {"p": "BP=5"}}
    assert baseline(conn, [FIRST, SECOND])["s1"] == {"p": "BP=9"}


def test_a_night_without_a_change_keeps_nothing_anew(conn: duckdb.DuckDBPyConnection) -> None:
    publish(conn, FIRST, s1={"p": "BP=1"})
    runs.set_baseline(conn, [FIRST])
    publish(conn, SECOND, s1={"p": "BP=1"})
    assert kept(conn) == 1
    assert baseline(conn, [FIRST, SECOND]) == {"s1": {"p": "BP=1"}}


def test_what_was_kept_before_runs_were_named_is_the_oldest(
    conn: duckdb.DuckDBPyConnection,
) -> None:
    publish(conn, FIRST, s1={"p": "BP=1"}, s2={"p": "BP=2"})
    conn.execute("UPDATE raw.published_contributor SET run_id = NULL, is_baseline = NULL")
    assert baseline(conn, [FIRST]) == {"s1": {"p": "BP=1"}, "s2": {"p": "BP=2"}}
    publish(conn, SECOND, s1={"p": "BP=4"}, s2={"p": "BP=2"})
    assert baseline(conn, [FIRST, SECOND]) == {"s1": {"p": "BP=4"}, "s2": {"p": "BP=2"}}


def test_the_ledger_knows_the_line_that_led_to_what_is_published(home: Home) -> None:
    def night(number: int, *, published: bool) -> str:
        run_id = f"20260113T203000Z-{number:04d}"
        files = {f"published/generations/{run_id}/marts.duckdb": "0" * 64} if published else None
        ledger.append(home, run_entry(home, run_id, generation=files))
        return run_id

    one, two = night(1, published=True), night(2, published=True)
    blocked = night(3, published=False)
    assert publication.published_line(ledger.entries(home)) == [one, two]
    assert publication.vouched_run_ids(ledger.entries(home)) == {one, two}
    back = {"kind": "rollback", "run_id": "20260113T203000Z-0004", "to": one, "at": "now"}
    ledger.append(home, back)
    assert publication.published_line(ledger.entries(home)) == [one]
    last = night(5, published=True)
    assert publication.published_line(ledger.entries(home)) == [one, last]
    assert publication.vouched_run_ids(ledger.entries(home)) == {one, two, blocked, last}
