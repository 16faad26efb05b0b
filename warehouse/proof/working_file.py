"""Whether the working file is the one that the ledger goes on from.

Belongs here: looking at it before a night begins: it opens, and it knows the nights that were
recorded. Does not belong here: removing whom a backup brought back
(``warehouse.erasure.erasing``), making or filling its tables (``warehouse.store.state``, ingest).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from warehouse.proof import ledger
from warehouse.store.home import Home


def is_older(home: Home) -> bool:
    """Whether the working file is older than the ledger: somebody put it back from a backup.

    Then it lacks files that were loaded since, which the next night has to read again.

    Raises:
        HomeBusy: Another program has it open.
        UserError: It is damaged, or can't be opened.
    """
    if not home.warehouse_file.exists():
        return False
    with home.connect() as conn:
        return not _knows(conn, ledger.entries(home))


def _knows(conn: duckdb.DuckDBPyConnection, entries: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the last night that came as far as a decision is in the working file."""
    decided = [e for e in entries if e["kind"] == "run" and e["outcome"] != "failed"]
    if not decided:
        return True
    try:
        found = conn.execute("SELECT 1 FROM raw.run WHERE run_id = ?", [decided[-1]["run_id"]])
    except duckdb.CatalogException:
        return False
    return found.fetchone() is not None
