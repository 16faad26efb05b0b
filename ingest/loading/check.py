"""`budaya check`: what a load of one file would do, without a load.

Belongs here: the dry run in a database in memory, and the report of it. Does not belong here:
parsing (`ingest.loading.batch`), which is the same for a night, or the checks that would hold the
file (`quality.checks.forecast`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from ingest.arrivals.landing import Delivery, delivery_at, neighbours
from ingest.arrivals.places import require_place
from ingest.loading.balance import Balance
from ingest.loading.batch import Batch
from ingest.loading.context import Receipt
from ingest.loading.scratch import open_scratch
from ingest.notes import Note, ranges
from ingest.reading.dialect import open_grids
from ingest.reading.grids import Grid
from ingest.reasons import REASONS, Reason, Unreadable
from ingest.recognising.layouts import recognise
from ingest.rules.resolving import read_rules, write_rules
from ingest.values.words import bare_word
from ingest.words import sentence
from warehouse.catalog.reader import load_catalog
from warehouse.errors import UserError
from warehouse.store.home import Home
from warehouse.store.state import ensure_raw
from warehouse.vocabulary import Text

Forecast = Callable[[duckdb.DuckDBPyConnection, str], Mapping[str, Text]]
"""Names the checks for which a night would hold what lies in schema ``batch``, and their words."""

# Reasons that may well mean that the file lies in the wrong folder.
_MISTAKEN = frozenset({"layout_unknown", "column_missing"})


@dataclass(frozen=True)
class Problem:
    """Rows that would be set aside for one reason: their column, number, and first row numbers."""

    reason: Reason
    column: str
    count: int
    rows: tuple[int, ...]


@dataclass(frozen=True)
class CheckReport:
    """What a load of a file would do.

    ``reason`` is filled where it would be set aside whole; then ``belongs`` names the sources of
    which it does have a layout. ``held`` are the checks, by id, for which a night would hold it.
    How it was read and what was ignored say the notes of its balance.
    """

    balance: Balance
    reason: Reason | None
    problems: tuple[Problem, ...]
    held: Mapping[str, Text] = field(default_factory=dict)
    belongs: tuple[str, ...] = ()

    @property
    def outcome(self) -> str:
        """``clean``, ``rows`` (some would be set aside), ``held`` (all would) or ``unreadable``."""
        if self.reason is not None:
            return "unreadable"
        if self.held:
            return "held"
        return "rows" if self.problems else "clean"


def check_file(  # noqa: PLR0913 - the options of the command
    path: Path,
    *,
    source: str,
    government_code: str,
    period: str,
    home: Home,
    limit: int = 20,
    forecast: Forecast = lambda *_: {},
    now: datetime | None = None,
) -> CheckReport:
    """Load a file into a database in memory and tell what would be set aside; changes nothing.

    Args:
        path: The file, anywhere.
        source: The landing source that it is meant for.
        government_code: The government that it is meant for.
        period: Its wave or year; empty for a source without periods.
        home: The home whose rules and instruments count.
        limit: How many row numbers are named for each reason.
        forecast: Asked once, when the file lies in schema ``batch``, alone.
        now: When the file counts as received, with its zone; the present without one.

    Raises:
        UserError: There is no such source, government or period, or no such file.
    """
    home = home.with_settings()
    zone = home.settings().time_zone
    require_place(home, government_code, source, period)
    delivery = delivery_at(path, path.name, government_code, source, period)
    if delivery is None:
        raise UserError(sentence("landing", "unreadable", file=path))
    reads_first = any(t.read_first for t in load_catalog().tables_of(source))
    near = [d for d in neighbours(home, delivery) if reads_first]
    now = (now or datetime.now(UTC)).astimezone(UTC).replace(tzinfo=None)
    with home.in_memory() as conn, home.workshop() as parent:
        ensure_raw(conn)
        write_rules(conn, read_rules(home, [government_code]))
        with open_scratch(conn, source, parent) as folder:
            batch = Batch(
                conn,
                source,
                "check",
                home.key(),
                zone,
                folder,
                find=lambda returned, sha256: _original(home, returned, sha256),
                today=now.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date(),
            )
            batch.read_instruments([(d, Receipt.first(d, now)) for d in near])
            number = batch.read([(delivery, Receipt.first(delivery, now))])[0]
            conn.execute("DELETE FROM scratch.delivery WHERE delivery_no <> ?", [number])
            report = _report(batch, number, limit)
            if report.reason is None:
                return replace(report, held=forecast(conn, source))
            if report.reason.code in _MISTAKEN:
                found = sources_of(path, folder)
                return replace(report, belongs=tuple(s for s in found if s != source))
            return report


def sources_of(path: Path, scratch: Path) -> tuple[str, ...]:
    """The landing sources of which a file has a layout, whatever it was sent as.

    Args:
        path: The file.
        scratch: A private folder for what has to be rewritten; the caller removes it.
    """
    readings = _Readings(open_grids(path, scratch))
    return tuple(s for s in load_catalog().landing_sources if _fits(s, readings))


class _Readings:
    """The readings of a file, each of them made once, however many sources look at it."""

    def __init__(self, left: Iterator[Grid]) -> None:
        self._left = left
        self._made: list[Grid] = []
        self._fault: Unreadable | None = None

    def __iter__(self) -> Iterator[Grid]:
        yield from self._made
        try:
            for grid in self._left:
                self._made.append(grid)
                yield grid
        except Unreadable as fault:
            self._fault = fault
        if self._fault:
            raise self._fault


def _fits(source: str, readings: _Readings) -> bool:
    try:
        recognise(source, readings, {})
    except Unreadable:
        return False
    return True


def _original(home: Home, returned: Delivery, sha256: str) -> Delivery | None:
    found = (d for d in neighbours(home, returned) if d.file_sha256 == sha256)
    return next(found, None)


def _report(batch: Batch, number: int, limit: int) -> CheckReport:
    balance = batch.balances[number]
    ((table,),) = batch.conn.execute("SELECT table_name FROM scratch.delivery").fetchall()
    if table and load_catalog().sources[table].snapshot:
        balance = replace(balance, notes=(*balance.notes, Note("compared_at_night")))
    waiting = _words_unknown(batch.conn, table) if table else ()
    balance = replace(balance, notes=(*balance.notes, *waiting))
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


def _words_unknown(conn: duckdb.DuckDBPyConnection, table: str) -> Iterator[Note]:
    """Words that the rule of their column doesn't list on the row's day: their rows wait."""
    source = load_catalog().sources[table]
    day = source.dated_by
    for column in source.columns:
        if column.listed_in is None:
            continue
        word = f"listed.{column.name}"
        then = f" AND given.{day} BETWEEN listed.valid_from AND listed.valid_to" if day else ""
        found = conn.execute(
            f"""SELECT row_number FROM batch.{table} AS given
            ANTI JOIN raw.rule_{column.listed_in} AS listed
                ON {bare_word(f"given.{column.name}")} = {bare_word(word)}{then}
            WHERE given.{column.name} IS NOT NULL ORDER BY row_number"""
        ).fetchall()
        if found:
            rows = ranges([number for (number,) in found])
            yield Note("words_unknown", column.name, column.listed_in, count=len(found), rows=rows)
