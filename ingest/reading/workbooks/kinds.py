"""What the reader of workbooks doesn't tell: errors, formulas without a value, percentages.

Belongs here: what a second look into the files of a workbook finds (what calamine gives as an empty
cell or a bare number, day 0 of the serial numbers, what is hidden), and the XML of such a look.
Does not belong here: the look itself (`ingest.reading.workbooks.xlsx`,
`ingest.reading.workbooks.ods`, `ingest.reading.workbooks.biff`), the cells' values
(`ingest.reading.workbooks.child`).

Everything here runs in the child process that `ingest.reading.workbooks.reader` bounds. A part is
parsed only if a search of its bytes finds something that could matter, since parsing costs more
than calamine does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO
from xml.parsers import expat

from ingest.reading.workbooks.reader import MAX_COLUMNS

PERCENT = "%"
"""Stands for a cell that is a number shown as a percentage."""

MAX_MARKED = 2_000_000  # cells of a workbook
CHUNK = 1 << 20
_NEEDLE = 40  # bytes; no piece that is looked for is longer


class TooMuchError(Exception):
    """The workbook holds more than is read."""


class KindsError(Exception):
    """The files of a workbook contradict what calamine read."""


@dataclass
class SheetKinds:
    """By row and column, counted from 0: the text that replaces a cell, or ``PERCENT``.

    ``hidden_columns`` count from 1, as people see them.
    """

    cells: dict[int, dict[int, str]] = field(default_factory=dict)
    hidden_rows: int = 0
    hidden_columns: set[int] = field(default_factory=set)

    def hide_columns(self, first: int, last: int) -> None:
        """Take down columns that a spreadsheet doesn't show, as far as any are read."""
        self.hidden_columns.update(range(first, min(last, MAX_COLUMNS) + 1))

    def mark(self, row: int, column: int, text: str) -> None:
        """Take down a cell that is more than its value."""
        self.cells.setdefault(row, {})[column] = text


@dataclass(frozen=True)
class WorkbookKinds:
    """The kinds of a workbook's sheets, by their place in it, and day 0 of its serial numbers."""

    epoch: str
    sheet: Callable[[int], SheetKinds]


def is_percent(code: str) -> bool:
    """Whether a number format shows a percentage: a sign outside quotes and escapes."""
    return "%" in re.sub(r'"[^"]*"|\\.|_.|\*.', "", code)


# --- XML -------------------------------------------------------------------------------------

Start = Callable[[str, Mapping[str, str]], None]


class Xml:
    """A stream of XML, element by element, without prefixes; declared entities are refused."""

    def __init__(self, start: Start, end: Callable[[str], None] | None = None) -> None:
        self._start, self._end = start, end
        self.parser = new_parser()
        self.parser.StartElementHandler = self._started
        if end:
            self.parser.EndElementHandler = self._ended

    def read(self, stream: IO[bytes]) -> None:
        """Call the handlers for all of a stream."""
        parse_xml(self.parser, stream)

    def listen(self, hear: Callable[[str], object] | None) -> None:
        """Hand on the text that follows, or stop."""
        self.parser.CharacterDataHandler = hear

    def _started(self, tag: str, attributes: dict[str, str]) -> None:
        self._start(tag[tag.find(":") + 1 :], attributes)

    def _ended(self, tag: str) -> None:
        assert self._end is not None  # noqa: S101 - the handler is set only then
        self._end(tag[tag.find(":") + 1 :])


def new_parser() -> expat.XMLParserType:
    """A parser without handlers yet, that refuses what declares entities."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.EntityDeclHandler = _refuse_entities
    return parser


def parse_xml(parser: expat.XMLParserType, stream: IO[bytes]) -> None:
    """Read a stream to its end.

    Raises:
        KindsError: It is no well-formed XML, or declares entities.
    """
    try:
        parser.ParseFile(stream)
    except expat.ExpatError as error:
        raise KindsError from error


def _refuse_entities(*_: object) -> None:
    raise KindsError


def holds_any(stream: IO[bytes], needles: list[bytes], chunk: bytes = b"") -> bool:
    """Whether a stream, of which ``chunk`` was read already, holds one of some short pieces."""
    while not any(needle in chunk for needle in needles):
        more = stream.read(CHUNK)
        if not more:
            return False
        chunk = chunk[-_NEEDLE:] + more
    return True
