"""Schema raw: made from the catalog, and never made anew over what is in it."""

from __future__ import annotations

from warehouse.catalog.reader import load_catalog
from warehouse.store.home import Home
from warehouse.store.state import ensure_raw


def test_every_raw_table_is_made_as_the_catalog_says(home: Home) -> None:
    with home.connect() as conn:
        ensure_raw(conn)
        found = conn.execute(
            "SELECT table_name, list((column_name, data_type) ORDER BY column_index) "
            "FROM duckdb_columns() WHERE schema_name = 'raw' GROUP BY table_name"
        ).fetchall()
    assert dict(found) == {
        table.raw_name: [(c.name, c.type) for c in table.raw_columns]
        for table in load_catalog().raw_tables
    }


def test_what_is_there_stays(home: Home) -> None:
    with home.connect() as conn:
        ensure_raw(conn)
        conn.execute("INSERT INTO raw.rule_disclosure (family, k) VALUES ('survey', 10)")
        ensure_raw(conn)
        assert conn.execute("SELECT family, k FROM raw.rule_disclosure").fetchall() == [
            ("survey", 10)
        ]
