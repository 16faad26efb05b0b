"""What is unusual tonight against a source's own history, and which source is overdue.

Belongs here: how a measure is followed, the one rule of what is unusual, and what overdue means for
each rhythm; all of it warnings. Does not belong here: which measures are watched and which sources
are promised (the catalog), what is wrong by itself (`quality.checks.suites`, dbt's tests) or by
comparison with the published generation (`quality.checks.changes`).

A value is unusual if there are enough earlier values of its own series (the same government, unit,
and where it matters weekday and Ramadan) and it lies further from their median than five times
their MAD (scaled to a standard deviation), and further than a least distance that is worth a look.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import duckdb

from quality.checks.results import CheckResult, ExpectedCheck, counted
from quality.words import sentence
from warehouse.catalog.model import Catalog, Rhythm, Table
from warehouse.catalog.reader import load_catalog
from warehouse.privacy import mask_digits
from warehouse.sql import literal
from warehouse.vocabulary import Text

SPREADS = 5.0
"""How many scaled MADs from the median are still usual."""

_MAD_TO_SIGMA = 1.4826
_WINDOW = 26
_MOST_FINDINGS = 20


@dataclass(frozen=True)
class Series:
    """A watched measure.

    ``query`` selects government_code, unit_code, stratum, moment (sorts by time), value and is_new
    (judged tonight). ``share`` and ``least`` are the distance worth a look: a share of the median,
    or an absolute distance in the measure's own unit.
    """

    name: str
    subject: str
    query: str
    minimum: int
    share: float = 0
    least: float = 0


@dataclass(frozen=True)
class Finding:
    """Something unusual: where, when, and whether above the usual.

    Never the value itself, which may be about few people.
    """

    government_code: str
    unit_code: str
    at: str
    is_higher: bool | None


_PUNCHED_SHARE = """
    SELECT day.government_code, opd_code AS unit_code,
        isodow(date) || CASE WHEN ramadan.first_day IS NULL THEN '' ELSE 'r' END AS stratum,
        CAST(date AS VARCHAR) AS moment, count(first_punch) / count(*) AS value,
        bool_or(fresh.moment IS NOT NULL AND date < run.as_of_date) AS is_new
    FROM restricted.employee_day AS day
    CROSS JOIN (FROM raw.run WHERE run_id = $run_id) AS run
    LEFT JOIN raw.rule_ramadan AS ramadan ON ramadan.government_code = day.government_code
        AND date BETWEEN ramadan.first_day AND ramadan.last_day
    LEFT JOIN (
        -- Whoever did not punch has no file: a day is new to all units of which one has news of it.
        SELECT DISTINCT government_code, date AS moment
        FROM (SELECT *, unnest(string_split(file_sha256, ';')) AS file FROM restricted.employee_day)
        WHERE file IN (SELECT file_sha256 FROM raw.delivery WHERE run_id = $run_id)
    ) AS fresh ON fresh.government_code = day.government_code AND fresh.moment = date
    WHERE day_status <> 'excused' GROUP BY ALL HAVING count(*) >= 5"""

_DELIVERIES = """
    SELECT government_code, source AS unit_code, '' AS stratum,
        strftime(modified_at, '%Y-%m-%d %H:%M:%S UTC') AS moment, CAST({value} AS DOUBLE) AS value,
        run_id = $run_id AS is_new
    FROM raw.delivery WHERE outcome <> 'set_aside' AND rows_read > 0 AND {where}"""

_SCORES = """
    SELECT government_code, unit_code, unit_level AS stratum, CAST({at} AS VARCHAR) AS moment,
        {value} AS value, {at} = max({at}) OVER (PARTITION BY government_code) AS is_new
    FROM marts.{table} WHERE {value} IS NOT NULL AND {at} < (
        SELECT {until} FROM raw.run WHERE run_id = $run_id)"""

_ANY_ROWS = ", ".join(literal(t.name) for t in load_catalog().sources.values() if t.any_rows)

# Measures that are watched more closely than a mart shows them: by day, and by file.
_FINER: Mapping[str, str] = {
    "punched_share": _PUNCHED_SHARE,
    # Files of devices and forms cover any span; their days and waves are watched instead.
    "rows_read": _DELIVERIES.format(value="rows_read", where=f"source NOT IN ({_ANY_ROWS})"),
    "rejected_share": _DELIVERIES.format(value="rows_quarantined / rows_read", where="true"),
}

# What is overdue of a source that comes so often: government_code and moment (since when, which
# period).
_OVERDUE: Mapping[str, str] = {
    "day": """SELECT government_code, CAST(max({day}) AS VARCHAR)
        FROM restricted.{shown} WHERE {filled} IS NOT NULL GROUP BY government_code
        HAVING max({day})
            < (SELECT as_of_date FROM raw.run WHERE run_id = $run_id) - {within}""",
    "wave": """SELECT DISTINCT wave.government_code, wave.wave FROM raw.rule_survey_waves AS wave
        SEMI JOIN raw.delivery AS known ON known.government_code = wave.government_code
        ANTI JOIN (FROM raw.delivery SEMI JOIN raw.{source} USING (delivery_id)) AS submission
            ON submission.government_code = wave.government_code AND submission.period = wave.wave
        WHERE wave.end_date < (SELECT as_of_date FROM raw.run WHERE run_id = $run_id)""",
    "year": """SELECT government_code, CAST(due.year AS VARCHAR) FROM (
            SELECT DISTINCT government_code,
                year(as_of_date) - if(month(as_of_date) < {within}, 2, 1) AS year
            FROM raw.delivery CROSS JOIN (FROM raw.run WHERE run_id = $run_id)
            WHERE source = '{source}') AS due
        ANTI JOIN (FROM raw.delivery SEMI JOIN raw.{source} USING (delivery_id)) AS given
            ON given.government_code = due.government_code
            AND given.period >= CAST(due.year AS VARCHAR)""",
}


def series(catalog: Catalog) -> tuple[Series, ...]:
    """What the marts say is watched; LookupError where nothing tells how, or nobody asks for it."""
    found = tuple(
        Series(
            one.measure,
            mart.name,
            _FINER.get(one.measure) or _scores(mart, one.measure),
            one.minimum,
            one.share,
            one.least,
        )
        for mart in catalog.marts.values()
        for one in mart.watched
    )
    if unasked := _FINER.keys() - {one.name for one in found}:
        raise LookupError(f"no mart watches {unasked}")
    return found


def overdue(catalog: Catalog) -> Mapping[str, tuple[str, str]]:
    """By source with a rhythm: the mart that lacks it, and the query of what is overdue."""
    return {
        table.name: (table.rhythm.subject, _overdue_query(table, table.rhythm))
        for table in catalog.sources.values()
        if table.rhythm
    }


def _scores(mart: Table, measure: str) -> str:
    columns = {column.name: column for column in mart.columns}
    if measure not in columns or mart.moment is None:
        raise LookupError(f"{mart.name} watches {measure}: no column, or no moment to follow it by")
    moment = columns[mart.moment]
    until = "as_of_date" if moment.type == "DATE" else "year(as_of_date)"
    if moment.unit == "month":
        until = f"date_trunc('month', {until})"
    return _SCORES.format(table=mart.name, value=measure, at=moment.name, until=until)


def _overdue_query(table: Table, rhythm: Rhythm) -> str:
    shown = asdict(rhythm.news) if rhythm.news else {}
    shown["shown"] = shown.pop("table", "")
    return _OVERDUE[rhythm.every].format(source=table.name, within=rhythm.within, **shown)


def checks() -> tuple[ExpectedCheck, ...]:
    """A warning for each series and each promised rhythm; LookupError where one is not known."""
    return tuple(expected for expected, _ in _watched())


def find(conn: duckdb.DuckDBPyConnection, run_id: str) -> dict[str, list[Finding] | None]:
    """What is unusual or overdue tonight, by check id, newest first; None: it can't be told."""
    found: dict[str, list[Finding] | None] = {}
    for expected, query in _watched():
        try:
            rows = conn.execute(query, {"run_id": run_id}).fetchall()
        except duckdb.Error:
            found[expected.check_id] = None
        else:
            # What is shown first must not hang on the order in which an engine gives rows.
            its = sorted(
                (_finding(*row) for row in rows), key=lambda f: (f.government_code, f.unit_code)
            )
            found[expected.check_id] = sorted(its, key=lambda f: f.at, reverse=True)
    return found


def _watched() -> Iterator[tuple[ExpectedCheck, str]]:
    """Every check with the query of what it finds."""
    for one in series(load_catalog()):
        yield _expected(f"history.{one.name}.usual", one.subject, one.name), unusual_query(one)
    for name, (subject, query) in overdue(load_catalog()).items():
        yield _expected(f"history.{name}.fresh", subject, name), query


def check(conn: duckdb.DuckDBPyConnection, run_id: str) -> list[CheckResult]:
    """The results of all checks on history: how much is unusual or overdue."""
    found, now = find(conn, run_id), datetime.now(UTC)
    counts = {name: None if its is None else len(its) for name, its in found.items()}
    return [counted(expected, counts[expected.check_id], now) for expected in checks()]


def facts(conn: duckdb.DuckDBPyConnection, run_id: str) -> list[dict[str, Any]]:
    """What was found, by check: so many of them, and the first few."""
    said = {expected.check_id: asdict(expected.reason) for expected in checks()}
    return [
        {
            "check_id": check_id,
            "reason": said[check_id],
            "count": len(its),
            "first": [asdict(finding) for finding in its[:_MOST_FINDINGS]],
        }
        for check_id, its in find(conn, run_id).items()
        if its
    ]


def unusual_query(series: Series) -> str:
    """SQL of every figure of a series, with whether it is unusual against those before it."""
    return f"""
        SELECT government_code, moment, unit_code, value > middle
        FROM (
            SELECT *, count(value) OVER earlier AS known, median(value) OVER earlier AS middle,
                mad(value) OVER earlier AS spread
            FROM ({series.query})
            WINDOW earlier AS (
                PARTITION BY government_code, unit_code, stratum ORDER BY moment
                ROWS BETWEEN {_WINDOW} PRECEDING AND 1 PRECEDING)
        )
        WHERE is_new AND known >= {series.minimum} AND abs(value - middle) > greatest(
            {SPREADS * _MAD_TO_SIGMA} * spread, {series.share} * middle, {series.least})
        ORDER BY moment DESC, government_code, unit_code"""


def _finding(
    government: str, at: str | None, unit: str = "", is_higher: bool | None = None
) -> Finding:
    return Finding(mask_digits(government), mask_digits(unit), mask_digits(at or "–"), is_higher)


def _expected(check_id: str, subject: str, name: str) -> ExpectedCheck:
    word = check_id.rpartition(".")[2]
    said = sentence("checks", word, what=_name(name))
    return ExpectedCheck(check_id, "mart", subject, word, "warning", said, "0")


def _name(name: str) -> Text:
    return sentence("watched", name)
