"""What the reader of workbooks doesn't tell about an old .xls: errors, formulas, percentages.

Belongs here: the few records of a BIFF stream (Excel 5 to 2003) that say so. Does not belong here:
the newer formats (`ingest.reading.workbooks.kinds`), the cells' values
(`ingest.reading.workbooks.child`).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import olefile

from ingest.reading.cells import EPOCH, EPOCH_1904, NOT_CALCULATED
from ingest.reading.workbooks.kinds import (
    PERCENT,
    KindsError,
    SheetKinds,
    WorkbookKinds,
    is_percent,
)

_BOF, _EOF = 0x809, 0x0A
_BOUNDSHEET, _DATEMODE, _FORMAT, _XF, _UNCALCED = 0x85, 0x22, 0x41E, 0xE0, 0x5E
_ROW, _FORMULA, _BOOLERR, _NUMBER, _RK, _MULRK = 0x208, 0x06, 0x205, 0x203, 0x27E, 0xBD
_COLUMNS = 0x7D
_HIDDEN_ROW, _HIDDEN_COLUMN = 0x20, 0x01
_CALCULATE_ON_LOAD = 0x02
_BIFF8 = 0x600
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}

_Record = tuple[int, bytes]


def biff_kinds(path: Path) -> WorkbookKinds:
    """Look into an old .xls.

    A formula whose result is the empty text and one that nobody calculated look the same. They are
    taken for calculated if any formula of the workbook has a value.
    """
    stream = _stream(path)
    epoch, offsets, percents = _globals(stream)
    found = [_sheet(stream, offset, percents) for offset in offsets]
    calculated = any(sheet.calculated for sheet in found)

    def sheet(index: int) -> SheetKinds:
        if index >= len(found):
            raise KindsError
        if not calculated:
            for row, column in found[index].empty_texts:
                found[index].kinds.mark(row, column, NOT_CALCULATED)
        return found[index].kinds

    return WorkbookKinds(epoch, sheet)


def _stream(path: Path) -> bytes:
    try:
        with olefile.OleFileIO(str(path)) as container:
            for name in ("Workbook", "Book"):
                if container.exists(name):
                    content: bytes = container.openstream(name).read()
                    return content
    except OSError as error:  # so says the library of whatever is wrong with a container
        raise KindsError from error
    raise KindsError


def _records(stream: bytes, offset: int = 0) -> Iterator[_Record]:
    """Yield the records of a substream: from its BOF to its own EOF, without those nested in it."""
    depth = 0
    while offset + 4 <= len(stream):
        code, length = struct.unpack_from("<HH", stream, offset)
        if code == _BOF:
            depth += 1
        if depth == 1:
            yield code, stream[offset + 4 : offset + 4 + length]
        if code == _EOF:
            depth -= 1
            if depth == 0:
                return
        offset += 4 + length


def _globals(stream: bytes) -> tuple[str, list[int], set[int]]:
    """Day 0, where the sheets begin, and the cell styles that show a percentage."""
    epoch, version = EPOCH, _BIFF8
    offsets: list[int] = []
    styles: list[int] = []
    formats = {9, 10}
    for code, data in _records(stream):
        if code == _BOF and len(data) >= 2:
            version = _number(data, 0)
        elif code == _BOUNDSHEET and len(data) >= 4:
            offsets += struct.unpack_from("<I", data)
        elif code == _DATEMODE and data[:1] == b"\x01":
            epoch = EPOCH_1904
        elif code == _XF and len(data) >= 4:
            styles.append(_number(data, 2))
        elif code == _FORMAT and len(data) >= 5 and is_percent(_format(data, version)):
            formats.add(_number(data, 0))
    return epoch, offsets, {number for number, used in enumerate(styles) if used in formats}


def _format(data: bytes, version: int) -> str:
    if version < _BIFF8:
        return data[3:].decode("latin-1")
    return data[5:].decode("utf-16-le" if data[4] & 1 else "latin-1", errors="replace")


def _number(data: bytes, offset: int) -> int:
    return data[offset] | data[offset + 1] << 8


@dataclass
class _Sheet:
    """What was found in a sheet; ``empty_texts`` are formulas without anything to show."""

    kinds: SheetKinds = field(default_factory=SheetKinds)
    calculated: bool = False
    empty_texts: list[tuple[int, int]] = field(default_factory=list)


def _sheet(stream: bytes, offset: int, percents: set[int]) -> _Sheet:
    found = _Sheet()
    uncalculated = False
    for code, data in _records(stream, offset):
        if code in {_NUMBER, _RK}:
            if len(data) >= 6 and _number(data, 4) in percents:
                found.kinds.mark(_number(data, 0), _number(data, 2), PERCENT)
        elif code == _MULRK:
            _percents_of_many(found, data, percents)
        elif code == _FORMULA and len(data) >= 16:
            _formula(found, data, percents, uncalculated=uncalculated)
        elif code == _BOOLERR and len(data) >= 8 and data[7]:
            text = _ERRORS.get(data[6], "#ERROR!")
            found.kinds.mark(_number(data, 0), _number(data, 2), text)
        elif code == _ROW and len(data) >= 14 and _number(data, 12) & _HIDDEN_ROW:
            found.kinds.hidden_rows += _number(data, 4) > _number(data, 2)
        elif code == _COLUMNS and len(data) >= 10 and _number(data, 8) & _HIDDEN_COLUMN:
            found.kinds.hide_columns(_number(data, 0) + 1, _number(data, 2) + 1)
        elif code == _UNCALCED:
            uncalculated = True
    return found


def _percents_of_many(found: _Sheet, data: bytes, percents: set[int]) -> None:
    """A run of numbers in a row: the first column, then a style and a number for each."""
    for place, offset in enumerate(range(4, len(data) - 7, 6)):
        if _number(data, offset) in percents:
            found.kinds.mark(_number(data, 0), _number(data, 2) + place, PERCENT)


def _formula(found: _Sheet, data: bytes, percents: set[int], *, uncalculated: bool) -> None:
    """A formula with its result: a number, or the mark of a text, truth value, error or nothing."""
    row, column, style = (_number(data, offset) for offset in (0, 2, 4))
    result, waits = data[6:14], uncalculated or bool(data[14] & _CALCULATE_ON_LOAD)
    if result[6:] != b"\xff\xff":
        if waits and not any(result):
            found.kinds.mark(row, column, NOT_CALCULATED)
            return
        found.calculated = True
        if style in percents:
            found.kinds.mark(row, column, PERCENT)
    elif result[0] == 3:
        found.empty_texts.append((row, column))
    else:
        found.calculated = True
        if result[0] == 2:
            found.kinds.mark(row, column, _ERRORS.get(result[2], "#ERROR!"))
