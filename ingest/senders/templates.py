"""What a sender is given: an empty template per source, and the data dictionary.

Belongs here: the files that `budaya init` writes for people. Does not belong here: any column or
meaning, all of which come from the catalog. No cell that is written here can start a formula.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from ingest.reasons import REASONS
from ingest.senders.formulas import as_text
from warehouse.catalog.model import Column, Table
from warehouse.catalog.reader import load_catalog
from warehouse.store.handiwork import steady_workbook

DICTIONARY = "kamus-data.md"
_SAVED = datetime(2026, 1, 1, tzinfo=UTC)  # of every template, so that its bytes tell a change
_TEXT = "@"  # the spreadsheet format that keeps a NIP as it is typed


def write_templates(folder: Path) -> list[Path]:
    """Write a CSV and an XLSX template per source and the data dictionary; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for table in _templated():
        written += [_write_csv(folder, table), _write_xlsx(folder, table)]
    dictionary = folder / DICTIONARY
    dictionary.write_text("\n".join(_dictionary()) + "\n", encoding="utf-8")
    return [*written, dictionary]


def _templated() -> list[Table]:
    """The sources that a sender fills, the instrument of a survey among them."""
    return [table for table in load_catalog().sources.values() if _named(table)]


def _named(table: Table) -> tuple[Column, ...]:
    """The columns of the template; none for a table that only exists in the warehouse."""
    return table.file_columns


def _write_csv(folder: Path, table: Table) -> Path:
    path = folder / f"{table.name}.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerow([as_text(column.name) for column in _named(table)])
    return path


def _write_xlsx(folder: Path, table: Table) -> Path:
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None  # noqa: S101 - a new workbook has a sheet
    sheet.title = table.name
    sheet.append([as_text(column.name) for column in _named(table)])
    for number, column in enumerate(_named(table), start=1):
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = max(12, len(column.name) + 4)
        sheet.column_dimensions[letter].number_format = _TEXT
        sheet[f"{letter}1"].font = Font(bold=column.required)
    sheet.freeze_panes = "A2"
    path = folder / f"{table.name}.xlsx"
    raw = io.BytesIO()
    workbook.save(raw)
    path.write_bytes(steady_workbook(raw.getvalue(), _SAVED))
    return path


def _dictionary() -> Iterator[str]:
    yield "# Kamus data / Data dictionary"
    yield ""
    yield "Kolom **tebal** wajib ada dan terisi. / Columns in **bold** are required."
    yield "Tanggal / dates: 2026-07-17, 17/07/2026, 17-07-2026, 17 Juli 2026."
    for table in _templated():
        yield from ("", f"## {table.name}", "", table.description, "")
        yield "| kolom / column | jenis / type | arti | meaning | isi / values |"
        yield "|---|---|---|---|---|"
        yield from (_row(column) for column in _named(table))
    yield from ("", "## Alasan / Reasons", "")
    yield "| kode / code | artinya | yang harus dilakukan | meaning | what to do |"
    yield "|---|---|---|---|---|"
    for reason in REASONS.values():
        cells = [reason.code, reason.id, reason.next_id, reason.en, reason.next_en]
        yield f"| {' | '.join(map(_cell, cells))} |"


def _row(column: Column) -> str:
    name = f"**{column.name}**" if column.required else column.name
    kind = column.type.lower() + (f", {column.unit}" if column.unit else "")
    cells = [name, kind, column.id, column.en, _values(column)]
    return f"| {' | '.join(map(_cell, cells))} |"


def _values(column: Column) -> str:
    if column.values:
        return ", ".join(map(str, column.values))
    low, high = column.min, column.max
    if low is None and high is None:
        return ""
    return f"{'' if low is None else f'{low:g}'} … {'' if high is None else f'{high:g}'}"


def _cell(text: str) -> str:
    return as_text(text.replace("|", "/"))
