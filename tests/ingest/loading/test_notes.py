"""What was ignored or decided about a delivery is told, and stored with it."""

from __future__ import annotations

import pytest

from ingest.notes import Note, from_json, has_words, of_deliveries, ranges, to_json, told
from tests.ingest.conftest import Office
from tests.ingest.corpus import makers
from tests.ingest.corpus.sheets import NIPS, xlsx


def notes_of(office: Office, source: str) -> list[Note]:
    """The notes of the only delivery, held against those that were stored with it."""
    (balance,) = office.load(source)
    with office.working_file() as conn:
        assert of_deliveries(conn) == {balance.key: balance.notes}
    assert all(map(has_words, balance.notes)), balance.notes
    return list(balance.notes)


def test_a_text_file_tells_its_layout_its_bytes_and_what_was_left_out(office: Office) -> None:
    office.put(
        "leave",
        "Cuti\nnip;date_from;date_to;leave_type;catatan 198609262015051001\n"
        f"{NIPS[0]};13/01/2026;14/01/2026;cuti;a\n\n"
        "nip;date_from;date_to;leave_type;catatan\n"
        f"{NIPS[1]};13/01/2026;14/01/2026;cuti;a\n;;;;\nJUMLAH;;;;\n",
    )
    assert notes_of(office, "leave") == [
        Note("layout", choice="canonical"),
        Note("text", choice="utf-8", reason="semicolon"),
        Note("header", choice="below_title", rows="2"),
        Note("date_order", "date_from", "day_first", "cells"),
        Note("date_order", "date_to", "day_first", "cells"),
        Note("column_ignored", f"catatan {'*' * 18}"),
        Note("rows_skipped", reason="blank", count=2, rows="4, 7"),
        Note("rows_skipped", reason="repeated_header", count=1, rows="5"),
        Note("rows_skipped", reason="total_row", count=1, rows="8"),
    ]


def test_a_workbook_tells_which_sheets_were_read(office: Office) -> None:
    table = [["nip", "date", "start_time", "end_time"], [NIPS[0], "2026-01-05", "07:30", "16:00"]]
    sheets = {"Januari": table, "Catatan": [["x"]], "Feb": [["Shift"], *table]}
    office.put("rosters", xlsx(sheets), "r.xlsx")
    assert notes_of(office, "rosters") == [
        Note("layout", choice="canonical"),
        Note("sheet_rows", "Feb: 3-5"),
        Note("sheet_read", "Januari"),
        Note("header", "Januari", "first_row", rows="1"),
        Note("sheet_read", "Feb"),
        Note("header", "Feb", "below_title", rows="2"),
        Note("sheet_skipped", "Catatan", reason="other_layout"),
    ]


def test_a_survey_tells_its_zone_and_the_decimal_sign_is_told(office: Office) -> None:
    office.put("survey/2026-S1", "submitted_at,unit_code,BP1\n2026-07-17 08:00:00,11,5\n")
    assert Note("zone", "submitted_at", "Asia/Jayapura", "office") in notes_of(office, "survey")
    office.put("official", "index_code;year;value\nip_asn;2025;85,5\n")
    (balance,) = office.load("official")
    assert Note("decimal_sign", "value", "comma", "cells") in balance.notes


def test_columns_that_nothing_keeps_or_names_are_told(office: Office) -> None:
    office.put("ip_asn/2024", makers.pip_asn_with_numbers(), "pip.xlsx")
    (balance,) = office.load("ip_asn")
    told = [(note.code, note.about) for note in balance.notes if note.kind == "ignored"]
    assert told == [
        ("column_ignored", "Nama Jabatan"),
        ("column_not_kept", "Nama"),
        ("column_not_kept", "Satuan Kerja"),
    ]
    office.put("attendance", "1\t2026-10-03 08:59:01\t1\t0\t1\t0\n", "1_attlog.dat")
    (balance,) = office.load("attendance")
    assert balance.notes[-1] == Note("column_unnamed", rows="4-6")


def test_a_column_without_a_header_is_told_where_anything_stands_in_it(office: Office) -> None:
    row = f"{NIPS[0]},x,2026-01-05,,2026-01-06,cuti\n"
    office.put("leave", f"nip,,date_from,,date_to,leave_type\n{row}")
    (balance,) = office.load("leave")
    assert balance.notes[-1] == Note("column_unnamed", rows="2")


def test_a_survey_tells_the_scales_that_it_was_read_by(office: Office) -> None:
    office.put("survey/2026-S1", "column,behaviour_code,scale_max\nBP1,BP1,6\n", "i.csv")
    office.put("survey/2026-S1", "submitted_at,unit_code,BP1,BP2\n2026-07-17 08:00:00,11,6,5\n")
    _, survey = office.load("survey")
    assert [n for n in survey.notes if n.code == "scale"] == [
        Note("scale", choice="1–6", reason="instrument", count=1),
        Note("scale", choice="1–5", reason="usual", count=1),
    ]


def test_a_note_says_what_it_means_in_both_languages_and_shows_no_number() -> None:
    title = Note("header", "Oktober", "below_title", rows="4")
    note = Note("sheet_skipped", "Absen 198609262015051001\x1b", reason="hidden")
    assert note.text.id == f"Lembar tidak dibaca: Absen {'*' * 18}? (lembar tersembunyi)"
    assert note.text.en == f"Sheet not read: Absen {'*' * 18}? (a hidden sheet)"
    assert note.kind == "ignored"
    columns = [Note("column_ignored", name) for name in ("A", "B")]
    assert [t.en for t in told([note, *columns, title], "ignored")] == [
        note.text.en,
        "Column not read: A; B",
    ]
    assert title.text.en == "Header in row 4 (Oktober); what stands above is not read"
    assert Note("header", choice="first_row", rows="1").text.id == "Kepala kolom di baris 1"
    assert Note("layout", choice="fingerspot").text.id == "Tata letak: Laporan Fingerspot"
    assert len(Note("column_ignored", "Seberapa setuju Anda? " * 20).about) == 100
    assert from_json(to_json([note])) == (note,)
    assert Note("of another version", "a", reason="b").text.id == "of another version a b"
    assert not has_words(Note("sheet_skipped", "a", reason="no such reason"))
    assert not has_words(Note("date_order", "a", choice="no such choice", reason="cells"))


@pytest.mark.parametrize(
    ("numbers", "text"),
    [([], ""), ([3], "3"), ([1, 2, 3, 7, 9, 10], "1-3, 7, 9-10"), ([1, 3, 5, 7], "1, 3, …")],
)
def test_row_numbers_are_written_as_ranges(numbers: list[int], text: str) -> None:
    assert ranges(numbers, limit=2 if len(numbers) == 4 else 10) == text
