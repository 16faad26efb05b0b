"""Deliveries are parsed into the scratch: typed lines, each with its fate, and their counts.

Belongs here: reading one file after the other, what a survey's rows are divided into, duplicates
within a file. Does not belong here: SQL of a row (`ingest.rows`), what is kept (`ingest.load`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from ingest.balance import Balance, BalanceError
from ingest.dialect import open_grids
from ingest.fields import Context, Field, Scale, fields_of
from ingest.landing import Delivery
from ingest.layouts import Match, folded, recognise
from ingest.reasons import Unreadable
from ingest.rows import Fate, Source, decide_styles, select_parameters, select_rows, sources
from ingest.scratch import ANSWERS
from ingest.values import hmac_pads, identifier, literal
from warehouse.catalog import Table, load_catalog

# A file whose bytes DuckDB refuses is the sender's fault, not ours.
_FILE_FAULTS = (duckdb.InvalidInputException, duckdb.ConversionException)


@dataclass(frozen=True)
class Receipt:
    """When a delivery was first seen, in UTC without a zone: its times count from then on."""

    modified_at: datetime
    received_at: datetime

    @classmethod
    def first(cls, delivery: Delivery, received_at: datetime) -> Receipt:
        """The receipt of a delivery that no night has seen before."""
        return cls(delivery.modified_at.astimezone(UTC).replace(tzinfo=None), received_at)


@dataclass(frozen=True)
class _Parsed:
    """A file in the scratch: its table, its place there, its counts by fate."""

    table: str
    first_row: int
    skip: int
    lines: int
    counts: Mapping[Fate, int]


@dataclass
class Batch:
    """One load of one source, over an open scratch (`ingest.scratch.open_scratch`).

    ``key`` is the home's, for the HMAC of respondents; ``time_zone`` that of governments which the
    rules don't name. ``balances`` is by number of the delivery, from 1, in their order.
    """

    conn: duckdb.DuckDBPyConnection
    source: str
    run_id: str
    key: bytes
    time_zone: str
    folder: Path
    balances: dict[int, Balance] = field(default_factory=dict)

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

    def waves_with_instrument(self) -> set[tuple[str, str]]:
        """Government and wave of every readable instrument of this load."""
        rows = self.conn.execute(
            "SELECT government_code, period FROM scratch.delivery WHERE table_name = 'instrument'"
        ).fetchall()
        return {(government, wave) for government, wave in rows}

    def decide(self, number: int, balance: Balance, *, repeated: int = 0) -> None:
        """Take down what was decided about a delivery; the views of schema batch follow."""
        self.balances[number] = balance
        self.conn.execute(
            "UPDATE scratch.delivery SET outcome = ?, reason_code = ?, rows_loaded = ?, "
            "rows_duplicate = ?, repeated = ? WHERE delivery_no = ?",
            [
                *(balance.outcome, balance.reason_code, balance.rows_loaded),
                *(balance.rows_duplicate, repeated, number),
            ],
        )

    def _is_instrument(self, delivery: Delivery) -> bool:
        if self.source != "survey":
            return False
        try:
            return self._recognise(delivery, {}).table == "instrument"
        except Unreadable:  # it will be said when its turn comes
            return False

    def _recognise(self, delivery: Delivery, items: Mapping[str, str]) -> Match:
        return recognise(self.source, open_grids(delivery.path, self.folder), items)

    def _read_one(self, number: int, delivery: Delivery, receipt: Receipt) -> None:
        balance = Balance(
            *delivery.key,
            delivery.relative_path,
            delivery.file_name,
            receipt.modified_at,
            receipt.received_at,
            self.run_id,
        )
        parsed = _Parsed("", 0, 0, 0, {})
        try:
            scales = self._scales(delivery)
            match = self._recognise(delivery, {folded(item): item for item in scales})
            balance = replace(balance, layout=match.layout, ignored_columns=match.ignored)
            parsed = self._parse(number, match, self._context(delivery, receipt, scales))
            balance = _counted(balance, parsed.counts)
        except Unreadable as error:
            balance = replace(
                balance, outcome="set_aside", reason_code=error.reason_code, detail=error.message
            )
        self.balances[number] = balance
        self._record(number, balance, parsed)

    # --- what must be known before ---------------------------------------------------------

    def _context(
        self, delivery: Delivery, receipt: Receipt, scales: Mapping[str, Scale]
    ) -> Context:
        zone = self.conn.execute(
            "SELECT any_value(time_zone) FROM raw.rule_governments WHERE government_code = ?",
            [delivery.government_code],
        ).fetchone()
        local_zone = ZoneInfo(zone[0] if zone and zone[0] else self.time_zone)
        arrived = receipt.received_at.replace(tzinfo=UTC).astimezone(local_zone)
        words: dict[int, dict[str, int]] = {}
        for label, points, value in self.conn.execute(
            "SELECT lower(label), points_of_scale, value FROM raw.rule_likert_labels "
            "WHERE government_code = ? AND CAST(? AS DATE) BETWEEN valid_from AND valid_to",
            [delivery.government_code, receipt.modified_at],
        ).fetchall():
            words.setdefault(points, {})[label] = value
        return Context(delivery.period, arrived.replace(tzinfo=None), scales, words)

    def _scales(self, delivery: Delivery) -> dict[str, Scale]:
        """The scale of each item that the wave's instruments name; the newest file counts."""
        if self.source != "survey":
            return {}
        rows = self.conn.execute(
            """
            SELECT item, coalesce(scale_min, 1), coalesce(scale_max, 5) FROM (
              SELECT i.*, d.modified_at, d.path FROM raw.instrument i
              JOIN raw.delivery d USING (government_code, period, file_sha256)
              WHERE d.source = 'survey' AND d.outcome = 'loaded'
              UNION ALL BY NAME
              SELECT i.*, d.modified_at, d.path FROM batch.instrument i
              JOIN batch.delivery d USING (government_code, period, file_sha256))
            WHERE government_code = ? AND period = ?
            ORDER BY modified_at, path, row_number""",
            [delivery.government_code, delivery.period],
        ).fetchall()
        return {item: Scale(low, high) for item, low, high in rows}

    # --- parsing ---------------------------------------------------------------------------

    def _parse(self, number: int, match: Match, context: Context) -> _Parsed:
        """Write every line of a file below its header to the scratch."""
        table = load_catalog().sources[match.table]
        fields = fields_of(match, context)
        first = self._count(f"SELECT count(*) FROM scratch.{table.name}")
        lines = match.grid.rows - match.skip
        self._store(number, match, fields, lines)
        if table.name == "survey":
            self._divide_survey(number, fields)
        self._skip_last_total(table, first)
        self._mark_duplicates(table, first)
        rows = self.conn.execute(
            f"SELECT fate, count(*) FROM scratch.{table.name} WHERE rowid >= {first} GROUP BY fate"
        ).fetchall()
        return _Parsed(table.name, first, match.skip, lines, {Fate(f): n for f, n in rows})

    def _store(self, number: int, match: Match, fields: Sequence[Field], lines: int) -> None:
        """Write a row per line, by the first way of reading that loses none."""
        for source in sources(match):
            self.conn.execute("BEGIN TRANSACTION")
            try:
                stored, fault = self._insert(number, match, fields, source), None
            except _FILE_FAULTS as error:
                stored, fault = None, error
            self.conn.execute("COMMIT" if stored == lines else "ROLLBACK")
            if stored == lines:
                return
        if fault:
            raise Unreadable("text_unreadable") from fault
        raise BalanceError(f"layout {match.layout}: {lines} lines, {stored} rows")

    def _insert(self, number: int, match: Match, fields: Sequence[Field], source: Source) -> int:
        styles = decide_styles(self.conn, match, fields, source)
        select = select_rows(match, fields, styles, source)
        if match.table == "survey":
            statement = f"CREATE TABLE scratch.sheet AS {select}"
        else:
            statement = (
                f"INSERT INTO scratch.{match.table} BY NAME "
                f"SELECT *, {number} AS delivery_no FROM ({select})"
            )
        return self._count(statement, select_parameters(fields, hmac_pads(self.key)))

    def _divide_survey(self, number: int, fields: Sequence[Field]) -> None:
        """Divide the sheet of a survey into submissions and their answers."""
        items = [f.name for f in fields if f.kind == "ANSWER"]
        texts = ", ".join(f"{literal(item + '=')} || {identifier(item)}" for item in items)
        digest = (
            "sha256(concat_ws(chr(31), coalesce(CAST(submitted_at AS VARCHAR), ''), "
            f"coalesce(respondent_id, ''), coalesce(unit_code, ''), {texts}))"
        )
        self.conn.execute(
            f"""
            INSERT INTO scratch.survey BY NAME
            SELECT * EXCLUDE (line), CAST(row_number() OVER (
              PARTITION BY fate, row_digest ORDER BY line) AS INTEGER) AS occurrence
            FROM (SELECT submitted_at, respondent_id, unit_code, {digest} AS row_digest,
                    {number} AS delivery_no, source_row, fate, reason_code, reason_column, raw_text,
                    rowid AS line
                  FROM scratch.sheet)
            ORDER BY line"""
        )
        names = ", ".join(literal(item) for item in items)
        points = ", ".join(identifier(item) for item in items)
        self.conn.execute(
            f"""
            INSERT INTO scratch.{ANSWERS}
            SELECT item, answer, {number}, line FROM (
              SELECT unnest([{names}]) AS item, unnest([{points}]) AS answer, rowid AS line
              FROM scratch.sheet WHERE fate = {Fate.GOOD})
            WHERE answer IS NOT NULL"""
        )
        self.conn.execute("DROP TABLE scratch.sheet")

    def _skip_last_total(self, table: Table, first: int) -> None:
        """A row of totals is skipped if it is the last one; further up it stays quarantined."""
        self.conn.execute(
            f"""
            UPDATE scratch.{table.name}
            SET fate = {Fate.SKIPPED}, reason_code = NULL, reason_column = NULL, raw_text = NULL
            WHERE reason_code = 'total_row' AND rowid = (
              SELECT max(rowid) FROM scratch.{table.name}
              WHERE rowid >= {first} AND fate <> {Fate.SKIPPED})"""
        )

    def _mark_duplicates(self, table: Table, first: int) -> None:
        """Mark all but the last row of each natural key within the file as duplicates.

        Of a survey, only a submission that repeats another one of the same respondent entirely:
        both are loaded where they differ, and where nobody is named they are told apart by
        occurrence.
        """
        names = table.key
        rows = f"scratch.{table.name} WHERE rowid >= {first} AND fate = {Fate.GOOD}"
        if table.name == "survey":
            names = ("respondent_id", "row_digest")
            rows += " AND respondent_id IS NOT NULL"
        keys = ", ".join(f'"{name}"' for name in names)
        # Counting hashes is cheap, and there is nearly never more to do.
        if not self._count(f"SELECT count(*) - count(DISTINCT hash({keys})) FROM {rows}"):
            return
        same = " AND ".join(f'p."{name}" IS NOT DISTINCT FROM g."{name}"' for name in names)
        self.conn.execute(
            f"""
            UPDATE scratch.{table.name} SET fate = {Fate.DUPLICATE} WHERE rowid IN (
              SELECT p.line
              FROM (SELECT rowid AS line, {keys} FROM {rows}) p
              JOIN (SELECT {keys}, max(rowid) AS last_line FROM {rows}
                    GROUP BY {keys} HAVING count(*) > 1) g
                ON {same} AND p.line < g.last_line)"""
        )

    def _record(self, number: int, b: Balance, parsed: _Parsed) -> None:
        values = [
            *(number, parsed.table, parsed.first_row, parsed.skip, parsed.lines, 0),
            *(b.government_code, b.source, b.period, b.file_sha256, b.path, b.file_name),
            *(b.modified_at, b.received_at, b.run_id, b.layout, b.outcome, b.reason_code),
            *(b.rows_read, b.rows_loaded, b.rows_quarantined, b.rows_duplicate, b.rows_skipped),
        ]
        marks = ", ".join("?" for _ in values)
        self.conn.execute(f"INSERT INTO scratch.delivery VALUES ({marks})", values)

    def _count(self, sql: str, parameters: Sequence[object] = ()) -> int:
        """The number that a query answers with, or of rows that a statement wrote."""
        row = self.conn.execute(sql, parameters).fetchone()
        return int(row[0]) if row else 0


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
