"""A home, and an open working file in it, for every test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from warehouse.store.home import Home
from warehouse.store.state import ensure_raw


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.create()
    return made


@pytest.fixture
def conn(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with home.connect() as opened:
        ensure_raw(opened)
        yield opened
