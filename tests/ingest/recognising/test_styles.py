"""What settles a column: only what the file itself shows, and what is known of its days."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date

import duckdb
import pytest

from ingest.recognising.styles import Column, Sheet, settle
from ingest.values.style import Span, Style

OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))


def style_of(
    cells: Sequence[str],
    kind: str = "DATE",
    span: Span | None = None,
    other: Sequence[str] = (),
    *,
    always: bool | None = None,
) -> Style:
    """The style of a column; ``other`` is a second date column beside it."""
    with duckdb.connect() as conn:
        conn.execute("CREATE TABLE t (c VARCHAR, o VARCHAR, source_row INTEGER)")
        beside = other or [""] * len(cells)
        conn.execute("INSERT INTO t SELECT unnest(?), unnest(?), NULL", [[*cells], [*beside]])
        columns = [Column("c", "c", kind, span or Span()), Column("o", "o", "DATE")]
        return settle(Sheet(conn, "SELECT * FROM t", 1, day_first=always), columns)["c"]


def order(*args: object, **named: object) -> tuple[bool | None, str]:
    style = style_of(*args, **named)  # type: ignore[arg-type]
    return style.day_first, style.reason


def days_of(first: str, last: str, form: str) -> list[str]:
    with duckdb.connect() as conn:
        rows = conn.execute(
            "SELECT strftime(d, ?) FROM generate_series(?::DATE, ?::DATE, INTERVAL 1 DAY) t(d) "
            "WHERE day(d) <= 12",
            [form, first, last],
        ).fetchall()
    return [row[0] for row in rows]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["05/06/2026", "25/06/2026"], (True, "cells")),
        (["05/06/2026", "06/25/2026"], (False, "cells")),
        (["05/06/2026"], (None, "no_evidence")),
        (["2026-06-05", "7 Juli 2026", "07/07/2026"], (None, "")),
        # No day in any order says anything, nor does what only begins like one.
        (["25/06/2026", "05/06/2026", "06/32/2026", "32-13-2025"], (True, "cells")),
        (["05/06/2026", "30/02/2026", "02/30/2026"], (None, "no_evidence")),
        (["05/06/2026", "25/06/2026x", "06/25/20266", "25/06/2026 sore"], (None, "no_evidence")),
    ],
)
def test_only_a_day_of_one_order_is_evidence(
    cells: list[str], expected: tuple[bool | None, str]
) -> None:
    assert order(cells) == expected


def test_where_both_orders_have_evidence_the_rows_are_named() -> None:
    style = style_of(["05/06/2026", "06/25/2026", "25/06/2026", "26/06/2026"])
    assert (style.day_first, style.reason, style.rows) == (None, "contradiction", (3, 4))


@pytest.mark.parametrize(
    ("cells", "other"),
    [
        (["05/06/2026", "25/06/2026"], ["06/30/2026", "07/01/2026"]),
        (["05/06/2026", "06/25/2026"], ["30/06/2026", ""]),
        (["05/06/2026", "06/25/2026"], ["30/06/2026", "06/30/2026"]),
        (["05/06/2026", "07/06/2026"], ["30/06/2026", "06/30/2026"]),
    ],
)
def test_columns_of_a_file_that_disagree_settle_nothing(cells: list[str], other: list[str]) -> None:
    style = style_of(cells, other=other)
    assert (style.day_first, style.reason, style.rows) == (None, "contradiction", (2, 3))


@pytest.mark.parametrize("day_first", [True, False])
def test_days_that_can_not_be_settle_the_order(day_first: bool) -> None:
    cells = days_of("2026-10-01", "2026-10-31", "%d/%m/%Y" if day_first else "%m/%d/%Y")
    span = Span(date(2010, 1, 1), date(2026, 11, 21))
    assert order(cells, span=span) == (day_first, "possible")
    # A month later every day could be either.
    assert order(cells, span=Span(last=date(2026, 12, 31))) == (None, "no_evidence")


@pytest.mark.parametrize("day_first", [True, False])
def test_the_waves_own_days_settle_the_order(day_first: bool) -> None:
    cells = days_of("2026-10-01", "2026-10-31", "%d/%m/%Y" if day_first else "%m/%d/%Y")
    late = Span(date(2010, 1, 1), date(2027, 12, 31), likely=OCTOBER)
    assert order(cells, span=late) == (day_first, "wave")


@pytest.mark.parametrize("day_first", [True, False])
def test_rows_in_order_of_time_settle_the_order_if_there_are_enough(day_first: bool) -> None:
    form = "%d/%m/%Y" if day_first else "%m/%d/%Y"
    cells = days_of("2026-08-05", "2026-09-12", form)
    assert order(cells, span=Span(ascending=True)) == (day_first, "rows")
    assert order(cells, span=Span()) == (None, "no_evidence")
    assert order(cells[7:10], span=Span(ascending=True)) == (None, "no_evidence")
    assert order([*cells, cells[0]], span=Span(ascending=True)) == (None, "no_evidence")


def test_one_column_of_a_file_settles_the_others_and_its_software_comes_last() -> None:
    cells = ["05/06/2026", "07/06/2026"]
    assert order(cells, other=["15/06/2026", "16/06/2026"]) == (True, "other_column")
    assert order(cells, other=["15/06/2026", "06/16/2026"]) == (None, "contradiction")
    assert order(cells, always=True) == (True, "layout")
    assert order(cells, other=["06/15/2026", "06/16/2026"], always=True) == (False, "other_column")


SWAPPED = ["2026-01-10", "2026-02-10", "2026-12-10"]
TEXTS = ["13/10/2026", "14/10/2026", "31/10/2026"]


def test_dates_that_a_spreadsheet_swapped_are_seen() -> None:
    assert style_of([*SWAPPED, *TEXTS]).swapped
    american = [f"10/{day}/2026" for day in (13, 14, 31)]
    assert style_of([*SWAPPED, *american]).swapped
    stamps = [f"{day} 07:20:00" for day in SWAPPED], [f"{day} 07:20" for day in TEXTS]
    assert style_of([*stamps[0], *stamps[1]], "TIMESTAMP").swapped


@pytest.mark.parametrize(
    "cells",
    [
        [*SWAPPED, "2026-10-13", *TEXTS],  # a date that no swap leaves
        [*SWAPPED, *TEXTS, "05/10/2026"],  # a text that a spreadsheet would have taken
        ["2026-01-01", "2026-02-01", *TEXTS],  # first days of months, and texts of another month
        [*SWAPPED * 5, TEXTS[0]],  # one text among dates
        TEXTS,
        SWAPPED,
    ],
)
def test_dates_that_nobody_swapped_are_not(cells: list[str]) -> None:
    assert not style_of(cells).swapped


def numbers(seed: int, count: int) -> list[str]:
    """Employee numbers, the higher the serial the rarer."""
    chance = random.Random(seed)
    return [
        f"{chance.randint(1966, 1999)}{chance.randint(1, 12):02d}{chance.randint(1, 28):02d}"
        f"{chance.randint(2017, 2018)}{chance.randint(1, 12):02d}{chance.randint(1, 2)}"
        f"{min(1 + int(chance.expovariate(0.3)), 999):03d}"
        for _ in range(count)
    ]


def as_a_script_writes(nip: str) -> str:
    """The shortest digits that tell the float from the next one, filled up with zeros."""
    return repr(float(nip)).split("e")[0].replace(".", "").ljust(18, "0")


@pytest.mark.parametrize("count", [3, 40, 1000])
def test_numbers_that_went_through_no_float_all_stand(count: int) -> None:
    assert [style_of(numbers(seed, count), "NIP").rounded for seed in range(12)] == [()] * 12


@pytest.mark.parametrize("seed", range(6))
def test_a_part_of_a_column_that_went_through_floats_is_seen(seed: int) -> None:
    nips = numbers(seed, 60)
    floats = [str(int(float(nip))) for nip in nips[:12]]
    assert 32 in style_of([*floats, *nips[12:]], "NIP").rounded
    assert 10 in style_of([*map(as_a_script_writes, nips[:20]), *nips[20:]], "NIP").rounded


def test_two_numbers_show_no_pattern_and_three_do() -> None:
    rounded = ["197002041999051296", "197408022001011008", "199404152016071232"]
    assert style_of(rounded, "NIP").rounded == (32,)
    assert style_of(rounded[:2], "NIP").rounded == ()
    assert style_of(rounded[:1] * 50, "NIP").rounded == ()  # one person, however often
