"""Who answered a survey: marks that can't be those of a person name nobody.

Belongs here: what only the whole sheet tells of its marks. Does not belong here: a single cell that
names nobody (`ingest.values.names_somebody`), or whose submission counts (dbt).
"""

from __future__ import annotations

import duckdb

# An account that stands in more than half of the rows that name somebody, and in this many or more,
# is one that collects answers, or a computer that many share: nobody answers so often.
_LEAST_ROWS = 5


def unname_shared(conn: duckdb.DuckDBPyConnection) -> dict[int, int]:
    """Take the mark off the rows of `scratch.sheet` that carry one shared by nearly all of a file.

    Their submissions are then told apart as those of people who were not asked who they are.

    Returns:
        The number of such rows, by the number of their delivery.
    """
    shared = conn.execute(
        f"""
        SELECT delivery_no, respondent_id, count(*) AS rows FROM scratch.sheet
        WHERE respondent_id IS NOT NULL
        GROUP BY delivery_no, respondent_id
        QUALIFY rows >= {_LEAST_ROWS} AND 2 * rows > sum(rows) OVER (PARTITION BY delivery_no)"""
    ).fetchall()
    for number, mark, _ in shared:
        conn.execute(
            "UPDATE scratch.sheet SET respondent_id = NULL "
            "WHERE delivery_no = ? AND respondent_id = ?",
            [number, mark],
        )
    return {number: rows for number, _, rows in shared}
