#!/usr/bin/env bash
# DuckDB: which copy of a database keeps its descriptions.
#
# Version: duckdb 1.5.5.
# Every table and column here carries a COMMENT; people see it in their BI tool.
# Guess: EXPORT DATABASE is the full dump, made to be imported whole; COPY FROM DATABASE moves rows
#        into a fresh file and may well drop what is only described. A view that is replaced keeps
#        its description, as a table that is altered does.
# Seen:  the reverse. COPY FROM DATABASE keeps all comments, of views and their columns too, even
#        into the storage version of 1.0. EXPORT DATABASE writes none of them into its schema.sql, and
#        says nothing. ALTER TABLE (rename, new type, renamed column) keeps them; CREATE OR REPLACE
#        VIEW, and TABLE, begin without.
# So:    a backup by EXPORT is no backup of the descriptions, and whatever replaces a view or a table
#        writes its comments anew.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check duckdb==1.5.5
cd "$work"
"$work/venv/bin/python" - <<'PY'
import sys

import duckdb

conn = duckdb.connect()


def comments(database: str) -> list[str]:
    """What is described in a database, sorted."""
    return [
        row[0]
        for row in conn.execute(
            """
            SELECT comment FROM duckdb_tables() WHERE database_name = $1 UNION ALL
            SELECT comment FROM duckdb_views() WHERE database_name = $1 UNION ALL
            SELECT comment FROM duckdb_columns() WHERE database_name = $1
            """,
            [database],
        ).fetchall()
        if row[0]
    ]


conn.execute("ATTACH 'a.duckdb' AS a; USE a")
conn.execute("CREATE TABLE score (month DATE, value FLOAT)")
conn.execute("COMMENT ON TABLE score IS 'T'; COMMENT ON COLUMN score.value IS 'T.value'")
conn.execute("CREATE VIEW latest AS SELECT max(month) AS month FROM score")
conn.execute("COMMENT ON VIEW latest IS 'V'; COMMENT ON COLUMN latest.month IS 'V.month'")
conn.execute("ATTACH 'copy.duckdb' AS copied (STORAGE_VERSION 'v1.0.0')")
conn.execute("COPY FROM DATABASE a TO copied")
conn.execute("EXPORT DATABASE 'dump'; ATTACH 'b.duckdb' AS imported; USE imported")
conn.execute("IMPORT DATABASE 'dump'; USE a")
seen = {name: sorted(comments(name)) for name in ("a", "copied", "imported")}
conn.execute("ALTER TABLE score ALTER value TYPE DOUBLE; ALTER TABLE score RENAME value TO points")
seen["altered"] = sorted(comments("a"))
conn.execute("CREATE OR REPLACE VIEW latest AS SELECT max(month) AS month FROM score")
seen["view replaced"] = sorted(comments("a"))
conn.execute("CREATE OR REPLACE TABLE score AS FROM score")
seen["table replaced"] = sorted(comments("a"))

everything = ["T", "T.value", "V", "V.month"]
known = dict.fromkeys(("a", "copied", "altered"), everything)
known |= {"imported": [], "view replaced": everything[:2], "table replaced": []}
for name, found in seen.items():
    print(f"{name}: seen {found}")
print(f"guess: imported, altered and view replaced have {everything}, copied has none")
sys.exit("The behaviour has changed." if seen != known else 0)
PY
