"""Which files can be read together: what they share, and what each has of its own.

Belongs here: a recognised file, before its rows are read, and files that are alike. Does not belong
here: recognising one (`ingest.loading.batch`), reading their rows (`ingest.loading.parse`).
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.arrivals.landing import Delivery
from ingest.loading.balance import Balance
from ingest.recognising.fields import Context
from ingest.recognising.match import Match
from ingest.senders.mended import Mended
from warehouse.catalog.reader import load_catalog

# Of a match and its grid, what differs between files that are read alike.
_OF_ITS_OWN = frozenset({"grid", "notes", "lines", "rows", "head", "scratch", "sheet", "span"})
# What one statement reads: enough that its planning costs nothing beside the files.
_MOST_FILES, _MOST_LINES = 500, 1_000_000
_GLOB = frozenset("*?[")


@dataclass(frozen=True)
class Reading:
    """How a file is to be read; what came back is read by the style of its original's columns."""

    match: Match
    styled_by: Match
    mended: Mended | None = None
    original: Delivery | None = None


@dataclass(frozen=True)
class Opened:
    """A delivery that was recognised: its number in the load, and what its rows are read by."""

    number: int
    delivery: Delivery
    balance: Balance
    context: Context
    reading: Reading

    @property
    def lines(self) -> int:
        """How many lines stand below its header."""
        return self.reading.match.grid.rows - self.reading.match.skip

    @property
    def files(self) -> tuple[Delivery, ...]:
        """What it is read from."""
        return (self.delivery, *([self.reading.original] if self.reading.original else []))


def alike(opened: Iterable[Opened]) -> Iterator[list[Opened]]:
    """Yield files that can be read together, in their order."""
    groups: dict[Hashable, list[Opened]] = {}
    lines: Counter[Hashable] = Counter()
    for file in opened:
        shape = _shape(file)
        group = groups.setdefault(shape, [])
        if group and (lines[shape] + file.lines > _MOST_LINES or len(group) == _MOST_FILES):
            yield groups.pop(shape)
            group = groups.setdefault(shape, [])
            lines[shape] = 0
        group.append(file)
        lines[shape] += file.lines
    yield from groups.values()


def _shape(file: Opened) -> Hashable:
    """What two files share that are read by the same statement."""
    match, context = file.reading.match, file.context
    if file.reading.mended or _GLOB.intersection(str(match.grid.lines)):
        return file.number  # a list of files with a pattern among them may become another list
    if not load_catalog().sources[match.table].snapshot:
        context = replace(context, written=Context.written)
    return tuple(
        str(getattr(of, part.name))
        for of in (match, match.grid, context)
        for part in dataclasses.fields(of)
        if part.name not in _OF_ITS_OWN
    )


def together(files: Sequence[Opened]) -> Match:
    """The match of the first, over the lines of all."""
    match = files[0].reading.match
    beside = tuple(file.reading.match.grid.lines for file in files[1:])
    return replace(match, grid=replace(match.grid, beside=beside))
