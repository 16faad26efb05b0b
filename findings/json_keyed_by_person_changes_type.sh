#!/usr/bin/env bash
# DuckDB: the same JSON answer has another type when an office has 200 employees instead of 199.
#
# Version: duckdb 1.5.5.
# Attendance services answer with an object keyed by employee number: {"data": {"1986…": {…}, …}}.
# Guess: the type follows from the form of the document: a STRUCT, or a MAP, whatever its size.
# Seen:  up to 199 keys `data` is a STRUCT with a field per person, from 200 on a MAP. A query that
#        opens it into rows (map_entries, map_values) is an error below the limit and runs above it;
#        somebody who is not in the file is an error below it and NULL above. What changed is only
#        how many people the office has.
#        The limit is map_inference_threshold; columns = {…} says the type and ends the guessing.
# So:    a document whose keys are data gets its type from us, never from what the file looks like.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check duckdb==1.5.5
cd "$work"
"$work/venv/bin/python" - <<'PY'
import json
import sys

import duckdb

FIRST = 198609262015051001
for people in (199, 200):
    days = {str(FIRST + n): {"day": "2026-10-05", "status": "HN"} for n in range(people)}
    with open(f"{people}.json", "w") as file:
        json.dump({"data": days}, file)


def ask(question: str) -> str:
    try:
        return str(duckdb.sql(question).fetchone()[0])
    except duckdb.Error as error:
        return type(error).__name__


TYPE = "split_part(typeof(data), '(', 1)"
PRESENT, ABSENT = f'data."{FIRST}".status', f'data."{FIRST + 900}".status'
VALUES = "map_values(data)[1].status"
DECLARED = "columns = {data: 'MAP(VARCHAR, STRUCT(day DATE, status VARCHAR))'}"
known = [  # the question, the guess, what is known for 199 and for 200 people
    (f"SELECT {TYPE} FROM read_json('%d.json')", "the same", "STRUCT", "MAP"),
    (f"SELECT {PRESENT} FROM read_json('%d.json')", "the same", "HN", "HN"),
    (f"SELECT {ABSENT} FROM read_json('%d.json')", "the same", "BinderException", "None"),
    (f"SELECT {VALUES} FROM read_json('%d.json')", "the same", "BinderException", "HN"),
    (f"SELECT {VALUES} FROM read_json('%d.json', {DECLARED})", "the same", "HN", "HN"),
]
changed = False
for question, guess, *expected in known:
    seen = [ask(question % people) for people in (199, 200)]
    print(f"{question % 199}: guess {guess}, seen {seen[0]} for 199 people, {seen[1]} for 200")
    changed |= seen != expected
sys.exit("The behaviour has changed." if changed else 0)
PY
