"""The home that commit 0878cd7 made, for tests of what a newer version does with it.

Belongs here: unpacking it. How it was made is told beside the archive (``tests/fixtures``).
"""

from __future__ import annotations

import tarfile
from pathlib import Path

from warehouse.store.home import Home

_ARCHIVE = Path(__file__).parent / "fixtures" / "home-0878cd7.tar.xz"


def old_home(folder: Path) -> Home:
    """Unpack the home into a folder, the times of its files as they were."""
    with tarfile.open(_ARCHIVE) as archive:
        archive.extractall(folder, filter="tar")
    return Home(folder / "home")
