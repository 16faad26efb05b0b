#!/usr/bin/env bash
# DuckDB: what a query selects and also filters by is computed twice, in a materialized CTE too.
#
# Version: duckdb 1.5.5 (functions in Python need numpy, here 2.4.6).
# Guess: a column of a subquery is computed once, whoever reads it; `AS MATERIALIZED` makes sure of
#        that in any case.
# Seen:  a function in a subquery is called once for each row, also where two columns outside read
#        it. With a condition on that column outside, the condition goes down to the rows and takes
#        the expression with it: 1,000 rows are 2,000 calls, with `AS MATERIALIZED` as without.
# So:    a costly column (lists that are folded, regular expressions) is filtered by something cheap
#        that implies it, or by a column of its own that says so.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check duckdb==1.5.5 numpy==2.4.6
"$work/venv/bin/python" - <<'PY'
import sys

import duckdb

calls = 0


def doubled(number):
    global calls
    calls += 1
    return number * 2


conn = duckdb.connect(config={"threads": 1})
conn.create_function("doubled", doubled, [int], int)
rows = "SELECT doubled(n) AS cost FROM range(1000) AS t(n)"
known = [  # query, the guess, what is known
    (f"SELECT cost FROM ({rows})", 1000, 1000),
    (f"SELECT cost, cost + 1 FROM ({rows})", 1000, 1000),
    (f"SELECT cost FROM ({rows}) WHERE cost >= 0", 1000, 2000),
    (f"WITH once AS MATERIALIZED ({rows}) SELECT cost FROM once WHERE cost >= 0", 1000, 2000),
]
changed = False
for query, guess, expected in known:
    calls = 0
    conn.execute(query).fetchall()
    print(f"guess {guess}, seen {calls} calls: {query}")
    changed |= calls != expected
sys.exit("The behaviour has changed." if changed else 0)
PY
