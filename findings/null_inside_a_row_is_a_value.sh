#!/usr/bin/env bash
# DuckDB: a NULL inside a row (a struct) is the greatest value, and equal to itself.
#
# Version: duckdb 1.5.5.
# Several submissions of one respondent, one without its time; "the last counts", ties broken by the
# row number. The key is written as a row, `(submitted_at, row_number)`.
# Guess: as with a plain column: arg_max skips a row whose key holds a NULL, max() of such rows takes
#        the latest time that is known, and (1, NULL) = (1, NULL) is unknown, as the standard says
#        and as it is without brackets.
# Seen:  arg_max by the plain time takes the last submission; by the row it takes the one without a
#        time. The rows are equal, so a join on structs brings together what is not known on either
#        side, while the join column by column brings nothing.
# So:    a tie-breaker added in brackets changes who wins, not only among equals. Say first what a
#        missing key means (coalesce, or a filter).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check duckdb==1.5.5
"$work/venv/bin/python" - <<'PY'
import sys

import duckdb

duckdb.sql("""
    CREATE TABLE submission AS FROM (VALUES
        ('first', TIMESTAMP '2026-10-05 08:00:00', 1),
        ('last', TIMESTAMP '2026-10-09 08:00:00', 2),
        ('undated', NULL, 3)
    ) AS rows (answer, submitted_at, row_number)
""")
questions = [  # what is asked, the guess, what is known
    ("arg_max(answer, submitted_at)", "last", "last"),
    ("arg_max(answer, (submitted_at, row_number))", "last", "undated"),
    ("arg_max(answer, {'at': submitted_at, 'row': row_number})", "last", "undated"),
    ("max((submitted_at, row_number))[2]", 2, 3),
    ("bool_and((submitted_at, 1) = (submitted_at, 1)) FILTER (answer = 'undated')", None, True),
    ("bool_and(submitted_at = submitted_at AND 1 = 1) FILTER (answer = 'undated')", None, None),
]
changed = False
for question, guess, known in questions:
    seen = duckdb.sql(f"SELECT {question} FROM submission").fetchone()[0]
    print(f"{question}: guess {guess}, seen {seen}")
    changed |= seen != known
for condition, guess, known in [
    ("a.submitted_at = b.submitted_at AND a.row_number = b.row_number", 2, 2),
    ("(a.submitted_at, a.row_number) = (b.submitted_at, b.row_number)", 2, 3),
]:
    joined = f"SELECT count(*) FROM submission AS a JOIN submission AS b ON {condition}"
    seen = duckdb.sql(joined).fetchone()[0]
    print(f"rows joined on {condition}: guess {guess}, seen {seen}")
    changed |= seen != known
sys.exit("The behaviour has changed." if changed else 0)
PY
