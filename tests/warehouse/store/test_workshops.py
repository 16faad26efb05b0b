"""Private folders of commands: gone when they end, left alone while used, removed after a kill."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from warehouse.store.home import Home

SPILL = """
import signal, sys
from pathlib import Path
from warehouse.store.home import Home
with Home(Path(sys.argv[1])).in_memory() as conn:
    conn.execute(
        "CREATE TABLE t AS SELECT repeat(md5(i::VARCHAR), 4) AS m FROM range(600000) x(i)"
    )
    print("spilled", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.create()
    home.settings_file.write_text('memory_limit = "60MB"\nthreads = 1\n', encoding="utf-8")
    return home


def left(home: Home) -> list[Path]:
    return list(home.scratch.iterdir())


def test_what_a_killed_command_spilled_is_removed_by_the_next_and_not_while_it_lives(
    home: Home,
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SPILL, home.root],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as checking:
        assert checking.stdout is not None
        assert checking.stdout.readline() == "spilled\n"
        (its,) = left(home)
        assert list(its.rglob("duckdb_temp*"))
        assert its.stat().st_mode & 0o077 == 0
        home.remove_left()
        with home.workshop():
            assert its in left(home)
        assert left(home) == [its]
        checking.send_signal(signal.SIGKILL)
    assert left(home) == [its]
    with home.workshop() as ours:
        assert left(home) == [ours.parent]
    assert left(home) == []


def test_a_folder_of_an_earlier_version_is_removed_with_what_was_spilled_into_it(
    home: Home,
) -> None:
    for name in ("memory-0123456789abcdef", "workshop-abcdefgh"):
        (home.scratch / name).mkdir()
        (home.scratch / name / "duckdb_temp_storage_DEFAULT-0.tmp").write_text("199001012015011001")
    home.remove_left()
    assert left(home) == []


def test_a_copy_in_which_nothing_may_be_written_is_looked_into_all_the_same(home: Home) -> None:
    home.scratch.rmdir()
    home.scratch.write_text("in the way")  # as a folder that root, too, can't write into
    with home.in_memory() as conn:
        assert conn.execute("SELECT current_setting('temp_directory')").fetchone() == ("",)
