"""What arrived, what became of it and why, as a report tells it.

Belongs here: deliveries and refused rows, read column by column from the catalog, where a personal
one is refused; the words of their reasons. Does not belong here: the night around them
(`quality.report.facts`) or what is wrong with a row (`ingest.reasons`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Protocol

import duckdb

from ingest.notes import from_json
from quality.checks.suites import expected_checks
from quality.reading import dicts
from quality.words import sentence
from warehouse.catalog.model import Table
from warehouse.catalog.reader import load_catalog
from warehouse.privacy import mask_digits, shown_path
from warehouse.vocabulary import Text

Facts = dict[str, Any]

# So many files of a quarantine reason are named, those with the most rows first.
_MOST_FILES = 5
_COUNTS = ("rows_read", "rows_loaded", "rows_quarantined", "rows_duplicate", "rows_skipped")
_DELIVERY = (
    "government_code",
    "source",
    "period",
    "file_name",
    "file_sha256",
    "layout",
    "outcome",
    "reason_code",
    "received_at",
    "run_id",
    "notes",
    *_COUNTS,
)


class Reason(Protocol):
    """What is wrong with a file or row and what to do next, in both languages."""

    @property
    def id(self) -> str:
        """What is wrong, in Indonesian."""

    @property
    def en(self) -> str:
        """What is wrong, in English."""

    @property
    def next_id(self) -> str:
        """What to do next, in Indonesian."""

    @property
    def next_en(self) -> str:
        """What to do next, in English."""


def deliveries(conn: duckdb.DuckDBPyConnection, reasons: Mapping[str, Reason]) -> list[Facts]:
    """Every delivery with its balance, reason and path below landing; what is held comes first.

    Args:
        conn: The working file.
        reasons: The words of every reason code of ingest.
    """
    table = load_catalog().state["delivery"]
    columns = ", ".join(public_column(table, name) for name in _DELIVERY)
    rows = dicts(conn, f"SELECT {columns} FROM raw.delivery ORDER BY outcome = 'loaded', {columns}")
    return [_delivery(row, reasons) for row in rows]


def reason_words(code: str, reasons: Mapping[str, Reason]) -> Facts:
    """The words of an ingest reason, or of the check that held a file; else the code itself."""
    if code in reasons:
        found = reasons[code]
        return {name: getattr(found, name) for name in ("id", "en", "next_id", "next_en")}
    checks = expected_checks(load_catalog().landing_sources, [])
    text = {check.check_id: check.reason for check in checks}.get(code, Text(code, code))
    after = sentence("decision", "held_next")
    return {"id": text.id, "en": text.en, "next_id": after.id, "next_en": after.en}


def public_column(table: Table, name: str) -> str:
    """The column's name, if what it holds may be shown."""
    if table.column(name).personal:
        raise ValueError(f"{table.name}.{name} is personal and has no place in a report")
    return name


def _delivery(row: Facts, reasons: Mapping[str, Reason]) -> Facts:
    read, loaded, quarantined, duplicate = (row[name] for name in _COUNTS[:4])
    place = (row[name] for name in ("government_code", "source", "period", "file_name"))
    shown = {name: mask_digits(row[name]) for name in ("government_code", "period", "file_name")}
    return {
        **row,
        **shown,
        "path": shown_path(*place),
        "notes": [{"kind": note.kind, **asdict(note.text)} for note in from_json(row["notes"])],
        "reason": reason_words(row["reason_code"], reasons) if row["reason_code"] else None,
        "balanced": read == loaded + quarantined + duplicate,
    }


def quarantine(
    conn: duckdb.DuckDBPyConnection, run_id: str, reasons: Mapping[str, Reason]
) -> list[Facts]:
    """Refused rows by government, source and reason, with the files that have the most of them.

    Args:
        conn: The working file.
        run_id: The night, whose rows are counted apart too.
        reasons: The words of every reason code of ingest.
    """
    rows = dicts(
        conn,
        """WITH by_file AS (
               SELECT government_code, source, quarantine.reason_code, period, file_sha256,
                   file_name, count(*) AS rows,
                   count(*) FILTER (WHERE delivery.run_id = ?) AS rows_tonight
               FROM raw.quarantine LEFT JOIN raw.delivery
                   USING (government_code, source, period, file_sha256)
               GROUP BY ALL
           )
           SELECT government_code, source, reason_code,
               CAST(sum(rows) AS BIGINT) AS rows, CAST(sum(rows_tonight) AS BIGINT) AS rows_tonight,
               count(*) AS files,
               list({'period': period, 'file_name': file_name, 'file_sha256': file_sha256,
                     'rows': rows} ORDER BY rows DESC, period, file_name, file_sha256)[:?] AS most
           FROM by_file GROUP BY ALL ORDER BY rows DESC, government_code, source, reason_code""",
        [run_id, _MOST_FILES],
    )
    return [
        {
            **row,
            "government_code": mask_digits(row["government_code"]),
            "most": [_refused_by(row, file) for file in row["most"]],
            "reason": reason_words(row["reason_code"], reasons),
        }
        for row in rows
    ]


def _refused_by(row: Facts, file: Facts) -> Facts:
    place = (row["government_code"], row["source"], file["period"], file["file_name"] or "–")
    return {
        "path": shown_path(*place),
        "file_sha256": file["file_sha256"],
        "rows": file["rows"],
    }
