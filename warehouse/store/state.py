"""Schema raw of the working file: what exists before anything is loaded.

Belongs here: making the empty tables. Does not belong here: what fills them (ingest,
orchestration) or what is computed from them (dbt).
"""

from __future__ import annotations

import duckdb

from warehouse.catalog.reader import load_catalog, table_ddl


def ensure_raw(conn: duckdb.DuckDBPyConnection) -> None:
    """Create schema raw and every table or column of it that is missing; existing rows stay.

    dbt reads all of these tables, and its unit tests need them to exist even where a home has
    never received the source.
    """
    conn.execute("CREATE SCHEMA IF NOT EXISTS raw")
    for table in load_catalog().raw_tables:
        conn.execute(table_ddl(table, "raw"))
    stored = set(
        conn.execute(
            "SELECT table_name, column_name FROM duckdb_columns() "
            "WHERE schema_name = 'raw' AND database_name = current_database()"
        ).fetchall()
    )
    for table in load_catalog().raw_tables:
        for column in table.raw_columns:  # a newer version of the product may know more
            if (table.raw_name, column.name) not in stored:
                conn.execute(
                    f'ALTER TABLE raw.{table.raw_name} ADD COLUMN "{column.name}" {column.type}'
                )
