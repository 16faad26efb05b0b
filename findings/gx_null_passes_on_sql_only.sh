#!/usr/bin/env bash
# Great Expectations: one and the same check over one and the same rows fails on a DataFrame and
# passes on SQL, if one of two compared cells is NULL.
#
# Versions: great-expectations 1.24.1, pandas 3.1.1, sqlalchemy 2.0.58, the machine's SQLite.
# Guess: an expectation has one meaning; `ignore_row_if` says which rows with gaps are left out.
# Seen:  on a DataFrame a row with one gap fails; on SQL the comparison is NULL, which is not "true",
#        so the row isn't found among the unexpected ones. It isn't counted as missing either: the
#        result says that every row was looked at and none was wrong, even with
#        ignore_row_if="neither" or "never". Only `either`/`any` behaves the same on both.
#        Likewise a compound key with a NULL in it: twins on a DataFrame, unique on SQL.
# So:    a suite that was tried out on a DataFrame proves nothing about the gate over SQL. Say what
#        a gap means by an expectation of its own (not null), or write the rows to be found as SQL.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check \
    great-expectations==1.24.1 pandas==3.1.1 numpy==2.4.6 sqlalchemy==2.0.58
cd "$work"
GX_ANALYTICS_ENABLED=false "$work/venv/bin/python" -W ignore - <<'PY' 2>gx.log || { cat gx.log; exit 1; }
import sys

import great_expectations as gx
import great_expectations.expectations as gxe
import pandas as pd
import sqlalchemy

rows = pd.DataFrame(
    {
        "date_from": ["2026-07-01", "2026-07-02", None],
        "date_to": ["2026-07-03", None, "2026-07-05"],
        "kinerja": [25.0, None, 30.0],
        "disiplin": [5.0, 5.0, None],
        "nip": ["A", "A", "B"],
        "unit": ["U1", None, None],
    }
)
rows = pd.concat([rows, rows.tail(1)])  # the last row twice
rows.to_sql("rows", sqlalchemy.create_engine("sqlite:///gaps.db"), index=False)
context = gx.get_context(mode="ephemeral")
sql = context.data_sources.add_sqlite("sql", connection_string="sqlite:///gaps.db")
table = sql.add_table_asset("rows", table_name="rows").add_batch_definition_whole_table("all")
frame = context.data_sources.add_pandas("frame").add_dataframe_asset("rows")
batches = {
    "frame": frame.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": rows}),
    "sql": table.get_batch(),
}
spell = {"column_A": "date_to", "column_B": "date_from", "or_equal": True}
parts = {"column_list": ["kinerja", "disiplin"], "sum_total": 30}
key = {"column_list": ["nip", "unit"]}
later = gxe.ExpectColumnPairValuesAToBeGreaterThanB
adds_up = gxe.ExpectMulticolumnSumToEqual
unique = gxe.ExpectCompoundColumnsToBeUnique
known = [  # (unexpected, missing) on the frame and on SQL
    ("from <= to, neither", later(**spell, ignore_row_if="neither"), (3, 0), (0, 0)),
    ("from <= to, either", later(**spell, ignore_row_if="either_value_is_missing"), (0, 3), (0, 3)),
    ("parts add up, never", adds_up(**parts, ignore_row_if="never"), (3, 0), (0, 0)),
    ("key is unique, never", unique(**key, ignore_row_if="never"), (2, 0), (0, 0)),
]
changed = False
for what, expectation, *expected in known:
    results = [batch.validate(expectation) for batch in batches.values()]
    seen = [(r.result["unexpected_count"], r.result["missing_count"]) for r in results]
    passed = ["passes" if result.success else "fails" for result in results]
    print(f"{what}: guess the same, seen frame {passed[0]} {seen[0]}, SQL {passed[1]} {seen[1]}")
    changed |= seen != expected
sys.exit("The behaviour has changed." if changed else 0)
PY
