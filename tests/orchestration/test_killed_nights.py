"""Nights that were killed or stopped at one moment or another are made good by the next."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from orchestration.night import Night
from quality.checks.suites import batch_checks
from tests.conftest import BUDAYA, budaya
from tests.orchestration.steps import answer, judge_as_before, load, without_dagster
from tests.orchestration.test_nights import (
    counted,
    deliver_late_punches,
    figures,
    newest_facts,
    restricted,
)
from warehouse.proof import ledger
from warehouse.store.home import Home


def stop_at(
    home: Path,
    moment: str,
    ends_by: signal.Signals,
    meanwhile: Callable[[], None] = lambda: None,
) -> tuple[int, str]:
    """Begin a night and end it where it says that it is; its exit code and what it printed."""
    night = subprocess.Popen(
        [BUDAYA, "run", "--home", home],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert night.stderr is not None
    assert any(moment in line for line in night.stderr)
    meanwhile()
    os.killpg(night.pid, ends_by)
    printed, _ = night.communicate()
    return night.returncode, printed


def is_killed(home: Path, moment: str, meanwhile: Callable[[], None] = lambda: None) -> None:
    """A night that is no more, and has changed nothing that anybody reads."""
    before = figures(home)
    code, _ = stop_at(home, moment, signal.SIGKILL, meanwhile)
    assert code == -signal.SIGKILL
    assert figures(home) == before


def is_stopped(home: Path) -> None:
    """A night that somebody stops says so, in its words and its report."""
    before = figures(home)
    code, printed = stop_at(home, "building the models", signal.SIGINT)
    assert figures(home) == before
    assert code == 1
    assert "Somebody stopped it" in printed
    stopped = newest_facts(home)
    assert stopped["decision"]["state"] == "failed"
    assert "Somebody stopped it" in stopped["decision"]["reasons"][1]["en"]
    assert [given["rows_read"] for given in stopped["inputs"]] == [2]


def others_wait(home: Path) -> None:
    assert budaya("run", "--home", home).code == 75


def broke_off(home: Path) -> int:
    """Of how many nights the ledger says that they broke off, one behind the other."""
    entries = ledger.entries(Home(home))
    return sum("broke off" in reason["en"] for e in entries for reason in e["reasons"][:1])


def punches_come_late(home: Path) -> Callable[[], None]:
    """Deliver punches that nobody had; returns what to ask once a whole night has read them.

    Lost ones and doubled ones would show.
    """
    nip, day = deliver_late_punches(home)
    expected = counted(home)
    month = date.fromisoformat(str(day)).replace(day=1)

    def are_read_once() -> None:
        scheduled, present, unexcused = expected[month]
        assert counted(home) == {**expected, month: [scheduled, present + 1, unexcused - 1]}
        assert restricted(
            home,
            "select day_status, first_punch::time::text, last_punch::time::text, row_numbers "
            f"from restricted.employee_day where nip = '{nip}' and date = '{day}'",
        ) == ("present", "06:41:00", "18:23:00", "2,3")
        with Home(home).connect(read_only=True) as conn:
            assert conn.execute(
                "select count(*) from raw.attendance join raw.delivery using (delivery_id) "
                "where file_name = 'susulan.csv'"
            ).fetchone() == (2,)
        judged = newest_facts(home)
        names = ("file_name", "rows_read", "rows_loaded", "rows_duplicate")
        assert [tuple(given[name] for name in names) for given in judged["inputs"]] == [
            ("susulan.csv", 2, 2, 0)
        ]
        checked = {check["check_id"] for check in judged["checks"] if check["stage"] == "batch"}
        assert checked == {check.check_id for check in batch_checks("attendance")}
        assert budaya("verify", "--home", home).code == 0

    return are_read_once


@pytest.mark.slow
def test_a_killed_night_is_made_good_by_the_next(
    home_copy: Callable[[], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = home_copy()
    are_read_once = punches_come_late(home)
    is_killed(home, "building the models", lambda: others_wait(home))
    without_dagster(monkeypatch, load, Night.build_models, judge_as_before, answer)
    ended = budaya("run", "--home", home)
    assert ended.code == 0, ended.stdout + ended.stderr
    assert broke_off(home) == 1
    are_read_once()


@pytest.mark.exhaustive
def test_nights_that_were_killed_and_stopped_are_made_good_by_the_next(
    home_copy: Callable[[], Path],
) -> None:
    home = home_copy()
    are_read_once = punches_come_late(home)
    for moment in ("reading attendance", "building the models", "publishing"):
        is_killed(home, moment)
    is_stopped(home)
    assert broke_off(home) == 3
    ended = budaya("run", "--home", home)
    assert ended.code == 0, ended.stdout + ended.stderr
    are_read_once()
