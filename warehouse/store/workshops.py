"""Private folders in which a command makes or spills something, gone when it ends, however it ends.

Belongs here: making such a folder, and removing what a killed command left. Does not belong here:
what is made in it. Whoever uses one holds a lock in it: a lock outlives no process, while a number
of a process may be another's, or one in another container.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from filelock import FileLock, Timeout

from warehouse.files import PRIVATE_FILE

_PREFIX = "workshop-"
_BEFORE = "memory-"  # what an earlier version called the folder into which a database spills
_LOCK = ".lock"


@contextmanager
def workshop(scratch: Path) -> Iterator[Path]:
    """A private folder below ``scratch``; those that nobody uses any more are removed first.

    Raises:
        OSError: Nothing may be written there.
    """
    with _making(scratch):
        _remove_left(scratch)
        folder = Path(mkdtemp(prefix=_PREFIX, dir=scratch))
        used = FileLock(folder / _LOCK, mode=PRIVATE_FILE)
        used.acquire()
    try:
        room = folder / "files"
        room.mkdir()
        yield room
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        used.release()


def remove_left(scratch: Path) -> None:
    """Remove the folders of commands that were killed."""
    with _making(scratch):
        _remove_left(scratch)


def making_file(scratch: Path) -> Path:
    """The file by which folders are made and removed by one command at a time.

    It is made with the home, so that who changes nothing leaves no trace.
    """
    return scratch.with_name(f".{scratch.name}.lock")


def _making(scratch: Path) -> FileLock:
    """Held while folders are made or removed: nobody takes one away before it is in use."""
    return FileLock(making_file(scratch), mode=PRIVATE_FILE)


def _remove_left(scratch: Path) -> None:
    for folder in scratch.glob(f"{_PREFIX}*"):
        used = FileLock(folder / _LOCK, mode=PRIVATE_FILE, timeout=0)
        try:
            with used:
                shutil.rmtree(folder, ignore_errors=True)
        except Timeout:
            continue
    for folder in scratch.glob(f"{_BEFORE}*"):
        shutil.rmtree(folder, ignore_errors=True)
