"""New deliveries enter schema raw, whole or not at all.

Belongs here: which deliveries are due, the judge's verdict, and the one transaction that moves
rows, quarantine, delivery and balance. Does not belong here: parsing (`ingest.loading.batch`), the
dry run (`ingest.loading.check`), checks (quality), or deciding whether a night is due
(`ingest.arrivals.plan`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import duckdb

from ingest.arrivals.landing import PASSING, Delivery
from ingest.loading.balance import Balance, BalanceError, check_balance
from ingest.loading.batch import Batch
from ingest.loading.context import Receipt
from ingest.loading.repeats import repeats_of
from ingest.loading.scratch import ANSWERS, move_statement, open_scratch, source_tables
from ingest.loading.snapshots import compare_snapshots, loaded_beside_new
from warehouse.store.home import Home
from warehouse.vocabulary import DeliveryKey

_BIG = 500_000  # rows of a delivery for which a statement of its own is soon earned
_SAME_DELIVERY = (
    "r.government_code = d.government_code AND r.source = d.source "
    "AND r.period = d.period AND r.file_sha256 = d.file_sha256"
)

Judge = Callable[[duckdb.DuckDBPyConnection, str], Mapping[DeliveryKey, str]]
"""Looks at schema ``batch`` and names the check that holds a delivery, for each that is held."""


def load_source(  # noqa: PLR0913, PLR0917 - the interface of a night's step
    conn: duckdb.DuckDBPyConnection,
    home: Home,
    run_id: str,
    now: datetime,
    source: str,
    deliveries: Sequence[Delivery],
    judge: Judge,
    *,
    vouched: Collection[str],
) -> list[Balance]:
    """Load what is due of a source's deliveries and return their balances, in order.

    A delivery that is loaded already is left alone, unless the night that loaded it was never
    published, what its rows were read by has changed since (answer words, its wave's instrument, a
    time zone), or it is a snapshot beside which another one arrived: then it is loaded and judged
    again whole. So give all deliveries of the source that
    stand in landing.

    Args:
        conn: The working file; schema raw, the rules and the row of this run are in it.
        home: The home, whose lock the caller holds.
        run_id: The night.
        now: When the night began; what is first seen in it was received then.
        source: A landing source.
        deliveries: Of this source, in the contract's order.
        judge: Called once, with every readable new delivery in schema ``batch``.
        vouched: The nights whose loads a publication vouches for (`publication.vouched_run_ids`).

    Raises:
        BalanceError: Rows were lost or invented; nothing of the load is kept.
    """
    known = _known(conn, source)
    settings = home.settings()
    today = now.astimezone(ZoneInfo(settings.time_zone)).date()
    received = now.astimezone(UTC).replace(tzinfo=None)
    receipted = [
        (d, known[d.key].receipt if d.key in known else Receipt.first(d, received))
        for d in deliveries
    ]
    loaded = [pair for pair in receipted if _stands(known.get(pair[0].key), vouched)]
    due = [pair for pair in receipted if not _stands(known.get(pair[0].key), vouched)]
    with open_scratch(conn, source, home.scratch) as folder:
        batch = Batch(
            conn,
            source,
            run_id,
            home.key(),
            settings.time_zone,
            folder,
            find=_finder(deliveries),
            today=today,
        )
        batch.read(due)
        _read_again(batch, loaded, known)
        if not batch.balances:
            return []
        if _has_snapshots(source):
            compare_snapshots(conn, today)
        if any(balance.outcome == "loaded" for balance in batch.balances.values()):
            _apply_verdict(batch, judge(conn, source))
        _count_repeats(batch)
        _move(batch)
        return [balance for _, balance in sorted(batch.balances.items())]


def _has_snapshots(source: str) -> bool:
    return any(table.snapshot for table in source_tables(source))


def _read_again(
    batch: Batch, loaded: Sequence[tuple[Delivery, Receipt]], known: Mapping[DeliveryKey, _Known]
) -> None:
    """Read what is loaded, but would be read otherwise now or stands beside a new snapshot.

    What can't be read for a moment keeps the rows that it has.
    """
    beside = loaded_beside_new(batch.conn) if _has_snapshots(batch.source) else set()
    again = batch.read(
        (delivery, receipt)
        for delivery, receipt in loaded
        if delivery.key in beside or not _is_read_as_now(batch, delivery, known[delivery.key])
    )
    for number in again:
        if batch.balances[number].reason_code in PASSING:
            batch.drop(number)


def _finder(deliveries: Sequence[Delivery]) -> Callable[[Delivery, str], Delivery | None]:
    """Find the original of a returned workbook: it lies at the same place in landing."""
    by_key = {delivery.key: delivery for delivery in deliveries}
    return lambda returned, sha256: by_key.get(returned.key._replace(file_sha256=sha256))


@dataclass(frozen=True)
class _Known:
    """A delivery that a former night decided."""

    receipt: Receipt
    outcome: str
    read_by: str | None
    run_id: str


def _stands(known: _Known | None, vouched: Collection[str]) -> bool:
    return known is not None and known.outcome == "loaded" and known.run_id in vouched


def _known(conn: duckdb.DuckDBPyConnection, source: str) -> dict[DeliveryKey, _Known]:
    rows = conn.execute(
        "SELECT government_code, source, period, file_sha256, modified_at, received_at, outcome, "
        "read_by, run_id FROM raw.delivery WHERE source = ?",
        [source],
    ).fetchall()
    return {DeliveryKey(*row[:4]): _Known(Receipt(row[4], row[5]), *row[6:]) for row in rows}


def _is_read_as_now(batch: Batch, delivery: Delivery, known: _Known) -> bool:
    """Whether a delivery would be read by the rules that it was read by, if it has any.

    What a former version of the product read by the same rules is as good, and known so from now.
    """
    now, formerly = batch.read_by(delivery, known.receipt)
    if known.read_by in formerly:
        batch.conn.execute(
            "UPDATE raw.delivery SET read_by = ? WHERE government_code = ? AND source = ? "
            "AND period = ? AND file_sha256 = ?",
            [now, *delivery.key],
        )
    return known.read_by in {"", now, *formerly}


def _apply_verdict(batch: Batch, held: Mapping[DeliveryKey, str]) -> None:
    decided = {
        number: replace(balance, outcome="held", reason_code=held[balance.key])
        for number, balance in batch.balances.items()
        if balance.outcome == "loaded" and balance.key in held
    }
    batch.decide(decided, {})


# --- rows that are known already ------------------------------------------------------------


def _count_repeats(batch: Batch) -> None:
    """Count rows that repeat one of a loaded or earlier delivery as duplicates.

    A row that was taken back is repeated by none.
    """
    for table in source_tables(batch.source):
        if table.name == ANSWERS:
            continue
        repeats = repeats_of(batch, table)
        decided = {
            number: replace(
                batch.balances[number],
                rows_loaded=batch.balances[number].rows_loaded - repeated,
                rows_duplicate=batch.balances[number].rows_duplicate + repeated,
            )
            for number, repeated in repeats.items()
        }
        batch.decide(decided, repeats)


# --- the transaction ------------------------------------------------------------------------


def _move(batch: Batch) -> None:
    """Replace what schema raw holds of the deliveries and prove the balance, or change nothing."""
    conn = batch.conn
    conn.execute("BEGIN TRANSACTION")
    try:
        _forget(batch)
        _move_rows(batch)
        conn.execute("INSERT INTO raw.quarantine BY NAME SELECT * FROM batch.quarantine")
        conn.execute("INSERT INTO raw.mended_row BY NAME SELECT * FROM batch.mended_row")
        conn.execute(
            "INSERT INTO raw.delivery BY NAME SELECT * EXCLUDE (rejected_share) FROM batch.delivery"
        )
        conn.execute(
            "INSERT INTO raw.balance BY NAME "
            "SELECT * EXCLUDE (delivery_id, rejected_share, path, header, read_by, notes) "
            "FROM batch.delivery"
        )
        _prove(batch)
    except BaseException:  # a break from the keyboard too must leave all or nothing
        conn.execute("ROLLBACK")
        raise
    conn.execute("COMMIT")


def _move_rows(batch: Batch) -> None:
    """Move the rows of every accepted delivery: a big one alone, all others together."""
    accepted = {n: b.rows_loaded for n, b in batch.balances.items() if b.outcome == "loaded"}
    big = [number for number, rows in accepted.items() if rows > _BIG]
    small = [number for number in accepted if number not in big]
    for numbers in (*([number] for number in big), *([small] if small else [])):
        for table in source_tables(batch.source):
            batch.conn.execute(move_statement(table, numbers))


def _forget(batch: Batch) -> None:
    """Delete what former nights stored of these deliveries."""
    known = _known(batch.conn, batch.source)
    if all(balance.key not in known for balance in batch.balances.values()):
        return
    for name in (*(table.name for table in source_tables(batch.source)), "delivery"):
        batch.conn.execute(
            f"DELETE FROM raw.{name} r USING scratch.delivery d WHERE r.delivery_id = d.delivery_id"
        )
    for name in ("quarantine", "mended_row"):
        batch.conn.execute(
            f"DELETE FROM raw.{name} r USING scratch.delivery d WHERE {_SAME_DELIVERY}"
        )


def _stored(batch: Batch) -> dict[int, int]:
    """How many rows schema raw has of each delivery; an answer is a part of its row."""
    stored: Counter[int] = Counter()
    for table in source_tables(batch.source):
        if table.name != ANSWERS:
            rows = batch.conn.execute(
                "SELECT d.delivery_no, r.stored FROM scratch.delivery d JOIN "
                f"(SELECT delivery_id, count(*) AS stored FROM raw.{table.name} "
                "WHERE delivery_id IN (SELECT delivery_id FROM scratch.delivery) "
                "GROUP BY delivery_id) r USING (delivery_id)"
            ).fetchall()
            stored.update(dict(rows))
    return stored


def _prove(batch: Batch) -> None:
    """Hold every balance against what was really written to schema raw, row by row."""
    stored = _stored(batch)
    rows = batch.conn.execute(
        """
        SELECT d.delivery_no, any_value(d.lines), any_value(d.repeated), count(q.row_number)
        FROM scratch.delivery d
        LEFT JOIN raw.quarantine q USING (government_code, source, period, file_sha256)
        GROUP BY d.delivery_no"""
    ).fetchall()
    if len(rows) != len(batch.balances):
        raise BalanceError(f"{batch.source}: a delivery has no record")
    for number, lines, repeated, quarantined in rows:
        check_balance(
            batch.balances[number],
            lines=lines,
            stored=stored[number],
            quarantined=quarantined,
            repeated=repeated,
        )
