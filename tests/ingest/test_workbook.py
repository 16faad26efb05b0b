"""Spreadsheets: cells keep their meaning, damaged numbers stay damaged, hostile ones end soon."""

from __future__ import annotations

import datetime as dt
import time
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlwt

from ingest.dialect import Unreadable, open_grids, read_records
from tests.ingest.conftest import Office

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
    for cell, text in {"C4": "a", "D4": "b", "D6": "y"}.items():
        book.active[cell] = text
    book.save(tmp_path / "b.xlsx")
    with pytest.raises(Unreadable):  # two columns to the left have no name
        read_records(tmp_path / "b.xlsx")
    (grid,) = open_grids(tmp_path / "b.xlsx", tmp_path)
    assert grid.head == (("",), ("",), ("",), ("", "", "a", "b"), ("",), ("", "", "", "y"))


def test_times_and_numbers_of_cells(tmp_path: Path) -> None:
    row = [dt.time(7, 30), dt.datetime(2026, 1, 2, 8, 59, 59), 53.77, 1e15, True, 0.125, 12.0]
    path = xlsx(tmp_path / "b.xlsx", [list("abcdefg"), row])
    assert list(read_records(path).rows[0][1].values()) == [
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
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as parts,
        parts.open("xl/worksheets/sheet9.xml", "w", force_zip64=True) as part,
    ):
        for _ in range(900):
            part.write(b" " * 1_000_000)
    began = time.monotonic()
    with pytest.raises(Unreadable) as error:
        read_records(path)
    assert error.value.reason_code == "file_too_big"
    assert time.monotonic() - began < 5


def test_a_sheet_of_endless_columns_is_refused(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "b.xlsx", [["a"] * 2000])
    with pytest.raises(Unreadable) as error:
        read_records(path)
    assert error.value.reason_code == "file_too_big"
