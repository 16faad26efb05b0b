"""Cells that a spreadsheet must not take for formulas, in whatever is handed to a person.

Belongs here: telling such a cell and making it harmless. Does not belong here: any file
(`ingest.senders.templates`, `ingest.senders.returns`).
"""

from __future__ import annotations

_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_text(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if starts_formula(cell) else cell


def starts_formula(cell: str) -> bool:
    """Whether a spreadsheet may take a cell for a formula."""
    return cell.startswith(_STARTS_FORMULA)
