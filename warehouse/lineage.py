"""What each published table is made of: which restricted rows and which files stand behind a row.

Belongs here: the queries on the files of a generation, attached as ``marts`` and ``restricted``,
and dbt's manifest. Does not belong here: who may see it (``warehouse.trace``).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb

from warehouse.catalog import load_catalog

Row = Mapping[str, Any]

# Columns of a table that only some sources stand behind; the others rest on all of its sources.
_APEL = frozenset({"apel_required", "apel_attended", "apel_rate"})
_WITH_APEL = _APEL | {"discipline_score"}
_COMPONENTS = {
    "survey_score": "mart_survey",
    "survey_wave": "mart_survey",
    "discipline_score": "mart_discipline",
    "ip_asn_score": "mart_ip_asn",
    "ip_asn_year": "mart_ip_asn",
}


@dataclass(frozen=True)
class Query:
    """Rows of one table of restricted.duckdb: a condition over it, with its parameters."""

    table: str
    where: str
    parameters: tuple[Any, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of its rows."""
        return tuple(column.name for column in load_catalog().restricted[self.table].columns)

    def rows(self, conn: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
        """Return the rows, in the order of their key."""
        return conn.execute(f"{self.sql} ORDER BY ALL", list(self.parameters)).fetchall()

    @property
    def sql(self) -> str:
        """The query, without an order."""
        return f"SELECT * FROM restricted.restricted.{self.table} AS r WHERE {self.where}"


@dataclass(frozen=True)
class Evidence:
    """What stands behind a published row.

    ``lineage`` are rows that name a source's file and row; ``days`` those of employee_day, each
    with the rows of its punches or leave; ``people`` is what ``--people`` shows; ``whole_files``
    are digests of files that count as a whole. The days bound which rules can have mattered.
    """

    lineage: tuple[Query, ...] = ()
    days: tuple[Query, ...] = ()
    people: tuple[Query, ...] = ()
    whole_files: tuple[str, ...] = ()
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True)
class Files:
    """The rows of one delivery; no row numbers mean the whole file. Its name is masked."""

    government_code: str
    source: str
    period: str
    file_sha256: str
    file_name: str
    rows: tuple[int, ...]


def evidence(conn: duckdb.DuckDBPyConnection, table: str, row: Row, column: str | None) -> Evidence:
    """Return what stands behind a published row, or behind one column of it."""
    if "wave" in row:
        row = {**row, "wave_end_date": _wave_end(conn, row)}
    if table == "mart_culture_score":
        return _culture(conn, row, column)
    if table == "mart_discipline":
        return _discipline(row, column)
    return _BY_TABLE[table](row) if table in _BY_TABLE else Evidence()


def components(table: str, row: Row, column: str | None) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The published rows that a row is made of, as table and key."""
    if table != "mart_culture_score":
        return ()
    unit = (row["government_code"], row["unit_level"], row["unit_code"])
    periods = {
        "mart_survey": row["survey_wave"],
        "mart_discipline": row["month"],
        "mart_ip_asn": row["ip_asn_year"],
    }
    only = _COMPONENTS.get(column or "")
    return tuple(
        (name, (*unit, str(period)))
        for name, period in periods.items()
        if period is not None and only in {None, name}
    )


def files_of(conn: duckdb.DuckDBPyConnection, found: Evidence) -> tuple[Files, ...]:
    """Bring the evidence down to files and row numbers."""
    rows: dict[tuple[str, str, str], set[int]] = {}
    for query in found.lineage:
        for government, source, digest, number in conn.execute(
            f"SELECT government_code, source, file_sha256, row_number FROM ({query.sql})",
            list(query.parameters),
        ).fetchall():
            rows.setdefault((government, source, digest), set()).add(number)
    for query in found.days:
        for government, digests, numbers in conn.execute(
            f"SELECT government_code, file_sha256, row_numbers FROM ({query.sql}) "
            "WHERE file_sha256 <> ''",
            list(query.parameters),
        ).fetchall():
            for digest, group in zip(digests.split(";"), numbers.split(";"), strict=True):
                rows.setdefault((government, "", digest), set()).update(map(int, group.split(",")))
    for digest in found.whole_files:
        rows[("", "", digest)] = set()
    named = [Files(*_delivery(conn, *key), tuple(sorted(numbers))) for key, numbers in rows.items()]
    return tuple(sorted(named, key=lambda one: (one.source, one.period, one.file_sha256)))


def _delivery(
    conn: duckdb.DuckDBPyConnection, government: str, source: str, digest: str
) -> tuple[str, str, str, str, str]:
    """Government, source, period, digest and name of the delivery that is meant.

    A day names no source: its rows are punches or leave.
    """
    row = conn.execute(
        "SELECT government_code, source, period, file_sha256, file_name "
        "FROM marts.marts.mart_source_balance WHERE file_sha256 = ? "
        "ORDER BY government_code = ? DESC, source = ? DESC, "
        "source IN ('attendance', 'leave') DESC LIMIT 1",
        [digest, government, source],
    ).fetchone()
    return row or (government, source, "", digest, "–")


def upstream(manifest: Path, table: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The models behind a table, it being the last, and the raw tables that they read.

    Both are empty where dbt has left no manifest, or half of one on a full disc.
    """
    try:
        found = json.loads(manifest.read_bytes())
    except (FileNotFoundError, ValueError):
        return (), ()
    parents: Mapping[str, list[str]] = found["parent_map"]
    ordered: dict[str, None] = {}

    def visit(node: str) -> None:
        for parent in sorted(parents.get(node, ())):
            if parent not in ordered:
                visit(parent)
        ordered[node] = None

    visit(next(node for node in parents if node.startswith("model.") and _last(node) == table))
    models = tuple(_last(node) for node in ordered if node.startswith("model."))
    tables = tuple(_last(node) for node in ordered if node.startswith("source."))
    return models, tables


def _last(node: str) -> str:
    return node.rpartition(".")[2]


def _survey(row: Row) -> Evidence:
    wave, government = row["wave"], row["government_code"]
    where, parameters = _unit(row, "unit_code")
    answers = Query(
        "lineage",
        f"source = 'survey' AND part = '' AND period = ? AND {where}",
        (wave, *parameters),
    )
    instrument = Query(
        "lineage",
        "source = 'survey' AND part = 'instrument' AND period = ? AND government_code = ?",
        (wave, government),
    )
    ends = row["wave_end_date"]
    return Evidence((answers, instrument), people=(answers,), first_day=ends, last_day=ends)


def _discipline(row: Row, column: str | None) -> Evidence:
    month = row["month"]
    where, parameters = _unit(row, "opd_code")
    days = Query("employee_day", f"date_trunc('month', date) = ? AND {where}", (month, *parameters))
    where, parameters = _unit(row, "unit_code")
    apel = Query(
        "lineage",
        f"source = 'events' AND period = ? AND {where}",
        (month.isoformat(), *parameters),
    )
    wants_days, wants_apel = column not in _APEL, column is None or column in _WITH_APEL
    return Evidence(
        lineage=(apel,) if wants_apel else (),
        days=(days,) if wants_days else (),
        people=((days,) if wants_days else ()) + ((apel,) if wants_apel else ()),
        first_day=month,
        last_day=_month_end(month),
    )


def _absence_band(row: Row) -> Evidence:
    month, government = row["month"], row["government_code"]
    counted = Query(
        "employee_discipline",
        "government_code = ? AND month = ? AND band_code = ?",
        (government, month, row["band_code"]),
    )
    days = Query(
        "employee_day",
        "government_code = ? AND date BETWEEN ? AND ? AND nip IN "
        f"(SELECT nip FROM ({counted.sql}))",
        (government, month.replace(month=1), _month_end(month), *counted.parameters),
    )
    return Evidence(
        days=(days,),
        people=(counted, days),
        first_day=month.replace(month=1),
        last_day=_month_end(month),
    )


def _ip_asn(row: Row) -> Evidence:
    year = row["year"]
    where, parameters = _unit(row, "unit_code")
    delivered = Query(
        "lineage",
        f"source = 'ip_asn' AND period = ? AND {where}",
        (str(year), *parameters),
    )
    people = Query(
        "employee_ip_asn",
        "year = ? AND (government_code, nip) IN "
        f"(SELECT (government_code, nip) FROM ({delivered.sql}))",
        (year, *delivered.parameters),
    )
    return Evidence(
        (delivered,),
        people=(people,),
        first_day=date(year, 1, 1),
        last_day=date(year, 12, 31),
    )


def _culture(conn: duckdb.DuckDBPyConnection, row: Row, column: str | None) -> Evidence:
    """The evidence of all of its components, and the rules of the month."""
    parts = [
        evidence(conn, table, _component(table, key), None)
        for table, key in components("mart_culture_score", row, column)
    ]
    return Evidence(
        lineage=tuple(query for part in parts for query in part.lineage),
        days=tuple(query for part in parts for query in part.days),
        people=tuple(query for part in parts for query in part.people),
        first_day=min((p.first_day for p in parts if p.first_day), default=row["month"]),
        last_day=_month_end(row["month"]),
    )


def _component(table: str, key: Sequence[str]) -> dict[str, Any]:
    """The key and period of a component; it has no row where a unit has nobody there."""
    names = load_catalog().marts[table].key
    row: dict[str, Any] = dict(zip(names, key, strict=True))
    if "month" in row:
        row["month"] = date.fromisoformat(row["month"])
    if "year" in row:
        row["year"] = int(row["year"])
    return row


def _wave_end(conn: duckdb.DuckDBPyConnection, row: Row) -> date | None:
    found = conn.execute(
        "SELECT max(wave_end_date) FROM marts.marts.mart_survey "
        "WHERE government_code = ? AND wave = ?",
        [row["government_code"], row["wave"]],
    ).fetchone()
    return found[0] if found else None


def _unit(row: Row, column: str) -> tuple[str, tuple[Any, ...]]:
    """The condition for a unit's rows: all of its government's, or those of an OPD."""
    if row["unit_level"] == "government":
        return "government_code = ?", (row["government_code"],)
    return f"government_code = ? AND {column} = ?", (row["government_code"], row["unit_code"])


def _month_end(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _official(row: Row) -> Evidence:
    year = row["year"]
    part = "|".join(row[name] for name in ("index_code", "population", "source_document"))
    figure = Query(
        "lineage",
        "source = 'official' AND period = ? AND part = ? AND government_code = ?",
        (str(year), part, row["government_code"]),
    )
    return Evidence((figure,), first_day=date(year, 1, 1), last_day=date(year, 12, 31))


def _named_unit(row: Row) -> Evidence:
    spells = Query(
        "lineage",
        "source = 'units' AND government_code = ? AND unit_code = ?",
        (row["government_code"], row["unit_code"]),
    )
    return Evidence((spells,))


def _whole_file(row: Row) -> Evidence:
    return Evidence(whole_files=(row["file_sha256"],))


_BY_TABLE: Mapping[str, Callable[[Row], Evidence]] = {
    "mart_survey": _survey,
    "mart_survey_value": _survey,
    "mart_survey_behaviour": _survey,
    "mart_absence_band": _absence_band,
    "mart_ip_asn": _ip_asn,
    "mart_official_index": _official,
    "dim_unit": _named_unit,
    "mart_source_balance": _whole_file,
}
