"""A home: its folders and permissions, settings, key, lock and working file."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import duckdb
import pytest

from warehouse.errors import UserError
from warehouse.store.home import Home, new_run_id
from warehouse.store.settings import Settings
from warehouse.version import PROJECT


def _mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def _run_elsewhere(code: str, home: Home) -> str:
    """Run code in another process that has the home in variable `home`."""
    setup = "import sys; from pathlib import Path; from warehouse.store.home import *"
    done = subprocess.run(
        [sys.executable, "-c", f"{setup}\nhome = Home(Path(sys.argv[1]))\n{code}", home.root],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout.strip()


def test_a_new_home_has_its_folders_with_the_private_ones_closed(home: Home) -> None:
    shown = {"config", "landing", "warehouse", "restricted", "returns", "published", "reports"}
    assert {path.name for path in home.root.iterdir()} == shown | {"dagster"}
    for private in (home.warehouse, home.scratch, home.restricted, home.returns):
        assert _mode(private) == 0o700
    assert _mode(home.restricted / "generations") == 0o700
    assert _mode(home.key_file) == 0o600


def test_creating_again_changes_nothing(home: Home) -> None:
    key = home.key()
    home.settings_file.write_text("threads = 1\n", encoding="utf-8")
    home.reports.rmdir()
    assert home.create() == [home.reports]
    assert (home.key(), home.settings().threads) == (key, 1)


@pytest.mark.parametrize("name", ["config", "landing", "warehouse/tmp"])
def test_nothing_is_made_where_something_is_in_the_way(tmp_path: Path, name: str) -> None:
    home = Home(tmp_path / "new")
    taken = home.root / name
    taken.parent.mkdir(parents=True)
    taken.symlink_to("nowhere") if name == "landing" else taken.write_text("x")
    with pytest.raises(UserError, match=f"in the way at .*{name}.*Move it away"):
        home.create()
    assert [path for path in home.root.rglob("*") if path not in {taken, taken.parent}] == []


def test_the_settings_of_a_new_home_are_the_defaults(home: Home) -> None:
    assert home.settings() == Settings()


def test_settings_are_read(home: Home) -> None:
    home.settings_file.write_text(
        '\ufefftime_zone = "Asia/Makassar"\nnight_at = "23:59"\nmemory_limit = "1.5GB"\n'
        "threads = 4\nmax_rejected_share = 1\nsettle_seconds = 0\n",
        encoding="utf-8",
    )
    assert home.settings() == Settings("Asia/Makassar", "23:59", "1.5GB", 4, 1, 0)


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('time_zone = "Asia/Ternate"', "time_zone"),
        ('time_zone = "../etc/passwd"', "time_zone"),
        ("time_zone = 9", "time_zone"),
        ('night_at = "25:00"', "night_at"),
        ('memory_limit = "much"', "memory_limit"),
        ('memory_limit = "1GB\'; DROP TABLE x; --"', "memory_limit"),
        ("threads = 0", "threads"),
        ("threads = true", "threads"),
        ("max_rejected_share = 0", "max_rejected_share"),
        ("max_rejected_share = 1.5", "max_rejected_share"),
        ("settle_seconds = -1", "settle_seconds"),
        ("setle_seconds = 2", "setle_seconds"),
        ("threads = ", "TOML"),
    ],
)
def test_a_wrong_setting_is_named_with_its_file(home: Home, line: str, key: str) -> None:
    home.settings_file.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(UserError, match=key) as caught:
        home.settings()
    assert str(home.settings_file) in str(caught.value)


def test_keys_differ_between_homes_and_a_damaged_one_is_not_replaced(
    home: Home, tmp_path: Path
) -> None:
    other = Home(tmp_path / "other")
    other.create()
    assert len(home.key()) == 32
    assert home.key() != other.key()
    home.key_file.write_text("0" * 62, encoding="ascii")
    home.create()
    with pytest.raises(UserError, match="backup"):
        home.key()


def test_a_folder_that_is_no_home_says_how_to_make_one(tmp_path: Path) -> None:
    for use in (Home.require, Home.settings, Home.key, Home.connect):
        with pytest.raises(UserError, match="budaya init"):
            use(Home(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_a_second_run_finds_the_home_busy(home: Home) -> None:
    attempt = "try:\n    with home.lock(): print('free')\nexcept HomeBusy: print('busy')"
    with home.lock():
        assert _run_elsewhere(attempt, home) == "busy"
        with home.lock():  # the night that a command line has started takes it again
            assert _run_elsewhere(attempt, home) == "busy"
    assert _run_elsewhere(attempt, home) == "free"


def test_the_lock_of_a_killed_run_is_free(home: Home) -> None:
    killed = "import os, signal\nwith home.lock(): os.kill(os.getpid(), signal.SIGKILL)"
    with pytest.raises(subprocess.CalledProcessError) as died:
        _run_elsewhere(killed, home)
    assert died.value.returncode == -signal.SIGKILL
    with home.lock():
        pass


def test_the_working_file_is_opened_within_the_limits(home: Home) -> None:
    home.settings_file.write_text('memory_limit = "1GiB"\nthreads = 1\n', encoding="utf-8")
    query = (
        "SELECT current_setting('memory_limit'), current_setting('threads'), "
        "current_setting('temp_directory'), current_setting('TimeZone')"
    )
    with home.connect() as first, home.connect() as second:
        expected = ("1.0 GiB", 1, str(home.scratch), "UTC")
        assert first.execute(query).fetchone() == expected
        assert second.execute(query).fetchone() == expected


def test_a_connection_of_the_same_process_with_the_same_limits_may_join(home: Home) -> None:
    with home.connect() as ours:
        ours.execute("CREATE TABLE t AS SELECT 1 AS x")
        with duckdb.connect(str(home.warehouse_file), config=home.engine_options()) as theirs:
            assert theirs.execute("SELECT x FROM t").fetchone() == (1,)


def test_a_working_file_that_is_open_elsewhere_is_busy(home: Home) -> None:
    attempt = "try:\n    home.connect(); print('open')\nexcept HomeBusy as e: print('busy')"
    with home.connect():
        assert _run_elsewhere(attempt, home) == "busy"
    assert _run_elsewhere(attempt, home) == "open"


def test_reading_before_anything_was_loaded_says_so(home: Home) -> None:
    with pytest.raises(UserError, match="budaya run"):
        home.connect(read_only=True)
    assert not home.warehouse_file.exists()


def test_run_ids_sort_by_time_and_differ_within_a_second() -> None:
    now = datetime(2026, 11, 22, 5, 30, tzinfo=timezone(timedelta(hours=9)))
    first, second = new_run_id(now), new_run_id(now + timedelta(seconds=1))
    assert first.startswith("20261121T203000Z-")
    assert first < second
    assert len({new_run_id(datetime.now(UTC)) for _ in range(20)}) > 1


TRACES = [
    "warehouse/warehouse.duckdb",
    "warehouse/erased.json",
    "warehouse/ledger.key",
    "warehouse/ledger.head",
    "reports/ledger.jsonl",
    "reports/head.json",
    "reports/ledger.pub",
    "reports/20261121T203000Z-1a2b/index.html",
    "published/generations/20261121T203000Z-1a2b/marts.duckdb",
    "restricted/generations/20261121T203000Z-1a2b/restricted.duckdb",
]


@pytest.mark.parametrize("trace", TRACES)
def test_a_lost_key_is_never_replaced_by_a_new_one(home: Home, trace: str) -> None:
    home.key_file.unlink()
    path = home.root / trace
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    for use in (Home.create, Home.require, Home.key, Home.settings):
        with pytest.raises(UserError, match="from a backup") as refused:
            use(home)
        assert "kembalikan berkas itu dari cadangan" in refused.value.text.id.lower()
    assert not home.key_file.exists()


def test_a_home_that_was_only_begun_gets_its_key(home: Home) -> None:
    home.key_file.unlink()
    (home.landing / "82.71").mkdir()
    assert home.create() == [home.key_file]
    assert len(home.key()) == 32


def _spoil(path: Path, how: str) -> None:
    with duckdb.connect(str(path)) as conn:
        conn.execute("CREATE TABLE t AS SELECT range AS x FROM range(300000)")
    data = path.read_bytes()
    path.unlink()
    if how == "a folder":
        path.mkdir()
    elif how == "empty":
        path.touch()
    elif how == "cut":
        path.write_bytes(data[: len(data) // 2])
    elif how == "garbage":
        path.write_bytes(b"\x00\x01garbage" * 9000)
    else:
        path.write_bytes(data[:100] + bytes([data[100] ^ 1]) + data[101:])


@pytest.mark.parametrize("how", ["a folder", "empty", "cut", "garbage", "a changed header"])
def test_a_damaged_working_file_says_what_to_do_and_stays(home: Home, how: str) -> None:
    _spoil(home.warehouse_file, how)
    with pytest.raises(UserError, match=r"is damaged.*from a backup.*budaya run") as refused:
        home.connect()
    assert "cadangan" in refused.value.text.id
    assert home.warehouse_file.exists()
