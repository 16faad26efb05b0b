"""What the day models were last built from, month by month, so that a night builds only the others.

Belongs here: whether all of them have to be built, and noting what was built. Does not belong here:
which months differ, and how far a change spreads (`dbt_project/models/intermediate/slices`).
"""

from __future__ import annotations

import duckdb

_BEGUN = ""  # the version of what a night has begun to build anew


def begin(conn: duckdb.DuckDBPyConnection, code_version: str) -> bool:
    """Begin to build; returns whether the day models can go on from what was built last.

    They can't where another version built it, which may compute them otherwise, or where a night
    began to build and did not come to `keep`: what it left is of no one state of the files.
    """
    row = conn.execute("SELECT bool_and(code_version = ?) FROM raw.built_slice", [code_version])
    goes_on = row.fetchone() == (True,)
    conn.execute("UPDATE raw.built_slice SET code_version = ?", [_BEGUN])
    return goes_on


def keep(conn: duckdb.DuckDBPyConnection, code_version: str) -> None:
    """Note what every slice was built from, once all models that read them are built."""
    conn.execute("BEGIN TRANSACTION")
    try:
        conn.execute("DELETE FROM raw.built_slice")
        conn.execute(
            "INSERT INTO raw.built_slice BY NAME "
            "SELECT step, input, government_code, month, digest, ? AS code_version "
            "FROM intermediate.int_slice WHERE digest IS NOT NULL",
            [code_version],
        )
    except BaseException:
        conn.execute("ROLLBACK")
        raise
    conn.execute("COMMIT")
