"""Rows of the working file as plain values that JSON can hold.

Belongs here: how facts are read. Does not belong here: which facts there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

import duckdb


def dicts(
    conn: duckdb.DuckDBPyConnection, query: str, parameters: Sequence[Any] = ()
) -> list[dict[str, Any]]:
    """The rows of a query by column; dates and times as ISO text."""
    cursor = conn.execute(query, parameters)
    names = [entry[0] for entry in cursor.description or ()]
    return [dict(zip(names, map(plain, row), strict=True)) for row in cursor.fetchall()]


def plain(value: Any) -> Any:
    """A value as JSON can hold it; seconds of a time of day only where there are any."""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, time):
        return value.isoformat(timespec="seconds" if value.second else "minutes")
    return value.isoformat() if isinstance(value, date) else value
