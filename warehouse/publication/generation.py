"""Published generations: written whole and private, verified, then pointed to.

Belongs here: copying the finished schemas of the working file into files for readers, checking
what was written, and moving the links ``current``. Does not belong here: whether a generation
may be published (the gate) and the record that it was (the ledger).

A generation is two folders of one name, ``published/generations/<run_id>`` and
``restricted/generations/<run_id>``. Both are built under a hidden name and renamed when they are
whole, so that a kill at any moment leaves the former generation readable. What is small is written
anew each night; of a restricted table that is sliced, only what changed (`slice_tables`).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from warehouse.catalog.model import Table
from warehouse.catalog.reader import load_catalog
from warehouse.faults import in_the_way
from warehouse.files import (
    PRIVATE_FILE,
    PRIVATE_FOLDER,
    PUBLIC_FILE,
    PUBLIC_FOLDER,
    fsync_path,
    sha256_file,
    write_whole,
)
from warehouse.publication.errors import GenerationError
from warehouse.publication.manifest import MANIFEST_FILE, written
from warehouse.publication.slice_files import (
    SLICES_FILE,
    SliceFiles,
    slices_written,
)
from warehouse.publication.slice_tables import add_view, write_slices
from warehouse.sql import literal
from warehouse.store.home import Home
from warehouse.vocabulary import SliceKey

MARTS_FILE = "marts.duckdb"
RESTRICTED_FILE = "restricted.duckdb"
# The oldest storage that current DuckDB writes: clients from 1.0 on read it.
_WRITE = "STORAGE_VERSION 'v1.0.0'"
_READ = "READ_ONLY"
_STAGED = ".current.tmp"


@dataclass(frozen=True)
class Manifest:
    """What a generation consists of.

    Attributes:
        run_id: The run that wrote it.
        rows: Number of rows by table, published and restricted.
        sha256: SHA-256 in hex of each file, by its path within the home; those of slices stand in
            ``slices.json``.
    """

    run_id: str
    rows: Mapping[str, int]
    sha256: Mapping[str, str]


def write_generation(
    home: Home,
    run_id: str,
    *,
    waivers: Sequence[Mapping[str, str]] = (),
    origins: Mapping[SliceKey, str] | None = None,
    earlier: Path | None = None,
) -> Manifest:
    """Write the generation ``run_id`` from the working file, verified, and not yet pointed to.

    The caller holds the home's lock. What a killed run has left unfinished is removed first.

    Args:
        home: The home.
        run_id: The run, which becomes the generation's name.
        waivers: Those in force, for the manifest: whoever reads only the files must see them.
        origins: The night that built each slice of the restricted tables.
        earlier: The folder of a restricted generation that the ledger vouches for; its files are
            linked where nothing changed.

    Raises:
        GenerationError: A table is missing or is not as the catalog says, a key is not unique,
            or there is such a generation already. Nothing is left behind.
    """
    folders = {area: area / "generations" / run_id for area in (home.restricted, home.published)}
    for folder in folders.values():
        if folder.exists():
            raise GenerationError(f"generation {run_id} exists already")
    _remove_unfinished(home)
    private, public = (folder.with_name(f".{run_id}.tmp") for folder in folders.values())
    public.mkdir(mode=PRIVATE_FOLDER)  # opened to readers when it is whole
    private.mkdir(mode=PRIVATE_FOLDER)
    private /= run_id  # its own name already: the view of its slices goes by it
    private.mkdir(mode=PRIVATE_FOLDER)
    try:
        rows = _write_restricted(home, private, origins or {}, earlier)
        rows |= _write_marts(home, run_id, public, waivers)
        digests = _finish(private, PRIVATE_FOLDER, PRIVATE_FILE)
        digests |= _finish(public, PUBLIC_FOLDER, PUBLIC_FILE)
        for folder, target in zip((private, public), folders.values(), strict=True):
            folder.rename(target)
            fsync_path(target.parent)
        private.parent.rmdir()
    except BaseException:
        _remove_unfinished(home)
        raise
    paths = {
        (folder / name).relative_to(home.root).as_posix(): digests[name]
        for folder in folders.values()
        for name in sorted(path.name for path in folder.iterdir() if path.is_file())
    }
    return Manifest(run_id, rows, paths)


def stage(home: Home, run_id: str) -> None:
    """Write both new links beside ``current``, so that moving them needs nothing but a rename.

    Whatever a full, closed or failing disk refuses, it refuses here, before anything is recorded.

    Raises:
        OSError: A link can't be written.
        UserError: What readers open is no link.
    """
    for area in (home.restricted, home.published):
        current = area / "current"
        if current.exists() and not current.is_symlink():
            raise in_the_way(str(current))
        temporary = area / _STAGED
        temporary.unlink(missing_ok=True)
        temporary.symlink_to(Path("generations") / run_id)
        fsync_path(area)


def swap(home: Home, run_id: str) -> None:
    """Point both ``current`` links at ``run_id``, each atomically, the restricted one first.

    Raises:
        GenerationError: The generation is not there whole.
        OSError: A link can't be moved; the next run moves what is left.
        UserError: What readers open is no link.
    """
    if run_id not in generations(home):
        raise GenerationError(f"there is no generation {run_id}")
    stage(home, run_id)
    for area in (home.restricted, home.published):
        (area / _STAGED).replace(area / "current")
        fsync_path(area)


def current_run_id(home: Home) -> str | None:
    """Return the run that ``published/current`` points at; None before the first publication."""
    return pointed(home.published)


def pointed(area: Path) -> str | None:
    """Return the run that the link ``current`` of one area points at; None if it is no link."""
    link = area / "current"
    return link.readlink().name if link.is_symlink() else None


def generations(home: Home) -> list[str]:
    """Return the generations of which both folders are there, the oldest first."""
    found = [
        {path.name for path in (area / "generations").glob("[!.]*") if path.is_dir()}
        for area in (home.published, home.restricted)
    ]
    return sorted(set.intersection(*found))


def tables_of(conn: duckdb.DuckDBPyConnection, database: str) -> str:
    """Return database and schema in which an attached file of a generation has its tables.

    Generations of before December 2026 have them in a schema of the file's own name.
    """
    found = conn.execute(
        "SELECT min(schema_name) FROM duckdb_tables() WHERE database_name = ?", [database]
    ).fetchone()
    return f"{database}.{found[0] if found and found[0] else 'main'}"


def _remove_unfinished(home: Home) -> None:
    """Remove hidden folders: nobody was ever pointed at one."""
    for area in (home.restricted, home.published):
        for folder in (area / "generations").glob(".*.tmp"):
            shutil.rmtree(folder)


def _write_restricted(
    home: Home, private: Path, origins: Mapping[SliceKey, str], earlier: Path | None
) -> dict[str, int]:
    """Write the private folder and return the rows of each table."""
    tables = tuple(load_catalog().restricted.values())
    sliced = tuple(table for table in tables if table.sliced_by)
    whole = tuple(table for table in tables if not table.sliced_by)
    file, run_id = private / RESTRICTED_FILE, private.name
    with home.connect() as conn:
        files = [
            one
            for table in sliced
            for one in write_slices(conn, table, private, origins=origins, earlier=earlier)
        ]
        with _attached(conn, file, _WRITE):
            _copy(conn, "restricted", whole)
        for table in sliced:
            with home.in_memory() as other:
                add_view(other, file, table, home.restricted / "generations" / run_id)
        # From here on the files are read as their readers will find them.
        with _attached(conn, file, _READ):
            rows = _verify(conn, RESTRICTED_FILE, tables)
    write_whole(
        private / SLICES_FILE, slices_written(SliceFiles(run_id, tuple(files))), PRIVATE_FILE
    )
    for table in sliced:
        rows[table.name] = sum(one.rows for one in files if one.table == table.name)
    return rows


def _write_marts(
    home: Home, run_id: str, public: Path, waivers: Sequence[Mapping[str, str]]
) -> dict[str, int]:
    """Write the public folder and return the rows of each table."""
    marts = tuple(load_catalog().marts.values())
    with home.connect() as conn:
        with _attached(conn, public / MARTS_FILE, _WRITE):
            _copy(conn, "marts", marts)
        with _attached(conn, public / MARTS_FILE, _READ):
            rows = _verify(conn, MARTS_FILE, marts)
            _write_parquet(conn, public, marts)
            about = _describe(conn, run_id)
    files = {
        path.name: {"sha256": sha256_file(path), "bytes": path.stat().st_size}
        for path in sorted(public.iterdir())
    }
    content = {
        "run_id": run_id,
        **about,
        "waivers": list(waivers),
        "tables": rows,
        "files": files,
    }
    write_whole(public / MANIFEST_FILE, written(content), PRIVATE_FILE)
    return rows


@contextmanager
def _attached(conn: duckdb.DuckDBPyConnection, path: Path, option: str) -> Iterator[None]:
    """Attach a file as ``generation``; it is closed whole afterwards.

    Raises:
        GenerationError: A write-ahead log stayed behind: a file moved without it loses rows.
    """
    conn.execute(f"ATTACH {literal(path)} AS generation ({option})")
    try:
        yield
    finally:
        conn.execute("DETACH generation")
    if path.with_name(f"{path.name}.wal").exists():
        raise GenerationError(f"{path.name} was not closed whole")


def _copy(conn: duckdb.DuckDBPyConnection, schema: str, tables: Iterable[Table]) -> None:
    """Copy the tables of one schema of the working file into ``main``, without keys or indexes.

    A primary key would make the file unreadable for DuckDB 1.0, so ``_verify`` tests the keys.
    DuckDB names an opened file after itself: a schema of that name would make ``marts.x`` ambiguous
    to every client; in ``main`` the names ``x``, ``main.x`` and ``marts.x`` are all right.
    """
    conn.execute("BEGIN TRANSACTION")  # each of some two hundred statements would wait for the disk
    try:
        for table in tables:
            _copy_table(conn, schema, table)
    except BaseException:
        conn.execute("ROLLBACK")
        raise
    conn.execute("COMMIT")
    conn.execute("CHECKPOINT generation")


def _copy_table(conn: duckdb.DuckDBPyConnection, schema: str, table: Table) -> None:
    name = f"{schema}.{table.name}"
    copy = f"generation.main.{table.name}"
    columns = _names(column.name for column in table.columns)
    try:
        conn.execute(
            f"CREATE TABLE {copy} AS SELECT {columns} FROM {name} ORDER BY {_names(table.key)}"
        )
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        raise GenerationError(f"{name} can not be copied: {error}") from error
    conn.execute(f"COMMENT ON TABLE {copy} IS {literal(table.description)}")
    for column in table.columns:
        comment = literal(column.description)
        conn.execute(f'COMMENT ON COLUMN {copy}."{column.name}" IS {comment}')


def _verify(
    conn: duckdb.DuckDBPyConnection, file: str, tables: tuple[Table, ...]
) -> dict[str, int]:
    """Hold the attached file to the catalog and return the rows of each table."""
    found: dict[str, list[tuple[str, str]]] = {}
    for name, column, data_type in conn.execute(
        "SELECT schema_name || '.' || table_name, column_name, data_type FROM duckdb_columns() "
        "WHERE database_name = 'generation' AND NOT internal ORDER BY table_oid, column_index"
    ).fetchall():
        found.setdefault(name, []).append((column, data_type))
    if found.keys() != {f"main.{table.name}" for table in tables}:
        raise GenerationError(f"{file} does not hold exactly the tables of the catalog")
    for table in tables:
        name = f"main.{table.name}"
        if found[name] != [(column.name, column.type) for column in table.columns]:
            # Exactly these, and the catalog lets no mart have a personal one.
            raise GenerationError(f"{name} does not have the columns and types of the catalog")
    return {t.name: _verify_keys(conn, f"main.{t.name}", t) for t in tables if not t.sliced_by}


def _verify_keys(conn: duckdb.DuckDBPyConnection, name: str, table: Table) -> int:
    """Hold a table to its key and return its rows; a slice was held to it when it was written."""
    key = _names(table.key)
    empty = " OR ".join(f'"{column}" IS NULL' for column in table.key)
    row = conn.execute(
        f"SELECT CAST(coalesce(sum(n), 0) AS BIGINT), count(*) FILTER (n > 1 OR {empty}) "
        f"FROM (SELECT {key}, count(*) AS n FROM generation.{name} GROUP BY {key})"
    ).fetchone()
    rows, faults = row if row is not None else (0, 0)
    if faults:
        raise GenerationError(f"{name}: {faults} keys are empty or not unique")
    return int(rows)


def _write_parquet(conn: duckdb.DuckDBPyConnection, folder: Path, tables: Iterable[Table]) -> None:
    for table in tables:
        path = literal(str(folder / f"{table.name}.parquet"))
        conn.execute(f"COPY generation.main.{table.name} TO {path} (FORMAT parquet)")


def _describe(conn: duckdb.DuckDBPyConnection, run_id: str) -> dict[str, Any]:
    """Return what the written marts say of their own origin, for the manifest."""
    row = conn.execute(
        "SELECT code_version, rules_sha256, as_of_date FROM generation.main.publication "
        "WHERE run_id = ?",
        [run_id],
    ).fetchone()
    if row is None:
        raise GenerationError(f"publication does not name the run {run_id}")
    return {"code_version": row[0], "rules_sha256": row[1], "as_of_date": row[2].isoformat()}


def _finish(folder: Path, folder_mode: int, file_mode: int) -> dict[str, str]:
    """Set permissions, flush everything to disk and return the files' digests by name."""
    digests = {}
    for path in filter(Path.is_file, folder.iterdir()):
        path.chmod(file_mode)
        fsync_path(path)
        digests[path.name] = sha256_file(path)
    folder.chmod(folder_mode)
    fsync_path(folder)
    return digests


def _names(columns: Iterable[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)
