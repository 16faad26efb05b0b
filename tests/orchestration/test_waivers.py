"""A waiver in a night: what it lets pass, where everybody sees it, and that it ends."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from orchestration.night import Night
from tests.conftest import budaya
from tests.orchestration.steps import answer, go_through, judge_as_before, load, without_dagster
from warehouse.proof import ledger
from warehouse.store.home import Home

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
def test_a_waiver_is_seen_wherever_the_figures_are_and_ends(
    home_copy: Callable[[], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = home_copy()
    deliver_rubbish(home)
    today = date.today()
    until = today + timedelta(days=30)
    waive(home, (SHARE, today - timedelta(days=2)))
    ended = go_through(Home(home), load)
    assert [(given["source"], given["outcome"]) for given in ended["inputs"]] == [
        ("attendance", "held")
    ]
    assert ended["waivers"] == []

    waive(home, (SHARE, until), (OTHER, today - timedelta(days=2)))
    without_dagster(monkeypatch, load, Night.build_models, judge_as_before, answer)
    published = budaya("run", "--home", home)
    assert published.code == 0, published.stdout + published.stderr
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
    assert SHARE in published.stdout


LATE = "dbt.published_figures_change_through_many"


def deliver_late_answer(home: Path) -> None:
    """One more answer of a wave that is closed and published, by a person of its own."""
    (form, *_) = sorted((home / "landing/82.71/survey/2025-S1").glob("*akhir.csv"))
    with form.open(encoding="utf-8", newline="") as file:
        header, first = list(csv.reader(file))[:2]
    first[1] = "terlambat@example.go.id"
    with (form.parent / "susulan.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, first])


@pytest.mark.exhaustive
def test_a_dbt_test_that_fails_blocks_with_its_reason_and_its_waiver_is_honoured(
    home_copy: Callable[[], Path],
) -> None:
    home = home_copy()
    before = (home / "published/current").readlink()
    deliver_late_answer(home)
    entry = go_through(Home(home))
    assert (home / "published/current").readlink() == before
    assert (entry["outcome"], entry["exit_code"]) == ("blocked", 2)
    assert f"[{LATE}]" in entry["reasons"][1]["en"]
    report = (home / "reports" / entry["run_id"] / "index.html").read_text(encoding="utf-8")
    for text in ("susulan.csv", LATE, "config/waivers.csv"):
        assert text in report

    waive(home, (LATE, date.today() + timedelta(days=30)))
    again = budaya("run", "--home", home)
    assert again.code == 0, again.stdout + again.stderr
    waived = ledger.entries(Home(home))[-1]
    assert (home / "published/current").readlink().name == waived["run_id"]
    assert [given["file_name"] for given in waived["inputs"]] == ["susulan.csv"]
