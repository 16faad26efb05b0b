"""What a layout is, and what it means that a file has one.

Belongs here: the description of a vendor's layout as its file in ``layouts/`` gives it, a match,
and which behaviour a header names. Does not belong here: how headers are compared
(`ingest.reading.headers`) or looking for a layout (`ingest.recognising.signatures`,
`ingest.recognising.layouts`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

from pydantic.dataclasses import dataclass as document

from ingest.notes import LAYOUTS_FOLDER, Note
from ingest.reading.grids import Grid
from warehouse.catalog.reader import load_catalog
from warehouse.documents import STRICT, read_yaml
from warehouse.vocabulary import Text

CANONICAL = "canonical"

# A behaviour code in a header, such as `BP1`, `[BP1] ...`, `BP 1. ...`.
ITEM_CODE = r"(?i)(?<![0-9a-z])(BP|AK|KO|HA|LO|AD|KL)[ ._-]?([1-3])(?![0-9a-z])"

Clock = Literal["office", "form", "utc"]
"""Whose wall clock the times are of: the government's, that of its form sheets, or UTC."""


@document(frozen=True, config=STRICT)
class Joined:
    """The headers of several cells that one value is told from together."""

    join: tuple[str, ...]


@document(frozen=True, config=STRICT)
class Layout:
    """A vendor's layout, as its file in ``layouts/`` says; docs/layouts.md explains every key.

    ``header`` is ``none`` (records from the first line on), ``names`` (a column is known by the
    whole of its header), ``questions`` (by words in it) or ``report`` (rows that make sense only
    together). ``fixture`` names the maker of such a file in the tests' corpus.
    """

    name: str
    table: str
    title: Text
    fixture: str
    header: Literal["none", "names", "questions", "report"]
    columns: Mapping[str, int | tuple[str, ...] | Joined]
    signature: Mapping[int, str] | tuple[str, ...] = ()
    cells: tuple[int, int] = (1, 1024)
    first_header: tuple[str, ...] = ()
    groups: str = ""
    optional: tuple[str, ...] = ()
    unfold: Literal["", "scans"] = ""
    record_if: str = ""
    dates: Literal["", "day_first", "month_first"] = ""
    clock: Clock = "office"

    def __post_init__(self) -> None:
        """Hold what the keys say of each other, and of the catalog."""
        tables = load_catalog().sources
        if self.table not in tables:
            raise ValueError(f"table: {self.table} is no table of a source")
        stored = {column.name for column in tables[self.table].raw_columns}
        known = stored | (set(UNFOLDED[self.unfold]) if self.unfold else set())
        for key, names in (
            ("columns", {*self.columns} - known),
            ("optional", {*self.optional} - {*self.columns}),
            ("record_if", {self.record_if} - {"", *self.columns}),
        ):
            if names:
                raise ValueError(f"{key}: unknown {', '.join(sorted(names))}")
        by_cell = self.header in {"none", "report"}
        if any(isinstance(wanted, int) != by_cell for wanted in self.columns.values()):
            raise ValueError(f"columns: of header {self.header}, cells or names of headers")
        if self.header == "none" and not isinstance(self.signature, Mapping):
            raise ValueError("signature: a pattern by the number of its cell")

    @property
    def has_items(self) -> bool:
        """Whether its questions become rows of a table of their own."""
        return load_catalog().sources[self.table].items_in is not None

    @property
    def places(self) -> dict[str, int]:
        """The cell of each column, where the layout says it."""
        return {name: cell for name, cell in self.columns.items() if isinstance(cell, int)}

    @property
    def patterns(self) -> Mapping[int, str]:
        """The pattern of each cell of a record, where the layout has no header."""
        return self.signature if isinstance(self.signature, Mapping) else {}


UNFOLDED: Mapping[str, tuple[str, ...]] = {"scans": ("date", "scan_in", "scan_out")}
"""The columns of a file that become others when its rows are unfolded."""


@dataclass(frozen=True)
class Match:
    """A grid whose layout is known.

    ``columns`` and ``items`` (survey questions) lead from a name to its cell, counted from 1; a
    value that takes several cells together is in ``joined`` with all of them, one that stands in
    only one of several (a question per branch of a form) in ``one_of``. ``skip`` is the
    number of rows down to the header, ``width`` that of its cells, ``header`` its texts (empty if
    there is none), which ends in row ``header_row`` of the file
    and takes ``header_rows``. ``ignored`` are the headers of
    columns that are not read. ``day_first`` says how the layout's software always writes dates, if
    it does. A row of fewer than ``narrowest`` cells is no record. Where ``fixed_style`` is set,
    dates and numbers can be read one way only. A row whose column ``record_if`` is empty is no
    record either, and skipped. The rows of a ``mended`` match come back from a sender: a secret
    that was replaced by its HMAC stays as it is. ``guides`` are rows below the header that explain
    its columns, and are skipped. ``notes`` say what else was decided or left out on the way here.
    """

    layout: str
    table: str
    grid: Grid
    skip: int
    width: int
    header: tuple[str, ...]
    columns: Mapping[str, int]
    items: Mapping[str, int] = field(default_factory=dict)
    joined: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    one_of: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    day_first: bool | None = None
    narrowest: int = 1
    fixed_style: bool = False
    record_if: str = ""
    clock: Clock = "office"
    mended: bool = False
    header_row: int = 0
    header_rows: int = 1
    guides: tuple[tuple[str, ...], ...] = ()
    notes: tuple[Note, ...] = ()


@cache
def vendor_layouts() -> tuple[Layout, ...]:
    """Read the vendors' layouts that ship with the product, in the order of their names.

    Raises:
        DocumentError: One of them is not what docs/layouts.md lays down; its file and key are said.
    """
    return tuple(read_yaml(path, Layout) for path in sorted(LAYOUTS_FOLDER.glob("*.yml")))


def item_of(header: str) -> str | None:
    """Return the behaviour code that a header names, in capitals; None if it names several."""
    named = {f"{value}{number}".upper() for value, number in re.findall(ITEM_CODE, header)}
    return named.pop() if len(named) == 1 else None
