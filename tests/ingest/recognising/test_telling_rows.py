"""A head is searched for headers only where a name stands, and no header is missed for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.reading.grids import Grid
from ingest.reading.headers import named_by
from ingest.recognising import signatures
from ingest.recognising.match import vendor_layouts
from warehouse.catalog.reader import load_catalog

NAMES = sorted(
    {
        text
        for layout in vendor_layouts()
        for text in (*layout.first_header, *layout.signature)
        if isinstance(text, str)
    }
    | {
        column.name
        for source in load_catalog().landing_sources
        for table in load_catalog().tables_of(source)
        for column in table.file_columns
    }
)
PARTS = sorted({part for name in NAMES for part in name.replace("_", " ").split(" ")})
CELL = st.one_of(
    st.sampled_from(NAMES),
    st.sampled_from(NAMES).map(str.upper),
    st.sampled_from(PARTS),
    st.sampled_from(["", "-", "2026", "Nilai", "Bobot", "25%", "BP1", "[BP1] Melayani", "x"]),
)
NEEDED = [
    (source, names)
    for source in load_catalog().landing_sources
    for table in load_catalog().tables_of(source)
    for names in (
        [column.name.replace("_", " ") for column in table.file_columns],
        *([*lay.signature] for lay in vendor_layouts() if lay.table == table.name),
    )
    if not any(isinstance(name, int) for name in names)
]


def _divided(name: str) -> tuple[str, str]:
    first, _, others = name.partition(" ")
    return first, others


# How the names of a header stand in two rows.
WRITTEN: dict[str, Callable[[str], tuple[str, str]]] = {
    "divided": _divided,
    "above a hyphen": lambda name: (name, "-"),
    "below another": lambda name: ("Lainnya", name),
    "before a question": lambda name: ("", f"{name}. Apa?"),
}


@st.composite
def heads(draw: st.DrawFn) -> tuple[str, tuple[tuple[str, ...], ...]]:
    """A source, and rows of any words of headers; among them what one of its headers needs."""
    rows = draw(st.lists(st.lists(CELL, min_size=1, max_size=6), max_size=3))
    of_words = draw(st.sampled_from([0, 1]))  # all names, or those of several words
    source, whole = draw(st.sampled_from(NEEDED))
    names = [name for name in whole if name.count(" ") >= of_words]
    pairs = [*map(WRITTEN[draw(st.sampled_from([*WRITTEN]))], names)]
    place = draw(st.integers(0, len(rows)))
    both = [[upper for upper, _ in pairs], [lower for _, lower in pairs]]
    return source, tuple(map(tuple, [*rows[:place], *both, *rows[place:]]))


@settings(max_examples=400, deadline=None)
@given(drawn=heads())
def test_every_row_that_could_be_a_header_tells(
    drawn: tuple[str, tuple[tuple[str, ...], ...]],
) -> None:
    source, head = drawn
    grid = Grid(Path(), ";", len(head), head, Path())
    told = list(signatures.candidates(source, grid, {}))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(signatures, "telling_rows", lambda grid, _: [True] * len(grid.head))
        assert told == list(signatures.candidates(source, grid, {}))


def test_a_name_without_a_letter_could_be_missed_and_is_refused() -> None:
    with pytest.raises(ValueError, match="letter"):
        named_by(["nip", "2026"])
