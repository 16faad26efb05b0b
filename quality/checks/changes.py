"""The published generation against tonight's marts: which cells changed, how much, since what.

Belongs here: the comparison, what could have caused a change, and the critical checks that figures
of a period that was over do not change without a cause. Does not belong here: whether a figure is
right, or how changes are shown (`quality.report.pages`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import duckdb

from quality.checks.results import CheckResult, ExpectedCheck, counted
from quality.words import sentence
from warehouse.catalog.model import Column, Table
from warehouse.catalog.reader import load_catalog
from warehouse.privacy import mask_digits, shown_path
from warehouse.proof import ledger
from warehouse.proof import standing as publication
from warehouse.publication.generation import MARTS_FILE, tables_of
from warehouse.sql import literal
from warehouse.store.home import Home
from warehouse.store.runs import WAVE_SILENCE_DAYS
from warehouse.vocabulary import DeliveryKey

# The keys that say of which period a row is.
_PERIODS = frozenset({"month", "year", "wave"})

# A figure of doubles summed in another order is the same figure.
_SAME = 1e-9

# A wave without a row in `survey_waves` closes by silence, after the months that it is shown in.
_GRACE_DAYS = WAVE_SILENCE_DAYS + 1

_LARGEST = 5
_MOST_FILES = 20


@dataclass(frozen=True)
class Cell:
    """A published number that changed; ``key`` is that of its row, long numbers masked."""

    key: str
    column: str
    before: float
    after: float


@dataclass(frozen=True)
class Change:
    """What changed of one table.

    ``history`` counts the changed cells, and the rows added or removed, of periods that were over
    (by 15 days and more) when the generation before was published.
    """

    table: str
    rows_added: int
    rows_removed: int
    rows_changed: int
    cells_changed: int
    history: int
    largest: tuple[Cell, ...]


@dataclass(frozen=True)
class Causes:
    """What may have changed figures since a generation was published."""

    since: str
    files: tuple[str, ...]
    rules_changed: bool
    code_changed: bool
    erasures: int

    @property
    def any(self) -> bool:
        """Whether there is a cause at all."""
        return bool(self.files) or self.rules_changed or self.code_changed or bool(self.erasures)


def checks() -> tuple[ExpectedCheck, ...]:
    """One critical check for each table with figures of periods."""
    return tuple(
        ExpectedCheck(
            check_id=f"changes.{table.name}.history_stands",
            stage="mart",
            subject=table.name,
            check_name="history_stands",
            severity="critical",
            reason=sentence("checks", "history_stands", table=table.name),
            expected="0",
        )
        for table in _compared()
        if _PERIODS & set(table.key)
    )


def check(conn: duckdb.DuckDBPyConnection, home: Home, run_id: str) -> list[CheckResult]:
    """Compare and judge: without a cause no figure of a period that was over may change."""
    causes = since_published(conn, home, run_id)
    excused = causes is None or causes.any
    now = datetime.now(UTC)
    try:
        changes = [] if excused else compare(conn, home)
    except duckdb.Error:  # it can't be told, and what can't be told is not published
        return [counted(expected, None, now) for expected in checks()]
    found = {change.table: change.history for change in changes}
    return [counted(expected, found.get(expected.subject, 0), now) for expected in checks()]


def compare(conn: duckdb.DuckDBPyConnection, home: Home) -> list[Change]:
    """Compare the marts of the working file with what is published; empty before the first time."""
    published = publication.standing(home)
    if published is None:
        return []
    with _published(conn, home, published) as earlier:
        return [_change(conn, table, earlier) for table in _compared()]


def since_published(conn: duckdb.DuckDBPyConnection, home: Home, run_id: str) -> Causes | None:
    """What has come since the published generation; None where none stands whole."""
    published = publication.standing(home)
    if published is None:
        return None
    files = _files_since(conn, home, published, run_id)
    runs = {
        run: (rules, code)
        for run, rules, code in conn.execute(
            "SELECT run_id, rules_sha256, code_version FROM raw.run WHERE run_id IN (?, ?)",
            [published, run_id],
        ).fetchall()
    }
    then, now = runs.get(published, (None, None)), runs.get(run_id, (None, None))
    return Causes(
        since=published,
        files=tuple(shown_path(*row) for row in files),
        rules_changed=then[0] != now[0],
        code_changed=then[1] != now[1],
        erasures=_erasures(home, published),
    )


def _files_since(
    conn: duckdb.DuckDBPyConnection, home: Home, published: str, run_id: str
) -> list[tuple[str, ...]]:
    """The loaded deliveries that a run read after the published one, by the ledger's order.

    What a killed night had loaded belongs to the run that recorded it.
    """
    entries = ledger.entries(home)
    past = publication.recorded_until(entries, published)
    before = {entry["run_id"] for entry in past}
    recorded = {run_id, *(entry["run_id"] for entry in entries)}
    known = {DeliveryKey.of(given) for entry in past for given in entry.get("inputs", ())}
    rows = conn.execute(
        "SELECT run_id, government_code, source, period, file_sha256, file_name FROM raw.delivery "
        "WHERE outcome = 'loaded' ORDER BY ALL"
    ).fetchall()
    return sorted(
        (*row[1:4], row[5])
        for row in rows
        if row[0] not in before and (row[0] in recorded or DeliveryKey(*row[1:5]) not in known)
    )


def facts(conn: duckdb.DuckDBPyConnection, home: Home, run_id: str, *, shown: bool) -> Any:
    """The comparison as JSON-able facts; None before the first publication.

    Args:
        conn: The working file.
        home: Its home.
        run_id: The night.
        shown: Whether tonight's figures may be shown; else there are counts only.
    """
    causes = since_published(conn, home, run_id)
    if causes is None:
        return None
    return {
        "since": causes.since,
        "files": list(causes.files[:_MOST_FILES]),
        "more_files": max(len(causes.files) - _MOST_FILES, 0),
        "rules_changed": causes.rules_changed,
        "code_changed": causes.code_changed,
        "erasures": causes.erasures,
        "tables": [_plain(change, shown) for change in compare(conn, home)],
    }


def _plain(change: Change, shown: bool) -> dict[str, Any]:
    largest = [vars(cell) for cell in change.largest] if shown else []
    return {**vars(change), "largest": largest}


def _erasures(home: Home, published: str) -> int:
    """How often a person's rows were erased since the run that is published."""
    count = 0
    for entry in ledger.entries(home):
        if entry["kind"] == "run" and entry["run_id"] == published:
            count = 0
        count += entry["kind"] == "erasure"
    return count


def _compared() -> list[Table]:
    return [table for table in load_catalog().marts.values() if "run_id" not in table.key]


@contextmanager
def _published(conn: duckdb.DuckDBPyConnection, home: Home, run_id: str) -> Iterator[str]:
    """The published marts beside the working file; yields the schema in which they are."""
    path = home.published / "generations" / run_id / MARTS_FILE
    conn.execute(f"ATTACH {literal(path)} AS earlier (READ_ONLY)")
    try:
        yield tables_of(conn, "earlier")
    finally:
        conn.execute("DETACH earlier")


def _period_end(table: Table, earlier: str) -> str:
    """SQL for the last day of a row's period; NULL for a table without periods."""
    if "month" in table.key:
        return "last_day(month)"
    if "year" in table.key:
        return "make_date(year, 12, 31)"
    if "wave" in table.key:
        return (
            f"(SELECT max(known.wave_end_date) FROM {earlier}.mart_survey AS known WHERE "
            "known.government_code = pair.government_code AND known.wave = pair.wave)"
        )
    return "NULL::DATE"


def _relation(conn: duckdb.DuckDBPyConnection, table: Table, earlier: str) -> str:
    """SQL of a published table as tonight's product would have it: a column it lacked is NULL."""
    there = {
        name
        for (name,) in conn.execute(
            "SELECT column_name FROM duckdb_columns() WHERE table_name = ? "
            "AND database_name || '.' || schema_name = ?",
            [table.name, earlier],
        ).fetchall()
    }
    columns = (c.name if c.name in there else f"NULL::{c.type} AS {c.name}" for c in table.columns)
    rows = f"FROM {earlier}.{table.name}" if there.issuperset(table.key) else "LIMIT 0"
    return f"(SELECT {', '.join(columns)} {rows})"


def _change(conn: duckdb.DuckDBPyConnection, table: Table, earlier: str) -> Change:
    measures = [column for column in table.columns if column.name not in table.key]
    over = f"{_period_end(table, earlier)} + {_GRACE_DAYS} < as_of"
    conn.execute(
        f"""CREATE OR REPLACE TEMP TABLE changed AS
        SELECT pair.*, coalesce({over}, false) AS is_over
        FROM (
            SELECT {_joined_keys(table)}, {_sides(measures)},
                {_fields(measures)} AS differs,
                old.{table.key[0]} IS NULL AS is_added, new.{table.key[0]} IS NULL AS is_removed
            FROM {_relation(conn, table, earlier)} AS old
            FULL JOIN marts.{table.name} AS new USING ({", ".join(table.key)})
        ) AS pair
        CROSS JOIN (SELECT max(as_of_date) AS as_of FROM {earlier}.publication)
        WHERE is_added OR is_removed OR len(list_filter(differs, x -> x)) > 0"""
    )
    row = conn.execute(
        """SELECT count(*) FILTER (WHERE is_added), count(*) FILTER (WHERE is_removed),
               count(*) FILTER (WHERE NOT is_added AND NOT is_removed),
               coalesce(sum(cells) FILTER (WHERE NOT is_added AND NOT is_removed), 0),
               coalesce(sum(if(is_added OR is_removed, 1, cells)) FILTER (WHERE is_over), 0)
           FROM (SELECT *, len(list_filter(differs, x -> x)) AS cells FROM changed)"""
    ).fetchone()
    added, removed, changed, cells, history = row or (0, 0, 0, 0, 0)
    largest = tuple(_largest(conn, table, measures)) if changed else ()
    return Change(table.name, added, removed, changed, int(cells), int(history), largest)


def _joined_keys(table: Table) -> str:
    return ", ".join(table.key)


def _sides(measures: Sequence[Column]) -> str:
    return ", ".join(
        f'old."{c.name}" AS "old_{c.name}", new."{c.name}" AS "new_{c.name}"' for c in measures
    )


def _fields(measures: Sequence[Column]) -> str:
    """A list with, for each measure, whether it differs where both generations have the row."""
    both = [
        f'coalesce(abs(old."{c.name}" - new."{c.name}") > {_SAME}, '
        f'(old."{c.name}" IS NULL) <> (new."{c.name}" IS NULL))'
        if c.type == "DOUBLE"
        else f'old."{c.name}" IS DISTINCT FROM new."{c.name}"'
        for c in measures
    ]
    return f"[{', '.join(both)}]"


def _largest(
    conn: duckdb.DuckDBPyConnection, table: Table, measures: Sequence[Column]
) -> Iterator[Cell]:
    """The numbers that moved most, in their own unit, published before and after."""
    numbers = [c.name for c in measures if c.type in {"DOUBLE", "BIGINT", "INTEGER", "SMALLINT"}]
    if not numbers:
        return
    key = " || ' · ' || ".join(f"CAST({name} AS VARCHAR)" for name in table.key)
    each = " UNION ALL ".join(
        f"""SELECT {key} AS key, '{name}' AS name, CAST("old_{name}" AS DOUBLE) AS before,
            CAST("new_{name}" AS DOUBLE) AS after
            FROM changed WHERE NOT is_added AND NOT is_removed"""
        for name in numbers
    )
    rows = conn.execute(
        f"""SELECT * FROM ({each}) WHERE abs(before - after) > {_SAME}
            ORDER BY abs(before - after) DESC, key, name LIMIT {_LARGEST}"""
    ).fetchall()
    for name_of_row, column, before, after in rows:
        yield Cell(mask_digits(name_of_row), column, before, after)
