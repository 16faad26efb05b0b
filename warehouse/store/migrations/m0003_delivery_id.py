"""Version 3: a delivery has a lasting number, and its rows carry that instead of what it says.

The numbers follow the order in which the deliveries were received, as if they had been given then.
"""

from __future__ import annotations

import duckdb

# The tables of rows that version 2 had, and the source of the deliveries that brought them.
_TABLES = {
    "units": "units",
    "employees": "employees",
    "employee_snapshot": "employees",
    "devices": "devices",
    "attendance": "attendance",
    "rosters": "rosters",
    "leave": "leave",
    "events": "events",
    "survey": "survey",
    "survey_answer": "survey",
    "instrument": "survey",
    "ip_asn": "ip_asn",
    "official": "official",
}


def apply(conn: duckdb.DuckDBPyConnection) -> None:
    """Number the deliveries, and write each table of rows anew with the number in it."""
    conn.execute("ALTER TABLE raw.delivery ADD COLUMN delivery_id INTEGER")
    conn.execute(
        """
        UPDATE raw.delivery SET delivery_id = numbered.delivery_id FROM (
          SELECT rowid AS line, row_number() OVER (ORDER BY received_at, modified_at, path,
            government_code, source, period, file_sha256) AS delivery_id
          FROM raw.delivery) AS numbered
        WHERE delivery.rowid = numbered.line"""
    )
    for table, source in _TABLES.items():
        conn.execute(
            f"""
            CREATE TABLE raw.renewed AS
            SELECT stored.* EXCLUDE (period, file_sha256, received_at), given.delivery_id
            FROM raw.{table} AS stored LEFT JOIN raw.delivery AS given
              ON given.source = '{source}' AND given.government_code = stored.government_code
              AND given.period = stored.period AND given.file_sha256 = stored.file_sha256"""
        )
        conn.execute(f"DROP TABLE raw.{table}")
        conn.execute(f"ALTER TABLE raw.renewed RENAME TO {table}")
