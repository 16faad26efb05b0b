"""Schema raw of the working file: what exists before anything is loaded.

Belongs here: making the empty tables. Does not belong here: what fills them (ingest,
orchestration), what is computed from them (dbt), or how those of an older version become these
(``warehouse.store.migrations``).
"""

from __future__ import annotations

import duckdb

from warehouse.catalog.ddl import table_ddl
from warehouse.catalog.reader import load_catalog
from warehouse.store import migrations


def ensure_raw(conn: duckdb.DuckDBPyConnection) -> None:
    """Create schema raw and every table of it that is missing; existing rows stay.

    dbt reads all of these tables, and its unit tests need them to exist even where a home has
    never received the source.
    """
    there = migrations.raw_tables(conn)
    missing = [table for table in load_catalog().raw_tables if table.raw_name not in there]
    if not missing:
        return
    is_new = migrations.version_of(conn) is None
    conn.execute("BEGIN TRANSACTION")  # one for all: each would wait for the disk
    try:
        conn.execute("CREATE SCHEMA IF NOT EXISTS raw")
        conn.execute(";".join(table_ddl(table, "raw") for table in missing))
        if is_new:
            migrations.stamp(conn)
    except BaseException:
        conn.execute("ROLLBACK")
        raise
    conn.execute("COMMIT")
