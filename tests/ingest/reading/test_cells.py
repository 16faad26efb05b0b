"""A cell keeps what the workbook says of it: its kind decides, never the look of its neighbours."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from ingest.notes import Note
from tests.ingest.corpus.sheets import NIPS, text
from tests.ingest.corpus.typed import WRITERS, EmptyText, Error, Formula, Percent
from tests.ingest.one_file import read
from tests.sweeps import crossed

CASES = Path(__file__).parents[1] / "corpus" / "cases"
FORMATS = list(WRITERS)


def scores(name: str, *cells: object) -> list[list[object]]:
    """A table of IP-ASN with one column of scores beside the employee numbers."""
    rows = [[nip, cell] for nip, cell in zip(NIPS, cells, strict=False)]
    return [["nip", name], *rows]


# --- numbers ---------------------------------------------------------------------------------


def test_a_number_is_a_number_whatever_its_neighbours_look_like() -> None:
    content = (CASES / "number_cell_and_comma_text.xlsx").read_bytes()
    found = read("ip_asn", content, "skp_score", "technical_training_jp")
    assert found.values == [(85.125, 20.0), (90.5, 24.125), (92.0, 20.0)]
    assert found.refused == [(4, "number_invalid", "seminars")]  # 1.125 seminars, not 1125


@pytest.mark.parametrize(
    ("form", "cells", "expected"),
    crossed(
        FORMATS,
        [
            ((85.125, "90,5", "88,25"), [85.125, 90.5, 88.25]),
            ((85.125, "1.234,5"), [85.125, 1234.5]),
            ((1.0, 0.125, "0,5"), [1.0, 0.125, 0.5]),
            ((123.456, "90.5", "1,234.5"), [123.456, 90.5, 1234.5]),
            ((Formula(85.125), "90,5"), [85.125, 90.5]),
        ],
    ),
)
def test_numbers_beside_texts(form: str, cells: tuple[object, ...], expected: list[float]) -> None:
    table = scores("technical_training_jp", *cells)
    found = read("ip_asn", WRITERS[form]({"A": table}), "technical_training_jp")
    assert (found.values, found.refused) == ([(value,) for value in expected], [])


@pytest.mark.parametrize("form", FORMATS)
def test_cells_that_are_numbers_say_nothing_about_texts(form: str) -> None:
    table = scores("technical_training_jp", 90.5, 88.25, "3.252", "1.234,5")
    found = read("ip_asn", WRITERS[form]({"A": table}), "technical_training_jp")
    assert found.values == [(90.5,), (88.25,), (3252.0,), (1234.5,)]


@pytest.mark.parametrize("others", [["95,5", "88,25"], ["1.234,5"], ["95.5"], []])
def test_no_score_of_an_appraisal_is_thousands(others: list[str]) -> None:
    found = read("ip_asn", text(scores("skp_score", "95.125", *others)), "skp_score")
    assert found.values[0] == (95.125,)


@pytest.mark.parametrize(
    ("form", "cell", "reason"),
    crossed(
        FORMATS,
        [
            (Percent(0.85), "number_invalid"),
            (Error("#DIV/0!"), "cell_error"),
            (Error("#N/A"), "cell_error"),
            (Formula(), "cell_not_calculated"),
            (dt.date(2026, 5, 3), "number_invalid"),  # what a spreadsheet made of 3.5
            (dt.time(8, 30), "number_invalid"),
            (True, "number_invalid"),
        ],
    ),
)
def test_what_is_no_number_is_refused(form: str, cell: object, reason: str) -> None:
    found = read("ip_asn", WRITERS[form]({"A": scores("skp_score", 80, cell)}), "skp_score")
    assert (found.values, found.refused) == ([(80.0,)], [(3, reason, "skp_score")])
    assert not any(set(raw) & set("\x02\x03\x04\x05") for raw in found.raw_texts)


def test_errors_in_a_text_file_are_errors_too() -> None:
    cells = ["#N/A", "#REF!", "Err:502", "########", "#NAME?"]
    found = read(
        "units", text([["unit_code", "unit_name", "unit_type"]] + [[c, "A", "UPTD"] for c in cells])
    )
    assert {reason for _, reason, _ in found.refused} == {"cell_error"}
    assert found.counts == (5, 0, 5)


# --- formulas --------------------------------------------------------------------------------


def test_formulas_that_nobody_calculated_refuse_the_row() -> None:
    found = read("ip_asn", (CASES / "formulas_never_calculated.xlsx").read_bytes())
    assert found.refused == [(row, "cell_not_calculated", "kompetensi") for row in range(2, 6)]


@pytest.mark.parametrize("form", FORMATS)
def test_a_formula_whose_value_is_the_empty_text_is_an_empty_cell(form: str) -> None:
    table = [["nip", "skp_score", "total"], [NIPS[0], 80, EmptyText()], [NIPS[1], Formula(90.0), 1]]
    found = read("ip_asn", WRITERS[form]({"A": table}), "skp_score", "total")
    assert (found.values, found.refused) == ([(80.0, None), (90.0, 1.0)], [])


@pytest.mark.parametrize("form", FORMATS)
def test_a_column_that_nothing_reads_may_hold_errors(form: str) -> None:
    table = [
        ["nip", "skp_score", "catatan"],
        [NIPS[0], 80, Error("#REF!")],
        [NIPS[1], 90, Formula()],
    ]
    found = read("ip_asn", WRITERS[form]({"A": table}), "skp_score")
    assert found.values == [(80.0,), (90.0,)]


@pytest.mark.parametrize("form", FORMATS)
def test_rows_of_formulas_below_all_values_are_seen(form: str) -> None:
    """The last row, and the last column, hold nothing but formulas without a value."""
    table = [["nip", "skp_score", "total"], [NIPS[0], 80, Formula()], [Formula(), Formula(), None]]
    found = read("ip_asn", WRITERS[form]({"A": table}))
    assert [row for row, *_ in found.refused] == [2, 3]
    assert {reason for _, reason, _ in found.refused} == {"cell_not_calculated"}


# --- codes -----------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMATS)
def test_a_code_that_became_a_number_or_a_date_is_refused(form: str) -> None:
    codes: list[object] = ["11.10", 11.1, 11, dt.date(2026, 10, 11), dt.time(11, 10), True]
    table = [["unit_code", "unit_name", "unit_type"]] + [[code, "A", "UPTD"] for code in codes]
    found = read("units", WRITERS[form]({"A": table}), "unit_code")
    assert found.values == [("11.10",), ("11",)]
    assert found.refused == [(row, "code_is_number", "unit_code") for row in (3, 5, 6, 7)]
    assert Note("codes_as_numbers", "unit_code", count=2) in found.balance.notes


@pytest.mark.parametrize("form", FORMATS)
def test_employee_numbers_and_pins(form: str) -> None:
    table = [
        ["nip", "pin"],
        [NIPS[0], 12],
        [int(NIPS[1]), "13"],
        [float(NIPS[2]), 14],
        [NIPS[3], "007"],
    ]
    found = read("devices", WRITERS[form]({"A": table}), "nip", "pin")
    assert found.values == [(NIPS[0], "12"), (NIPS[3], "7")]
    assert found.refused == [(3, "nip_damaged", "nip"), (4, "nip_damaged", "nip")]


# --- dates and times -------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("since_1904", [False, True])
def test_dates_times_and_their_serials(form: str, since_1904: bool) -> None:
    day = dt.date(2026, 10, 5)
    serial = (day - (dt.date(1904, 1, 1) if since_1904 else dt.date(1899, 12, 30))).days
    cells: list[list[object]] = [
        [NIPS[0], day, dt.time(7, 30), dt.time(16, 0)],
        [NIPS[1], serial, 0.25, 0.75],
        [NIPS[2], "5 Oktober 2026", dt.time(16, 0), dt.timedelta(hours=24)],
        [NIPS[3], dt.datetime(2026, 10, 5), 0.3541666666666667, dt.timedelta(hours=16, minutes=30)],
    ]
    table = [["nip", "date", "start_time", "end_time"], *cells]
    content = WRITERS[form]({"A": table}, since_1904=since_1904)
    found = read("rosters", content, "date", "start_time", "end_time")
    assert found.refused == []
    assert found.values == [
        (day, dt.time(7, 30), dt.time(16, 0)),
        (day, dt.time(6, 0), dt.time(18, 0)),
        (day, dt.time(16, 0), dt.time(0, 0)),
        (day, dt.time(8, 30), dt.time(16, 30)),
    ]


@pytest.mark.parametrize(
    ("form", "cell"),
    crossed(
        FORMATS, [7.3, dt.timedelta(hours=30), Percent(0.25), Error("#N/A"), dt.date(2026, 7, 30)]
    ),
)
def test_what_is_no_time_of_day_is_refused(form: str, cell: object) -> None:
    table = [
        ["nip", "date", "start_time", "end_time"],
        [NIPS[0], dt.date(2026, 10, 5), cell, "16:00"],
    ]
    found = read("rosters", WRITERS[form]({"A": table}))
    assert [(row, column) for row, _, column in found.refused] == [(2, "start_time")]


def test_midnight_at_the_end_of_a_shift_of_an_ods() -> None:
    found = read("rosters", (CASES / "roster_24_hours.ods").read_bytes(), "start_time", "end_time")
    assert found.values == [
        (dt.time(16, 0), dt.time(0, 0)),
        (dt.time(8, 0), dt.time(16, 0)),
    ]


SCANS = ["No", "No ID", "NIK", "Nama", "Tanggal", "Scan Masuk", "Scan Pulang"]


def scans(*rows: tuple[object, object, object]) -> list[list[object]]:
    return [SCANS, *([n, n, "-", "A", *row] for n, row in enumerate(rows, start=1))]


def test_fractions_of_a_day_in_a_text_file() -> None:
    found = read("attendance", (CASES / "fingerspot_fractions.csv").read_bytes(), "timestamp")
    day = dt.date(2026, 10, 14)
    times = [dt.time(6), dt.time(18), dt.time(6), dt.time(12), dt.time(7, 30), dt.time(16)]
    assert found.values == [(dt.datetime.combine(day, time),) for time in times]


def test_a_fraction_that_may_be_a_time_after_midnight_is_refused() -> None:
    table = scans(("14/10/2026", "7.30", "16.05"), ("15/10/2026", "0.25", "16.05"))
    found = read("attendance", text(table), "timestamp")
    assert found.refused == [(3, "timestamp_invalid", "timestamp")]
    assert found.counts == (4, 3, 1)


@pytest.mark.parametrize("form", FORMATS)
def test_scans_as_typed_cells(form: str) -> None:
    day = dt.date(2026, 10, 14)
    table = scans(
        (day, dt.time(7, 25), dt.time(16, 5)),
        ("14/10/2026", 0.3125, "16:05"),
        (dt.datetime(2026, 10, 14), "07:30", Error("#N/A")),
        (day, Formula(), "-"),
    )
    found = read("attendance", WRITERS[form]({"A": table}), "timestamp")
    hours = [dt.time(7, 25), dt.time(16, 5), dt.time(7, 30), dt.time(16, 5), dt.time(7, 30)]
    assert found.values == [(dt.datetime.combine(day, time),) for time in hours]
    assert found.refused == [
        (4, "cell_error", "timestamp"),
        (5, "cell_not_calculated", "timestamp"),
    ]


@pytest.mark.parametrize("form", FORMATS)
def test_glued_times_of_which_one_became_a_time(form: str) -> None:
    report: list[list[object]] = [
        ["Laporan Log Absen"],
        ["Tanggal", "", "2026-10-05 ~ 2026-10-07"],
        [5, 6, 7],
        ["ID:", "", 12, "Nama:", "A"],
        ["07:1016:05", dt.time(7, 9), Error("#REF!")],
    ]
    found = read("attendance", WRITERS[form]({"Log": report}), "pin", "timestamp")
    assert found.values == [
        ("12", dt.datetime(2026, 10, 5, 7, 10)),
        ("12", dt.datetime(2026, 10, 5, 16, 5)),
        ("12", dt.datetime(2026, 10, 6, 7, 9)),
    ]
    assert found.refused == [(5, "cell_error", "timestamp")]


@pytest.mark.parametrize("form", FORMATS)
def test_a_word_that_means_something_is_not_nothing(form: str) -> None:
    """`none` is the sanction of nobody who was sanctioned; `-` and `N/A` say nothing of it."""
    table = scores("sanction", "none", "None", "NONE", "tidak ada", "nihil", "-", "N/A", "null")
    found = read("ip_asn", WRITERS[form]({"A": table}), "sanction")
    assert found.values == [("none",)] * 5 + [(None,)] * 3
