"""A night that follows a killed, failed or blocked one is judged like one that nothing preceded.

The steps of real nights, called in their order without Dagster around them: what arrives, what is
built, what is checked and what the report says are compared with an undisturbed night.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from orchestration.opening import begin, plan_night
from orchestration.private import StepError
from tests.orchestration.steps import go_through, load, silent
from tests.orchestration.test_nights import figures
from warehouse.proof import ledger
from warehouse.store.home import Home

pytestmark = pytest.mark.exhaustive

ARRIVED = datetime(2026, 7, 1, tzinfo=UTC).timestamp()


def deliver(home: Path) -> None:
    """A day of which nearly nobody punched, in one file; and a leave file with a refused row."""
    attendance = home / "landing/82.71/attendance/sepi.csv"
    attendance.write_text("nip,timestamp,device_id\n198609262015051001,2025-06-30 07:25,D1\n")
    leave = home / "landing/82.71/leave/susulan.csv"
    leave.write_text(
        "nip,date_from,date_to,leave_type\n198609262015051001,2025-06-02,2025-06-03,Sakit\n"
        "198609262015051001,2025-06-30,2025-06-02,Sakit\n"
    )
    for path in (attendance, leave):  # one moment for every home, which the ledger compares
        os.utime(path, (ARRIVED, ARRIVED))


def report_of(home: Home) -> dict[str, Any]:
    """A whole night; returns what its report says."""
    run_id = go_through(home)["run_id"]
    found: dict[str, Any] = json.loads((home.reports / run_id / "report.json").read_bytes())
    return found


def is_killed(home: Home) -> None:
    """A night that has loaded everything and then is no more: it says nothing to the ledger."""
    load(plan_night(home, datetime.now(UTC), full_refresh=False, say=silent))


def fails(home: Home) -> None:
    with begin(home, datetime.now(UTC), full_refresh=False, say=silent) as night:
        load(night)
        with home.connect() as conn:
            conn.execute("ALTER TABLE raw.units RENAME unit_name TO other")
        with pytest.raises(StepError, match="dbt could not build"):
            night.build_models()
        with home.connect() as conn:
            conn.execute("ALTER TABLE raw.units RENAME other TO unit_name")
    facts = json.loads((home.reports / night.run_id / "report.json").read_bytes())
    assert facts["decision"]["state"] == "failed"
    assert "dbt could not build" in facts["decision"]["reasons"][1]["en"]
    assert inputs(facts) == [("leave", 2, 1), ("attendance", 1, 1)]
    entry = ledger.entries(home)[-1]
    assert (entry["outcome"], entry["exit_code"], len(entry["inputs"])) == ("failed", 1, 2)
    index = (home.reports / "index.html").read_text(encoding="utf-8")
    assert "This night stopped before anything was published" in index


def inputs(facts: dict[str, Any]) -> list[tuple[str, int, int]]:
    rows = [(row["source"], row["rows_read"], row["rows_loaded"]) for row in facts["inputs"]]
    return sorted(rows, reverse=True)


@pytest.fixture(scope="module")
def undisturbed(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Any]:
    home = Home(tmp_path_factory.mktemp("undisturbed") / "home")
    shutil.copytree(demo_home, home.root, symlinks=True)
    deliver(home.root)
    return home, report_of(home)


def test_the_next_night_runs_as_many_checks_and_shows_as_many_inputs_and_warnings(
    home_copy: Callable[[], Path], undisturbed: tuple[Home, Any]
) -> None:
    first, expected = undisturbed
    home = Home(home_copy())
    deliver(home.root)
    is_killed(home)
    fails(home)
    found = report_of(home)
    assert inputs(found) == inputs(expected)
    assert {c["check_id"]: c["outcome"] for c in found["checks"]} == {
        c["check_id"]: c["outcome"] for c in expected["checks"]
    }
    assert found["counts"] == expected["counts"]
    assert found["history"] == expected["history"]
    assert expected["history"]
    assert found["quarantine"] == expected["quarantine"]
    assert figures(home.root) == figures(first.root)
    (mine,) = [n for n in ledger.entries(home)[-1:] if n["kind"] == "run"]
    (theirs,) = [n for n in ledger.entries(first)[-1:] if n["kind"] == "run"]
    assert mine["inputs"] == theirs["inputs"]
