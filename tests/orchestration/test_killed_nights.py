"""Nights that were killed or stopped at one moment or another are made good by the next."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from quality.checks.suites import batch_checks
from tests.conftest import BUDAYA, budaya
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


EARLY = ("reading attendance", "building the models")


@pytest.mark.slow
@pytest.mark.parametrize(
    "moments", [EARLY, pytest.param((*EARLY, "publishing"), marks=pytest.mark.exhaustive)]
)
def test_killed_nights_are_made_good_by_the_next(
    home_copy: Callable[[], Path], demo_home: Path, moments: tuple[str, ...]
) -> None:
    """The killed nights bring punches that nobody had: lost ones and doubled ones would show."""
    home = home_copy()
    nip, day = deliver_late_punches(home)
    expected, before = counted(home), figures(demo_home)
    for moment in moments:
        code, _ = stop_at(home, moment, signal.SIGKILL)
        assert code == -signal.SIGKILL
        assert figures(home) == before

    def others_wait() -> None:
        assert budaya("run", "--home", home).code == 75

    code, printed = stop_at(home, "building the models", signal.SIGINT, others_wait)
    assert figures(home) == before
    assert code == 1
    assert "Somebody stopped it" in printed
    stopped = newest_facts(home)
    assert stopped["decision"]["state"] == "failed"
    assert "Somebody stopped it" in stopped["decision"]["reasons"][1]["en"]
    assert [given["rows_read"] for given in stopped["inputs"]] == [2]
    broke_off = [
        entry["reasons"][0]["en"] for entry in ledger.entries(Home(home))[-len(moments) - 1 : -1]
    ]
    assert len(broke_off) == len(moments)
    assert all("broke off" in reason for reason in broke_off)

    ended = budaya("run", "--home", home)
    assert ended.code == 0, ended.stdout + ended.stderr
    month = date.fromisoformat(str(day)).replace(day=1)
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
