"""The files of a restricted table that is stored by slices, and the list that vouches for them.

Belongs here: where a slice's file lies, what `slices.json` of a generation says of it, and which
files the ledger vouches for through it. Does not belong here: what is in a file
(`warehouse.publication.slice_tables`).

The ledger records the digest of `slices.json`, which holds those of the files: a country has
thousands, and nearly all are those of the night before.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path, PurePosixPath

from pydantic.dataclasses import dataclass

from warehouse.documents import STRICT, DocumentError, plain, read_json
from warehouse.files import PRIVATE_FILE, sha256_file
from warehouse.vocabulary import SliceKey

SLICES_FILE = "slices.json"


@dataclass(frozen=True, config=STRICT)
class SliceFile:
    """One file: its slice, the night that built its rows (empty if unknown), and its digest."""

    table: str
    government_code: str
    month: date
    built_by: str
    rows: int
    bytes: int
    sha256: str

    @property
    def key(self) -> SliceKey:
        """Its slice."""
        return SliceKey(self.government_code, self.month)

    @property
    def path(self) -> str:
        """Where it lies in its generation."""
        return path_of(self.table, self.key)


@dataclass(frozen=True, config=STRICT)
class SliceFiles:
    """All files of a generation."""

    run_id: str
    files: tuple[SliceFile, ...]


def path_of(table: str, key: SliceKey) -> str:
    """Where the file of a slice lies in its generation."""
    return f"{table}/government_code={key.government_code}/month={key.month:%Y-%m}.parquet"


def read_slices(folder: Path) -> SliceFiles | None:
    """What a generation's list says; None where it has none that can be read."""
    try:
        return read_json(folder / SLICES_FILE, SliceFiles)
    except (OSError, DocumentError):  # one of before there were slices has none
        return None


def slices_written(slices: SliceFiles) -> bytes:
    """The bytes of a list; a file a line, for what is compared by eye."""
    files = ",\n".join(json.dumps(one, sort_keys=True) for one in plain(slices)["files"])
    return f'{{"run_id": {json.dumps(slices.run_id)}, "files": [\n{files}\n]}}\n'.encode()


def with_slices(root: Path, recorded: Mapping[str, str]) -> dict[str, str]:
    """The files that the ledger recorded, with those that a list among them vouches for.

    A list that is not as it was recorded vouches for nothing.

    Args:
        root: The home.
        recorded: Digests by path within the home.
    """
    found = dict(recorded)
    for path, sha256 in recorded.items():
        folder = PurePosixPath(path).parent
        if PurePosixPath(path).name == SLICES_FILE and is_whole(root / path, sha256):
            slices = read_slices(root / folder)
            files = slices.files if slices else ()
            found |= {(folder / one.path).as_posix(): one.sha256 for one in files}
    return found


def is_whole(file: Path, sha256: str, read: Callable[[Path], str | None] = sha256_file) -> bool:
    """Whether a file is there and is what was recorded of it; ``read`` tells its digest."""
    try:
        return file.is_file() and read(file) == sha256
    except OSError:  # what can't be read is not there for its readers either
        return False


def take(source: Path, target: Path, sha256: str) -> bool:
    """Let a file be the same as another one, if that is what its digest says.

    A hard link where the file system has them, else a copy. It is read in full either way: what
    somebody altered is not handed on. Returns whether it is there now.
    """
    if source.is_symlink() or not source.is_file():
        return False
    try:
        link_or_copy(source, target)
        target.chmod(PRIVATE_FILE)
        if sha256_file(target) == sha256:
            return True
    except OSError:  # whatever it is: the rows are in the working file still
        pass
    target.unlink(missing_ok=True)
    return False


def link_or_copy(source: Path, target: Path) -> None:
    """Give a file a second place; as a copy where the file system can't do otherwise."""
    try:
        os.link(source, target)
    except OSError:  # another file system, one without links, or one with no more of them
        shutil.copyfile(source, target)
        target.chmod(PRIVATE_FILE)
