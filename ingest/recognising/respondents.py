"""Who answered a survey: marks that can't be those of a person name nobody.

Belongs here: what only the whole sheet tells of its marks. Does not belong here: a single cell that
names nobody (`ingest.values.names_somebody`), or whose submission counts (dbt).
"""

from __future__ import annotations

import duckdb

# An account that stands in more than half of the rows that name somebody, and in this many or more,
# is one that collects answers, or a computer that many share: nobody answers so often.
_LEAST_ROWS = 5


def unname_shared(conn: duckdb.DuckDBPyConnection) -> int:
    """Take the mark off the rows of `scratch.sheet` that carry one shared by nearly everybody.

    Their submissions are then told apart as those of people who were not asked who they are.

    Returns:
        The number of such rows.
    """
    shared = conn.execute(
        f"""
        SELECT respondent_id, count(*) AS rows FROM scratch.sheet
        WHERE respondent_id IS NOT NULL
        GROUP BY respondent_id
        QUALIFY rows >= {_LEAST_ROWS} AND 2 * rows > sum(rows) OVER ()"""
    ).fetchone()
    if shared is None:
        return 0
    conn.execute(
        "UPDATE scratch.sheet SET respondent_id = NULL WHERE respondent_id = ?", [shared[0]]
    )
    return int(shared[1])
