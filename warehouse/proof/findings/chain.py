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
from warehouse.words import sentence


def chain_findings(lines: list[bytes], parsed: list[dict[str, Any] | None]) -> Iterator[Finding]:
    """Hold every line against the one before it."""
    expected = ledger.NO_LINE
    for position, (line, entry) in enumerate(zip(lines, parsed, strict=True)):
        subject = f"{LEDGER}:{position + 1}"
        if entry is None:
            yield problem(subject, sentence("proof", "line_damaged"))
        elif entry.get("seq") != position or entry.get("prev") != expected:
            yield problem(subject, sentence("proof", "not_continued"))
        expected = hashlib.sha256(line).hexdigest()


def end_findings(rest: bytes) -> Iterator[Finding]:
    """Say what stands after the last whole line."""
    subject = LEDGER
    if rest and ledger.is_cut_short(rest):
        yield information(subject, sentence("proof", "end_cut_short"))
    elif rest:
        yield problem(subject, sentence("proof", "end_changed"))


def signature_findings(home: Home, lines: list[bytes]) -> Iterator[Finding]:
    """Hold the ledger against the head that this home signed, and remembers."""
    if not lines and not has_signed(home):
        return
    try:
        signed = read_signed(home)
    except SignatureError as error:
        yield problem("reports/head.json", sentence("proof", "head_not_signed", why=error.text))
        return
    if ledger.fits(signed, SignedHead(ledger.digest_of_last(lines), len(lines))):
        yield from _check_age(home, lines)
        return
    if len(lines) < signed.lines:
        yield problem(f"{LEDGER}:{len(lines) + 1}", sentence("proof", "lines_gone"))
    elif len(lines) > signed.lines and _digest(lines[signed.lines - 1]) == signed.head:
        yield problem(f"{LEDGER}:{signed.lines + 1}", sentence("proof", "line_not_signed"))
    else:
        yield problem(
            f"{LEDGER}:{min(len(lines), signed.lines)}", sentence("proof", "line_not_the_signed")
        )


def _check_age(home: Home, lines: list[bytes]) -> Iterator[Finding]:
    """Hold a whole ledger against the head that the home remembers beside its keys."""
    try:
        known = last_signed(home)
    except SignatureError as error:
        yield problem("warehouse/ledger.head", error.text)
        return
    if known is not None and ledger.digest_of_last(lines[: known.lines]) != known.head:
        yield problem(
            f"{LEDGER}:{min(len(lines), known.lines) + 1}", sentence("proof", "ledger_older")
        )


def head_findings(lines: list[bytes], head: str | None) -> Iterator[Finding]:
    """Hold the ledger against a head that somebody noted earlier."""
    passed = {ledger.NO_LINE, *map(_digest, lines)}  # the first report prints the head before it
    if head is not None and head not in passed:
        yield problem(LEDGER, sentence("proof", "head_not_passed"))


def _digest(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()
