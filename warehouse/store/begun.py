"""The night that has begun and has no line in the ledger yet.

Belongs here: the note that a night leaves until its line is written, and the room on the disk that
is kept for that line. Does not belong here: the line (``warehouse.proof.ledger``) and what it says
(``orchestration.night``).

A night that is killed, or whose line a full disk refuses, leaves its note: the next run gives it
its line, and until then ``budaya status`` says that it broke off.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from warehouse.files import PRIVATE_FILE, write_whole

_NOTE, _ROOM = "night.json", "night.room"
# A report without figures, the index, a line of the ledger and its signature.
_ROOM_BYTES = 4 << 20


@dataclass(frozen=True)
class Begun:
    """A night; ``started_at`` is UTC, ISO, and ``as_of_date`` the local date, ISO."""

    run_id: str
    started_at: str
    as_of_date: str


def note(folder: Path, night: Begun) -> None:
    """Write the note into a private folder, and keep room for the night's line.

    Raises:
        OSError: There is no room, or the folder is closed.
    """
    write_whole(folder / _NOTE, json.dumps(asdict(night)).encode(), PRIVATE_FILE)
    write_whole(folder / _ROOM, bytes(_ROOM_BYTES), PRIVATE_FILE)


def give_room(folder: Path) -> None:
    """Let the night's report and line have the room that was kept for them."""
    (folder / _ROOM).unlink(missing_ok=True)


def clear(folder: Path) -> None:
    """Remove the note: the night has its line."""
    give_room(folder)
    (folder / _NOTE).unlink(missing_ok=True)


def look(folder: Path) -> Begun | None:
    """The night that has begun and was not recorded; None if there is none, or its note is spoilt.

    It may be running still: whoever asks holds the home's lock, or asks who holds it.
    """
    try:
        return Begun(**json.loads((folder / _NOTE).read_bytes()))
    except (OSError, ValueError, TypeError):
        return None
