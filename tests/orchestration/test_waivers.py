"""A waiver in a real night: what it lets pass, where everybody sees it, and that it ends."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.conftest import budaya
from warehouse import ledger
from warehouse.home import Home

SHARE = "gx.attendance.delivery.rejected_share.rejected_share_max"
OTHER = "gx.leave.delivery.rejected_share.rejected_share_max"


def waive(home: Path, *rows: tuple[str, date]) -> None:
    lines = [
        f"{check_id},menunggu mesin baru,Bagian Organisasi,{until}" for check_id, until in rows
    ]
    text = "\n".join(["check_id,reason,decided_by,until", *lines]) + "\n"
    (home / "config" / "waivers.csv").write_text(text, encoding="utf-8")


def deliver_rubbish(home: Path) -> None:
    """A file of which every row is refused: its own check holds it."""
    path = home / "landing" / "82.71" / "attendance" / "rusak.csv"
    rows = [f"bukan nip {number},bukan tanggal,D1" for number in range(50)]
    path.write_text("nip,timestamp,device_id\n" + "\n".join(rows) + "\n", encoding="utf-8")


@pytest.mark.slow
def test_a_waiver_is_seen_wherever_the_figures_are(home_copy: Callable[[], Path]) -> None:
    home = home_copy()
    deliver_rubbish(home)
    today = date.today()
    until = today + timedelta(days=30)
    waive(home, (SHARE, until), (OTHER, today - timedelta(days=2)))
    ended = budaya("run", "--home", home)
    assert ended.code == 0, ended.stdout + ended.stderr
    shown = {
        "check_id": SHARE,
        "until": until.isoformat(),
        "reason": "menunggu mesin baru",
        "decided_by": "Bagian Organisasi",
    }
    entry = ledger.entries(Home(home))[-1]
    assert entry["waivers"] == [shown]
    manifest = json.loads((home / "published/current/manifest.json").read_bytes())
    assert manifest["waivers"] == [shown]
    report = (home / "reports" / entry["run_id"] / "index.html").read_text(encoding="utf-8")
    for text in shown.values():
        assert text in report
    assert SHARE in ended.stdout


@pytest.mark.slow
def test_a_waiver_that_has_ended_lets_nothing_pass(home_copy: Callable[[], Path]) -> None:
    home = home_copy()
    deliver_rubbish(home)
    waive(home, (SHARE, date.today() - timedelta(days=2)))
    ended = budaya("run", "--home", home)
    assert ended.code == 2, ended.stdout + ended.stderr
    assert ledger.entries(Home(home))[-1]["waivers"] == []
