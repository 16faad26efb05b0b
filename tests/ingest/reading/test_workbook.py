"""Spreadsheets: cells keep their meaning, damaged numbers stay damaged, hostile ones end soon."""

from __future__ import annotations

import datetime as dt
import time
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlwt

from ingest.reading.cells import plain_text
from ingest.reading.dialect import open_grids
from ingest.reading.records import read_records
from ingest.reasons import REASONS, Unreadable
from tests.ingest.conftest import Office
from tests.ingest.corpus.sheets import text, zipped
from tests.ingest.corpus.typed import WRITERS
from tests.ingest.one_file import read

CASES = Path(__file__).parents[1] / "corpus" / "cases"

NIP = "198609262015051001"
ROWS: list[list[object]] = [
    [],
    ["DAFTAR PEGAWAI"],
    ["nip", "name", "unit_code", "employee_type", "valid_from", "valid_to"],
    [NIP, "A", "11.10", "PNS", dt.date(2024, 2, 1), None],
    [int(NIP), "B", "11.2", "PNS", dt.datetime(2024, 2, 1), None],
    ["199002022019032002", "C", 11, "PPPK", "17 Juli 2024", 45852],
    ["Jumlah", 3],
]


def xlsx(path: Path, rows: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    book.create_sheet("kosong", 0)
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def xls(path: Path, rows: list[list[object]]) -> Path:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Lembar")
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            if isinstance(cell, dt.date):
                sheet.write(r, c, cell, day)
            elif cell is not None:
                sheet.write(r, c, cell)
    book.save(str(path))
    return path


@pytest.mark.parametrize("write", [xlsx, xls])
def test_a_workbook_loads_like_a_text(office: Office, tmp_path: Path, write: object) -> None:
    assert callable(write)
    content = write(tmp_path / "buku", ROWS).read_bytes()
    office.put("employees", content, "data tanpa nama yang jelas")
    assert office.balance("employees") == (3, 2, 1, 0, 1)
    assert office.reasons() == [(5, "nip_damaged", "nip")]
    assert office.rows(
        "SELECT row_number, unit_code, valid_from::VARCHAR, valid_to::VARCHAR "
        "FROM raw.employees ORDER BY 1"
    ) == [(4, "11.10", "2024-02-01", None), (6, "11", "2024-07-17", "2025-07-14")]


def test_a_table_that_begins_in_the_middle_of_the_sheet(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for cell, content in {"C4": "a", "D4": "b", "D6": "y"}.items():
        book.active[cell] = content
    book.save(tmp_path / "b.xlsx")
    with pytest.raises(Unreadable):  # two columns to the left have no name
        read_records(tmp_path / "b.xlsx", tmp_path)
    (grid,) = open_grids(tmp_path / "b.xlsx", tmp_path)
    assert grid.head == (("",), ("",), ("",), ("", "", "a", "b"), ("",), ("", "", "", "y"))


def test_times_and_numbers_of_cells(tmp_path: Path) -> None:
    row = [dt.time(7, 30), dt.datetime(2026, 1, 2, 8, 59, 59), 53.77, 1e15, True, 0.125, 12.0]
    path = xlsx(tmp_path / "b.xlsx", [list("abcdefg"), row])
    assert [plain_text(cell) for cell in read_records(path, tmp_path).rows[0][1].values()] == [
        "07:30:00",
        "2026-01-02 08:59:59",
        "53.77",
        "1.00000000000000E+15",
        "TRUE",
        "0.125",
        "12",
    ]


def test_the_sheet_that_fits_is_read(office: Office, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["Petunjuk pengisian"])
    book.create_sheet("Data").append(["unit_code", "unit_name", "unit_type"])
    book["Data"].append(["1", "A", "Dinas"])
    book.save(tmp_path / "b.xlsx")
    office.put("units", (tmp_path / "b.xlsx").read_bytes(), "b.xlsx")
    assert office.balance("units") == (1, 1, 0, 0, 0)


def test_a_workbook_that_expands_to_gigabytes_is_refused_unopened(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "b.xlsx", [["a", "b"], [1, 2]])
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as parts,
        parts.open("xl/worksheets/sheet9.xml", "w", force_zip64=True) as part,
    ):
        for _ in range(900):
            part.write(b" " * 1_000_000)
    began = time.monotonic()
    with pytest.raises(Unreadable) as error:
        read_records(path, tmp_path)
    assert error.value.reason_code == "file_too_big"
    assert time.monotonic() - began < 5


def test_a_sheet_of_endless_columns_is_refused(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "b.xlsx", [["a"] * 2000])
    with pytest.raises(Unreadable) as error:
        read_records(path, tmp_path)
    assert error.value.reason_code == "file_too_big"


_ROW = b"<tr><td>198609262015051001</td><td>2026-10-05 07:20:00</td></tr>"
_SPREADSHEET = "urn:schemas-microsoft-com:office:spreadsheet"
_XML = '<?xml version="1.0"?>'
WEB_PAGES = {
    "case": (CASES / "html_table.xls").read_bytes(),
    "table": b"<table><tr><th>nip</th><th>timestamp</th></tr>" + _ROW + b"</table>",
    "page": b"\xef\xbb\xbf\r\n<!DOCTYPE html><html><body><table>" + _ROW,
    "office": b'<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head>' + _ROW,
    "xhtml": f'{_XML}<html xmlns:ss="{_SPREADSHEET}">'.encode(),
    "style first": b"<style>td{}</style><table>" + _ROW,
    "comment first": b"<!-- laporan -->\n<table>" + _ROW,
    "UTF-16": "<html><table><tr><td>1</td></tr></table>".encode("utf-16"),
    "MHTML": b"MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\n\r\n" + _ROW,
}
_PROGRAM = '<?mso-application progid="Excel.Sheet"?>'
XML_WORKBOOKS = {
    "bare": (CASES / "spreadsheetml.xls").read_bytes(),
    "of Excel": f'{_XML}{_PROGRAM}<Workbook xmlns="{_SPREADSHEET}">'.encode(),
    "UTF-16": f'{_XML}<Workbook xmlns="{_SPREADSHEET}">'.encode("utf-16"),
    "flat ODF": f'{_XML}<office:document xmlns:office="urn:oasis:names:tc:...:1.0">'.encode(),
}


@pytest.mark.parametrize("kind", WEB_PAGES)
def test_a_web_page_is_named_as_what_it_is(kind: str) -> None:
    balance = read("attendance", WEB_PAGES[kind]).balance
    assert (balance.outcome, balance.reason_code) == ("set_aside", "web_page")
    assert "XLSX" in REASONS["web_page"].next_en


@pytest.mark.parametrize("kind", XML_WORKBOOKS)
def test_a_workbook_in_one_xml_file_is_named_as_what_it_is(kind: str) -> None:
    assert read("attendance", XML_WORKBOOKS[kind]).balance.reason_code == "workbook_xml"
    assert "XLSX" in REASONS["workbook_xml"].next_en


def test_the_binary_kind_is_named_as_what_it_is() -> None:
    content = zipped({"[Content_Types].xml": b"<Types/>", "xl/workbook.bin": b"\x83\x01\x00"})
    assert read("attendance", content).balance.reason_code == "workbook_binary"


def test_what_is_called_xls_and_is_text_is_read_as_text() -> None:
    table = text([["nip", "timestamp"], [NIP, "2026-10-05 07:20:00"]], "\t")
    assert read("attendance", table).counts == (1, 1, 0)


def test_a_part_that_declares_entities_is_refused(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "b.xlsx", [["a", "b"], ["=1+1", 2]])
    bomb = b'<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa">]>'
    out = tmp_path / "bom.xlsx"
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(out, "w") as book:
        for name in whole.namelist():
            part = whole.read(name)
            book.writestr(name, bomb + part if name == "xl/styles.xml" else part)
    with pytest.raises(Unreadable) as error:
        read_records(out, tmp_path)
    assert error.value.reason_code == "workbook_unreadable"


def test_a_number_that_goes_back_to_its_sender_can_be_read_one_way_only() -> None:
    rows = [[NIP, 85.125, "x"], ["199002022019032002", "90,5", "5"]]
    found = read("ip_asn", WRITERS["xlsx"]({"A": [["nip", "skp_score", "total"], *rows]}))
    assert found.raw_texts == [f"{NIP}\t85.1250\tx"]
