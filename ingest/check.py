"""`budaya check`: what a load of one file would do, without a load.

Belongs here: the dry run in a database in memory, and the report of it. Does not belong here:
parsing (`ingest.batch`), which is the same for a night.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from ingest.balance import Balance
from ingest.batch import Batch
from ingest.context import Receipt
from ingest.landing import Delivery, delivery_at, neighbours
from ingest.places import require_place
from ingest.reasons import REASONS, Reason
from ingest.rules import read_rules, write_rules
from ingest.scratch import open_scratch
from warehouse.home import Home, UserError
from warehouse.state import ensure_raw


@dataclass(frozen=True)
class Problem:
    """Rows that would be set aside for one reason: their column, number, and first row numbers."""

    reason: Reason
    column: str
    count: int
    rows: tuple[int, ...]


@dataclass(frozen=True)
class CheckReport:
    """What a load of a file would do. ``reason`` is filled where it would be set aside whole."""

    balance: Balance
    reason: Reason | None
    problems: tuple[Problem, ...]

    @property
    def outcome(self) -> str:
        """``clean``, ``rows`` (some would be set aside) or ``unreadable``."""
        if self.reason is not None:
            return "unreadable"
        return "rows" if self.problems else "clean"


def check_file(  # noqa: PLR0913 - the options of the command
    path: Path,
    *,
    source: str,
    government_code: str,
    period: str,
    home: Home,
    limit: int = 20,
) -> CheckReport:
    """Load a file into a database in memory and tell what would be set aside; changes nothing.

    Args:
        path: The file, anywhere.
        source: The landing source that it is meant for.
        government_code: The government that it is meant for.
        period: Its wave or year; empty for a source without periods.
        home: The home whose rules and instruments count.
        limit: How many row numbers are named for each reason.

    Raises:
        UserError: There is no such source, government or period, or no such file.
    """
    home.require()
    require_place(home, government_code, source, period)
    delivery = delivery_at(path, path.name, government_code, source, period)
    if delivery is None:
        raise UserError(
            f"{path}: tidak terbaca; pastikan ada dan berupa berkas",
            f"{path}: can't be read; see whether it is there and is a file",
        )
    near = [d for d in neighbours(home, delivery) if source == "survey"]
    now = datetime.now(UTC).replace(tzinfo=None)
    with duckdb.connect() as conn, tempfile.TemporaryDirectory() as parent:
        conn.execute(f"SET memory_limit = '{home.settings().memory_limit}'")
        conn.execute("SET temp_directory = ?", [parent])
        ensure_raw(conn)
        write_rules(conn, read_rules(home, [government_code]))
        with open_scratch(conn, source, Path(parent)) as folder:
            batch = Batch(
                *(conn, source, "check", home.key(), home.settings().time_zone, folder),
                find=lambda returned, sha256: _original(home, returned, sha256),
                today=now.replace(tzinfo=UTC)
                .astimezone(ZoneInfo(home.settings().time_zone))
                .date(),
            )
            batch.read_instruments([(d, Receipt.first(d, now)) for d in near])
            number = batch.read([(delivery, Receipt.first(delivery, now))])[0]
            return _report(batch, number, limit)


def _original(home: Home, returned: Delivery, sha256: str) -> Delivery | None:
    found = (d for d in neighbours(home, returned) if d.file_sha256 == sha256)
    return next(found, None)


def _report(batch: Batch, number: int, limit: int) -> CheckReport:
    balance = batch.balances[number]
    rows = batch.conn.execute(
        f"""
        SELECT reason_code, coalesce(column_name, '') AS named, count(*),
          list(row_number ORDER BY row_number)[:{limit}]
        FROM batch.quarantine WHERE file_sha256 = ?
        GROUP BY ALL ORDER BY count(*) DESC, reason_code, named""",
        [balance.file_sha256],
    ).fetchall()
    return CheckReport(
        balance,
        REASONS[balance.reason_code] if balance.reason_code else None,
        tuple(
            Problem(REASONS[code], column, count, tuple(numbers))
            for code, column, count, numbers in rows
        ),
    )
