"""Which layout a file has, by its content.

Belongs here: the choice between everything that a file could be, and what is said where nothing
fits. Does not belong here: what one grid could be (`ingest.recognising.signatures`), what a cell's
text means (`ingest.values`) or how rows are read (`ingest.loading.rows`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from ingest.notes import Note, ranges
from ingest.reading.grids import Grid
from ingest.reasons import Unreadable
from ingest.recognising.match import Match
from ingest.recognising.sheets import goes_on, join_sheets, second_header
from ingest.recognising.signatures import Candidate, candidates
from warehouse.catalog.reader import load_catalog
from warehouse.privacy import masked


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
    readings = iter(grids)
    first = next(readings)
    if first.sheet:
        return _workbook(source, chain([first], readings), items)
    partial: list[Candidate] = []
    for grid in chain([first], readings):
        fitting = _best(candidates(source, grid, items))
        if fitting is not None and fitting.flawless:
            match = fitting.finished()
            return _noted(match, _read_notes(match))
        partial += [fitting] if fitting else []
    raise _what_is_wrong(source, partial)


def _workbook(source: str, grids: Iterable[Grid], items: Mapping[str, str]) -> Match:
    """Every sheet is read, or skipped and named with the reason, or sets the file aside."""
    whole: list[Candidate] = []
    partial: list[Candidate] = []
    unread: list[tuple[Grid, str]] = []
    order: list[str] = []
    for grid in grids:
        order.append(grid.sheet)
        fitting = None if grid.unread else _best(candidates(source, grid, items))
        if fitting is None:
            unread.append((grid, grid.unread or "other_layout"))
        elif fitting.flawless:
            whole.append(fitting)
        else:
            partial.append(fitting)
    if not whole or _holds_rows_of_its_own(partial):
        hidden = [grid.sheet for grid, why in unread if why == "hidden"]
        raise _what_is_wrong(source, partial, hidden)
    unread += [(candidate.match.grid, "incomplete") for candidate in partial]
    kind = (whole[0].match.layout, whole[0].match.table)
    alike = [c for c in whole if (c.match.layout, c.match.table) == kind]
    others = [candidate for candidate in whole if candidate not in alike]
    unread += [(candidate.match.grid, "other_layout") for candidate in others]
    alike += _that_go_on(alike[0], [grid for grid, why in unread if why == "other_layout"])
    read = {candidate.match.grid.sheet for candidate in alike}
    _refuse_lost([c for c in others if c.match.grid.sheet not in read], alike[0])
    alike.sort(key=lambda candidate: order.index(candidate.match.grid.sheet))
    return _together(alike, [(grid.sheet, why) for grid, why in unread if grid.sheet not in read])


def _refuse_lost(others: Iterable[Candidate], first: Candidate) -> None:
    """Refuse a workbook whose sheets of another layout hold rows of the source, too."""
    lost = [candidate for candidate in others if candidate.has_rows]
    if lost:
        names = ", ".join(masked(candidate.match.grid.sheet) for candidate in (first, *lost))
        raise Unreadable("sheets_differ", names)


def _that_go_on(first: Candidate, grids: Iterable[Grid]) -> list[Candidate]:
    """The sheets without a header that hold more rows of the first one's table."""
    found = []
    for grid in grids if first.match.header else ():
        answer = goes_on(first.match, grid)
        if answer == "perhaps":
            raise Unreadable("sheet_unclear", masked(grid.sheet))
        if answer == "yes":
            note = Note("sheet_goes_on", grid.sheet)
            match = replace(first.match, grid=grid, skip=0, header_row=0, notes=(note,))
            found.append(replace(first, match=match))
    return found


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


def _together(alike: list[Candidate], unread: list[tuple[str, str]]) -> Match:
    """The sheets of one layout as one; it is noted which were read and which not."""
    for candidate in alike:
        if row := second_header(candidate.match):
            sheet = masked(candidate.match.grid.sheet)
            raise Unreadable("table_second", f"{sheet}, baris · row {row}")
    matches = [candidate.finished() for candidate in alike]
    notes = [note for match in matches for note in _read_notes(match)]
    notes += [Note("sheet_skipped", sheet, reason=reason) for sheet, reason in unread]
    return _noted(join_sheets(matches) if len(matches) > 1 else matches[0], notes)


def _read_notes(match: Match) -> list[Note]:
    """How a grid was read: from bytes, as which sheet, below which row."""
    notes = [*match.grid.notes]
    if match.grid.sheet:
        notes.append(Note("sheet_read", match.grid.sheet))
    if match.header_row:
        first = match.header_row - match.header_rows + 1
        where = "first_row" if first == 1 else "below_title"
        rows = ranges(range(first, match.header_row + 1))
        notes.append(Note("header", match.grid.sheet, where, rows=rows))
    return notes


def _noted(match: Match, notes: list[Note]) -> Match:
    return replace(match, notes=(*match.notes, *dict.fromkeys(notes)))


def _what_is_wrong(source: str, partial: list[Candidate], hidden: Sequence[str] = ()) -> Unreadable:
    if not partial:
        names = ", ".join(map(masked, hidden))
        told = f"lembar tersembunyi tidak dibaca · hidden sheet not read: {names}"
        wanted = ", ".join(c.name for c in load_catalog().sources[source].columns if c.required)
        columns = f"kolom wajib templat · required columns of the template: {wanted}"
        return Unreadable("layout_unknown", told if hidden else columns)
    nearest = max(partial, key=lambda candidate: candidate.nearness)
    where = f" ({masked(nearest.match.grid.sheet)})" if nearest.match.grid.sheet else ""
    if nearest.missing:
        return Unreadable("column_missing", ", ".join(nearest.missing) + where)
    return Unreadable("column_twice", ", ".join(nearest.twice) + where)
