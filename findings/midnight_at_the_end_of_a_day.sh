#!/usr/bin/env bash
# DuckDB has a time 24:00:00 that Python has not; what arrives depends on the way out.
#
# Versions: duckdb 1.5.5, pandas 3.1.1, pyarrow 26.0.1.
# Rosters end at 24:00. DuckDB stores it as a TIME of its own, later than 23:59:59.
# Guess: refused as text, or folded to 00:00:00 as `hour < 24` asks for everywhere else.
# Seen:  cast('24:00' as TIME) is 24:00:00 and hour() says 24, yet try_strptime('24:00', '%H:%M') is
#        NULL: two readers of one engine disagree. fetchall() and df() give the *text* '24:00:00'
#        among datetime.time values; of the same Arrow table to_pylist() says 00:00, the other end of
#        the day, and to_pandas() raises ValueError. A date plus it is the next day's midnight.
# So:    decide in SQL what the end of a day is, and let no TIME column leave with it.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check \
    duckdb==1.5.5 pandas==3.1.1 pyarrow==26.0.1
"$work/venv/bin/python" - <<'PY'
import sys
from collections.abc import Callable
from datetime import datetime, time

import duckdb

duckdb.sql("CREATE TABLE roster AS SELECT unnest(['16:00', '24:00'])::TIME AS end_time")
roster = duckdb.table("roster")
arrow = roster.to_arrow_table()


def one(question: str) -> object:
    return duckdb.sql(f"SELECT {question}").fetchone()[0]


def outcome(way_out: Callable[[], object]) -> object:
    try:
        return way_out()
    except (ValueError, duckdb.Error) as error:
        return type(error).__name__


FOUR, TEXT = time(16, 0), "24:00:00"
known = {
    "hour('24:00'::TIME)": (lambda: one("hour('24:00'::TIME)"), 24),
    "try_strptime": (lambda: one("try_strptime('24:00', '%H:%M')"), None),
    "date + time": (lambda: one("DATE '2026-10-05' + '24:00'::TIME"), datetime(2026, 10, 6)),
    "fetchall": (lambda: [row[0] for row in roster.fetchall()], [FOUR, TEXT]),
    "df": (lambda: roster.df()["end_time"].tolist(), [FOUR, TEXT]),
    "arrow, to_pylist": (lambda: arrow["end_time"].to_pylist(), [FOUR, time(0, 0)]),
    "arrow, to_pandas": (lambda: arrow.to_pandas(), "ValueError"),
}
changed = False
print("guess: an error when read, or time(0, 0) wherever it goes")
for what, (way_out, expected) in known.items():
    seen = outcome(way_out)
    print(f"{what}: seen {seen!r}")
    changed |= not isinstance(seen, type(expected)) or seen != expected
sys.exit("The behaviour has changed." if changed else 0)
PY
