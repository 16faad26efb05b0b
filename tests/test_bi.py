"""What a BI tool meets: the documented queries, old clients, and a generation that never breaks."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.conftest import BUDAYA

GUIDE = Path(__file__).parents[1] / "docs" / "bi.md"
QUERIES = re.findall(r"```sql\n(.*?)```", GUIDE.read_text(), re.DOTALL)

OLD_CLIENT = "1.1.3"

READER = """
import os, sys, duckdb
path, until = sys.argv[1], sys.argv[2]
seen, reads = set(), 0
while not os.path.exists(until):
    with duckdb.connect(path, read_only=True) as conn:
        conn.execute("use marts.marts")
        one = lambda query, *values: conn.execute(query, values).fetchone()[0]
        run_id = one("select run_id from publication")
        checks = one("select count(*) from mart_data_quality where run_id = ?", run_id)
        tables = one("select count(*) from duckdb_tables() where schema_name = 'marts'")
        scores = one("select count(*) from mart_culture_score")
        assert checks > 0 and tables == 15 and scores > 0, (run_id, checks, tables, scores)
    seen.add(run_id)
    reads += 1
print(reads, *sorted(seen))
"""

OLD_READER = """
import sys, duckdb
conn = duckdb.connect(sys.argv[1], read_only=True)
names = [name for name, in conn.execute("select table_name from duckdb_tables()").fetchall()]
rows = [conn.execute(f"select count(*) from marts.marts.{n}").fetchone()[0] for n in names]
print(duckdb.__version__, len(names), min(rows) > 0)
"""


def test_there_are_ten_queries() -> None:
    assert len(QUERIES) == 10


@pytest.mark.parametrize("query", QUERIES)
def test_a_documented_query_answers(demo_home: Path, query: str) -> None:
    with duckdb.connect(str(demo_home / "published/current/marts.duckdb"), read_only=True) as marts:
        marts.execute("use marts.marts")
        assert marts.execute(query).description


def test_the_documented_sqlalchemy_connection_reads(demo_home: Path) -> None:
    from sqlalchemy import create_engine, pool, text

    engine = create_engine(
        f"duckdb:///{demo_home}/published/current/marts.duckdb",
        connect_args={"read_only": True},
        poolclass=pool.NullPool,
    )
    with engine.connect() as connection:
        assert (
            connection.execute(text("select count(*) from marts.marts.mart_survey")).scalar_one()
            > 0
        )


def test_every_table_and_column_is_explained_in_both_languages(demo_home: Path) -> None:
    with duckdb.connect(str(demo_home / "published/current/marts.duckdb"), read_only=True) as marts:
        bare = marts.execute(
            "select table_name, column_name from duckdb_columns() "
            "where schema_name = 'marts' and (comment is null or comment not like '% / %')"
        ).fetchall()
    assert bare == []


@pytest.mark.slow
def test_a_client_of_duckdb_1_1_reads_the_marts(demo_home: Path, tmp_path: Path) -> None:
    uv = Path(sys.executable).with_name("uv")
    old = tmp_path / "old"
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, old], check=True)
    subprocess.run(
        [uv, "pip", "install", "--quiet", "--python", old / "bin/python", f"duckdb=={OLD_CLIENT}"],
        check=True,
    )
    done = subprocess.run(
        [old / "bin/python", "-c", OLD_READER, demo_home / "published/current/marts.duckdb"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == [OLD_CLIENT, "15", "True"], done.stderr


@pytest.mark.slow
def test_a_reader_in_a_loop_never_meets_an_error_while_nights_publish(
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
        for _ in range(2):
            subprocess.run(
                [BUDAYA, "run", "--home", home, "--full-refresh"], check=True, capture_output=True
            )
    finally:
        stop.touch()
        printed, errors = reader.communicate(timeout=60)
    assert reader.returncode == 0, errors
    reads, *generations = printed.split()
    assert int(reads) > 20
    assert len(generations) >= 2
