"""What a home was given: the files that landed, and the region's own rules.

Belongs here: whether these are still what the ledger recorded. Does not belong here: what the home
made of them (`warehouse.proof.findings.outputs`).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from warehouse.errors import UserError
from warehouse.privacy import masked
from warehouse.proof import ledger
from warehouse.proof.findings.finding import Finding, digest_of, information, problem
from warehouse.store import config
from warehouse.store.home import Home
from warehouse.words import sentence


def landing_findings(home: Home, entries: list[dict[str, Any]]) -> Iterator[Finding]:
    """Hold landed files against what is recorded of their names, and list those that are gone.

    An office may clear its landing, and a sender may send a file anew under the same name: until a
    night has read it, nobody can tell that from a file that was tampered with.
    """
    digests = {path: digest_of(path) for path in _landed(home.landing)}
    recorded = ledger.landed(entries)
    try:
        key = home.key() if recorded else b""
    except UserError as error:
        yield information("landing", sentence("proof", "not_compared", why=error.text))
        return
    accounted = set(digests.values())
    for path, digest in sorted(digests.items()):
        relative = path.relative_to(home.landing).as_posix()
        known = recorded.get(ledger.path_digest(key, relative), {digest})
        if digest is None:
            accounted |= known
            yield information(f"landing/{masked(relative)}", sentence("proof", "landed_unreadable"))
        elif digest not in known:
            accounted |= known
            yield problem(f"landing/{masked(relative)}", sentence("proof", "landed_changed"))
    inputs = {
        (given["government_code"], given["source"], given["period"], given["file_sha256"]): given
        for entry in entries
        for given in entry.get("inputs", ())
    }
    for (government, source, period, digest), given in sorted(inputs.items()):
        if digest not in accounted:
            folder = "/".join(part for part in ("landing", government, source, period) if part)
            yield information(f"{folder}/{given['file_name']}", sentence("proof", "landed_gone"))


def config_findings(home: Home, entries: list[dict[str, Any]]) -> Iterator[Finding]:
    """Say which files of config/ are no longer those that the last night read.

    A region may change its rules at any time, so it is no fault; but nobody should find out by the
    figures.
    """
    runs = [entry for entry in entries if entry["kind"] == "run" and "config" in entry]
    if not runs or not home.config.is_dir():
        return
    recorded, found = runs[-1]["config"], config.digests(home)
    run_id = runs[-1]["run_id"]
    for path in sorted({*recorded, *found}):
        if recorded.get(path) == found.get(path):
            continue
        change = "config_changed"
        if path not in found or path not in recorded:
            change = "config_gone" if path not in found else "config_new"
        yield information(path, sentence("proof", change, run_id=run_id))


def _landed(landing: Path) -> Iterator[Path]:
    return (path for path in landing.rglob("*") if path.is_file() and not path.is_symlink())
