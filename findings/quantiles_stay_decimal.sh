#!/usr/bin/env bash
# DuckDB: the median of decimals is cut to their scale, while their mean is a double.
#
# Version: duckdb 1.5.5.
# Guess: the median of two values is the mean of the two, as avg() gives it, whatever their type.
# Seen:  of DECIMAL values median, quantile_cont and mad answer in the same DECIMAL, and what doesn't
#        fit is cut off towards the lower value, not rounded: 60.25 and 60.50 have the median 60.37
#        and the mean 60.375. Of INTEGER values the median is a double. So is that of
#        doubles; a cast to DOUBLE afterwards comes too late.
# So:    round half up once, at the end; a statistic is taken of doubles.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check duckdb==1.5.5
"$work/venv/bin/python" - <<'PY'
import sys

import duckdb

known = [  # type of the values, values, function, the guess, what is known and its type
    ("DECIMAL(4, 2)", "60.25, 60.50", "avg(score)", "60.375", "60.375", "DOUBLE"),
    ("DECIMAL(4, 2)", "60.25, 60.50", "median(score)", "60.375", "60.37", "DECIMAL(4,2)"),
    ("DECIMAL(4, 2)", "-60.25, -60.50", "median(score)", "-60.375", "-60.38", "DECIMAL(4,2)"),
    ("DECIMAL(4, 2)", "60, 61", "quantile_cont(score, 0.125)", "60.125", "60.12", "DECIMAL(4,2)"),
    ("DECIMAL(4, 2)", "82.05, 82.10", "mad(score)", "0.025", "0.02", "DECIMAL(4,2)"),
    ("DECIMAL(3, 0)", "60, 61", "median(score)", "60.5", "60", "DECIMAL(3,0)"),
    ("INTEGER", "60, 61", "median(score)", "60.5", "60.5", "DOUBLE"),
    ("DOUBLE", "60.25, 60.50", "median(score)", "60.375", "60.375", "DOUBLE"),
]
changed = False
for kind, values, function, guess, *expected in known:
    scores = f"SELECT CAST(unnest([{values}]) AS {kind}) AS score"
    answer = f"CAST({function} AS VARCHAR), typeof({function})"
    seen = duckdb.sql(f"SELECT {answer} FROM ({scores})").fetchone()
    print(f"{function} of {kind} {values}: guess {guess}, seen {seen[0]} {seen[1]}")
    changed |= list(seen) != expected
sys.exit("The behaviour has changed." if changed else 0)
PY
