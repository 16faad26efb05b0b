"""The example's files read with nothing but the standard library and openpyxl."""

from __future__ import annotations

import csv
from pathlib import Path

from openpyxl import load_workbook

ENCODINGS = ("utf-8-sig", "cp1252")


def text_of(path: Path) -> str:
    """A text file in the first encoding that reads it."""
    data = path.read_bytes()
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise AssertionError(f"{path.name} is in no encoding that offices use")


def table_of(path: Path) -> list[list[str]]:
    """The rows of a CSV or XLSX file as text, the header first."""
    if path.suffix == ".xlsx":
        sheet = load_workbook(path).active
        rows = sheet.iter_rows(values_only=True)
        return [["" if cell is None else str(cell) for cell in row] for row in rows]
    text = text_of(path)
    delimiter = ";" if text.partition("\n")[0].count(";") else ","
    return list(csv.reader(text.splitlines(), delimiter=delimiter))


def records_of(path: Path) -> list[dict[str, str]]:
    """The rows of a table as dictionaries by header, blank and total rows left out."""
    header, *rows = table_of(path)
    kept = [row for row in rows if any(row) and row[0] != "JUMLAH"]
    return [dict(zip(header, row, strict=True)) for row in kept]
