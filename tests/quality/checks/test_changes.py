"""What changed since the last publication, and that the past does not change without a cause."""

from __future__ import annotations

import json
from datetime import date

import duckdb
import pytest

from quality.checks import changes
from quality.checks.results import ExpectedCheck
from tests.quality import nights
from tests.warehouse.night import run_entry
from warehouse.catalog.ddl import table_ddl
from warehouse.catalog.reader import load_catalog
from warehouse.files import sha256_file
from warehouse.proof import ledger
from warehouse.store.home import Home

STANDS = "changes.mart_discipline.history_stands"
AS_OF = date(2026, 1, 15)


def marts(conn: duckdb.DuckDBPyConnection, database: str) -> None:
    """Three months of one OPD, the last of them running, and one wave."""
    conn.execute(f"CREATE SCHEMA {database}.marts")
    conn.execute(f"USE {database}")
    for table in load_catalog().marts.values():
        conn.execute(table_ddl(table, "marts"))
    nights.insert(conn, "marts.publication", run_id=nights.EARLIER, as_of_date=AS_OF)
    key = {"government_code": "82.71", "unit_level": "opd", "unit_code": "1"}
    for month in (date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1)):
        nights.insert(
            conn,
            "marts.mart_discipline",
            **key,
            month=month,
            employees=20,
            late_minutes=100,
            discipline_score=90.0,
        )
    wave = {**key, "wave": "2025", "wave_end_date": date(2025, 6, 30)}
    nights.insert(conn, "marts.mart_survey", **wave, survey_score=70.0)
    nights.insert(conn, "marts.mart_survey_value", **key, wave="2025", value_code="BP", score=70.0)


@pytest.fixture
def published(home: Home, conn: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """A working file whose marts are those that are published, and a night without news."""
    folder = home.published / "generations" / nights.EARLIER
    folder.mkdir(parents=True)
    conn.execute(f"ATTACH '{folder / 'marts.duckdb'}' AS written")
    marts(conn, "written")
    conn.execute("USE warehouse")
    conn.execute("DETACH written")
    marts(conn, "warehouse")
    for run_id in (nights.EARLIER, nights.RUN):
        nights.insert(conn, "raw.run", run_id=run_id, rules_sha256="r", code_version="c")
    path = f"published/generations/{nights.EARLIER}/marts.duckdb"
    digests = {path: sha256_file(home.root / path)}
    ledger.append(home, run_entry(home, nights.EARLIER, generation=digests))
    return conn


def outcomes(conn: duckdb.DuckDBPyConnection, home: Home) -> dict[str, str]:
    return {r.check_id: r.outcome for r in changes.check(conn, home, nights.RUN)}


def test_the_same_figures_are_no_change_whatever_the_order_of_a_sum(
    home: Home, published: duckdb.DuckDBPyConnection
) -> None:
    published.execute("UPDATE marts.mart_discipline SET discipline_score = 90.00000000000001")
    for change in changes.compare(published, home):
        assert (change.rows_added, change.rows_removed, change.rows_changed) == (0, 0, 0)
    assert set(outcomes(published, home).values()) == {"passed"}


def test_changes_are_counted_by_row_and_cell_with_the_largest_first(
    home: Home, published: duckdb.DuckDBPyConnection
) -> None:
    published.execute(
        "UPDATE marts.mart_discipline SET late_minutes = 107, discipline_score = 88.5, "
        "coverage = 1 WHERE month = '2025-11-01'"
    )
    published.execute("DELETE FROM marts.mart_discipline WHERE month = '2025-12-01'")
    nights.insert(
        published,
        "marts.mart_discipline",
        government_code="82.71",
        unit_level="opd",
        unit_code="2",
        month=date(2026, 1, 1),
    )
    found = {change.table: change for change in changes.compare(published, home)}
    change = found["mart_discipline"]
    assert (change.rows_added, change.rows_removed, change.rows_changed) == (1, 1, 1)
    assert change.cells_changed == 3
    assert change.history == 3  # November; December ended less than 16 days before
    assert change.largest == (
        changes.Cell("82.71 · opd · 1 · 2025-11-01", "late_minutes", 100, 107),
        changes.Cell("82.71 · opd · 1 · 2025-11-01", "discipline_score", 90, 88.5),
    )
    assert found["mart_survey"].rows_changed == 0


def test_without_a_cause_the_past_stands_and_the_present_may_move(
    home: Home, published: duckdb.DuckDBPyConnection
) -> None:
    change = "UPDATE marts.mart_discipline SET discipline_score = 1 WHERE month = '{}'"
    published.execute(change.format("2026-01-01"))
    assert outcomes(published, home)[STANDS] == "passed"
    published.execute(change.format("2025-11-01"))
    found = outcomes(published, home)
    assert [check_id for check_id, outcome in found.items() if outcome == "failed"] == [STANDS]


@pytest.mark.parametrize(
    ("spoil", "table"),
    [
        ("DELETE FROM marts.mart_discipline WHERE month = '2025-11-01'", "mart_discipline"),
        ("UPDATE marts.mart_survey SET survey_score = NULL", "mart_survey"),
        ("UPDATE marts.mart_survey_value SET score = 71", "mart_survey_value"),
    ],
)
def test_a_lost_row_a_lost_figure_and_a_closed_wave_are_history_too(
    home: Home, published: duckdb.DuckDBPyConnection, spoil: str, table: str
) -> None:
    published.execute(spoil)
    failed = [name for name, outcome in outcomes(published, home).items() if outcome == "failed"]
    assert failed == [f"changes.{table}.history_stands"]


OLD = {"month": date(2025, 3, 1), "year": 2024, "wave": "2025", "government_code": "82.71"}


@pytest.mark.parametrize("check", changes.checks(), ids=lambda check: check.subject)
def test_a_row_that_enters_the_past_of_any_table_fails_its_check_and_no_other(
    home: Home, published: duckdb.DuckDBPyConnection, check: ExpectedCheck
) -> None:
    key = load_catalog().marts[check.subject].key
    nights.insert(published, f"marts.{check.subject}", **{name: OLD.get(name, "x") for name in key})
    found = outcomes(published, home)
    assert [name for name, outcome in found.items() if outcome != "passed"] == [check.check_id]


ERASURE = {
    "kind": "erasure",
    "run_id": nights.RUN,
    "at": "2026-01-15T20:00:00Z",
    "people": 1,
    "rows": {"leave": 1},
    "files": 0,
    "generation": {},
    "reason": "x",
    "listed": 1,
}


@pytest.mark.parametrize("cause", ["file", "rules", "code", "erasure"])
def test_a_cause_excuses_a_change_and_is_named(
    home: Home, published: duckdb.DuckDBPyConnection, cause: str
) -> None:
    published.execute("UPDATE marts.mart_discipline SET discipline_score = 1")
    if cause == "file":
        nights.deliver(published, 1, file_name="cuti 198609262015051001.csv")
    elif cause == "erasure":
        ledger.append(home, ERASURE)
    else:
        column = {"rules": "rules_sha256", "code": "code_version"}[cause]
        published.execute(f"UPDATE raw.run SET {column} = 'x' WHERE run_id = ?", [nights.RUN])
    assert outcomes(published, home)[STANDS] == "passed"
    found = changes.since_published(published, home, nights.RUN)
    assert found is not None
    said = {
        "file": found.files == (f"82.71/leave/cuti {'*' * 18}.csv",),
        "rules": found.rules_changed,
        "code": found.code_changed,
        "erasure": found.erasures == 1,
    }
    assert [name for name, is_cause in said.items() if is_cause] == [cause]


def test_a_file_that_came_before_the_publication_or_is_held_is_no_cause(
    home: Home, published: duckdb.DuckDBPyConnection
) -> None:
    nights.deliver(published, 1, run_id=nights.EARLIER)
    nights.deliver(published, 2, outcome="held")
    published.execute("UPDATE marts.mart_discipline SET discipline_score = 1")
    assert outcomes(published, home)[STANDS] == "failed"


def test_a_clock_that_was_set_back_changes_nothing_about_what_is_new(
    home: Home, published: duckdb.DuckDBPyConnection
) -> None:
    """The night's name sorts before the published one's; the ledger's order counts."""
    backdated = "20200101T000000Z-0000"
    nights.insert(published, "raw.run", run_id=backdated, rules_sha256="r", code_version="c")
    nights.deliver(published, 1, run_id=backdated, file_name="susulan.csv")
    found = changes.since_published(published, home, backdated)
    assert found is not None
    assert [path.rpartition("/")[2] for path in found.files] == ["susulan.csv"]


def test_a_publication_that_is_damaged_is_compared_with_nothing(
    home: Home, published: duckdb.DuckDBPyConnection
) -> None:
    """The night that publishes again must not be blocked by what it mends."""
    (home.published / "generations" / nights.EARLIER / "marts.duckdb").write_bytes(b"garbage")
    assert set(outcomes(published, home).values()) == {"passed"}
    assert changes.facts(published, home, nights.RUN, shown=True) is None


def test_before_the_first_publication_there_is_nothing_to_compare(
    home: Home, conn: duckdb.DuckDBPyConnection
) -> None:
    assert changes.compare(conn, home) == []
    assert changes.facts(conn, home, nights.RUN, shown=True) is None
    assert set(outcomes(conn, home).values()) == {"passed"}


def test_what_can_not_be_compared_is_errored(
    home: Home, published: duckdb.DuckDBPyConnection
) -> None:
    published.execute("ALTER TABLE marts.mart_discipline RENAME late_minutes TO other")
    assert set(outcomes(published, home).values()) == {"errored"}


def test_figures_that_are_not_published_are_counted_but_not_told(
    home: Home, published: duckdb.DuckDBPyConnection
) -> None:
    published.execute("UPDATE marts.mart_discipline SET discipline_score = 12.375")
    told = changes.facts(published, home, nights.RUN, shown=False)
    assert "12.375" not in json.dumps(told)
    assert {row["table"]: row["cells_changed"] for row in told["tables"]}["mart_discipline"] == 3
    assert "12.375" in json.dumps(changes.facts(published, home, nights.RUN, shown=True))


def test_a_generation_of_a_product_with_fewer_columns_and_tables_is_compared(
    home: Home, published: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it lacked counts as changed or added; the rest is still held against it."""
    path = home.published / "generations" / nights.EARLIER / "marts.duckdb"
    with duckdb.connect(str(path)) as earlier:
        earlier.execute("ALTER TABLE marts.marts.mart_discipline DROP COLUMN discipline_score")
        earlier.execute("DROP TABLE marts.marts.mart_survey_value")
    # It was published like this: what was altered since is never compared with.
    monkeypatch.setattr(changes.publication, "standing", lambda _: nights.EARLIER)
    found = {change.table: change for change in changes.compare(published, home)}
    assert (found["mart_discipline"].rows_changed, found["mart_discipline"].rows_added) == (3, 0)
    assert (found["mart_survey_value"].rows_added, found["mart_survey_value"].rows_removed) == (
        1,
        0,
    )
    assert found["mart_survey"].rows_changed == 0
