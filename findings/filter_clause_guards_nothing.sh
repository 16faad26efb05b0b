#!/usr/bin/env bash
# DuckDB: the FILTER of an aggregate doesn't keep its argument from rows that it leaves out.
#
# Version: duckdb 1.5.5.
# Guess: avg(x) FILTER (c) is avg(CASE WHEN c THEN x END), as one rewrites the one into the other.
# Seen:  the argument is computed for every row, and the filter asked afterwards: one 'N/A' or one
#        negative number that the filter leaves out ends the query with an error. CASE guards, and so
#        do WHERE, in whichever order its conditions stand, and a condition of a join. What can't
#        raise (try_cast) is safe under FILTER.
# So:    tidying a CASE into a FILTER can stop a night on the first file that holds such a row, long
#        after the tests passed. Under FILTER only plain columns and what can't fail.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check duckdb==1.5.5
"$work/venv/bin/python" - <<'PY'
import sys

import duckdb

duckdb.sql("CREATE TABLE answer AS FROM (VALUES ('4', 4.0), ('N/A', -1.0)) AS a (point, variance)")
duckdb.sql("CREATE TABLE scale AS FROM range(1, 6) AS s (point)")
known = {  # every one of them is meant to leave the second row out: guess 4 or 2, never an error
    "avg(CASE WHEN point <> 'N/A' THEN CAST(point AS INTEGER) END) FROM answer": 4.0,
    "avg(CAST(point AS INTEGER)) FROM answer WHERE point <> 'N/A'": 4.0,
    "max(point) FROM answer WHERE CAST(point AS INTEGER) > 3 AND point <> 'N/A'": "4",
    "max(s.point) FROM scale AS s JOIN answer AS a "
    "ON CAST(a.point AS INTEGER) = s.point AND a.point <> 'N/A'": 4,
    "avg(CAST(point AS INTEGER)) FILTER (point <> 'N/A') FROM answer": "ConversionException",
    "count(CAST(point AS INTEGER)) FILTER (point <> 'N/A') OVER () FROM answer": "ConversionException",
    "avg(try_cast(point AS INTEGER)) FILTER (point <> 'N/A') FROM answer": 4.0,
    "sum(sqrt(variance)) FROM answer WHERE variance >= 0": 2.0,
    "sum(sqrt(variance)) FILTER (variance >= 0) FROM answer": "OutOfRangeException",
}
changed = False
for question, expected in known.items():
    try:
        seen = duckdb.sql(f"SELECT {question}").fetchone()[0]
    except duckdb.Error as error:
        seen = type(error).__name__
    print(f"{question}: seen {seen}")
    changed |= seen != expected
sys.exit("The behaviour has changed." if changed else 0)
PY
