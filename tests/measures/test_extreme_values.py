"""No value that a file can hold stops a night: every field of every source, with extreme texts.

Each column of a source's template in turn holds each text; the other cells of the row are right.
What can't be is refused with a reason, whatever is loaded is built, checked and published.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import Phase, given
from hypothesis import strategies as st

from tests.conftest import budaya
from tests.examples import examples
from tests.measures.building import new_home
from warehouse.catalog.model import Column, Table
from warehouse.catalog.reader import load_catalog
from warehouse.store.home import Home

GOVERNMENT = "72.71"
NUMBERS = (
    "68.6666666666667",
    "0.30000000000000004",
    "0." + "3" * 40,
    "1" * 20 + "." + "7" * 30,
    "1e308",
    "1e-300",
    "9.9e99",
    "1e-99",
    "6.1e1",
    "5.5E-2",
    "99.9999999999",
    "99.995",
    "3" * 40,
    "9" * 400,
    "-1",
    "-0",
    "0",
    "2147483647",
    "2147483648",
    "32767",
    "32768",
    "-32768",
    "9223372036854775807",
    "9223372036854775808",
    "100",
    "10",
    "5",
    "0,1234567891",
    "1.234567",
    "0.5",
    "NaN",
    "inf",
    "1_000",
    "٣",
)
MOMENTS = (
    "0001-01-01",
    "1899-12-31",
    "1900-01-01",
    "9999-12-31",
    "294247-01-10",
    "31/12/9999",
    "99999",
    "60000",
    "20000",
    "0001-01-01 00:00:00",
    "1900-01-01 00:00:00",
    "9999-12-31 23:59:59",
    "294247-01-10 04:00:54",
    "2026-10-05 24:00:00",
    "60000.9999999999",
    "2010-01-01 00:00:00",
    "24:00",
    "23:59:59",
    "00:00",
    "0.9999999999",
)
LENGTHS = ("x" * 1000, "y" * 1001, "0" * 30)
DRAWN = st.one_of(
    st.floats(allow_nan=False).map(repr),
    st.decimals(allow_nan=False, allow_infinity=False, places=15).map(str),
    st.integers().map(str),
    st.floats(0, 100).map(repr),
    st.dates().map(str),
    st.datetimes().map(str),
)
# What the other cells of a row hold, by column and else by type.
RIGHT = {
    "unit_type": "Dinas", "employee_type": "PNS", "position_type": "structural",
    "leave_type": "cuti tahunan",
    "event_type": "apel", "index_code": "ip_asn", "behaviour_code": "BP1", "education": "S1",
    "sanction": "none", "unit_code": "1.01", "date_to": "2026-12-31", "end_time": "16:00",
    "valid_to": "", "parent_unit_code": "", "successor_unit_code": "", "scope_unit_code": "",
    "total": "12", "scale_min": "-100", "scale_max": "100", "parts": "20;30;10;1", "category": "",
}  # fmt: skip
RIGHT_OF_TYPE = {
    "DATE": "2026-01-05", "TIMESTAMP": "2026-01-05 07:30:00", "TIME": "07:30", "DOUBLE": "3",
    "INTEGER": "2025", "SMALLINT": "3", "BOOLEAN": "ya", "VARCHAR": "x",
}  # fmt: skip


@pytest.mark.exhaustive
def test_no_value_of_any_field_stops_a_night(tmp_path: Path) -> None:
    _survives(tmp_path / "home", [*NUMBERS, *MOMENTS])


@pytest.mark.exhaustive
@examples(3, phases=[Phase.generate])
@given(drawn=st.lists(DRAWN, min_size=100, max_size=100, unique=True))
def test_no_drawn_value_of_any_field_stops_a_night(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[str]
) -> None:
    _survives(tmp_path_factory.mktemp("extreme") / "home", drawn)


def _survives(root: Path, texts: Sequence[str]) -> None:
    home = new_home(root)
    (home.config / "governments.csv").write_text(
        "government_code,code_system,name,level,time_zone\n"
        f"{GOVERNMENT},Made up,Kota Percobaan,city,Asia/Makassar\n"
    )
    for name, (header, lines) in RULES.items():
        listed = "".join(f"{line},{GOVERNMENT}\n" for line in lines.split("\n"))
        (home.config / f"{name}.csv").write_text(f"{header},government_code\n{listed}")
    rows = _deliver(home, texts)
    ended = budaya("run", "--home", home.root)
    assert ended.code == 0, ended.stdout + ended.stderr
    table = str(home.published / "current" / "mart_source_balance.parquet")
    balances = duckdb.sql(
        f"SELECT source, outcome, sum(rows_read) FROM read_parquet('{table}') GROUP BY ALL"
    ).fetchall()
    assert {outcome for _, outcome, _ in balances} == {"loaded"}
    assert {source: int(read) for source, _, read in balances} == rows


# Rule rows at the ends of what `check config` accepts, for the government of this test.
RULES = {
    "working_hours": (
        "weekday,period,start_time,end_time,break_minutes",
        "1,ordinary,00:00,00:00,240",
    ),
    "disclosure": ("family,k", "survey,2147483647"),
    "survey_waves": (
        "wave,start_date,end_date,min_respondents",
        "2026-S1,1900-01-01,9999-12-31,2147483647",
    ),
    "absence_bands": (
        "band_code,level,days_from,days_to,text_id,text_en",
        "none,none,2147483647,2147483647,a,b",
    ),
    "evidence": (
        "unit_code,date_from,date_to,recorded,reason,decided_by",
        ",1900-01-01,9999-12-31,ya,a,b",
    ),
    "index_bands": (
        "index_code,category,lower_bound,printed",
        "ip_asn,Tinggi,0.0000001,1 - " + "9" * 40,
    ),
    "score_weights": ("component,weight,max_age", "survey,0.5,10000"),
    "targets": ("measure,year,value", "culture_score,2100,99.99999999999999"),
    "attendance_rules": (
        "rule_code,value",
        "day_minutes,1\nmissing_side_minutes,1440\nrepeat_minutes,240\nmin_evidence,0.00000000001",
    ),
    "ip_asn_rules": (
        "rule_version,position_type,dimension,criterion,points",
        "x,structural,kinerja,skp_score>=999999.999999,0.00000001",
    ),
    "ramadan": ("first_day,last_day", "2026-02-18,9999-12-31"),
    "withdrawals": (
        "file_sha256,row_number,reason,decided_by,decided_on",
        "0" * 64 + ",2147483647,a,b,9999-12-31",
    ),
    "waivers": ("check_id,reason,decided_by,until", "none,a,b,9999-12-31"),
}


def _deliver(home: Home, texts: Sequence[str]) -> dict[str, int]:
    """Write a file of every template, and a survey of the instrument's items; rows by source."""
    written: dict[str, int] = {}
    for table in load_catalog().sources.values():
        source = table.arrives_with or table.name
        if table.name in {"employee_snapshot", "survey_answer"}:  # which have no template
            continue
        period = {"wave": "2026-S1", "year": "2025"}.get(table.period or "", "")
        rows = list(_rows(table, texts))
        if table.name == "instrument":
            period = "2026-S2"
            survey = list(_answers(rows, texts))
            _write(home, f"survey/{period}/jawaban.csv", survey)
            written[source] += len(survey)
        _write(home, f"{source}/{period}/{table.name}.csv", rows)
        written[source] = written.get(source, 0) + len(rows)
    return written


def _rows(table: Table, texts: Sequence[str]) -> Iterator[dict[str, str]]:
    """A row for each column and text, and as many that are right: a file of rubbish is held."""
    cells = [
        (column.name, text)
        for column in table.file_columns
        for text in (LENGTHS if column.type == "VARCHAR" else texts)
    ]
    for number, (name, text) in enumerate([*cells, *[("", "")] * len(cells)]):
        right = {c.name: _right(table, c, number) for c in table.file_columns}
        yield right | ({name: text} if name else {})


def _answers(
    instrument: Sequence[Mapping[str, str]], texts: Sequence[str]
) -> Iterator[dict[str, str]]:
    """Each text as the answer to every question of an extreme scale; and answers that are right."""
    usual = (RIGHT["scale_min"], RIGHT["scale_max"])
    odd = [row["column"] for row in instrument if (row["scale_min"], row["scale_max"]) != usual]
    right = instrument[-1]["column"]
    for number, text in enumerate([*texts, *["3"] * len(texts)]):
        who = {"submitted_at": "2026-01-05 07:30:00", "respondent_id": f"r{number}"}
        answer = text if number < len(texts) else ""
        yield {**who, "unit_code": "1.01", **dict.fromkeys(odd, answer), right: answer or text}


def _right(table: Table, column: Column, number: int) -> str:
    born = date(1960, 1, 1) + timedelta(days=number % 9000)
    own: Mapping[str, str] = {
        "nip": f"{born:%Y%m%d}1985011{number // 9000 + 1:03d}",
        "pin": str(number + 1),
        "respondent_id": f"r{number}",
        "source_document": f"dokumen {number}",
        "column": f"Pertanyaan {number}",
    }
    if (table.name, column.name) == ("units", "unit_code"):
        return f"1.{number:02d}"
    return own.get(column.name) or RIGHT.get(column.name, RIGHT_OF_TYPE[column.type])


def _write(home: Home, place: str, rows: Sequence[Mapping[str, str]]) -> None:
    path = home.landing / GOVERNMENT / place
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
