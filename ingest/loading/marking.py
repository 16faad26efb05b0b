"""What the rows of a file in the scratch are to one another, and to their answers.

Belongs here: dividing the sheet of a survey, a last row of totals, duplicates within a file. Does
not belong here: reading the file (`ingest.loading.batch`), rows that another delivery holds already
(`ingest.loading.load`).
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from ingest.loading.rows import Fate
from ingest.loading.scratch import ANSWERS
from ingest.recognising.fields import Field
from warehouse.catalog.model import Column, Table
from warehouse.sql import identifier, literal


def divide_survey(conn: duckdb.DuckDBPyConnection, fields: Sequence[Field]) -> None:
    """Divide the sheet of a survey into submissions and their answers."""
    items = [f.name for f in fields if f.kind == "ANSWER"]
    texts = ", ".join(f"{literal(item + '=')} || {identifier(item)}" for item in items)
    digest = (
        "sha256(concat_ws(chr(31), coalesce(CAST(submitted_at AS VARCHAR), ''), "
        f"coalesce(respondent_id, ''), coalesce(unit_code, ''), {texts}))"
    )
    conn.execute(
        f"""
        INSERT INTO scratch.survey BY NAME
        SELECT * EXCLUDE (line), CAST(row_number() OVER (
          PARTITION BY delivery_no, fate, row_digest ORDER BY line) AS INTEGER) AS occurrence
        FROM (SELECT submitted_at, respondent_id, unit_code, {digest} AS row_digest,
                delivery_no, source_row, fate, reason_code, reason_column, raw_text,
                rowid AS line
              FROM scratch.sheet)
        ORDER BY line"""
    )
    names = ", ".join(literal(item) for item in items)
    points = ", ".join(identifier(item) for item in items)
    conn.execute(
        f"""
        INSERT INTO scratch.{ANSWERS}
        SELECT item, answer, delivery_no, line - first_line FROM (
          SELECT unnest([{names}]) AS item, unnest([{points}]) AS answer, rowid AS line, delivery_no
          FROM scratch.sheet WHERE fate = {Fate.GOOD})
        JOIN (SELECT delivery_no, min(rowid) AS first_line FROM scratch.sheet GROUP BY delivery_no)
          USING (delivery_no)
        WHERE answer IS NOT NULL"""
    )
    conn.execute("DROP TABLE scratch.sheet")


def skip_last_total(conn: duckdb.DuckDBPyConnection, table: Table, first: int) -> None:
    """A row of totals is skipped if it is the last one of its file; further up it is quarantined.

    So are those of every file of which a line lies at ``first`` or behind it.
    """
    rows = f"scratch.{table.name} WHERE rowid >= {first}"
    conn.execute(
        f"""
        UPDATE scratch.{table.name}
        SET fate = {Fate.SKIPPED}, reason_column = NULL, raw_text = NULL
        WHERE reason_code = 'total_row' AND rowid IN (
          SELECT max(rowid) FROM {rows} AND fate <> {Fate.SKIPPED} AND delivery_no IN (
            SELECT delivery_no FROM {rows} AND reason_code = 'total_row')
          GROUP BY delivery_no)"""
    )


def mark_duplicates(conn: duckdb.DuckDBPyConnection, table: Table, first: int) -> None:
    """Mark all but the last row of each natural key within a file as duplicates.

    So are those of every file of which a line lies at ``first`` or behind it.
    Of a survey, only a submission that repeats another one of the same respondent entirely:
    both are loaded where they differ, and where nobody is named they are told apart by
    occurrence. Of IP-ASN, two rows of one name may well be two people.
    """
    names = table.key
    rows = f"scratch.{table.name} WHERE rowid >= {first} AND fate = {Fate.GOOD}"
    if table.named_by:
        rows += f' AND "{table.named_by}" IS NOT NULL'
    keys = ", ".join(["delivery_no", *(_key_part(table.column(name)) for name in names)])
    if not _repeats_any(conn, f"SELECT hash({keys}) AS content FROM {rows}"):
        return
    named = ", ".join(f'{_key_part(table.column(name))} AS "{name}"' for name in names)
    same = " AND ".join(f'p."{name}" IS NOT DISTINCT FROM g."{name}"' for name in names)
    conn.execute(
        f"""
        UPDATE scratch.{table.name} SET fate = {Fate.DUPLICATE} WHERE rowid IN (
          SELECT p.line
          FROM (SELECT rowid AS line, delivery_no, {named} FROM {rows}) p
          JOIN (SELECT delivery_no, {named}, max(rowid) AS last_line FROM {rows}
                GROUP BY {keys} HAVING count(*) > 1) g
            ON p.delivery_no = g.delivery_no AND {same} AND p.line < g.last_line)"""
    )


def _repeats_any(conn: duckdb.DuckDBPyConnection, query: str) -> bool:
    """Whether a query returns a number twice: sorting takes a quarter of DuckDB's DISTINCT."""
    import numpy as np

    found = np.sort(np.asarray(conn.execute(query).fetchnumpy()["content"]))
    return bool((found[1:] == found[:-1]).any())


def _key_part(column: Column) -> str:
    """SQL of what a column adds to the natural key of a row."""
    if column.key_unless is None:
        return f'"{column.name}"'
    return f'CASE WHEN "{column.key_unless}" IS NULL THEN "{column.name}" END'
