"""Rows of a load that repeat rows which schema raw has already, or an earlier delivery brings.

Belongs here: counting them by delivery. Does not belong here: duplicates within a file
(`ingest.loading.marking`), what follows for a balance (`ingest.loading.load`).

Rows are compared by a 64-bit hash of their contents: it decides about a count, never about what is
stored.
"""

from __future__ import annotations

from ingest.arrivals.withdrawals import taken_back
from ingest.loading.batch import Batch
from ingest.loading.rows import Fate
from ingest.loading.scratch import own_columns
from warehouse.catalog.model import Table

_DAYS = frozenset({"DATE", "TIMESTAMP"})


def repeats_of(batch: Batch, table: Table) -> dict[int, int]:
    """The number of repeated rows of each delivery that has any."""
    own = ", ".join(f'row."{column.name}"' for column in own_columns(table))
    if table.items_in:  # who is named is known by that, the others by how-manyeth they are
        own = "respondent_id, row_digest, CASE WHEN respondent_id IS NULL THEN occurrence END"
    others = f"""
        FROM raw.{table.name} row JOIN raw.delivery d USING (delivery_id)
        WHERE row.delivery_id NOT IN (SELECT delivery_id FROM scratch.delivery)
        AND d.government_code IN (SELECT government_code FROM scratch.delivery)
        {_within(batch, table)}
        AND NOT {taken_back("d", batch.today, "row.row_number")}"""
    accepted = [b for b in batch.balances.values() if b.outcome == "loaded"]
    if len(accepted) < 2 and not batch.conn.execute(f"SELECT 1 {others} LIMIT 1").fetchone():
        return {}
    rows = batch.conn.execute(
        f"""
        WITH fresh AS (
          SELECT row.delivery_no, hash(d.government_code, d.period, {own}) AS content
          FROM scratch.{table.name} row JOIN scratch.delivery d USING (delivery_no)
          WHERE row.fate = {Fate.GOOD} AND d.outcome = 'loaded'
        ), known AS (
          SELECT DISTINCT hash(d.government_code, d.period, {own}) AS content {others}
        ), firsts AS (
          SELECT content, min(delivery_no) AS first_no FROM fresh GROUP BY content
        )
        SELECT delivery_no, count(*) FROM fresh JOIN firsts USING (content)
        WHERE delivery_no > first_no OR content IN (SELECT content FROM known)
        GROUP BY delivery_no"""
    ).fetchall()
    return {int(number): int(repeated) for number, repeated in rows}


def _within(batch: Batch, table: Table) -> str:
    """SQL that keeps the loaded rows of the days that this load brings: no other is repeated.

    Empty where no column that every row fills is a day.
    """
    column = next((c.name for c in own_columns(table) if c.required and c.type in _DAYS), None)
    if column is None:
        return ""
    span = batch.conn.execute(
        f'SELECT min("{column}")::VARCHAR, max("{column}")::VARCHAR FROM scratch.{table.name} '
        f"WHERE fate = {Fate.GOOD}"
    ).fetchone()
    first, last = span or (None, None)
    if first is None:
        return "AND false"
    return f"AND row.\"{column}\" BETWEEN '{first}' AND '{last}'"
