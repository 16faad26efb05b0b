"""Files that survive a kill: written whole, flushed to disk, renamed into place.

Belongs here: the few file operations that ledger, generations and home share. Does not belong
here: where a file lies (``warehouse.store.home``) or what is in it.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600
GROUP_FOLDER = 0o750
PUBLIC_FOLDER = 0o755
PUBLIC_FILE = 0o644


def sha256_file(path: Path) -> str:
    """Return the SHA-256 of a file's bytes in hex, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fsync_path(path: Path) -> None:
    """Flush a file's contents, or a folder's entries, to disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_whole(path: Path, data: bytes, mode: int) -> None:
    """Write a file that other processes see either not at all (or as it was) or whole.

    A kill may leave ``.<name>.tmp`` beside it, which the next write of the file replaces; a full
    disk leaves nothing.
    """
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(file.fileno(), mode)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    fsync_path(path.parent)
