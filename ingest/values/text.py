r"""What every reading of a cell needs: text in SQL, and a cell's value with its reason.

Does not belong here: what a text means (the other modules of this package).
"""

from __future__ import annotations

from dataclasses import dataclass

from warehouse.sql import literal

# Blank characters that are trimmed from a cell: space, tabulator, no-break space and the like.
BLANKS = " \t\u00a0\u200b\ufeff"

BLANK = "[\\s\u00a0\u2000-\u200b\u202f\u3000\ufeff]"
"""One blank inside a cell, as a pattern of the engine: a no-break space is one too."""


@dataclass(frozen=True)
class Reading:
    """SQL of a cell's value (NULL if it can't be read) and of the reason code then."""

    value: str
    problem: str


def trimmed(cell: str) -> str:
    """SQL of a cell without blanks around it."""
    return f"trim({cell}, {literal(BLANKS)})"


def unmarked(cell: str) -> str:
    """SQL of a cell without the apostrophe that makes a spreadsheet take it for text."""
    return f"CASE WHEN starts_with({cell}, '''') THEN ltrim({cell}, '''') ELSE {cell} END"
