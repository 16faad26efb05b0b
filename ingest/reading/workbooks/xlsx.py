"""What the reader of workbooks doesn't tell about an XLSX: errors, formulas, percentages.

Belongs here: a second look into the parts of an XLSX. Does not belong here: the cells' values
(`ingest.reading.workbooks.child`), the other formats (`ingest.reading.workbooks.ods`,
`ingest.reading.workbooks.biff`).
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from ingest.reading.cells import EPOCH, EPOCH_1904, NOT_CALCULATED
from ingest.reading.workbooks.kinds import (
    CHUNK,
    MAX_MARKED,
    PERCENT,
    KindsError,
    SheetKinds,
    TooMuchError,
    WorkbookKinds,
    Xml,
    holds_any,
    is_percent,
    new_parser,
    parse_xml,
)

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
            start = stream.read(CHUNK)
            if _USUAL_ROOT.search(start) and not holds_any(stream, needles, start):
                return SheetKinds()
        with parts.open(names[index]) as stream:
            return _XlsxSheet(percents, recalculated=recalculated).read(stream)

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
            Xml(start).read(stream)
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
            Xml(start, end).read(stream)
    return {str(number) for number, used in enumerate(styles) if used in formats}


class _XlsxSheet:
    """The cells of a sheet's part, one after the other.

    Only beginnings of elements are listened to, and text only where it matters: half the time.
    """

    def __init__(self, percents: set[str], *, recalculated: bool) -> None:
        self.kinds = SheetKinds()
        self._percents, self._recalculated = percents, recalculated
        self._parser = new_parser()
        self._parser.StartElementHandler = self._first
        self._columns: dict[str, int] = {}
        self._row, self._column, self._marked = -1, -1, 0
        self._hidden = self._filled = self._formula = self._percent = self._notable = False
        self._reference = self._type = self._value = ""

    def read(self, stream: IO[bytes]) -> SheetKinds:
        """Take down what is special about the cells of a sheet."""
        parse_xml(self._parser, stream)
        self._finish_row()
        return self.kinds

    def _first(self, tag: str, _: object) -> None:
        """At the first element: whether names have a prefix in front."""
        prefix = tag.find(":") + 1
        self._parser.StartElementHandler = (
            (lambda tag, attributes: self._start(tag[prefix:], attributes))
            if prefix
            else self._start
        )

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "c":
            self._begin_cell(attributes)
        elif tag == "v":
            self._filled = True
            if self._notable:
                self._parser.CharacterDataHandler = self._hear
        elif tag == "f":
            self._formula = self._notable = True
        elif tag == "row":
            self._finish_row()
            number = attributes.get("r", "")
            self._row = int(number) - 1 if number.isdecimal() else self._row + 1
            self._column, self._reference = -1, ""
            self._hidden = attributes.get("hidden") in {"1", "true"}
        elif tag == "is":
            self._filled = True
        elif tag == "col" and attributes.get("hidden") in {"1", "true"}:
            first, last = attributes.get("min", ""), attributes.get("max", "")
            if first.isdecimal() and last.isdecimal():
                self.kinds.hide_columns(int(first), int(last))

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        if self._notable:
            self._finish_cell()
        reference = attributes.get("r")
        if reference:
            self._reference = reference
        else:
            self._column, self._reference = self._place() + 1, ""
        self._type = attributes.get("t", "n")
        self._formula = False
        self._percent = attributes.get("s") in self._percents
        self._notable = self._percent or self._type == "e"

    def _place(self) -> int:
        """The column of the cell that was begun last."""
        if not self._reference:
            return self._column
        letters = self._reference.rstrip("0123456789")
        if letters not in self._columns:
            number = 0
            for letter in letters.upper():
                number = number * 26 + ord(letter) - 64
            self._columns[letters] = number - 1
        return self._columns[letters]

    def _hear(self, text: str) -> None:
        self._value += text

    def _finish_row(self) -> None:
        if self._notable:
            self._finish_cell()
        self.kinds.hidden_rows += self._hidden and self._filled
        self._hidden = self._filled = False

    def _finish_cell(self) -> None:
        self._parser.CharacterDataHandler = None
        text = self._text(self._value.strip())
        self._value, self._notable = "", False
        if text:
            self._marked += 1
            if self._marked > MAX_MARKED:
                raise TooMuchError
            self.kinds.mark(self._row, self._place(), text)

    def _text(self, value: str) -> str:
        if self._type == "e":
            return value or "#ERROR!"
        if self._formula and self._waits(value):
            return NOT_CALCULATED
        return PERCENT if self._percent and self._type == "n" and value else ""

    def _waits(self, value: str) -> bool:
        """Whether a formula has no value yet: none at all, or the 0 that some programs put."""
        if self._recalculated and value in {"", "0"}:
            return True
        return not value and self._type != "str"
