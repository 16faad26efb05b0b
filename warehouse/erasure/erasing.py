"""Erasing a person after retention (UU 27/2022), and keeping them erased.

Belongs here: the order of it (list, working file, generations, returns and logs, ledger), and
keeping later loads and restored backups from bringing somebody back. Does not belong here: the
databases (``warehouse.erasure.removal``); landing, whose files are the office's to delete (they are
named); published tables, which hold nobody. No number is logged, and no message quotes one.
"""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import duckdb

from warehouse.erasure.generations import is_slice, rewrite_restricted, unreadable_restricted
from warehouse.erasure.listed import NIP_DIGITS, digest, numbers, person_of, read_list, write_list
from warehouse.erasure.removal import (
    compact,
    in_service,
    names_one,
    sweep,
)
from warehouse.errors import UserError
from warehouse.files import sha256_file
from warehouse.privacy import masked
from warehouse.proof import ledger
from warehouse.proof import standing as publication
from warehouse.store import migrations
from warehouse.store.home import Home, new_run_id
from warehouse.store.state import ensure_raw
from warehouse.words import sentence


@dataclass(frozen=True)
class Erasure:
    """What an erasure did: people, rows by place, landing files left for the office, new head."""

    people: int
    rows: Mapping[str, int]
    landing_files: tuple[Path, ...]
    head: str


def read_nips(lines: Iterable[str]) -> list[str]:
    """The NIPs of a file or of stdin, one a line.

    Raises:
        UserError: A line is none; the message has its number, never its text.
    """
    found = []
    for number, line in enumerate(lines, start=1):
        digits = re.sub(r"[ .'-]", "", line.strip())
        if digits and not re.fullmatch(rf"\d{{{NIP_DIGITS}}}", digits):
            raise UserError(sentence("erasure", "no_nip", number=number, digits=NIP_DIGITS))
        if digits:
            found.append(digits)
    if not found:
        raise UserError(sentence("erasure", "no_nips"))
    return sorted(set(found))


def erase(
    home: Home, nips: Sequence[str], now: datetime, reason: str, *, in_service_on: date | None
) -> Erasure:
    """Delete people for good and record that it was done and why, not to whom.

    The caller holds the home's lock. Killed half-way it is simply done again: whoever is on the
    list is found again.

    Args:
        home: The home.
        nips: The people.
        now: When it is done.
        reason: Why, in the words that the ledger keeps; long numbers in it are masked.
        in_service_on: The day on which none of them may be in service; None if they may.

    Raises:
        UserError: Somebody is in service, or a file that may hold them can't be read; nobody was
            erased.
    """
    ledger.require(home)  # nothing is deleted of which no record could be made
    migrations.bring_up(home)
    _require_readable(home)
    if in_service_on is not None:
        _require_out_of_service(home, nips, in_service_on)
    publication.finish(home)
    key = home.key()
    listed = {person.nip: person for person in read_list(home)}
    people = [listed.get(digest(key, nip)) or person_of(key, nip) for nip in nips]
    write_list(home, [*listed.values(), *people])
    rows, files = Counter[str](), set[str]()
    if home.warehouse_file.exists():
        with home.connect() as conn:
            ensure_raw(conn)
            rows, files = sweep(home, conn)
        compact(home)
    migrations.remove_copies(home)  # they hold the people still
    rewritten = rewrite_restricted(home, rows)
    _sweep_files(home, rows)
    landed = [path for path in sorted(home.landing.rglob("*")) if path.is_file()]
    left = tuple(path for path in landed if sha256_file(path) in files or holds(path, nips))
    head = _record(
        home, now, rewritten, people=len(people), rows=rows, files=len(left), reason=masked(reason)
    )
    return Erasure(len(people), rows, left, head)


def _require_readable(home: Home) -> None:
    """Refuse before anything is deleted where a file that may hold the people stays closed."""
    broken = unreadable_restricted(home)
    if broken:
        path = broken[0].relative_to(home.root).as_posix()
        raise UserError(sentence("erasure", "unreadable", path=path))


def _require_out_of_service(home: Home, nips: Sequence[str], today: date) -> None:
    if not home.warehouse_file.exists():
        return
    with home.connect() as conn:
        ensure_raw(conn)
        count = len(in_service(conn, nips, today))
    if count:
        raise UserError(sentence("erasure", "in_service", count=count, people=len(nips)))


def mend_restored(home: Home, now: datetime) -> int:
    """Erase from generations, returns and logs that a backup brought back; how many these were.

    The caller holds the home's lock.
    """
    if not read_list(home):
        return 0
    rows = Counter[str]()
    rewritten = rewrite_restricted(home, rows)
    removed = _sweep_files(home, rows)
    if rewritten or removed:
        _record(home, now, rewritten, rows=rows)
    return len(rewritten) + removed


def mend_working_file(home: Home, now: datetime) -> int:
    """Erase from a working file that a backup brought back; returns how many rows that were.

    The caller holds the home's lock.
    """
    if not home.warehouse_file.exists() or not read_list(home):
        return 0
    with home.connect() as conn:
        ensure_raw(conn)
        rows, _ = sweep(home, conn)
    if rows:
        compact(home)
        _record(home, now, {}, rows=rows)
    return rows.total()


def _record(  # noqa: PLR0913 - what a line of the ledger says
    home: Home,
    now: datetime,
    rewritten: Mapping[Path, Path],
    *,
    rows: Mapping[str, int],
    people: int = 0,
    files: int = 0,
    reason: str = "restored",
) -> str:
    """Put the rewritten files in their place and the digests into the ledger; the new head."""
    head = ledger.append(
        home,
        {
            "kind": "erasure",
            "run_id": new_run_id(now),
            "at": now.isoformat(timespec="seconds"),
            "people": people,
            "rows": dict(sorted(rows.items())),
            "files": files,
            "reason": reason,
            "listed": len(read_list(home)),
            "generation": {
                path.relative_to(home.root).as_posix(): sha256_file(fresh)
                for path, fresh in rewritten.items()
                if not is_slice(home, path)  # its list is recorded
            },
        },
    )
    for path, fresh in rewritten.items():
        fresh.replace(path)
    return head


def keep_erased(home: Home, conn: duckdb.DuckDBPyConnection) -> None:
    """Delete whoever is on the list from schema raw: files may bring them back, and backups."""
    if read_list(home):
        sweep(home, conn)


def holds(path: Path, nips: Collection[str]) -> bool:
    """Whether a file names one of the people, in its text or in that of a workbook's parts."""
    return any(nip in digits for text in _texts(path) for digits in numbers(text) for nip in nips)


def _texts(path: Path) -> Iterator[str]:
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as parts:
            for name in parts.namelist():
                yield parts.read(name).decode("latin-1")
    else:
        # Without the zero bytes UTF-16 reads as what it says.
        yield path.read_bytes().replace(b"\0", b"").decode("latin-1")
    yield path.name


def _sweep_files(home: Home, rows: Counter[str]) -> int:
    """Delete returns and logs that name somebody on the list; returns how many these were.

    What an engine said, and what goes back to a sender, may quote a row.
    """
    key, people = home.key(), {person.nip for person in read_list(home)}
    kept = {home.warehouse_file, home.key_file, home.signing_key_file, home.erasure_file}
    files = [path for folder in (home.returns, home.warehouse) for path in folder.rglob("*")]
    named = [
        path
        for path in files
        if path.is_file()
        and path not in kept
        and any(names_one(text, key, people) for text in _texts(path))
    ]
    for path in named:
        path.unlink()
        rows[path.relative_to(home.root).parts[0] + " files"] += 1
    return len(named)
