"""What is unusual tonight against a source's own history, and which source is overdue.

Belongs here: the series that are watched, the one rule of what is unusual, and the promised rhythm
of each source; all of it warnings. Does not belong here: what is wrong by itself
(`quality.checks.suites`, dbt's tests) or by comparison with the published generation
(`quality.checks.changes`).

A value is unusual if there are enough earlier values of its own series (the same government, unit,
and where it matters weekday and Ramadan) and it lies further from their median than five times
their MAD (scaled to a standard deviation), and further than a least distance that is worth a look.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import duckdb

from quality.checks.results import CheckResult, ExpectedCheck, counted
from quality.words import sentence
from warehouse.catalog.model import Rhythm
from warehouse.catalog.reader import load_catalog
from warehouse.privacy import mask_digits
from warehouse.sql import literal
from warehouse.vocabulary import Text

SPREADS = 5.0
"""How many scaled MADs from the median are still usual."""

_MAD_TO_SIGMA = 1.4826
_WINDOW = 26
_MOST_FINDINGS = 20


def _rhythm(source: str) -> Rhythm:
    """How often a source is promised; an error where the catalog says nothing of it."""
    found = load_catalog().sources[source].rhythm
    if found is None:
        raise LookupError(f"{source} is watched and has no rhythm")
    return found


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
    share: float
    least: float


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


def _scores(table: str, value: str, at: str, until: str) -> str:
    return _SCORES.format(table=table, value=value, at=at, until=until)


_WAVE = ("wave_end_date", "as_of_date")
_MONTH = ("month", "date_trunc('month', as_of_date)")
_YEAR = ("year", "year(as_of_date)")

_ANY_ROWS = ", ".join(literal(t.name) for t in load_catalog().sources.values() if t.any_rows)

SERIES: tuple[Series, ...] = (
    Series("punched_share", "mart_discipline", _PUNCHED_SHARE, minimum=6, share=0, least=0.3),
    Series(
        "rows_read",
        "mart_source_balance",
        # Files of devices and forms cover any span; their days and waves are watched instead.
        _DELIVERIES.format(value="rows_read", where=f"source NOT IN ({_ANY_ROWS})"),
        minimum=6,
        share=0.5,
        least=10,
    ),
    Series(
        "rejected_share",
        "mart_source_balance",
        _DELIVERIES.format(value="rows_quarantined / rows_read", where="true"),
        minimum=6,
        share=0,
        least=0.05,
    ),
    Series(
        "discipline_score",
        "mart_discipline",
        _scores("mart_discipline", "discipline_score", *_MONTH),
        minimum=6,
        share=0,
        least=5,
    ),
    Series(
        "survey_score",
        "mart_survey",
        _scores("mart_survey", "survey_score", *_WAVE),
        minimum=3,
        share=0,
        least=5,
    ),
    Series(
        "response_rate",
        "mart_survey",
        _scores("mart_survey", "response_rate", *_WAVE),
        minimum=3,
        share=0,
        least=0.15,
    ),
    Series(
        "ip_asn_score",
        "mart_ip_asn",
        _scores("mart_ip_asn", "ip_asn_score", *_YEAR),
        minimum=3,
        share=0,
        least=3,
    ),
)

# What is overdue of a source with a rhythm: government_code and moment (since when, which period).
OVERDUE: Mapping[str, tuple[str, str]] = {
    "attendance": (
        _rhythm("attendance").subject,
        f"""SELECT government_code, CAST(max(date) AS VARCHAR)
        FROM restricted.employee_day WHERE first_punch IS NOT NULL GROUP BY government_code
        HAVING max(date)
            < (SELECT as_of_date FROM raw.run WHERE run_id = $run_id)
                - {_rhythm("attendance").within}""",
    ),
    "survey": (
        _rhythm("survey").subject,
        """SELECT DISTINCT wave.government_code, wave.wave FROM raw.rule_survey_waves AS wave
        SEMI JOIN raw.delivery AS known ON known.government_code = wave.government_code
        ANTI JOIN (FROM raw.delivery SEMI JOIN raw.survey USING (delivery_id)) AS submission
            ON submission.government_code = wave.government_code AND submission.period = wave.wave
        WHERE wave.end_date < (SELECT as_of_date FROM raw.run WHERE run_id = $run_id)""",
    ),
    "ip_asn": (
        _rhythm("ip_asn").subject,
        f"""SELECT government_code, CAST(due.year AS VARCHAR) FROM (
            SELECT DISTINCT government_code,
                year(as_of_date) - if(month(as_of_date) < {_rhythm("ip_asn").within}, 2, 1) AS year
            FROM raw.delivery CROSS JOIN (FROM raw.run WHERE run_id = $run_id)
            WHERE source = 'ip_asn') AS due
        ANTI JOIN (FROM raw.delivery SEMI JOIN raw.ip_asn USING (delivery_id)) AS given
            ON given.government_code = due.government_code
            AND given.period >= CAST(due.year AS VARCHAR)""",
    ),
}


def checks() -> tuple[ExpectedCheck, ...]:
    """A warning for each series and each promised rhythm; LookupError where one is not watched."""
    promised = {table.name for table in load_catalog().sources.values() if table.rhythm}
    if promised != OVERDUE.keys():
        raise LookupError(f"promised or watched, and not both: {promised ^ OVERDUE.keys()}")
    unusual = [_expected(f"history.{s.name}.usual", s.subject, s.name) for s in SERIES]
    overdue = [_expected(f"history.{n}.fresh", subject, n) for n, (subject, _) in OVERDUE.items()]
    return (*unusual, *overdue)


def find(conn: duckdb.DuckDBPyConnection, run_id: str) -> dict[str, list[Finding] | None]:
    """What is unusual or overdue tonight, by check id, newest first; None: it can't be told."""
    found: dict[str, list[Finding] | None] = {}
    queries = {f"history.{series.name}.usual": unusual_query(series) for series in SERIES}
    queries |= {f"history.{name}.fresh": query for name, (_, query) in OVERDUE.items()}
    for check_id, query in queries.items():
        try:
            rows = conn.execute(query, {"run_id": run_id}).fetchall()
        except duckdb.Error:
            found[check_id] = None
        else:
            # What is shown first must not hang on the order in which an engine gives rows.
            its = sorted(
                (_finding(*row) for row in rows), key=lambda f: (f.government_code, f.unit_code)
            )
            found[check_id] = sorted(its, key=lambda f: f.at, reverse=True)
    return found


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
