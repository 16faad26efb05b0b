"""The home that commit 0878cd7 made goes on: opened, proved, and only what is new is read."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from tests.conftest import budaya
from tests.old_home import old_home
from tests.orchestration.steps import without_dagster
from warehouse.proof import ledger
from warehouse.store.home import Home


def _marts(home: Home, table: str, columns: str = "*") -> list[tuple[object, ...]]:
    path = next((home.published / "current").glob(f"{table}.parquet"))
    with duckdb.connect() as conn:
        return conn.execute(f"SELECT {columns} FROM '{path}' ORDER BY ALL").fetchall()


def test_the_home_of_0878cd7_opens_is_proved_and_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = old_home(tmp_path)
    told = budaya("verify", "--home", home.root)
    assert told.code == 0, told
    assert "tidak mencatat sidiknya" in told.stdout
    assert budaya("status", "--home", home.root).code == 0
    columns = "government_code, unit_level, unit_code, year, employees, scored, ip_asn_score"
    before = _marts(home, "mart_ip_asn", columns)

    late = home.landing / "82.71" / "attendance" / "2_attlog.dat"
    late.write_text("        1\t2026-10-01 12:00:00\t1\t0\t1\t0\n", encoding="utf-8")
    sent = datetime(2026, 10, 2, tzinfo=UTC).timestamp()
    os.utime(late, (sent, sent))  # before all that is stored: nothing moves for it
    without_dagster(monkeypatch)
    ran = budaya("run", "--home", home.root, "--json")
    assert ran.code == 0, ran
    last = ledger.entries(home)[-1]
    assert (last["v"], last["outcome"]) == (2, "published")
    assert [given["file_name"] for given in last["inputs"]] == ["2_attlog.dat"]
    facts = json.loads((home.reports / last["run_id"] / "report.json").read_text())
    assert [given["file_name"] for given in facts["inputs"]] == ["2_attlog.dat"]
    assert _marts(home, "mart_ip_asn", columns) == before
    assert not list(home.warehouse.glob("before*"))
    proved = budaya("verify", "--home", home.root)
    assert (proved.code, "✗" in proved.stdout) == (0, False), proved
