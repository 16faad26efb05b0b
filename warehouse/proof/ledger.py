"""The ledger: a canonical line per run, rollback, erasure and trace of people, chained by digests.

Belongs here: the form of a line, and appending it so that a kill leaves a whole chain. Does not
belong here: the proof that nothing was changed (``warehouse.proof.verify``), what a run decided
(the gate) and what an auditor reads (the report).

A line is canonical JSON (sorted keys, no blanks, UTF-8) with ``seq`` and ``prev``, the SHA-256 of
the bytes of the line before it without the line's end; the digest of the last line is the *head*.
Whoever has noted a head can show later that everything up to it is unchanged; the head is signed
too (``warehouse.proof.signature``).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from warehouse.errors import UserError
from warehouse.files import PUBLIC_FILE, fsync_path
from warehouse.proof.lines import ADDED, VERSION, fault, newer
from warehouse.proof.signature import (
    SignedHead,
    has_signed,
    index_of,
    last_signed,
    read_signed,
    require_key,
    sign,
)
from warehouse.publication.generation import pointed
from warehouse.store.home import Home
from warehouse.words import sentence

NO_LINE = "0" * 64


class LedgerError(UserError):
    """The ledger can not be continued: it is damaged, not merely cut short, or was changed."""


def append(home: Home, entry: Mapping[str, Any]) -> str:
    """Add an entry and return the new head; the line is on disk when this returns.

    The caller holds the home's lock. A last line that a kill cut short was never promised to
    anybody: it is removed, and the new line records how long it was and its digest.

    Args:
        home: The home whose ledger is continued.
        entry: ``kind`` and what its form asks for it (``warehouse.proof.lines``). Digests go by
            path within the home.

    Raises:
        ValueError: The entry lacks something, says too much, or names a file unmasked.
        LedgerError: The last line is damaged, or the ledger is not the one that was signed.
        SignatureError: The signed head or a key is missing or damaged.
    """
    lines, torn = require(home)
    before = SignedHead(digest_of_last(lines), len(lines), index=index_of(home))
    record: dict[str, Any] = {**entry, "v": VERSION, "seq": before.lines, "prev": before.head}
    record["home_key"] = key_mark(home.key())
    wrong = "it says what the ledger adds" if ADDED & set(entry) else fault(record)
    if wrong is not None:
        raise ValueError(f"not an entry of the ledger: {wrong}")
    if torn:
        digest = hashlib.sha256(torn).hexdigest()
        record["removed_torn_line"] = {"bytes": len(torn), "sha256": digest}
    line = _canonical(record)
    digest = hashlib.sha256(line).hexdigest()
    sign(home, replace(before, next=digest))
    _write_line(home.ledger_file, lines, line)
    sign(home, SignedHead(digest, before.lines + 1, index=before.index))
    return digest


def require(home: Home) -> tuple[list[bytes], bytes]:
    """Return the lines of a ledger that this home can continue, and the rest that a kill has left.

    Whoever is going to append asks first: a night of work without a line would be lost.

    Raises:
        LedgerError: The last line is damaged, or the ledger is not the one that was signed.
        SignatureError: The signed head or a key is missing or damaged.
    """
    lines, torn = read_lines(home)
    require_known(lines)
    _require_signed(home, lines)
    _require_not_older(home, lines)
    _require_same_key(home, lines)
    if torn and not is_cut_short(torn):
        raise LedgerError(
            sentence(
                "ledger",
                "last_line_damaged",
                file=home.ledger_file.name,
                restore=sentence("ledger", "restore"),
            )
        )
    return lines, torn


def entries(home: Home) -> list[dict[str, Any]]:
    """Return all whole entries, the oldest first; LedgerError names a line that is no entry."""
    lines, _ = read_lines(home)
    require_known(lines)
    parsed = []
    for number, line in enumerate(lines, start=1):
        entry = parse(line)
        if entry is None:
            raise LedgerError(
                sentence(
                    "ledger",
                    "line_damaged",
                    file=home.ledger_file.name,
                    number=number,
                    restore=sentence("ledger", "restore"),
                )
            )
        parsed.append(entry)
    return parsed


def head(home: Home) -> str:
    """Return the digest of the last whole line; 64 zeros before the first."""
    lines, _ = read_lines(home)
    return digest_of_last(lines)


def read_lines(home: Home) -> tuple[list[bytes], bytes]:
    """Return the whole lines without their ends, and the rest that a kill has left, if any.

    An entry of which only the line's end is missing is whole.
    """
    if not home.ledger_file.is_file():
        return [], b""
    *lines, rest = home.ledger_file.read_bytes().split(b"\n")
    record = _canonical_record(rest)
    if record is not None and (newer(record) or fault(record) is None):
        return [*lines, rest], b""
    return lines, rest


def is_cut_short(rest: bytes) -> bool:
    """Whether what stands after the last line's end is the beginning of a line.

    A kill leaves such a beginning. A whole entry with something behind it is not one: there the
    line's end itself was changed.
    """
    try:
        json.JSONDecoder().raw_decode(rest.decode(errors="replace"))
    except (ValueError, RecursionError):
        return rest.startswith(b"{")
    return False


def parse(line: bytes) -> dict[str, Any] | None:
    """Return the entry that a line holds; None unless it is one, whole and canonical."""
    record = _canonical_record(line)
    return record if record is not None and fault(record) is None else None


def require_known(lines: Iterable[bytes]) -> None:
    """Raise LedgerError where a newer version of the product has written a line."""
    records = [record for line in lines if (record := _canonical_record(line)) and newer(record)]
    if records:
        by = {str(record.get("code_version", "")).partition("+")[0] for record in records} - {""}
        named = f" ({', '.join(sorted(by))})" if by else ""
        raise LedgerError(
            sentence("ledger", "newer", named=named, form=records[-1]["v"], known=VERSION)
        )


def is_chained(lines: Sequence[bytes]) -> bool:
    """Whether every line, of whatever version, keeps the digest of the one before it."""
    before = NO_LINE
    for position, line in enumerate(lines):
        record = _canonical_record(line) or {}
        if (record.get("seq"), record.get("prev")) != (position, before):
            return False
        before = hashlib.sha256(line).hexdigest()
    return True


def digest_of_last(lines: list[bytes]) -> str:
    """Return the SHA-256 that the next line keeps of the last one; 64 zeros if there is none."""
    return hashlib.sha256(lines[-1]).hexdigest() if lines else NO_LINE


def landed(recorded: Iterable[Mapping[str, Any]]) -> dict[str, set[str]]:
    """All digests that the entries record of each landed file, by the keyed digest of its path."""
    found: dict[str, set[str]] = {}
    for entry in recorded:
        for path_digest, file_sha256 in entry.get("landed", {}).items():
            found.setdefault(path_digest, set()).add(file_sha256)
    return found


def path_digest(key: bytes, relative_path: str) -> str:
    """Stand for a path below landing: file names may hold personal data, so the key is needed."""
    return hmac.new(key, os.fsencode(relative_path), "sha256").hexdigest()


def key_mark(key: bytes) -> str:
    """Stand for the home's secret key: it shows whether another was put in its place."""
    return hmac.new(key, b"the key of this home", "sha256").hexdigest()[:16]


def _require_same_key(home: Home, lines: Sequence[bytes]) -> None:
    """Refuse to go on with another key: who was erased would not be known again."""
    marks = (entry.get("home_key") for line in reversed(lines) if (entry := parse(line)))
    mark = next((mark for mark in marks if mark), None)
    if mark is not None and mark != key_mark(home.key()):
        raise LedgerError(sentence("ledger", "other_key", file=home.key_file))


def _require_signed(home: Home, lines: list[bytes]) -> None:
    """Refuse to put this home's signature under lines that it has not written."""
    was_used = bool(lines) or any(map(pointed, (home.published, home.restricted)))
    if not has_signed(home) and not was_used:
        return
    if was_used or home.head_file.exists():
        require_key(home)
        if not fits(read_signed(home), SignedHead(digest_of_last(lines), len(lines))):
            raise LedgerError(
                sentence(
                    "ledger",
                    "not_signed",
                    file=home.ledger_file.name,
                    restore=sentence("ledger", "restore"),
                )
            )


def _require_not_older(home: Home, lines: list[bytes]) -> None:
    """Refuse a ledger that is whole, but older than what this home remembers of it."""
    known = last_signed(home)
    if known is not None and digest_of_last(lines[: known.lines]) != known.head:
        raise LedgerError(
            sentence(
                "ledger",
                "older",
                file=home.ledger_file.name,
                lines=known.lines,
                restore=sentence("ledger", "restore"),
            )
        )


def fits(signed: SignedHead, found: SignedHead) -> bool:
    """Whether the ledger is the signed one, or that with the line that was being written."""
    with_next = SignedHead(signed.next or "", signed.lines + 1)
    return found in {SignedHead(signed.head, signed.lines), with_next}


def _canonical_record(line: bytes) -> dict[str, Any] | None:
    """Return the object that a line holds in canonical form, of whatever version; else None."""
    try:
        record = json.loads(line)
        is_record = isinstance(record, dict) and _canonical(record) == line
    except (ValueError, RecursionError):  # no JSON, or with what the canonical form forbids
        return None
    return record if is_record else None


def _canonical(entry: Mapping[str, Any]) -> bytes:
    return json.dumps(
        entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def _write_line(path: Path, lines: list[bytes], line: bytes) -> None:
    is_first = not path.exists()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, PUBLIC_FILE)
    with os.fdopen(descriptor, "wb") as file:
        # The end of the line before is written again: a kill may have cut off just that.
        start = sum(len(whole) + 1 for whole in lines)
        file.seek(max(start - 1, 0))
        file.truncate()
        file.write((b"\n" if lines else b"") + line + b"\n")
        file.flush()
        os.fsync(file.fileno())
    if is_first:
        fsync_path(path.parent)
