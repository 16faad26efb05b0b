"""Which layout a file has, by its content.

Belongs here: the choice between everything that a file could be, and what is said where nothing
fits. Does not belong here: what one grid could be (`ingest.signatures`), what a cell's text means
(`ingest.values`) or how rows are read (`ingest.rows`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import groupby

from ingest.dialect import Grid
from ingest.match import Match, folded
from ingest.notes import Note
from ingest.reasons import Unreadable
from ingest.signatures import Candidate, candidates
from ingest.unfold import join_sheets

__all__ = ["Match", "folded", "recognise"]


def recognise(source: str, grids: Iterable[Grid], items: Mapping[str, str]) -> Match:
    """Find the layout of a file.

    Of a text the first reading that fits is taken; of a workbook every sheet that fits, since an
    office may well have given each month or each unit a sheet of its own.

    Args:
        source: The landing source; only its layouts are tried.
        grids: The readings of the file, the likeliest first.
        items: From the header of a survey's column, as `folded` writes it, to its item: what the
            wave's instrument file names.

    Raises:
        Unreadable: ``layout_unknown``, or the layout is known but lacks or repeats columns.
    """
    nearest: list[Candidate] = []
    for is_workbook, readings in groupby(grids, key=lambda grid: grid.sheet != ""):
        whole: list[Match] = []
        partial: list[Candidate] = []
        unread: list[tuple[str, str]] = []
        for grid in readings:
            fitting = None if grid.unread else _best(candidates(source, grid, items))
            if fitting is None:
                unread.append((grid.sheet, grid.unread or "other_layout"))
            elif fitting.flawless:
                whole.append(fitting.finished())
                if not is_workbook:
                    return _noted(whole[0], _read_notes(whole[0]))
            else:
                partial.append(fitting)
        if whole and not _holds_rows_of_its_own(partial):
            unread += [(candidate.match.grid.sheet, "incomplete") for candidate in partial]
            return _together(whole, unread)
        nearest += partial
    raise _what_is_wrong(nearest)


def _best(found: Iterable[Candidate]) -> Candidate | None:
    """The first candidate without a flaw, else the one that comes nearest."""
    best: Candidate | None = None
    for candidate in found:
        if candidate.flawless:
            return candidate
        if best is None or candidate.nearness > best.nearness:
            best = candidate
    return best


def _holds_rows_of_its_own(partial: list[Candidate]) -> bool:
    """Whether a sheet beside the ones that fit is a damaged one of the same kind."""
    return any(len(c.match.columns) > len(c.missing) and c.has_rows for c in partial)


def _together(matches: list[Match], unread: list[tuple[str, str]]) -> Match:
    """The sheets of the first sheet's layout as one; it is noted which were read and which not."""
    first = matches[0]
    alike = [m for m in matches if (m.layout, m.table) == (first.layout, first.table)]
    unread += [(m.grid.sheet, "other_layout") for m in matches if m not in alike]
    notes = [note for m in alike for note in _read_notes(m)]
    notes += [Note("sheet_skipped", sheet, reason=reason) for sheet, reason in unread]
    joined = join_sheets(alike) if len(alike) > 1 else first
    return _noted(joined, notes)


def _read_notes(match: Match) -> list[Note]:
    """How a grid was read: from bytes, as which sheet, below which row."""
    notes = [*match.grid.notes]
    if match.grid.sheet:
        notes.append(Note("sheet_read", match.grid.sheet))
    if match.header_row:
        notes.append(Note("header", match.grid.sheet, rows=str(match.header_row)))
    return notes


def _noted(match: Match, notes: list[Note]) -> Match:
    return replace(match, notes=(*match.notes, *dict.fromkeys(notes)))


def _what_is_wrong(partial: list[Candidate]) -> Unreadable:
    if not partial:
        return Unreadable("layout_unknown")
    nearest = max(partial, key=lambda candidate: candidate.nearness)
    where = f" ({nearest.match.grid.sheet})" if nearest.match.grid.sheet else ""
    if nearest.missing:
        return Unreadable("column_missing", ", ".join(nearest.missing) + where)
    return Unreadable("column_twice", ", ".join(nearest.twice) + where)
