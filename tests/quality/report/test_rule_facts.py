"""The rules as a report shows them: once, as values, with what changed since the publication."""

from __future__ import annotations

import json
from datetime import date, time
from pathlib import Path
from typing import Any

import duckdb
import pytest

from quality.report import rule_changes
from quality.report import rules as rule_facts
from tests.quality import nights
from warehouse.catalog.reader import load_catalog
from warehouse.store.home import Home

ALWAYS = {"valid_from": date(1900, 1, 1), "valid_to": date(9999, 12, 31)}


def rule(conn: duckdb.DuckDBPyConnection, name: str, *governments: str, **values: Any) -> None:
    """A row as the resolved rules have it: once for each government that it holds for."""
    beside = {**ALWAYS, "trust": "C", "origin": "shipped", "file_row": 2}
    for government in governments:
        row = {"government_code": government, **beside, **values}
        nights.insert(conn, f"raw.rule_{name}", **row)


@pytest.fixture
def two(conn: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """A working file with files of two governments."""
    nights.deliver(conn, 1)
    nights.deliver(conn, 2, government_code="35.75")
    return conn


def shown(conn: duckdb.DuckDBPyConnection, home: Home, name: str) -> dict[str, Any]:
    rules = rule_facts.rules_in_force(conn, "2026-01-16")
    (found,) = (one for one in rules if one["rule"] == name)
    return found


def published(home: Home, conn: duckdb.DuckDBPyConnection) -> Path:
    """Publish the rules of a working file, as `rule_lineage` keeps them; returns its file."""
    private, public = (
        area / "generations" / nights.EARLIER for area in (home.restricted, home.published)
    )
    private.mkdir(parents=True)
    public.mkdir(parents=True)
    (home.published / "current").symlink_to(Path("generations") / nights.EARLIER)
    path = private / "restricted.duckdb"
    conn.execute(f"ATTACH '{path}' AS written")
    rows = " UNION ALL ".join(
        f"SELECT government_code, '{name}' AS rule, origin, file_row, valid_from, valid_to, "
        f"source, trust, CAST(to_json(r) AS VARCHAR) AS row_values FROM raw.rule_{name} AS r"
        for name in load_catalog().rules
    )
    conn.execute(f"CREATE TABLE written.rule_lineage AS {rows}")
    conn.execute("DETACH written")
    return path


def test_a_rule_of_all_governments_is_one_row_with_its_values(
    home: Home, two: duckdb.DuckDBPyConnection
) -> None:
    rule(two, "attendance_rules", "35.75", "82.71", "11", rule_code="min_coverage", value=0.8)
    rule(two, "attendance_rules", "82.71", rule_code="repeat_minutes", value=3, origin="home")
    found = shown(two, home, "attendance_rules")
    assert (found["count"], found["own"], found["unconfirmed"]) == (2, 1, 0)
    everywhere, own = sorted(found["rows"], key=lambda row: row["origin"], reverse=True)
    assert everywhere["values"] == {"rule_code": "min_coverage", "value": 0.8}
    assert everywhere["governments"] == ["35.75", "82.71"]
    assert own["governments"] == ["82.71"]


def test_a_row_that_is_over_is_kept_and_not_in_force(
    home: Home, two: duckdb.DuckDBPyConnection
) -> None:
    ended = {"valid_to": date(2025, 12, 31)}
    rule(two, "disclosure", "82.71", "35.75", family="survey", k=10, **ended)
    rule(two, "disclosure", "82.71", "35.75", family="survey", k=12, valid_from=date(2026, 1, 1))
    rows = shown(two, home, "disclosure")["rows"]
    assert {row["values"]["k"]: row["in_force"] for row in rows} == {10: False, 12: True}


def test_what_changed_is_said_once_from_what_to_what(
    home: Home, two: duckdb.DuckDBPyConnection
) -> None:
    """A value for all, a region's own row instead of ours, a row more and a row less."""
    both = ("35.75", "82.71")
    rule(two, "attendance_rules", *both, rule_code="min_coverage", value=0.8)
    rule(two, "attendance_rules", *both, rule_code="repeat_minutes", value=5)
    rule(two, "attendance_rules", *both, rule_code="pp94_minutes", value=1)
    rule(two, "disclosure", *both, family="survey", k=10)
    assert rule_changes.since_published(home, []) is None
    rule(two, "working_hours", *both, weekday=1, period="ordinary", start_time=time(7, 30))
    published(home, two)
    two.execute("DELETE FROM raw.rule_attendance_rules")
    rule(two, "attendance_rules", *both, rule_code="min_coverage", value=0.7)
    rule(two, "attendance_rules", "35.75", rule_code="repeat_minutes", value=5)
    rule(two, "attendance_rules", "82.71", rule_code="repeat_minutes", value=3, origin="home")
    rule(two, "attendance_rules", *both, rule_code="day_minutes", value=450)
    nights.deliver(two, 3, government_code="72.71")  # a new one: its rules are no change
    rule(two, "disclosure", "72.71", family="survey", k=10)
    found = rule_changes.since_published(home, rule_facts.rules_in_force(two, "2026-01-16"))
    assert found is not None
    assert found["since"] == nights.EARLIER
    said = {change["key"]["rule_code"]: change for change in found["rows"]}
    assert set(said) == {"min_coverage", "repeat_minutes", "day_minutes", "pp94_minutes"}
    assert said["min_coverage"]["columns"] == [{"column": "value", "before": 0.8, "after": 0.7}]
    assert said["min_coverage"]["governments"] == []
    assert said["repeat_minutes"]["governments"] == ["82.71"]
    assert {
        cell["column"]: (cell["before"], cell["after"])
        for cell in said["repeat_minutes"]["columns"]
    } == {"value": (5.0, 3.0), "origin": ("shipped", "home")}
    assert said["day_minutes"]["kind"] == "added"
    assert said["pp94_minutes"]["kind"] == "removed"


def test_a_generation_that_is_damaged_or_gone_leaves_the_changes_unknown(
    home: Home, two: duckdb.DuckDBPyConnection
) -> None:
    rule(two, "disclosure", "82.71", "35.75", family="survey", k=10)
    kept = published(home, two)
    rules = rule_facts.rules_in_force(two, "2026-01-16")
    assert rule_changes.since_published(home, rules) == {"since": nights.EARLIER, "rows": []}
    for spoil in (lambda: kept.write_bytes(b"{"), kept.unlink):
        spoil()
        found = rule_changes.since_published(home, rules)
        assert found == {"since": nights.EARLIER, "rows": None}


def test_a_rule_changed_on_the_first_night_that_saw_its_content(
    home: Home, two: duckdb.DuckDBPyConnection
) -> None:
    """No report is asked: one that somebody has altered, or deleted, tells a night nothing."""
    rule(two, "disclosure", "82.71", "35.75", family="survey", k=10)
    for day in ("2026-01-12", "2026-01-14"):
        rules = rule_facts.rules_in_force(two, day)
        rule_facts.keep_seen(two, rules)
    folder = home.reports / nights.EARLIER
    folder.mkdir()
    folder.joinpath("report.json").write_text(
        json.dumps({"rules": [{**rule, "changed_on": "2020-01-01"} for rule in rules]})
    )
    assert shown(two, home, "disclosure")["changed_on"] == "2026-01-12"
    rule(two, "disclosure", "82.71", "35.75", family="ip_asn", k=10)
    assert shown(two, home, "disclosure")["changed_on"] == "2026-01-16"
    assert shown(two, home, "ramadan")["changed_on"] == "2026-01-12"


def test_who_withdrew_what_and_why(home: Home, two: duckdb.DuckDBPyConnection) -> None:
    taken = {
        "reason": "bulan salah 198609262015051001",
        "decided_by": "BKPSDM",
        "decided_on": date(2026, 1, 14),
    }
    rule(two, "withdrawals", "35.75", "82.71", file_sha256=f"{1:064x}", **taken)
    rule(two, "withdrawals", "35.75", "82.71", file_sha256=f"{9:064x}", row_number=7, **taken)
    known, unknown = rule_facts.withdrawals(two)
    assert known == {
        "path": "82.71/leave/leave.csv",
        "file_sha256": f"{1:064x}",
        "row_number": None,
        "reason": f"bulan salah {'*' * 18}",
        "decided_by": "BKPSDM",
        "decided_on": "2026-01-14",
    }
    assert (unknown["path"], unknown["row_number"]) == (None, 7)
