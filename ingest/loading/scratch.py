"""The scratch database of a load: every line of the new deliveries, typed, not yet decided.

Belongs here: its tables, the views of schema ``batch`` that show them as they would lie in schema
raw, and their clean-up. Does not belong here: what fills the tables (`ingest.loading.batch`).

The lines lie in memory (spilling to the home's scratch folder) in the order of the file, so that
the number of a row is its place in the table: nothing has to count lines. Of a survey, answers hang
on the line of their submission.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from ingest.loading.rows import Fate
from warehouse.catalog.model import Column, Table
from warehouse.catalog.reader import load_catalog

ANSWERS = "survey_answer"
_PREFIX = "ingest-"

DELIVERY: Mapping[str, str] = {
    "delivery_no": "INTEGER",
    "table_name": "VARCHAR",
    "first_row": "BIGINT",
    "skip": "BIGINT",
    "lines": "BIGINT",
    "repeated": "BIGINT",
    "delivery_id": "INTEGER",
    "government_code": "VARCHAR",
    "source": "VARCHAR",
    "period": "VARCHAR",
    "file_sha256": "VARCHAR",
    "path": "VARCHAR",
    "file_name": "VARCHAR",
    "header": "VARCHAR",
    "read_by": "VARCHAR",
    "modified_at": "TIMESTAMP",
    "received_at": "TIMESTAMP",
    "run_id": "VARCHAR",
    "layout": "VARCHAR",
    "outcome": "VARCHAR",
    "reason_code": "VARCHAR",
    "rows_read": "BIGINT",
    "rows_loaded": "BIGINT",
    "rows_quarantined": "BIGINT",
    "rows_duplicate": "BIGINT",
    "rows_skipped": "BIGINT",
    "notes": "VARCHAR",
}
"""The columns of `scratch.delivery`, with their types."""

_DELIVERY_VIEW = """
    CREATE VIEW batch.delivery AS
    SELECT * EXCLUDE (delivery_no, table_name, first_row, skip, lines, repeated),
      rows_quarantined / nullif(rows_read, 0) AS rejected_share
    FROM scratch.delivery"""

# Which rows of a returned workbook mend which row of their original file.
_MENDED_DDL = """
    CREATE TABLE scratch.mended_row (
      delivery_no INTEGER, row_number BIGINT, original_sha256 VARCHAR, original_row BIGINT)"""

_MENDED_VIEW = """
    CREATE VIEW batch.mended_row AS
    SELECT d.government_code, d.source, d.period, d.file_sha256,
      m.row_number, m.original_sha256, m.original_row
    FROM scratch.mended_row m JOIN scratch.delivery d USING (delivery_no)
    WHERE d.outcome = 'loaded'"""

# The place of a row in the scratch tells its line; where a line of the file became several rows, or
# sheets were joined, the row says itself which one it was.
_ROW_NUMBER = "coalesce(p.source_row, p.rowid - d.first_row + d.skip + 1) AS row_number"
_ITS_DELIVERY = "JOIN scratch.delivery d ON d.delivery_no = p.delivery_no"
_ORIGIN = f"d.government_code, d.delivery_id, {_ROW_NUMBER}"


def told(names: Iterable[str]) -> str:
    """SQL of rows with these columns of a delivery; one parameter tells them, as `as_told` writes.

    A parameter for each value takes ten times as long.
    """
    types = json.dumps([{name: DELIVERY[name] for name in names}])
    return f"(SELECT unnest(told) FROM (SELECT unnest(from_json(?, '{types}')) AS told))"


def as_told(rows: Iterable[Mapping[str, object]]) -> str:
    """Rows as `told` takes them; what else they hold is passed over."""
    return json.dumps([*rows], ensure_ascii=False, default=str)


def source_tables(source: str) -> tuple[Table, ...]:
    """The tables of schema raw that the files of a landing source fill."""
    return load_catalog().tables_of(source)


def own_columns(table: Table) -> tuple[Column, ...]:
    """The stored columns that belong to a row itself, not to its delivery."""
    appended = {column.name for column in table.appended}
    return tuple(column for column in table.raw_columns if column.name not in appended)


@contextmanager
def open_scratch(conn: duckdb.DuckDBPyConnection, source: str, parent: Path) -> Iterator[Path]:
    """Make the scratch of a load; in the end remove it, and whatever a killed load left.

    Args:
        conn: The working file.
        source: The landing source that is loaded.
        parent: A private folder; the caller holds the home's lock.

    Yields:
        A private folder for files that have to be rewritten.
    """
    parent.mkdir(parents=True, exist_ok=True)
    for left in parent.glob(f"{_PREFIX}*"):
        shutil.rmtree(left)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
    conn.execute("DROP SCHEMA IF EXISTS batch CASCADE")
    conn.execute("ATTACH ':memory:' AS scratch")
    try:
        _create(conn, source_tables(source))
        yield folder
    finally:
        with suppress(duckdb.TransactionException):  # of what somebody stopped in its midst
            conn.execute("ROLLBACK")
        conn.execute("DROP SCHEMA IF EXISTS batch CASCADE")
        conn.execute("DETACH scratch")
        shutil.rmtree(folder)


def _create(conn: duckdb.DuckDBPyConnection, tables: Sequence[Table]) -> None:
    columns = ", ".join(f"{name} {sql_type}" for name, sql_type in DELIVERY.items())
    conn.execute(f"CREATE TABLE scratch.delivery ({columns})")
    conn.execute(_MENDED_DDL)
    for table in tables:
        conn.execute(f"CREATE TABLE scratch.{table.name} ({', '.join(_columns(table))})")
    conn.execute("BEGIN TRANSACTION")  # of the working file: each view would wait for the disk
    for statement in _views(tables):
        conn.execute(statement)
    conn.execute("COMMIT")


def _views(tables: Sequence[Table]) -> Iterator[str]:
    yield "CREATE SCHEMA batch"
    yield _DELIVERY_VIEW
    yield _MENDED_VIEW
    for table in tables:
        rows = _good_answers if table.name == ANSWERS else _good_rows
        yield f"CREATE VIEW batch.{table.name} AS {rows(table)}"
    refused = [_refused_rows(table.name) for table in tables if table.name != ANSWERS]
    yield f"CREATE VIEW batch.quarantine AS {' UNION ALL '.join(refused)}"


def _columns(table: Table) -> list[str]:
    own = [f'"{column.name}" {column.type}' for column in own_columns(table)]
    if table.name == ANSWERS:
        return [*own, "delivery_no INTEGER", "line BIGINT"]
    verdict = "fate UTINYINT, reason_code VARCHAR, reason_column VARCHAR, raw_text VARCHAR"
    return [*own, "delivery_no INTEGER", "source_row INTEGER", verdict]


def move_statement(table: Table, numbers: Sequence[int]) -> str:
    """SQL that moves the rows of deliveries to schema raw.

    To the engine what comes from one delivery is constant, which halves the time of its move.
    """
    these = f"IN ({', '.join(map(str, numbers))})"
    one = f"CROSS JOIN (SELECT * FROM scratch.delivery WHERE delivery_no {these}) d"
    rows = _good_answers if table.name == ANSWERS else _good_rows
    selected = rows(table, one if len(numbers) == 1 else _ITS_DELIVERY)
    return f"INSERT INTO raw.{table.name} BY NAME {selected} AND p.delivery_no {these}"


def _good_rows(table: Table, delivery: str = _ITS_DELIVERY) -> str:
    """SQL of the rows that are to be loaded, as they will lie in schema raw."""
    own = ", ".join(f'p."{column.name}"' for column in own_columns(table))
    return (
        f"SELECT {own}, {_ORIGIN} FROM scratch.{table.name} p {delivery} "
        f"WHERE p.fate = {Fate.GOOD} AND d.outcome = 'loaded'"
    )


def _good_answers(table: Table, delivery: str = _ITS_DELIVERY) -> str:
    return (
        f"SELECT a.item, a.answer, {_ORIGIN} FROM scratch.survey p {delivery} "
        f"JOIN scratch.{table.name} a "
        "ON a.delivery_no = p.delivery_no AND p.rowid = d.first_row + a.line "
        f"WHERE p.fate = {Fate.GOOD} AND d.outcome = 'loaded'"
    )


def _refused_rows(name: str) -> str:
    """SQL of the rows that go to quarantine."""
    return (
        "SELECT d.government_code, d.source, d.period, d.file_sha256, "
        f"{_ROW_NUMBER}, p.reason_code, "
        "p.reason_column AS column_name, p.raw_text, d.received_at "
        f"FROM scratch.{name} p {_ITS_DELIVERY} "
        f"WHERE p.fate = {Fate.QUARANTINED} AND d.outcome = 'loaded'"
    )
