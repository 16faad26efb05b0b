#!/usr/bin/env bash
# python-calamine, and pandas too, glue words together where an ODS cell holds a tab or a line break.
#
# Versions: python-calamine 0.9.1, odfpy 1.4.1, openpyxl 3.1.5, pandas 3.1.1.
# In ODS a tab inside a cell is an element, <text:tab/>, as LibreOffice writes it for text that was
# pasted with tabs; some programs write <text:line-break/> where LibreOffice begins a paragraph.
# Guess: blank space stays blank space, as it does in the same cells saved as XLSX.
# Seen:  calamine drops both elements: "Dinas<tab>Kesehatan" becomes the one word "DinasKesehatan",
#        and two numbers become a third, "4<tab>5" 45. Repeated blanks (<text:s/>) survive.
#        pandas's own engine over odfpy drops the tab too, and keeps the line break.
# So:    of one workbook saved in two formats, a unit is found in one and unknown in the other.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check \
    python-calamine==0.9.1 odfpy==1.4.1 openpyxl==3.1.5 pandas==3.1.1
cd "$work"
"$work/venv/bin/python" - <<'PY'
import sys

import pandas as pd
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import LineBreak, P, S, Tab
from openpyxl import Workbook

BETWEEN = {"\t": Tab, "\n": LineBreak, "  ": lambda: S(c=2)}
known = [  # the cell's text, by calamine from ODS and from XLSX, by pandas and odfpy from ODS
    ("Dinas\tKesehatan", "DinasKesehatan", "Dinas\tKesehatan", "DinasKesehatan"),
    ("Dinas\nKesehatan", "DinasKesehatan", "Dinas\nKesehatan", "Dinas\nKesehatan"),
    ("Dinas  Kesehatan", "Dinas  Kesehatan", "Dinas  Kesehatan", "Dinas  Kesehatan"),
    ("4\t5", "45", "4\t5", "45"),
]
book, sheet, table = OpenDocumentSpreadsheet(), Workbook(), Table(name="S")
book.spreadsheet.addElement(table)
for text, *_ in known:
    blank = next(blank for blank in BETWEEN if blank in text)
    before, after = text.split(blank)
    row, cell, paragraph = TableRow(), TableCell(valuetype="string"), P(text=before)
    paragraph.addElement(BETWEEN[blank]())
    paragraph.addText(after)
    cell.addElement(paragraph)
    row.addElement(cell)
    table.addElement(row)
    sheet.active.append([text])
book.save("units.ods")
sheet.save("units.xlsx")

readers = [("units.ods", "calamine"), ("units.xlsx", "calamine"), ("units.ods", "odf")]
columns = [pd.read_excel(f, engine=e, header=None, dtype=str)[0].tolist() for f, e in readers]
changed = False
for (text, *expected), *seen in zip(known, *columns, strict=True):
    print(f"{text!r}: guess the same, seen calamine ODS {seen[0]!r}, XLSX {seen[1]!r}, odf {seen[2]!r}")
    changed |= seen != expected
sys.exit("The behaviour has changed." if changed else 0)
PY
