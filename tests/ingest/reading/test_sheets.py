"""Every sheet is read, or skipped for a stated reason, or sets the file aside; none is lost."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest
import xlwt

from ingest.notes import Note
from tests.ingest.corpus.sheets import NIPS
from tests.ingest.corpus.typed import WRITERS, typed_ods, typed_xls, typed_xlsx
from tests.ingest.one_file import read

CASES = Path(__file__).parents[1] / "corpus" / "cases"
FORMATS = list(WRITERS)
HEADER = ["nip", "timestamp"]


def punches(*days: int, month: int = 10) -> list[list[object]]:
    return [[NIPS[day % 10], f"2026-{month:02d}-{day:02d} 07:20:00"] for day in days]


def skipped(notes: list[Note]) -> dict[str, str]:
    return {note.about: note.reason for note in notes if note.code == "sheet_skipped"}


# --- which sheets are read -------------------------------------------------------------------


def test_a_schedule_is_no_report_of_punches() -> None:
    found = read("attendance", (CASES / "standard_report_jadwal.xls").read_bytes())
    assert found.counts == (18, 18, 0)
    assert skipped(found.told) == {"Jadwal Info": "other_layout", "Stat. Absen": "other_layout"}


def test_a_sheet_for_each_day_of_a_month() -> None:
    found = read("attendance", (CASES / "sheet_per_day_31.xlsx").read_bytes())
    assert found.counts == (62, 62, 0)
    assert [n.about for n in found.told if n.code == "sheet_read"] == [
        f"{d:02d}" for d in range(1, 32)
    ]


@pytest.mark.parametrize("form", FORMATS)
def test_a_sheet_for_each_week_of_a_year(form: str) -> None:
    sheets = {f"M{n}": [HEADER, *punches(n % 28 + 1, month=n % 10 + 1)] for n in range(1, 54)}
    assert read("attendance", WRITERS[form](sheets)).counts == (53, 53, 0)


def test_more_sheets_than_are_read_set_the_file_aside() -> None:
    found = read("attendance", typed_xlsx({f"S{n}": [HEADER, *punches(1)] for n in range(401)}))
    assert (found.balance.outcome, found.balance.reason_code) == ("set_aside", "file_too_big")


def test_a_hidden_sheet_overrides_nothing_and_is_named() -> None:
    found = read("ip_asn", (CASES / "hidden_sheet.xlsx").read_bytes(), "kualifikasi")
    assert found.values == [(15.0,)] * 3
    assert skipped(found.told) == {"lama (jangan dipakai)": "hidden"}


_TWO = {"baru": [HEADER, *punches(1, 2)], "lama": [HEADER, *punches(3)]}


@pytest.mark.parametrize(
    "content",
    [
        typed_xlsx(_TWO, states={"lama": "veryHidden"}),
        typed_xls(_TWO, states={"lama": 1}),
        typed_xls(_TWO, states={"lama": 2}),
        typed_ods(_TWO, hidden=["lama"]),
    ],
)
def test_hidden_and_very_hidden_sheets_of_each_format(content: bytes) -> None:
    found = read("attendance", content)
    assert found.counts == (2, 2, 0)
    assert skipped(found.told) == {"lama": "hidden"}


def test_a_table_only_on_a_hidden_sheet_is_not_guessed_at() -> None:
    content = typed_xlsx({"A": [["Petunjuk"]], "B": _TWO["lama"]}, states={"B": "hidden"})
    balance = read("attendance", content).balance
    assert (balance.outcome, balance.reason_code) == ("set_aside", "layout_unknown")
    assert "hidden sheet not read: B" in balance.detail


def test_charts_and_summaries_are_named() -> None:
    def chart(book: openpyxl.Workbook) -> None:
        book.create_chartsheet("Grafik")

    recap = [["Rekap kehadiran"], ["Unit", "Jumlah"], ["Dinas A", 12], ["Dinas B", 7]]
    content = typed_xlsx({"Rekap": recap, "Data": [HEADER, *punches(1)]}, shape=chart)
    found = read("attendance", content)
    assert found.counts == (1, 1, 0)
    assert skipped(found.told) == {"Rekap": "other_layout", "Grafik": "no_cells"}


# --- rows ------------------------------------------------------------------------------------


def test_rows_of_a_second_sheet_that_is_unfolded_are_numbered_on() -> None:
    found = read("attendance", (CASES / "fingerspot_two_sheets.xls").read_bytes())
    assert found.refused == [(12, "timestamp_invalid", "timestamp")]
    assert Note("sheet_rows", "November: 8-14") in found.told


@pytest.mark.parametrize("form", FORMATS)
def test_numbers_go_on_behind_blank_rows_and_banners(form: str) -> None:
    first = [["ABSENSI"], [], HEADER, *punches(1, 2)]
    second = [[], ["ABSENSI"], HEADER, *punches(3), [NIPS[0], "kemarin"]]
    found = read("attendance", WRITERS[form]({"Satu": first, "Dua": second}))
    assert found.refused == [(10, "timestamp_invalid", "timestamp")]
    assert Note("sheet_rows", "Dua: 6-10") in found.told


def _hide_xlsx(book: openpyxl.Workbook) -> None:
    book.worksheets[0].row_dimensions[3].hidden = True


def _hide_columns_xlsx(book: openpyxl.Workbook) -> None:
    book.worksheets[0].column_dimensions["B"].hidden = True


def _hide_columns_xls(book: xlwt.Workbook) -> None:
    book.get_sheet(0).col(1).hidden = True


def _hide_xls(book: xlwt.Workbook) -> None:
    book.get_sheet(0).row(2).hidden = True


def test_hidden_rows_are_read_and_told() -> None:
    table = {"A": [HEADER, *punches(1, 2, 3)]}
    for content in (
        typed_xlsx(table, shape=_hide_xlsx),
        typed_xls(table, shape=_hide_xls),
        typed_ods(table, filtered=[3]),
    ):
        found = read("attendance", content)
        assert found.counts == (3, 3, 0)
        assert Note("rows_hidden", "A", count=1) in found.told


def test_hidden_columns_are_read_and_told() -> None:
    table = {"A": [HEADER, *punches(1, 2, 3)]}
    columns = '<table:table-column/><table:table-column table:visibility="collapse"/>'
    for content in (
        typed_xlsx(table, shape=_hide_columns_xlsx),
        typed_xls(table, shape=_hide_columns_xls),
        typed_ods(table, columns=columns),
    ):
        found = read("attendance", content)
        assert found.counts == (3, 3, 0)
        assert Note("columns_hidden", "A", rows="2") in found.balance.notes


# --- sheets that go on -----------------------------------------------------------------------


def test_a_sheet_that_goes_on_without_a_header_is_read() -> None:
    found = read("attendance", (CASES / "continued_without_header.xls").read_bytes())
    assert found.counts == (10, 10, 0)
    assert Note("sheet_goes_on", "Sheet2") in found.told


@pytest.mark.parametrize("form", FORMATS)
def test_sheets_that_go_on_in_each_format(form: str) -> None:
    day = dt.datetime(2026, 10, 5, 7, 20)
    sheets = {
        "1": [["nip", "timestamp", "device_id"], [NIPS[0], day, 1], [NIPS[1], day, 1]],
        "2": [[NIPS[2], day, 2], [NIPS[3], day, 1]],
        "3": [[NIPS[4], day, 2]],
    }
    found = read("attendance", WRITERS[form](sheets))
    assert (found.counts, found.refused) == ((5, 5, 0), [])


def test_a_report_of_scans_that_goes_on() -> None:
    header = ["No", "No ID", "NIK", "Nama", "Tanggal", "Scan Masuk", "Scan Pulang"]
    row = ["1", "1", "-", "PEGAWAI", "13/10/2026", "07:30", "16:00"]
    found = read(
        "attendance", typed_xls({"A": [header, row], "B": [[*row[:4], "14/10/2026", *row[5:]]]})
    )
    assert found.counts == (4, 4, 0)


@pytest.mark.parametrize("form", FORMATS)
def test_a_sheet_that_perhaps_goes_on_sets_the_file_aside(form: str) -> None:
    sheets = {
        "Oktober": [HEADER, *punches(1, 2)],
        "November": [["rekap"], *punches(3, 4)],
    }
    balance = read("attendance", WRITERS[form](sheets)).balance
    assert (balance.outcome, balance.reason_code) == ("set_aside", "sheet_unclear")
    assert balance.detail == "November"


# --- two tables on one sheet -----------------------------------------------------------------


@pytest.mark.parametrize("form", FORMATS)
def test_a_second_table_below_the_first_sets_the_file_aside(form: str) -> None:
    table = [
        ["nip", "kualifikasi", "kompetensi", "kinerja", "disiplin"],
        [NIPS[0], 15, 20, 25, 5],
        [],
        ["NIP", "Disiplin", "Kinerja", "Kompetensi", "Kualifikasi"],
        [NIPS[1], 5, 25, 20, 15],
    ]
    balance = read("ip_asn", WRITERS[form]({"A": table})).balance
    assert (balance.outcome, balance.reason_code) == ("set_aside", "table_second")
    assert "4" in balance.detail


def test_the_same_header_again_is_skipped() -> None:
    table = [HEADER, *punches(1), ["NIP", "Timestamp"], *punches(2)]
    found = read("attendance", typed_xlsx({"A": table}))
    assert found.counts == (2, 2, 0)


# --- sheets beside each other that only one layout can read ------------------------------------


def test_sheets_of_two_layouts_set_the_file_aside() -> None:
    scans = [
        ["No. ID", "Nama", "Tanggal", "Scan Masuk", "Scan Pulang"],
        ["1", "PEGAWAI", "14/10/2026", "07:30", "16:00"],
    ]
    for form in FORMATS:
        content = WRITERS[form]({"Mesin": scans, "Tambahan": [HEADER, *punches(5)]})
        balance = read("attendance", content).balance
        assert (balance.reason_code, balance.detail) == ("sheets_differ", "Mesin, Tambahan")


def test_an_instrument_beside_its_answers_sets_the_file_aside() -> None:
    answers = [["submitted_at", "unit_code", "P1"], ["2025-03-05 09:00:00", "11.01", 3]]
    scale = [["column", "behaviour_code", "scale_max"], ["P1", "BP1", 4]]
    answers[0][2] = "BP1"
    content = WRITERS["xlsx"]({"Jawaban": answers, "Instrumen": scale})
    assert read("survey", content).balance.reason_code == "sheets_differ"


@pytest.mark.parametrize("form", FORMATS)
def test_a_table_with_a_header_is_no_record_of_a_device(form: str) -> None:
    table = [["nip", "waktu"], *punches(5, 6)]
    balance = read("attendance", WRITERS[form]({"A": table})).balance
    assert (balance.outcome, balance.reason_code) == ("set_aside", "layout_unknown")
    beside = read("attendance", WRITERS[form]({"A": table, "B": [HEADER, *punches(7)]})).balance
    assert (beside.reason_code, beside.detail) == ("sheet_unclear", "A")


def test_two_tables_beside_each_other_are_not_chosen_from() -> None:
    table = [
        [*HEADER, "", *HEADER],
        *([*a, "", *b] for a, b in zip(punches(5), punches(6), strict=False)),
    ]
    assert read("attendance", WRITERS["xlsx"]({"A": table})).balance.reason_code == "column_twice"


@pytest.mark.parametrize("form", FORMATS)
def test_a_sheet_that_goes_on_in_other_columns_sets_the_file_aside(form: str) -> None:
    more = [row[::-1] for row in punches(7, 8)]
    balance = read("attendance", WRITERS[form]({"A": [HEADER, *punches(5, 6)], "B": more})).balance
    assert (balance.reason_code, balance.detail) == ("sheet_unclear", "B")
