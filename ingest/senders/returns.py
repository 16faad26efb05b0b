"""What goes back to a sender: per file, a workbook of the rows set aside and how to mend them.

Belongs here: which entries of the quarantine are open, and the workbooks in the home's private
folder ``returns/``. Does not belong here: reading such a workbook when it comes back
(`ingest.senders.mended`) or the words of a reason (`ingest.reasons`).
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import duckdb
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from ingest.reasons import REASONS
from ingest.senders.formulas import as_text
from ingest.senders.mended import MARKS
from warehouse.files import PRIVATE_FILE, PRIVATE_FOLDER, write_whole
from warehouse.store.home import Home

MAX_ROWS = 10_000  # of a workbook; a file with more wrong rows is better exported again
_MAX_STEM = 80
_SHEET = "Perbaiki - Mend"
_NOTES = "Petunjuk - Notes"

_BOLD = Font(bold=True)
_WRAPPED = Alignment(wrap_text=True, vertical="top")

_OPEN = """
    WITH withdrawn AS (
      SELECT government_code, file_sha256, row_number FROM raw.rule_withdrawals
      WHERE $today BETWEEN valid_from AND valid_to
    ), standing AS (
      SELECT * FROM raw.delivery d WHERE outcome = 'loaded' AND NOT EXISTS (
        FROM withdrawn w WHERE w.government_code = d.government_code
          AND w.file_sha256 = d.file_sha256 AND w.row_number IS NULL)
    ), come_back AS (
      SELECT DISTINCT m.government_code, m.source, m.period, m.original_sha256 AS file_sha256,
        m.original_row AS row_number
      FROM raw.mended_row m JOIN standing USING (government_code, source, period, file_sha256)
      ANTI JOIN withdrawn w ON w.government_code = m.government_code
        AND w.file_sha256 = m.file_sha256 AND w.row_number = m.row_number
    ), open AS (
      SELECT q.*, d.file_name, d.header
      FROM raw.quarantine q JOIN standing d USING (government_code, source, period, file_sha256)
      ANTI JOIN come_back USING (government_code, source, period, file_sha256, row_number)
      ANTI JOIN withdrawn w ON w.government_code = q.government_code
        AND w.file_sha256 = q.file_sha256 AND w.row_number = q.row_number)
    """


@dataclass(frozen=True)
class Returns:
    """How many workbooks wait for their senders, with how many rows."""

    files: int
    rows: int


@dataclass(frozen=True)
class _File:
    """A file with open entries; ``digest`` changes when any of them does."""

    key: tuple[str, str, str, str]
    file_name: str
    header: str | None
    received_at: datetime
    rows: int
    digest: str

    def path(self, home: Home) -> Path:
        """Where its workbook lies: masked name and digest, and the wave or year if there is one."""
        government, source, period, sha256 = self.key
        stem = re.sub(r"[^\w. -]", "_", Path(self.file_name).stem)[:_MAX_STEM].strip(" .")
        parts = [part for part in (stem, period, sha256[:12]) if part]
        return home.returns / government / source / f"{'-'.join(parts)}.xlsx"


def write_returns(conn: duckdb.DuckDBPyConnection, home: Home, today: date) -> Returns:
    """Make ``returns/`` hold a workbook for every file with open entries, and no other.

    A workbook whose rows are still the same is left as it is.

    Args:
        conn: The working file.
        home: The home, whose lock the caller holds.
        today: The local date; withdrawals count from their day on.
    """
    files = _open_files(conn, today)
    wanted = {file.path(home): file for file in files}
    for path in home.returns.glob("*/*/*.xlsx"):
        if path not in wanted:
            path.unlink()
    for path, file in wanted.items():
        if not path.exists() or digest_of(path) != file.digest:
            for folder in (path.parent.parent, path.parent):
                folder.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
            write_whole(path, _workbook(file, _entries(conn, file, today)), PRIVATE_FILE)
    return Returns(len(files), sum(file.rows for file in files))


def _open_files(conn: duckdb.DuckDBPyConnection, today: date) -> list[_File]:
    rows = conn.execute(
        f"""{_OPEN}
        SELECT government_code, source, period, file_sha256, any_value(file_name),
          any_value(header), min(received_at), count(*),
          sha256(string_agg(concat_ws('|', row_number, reason_code, column_name), ','
            ORDER BY row_number, reason_code, column_name))
        FROM open GROUP BY ALL ORDER BY ALL""",
        {"today": today},
    ).fetchall()
    return [_File((row[0], row[1], row[2], row[3]), *row[4:]) for row in rows]


def _entries(
    conn: duckdb.DuckDBPyConnection, file: _File, today: date
) -> list[tuple[int, str, str, str]]:
    """Row number, reason, column and cells of a file's open entries."""
    return conn.execute(
        f"""{_OPEN}
        SELECT row_number, reason_code, coalesce(column_name, ''), coalesce(raw_text, '') FROM open
        WHERE (government_code, source, period, file_sha256) = ($g, $s, $p, $f)
        ORDER BY ALL LIMIT {MAX_ROWS}""",
        {"today": today, **dict(zip("gspf", file.key, strict=True))},
    ).fetchall()


def digest_of(path: Path) -> str:
    """The digest that was left in a workbook as its identifier; empty if somebody spoilt it."""
    try:
        with zipfile.ZipFile(path) as parts:
            core = parts.read("docProps/core.xml").decode()
    except (zipfile.BadZipFile, KeyError, UnicodeDecodeError):
        return ""
    found = re.search(r"identifier>([0-9a-f]{64})<", core)
    return found[1] if found else ""


def _workbook(file: _File, entries: Sequence[tuple[int, str, str, str]]) -> bytes:
    workbook = Workbook(write_only=True)
    workbook.properties.identifier = file.digest
    workbook.properties.creator = "budaya"
    workbook.properties.created = workbook.properties.modified = file.received_at
    sheet = workbook.create_sheet(_SHEET)
    sheet.freeze_panes = "D2"
    sheet.column_dimensions["A"].width = 60
    sheet.column_dimensions["B"].width = sheet.column_dimensions["C"].width = 14
    cells = [text.split("\t") for *_, text in entries]
    labels = _labels(file.header, max(map(len, cells), default=0))
    sheet.append(text_cells(sheet, [*MARKS, *labels], bold=True))
    for (number, reason, column, _), own in zip(entries, cells, strict=True):
        said = [_advice(reason, column), file.key[3], str(number)]
        sheet.append(text_cells(sheet, [*said, *own]))
    notes = workbook.create_sheet(_NOTES)
    for line in _notes(file):
        notes.append(text_cells(notes, [line]))
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def _labels(header: str | None, width: int) -> list[str]:
    labels = header.split("\t") if header else []
    return labels + [f"Kolom / Column {number}" for number in range(len(labels) + 1, width + 1)]


def text_cells(
    sheet: WriteOnlyWorksheet, texts: Sequence[str], *, bold: bool = False
) -> Iterator[Cell]:
    """Cells of text: neither a spreadsheet nor an export from it takes one for a formula."""
    for number, text in enumerate(texts):
        cell = WriteOnlyCell(sheet, as_text(text))
        cell.data_type = "s"
        cell.number_format = "@"
        if bold:
            cell.font = _BOLD
        if number == 0:
            cell.alignment = _WRAPPED
        yield cell


def _advice(code: str, column: str) -> str:
    reason = REASONS[code]
    at = f"{column}: " if column else ""
    return f"{at}{reason.id}. {reason.next_id}. / {reason.en}. {reason.next_en}."


def _notes(file: _File) -> Iterator[str]:
    place = "/".join(part for part in ("landing", *file.key[:3]) if part)
    yield f"Baris yang disisihkan: {file.rows}. Rows set aside: {file.rows}."
    if file.rows > MAX_ROWS:
        yield (
            f"Di sini hanya {MAX_ROWS} yang pertama; lebih baik ekspor ulang dari sumbernya. "
            f"Only the first {MAX_ROWS} are here; better export again from the source."
        )
    yield (
        "Betulkan sel di kolom asalnya; jangan ubah tiga kolom pertama dan kepala kolom. "
        "Hapus baris yang tidak dapat dibetulkan; baris itu tetap tercatat sebagai terbuka."
    )
    yield (
        "Mend the cells in their own columns; leave the first three columns and the headers alone. "
        "Delete a row that can't be mended; it stays recorded as open."
    )
    yield f"Simpan, lalu taruh berkas ini di {place}/. Save it, then put this file into {place}/."
