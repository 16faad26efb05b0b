#!/usr/bin/env bash
# DuckDB: where a view over files looks for them.
#
# Version: duckdb 1.5.5.
# A database beside its Parquet files, with a view over them, in a folder that is moved, copied, and
# opened through a link that is swapped. The view should go with it.
# Guess: a relative path in a view is taken from the folder of its database, or at least there is a
#        function that a view can ask for it; a subquery over duckdb_databases() will do if not.
# Seen:  it is taken from the folder of whoever asks. No function tells the path, and a table
#        function takes no subquery, no column, no lateral join. But current_setting is folded before
#        a path is needed, and the scratch folder of who opens a file is, unless they chose one, the
#        file's own path and `.tmp`: so a view can find its folder. For who attaches the file it is
#        that of their own database.
# So:    the view of restricted.duckdb goes by that setting, and by an absolute path where it says
#        something else. From the link it goes up and down again by its generation's name: the system
#        follows a link before it goes up, so that an open reader stays where it is after a swap.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check duckdb==1.5.5
cd "$work"
"$work/venv/bin/python" - <<'PY'
import os
import shutil
import sys

import duckdb

SCRATCH = "current_setting('temp_directory')"
NEAR = f"left({SCRATCH}, -{len('own.duckdb.tmp')}) || '../one/days/*.parquet'"
os.makedirs("home/one/days")
duckdb.sql("COPY (SELECT 'one' AS said) TO 'home/one/days/a.parquet'")
with duckdb.connect("home/one/own.duckdb") as conn:
    conn.execute(f"CREATE VIEW days AS FROM read_parquet({NEAR})")
    os.chdir("home/one")
    conn.execute("CREATE VIEW beside AS FROM read_parquet('days/*.parquet')")
    os.chdir("../..")


def asked(question: str, file: str = "", attached: str = "") -> str:
    try:
        with duckdb.connect(file, read_only=bool(file)) as conn:
            if attached:
                conn.execute(f"ATTACH '{attached}' AS own (READ_ONLY)")
            return str(conn.execute(question).fetchone()[0])
    except duckdb.Error as error:
        return str(error).split(":")[0]


os.symlink("one", "home/current")
seen = {
    "relative to the database": asked("FROM beside", "home/one/own.duckdb"),
    "a subquery as path": asked(
        "FROM read_parquet((SELECT path FROM duckdb_databases() LIMIT 1))", "home/one/own.duckdb"
    ),
    "a column as path": asked(
        "SELECT p.path FROM duckdb_databases() AS p, read_parquet(p.path)", "home/one/own.duckdb"
    ),
    "by the scratch folder": asked("FROM days", "home/one/own.duckdb"),
    "through a link": asked("FROM days", "home/current/own.duckdb"),
    "attached": asked("FROM own.days", attached="home/one/own.duckdb"),
}
with duckdb.connect("home/current/own.duckdb", read_only=True) as conn:
    shutil.copytree("home/one", "home/two")
    duckdb.sql("COPY (SELECT 'two' AS said) TO 'home/two/days/a.parquet'")
    os.symlink("two", "home/next")
    os.replace("home/next", "home/current")
    seen["after a swap"] = conn.execute("FROM days").fetchone()[0]
shutil.move("home", "moved")
seen["moved"] = asked("FROM days", "moved/one/own.duckdb")
known = {
    "relative to the database": "IO Error",
    "a subquery as path": "Binder Error",
    "a column as path": "Binder Error",
    "by the scratch folder": "one",
    "through a link": "one",
    "attached": "IO Error",
    "after a swap": "one",
    "moved": "one",
}
for name, said in seen.items():
    print(f"{name}: seen {said}, known {known[name]}")
sys.exit("The behaviour has changed." if seen != known else 0)
PY
