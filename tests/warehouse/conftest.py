"""Homes for the tests of this package: an empty one, and one with a finished night in it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.warehouse.night import RUN_ID, build_schemas, keep_nights, publish
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
def first_published(tmp_path_factory: pytest.TempPathFactory, working_file: Path) -> Home:
    """A home after its first publication; read only, ``published_home`` copies it."""
    home = Home(tmp_path_factory.mktemp("published") / "home")
    home.create()
    shutil.copy(working_file, home.warehouse_file)
    publish(home, RUN_ID)
    return home


@pytest.fixture
def published_home(first_published: Home, tmp_path: Path) -> Home:
    return copied(first_published, tmp_path / "home")


def copied(home: Home, root: Path) -> Home:
    """A copy of a home that the test may spoil; files that share their bytes do so in it too."""
    subprocess.run(["cp", "-a", home.root, root], check=True)  # noqa: S607 - any
    return Home(root)


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
    return copied(kept_home, tmp_path / "copy")
