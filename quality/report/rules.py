"""The rules in force as a report shows them, the withdrawals, and the waivers, expired ones too.

Belongs here: reading the resolved rules from schema raw, each row once however many governments it
holds for. Does not belong here: what a rule means (the catalog), how it is resolved
(`ingest.rules.resolving`) or what changed (`quality.report.rule_changes`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

import duckdb

from quality.checks.validation import waivers
from quality.reading import dicts
from warehouse.catalog.model import Table
from warehouse.catalog.reader import load_catalog
from warehouse.privacy import mask_digits, shown_path
from warehouse.publication.generation import RESTRICTED_FILE, tables_of
from warehouse.sql import identifier, literal
from warehouse.store.home import Home

# They say who decided what about this home's data, and have tables of their own.
OF_THE_HOME = frozenset({"withdrawals", "waivers"})


def rules_in_force(conn: duckdb.DuckDBPyConnection, as_of: str) -> list[dict[str, Any]]:
    """Each rule file: its rows as values, the region's own, those unconfirmed, digest, last change.

    Rows are those of the governments that have sent something. ``changed_on`` is the date of the
    night that first saw these rows (`keep_seen`).
    """
    before = _seen(conn)
    known = governments(conn)
    found = []
    for name, table in load_catalog().rules.items():
        rows = _rows(conn, table, known, as_of, f"raw.{table.raw_name}")
        digest = hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()
        sha256, changed_on = before.get(name, ("", ""))
        found.append(
            {
                "rule": name,
                "title": asdict(table.title),
                "columns": _shown_columns(table),
                "count": len(rows),
                "own": sum(row["origin"] == "home" for row in rows),
                "unconfirmed": sum(row["trust"] == "R" for row in rows),
                "rows": [] if name in OF_THE_HOME else rows,
                "sha256": digest,
                "changed_on": changed_on if sha256 == digest else as_of,
            }
        )
    return found


def withdrawals(conn: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """What was taken back, by whom and why; ``path`` is None where the file never was loaded."""
    rows = dicts(
        conn,
        """SELECT DISTINCT file_sha256, row_number, reason, decided_by, decided_on,
               delivery.government_code, delivery.source, delivery.period, delivery.file_name
           FROM raw.rule_withdrawals
           LEFT JOIN raw.delivery AS delivery USING (government_code, file_sha256)
           QUALIFY file_name IS NOT NULL
               OR count(file_name) OVER (PARTITION BY file_sha256, row_number) = 0
           ORDER BY decided_on, file_sha256, row_number""",
    )
    place = ("government_code", "source", "period", "file_name")
    return [
        {
            "path": shown_path(*(row[name] for name in place)) if row["file_name"] else None,
            "file_sha256": row["file_sha256"],
            "row_number": row["row_number"],
            "reason": mask_digits(row["reason"]),
            "decided_by": mask_digits(row["decided_by"]),
            "decided_on": row["decided_on"],
        }
        for row in rows
    ]


def all_waivers(conn: duckdb.DuckDBPyConnection, as_of: str) -> list[dict[str, Any]]:
    """Every waiver of the rules, expired ones too."""
    return [
        {
            "check_id": waiver.check_id,
            "until": waiver.until.isoformat(),
            "reason": mask_digits(waiver.reason),
            "decided_by": mask_digits(waiver.decided_by),
            "in_force": waiver.until >= date.fromisoformat(as_of),
        }
        for waiver in waivers(conn)
    ]


def waivers_in_force(conn: duckdb.DuckDBPyConnection, day: date) -> list[dict[str, str]]:
    """Those that hold on a day, needed by a check or not, for the ledger and the manifest."""
    return [
        {name: text for name, text in waiver.items() if name != "in_force"}
        for waiver in all_waivers(conn, day.isoformat())
        if waiver["in_force"]
    ]


def _seen(conn: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, str]]:
    """The digest of each rule as it was seen last, and since when."""
    rows = conn.execute("SELECT rule, sha256, CAST(changed_on AS VARCHAR) FROM raw.seen_rule")
    return {rule: (sha256, changed_on) for rule, sha256, changed_on in rows.fetchall()}


def keep_seen(conn: duckdb.DuckDBPyConnection, rules: Sequence[Mapping[str, Any]]) -> None:
    """Remember the content of the rules, and since when it is so, for the nights to come."""
    rows = [[rule["rule"], rule["sha256"], rule["changed_on"]] for rule in rules]
    conn.execute("BEGIN")
    conn.execute("DELETE FROM raw.seen_rule")
    conn.executemany("INSERT INTO raw.seen_rule VALUES (?, ?, ?)", rows)
    conn.execute("COMMIT")


def rules_of_generation(home: Home, run_id: str) -> dict[str, list[dict[str, Any]]] | None:
    """The rows of each rule that a generation was built by; None where they can't be read."""
    path = home.restricted / "generations" / run_id / RESTRICTED_FILE
    with home.in_memory() as conn:
        try:
            conn.execute(f"ATTACH {literal(str(path))} AS earlier (READ_ONLY)")
            lineage = f"{tables_of(conn, 'earlier')}.rule_lineage"
            codes = conn.execute(f"SELECT DISTINCT government_code FROM {lineage}").fetchall()
            known = [code for (code,) in codes]
            return {
                name: _rows(conn, table, known, "", _as_published(table, lineage))
                for name, table in load_catalog().rules.items()
            }
        except duckdb.Error:  # gone, not for us, or of another version: see `verify`
            return None


def _as_published(table: Table, lineage: str) -> str:
    """A rule as a relation over what a generation keeps of it."""
    own = ", ".join(
        f"CAST(row_values ->> {literal(column.name)} AS {column.type}) AS {identifier(column.name)}"
        for column in table.columns
        if column.name != "government_code"
    )
    return (
        f"(SELECT government_code, valid_from, valid_to, source, trust, origin, {own} "
        f"FROM {lineage} WHERE rule = {literal(table.name)})"
    )


def governments(conn: duckdb.DuckDBPyConnection) -> list[str]:
    """Those that have sent something; before the first file, all that have a rule."""
    for table in ("raw.delivery", "raw.rule_governments"):
        rows = conn.execute(f"SELECT DISTINCT government_code FROM {table} ORDER BY 1").fetchall()
        if rows:
            return [row[0] for row in rows]
    return []


def _shown_columns(table: Table) -> list[str]:
    return [column.name for column in table.columns if not column.personal]


def _rows(
    conn: duckdb.DuckDBPyConnection, table: Table, known: list[str], as_of: str, relation: str
) -> list[dict[str, Any]]:
    """The rows of a rule, those of several governments as one."""
    columns = _shown_columns(table)
    own = ", ".join(f'"{name}"' for name in columns)
    rows = dicts(
        conn,
        f"""SELECT {own}, valid_from AS "from", valid_to AS "to", source AS "by", trust AS mark,
                origin, list(DISTINCT government_code ORDER BY government_code) AS holds_for
            FROM {relation} WHERE government_code IN (SELECT unnest(?))
            GROUP BY ALL ORDER BY ALL""",
        [known],
    )
    return [
        {
            "values": {name: _masked(table, name, row[name]) for name in columns},
            "governments": row["holds_for"],
            "valid_from": row["from"],
            "valid_to": row["to"],
            "source": None if row["by"] is None else mask_digits(row["by"]),
            "trust": row["mark"],
            "origin": row["origin"],
            "in_force": row["from"] <= as_of <= row["to"],
        }
        for row in rows
    ]


def _masked(table: Table, name: str, value: Any) -> Any:
    """Free text without long numbers; what has a laid down shape is left alone."""
    is_free = isinstance(value, str) and table.column(name).pattern is None
    return mask_digits(value) if is_free else value
