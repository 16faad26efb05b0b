"""A region's own rules: what is accepted, what is refused, and which row holds on which day."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from datetime import date, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from ingest.rules.files import Problem
from ingest.rules.resolving import (
    Rules,
    RulesError,
    read_rules,
    rules_digest,
    wake_dates,
    write_rules,
)
from ingest.rules.templates import config_templates
from ingest.rules.validity import FIRST_DAY, LAST_DAY
from tests.examples import examples
from tests.sweeps import sweep
from warehouse.catalog.model import Column
from warehouse.catalog.reader import load_catalog
from warehouse.store.home import Home
from warehouse.store.state import ensure_raw

TERNATE, PASURUAN = "82.71", "35.75"
HERE = (TERNATE, PASURUAN)  # the governments of the home
Write = Callable[..., None]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.config.mkdir(parents=True)
    return home


@pytest.fixture
def write(home: Home) -> Write:
    def write_rule(name: str, *lines: str) -> None:
        (home.config / name).write_text("\n".join(lines) + "\n", encoding="utf-8")

    return write_rule


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_no_copy_of_a_regions_file_leaves_its_home(
    home: Home, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    """Somebody may put people's numbers into a rule; the machine's folder is everybody's."""
    read_rules(home, HERE)  # what ships is read once, and is about nobody
    path = home.config / f"days_off.{form}"
    if form == "csv":
        path.write_text('date;kind;name\n2026-06-05;local;"HUT; 199001012015011001"\n')
    else:
        book = Workbook()
        for row in (["date", "kind", "name"], ["2026-06-05", "local", "199001012015011001"]):
            book.active.append(row)
        book.save(path)
    monkeypatch.setattr(tempfile, "tempdir", str(home.root / "nowhere"))
    found = read_rules(home, HERE)
    assert rows(found, "days_off", TERNATE, date=date(2026, 6, 5), origin="home")
    assert not list(home.scratch.iterdir())


def rows(rules: Rules, name: str, government: str, **where: object) -> list[Mapping[str, Any]]:
    return [
        row
        for row in rules.tables[name]
        if row["government_code"] == government
        and all(row[column] == value for column, value in where.items())
    ]


def problems(home: Home, governments: tuple[str, ...] = ()) -> list[tuple[str, int, str]]:
    with pytest.raises(RulesError) as raised:
        read_rules(home, governments)
    return [(p.file, p.row, p.text.en) for p in raised.value.problems]


# --- extreme values -------------------------------------------------------------------------

EXTREME = ("9" * 400, "2147483648", "1e308", "-1", "0,1234567891234", "99999999999999999999", "-0")


@pytest.mark.parametrize("text", sweep(EXTREME, told=["9" * 400, "1e308", "-1"]))
def test_an_extreme_number_in_a_rule_is_refused_with_its_row_or_is_stored(
    home: Home, write: Write, conn: duckdb.DuckDBPyConnection, text: str
) -> None:
    for table in load_catalog().rules.values():
        shipped = Path("ingest/rules") / f"{table.name}.csv"
        names = [column.name for column in table.columns]
        for column in table.columns:
            if column.type not in {"DOUBLE", "INTEGER", "BIGINT"}:
                continue
            row = ",".join(f'"{_right(c, text if c is column else "")}"' for c in table.columns)
            write(shipped.name, ",".join([*names, "government_code"]), f"{row},{TERNATE}")
            said = _problems_or_stored(home, conn)
            assert {p.file for p in said} <= {f"config/{shipped.name}"}, (table.name, column.name)
            assert all(p.row == 2 or "the sum of" in p.text.en for p in said), said
            (home.config / shipped.name).unlink()


def _problems_or_stored(home: Home, conn: duckdb.DuckDBPyConnection) -> tuple[Problem, ...]:
    """What is wrong with the rules; where nothing is, they can be stored."""
    try:
        rules = read_rules(home, (TERNATE,))
    except RulesError as error:
        return error.problems
    write_rules(conn, rules)
    return ()


def _right(column: Column, text: str) -> str:
    """The text, or what the column takes: its first word, its least number, a day."""
    if text:
        return text
    if column.pattern:
        return "0" * 64
    least = str(int(column.min or 0))
    by_type = {"DATE": "2026-01-05", "TIME": "07:30", "BOOLEAN": "ya", "VARCHAR": "education=S1"}
    return str(column.values[0]) if column.values else by_type.get(column.type, least)


@pytest.mark.parametrize(
    ("rule_code", "value"),
    [
        ("min_coverage", "80"),
        ("min_evidence", "1.1"),
        ("day_minutes", "0"),
        ("repeat_minutes", "1440"),
        ("pp94_minutes", "2"),
        ("missing_side_minutes", "9" * 400),
    ],
)
def test_each_number_of_the_attendance_rules_has_bounds_of_its_own(
    home: Home, write: Write, rule_code: str, value: str
) -> None:
    write("attendance_rules.csv", "rule_code,value", f"{rule_code},{value}")
    ((file, row, text),) = problems(home)
    assert (file, row) == ("config/attendance_rules.csv", 2)
    assert text.startswith("column value must be")


# --- which row holds ------------------------------------------------------------------------


def test_a_regions_row_cuts_the_shipped_one_on_its_days_only(home: Home, write: Write) -> None:
    write(
        "disclosure.csv",
        "family,k,government_code,valid_from,valid_to",
        "survey,15,82.71,2025-01-01,2025-12-31",
    )
    rules = read_rules(home, HERE)
    found = [
        (row["valid_from"], row["valid_to"], row["k"], row["origin"])
        for row in rows(rules, "disclosure", TERNATE, family="survey")
    ]
    assert found == [
        (FIRST_DAY, date(2024, 12, 31), 10, "shipped"),
        (date(2025, 1, 1), date(2025, 12, 31), 15, "home"),
        (date(2026, 1, 1), LAST_DAY, 10, "shipped"),
    ]
    assert [r["k"] for r in rows(rules, "disclosure", TERNATE, family="discipline")] == [10]
    assert [r["k"] for r in rows(rules, "disclosure", PASURUAN, family="survey")] == [10]


def test_a_row_that_names_the_government_wins_over_one_for_all(home: Home, write: Write) -> None:
    write(
        "attendance_rules.csv",
        "rule_code,value,government_code",
        "repeat_minutes,10,",
        "repeat_minutes,2,82.71",
    )
    rules = read_rules(home, HERE)
    of = {
        code: [
            r["value"] for r in rows(rules, "attendance_rules", code, rule_code="repeat_minutes")
        ]
        for code in (TERNATE, PASURUAN)
    }
    assert of == {TERNATE: [2], PASURUAN: [10]}


def test_a_key_of_its_own_stands_beside_the_shipped_row(home: Home, write: Write) -> None:
    write(
        "working_hours.csv",
        "unit_code,employee_type,weekday,period,start_time,end_time,break_minutes,government_code",
        "SD-01,,1,ordinary,07:00,13:30,0,82.71",
    )
    monday = rows(read_rules(home, HERE), "working_hours", TERNATE, weekday=1, period="ordinary")
    found = {row["unit_code"]: (row["start_time"], row["end_time"]) for row in monday}
    assert found == {None: (time(7, 30), time(16)), "SD-01": (time(7), time(13, 30))}


def test_free_words_compete_whatever_their_capitals(home: Home, write: Write) -> None:
    write("leave_types.csv", "leave_type,counts_as", "TUGAS  Belajar,present")
    found = rows(read_rules(home, HERE), "leave_types", TERNATE, leave_type="tugas belajar")
    assert [(row["counts_as"], row["origin"]) for row in found] == [("present", "home")]


def test_a_corrected_ramadan_replaces_the_announced_one(home: Home, write: Write) -> None:
    write("ramadan.csv", "first_day,last_day", "2027-02-09,2027-03-09")
    found = {r["first_day"]: r["origin"] for r in rows(read_rules(home, HERE), "ramadan", TERNATE)}
    assert found == {
        date(2023, 3, 23): "shipped",
        date(2024, 3, 12): "shipped",
        date(2025, 3, 1): "shipped",
        date(2026, 2, 19): "shipped",
        date(2027, 2, 9): "home",
    }


def test_no_two_ramadans_compete_for_as_long_as_the_calendars_take_to_meet(
    home: Home, write: Write
) -> None:
    # In 33 years of the Islamic calendar every season has its Ramadan, 2030 has two.
    begins = [date(2023, 3, 23) + timedelta(days=round(354.367 * n)) for n in range(34)]
    lines = [f"{day},{day + timedelta(days=28)}" for day in begins]
    write("ramadan.csv", "first_day,last_day", *lines)
    found = rows(read_rules(home, HERE), "ramadan", TERNATE)
    assert sorted(row["first_day"] for row in found) == begins
    assert {row["origin"] for row in found} == {"home"}


def test_rules_are_resolved_for_the_governments_that_are_there(home: Home) -> None:
    rules = read_rules(home, ["11.10", "99.99"])
    assert [row["k"] for row in rows(rules, "disclosure", "11.10")] == [10, 10, 10]
    assert {row["government_code"] for of in rules.tables.values() for row in of} == {"11.10"}


def test_a_region_adds_its_government_whose_code_stays_text(home: Home, write: Write) -> None:
    write(
        "governments.csv",
        "government_code,code_system,name,level,time_zone",
        "83.10,BPS,Kabupaten Uji,regency,Asia/Jayapura",
    )
    rules = read_rules(home, ["83.10"])
    assert [row["name"] for row in rows(rules, "governments", "83.10")] == ["Kabupaten Uji"]
    assert rows(rules, "working_hours", "83.10")


START = date(2024, 12, 20)
validities = st.lists(
    st.tuples(
        st.sampled_from(["", TERNATE]),
        st.integers(0, 19),
        st.integers(0, 6),
        st.integers(6, 99),
    ),
    max_size=5,
)


@given(validities)
@examples(15)
def test_exactly_one_row_holds_per_government_key_and_day(
    chosen: list[tuple[str, int, int, int]],
) -> None:
    own: list[tuple[str, date, date, int]] = []
    for government, first, length, value in chosen:
        # Follow the former row of the same government, so that the file itself is right.
        after = [last + timedelta(days=1) for code, _, last, _ in own if code == government]
        begin = max(after, default=START + timedelta(days=first))
        own.append((government, begin, begin + timedelta(days=length), value))
    with TemporaryDirectory() as folder:
        home = Home(Path(folder))
        home.config.mkdir()
        lines = [f"repeat_minutes,{v},{g},{first},{last}" for g, first, last, v in own]
        header = "rule_code,value,government_code,valid_from,valid_to"
        (home.config / "attendance_rules.csv").write_text("\n".join([header, *lines]))
        rules = read_rules(home, HERE)
    for day in [FIRST_DAY, *(START + timedelta(days=n) for n in range(60)), LAST_DAY]:
        for government in (TERNATE, PASURUAN):
            of_day = {code: value for code, first, last, value in own if first <= day <= last}
            shared = of_day.get("", 5)
            expected = of_day.get(TERNATE, shared) if government == TERNATE else shared
            held = [
                row["value"]
                for row in rows(rules, "attendance_rules", government, rule_code="repeat_minutes")
                if row["valid_from"] <= day <= row["valid_to"]
            ]
            assert held == [expected]


# --- reading as tolerantly as landing -------------------------------------------------------


def test_a_file_as_a_spreadsheet_saves_it(home: Home) -> None:
    text = (
        "Unit Code;Date_From;date_to;RECORDED;reason;decided_by;Valid From\r\n"
        "1.01;15/2/2026;17 Februari 2026;Ya;Mesin rusak – diganti;Kabid;\r\n"
        ";;;;;;\r\n"
        "1.02;46054;2026-02-05 00:00:00;tidak;Berkas hilang;Kabid;1-1-2026\r\n"
    )
    (home.config / "EVIDENCE.csv").write_bytes(text.encode("cp1252"))
    found = rows(read_rules(home, HERE), "evidence", TERNATE)
    assert [
        (r["unit_code"], r["date_from"], r["date_to"], r["recorded"], r["reason"], r["file_row"])
        for r in found
    ] == [
        ("1.01", date(2026, 2, 15), date(2026, 2, 17), True, "Mesin rusak – diganti", 2),
        ("1.02", date(2026, 2, 1), date(2026, 2, 5), False, "Berkas hilang", 4),
    ]
    assert [row["valid_from"] for row in found] == [FIRST_DAY, date(2026, 1, 1)]


@pytest.mark.parametrize(
    ("written", "value"), [("72,5", 72.5), ("72.5", 72.5), ("072.50", 72.5), ("72", 72.0)]
)
def test_numbers_with_either_decimal_sign(
    home: Home, write: Write, written: str, value: float
) -> None:
    write("targets.csv", "unit_code;measure;year;value", f";culture_score;2025;{written}")
    found = rows(read_rules(home, HERE), "targets", TERNATE, year=2025)
    assert [row["value"] for row in found] == [value]


def test_a_rule_may_be_a_workbook(home: Home) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["event_type", "counts", "valid_from"])
    sheet.append(["Senam", True, date(2026, 1, 1)])
    book.save(home.config / "event_types.xlsx")
    found = rows(read_rules(home, HERE), "event_types", TERNATE, event_type="senam")
    assert [(r["counts"], r["valid_from"]) for r in found] == [
        (False, FIRST_DAY),
        (True, date(2026, 1, 1)),
    ]


def test_without_a_config_folder_the_shipped_rules_hold(tmp_path: Path) -> None:
    assert read_rules(Home(tmp_path / "nowhere"), HERE).tables["disclosure"]


def test_an_empty_file_is_a_rule_without_rows(home: Home) -> None:
    (home.config / "targets.csv").write_bytes(b"")
    assert read_rules(home, HERE).sha256 == read_rules(Home(home.root / "none"), HERE).sha256


# --- what is refused ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "day", ["2026-07-1O", "05/06/2026", "5-6-2026", "2026-02-30", "3 Juno 2026"]
)
def test_a_day_that_is_none_or_could_be_two_is_refused(home: Home, write: Write, day: str) -> None:
    write("days_off.csv", "date,kind,name", f"{day},local,HUT Kota")
    with pytest.raises(RulesError, match=r"days_off\.csv"):
        read_rules(home, ())


@pytest.mark.parametrize("number", ["1.2.3,4", "12.34,5", "7O", "1,2,3", "nan", "1e400"])
def test_a_number_is_read_whole_or_refused(home: Home, write: Write, number: str) -> None:
    write("targets.csv", "unit_code;measure;year;value", f";culture_score;2025;{number}")
    with pytest.raises(RulesError, match=r"targets\.csv"):
        read_rules(home, ())


def test_a_day_that_could_be_two_is_told_so(home: Home, write: Write) -> None:
    write("days_off.csv", "date,kind,name", "05/06/2026,local,HUT Kota")
    with pytest.raises(RulesError, match="can be read two ways"):
        read_rules(home, ())


@pytest.mark.parametrize("number", ["1.000", "2,500", "-1.000"])
def test_a_number_that_could_be_thousands_is_refused(home: Home, write: Write, number: str) -> None:
    write("attendance_rules.csv", "rule_code;value", f"repeat_minutes;{number}")
    with pytest.raises(RulesError, match="can be read two ways"):
        read_rules(home, ())


@pytest.mark.parametrize("at", ["0.25", "12.30.2026", "7.30.5", "07:30.15"])
def test_what_may_be_no_time_is_refused(home: Home, write: Write, at: str) -> None:
    header = "weekday,period,start_time,end_time,break_minutes"
    write("working_hours.csv", header, f"1,ordinary,{at},16:00,60")
    with pytest.raises(RulesError, match="must be a time such as 07:30"):
        read_rules(home, ())


@pytest.mark.parametrize("number", ["1.000", "2,5", "1O"])
def test_a_whole_number_has_no_sign_in_it(home: Home, write: Write, number: str) -> None:
    write("survey_waves.csv", "wave;start_date;min_respondents", f"2026-S1;2026-06-01;{number}")
    with pytest.raises(RulesError, match=r"survey_waves\.csv"):
        read_rules(home, ())


def test_a_rules_word_may_be_written_otherwise(home: Home, write: Write) -> None:
    write("leave_types.csv", "leave_type,counts_as", "DINAS-LUAR,Excused", "Cuti_Tahunan,present")
    found = rows(read_rules(home, HERE), "leave_types", TERNATE)
    ruled = [(r["leave_type"], r["counts_as"], r["origin"]) for r in found]
    assert sorted(row for row in ruled if row[0] in WRITTEN) == [
        ("cuti_tahunan", "present", "home"),
        ("dinas-luar", "excused", "home"),
    ]


WRITTEN = {"dinas luar", "dinas-luar", "cuti tahunan", "cuti_tahunan"}


def test_every_problem_of_every_file_is_told_at_once(home: Home, write: Write) -> None:
    write("holidays.csv", "date,name")
    write("targets.csv", "unit_code,measure,year,value,note", ",culture_score,2025,70,x")
    write("score_weights.csv", "component,weight", "survey,much", "morale,0.5", "survey,")
    write("ramadan.csv", "first_day", "2028-01-28")
    write(
        "days_off.csv",
        "date,kind,name,valid_from,valid_to",
        "2026-02-30,local,HUT Kota,,",
        "2026-12-29,local,HUT Kota,2026-12-31,2026-12-01",
    )
    known = ", ".join(load_catalog().rules)
    assert problems(home) == [
        ("config/days_off.csv", 2, "column date must be a date such as 2026-12-31"),
        ("config/days_off.csv", 3, "column valid_to lies before valid_from"),
        ("config/holidays.csv", 0, f"is no rule; known are: {known}"),
        ("config/ramadan.csv", 0, "column last_day is missing"),
        ("config/score_weights.csv", 2, "column weight must be a number"),
        (
            "config/score_weights.csv",
            3,
            "column component must be one of: survey, discipline, ip_asn",
        ),
        ("config/score_weights.csv", 4, "column weight is empty"),
        ("config/targets.csv", 0, "unknown column 'note'"),
    ]


@pytest.mark.parametrize(
    ("name", "header", "row", "complaint"),
    [
        ("working_hours", "weekday,period,start_time,end_time,break_minutes",
         "8,ordinary,07:30,16:00,60", "column weekday must be at most 7"),
        ("working_hours", "weekday,period,start_time,end_time,break_minutes",
         "1,ordinary,25:30,16:00,60", "column start_time must be a time such as 07:30"),
        ("working_hours", "weekday,period,start_time,end_time,break_minutes",
         "1.5,ordinary,07:30,16:00,60", "column weekday must be a whole number"),
        ("event_types", "event_type,counts", "apel,maybe", "column counts must be true or false"),
        ("withdrawals", "file_sha256,row_number,reason,decided_by,decided_on",
         "abc,,salah kirim,Kabid,2026-01-01", "column file_sha256 must match ^[0-9a-f]{64}$"),
        ("ramadan", "first_day,last_day", "2028-02-26,2028-01-28",
         "column last_day lies before first_day"),
        ("disclosure", "family,k", "survey,4", "column k must be at least 5"),
        ("targets", "measure,year,value,government_code", "culture_score,2025,70,11.1",
         ("government_code is unknown; use the ministry's code, such as 72.71, or add it to "
          "config/governments.csv")),
        ("targets", "measure,year,value,trust", "culture_score,2025,70,X",
         "column trust must be one of: C, A, D, R"),
        ("ip_asn_rules", "rule_version,position_type,dimension,criterion,points",
         "own,structural,disiplin,sanction=severe,1",
         "criterion must be like: sanction=none|light|medium|heavy"),
        ("ip_asn_rules", "rule_version,position_type,dimension,criterion,points",
         "own,structural,kinerja,skp_score>91,30", "criterion must be like: skp_score>=0"),
        ("ip_asn_rules", "rule_version,position_type,dimension,criterion,points",
         "own,structural,kinerja,skp_score=91,30", "criterion must be like: skp_score>=0"),
        ("ip_asn_rules", "rule_version,position_type,dimension,criterion,points",
         "own,structural,disiplin,skp_score>=91,5",
         "criterion must be like: sanction=none|light|medium|heavy"),
    ],
)  # fmt: skip
def test_a_row_that_is_wrong_by_itself(
    home: Home, write: Write, *, name: str, header: str, row: str, complaint: str
) -> None:
    write(f"{name}.csv", header, row)
    assert problems(home) == [(f"config/{name}.csv", 2, complaint)]


OVER = "overlaps in validity config/targets.csv row 2"
GAP = "leaves a gap in validity after config/targets.csv row 2"


@pytest.mark.parametrize(
    ("first", "second", "complaint"),
    [
        (",,2025-06-30", ",2025-06-30,", OVER),
        (",,2025-06-30", ",2025-07-02,", GAP),
        (",,2025-06-30", ",2025-07-01,", None),
        (",2025-07-01,", ",,2025-06-29", GAP),
        (",,", "82.71,,", None),
        ("82.71,,", "35.75,,", None),
        ("82.71,,2025-06-30", "82.71,2025-06-01,2025-06-02", OVER),
        ("82.71,2024-01-01,2024-12-31", "82.71,2026-01-01,2026-12-31", GAP),
    ],
)
def test_two_rows_of_one_key_must_meet_exactly(
    home: Home, write: Write, *, first: str, second: str, complaint: str | None
) -> None:
    write(
        "targets.csv",
        "unit_code,measure,year,value,government_code,valid_from,valid_to",
        f",culture_score,2025,71,{first}",
        f",culture_score,2025,72,{second}",
    )
    if complaint is None:
        read_rules(home, HERE)
    else:
        assert problems(home) == [("config/targets.csv", 3, complaint)]


def test_overlaps_are_found_between_two_files_of_one_rule(home: Home, write: Write) -> None:
    write("targets.csv", "measure,year,value", "culture_score,2025,71")
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["measure", "year", "value"])
    sheet.append([None, None, None])
    sheet.append(["culture_score", 2025, 72])
    book.save(home.config / "targets.xlsx")
    assert problems(home) == [
        ("config/targets.xlsx", 3, "overlaps in validity config/targets.csv row 2")
    ]


def test_weights_must_add_up_to_one_on_every_day(home: Home, write: Write) -> None:
    write(
        "score_weights.csv",
        "component,weight,max_age,government_code,valid_from",
        "survey,0.4,400,82.71,2026-01-01",
        "discipline,0.35,0,82.71,2026-02-01",
    )
    assert problems(home) == [
        (
            "config/score_weights.csv",
            0,
            "from 2026-01-01 in 82.71 the sum of survey, discipline, ip_asn is not 1",
        )
    ]
    write(
        "score_weights.csv",
        "component,weight,max_age,government_code,valid_from",
        "survey,0.4,400,82.71,2026-01-01",
        "discipline,0.35,0,82.71,2026-01-01",
    )
    read_rules(home, HERE)


def test_a_file_that_is_no_table_is_told(home: Home) -> None:
    (home.config / "targets.csv").write_bytes(b"<html><table><tr><td>70</td></tr></table></html>")
    ((file, row, text),) = problems(home)
    assert (file, row) == ("config/targets.csv", 0)
    assert text.startswith("The file is a web page")


def test_weights_for_all_must_add_up_before_anybody_is_there(home: Home, write: Write) -> None:
    write("score_weights.csv", "component,weight,max_age", "survey,0.4,400")
    ((file, _, text),) = problems(home)
    assert (file, "is not 1" in text) == ("config/score_weights.csv", True)


def test_messages_repeat_no_cell(home: Home, write: Write) -> None:
    write("evidence.csv", "unit_code,date_from,date_to,recorded,reason,decided_by",
          "U1,198609262015051001,Siti Aminah,Siti Aminah,x,Siti Aminah")  # fmt: skip
    with pytest.raises(RulesError) as raised:
        read_rules(home, HERE)
    assert "198609262015051001" not in str(raised.value)
    assert "Siti" not in str(raised.value)
    assert "config/evidence.csv, baris/row 2" in str(raised.value)


# --- what reaches the warehouse -------------------------------------------------------------


@pytest.fixture
def conn() -> duckdb.DuckDBPyConnection:
    conn = duckdb.connect()
    ensure_raw(conn)
    return conn


def stored(conn: duckdb.DuckDBPyConnection, name: str) -> list[tuple[Any, ...]]:
    return conn.execute(f"SELECT * FROM raw.rule_{name} ORDER BY ALL").fetchall()


def test_what_is_stored_is_what_was_resolved(
    home: Home, write: Write, conn: duckdb.DuckDBPyConnection
) -> None:
    digest = "0" * 64
    write(
        "withdrawals.csv",
        "file_sha256,row_number,reason,decided_by,decided_on,government_code",
        f"{digest},,Salah kirim,Kabid,2026-01-31,82.71",
        f"{'1' * 64},17,Salah orang,Kabid,2026-01-31,82.71",
    )
    rules = read_rules(home, ["11.10", TERNATE])
    loaded = write_rules(conn, rules)
    assert loaded.sha256 == rules.sha256
    for name, table in load_catalog().rules.items():
        expected = [
            tuple(row[column.name] for column in table.raw_columns) for row in rules.tables[name]
        ]
        assert sorted(map(repr, stored(conn, name))) == sorted(map(repr, expected))
        assert loaded.rows[name] == len(expected)
    assert write_rules(conn, rules) == loaded
    assert len(stored(conn, "disclosure")) == loaded.rows["disclosure"]


def test_a_withdrawal_means_a_government_a_file_and_days(home: Home, write: Write) -> None:
    one, all_, ended, later, row = (f"{number}" * 64 for number in range(5))
    write(
        "withdrawals.csv",
        "file_sha256,row_number,reason,decided_by,decided_on,government_code,valid_from,valid_to",
        f"{one},,Salah kirim,Kabid,2026-01-31,82.71,,",
        f"{all_},,Salah kirim,Kabid,2026-01-31,,,",
        f"{ended},,Sudah benar,Kabid,2026-01-31,82.71,,2026-02-28",
        f"{later},,Mulai nanti,Kabid,2026-01-31,82.71,2026-04-01,",
        f"{row},7,Satu baris,Kabid,2026-01-31,82.71,,",
    )
    rules = read_rules(home, HERE)
    by_day = {
        date(2026, 1, 30): set(),
        date(2026, 1, 31): {(TERNATE, one), (TERNATE, all_), (PASURUAN, all_), (TERNATE, ended)},
        date(2026, 3, 1): {(TERNATE, one), (TERNATE, all_), (PASURUAN, all_)},
        date(2026, 4, 1): {(TERNATE, one), (TERNATE, all_), (PASURUAN, all_), (TERNATE, later)},
    }
    assert {day: set(rules.withdrawn_files(day)) for day in by_day} == by_day
    # Each of these days makes a night due.
    assert set(wake_dates(rules, date(2026, 1, 1), date(2026, 12, 31))) == set(by_day) - {
        date(2026, 1, 30)
    }


def test_a_withdrawal_that_ends_before_it_was_decided_is_told(home: Home, write: Write) -> None:
    write(
        "withdrawals.csv",
        "file_sha256,row_number,reason,decided_by,decided_on,valid_to",
        f"{'0' * 64},,Salah,Kabid,2026-03-01,2026-02-28",
    )
    assert problems(home) == [
        ("config/withdrawals.csv", 2, "column valid_to lies before decided_on")
    ]


def test_one_row_per_government_key_and_day_in_the_warehouse(
    home: Home, conn: duckdb.DuckDBPyConnection
) -> None:
    write_rules(conn, read_rules(home, HERE))
    for name, table in load_catalog().rules.items():
        same = " AND ".join(f"a.{k} IS NOT DISTINCT FROM b.{k}" for k in table.key)
        found = conn.execute(
            f"SELECT count(*) FROM raw.rule_{name} a JOIN raw.rule_{name} b"
            f" ON a.government_code = b.government_code AND {same} AND a.rowid < b.rowid"
            " AND a.valid_from <= b.valid_to AND b.valid_from <= a.valid_to"
        ).fetchone()
        assert found == (0,)


def test_the_rules_are_replaced_in_one_transaction(
    home: Home, write: Write, conn: duckdb.DuckDBPyConnection
) -> None:
    write_rules(conn, read_rules(home, HERE))
    before = stored(conn, "attendance_rules")
    # The last rule can not be stored: those before it must not have changed either.
    conn.execute("DROP TABLE raw.rule_waivers")
    write("attendance_rules.csv", "rule_code,value", "repeat_minutes,9")
    with pytest.raises(duckdb.CatalogException):
        write_rules(conn, read_rules(home, HERE))
    assert stored(conn, "attendance_rules") == before


def test_the_digest_of_files_follows_their_bytes_and_names(home: Home, write: Write) -> None:
    seen = {rules_digest(home)}
    write("targets.csv", "measure,year,value")
    seen.add(rules_digest(home))
    write("targets.csv", "measure,year,value", "culture_score,2025,71")
    seen.add(rules_digest(home))
    (home.config / "targets.csv").rename(home.config / "disclosure.csv")
    seen.add(rules_digest(home))
    assert len(seen) == 4
    assert rules_digest(home) == rules_digest(home)
    before = rules_digest(home)
    (home.config / "home.toml").write_text("threads = 1")
    (home.config / ".~lock.targets.csv").write_text("open in an editor")
    assert rules_digest(home) == before


def test_the_digest_of_rules_follows_what_holds_alone(home: Home, write: Write) -> None:
    lines = (",culture_score,2025,71", ",culture_score,2026,72")
    write("targets.csv", "unit_code,measure,year,value", *lines)
    before = read_rules(home, HERE).sha256
    write("targets.csv", "unit_code,measure,year,value", "", *reversed(lines))
    assert read_rules(home, HERE).sha256 == before
    write("targets.csv", "unit_code,measure,year,value", lines[0], ",culture_score,2026,73")
    assert read_rules(home, HERE).sha256 != before


def test_a_night_is_due_when_a_date_that_a_rule_names_is_reached(home: Home, write: Write) -> None:
    write(
        "survey_waves.csv",
        "wave,start_date,end_date,government_code,valid_from",
        "2026-S2,2026-10-01,2026-10-31,82.71,",
    )
    write(
        "waivers.csv",
        "check_id,reason,decided_by,until",
        "gx.attendance.nip.not_null,Mesin baru,Kabid,2026-10-10",
    )
    write("disclosure.csv", "family,k,valid_from,valid_to", "survey,12,2026-10-15,2026-10-20")
    rules = read_rules(home, HERE)
    named = (date(2026, 10, 11), date(2026, 10, 15), date(2026, 10, 21), date(2026, 11, 1))
    assert wake_dates(rules, date(2026, 9, 1), date(2026, 12, 31)) == named
    assert wake_dates(rules, date(2026, 10, 31), date(2026, 11, 1)) == named[-1:]
    assert wake_dates(rules, date(2026, 11, 1), date(2026, 11, 30)) == ()
    assert wake_dates(rules, FIRST_DAY - timedelta(days=1), FIRST_DAY) == ()


# --- the files that a new home is given -----------------------------------------------------


def test_templates_change_nothing_until_somebody_writes_into_them(home: Home) -> None:
    before = read_rules(home, HERE).sha256
    written = config_templates(home)
    names = {path.name for path in written}
    assert names == {f"{name}.csv" for name in load_catalog().rules} | {"README.md"}
    assert read_rules(home, HERE).sha256 == before
    (home.config / "disclosure.csv").open("a").write("survey,12,,,,SK Wali Kota,C\n")
    found = rows(read_rules(home, HERE), "disclosure", TERNATE, family="survey")
    assert [(r["k"], r["source"], r["trust"]) for r in found] == [(12, "SK Wali Kota", "C")]


def test_templates_never_overwrite(home: Home, write: Write) -> None:
    write("TARGETS.csv", "measure,year,value", "culture_score,2025,71")
    (home.config / "README.md").write_text("milik daerah")
    names = {path.name for path in config_templates(home)}
    assert names.isdisjoint({"targets.csv", "README.md"})
    assert (home.config / "README.md").read_text() == "milik daerah"
    assert not (home.config / "targets.csv").exists()
    assert config_templates(home) == []


def test_the_readme_explains_every_column(home: Home) -> None:
    config_templates(home)
    readme = (home.config / "README.md").read_text(encoding="utf-8")
    for table in load_catalog().rules.values():
        assert table.description in readme
        for column in table.columns:
            assert f"- `{column.name}`" in readme
            assert column.description in readme
