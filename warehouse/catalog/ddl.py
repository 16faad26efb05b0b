"""The SQL that makes a table of the catalog.

Belongs here: names and types of its stored columns. Does not belong here: when it is made
(`warehouse.store.state`), or what it may hold (the gate).
"""

from __future__ import annotations

from collections.abc import Iterable

from warehouse.catalog.model import Column, Table


def table_ddl(
    table: Table, schema: str, *, name: str | None = None, extra: Iterable[Column] = ()
) -> str:
    """Return ``CREATE TABLE IF NOT EXISTS`` for a catalog table, without any constraint.

    What a column may hold is checked by the gate, which must be able to see a fault; keys and
    indexes would slow loads and be refused by older readers of a published file.

    Args:
        table: The table of the catalog; its stored columns are used.
        schema: The schema to create it in.
        name: Another name than the table's own (``raw_name``).
        extra: Columns to append.
    """
    columns = ",\n  ".join(f'"{c.name}" {c.type}' for c in (*table.raw_columns, *extra))
    return f'CREATE TABLE IF NOT EXISTS "{schema}"."{name or table.raw_name}" (\n  {columns}\n)'
