"""From one published cell back to models, rules, files and row numbers.

Belongs here: reading what was published with a generation (marts, ``restricted.duckdb``, dbt's
manifest) and saying what stands behind a cell. Does not belong here: opening the warehouse, or any
formula; whoever has the rows can recompute the cell. Nothing is changed but the ledger, by
``people_behind``: whoever looks at people leaves a line there first.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

from warehouse.catalog.model import Table
from warehouse.catalog.reader import load_catalog
from warehouse.errors import UserError
from warehouse.privacy import mask_digits
from warehouse.proof import ledger
from warehouse.proof.lineage import Files, evidence, files_of
from warehouse.proof.lineage_models import Graph
from warehouse.proof.lineage_rules import Use, part_row, parts, rule_uses
from warehouse.publication.generation import (
    MARTS_FILE,
    RESTRICTED_FILE,
    current_run_id,
    tables_of,
)
from warehouse.publication.slice_tables import show_slices
from warehouse.sql import literal
from warehouse.store.home import Home, new_run_id
from warehouse.words import sentence


@dataclass(frozen=True)
class RuleRow:
    """A row of a rule file that the cell used: where it stands, what it says, by what source."""

    row: int
    values: Mapping[str, Any]
    source: str | None
    trust: str | None


@dataclass(frozen=True)
class RuleFile:
    """The rows of one rule file that the cell used."""

    path: str
    rows: tuple[RuleRow, ...]


@dataclass(frozen=True)
class Cell:
    """A published figure that the cell is made of; its value is None where it is hidden."""

    table: str
    key: tuple[str, ...]
    column: str
    value: float | None


@dataclass(frozen=True)
class Trace:
    """What stands behind a cell.

    Attributes:
        run_id: The published generation.
        table: The published table.
        key: The row's key, by column.
        column: The column that was asked for; None for the whole row.
        values: What is published there, by column.
        hidden: Whether the row is suppressed; then no row of a file is named.
        cells: The published figures that this one is made of.
        models: dbt's models, from the first to the table itself.
        tables: The tables of schema raw that they read.
        rules: The rule rows that it used.
        files: The files, with row numbers.
        code_version: Of the product that built the generation.
        rules_sha256: Of all rules that it was built by.
    """

    run_id: str
    table: str
    key: Mapping[str, str]
    column: str | None
    values: Mapping[str, Any]
    hidden: bool
    cells: tuple[Cell, ...]
    models: tuple[str, ...]
    tables: tuple[str, ...]
    rules: tuple[RuleFile, ...]
    files: tuple[Files, ...]
    code_version: str
    rules_sha256: str


@dataclass(frozen=True)
class People:
    """Rows of one restricted table; the columns are those of the catalog."""

    table: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


def trace(home: Home, table: str, arguments: Sequence[str]) -> Trace:
    """Find what stands behind a cell of the current publication.

    Args:
        home: The home.
        table: A published table.
        arguments: The values of its key in the catalog's order (a month may be written 2026-05),
            then a column or nothing.

    Raises:
        UserError: Nothing is published, or there is no such table, column or row; the message
            says what there is.
    """
    wanted, key, column = _parse(table, arguments)
    run_id = current_run_id(home)
    if run_id is None:
        raise UserError(sentence("trace", "nothing_published"))
    with _open(home, run_id) as conn:
        row = _row(conn, wanted, key)
        hidden = bool(row.get("suppressed"))
        graph = Graph.read(home.dbt_target / "manifest.json")
        before = graph.upstream(table, column)
        found = evidence(conn, graph, table, row, column)
        (code_version, rules_sha256), *_ = conn.execute(
            "SELECT code_version, rules_sha256 FROM publication WHERE run_id = ?",
            [run_id],
        ).fetchall()
        return Trace(
            run_id=run_id,
            table=table,
            key=key,
            column=column,
            values={column: row[column]} if column else row,
            hidden=hidden,
            cells=_cells(conn, graph, table, row, column),
            models=before.models,
            tables=before.tables,
            rules=_rules(conn, row, rule_uses(conn, graph, table, row, column)),
            files=() if hidden else files_of(conn, found),
            code_version=str(code_version),
            rules_sha256=str(rules_sha256),
        )


def people_behind(home: Home, traced: Trace, now: datetime) -> tuple[Trace, tuple[People, ...]]:
    """Write into the ledger that people are looked at, then return their restricted rows.

    The caller holds the home's lock. A hidden cell's files and rows are named too.

    Raises:
        UserError: The generation is no longer there.
    """
    with _open(home, traced.run_id) as conn:
        row = _row(conn, load_catalog().marts[traced.table], traced.key)
        graph = Graph.read(home.dbt_target / "manifest.json")
        found = evidence(conn, graph, traced.table, row, traced.column)
        people = tuple(
            People(one.table, one.columns, tuple(one.rows(conn))) for one in found.people
        )
        files = files_of(conn, found)
    ledger.append(
        home,
        {
            "kind": "trace",
            "run_id": new_run_id(now),
            "at": now.isoformat(timespec="seconds"),
            "traced": traced.run_id,
            "table": traced.table,
            "key": list(traced.key.values()),
            "column": traced.column,
            "rows": sum(len(one.rows) for one in people),
        },
    )
    return Trace(**{**vars(traced), "files": files}), people


def _parse(table: str, arguments: Sequence[str]) -> tuple[Table, dict[str, str], str | None]:
    marts = load_catalog().marts
    if table not in marts:
        raise UserError(sentence("trace", "no_table", table=table, there=", ".join(marts)))
    wanted = marts[table]
    names = [column.name for column in wanted.columns]
    if len(arguments) not in {len(wanted.key), len(wanted.key) + 1}:
        keys = " ".join(wanted.key).upper()
        raise UserError(sentence("trace", "other_key", table=table, keys=keys))
    key = dict(zip(wanted.key, arguments, strict=False))
    column = arguments[len(wanted.key)] if len(arguments) > len(wanted.key) else None
    if column is not None and column not in names:
        raise UserError(
            sentence("trace", "no_column", table=table, column=column, there=", ".join(names))
        )
    for name, value in key.items():
        if wanted.column(name).type == "DATE" and len(value) == len("2026-05"):
            key[name] = f"{value}-01"
    return wanted, key, column


@contextmanager
def _open(home: Home, run_id: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """Both files of a generation, read only; their tables go by their bare names."""
    with home.in_memory() as conn:
        schemas = []
        for area, file in ((home.published, MARTS_FILE), (home.restricted, RESTRICTED_FILE)):
            path = area / "generations" / run_id / file
            try:
                conn.execute(f"ATTACH {literal(path)} AS {path.stem} (READ_ONLY)")
                schemas.append(tables_of(conn, path.stem))
            except duckdb.IOException:
                raise UserError(sentence("trace", "unreadable", path=path)) from None
        folder = home.restricted / "generations" / run_id
        show_slices(conn, folder, load_catalog().restricted.values())
        conn.execute(f"SET search_path = '{','.join(schemas)}'")
        yield conn


def _row(conn: duckdb.DuckDBPyConnection, table: Table, key: Mapping[str, str]) -> dict[str, Any]:
    where = " AND ".join(f'CAST("{name}" AS VARCHAR) = ?' for name in key)
    cursor = conn.execute(f"SELECT * FROM {table.name} WHERE {where}", list(key.values()))
    names = [entry[0] for entry in cursor.description or ()]
    row = cursor.fetchone()
    if row is None:
        wanted = " ".join(key.values())
        raise UserError(sentence("trace", "no_row", table=table.name, row=wanted))
    return dict(zip(names, row, strict=True))


def _cells(
    conn: duckdb.DuckDBPyConnection,
    graph: Graph,
    table: str,
    row: Mapping[str, Any],
    column: str | None,
) -> tuple[Cell, ...]:
    """The published figures that a figure is made of; most tables are made of rows of files."""
    return tuple(
        Cell(part.table, part.key, part.column, part_row(conn, part).get(part.column))
        for part in parts(graph, table, row, column)
    )


def _rules(
    conn: duckdb.DuckDBPyConnection, row: Mapping[str, Any], uses: Sequence[Use]
) -> tuple[RuleFile, ...]:
    """The rule rows of the cell's government that were used."""
    found: dict[str, dict[int, RuleRow]] = {}
    for use in uses:
        for origin, used in _rule_rows(conn, row.get("government_code"), use):
            found.setdefault(f"{_FOLDERS[origin]}/{use.rule}.csv", {})[used.row] = used
    return tuple(
        RuleFile(path, tuple(rows[number] for number in sorted(rows)))
        for path, rows in sorted(found.items())
    )


_FOLDERS = {"shipped": "ingest/rules/shipped", "home": "config"}


def _rule_rows(
    conn: duckdb.DuckDBPyConnection, government: str | None, use: Use
) -> Iterator[tuple[str, RuleRow]]:
    """Origin and row of what was used of one rule, without names and long numbers."""
    rows = conn.execute(
        """SELECT DISTINCT origin, file_row, row_values, source, trust
        FROM rule_lineage
        WHERE rule = ? AND government_code = coalesce(?, government_code)
          AND valid_from <= coalesce(?, valid_from) AND valid_to >= coalesce(?, valid_to)
        ORDER BY ALL""",
        [use.rule, government, use.last_day, use.first_day],
    ).fetchall()
    columns = [column for column in load_catalog().rules[use.rule].columns if not column.personal]
    for origin, number, text, source, trust in rows:
        values = json.loads(text)
        if use.fits(values):
            said = {column.name: _shown(values.get(column.name)) for column in columns}
            yield origin, RuleRow(number, said, source, trust)


def _shown(value: Any) -> Any:
    return mask_digits(value) if isinstance(value, str) else value
