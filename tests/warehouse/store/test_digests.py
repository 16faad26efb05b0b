"""Which digests of files are known, and which are never believed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from warehouse.files import sha256_file
from warehouse.store import digests as module
from warehouse.store.digests import Digests
from warehouse.store.home import Home

OLD = 1_760_000_000
DAY = 24 * 3600 * 10**9


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let files be read a day after they were written."""
    now = time.time_ns
    monkeypatch.setattr(module.time, "time_ns", lambda: now() + DAY)


@pytest.fixture
def landed(home: Home) -> Path:
    path = home.landing / "82.71" / "leave" / "cuti.csv"
    path.parent.mkdir(parents=True)
    path.write_text("satu")
    os.utime(path, (OLD, OLD))
    return path


class Counting:
    """Reads files and counts how many."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def __call__(self, path: Path) -> str:
        self.read.append(path.name)
        return sha256_file(path)


def _night(home: Home, path: Path) -> tuple[str | None, int]:
    """What a night takes for the file's digest, and how many files it read for it."""
    digests, reader = Digests(home), Counting()
    found = digests.of(path, reader)
    digests.keep()
    return found, len(reader.read)


@pytest.mark.usefixtures("later")
def test_what_is_known_is_not_read_again(home: Home, landed: Path) -> None:
    digest = sha256_file(landed)
    assert _night(home, landed) == (digest, 1)
    assert _night(home, landed) == (digest, 0)
    assert home.digests_file.stat().st_mode & 0o777 == 0o600


def _write_within(path: Path) -> None:
    """Other bytes, the same size and time: only the system's own clock tells."""
    path.write_text("tiga")
    os.utime(path, (OLD, OLD))


def _put_another(path: Path) -> None:
    other = path.with_name("lain")
    other.write_text("tiga")
    os.utime(other, (OLD, OLD))
    other.replace(path)


def _write_later(path: Path) -> None:
    path.write_text("tiga")


def _write_longer(path: Path) -> None:
    path.write_text("empat belas")
    os.utime(path, (OLD, OLD))


CHANGES: dict[str, Callable[[Path], None]] = {
    "same size and time": _write_within,
    "another file of that size and time": _put_another,
    "another time": _write_later,
    "another size": _write_longer,
}


@pytest.mark.usefixtures("later")
@pytest.mark.parametrize("change", CHANGES)
def test_what_was_changed_is_read(home: Home, landed: Path, change: str) -> None:
    before, _ = _night(home, landed)
    CHANGES[change](landed)
    found, read = _night(home, landed)
    assert (found, read) == (sha256_file(landed), 1)
    assert found != before


def test_what_was_written_a_moment_ago_is_not_remembered(home: Home, landed: Path) -> None:
    """Who writes to it in the same tick again leaves the same times behind."""
    landed.write_text("satu")
    assert _night(home, landed)[1] == 1
    assert _night(home, landed)[1] == 1


def test_a_time_that_was_set_back_does_not_make_a_fresh_file_old(home: Home, landed: Path) -> None:
    """Its mtime is years old, but the system knows that it was written just now."""
    assert _night(home, landed)[1] == 1
    assert _night(home, landed)[1] == 1


@pytest.mark.usefixtures("later")
def test_a_time_in_the_future_is_not_believed(home: Home, landed: Path) -> None:
    ahead = time.time() + 3 * 24 * 3600
    os.utime(landed, (ahead, ahead))
    assert _night(home, landed)[1] == 1
    assert _night(home, landed)[1] == 1


@pytest.mark.usefixtures("later")
def test_what_changes_while_it_is_read_is_not_remembered(home: Home, landed: Path) -> None:
    digests = Digests(home)

    def disturbed(path: Path) -> str:
        found = sha256_file(path)
        _write_within(path)
        return found

    digests.of(landed, disturbed)
    digests.keep()
    assert _night(home, landed) == (sha256_file(landed), 1)


@pytest.mark.usefixtures("later")
def test_what_is_gone_is_forgotten(home: Home, landed: Path) -> None:
    """And nothing ever holds its name, in which somebody's number may stand."""
    digest, _ = _night(home, landed)
    assert digest
    assert digest in home.digests_file.read_text()
    assert landed.stem not in home.digests_file.read_text()
    other = landed.with_name("lain.csv")
    other.write_text("dua")
    _night(home, other)
    assert digest not in home.digests_file.read_text()


@pytest.mark.usefixtures("later")
@pytest.mark.parametrize(
    "spoiled", [b"", b"{", b"[]", b"[[1, 2]]", b"[null]", b"7", b'{"a": [1, 2, 3, 4, 5, "b"]}']
)
def test_a_damaged_memory_is_none(home: Home, landed: Path, spoiled: bytes) -> None:
    _night(home, landed)
    home.digests_file.write_bytes(spoiled)
    assert _night(home, landed) == (sha256_file(landed), 1)
    assert _night(home, landed)[1] == 0


def test_a_file_that_can_not_be_read_raises(home: Home) -> None:
    with pytest.raises(OSError, match="No such file"):
        Digests(home).of(home.landing / "tidak ada")
