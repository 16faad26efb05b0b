"""Restricted tables that are stored slice by slice: written, taken over, and asked as one table.

Belongs here: which slices are written anew and which are those of an earlier generation, the SQL
that writes and proves a file, and the view by which `restricted.duckdb` has the table. Does not
belong here: the list of the files (`warehouse.publication.slice_files`), or what builds the rows
(`warehouse.store.slices`).

A file is that of an earlier generation only if the same night built its rows, as many as there are
now, and its bytes have the digest that was recorded. One that was written anew and came out as
before is that of before, too: the same rows give the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb

from warehouse.catalog.model import Table
from warehouse.files import PRIVATE_FILE, PRIVATE_FOLDER, fsync_path, sha256_file
from warehouse.publication.errors import GenerationError
from warehouse.publication.slice_files import (
    SliceFile,
    path_of,
    read_slices,
    take,
)
from warehouse.sql import identifier, literal
from warehouse.vocabulary import SliceKey

WRITTEN = "(FORMAT parquet, COMPRESSION zstd)"
# What is appended to the name of an opened file for its scratch folder, unless told otherwise.
_SCRATCH = "restricted.duckdb.tmp"
# What makes a pattern of a path, for the engine.
_PATTERN = re.compile(r"([*?\[])")


def write_slices(
    conn: duckdb.DuckDBPyConnection,
    table: Table,
    folder: Path,
    *,
    origins: Mapping[SliceKey, str],
    earlier: Path | None,
) -> list[SliceFile]:
    """Write a table of the working file into a generation's folder, a file for each slice.

    Args:
        conn: The working file.
        table: A restricted table that is sliced.
        folder: The generation, which nobody reads yet.
        origins: The night that built each slice.
        earlier: A generation that the ledger vouches for; its files are linked where they may be.

    Raises:
        GenerationError: The table is not as the catalog says, a key is empty or not unique, or a
            file does not read as what was written.
    """
    try:
        return _written(conn, table, folder, origins, earlier)
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        raise GenerationError(f"restricted.{table.name} can not be copied: {error}") from error


def _written(
    conn: duckdb.DuckDBPyConnection,
    table: Table,
    folder: Path,
    origins: Mapping[SliceKey, str],
    earlier: Path | None,
) -> list[SliceFile]:
    known = read_slices(earlier) if earlier else None
    before = {one.key: one for one in known.files if one.table == table.name} if known else {}
    done: dict[SliceKey, SliceFile] = {}
    fresh: list[SliceFile] = []
    for key, rows in _slices(conn, table).items():
        path = folder / path_of(table.name, key)
        for place in (path.parent.parent, path.parent):
            place.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
        now = SliceFile(table.name, *key, origins.get(key, ""), rows, 0, "")
        old = before.get(key)
        if old and _is_of(old, now) and earlier and take(earlier / old.path, path, old.sha256):
            done[key] = old
        else:
            fresh.append(now)
    _write(conn, table, folder, fresh)
    _prove(conn, table, folder, fresh)
    for one in fresh:
        done[one.key] = _settled(folder, one, before.get(one.key), earlier)
    for place in {folder / table.name, *(folder / table.name).glob("*")}:
        if place.exists():
            fsync_path(place)
    return [done[key] for key in sorted(done)]


def add_view(conn: duckdb.DuckDBPyConnection, file: Path, table: Table, target: Path) -> None:
    """Let a written `restricted.duckdb` have the table, over the files that lie beside it.

    The view finds them from where its file was opened: by the scratch folder, the only thing that
    tells a view where that is. From there it goes to its own generation by name, so that a reader
    who opened `current` stays with it when the link moves. Who attaches the file to another
    database is led to where it was written.

    Args:
        conn: A database in memory that nothing was done with yet.
        file: The generation's database, in a folder of the generation's own name.
        table: The table.
        target: The folder that the generation lies in when it is whole.
    """
    is_empty = not any((file.parent / table.name).glob("*/*.parquet"))
    columns = ", ".join(identifier(column.name) for column in table.columns)
    query = f"SELECT {columns} FROM {_files(_near(target), table)}"
    if is_empty:  # the engine reads no file of none
        typed = (f"CAST(NULL AS {c.type}) AS {identifier(c.name)}" for c in table.columns)
        query = f"SELECT {', '.join(typed)} WHERE false"
    conn.execute(f"SET temp_directory = {literal(file.with_name(_SCRATCH))}")
    conn.execute(f"ATTACH {literal(file)} AS generation")
    conn.execute("BEGIN TRANSACTION")
    conn.execute(f"CREATE VIEW generation.main.{table.name} AS {query}")
    conn.execute(f"COMMENT ON VIEW generation.main.{table.name} IS {literal(table.description)}")
    for column in table.columns:
        name = f"generation.main.{table.name}.{identifier(column.name)}"
        conn.execute(f"COMMENT ON COLUMN {name} IS {literal(column.description)}")
    conn.execute("COMMIT")
    conn.execute("DETACH generation")


def show_slices(conn: duckdb.DuckDBPyConnection, folder: Path, tables: Iterable[Table]) -> None:
    """Let a connection have the sliced tables of a generation by their bare names, wherever it is.

    A generation of before there were slices has them in its database.
    """
    for table in tables:
        if table.sliced_by and any((folder / table.name).glob("*/*.parquet")):
            files = _files(literal(folder.resolve()), table)
            conn.execute(f"CREATE OR REPLACE TEMP VIEW {table.name} AS FROM {files}")


def slice_relation(path: Path) -> str:
    """The rows of one file, for a FROM clause."""
    return f"read_parquet({literal(_plain(path))}, hive_partitioning = false)"


def _plain(path: Path) -> str:
    """A path in which the engine sees no pattern."""
    return _PATTERN.sub(r"[\1]", str(path))


def _is_of(old: SliceFile, now: SliceFile) -> bool:
    return old.built_by == now.built_by != "" and old.rows == now.rows


def _slices(conn: duckdb.DuckDBPyConnection, table: Table) -> dict[SliceKey, int]:
    """The rows of each slice that the working file holds."""
    rows = conn.execute(
        f"SELECT government_code, {_month(table)}, count(*) FROM restricted.{table.name} "
        "GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    if any(code is None or month is None for code, month, _ in rows):
        raise GenerationError(f"{table.name}: a key is empty")
    return {SliceKey(code, month): count for code, month, count in rows}


def _write(
    conn: duckdb.DuckDBPyConnection, table: Table, folder: Path, slices: Sequence[SliceFile]
) -> None:
    """Sort what is to be written once, then write each slice of it."""
    columns = ", ".join(identifier(column.name) for column in table.columns)
    wanted = [[one.government_code, one.month] for one in slices]
    conn.execute("CREATE OR REPLACE TEMP TABLE wanted_slice (government_code VARCHAR, month DATE)")
    if wanted:
        conn.executemany("INSERT INTO wanted_slice VALUES (?, ?)", wanted)
    # All of it is sorted at once: a slice at a time would read the table as often as it has slices.
    conn.execute(
        f"CREATE OR REPLACE TEMP TABLE fresh_slice AS "
        f"SELECT {columns}, {_month(table)} AS slice_month FROM restricted.{table.name} AS t "
        f"SEMI JOIN wanted_slice AS w "
        f"ON t.government_code = w.government_code AND {_month(table)} = w.month "
        f"ORDER BY government_code, slice_month, {_key(table)}"
    )
    for one in slices:
        conn.execute(
            f"COPY (SELECT {columns} FROM fresh_slice "
            f"WHERE government_code = {literal(one.government_code)} "
            f"AND slice_month = DATE {literal(one.month)}) "
            f"TO {literal(folder / one.path)} {WRITTEN}"
        )
    conn.execute("DROP TABLE fresh_slice")
    conn.execute("DROP TABLE wanted_slice")


def _prove(
    conn: duckdb.DuckDBPyConnection, table: Table, folder: Path, slices: Sequence[SliceFile]
) -> None:
    """Read what was written as its readers will: each file holds its slice, each key once."""
    if not slices:
        return
    files = [_plain(folder / one.path) for one in slices]
    read = "read_parquet(?, filename = true, hive_partitioning = false)"
    described = conn.execute(f"DESCRIBE FROM {read}", [files]).fetchall()
    if [row[:2] for row in described][:-1] != [(c.name, c.type) for c in table.columns]:
        raise GenerationError(f"{table.name} does not have the columns and types of the catalog")
    found = conn.execute(
        f"SELECT filename, min(government_code), max(government_code), min({_month(table)}), "
        f"max({_month(table)}), count(*) FROM {read} GROUP BY filename",
        [files],
    ).fetchall()
    expected = {str(folder / one.path): (*_both(one), one.rows) for one in slices}
    if {name: tuple(rest) for name, *rest in found} != expected:
        raise GenerationError(f"{table.name}: a file does not hold its slice")
    empty = " OR ".join(f"{identifier(column)} IS NULL" for column in table.key)
    faults = conn.execute(
        f"SELECT count(*) FROM (SELECT {_key(table)} FROM {read} "
        f"GROUP BY {_key(table)} HAVING count(*) > 1 OR {empty})",
        [files],
    ).fetchone()
    if faults != (0,):
        raise GenerationError(f"{table.name}: keys are empty or not unique")


def _both(one: SliceFile) -> tuple[str, str, date, date]:
    return (one.government_code, one.government_code, one.month, one.month)


def _settled(
    folder: Path, now: SliceFile, old: SliceFile | None, earlier: Path | None
) -> SliceFile:
    """Flush a file that was written anew; where it came out as before, have that of before."""
    path = folder / now.path
    path.chmod(PRIVATE_FILE)
    sha256 = sha256_file(path)
    if old and earlier and old.sha256 == sha256:
        kept = path.with_name(f".{path.name}")
        if take(earlier / old.path, kept, sha256):
            kept.replace(path)
    fsync_path(path)
    return replace(now, bytes=path.stat().st_size, sha256=sha256)


def _near(target: Path) -> str:
    """A generation's folder, as an expression of which a view can make it at any time."""
    scratch = "current_setting('temp_directory')"
    return (
        f"CASE WHEN ends_with({scratch}, {literal(_SCRATCH)}) "
        f"THEN left({scratch}, -{len(_SCRATCH)}) || {literal(f'../{target.name}')} "
        f"ELSE {literal(target.parent.resolve() / target.name)} END"
    )


def _files(folder: str, table: Table) -> str:
    """All files of a table below a folder; what is a pattern in the folder's own name is none."""
    plain = f"regexp_replace({folder}, {literal(_PATTERN.pattern)}, '[\\1]', 'g')"
    return (
        f"read_parquet({plain} || {literal(f'/{table.name}/*/*.parquet')}, "
        "hive_partitioning = false)"
    )


def _month(table: Table) -> str:
    return f"CAST(date_trunc('month', {identifier(table.sliced_by or '')}) AS DATE)"


def _key(table: Table) -> str:
    return ", ".join(identifier(column) for column in table.key)
