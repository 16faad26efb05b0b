"""A file read as a night reads it, in a database in memory: no home, no rules, no neighbours."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import duckdb

from ingest.arrivals.landing import delivery_at
from ingest.loading.balance import Balance
from ingest.loading.batch import Batch
from ingest.loading.context import Receipt
from ingest.loading.scratch import open_scratch
from ingest.notes import Note
from warehouse.catalog.reader import load_catalog
from warehouse.store.state import ensure_raw

NOW = datetime(2026, 11, 21, 20, 30)
_PERIODS = {"wave": "2025-S1", "year": "2025", None: ""}


@contextmanager
def batch(conn: duckdb.DuckDBPyConnection, source: str, content: bytes) -> Iterator[Batch]:
    """An open batch that has read the one file; ``conn`` has the tables of schema raw."""
    with tempfile.TemporaryDirectory() as parent:
        path = Path(parent) / "berkas"
        path.write_bytes(content)
        period = _PERIODS[load_catalog().sources[source].period]
        delivery = delivery_at(path, "berkas", "82.71", source, period)
        assert delivery is not None
        with open_scratch(conn, source, Path(parent) / "scratch") as folder:
            found = Batch(
                conn,
                source,
                "run",
                b"k" * 32,
                "Asia/Jayapura",
                folder,
                find=lambda *_: None,  # nothing here mends another file
                today=NOW.date(),
            )
            found.read([(delivery, Receipt(datetime.now(UTC).replace(tzinfo=None), NOW))])
            yield found


@dataclass(frozen=True)
class Read:
    """What came of a file: its balance, refused rows, and the values that were asked for."""

    balance: Balance
    refused: list[tuple[int, str, str]]
    raw_texts: list[str]
    values: list[tuple[object, ...]]

    @property
    def counts(self) -> tuple[int, int, int]:
        """Read, loaded, quarantined."""
        b = self.balance
        return b.rows_read, b.rows_loaded, b.rows_quarantined

    @property
    def told(self) -> list[Note]:
        """The notes about sheets and rows."""
        return [n for n in self.balance.notes if n.code.startswith(("sheet", "rows"))]


def read(source: str, content: bytes, *columns: str) -> Read:
    """Read a file; ``columns`` are those of the source's table whose values are wanted."""
    return read_with(_tables(), source, content, *columns)


@cache
def _tables() -> duckdb.DuckDBPyConnection:
    """A database in memory with the tables of schema raw; what is read leaves nothing in it."""
    conn = duckdb.connect()
    ensure_raw(conn)
    return conn


def read_with(conn: duckdb.DuckDBPyConnection, source: str, content: bytes, *columns: str) -> Read:
    """The same over a connection that has the tables already."""
    with batch(conn, source, content) as found:
        (balance,) = found.balances.values()
        refused = conn.execute(
            "SELECT row_number, reason_code, column_name, raw_text FROM batch.quarantine "
            "ORDER BY ALL"
        ).fetchall()
        wanted = ", ".join(columns) or "row_number"
        rows = conn.execute(f"SELECT {wanted} FROM batch.{source} ORDER BY row_number").fetchall()
    return Read(balance, [row[:3] for row in refused], [row[3] for row in refused], rows)
