"""Which header of a vendor's file means which column.

Belongs here: whole headers of names, and words in the questions of a form. Does not belong here:
where a header could stand, and which layout it shows (`ingest.recognising.signatures`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ingest.reading.headers import folded, plain
from ingest.recognising.match import Joined, Layout, item_of
from ingest.values.words import HARMLESS

_NONE: frozenset[str] = frozenset()
_NUMBERING = re.compile(r"[a-z]{0,3}\d+[a-z]{0,2}\d*")  # `1`, `q1`, `g01q02`


@dataclass
class Found:
    """The columns of a header by name, and the cells of values that several columns can hold."""

    columns: dict[str, int] = field(default_factory=dict)
    joined: dict[str, tuple[int, ...]] = field(default_factory=dict)
    one_of: dict[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def taken(self) -> set[int]:
        """Every cell that is read."""
        several = [*self.joined.values(), *self.one_of.values()]
        return {*self.columns.values(), *(cell for cells in several for cell in cells)}


def find_columns(layout: Layout, header: Sequence[str], items: Mapping[str, str]) -> Found:
    """Find the columns of a layout in a header.

    A whole header comes before words in a question, the name of the canonical column before both,
    and the earlier one of the layout's list before the later. Several columns of a form may ask for
    the same, one per branch: the one that is filled counts. Everywhere else the first does.

    Args:
        layout: The vendor's layout.
        header: Its texts, cell by cell.
        items: Headers that the wave's instrument names as questions, as `folded` writes them.
    """
    free = [
        (cell, text)
        for cell, text in enumerate(header, start=1)
        if folded(text) not in items and not (layout.has_items and item_of(text))
    ]
    found = Found()
    for name, wanted in layout.columns.items():
        cells = next(filter(None, _cells(layout, name, wanted, free, found.taken)), None)
        if not cells:
            continue
        found.columns[name] = cells[0]
        if isinstance(wanted, Joined):
            found.joined[name] = tuple(cells)
        elif layout.header == "questions" and len(cells) > 1:
            found.one_of[name] = tuple(cells)
    return found


def _cells(
    layout: Layout,
    name: str,
    wanted: int | tuple[str, ...] | Joined,
    free: Sequence[tuple[int, str]],
    taken: set[int],
) -> Iterator[list[int]]:
    """Yield the cells that a column could be, the best fit first; each group is of one kind."""
    unused = [(cell, plain(text)) for cell, text in free if cell not in taken]
    if isinstance(wanted, int):  # the place of a cell says nothing in a header
        return
    if isinstance(wanted, Joined):
        yield [cell for text in wanted.join for cell, shown in unused if shown == text]
        return
    if layout.header != "questions":
        for text in wanted:
            yield [cell for cell, shown in unused if shown == text]
        return
    if layout.groups:  # the name of a group before a question asks nothing
        ends = {cell: text.rpartition(layout.groups)[2] for cell, text in free}
        unused = [(cell, plain(ends[cell])) for cell, _ in unused]
    for text in [plain(name), *wanted]:
        yield [cell for cell, shown in unused if shown == text]
    for text in wanted:
        yield [cell for cell, shown in unused if _asks_for(shown, text, HARMLESS.get(name, _NONE))]


def _asks_for(question: str, text: str, harmless: frozenset[str]) -> bool:
    """Whether a question asks for ``text`` and for nothing else."""
    before, found, after = f" {_words(question)} ".partition(f" {text} ")
    return bool(found) and all(
        word in harmless or _NUMBERING.fullmatch(word) for word in f"{before} {after}".split()
    )


def _words(question: str) -> str:
    return " ".join(re.findall(r"\w+", question))
