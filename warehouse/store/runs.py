"""What a night leaves in the working file about itself: its run, its results, its deliveries.

Belongs here: writing and reading the state tables of schema raw. Does not belong here: what a
result means (`quality`), or the record that an auditor trusts (`warehouse.proof.ledger`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

import duckdb

from warehouse.catalog.reader import load_catalog

# Without a row in survey_waves a wave is open until so many days passed without a submission.
WAVE_SILENCE_DAYS = 14


class Result(Protocol):
    """Anything with the attributes that `raw.check_result` stores beside the run_id."""

    @property
    def check_id(self) -> str:
        """The mark of the check."""


@dataclass(frozen=True)
class Run:
    """A night as it begins; ``started_at`` is UTC."""

    run_id: str
    started_at: datetime
    as_of_date: date
    code_version: str
    rules_sha256: str


def open_run(conn: duckdb.DuckDBPyConnection, run: Run) -> None:
    """Make this the current run; a run that a kill left open stays as history."""
    conn.execute("BEGIN")
    conn.execute("UPDATE raw.run SET is_current = false WHERE is_current")
    conn.execute(
        "INSERT INTO raw.run "
        "(run_id, started_at, as_of_date, code_version, rules_sha256, is_current) "
        "VALUES (?, ?, ?, ?, ?, true)",
        [
            run.run_id,
            run.started_at.replace(tzinfo=None),
            run.as_of_date,
            run.code_version,
            run.rules_sha256,
        ],
    )
    conn.execute("COMMIT")


def stamp_publication(
    conn: duckdb.DuckDBPyConnection, run_id: str, published_at: datetime | None
) -> None:
    """Say when a run was published (UTC); None takes it back."""
    stamp = published_at.replace(tzinfo=None, microsecond=0) if published_at else None
    conn.execute("UPDATE raw.run SET published_at = ? WHERE run_id = ?", [stamp, run_id])


def record_results(conn: duckdb.DuckDBPyConnection, run_id: str, results: Iterable[Result]) -> None:
    """Store check results; one that is stored already for this run is replaced."""
    columns = load_catalog().state["check_result"].columns[1:]
    rows = [[_plain(getattr(result, column.name)) for column in columns] for result in results]
    if not rows:
        return
    # A statement with a list per column: one for each result takes a hundred times as long.
    each = ", ".join(f"unnest(CAST(? AS {column.type}[]))" for column in columns)
    names = ", ".join(column.name for column in columns)
    conn.execute("BEGIN")
    conn.execute(
        "DELETE FROM raw.check_result WHERE run_id = ? AND check_id IN (SELECT unnest(?))",
        [run_id, [row[0] for row in rows]],
    )
    conn.execute(
        f"INSERT INTO raw.check_result (run_id, {names}) SELECT ?, {each}",
        [run_id, *(list(values) for values in zip(*rows, strict=True))],
    )
    conn.execute("COMMIT")


def _plain(value: Any) -> Any:
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


def stored_results(conn: duckdb.DuckDBPyConnection, run_id: str) -> list[dict[str, Any]]:
    """The results stored for a run, as dicts of the other columns of `raw.check_result`."""
    cursor = conn.execute(
        "SELECT * EXCLUDE (run_id) FROM raw.check_result WHERE run_id = ?", [run_id]
    )
    names = [entry[0] for entry in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def result_digests(conn: duckdb.DuckDBPyConnection, run_id: str) -> dict[str, str]:
    """SHA-256 over the results of a run by what found them: ``dbt`` and ``gx``."""
    found: dict[str, list[dict[str, Any]]] = {"dbt": [], "gx": []}
    for result in sorted(stored_results(conn, run_id), key=lambda row: str(row["check_id"])):
        found.setdefault(str(result["check_id"]).partition(".")[0], []).append(result)
    return {
        name: hashlib.sha256(
            json.dumps(results, sort_keys=True, default=str, ensure_ascii=False).encode()
        ).hexdigest()
        for name, results in found.items()
    }


_PERIOD = "(government_code, family, period)"


def set_baseline(conn: duckdb.DuckDBPyConnection, published: Sequence[str]) -> None:
    """Mark who is behind the figures that stand published; the night is held against them.

    A figure that no longer moves must not change through a few people. What a night kept that
    was killed before its line in the ledger was never published: it is removed.

    Args:
        conn: The working file.
        published: The runs that led to what is published (`publication.published_line`).
    """
    conn.execute("BEGIN")
    conn.execute(
        "DELETE FROM raw.published_contributor "
        "WHERE run_id IS NOT NULL AND run_id NOT IN (SELECT unnest(CAST(? AS VARCHAR[])))",
        [list(published)],
    )
    # Of each period the set that was published last; one without a run is older than all.
    conn.execute(
        f"""UPDATE raw.published_contributor AS kept
        SET is_baseline = coalesce(list_position($1, kept.run_id), 0) = newest.place
        FROM (
            SELECT government_code, family, period,
                max(coalesce(list_position($1, run_id), 0)) AS place
            FROM raw.published_contributor GROUP BY ALL
        ) AS newest
        WHERE {_of("kept")} = {_of("newest")}""",
        [list(published)],
    )
    conn.execute("COMMIT")


def keep_published_contributors(conn: duckdb.DuckDBPyConnection, run_id: str) -> None:
    """Keep who is behind the figures that a run is about to publish.

    A period is kept anew only where somebody or something differs from the baseline, so that
    nights without a change add nothing. A wave that is open again keeps what was last published.
    """
    columns = "government_code, family, period, opd_code, group_code, contributor, figures"
    tonight = f"SELECT {columns} FROM intermediate.int_contributor"
    before = f"SELECT {columns} FROM raw.published_contributor WHERE is_baseline"
    conn.execute(
        f"""INSERT INTO raw.published_contributor BY NAME
        SELECT $1 AS run_id, false AS is_baseline, {columns} FROM intermediate.int_contributor
        WHERE {_PERIOD} IN (
            SELECT {_PERIOD} FROM (({tonight} EXCEPT {before}) UNION ALL
                ({before} EXCEPT {tonight})))""",
        [run_id],
    )


def _of(alias: str) -> str:
    return f"({alias}.government_code, {alias}.family, {alias}.period)"


_KEY = ("government_code", "source", "period", "file_sha256")
_INPUT = (
    "government_code, source, period, file_sha256, file_name, layout, outcome, reason_code, "
    "rows_read, rows_loaded, rows_quarantined, rows_duplicate, rows_skipped, "
    "strftime(modified_at, '%Y-%m-%dT%H:%M:%SZ') AS modified_at"
)


def ledger_inputs(
    conn: duckdb.DuckDBPyConnection, run_id: str, keys: Collection[tuple[str, str, str, str]]
) -> list[dict[str, Any]]:
    """What the ledger records of deliveries: digests, counts and masked names, no path.

    Args:
        conn: The working file.
        run_id: The night; whatever it decided is recorded.
        keys: government, source, period and SHA-256 of deliveries that the ledger doesn't know
            yet: a night that was killed may have loaded them.
    """
    cursor = conn.execute(
        f"SELECT {_INPUT}, run_id FROM raw.delivery ORDER BY modified_at, path, government_code"
    )
    names = [entry[0] for entry in cursor.description or ()]
    unknown = {tuple(key) for key in keys}
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [
        {name: value for name, value in row.items() if name != "run_id"}
        for row in rows
        if row["run_id"] == run_id or tuple(row[name] for name in _KEY) in unknown
    ]


def silent_wave_dates(conn: duckdb.DuckDBPyConnection) -> list[date]:
    """The days on which waves without a row in `survey_waves` close by their silence."""
    rows = conn.execute(
        """
        SELECT CAST(max(submission.submitted_at) AS DATE)
        FROM raw.survey AS submission
        JOIN raw.delivery AS given USING (delivery_id)
        ANTI JOIN raw.rule_survey_waves AS wave
          ON wave.government_code = given.government_code AND wave.wave = given.period
        GROUP BY given.government_code, given.period"""
    ).fetchall()
    silence = timedelta(days=WAVE_SILENCE_DAYS + 1)  # after the last day of the calendar is never
    return sorted({row[0] + silence for row in rows if row[0] and row[0] <= date.max - silence})
