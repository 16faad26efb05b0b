"""What the day models were last built from, month by month, so that a night builds only the others.

Belongs here: when all of them have to be built, and noting what was built. Does not belong here:
which months differ, and how far a change spreads (`dbt_project/models/intermediate/slices`).
"""

from __future__ import annotations

import duckdb


def are_built(conn: duckdb.DuckDBPyConnection, code_version: str) -> bool:
    """Whether this version of the product has built the day models, so that it can go on from them.

    Another version may compute them otherwise: what it built is built anew as a whole.
    """
    row = conn.execute("SELECT bool_and(code_version = ?) FROM raw.built_slice", [code_version])
    return row.fetchone() == (True,)


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
