"""What the machine or a damaged file refuses, told as what it is, where, and what to do next.

Belongs here: recognising errors of the system, of DuckDB and of SQLite that somebody can mend
outside of the product. Does not belong here: mistakes in files that people deliver or rules that
they write (ingest), or an error that only the product's makers can mend: that is none of these.

Messages of engines are read and never passed on: they may quote a row.
"""

from __future__ import annotations

import errno
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from warehouse.errors import HomeBusy, UserError
from warehouse.privacy import masked
from warehouse.words import sentence

_IN_THE_WAY = frozenset({errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.ELOOP})
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_CLOSED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
# The words in which engines say what is a number elsewhere.
_SAYS_FULL = re.compile(
    r"No space left|Disk quota exceeded|File too large|disk is full|max_temp_directory_size", re.I
)
_SAYS_CLOSED = re.compile(r"Permission denied|Read-only file system|readonly database", re.I)
_SAYS_DISK = re.compile(r"Input/output error|disk I/O error", re.I)
_SAYS_MEMORY = re.compile(r"Out of Memory Error|memory_limit|Cannot allocate memory", re.I)
_SAYS_NEWER = re.compile(r"database file with version number|newer version of DuckDB", re.I)
_SAYS_DAMAGED = re.compile(
    r"Corrupt database|not a valid DuckDB database|Could not read|checksum|Serialization Error"
    r"|INTERNAL Error|database has been invalidated|Cannot open file|Failure while replaying WAL",
    re.I,
)


class MachineError(UserError):
    """The machine refused something, or a file of the home is damaged."""


def explain(error: BaseException, working_file: Path) -> UserError | None:
    """Return what somebody can do about an error; None if it is no fault of this kind.

    Args:
        error: Whatever was raised; the errors that it came from are looked at too.
        working_file: That of the home, which engines mean unless they name another file.
    """
    for seen in _behind(error):
        found = seen if isinstance(seen, UserError) else _explain_one(seen, working_file)
        if found is not None:
            return found
    return None


def stop_behind(error: BaseException) -> BaseException | None:
    """Return the Ctrl-C, or its like, that an error came from; None if nobody stopped anything.

    DuckDB ends a statement that somebody stops with an error of its own, which hides the stop from
    whoever catches exceptions.
    """
    return next((seen for seen in _behind(error) if not isinstance(seen, Exception)), None)


def _behind(error: BaseException) -> Iterator[BaseException]:
    """An error, and those that it came from."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)


@contextmanager
def told(working_file: Path) -> Iterator[None]:
    """Turn an error of this kind into one that is told without a traceback."""
    try:
        yield
    except Exception as error:
        known = explain(error, working_file)
        if known is None or known is error:
            raise
        raise known from None


def explain_text(message: str, working_file: Path) -> UserError | None:
    """Return what somebody can do about what DuckDB said, where another program passes it on."""
    if _SAYS_FULL.search(message):
        return disk_full(str(working_file.parent))
    if _SAYS_MEMORY.search(message):
        return memory_refused()
    if _SAYS_CLOSED.search(message):
        return not_allowed(str(working_file))
    if _SAYS_DISK.search(message):
        return disk_faulty(str(working_file))
    if _SAYS_NEWER.search(message):
        return _newer(working_file)
    return damaged(working_file) if _SAYS_DAMAGED.search(message) else None


def damaged(working_file: Path) -> MachineError:
    """The working file can't be read; nothing in it is mended or thrown away by the product."""
    aside = working_file.with_name("rusak.duckdb")
    return MachineError(sentence("machine", "damaged", file=working_file, aside=aside))


def disk_full(place: str) -> MachineError:
    """There is no room, or no right to more of it."""
    return MachineError(sentence("machine", "disk_full", place=masked(place)))


def memory_refused() -> MachineError:
    """The work needs more memory than the home allows."""
    return MachineError(sentence("machine", "memory_refused"))


def not_allowed(place: str) -> MachineError:
    """The system does not let this user write or read there."""
    return MachineError(sentence("machine", "not_allowed", place=masked(place)))


def disk_faulty(place: str) -> MachineError:
    """The device itself fails."""
    return MachineError(sentence("machine", "disk_faulty", place=masked(place)))


def in_the_way(place: str) -> MachineError:
    """Something else lies where the product keeps a file, a folder or a link."""
    return MachineError(sentence("machine", "in_the_way", place=masked(place)))


def history_damaged(dagster: Path) -> MachineError:
    """Dagster's own files can't be used; the home's figures don't depend on them."""
    aside = dagster.with_name("dagster.rusak")
    return MachineError(sentence("machine", "history_damaged", dagster=dagster, aside=aside))


def _explain_one(error: BaseException, working_file: Path) -> UserError | None:
    if isinstance(error, MemoryError):
        return memory_refused()
    if isinstance(error, OSError):
        return _explain_system(error, working_file.parent.parent)
    if isinstance(error, duckdb.Error):
        return explain_text(str(error), working_file)
    if isinstance(error, sqlite3.Error):
        return _explain_history(error, working_file.parent.parent / "dagster")
    return None


def _explain_system(error: OSError, home: Path) -> MachineError | None:
    names = [str(name) for name in (error.filename, error.filename2) if name is not None]
    place = " → ".join(names) or str(home)  # a write does not say of which file
    if error.errno in _FULL:
        return disk_full(place)
    if error.errno in _CLOSED:
        return not_allowed(place)
    if error.errno == errno.EIO:
        return disk_faulty(place)
    if error.errno in _IN_THE_WAY:
        return in_the_way(place)
    return memory_refused() if error.errno == errno.ENOMEM else None


def _explain_history(error: sqlite3.Error, dagster: Path) -> UserError:
    """Dagster's history of runs, the only SQLite files of a home."""
    message = str(error)
    if _SAYS_FULL.search(message):
        return disk_full(str(dagster))
    if _SAYS_CLOSED.search(message) or "unable to open" in message:
        return not_allowed(str(dagster))
    if "locked" in message:
        return HomeBusy(sentence("machine", "history_busy", dagster=dagster))
    return history_damaged(dagster)


def _newer(working_file: Path) -> MachineError:
    return MachineError(sentence("machine", "newer", file=working_file))
