"""Every hazard that files bring: the exact balance, or the reason why the file is set aside."""

from __future__ import annotations

import gzip
import io
import struct
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from ingest.arrivals.landing import scan
from ingest.senders.returns import Returns, write_returns
from tests.ingest.conftest import NOW, Office, counts
from tests.ingest.corpus.sheets import NIPS, text, xls, xlsx, zipped
from tests.sweeps import sweep

HEADER = ["unit_code", "unit_name", "unit_type"]
UNITS: list[list[object]] = [HEADER, ["11.10", "Dinas A", "Dinas"], ["11.2", "Dinas B", "Dinas"]]
CSV = text(UNITS)

# Content, then the exact balance: read, loaded, quarantined, duplicate, skipped.
TAKEN: dict[str, tuple[bytes, tuple[int, int, int, int, int]]] = {
    "UTF-8 with a mark": (b"\xef\xbb\xbf" + CSV, (2, 2, 0, 0, 0)),
    "UTF-16 with a mark": (CSV.decode().encode("utf-16"), (2, 2, 0, 0, 0)),
    "UTF-16 without a mark": (CSV.decode().encode("utf-16-le"), (2, 2, 0, 0, 0)),
    "cp1252": (
        text([*UNITS, ["3", "Caf\u00e9", "UPTD"]]).decode().encode("cp1252"),
        (3, 3, 0, 0, 0),
    ),
    "commas": (text(UNITS, ","), (2, 2, 0, 0, 0)),
    "tabulators": (text(UNITS, "\t"), (2, 2, 0, 0, 0)),
    "bars": (text(UNITS, "|"), (2, 2, 0, 0, 0)),
    "CRLF": (text(UNITS, end="\r\n"), (2, 2, 0, 0, 0)),
    "a quoted line break": (CSV + b'3;"Dinas\nC";Dinas\n', (3, 3, 0, 0, 0)),
    "hundreds of blank rows at the end": (CSV + b";;\n" * 400 + b"\n" * 200, (2, 2, 0, 0, 600)),
    "a banner": (b"PEMERINTAH KOTA;;\nDAFTAR UNIT;;\n\n" + CSV, (2, 2, 0, 0, 0)),
    "a header merged from two rows": (
        xlsx({"A": [["Kode", "", "unit_type"], ["unit_code", "unit_name"], *UNITS[1:]]}),
        (2, 2, 0, 0, 0),
    ),
    "a header in the middle": (CSV + text(UNITS), (4, 2, 0, 2, 1)),
    "a last row of totals": (CSV + b"JUMLAH;2;\n", (2, 2, 0, 0, 1)),
    "two sheets of one kind, columns in another order": (
        xlsx(
            {
                "Petunjuk": [["Isi lembar berikut"]],
                "Dinas": [*UNITS, ["JUMLAH", 2]],
                "Kecamatan": [
                    ["unit_type", "unit_code", "unit_name", "catatan"],
                    ["Kecamatan", "21.1", "Kecamatan X", "baru"],
                    ["Kecamatan", "", "Kecamatan Y", ""],
                    ["JUMLAH"],
                ],
            }
        ),
        (4, 3, 1, 0, 2),
    ),
    "an old workbook": (xls({"A": UNITS}), (2, 2, 0, 0, 0)),
    "a zipped text": (zipped({"folder/": b"", "folder/unit.csv": CSV}), (2, 2, 0, 0, 0)),
    "formulas as text": (
        text([HEADER, ["1", "=1+1", "+cmd|x"], ["@a", "-1", "=A1"]]),
        (2, 2, 0, 0, 0),
    ),
}

REFUSED: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "file_empty"),
    "blank lines only": (b"\n\n \n", "layout_unknown"),
    "PDF": (b"%PDF-1.7\n" + CSV, "not_a_table"),
    "PNG": (b"\x89PNG\r\n\x1a\n" + CSV, "not_a_table"),
    "gzip": (gzip.compress(CSV, mtime=0), "not_a_table"),
    "RAR": (b"Rar!\x1a\x07\x00" + CSV, "not_a_table"),
    "Parquet": (b"PAR1" + CSV, "not_a_table"),
    "JSON": (b'[{"unit_code": "11.01"}]', "not_a_table"),
    "XML": (b"<units><unit code='11.01'/></units>", "not_a_table"),
    "a workbook of the first Excel": (b"\x09\x00\x04\x00" + CSV, "not_a_table"),
    "rows of a web table": (b"<tr><td>unit_code</td></tr>", "web_page"),
    "a web page that calls itself a workbook": (b"<HTML><table><tr><td>1</td></tr>", "web_page"),
    "one endless line": (b"a;b" * 1_500_000, "line_too_long"),
    "one endless line in quotes": (b'"' + b"a;b\n" * 1_500_000, "layout_unknown"),
    "one endless line in UTF-16": (("a;" * 1_500_000).encode("utf-16"), "line_too_long"),
    "half a workbook": (xlsx({"A": UNITS})[:2000], "workbook_unreadable"),
    "a workbook of another program's bytes": (b"PK\x03\x04" + b"\x00" * 500, "workbook_unreadable"),
    "an archive of several files": (zipped({"a.csv": CSV, "b.csv": CSV}), "archive_several"),
    "an archive in an archive": (zipped({"a.zip": zipped({"a.csv": CSV})}), "archive_several"),
    "a damaged sheet beside a whole one": (
        xlsx({"A": UNITS, "B": [["unit_code", "unit_name", "jenis"], ["3", "C", "Dinas"]]}),
        "column_missing",
    ),
}


@pytest.mark.parametrize("name", TAKEN)
def test_a_dialect_is_read_with_its_exact_balance(office: Office, name: str) -> None:
    content, expected = TAKEN[name]
    office.put("units", content, "berkas")
    (balance,) = office.load("units")
    assert (balance.outcome, counts(balance)) == ("loaded", expected)
    if name != "formulas as text":
        found = office.rows("SELECT unit_code FROM raw.units WHERE unit_name LIKE 'Dinas %'")
        assert {("11.10",), ("11.2",)} <= set(found)


def test_what_is_no_table_is_set_aside_with_a_reason(office: Office) -> None:
    for name, (content, _) in REFUSED.items():
        office.put("units", content, name)
    office.put("units", CSV, "baik.csv")
    began = time.monotonic()
    *bad, good = office.load("units")
    nothing = (0, 0, 0, 0, 0)
    assert {one.file_name: (one.outcome, one.reason_code, counts(one)) for one in bad} == {
        name: ("set_aside", reason, nothing) for name, (_, reason) in REFUSED.items()
    }
    assert (good.outcome, counts(good)) == ("loaded", (2, 2, 0, 0, 0))
    assert time.monotonic() - began < 30


def test_rows_of_a_second_sheet_are_numbered_on(office: Office) -> None:
    office.put("units", TAKEN["two sheets of one kind, columns in another order"][0])
    (balance,) = office.load("units")
    assert balance.ignored_columns == ("catatan",)
    assert office.rows("SELECT unit_code, row_number FROM raw.units ORDER BY 2") == [
        ("11.10", 2),
        ("11.2", 3),
        ("21.1", 6),
    ]
    assert office.reasons() == [(7, "value_missing", "unit_code")]


# --- workbooks made to hurt -----------------------------------------------------------------


def _with_sheet(pieces: Callable[[], object]) -> bytes:
    """A workbook whose only sheet is what ``pieces`` yields, however long."""
    whole = zipfile.ZipFile(io.BytesIO(xlsx({"A": UNITS})))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        for name in whole.namelist():
            if name != "xl/worksheets/sheet1.xml":
                book.writestr(name, whole.read(name))
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(
                b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
                b"<sheetData>"
            )
            for piece in pieces():  # type: ignore[attr-defined]
                sheet.write(piece)
            sheet.write(b"</sheetData></worksheet>")
    return out.getvalue()


def _gigabytes() -> object:
    return (b" " * 1_000_000 for _ in range(900))


def _styled_rows() -> object:
    yield b'<row r="1"><c r="A1"><v>1</v></c></row>'
    for start in range(2, 1_000_001, 10_000):
        yield b"".join(
            b'<row r="%d"><c r="A%d" s="1"/><c r="B%d" s="1"/><c r="XFD%d" s="1"/></row>'
            % ((n,) * 4)
            for n in range(start, start + 10_000)
        )


def _long_cells() -> object:
    cell = b"<is><t>" + b"x" * 30_000 + b"</t></is>"
    return (
        b'<row r="%d"><c r="A%d" t="inlineStr">%s</c></row>' % (n, n, cell)
        for n in range(1, 20_000)
    )


def _far_corner() -> object:
    yield b'<row r="1"><c r="A1"><v>1</v></c></row>'
    yield b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'


def _linked() -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in UNITS:
        book.active.append(row)
    book.active["D1"] = "='http://contoh.invalid/[x.xlsx]A'!A1"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _protected() -> bytes:
    """The container of a workbook with a password: two streams instead of a workbook."""
    sector = 512
    names = ["Root Entry", "EncryptionInfo", "EncryptedPackage"]

    def entry(name: str, kind: int, child: int, right: int, start: int) -> bytes:
        written = name.encode("utf-16-le")
        return struct.pack(
            "<64sHBBiii16sI8s8siQ",
            written,
            len(written) + 2,
            kind,
            1,
            -1,
            right,
            child,
            b"",
            0,
            b"",
            b"",
            start,
            4096 if kind == 2 else 0,
        )

    header = struct.pack(
        "<8s16sHHHHH6sIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"",
        0x3E,
        3,
        0xFFFE,
        9,
        6,
        b"",
        0,
        1,
        1,
        0,
        4096,
        0xFFFFFFFE,
        0,
        0xFFFFFFFE,
        0,
    )
    header += struct.pack("<109i", 0, *[-1] * 108)
    table = [-3, -2, *range(3, 10), -2, *range(11, 18), -2]
    fat = struct.pack("<128i", *table, *[-1] * (128 - len(table)))
    folder = entry(names[0], 5, 1, -1, -2) + entry(names[1], 2, -1, 2, 2)
    folder += entry(names[2], 2, -1, -1, 10)
    return header + fat + folder.ljust(sector, b"\0") + b"\x04\x00\x04\x00" + b"\0" * 8188


HOSTILE: dict[str, tuple[Callable[[], bytes], str | None]] = {
    "gigabytes of blanks": (lambda: _with_sheet(_gigabytes), "file_too_big"),
    "a million empty styled rows": (lambda: _with_sheet(_styled_rows), None),
    "cells as long as they get": (lambda: _with_sheet(_long_cells), "file_too_big"),
    "a cell in the far corner": (lambda: _with_sheet(_far_corner), "workbook_too_slow"),
    "links to other workbooks": (_linked, None),
    "a password": (_protected, "file_encrypted"),
}
LIMIT = """
import resource, sys, time
from pathlib import Path
from ingest.reading.dialect import Unreadable, open_grids
began = time.monotonic()
try:
    sum(grid.rows for grid in open_grids(Path(sys.argv[1]), Path(sys.argv[2])))
    reason = "None"
except Unreadable as error:
    reason = error.reason_code
own, child = (resource.getrusage(who).ru_maxrss for who in
              (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
print(reason, time.monotonic() - began, max(own, child))
"""


@pytest.mark.parametrize("name", sweep(HOSTILE, told={*HOSTILE} - {"cells as long as they get"}))
def test_a_hostile_workbook_costs_little(tmp_path: Path, name: str) -> None:
    make, reason = HOSTILE[name]
    path = tmp_path / "buku.xlsx"
    path.write_bytes(make())
    command = [sys.executable, "-c", LIMIT, str(path), str(tmp_path)]
    done = subprocess.run(
        command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True
    )
    found, seconds, kilobytes = done.stdout.split()
    assert found == str(reason)
    assert float(seconds) <= 31
    assert int(kilobytes) <= 1_000_000


# --- files that are not what they seem ------------------------------------------------------


def test_links_out_of_landing_and_names_with_control_characters(
    office: Office, tmp_path: Path
) -> None:
    outside = tmp_path / "rahasia.csv"
    outside.write_bytes(CSV)
    folder = office.put("units", CSV, "baik.csv").parent
    (folder / "tautan.csv").symlink_to(outside)
    (folder / "pipa").symlink_to("/dev/zero")
    office.put("units", text([HEADER, ["9", "Z", "Dinas"]]), "na\x1bma\n\u202e.csv")
    found = scan(office.home)
    assert {one.reason_code for one in found.misplaced} == {"file_link"}
    balances = office.load("units")
    assert all(balance.outcome == "loaded" for balance in balances)
    assert "\x1b" not in "".join(balance.file_name for balance in balances)
    assert office.rows("SELECT count(*) FROM raw.units WHERE unit_code IN ('9', '11.2')") == [(2,)]


def test_control_characters_never_reach_raw(office: Office) -> None:
    controls = ("\x00", "\x0b", "\x1b[31m", "\x7f", "\x85", "\u2028", "\u202e")
    for number, control in enumerate(controls):
        row = f"{number};A{control}B;Dinas"
        office.put("units", f"unit_code;unit_name;unit_type\n{row}\n", f"{number}.csv")
    assert [counts(balance) for balance in office.load("units")] == [(1, 1, 0, 0, 0)] * 7
    names = office.rows("SELECT unit_name FROM raw.units")
    assert len(names) == 7
    assert all(str(name).isprintable() for (name,) in names)


def test_control_characters_do_not_stop_the_returned_workbook(office: Office) -> None:
    good = "        1\t2026-10-03 08:59:01\t1\t0\t1\t0\n"
    office.put("attendance", f"{good}sam\x1bpah\x0b\n", "1_attlog.dat")
    assert office.balance("attendance") == (2, 1, 1, 0, 0)
    with office.working_file() as conn:
        assert write_returns(conn, office.home, NOW.date()) == Returns(1, 1)


def test_damaged_numbers_say_how_to_export_right(office: Office) -> None:
    rows = [["nip", "date_from", "date_to", "leave_type"]]
    rows += [[nip, "2026-01-05", "2026-01-05", "cuti"] for nip in DAMAGED]
    office.put("leave", text(rows))
    assert office.balance("leave") == (len(DAMAGED), 0, len(DAMAGED), 0, 0)
    assert {reason for _, reason, _ in office.reasons()} == {"nip_damaged"}


DAMAGED = ("1,98609E+17", "1.98609262015051E+17", NIPS[0][:15] + "000")
