"""What is unusual against its own history, computed by hand, and which source is overdue."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from quality.checks import history
from tests.quality import nights
from warehouse.catalog.ddl import table_ddl
from warehouse.catalog.model import Catalog, Rhythm, Watched
from warehouse.catalog.reader import load_catalog

PAST = [10.0, 11.0, 12.0, 13.0, 14.0]
"""Median 12, median distance from it 1: usual is 12 ± 5 · 1.4826 = 12 ± 7.413."""

SERIES = history.Series("x", "mart_survey", "FROM main.series", minimum=5, share=0, least=3)


@pytest.fixture
def marts(conn: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """An open night, and every table that history looks at, empty."""
    nights.begin(conn)
    for schema, tables in (
        ("marts", load_catalog().marts),
        ("restricted", load_catalog().restricted),
    ):
        conn.execute(f"CREATE SCHEMA {schema}")
        for table in tables.values():
            conn.execute(table_ddl(table, schema))
    return conn


def judged(
    conn: duckdb.DuckDBPyConnection,
    value: float,
    past: list[float],
    series: history.Series = SERIES,
    stratum: str = "1",
) -> list[bool]:
    """Whether the value is above the usual, if it is unusual at all."""
    conn.execute(
        "CREATE OR REPLACE TABLE main.series (government_code VARCHAR, unit_code VARCHAR, "
        "stratum VARCHAR, moment VARCHAR, value DOUBLE, is_new BOOLEAN)"
    )
    rows = [("82.71", "1", "1", f"2025-01-{day + 1:02d}", v, False) for day, v in enumerate(past)]
    rows.append(("82.71", "1", stratum, "2025-12-31", value, True))
    conn.executemany("INSERT INTO main.series VALUES (?, ?, ?, ?, ?, ?)", rows)
    return [row[-1] for row in conn.execute(history.unusual_query(series)).fetchall()]


@pytest.mark.parametrize(
    ("value", "found"),
    [(19.4, []), (19.5, [True]), (4.6, []), (4.5, [False]), (12.0, [])],
)
def test_five_scaled_mads_from_the_median_are_usual(
    conn: duckdb.DuckDBPyConnection, value: float, found: list[bool]
) -> None:
    assert judged(conn, value, PAST) == found


def test_a_short_history_or_another_kind_of_day_says_nothing(
    conn: duckdb.DuckDBPyConnection,
) -> None:
    assert judged(conn, 100, PAST[:4]) == []
    assert judged(conn, 100, PAST, stratum="1r") == []


@pytest.mark.parametrize(
    ("least", "share", "found"), [(3, 0, [True]), (5.1, 0, []), (0, 0.4, [True]), (0, 0.6, [])]
)
def test_where_nothing_ever_moved_the_least_distance_decides(
    conn: duckdb.DuckDBPyConnection, least: float, share: float, found: list[bool]
) -> None:
    series = replace(SERIES, least=least, share=share)
    assert judged(conn, 15, [10.0] * 6, series) == found


def days(conn: duckdb.DuckDBPyConnection, first: date, weeks: int, punched: int) -> None:
    """Mondays of an OPD with ten people, so many of whom punch."""
    for week in range(weeks):
        day = first + timedelta(weeks=week)
        for person in range(10):
            nights.insert(
                conn,
                "restricted.employee_day",
                government_code="82.71",
                nip=f"{person:018d}",
                date=day,
                opd_code="1",
                day_status="present",
                first_punch=datetime(2026, 1, 1) if person < punched else None,
                file_sha256=f"{week:064x}",
            )


def tonight(conn: duckdb.DuckDBPyConnection, first: date, punched: int) -> list[str]:
    """The checks that find something when tonight's file brings an eighth Monday."""
    days(conn, first, 7, 9)
    nights.deliver(conn, 99, source="attendance")
    days(conn, first + timedelta(weeks=7), 1, punched)
    conn.execute(
        "UPDATE restricted.employee_day SET file_sha256 = ? WHERE date = ?",
        [f"{99:064x}", first + timedelta(weeks=7)],
    )
    return [r.check_id for r in history.check(conn, nights.RUN) if r.outcome != "passed"]


USUAL = "history.punched_share.usual"


@pytest.mark.parametrize(("punched", "found"), [(9, []), (7, []), (5, [USUAL]), (1, [USUAL])])
def test_a_monday_on_which_few_punch_is_unusual(
    marts: duckdb.DuckDBPyConnection, punched: int, found: list[str]
) -> None:
    assert tonight(marts, date(2025, 11, 24), punched) == found


@pytest.mark.parametrize("digests", ["{new}", "{other};{new}"])
def test_a_unit_of_which_nobody_punches_is_unusual_beside_one_that_does(
    marts: duckdb.DuckDBPyConnection, digests: str
) -> None:
    days(marts, date(2025, 11, 24), 8, 9)
    marts.execute("UPDATE restricted.employee_day SET file_sha256 = NULL WHERE first_punch IS NULL")
    marts.execute(
        "INSERT INTO restricted.employee_day BY NAME SELECT * REPLACE ('2' AS opd_code, "
        "if(date = '2026-01-12', NULL, first_punch) AS first_punch, "
        "if(date = '2026-01-12', NULL, file_sha256) AS file_sha256) FROM restricted.employee_day"
    )
    nights.deliver(marts, 99, source="attendance")
    marts.execute(
        "UPDATE restricted.employee_day SET file_sha256 = ? "
        "WHERE date = '2026-01-12' AND file_sha256 IS NOT NULL",
        [digests.format(new=f"{99:064x}", other=f"{98:064x}")],
    )
    found = history.find(marts, nights.RUN)[USUAL]
    assert [(one.unit_code, one.at, one.is_higher) for one in found or ()] == [
        ("2", "2026-01-12", False)
    ]


def test_a_day_of_ramadan_is_compared_with_days_of_ramadan_only(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    day = date(2026, 1, 12)
    nights.insert(marts, "raw.rule_ramadan", government_code="82.71", first_day=day, last_day=day)
    assert tonight(marts, day - timedelta(weeks=7), 1) == []


def test_a_finding_tells_where_and_when_but_no_figure(marts: duckdb.DuckDBPyConnection) -> None:
    assert tonight(marts, date(2025, 11, 24), 1) == [USUAL]
    (found,) = history.facts(marts, nights.RUN)
    assert (found["check_id"], found["count"]) == (USUAL, 1)
    assert found["first"] == [
        {"government_code": "82.71", "unit_code": "1", "at": "2026-01-12", "is_higher": False}
    ]


@pytest.mark.parametrize(
    ("last", "check_id"),
    [
        ({"rows_quarantined": 200}, "history.rejected_share.usual"),
        ({"rows_read": 4000}, "history.rows_read.usual"),
    ],
)
def test_a_file_unlike_all_before_it_is_unusual(
    marts: duckdb.DuckDBPyConnection, last: dict[str, int], check_id: str
) -> None:
    for number in range(6):
        moment = datetime(2026, 1, 1 + number)
        nights.deliver(marts, number, run_id=nights.EARLIER, modified_at=moment)
    nights.deliver(marts, 9, modified_at=datetime(2026, 1, 15), **last)
    assert failed(marts) == {check_id}


SCORES = [70.0, 71, 72, 71, 70, 71]
"""Median 71, MAD 0.5: five scaled MADs are 3.7, so the least distance decides."""


@pytest.mark.parametrize(
    ("check_id", "table", "period", "off"),
    [
        ("discipline_score", "mart_discipline", "month", 5.1),
        ("survey_score", "mart_survey", "wave_end_date", 5.1),
        ("response_rate", "mart_survey", "wave_end_date", 0.151),
        ("ip_asn_score", "mart_ip_asn", "year", 3.8),
    ],
)
def test_the_last_period_of_a_unit_is_compared_with_its_own(
    marts: duckdb.DuckDBPyConnection, check_id: str, table: str, period: str, off: float
) -> None:
    scale = 0.01 if check_id == "response_rate" else 1
    for number, score in enumerate([*(s * scale for s in SCORES), 71 * scale - off]):
        moment = 2019 + number if period == "year" else date(2025, 6 + number, 1)
        row = {"government_code": "82.71", "unit_level": "opd", "unit_code": "1"}
        nights.insert(marts, f"marts.{table}", **row, **{period: moment, check_id: score})
    assert failed(marts) == {f"history.{check_id}.usual"}
    marts.execute(
        f"UPDATE marts.{table} SET {check_id} = {71 * scale} WHERE {check_id} < 70 * {scale}"
    )
    assert failed(marts) == set()


def failed(conn: duckdb.DuckDBPyConnection) -> set[str]:
    return {r.check_id for r in history.check(conn, nights.RUN) if r.outcome == "failed"}


def overdue(conn: duckdb.DuckDBPyConnection) -> set[str]:
    results = history.check(conn, nights.RUN)
    return {r.check_id for r in results if r.check_name == "fresh" and r.outcome == "failed"}


@pytest.mark.parametrize(("ago", "found"), [(7, set()), (8, {"history.attendance.fresh"})])
def test_attendance_is_overdue_after_a_week(
    marts: duckdb.DuckDBPyConnection, ago: int, found: set[str]
) -> None:
    days(marts, nights.TODAY - timedelta(days=ago), 1, 10)
    assert overdue(marts) == found


def test_a_wave_that_ended_without_a_submission_is_overdue(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    nights.deliver(marts, 1)
    wave = {"government_code": "82.71", "wave": "2025", "end_date": date(2026, 1, 15)}
    nights.insert(marts, "raw.rule_survey_waves", **wave)
    assert overdue(marts) == {"history.survey.fresh"}
    nights.deliver(marts, 2, source="survey", period="2025", delivery_id=2)
    nights.insert(marts, "raw.survey", government_code="82.71", delivery_id=2)
    assert overdue(marts) == set()


@pytest.mark.parametrize(
    ("today", "found"),
    [(date(2026, 6, 30), set()), (date(2026, 7, 1), {"history.ip_asn.fresh"})],
)
def test_the_ip_asn_of_last_year_is_due_from_july(
    marts: duckdb.DuckDBPyConnection, today: date, found: set[str]
) -> None:
    marts.execute("UPDATE raw.run SET as_of_date = ?", [today])
    of_2024 = {"source": "ip_asn", "period": "2024", "delivery_id": 1}
    nights.deliver(marts, 1, run_id=nights.EARLIER, **of_2024)
    nights.insert(marts, "raw.ip_asn", government_code="82.71", delivery_id=1, year=2024)
    assert overdue(marts) == found


def changed(group: str, name: str, **parts: object) -> Catalog:
    """The catalog with one table that says something else of itself."""
    catalog = load_catalog()
    tables = {**getattr(catalog, group), name: replace(getattr(catalog, group)[name], **parts)}
    return replace(catalog, **{group: tables})


def test_what_a_source_promises_is_followed_without_a_query_of_its_own(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    yearly = Rhythm(every="year", subject="mart_official_index", within=3)
    subject, query = history.overdue(changed("sources", "official", rhythm=yearly))["official"]
    assert subject == "mart_official_index"
    marts.execute("UPDATE raw.run SET as_of_date = '2026-03-01'")
    given = {"source": "official", "period": "2024", "delivery_id": 1}
    nights.deliver(marts, 1, run_id=nights.EARLIER, **given)
    nights.insert(marts, "raw.official", government_code="82.71", delivery_id=1)
    assert marts.execute(query, {"run_id": nights.RUN}).fetchall() == [("82.71", "2025")]


def test_any_measure_of_a_mart_is_watched_that_its_file_names() -> None:
    watched = (Watched(measure="presence_rate", minimum=4, least=0.1),)
    catalog = changed("marts", "mart_culture_score", moment="month", watched=watched)
    with pytest.raises(LookupError, match="mart_culture_score watches presence_rate"):
        history.series(catalog)
    watched = (Watched(measure="culture_score", minimum=4, least=5),)
    found = history.series(changed("marts", "mart_culture_score", moment="month", watched=watched))
    (one,) = (series for series in found if series.subject == "mart_culture_score")
    assert (one.name, one.minimum, one.least) == ("culture_score", 4, 5)
    assert "date_trunc('month', as_of_date)" in one.query


def test_a_measure_that_nobody_watches_any_more_is_an_error() -> None:
    catalog = changed("marts", "mart_source_balance", watched=())
    with pytest.raises(LookupError, match=r"no mart watches .*rejected_share"):
        history.series(catalog)


def test_a_series_that_can_not_be_read_is_errored_and_the_others_are_not(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    marts.execute("DROP TABLE marts.mart_ip_asn")
    found = {r.check_id: r.outcome for r in history.check(marts, nights.RUN)}
    assert found.pop("history.ip_asn_score.usual") == "errored"
    assert set(found.values()) == {"passed"}


def test_every_check_on_history_has_a_test_that_makes_it_fail() -> None:
    text = Path(__file__).read_text()
    for check in history.checks():
        name = check.check_id.split(".")[1]
        assert f'"{name}"' in text or f"history.{name}." in text, check.check_id
