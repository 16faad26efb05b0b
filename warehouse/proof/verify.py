"""The proof, from files alone, that nothing was changed since the ledger recorded it.

Belongs here: what is looked at, in which order, and the outcome. Does not belong here: the single
findings (`warehouse.proof.findings`), writing the ledger, rendering a page, or opening any
database; an auditor runs this on a copy of the home.
"""

from __future__ import annotations

from dataclasses import dataclass

from warehouse.proof import ledger
from warehouse.proof.findings.chain import (
    chain_findings,
    end_findings,
    head_findings,
    signature_findings,
)
from warehouse.proof.findings.finding import Finding
from warehouse.proof.findings.inputs import config_findings, landing_findings
from warehouse.proof.findings.outputs import (
    files_findings,
    index_findings,
    links_findings,
    unrecorded_findings,
)
from warehouse.store.home import Home


@dataclass(frozen=True)
class Verification:
    """The outcome: findings in the order of the chain, the number of lines, the head reached."""

    findings: tuple[Finding, ...]
    lines: int
    head: str

    @property
    def problems(self) -> tuple[Finding, ...]:
        """What makes the proof fail, the first bad link first."""
        return tuple(finding for finding in self.findings if finding.kind == "problem")

    @property
    def information(self) -> tuple[Finding, ...]:
        """What is gone or unfinished without being a fault."""
        return tuple(finding for finding in self.findings if finding.kind == "information")


def verify(home: Home, head: str | None = None) -> Verification:
    """Recompute the chain and the digest of every recorded file that is still there.

    Args:
        home: The home, or a copy of it; nothing in it is changed.
        head: A head that was noted earlier; the chain must have passed through it.

    Raises:
        LedgerError: A newer version of the product goes on with this ledger, which is whole.
    """
    lines, rest = ledger.read_lines(home)
    signed = list(signature_findings(home, lines))
    if not signed and ledger.is_chained(lines):
        ledger.require_known(lines)
    parsed = [ledger.parse(line) for line in lines]
    entries = [entry for entry in parsed if entry is not None]
    findings = [
        *chain_findings(lines, parsed),
        *end_findings(rest),
        *signed,
        *head_findings(lines, head),
        *files_findings(home, entries),
    ]
    index = list(index_findings(home, len(lines)))
    # The index is renewed after the links were moved: what it shows was not cut short before that.
    findings += links_findings(home, entries, last_is_shown=index == [])
    findings += [*unrecorded_findings(home, entries), *landing_findings(home, entries), *index]
    findings += config_findings(home, entries)
    return Verification(tuple(findings), len(lines), ledger.digest_of_last(lines))
