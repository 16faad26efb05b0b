"""A header in one row or two, with guide rows below it; a twin of a column is never chosen."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.notes import Note
from tests.ingest.corpus.sheets import NIPS, text
from tests.ingest.corpus.typed import WRITERS
from tests.ingest.one_file import read
from tests.sweeps import crossed

CASES = Path(__file__).parents[1] / "corpus" / "cases"
FORMATS = list(WRITERS)
DIMENSIONS = ("kualifikasi", "kompetensi", "kinerja", "disiplin")


def test_scores_below_a_name_of_two_columns_are_the_values() -> None:
    found = read("ip_asn", (CASES / "two_level_header.xlsx").read_bytes(), *DIMENSIONS)
    assert found.values == [(15.0, 20.0 + n, 25.0, 5.0) for n in range(4)]
    assert Note("column_ignored", "Kualifikasi Bobot") in found.balance.notes


PEOPLE = ["NIP", "Nama", "Satuan Kerja"]
UPPER = [*PEOPLE, "Kualifikasi", "", "Kompetensi", "", "Kinerja", "", "Disiplin", ""]


def rows_of(*scores: object) -> list[list[object]]:
    return [[nip, "PEGAWAI", "Dinas A", *scores] for nip in NIPS[:3]]


@pytest.mark.parametrize(
    ("form", "labels"),
    crossed(FORMATS, [(("Bobot", "Skor"),), (("Target", "Nilai"),), (("Maks", "Score"),)]),
)
def test_other_words_for_weight_and_value(form: str, labels: tuple[str, str]) -> None:
    table = [["PIP ASN"], UPPER, ["", "", "", *labels * 4], *rows_of(25, 15, 40, 20, 30, 25, 5, 4)]
    found = read("ip_asn", WRITERS[form]({"A": table}), *DIMENSIONS)
    assert found.values == [(15.0, 20.0, 25.0, 4.0)] * 3


@pytest.mark.parametrize("form", FORMATS)
def test_values_before_weights_and_only_one_name_divided(form: str) -> None:
    upper = [*PEOPLE, "Kualifikasi", "Kompetensi", "", "Kinerja", "Disiplin"]
    lower = ["", "", "", "", "Nilai", "Bobot", "", ""]
    found = read(
        "ip_asn", WRITERS[form]({"A": [upper, lower, *rows_of(15, 20, 40, 25, 5)]}), *DIMENSIONS
    )
    assert found.values == [(15.0, 20.0, 25.0, 5.0)] * 3


@pytest.mark.parametrize(
    "labels", [("Skor", "Nilai"), ("Bobot", "Hasil Akhir"), ("Nilai", "Tertimbang")]
)
def test_two_columns_that_could_be_the_value_set_the_file_aside(labels: tuple[str, str]) -> None:
    table = [UPPER, ["", "", "", *labels * 4], *rows_of(25, 15, 40, 20, 30, 25, 5, 5)]
    balance = read("ip_asn", WRITERS["xlsx"]({"A": table})).balance
    assert (balance.outcome, balance.reason_code) == ("set_aside", "layout_unknown")


WITH_TOTAL = [*UPPER, "Total"]
PARTS: dict[str, list[object]] = {
    "shares": ["25%", "Nilai"],
    "figures": [25, "Skor"],
    "brackets": ["(25)", "(Nilai)"],
    "weight and share": ["Bobot (25%)", "Nilai"],
}


@pytest.mark.parametrize(("form", "name"), crossed(FORMATS, [*PARTS]))
def test_the_weight_itself_below_a_name_is_no_score(form: str, name: str) -> None:
    lower = ["", "", "", *PARTS[name] * 4, ""]
    table = [WITH_TOTAL, lower, *rows_of(25, 15, 40, 20, 30, 25, 5, 4, 64)]
    found = read("ip_asn", WRITERS[form]({"A": table}), *DIMENSIONS)
    assert (found.values, found.refused) == ([(15.0, 20.0, 25.0, 4.0)] * 3, [])
    assert Note("header", "A", "first_row", rows="1-2") in found.balance.notes


@pytest.mark.parametrize("labels", [(1, 2), ("2024", "2025"), ("I", "II")])
def test_parts_without_a_word_for_the_value_set_the_file_aside(labels: tuple[object, ...]) -> None:
    table = [
        WITH_TOTAL,
        ["", "", "", *labels * 4, ""],
        *rows_of(25, 15, 40, 20, 30, 25, 5, 4, 64),
    ]
    balance = read("ip_asn", WRITERS["xlsx"]({"A": table})).balance
    assert balance.outcome == "set_aside"


@pytest.mark.parametrize("form", FORMATS)
def test_a_name_above_two_columns_of_figures_sets_the_file_aside(form: str) -> None:
    table = [WITH_TOTAL, *rows_of(25, 15, 40, 20, 30, 25, 5, 4, 64)]
    balance = read("ip_asn", WRITERS[form]({"A": table})).balance
    assert (balance.outcome, balance.reason_code) == ("set_aside", "column_unclear")
    assert balance.detail == "Kualifikasi, Kompetensi, Kinerja, Disiplin"


def test_a_stray_figure_in_a_column_without_a_name_is_named_only() -> None:
    table = [
        ["NIP", "Kualifikasi", "", "Kompetensi", "Kinerja", "Disiplin"],
        *([nip, 15, stray, 20, 25, 5] for nip, stray in zip(NIPS, (1, "", ""), strict=False)),
    ]
    found = read("ip_asn", text(table), *DIMENSIONS)
    assert found.values == [(15.0, 20.0, 25.0, 5.0)] * 3
    assert Note("column_unnamed", rows="3") in found.balance.notes


def test_a_header_in_three_rows_is_never_read_by_its_first() -> None:
    table = [
        WITH_TOTAL,
        ["", "", "", *("Tahun 2025", "") * 4, ""],
        ["", "", "", *("Bobot", "Nilai") * 4, ""],
        *rows_of(25, 15, 40, 20, 30, 25, 5, 4, 64),
    ]
    for form in FORMATS:
        assert read("ip_asn", WRITERS[form]({"A": table})).balance.outcome == "set_aside"


def test_a_header_split_over_two_rows() -> None:
    table = [
        ["NIP", "Date", "", "Leave type"],
        ["", "from", "to", ""],
        [NIPS[0], "2026-10-05", "2026-10-06", "cuti"],
    ]
    for form in FORMATS:
        assert read("leave", WRITERS[form]({"A": table})).counts == (1, 1, 0)
    assert read("leave", text(table)).counts == (1, 1, 0)


@pytest.mark.parametrize("form", FORMATS)
def test_twins_of_a_column_that_is_read_set_the_file_aside(form: str) -> None:
    header = [*PEOPLE, "Kualifikasi", "Kualifikasi", "Kompetensi", "Kinerja", "Disiplin"]
    balance = read("ip_asn", WRITERS[form]({"A": [header, *rows_of(25, 15, 20, 25, 5)]})).balance
    assert (balance.outcome, balance.reason_code) == ("set_aside", "column_twice")
    assert balance.detail == "kualifikasi (A)"


def test_twins_of_scans_are_not_chosen_from() -> None:
    table = [
        ["No ID", "Tanggal", "Scan Masuk", "Scan Pulang", "Scan Masuk", "Scan Pulang"],
        ["1", "14/10/2026", "07:30", "12:00", "13:00", "16:00"],
    ]
    assert read("attendance", text(table)).balance.reason_code == "column_twice"


# --- rows that explain the columns -----------------------------------------------------------


def test_a_row_of_column_numbers_is_skipped() -> None:
    found = read("units", (CASES / "column_numbers.csv").read_bytes(), "unit_code")
    assert found.values == [("11.01",), ("11.02",)]
    assert found.balance.rows_skipped == 1
    assert Note("rows_skipped", reason="guide_row", count=1, rows="3") in found.told


GUIDES: dict[str, list[object]] = {
    "numbers": [1, 2, 3],
    "numbers as text": ["1", "2", "3"],
    "brackets": ["(1)", "(2)", "(3)"],
    "sums": ["(1)", "(2)", "(3)=(1)+(2)"],
    "letters": ["a", "b", "c"],
    "kinds": ["teks", "teks", "pilihan"],
    "kinds with lengths": ["Kode", "Teks (100)", "text"],
    "required": ["wajib", "wajib", "(opsional)"],
    "roman figures": ["I", "II", "III"],
    "figures that go on from another table": [7, 8, 9],
    "the names once more": ["Kode", "Nama", "Jenis"],
    "lengths only": ["5 digit", "(maks 100)", "10 huruf"],
}


@pytest.mark.parametrize(("form", "name"), crossed(FORMATS, [*GUIDES]))
def test_guide_rows_of_each_kind(form: str, name: str) -> None:
    table = [
        ["unit_code", "unit_name", "unit_type"],
        GUIDES[name],
        ["11.01", "Dinas Kesehatan", "Dinas"],
        GUIDES[name],
        ["11.02", "Dinas Sosial", "Dinas"],
    ]
    found = read("units", WRITERS[form]({"A": table}), "unit_code")
    assert (found.values, found.refused) == ([("11.01",), ("11.02",)], [])
    assert Note("rows_skipped", reason="guide_row", count=2, rows="2, 4") in found.told


def test_a_row_of_weights_is_nobody() -> None:
    table = [
        ["Nama", "Satuan Kerja", "Kualifikasi", "Kompetensi", "Kinerja", "Disiplin"],
        ["Bobot", "", 25, 40, 30, 5],
        ["PEGAWAI", "Dinas A", 15, 20, 25, 5],
    ]
    for form in FORMATS:
        found = read("ip_asn", WRITERS[form]({"A": table}), "person_name")
        assert (found.values, found.refused) == ([("PEGAWAI",)], [])


def test_a_record_that_looks_like_a_guide_further_down_is_a_record() -> None:
    table = [["unit_code", "unit_name", "unit_type"], ["9", "A", "UPTD"], ["1", "2", "3"]]
    assert read("units", text(table)).counts == (2, 2, 0)


def test_records_of_long_numbers_are_no_guides() -> None:
    header = ["nip", *DIMENSIONS]
    table = [header, *([int(nip[:15]), 15, 20, 25, 5] for nip in NIPS[:3])]
    found = read("ip_asn", text(table))
    assert (found.counts, found.balance.rows_skipped) == ((3, 0, 3), 0)


def test_guides_below_scans() -> None:
    table = [
        ["No", "No ID", "Tanggal", "Scan Masuk", "Scan Pulang"],
        ["1", "2", "3", "4", "5"],
        ["1", "7", "14/10/2026", "07:30", "16:00"],
    ]
    assert read("attendance", text(table)).counts == (2, 2, 0)
