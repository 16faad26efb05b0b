"""The ledger itself: its chain, its end, its signature, and the head that somebody noted.

Belongs here: what the ledger's own lines prove. Does not belong here: the files that they name
(`warehouse.proof.findings.outputs`, `warehouse.proof.findings.inputs`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from warehouse.proof import ledger
from warehouse.proof.findings.finding import LEDGER, Finding, information, problem
from warehouse.proof.signature import (
    SignatureError,
    SignedHead,
    has_signed,
    last_signed,
    read_signed,
)
from warehouse.store.home import Home


def chain_findings(lines: list[bytes], parsed: list[dict[str, Any] | None]) -> Iterator[Finding]:
    """Hold every line against the one before it."""
    expected = ledger.NO_LINE
    for position, (line, entry) in enumerate(zip(lines, parsed, strict=True)):
        subject = f"{LEDGER}:{position + 1}"
        if entry is None:
            yield problem(
                subject, "baris rantai catatan rusak", "this line of the ledger is damaged"
            )
        elif entry.get("seq") != position or entry.get("prev") != expected:
            yield problem(
                subject,
                "baris ini tidak menyambung dengan baris sebelumnya: salah satunya diubah",
                "this line does not continue the line before it: one of the two was changed",
            )
        expected = hashlib.sha256(line).hexdigest()


def end_findings(rest: bytes) -> Iterator[Finding]:
    """Say what stands after the last whole line."""
    subject = LEDGER
    if rest and ledger.is_cut_short(rest):
        yield information(
            subject,
            "baris terakhir terputus saat ditulis; pemrosesan berikutnya menggantinya",
            "the last line was cut short while it was written; the next run replaces it",
        )
    elif rest:
        yield problem(
            subject, "akhir baris terakhir diubah", "the end of the last line was changed"
        )


def signature_findings(home: Home, lines: list[bytes]) -> Iterator[Finding]:
    """Hold the ledger against the head that this home signed, and remembers."""
    if not lines and not has_signed(home):
        return
    try:
        signed = read_signed(home)
    except SignatureError as error:
        yield problem(
            "reports/head.json",
            "tanda tangan sidik terakhir rantai catatan tidak ada atau tidak cocok",
            f"the ledger's head is not signed as it should be: {error}",
        )
        return
    if ledger.fits(signed, SignedHead(ledger.digest_of_last(lines), len(lines))):
        yield from _check_age(home, lines)
        return
    if len(lines) < signed.lines:
        yield problem(
            f"{LEDGER}:{len(lines) + 1}",
            "baris ini dan sesudahnya hilang: rantai catatan dipotong",
            "this line and those after it are gone: the ledger was cut",
        )
    elif len(lines) > signed.lines and _digest(lines[signed.lines - 1]) == signed.head:
        yield problem(
            f"{LEDGER}:{signed.lines + 1}",
            "baris ini tidak ditandatangani rumah data ini",
            "this line was not signed by this home",
        )
    else:
        yield problem(
            f"{LEDGER}:{min(len(lines), signed.lines)}",
            "baris ini bukan yang ditandatangani",
            "this line is not the one that was signed",
        )


def _check_age(home: Home, lines: list[bytes]) -> Iterator[Finding]:
    """Hold a whole ledger against the head that the home remembers beside its keys."""
    try:
        known = last_signed(home)
    except SignatureError as error:
        yield problem("warehouse/ledger.head", error.text.id, error.text.en)
        return
    if known is not None and ledger.digest_of_last(lines[: known.lines]) != known.head:
        yield problem(
            f"{LEDGER}:{min(len(lines), known.lines) + 1}",
            "rantai catatan ini lebih lama dari yang sudah dicatat home ini: dipotong, atau "
            "dikembalikan dari cadangan lama",
            "the ledger is older than what this home has recorded: it was cut, or put back from "
            "an old backup",
        )


def head_findings(lines: list[bytes], head: str | None) -> Iterator[Finding]:
    """Hold the ledger against a head that somebody noted earlier."""
    passed = {ledger.NO_LINE, *map(_digest, lines)}  # the first report prints the head before it
    if head is not None and head not in passed:
        yield problem(
            LEDGER,
            "rantai catatan tidak melewati sidik yang pernah dicatat: dipotong atau ditulis ulang",
            "the ledger never passed through the head that was noted: it was cut or rewritten",
        )


def _digest(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()
