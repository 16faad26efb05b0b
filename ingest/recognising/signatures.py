"""What one grid could be: every layout whose signature it shows, with what is missing from it.

Belongs here: looking for a header or for records, and which column fills what. The canonical
layout of a source comes from the catalog, a vendor's from a file in ``layouts/``. Does not belong
here: the choice between the candidates (`ingest.recognising.layouts`).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice

from ingest.reading.grids import Grid
from ingest.reading.headers import (
    Header,
    folded,
    guide_rows,
    merged_rows,
    named_by,
    plain,
    single_rows,
    telling_rows,
)
from ingest.recognising.match import (
    CANONICAL,
    Layout,
    Match,
    item_of,
    vendor_layouts,
)
from ingest.recognising.questions import find_columns
from ingest.recognising.unfold import NIP, read_glued_times, unfold_scans
from warehouse.catalog.model import Table
from warehouse.catalog.reader import load_catalog

_FIGURE = re.compile(r"\d")
_SHARE_OF_HEAD = 0.5  # of the head's filled lines that a signature has to fit


@dataclass(frozen=True)
class Candidate:
    """What a grid could be; ``missing`` and ``twice`` are names of columns.

    ``finish`` does what is costly and needless for a candidate that is not taken.
    """

    match: Match
    missing: tuple[str, ...] = ()
    twice: tuple[str, ...] = ()
    finish: Callable[[Match], Match] | None = None

    @property
    def flawless(self) -> bool:
        """Whether the grid can be read."""
        return not self.missing and not self.twice

    @property
    def nearness(self) -> int:
        """How much speaks for this candidate."""
        return len(self.match.columns) - len(self.missing)

    @property
    def has_rows(self) -> bool:
        """Whether anything stands below the header."""
        return self.match.grid.rows > self.match.skip

    def finished(self) -> Match:
        """The match, ready to be read."""
        return self.finish(self.match) if self.finish else self.match


def candidates(source: str, grid: Grid, items: Mapping[str, str]) -> Iterator[Candidate]:
    """Yield what a grid could be, first what says most: vendors' headers, then the canonical."""
    telling = telling_rows(grid, _names(source))
    own = _layouts(source)
    for layout in own:
        if layout.header == "report":
            yield from _report(layout, grid)
        elif layout.header != "none":
            yield from _headed(layout, grid, telling, items)
    for table in load_catalog().tables_of(source):
        yield from _canonical(table, grid, telling, items)
    for layout in own:
        if layout.header == "none":
            yield from _headless(layout, grid)


def _start(grid: Grid, header: Header) -> Match:
    """An empty match of a grid that has this header."""
    return Match(
        "",
        "",
        grid,
        skip=header.row,
        width=len(header.texts),
        header=header.texts,
        columns={},
        header_row=header.row,
        header_rows=header.rows,
    )


def _layouts(source: str) -> list[Layout]:
    tables = {table.name for table in load_catalog().tables_of(source)}
    return [layout for layout in vendor_layouts() if layout.table in tables]


@cache
def _names(source: str) -> frozenset[str]:
    """What the cells of any header hold by which a file of the source is known."""
    names = {
        plain(column.name)
        for table in load_catalog().tables_of(source)
        for column in table.file_columns
    }
    for layout in _layouts(source):
        names.update(layout.first_header)
        names.update(text for text in layout.signature if isinstance(text, str))
    return named_by(names)


# --- the canonical layout -------------------------------------------------------------------


def _canonical(
    table: Table, grid: Grid, telling: Sequence[bool], items: Mapping[str, str]
) -> Iterator[Candidate]:
    """Yield the best header, if any row of the head holds at least half of what is required."""
    best: Candidate | None = None
    for rows in (single_rows, merged_rows):
        for header in rows(grid, telling):
            candidate = _canonical_at(table, _start(grid, header), items)
            if candidate and (best is None or candidate.nearness > best.nearness):
                best = candidate
        if best is not None and best.flawless:
            break
    if best is not None:
        yield best


def _canonical_at(table: Table, start: Match, items: Mapping[str, str]) -> Candidate | None:
    known = {column.name.lower(): column.name for column in table.file_columns}
    required = [column.name for column in table.file_columns if column.required]
    names = [known.get(_as_name(cell)) for cell in start.header]
    found = {name for name in names if name in required}
    if 2 * len(found) < len(required) or len([name for name in names if name]) < 2:
        return None
    places = [(name, cell) for cell, name in enumerate(names, start=1) if name]
    questions: list[tuple[str, int]] = []
    if table.items_in:
        places = [(name, cell) for name, cell in places if item_of(name) is None]
        questions = _questions(start.header, {cell for _, cell in places}, items)
    columns = dict(places)
    missing = [name for name in required if name not in columns]
    if table.items_in and not questions:
        missing.append("BP1 … KL3")
    if table.needs_any and not columns.keys() & {*table.needs_any}:
        missing.append(" / ".join(table.needs_any))
    match = replace(
        start,
        layout=CANONICAL,
        table=table.name,
        columns=columns,
        items=dict(questions),
        ignored=_unread(start.header, {cell for _, cell in [*places, *questions]}),
        guides=guide_rows(start.grid, start.skip, start.width),
    )
    return Candidate(match, tuple(missing), _repeated(name for name, _ in [*places, *questions]))


def _as_name(cell: str) -> str:
    return plain(cell).replace(" ", "_")


def _questions(
    header: Sequence[str], taken: set[int], items: Mapping[str, str]
) -> list[tuple[str, int]]:
    """Pair each question of a survey with its item: by the instrument, else by its code."""
    named = (
        (items.get(folded(text)) or item_of(text), cell)
        for cell, text in enumerate(header, start=1)
        if cell not in taken
    )
    return [(item, cell) for item, cell in named if item]


def _repeated(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(name for name, times in Counter(names).items() if times > 1))


def _unread(header: Sequence[str], read: set[int]) -> tuple[str, ...]:
    return tuple(text for cell, text in enumerate(header, start=1) if text and cell not in read)


# --- vendors' layouts -----------------------------------------------------------------------


def _headless(layout: Layout, grid: Grid) -> Iterator[Candidate]:
    """A file of records from its first line on; most of the head has to fit the signature."""
    filled = [cells for cells in grid.head if any(cells)]
    wanted = max(1, math.ceil(_SHARE_OF_HEAD * len(filled)))
    fitting = islice((cells for cells in filled if _fits(layout, cells)), wanted)
    if len(list(fitting)) == wanted and not _is_table(grid, filled):
        low, high = layout.cells
        match = Match(
            layout.name,
            layout.table,
            grid,
            skip=0,
            width=high,
            header=(),
            columns=layout.places,
            narrowest=low,
            fixed_style=True,
        )
        yield Candidate(match)


def _is_table(grid: Grid, filled: Sequence[Sequence[str]]) -> bool:
    """Whether a header stands above people's numbers, or in a workbook: that is no device's file.

    A header is a first row of two labels or more, without a figure.
    """
    names = [cell for cell in filled[0] if cell]
    headed = all(name[0].isalpha() and not _FIGURE.search(name) for name in names)
    if len(names) < 2 or not headed:
        return False
    return bool(grid.sheet) or any(NIP.fullmatch(cell) for cells in filled for cell in cells)


def _fits(layout: Layout, cells: Sequence[str]) -> bool:
    low, high = layout.cells
    return low <= len(cells) <= high and all(
        re.search(pattern, cells[cell - 1]) for cell, pattern in layout.patterns.items()
    )


def _headed(
    layout: Layout, grid: Grid, telling: Sequence[bool], items: Mapping[str, str]
) -> Iterator[Candidate]:
    """A layout known by its header, in one row or in two that were merged."""
    for rows in (single_rows, merged_rows):
        for header in rows(grid, telling):
            if _signed(layout, header.texts):
                yield _headed_at(layout, _start(grid, header), items)
                return


def _first_header(header: Sequence[str]) -> str:
    return plain(next((cell for cell in header if cell), ""))


def _signed(layout: Layout, header: Sequence[str]) -> bool:
    """Whether a header shows the signature of a layout."""
    if layout.first_header:
        return _first_header(header) in layout.first_header
    shown = {plain(cell) for cell in header}
    if layout.header == "questions":  # some exports put the question's text behind its code
        shown |= {cell.split(" ")[0] for cell in shown if cell}
    return shown.issuperset(layout.signature)


def _headed_at(layout: Layout, start: Match, items: Mapping[str, str]) -> Candidate:
    found = find_columns(layout, start.header, items)
    columns, taken = found.columns, found.taken
    questions = _questions(start.header, taken, items) if layout.has_items else []
    missing = [n for n in layout.columns if n not in columns and n not in layout.optional]
    missing += ["BP1 … KL3"] if layout.has_items and not questions else []
    match = replace(
        start,
        layout=layout.name,
        table=layout.table,
        columns=columns,
        items=dict(questions),
        joined=found.joined,
        one_of=found.one_of,
        ignored=_unread(start.header, taken | set(dict(questions).values())),
        day_first={"day_first": True, "month_first": False}.get(layout.dates),
        record_if=layout.record_if,
        clock=layout.clock,
        guides=guide_rows(start.grid, start.skip, start.width),
    )
    finish = unfold_scans if layout.unfold == "scans" else None
    twice = _repeated(name for name, _ in questions)
    if layout.header == "names":
        twice += _twins(start.header, columns)
    return Candidate(match, tuple(missing), twice, finish)


def _twins(header: Sequence[str], columns: Mapping[str, int]) -> tuple[str, ...]:
    """The columns that are read and have another one of the same name beside them."""
    times = Counter(plain(text) for text in header)
    return tuple(name for name, cell in columns.items() if times[plain(header[cell - 1])] > 1)


def _report(layout: Layout, grid: Grid) -> Iterator[Candidate]:
    """A report in which a person's rows make sense only together."""
    match = read_glued_times(layout, grid)
    if match is not None:
        yield Candidate(match)
