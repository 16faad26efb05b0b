"""Erasing a person after retention (UU 27/2022), and keeping them erased.

Belongs here: the order of it (list, working file, generations, returns and logs, ledger), and
keeping later loads and restored backups from bringing somebody back. Does not belong here: the
databases (``warehouse.removal``); landing, whose files are the office's to delete (they are named);
published tables, which hold nobody. No number is logged, and no message quotes one.
"""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from warehouse import ledger
from warehouse.erasure_list import NIP_DIGITS, digest, numbers, person_of, read_list, write_list
from warehouse.errors import UserError
from warehouse.files import sha256_file
from warehouse.home import Home, new_run_id
from warehouse.removal import compact, rewrite_restricted, sweep
from warehouse.state import ensure_raw


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
            raise UserError(
                f"baris {number} bukan NIP {NIP_DIGITS} angka",
                f"line {number} is not a NIP of {NIP_DIGITS} digits",
            )
        if digits:
            found.append(digits)
    if not found:
        raise UserError(
            "tidak ada NIP; satu per baris, di masukan standar atau --from BERKAS",
            "no NIP was given: one a line, on standard input or in --from FILE",
        )
    return sorted(set(found))


def erase(home: Home, nips: Sequence[str], now: datetime) -> Erasure:
    """Delete people for good and record that it was done, not to whom.

    The caller holds the home's lock. Killed half-way it is simply done again: whoever is on the
    list is found again.
    """
    ledger.require(home)  # nothing is deleted of which no record could be made
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
    rewritten = dict(rewrite_restricted(home, rows))
    for path in _private_files(home):
        if holds(path, nips):
            path.unlink()
            rows[path.relative_to(home.root).parts[0] + " files"] += 1
    landed = [path for path in sorted(home.landing.rglob("*")) if path.is_file()]
    left = tuple(path for path in landed if sha256_file(path) in files or holds(path, nips))
    head = _record(home, now, rewritten, people=len(people), rows=rows, files=len(left))
    return Erasure(len(people), rows, left, head)


def mend_restored(home: Home, now: datetime) -> int:
    """Erase from generations that a backup brought back; returns how many files that were.

    The caller holds the home's lock.
    """
    rows = Counter[str]()
    rewritten = dict(rewrite_restricted(home, rows)) if read_list(home) else {}
    if rewritten:
        _record(home, now, rewritten, people=0, rows=rows, files=0)
    return len(rewritten)


def _record(  # noqa: PLR0913 - what a line of the ledger says
    home: Home,
    now: datetime,
    rewritten: Mapping[Path, Path],
    *,
    people: int,
    rows: Mapping[str, int],
    files: int,
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
            "generation": {
                path.relative_to(home.root).as_posix(): sha256_file(fresh)
                for path, fresh in rewritten.items()
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


def _private_files(home: Home) -> Iterator[Path]:
    """Returns and logs: what an engine said, and what goes back to a sender, may quote a row."""
    kept = {home.warehouse_file, home.key_file, home.signing_key_file, home.erasure_file}
    for folder in (home.returns, home.warehouse):
        yield from (p for p in folder.rglob("*") if p.is_file() and p not in kept)
