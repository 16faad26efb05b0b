"""A home whose landing the tests fill with files made as bytes, and nights that load them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from ingest.arrivals.landing import scan
from ingest.loading.balance import Balance
from ingest.loading.load import load_source
from ingest.rules.resolving import read_rules, write_rules
from warehouse.store.home import Home
from warehouse.store.state import ensure_raw
from warehouse.vocabulary import DeliveryKey

TERNATE = "82.71"
FIRST_TIME = 1_780_000_000  # a day in 2026; each file is written a minute after the one before
NOW = datetime(2026, 11, 21, 20, 30, tzinfo=UTC)
COUNTS = ("rows_read", "rows_loaded", "rows_quarantined", "rows_duplicate", "rows_skipped")


@dataclass
class Office:
    """What an office and a night do: put files into landing, load them, look at the rows.

    Its working file begins as a copy of one, with the digest of the rules in it, if one is given.
    """

    home: Home
    files: int = 0
    held: dict[DeliveryKey, str] = field(default_factory=dict)
    judged: list[str] = field(default_factory=list)
    unpublished: set[str] = field(default_factory=set)
    begun: tuple[Path, str] | None = None
    rules_sha256: str = ""

    def put(self, place: str, content: bytes | str, name: str = "berkas.csv") -> Path:
        """Write a file below landing/82.71, a minute younger than the one before."""
        path = self.home.landing / TERNATE / place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        self.files += 1
        os.utime(path, (FIRST_TIME + 60 * self.files,) * 2)
        return path

    @contextmanager
    def working_file(self) -> Iterator[duckdb.DuckDBPyConnection]:
        if self.begun and not self.home.warehouse_file.exists():
            file, self.rules_sha256 = self.begun
            shutil.copy(file, self.home.warehouse_file)
        with self.home.connect() as conn:
            ensure_raw(conn)
            yield conn

    def load(self, source: str, *, run_id: str = "run-1") -> list[Balance]:
        """Load what is due of a source; the judge holds what ``held`` says."""

        def judge(conn: duckdb.DuckDBPyConnection, name: str) -> Mapping[DeliveryKey, str]:
            self.judged.append(name)
            assert conn.execute("SELECT count(*) FROM batch.delivery").fetchone() != (0,)
            return self.held

        found = scan(self.home)
        with self.working_file() as conn:
            rules = read_rules(self.home, found.governments)
            if self.rules_sha256 != rules.sha256:  # it takes longer than a small file
                self.rules_sha256 = write_rules(conn, rules).sha256
            conn.execute("DELETE FROM raw.run WHERE run_id = ?", [run_id])
            conn.execute(
                "INSERT INTO raw.run (run_id, rules_sha256) VALUES (?, ?)", [run_id, rules.sha256]
            )
            mine = [d for d in found.deliveries if d.source == source]
            vouched = {known for (known,) in conn.execute("SELECT run_id FROM raw.run").fetchall()}
            return load_source(
                conn,
                self.home,
                run_id,
                NOW,
                source,
                mine,
                judge,
                vouched=vouched - self.unpublished,
            )

    def balance(self, source: str) -> tuple[int, ...]:
        """What `counts` says of the only delivery that is due."""
        (balance,) = self.load(source)
        return counts(balance)

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        with self.working_file() as conn:
            return conn.execute(sql).fetchall()

    def reasons(self) -> list[tuple[object, ...]]:
        """Row number, reason and column of every quarantined row."""
        return self.rows(
            "SELECT row_number, reason_code, column_name FROM raw.quarantine ORDER BY ALL"
        )


def counts(balance: Balance) -> tuple[int, ...]:
    """Read, loaded, quarantined, duplicate, skipped."""
    return tuple(getattr(balance, name) for name in COUNTS)


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A working file with the empty tables and the shipped rules, and the digest of these."""
    home = Home(tmp_path_factory.mktemp("begun") / "home")
    home.create()
    with home.connect() as conn:
        ensure_raw(conn)
        return home.warehouse_file, write_rules(conn, read_rules(home, (TERNATE,))).sha256


@pytest.fixture
def office(tmp_path: Path, begun: tuple[Path, str]) -> Office:
    home = Home(tmp_path / "home")
    home.create()
    return Office(home, begun=begun)
