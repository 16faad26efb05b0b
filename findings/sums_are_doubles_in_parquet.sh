#!/usr/bin/env bash
# DuckDB: the sum of whole numbers is a DOUBLE once it lies in a Parquet file.
#
# Versions: duckdb 1.5.5, pyarrow 26.0.1.
# Guess: sum() of BIGINT is a HUGEINT, and Parquet gets a type that holds it: DECIMAL(38, 0), or an
#        error if there is none.
# Seen:  COPY writes DOUBLE without a word. 9007199254740993 comes back as ...992, a reader shows
#        450.0 minutes, and the same table has other types in the .duckdb file and in the Parquet file
#        beside it. count() stays INT64, and so does a sum that was cast.
# So:    every published sum of whole numbers is cast to BIGINT, and a contract on types checks it
#        where the file is made.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check duckdb==1.5.5 pyarrow==26.0.1
"$work/venv/bin/python" - "$work/month.parquet" <<'PY'
import sys

import duckdb
import pyarrow.parquet as pq

duckdb.sql("""
    CREATE TABLE month AS
    SELECT sum(minutes) AS total, count(*) AS days, CAST(sum(minutes) AS BIGINT) AS total_cast
    FROM (VALUES (9007199254740992::BIGINT), (1::BIGINT)) AS days (minutes)
""")
duckdb.sql(f"COPY month TO '{sys.argv[1]}' (FORMAT parquet)")
table = pq.read_table(sys.argv[1])
stored = {c[0]: c[1] for c in duckdb.sql("DESCRIBE month").fetchall()}
read = table.to_pylist()[0]
known = {  # type in DuckDB, type and value in Parquet
    "total": ("HUGEINT", "double", 9007199254740992.0),
    "days": ("BIGINT", "int64", 2),
    "total_cast": ("BIGINT", "int64", 9007199254740993),
}
changed = False
for name, expected in known.items():
    seen = stored[name], str(table.schema.field(name).type), read[name]
    print(f"{name}: in DuckDB {seen[0]}, in Parquet {seen[1]} {seen[2]!r}")
    changed |= seen != expected
print("guess for total: decimal128(38, 0) 9007199254740993")
sys.exit("The behaviour has changed." if changed else 0)
PY
