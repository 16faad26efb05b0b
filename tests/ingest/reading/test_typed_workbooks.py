"""Property: typed cells of any format come back as their canonical text does, or are refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.reasons import REASONS
from tests.examples import examples
from tests.ingest.corpus.sheets import NIPS, ods_package, text
from tests.ingest.corpus.typed import WRITERS, Error, Formula, Percent
from tests.ingest.one_file import read, read_with
from warehouse.store.state import ensure_raw

REFUSED = object()
"""Stands for the value of a cell that must not be read."""

Strategy = st.SearchStrategy[tuple[object, object]]
"""A cell as it is written, and what it has to come to."""


@pytest.fixture(scope="module")
def conn() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        ensure_raw(connection)
        yield connection


def same(cells: st.SearchStrategy[Any]) -> Strategy:
    return cells.map(lambda cell: (cell, cell))


def refused(cells: st.SearchStrategy[Any]) -> Strategy:
    return cells.map(lambda cell: (cell, REFUSED))


def _formula(value: float) -> tuple[object, object]:
    return Formula(value), value


def _decimal(whole: int, hundredths: int) -> tuple[object, object]:
    return f"{whole},{hundredths:02d}", float(f"{whole}.{hundredths:02d}")


DAYS = st.dates(dt.date(1955, 1, 1), dt.date(2090, 12, 31))
CLOCKS = st.times().map(lambda time: time.replace(microsecond=0))
NUMBERS = st.one_of(
    st.integers(0, 99_999).map(float),
    # A spreadsheet keeps fifteen digits, and so do the libraries that write one.
    st.floats(0.0001, 999, allow_nan=False).map(lambda number: float(f"{number:.15g}")),
    st.integers(1, 999_999).map(lambda thousandths: thousandths / 1000),
)
ERRORS = st.sampled_from(["#DIV/0!", "#N/A", "#REF!", "#VALUE!", "#NAME?"]).map(Error)
LONG = st.integers(86_401, 400_000).map(lambda seconds: dt.timedelta(seconds=seconds))
NOTHING: Strategy = st.just((None, None))
# What is refused wherever something is read.
SPOILT = st.one_of(ERRORS, st.just(Formula()))

NUMBER_CELLS = st.one_of(
    same(NUMBERS),
    st.builds(_formula, NUMBERS.filter(bool)),
    st.builds(_decimal, st.integers(0, 9_999), st.integers(0, 99)),
    refused(st.one_of(SPOILT, NUMBERS.map(Percent), DAYS, CLOCKS, LONG, st.booleans())),
    NOTHING,
)
SCORES = st.floats(0.0001, 199, allow_nan=False).map(lambda number: float(f"{number:.15g}"))
SCORE_CELLS = st.one_of(
    same(SCORES),
    st.builds(_formula, SCORES),
    st.builds(_decimal, st.integers(0, 199), st.integers(0, 99)),
    refused(st.one_of(SPOILT, SCORES.map(Percent), DAYS, CLOCKS, LONG, st.booleans())),
    NOTHING,
)
COUNT_CELLS = st.one_of(
    st.integers(0, 5_000).map(lambda number: (float(number), number)),
    st.integers(0, 5_000).map(lambda number: (str(number), number)),
    refused(st.one_of(SPOILT, st.sampled_from([1.125, 2.5]), DAYS, CLOCKS)),
    NOTHING,
)


def _serial(day: dt.date, *, since_1904: bool) -> int:
    return (day - (dt.date(1904, 1, 1) if since_1904 else dt.date(1899, 12, 30))).days


def day_cells(*, since_1904: bool) -> Strategy:
    serials = DAYS.filter(lambda day: 20_000 <= _serial(day, since_1904=since_1904) < 70_000)
    moments = st.builds(dt.datetime.combine, DAYS, CLOCKS.filter(lambda time: time != dt.time()))
    return st.one_of(
        same(DAYS),
        DAYS.map(lambda day: (day.isoformat(), day)),
        DAYS.map(lambda day: (dt.datetime.combine(day, dt.time()), day)),
        serials.map(lambda day: (_serial(day, since_1904=since_1904), day)),
        refused(st.one_of(SPOILT, moments, CLOCKS, LONG, st.booleans(), NUMBERS.map(Percent))),
        refused(st.sampled_from([45_000.5, 20_261_005, 3.5])),
    )


def _at(seconds: int) -> dt.time:
    return (dt.datetime(2000, 1, 1) + dt.timedelta(seconds=seconds)).time()


SECONDS = st.integers(1, 86_399)
TIME_CELLS = st.one_of(
    same(CLOCKS),
    SECONDS.map(lambda seconds: (seconds / 86_400, _at(seconds))),
    SECONDS.map(lambda seconds: (dt.timedelta(seconds=seconds), _at(seconds))),
    CLOCKS.map(lambda time: (f"{time:%H:%M}", time.replace(second=0))),
    st.just((dt.timedelta(days=1), dt.time())),
    refused(st.one_of(SPOILT, LONG, DAYS, st.booleans(), NUMBERS.map(Percent))),
    refused(st.sampled_from([7.3, 16.05, 2.0])),
    NOTHING,
)
CODE_CELLS = st.one_of(
    same(st.sampled_from(["11.10", "11.1", "0011", "A-7", "1.10"])),
    st.integers(1, 99_999).map(lambda number: (float(number), str(number))),
    refused(st.one_of(SPOILT, DAYS, CLOCKS, st.booleans(), NUMBERS.map(Percent))),
    refused(st.sampled_from([11.1, 11.25, 3.5])),
)


@dataclass(frozen=True)
class Book:
    """What is true of a whole workbook: its rows, its formulas, its first day."""

    size: int
    calculated: bool
    since_1904: bool


def shown(value: object) -> str:
    """A value in the canonical text file."""
    return "" if value is None else str(value)


def check(  # noqa: PLR0917 - what a workbook is made of
    conn: duckdb.DuckDBPyConnection,
    source: str,
    table: Mapping[str, Sequence[tuple[object, object]]],
    extra: Mapping[str, Sequence[object]],
    form: str,
    book: Book,
) -> None:
    """Hold a workbook against the text file of the rows that can be read."""
    names = [*extra, *table]
    columns = [*extra.values(), *([cell for cell, _ in cells] for cells in table.values())]
    written = list(zip(*columns, strict=True))
    expected = list(
        zip(*extra.values(), *([value for _, value in c] for c in table.values()), strict=True)
    )
    found = read_with(
        conn, source, WRITERS[form]({"A": [names, *written]}, since_1904=book.since_1904), *names
    )
    readable = [row for row in expected if REFUSED not in row]
    refused_rows = [n for n, row in enumerate(expected, start=2) if REFUSED in row]
    assert [number for number, *_ in found.refused] == refused_rows
    assert {reason for _, reason, _ in found.refused} <= set(REASONS)
    assert not any(set(raw) & set("\x02\x03\x04\x05\x1f") for raw in found.raw_texts)
    assert found.values == readable
    if readable:
        canonical = text([names, *([shown(value) for value in row] for row in readable)])
        assert read_with(conn, source, canonical, *names).values == readable


def drawn(
    data: st.DataObject, cells: Mapping[str, Strategy], book: Book
) -> dict[str, list[tuple[object, object]]]:
    """Cells for each column; of one workbook either all formulas have a value or none."""

    def fits(one: tuple[object, object]) -> bool:
        return not isinstance(one[0], Formula) or (one[0].value is not None) == book.calculated

    return {
        name: [data.draw(strategy.filter(fits)) for _ in range(book.size)]
        for name, strategy in cells.items()
    }


EXAMPLES = examples(20)


BOOKS = st.builds(Book, st.integers(1, 6), st.booleans(), st.booleans())


@pytest.mark.parametrize("form", list(WRITERS))
@EXAMPLES
@given(data=st.data(), book=BOOKS)
def test_numbers(
    conn: duckdb.DuckDBPyConnection, form: str, data: st.DataObject, book: Book
) -> None:
    cells = {"skp_score": SCORE_CELLS, "total": NUMBER_CELLS, "seminars": COUNT_CELLS}
    check(conn, "ip_asn", drawn(data, cells, book), {"nip": NIPS[: book.size]}, form, book)


@pytest.mark.parametrize("form", list(WRITERS))
@EXAMPLES
@given(data=st.data(), book=BOOKS)
def test_dates_and_times(
    conn: duckdb.DuckDBPyConnection, form: str, data: st.DataObject, book: Book
) -> None:
    days = day_cells(since_1904=book.since_1904)
    cells = {"date": days, "start_time": TIME_CELLS, "end_time": TIME_CELLS}
    check(conn, "rosters", drawn(data, cells, book), {"nip": NIPS[: book.size]}, form, book)


@pytest.mark.parametrize("form", list(WRITERS))
@EXAMPLES
@given(data=st.data(), book=BOOKS)
def test_codes(conn: duckdb.DuckDBPyConnection, form: str, data: st.DataObject, book: Book) -> None:
    extra = {
        "unit_name": [f"Unit {n}" for n in range(book.size)],
        "unit_type": ["UPTD"] * book.size,
        "valid_from": [dt.date(2000 + n, 1, 1) for n in range(book.size)],  # no code twice on a day
    }
    check(conn, "units", drawn(data, {"unit_code": CODE_CELLS}, book), extra, form, book)


# --- texts of an ODS in several pieces -------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "<text:p>1<text:tab/>5</text:p>",
        "<text:p>1<text:line-break/>5</text:p>",
        "<text:p>1<text:s/>5</text:p>",
        "<text:p>1</text:p><text:p>5</text:p>",
        "<text:p><text:span>1</text:span><text:tab/>5</text:p>",
        (
            "<office:annotation><text:p>a<text:tab/>b</text:p></office:annotation>"
            "<text:p>1<text:tab/>5</text:p>"
        ),
    ],
)
def test_a_blank_inside_a_cell_of_an_ods_is_a_blank(text: str) -> None:
    def cell(inner: str) -> str:
        return f'<table:table-cell office:value-type="string">{inner}</table:table-cell>'

    rows = [
        ["<text:p>nip</text:p>", "<text:p>kualifikasi</text:p>", "<text:p>education</text:p>"],
        [f"<text:p>{NIPS[0]}</text:p>", "<text:p>15</text:p>", text],
        [f"<text:p>{NIPS[1]}</text:p>", text, "<text:p>S1</text:p>"],
    ]
    table = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    found = read(
        "ip_asn", ods_package(f'<table:table table:name="A">{table}</table:table>'), "education"
    )
    assert found.values == [("1 5",)]
    assert found.refused == [(3, "number_invalid", "kualifikasi")]
