"""Removing listed people from the restricted generations, so that their bytes are gone from each.

Belongs here: ``restricted.duckdb``, the files of slices and the list of them, in every generation.
Does not belong here: the working file (``warehouse.erasure.removal``), or putting what is written
here in its place and on record (``warehouse.erasure.erasing``).

Generations share files of slices. Nothing is ever written into one: each place of it gets the file
that was written anew, and they share that again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb

from warehouse.erasure.listed import digest, read_list
from warehouse.erasure.removal import column_of, tables_with
from warehouse.files import PRIVATE_FILE, sha256_file, write_whole
from warehouse.publication.generation import RESTRICTED_FILE, tables_of
from warehouse.publication.slice_files import (
    SLICES_FILE,
    SliceFile,
    link_or_copy,
    read_slices,
    slices_written,
)
from warehouse.publication.slice_tables import WRITTEN, slice_relation
from warehouse.sql import literal
from warehouse.store.home import Home


def rewrite_restricted(home: Home, rows: Counter[str]) -> dict[Path, Path]:
    """Write every restricted file with one of the people anew, without them.

    A file that is damaged is left: nobody can read them in it, and it is no longer what was
    published.

    Returns:
        Every file with the new one that is to replace it, in the order in which to do so: the
        people are found again by whoever goes on after a kill, as the files that hold them come
        last.
    """
    broken = set(unreadable_restricted(home))
    erased = _Erased(home)
    databases = {
        path: fresh
        for path in _databases(home)
        if path not in broken and (fresh := _database_without(home, path, erased, rows))
    }
    slices = dict(_slices_without(home, erased, broken, rows))
    return {**dict(_lists_of(home, slices)), **databases, **slices}


def unreadable_restricted(home: Home) -> list[Path]:
    """Return every restricted file that can't be opened."""
    asked = {path: f"ATTACH {literal(path)} AS old (READ_ONLY)" for path in _databases(home)}
    for paths in _places(home).values():
        asked[paths[0]] = f"DESCRIBE FROM {slice_relation(paths[0])}"
    with home.in_memory() as conn:
        return [path for path, statement in asked.items() if not _opens(conn, statement)]


def is_slice(home: Home, path: Path) -> bool:
    """Whether a restricted file is one of a slice, which `slices.json` vouches for."""
    return len(path.relative_to(home.restricted / "generations").parts) > 2


class _Erased:
    """Who is on the list; each number that is met is asked for once."""

    def __init__(self, home: Home) -> None:
        self._key = home.key()
        self._people = {person.nip for person in read_list(home)}
        self._known: dict[str, bool] = {}

    def among(self, nips: list[str]) -> list[str]:
        """Those of some numbers that are on the list, sorted."""
        for nip in nips:
            if nip not in self._known:
                self._known[nip] = digest(self._key, nip) in self._people
        return sorted(nip for nip in set(nips) if self._known[nip])


def _databases(home: Home) -> list[Path]:
    return sorted(home.restricted.glob(f"generations/*/{RESTRICTED_FILE}"))


def _places(home: Home) -> dict[tuple[int, int], list[Path]]:
    """Every file of a slice, with all places that it lies in."""
    found: dict[tuple[int, int], list[Path]] = {}
    for path in sorted(home.restricted.glob("generations/*/*/*/*.parquet")):
        status = path.stat()
        found.setdefault((status.st_dev, status.st_ino), []).append(path)
    return found


def _opens(conn: duckdb.DuckDBPyConnection, statement: str) -> bool:
    try:
        conn.execute(statement)
        if statement.startswith("ATTACH"):
            conn.execute("DETACH old")
    except duckdb.Error:
        return False
    return True


def _database_without(home: Home, path: Path, erased: _Erased, rows: Counter[str]) -> Path | None:
    """Write a database anew without the people in it; None if there are none."""
    fresh = home.scratch / f"{path.parent.name}.duckdb"
    fresh.unlink(missing_ok=True)
    with home.in_memory() as conn:
        conn.execute(f"ATTACH {literal(path)} AS old (READ_ONLY)")
        tables = tables_of(conn, "old")
        schema = tables.removeprefix("old.")
        stored = [
            name
            for (name,) in conn.execute(
                "SELECT table_name FROM duckdb_tables() WHERE database_name = 'old'"
            ).fetchall()
        ]
        personal = [name for name in tables_with(conn, schema, "nip") if name in stored]
        nips = erased.among(
            [
                nip
                for name in personal
                for nip in column_of(
                    conn, f"SELECT DISTINCT nip FROM {tables}.{name} WHERE nip IS NOT NULL"
                )
            ]
        )
        if not nips:
            return None
        conn.execute(f"ATTACH {literal(fresh)} AS fresh (STORAGE_VERSION 'v1.0.0')")
        conn.execute("COPY FROM DATABASE old TO fresh (SCHEMA)")  # descriptions and views with it
        for name in stored:
            those = f"FROM old.{schema}.{name}"
            if name in personal:
                those += " WHERE nip IS NULL OR nip NOT IN (SELECT unnest(?))"
            conn.execute(
                f"INSERT INTO fresh.{schema}.{name} {those}", [nips] if name in personal else []
            )
            rows["restricted"] += _count(conn, f"old.{schema}.{name}")
            rows["restricted"] -= _count(conn, f"fresh.{schema}.{name}")
    fresh.chmod(PRIVATE_FILE)
    return fresh


def _slices_without(
    home: Home, erased: _Erased, broken: set[Path], rows: Counter[str]
) -> Iterator[tuple[Path, Path]]:
    """Write each file of a slice that holds people anew, with a place for each that it had."""
    for number, paths in enumerate(_places(home).values()):
        if paths[0] in broken:
            continue
        files = slice_relation(paths[0])
        with home.in_memory() as conn:
            nips = erased.among(
                column_of(conn, f"SELECT DISTINCT nip FROM {files} WHERE nip IS NOT NULL")
            )
            if not nips:
                continue
            those = ", ".join(map(literal, nips))
            kept = f"FROM {files} WHERE nip NOT IN ({those})"
            fresh = [home.scratch / f"{number}-{place}.parquet" for place in range(len(paths))]
            for one in fresh:
                one.unlink(missing_ok=True)
            conn.execute(f"COPY ({kept}) TO {literal(fresh[0])} {WRITTEN}")
            rows["restricted"] += _count(conn, files) - _count(conn, slice_relation(fresh[0]))
        fresh[0].chmod(PRIVATE_FILE)
        for one in fresh[1:]:
            link_or_copy(fresh[0], one)
        yield from zip(paths, fresh, strict=True)


def _lists_of(home: Home, slices: dict[Path, Path]) -> Iterator[tuple[Path, Path]]:
    """Write the list of each generation whose files of slices were written anew."""
    for folder in sorted({path.parents[2] for path in slices}):
        known = read_slices(folder)
        if known is None:  # damaged, and told by `verify`
            continue
        with home.in_memory() as conn:
            files = tuple(
                _as_written(conn, one, slices.get(folder / one.path)) for one in known.files
            )
        fresh = home.scratch / f"{folder.name}.json"
        write_whole(fresh, slices_written(replace(known, files=files)), PRIVATE_FILE)
        yield folder / SLICES_FILE, fresh


def _as_written(conn: duckdb.DuckDBPyConnection, one: SliceFile, fresh: Path | None) -> SliceFile:
    """What a list says of a file, and of the one that replaces it."""
    if fresh is None:
        return one
    rows = _count(conn, slice_relation(fresh))
    return replace(one, rows=rows, bytes=fresh.stat().st_size, sha256=sha256_file(fresh))


def _count(conn: duckdb.DuckDBPyConnection, relation: str) -> int:
    row = conn.execute(f"SELECT count(*) FROM {relation}").fetchone()
    return int(row[0]) if row else 0
