"""Cells of rules: read as landing reads them in a column of the same kind, or refused as there."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.reading.records import read_records
from ingest.reasons import REASONS
from ingest.rules.cells import Cell, read_cells
from ingest.rules.files import read_rule_file
from tests.examples import examples
from tests.ingest.corpus.sheets import text
from tests.ingest.corpus.typed import WRITERS, Error
from tests.ingest.one_file import read_with
from warehouse.catalog.reader import load_catalog
from warehouse.store.state import ensure_raw

Row = list[object]
NIP = "198609262015051001"

# A column of each kind, and the rest of a sound row of its source, by the number of the row.
COLUMNS: dict[tuple[str, str], Callable[[int], dict[str, object]]] = {
    ("units", "valid_from"): lambda n: {
        "unit_code": f"U{n}", "unit_name": f"Dinas {n}", "unit_type": "Dinas",
    },
    ("rosters", "start_time"): lambda n: {"nip": NIP, "date": f"2026-05-{n + 13}"},
    ("ip_asn", "skp_score"): lambda n: {"nip": f"1986092620150510{n + 10}"},
    ("ip_asn", "seminars"): lambda n: {"nip": f"1986092620150510{n + 10}"},
    ("ip_asn", "leadership_training"): lambda n: {"nip": f"1986092620150510{n + 10}"},
    ("ip_asn", "total"): lambda n: {"nip": f"1986092620150510{n + 10}", "skp_score": 80},
}  # fmt: skip

_DAY = st.dates(date(1990, 1, 1), date(2060, 12, 31))
_MONTHS = (
    "Jan",
    "Peb",
    "Mrt",
    "Apr",
    "Mei",
    "Juni",
    "Jul",
    "Agt",
    "Sept",
    "Okt",
    "Nopember",
    "Des",
)
CELLS = st.one_of(
    _DAY.map(date.isoformat),
    _DAY.map(lambda day: f"{day:%d/%m/%Y}"),
    _DAY.map(lambda day: f"{day:%m-%d-%Y}"),
    _DAY.map(lambda day: f"{day.day} {_MONTHS[day.month - 1]} {day.year}"),
    st.integers(19000, 72000).map(str),
    st.times().map(lambda at: f"{at:%H.%M}"),
    st.times().map(lambda at: f"{at:%I:%M %p}"),
    st.floats(-2, 1500, allow_nan=False).map(lambda n: f"{n:.3f}"),
    st.floats(0, 150, allow_nan=False).map(lambda n: f"{n:.1f}".replace(".", ",")),
    st.integers(-3, 3_000_000).map(lambda n: f"{n:,}".replace(",", ".")),
    st.integers(0, 130).map(str),
    st.sampled_from(
        ["17 Peb 2026", "05/06/2026", "2026-07-1O", "32/13/2026", "24:00", "0.25", "0.3125",
         "7.30.5", "1.000", "85.125", "1.234,5", "1e3", "12 %", "#N/A", "#REF!", "-", "n/a",
         "", "ya", "TDK", "√",
         "\u00a02026-01-02\u00a0", "\u30005", "5\u20095", "'5", "Jum'at, 17-Juli-2026"]
    ),
)  # fmt: skip


@cache
def _conn() -> duckdb.DuckDBPyConnection:
    conn = duckdb.connect()
    ensure_raw(conn)
    return conn


def _landed(source: str, content: bytes, name: str) -> dict[int, object]:
    """By row, the value that landing loads; a row that it refuses is not there."""
    found = read_with(_conn(), source, content, "row_number", name)
    return {int(str(number)): value for number, value in found.values}


def _ruled(source: str, content: bytes, name: str) -> dict[int, Cell]:
    """By row, what the same column would say in a rule file."""
    column = load_catalog().sources[source].column(name)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "aturan"
        path.write_bytes(content)
        records = read_records(path, Path(folder))
    cells = read_cells([column], records)
    return {number: cell[name] for (number, _), cell in zip(records.rows, cells, strict=True)}


def _table(source: str, name: str, cells: Sequence[object]) -> list[Row]:
    rest = COLUMNS[source, name]
    return [[*rest(0), name], *([*rest(n).values(), cell] for n, cell in enumerate(cells))]


def _two_ways(cell: object) -> bool:
    return re.fullmatch(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", str(cell).strip()) is not None


@pytest.mark.parametrize(("source", "name"), COLUMNS)
@examples(6)
@given(cells=st.lists(CELLS, min_size=4, max_size=12))
def test_a_rule_reads_what_landing_reads_and_refuses_what_landing_refuses(
    source: str, name: str, cells: list[str]
) -> None:
    content = text(_table(source, name, cells), ";")
    landed, ruled = _landed(source, content, name), _ruled(source, content, name)
    for number, cell in enumerate(cells, start=2):
        said = ruled[number]
        if said.wrong and number in landed:  # a rule is not read by what nothing settles
            assert _two_ways(cell), (cell, said)
        else:
            assert (said.wrong is None) == (number in landed), (cell, said)
            assert said.value == landed.get(number), cell


def test_the_cells_of_a_workbook_say_the_same_in_a_rule() -> None:
    for (source, name), cells in {
        ("units", "valid_from"): [datetime(2026, 2, 17), "17 Peb 2026", 46070, "05/06/2026"],
        ("rosters", "start_time"): [time(7, 30), 0.3125, "07.30", 0.25],
        ("ip_asn", "skp_score"): [85.125, "90,5", True, Error("#REF!")],
        ("ip_asn", "leadership_training"): [True, "ya", 1, "mungkin"],
    }.items():
        content = WRITERS["xlsx"]({"A": _table(source, name, cells)})
        landed, ruled = _landed(source, content, name), _ruled(source, content, name)
        assert {n: cell.value for n, cell in ruled.items() if not cell.wrong} == landed
        assert set(ruled) == {2, 3, 4, 5}


@pytest.mark.parametrize("form", WRITERS)
def test_a_spoilt_cell_of_a_rule_is_named_with_row_and_column(tmp_path: Path, form: str) -> None:
    path = tmp_path / "aturan"
    table = load_catalog().rules["targets"]
    header: Row = ["unit_code", "measure", "year", "value"]
    for cell, reason in ((11.1, "code_is_number"), (Error("#REF!"), "cell_error")):
        rows: list[Row] = [["11.10", "culture_score", 2025, 70], [cell, "culture_score", 2026, 70]]
        path.write_bytes(WRITERS[form]({"A": [header, *rows]}))
        found = read_rule_file(table, path, "home", path.parent)
        assert [(row.file_row, row.values["unit_code"]) for row in found.rows] == [(2, "11.10")]
        assert [(p.row, p.text.id, p.text.en) for p in found.problems] == [
            (3, f"kolom unit_code {REASONS[reason].id}", f"column unit_code {REASONS[reason].en}")
        ]


def _days(tmp_path: Path, *days: str) -> tuple[list[object], list[tuple[int, str]]]:
    path = tmp_path / "days_off.csv"
    rows = [f"{day};local;HUT {n}" for n, day in enumerate(days)]
    path.write_text("\n".join(["date;kind;name", *rows]), encoding="utf-8")
    found = read_rule_file(load_catalog().rules["days_off"], path, "home", path.parent)
    return [row.values["date"] for row in found.rows], [(p.row, p.text.en) for p in found.problems]


def test_the_file_decides_which_is_the_month(tmp_path: Path) -> None:
    days, problems = _days(tmp_path, "05/06/2026", "17 Peb 2026", "25/06/2026")
    assert (days, problems) == ([date(2026, 6, 5), date(2026, 2, 17), date(2026, 6, 25)], [])
    days, problems = _days(tmp_path, "05/06/2026", "06/25/2026")
    assert (days, problems) == ([date(2026, 5, 6), date(2026, 6, 25)], [])


def test_two_orders_in_one_file_are_named_by_their_rows(tmp_path: Path) -> None:
    days, problems = _days(tmp_path, "25/06/2026", "05/06/2026", "06/26/2026")
    assert days == [date(2026, 6, 25), date(2026, 6, 26)]
    ((row, said),) = problems
    assert row == 3
    assert "both orders" in said
    assert "(rows 2, 4)" in said


def test_a_hyphen_is_an_open_end(tmp_path: Path) -> None:
    table = load_catalog().rules["disclosure"]
    path = tmp_path / "disclosure.csv"
    path.write_text("family,k,valid_from,valid_to\nsurvey,15,2026-01-01,-\n", encoding="utf-8")
    found = read_rule_file(table, path, "home", path.parent)
    assert ([row.valid_to for row in found.rows], found.problems) == ([date(9999, 12, 31)], ())
