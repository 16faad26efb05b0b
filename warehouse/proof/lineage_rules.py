"""The rows of rules that a published cell used, each rule in the time in which it mattered.

Belongs here: which rows of a rule that the models read bear on one row of a mart: those of its time
and unit, with the values that the models' SQL asks for, and with those that the row names itself. A
row too many is better than one too few. Does not belong here: which rules are read at all
(``warehouse.proof.lineage_models``), the formula (dbt), or the rows of files
(``warehouse.proof.lineage``). No rule is named.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import duckdb

from warehouse.catalog.model import Table
from warehouse.catalog.reader import load_catalog
from warehouse.proof.lineage_models import Graph, Upstream
from warehouse.sql import identifier

Row = Mapping[str, Any]

# What says of a rule's row where and when it holds, not what it says.
_PLACE = frozenset({"government_code", "valid_from", "valid_to"})
# A figure that different rules were used for names none of them.
_SEVERAL = "mixed"


@dataclass(frozen=True)
class Use:
    """A rule that was used in a time; ``only`` are the values that its rows may have by column.

    ``within`` names the columns of a row's own first and last day, beside its validity.
    """

    rule: str
    first_day: date | None = None
    last_day: date | None = None
    only: Mapping[str, Collection[Any]] = field(default_factory=dict)
    within: tuple[str, str] | None = None

    def fits(self, values: Row) -> bool:
        """Whether a row with these values was used."""
        if any(_text(values.get(n)) not in map(_text, allowed) for n, allowed in self.only.items()):
            return False
        if self.within is None or self.first_day is None or self.last_day is None:
            return True
        first, last = (values.get(name) for name in self.within)
        return (first or "") <= self.last_day.isoformat() and (
            last is None or last >= self.first_day.isoformat()
        )


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


@dataclass(frozen=True)
class Part:
    """A published row that a cell is made of, and its column that was taken."""

    table: str
    key: tuple[str, ...]
    column: str


def rule_uses(
    conn: duckdb.DuckDBPyConnection, graph: Graph, table: str, row: Row, column: str | None
) -> list[Use]:
    """The rules that a cell used, each in its own time.

    Args:
        conn: A connection with a generation attached as `trace` opens it.
        graph: dbt's models.
        table: The published table.
        row: Its row; of a part of another one at least the key.
        column: The column; None for the whole row.
    """
    mart, before = load_catalog().marts[table], graph.upstream(table, column, own=True)
    found = [_use(conn, mart, row, rule, before) for rule in _rules(before)]
    for part in parts(graph, table, row, column):
        its_row = part_row(conn, part)
        found += rule_uses(conn, graph, part.table, its_row, part.column)
    return found


def _rules(before: Upstream) -> Iterator[Table]:
    """The rules that were read: by a model, for more than which rows there are, or in loading."""
    rules = {rule.raw_name: rule for rule in load_catalog().rules.values()}
    for name in before.tables:
        if name in rules:
            if before.columns(name) - _PLACE - {*rules[name].key} or rules[name].spell:
                yield rules[name]
        else:
            source = load_catalog().sources.get(name)
            for read_by in source.read_by if source else ():
                yield load_catalog().rules[read_by]


def _use(
    conn: duckdb.DuckDBPyConnection, mart: Table, row: Row, rule: Table, before: Upstream
) -> Use:
    first, last = _time(conn, mart, row)
    only: dict[str, Collection[Any]] = dict(before.only(rule.raw_name))
    names = {column.name for column in rule.columns}
    for name in names & row.keys() - only.keys() - {"unit_code"}:
        if row[name] not in {None, _SEVERAL} and name not in _PLACE:
            only[name] = {row[name]}
    if "category" in names and row.get("category_computed") is not None:
        only["category"] = {row["category_computed"]}
    if "year" in names and last is not None:
        only["year"] = {last.year}
    if "unit_code" in names and "unit_level" in row:
        units = {None, row["unit_code"]} if rule.asked != "day" else _units(conn, row)
        only |= {} if units is None else {"unit_code": units}
    if rule.asked == "day" and "period" in names and first is not None and last is not None:
        ramadan = _in_ramadan(conn, row, first, last)
        only["period"] = {"ordinary", "ramadan"} if ramadan else {"ordinary"}
    return Use(rule.name, last if rule.asked != "day" else first, last, only, rule.spell)


def _time(
    conn: duckdb.DuckDBPyConnection, mart: Table, row: Row
) -> tuple[date | None, date | None]:
    """The days of a row's period; None where it has none."""
    if "month" in mart.key:
        month: date = row["month"]
        return (month.replace(month=1) if mart.year_to_date else month), month_end(month)
    if "year" in mart.key:
        return date(row["year"], 12, 31), date(row["year"], 12, 31)
    if "wave" in mart.key:
        ends = _wave_end(conn, row)
        return ends, ends
    return None, None


def parts(graph: Graph, table: str, row: Row, column: str | None) -> tuple[Part, ...]:
    """The published rows that a cell is made of, by what the models want of other marts."""
    marts = load_catalog().marts
    found = []
    for name, wanted in sorted(graph.upstream(table, column).parts.items()):
        mart = marts[name]
        period = next((key for key in ("wave", "month", "year") if key in mart.key), None)
        taken = [c for c in wanted if c in row and c not in mart.key and mart.family is not None]
        if not taken or period is None or "unit_code" not in row:
            continue
        at = row.get(f"{mart.family}_{period}", row.get(period))
        if at is not None:
            key = (row["government_code"], row["unit_level"], row["unit_code"], str(at))
            found += [Part(name, key, one) for one in sorted(taken) if one.endswith("_score")]
    return tuple(found)


def part_row(conn: duckdb.DuckDBPyConnection, part: Part) -> dict[str, Any]:
    """The published row of a part, or its key alone: a unit may have nobody there."""
    names = load_catalog().marts[part.table].key
    where = " AND ".join(f"CAST({identifier(name)} AS VARCHAR) = ?" for name in names)
    cursor = conn.execute(f"SELECT * FROM {part.table} WHERE {where}", list(part.key))
    columns = [entry[0] for entry in cursor.description or ()]
    found = cursor.fetchone()
    if found is not None:
        return dict(zip(columns, found, strict=True))
    row: dict[str, Any] = dict(zip(names, part.key, strict=True))
    if "month" in row:
        row["month"] = date.fromisoformat(row["month"])
    if "year" in row:
        row["year"] = int(row["year"])
    return row


def _units(conn: duckdb.DuckDBPyConnection, row: Row) -> set[str | None] | None:
    """The codes by which a rule may mean an OPD's people; None for a whole government."""
    if row["unit_level"] == "government":
        return None
    rows = conn.execute(
        "SELECT unit_code FROM dim_unit WHERE government_code = ? AND opd_code = ?",
        [row["government_code"], row["unit_code"]],
    ).fetchall()
    return {None, row["unit_code"], *(code for (code,) in rows)}


def _in_ramadan(conn: duckdb.DuckDBPyConnection, row: Row, first: date, last: date) -> bool:
    """Whether Ramadan has a day in a time, for the government of a row."""
    found = conn.execute(
        """SELECT count(*) FROM rule_lineage
        WHERE rule = 'ramadan' AND government_code = ?
          AND CAST(row_values ->> 'first_day' AS DATE) <= ?
          AND CAST(row_values ->> 'last_day' AS DATE) >= ?""",
        [row["government_code"], last, first],
    ).fetchone()
    return bool(found and found[0])


def _wave_end(conn: duckdb.DuckDBPyConnection, row: Row) -> date | None:
    found = conn.execute(
        "SELECT max(wave_end_date) FROM mart_survey WHERE government_code = ? AND wave = ?",
        [row["government_code"], row["wave"]],
    ).fetchone()
    return found[0] if found else None


def month_end(month: date) -> date:
    """The last day of the month that begins on a day."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
