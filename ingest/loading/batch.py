"""Deliveries are parsed into the scratch: typed lines, each with its fate, and their counts.

Belongs here: reading one file after the other. Does not belong here: SQL of a row
(`ingest.loading.rows`), what the rows of a file are to one another (`ingest.loading.marking`), what
is kept (`ingest.loading.load`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain
from pathlib import Path

import duckdb

from ingest.arrivals.landing import Delivery
from ingest.loading import noting
from ingest.loading.balance import Balance, BalanceError
from ingest.loading.context import Receipt, context_of, digest, former_digests
from ingest.loading.marking import divide_survey, mark_duplicates, skip_last_total
from ingest.loading.rows import Fate, select_parameters, select_rows, sources
from ingest.loading.spans import refuse_spanning
from ingest.notes import Note, to_json
from ingest.reading.dialect import open_grids
from ingest.reading.headers import folded
from ingest.reasons import Unreadable
from ingest.recognising.fields import Context, Field, fields_of
from ingest.recognising.layouts import recognise
from ingest.recognising.match import Match
from ingest.recognising.respondents import unname_shared
from ingest.recognising.verdicts import Source, decide_styles
from ingest.senders.mended import Mended, read_mended
from ingest.values.people import hmac_pads
from ingest.values.style import Style
from warehouse.catalog.reader import load_catalog
from warehouse.vocabulary import DeliveryKey

# A file whose bytes DuckDB refuses is the sender's fault, not ours.
_FILE_FAULTS = (duckdb.InvalidInputException, duckdb.ConversionException)


@dataclass(frozen=True)
class _Parsed:
    """A file in the scratch: its table, its place there, its counts by fate, how it was read."""

    table: str
    first_row: int
    skip: int
    lines: int
    counts: Mapping[Fate, int]
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class _Reading:
    """How a file is to be read; what came back is read by the style of its original's columns."""

    match: Match
    styled_by: Match
    mended: Mended | None = None
    original: Delivery | None = None


@dataclass
class Batch:
    """One load of one source, over an open scratch (`ingest.loading.scratch.open_scratch`).

    ``key`` is the home's, for the HMAC of respondents; ``time_zone`` that of governments which the
    rules don't name. ``find`` looks for the file of a digest at the place of a delivery: the
    original of a returned workbook. ``today`` is the local date, on which withdrawals hold.
    ``balances`` is by number of the delivery, from 1, in their order.
    """

    conn: duckdb.DuckDBPyConnection
    source: str
    run_id: str
    key: bytes
    time_zone: str
    folder: Path
    find: Callable[[Delivery, str], Delivery | None]
    today: date
    balances: dict[int, Balance] = field(default_factory=dict)
    _ids: dict[DeliveryKey, int] = field(default_factory=dict)
    _last_id: int | None = None

    def read(self, deliveries: Iterable[tuple[Delivery, Receipt]]) -> list[int]:
        """Parse deliveries, instruments before the surveys that they describe.

        Returns:
            The numbers under which they are known from now on, in the order given.
        """
        first = len(self.balances) + 1
        numbered = list(enumerate(deliveries, start=first))
        early = [n for n, (delivery, _) in numbered if self._is_instrument(delivery)]
        for number, (delivery, receipt) in sorted(numbered, key=lambda n: n[0] not in early):
            self._read_one(number, delivery, receipt)
        return [number for number, _ in numbered]

    def read_instruments(self, deliveries: Iterable[tuple[Delivery, Receipt]]) -> None:
        """Parse those deliveries that are instruments of a survey."""
        self.read([(d, receipt) for d, receipt in deliveries if self._is_instrument(d)])

    def read_by(self, delivery: Delivery, receipt: Receipt) -> tuple[str, set[str]]:
        """A digest of what a delivery's rows would be read by now, the file itself apart.

        And those that former versions of the product took of the same.
        """
        context = self._context(delivery, receipt)
        return digest(context), former_digests(self.conn, context, delivery, receipt)

    def _context(self, delivery: Delivery, receipt: Receipt) -> Context:
        return context_of(self.conn, self.time_zone, self.today, delivery, receipt)

    def decide(self, number: int, balance: Balance, *, repeated: int = 0) -> None:
        """Take down what was decided about a delivery; the views of schema batch follow."""
        self.balances[number] = balance
        self.conn.execute(
            "UPDATE scratch.delivery SET outcome = ?, reason_code = ?, rows_loaded = ?, "
            "rows_duplicate = ?, repeated = ? WHERE delivery_no = ?",
            [
                balance.outcome,
                balance.reason_code,
                balance.rows_loaded,
                balance.rows_duplicate,
                repeated,
                number,
            ],
        )

    def drop(self, number: int) -> None:
        """Leave a delivery out, as if it had not been read."""
        del self.balances[number]
        self.conn.execute("DELETE FROM scratch.delivery WHERE delivery_no = ?", [number])
        self.conn.execute("DELETE FROM scratch.mended_row WHERE delivery_no = ?", [number])

    def _is_instrument(self, delivery: Delivery) -> bool:
        first = {t.name for t in load_catalog().tables_of(self.source) if t.read_first}
        if not first:
            return False
        try:
            return self._recognise(delivery, {}).match.table in first
        except (Unreadable, OSError):  # it will be said when its turn comes
            return False

    def _recognise(self, delivery: Delivery, items: Mapping[str, str]) -> _Reading:
        grids = open_grids(delivery.path, self.folder)
        first = next(grids)
        mended = read_mended(first)
        if mended is None:
            match = recognise(self.source, chain([first], grids), items)
            return _Reading(match, match)
        original = self.find(delivery, mended.original_sha256)
        if original is None:
            raise Unreadable("original_unknown")
        read_as = self._recognise(original, items)
        if load_catalog().sources[read_as.match.table].snapshot:
            raise Unreadable("original_whole")
        match = replace(read_as.match, grid=mended.grid, skip=0, mended=True, notes=())
        return _Reading(match, read_as.styled_by, mended, original)

    def _read_one(self, number: int, delivery: Delivery, receipt: Receipt) -> None:
        balance = Balance(
            *delivery.key,
            delivery.relative_path,
            delivery.file_name,
            receipt.modified_at,
            receipt.received_at,
            self.run_id,
        )
        decided, parsed = balance, _Parsed("", 0, 0, 0, {})
        files = [delivery]
        try:
            context = self._context(delivery, receipt)
            reading = self._recognise(delivery, {folded(item): item for item in context.scales})
            files += [reading.original] if reading.original else []
            decided = _recognised(balance, reading.match, context)
            parsed = self._parse(number, reading, context)
            decided = replace(_counted(decided, parsed.counts), notes=parsed.notes)
        except Unreadable as error:
            decided = _set_aside(decided, error.reason_code, error.message)
        except (BalanceError, duckdb.IOException, OSError):
            if not _trouble(files):
                raise
        if trouble := _trouble(files):  # what was read is not what was hashed
            decided, parsed = _set_aside(balance, trouble), _Parsed("", 0, 0, 0, {})
        self.balances[number] = decided
        self._record(number, decided, parsed)

    # --- parsing ---------------------------------------------------------------------------

    def _parse(self, number: int, reading: _Reading, context: Context) -> _Parsed:
        """Write every line of a file below its header to the scratch."""
        match = reading.match
        table = load_catalog().sources[match.table]
        fields = fields_of(match, context)
        refuse_spanning(self.conn, match, fields)
        first = self._count(f"SELECT count(*) FROM scratch.{table.name}")
        lines = match.grid.rows - match.skip
        styles = self._store(number, reading, fields, lines)
        unnamed = 0
        if table.items_in:
            unnamed = unname_shared(self.conn)
            divide_survey(self.conn, number, fields)
        skip_last_total(self.conn, table, first)
        mark_duplicates(self.conn, table, first)
        self._note_origins(number, reading, first)
        rows = self.conn.execute(
            f"SELECT fate, count(*) FROM scratch.{table.name} WHERE rowid >= {first} GROUP BY fate"
        ).fetchall()
        counts = {Fate(f): n for f, n in rows}
        skipped = counts.get(Fate.SKIPPED)
        notes = (
            *noting.of_match(match, context),
            *noting.of_styles(fields, styles),
            *noting.of_codes(self.conn, match, fields),
            *(noting.of_respondents(self.conn, first, unnamed) if table.items_in else ()),
            *noting.of_columns(self.conn, match, fields),
            *(noting.of_skipped(self.conn, table.name, first, match.skip) if skipped else ()),
        )
        return _Parsed(table.name, first, match.skip, lines, counts, notes)

    def _note_origins(self, number: int, reading: _Reading, first: int) -> None:
        """Take down which rows that came back were records, and what they mend."""
        if reading.mended is None:
            return
        rows = [row for row, _ in reading.mended.origins]
        originals = [original for _, original in reading.mended.origins]
        self.conn.execute(
            f"""
            INSERT INTO scratch.mended_row
            SELECT ?, m.row_number, ?, m.original_row
            FROM (SELECT unnest(CAST(? AS BIGINT[])) AS row_number,
                unnest(CAST(? AS BIGINT[])) AS original_row) m
            SEMI JOIN (SELECT * FROM scratch.{reading.match.table} WHERE rowid >= {first}) p
              ON p.source_row = m.row_number AND p.fate <> {Fate.SKIPPED}""",
            [number, reading.mended.original_sha256, rows, originals],
        )

    def _store(
        self, number: int, reading: _Reading, fields: Sequence[Field], lines: int
    ) -> Mapping[str, Style]:
        """Write a row per line, by the first way of reading that loses none.

        Returns:
            The styles that the columns were read by.
        """
        match = reading.match
        styles: Mapping[str, Style] = {}
        for source in sources(match):
            self.conn.execute("BEGIN TRANSACTION")
            try:
                styles = self._styles(reading, fields, source)
                stored, fault = self._insert(number, match, fields, styles, source), None
            except _FILE_FAULTS as error:
                stored, fault = None, error
            except duckdb.IOException:
                self.conn.execute("ROLLBACK")
                raise
            self.conn.execute("COMMIT" if stored == lines else "ROLLBACK")
            if stored == lines:
                return styles
        if fault:
            raise Unreadable("text_unreadable") from fault
        raise BalanceError(f"layout {match.layout}: {lines} lines, {stored} rows")

    def _styles(
        self, reading: _Reading, fields: Sequence[Field], source: Source
    ) -> Mapping[str, Style]:
        if reading.mended is None:
            return decide_styles(self.conn, reading.match, fields, source)
        # A few rows tell little: the style of their original's columns is theirs.
        *_, safe = sources(reading.styled_by)
        return decide_styles(self.conn, reading.styled_by, fields, safe)

    def _insert(
        self,
        number: int,
        match: Match,
        fields: Sequence[Field],
        styles: Mapping[str, Style],
        source: Source,
    ) -> int:
        select = select_rows(match, fields, styles, source)
        if load_catalog().sources[match.table].items_in:
            statement = f"CREATE TABLE scratch.sheet AS {select}"
        else:
            statement = (
                f"INSERT INTO scratch.{match.table} BY NAME "
                f"SELECT *, {number} AS delivery_no FROM ({select})"
            )
        return self._count(statement, select_parameters(fields, hmac_pads(self.key)))

    def _record(self, number: int, b: Balance, parsed: _Parsed) -> None:
        values = [
            number,
            parsed.table,
            parsed.first_row,
            parsed.skip,
            parsed.lines,
            0,
            self._delivery_id(b.key),
            b.government_code,
            b.source,
            b.period,
            b.file_sha256,
            b.path,
            b.file_name,
            b.header,
            b.read_by,
            b.modified_at,
            b.received_at,
            b.run_id,
            b.layout,
            b.outcome,
            b.reason_code,
            b.rows_read,
            b.rows_loaded,
            b.rows_quarantined,
            b.rows_duplicate,
            b.rows_skipped,
            to_json(b.notes),
        ]
        marks = ", ".join("?" for _ in values)
        self.conn.execute(f"INSERT INTO scratch.delivery VALUES ({marks})", values)

    def _delivery_id(self, key: DeliveryKey) -> int:
        """The number that a delivery was given when it was first decided, else the next one."""
        if self._last_id is None:
            rows = self.conn.execute(
                "SELECT government_code, source, period, file_sha256, delivery_id FROM raw.delivery"
            ).fetchall()
            self._ids = {DeliveryKey(*row[:4]): row[4] for row in rows}
            self._last_id = max(self._ids.values(), default=0)
        if key not in self._ids:
            self._last_id += 1
            self._ids[key] = self._last_id
        return self._ids[key]

    def _count(self, sql: str, parameters: Sequence[object] = ()) -> int:
        """The number that a query answers with, or of rows that a statement wrote."""
        row = self.conn.execute(sql, parameters).fetchone()
        return int(row[0]) if row else 0


def _recognised(balance: Balance, match: Match, context: Context) -> Balance:
    header = "\t".join(match.header) or None
    # An instrument is itself what others are read by.
    is_read_first = load_catalog().sources[match.table].read_first
    by = balance.read_by if is_read_first else digest(context)
    return replace(balance, header=header, layout=match.layout, read_by=by)


def _set_aside(balance: Balance, reason_code: str, detail: str = "") -> Balance:
    return replace(balance, outcome="set_aside", reason_code=reason_code, detail=detail)


def _trouble(files: Iterable[Delivery]) -> str:
    """Why what was read from some files is not what was found in landing; empty if it is."""
    return next(filter(None, (file.trouble() for file in files)), "")


def _counted(balance: Balance, counts: Mapping[Fate, int]) -> Balance:
    skipped = counts.get(Fate.SKIPPED, 0)
    return replace(
        balance,
        rows_read=sum(counts.values()) - skipped,
        rows_loaded=counts.get(Fate.GOOD, 0),
        rows_quarantined=counts.get(Fate.QUARANTINED, 0),
        rows_duplicate=counts.get(Fate.DUPLICATE, 0),
        rows_skipped=skipped,
    )
