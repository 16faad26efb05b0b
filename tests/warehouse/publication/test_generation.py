"""Generations: what is in them, who may read them, and what a kill or a fault leaves."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from tests.sweeps import sweep
from tests.warehouse.night import NEXT_RUN_ID, RUN_ID, name_run, publish
from warehouse.catalog.reader import load_catalog
from warehouse.documents import DocumentError
from warehouse.files import sha256_file
from warehouse.publication import manifest
from warehouse.publication.generation import (
    GenerationError,
    current_run_id,
    generations,
    swap,
    write_generation,
)
from warehouse.store.home import Home
from warehouse.version import PROJECT


def _mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def _change(home: Home, statement: str) -> None:
    with home.connect() as conn:
        conn.execute(statement)


def test_the_files_hold_the_catalogs_tables_sorted_and_described(published_home: Home) -> None:
    catalog = load_catalog()
    for file, schema, tables in (
        (published_home.published / "current" / "marts.duckdb", "marts", catalog.marts),
        (
            published_home.restricted / "current" / "restricted.duckdb",
            "restricted",
            catalog.restricted,
        ),
    ):
        with duckdb.connect(str(file), read_only=True) as conn:
            comments = dict(
                conn.execute(
                    "SELECT table_name, comment FROM duckdb_tables() UNION ALL "
                    "SELECT view_name, comment FROM duckdb_views() WHERE NOT internal"
                ).fetchall()
            )
            assert comments == {name: table.description for name, table in tables.items()}
            for name, table in tables.items():
                described = conn.execute(
                    "SELECT column_name, data_type, comment FROM duckdb_columns() "
                    "WHERE table_name = ? ORDER BY column_index",
                    [name],
                ).fetchall()
                assert described == [(c.name, c.type, c.description) for c in table.columns]
                rows = conn.execute(f"SELECT {', '.join(table.key)} FROM {schema}.{name}")
                keys = rows.fetchall()
                assert len(keys) == 2
                assert keys == sorted(keys), name
            assert conn.execute("SELECT count(*) FROM duckdb_constraints()").fetchone() == (0,)
            assert conn.execute("SELECT count(*) FROM duckdb_indexes()").fetchone() == (0,)


def test_the_files_are_written_for_old_readers(built_home: Home) -> None:
    write_generation(built_home, RUN_ID)
    file = built_home.published / "generations" / RUN_ID / "marts.duckdb"
    with duckdb.connect() as conn:
        conn.execute(f"ATTACH '{file}' AS published (READ_ONLY)")
        tags = conn.execute(
            "SELECT tags FROM duckdb_databases() WHERE database_name = 'published'"
        ).fetchone()
    assert tags is not None
    assert tags[0]["storage_version"] == "v1.0.0+"


def test_every_mart_is_a_parquet_file_too(built_home: Home) -> None:
    write_generation(built_home, RUN_ID)
    folder = built_home.published / "generations" / RUN_ID
    with duckdb.connect(str(folder / "marts.duckdb"), read_only=True) as conn:
        for name in load_catalog().marts:
            differ = conn.execute(
                f"(FROM marts.{name} EXCEPT ALL FROM '{folder}/{name}.parquet') UNION ALL "
                f"(FROM '{folder}/{name}.parquet' EXCEPT ALL FROM marts.{name})"
            ).fetchall()
            assert differ == [], name


def test_the_manifest_promises_no_less_and_no_more_than_its_form() -> None:
    waiver = {"check_id": "a.b", "until": "2026-12-31", "reason": "Banjir", "decided_by": "Kabag"}
    content = {
        "run_id": RUN_ID,
        "code_version": "1",
        "rules_sha256": "ab",
        "as_of_date": "2026-11-01",
        "waivers": [waiver],
        "tables": {"mart_survey": 2},
        "files": {"marts.duckdb": {"sha256": "cd", "bytes": 12}},
    }
    assert json.loads(manifest.written(content)) == content
    for wrong in ({"tables": {"mart_survey": "2"}}, {"as_of_date": "1 Nov"}, {"tabels": {}}):
        with pytest.raises(DocumentError, match=f"manifest.json: {next(iter(wrong))}"):
            manifest.written({**content, **wrong})
    with pytest.raises(DocumentError, match=r"waivers\.0\.until"):
        manifest.written({**content, "waivers": [{**waiver, "until": "x"}]})


def test_the_manifest_names_run_and_files(built_home: Home) -> None:
    made = write_generation(built_home, RUN_ID)
    folder = built_home.published / "generations" / RUN_ID
    written = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert (written["run_id"], written["as_of_date"]) == (RUN_ID, "2026-11-01")
    assert (written["code_version"], written["rules_sha256"]) == ("text 1", "text 1")
    assert written["tables"] == dict.fromkeys(load_catalog().marts, 2)
    assert written["files"] == {
        path.name: {"sha256": sha256_file(path), "bytes": path.stat().st_size}
        for path in folder.iterdir()
        if path.name != "manifest.json"
    }
    restricted = built_home.restricted / "generations" / RUN_ID
    assert made.sha256 == {
        path.relative_to(built_home.root).as_posix(): sha256_file(path)
        for path in (*folder.iterdir(), *restricted.iterdir())
        if path.is_file()
    }
    assert len(made.sha256) == 15 + 4
    assert made.rows == dict.fromkeys([*written["tables"], *load_catalog().restricted], 2)


def test_the_same_working_file_gives_the_same_tables_as_parquet(built_home: Home) -> None:
    first = write_generation(built_home, RUN_ID).sha256
    name_run(built_home, NEXT_RUN_ID)
    second = write_generation(built_home, NEXT_RUN_ID).sha256
    for name in load_catalog().marts:
        if name != "publication":
            folder = "published/generations"
            assert (
                first[f"{folder}/{RUN_ID}/{name}.parquet"]
                == second[f"{folder}/{NEXT_RUN_ID}/{name}.parquet"]
            ), name


def test_readers_may_read_the_published_and_nobody_the_restricted(built_home: Home) -> None:
    before = os.umask(0o077)
    try:
        write_generation(built_home, RUN_ID)
    finally:
        os.umask(before)
    published = built_home.published / "generations" / RUN_ID
    restricted = built_home.restricted / "generations" / RUN_ID
    assert _mode(published) == 0o755
    assert {_mode(path) for path in published.iterdir()} == {0o644}
    assert _mode(restricted) == 0o700
    inside = list(restricted.rglob("*"))
    assert {_mode(path) for path in inside if path.is_dir()} == {0o700}
    assert {_mode(path) for path in inside if path.is_file()} == {0o600}
    assert len([path for path in inside if path.is_file()]) == 2 + 2


FAULTS = {
    "a table is missing": "DROP TABLE marts.mart_survey",
    "a column is missing": "ALTER TABLE marts.mart_survey DROP COLUMN eligible",
    "a type is another": "ALTER TABLE marts.mart_survey ALTER respondents TYPE INTEGER",
    "a key repeats": "INSERT INTO marts.mart_survey FROM marts.mart_survey LIMIT 1",
    "a key is empty": "UPDATE marts.mart_survey SET wave = NULL WHERE wave = 'text 1'",
    "a restricted key repeats": "INSERT INTO restricted.employee_day FROM restricted.employee_day",
    "the run is not named": "UPDATE marts.publication SET run_id = 'x' || run_id",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_stops_the_generation_and_leaves_nothing(published_home: Home, fault: str) -> None:
    name_run(published_home, NEXT_RUN_ID)
    _change(published_home, FAULTS[fault])
    with pytest.raises(GenerationError):
        write_generation(published_home, NEXT_RUN_ID)
    assert current_run_id(published_home) == RUN_ID
    for area in (published_home.published, published_home.restricted):
        assert [path.name for path in (area / "generations").iterdir()] == [RUN_ID]


def test_columns_that_the_catalog_does_not_name_are_not_copied(built_home: Home) -> None:
    _change(built_home, "ALTER TABLE marts.mart_survey ADD COLUMN nip VARCHAR")
    write_generation(built_home, RUN_ID)
    file = built_home.published / "generations" / RUN_ID / "marts.duckdb"
    with duckdb.connect(str(file), read_only=True) as conn:
        names = [row[0] for row in conn.execute("DESCRIBE marts.mart_survey").fetchall()]
    assert names == [column.name for column in load_catalog().marts["mart_survey"].columns]


def test_what_a_killed_run_left_unfinished_is_removed(published_home: Home) -> None:
    for area in (published_home.published, published_home.restricted):
        unfinished = area / "generations" / ".20261122T000000Z-dead.tmp"
        unfinished.mkdir()
        (unfinished / "marts.duckdb").write_bytes(b"half")
    (published_home.published / ".current.tmp").symlink_to("nowhere")
    publish(published_home, NEXT_RUN_ID)
    for area in (published_home.published, published_home.restricted):
        assert sorted(path.name for path in (area / "generations").iterdir()) == [
            RUN_ID,
            NEXT_RUN_ID,
        ]
        assert sorted(path.name for path in area.iterdir()) == ["current", "generations"]


GLIMPSES = ("restricted/*/.*.tmp", "*/*/.*.tmp/marts.duckdb", "*/*/.*/*.p*")


@pytest.mark.parametrize("seen", sweep(GLIMPSES, told=["*/*/.*/*.p*"]))
def test_a_run_killed_at_any_moment_leaves_the_former_generation(
    published_home: Home, seen: str
) -> None:
    name_run(published_home, NEXT_RUN_ID)
    code = (
        "import sys; from pathlib import Path; from warehouse.store.home import Home; "
        "from warehouse.publication.generation import write_generation as write; "
        "write(Home(Path(sys.argv[1])), sys.argv[2])"
    )
    command = [sys.executable, "-c", code, published_home.root, NEXT_RUN_ID]
    with subprocess.Popen(command, cwd=PROJECT) as writer:
        while writer.poll() is None and not any(published_home.root.glob(seen)):
            time.sleep(0.001)
        writer.kill()
    assert current_run_id(published_home) == RUN_ID
    file = published_home.published / "current" / "marts.duckdb"
    with duckdb.connect(str(file), read_only=True) as conn:
        runs = conn.execute("SELECT run_id FROM marts.publication").fetchall()
    assert (RUN_ID,) in runs
    later = "20261125T203000Z-1111"
    publish(published_home, later)
    assert current_run_id(published_home) == later
    for area in (published_home.published, published_home.restricted):
        assert not list((area / "generations").glob(".*"))
    assert set(generations(published_home)) <= {RUN_ID, NEXT_RUN_ID, later}


def test_a_generation_is_never_written_over(built_home: Home) -> None:
    before = write_generation(built_home, RUN_ID).sha256
    with pytest.raises(GenerationError, match="exists"):
        write_generation(built_home, RUN_ID)
    assert before == {path: sha256_file(built_home.root / path) for path in before}


def test_the_links_are_relative_and_move_together(built_home: Home) -> None:
    assert current_run_id(built_home) is None
    publish(built_home, RUN_ID)
    name_run(built_home, NEXT_RUN_ID)
    write_generation(built_home, NEXT_RUN_ID)
    assert current_run_id(built_home) == RUN_ID
    swap(built_home, NEXT_RUN_ID)
    assert current_run_id(built_home) == NEXT_RUN_ID
    for area in (built_home.published, built_home.restricted):
        assert (area / "current").readlink() == Path("generations") / NEXT_RUN_ID
    swap(built_home, RUN_ID)
    assert generations(built_home) == [RUN_ID, NEXT_RUN_ID]


def test_links_never_point_at_what_is_not_whole(published_home: Home) -> None:
    (published_home.restricted / "generations" / NEXT_RUN_ID).mkdir()
    for run_id in (NEXT_RUN_ID, "..", ""):
        with pytest.raises(GenerationError):
            swap(published_home, run_id)
    assert current_run_id(published_home) == RUN_ID


def test_an_open_reader_keeps_its_generation_and_a_new_one_sees_the_next(
    published_home: Home,
) -> None:
    current = published_home.published / "current"
    query = "SELECT max(run_id) FROM marts.publication WHERE run_id LIKE '2026%'"
    with duckdb.connect(str((current / "marts.duckdb").resolve()), read_only=True) as reader:
        publish(published_home, NEXT_RUN_ID)
        assert reader.execute(query).fetchone() == (RUN_ID,)
        with duckdb.connect(str((current / "marts.duckdb").resolve()), read_only=True) as late:
            assert late.execute(query).fetchone() == (NEXT_RUN_ID,)


def test_the_documented_reader_of_several_files_holds_one_generation(
    published_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    guide = (PROJECT / "docs" / "bi.md").read_text(encoding="utf-8")
    (snippet,) = (s for s in re.findall(r"```python\n(.*?)```", guide, re.DOTALL) if "resolve" in s)
    read = duckdb.read_parquet
    opened = []

    def read_and_publish(path: str) -> duckdb.DuckDBPyRelation:
        opened.append(path)
        if len(opened) == 2:
            publish(published_home, NEXT_RUN_ID)
        return read(path)

    monkeypatch.chdir(published_home.root.parent)
    monkeypatch.setattr(duckdb, "read_parquet", read_and_publish)
    found: dict[str, list[tuple[object, ...]]] = {}
    exec(snippet, found)  # noqa: S102 - our own documentation
    assert current_run_id(published_home) == NEXT_RUN_ID
    assert len(found["units"]) == 2
    assert RUN_ID in {row[0] for row in found["origin"]}
