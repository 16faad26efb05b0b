"""What waits for something that is not known yet: a private workbook for each government.

Belongs here: the list of PINs, NIPs, units and words that rows wait for, by file and row, in
`returns/<government>/`, and how many they are. Does not belong here: which rows wait (dbt's
`int_waiting`), or rows that are wrong by themselves (`ingest.senders.returns`).
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb
from openpyxl import Workbook

from ingest.senders.returns import MAX_ROWS, digest_of, text_cells
from ingest.words import sentence
from warehouse.files import PRIVATE_FILE, PRIVATE_FOLDER, write_whole
from warehouse.store.home import Home
from warehouse.vocabulary import Text

WORKBOOK = "menunggu.xlsx"
_SHEET = "Menunggu - Waiting"
_HEADER = (
    "Yang ditunggu / Awaited",
    "Isi / Value",
    "Mesin / Device",
    "Berkas / File",
    "Baris / Rows",
    "Banyaknya / How many",
    "Langkah berikutnya / Next step",
)
_WIDTHS = (18, 26, 14, 50, 30, 12, 90)


@dataclass(frozen=True)
class Waiting:
    """How much of one kind waits in a government: how many values, in how many rows."""

    government_code: str
    kind: str
    values: int
    rows: int


def counted(conn: duckdb.DuckDBPyConnection) -> list[Waiting]:
    """Count what waits; no value is among it. Survey items count by file, not by row."""
    rows = conn.execute(
        """
        SELECT government_code, kind, count(DISTINCT (awaited, device_id)), sum(rows_waiting)
        FROM intermediate.int_waiting GROUP BY ALL ORDER BY ALL"""
    ).fetchall()
    return [Waiting(code, kind, values, int(total)) for code, kind, values, total in rows]


def told(home: Home, waiting: Sequence[Waiting]) -> list[dict[str, Any]]:
    """What waits as a report shows it: counts, and the way to the list; never a value."""
    return [
        {
            "government_code": one.government_code,
            "kind": one.kind,
            "values": one.values,
            "rows": one.rows,
            "text": asdict(_sentence(home, one)),
        }
        for one in waiting
    ]


def _sentence(home: Home, one: Waiting) -> Text:
    name = sentence("waiting", one.kind)
    return sentence(
        "landing",
        "waits",
        name=Text(f"{one.government_code}: {name.id}", name.en),
        values=one.values,
        rows=one.rows,
        place=path_of(home, one.government_code).relative_to(home.root),
    )


def path_of(home: Home, government_code: str) -> Path:
    """Where the list of a government lies, if anything waits."""
    return home.returns / government_code / WORKBOOK


def write_waiting(conn: duckdb.DuckDBPyConnection, home: Home) -> list[Waiting]:
    """Make `returns/` hold a list for every government where something waits, and no other.

    A list that says the same as before is left as it is.

    Args:
        conn: The working file, after dbt has built the models of this night.
        home: The home, whose lock the caller holds.
    """
    found = conn.execute(
        """
        SELECT w.government_code, w.kind, coalesce(w.awaited, ''), coalesce(w.device_id, ''),
          coalesce(d.path, w.source), list_filter(w.row_numbers, lambda n: n IS NOT NULL),
          w.rows_waiting
        FROM intermediate.int_waiting w
        LEFT JOIN raw.delivery d USING (government_code, source, period, file_sha256)
        ORDER BY ALL"""
    ).fetchall()
    lists = {code: list(rows) for code, rows in groupby(found, key=lambda row: str(row[0]))}
    wanted = {path_of(home, code) for code in lists}
    for path in home.returns.glob(f"*/{WORKBOOK}"):
        if path not in wanted:
            path.unlink()
    for code, rows in lists.items():
        path, digest = path_of(home, code), hashlib.sha256(repr(rows).encode()).hexdigest()
        if not path.exists() or digest_of(path) != digest:
            path.parent.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
            write_whole(path, _workbook(rows, digest), PRIVATE_FILE)
    return counted(conn)


def _workbook(rows: Sequence[tuple[Any, ...]], digest: str) -> bytes:
    workbook = Workbook(write_only=True)
    workbook.properties.identifier = digest
    workbook.properties.creator = "budaya"
    sheet = workbook.create_sheet(_SHEET)
    sheet.freeze_panes = "A2"
    for letter, width in zip("ABCDEFG", _WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.append(text_cells(sheet, _HEADER, bold=True))
    for _, kind, awaited, device, path, numbers, waiting in rows[:MAX_ROWS]:
        name, after = sentence("waiting", kind), sentence("waiting_next", kind)
        shown = ", ".join(map(str, numbers)) + (" …" if waiting > len(numbers) > 0 else "")
        sheet.append(
            text_cells(
                sheet,
                [
                    f"{name.id} / {name.en}",
                    awaited,
                    device,
                    path,
                    shown or "seluruh berkas / the whole file",
                    str(waiting),
                    f"{after.id}. / {after.en}.",
                ],
            )
        )
    if len(rows) > MAX_ROWS:
        more = len(rows) - MAX_ROWS
        sheet.append(text_cells(sheet, [f"… dan {more} lagi / and {more} more"]))
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()
