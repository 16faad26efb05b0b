"""The example world and its files, made once for the tests of this package."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo.exports import write_landing
from demo.world import World, make_world


@pytest.fixture(scope="session")
def world() -> World:
    return make_world()


@pytest.fixture(scope="session")
def landing(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The default world's landing folder. Read only."""
    folder = tmp_path_factory.mktemp("world") / "landing"
    write_landing(world, folder)
    return folder
