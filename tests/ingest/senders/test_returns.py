"""What goes back to a sender, and comes back mended."""

from __future__ import annotations

import re
import stat
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from ingest.loading.check import check_file
from ingest.senders import returns
from ingest.senders.mended import MARKS
from ingest.senders.returns import Returns, write_returns
from tests.ingest.conftest import Office, counts

NIP = "198609262015051001"
NIP_2 = "199002022019032002"
TODAY = date(2026, 11, 22)
LEAVE = (
    "nip,date_from,date_to,leave_type,catatan\n"
    f"{NIP},05/01/2026,06/01/2026,cuti,a\n"
    f"{NIP},kemarin,07/02/2026,cuti,=1+1\n"
    f"{NIP_2},25/03/2026,26/03/2026,cuti,-\n"
    "123,05/04/2026,06/04/2026,cuti,@b\n"
)


def returned(office: Office, today: date = TODAY) -> Returns:
    with office.working_file() as conn:
        return write_returns(conn, office.home, today)


def workbooks(office: Office) -> list[Path]:
    return sorted(office.home.returns.rglob("*.xlsx"))


def mend(path: Path, changes: dict[tuple[int, str], str], to: Path) -> bytes:
    """Type into the cells of a workbook (row of the sheet, header), as a sender does."""
    workbook = openpyxl.load_workbook(path)
    sheet = workbook.worksheets[0]
    headers = [cell.value for cell in sheet[1]]
    for (row, header), text in changes.items():
        sheet.cell(row, headers.index(header) + 1).value = text
    workbook.save(to)
    return to.read_bytes()


def test_a_workbook_says_what_to_mend_and_is_private(office: Office) -> None:
    office.put("leave", LEAVE, "cuti 123456789.csv")
    (balance,) = office.load("leave")
    assert returned(office) == Returns(files=1, rows=2)
    (path,) = workbooks(office)
    folder = office.home.returns / "82.71" / "leave"
    assert path.parent == folder
    assert re.fullmatch(rf"cuti \D+-{balance.file_sha256[:12]}\.xlsx", path.name)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {stat.S_IMODE(p.stat().st_mode) for p in (folder, folder.parent)} == {0o700}
    sheet = openpyxl.load_workbook(path).worksheets[0]
    header, first, second = sheet.iter_rows(values_only=True)
    assert header == (*MARKS, "nip", "date_from", "date_to", "leave_type", "catatan")
    assert str(first[0]).startswith("date_from: Tanggal tidak dapat dibaca.")
    assert "The date can't be read" in str(first[0])
    assert first[1:] == (balance.file_sha256, "3", NIP, "kemarin", "07/02/2026", "cuti", "'=1+1")
    assert second[1:] == (
        balance.file_sha256,
        "5",
        "123",
        "05/04/2026",
        "06/04/2026",
        "cuti",
        "'@b",
    )


def test_no_cell_of_a_workbook_can_start_a_formula(office: Office) -> None:
    starts = ("=1+1", "+1", "-1", "@a", "=cmd|' /C calc'!A0")
    rows = "".join(f"{NIP};kemarin;;{start};x\n" for start in starts)
    office.put("leave", f"nip;date_from;date_to;leave_type;=a\n{rows}")
    office.load("leave")
    assert returned(office).rows == len(starts)
    (path,) = workbooks(office)
    for sheet in openpyxl.load_workbook(path).worksheets:
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.value is not None):
            assert cell.data_type == "s"
            assert not str(cell.value).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_a_mended_row_is_loaded_and_its_entry_closes(office: Office, tmp_path: Path) -> None:
    office.put("leave", LEAVE)
    office.load("leave")
    returned(office)
    (path,) = workbooks(office)
    # 05/02 could be either: it is read as the dates of the original file, whose 25/03 tells.
    content = mend(path, {(2, "date_from"): "05/02/2026"}, tmp_path / "a.xlsx")
    office.put("leave", content, "perbaikan.xlsx")
    (back,) = office.load("leave", run_id="run-2")
    assert (back.outcome, counts(back)) == ("loaded", (2, 1, 1, 0, 0))
    assert office.rows(
        "SELECT nip, date_from::VARCHAR FROM raw.leave WHERE month(date_from) = 2"
    ) == [(NIP, "2026-02-05")]
    assert office.rows("SELECT row_number, original_row FROM raw.mended_row ORDER BY 1") == [
        (2, 3),
        (3, 5),
    ]
    # The row that is still wrong is open once: under the workbook that came back.
    assert returned(office) == Returns(files=1, rows=1)
    (again,) = workbooks(office)
    assert again.name.startswith("perbaikan-")
    content = mend(again, {(2, "nip"): NIP_2}, tmp_path / "b.xlsx")
    office.put("leave", content, "perbaikan 2.xlsx")
    (back,) = office.load("leave", run_id="run-3")
    assert counts(back) == (1, 1, 0, 0, 0)
    assert returned(office) == Returns(files=0, rows=0)
    assert workbooks(office) == []
    assert office.rows("SELECT count(*) FROM raw.leave") == [(4,)]
    assert office.rows("SELECT count(*) FROM raw.quarantine") == [(3,)]


def test_taking_back_a_mended_workbook_opens_its_entries_again(
    office: Office, tmp_path: Path
) -> None:
    office.put("leave", LEAVE)
    (first,) = office.load("leave")
    returned(office)
    content = mend(workbooks(office)[0], {(2, "date_from"): "2026-02-05"}, tmp_path / "a.xlsx")
    office.put("leave", content, "perbaikan.xlsx")
    (back,) = office.load("leave", run_id="run-2")
    assert returned(office).rows == 1
    take_back(office, f"{back.file_sha256},")
    office.load("leave", run_id="run-3")
    assert returned(office) == Returns(files=1, rows=2)
    assert workbooks(office)[0].name.endswith(f"{first.file_sha256[:12]}.xlsx")
    take_back(office, f"{back.file_sha256},\n82.71,,,,,{first.file_sha256},5")
    office.load("leave", run_id="run-4")
    assert returned(office) == Returns(files=1, rows=1)


def take_back(office: Office, what: str) -> None:
    (office.home.config / "withdrawals.csv").write_text(
        "government_code,valid_from,valid_to,source,trust,file_sha256,row_number,"
        "reason,decided_by,decided_on\n"
        + "".join(
            f"{line if line.startswith('82') else '82.71,,,,,' + line},salah,Kepala,2026-11-20\n"
            for line in what.split("\n")
        )
    )


def test_attlog_comes_back_although_it_has_no_header(office: Office, tmp_path: Path) -> None:
    good = "        1\t2026-10-03 08:59:01\t1\t0\t1\t0\r\n"
    office.put("attendance", good + "       2\t2026-13-03 08:59:01\t1\t0\t1\t0\r\n", "1_attlog.dat")
    assert office.balance("attendance") == (2, 1, 1, 0, 0)
    returned(office)
    changes = {(2, "Kolom / Column 2"): "2026-10-03 08:59:01"}
    office.put("attendance", mend(workbooks(office)[0], changes, tmp_path / "a.xlsx"), "b.xlsx")
    (back,) = office.load("attendance", run_id="run-2")
    assert (back.layout, counts(back)) == ("attlog", (1, 1, 0, 0, 0))
    assert office.rows("SELECT pin, device_id FROM raw.attendance ORDER BY 1") == [
        ("1", "1"),
        ("2", "1"),
    ]
    assert returned(office) == Returns(0, 0)


def test_a_respondent_goes_and_comes_as_hmac(office: Office, tmp_path: Path) -> None:
    office.put(
        "survey/2026-S1",
        "submitted_at,nama,respondent_id,unit_code,BP1,AK1\n"
        "2026-07-17 08:00:00,Siti,a@b.go.id,11,5,4\n"
        "2026-07-18 08:00:00,Siti,a@b.go.id,11,5,9\n",
    )
    (balance,) = office.load("survey")
    assert counts(balance) == (2, 1, 1, 0, 0)
    returned(office)
    (path,) = workbooks(office)
    assert path.name.endswith(f"-2026-S1-{balance.file_sha256[:12]}.xlsx")
    cells = [str(c) for row in openpyxl.load_workbook(path).worksheets[0].values for c in row]
    assert not [cell for cell in cells if "Siti" in cell or "@" in cell]
    content = mend(path, {(2, "AK1"): "3"}, tmp_path / "a.xlsx")
    office.put("survey/2026-S1", content, "perbaikan.xlsx")
    (back,) = office.load("survey", run_id="run-2")
    assert counts(back) == (1, 1, 0, 0, 0)
    assert office.rows("SELECT count(*), count(DISTINCT respondent_id) FROM raw.survey") == [(2, 1)]
    report = check_file(
        tmp_path / "a.xlsx",
        source="survey",
        government_code="82.71",
        period="2026-S1",
        home=office.home,
    )
    assert report.outcome == "clean"


def test_a_workbook_without_its_original_is_set_aside(office: Office, tmp_path: Path) -> None:
    original = office.put("leave", LEAVE)
    office.load("leave")
    returned(office)
    content = mend(workbooks(office)[0], {}, tmp_path / "a.xlsx")
    original.unlink()
    office.put("leave", content, "perbaikan.xlsx")
    (back,) = office.load("leave", run_id="run-2")
    assert (back.outcome, back.reason_code) == ("set_aside", "original_unknown")


def test_a_workbook_is_only_written_when_its_rows_change(office: Office) -> None:
    office.put("leave", LEAVE)
    office.load("leave")
    returned(office)
    (path,) = workbooks(office)
    before = path.stat().st_mtime_ns
    returned(office)
    assert path.stat().st_mtime_ns == before
    path.write_bytes(b"spoilt")
    returned(office)
    assert openpyxl.load_workbook(path).worksheets[0].max_row == 3


def test_of_very_many_wrong_rows_the_first_go_back(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(returns, "MAX_ROWS", 2)
    rows = "".join(f"{number},x,2026-01-01,cuti\n" for number in range(5))
    office.put("leave", f"nip,date_from,date_to,leave_type\n{rows}")
    office.load("leave")
    assert returned(office).rows == 5
    rows_sheet, notes = openpyxl.load_workbook(workbooks(office)[0]).worksheets
    assert rows_sheet.max_row == 3
    assert "Only the first 2" in str(notes["A2"].value)
