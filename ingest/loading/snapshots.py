"""How much of the snapshot before it each snapshot of the employees still holds.

Belongs here: the order of a government's snapshots and the share that the gate judges (contract
section 2, Snapshots). Does not belong here: the spells that follow from snapshots (dbt), or the
verdict, which is a bound of the catalog.
"""

from __future__ import annotations

from datetime import date
from itertools import groupby

import duckdb

from ingest.arrivals.withdrawals import taken_back
from ingest.loading.rows import Fate
from warehouse.catalog.reader import load_catalog
from warehouse.vocabulary import DeliveryKey

# Every readable snapshot that was not taken back, in the order of deliveries; `delivery_no` is
# NULL for those that an earlier night has loaded.
_SNAPSHOTS = """
    SELECT s.government_code, s.file_sha256, s.delivery_no FROM (
      SELECT government_code, file_sha256, modified_at, path, delivery_no
      FROM scratch.delivery
      WHERE table_name = 'employee_snapshot' AND outcome = 'loaded'
      UNION ALL
      SELECT government_code, file_sha256, modified_at, path, NULL
      FROM raw.delivery d
      WHERE source = 'employees' AND outcome = 'loaded'
        AND EXISTS (SELECT 1 FROM raw.employee_snapshot r
                    WHERE r.delivery_id = d.delivery_id)
        AND (government_code, file_sha256) NOT IN
          (SELECT (government_code, file_sha256) FROM scratch.delivery)) s
    WHERE NOT {taken_back}
    ORDER BY s.government_code, s.modified_at, s.path"""


def loaded_beside_new(conn: duckdb.DuckDBPyConnection) -> set[DeliveryKey]:
    """The loaded snapshots of every government that has one in this load.

    An earlier one that arrives late changes what a loaded one is compared with, so they are judged
    again together: whatever the order of arrival, the same ones are held.
    """
    rows = conn.execute(
        """
        SELECT DISTINCT d.government_code, d.source, d.period, d.file_sha256
        FROM raw.delivery d JOIN raw.employee_snapshot r USING (delivery_id)
        WHERE d.source = 'employees' AND d.outcome = 'loaded' AND d.government_code IN (
          SELECT government_code FROM scratch.delivery WHERE table_name = 'employee_snapshot')"""
    ).fetchall()
    return {DeliveryKey(*row) for row in rows}


def compare_snapshots(conn: duckdb.DuckDBPyConnection, today: date) -> None:
    """Write into every snapshot of this load how much of the one before it holds.

    One that is going to be held, or is taken back today, is not what the next one is compared with.
    """
    least = load_catalog().sources["employee_snapshot"].column("kept_share").min or 0
    found = conn.execute(_SNAPSHOTS.format(taken_back=taken_back("s", today))).fetchall()
    for _, snapshots in groupby(found, key=lambda row: row[0]):
        before = ""
        for government, sha256, number in snapshots:
            people = _people(government, sha256, number)
            share = _kept(conn, before, people) if before else None
            if number is not None:
                conn.execute(
                    "UPDATE scratch.employee_snapshot SET kept_share = ? WHERE delivery_no = ?",
                    [share, number],
                )
            if share is None or share >= least:
                before = people


def _people(government: str, sha256: str, number: int | None) -> str:
    """SQL of the employee numbers of a snapshot, in the scratch or loaded."""
    if number is not None:
        return (
            "SELECT nip FROM scratch.employee_snapshot "
            f"WHERE delivery_no = {number} AND fate = {Fate.GOOD}"
        )
    return (
        "SELECT nip FROM raw.employee_snapshot SEMI JOIN (SELECT delivery_id FROM raw.delivery "
        f"WHERE government_code = '{government}' AND file_sha256 = '{sha256}' "
        "AND source = 'employees') USING (delivery_id)"
    )


def _kept(conn: duckdb.DuckDBPyConnection, before: str, people: str) -> float | None:
    row = conn.execute(
        f"SELECT avg(CASE WHEN nip IN ({people}) THEN 1.0 ELSE 0.0 END) FROM ({before})"
    ).fetchone()
    return None if row is None else row[0]
