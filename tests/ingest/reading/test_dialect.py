"""Bytes to grids: every dialect comes back equal, every soup of bytes ends in a reason."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given
from hypothesis import strategies as st

from ingest.reading.dialect import open_grids
from ingest.reading.records import read_records
from ingest.reasons import REASONS, Unreadable
from tests.examples import examples
from tests.ingest.conftest import Office

CELLS = st.text(
    st.characters(
        codec="cp1252", categories=("L", "N", "P", "S", "Zs"), exclude_characters="\u00a0"
    ),
    max_size=12,
).map(lambda text: " ".join(text.split()))
TABLES = st.integers(2, 5).flatmap(
    lambda width: st.lists(
        st.lists(CELLS, min_size=width, max_size=width).map(tuple), min_size=1, max_size=12
    )
)
SAME_PATH = examples(60, suppress_health_check=[HealthCheck.function_scoped_fixture])
HEADER = ("kolom_a", "kolom_b", "kolom_c", "kolom_d", "kolom_e")


def written(rows: list[tuple[str, ...]], delimiter: str, encoding: str, end: str) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(rows)
    return text.getvalue().encode(encoding)


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@SAME_PATH
@given(rows=TABLES, end=st.sampled_from(["\n", "\r\n"]))
def test_every_dialect_comes_back(
    tmp_path: Path, encoding: str, delimiter: str, rows: list[tuple[str, ...]], end: str
) -> None:
    header = HEADER[: len(rows[0])]
    path = tmp_path / "tabel"
    content = written([header, *rows], delimiter, encoding, end)
    if encoding == "cp1252":  # what is UTF-8 by chance, nobody could tell
        assume(content.isascii() or not _is_utf8(content))
    path.write_bytes(content)
    records = read_records(path, tmp_path)
    assert records.header == header
    filled = [(n, row) for n, row in enumerate(rows, start=2) if any(row)]
    assert [(n, tuple(cells.values())) for n, cells in records.rows] == filled


SOUP = st.one_of(
    st.binary(max_size=400),
    st.tuples(
        st.sampled_from(
            [b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe", b"\xef\xbb\xbf"]
        ),
        st.binary(max_size=200),
    ).map(b"".join),
    st.lists(
        st.sampled_from(
            [b'"', b",", b";", b"\n", b"\r", b"\r\n", b"\t", b"\x00", b"\xe9", b"a", b"1"]
        ),
        max_size=60,
    ).map(b"".join),
)


@examples(100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SOUP)
def test_any_soup_of_bytes_ends_in_rows_or_a_reason(tmp_path: Path, soup: bytes) -> None:
    path = tmp_path / "sup"
    path.write_bytes(soup)
    reason = ""
    try:
        for grid in open_grids(path, tmp_path):
            assert grid.rows > 0
    except Unreadable as error:
        reason = error.reason_code
    assert reason in {"", *REASONS}


@examples(25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SOUP)
def test_soup_below_a_header_is_read_line_by_line(office: Office, soup: bytes) -> None:
    body = soup.replace(b'"', b"'")
    office.put("units", b"unit_code,unit_name,unit_type\n1,A,Dinas\n" + body + b"\n")
    for balance in office.load("units"):
        assert balance.outcome == "loaded" or balance.reason_code in REASONS
        read = balance.rows_loaded + balance.rows_quarantined + balance.rows_duplicate
        assert balance.rows_read == read


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "file_empty"),
        (b"\n\n \n", "file_empty"),
        (b"x" * 3_000_000, "line_too_long"),
        (b'a,b\n"' + b"x" * 3_000_000, "line_too_long"),
        (b"%PDF-1.7 ...", "not_a_table"),
        (b"PK\x03\x04 no zip", "workbook_unreadable"),
        (b"a,A\n1,2\n", "column_twice"),
        (b"a,b\n1,2,3\n", "row_ragged"),
    ],
)
def test_unreadable(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "berkas"
    path.write_bytes(content)
    with pytest.raises(Unreadable) as error:
        read_records(path, tmp_path)
    assert error.value.reason_code == reason


def test_quotes_that_do_not_balance_lose_no_row(tmp_path: Path) -> None:
    path = tmp_path / "berkas"
    path.write_bytes(b'a,b\n"x,2\n3,4\n5,6\n')
    assert [n for n, _ in read_records(path, tmp_path).rows] == [2, 3, 4]


def test_a_quoted_cell_may_hold_lines_and_separators(tmp_path: Path) -> None:
    path = tmp_path / "berkas"
    path.write_bytes(b'a;b\r\n"satu\r\ndua; ""tiga""";2\r\nx;3\r\n')
    assert read_records(path, tmp_path).rows == (
        (2, {"a": 'satu dua; "tiga"', "b": "2"}),
        (3, {"a": "x", "b": "3"}),
    )


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16-le", "cp1252"])
def test_line_ends_and_blank_lines_keep_the_row_numbers(
    office: Office, end: str, encoding: str
) -> None:
    lines = ["unit_code;unit_name;unit_type", "", "1;Café;Dinas", "", "", "2;B;Dinas", "", ""]
    office.put("units", end.join(lines).encode(encoding))
    (balance,) = office.load("units")
    assert (balance.rows_read, balance.rows_loaded) == (2, 2)
    assert office.rows("SELECT unit_name, row_number FROM raw.units ORDER BY 2") == [
        ("Café", 3),
        ("B", 6),
    ]


def test_mixed_line_ends_and_bytes_that_are_no_text(office: Office) -> None:
    office.put(
        "attendance",
        b"1\t2026-10-03 08:59:01\t1\t0\t1\t0\r\n2\t2026-10-03 09:59:01\t1\t0\t1\t0\n"
        b"\x00\x00\x00\x00\xff\xfe\n"
        b"3\t2026-10-03 10:59:01\t1\t0\t1\t0\n",
        "1_attlog.dat",
    )
    assert office.balance("attendance") == (4, 3, 1, 0, 0)
    assert office.reasons() == [(3, "row_unreadable", "")]
