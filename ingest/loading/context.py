"""What is known about a delivery before its file is opened: zones, answer words, scales.

Belongs here: what the rules and the wave's instruments say about how rows are read, and a digest of
it, by which a later night knows that they would be read otherwise. Does not belong here: the rows
themselves (`ingest.loading.batch`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import duckdb

from ingest.arrivals.landing import Delivery
from ingest.arrivals.withdrawals import taken_back
from ingest.recognising.fields import Context, Scale
from ingest.values.words import bare
from warehouse.catalog.reader import load_catalog


@dataclass(frozen=True)
class Receipt:
    """When a delivery was first seen, in UTC without a zone: its times count from then on."""

    modified_at: datetime
    received_at: datetime

    @classmethod
    def first(cls, delivery: Delivery, received_at: datetime) -> Receipt:
        """The receipt of a delivery that no night has seen before."""
        return cls(delivery.modified_at.astimezone(UTC).replace(tzinfo=None), received_at)


def digest(context: Context) -> str:
    """A digest of the rules in a context; it changes when a row might be read otherwise."""
    return _sha256([*_rules(context), context.wave])


def former_digests(
    conn: duckdb.DuckDBPyConnection, context: Context, delivery: Delivery, receipt: Receipt
) -> set[str]:
    """The digests that former versions of the product took of the same rules.

    They left out the wave, and the first ones compared answer words in small letters only. Files
    that they loaded by the rules of now are as good as read now.
    """
    has_items = load_catalog().sources[delivery.source].items_in is not None
    words = _words(conn, delivery, receipt, str.lower) if has_items else {}
    return {_sha256(_rules(context)), _sha256(_rules(replace(context, words=words)))}


def _rules(context: Context) -> list[object]:
    scales = sorted((item, scale.low, scale.high) for item, scale in context.scales.items())
    words = sorted((n, *word) for n, of in context.words.items() for word in of.items())
    return [context.zone, context.form_zone, scales, words]


def _sha256(rules: list[object]) -> str:
    return hashlib.sha256(json.dumps(rules, default=str).encode()).hexdigest()


@dataclass
class Contexts:
    """The contexts of one load; what deliveries of one place and day share is looked up once.

    ``conn`` is a working file with the rules and the open batch of this load, ``time_zone`` that of
    governments which the rules don't name, ``today`` the local date, on which an instrument stands
    or was taken back.
    """

    conn: duckdb.DuckDBPyConnection
    time_zone: str
    today: date
    _known: dict[tuple[str, str, str, date], Context] = field(default_factory=dict)

    def of(self, delivery: Delivery, receipt: Receipt) -> Context:
        """What is known about a delivery before its file is opened."""
        place = (delivery.government_code, delivery.source, delivery.period)
        key = (*place, receipt.modified_at.date())
        if key not in self._known:
            self._known[key] = self._look_up(delivery, receipt)
        known = self._known[key]
        zone = ZoneInfo(known.zone)
        arrived, written = (
            moment.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)
            for moment in (receipt.received_at, receipt.modified_at)
        )
        return replace(known, arrived=arrived, written=written.date())

    def forget(self) -> None:
        """Look everything up again: an instrument was read."""
        self._known.clear()

    def _look_up(self, delivery: Delivery, receipt: Receipt) -> Context:
        zones = self.conn.execute(
            "SELECT time_zone, form_time_zone FROM raw.rule_governments "
            "WHERE government_code = ? AND CAST(? AS DATE) BETWEEN valid_from AND valid_to",
            [delivery.government_code, receipt.modified_at],
        ).fetchone()
        zone, form_zone = zones or (self.time_zone, None)
        known = Context(delivery.period, zone=zone, form_zone=form_zone or zone)
        if load_catalog().sources[delivery.source].items_in is None:
            return known
        return replace(
            known,
            scales=_scales(self.conn, self.today, delivery),
            words=_words(self.conn, delivery, receipt),
            wave=_wave(self.conn, delivery),
        )


def _wave(conn: duckdb.DuckDBPyConnection, delivery: Delivery) -> tuple[date, date | None] | None:
    """The first and last day of the delivery's wave; the newest row about it stays true."""
    return conn.execute(
        "SELECT start_date, end_date FROM raw.rule_survey_waves "
        "WHERE government_code = ? AND wave = ? ORDER BY valid_from DESC LIMIT 1",
        [delivery.government_code, delivery.period],
    ).fetchone()


def _words(
    conn: duckdb.DuckDBPyConnection,
    delivery: Delivery,
    receipt: Receipt,
    folded: Callable[[str], str] = bare,
) -> dict[int, dict[str, int]]:
    """The answer words of each number of points, as words are compared."""
    words: dict[int, dict[str, int]] = {}
    for label, points, value in conn.execute(
        "SELECT label, points_of_scale, value FROM raw.rule_likert_labels "
        "WHERE government_code = ? AND CAST(? AS DATE) BETWEEN valid_from AND valid_to",
        [delivery.government_code, receipt.modified_at],
    ).fetchall():
        words.setdefault(points, {})[folded(label)] = value
    return words


def _scales(conn: duckdb.DuckDBPyConnection, today: date, delivery: Delivery) -> dict[str, Scale]:
    """The scale of each item by the wave's instruments; the newest that stands counts."""
    rows = conn.execute(
        f"""
        SELECT item, coalesce(scale_min, 1), coalesce(scale_max, 5) FROM (
          SELECT i.*, d.period, d.file_sha256, d.modified_at, d.path
          FROM raw.instrument i JOIN raw.delivery d USING (delivery_id) WHERE d.outcome = 'loaded'
          UNION ALL BY NAME
          SELECT i.*, d.period, d.file_sha256, d.modified_at, d.path
          FROM batch.instrument i JOIN batch.delivery d USING (delivery_id)) i
        WHERE government_code = ? AND period = ? AND NOT {taken_back("i", today, "i.row_number")}
        ORDER BY modified_at, path, row_number""",
        [delivery.government_code, delivery.period],
    ).fetchall()
    return {item: Scale(low, high) for item, low, high in rows}
