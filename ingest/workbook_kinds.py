"""What the reader of workbooks doesn't tell: errors, formulas without a value, percentages.

Belongs here: a second look into the files of a workbook for what calamine gives as an empty cell or
a bare number, for the day 0 of its serial numbers, and for hidden rows. Does not belong here: the
old binary format (`ingest.workbook_biff`), the cells' values (`ingest.workbook_child`).

Everything here runs in the child process that `ingest.workbook` bounds. A part is parsed only if a
search of its bytes finds something that could matter, since parsing costs more than calamine does.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from xml.parsers import expat

from ingest.cells import NOT_CALCULATED

EPOCH, EPOCH_1904 = "1899-12-30", "1904-01-01"
PERCENT = "%"
"""Stands for a cell that is a number shown as a percentage."""

_MAX_MARKED = 2_000_000  # cells of a workbook
_CHUNK = 1 << 20
_NEEDLE = 40  # bytes; no piece that is looked for is longer
_ERROR_TEXT = re.compile(r"#[A-Z_/0-9]+[!?]?|Err:\d{3}")


class TooMuchError(Exception):
    """The workbook holds more than is read."""


class KindsError(Exception):
    """The files of a workbook contradict what calamine read."""


@dataclass
class SheetKinds:
    """By row and column, counted from 0: the text that replaces a cell, or ``PERCENT``."""

    cells: dict[int, dict[int, str]] = field(default_factory=dict)
    hidden_rows: int = 0

    def mark(self, row: int, column: int, text: str) -> None:
        """Take down a cell that is more than its value."""
        self.cells.setdefault(row, {})[column] = text


@dataclass(frozen=True)
class WorkbookKinds:
    """The kinds of a workbook's sheets, by their place in it, and day 0 of its serial numbers."""

    epoch: str
    sheet: Callable[[int], SheetKinds]


# --- XML -------------------------------------------------------------------------------------

Start = Callable[[str, Mapping[str, str]], None]


class _Xml:
    """A stream of XML, element by element, without prefixes; declared entities are refused."""

    def __init__(self, start: Start, end: Callable[[str], None] | None = None) -> None:
        self._start, self._end = start, end
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._started
        if end:
            self.parser.EndElementHandler = self._ended
        self.parser.EntityDeclHandler = _refuse_entities

    def read(self, stream: IO[bytes]) -> None:
        try:
            self.parser.ParseFile(stream)
        except expat.ExpatError as error:
            raise KindsError from error

    def listen(self, hear: Callable[[str], object] | None) -> None:
        """Hand on the text that follows, or stop."""
        self.parser.CharacterDataHandler = hear

    def _started(self, tag: str, attributes: dict[str, str]) -> None:
        self._start(tag[tag.find(":") + 1 :], attributes)

    def _ended(self, tag: str) -> None:
        assert self._end is not None  # noqa: S101 - the handler is set only then
        self._end(tag[tag.find(":") + 1 :])


def _refuse_entities(*_: object) -> None:
    raise KindsError


def _holds_any(stream: IO[bytes], needles: list[bytes], chunk: bytes = b"") -> bool:
    """Whether a stream, of which ``chunk`` was read already, holds one of some short pieces."""
    while not any(needle in chunk for needle in needles):
        more = stream.read(_CHUNK)
        if not more:
            return False
        chunk = chunk[-_NEEDLE:] + more
    return True


# --- XLSX ------------------------------------------------------------------------------------


# Names without a prefix, in an encoding that shows them as they are; what else there is, is parsed.
_USUAL_ROOT = re.compile(rb"<worksheet[\s>]")


def xlsx_kinds(path: Path) -> WorkbookKinds:
    """Look into an XLSX."""
    parts = _Parts(zipfile.ZipFile(path))
    names, epoch, recalculated = _xlsx_workbook(parts)
    percents = _xlsx_percent_styles(parts)

    def sheet(index: int) -> SheetKinds:
        if names[index] not in parts.names:
            raise KindsError
        needles = [b't="e"', b"<f>", b"<f ", b"<f/", b' hidden="', b"='"]
        needles += [b's="%s"' % style.encode() for style in percents]
        with parts.open(names[index]) as stream:
            start = stream.read(_CHUNK)
            if _USUAL_ROOT.search(start) and not _holds_any(stream, needles, start):
                return SheetKinds()
        scan = _XlsxSheet(percents, recalculated=recalculated)
        with parts.open(names[index]) as stream:
            scan.xml.read(stream)
        return scan.kinds

    return WorkbookKinds(epoch, sheet)


class _Parts:
    """The parts of an archive, by names in lower case and with slashes."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.names = {name.replace("\\", "/").lower(): name for name in archive.namelist()}

    def open(self, name: str) -> IO[bytes]:
        return self._archive.open(self.names[name])


def _xlsx_workbook(parts: _Parts) -> tuple[list[str], str, bool]:
    """The parts of the sheets in their order, day 0, and whether values wait to be calculated."""
    relations: dict[str, str] = {}
    sheets: list[str] = []
    settings = {"date1904": "0", "fullCalcOnLoad": "0"}

    def relation(tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "Relationship":
            target = attributes.get("Target", "").replace("\\", "/").lower()
            place = target[1:] if target.startswith("/") else f"xl/{target}"
            relations[attributes.get("Id", "")] = place

    def workbook(tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "sheet":
            ids = [value for name, value in attributes.items() if name.endswith(":id")]
            sheets.append(relations.get(ids[0] if ids else "", ""))
        for name in settings.keys() & attributes.keys():
            settings[name] = attributes[name]

    for name, start in (("xl/_rels/workbook.xml.rels", relation), ("xl/workbook.xml", workbook)):
        if name not in parts.names:
            raise KindsError
        with parts.open(name) as stream:
            _Xml(start).read(stream)
    told = {name for name, value in settings.items() if value in {"1", "true"}}
    return sheets, EPOCH_1904 if "date1904" in told else EPOCH, "fullCalcOnLoad" in told


def _xlsx_percent_styles(parts: _Parts) -> set[str]:
    """The numbers of the cell styles that show a number as a percentage."""
    formats = {"9", "10"}
    styles: list[str] = []
    inside: list[str] = []

    def start(tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "numFmt" and is_percent(attributes.get("formatCode", "")):
            formats.add(attributes.get("numFmtId", ""))
        if tag == "cellXfs":
            inside.append(tag)
        if tag == "xf" and inside:
            styles.append(attributes.get("numFmtId", ""))

    def end(tag: str) -> None:
        if tag == "cellXfs":
            inside.clear()

    if "xl/styles.xml" in parts.names:
        with parts.open("xl/styles.xml") as stream:
            _Xml(start, end).read(stream)
    return {str(number) for number, used in enumerate(styles) if used in formats}


def is_percent(code: str) -> bool:
    """Whether a number format shows a percentage: a sign outside quotes and escapes."""
    return "%" in re.sub(r'"[^"]*"|\\.|_.|\*.', "", code)


class _XlsxSheet:
    """The cells of a sheet's part, one after the other."""

    def __init__(self, percents: set[str], *, recalculated: bool) -> None:
        self.kinds = SheetKinds()
        self.xml = _Xml(self._start, self._end)
        self._percents, self._recalculated = percents, recalculated
        self._columns: dict[str, int] = {}
        self._row, self._column, self._marked = -1, -1, 0
        self._hidden = self._filled = self._formula = False
        self._type = self._style = self._value = ""

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "c":
            self._type, self._style = attributes.get("t", "n"), attributes.get("s", "")
            self._column = self._place(attributes.get("r", ""))
            self._formula, self._value = False, ""
        elif tag == "v":
            self._filled = True
            self.xml.listen(self._hear)
        elif tag == "f":
            self._formula = True
        elif tag == "row":
            number = attributes.get("r", "")
            self._row = int(number) - 1 if number.isdecimal() else self._row + 1
            self._column = -1
            self._hidden, self._filled = attributes.get("hidden") in {"1", "true"}, False
        elif tag == "is":
            self._filled = True

    def _place(self, reference: str) -> int:
        if not reference:
            return self._column + 1
        letters = reference.rstrip("0123456789")
        if letters not in self._columns:
            number = 0
            for letter in letters.upper():
                number = number * 26 + ord(letter) - 64
            self._columns[letters] = number - 1
        return self._columns[letters]

    def _hear(self, text: str) -> None:
        self._value += text

    def _end(self, tag: str) -> None:
        if tag == "v":
            self.xml.listen(None)
        elif tag == "c":
            text = self._text()
            if text:
                self._marked += 1
                if self._marked > _MAX_MARKED:
                    raise TooMuchError
                self.kinds.mark(self._row, self._column, text)
        elif tag == "row":
            self.kinds.hidden_rows += self._hidden and self._filled

    def _text(self) -> str:
        if self._type == "e":
            return self._value or "#ERROR!"
        if self._formula and self._waits():
            return NOT_CALCULATED
        if self._type == "n" and self._value and self._style in self._percents:
            return PERCENT
        return ""

    def _waits(self) -> bool:
        """Whether a formula has no value yet: none at all, or the 0 that some programs put."""
        if self._recalculated and self._value in {"", "0"}:
            return True
        return not self._value and self._type != "str"


# --- ODS -------------------------------------------------------------------------------------


def ods_kinds(path: Path) -> WorkbookKinds:
    """Look into an ODS."""
    needles = [b"table:formula", b"percentage", b"table:visibility", b"null-date"]
    needles += [b'value-type="error"', b"='"]
    scan = _OdsContent()
    with zipfile.ZipFile(path) as archive:
        with archive.open("content.xml") as stream:
            needed = _holds_any(stream, needles)
        if needed:
            with archive.open("content.xml") as stream:
                scan.xml.read(stream)
    return WorkbookKinds(scan.epoch, lambda index: scan.sheets.get(index, SheetKinds()))


class _OdsContent:
    """The cells of all sheets of an ODS, one after the other."""

    def __init__(self) -> None:
        self.epoch = EPOCH
        self.sheets: dict[int, SheetKinds] = {}
        self.xml = _Xml(self._start, self._end)
        self._table, self._row, self._rows, self._column, self._columns = -1, 0, 0, 0, 0
        self._marked = 0
        self._hidden = self._filled = False
        self._cell: Mapping[str, str] = {}
        self._text = ""

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag in {"table-cell", "covered-table-cell"}:
            self._column += self._columns
            self._columns = _count(attributes, "table:number-columns-repeated")
            self._cell, self._text = attributes, ""
            self._filled = self._filled or "office:value-type" in attributes
        elif tag == "p":
            self.xml.listen(self._hear)
        elif tag == "table-row":
            self._row += self._rows
            self._rows = _count(attributes, "table:number-rows-repeated")
            self._column = self._columns = 0
            self._filled, self._hidden = False, attributes.get("table:visibility") in _UNSEEN
        elif tag == "table":
            self._table += 1
            self.sheets[self._table] = SheetKinds()
            self._row = self._rows = 0
        elif tag == "null-date":
            self.epoch = _iso_date(attributes.get("table:date-value", "")) or EPOCH

    def _hear(self, text: str) -> None:
        self._text += text

    def _end(self, tag: str) -> None:
        if tag == "p":
            self.xml.listen(None)
        elif tag in {"table-cell", "covered-table-cell"}:
            text = self._kind()
            if text:
                self._mark(text)
        elif tag == "table-row" and self._hidden and self._filled and self._table >= 0:
            self.sheets[self._table].hidden_rows += self._rows

    def _kind(self) -> str:
        kind = self._cell.get("office:value-type", "")
        formula = "table:formula" in self._cell
        if self._cell.get("calcext:value-type") == "error":
            return self._text or "#ERROR!"
        if formula and _ERROR_TEXT.fullmatch(self._text):
            return self._text
        if formula and not kind:
            return NOT_CALCULATED
        return PERCENT if kind == "percentage" else ""

    def _mark(self, text: str) -> None:
        self._marked += self._rows * self._columns
        if self._marked > _MAX_MARKED or self._table < 0:
            raise TooMuchError
        for row in range(self._row, self._row + self._rows):
            for column in range(self._column, self._column + self._columns):
                self.sheets[self._table].mark(row, column, text)


_UNSEEN = frozenset({"collapse", "filter"})


def _count(attributes: Mapping[str, str], name: str) -> int:
    times = attributes.get(name, "1")
    return int(times) if times.isdecimal() else 1


def _iso_date(text: str) -> str:
    found = re.match(r"\d{4}-\d\d-\d\d", text)
    return found[0] if found else ""
