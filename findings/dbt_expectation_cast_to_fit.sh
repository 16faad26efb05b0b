#!/usr/bin/env bash
# A dbt unit test passes although it expects a row that the model can never return.
#
# Versions: dbt-core 1.11.16, dbt-duckdb 1.11.1, dbt-adapters 1.24.5, duckdb 1.5.5.
# Guess: expected and actual rows are compared as written; 2 days are not 1.6 days.
# Seen:  dbt casts what is expected to the type of the model's column first, and DuckDB rounds and
#        forgives as it casts: 1.6 fits an INTEGER 2, 53.7749 a DECIMAL 53.77, '2026-07-1O' a DATE
#        1 July. Each of these wrong expectations passes. A DOUBLE is compared as it is and fails.
# So:    a formula that rounds too early keeps its green test. What a unit test expects is written
#        in the column's own type, and a fraction is tested on a DOUBLE.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check \
    dbt-core==1.11.16 dbt-duckdb==1.11.1 dbt-adapters==1.24.5 duckdb==1.5.5 protobuf==6.33.6
cd "$work"
mkdir models
cat >dbt_project.yml <<'YML'
name: days
version: "1.0"
profile: days
flags: {send_anonymous_usage_stats: false}
YML
cat >profiles.yml <<'YML'
days: {target: local, outputs: {local: {type: duckdb, path: days.duckdb}}}
YML
echo "SELECT 0 AS minutes" >models/punches.sql
cat >models/days.sql <<'SQL'
SELECT
    CAST(2 AS INTEGER) AS days, CAST(53.77 AS DECIMAL(5, 2)) AS score,
    DATE '2026-07-01' AS ended, CAST(0.5 AS DOUBLE) AS share
FROM {{ ref('punches') }}
SQL
{
    echo "unit_tests:"
    for expected in "days: 1.6" "score: 53.7749" "ended: 2026-07-1O" "share: 0.49"; do
        printf '%s\n' "- name: ${expected%%:*}" "  model: days" \
            "  given: [{input: ref('punches'), rows: [{minutes: 1}]}]" \
            "  expect: {rows: [{$expected}]}"
    done
} >models/unit_tests.yml
PATH="$work/venv/bin:$PATH"
dbt --quiet run
dbt test >test.log || true # one of the four is meant to fail
"$work/venv/bin/python" - target/run_results.json <<'PY'
import json
import sys

with open(sys.argv[1]) as file:
    seen = {r["unique_id"].split(".")[-1]: r["status"] for r in json.load(file)["results"]}
returned = {"days": "2", "score": "53.77", "ended": "2026-07-01", "share": "0.5"}
expected = {"days": "1.6", "score": "53.7749", "ended": "2026-07-1O", "share": "0.49"}
for column, value in expected.items():
    print(f"{column}: returned {returned[column]}, expected {value}: guess fail, seen {seen[column]}")
known = {"days": "pass", "score": "pass", "ended": "pass", "share": "fail"}
sys.exit("The behaviour has changed." if seen != known else 0)
PY
