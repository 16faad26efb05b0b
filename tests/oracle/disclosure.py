"""Disclosure: which units are hidden, decided once per government, family and period.

Contract section 4, "Suppression". Knows contributors, no measures.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from tests.oracle.figures import Row
from tests.oracle.rules import Rules

_LOWEST_K = 5
_FEWEST_HIDDEN = 2


@dataclass(frozen=True)
class Decision:
    """Who is hidden in a family and period of one government."""

    hidden: frozenset[str]
    """OPDs that are hidden."""
    nobody: frozenset[str]
    """OPDs without anybody in the family."""
    hides_government: bool
    k: int
    """Fewer people than that are behind no published figure."""

    def suppresses(self, level: str, code: str) -> bool:
        """Whether the row of a unit is published without measures."""
        if level == "government":
            return self.hides_government
        return code in self.hidden or code in self.nobody


def threshold(rules: Rules, government: str, family: str, day: date) -> int:
    """The k of a family; below five there is none."""
    row = rules.one("disclosure", government, day, family)
    if row is None:
        raise KeyError(family)
    return max(_LOWEST_K, int(float(str(row["k"]))))


def decide(contributors: Mapping[str, int], nobody: Iterable[str], k: int) -> Decision:
    """Steps (1), (2) and (3).

    Args:
        contributors: by OPD that has anybody in the family.
        nobody: the other OPDs with a row.
        k: the threshold.
    """
    hidden = {code for code, count in contributors.items() if count < k}
    fewest_first = sorted(set(contributors) - hidden, key=lambda code: (contributors[code], code))

    def is_enough() -> bool:
        together = sum(contributors[code] for code in hidden)
        return len(hidden) >= _FEWEST_HIDDEN and together >= k

    while hidden and fewest_first and not is_enough():
        hidden.add(fewest_first.pop(0))
    government = not contributors or (bool(hidden) and not is_enough())
    return Decision(frozenset(hidden), frozenset(nobody), government, k)


def publish(row: Row, decision: Decision, level: str, code: str, kept: Iterable[str]) -> Row:
    """The row as published: hidden means None in all columns but those kept."""
    suppressed = decision.suppresses(level, code)
    keep = set(kept)
    shown = {
        column: None if suppressed and column not in keep else cell for column, cell in row.items()
    }
    return {**shown, "suppressed": suppressed}
