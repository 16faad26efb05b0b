"""The scratch of a load is cleared away however the load ends."""

from __future__ import annotations

import duckdb
import pytest

from ingest.loading.scratch import open_scratch
from tests.ingest.conftest import Office
from warehouse.store.state import ensure_raw


def is_stopped(conn: duckdb.DuckDBPyConnection, office: Office) -> None:
    with open_scratch(conn, "leave", office.home.scratch):
        conn.execute("BEGIN TRANSACTION")
        conn.execute("CREATE TABLE raw.half AS SELECT 1 AS a")
        raise KeyboardInterrupt


def test_who_stops_a_load_in_its_midst_has_stopped_it(office: Office) -> None:
    with office.home.connect() as conn:
        ensure_raw(conn)
        with pytest.raises(KeyboardInterrupt):
            is_stopped(conn, office)
        left = conn.execute(
            "SELECT schema_name FROM duckdb_schemas() WHERE schema_name = 'batch' "
            "UNION ALL SELECT table_name FROM duckdb_tables() WHERE table_name = 'half'"
        )
        assert left.fetchall() == []
    assert list(office.home.scratch.glob("ingest-*")) == []
