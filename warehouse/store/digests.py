"""The digests of files that this home knows, so that a night without news reads no file for them.

A file is known by what the system says of it, not by its name, which may hold somebody's number.

Belongs here: what the system says of a file, the digests that were seen under it, and when such a
digest may be believed. Does not belong here: what is read for its rows, or proved to an auditor:
there every byte is hashed (`ingest.loading`, `warehouse.proof.verify`).

A file that was changed so shortly before it was read that its times could not have told a second
change is not remembered: it may have been written to again within the same tick of the clock.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from warehouse.files import PRIVATE_FILE, sha256_file, write_whole
from warehouse.store.home import Home

# The coarsest clock of a file system that is in use, with room for one beside it: FAT counts in
# twos, and the clock of a file server is not quite ours.
_TICK_NS = 3 * 10**9


class Stamp(NamedTuple):
    """What the system says of a file; nobody can write to it and leave all of this the same."""

    device: int
    inode: int
    size: int
    mtime_ns: int
    ctime_ns: int

    @classmethod
    def of(cls, path: Path) -> Stamp:
        """Return the stamp that a file has now."""
        s = path.stat()
        return cls(s.st_dev, s.st_ino, s.st_size, s.st_mtime_ns, s.st_ctime_ns)

    def age(self) -> float:
        """Seconds since the last change; negative for a time in the future."""
        return (time.time_ns() - self.mtime_ns) / 10**9

    def settled_by(self, moment_ns: int) -> bool:
        """Whether a change after a moment would show in these times."""
        return max(self.mtime_ns, self.ctime_ns) + _TICK_NS < moment_ns


class Digests:
    """The digests of a home's files: those that a former night knew, and those asked for since.

    ``keep`` leaves the latter for the next night; whoever only looks does not call it.
    """

    def __init__(self, home: Home) -> None:
        self._home = home
        self._known = _read(home)
        self._seen: dict[Stamp, str] = {}

    def of(self, path: Path, read: Callable[[Path], str | None] = sha256_file) -> str | None:
        """The digest of a file: as known, if its stamp is, else by reading it.

        Raises:
            OSError: It is not there, or ``read`` can't read it.
        """
        stamp, moment = Stamp.of(path), time.time_ns()
        sha256 = self._known.get(stamp) or read(path)
        if sha256 and stamp.settled_by(moment) and Stamp.of(path) == stamp:
            self._seen[stamp] = sha256
        return sha256

    def forget(self, path: Path) -> None:
        """Know no longer what turned out to be wrong, as on a file system that keeps few times."""
        with suppress(OSError):  # what is gone matches nothing any more
            self._seen.pop(Stamp.of(path), None)
        self.keep()

    def keep(self) -> None:
        """Leave what is known now for the next night; what was not asked for is forgotten."""
        if self._seen != self._known:
            rows = [[*stamp, sha256] for stamp, sha256 in self._seen.items()]
            write_whole(self._home.digests_file, json.dumps(rows).encode(), PRIVATE_FILE)
            self._known = dict(self._seen)


def _read(home: Home) -> Mapping[Stamp, str]:
    """What was kept; nothing where that is damaged: every file is read then."""
    try:
        rows = json.loads(home.digests_file.read_bytes())
        return {Stamp(*map(int, row[:5])): str(row[5]) for row in rows}
    except (OSError, ValueError, TypeError, LookupError):
        return {}
