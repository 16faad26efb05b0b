"""Sheets of one workbook become one table.

Belongs here: putting sheets of one kind below each other, and knowing a sheet that goes on without
a header. Does not belong here: which layout a sheet has (`ingest.recognising.layouts`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Literal

from ingest.notes import Note
from ingest.reading.cells import kind_of, plain_text
from ingest.reading.grids import Grid
from ingest.reading.headers import plain
from ingest.recognising.match import Match
from ingest.recognising.unfold import Line, numbered, rows_below

_TOTAL = re.compile(r"(jumlah|total|grand total)\b", re.IGNORECASE)
_SAMPLE = 200  # rows of a sheet that show what its columns look like
_SHARE = 0.9
_CHUNK = 1 << 20
_LONGEST_ROW = 10_000  # bytes of a row of headers


def join_sheets(matches: Sequence[Match]) -> Match:
    """Put the sheets of one kind below each other, in the columns of the first.

    The rows of a later sheet are numbered on from those of the sheets before it; a note says so.
    """
    first = matches[0]
    joined = replace(first, grid=numbered(first, _stacked(matches)), skip=0, header=first.header)
    unread = [text for match in matches for text in match.ignored]
    guides = {
        tuple(_placed(guide, match.width, _places(first, match)))
        for match in matches
        for guide in match.guides
    }
    return replace(
        joined,
        ignored=tuple(dict.fromkeys(unread)),
        guides=tuple(sorted(guides)),
        notes=(*(note for match in matches for note in match.notes), *_row_notes(matches)),
    )


def _row_notes(matches: Sequence[Match]) -> Iterator[Note]:
    before = matches[0].grid.sheet_rows
    for match in matches[1:]:
        after = before + match.grid.sheet_rows
        # With dots between thousands: a long run of digits in a note is masked.
        rows = f"{before + 1:,}-{after:,}".replace(",", ".")
        yield Note("sheet_rows", f"{match.grid.sheet}: {rows}")
        before = after


def _stacked(matches: Sequence[Match]) -> Iterator[Line]:
    before = 0
    for match in matches:
        places = _places(matches[0], match)
        held: list[Line] = []  # blank rows, and one that may turn out to be the last
        for number, cells in rows_below(match):
            if not any(cells):
                held.append((before + number, []))
                continue
            yield from held
            held = [(before + number, _placed(cells, match.width, places))]
        last = match is matches[-1]
        for number, cells in held:
            total = _TOTAL.match(next((cell for cell in cells if cell), ""))
            yield number, [] if total and not last else cells
        before += match.grid.sheet_rows


def _places(first: Match, match: Match) -> list[int]:
    """The cell of a sheet for each cell of the first one, 0 for none; empty where both agree."""
    if match.header == first.header:
        return []
    there = _cells_by_name(match)
    wanted = {cell: name for name, cell in _cells_by_name(first).items()}
    return [there.get(wanted.get(cell, ""), 0) for cell in range(1, first.width + 1)]


def _cells_by_name(match: Match) -> dict[str, int]:
    several = {**match.joined, **match.one_of}
    parts = {f"{n} {i}": c for n, cells in several.items() for i, c in enumerate(cells)}
    return {**match.columns, **match.items, **parts}


def _placed(cells: Sequence[str], width: int, places: Sequence[int]) -> Sequence[str]:
    if not places:
        return cells
    padded = ["", *cells, *[""] * (width - len(cells))]
    return [*(padded[place] for place in places), *cells[width:]]


# --- what a sheet holds besides its table ----------------------------------------------------


def goes_on(match: Match, grid: Grid) -> Literal["yes", "perhaps", "no"]:
    """Whether a sheet without a header holds more rows of the table that another one begins.

    ``yes`` if every row of its head looks like the rows of the other sheet in each column that is
    always filled there; ``perhaps`` if half of them do, or all of them in another order of columns.
    """
    known = _shapes(match)
    rows = [cells for cells in grid.head if any(cells)]
    if not rows or not any("9" in shape or "N" in shape for of in known.values() for shape in of):
        return "no"
    fitting = sum(
        all(len(cells) >= cell and _shape(cells[cell - 1]) in of for cell, of in known.items())
        for cells in rows
    )
    if fitting == len(rows) and all(len(cells) <= match.width for cells in rows):
        return "yes"
    shuffled = all(_fits_in_any_order(known, cells) for cells in rows)
    return "perhaps" if shuffled or 2 * fitting >= len(rows) else "no"


def _fits_in_any_order(known: Mapping[int, set[str]], cells: Sequence[str]) -> bool:
    """Whether a row has a cell of its own for each column, the rarest shapes first."""
    free = [_shape(cell) for cell in cells if cell]
    for shapes in sorted(known.values(), key=lambda of: (len(of), "".join(sorted(of)))):
        found = next((shape for shape in free if shape in shapes), None)
        if found is None:
            return False
        free.remove(found)
    return True


def _shapes(match: Match) -> dict[int, set[str]]:
    """By column that is read and filled nearly everywhere: what its cells look like."""
    rows = [cells for _, cells in islice(rows_below(match), _SAMPLE) if any(cells)]
    read = sorted({*match.columns.values(), *match.items.values()})
    found: dict[int, set[str]] = {}
    for cell in read:
        filled = [cells[cell - 1] for cells in rows if len(cells) >= cell and cells[cell - 1]]
        if filled and len(filled) >= _SHARE * len(rows):
            found[cell] = {_shape(plain_text(text)) for text in filled}
    return found


def _shape(text: str) -> str:
    """What a cell looks like: digits, long numbers and words, with the signs between them."""
    digits = re.sub(r"\d{15,}", "N", re.sub(r"[^\W\d_]+", "a", text))
    return re.sub(r"a( a)+", "a", re.sub(r"\d+", "9", digits))


def second_header(match: Match) -> int:
    """The number of a row below the header that begins another table; 0 if there is none.

    Such a row holds at least two headers that are read, and not in the columns of the first table.
    """
    if not match.header:
        return 0
    read = sorted({*match.columns.values(), *match.items.values()})
    names = {plain(match.header[cell - 1]): cell for cell in read}
    if len(names) < 2 or not _mentions_two(match, names):
        return 0
    for number, cells in rows_below(match):
        texts = [plain(cell) for cell in cells if cell and kind_of(cell) == ""]
        if sum(text in names for text in texts) >= 2:
            there = {plain(cell): place for place, cell in enumerate(cells, start=1) if cell}
            if any(there.get(name, cell) != cell for name, cell in names.items()):
                return number
    return 0


def _mentions_two(match: Match, names: Iterable[str]) -> bool:
    """Whether two of the names occur below the header, as far as a search of the bytes can tell."""
    words = {max(name.split(), key=len).encode() for name in names if name}
    with match.grid.lines.open("rb") as file:
        for _ in range(match.skip):
            file.readline()
        tail = b""
        while chunk := file.read(_CHUNK):
            chunk = tail + chunk.lower()
            if sum(word in chunk for word in words) >= min(2, len(words)):
                return True
            tail = chunk[-_LONGEST_ROW:]
    return False
