"""Which layout a file has, by its content: where the header stands and what each cell fills.

Belongs here: signatures, column maps, and what is missing from them. The canonical layout of a
source comes from the catalog; a vendor's is a small file in ``layouts/``. Does not belong here:
what a cell's text means (`ingest.values`) or how rows are read (`ingest.rows`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ingest.dialect import Grid
from ingest.reasons import Unreadable
from warehouse.catalog import Table, load_catalog

LAYOUTS_FOLDER = Path(__file__).parent / "layouts"
CANONICAL = "canonical"

# A behaviour code in a header, such as `BP1`, `[BP1] ...`, `BP 1. ...`; the same in Python and SQL.
ITEM_CODE = r"(?i)(?:^|[^0-9a-z])(BP|AK|KO|HA|LO|AD|KL)[ ._-]?([1-3])(?:[^0-9a-z]|$)"
_SHARE_OF_HEAD = 0.5  # of the head's filled lines that a signature has to fit


@dataclass(frozen=True)
class Layout:
    """A vendor's layout, as its file in ``layouts/`` says; ``fixture`` makes one for the tests."""

    name: str
    table: str
    title: Mapping[str, str]
    fixture: str
    header: str  # `none` or `words`
    columns: Mapping[str, Any]
    signature: Mapping[int, str] = field(default_factory=dict)
    cells: tuple[int, int] = (1, 1024)
    first_header: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Match:
    """A grid whose layout is known.

    ``columns`` and ``items`` (survey questions) lead from a name to its cell, counted from 1.
    ``skip`` is the number of rows down to the header, ``width`` that of its cells, ``header`` its
    texts (empty if there is none). ``ignored`` are the headers of columns that are not read.
    ``day_first`` is the habit of the layout's language. A row of fewer than ``narrowest`` cells is
    no record. Where ``fixed_style`` is set, dates and numbers can be read one way only.
    """

    layout: str
    table: str
    grid: Grid
    skip: int
    width: int
    header: tuple[str, ...]
    columns: Mapping[str, int]
    items: Mapping[str, int] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    day_first: bool | None = None
    narrowest: int = 1
    fixed_style: bool = False


@dataclass(frozen=True)
class _Candidate:
    match: Match
    missing: tuple[str, ...]
    twice: tuple[str, ...] = ()


@cache
def vendor_layouts() -> tuple[Layout, ...]:
    """Read the vendors' layouts that ship with the product, in the order of their names."""
    entries = [
        yaml.safe_load(path.read_text(encoding="utf-8"))
        for path in sorted(LAYOUTS_FOLDER.glob("*.yml"))
    ]
    return tuple(
        Layout(**{**entry, "cells": tuple(entry.get("cells", (1, 1024)))}) for entry in entries
    )


def recognise(source: str, grids: Iterable[Grid], items: Mapping[str, str]) -> Match:
    """Find the layout of a file.

    Args:
        source: The landing source; only its layouts are tried.
        grids: The readings of the file, the likeliest first.
        items: From the header of a survey's column, as `folded` writes it, to its item: what the
            wave's instrument file names.

    Raises:
        Unreadable: ``layout_unknown``, or the layout is known but lacks or repeats columns.
    """
    nearest: _Candidate | None = None
    for grid in grids:
        for candidate in _candidates(source, grid, items):
            if not candidate.missing and not candidate.twice:
                return candidate.match
            if nearest is None or _nearness(candidate) > _nearness(nearest):
                nearest = candidate
    if nearest is None:
        raise Unreadable("layout_unknown")
    if nearest.missing:
        raise Unreadable("column_missing", ", ".join(nearest.missing))
    raise Unreadable("column_twice", ", ".join(nearest.twice))


def folded(header: str) -> str:
    """Return a header's text without the differences that don't matter: case and blanks."""
    return " ".join(header.lower().split())


def item_of(header: str) -> str | None:
    """Return the behaviour code that a header names, in capitals."""
    found = re.search(ITEM_CODE, header)
    return f"{found[1]}{found[2]}".upper() if found else None


def _nearness(candidate: _Candidate) -> int:
    return len(candidate.match.columns) - len(candidate.missing)


def _candidates(source: str, grid: Grid, items: Mapping[str, str]) -> Iterator[_Candidate]:
    tables = load_catalog().sources
    for table in tables.values():
        if (table.arrives_with or table.name) == source:
            yield from _canonical(table, grid, items)
    for layout in vendor_layouts():
        if (tables[layout.table].arrives_with or layout.table) == source:
            reader = _headless if layout.header == "none" else _by_words
            yield from reader(layout, grid, items)


# --- the canonical layout -------------------------------------------------------------------


def _canonical(table: Table, grid: Grid, items: Mapping[str, str]) -> Iterator[_Candidate]:
    """Yield the best header row, if any row of the head holds at least half of what is required."""
    known = {column.name.lower(): column.name for column in table.file_columns}
    required = [column.name for column in table.file_columns if column.required]
    best: _Candidate | None = None
    for number, cells in enumerate(grid.head, start=1):
        names = [known.get(_as_name(cell)) for cell in cells]
        found = {name for name in names if name in required}
        if 2 * len(found) < len(required) or len([name for name in names if name]) < 2:
            continue
        candidate = _canonical_at(table, _headed(grid, number, cells), names, items)
        if best is None or _nearness(candidate) > _nearness(best):
            best = candidate
    if best is not None:
        yield best


def _headed(grid: Grid, skip: int, cells: Sequence[str]) -> Match:
    """Return an empty match of a grid whose header is row ``skip`` with these cells."""
    width = max((index for index, cell in enumerate(cells, start=1) if cell), default=0)
    return Match(CANONICAL, "", grid, skip, width, tuple(cells[:width]), {})


def _canonical_at(
    table: Table, start: Match, names: Sequence[str | None], items: Mapping[str, str]
) -> _Candidate:
    places = [(name, cell) for cell, name in enumerate(names, start=1) if name]
    questions: list[tuple[str, int]] = []
    if table.name == "survey":
        places = [(name, cell) for name, cell in places if item_of(name) is None]
        questions = _questions(start.header, {cell for _, cell in places}, items)
    twice = _repeated(name for name, _ in [*places, *questions])
    columns = dict(places)
    missing = [c.name for c in table.file_columns if c.required and c.name not in columns]
    if table.name == "survey" and not questions:
        missing.append("BP1 … KL3")
    if table.name == "ip_asn" and len(columns) < 2:
        missing.append("kualifikasi, kompetensi, kinerja, disiplin")
    read = {cell for _, cell in [*places, *questions]}
    match = replace(
        start,
        table=table.name,
        columns=columns,
        items=dict(questions),
        ignored=_unread(start.header, read),
    )
    return _Candidate(match, tuple(missing), twice)


def _as_name(cell: str) -> str:
    return re.sub(r"[\s./-]+", "_", cell.strip().lower()).strip("_")


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


def _headless(layout: Layout, grid: Grid, items: Mapping[str, str]) -> Iterator[_Candidate]:
    """A file of records from its first line on; most of the head has to fit the signature."""
    del items  # no questions without a header
    filled = [cells for cells in grid.head if any(cells)]
    fitting = [cells for cells in filled if _fits(layout, cells)]
    if fitting and len(fitting) >= _SHARE_OF_HEAD * len(filled):
        low, high = layout.cells
        match = Match(
            layout.name,
            layout.table,
            grid,
            skip=0,
            width=high,
            header=(),
            columns=layout.columns,
            narrowest=low,
            fixed_style=True,
        )
        yield _Candidate(match, ())


def _fits(layout: Layout, cells: Sequence[str]) -> bool:
    low, high = layout.cells
    return low <= len(cells) <= high and all(
        re.search(pattern, cells[cell - 1]) for cell, pattern in layout.signature.items()
    )


def _by_words(layout: Layout, grid: Grid, items: Mapping[str, str]) -> Iterator[_Candidate]:
    """A header known by its first filled cell; a column is known by words in its header."""
    for number, cells in enumerate(grid.head, start=1):
        first = next((cell for cell in cells if cell), "")
        habit = layout.first_header.get(folded(first))
        if habit is None:
            continue
        start = _headed(grid, number, cells)
        columns = _columns_by_words(layout, start.header, items)
        questions = _questions(start.header, set(columns.values()), items)
        required = [c.name for c in load_catalog().sources[layout.table].file_columns if c.required]
        missing = [name for name in required if name not in columns]
        missing += [] if questions else ["BP1 … KL3"]
        match = replace(
            start,
            layout=layout.name,
            table=layout.table,
            columns=columns,
            items=dict(questions),
            ignored=_unread(start.header, {*columns.values(), *dict(questions).values()}),
            day_first=habit == "day_first",
        )
        yield _Candidate(match, tuple(missing), _repeated(name for name, _ in questions))
        return


def _columns_by_words(
    layout: Layout, header: Sequence[str], items: Mapping[str, str]
) -> dict[str, int]:
    """Find the first column for each name: the earlier a word stands in the list, the better."""
    texts = [(cell, folded(text)) for cell, text in enumerate(header, start=1)]
    free = [(c, text) for c, text in texts if text not in items and not item_of(text)]
    columns: dict[str, int] = {}
    for name, words in layout.columns.items():
        patterns = [re.compile(rf"(?<!\w){re.escape(word)}(?!\w)") for word in words]
        cells = [c for p in patterns for c, text in free if p.search(text)]
        unused = [cell for cell in cells if cell not in columns.values()]
        if unused:
            columns[name] = unused[0]
    return columns
