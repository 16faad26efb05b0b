#!/usr/bin/env bash
# DuckDB: what a cast to INTEGER makes of a half depends on where the half comes from.
#
# Version: duckdb 1.5.5.
# Guess: one rule of rounding; and try_cast gives NULL for text that is no whole number, as an answer
#        "4.5" on a scale from 1 to 5 is none.
# Seen:  the DOUBLE 2.5 becomes 2 (halves to even), the DECIMAL 2.5 and the text '2.5' become 3
#        (halves away from zero), while round() makes 3 of each. try_cast reads far more than digits:
#        '4.5' is 5, '.5' is 1, '1e1' 10, '1_000' 1000, '0x1F' 31; but '4,5' and '1e400' are NULL.
# So:    a check that asks "is it a number?" by try_cast(... AS INTEGER) lets half points in and
#        moves them; match the whole text first. Round before the cast, never by it.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check duckdb==1.5.5
"$work/venv/bin/python" - <<'PY'
import sys

import duckdb

halves = [  # the expression, the guess, what is known
    ("CAST(CAST(2.5 AS DOUBLE) AS INTEGER)", 3, 2),
    ("CAST(CAST(3.5 AS DOUBLE) AS INTEGER)", 4, 4),
    ("CAST(CAST(2.5 AS DECIMAL(2, 1)) AS INTEGER)", 3, 3),
    ("CAST('2.5' AS INTEGER)", 3, 3),
    ("CAST(round(CAST(2.5 AS DOUBLE)) AS INTEGER)", 3, 3),
]
texts = {"4.5": 5, ".5": 1, "1e1": 10, "1_000": 1000, "0x1F": 31, "4,5": None, "1e400": None}
questions = halves + [(f"try_cast('{text}' AS INTEGER)", None, n) for text, n in texts.items()]
changed = False
for question, guess, known in questions:
    seen = duckdb.sql(f"SELECT {question}").fetchone()[0]
    print(f"{question}: guess {guess}, seen {seen}")
    changed |= seen != known
sys.exit("The behaviour has changed." if changed else 0)
PY
