"""What the day models were last built from, month by month, so that a night builds only the others.

Belongs here: whether all of them have to be built, and noting what was built, and by which night.
Does not belong here: which months differ, and how far a change spreads
(`dbt_project/models/intermediate/slices`).
"""

from __future__ import annotations

import duckdb

from warehouse.vocabulary import SliceKey

_BEGUN = ""  # the version of what a night has begun to build anew


# Inputs that are models before the one that reads them: what differs in them has its own reason.
_INNER = ("schedule", "punches", "scheduled_days")


def goes_on(conn: duckdb.DuckDBPyConnection, code_version: str) -> bool:
    """Whether the day models can go on from what was built last.

    They can't where another version built it, which may compute them otherwise, or where a night
    began to build and did not come to `keep`: what it left is of no one state of the files.
    """
    row = conn.execute("SELECT bool_and(code_version = ?) FROM raw.built_slice", [code_version])
    return row.fetchone() == (True,)


def begin(conn: duckdb.DuckDBPyConnection, code_version: str) -> bool:
    """Begin to build; returns whether the day models go on from what was built last."""
    went_on = goes_on(conn, code_version)
    conn.execute("UPDATE raw.built_slice SET code_version = ?", [_BEGUN])
    return went_on


def differing(conn: duckdb.DuckDBPyConnection) -> dict[SliceKey, tuple[str, ...]]:
    """The slices of the employee-days that are built again, each with the inputs that differ.

    A month that has and had nothing is none, whatever touches it.
    """
    rows = conn.execute(
        """SELECT government_code, month, list_sort(list(DISTINCT input))
           FROM intermediate.int_slice
           SEMI JOIN (
               FROM intermediate.int_slice WHERE step = 'int_employee_day' AND is_changed
           ) USING (government_code, month)
           SEMI JOIN (
               SELECT government_code, month FROM intermediate.int_slice
               WHERE step = 'int_employee_day' AND digest IS NOT NULL
               UNION ALL
               SELECT government_code, month FROM raw.built_slice
               WHERE step = 'int_employee_day'
           ) USING (government_code, month)
           WHERE is_changed AND NOT list_contains(?, input)
           GROUP BY ALL ORDER BY ALL""",
        [_INNER],
    ).fetchall()
    return {SliceKey(code, month): tuple(inputs) for code, month, inputs in rows}


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


def name_origins(conn: duckdb.DuckDBPyConnection, run_id: str, *, all_anew: bool) -> None:
    """Note that this night built the slices of the employee-days that it did build.

    Say it before `keep`: what breaks off in between is built anew as a whole.
    """
    conn.execute("BEGIN TRANSACTION")
    try:
        conn.execute(
            "DELETE FROM raw.slice_origin WHERE $1 OR (government_code, month) IN ("
            "SELECT (government_code, month) FROM intermediate.int_slice "
            "WHERE step = 'int_employee_day' AND is_changed)",
            [all_anew],
        )
        there = (
            "SELECT DISTINCT government_code, CAST(date_trunc('month', date) AS DATE) AS month "
            "FROM restricted.employee_day"
        )
        conn.execute(
            f"DELETE FROM raw.slice_origin WHERE (government_code, month) NOT IN ({there})"
        )
        conn.execute(
            f"INSERT INTO raw.slice_origin BY NAME SELECT *, ? AS run_id FROM ({there}) "
            "ANTI JOIN raw.slice_origin USING (government_code, month)",
            [run_id],
        )
    except BaseException:
        conn.execute("ROLLBACK")
        raise
    conn.execute("COMMIT")


def origins(conn: duckdb.DuckDBPyConnection) -> dict[SliceKey, str]:
    """The night that built each slice of the employee-days."""
    rows = conn.execute("SELECT government_code, month, run_id FROM raw.slice_origin").fetchall()
    return {SliceKey(code, month): run_id for code, month, run_id in rows}


def forget(conn: duckdb.DuckDBPyConnection) -> None:
    """Let the next night build all slices: what was computed is gone."""
    conn.execute("DELETE FROM raw.built_slice")
    conn.execute("DELETE FROM raw.slice_origin")
