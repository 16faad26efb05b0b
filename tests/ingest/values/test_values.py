"""Text to typed values: everything valid comes back equal, nothing invalid gets through."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import cache

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.recognising.styles import Column, Sheet, settle
from ingest.values.answers import answer_value, is_nothing
from ingest.values.dates import date_value, time_value, timestamp_value
from ingest.values.numbers import boolean_value, number_value, whole_number_value
from ingest.values.people import hmac_pads, hmac_value, nip_value, pin_value
from ingest.values.style import Style
from ingest.values.text import Reading
from tests.examples import examples

MONTHS = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)


@cache
def _conn() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def read(cells: Sequence[str], reading: Reading) -> list[tuple[object, object]]:
    """The value and the reason (where there is no value) of each cell."""
    return (
        _conn()
        .execute(
            f"SELECT v, CASE WHEN v IS NULL THEN {reading.problem} END "
            f"FROM (SELECT c, {reading.value} AS v FROM (SELECT unnest(?) AS c))",
            [list(cells)],
        )
        .fetchall()
    )


def read_column(cells: Sequence[str], kind: str) -> list[tuple[object, object]]:
    """Read cells in the style that the whole column shows."""
    readers = {
        "DATE": date_value,
        "TIMESTAMP": timestamp_value,
        "DOUBLE": number_value,
        "NIP": nip_value,
    }
    rows = f"SELECT c, CAST(NULL AS INTEGER) AS source_row FROM (SELECT unnest({list(cells)}) AS c)"
    styles = settle(Sheet(_conn(), rows), [Column("c", "c", kind)])
    return read(cells, readers[kind]("c", styles["c"]))


DATES = st.dates(date(1950, 1, 1), date(2099, 12, 31))
DATE_FORMS = {
    "iso": lambda d: f"{d:%Y-%m-%d}",
    "iso slashes": lambda d: f"{d.year}/{d.month}/{d.day}",
    "day first": lambda d: f"{d:%d/%m/%Y}",
    "day first, hyphens": lambda d: f"{d.day}-{d.month}-{d.year}",
    "day first, dots": lambda d: f"{d:%d.%m.%Y}",
    "month first": lambda d: f"{d.month}/{d.day}/{d.year}",
    "named": lambda d: f"{d.day} {MONTHS[d.month - 1]} {d.year}",
    "named, short": lambda d: f"{d.day:02d}-{MONTHS[d.month - 1][:3].lower()}-{d.year}",
}


@pytest.mark.parametrize("form", DATE_FORMS)
@examples(40)
@given(days=st.lists(DATES, min_size=1, max_size=8))
def test_dates_come_back(form: str, days: list[date]) -> None:
    days = [*days, date(2024, 5, 25)]  # a day that tells which is the month
    cells = [DATE_FORMS[form](day) for day in days]
    assert read_column(cells, "DATE") == [(day, None) for day in days]


def test_a_spreadsheet_serial_is_a_date() -> None:
    assert read(["45852"], date_value("c", Style())) == [(date(2025, 7, 14), None)]
    moment = timestamp_value("c", Style())
    assert read(["45852.3125"], moment) == [(datetime(2025, 7, 14, 7, 30), None)]


def test_a_midnight_behind_a_date_is_no_part_of_it() -> None:
    texts = ["25/06/2024 00:00", "25-06-2024 0:00:00", "2024-06-25 00:00:00"]
    found = read(texts, date_value("c", Style(day_first=True)))
    assert found == [(date(2024, 6, 25), None)] * 3


@pytest.mark.parametrize("cell", ["Rabu, 7 Agust 2024", "Jum'at, 07-agt-2024", "7 August, 2024"])
def test_a_named_day_and_a_short_month_are_read(cell: str) -> None:
    assert read([cell], date_value("c", Style())) == [(date(2024, 8, 7), None)]


@pytest.mark.parametrize(
    "cell",
    ["2024-02-30", "31/02/2024", "kemarin", "0", "infinity", "epoch", "2024", "17 Juno 2024"],
)
def test_no_date(cell: str) -> None:
    assert read([cell], date_value("c", Style(day_first=True))) == [(None, "date_invalid")]


@pytest.mark.parametrize(
    "cell",
    [
        "2026-07-1O",
        "2026-07-1l",
        "2026-07-2?",
        "2026-07-0x",
        "2026/07/1O",
        "17-Juli-202O",
        "1O/07/2026",
    ],
)
def test_a_letter_for_a_figure_is_no_date(cell: str) -> None:
    day = date_value("c", Style(day_first=True))
    assert read([cell], day) == [(None, "date_invalid")]
    moment = timestamp_value("c", Style(day_first=True))
    assert read([f"{cell} 07:00:00"], moment) == [(None, "timestamp_invalid")]


@pytest.mark.parametrize("cell", ["Kira-kira 7 Juli 2026", "Blok 7 Juli 2026", "7 Juli 2026 sore"])
def test_only_a_weekday_stands_before_a_named_day(cell: str) -> None:
    assert read([cell], date_value("c", Style())) == [(None, "date_invalid")]


@pytest.mark.parametrize(
    "cell", ["17\u00a0Juli 2026", "17_juli_2026", "JUM'AT, 17 Juli 2026", "Jumat 17-JUL-2026"]
)
def test_a_named_day_may_be_written_otherwise(cell: str) -> None:
    assert read([cell], date_value("c", Style())) == [(date(2026, 7, 17), None)]


def test_a_column_that_does_not_tell_the_month_is_not_guessed() -> None:
    assert read_column(["05/06/2026", "07/07/2026"], "DATE") == [
        (None, "date_order_unknown"),
        (date(2026, 7, 7), None),
    ]
    contradiction = ["25/06/2026", "06/25/2026", "05/06/2026"]
    assert read_column(contradiction, "DATE")[2] == (None, "date_order_unknown")


STAMPS = st.datetimes(datetime(1950, 1, 1), datetime(2099, 12, 31)).map(
    lambda at: at.replace(microsecond=0)
)
STAMP_FORMS = {
    "iso": lambda t: f"{t:%Y-%m-%d %H:%M:%S}",
    "iso T": lambda t: f"{t:%Y-%m-%dT%H:%M:%S}",
    "iso zone": lambda t: f"{t:%Y-%m-%dT%H:%M:%S}+09:00",
    "Indonesian form": lambda t: f"{t:%d/%m/%Y} {t.hour}:{t:%M:%S}",
    "Indonesian sheet": lambda t: f"{t:%d/%m/%Y} {t.hour}.{t:%M.%S}",
    "English form": lambda t: f"{t.month}/{t.day}/{t.year} {t.hour}:{t:%M:%S}",
    "zipped form": lambda t: f"{t:%Y/%m/%d} {int(f'{t:%I}')}:{t:%M:%S %p} GMT+9",
}


@pytest.mark.parametrize("form", STAMP_FORMS)
@examples(40)
@given(stamps=st.lists(STAMPS, min_size=1, max_size=8))
def test_timestamps_come_back(form: str, stamps: list[datetime]) -> None:
    stamps = [*stamps, datetime(2024, 5, 25, 7, 30)]
    cells = [STAMP_FORMS[form](stamp) for stamp in stamps]
    assert read_column(cells, "TIMESTAMP") == [(stamp, None) for stamp in stamps]


@pytest.mark.parametrize(
    "cell",
    ["2026-07-17", "2026-07-17 25:00:00", "pagi", "07:30", "2026-07-17 07:30:00+99:99"],
)
def test_no_timestamp(cell: str) -> None:
    reading = timestamp_value("c", Style(day_first=True))
    assert read([cell], reading) == [(None, "timestamp_invalid")]


@examples(60)
@given(st.times().map(lambda t: t.replace(second=0, microsecond=0)))
def test_times_come_back(at: time) -> None:
    pointed = f"{at.hour or '00'}.{at:%M}"  # 0.25 may be a fraction of a day
    cells = [f"{at:%H:%M}", pointed, f"{at:%H:%M:%S}", f"{at:%I:%M %p}"]
    assert read(cells, time_value("c")) == [(at, None)] * 4


NO_TIMES = "12.30.2026;05.10.2026;7.30.5;07:30.5;08:15.300;07.30:15;12:60;08.3O;0,25;07:30-16:00"


@pytest.mark.parametrize("cell", [*NO_TIMES.split(";"), "7.30 pagi", "13:00 PM"])
def test_no_time(cell: str) -> None:
    assert read([cell], time_value("c")) == [(None, "time_invalid")]
    moment = timestamp_value("c", Style(day_first=True))
    assert read([f"05/10/2026 {cell}"], moment) == [(None, "timestamp_invalid")]


@pytest.mark.parametrize("cell", ["0.25", "0.33", "0.50"])
def test_what_may_be_a_fraction_of_a_day_or_minutes_after_midnight_is_no_time(cell: str) -> None:
    assert read([cell], time_value("c")) == [(None, "time_invalid")]


@pytest.mark.parametrize("cell", ["2026-10-05 07:30:0Z", "2026-10-05 07:30:0."])
def test_no_sign_stands_for_a_figure(cell: str) -> None:
    moment = timestamp_value("c", Style())
    assert read([cell], moment) == [(None, "timestamp_invalid")]


def test_fractions_of_seconds_and_minutes_after_midnight() -> None:
    assert read(["07:30:15.250", "07:30:15,25", "00.25", "00:25"], time_value("c")) == [
        *[(time(7, 30, 15), None)] * 2,
        *[(time(0, 25), None)] * 2,
    ]


def test_midnight_and_no_time() -> None:
    assert read(["24:00", "7", "25:10"], time_value("c")) == [
        (time(0), None),
        (None, "time_invalid"),
        (None, "time_invalid"),
    ]


NUMBERS = st.integers(-(10**7), 10**7).map(lambda hundredths: hundredths / 100)


def indonesian(number: float) -> str:
    return f"{number:,.2f}".translate(str.maketrans(",.", ".,"))


@examples(100)
@given(st.lists(NUMBERS, min_size=1, max_size=8))
def test_numbers_come_back(numbers: list[float]) -> None:
    for form in (
        "{:.2f}".format,
        "{:,.2f}".format,
        indonesian,
        lambda n: f"{n:.2f}".replace(".", ","),
    ):
        cells = [form(number) for number in numbers]
        assert read_column(cells, "DOUBLE") == [(number, None) for number in numbers]


def test_the_column_tells_thousands_from_decimals() -> None:
    assert [v for v, _ in read_column(["3.252", "1,5"], "DOUBLE")] == [3252, 1.5]
    assert [v for v, _ in read_column(["3.252", "1.5"], "DOUBLE")] == [3.252, 1.5]
    assert read_column(["3.252", "1.5", "53,77"], "DOUBLE") == [
        (None, "number_ambiguous"),
        (1.5, None),
        (53.77, None),
    ]


def test_a_number_is_finite_and_below_a_thousand_it_has_no_groups() -> None:
    assert read(["9" * 400, "1e99"], number_value("c", Style())) == [
        (None, "number_invalid"),
        (1e99, None),
    ]
    mixed = Style(mixed_decimals=True)
    small = number_value("c", mixed, below_thousand=True)
    assert [v for v, _ in read(["85.125", "85,125"], small)] == [85.125, 85.125]
    whole = whole_number_value("c", "SMALLINT", Style(), below_thousand=True)
    assert [v for v, _ in read(["2.026", "12", "12,0"], whole)] == [None, 12, 12]
    assert [v for v, _ in read(["2.026"], whole_number_value("c", "SMALLINT", Style()))] == [2026]


@pytest.mark.parametrize("cell", ["1,2,3", "sepuluh", "1 2", "nan", "inf", "0x10", "--1"])
def test_no_number(cell: str) -> None:
    assert read([cell], number_value("c", Style())) == [(None, "number_invalid")]


def test_yes_and_no() -> None:
    cells = ["Ya", "TIDAK", "1", "0", "sudah", "t", "mungkin"]
    found = [v for v, _ in read(cells, boolean_value("c"))]
    assert found == [True, False, True, False, True, None, None]


@st.composite
def employee_numbers(draw: st.DrawFn) -> str:
    born = draw(st.dates(date(1955, 1, 1), date(2004, 12, 31)))
    year = draw(st.integers(born.year + 18, born.year + 40))
    tail = draw(st.integers(1, 12)) if year < 2019 else draw(st.integers(0, 99))
    return (
        f"{born:%Y%m%d}{year}{tail:02d}{draw(st.sampled_from('12'))}{draw(st.integers(1, 999)):03d}"
    )


@examples(100)
@given(employee_numbers())
def test_employee_numbers_come_back(nip: str) -> None:
    spaced = f"{nip[:8]} {nip[8:14]} {nip[14]} {nip[15:]}"
    cells = [nip, f"'{nip}", spaced, f"\u00a0{nip}"]
    assert read(cells, nip_value("c", Style())) == [(nip, None)] * 4


@examples(100)
@given(employee_numbers())
def test_employee_numbers_of_a_spreadsheet_are_set_aside(nip: str) -> None:
    cells = [f"{float(nip):.5E}".replace(".", ","), f"{float(nip):.14E}", f"{nip[:15]}000"]
    assert read(cells, nip_value("c", Style())) == [(None, "nip_damaged")] * 3


@examples(100)
@given(st.sets(employee_numbers(), min_size=12, max_size=20))
def test_a_column_that_went_through_floats_is_set_aside(nips: set[str]) -> None:
    rounded = {str(int(float(nip))) for nip in nips}
    assert {problem for _, problem in read_column(sorted(rounded), "NIP")} == {"nip_damaged"}
    whole = sorted(nips | {"198609262015051001"})  # one that no float can be
    assert all(value for value, _ in read_column(whole, "NIP"))


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("198613262015051001", "nip_invalid"),  # a month 13
        ("198609262015151001", "nip_invalid"),  # appointed in month 15, before NI PPPK existed
        ("198609262015053001", "nip_invalid"),  # sex 3
        ("198609261990051001", "nip_invalid"),  # appointed at four
        ("19860926201505100", "nip_invalid"),
        ("١٩٨٦٠٩٢٦٢٠١٥٠٥١٠٠١", "nip_invalid"),
        ("131234567", "nip_old"),
    ],
)
def test_no_employee_number(cell: str, reason: str) -> None:
    assert read([cell], nip_value("c", Style())) == [(None, reason)]


def test_answers_as_words_and_numbers() -> None:
    words = {"setuju": 4, "sangat setuju": 5, "sts": 1}
    cells = ["4", "5.0", "Sangat  Setuju", "STS", "5 - Sangat Setuju", "0", "6", "Entah", "4,5"]
    found = read(cells, answer_value("c", 1, 5, words))
    assert [v for v, _ in found] == [4, 5, 5, 1, 5, None, None, None, None]
    assert [p for _, p in found[5:]] == ["answer_off_scale"] * 2 + ["answer_unknown"] * 2


ANSWER_WORDS = {"Setuju": 4, "sangat setuju": 5, "STS": 1, "ragu-ragu": 3}


@pytest.mark.parametrize(
    ("cell", "point"),
    [
        ("5 (Sangat Setuju)", 5),
        ("Sangat Setuju (5)", 5),
        ("[5] Sangat_Setuju", None),  # a bracket before the point is of no form that is known
        ("5. sangat_setuju", 5),
        ("SANGAT-SETUJU", 5),
        ("Sangat\u00a0Setuju", 5),
        ("Ragu Ragu", 3),
        ("STS = 1", 1),
        ("4 - Sering", 4),  # a word that no rule knows says nothing against its point
        ("4 - Sangat Setuju", None),  # the word says otherwise
        ("Setuju (2)", None),
        ("3-Apr", None),
        ("4 Mei", None),
        ("5/Des", None),
        ("3-4", None),
        ("2:1", None),
        ("4.5", None),
        ("4,9", None),
        ("1e1", None),
        ("Setuju 100%", None),
        ("-3", None),
        ("A4", None),
        ("Sering (4)", 4),
        ("Sering = 4", 4),
        ("Bukan 4", None),  # in front of a number a word that no rule knows may say anything
        ("kurang dari 4", None),
        ("ke-4", None),
        ("No. 4", None),
    ],
)
def test_an_answer_is_its_whole_cell(cell: str, point: int | None) -> None:
    ((found, problem),) = read([cell], answer_value("c", 1, 5, ANSWER_WORDS))
    assert (found, problem) == (point, None if point else "answer_unknown")


@pytest.mark.parametrize(
    ("cell", "answer", "other"),
    [
        ("-", True, True),
        ("--", True, True),
        ("N/A", True, True),
        ("null", True, True),
        ("Tidak menjawab", True, False),
        ("No answer", True, False),
        ("#N/A", False, False),
        ("0", False, False),
        ("4", False, False),
        ("", False, False),
    ],
)
def test_what_stands_for_an_empty_cell(cell: str, answer: bool, other: bool) -> None:
    sql = f"SELECT {is_nothing('c', answer=True)}, {is_nothing('c')}"
    assert _conn().execute(f"{sql} FROM (SELECT ? AS c)", [cell]).fetchone() == (answer, other)


def test_a_number_that_is_written_as_a_float_is_damaged() -> None:
    cells = ["198609262015051008.0", "198609262015051008,00", "1.98609262015051e+17"]
    assert read(cells, nip_value("c", Style())) == [(None, "nip_damaged")] * 3


@examples(60)
@given(st.lists(st.text(max_size=30), min_size=5, max_size=10))
def test_any_text_ends_in_a_value_or_a_reason(texts: list[str]) -> None:
    cells = [text.replace("\x00", "") for text in texts]
    for reading in (
        date_value("c", Style()),
        timestamp_value("c", Style()),
        time_value("c"),
        number_value("c", Style()),
        whole_number_value("c", "SMALLINT", Style()),
        boolean_value("c"),
        nip_value("c", Style()),
        pin_value("c"),
        answer_value("c", 1, 5, {}),
    ):
        found = read(cells, reading)
        assert len(found) == len(cells)
        for cell, (value, problem) in zip(cells, found, strict=True):
            assert (value is None) != (problem is None), cell


def test_hmac_of_a_long_key_block() -> None:
    key = bytes(range(32))
    sql = f"SELECT {hmac_value('c')} FROM (SELECT 'A@B.id' AS c)"
    (found,) = _conn().execute(sql, list(hmac_pads(key))).fetchall()[0]
    assert found == hmac.new(key, b"a@b.id", hashlib.sha256).hexdigest()


def test_a_day_after_the_serial_epoch() -> None:
    for days in (20000, 45000, 69999):
        expected = date(1899, 12, 30) + timedelta(days=days)
        assert read([str(days)], date_value("c", Style())) == [(expected, None)]
