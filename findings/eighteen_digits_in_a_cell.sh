#!/usr/bin/env bash
# Which library loses the last digits of an employee number that stands in a number cell: the writer.
#
# Versions: openpyxl 3.1.5, python-calamine 0.9.1, pandas 3.1.1.
# Guess: a Python integer is written to XLSX digit by digit, and whoever reads the file as Excel does
#        (15 digits) loses the end: readers are to blame.
# Seen:  openpyxl, and so DataFrame.to_excel, writes 198609262015051001 as 1.98609262015051e+17: two
#        colleagues become one number in the file itself, without a warning. But where a program
#        wrote all 18 digits into the cell, openpyxl gives them back whole, and calamine (with or
#        without pandas) a float that is 7 off. What is lost depends on the pair of libraries.
# So:    a number of 16 digits or more from a number cell is no evidence of anything; an employee
#        number is written and read as text.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check \
    openpyxl==3.1.5 python-calamine==0.9.1 pandas==3.1.1
cd "$work"
"$work/venv/bin/python" - <<'PY'
import sys
import zipfile

import pandas as pd
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

SHEET, NUMBERS = "xl/worksheets/sheet1.xml", [198609262015051001, 198609262015051002]
pd.DataFrame({"nip": NUMBERS}).to_excel("rounded.xlsx", index=False, engine="openpyxl")
with zipfile.ZipFile("rounded.xlsx") as parts, zipfile.ZipFile("whole.xlsx", "w") as out:
    for name in parts.namelist():
        text = parts.read(name)
        if name == SHEET:  # the same workbook from a program that writes what it has
            print("written by pandas and openpyxl:", text.count(b"<v>1.98609262015051e+17</v>"), "of 2")
            for number in NUMBERS:
                text = text.replace(b"1.98609262015051e+17", str(number).encode(), 1)
        out.writestr(name, text)


def read(path: str) -> dict[str, list[int]]:
    cells = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    rows = list(load_workbook(path).active.iter_rows(values_only=True))
    return {
        "openpyxl": [int(row[0]) for row in rows[1:]],
        "pandas over openpyxl": pd.read_excel(path, engine="openpyxl")["nip"].tolist(),
        "calamine": [int(row[0]) for row in cells[1:]],
        "pandas over calamine": pd.read_excel(path, engine="calamine")["nip"].tolist(),
    }


rounded = [198609262015051008] * 2
known = {
    "rounded.xlsx": dict.fromkeys(read("rounded.xlsx"), rounded),
    "whole.xlsx": {
        "openpyxl": NUMBERS,
        "pandas over openpyxl": NUMBERS,
        "calamine": rounded,
        "pandas over calamine": rounded,
    },
}
changed = False
for path, by_reader in known.items():
    for reader, numbers in read(path).items():
        print(f"{path}, {reader}: meant {NUMBERS}, seen {numbers}")
        changed |= numbers != by_reader[reader]
sys.exit("The behaviour has changed." if changed else 0)
PY
