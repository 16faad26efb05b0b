"""The schema version of the working file, and the numbered steps that bring an older one up to it.

Belongs here: which version a file is of, the copy that is put aside, and the order of the steps;
each step has a module of its own. Does not belong here: the tables as they are now
(``warehouse.store.state``), or forms of the ledger's lines (``warehouse.proof.lines``).

A step names every table and column that it touches, never their position, and knows the catalog of
its own time only: what it did once, it does for ever.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from warehouse.errors import UserError
from warehouse.files import PRIVATE_FILE, fsync_path
from warehouse.store.home import Home
from warehouse.store.migrations import m0002_notes_and_baselines, m0003_delivery_id
from warehouse.version import code_version
from warehouse.words import sentence

Step = Callable[[duckdb.DuckDBPyConnection], None]

# By the version that a step leads to; version 1 is what commit 0878cd7 wrote.
STEPS: Mapping[int, Step] = {2: m0002_notes_and_baselines.apply, 3: m0003_delivery_id.apply}
CURRENT = max(STEPS)


class NewerHomeError(UserError):
    """A newer version of the product wrote the working file."""


def raw_tables(conn: duckdb.DuckDBPyConnection) -> set[str]:
    """The names of the tables that schema raw of a working file has."""
    found = conn.execute(
        "SELECT table_name FROM duckdb_tables() "
        "WHERE schema_name = 'raw' AND database_name = current_database()"
    ).fetchall()
    return {name for (name,) in found}


def version_of(conn: duckdb.DuckDBPyConnection) -> int | None:
    """The schema version of a working file; None if nothing was ever loaded into it."""
    tables = raw_tables(conn)
    if "schema_version" in tables:
        row = conn.execute("SELECT max(version) FROM raw.schema_version").fetchone()
        if row and row[0] is not None:
            return int(row[0])
    return 1 if "delivery" in tables else None


def stamp(conn: duckdb.DuckDBPyConnection, version: int = CURRENT) -> None:
    """Say in the working file which version it is of, and which product made it so."""
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    conn.execute(
        "INSERT INTO raw.schema_version (version, product, since) VALUES (?, ?, ?)",
        [version, code_version(), now],
    )


def require_known(home: Home) -> None:
    """Raise NewerHomeError where a newer version of the product wrote the working file.

    A file that can't be opened says nothing here; whoever is going to use it finds out.
    """
    if not home.warehouse_file.exists():
        return
    try:
        with home.connect(read_only=True) as conn:
            version = version_of(conn)
            product = _product(conn, version) if (version or 0) > CURRENT else ""
    except (UserError, duckdb.Error):
        return
    if (version or 0) > CURRENT:
        raise NewerHomeError(
            sentence(
                "home", "newer", home=home.root, product=product, version=version, known=CURRENT
            )
        )


def bring_up(home: Home) -> tuple[int, int] | None:
    """Bring an older working file to this version, after a copy was put aside.

    Each step is whole or not done at all, so that a kill in between leaves a file of some version.
    The caller holds the home's lock.

    Returns:
        The version before and after; None if there was nothing to do.

    Raises:
        NewerHomeError: A newer version of the product wrote it; nothing was changed.
    """
    require_known(home)
    if not home.warehouse_file.exists():
        return None
    with home.connect() as conn:
        before = version_of(conn)
        if before is None or before == CURRENT:
            return None
        conn.execute("CHECKPOINT")
    _put_aside(home, before)
    with home.connect() as conn:
        for version in sorted(STEPS):
            if version > before:
                _take(conn, version)
    return before, CURRENT


def remove_copies(home: Home) -> list[Path]:
    """Remove what was put aside: a night has published, or people in it were erased."""
    copies = sorted(home.warehouse.glob("before-*.duckdb*"))
    for path in copies:
        path.unlink()
    return copies


def _take(conn: duckdb.DuckDBPyConnection, version: int) -> None:
    conn.execute("BEGIN TRANSACTION")
    try:
        STEPS[version](conn)
        stamp(conn, version)
    except BaseException:  # a break from the keyboard too must leave all or nothing
        conn.execute("ROLLBACK")
        raise
    conn.execute("COMMIT")


def _put_aside(home: Home, version: int) -> None:
    """Copy the working file as it is; what stands there from a broken attempt is as old."""
    copy = home.warehouse / f"before-{version + 1}.duckdb"
    unfinished = copy.with_name(f"{copy.name}.tmp")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=PRIVATE_FILE)
    shutil.copyfile(home.warehouse_file, unfinished)
    unfinished.replace(copy)
    fsync_path(home.warehouse)


def _product(conn: duckdb.DuckDBPyConnection, version: int | None) -> str:
    row = conn.execute(
        "SELECT any_value(product) FROM raw.schema_version WHERE version = ?", [version]
    ).fetchone()
    return str(row[0] if row else "").partition("+")[0]
