"""Who may read and write what, whatever the umask and whatever a copy has made of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sweeps import sweep
from tests.warehouse.night import RUN_ID, record_published
from warehouse.store import access
from warehouse.store.home import Home

OTHERS, WRITE = 0o007, 0o022


def _mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


@pytest.fixture(params=sweep([0o000, 0o022, 0o077], told=[0o000, 0o077]))
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


@pytest.fixture
def used(umask: int, home: Home, built_home: Home) -> Home:
    """A home in which a night has published under that umask, made under it too."""
    access.deny_writing_to_all()
    record_published(built_home, RUN_ID)
    access.open_to_readers(built_home)
    return built_home


def test_readers_read_what_is_published_and_nobody_what_holds_people(used: Home) -> None:
    for path in (
        used.published,
        *used.published.rglob("*"),
        used.reports,
        *used.reports.rglob("*"),
    ):
        if not path.is_symlink():
            assert _mode(path) == (0o755 if path.is_dir() else 0o644), path
    for path in (used.warehouse, used.restricted, used.returns):
        assert _mode(path) == 0o700
    for path in (used.landing, used.config, used.dagster):
        assert _mode(path) & OTHERS == 0, path
    assert _mode(used.root) == 0o755
    assert access.close_to_others(used) == []


def test_nothing_can_be_written_by_others(used: Home) -> None:
    (used.landing / "made by this process").mkdir()
    written = [p for p in used.root.rglob("*") if not p.is_symlink() and _mode(p) & WRITE]
    assert written == []


def test_what_a_copy_has_opened_or_closed_is_mended_and_named(home: Home) -> None:
    (home.reports / RUN_ID).mkdir()
    for path in (home.restricted, home.landing, home.config, home.published):
        path.chmod(0o777)
    home.key_file.chmod(0o640)
    home.warehouse_file.touch(mode=0o644)
    (home.reports / RUN_ID).chmod(0o700)
    opened = [home.restricted, home.key_file, home.warehouse_file, home.landing, home.config]
    assert access.close_to_others(home) == opened
    assert access.close_to_others(home) == []
    access.open_to_readers(home)
    assert [_mode(path) for path in (home.restricted, home.key_file)] == [0o700, 0o600]
    # The group keeps what the office gives it: it may be the one that drops the files.
    assert _mode(home.landing) == 0o770
    assert [_mode(path) for path in (home.published, home.reports / RUN_ID)] == [0o755] * 2
