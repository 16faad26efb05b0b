#!/usr/bin/env bash
# pandas reads the "GMT+9" of a Google Forms export as nine hours WEST of Greenwich.
#
# Versions: pandas 3.1.1 with python-dateutil 2.9.0.post0, duckdb 1.5.5.
# The zipped CSV of a Google Form writes `2026/10/05 9:05:01 AM GMT+9` for a morning in Ternate.
# Guess: +09:00, as written: 00:05:01 UTC.
# Seen:  pandas hands the text to dateutil, which takes it as POSIX does ("my time plus 9 is GMT"):
#        18:05:01 UTC, eighteen hours late and on another local day. `UTC+9` and `WIT+9` likewise;
#        with a blank (`GMT +9`) the offset is dropped; only a bare `+9` is east. The warning of
#        pandas speaks of formats, not of this.
#        DuckDB knows no zone `GMT+9` at all, takes `UTC+9` as east, and `Etc/GMT+9` as west.
# So:    the last submission of a respondent, or the wave that an answer falls in, may change with
#        the library. An offset has to be taken apart by hand.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check \
    pandas==3.1.1 python-dateutil==2.9.0.post0 duckdb==1.5.5
"$work/venv/bin/python" -W ignore - <<'PY'
import io
import sys

import duckdb
import pandas as pd

EAST, WEST, NONE = "2026-10-05 00:05:01", "2026-10-05 18:05:01", "2026-10-05 09:05:01"
by_pandas = {"GMT+9": WEST, "UTC+9": WEST, "WIT+9": WEST, "GMT +9": NONE, "+9": EAST}
by_duckdb = {"GMT+9": "unknown zone", "UTC+9": EAST, "Etc/GMT+9": WEST, "Asia/Jayapura": EAST}

changed = False
for zone, known in by_pandas.items():
    export = io.StringIO(f"Timestamp,BP1\n2026/10/05 9:05:01 AM {zone},4\n")
    moment = pd.read_csv(export, parse_dates=["Timestamp"])["Timestamp"][0]
    seen = str(moment.tz_convert("UTC").tz_localize(None))
    print(f"pandas  9:05:01 AM {zone:14} guess {EAST} UTC, seen {seen}")
    changed |= seen != known
for zone, known in by_duckdb.items():
    local = f"(TIMESTAMP '2026-10-05 09:05:01' AT TIME ZONE '{zone}') AT TIME ZONE 'UTC'"
    try:
        seen = str(duckdb.sql(f"SELECT {local}").fetchone()[0])
    except duckdb.Error as error:
        seen = "unknown zone" if "Unknown TimeZone" in str(error) else str(error)
    print(f"duckdb  9:05:01 at {zone:14} guess {EAST} UTC, seen {seen}")
    changed |= seen != known
sys.exit("The behaviour has changed." if changed else 0)
PY
