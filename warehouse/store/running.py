"""Which command holds a home, and since when: for whoever has to wait for it.

Belongs here: the note that a command leaves while it holds the home's lock, and reading it. Does
not belong here: the lock itself (``warehouse.store.home``), which alone decides who may write.

The note is believed only while its own lock is held: a killed command leaves the note, not the
lock. That lock is another one than the home's, so that looking never stands in anybody's way.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import filelock

from warehouse.files import PRIVATE_FILE, write_whole

_LOCK, _NOTE = ".running", "running.json"


@dataclass(frozen=True)
class Running:
    """A command that holds the home; ``since`` is UTC, ISO."""

    command: str
    since: str


@contextmanager
def noted(folder: Path, command: str) -> Iterator[None]:
    """Say in a private folder that a command runs, as long as it does."""
    note = Running(command, datetime.now(UTC).isoformat(timespec="seconds"))
    with filelock.FileLock(folder / _LOCK, mode=PRIVATE_FILE):
        write_whole(folder / _NOTE, json.dumps(asdict(note)).encode(), PRIVATE_FILE)
        try:
            yield
        finally:
            (folder / _NOTE).unlink(missing_ok=True)


def look(folder: Path) -> Running | None:
    """The command that runs now; None if none does, or it has not said so."""
    if not (folder / _NOTE).exists():
        return None
    try:
        with filelock.FileLock(folder / _LOCK, timeout=0, mode=PRIVATE_FILE):
            return None  # left by a command that was killed
    except filelock.Timeout:
        pass
    try:
        return Running(**json.loads((folder / _NOTE).read_bytes()))
    except (OSError, ValueError, TypeError):  # it has just ended
        return None
