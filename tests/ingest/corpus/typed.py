"""Workbooks of typed cells in XLSX, XLS and ODS, written so that each cell says what it is.

A cell is a text, a number or another plain value of Python, or one of the kinds below that a plain
value can't stand for. Nothing here is anybody's data.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

import openpyxl
import xlwt
from openpyxl.cell import Cell
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from tests.ingest.corpus.sheets import ods_package

Rows = Sequence[Sequence[object]]


@dataclass(frozen=True)
class Percent:
    """A number that is shown as a percentage: 0.85 as 85 %."""

    value: float


@dataclass(frozen=True)
class Error:
    """An error, such as #N/A."""

    text: str


@dataclass(frozen=True)
class Formula:
    """A formula and the number that was calculated, or None if nobody did."""

    value: float | None = None


@dataclass(frozen=True)
class EmptyText:
    """A formula whose calculated value is the empty text."""


def typed_xlsx(
    sheets: Mapping[str, Rows],
    *,
    since_1904: bool = False,
    states: Mapping[str, str] | None = None,
    shape: Callable[[openpyxl.Workbook], None] | None = None,
) -> bytes:
    """``states`` are those of sheets (hidden, veryHidden); ``shape`` may do anything more."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    if since_1904:
        book.epoch = CALENDAR_MAC_1904
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        sheet.sheet_state = (states or {}).get(name, "visible")
        for r, row in enumerate(rows, start=1):
            for c, value in enumerate(row, start=1):
                _write_xlsx(sheet.cell(r, c), value)
    if shape:
        shape(book)
    out = io.BytesIO()
    book.save(out)
    return _with_values(out.getvalue())


def _write_xlsx(cell: Cell, value: object) -> None:
    if isinstance(value, Percent):
        cell.value, cell.number_format = value.value, "0.0%"
    elif isinstance(value, Error):
        cell.value, cell.data_type = value.text, "e"
    elif isinstance(value, Formula):
        cell.value = "=1+1" if value.value is None else f"=0+{value.value!r}"
    elif isinstance(value, EmptyText):
        cell.value = '=""&""'
    elif isinstance(value, str):
        cell.value, cell.data_type = value, "s"
    elif value is not None:
        cell.value = value  # type: ignore[assignment]
    if isinstance(value, dt.timedelta):
        cell.number_format = "[h]:mm:ss"


def _with_values(content: bytes) -> bytes:
    """Put the values of calculated formulas into a workbook, as a spreadsheet does on saving."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as whole,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book,
    ):
        for name in whole.namelist():
            part = whole.read(name)
            if name == "xl/workbook.xml":
                part = part.replace(b' fullCalcOnLoad="1"', b"")
            if name.startswith("xl/worksheets/"):
                part = re.sub(rb"<f>0\+([^<]+)</f><v ?/>", rb"<f>0+\1</f><v>\1</v>", part)
                part = re.sub(
                    rb'<c r="(\w+)"><f>""&amp;""</f><v ?/>',
                    rb'<c r="\1" t="str"><f>""&amp;""</f><v></v>',
                    part,
                )
            book.writestr(name, part)
    return out.getvalue()


# --- XLS -------------------------------------------------------------------------------------


class _Calculated(xlwt.Cell.FormulaCell):  # type: ignore[misc]
    """A formula with the number that was calculated."""

    __slots__ = ("result",)

    def get_biff_data(self) -> bytes:
        record: bytes = super().get_biff_data()
        return record[:10] + struct.pack("<d", self.result) + record[18:]


def typed_xls(
    sheets: Mapping[str, Rows],
    *,
    since_1904: bool = False,
    states: Mapping[str, int] | None = None,
    shape: Callable[[xlwt.Workbook], None] | None = None,
) -> bytes:
    """``states`` are those of sheets (1 hidden, 2 very hidden)."""
    book = xlwt.Workbook()
    book.dates_1904 = since_1904
    for name, rows in sheets.items():
        sheet = book.add_sheet(name, cell_overwrite_ok=True)
        sheet.visibility = (states or {}).get(name, 0)
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                _write_xls(book, sheet, r, c, value)
    if shape:
        shape(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


_XLS_FORMATS: Mapping[type, str] = {
    dt.datetime: "dd/mm/yyyy hh:mm:ss",
    dt.date: "dd/mm/yyyy",
    dt.time: "hh:mm:ss",
    dt.timedelta: "[h]:mm:ss",
    Percent: "0.0%",
}


_XLS_ERRORS = {"#DIV/0!": 0x07, "#VALUE!": 0x0F, "#REF!": 0x17, "#NAME?": 0x1D, "#N/A": 0x2A}


def _write_xls(book: xlwt.Workbook, sheet: xlwt.Worksheet, r: int, c: int, value: object) -> None:
    style = xlwt.easyxf(num_format_str=_XLS_FORMATS.get(type(value), "General"))
    if isinstance(value, Error):
        sheet.row(r).set_cell_error(c, _XLS_ERRORS[value.text])
    elif isinstance(value, Formula | EmptyText):
        formula = xlwt.Formula("1+1")
        sheet.write(r, c, formula)
        if isinstance(value, Formula) and value.value is not None:
            cell = _Calculated(r, c, book.add_style(style), formula)
            cell.result = value.value
            sheet.row(r).insert_cell(c, cell)
    elif isinstance(value, dt.timedelta):
        sheet.write(r, c, value.total_seconds() / 86400, style)
    elif isinstance(value, dt.time):
        sheet.write(r, c, (value.hour * 3600 + value.minute * 60 + value.second) / 86400, style)
    elif isinstance(value, Percent):
        sheet.write(r, c, value.value, style)
    elif value is not None:
        sheet.write(r, c, value, style)


# --- ODS -------------------------------------------------------------------------------------


_FILTERED = ' table:visibility="filter"'


def typed_ods(
    sheets: Mapping[str, Rows],
    *,
    since_1904: bool = False,
    hidden: Sequence[str] = (),
    filtered: Sequence[int] = (),
    columns: str = "",
) -> bytes:
    """As LibreOffice writes it, as far as it matters.

    ``hidden`` are names of sheets, ``filtered`` numbers of rows that a filter doesn't show,
    ``columns`` is XML of each sheet's columns.
    """
    null_date = "1904-01-01" if since_1904 else "1899-12-30"
    tables = "".join(
        f'<table:table table:name="{escape(name)}" '
        f'table:style-name="{"ta2" if name in hidden else "ta1"}">{columns}'
        + "".join(
            f"<table:table-row{_FILTERED if number in filtered else ''}>"
            f"{''.join(map(_ods_cell, row))}</table:table-row>"
            for number, row in enumerate(rows, start=1)
        )
        + "</table:table>"
        for name, rows in sheets.items()
    )
    settings = (
        "<table:calculation-settings>"
        f'<table:null-date table:date-value="{null_date}"/></table:calculation-settings>'
    )
    return ods_package(settings + tables)


def _ods_cell(value: object) -> str:
    attributes, shown = _ods_value(value)
    text = f"<text:p>{escape(shown)}</text:p>" if shown else ""
    return f"<table:table-cell {attributes}>{text}</table:table-cell>"


def _ods_value(value: object) -> tuple[str, str]:
    """The attributes of a cell, and the text that is shown."""
    formula = 'table:formula="of:=1+1" ' if isinstance(value, Error | EmptyText | Formula) else ""
    if isinstance(value, Formula):
        value = value.value
    if isinstance(value, Percent):
        return _ods_held("percentage", "value", value.value), f"{value.value:.1%}"
    if isinstance(value, Error):
        return f'{formula}office:value-type="string" calcext:value-type="error"', value.text
    if isinstance(value, EmptyText):
        return formula + _ods_held("string", "string-value", ""), ""
    if value is None or isinstance(value, str):
        return formula if value is None else 'office:value-type="string"', value or ""
    for kind, attribute, types, text in _ODS_KINDS:
        if isinstance(value, types):
            return formula + _ods_held(kind, attribute, text(value)), "as shown"
    raise TypeError(value)


def _ods_held(kind: str, attribute: str, held: object) -> str:
    return f'office:value-type="{kind}" office:{attribute}="{held}"'


def _ods_duration(value: dt.timedelta) -> str:
    minutes, seconds = divmod(round(value.total_seconds()), 60)
    return f"PT{minutes // 60:02d}H{minutes % 60:02d}M{seconds:02d}S"


_ODS_KINDS: Sequence[tuple[str, str, type | tuple[type, ...], Callable[..., str]]] = (
    ("boolean", "boolean-value", bool, lambda value: str(value).lower()),
    ("float", "value", (int, float), repr),
    ("date", "date-value", dt.date, lambda value: value.isoformat()),
    ("time", "time-value", dt.time, lambda value: f"{value:PT%HH%MM%SS}"),
    ("time", "time-value", dt.timedelta, _ods_duration),
)


WRITERS: Mapping[str, Callable[..., bytes]] = {
    "xlsx": typed_xlsx,
    "xls": typed_xls,
    "ods": typed_ods,
}
