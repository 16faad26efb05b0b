"""What the data team meets: nights that publish, nights that don't, and the exit codes.

A night takes half a minute, so a test tells a story of several, most of them as steps.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.night import Night
from tests.conftest import BUDAYA, Ended, budaya
from tests.orchestration.steps import (
    answer,
    go_through,
    judge_as_before,
    load,
    without_dagster,
)
from warehouse.catalog.reader import load_catalog
from warehouse.proof import ledger
from warehouse.store.home import Home

NOT_FIGURES = {"publication", "mart_source_balance", "mart_data_quality"}
HELD_BY = "gx.attendance.delivery.rejected_share.rejected_share_max"


def current(home: Path) -> str:
    return (home / "published" / "current").readlink().name


def figures(home: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every mart but those that name the run itself, to the last bit."""
    with duckdb.connect(str(home / "published/current/marts.duckdb"), read_only=True) as marts:
        return {
            name: sorted(marts.execute(f"select * from marts.{name}").fetchall(), key=repr)
            for name in load_catalog().marts
            if name not in NOT_FIGURES
        }


Rows = dict[str, tuple[list[str], list[tuple[object, ...]]]]


def everything(home: Path) -> Rows:
    """Columns and rows of every mart that names no run, and of every restricted table."""
    catalog = load_catalog()
    found: Rows = {}
    for area, tables in (("published", catalog.marts), ("restricted", catalog.restricted)):
        (file,) = (home / area / "current").glob("*.duckdb")
        with duckdb.connect(str(file), read_only=True) as conn:
            for name in tables:
                if name not in NOT_FIGURES:
                    asked = conn.execute(f"from {name}")
                    columns = [column[0] for column in asked.description]
                    found[f"{area} {name}"] = columns, sorted(asked.fetchall(), key=repr)
    assert len(found) == len(catalog.marts) + len(catalog.restricted) - len(NOT_FIGURES)
    return found


def differing(one: Rows, other: Rows) -> set[str]:
    """The tables that differ in a column or a row, whichever of the two has it."""
    return {name for name in one.keys() | other.keys() if one.get(name) != other.get(name)}


def newest_report(home: Path) -> str:
    folder = max(path for path in (home / "reports").iterdir() if path.is_dir())
    return (folder / "index.html").read_text(encoding="utf-8")


def newest_facts(home: Path) -> dict[str, Any]:
    folder = max(path for path in (home / "reports").iterdir() if path.is_dir())
    found: dict[str, Any] = json.loads((folder / "report.json").read_bytes())
    return found


def restricted(home: Path, query: str) -> tuple[object, ...]:
    with duckdb.connect(str(home / "restricted/current/restricted.duckdb"), read_only=True) as conn:
        row = conn.execute(query).fetchone()
    assert row is not None
    return row


def deliver_broken_attendance(home: Path) -> Path:
    """A canonical attendance file of which most rows are wrong by themselves."""
    path = home / "landing" / "82.71" / "attendance" / "rusak.csv"
    rows = [f"bukan nip {i},bukan tanggal,D1" for i in range(50)]
    path.write_text("nip,timestamp,device_id\n" + "\n".join(rows) + "\n")
    return path


def deliver_sick_note(home: Path) -> tuple[object, object]:
    """A leave file for somebody who was absent without excuse; returns the NIP and the day."""
    nip, day = restricted(
        home,
        "select nip, date from restricted.employee_day where government_code = '82.71' "
        "and day_status = 'unexcused' order by date, nip limit 1",
    )
    path = home / "landing" / "82.71" / "leave" / "susulan.csv"
    path.write_text(f"nip,date_from,date_to,leave_type\n{nip},{day},{day},Sakit\n")
    return nip, day


def deliver_late_punches(home: Path) -> tuple[object, object]:
    """Both punches of somebody who was absent without excuse, in a file; the NIP and the day."""
    nip, day = restricted(
        home,
        "select nip, date from restricted.employee_day where government_code = '82.71' "
        "and day_status = 'unexcused' order by date desc, nip limit 1",
    )
    path = home / "landing" / "82.71" / "attendance" / "susulan.csv"
    path.write_text(f"nip,timestamp,device_id\n{nip},{day} 06:41,D9\n{nip},{day} 18:23,D9\n")
    return nip, day


def withdraw_a_log(home: Path) -> str:
    """Take back the log of one device in one month, in the region's own rule; its file's name."""
    name, digest, lines = balance(home, "3_attlog.dat")
    assert int(str(lines)) > 100
    (home / "config" / "withdrawals.csv").write_text(
        "file_sha256,reason,decided_by,decided_on,government_code\n"
        f"{digest},jam mesin salah,BKPSDM,2025-07-01,82.71\n"
    )
    return str(name)


def balance(home: Path, ending: str) -> tuple[object, ...]:
    with duckdb.connect(str(home / "published/current/marts.duckdb"), read_only=True) as conn:
        row = conn.execute(
            "select file_name, file_sha256, rows_loaded from mart_source_balance "
            "where government_code = '82.71' and ends_with(file_name, ?) order by file_name",
            [ending],
        ).fetchone()
    assert row is not None
    return row


def counted(home: Path) -> dict[date, list[int]]:
    """Scheduled, present and unexcused days of the whole government, by month."""
    with duckdb.connect(str(home / "published/current/marts.duckdb"), read_only=True) as conn:
        rows = conn.execute(
            "select month, scheduled_days, present_days, unexcused_days from mart_discipline "
            "where government_code = '82.71' and unit_level = 'government'"
        ).fetchall()
    return {month: days for month, *days in rows}


def day_files(home: Path, run_id: str) -> dict[str, int]:
    """Every file of employee-days of a generation, and which file of the disk it is."""
    folder = home / "restricted" / "generations" / run_id / "employee_day"
    return {str(p.relative_to(folder)): p.stat().st_ino for p in folder.rglob("*.parquet")}


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
            "where schema_name = 'main' and not internal group by all"
        ).fetchall()
        expected = {
            name: [column.name for column in table.columns]
            for name, table in load_catalog().marts.items()
        }
        assert dict(found) == expected
        assert len(expected) == 15
        empty = [t for t in expected if marts.execute(f"from {t} limit 1").fetchone() is None]
        assert empty == []


def is_held_and_changes_nothing(home: Path, before: str) -> None:
    """A night that brings the broken file only: it is held, and what is published stands."""
    held = budaya("run", "--home", home)
    assert held.code == 2, held.stdout + held.stderr
    assert ledger.entries(Home(home))[-1]["outcome"] == "held"
    assert current(home) == before
    assert "rusak.csv" in newest_report(home)
    assert HELD_BY in newest_report(home)
    status = budaya("status", "--home", home)
    assert status.code == 2, status.stderr  # as long as a file is held
    assert "rusak.csv" in status.stdout
    assert before in status.stdout


@pytest.mark.exhaustive
def test_a_file_is_held_as_often_as_a_night_runs(home_copy: Callable[[], Path]) -> None:
    home = home_copy()
    before = current(home)
    deliver_broken_attendance(home)
    is_held_and_changes_nothing(home, before)
    is_held_and_changes_nothing(home, before)


@pytest.mark.slow
def test_from_a_mostly_broken_file_over_corrections_to_a_full_refresh_and_back(
    home_copy: Callable[[], Path], demo_home: Path
) -> None:
    """A file is held until it leaves, and nobody waits for it.

    What nights and corrections have made is what one whole rebuild makes, all of it.
    """
    home = home_copy()
    before = current(home)
    path = deliver_broken_attendance(home)

    with pytest.MonkeyPatch.context() as patch:
        without_dagster(patch, load, judge_as_before, answer)
        is_held_and_changes_nothing(home, before)

    nip, day = deliver_sick_note(home)
    deliver_late_punches(home)
    withdraw_a_log(home)
    rest = budaya("run", "--home", home)
    assert rest.code == 2, rest.stdout + rest.stderr
    entry = ledger.entries(Home(home))[-1]
    assert (entry["outcome"], entry["exit_code"]) == ("published", 2)
    first = current(home)
    assert first != before
    assert restricted(
        home,
        f"select day_status from restricted.employee_day where nip = '{nip}' and date = '{day}'",
    ) == ("excused",)
    grown = everything(home)
    assert differing(grown, everything(demo_home)) >= {
        "published mart_discipline",
        "published mart_culture_score",
        "restricted employee_day",
        "restricted employee_discipline",
        "restricted rule_lineage",
    }
    demo, now = day_files(home, current(demo_home)), day_files(home, first)
    new = {path for path, file in now.items() if demo.get(path) != file}
    assert new, "else nothing is proved"
    assert {path.split("/")[0] for path in new} == {"government_code=82.71"}
    assert len(new) < len(now) / 2, "what nobody touched is stored once"

    path.rename(home / "rusak.csv")
    with pytest.MonkeyPatch.context() as patch:
        without_dagster(patch, load, Night.build_models, judge_as_before, answer)
        refreshed = budaya("run", "--home", home, "--full-refresh", "--json")
    assert refreshed.code == 0, refreshed.stdout + refreshed.stderr
    summary = json.loads(refreshed.stdout)
    assert summary["outcome"] == "published"
    assert summary["published"] == summary["run_id"] == current(home) != first
    assert differing(everything(home), grown) == set()
    assert budaya("status", "--home", home).code == 0

    second = current(home)
    assert day_files(home, second) == now, "what is built anew and comes out the same, too"
    ended = budaya("rollback", "--home", home)
    assert ended.code == 0, ended.stdout + ended.stderr
    assert current(home) == first
    assert budaya("verify", "--home", home).code == 0
    forward = go_through(Home(home), load, judge_as_before, answer)
    assert (forward["outcome"], forward["exit_code"]) == ("published", 0)
    assert current(home) not in {first, second}
    assert day_files(home, current(home)) == now


def test_rollback_to_an_unknown_generation_is_refused(demo_home: Path) -> None:
    ended = budaya("rollback", "20200101T000000Z-0000", "--home", demo_home)
    assert ended.code == 1
    assert "20200101T000000Z-0000" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("relative", ["marts.duckdb", "mart_survey.parquet", "manifest.json"])
def test_verify_notices_one_changed_byte(home_copy: Callable[[], Path], relative: str) -> None:
    home = home_copy()
    path = home / "published" / "current" / relative
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    ended = budaya("verify", "--home", home)
    assert ended.code == 3
    assert relative in ended.stdout + ended.stderr


def test_verify_finds_the_demo_intact(demo_home: Path) -> None:
    ended = budaya("verify", "--home", demo_home)
    assert ended.code == 0, ended.stdout


def test_wrong_usage_answers_64() -> None:
    assert budaya("run", "--no-such-option").code == 64
    assert budaya("no-such-command").code == 64
    assert budaya("check", "x.csv").code == 64


def test_a_folder_that_is_no_home_is_named(tmp_path: Path) -> None:
    ended = budaya("run", "--home", tmp_path / "nowhere")
    assert ended.code == 1
    assert "budaya init" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_init_makes_a_home_that_can_be_used(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert budaya("init", "--home", home).code == 0
    assert (home / "config" / "working_hours.csv").is_file()
    assert any((home / "templates").glob("attendance*.csv"))
    assert budaya("check", "config", "--home", home).code == 0
    ended = budaya("status", "--home", home)
    assert ended.code == 0, ended.stderr


def test_a_wrong_rule_is_named_with_its_row(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert budaya("init", "--home", home).code == 0
    (home / "config" / "disclosure.csv").write_text("family,k\nsurvey,4\n")
    for command in (["check", "config"], ["run"]):
        ended = budaya(*command, "--home", home)
        assert ended.code == 1
        assert "disclosure.csv" in ended.stderr
        assert "2" in ended.stderr
        assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("nip,date_from,date_to,leave_type\n198609262015051001,2025-01-06,2025-01-06,Sakit\n", 0),
        ("nip,date_from,date_to,leave_type\n198609262015051001,2025-01-06,2025-01-06,\n", 2),
        ("apa,saja\n1,2\n", 1),
    ],
)
def test_check_tells_a_sender_and_changes_nothing(
    demo_home: Path, tmp_path: Path, content: str, code: int
) -> None:
    path = tmp_path / "cuti.csv"
    path.write_text(content)
    ended = budaya("check", path, "--source", "leave", "--government", "82.71", "--home", demo_home)
    assert ended.code == code, ended.stdout + ended.stderr
    assert "198609262015051001" not in ended.stdout


@pytest.mark.parametrize("command", ["status", "verify", "check"])
def test_reading_commands_import_no_dagster(demo_home: Path, command: str) -> None:
    rest = ["config"] if command == "check" else []
    script = (
        "import sys; from orchestration.cli import main\n"
        f"try: main([{command!r}, *{rest!r}, '--home', {str(demo_home)!r}])\n"
        "finally: assert not {'dagster', 'dbt', 'great_expectations'} & set(sys.modules)"
    )
    done = subprocess.run(
        [BUDAYA.with_name("python"), "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
