"""Whether the working file is the one that the ledger goes on from.

Belongs here: looking at it before a night begins: it opens, it knows the nights that were recorded,
and nobody who was erased is back in it. Does not belong here: making or filling its tables
(``warehouse.store.state``, ingest).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import duckdb

from warehouse.erasure import erasing as erasure
from warehouse.proof import ledger
from warehouse.store.home import Home


def look(home: Home, now: datetime) -> bool:
    """Mend the working file where it is older than the ledger; returns whether it is.

    Somebody may have put it back from a backup: then it lacks files that were loaded since, which
    the next night has to read again, and holds people who were erased since, who are removed here.
    The caller holds the home's lock.

    Raises:
        HomeBusy: Another program has it open.
        UserError: It is damaged, or can't be opened.
    """
    if not home.warehouse_file.exists():
        return False
    with home.connect() as conn:
        is_older = not _knows(conn, ledger.entries(home))
    erasure.mend_working_file(home, now)
    return is_older


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
