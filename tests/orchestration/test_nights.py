"""What the data team meets: nights that publish, nights that don't, and the exit codes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.conftest import BUDAYA, Ended, budaya
from warehouse.catalog import load_catalog

NOT_FIGURES = {"publication", "mart_source_balance", "mart_data_quality"}


def current(home: Path) -> str:
    return (home / "published" / "current").readlink().name


def figures(home: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every mart but those that name the run itself."""
    with duckdb.connect(str(home / "published/current/marts.duckdb"), read_only=True) as marts:
        return {
            name: marts.execute(f"select * from marts.marts.{name} order by all").fetchall()
            for name in load_catalog().marts
            if name not in NOT_FIGURES
        }


def broken_attendance(home: Path) -> Path:
    """A canonical attendance file of which most rows are wrong by themselves."""
    path = home / "landing" / "82.71" / "attendance" / "rusak.csv"
    rows = [f"bukan nip {i},bukan tanggal,D1" for i in range(50)]
    path.write_text("nip,timestamp,device_id\n" + "\n".join(rows) + "\n")
    return path


def test_demo_ends_well_and_says_where_things_are(demo_run: tuple[Path, Ended]) -> None:
    home, ended = demo_run
    assert ended.code == 0, ended.stderr
    assert str(home / "published" / "current" / "marts.duckdb") in ended.stdout
    report = home / "reports" / current(home) / "index.html"
    assert str(report) in ended.stdout
    assert report.is_file()


def test_a_second_run_finds_nothing_new(demo_home: Path) -> None:
    before = current(demo_home)
    ended = budaya("run", "--home", demo_home)
    assert ended.code == 0, ended.stderr
    assert "nothing new" in ended.stdout
    assert current(demo_home) == before


def test_fifteen_tables_have_the_contracts_columns_and_rows(demo_home: Path) -> None:
    with duckdb.connect(str(demo_home / "published/current/marts.duckdb"), read_only=True) as marts:
        found = marts.execute(
            "select table_name, list(column_name order by column_index) from duckdb_columns() "
            "where schema_name = 'marts' group by all"
        ).fetchall()
        expected = {
            name: [column.name for column in table.columns]
            for name, table in load_catalog().marts.items()
        }
        assert dict(found) == expected
        assert len(expected) == 15
        empty = [
            t for t in expected if marts.execute(f"from marts.marts.{t} limit 1").fetchone() is None
        ]
        assert empty == []


def test_a_mostly_broken_file_is_held_until_it_leaves(home_copy: Callable[[], Path]) -> None:
    home = home_copy()
    before = current(home)
    path = broken_attendance(home)

    held = budaya("run", "--home", home)
    assert held.code == 2, held.stdout + held.stderr
    assert current(home) == before
    newest = max(p for p in (home / "reports").iterdir() if p.is_dir())
    report = (newest / "index.html").read_text()
    assert "rusak.csv" in report
    assert "gx.attendance.delivery.rejected_share.rejected_share_max" in report

    again = budaya("run", "--home", home)
    assert again.code == 2, again.stdout + again.stderr
    assert current(home) == before

    path.rename(home / "rusak.csv")
    mended = budaya("run", "--home", home)
    assert mended.code == 0, mended.stdout + mended.stderr


def test_the_rest_of_the_night_is_published_beside_a_held_file(
    home_copy: Callable[[], Path],
) -> None:
    home = home_copy()
    before = current(home)
    broken_attendance(home)
    leave = home / "landing" / "82.71" / "leave" / "susulan.csv"
    with duckdb.connect(str(home / "restricted/current/restricted.duckdb"), read_only=True) as conn:
        nip, day = conn.execute(
            "select nip, date from employee_day where day_status = 'unexcused' "
            "and government_code = '82.71' order by date, nip limit 1"
        ).fetchone() or ("", "")
    leave.write_text(f"nip,date_from,date_to,leave_type\n{nip},{day},{day},Sakit\n")

    ended = budaya("run", "--home", home)
    assert ended.code == 2, ended.stdout + ended.stderr
    assert current(home) != before
    with duckdb.connect(str(home / "restricted/current/restricted.duckdb"), read_only=True) as conn:
        status = conn.execute(
            "select day_status from employee_day where nip = ? and date = ?", [nip, day]
        ).fetchone()
    assert status == ("excused",)


def test_summary_as_json(home_copy: Callable[[], Path]) -> None:
    home = home_copy()
    ended = budaya("run", "--home", home, "--full-refresh", "--json")
    assert ended.code == 0, ended.stderr
    summary = json.loads(ended.stdout)
    assert summary["outcome"] == "published"
    assert summary["published"] == current(home) == summary["run_id"]


def test_a_full_refresh_changes_no_figure(home_copy: Callable[[], Path], demo_home: Path) -> None:
    home = home_copy()
    ended = budaya("run", "--home", home, "--full-refresh")
    assert ended.code == 0, ended.stderr
    assert figures(home) == figures(demo_home)


def test_a_second_run_at_once_is_told_to_wait(home_copy: Callable[[], Path]) -> None:
    home = home_copy()
    first = subprocess.Popen([BUDAYA, "run", "--home", home, "--full-refresh"])
    try:
        deadline = time.monotonic() + 60
        codes = set()
        while first.poll() is None and time.monotonic() < deadline:
            codes.add(budaya("run", "--home", home).code)
            if 75 in codes:
                break
        assert 75 in codes
    finally:
        assert first.wait(timeout=300) == 0


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [3, 9, 15, 21])
def test_a_killed_night_is_made_good_by_the_next(
    home_copy: Callable[[], Path], demo_home: Path, seconds: int
) -> None:
    home = home_copy()
    before = current(home)
    source = next((demo_home / "landing").rglob("*attlog.dat"))
    again = home / "landing" / "82.71" / "attendance" / "susulan.dat"
    again.write_bytes(b"\n".join(source.read_bytes().splitlines()[:200]) + b"\n")
    night = subprocess.Popen([BUDAYA, "run", "--home", home], start_new_session=True)
    time.sleep(seconds)
    os.killpg(night.pid, signal.SIGKILL)
    night.wait()
    assert current(home) == before or figures(home)

    ended = budaya("run", "--home", home)
    assert ended.code == 0, ended.stdout + ended.stderr
    assert figures(home) == figures(demo_home)
    assert budaya("verify", "--home", home).code == 0


def test_rollback_points_back_and_the_next_night_publishes_forward(
    home_copy: Callable[[], Path],
) -> None:
    home = home_copy()
    first = current(home)
    assert budaya("run", "--home", home, "--full-refresh").code == 0
    second = current(home)
    assert second != first

    ended = budaya("rollback", "--home", home)
    assert ended.code == 0, ended.stdout + ended.stderr
    assert current(home) == first
    assert budaya("verify", "--home", home).code == 0

    assert budaya("run", "--home", home).code == 0
    assert current(home) not in {first, second}


def test_rollback_to_an_unknown_generation_is_refused(demo_home: Path) -> None:
    ended = budaya("rollback", "20200101T000000Z-0000", "--home", demo_home)
    assert ended.code == 1
    assert "20200101T000000Z-0000" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("relative", ["marts.duckdb", "mart_survey.parquet", "manifest.json"])
def test_verify_notices_one_changed_byte(home_copy: Callable[[], Path], relative: str) -> None:
    home = home_copy()
    assert budaya("verify", "--home", home).code == 0
    path = home / "published" / "current" / relative
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.chmod(0o644)
    path.write_bytes(data)
    ended = budaya("verify", "--home", home)
    assert ended.code == 3
    assert relative in ended.stdout + ended.stderr


def test_verify_notices_a_missing_file(home_copy: Callable[[], Path]) -> None:
    home = home_copy()
    (home / "published" / "current" / "mart_discipline.parquet").unlink()
    assert budaya("verify", "--home", home).code == 3


def test_wrong_usage_answers_64() -> None:
    assert budaya("run", "--no-such-option").code == 64
    assert budaya("no-such-command").code == 64
    assert budaya("check", "x.csv").code == 64


def test_a_folder_that_is_no_home_is_named(tmp_path: Path) -> None:
    ended = budaya("run", "--home", tmp_path / "nowhere")
    assert ended.code == 1
    assert "budaya init" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_init_makes_a_home_that_runs(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert budaya("init", "--home", home).code == 0
    assert (home / "config" / "working_hours.csv").is_file()
    assert any((home / "templates").glob("attendance*.csv"))
    ended = budaya("status", "--home", home)
    assert ended.code == 0, ended.stderr


def test_status_shows_what_is_published_and_held(home_copy: Callable[[], Path]) -> None:
    home = home_copy()
    broken_attendance(home)
    assert budaya("run", "--home", home).code == 2
    ended = budaya("status", "--home", home)
    assert ended.code == 0, ended.stderr
    assert current(home) in ended.stdout
    assert "rusak.csv" in ended.stdout


def test_status_imports_no_dagster_and_needs_no_warehouse(home_copy: Callable[[], Path]) -> None:
    home = home_copy()
    shutil.rmtree(home / "warehouse" / "dbt")
    script = (
        "import sys; from orchestration.cli import main\n"
        f"try: main(['status', '--home', {str(home)!r}])\n"
        "finally: assert not {'dagster', 'dbt', 'great_expectations'} & set(sys.modules)"
    )
    done = subprocess.run(
        [BUDAYA.with_name("python"), "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
