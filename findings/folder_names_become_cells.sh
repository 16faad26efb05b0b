#!/usr/bin/env bash
# DuckDB: a folder named t1=x puts x in the place of what the file holds in column t1.
#
# Version: duckdb 1.5.5.
# Guess: auto_detect=false with every column named means that the file is read as told; a folder
#        like year=2026 matters to those who ask for hive_partitioning.
# Seen:  the folders of a path are looked at in any case. One that bears the name of a column
#        replaces that column in every row, its type too (line=5 makes a number of a VARCHAR); one
#        that bears another name adds a column behind those named. Nothing warns. In a list of
#        files it holds if all of them lie in such a folder, and ceases when one does not.
#        hive_partitioning=false reads what is there.
# So:    a reader of files that others name and lay into folders says hive_partitioning=false.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check duckdb==1.5.5
cd "$work"
mkdir -p "t1=zzz/line=5" plain
printf 'a\tb\n' | tee "t1=zzz/line=5/x.txt" > plain/x.txt
"$work/venv/bin/python" - <<'PY'
import sys

import duckdb

inside, plain = "t1=zzz/line=5/x.txt", "plain/x.txt"
cells = "delim='\t', columns={'t1': 'VARCHAR', 't2': 'VARCHAR'}"
line = "delim='\x01', columns={'line': 'VARCHAR'}"
questions = [  # what is read, how, the guess, what is known
    ([inside], cells, [("a", "b")], [("zzz", "b", 5)]),
    ([inside], line, [("a\tb",)], [(5, "zzz")]),
    ([inside, plain], cells, [("a", "b")] * 2, [("a", "b")] * 2),
    ([inside], cells + ", hive_partitioning=false", [("a", "b")], [("a", "b")]),
]
changed = False
for files, how, guess, known in questions:
    told = f"auto_detect=false, header=false, quote='', escape='', {how}"
    seen = duckdb.sql(f"SELECT * FROM read_csv({files}, {told})").fetchall()
    print(f"{files}, {how}: guess {guess}, seen {seen}")
    changed |= seen != known
sys.exit("The behaviour has changed." if changed else 0)
PY
