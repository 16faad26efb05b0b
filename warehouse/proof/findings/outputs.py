"""What a home gave out: reports, generations, the links to them, and the index.

Belongs here: whether these are as the ledger recorded them, and what lies beside them. Does not
belong here: what was given to the home (`warehouse.proof.findings.inputs`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from warehouse.proof.findings.finding import (
    INDEX,
    LEDGER,
    Finding,
    digest_of,
    information,
    problem,
)
from warehouse.proof.signature import SignatureError, index_of
from warehouse.publication.slice_files import SLICES_FILE, with_slices
from warehouse.store.home import Home
from warehouse.words import sentence


def files_findings(home: Home, entries: list[dict[str, Any]]) -> Iterator[Finding]:
    """Hold every recorded file that is still there against its digest."""
    sets = [
        entry[name]
        for entry in entries
        for name in ("report_sha256", "generation")
        if entry.get(name)
    ]
    # An erasure writes files anew: the last digest that was recorded of a file counts.
    newest = {path: digest for recorded in sets for path, digest in recorded.items()}
    known = with_slices(home.root, newest)
    checked: set[str] = set()
    read = _Read()
    for recorded in sets:
        fresh = {path: newest[path] for path in recorded if path not in checked}
        slices = with_slices(home.root, fresh).keys() - checked
        yield from _check_recorded(home, {path: known[path] for path in slices}, known, read)
        checked |= slices


class _Read:
    """The digests of files that were read; one that lies in many generations is read once."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], str | None] = {}

    def digest_of(self, file: Path) -> str | None:
        """The digest of a file; None if it can't be read."""
        status = file.stat()
        if status.st_nlink == 1:
            return digest_of(file)
        place = (status.st_dev, status.st_ino)
        if place not in self._known:
            self._known[place] = digest_of(file)
        return self._known[place]


def _check_recorded(
    home: Home, recorded: Mapping[str, str], known: Mapping[str, str], read: _Read
) -> Iterator[Finding]:
    """Check the files of one report or generation, and list its folders that are gone as a whole.

    An office may delete an old report or generation, but not a part of one; and what ``current``
    points at must be there (``links_findings``).
    """
    folders = {path: _folder(path) for path in recorded}
    for folder in sorted(set(folders.values())):
        if not (home.root / folder).is_dir():
            yield information(folder, sentence("proof", "folder_gone"))
    wrong = set()
    for path, digest in sorted(recorded.items()):
        if (home.root / folders[path]).is_dir():
            for found in _check_file(home.root / path, path, digest, read):
                wrong.add(path)
                yield found
    for folder in sorted(set(folders.values())):
        # What a list said of the files below it nobody knows when the list itself is wrong.
        pattern = "*" if f"{folder}/{SLICES_FILE}" in wrong else "**/*"
        for extra in sorted((home.root / folder).glob(pattern)):
            path = extra.relative_to(home.root).as_posix()
            if path not in known and not extra.is_dir():
                yield problem(path, sentence("proof", "not_recorded"))


def _check_file(file: Path, path: str, digest: str, read: _Read) -> Iterator[Finding]:
    if not file.is_file():
        yield problem(path, sentence("proof", "file_missing"))
        return
    found = read.digest_of(file)
    if found is None:
        yield problem(path, sentence("proof", "file_unreadable"))
    elif found != digest:
        yield problem(path, sentence("proof", "file_changed"))


def _folder(path: str) -> str:
    """Return the folder of the run that a recorded path lies in."""
    parts = PurePosixPath(path).parts
    return "/".join(parts[: 2 if parts[0] == "reports" else 3])


def links_findings(
    home: Home, entries: list[dict[str, Any]], *, last_is_shown: bool
) -> Iterator[Finding]:
    """Check where the links ``current`` point, against the last publication or rollback.

    Args:
        home: The home.
        entries: All lines of its ledger.
        last_is_shown: Whether the index shows the last of them.
    """
    moves = [
        entry
        for entry in entries
        if entry["kind"] == "rollback" or (entry["kind"] == "run" and entry["generation"])
    ]
    pointed: list[Path | None] = [None]
    pointed += [
        Path("generations") / str(entry["to" if entry["kind"] == "rollback" else "run_id"])
        for entry in moves
    ]
    for area in (home.published, home.restricted):
        subject = f"{area.name}/current"
        link = area / "current"
        actual = link.readlink() if link.is_symlink() else None
        if actual is not None and not link.is_dir():
            yield problem(subject, sentence("proof", "generation_missing"))
        elif actual is None and link.exists():
            yield problem(subject, sentence("proof", "link_no_more"))
        elif actual == pointed[-1]:
            continue
        elif len(pointed) > 1 and actual == pointed[-2] and not last_is_shown:
            yield information(subject, sentence("proof", "link_behind"))
        else:
            yield problem(subject, sentence("proof", "link_elsewhere"))


def unrecorded_findings(home: Home, entries: list[dict[str, Any]]) -> Iterator[Finding]:
    """List what lies among reports and generations and belongs to no run of the ledger.

    A run that was killed leaves such folders, so they are no fault; but nobody should take them for
    what this home has reported or published.
    """
    known = {LEDGER, INDEX, "reports/head.json", "reports/ledger.pub"}
    for area in (home.published, home.restricted):
        known |= {f"{area.name}/current", f"{area.name}/generations"}
    for entry in entries:
        for name in ("report_sha256", "generation"):
            known |= set(map(_folder, entry.get(name) or ()))
    folders = [home.reports]
    for area in (home.published, home.restricted):
        folders += [area, area / "generations"]
    for path in sorted(path for folder in folders for path in folder.glob("*")):
        subject = path.relative_to(home.root).as_posix()
        if subject not in known:
            yield information(subject, sentence("proof", "folder_unrecorded"))


def index_findings(home: Home, lines: int) -> Iterator[Finding]:
    """Compare the index with the digest that was signed when it was written."""
    file = home.root / INDEX
    if not file.is_file():
        if lines:
            yield problem(INDEX, sentence("proof", "file_missing"))
        return
    try:
        pages = {page.sha256: page.lines for page in index_of(home)}
    except SignatureError:  # said already
        return
    found = digest_of(file)
    if not pages:
        yield information(INDEX, sentence("proof", "index_without_digest"))
    elif found not in pages:
        yield problem(INDEX, sentence("proof", "index_changed"))
    elif pages[found] < lines:
        yield information(INDEX, sentence("proof", "index_behind"))
