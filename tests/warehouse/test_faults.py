"""What the machine refuses is told as what it is; everything else stays what it was."""

from __future__ import annotations

import errno
import os
import resource
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from warehouse.errors import HomeBusy, UserError
from warehouse.faults import explain, explain_text, told
from warehouse.files import write_whole
from warehouse.store.home import Home
from warehouse.version import PROJECT

NIP = "198609262015051001"
FILE = Path("/srv/home/warehouse/warehouse.duckdb")

SYSTEM = {
    errno.ENOSPC: "disk is full",
    errno.EDQUOT: "disk is full",
    errno.EFBIG: "disk is full",
    errno.EACCES: "Can not be read or written",
    errno.EROFS: "Can not be read or written",
    errno.EPERM: "Can not be read or written",
    errno.EIO: "disk failed",
    errno.ENOMEM: "not enough memory",
    errno.EISDIR: "in the way",
    errno.ENOTDIR: "in the way",
    errno.ELOOP: "in the way",
}


@pytest.mark.parametrize("number", SYSTEM)
def test_what_the_system_refuses(number: int) -> None:
    error = OSError(number, os.strerror(number), f"/srv/home/landing/{NIP}\x1b.csv")
    known = explain(error, FILE)
    assert known is not None
    assert SYSTEM[number] in known.text.en
    assert NIP not in str(known)
    assert "\x1b" not in str(known)
    assert all(part in known.text.id for part in ("alankan lagi",))


def test_a_write_that_names_no_file_is_told_with_its_home() -> None:
    known = explain(OSError(errno.ENOSPC, "No space left on device"), FILE)
    assert known is not None
    assert "/srv/home." in known.text.en


def test_what_it_came_from_is_looked_at_and_what_it_hid_is_not() -> None:
    with pytest.raises(RuntimeError) as wrapped:
        raise RuntimeError("step") from OSError(errno.ENOSPC, "full", "x")
    assert explain(wrapped.value, FILE) is not None
    hiding = ValueError("a fault of ours")
    hiding.__context__ = OSError(errno.EACCES, "closed", "x")
    assert explain(hiding, FILE) is not None
    hiding.__suppress_context__ = True
    assert explain(hiding, FILE) is None


@pytest.mark.parametrize("error", [ValueError(NIP), KeyError(NIP), duckdb.CatalogException("no t")])
def test_a_fault_of_ours_is_none_of_these(error: Exception) -> None:
    assert explain(error, FILE) is None
    with pytest.raises(type(error)), told(FILE):
        raise error


@pytest.mark.parametrize(
    ("said", "told_as"),
    [
        ("IO Error: Could not write file: No space left on device", "disk is full"),
        ("Out of Memory Error: failed to pin block of size 256.0 KiB", "memory_limit"),
        ("Out of Memory Error: failed to offload: max_temp_directory_size", "disk is full"),
        ("IO Error: Cannot open file: Permission denied", "Can not be read or written"),
        ("IO Error: Corrupt database file: computed checksum 1 does not match", "is damaged"),
        ("Trying to read a database file with version number 99, but", "newer version"),
    ],
)
def test_what_the_engine_says_in_words(said: str, told_as: str) -> None:
    known = explain_text(said, FILE)
    assert known is not None
    assert told_as in known.text.en


@pytest.mark.parametrize(
    ("said", "kind", "told_as"),
    [
        ("file is not a database", UserError, "dagster.rusak"),
        ("database disk image is malformed", UserError, "dagster.rusak"),
        ("database or disk is full", UserError, "disk is full"),
        ("attempt to write a readonly database", UserError, "Can not be read or written"),
        ("database is locked", HomeBusy, "Another program"),
    ],
)
def test_what_the_history_of_runs_says(said: str, kind: type[UserError], told_as: str) -> None:
    known = explain(sqlite3.OperationalError(said), FILE)
    assert isinstance(known, kind)
    assert told_as in known.text.en


def test_the_engine_out_of_memory_is_told_as_that(home: Home) -> None:
    home.settings_file.write_text('memory_limit = "20MB"\nthreads = 1\n', encoding="utf-8")
    query = "SELECT list(r) FROM (SELECT repeat('x', 99) || range AS r FROM range(900000))"
    with (
        pytest.raises(UserError, match=r"memory_limit in config/home\.toml"),
        told(home.warehouse_file),
        home.connect() as conn,
    ):
        conn.execute(query).fetchall()


def test_a_full_disk_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    """A real limit of the system, in a process of its own: nothing may grow over 4,096 bytes."""
    path = tmp_path / "head.json"
    write_whole(path, b"as it was", 0o600)
    code = (
        "import sys; from pathlib import Path; from warehouse.files import write_whole\n"
        "from warehouse.faults import told\n"
        "with told(Path('w')): write_whole(Path(sys.argv[1]), b'x' * 10000, 0o600)"
    )

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    done = subprocess.run(
        [sys.executable, "-c", code, path],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=limit,
    )
    assert "The disk is full" in done.stderr
    assert path.read_bytes() == b"as it was"
    assert [p.name for p in tmp_path.iterdir()] == ["head.json"]
