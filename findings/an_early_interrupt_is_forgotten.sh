#!/usr/bin/env bash
# DuckDB: a connection that is asked to stop before its query begins forgets that it was asked.
#
# Version: duckdb 1.5.5.
# Guess: interrupt() raises a flag that the next statement of this connection finds, so that it does
#        not matter whether the query has begun: DuckDB checks the flag at every chunk of rows.
# Seen:  the next statement clears the flag and runs to its end. Asked while it runs, the same
#        statement ends with an InterruptException. dbt-duckdb 1.11 asks each connection once when
#        somebody stops it: what was still being made ready then runs in full, and dbt waits for it.
# So:    whoever has to stop a query asks again until it has ended.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check duckdb==1.5.5
"$work/venv/bin/python" - <<'PY'
import sys
import threading

import duckdb

QUERY = "SELECT count(*) FROM range(30000) a, range(30000) b WHERE a.range > b.range"


def ended(conn):
    try:
        conn.execute(QUERY).fetchone()
    except duckdb.InterruptException:
        return "interrupted"
    return "whole"


conn = duckdb.connect(config={"threads": 1})
conn.interrupt()
early = ended(conn)
over = threading.Event()


def ask_again():
    while not over.wait(0.05):
        conn.interrupt()


asking = threading.Thread(target=ask_again)
asking.start()
again = ended(conn)
over.set()
asking.join()
print(f"asked before it began: guess interrupted, seen {early}")
print(f"asked until it ended:  guess interrupted, seen {again}")
sys.exit("The behaviour has changed." if (early, again) != ("whole", "interrupted") else 0)
PY
