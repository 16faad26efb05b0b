"""What the ledger says is published, and whether it is there: finishing, mending, going back.

Belongs here: holding the links and the files of generations against the ledger, and the decisions
that follow from its order. Does not belong here: writing a generation
(``warehouse.publication.generation``), the ledger's form, or the auditor's proof of everything
(``warehouse.proof.verify``).

The order of a publication: the generation's files, the new links beside the old ones, the ledger's
line, the two links, the index. So what can refuse refuses before the line, a kill after it is
finished by the next run, and an index that shows the line says that both links had moved.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from warehouse.errors import UserError
from warehouse.files import sha256_file
from warehouse.proof import ledger
from warehouse.publication import generation
from warehouse.publication.slice_files import SLICES_FILE, is_whole, with_slices
from warehouse.store.digests import Digests
from warehouse.store.home import Home
from warehouse.words import sentence

Entry = Mapping[str, Any]

# What a night of ours names: others' folders are for `verify` to tell, not for us to remove.
_OURS = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{4}|\..*\.tmp")


def published_run_ids(entries: Sequence[Entry]) -> list[str]:
    """Return the runs that the ledger says were published, in its own order."""
    return [e["run_id"] for e in entries if e["kind"] == "run" and e["generation"]]


def vouched(entries: Sequence[Entry]) -> str | None:
    """Return the run that the ledger says is published now: the last one, or a rollback's."""
    for entry in reversed(entries):
        if entry["kind"] == "rollback":
            return str(entry["to"])
        if entry["kind"] == "run" and entry["generation"]:
            return str(entry["run_id"])
    return None


def vouched_run_ids(entries: Sequence[Entry]) -> set[str]:
    """Return the runs whose loads were published, by themselves or by a later run.

    What a run has loaded that was killed, failed or blocked, with no publication since, nobody
    vouches for.
    """
    nights = [entry for entry in entries if entry["kind"] == "run"]
    last = max((n for n, entry in enumerate(nights) if entry["generation"]), default=-1)
    return {str(entry["run_id"]) for entry in nights[: last + 1]}


def published_line(entries: Sequence[Entry]) -> list[str]:
    """Return the runs that led to what is published now, the oldest first.

    What was published between a generation and the rollback to it is not among them.
    """
    lines: dict[str, list[str]] = {}
    line: list[str] = []
    for entry in entries:
        if entry["kind"] == "rollback":
            line = lines.get(str(entry["to"]), [])
        elif entry["kind"] == "run" and entry["generation"]:
            line = lines[entry["run_id"]] = [*line, str(entry["run_id"])]
    return line


def faults(
    home: Home,
    run_id: str,
    entries: Sequence[Entry],
    *,
    below: str = "",
    digests: Digests | None = None,
) -> list[str]:
    """Return the recorded files of a generation that are missing or altered, by path in the home.

    All of it is read: what a region publishes is some megabytes, its restricted rows up to a
    gigabyte, which takes a second or two. ``below`` limits it to one area.
    """
    newest = with_slices(home.root, _recorded(run_id, entries, below))
    read = digests.of if digests else sha256_file
    return sorted(p for p, digest in newest.items() if not is_whole(home.root / p, digest, read))


def newest_slices(home: Home) -> Path | None:
    """Return the last published restricted generation if its list of slices is as recorded.

    It is the one that the working file went on from, also after a rollback.
    """
    entries = ledger.entries(home)
    for run_id in published_run_ids(entries)[-1:]:
        folder = home.restricted / "generations" / run_id
        path = (folder / SLICES_FILE).relative_to(home.root).as_posix()
        digest = _recorded(run_id, entries, path).get(path)
        if digest and is_whole(home.root / path, digest):
            return folder
    return None


def _recorded(run_id: str, entries: Sequence[Entry], below: str) -> dict[str, str]:
    """The digests of a generation's files as the ledger has them.

    An erasure writes files anew: the last digest that was recorded of a file counts.
    """
    return {
        path: digest
        for entry in entries
        for path, digest in (entry.get("generation") or {}).items()
        if path.split("/")[2] == run_id and path.startswith(below)
    }


def standing(home: Home) -> str | None:
    """Return the run whose marts are published and whole; None if there is none.

    What was altered or is half gone is nothing to compare a night with, or to name as published.
    """
    entries = ledger.entries(home)
    run_id = vouched(entries)
    if run_id is None or faults(home, run_id, entries, below="published/"):
        return None
    return run_id


def recorded_until(entries: Sequence[Entry], run_id: str) -> Sequence[Entry]:
    """Return the entries up to a run's own: its past in the ledger's order, not by the clock."""
    position = next((n for n, e in enumerate(entries) if e["run_id"] == run_id), -1)
    return entries[: position + 1]


def is_finished(home: Home) -> bool:
    """Whether both links point at what the ledger says is published."""
    run_id = vouched(ledger.entries(home))
    return all(generation.pointed(area) == run_id for area in (home.published, home.restricted))


def finish(home: Home) -> None:
    """Point the links at what the ledger says: a kill or a fault may have come in between.

    A generation that is not whole is never pointed at; the plan makes a night due that publishes
    again. The caller holds the home's lock.
    """
    entries = ledger.entries(home)
    run_id = vouched(entries)
    if run_id is None or is_finished(home) or faults(home, run_id, entries):
        return
    generation.swap(home, run_id)


def remove_orphans(home: Home) -> list[Path]:
    """Remove generations of ours that the ledger does not name, and return them.

    A night that was killed leaves them, whole or half. The caller holds the home's lock, and the
    ledger is the one that this home has signed.
    """
    known = set(published_run_ids(ledger.entries(home)))
    orphans = [
        folder
        for area in (home.published, home.restricted)
        for folder in sorted((area / "generations").glob("*"))
        if folder.name not in known and _OURS.fullmatch(folder.name) and not folder.is_symlink()
    ]
    for folder in orphans:
        shutil.rmtree(folder)
    return orphans


def rollback_target(home: Home, run_id: str | None = None) -> str:
    """Return the generation that a rollback may point to; the one before the current if not named.

    Before and after are the ledger's order: clocks are set back, and a run's name begins with one.

    Raises:
        UserError: There is none, the ledger does not know it, or it is damaged or gone.
    """
    entries = ledger.entries(home)
    known = list(_there(home, published_run_ids(entries)))
    current = generation.current_run_id(home)
    current = current if current in published_run_ids(entries) else vouched(entries)
    if run_id is None:
        earlier = list(_there(home, _before(published_run_ids(entries), current)))
        if not earlier:
            raise UserError(sentence("publication", "none_earlier"))
        run_id = earlier[-1]
    elif run_id not in known:
        raise UserError(sentence("publication", "unknown", run_id=run_id, there=", ".join(known)))
    if run_id == current:
        raise UserError(sentence("publication", "is_current", run_id=run_id))
    broken = faults(home, run_id, entries)
    if broken:
        whole = ", ".join(k for k in known if k != current and not faults(home, k, entries)) or "–"
        raise UserError(
            sentence("publication", "damaged", run_id=run_id, file=broken[0], whole=whole)
        )
    return run_id


def _before(published: Sequence[str], current: str | None) -> Sequence[str]:
    return published[: published.index(current)] if current in published else ()


def _there(home: Home, run_ids: Sequence[str]) -> Iterator[str]:
    there = set(generation.generations(home))
    return (run_id for run_id in run_ids if run_id in there)
