"""What each published table is made of: which restricted rows and which files stand behind a row.

Belongs here: the queries on the files of a generation, attached as ``marts`` and ``restricted``.
Does not belong here: models and rules (``lineage_models``, ``lineage_rules``), or who may see it
(``warehouse.proof.trace``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from warehouse.catalog.reader import load_catalog
from warehouse.proof.lineage_models import Graph
from warehouse.proof.lineage_rules import month_end, part_row, parts

Row = Mapping[str, Any]


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
        return f"SELECT * FROM {self.table} AS r WHERE {self.where}"


@dataclass(frozen=True)
class Evidence:
    """What stands behind a published row.

    ``lineage`` are rows that name a source's file and row; ``days`` those of employee_day, each
    with the rows of its punches or leave; ``people`` is what ``--people`` shows; ``whole_files``
    are digests of files that count as a whole.
    """

    lineage: tuple[Query, ...] = ()
    days: tuple[Query, ...] = ()
    people: tuple[Query, ...] = ()
    whole_files: tuple[str, ...] = ()


@dataclass(frozen=True)
class Files:
    """The rows of one delivery; no row numbers mean the whole file. Its name is masked."""

    government_code: str
    source: str
    period: str
    file_sha256: str
    file_name: str
    rows: tuple[int, ...]


def evidence(
    conn: duckdb.DuckDBPyConnection, graph: Graph, table: str, row: Row, column: str | None
) -> Evidence:
    """Return what stands behind a published row, or behind one column of it."""
    kind = load_catalog().marts[table].evidence or "none"
    if kind == "parts":
        return _parts(conn, graph, table, row, column)
    read = frozenset(graph.upstream(table, column).tables)
    return _BY_KIND[kind](row, read)


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
    return tuple(
        sorted(named, key=lambda one: (one.source, one.period, one.file_name, one.file_sha256))
    )


def _delivery(
    conn: duckdb.DuckDBPyConnection, government: str, source: str, digest: str
) -> tuple[str, str, str, str, str]:
    """Government, source, period, digest and name of the delivery that is meant.

    A day names no source: its rows are punches or leave.
    """
    row = conn.execute(
        "SELECT government_code, source, period, file_sha256, file_name "
        "FROM mart_source_balance WHERE file_sha256 = ? "
        "ORDER BY government_code = ? DESC, source = ? DESC, "
        "source IN ('attendance', 'leave') DESC LIMIT 1",
        [digest, government, source],
    ).fetchone()
    return row or (government, source, "", digest, "–")


def _survey(row: Row, _: frozenset[str]) -> Evidence:
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
    return Evidence((answers, instrument), people=(answers,))


def _discipline(row: Row, read: frozenset[str]) -> Evidence:
    month = row["month"]
    where, parameters = _unit(row, "opd_code")
    days = Query("employee_day", f"date_trunc('month', date) = ? AND {where}", (month, *parameters))
    where, parameters = _unit(row, "unit_code")
    apel = Query(
        "lineage",
        f"source = 'events' AND period = ? AND {where}",
        (month.isoformat(), *parameters),
    )
    sources = load_catalog().sources
    kinds = {(sources[name].shown_as, sources[name].dated_by) for name in read & sources.keys()}
    wants_days = any(shown == "days" for shown, _ in kinds)
    wants_apel = ("rows", "event_date") in kinds
    return Evidence(
        lineage=(apel,) if wants_apel else (),
        days=(days,) if wants_days else (),
        people=((days,) if wants_days else ()) + ((apel,) if wants_apel else ()),
    )


def _absence_band(row: Row, _: frozenset[str]) -> Evidence:
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
        (government, month.replace(month=1), month_end(month), *counted.parameters),
    )
    return Evidence(days=(days,), people=(counted, days))


def _ip_asn(row: Row, _: frozenset[str]) -> Evidence:
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
    return Evidence((delivered,), people=(people,))


def _parts(
    conn: duckdb.DuckDBPyConnection, graph: Graph, table: str, row: Row, column: str | None
) -> Evidence:
    """The evidence of all published rows that it is made of."""
    found = [
        evidence(conn, graph, part.table, part_row(conn, part), part.column)
        for part in parts(graph, table, row, column)
    ]
    return Evidence(
        lineage=tuple(query for part in found for query in part.lineage),
        days=tuple(query for part in found for query in part.days),
        people=tuple(query for part in found for query in part.people),
    )


def _unit(row: Row, column: str) -> tuple[str, tuple[Any, ...]]:
    """The condition for a unit's rows: all of its government's, or those of an OPD."""
    if row["unit_level"] == "government":
        return "government_code = ?", (row["government_code"],)
    return f"government_code = ? AND {column} = ?", (row["government_code"], row["unit_code"])


def _official(row: Row, _: frozenset[str]) -> Evidence:
    year = row["year"]
    part = "|".join(row[name] for name in ("index_code", "population", "source_document"))
    figure = Query(
        "lineage",
        "source = 'official' AND period = ? AND part = ? AND government_code = ?",
        (str(year), part, row["government_code"]),
    )
    return Evidence((figure,))


def _named_unit(row: Row, _: frozenset[str]) -> Evidence:
    spells = Query(
        "lineage",
        "source = 'units' AND government_code = ? AND unit_code = ?",
        (row["government_code"], row["unit_code"]),
    )
    return Evidence((spells,))


def _whole_file(row: Row, _: frozenset[str]) -> Evidence:
    return Evidence(whole_files=(row["file_sha256"],))


def _nothing(_: Row, __: frozenset[str]) -> Evidence:
    return Evidence()


_BY_KIND: Mapping[str, Callable[[Row, frozenset[str]], Evidence]] = {
    "none": _nothing,
    "submissions": _survey,
    "days": _discipline,
    "bands": _absence_band,
    "records": _ip_asn,
    "figure": _official,
    "unit": _named_unit,
    "file": _whole_file,
}
