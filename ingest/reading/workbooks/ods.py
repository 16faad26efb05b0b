"""What the reader of workbooks doesn't tell about an ODS: errors, formulas, percentages, tabs.

Belongs here: a second look into the content of an ODS. Does not belong here: the cells' values
(`ingest.reading.workbooks.child`), the other formats (`ingest.reading.workbooks.xlsx`,
`ingest.reading.workbooks.biff`).
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

from ingest.reading.cells import EPOCH, NOT_CALCULATED, clean_cell
from ingest.reading.workbooks.kinds import (
    MAX_MARKED,
    PERCENT,
    SheetKinds,
    TooMuchError,
    WorkbookKinds,
    Xml,
    holds_any,
)

_COLUMNS = "table:number-columns-repeated"
_ERROR_TEXT = re.compile(r"#[A-Z_/0-9]+[!?]?|Err:\d{3}")


def ods_kinds(path: Path) -> WorkbookKinds:
    """Look into an ODS."""
    needles = [b"table:formula", b"percentage", b"table:visibility", b"null-date"]
    needles += [b'value-type="error"', b"text:tab", b"text:line-break", b"='"]
    scan = _OdsContent()
    with zipfile.ZipFile(path) as archive:
        with archive.open("content.xml") as stream:
            needed = holds_any(stream, needles)
        if needed:
            with archive.open("content.xml") as stream:
                scan.xml.read(stream)
    return WorkbookKinds(scan.epoch, lambda index: scan.sheets.get(index, SheetKinds()))


class _OdsContent:
    """The cells of all sheets of an ODS, one after the other."""

    def __init__(self) -> None:
        self.epoch = EPOCH
        self.sheets: dict[int, SheetKinds] = {}
        self.xml = Xml(self._start, self._end)
        self._table, self._row, self._rows, self._column, self._columns = -1, 0, 0, 0, 0
        self._marked = self._before = 0
        self._hidden = self._filled = False
        self._cell: Mapping[str, str] = {}
        self._text, self._broken, self._noted = "", False, False

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag in {"table-cell", "covered-table-cell"}:
            self._column += self._columns
            self._columns = _count(attributes, _COLUMNS)
            self._cell, self._text, self._broken = attributes, "", False
            self._filled = self._filled or "office:value-type" in attributes
        elif tag == "p" and not self._noted:
            self._hear(" " if self._text else "")
            self.xml.listen(self._hear)
        elif tag in _BLANKS and not self._noted:
            self._hear(" ")
            self._broken = self._broken or tag != "s"
        elif tag == "annotation":
            self._noted = True
        elif tag == "table-row":
            self._row += self._rows
            self._rows = _count(attributes, "table:number-rows-repeated")
            self._column = self._columns = 0
            self._filled, self._hidden = False, attributes.get("table:visibility") in _UNSEEN
        elif tag == "table-column":
            first, self._before = self._before + 1, self._before + _count(attributes, _COLUMNS)
            if attributes.get("table:visibility") in _UNSEEN and self._table >= 0:
                self.sheets[self._table].hide_columns(first, self._before)
        elif tag == "table":
            self._table += 1
            self.sheets[self._table] = SheetKinds()
            self._row = self._rows = self._before = 0
        elif tag == "null-date":
            self.epoch = _iso_date(attributes.get("table:date-value", "")) or EPOCH

    def _hear(self, text: str) -> None:
        self._text += text

    def _end(self, tag: str) -> None:
        if tag == "p":
            self.xml.listen(None)
        elif tag == "annotation":
            self._noted = False
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
        if self._broken and kind == "string" and "office:string-value" not in self._cell:
            return clean_cell(self._text)
        return PERCENT if kind == "percentage" else ""

    def _mark(self, text: str) -> None:
        self._marked += self._rows * self._columns
        if self._marked > MAX_MARKED or self._table < 0:
            raise TooMuchError
        for row in range(self._row, self._row + self._rows):
            for column in range(self._column, self._column + self._columns):
                self.sheets[self._table].mark(row, column, text)


# What stands for a blank in a text; calamine leaves out tabulators and line breaks.
_BLANKS = frozenset({"tab", "line-break", "s"})
_UNSEEN = frozenset({"collapse", "filter"})


def _count(attributes: Mapping[str, str], name: str) -> int:
    times = attributes.get(name, "1")
    return int(times) if times.isdecimal() else 1


def _iso_date(text: str) -> str:
    found = re.match(r"\d{4}-\d\d-\d\d", text)
    return found[0] if found else ""
