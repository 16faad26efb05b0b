"""The rules in force as a report shows them, the withdrawals, and the waivers, expired ones too.

Belongs here: reading the resolved rules from schema raw, each row once however many governments it
holds for. Does not belong here: what a rule means (the catalog), how it is resolved
(`ingest.rules.resolving`) or what changed (`quality.report.rule_changes`).
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any

import duckdb

from quality.checks.validation import waivers
from quality.reading import dicts
from warehouse.catalog.reader import Table, load_catalog
from warehouse.privacy import mask_digits, shown_path
from warehouse.proof import ledger
from warehouse.store.home import Home

# They say who decided what about this home's data, and have tables of their own.
_OF_THE_HOME = frozenset({"withdrawals", "waivers"})


def rules_in_force(conn: duckdb.DuckDBPyConnection, home: Home, as_of: str) -> list[dict[str, Any]]:
    """Each rule file: its rows as values, the region's own, those unconfirmed, digest, last change.

    Rows are those of the governments that have sent something. ``changed_on`` is the date of the
    night that first saw these rows, as far as reports go back.
    """
    before = _last_known(home)
    known = governments(conn)
    found = []
    for name, table in load_catalog().rules.items():
        rows = _rows(conn, table, known, as_of)
        digest = hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()
        earlier = before.get(name)
        same = earlier is not None and earlier["sha256"] == digest
        found.append(
            {
                "rule": name,
                "title": {"id": table.title_id, "en": table.title_en},
                "columns": _shown_columns(table),
                "count": len(rows),
                "own": sum(row["origin"] == "home" for row in rows),
                "unconfirmed": sum(row["trust"] == "R" for row in rows),
                "rows": [] if name in _OF_THE_HOME else rows,
                "sha256": digest,
                "changed_on": earlier["changed_on"] if earlier and same else as_of,
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


def rules_of_report(home: Home, run_id: str) -> dict[str, Any] | None:
    """The rules that a night's report tells of, by name; None if it is gone or tells of none."""
    try:
        facts = json.loads((home.reports / run_id / "report.json").read_bytes())
        rules = [rule for rule in facts["rules"] if isinstance(rule["rows"], list)]
    except (OSError, ValueError, LookupError, TypeError):  # stopped early, or spoilt: see `verify`
        return None
    return {rule["rule"]: rule for rule in rules} or None


def _last_known(home: Home) -> dict[str, Any]:
    """The rules of the newest earlier report that tells of rules, by name."""
    runs = [entry["run_id"] for entry in ledger.entries(home) if entry["kind"] == "run"]
    for run_id in reversed(runs):
        known = rules_of_report(home, run_id)
        if known:
            return known
    return {}


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
    conn: duckdb.DuckDBPyConnection, table: Table, known: list[str], as_of: str
) -> list[dict[str, Any]]:
    """The rows of a rule, those of several governments as one."""
    columns = _shown_columns(table)
    own = ", ".join(f'"{name}"' for name in columns)
    rows = dicts(
        conn,
        f"""SELECT {own}, valid_from AS "from", valid_to AS "to", source AS "by", trust AS mark,
                origin, list(DISTINCT government_code ORDER BY government_code) AS holds_for
            FROM raw.{table.raw_name} WHERE government_code IN (SELECT unnest(?))
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
