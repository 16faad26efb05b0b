"""Who may read and write what of a home, whatever the umask or a copy has made of it.

Belongs here: the permissions of the home's folders, and giving them back each night. Does not
belong here: the modes of single files, which who writes them sets (``warehouse.files``).

Three kinds. *Private* folders hold people: for their owner only. *Closed* ones hold what offices
send and decide, NIPs and names among it: others may do nothing, the group what the office lets it.
*Open* ones are for BI tools and auditors: everybody reads. Nothing may be written by everybody.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from warehouse.files import PRIVATE_FILE, PRIVATE_FOLDER, PUBLIC_FILE, PUBLIC_FOLDER
from warehouse.store.home import Home

_OTHERS = 0o007
_NOT_OURS = 0o077


def deny_writing_to_all() -> None:
    """Let nothing that this process makes be written by group or others, whatever the umask."""
    os.umask(os.umask(0o022) | 0o022)


def close_to_others(home: Home) -> list[Path]:
    """Take away what others may do where they may do nothing; return what had been open to them.

    A home that was copied or unpacked has other permissions than the one it came from.
    """
    opened = []
    for path in (home.warehouse, home.restricted, home.returns, *_secrets(home)):
        if path.exists() and _mode(path) & _NOT_OURS:
            path.chmod(PRIVATE_FOLDER if path.is_dir() else PRIVATE_FILE)
            opened.append(path)
    for path in (home.landing, home.config, home.dagster):
        if path.exists() and _mode(path) & _OTHERS:
            path.chmod(_mode(path) & ~_OTHERS)
            opened.append(path)
    return opened


def open_to_readers(home: Home) -> None:
    """Let everybody read what is published, and nobody but the owner write it."""
    for path in _public(home):
        wanted = PUBLIC_FOLDER if path.is_dir() else PUBLIC_FILE
        if _mode(path) != wanted:
            path.chmod(wanted)
    if _mode(home.root) & 0o022:
        home.root.chmod(_mode(home.root) & ~0o022)


def _secrets(home: Home) -> tuple[Path, ...]:
    return (home.key_file, home.signing_key_file, home.erasure_file, home.warehouse_file)


def _public(home: Home) -> Iterator[Path]:
    """The generations as they are, and the reports: each night writes its own files' modes."""
    yield home.published
    yield from _own(home.published.rglob("*"))
    yield home.reports
    yield from _own(home.reports.glob("*"))
    yield from _own(home.reports.glob("*/*"))


def _own(paths: Iterator[Path]) -> Iterator[Path]:
    return (path for path in paths if not path.is_symlink())


def _mode(path: Path) -> int:
    return path.stat().st_mode & 0o777
