"""Rows made from the catalog: one that every check accepts, and a fault for each check.

`is_violated` says in plain Python what each check means, as the oracle of the suites' SQL.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

import duckdb

from quality.checks.suites import DELIVERY, Check, Suite
from warehouse.catalog.ddl import table_ddl
from warehouse.catalog.model import CheckSpec, Column, Table
from warehouse.catalog.reader import load_catalog

Row = dict[str, Any]

_SAMPLES: Mapping[str, Any] = {
    "VARCHAR": "a",
    "DOUBLE": 1.0,
    "INTEGER": 1,
    "BIGINT": 1,
    "SMALLINT": 1,
    "BOOLEAN": False,
    "DATE": date(2026, 1, 15),
    "TIME": time(7, 30),
    "TIMESTAMP": datetime(2026, 1, 15, 7, 30),
}
_PATTERN_SAMPLES = {
    "^[0-9a-f]{64}$": "0" * 64,
    "^[0-9]{18}$": "1" * 18,
    "^(BP|AK|KO|HA|LO|AD|KL)[1-3]$": "BP1",
}


def table_of(suite: Suite) -> Table:
    catalog = load_catalog()
    return {**catalog.sources, **catalog.marts, DELIVERY: catalog.state[DELIVERY]}[suite.table]


def schema_of(suite: Suite) -> str:
    return "marts" if suite.table in load_catalog().marts else "batch"


def create(conn: duckdb.DuckDBPyConnection, suite: Suite, rows: Iterable[Row]) -> None:
    """Make the suite's table as ingest or dbt makes it, with the given rows."""
    table, schema = table_of(suite), schema_of(suite)
    conn.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    conn.execute(f"DROP TABLE IF EXISTS {schema}.{suite.table}")
    conn.execute(table_ddl(table, schema))
    if suite.table == DELIVERY:
        conn.execute(f"ALTER TABLE {schema}.{suite.table} ADD COLUMN rejected_share DOUBLE")
    for row in rows:
        marks = ", ".join(f'? AS "{name}"' for name in row)
        conn.execute(
            f"INSERT INTO {schema}.{suite.table} BY NAME SELECT {marks}", list(row.values())
        )


def valid_row(table: Table) -> Row:
    row = {column.name: _sample(column) for column in table.raw_columns}
    for spec in table.checks:
        if spec.check == "sum_of":
            row[spec.total] = sum(row[part] for part in spec.parts)
    return row


def _sample(column: Column) -> Any:
    if column.values:
        return column.values[0]
    if column.pattern:
        return _PATTERN_SAMPLES[column.pattern]
    sample = _SAMPLES[column.type]
    if column.min is not None and sample < column.min:
        return column.min
    return sample


def faulty_row(table: Table, check: Check) -> Row:
    """A valid row but for one fault, which `check` is there to find."""
    row, name = valid_row(table), check.expected.check_name
    if name in {"any_filled", "in_order", "sum_of"}:
        _spoil(row, _spec(table, check))
    elif name == "finite":
        row[_loosest_double(table)] = math.inf
    elif name == "hidden_is_null":
        row["suppressed"] = True
    else:
        column = table.column(check.arguments["column"])
        row[column.name] = _wrong_value(name, column)
        _let_others_pass(table, row, column.name)
    return row


def _spoil(row: Row, spec: CheckSpec) -> None:
    if spec.check == "any_filled":
        row.update(dict.fromkeys(spec.columns))
    elif spec.check == "in_order":
        low, high = spec.columns[:2]
        step = timedelta(days=1) if isinstance(row[low], date) else 1
        row[low] = row[high] + step
    else:
        row[spec.total] += 1


def _let_others_pass(table: Table, row: Row, faulty: str) -> None:
    """Empty or mend what a check on several columns would compare with the faulty value."""
    for spec in table.checks:
        total, parts = spec.total, spec.parts
        if faulty in parts and row[faulty] is not None:
            row[total] = sum(row[part] for part in parts)
        for name in spec.columns if spec.check == "in_order" else []:
            if name != faulty and not table.column(name).not_null:
                row[name] = None


def _loosest_double(table: Table) -> str:
    doubles = (column for column in table.columns if column.type == "DOUBLE")
    return next(column for column in doubles if column.min is None or column.max is None).name


def _wrong_value(name: str, column: Column) -> Any:
    if name == "not_null":
        return None
    if name == "between":
        return column.min - 1 if column.min is not None else (column.max or 0) + 1
    return "?" if column.type == "VARCHAR" else 99


def is_violated(table: Table, check: Check, row: Row) -> bool:
    name = check.expected.check_name
    if "column" in check.arguments:
        return _column_violated(name, table.column(check.arguments["column"]), row)
    if name == "finite":
        doubles = [row[c.name] for c in table.columns if c.type == "DOUBLE"]
        return any(value is not None and not math.isfinite(value) for value in doubles)
    if name == "hidden_is_null":
        return bool(row["suppressed"])  # no row of these tests hides its measures
    spec = _spec(table, check)
    if name == "sum_of":
        values = [row[name] for name in (spec.total, *spec.parts)]
        return None not in values and values[0] != sum(values[1:])
    values = [row[name] for name in spec.columns]
    if name == "any_filled":
        return set(values) == {None}
    filled = [value for value in values if value is not None]
    return filled != sorted(filled)


def _column_violated(name: str, column: Column, row: Row) -> bool:
    value = row[column.name]
    if name == "not_null":
        return value is None
    if value is None:
        return False
    if name == "between":
        low, high = column.min, column.max
        return (low is not None and value < low) or (high is not None and not value <= high)
    if name == "matches":
        return re.search(column.pattern or "", value) is None
    return value not in column.values


def _spec(table: Table, check: Check) -> CheckSpec:
    named = [spec for spec in table.checks if spec.check == check.expected.check_name]
    spot = check.expected.check_id.split(".")[-2]
    for spec in named:
        if spot in (spec.total, *spec.columns):
            return spec
    raise LookupError(check.expected.check_id)
