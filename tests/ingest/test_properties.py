"""Whatever writes a table: valid values come back equal, and soup ends in a reason or in rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.reasons import REASONS
from tests.examples import examples
from tests.ingest.corpus import makers
from tests.ingest.corpus.sheets import NIPS, ods, xlsx
from tests.ingest.one_file import batch
from warehouse.store.state import ensure_raw

MONTHS = "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember"
DATE_STYLES = {
    "ISO": "%Y-%m-%d",
    "slashes": "%d/%m/%Y",
    "hyphens": "%d-%m-%Y",
    "American": "%m/%d/%Y",
    "year first": "%Y/%m/%d",
    "words": "words",
    "serial": "serial",
    "serial of 1904": "1904",
}
NUMBER_STYLES = ("point", "comma", "thousands dot", "thousands comma")
CONTAINERS = ("csv", "xlsx", "ods")

PERSON = st.sampled_from(NIPS)
DAY = st.dates(date(2010, 1, 1), date(2026, 10, 31))
POINTS = st.integers(0, 500_000).map(lambda hundredths: hundredths / 100)
# The first rows tell beyond doubt what comes first, the day or the month, and the decimal sign.
ROWS = st.lists(st.tuples(PERSON, DAY, POINTS), min_size=1, max_size=8, unique_by=lambda r: r[0])
SURE = (date(2024, 1, 31), 1234.56)


@pytest.fixture(scope="module")
def conn() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        ensure_raw(connection)
        yield connection


def written_date(day: date, style: str) -> object:
    form = DATE_STYLES[style]
    if form == "words":
        return f"{day.day} {MONTHS.split()[day.month - 1]} {day.year}"
    if form in {"serial", "1904"}:
        return (day - (date(1899, 12, 30) if form == "serial" else date(1904, 1, 1))).days
    return day.strftime(form)


def written_number(number: float, style: str) -> str:
    if style == "point":
        return f"{number:.2f}"
    english = f"{number:,.2f}"
    if style == "thousands comma":
        return english
    indonesian = english.translate(str.maketrans(",.", ".,"))
    return indonesian if style == "thousands dot" else indonesian.replace(".", "")


def table_bytes(
    rows: list[list[object]], container: str, delimiter: str, encoding: str, *, since_1904: bool
) -> bytes:
    if container == "xlsx":
        return xlsx({"Data": rows}, epoch_1904=since_1904)
    if container == "ods":
        return ods({"Data": rows})
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode(encoding)


@examples(40)
@given(
    rows=ROWS,
    date_style=st.sampled_from(list(DATE_STYLES)),
    number_style=st.sampled_from(NUMBER_STYLES),
    container=st.sampled_from(CONTAINERS),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    spaced=st.booleans(),
)
def test_valid_values_come_back_equal(  # noqa: PLR0917 - hypothesis gives them by name
    conn: duckdb.DuckDBPyConnection,
    rows: list[tuple[str, date, float]],
    date_style: str,
    number_style: str,
    container: str,
    delimiter: str,
    encoding: str,
    spaced: bool,
) -> None:
    since_1904 = date_style == "serial of 1904"
    if since_1904:  # only a workbook says so
        container = "xlsx"
    told = [(nip, day, number) for nip, (_, day, number) in zip(NIPS, rows, strict=False)]
    told[0] = (told[0][0], *SURE)

    def nip(number: str) -> str:
        return f"'{number[:8]} {number[8:14]} {number[14]} {number[15:]}" if spaced else number

    leave = [["NIP", "Date From", "date-to", "leave_type"]] + [
        [nip(n), written_date(day, date_style), written_date(day, date_style), "Café"]
        for n, day, _ in told
    ]
    scores = [["nip", "technical_training_jp"]] + [
        [nip(n), written_number(x, number_style)] for n, _, x in told
    ]
    wanted = {
        "leave": ("date_from", leave, {(n, day) for n, day, _ in told}),
        "ip_asn": ("technical_training_jp", scores, {(n, x) for n, _, x in told}),
    }
    for source, (column, table, expected) in wanted.items():
        content = table_bytes(table, container, delimiter, encoding, since_1904=since_1904)
        with batch(conn, source, content):
            found = conn.execute(f"SELECT nip, {column} FROM batch.{source}").fetchall()
            refused = conn.execute("SELECT reason_code FROM batch.quarantine").fetchall()
        assert (set(found), refused) == (expected, [])


FILES = [
    makers.attlog(),
    makers.device_log(),
    makers.standard_report(),
    makers.fingerspot(),
    makers.fingerspot_again(),
    makers.google_forms(),
    makers.google_forms_zipped(),
    makers.kobotoolbox(),
    makers.limesurvey(),
    makers.siasn(),
    makers.pip_asn(),
    makers.employees_csv(),
]


@st.composite
def spoilt(draw: st.DrawFn) -> bytes:
    """A faithful file of which something was cut out, doubled or overwritten."""
    content = draw(st.sampled_from(FILES))
    for _ in range(draw(st.integers(1, 3))):
        at, length = draw(st.integers(0, len(content))), draw(st.integers(0, 300))
        piece = draw(st.one_of(st.binary(max_size=40), st.just(content[at : at + length] * 2)))
        content = content[:at] + piece + content[at + length :]
    return content


@pytest.mark.parametrize("source", ["attendance", "survey", "employees", "ip_asn"])
@examples(25)
@given(content=st.one_of(spoilt(), st.binary(max_size=300)))
def test_soup_ends_in_rows_or_a_reason(
    conn: duckdb.DuckDBPyConnection, source: str, content: bytes
) -> None:
    with batch(conn, source, content) as found:
        (balance,) = found.balances.values()
        reasons = conn.execute("SELECT reason_code FROM batch.quarantine").fetchall()
    assert {code for (code,) in reasons} <= set(REASONS)
    assert len(reasons) == balance.rows_quarantined
    if balance.outcome == "loaded":
        parts = balance.rows_loaded + balance.rows_quarantined + balance.rows_duplicate
        assert balance.rows_read == parts
    else:
        assert balance.reason_code in REASONS
        assert balance.rows_read == 0
