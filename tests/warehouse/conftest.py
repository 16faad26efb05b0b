"""Homes for the tests of this package: an empty one, and one with a finished night in it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.warehouse.night import RUN_ID, build_schemas, keep_nights
from warehouse.store.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.create()
    return home


@pytest.fixture(scope="session")
def working_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The working file of a finished night; read only, ``built_home`` copies it."""
    home = Home(tmp_path_factory.mktemp("night") / "home")
    home.create()
    build_schemas(home, RUN_ID)
    return home.warehouse_file


@pytest.fixture
def built_home(home: Home, working_file: Path) -> Home:
    """A home whose working file holds marts and restricted tables, two rows each."""
    shutil.copy(working_file, home.warehouse_file)
    return home


@pytest.fixture(scope="session")
def kept_home(tmp_path_factory: pytest.TempPathFactory, working_file: Path) -> Home:
    """A home after a published night, a blocked one, another published one and a rollback."""
    home = Home(tmp_path_factory.mktemp("kept") / "home")
    home.create()
    shutil.copy(working_file, home.warehouse_file)
    keep_nights(home)
    return home


@pytest.fixture
def ledger_home(kept_home: Home, tmp_path: Path) -> Home:
    """A copy of ``kept_home`` that the test may spoil."""
    copy = Home(tmp_path / "copy")
    shutil.copytree(kept_home.root, copy.root, symlinks=True)
    return copy
