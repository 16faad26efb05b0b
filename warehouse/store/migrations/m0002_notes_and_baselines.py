"""Version 2: the file says its version; deliveries keep notes, published people their night.

Builds between 0878cd7 and the first one with versions had added some of these columns already.
"""

from __future__ import annotations

import duckdb


def apply(conn: duckdb.DuckDBPyConnection) -> None:
    """Add the columns; what was kept without a night is older than all (`runs.set_baseline`)."""
    conn.execute(
        "CREATE TABLE IF NOT EXISTS raw.schema_version "
        "(version INTEGER, product VARCHAR, since TIMESTAMP)"
    )
    conn.execute("ALTER TABLE raw.delivery ADD COLUMN IF NOT EXISTS notes VARCHAR")
    conn.execute("ALTER TABLE raw.published_contributor ADD COLUMN IF NOT EXISTS run_id VARCHAR")
    conn.execute(
        "ALTER TABLE raw.published_contributor ADD COLUMN IF NOT EXISTS is_baseline BOOLEAN"
    )
