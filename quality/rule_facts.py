"""The rules in force as a report tells of them: how many rows, whose, and when they last changed.

Belongs here: reading `raw.rule_*` and the report of the night before. Does not belong here: what a
rule means (the catalog) or how it is resolved (`ingest.rules`).
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import duckdb

from quality.validation import waivers
from warehouse.catalog import load_catalog
from warehouse.home import Home
from warehouse.privacy import mask_digits


def rules_in_force(
    conn: duckdb.DuckDBPyConnection, home: Home, run_id: str, as_of: str
) -> list[dict[str, Any]]:
    """Each rule file: rows, the region's own among them, those unconfirmed, digest, last change.

    ``changed_on`` is the date of the night that first saw these rows, as far as reports go back.
    """
    before = _last_known(home, run_id)
    found = []
    for name, table in load_catalog().rules.items():
        row = conn.execute(
            f"""SELECT count(*), count(*) FILTER (WHERE origin = 'home'),
                    count(*) FILTER (WHERE trust = 'R'),
                    sha256(coalesce(string_agg(CAST(t AS VARCHAR), chr(10) ORDER BY
                        CAST(t AS VARCHAR)), ''))
                FROM raw.{table.raw_name} AS t"""
        ).fetchone() or (0, 0, 0, "")
        known = before.get(name)
        same = known is not None and known["sha256"] == row[3]
        found.append(
            {
                "rule": name,
                "title": {"id": table.title_id, "en": table.title_en},
                "rows": row[0],
                "own": row[1],
                "unconfirmed": row[2],
                "sha256": row[3],
                "changed_on": known["changed_on"] if known and same else as_of,
            }
        )
    return found


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


def _last_known(home: Home, run_id: str) -> dict[str, Any]:
    """The rules of the newest earlier report that tells of rules, by name."""
    folders = sorted((path.parent for path in home.reports.glob("*/report.json")), reverse=True)
    for folder in folders:
        if folder.name >= run_id:
            continue
        try:
            rules = json.loads((folder / "report.json").read_bytes())["rules"]
            return {rule["rule"]: rule for rule in rules if {"sha256", "changed_on"} <= set(rule)}
        except (ValueError, LookupError, TypeError):  # stopped early, or spoilt: `verify` tells
            continue
    return {}
