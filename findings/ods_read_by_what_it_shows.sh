#!/usr/bin/env bash
# pandas with odfpy reads times and truths of an ODS by what the cell shows, not by what it holds.
#
# Versions: pandas 3.1.1, odfpy 1.4.1, python-calamine 0.9.1.
# A cell of an ODS holds a typed value (office:time-value="PT07H30M00S") beside the text that was
# shown when it was saved. The sheets here hold the same values and show them in several ways.
# Guess: every reader takes the typed value; how a cell is formatted changes nothing.
# Seen:  calamine does. pandas's own engine parses the shown text: 07.30, as Indonesian offices
#        write it, and 16,05, as LibreOffice shows such a format in its Indonesian setting, are
#        midnight without a word; 16.05 stops the whole file; 25 h 30 m shown as a clock is 01:30.
#        TRUE counts only if shown so: BENAR, the Indonesian setting's word for it, becomes False.
# So:    two readers of one sheet disagree by hours, and nobody sees an error.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check \
    pandas==3.1.1 odfpy==1.4.1 python-calamine==0.9.1
"$work/venv/bin/python" - "$work/shown.ods" <<'PY'
import sys
from datetime import time

import pandas as pd
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P


def read(shown: str, engine: str, **held: str) -> object:
    book, table, row, cell = OpenDocumentSpreadsheet(), Table(name="S"), TableRow(), TableCell(**held)
    cell.addElement(P(text=shown))
    row.addElement(cell)
    table.addElement(row)
    book.spreadsheet.addElement(table)
    book.save(sys.argv[1])
    try:
        value = pd.read_excel(sys.argv[1], engine=engine, header=None).iloc[0, 0]
    except ValueError as error:
        return type(error).__name__
    return getattr(value, "item", lambda: value)()


half_past_seven = {"valuetype": "time", "timevalue": "PT07H30M00S"}
past_four = {"valuetype": "time", "timevalue": "PT16H05M00S"}
long_shift = {"valuetype": "time", "timevalue": "PT25H30M00S"}
true = {"valuetype": "boolean", "booleanvalue": "true"}
known = [
    # what is shown, what is held, what odfpy's engine reads, what calamine reads
    ("07:30", half_past_seven, time(7, 30), time(7, 30)),
    ("07.30", half_past_seven, time(0, 0), time(7, 30)),
    ("16,05", past_four, time(0, 0), time(16, 5)),
    ("16.05", past_four, "ValueError", time(16, 5)),
    ("01:30", long_shift, time(1, 30), "PT25H30M00S"),
    ("TRUE", true, True, True),
    ("BENAR", true, False, True),
]
changed = False
for shown, held, by_odf, by_calamine in known:
    seen = read(shown, "odf", **held), read(shown, "calamine", **held)
    print(f"held {list(held.values())[1]}, shown {shown}: odf {seen[0]!r}, calamine {seen[1]!r}")
    changed |= seen != (by_odf, by_calamine)
sys.exit("The behaviour has changed." if changed else 0)
PY
