"""How far the content of each source reaches: the newest punch, submission, year.

Belongs here: reading it while a night has the working file open, for `budaya status`, which never
opens it. Does not belong here: which source is overdue (`quality.checks.history`).
"""

from __future__ import annotations

from typing import Any

import duckdb

from quality.reading import dicts
from warehouse.catalog.reader import load_catalog


def newest(conn: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Per government and source the newest date or year that its rows tell of, as text.

    Lists that describe a state (units, people, devices) have none.
    """
    found = []
    for name in load_catalog().landing_sources:
        dated_by = load_catalog().sources[name].dated_by
        if dated_by is not None:
            found += dicts(
                conn,
                f"""SELECT government_code, '{name}' AS source,
                        left(CAST(max("{dated_by}") AS VARCHAR), 10) AS until
                    FROM raw.{name} WHERE "{dated_by}" IS NOT NULL
                    GROUP BY government_code ORDER BY government_code""",
            )
    return found
