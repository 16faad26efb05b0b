"""Files that are read together become what each of them becomes when it is loaded alone."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.arrivals.landing import Delivery, scan
from ingest.loading import alike, batch
from ingest.loading.balance import Balance
from ingest.loading.load import load_source
from ingest.loading.scratch import source_tables
from ingest.rules.resolving import read_rules, write_rules
from tests.examples import examples
from tests.ingest.conftest import FIRST_TIME, NOW, TERNATE, Office
from warehouse.store.home import Home
from warehouse.store.state import ensure_raw

PEOPLE = ["198001012005011001", "198502022010012002", "199003032015031003"]
Loaded = dict[str, list[tuple[object, ...]]]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("batches") / "home")
    home.create()
    return home


@contextmanager
def warehouse(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """A working file in memory, with the rules."""
    with home.in_memory() as conn:
        ensure_raw(conn)
        write_rules(conn, read_rules(home, [TERNATE]))
        yield conn


@dataclass(frozen=True)
class Sent:
    """A file, and what happens to it between its recognition and the reading of its rows."""

    name: str
    content: bytes
    fault: str = ""


def landed(home: Home, source: str, sent: Iterable[Sent]) -> list[tuple[Delivery, Sent]]:
    """The deliveries of files that are put into landing, which holds nothing else, in order."""
    folder = home.landing / TERNATE / source
    folder.mkdir(parents=True, exist_ok=True)
    for old in [path for path in home.landing.rglob("*") if path.is_file()]:
        old.unlink()
    by_path = {}
    for number, file in enumerate(sent):
        path = folder / f"{number:03d}_{file.name}"
        path.write_bytes(file.content)
        os.utime(path, (FIRST_TIME + 60 * number,) * 2)
        by_path[path] = file
    return [(d, by_path[d.path]) for d in scan(home).deliveries]


def spoil(path: Path, fault: str) -> None:
    if fault == "vanishes":
        path.unlink()
    elif fault == "grows":
        path.write_bytes(path.read_bytes() + b"1,2,3\n")
    elif fault == "changes":
        path.write_bytes(path.read_bytes().replace(b"01", b"02"))
    elif fault == "breaks":
        path.write_bytes(path.read_bytes()[:-2] + b"\xff\xfe\n\xff")


def load(
    conn: duckdb.DuckDBPyConnection, home: Home, found: Sequence[tuple[Delivery, Sent]]
) -> list[Balance]:
    """Load files whose faults happen once all of them are recognised; then they are as before."""
    together = alike.alike

    def spoiled(opened: Iterable[alike.Opened]) -> Iterator[list[alike.Opened]]:
        held = list(opened)
        for delivery, sent in found:
            spoil(delivery.path, sent.fault)
        yield from together(held)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batch, "alike", spoiled)
        source = found[0][0].source
        deliveries = [delivery for delivery, _ in found]
        balances = load_source(
            conn, home, "r", NOW, source, deliveries, lambda *_: {}, vouched={"r"}
        )
    for delivery, sent in found:
        if sent.fault:
            delivery.path.write_bytes(sent.content)
            os.utime(delivery.path, (delivery.modified_at.timestamp(),) * 2)
    return balances


def everything(conn: duckdb.DuckDBPyConnection, source: str) -> Loaded:
    """All that a load of the source writes."""
    names = [table.name for table in source_tables(source)]
    return {
        name: conn.execute(f"SELECT * FROM raw.{name} ORDER BY ALL").fetchall()
        for name in (*names, "quarantine", "delivery", "balance", "mended_row")
    }


def both_ways(home: Home, source: str, sent: Sequence[Sent]) -> tuple[Loaded, Loaded]:
    """What comes of files that are loaded together, and of the same one after the other."""
    found = landed(home, source, sent)
    landing_source = source.partition("/")[0]
    with warehouse(home) as conn:
        load(conn, home, found)
        together = everything(conn, landing_source)
    with warehouse(home) as conn:
        for one in found:
            load(conn, home, [one])
        return together, everything(conn, landing_source)


# --- whatever files ---------------------------------------------------------------------------

TIMES = [
    "2026-01-05 07:31:00",
    "2026-01-06 07:29:10",
    "05/02/2026 07:30",
    "25/02/2026 16:01",
    "02/25/2026 16:01",
    "2026-02-30 07:30:00",
    "1999-01-01 00:00:00",
    "kemarin",
    "",
]
RECORD = st.tuples(
    st.sampled_from([*PEOPLE, "", "123"]), st.sampled_from(TIMES), st.sampled_from(["A1", "é", ""])
)
LAST = st.sampled_from(
    ["", "\n", ",,\n", "JUMLAH,2,\n", "nip,timestamp,device_id\n", "a,b,c,d,e\n"]
)
HEADER = "nip,timestamp,device_id\n"


def _table(rows: Sequence[tuple[str, str, str]], last: str) -> str:
    return HEADER + "".join(",".join(row) + "\n" for row in rows) + last


def _records(rows: Sequence[tuple[str, str, str]], last: str) -> str:
    lines = (f"{number}\t{time}\t1\t0\t1\t0\n" for number, (_, time, _) in enumerate(rows, 1))
    return "".join(lines) + last.replace(",", "\t")


WRITTEN: dict[str, Callable[[str], bytes]] = {
    "plain": str.encode,
    "other line ends": lambda text: text.replace("\n", "\r\n").encode(),
    "marked": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "other signs": lambda text: text.replace(",", ";").encode("cp1252"),
    "in quotes": lambda text: text.replace("A1", '"A,1"').encode(),
    "no last line end": lambda text: text.rstrip("\n").encode(),
}
TEXT = st.builds(
    lambda layout, rows, last, written: WRITTEN[written](layout(rows, last)),
    st.sampled_from([_table, _records]),
    st.lists(RECORD, min_size=1, max_size=5),
    LAST,
    st.sampled_from([*WRITTEN]),
)
OTHER = st.sampled_from([b"%PDF-1.7", b"", b"nip,jam\n1,2\n", HEADER.encode(), b"{}"])
SENT = st.builds(
    Sent,
    st.sampled_from(["a.csv", "b[1].csv", "t1=x.csv"]),
    st.one_of(TEXT, TEXT, TEXT, OTHER),
    st.sampled_from(["", "", "", "", "vanishes", "grows", "changes", "breaks"]),
)


@examples(12)
@given(sent=st.lists(SENT, min_size=2, max_size=7))
def test_files_loaded_together_are_what_they_are_one_after_the_other(
    home: Home, sent: list[Sent]
) -> None:
    together, alone = both_ways(home, "attendance", sent)
    assert together == alone


# --- every kind of neighbour ------------------------------------------------------------------


def _day(day: str, *people: str) -> bytes:
    return (HEADER + "".join(f"{nip},{day} 07:30:00,A1\n" for nip in people)).encode()


NEIGHBOURS = [
    Sent("first.csv", _day("2026-01-05", *PEOPLE)),
    Sent("other style.csv", _day("25/01/2026", *PEOPLE)),
    Sent("american.csv", _day("01/26/2026", *PEOPLE)),
    Sent("undecided.csv", _day("05/06/2026", *PEOPLE)),
    Sent("contradicts.csv", _day("25/01/2026", PEOPLE[0]) + _day("01/26/2026", PEOPLE[1])[24:]),
    Sent("vanishes.csv", _day("2026-01-07", *PEOPLE), "vanishes"),
    Sent("grows.csv", _day("2026-01-08", *PEOPLE), "grows"),
    Sent("breaks.csv", _day("2026-01-09", *PEOPLE), "breaks"),
    Sent("changes.csv", _day("2026-01-15", *PEOPLE), "changes"),
    Sent("repeats.csv", _day("2026-01-05", *PEOPLE[:2])),
    Sent("twice.csv", _day("2026-01-10", PEOPLE[0], PEOPLE[0], "123")),
    Sent("blank.csv", _day("2026-01-11", PEOPLE[0]) + b"\n\nJUMLAH,1,\n"),
    Sent("ragged.csv", _day("2026-01-12", PEOPLE[0]) + b"1,2,3,4,5\n9\n"),
    Sent("huge.csv", _day("2026-01-16", PEOPLE[0]) + b"1," + b"x" * 1_500_000 + b",2\n"),
    Sent("empty.csv", HEADER.encode()),
    Sent("nameless.csv", b"nip,timestamp,,x\n" + b"198001012005011001,2026-01-13 07:30:00,1,2\n"),
    Sent("last.csv", _day("2026-01-14", *PEOPLE)),
]


def test_every_kind_of_neighbour_leaves_the_others_as_they_are(home: Home) -> None:
    together, alone = both_ways(home, "attendance", NEIGHBOURS)
    assert together == alone
    assert len(together["delivery"]) == len(NEIGHBOURS)
    said = {
        sent.name: balance
        for sent, balance in zip(NEIGHBOURS, _balances(home, NEIGHBOURS), strict=True)
    }
    assert {name: b.reason_code for name, b in said.items() if b.reason_code} == {
        "vanishes.csv": "file_unreachable",
        "grows.csv": "file_moving",
        "breaks.csv": "file_moving",
        "changes.csv": "file_moving",
        "nameless.csv": "column_unclear",
    }
    assert said["repeats.csv"].rows_duplicate == 2
    assert said["last.csv"].rows_loaded == len(PEOPLE)


def _balances(home: Home, sent: Sequence[Sent]) -> list[Balance]:
    with warehouse(home) as conn:
        return load(conn, home, landed(home, "attendance", sent))


def test_the_number_of_a_row_is_its_line_however_many_read_the_files(home: Home) -> None:
    lines = (1, 2, 150_000, 3, 4)
    record = "\t2026-01-05 07:30:00\t1\t0\t1\t0\n"
    sent = [
        Sent("log.dat", "".join(f"{line}{record}" for line in range(1, last + 1)).encode())
        for last in lines
    ]
    with warehouse(home) as conn:
        load(conn, home, landed(home, "attendance", sent))
        rows = conn.execute(
            "SELECT count(*), max(CAST(pin AS INTEGER)), "
            "max(abs(CAST(pin AS INTEGER) - row_number)) FROM raw.attendance "
            "GROUP BY delivery_id ORDER BY delivery_id"
        ).fetchall()
    assert rows == [(last, last, 0) for last in lines]


INSTRUMENT = b"column,behaviour_code,scale_min,scale_max\n" + b"".join(
    f"Q{number},{code},1,4\n".encode()
    for number, code in enumerate(("BP1", "AK1", "KO1", "HA1", "LO1", "AD1", "KL1"), start=1)
)


def _answers(*rows: str) -> bytes:
    header = "submitted_at,respondent_id,unit_code,Q1,Q2,Q3,Q4,Q5,Q6,Q7\n"
    return (header + "".join(row + "\n" for row in rows)).encode()


def test_surveys_that_are_read_together_keep_their_answers_and_marks(home: Home) -> None:
    one = "2025-06-02 08:00:00,{},1.1,1,2,3,4,1,2,3"
    # In order of time only with the day first; the second file begins before the first one ends.
    days = ("11/05", "12/05", "01/06", "02/06", "03/06", "04/06", "05/06", "06/06")
    rising = _answers(*(f"{day}/2025 08:00,,1.1,1,2,3,4,1,2,3" for day in days))
    sent = [
        Sent("skala.csv", INSTRUMENT),
        Sent("shared.csv", _answers(*[one.format("pc")] * 6, one.format("b"))),
        Sent("named.csv", _answers(*(one.format(name) for name in "abcb"))),
        Sent("nobody.csv", _answers(one.format(""), one.format(""), one.format(""))),
        Sent("off.csv", _answers(one.format("x"), one.format("y")[:-1] + "5")),
        Sent("repeats.csv", _answers(one.format("a"), one.format(""))),
        Sent("rising.csv", rising),
        Sent("rises again.csv", rising.replace(b"2025", b"2024")),
    ]
    together, alone = both_ways(home, "survey/2025-S1", sent)
    assert together == alone
    assert len(together["survey_answer"]) == 7 * len(together["survey"])
    assert len(together["quarantine"]) == 1


@pytest.mark.parametrize("folder", ["t1=zzz", "line=5", "file_index=9"])
def test_the_name_of_a_folder_is_no_cell(office: Office, folder: str) -> None:
    office.put(f"units/{folder}", "unit_code,unit_name,unit_type\n1,A,Dinas\n2,,Dinas\n")
    assert office.balance("units") == (2, 1, 1, 0, 0)
    assert office.rows("SELECT unit_code, unit_name FROM raw.units") == [("1", "A")]


# --- a statement for all ----------------------------------------------------------------------


class Counted:
    """A connection that counts what it is asked."""

    def __init__(self, conn: duckdb.DuckDBPyConnection) -> None:
        self.conn, self.statements = conn, 0

    def execute(self, *asked: object) -> duckdb.DuckDBPyConnection:
        self.statements += 1
        return self.conn.execute(*asked)  # type: ignore[arg-type]


def _statements(home: Home, sent: Sequence[Sent]) -> int:
    found = landed(home, "attendance", sent)
    with warehouse(home) as conn:
        counted = Counted(conn)
        load(counted, home, found)  # type: ignore[arg-type]
        return counted.statements


def test_no_statement_is_spent_on_a_single_file(home: Home) -> None:
    days = [Sent("day.csv", _day(f"2026-{1 + n // 28:02d}-{1 + n % 28:02d}", *PEOPLE, "1"))
            for n in range(60)]  # fmt: skip
    assert _statements(home, days) == _statements(home, days[:6])


def test_one_broken_file_costs_its_neighbours_a_few_statements(home: Home) -> None:
    days = [Sent("day.csv", _day(f"2026-01-{1 + n:02d}", *PEOPLE)) for n in range(24)]
    broken = [*days[:10], Sent("broken.csv", days[10].content, "vanishes"), *days[11:]]
    assert _statements(home, broken) < _statements(home, days) + 60


def test_who_stops_the_reading_of_many_files_stops_it(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DuckDB makes an error of its own of a stop: no file is read again alone because of it."""
    tried = []

    def is_stopped(self: object) -> None:
        tried.append(self)
        raise RuntimeError("Query interrupted") from KeyboardInterrupt()

    monkeypatch.setattr("ingest.loading.parse._Load.store", is_stopped)
    row = "198001012005011001,2026-01-05 07:31:00,D1"
    content = f"nip,timestamp,device_id\n{row}\n".encode()
    found = landed(home, "attendance", [Sent(f"{n}.csv", content + b"x" * n) for n in range(4)])
    with warehouse(home) as conn, pytest.raises(RuntimeError, match="Query interrupted"):
        load(conn, home, found)
    assert len(tried) == 1
