"""The rows of rules that a published cell used, each rule in the time in which it mattered.

Belongs here: what a formula reads of the rules, said once more for whoever follows a figure back; a
row too many is better than one too few. Does not belong here: the formula (dbt), the models
(``warehouse.proof.lineage_models``) or the rows of files (``warehouse.proof.lineage``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import duckdb

from warehouse.catalog.reader import load_catalog
from warehouse.proof.lineage_models import APEL, COMPONENTS, COUNTS, TARGET, WITH_APEL

Row = Mapping[str, Any]

_DAY_RULES = frozenset({"repeat_minutes", "missing_side_minutes", "day_minutes", "min_evidence"})
_SCORE_RULES = _DAY_RULES | {"min_coverage", "presence_weight", "apel_weight"}


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
        if any(values.get(name) not in allowed for name, allowed in self.only.items()):
            return False
        if self.within is None or self.first_day is None or self.last_day is None:
            return True
        first, last = (values.get(name) for name in self.within)
        return (first or "") <= self.last_day.isoformat() and (
            last is None or last >= self.first_day.isoformat()
        )


_OTHERS = {"dim_government": (Use("governments"),)}


def rule_uses(
    conn: duckdb.DuckDBPyConnection, table: str, row: Row, column: str | None
) -> list[Use]:
    """The rules that a cell used, each in its own time.

    Args:
        conn: A connection with a generation attached as ``marts`` and ``restricted``.
        table: The published table.
        row: Its row; of a component of a culture score at least the key.
        column: The column; None for the whole row.
    """
    family = load_catalog().marts[table].family
    if table == "mart_culture_score":
        found = _culture(conn, row, column)
    elif family == "survey":
        found = _survey(conn, row, column)
    elif table == "mart_discipline":
        found = _discipline(conn, row, column)
    elif table == "mart_absence_band":
        found = _absence_band(conn, row)
    elif table == "mart_ip_asn":
        found = _ip_asn(row, column)
    elif table == "mart_official_index":
        found = _official(row, column)
    else:
        found = iter(_OTHERS.get(table, ()))
    return list(found)


def _survey(conn: duckdb.DuckDBPyConnection, row: Row, column: str | None) -> Iterator[Use]:
    ends = _wave_end(conn, row)
    yield Use("survey_waves", ends, ends, {"wave": {row["wave"]}})
    if column not in COUNTS:
        yield Use("likert_labels", ends, ends)
        yield Use("disclosure", ends, ends, {"family": {"survey"}})


def _days(conn: duckdb.DuckDBPyConnection, row: Row, first: date, last: date) -> Iterator[Use]:
    """What the days of people in a time are judged by."""
    units = _units(conn, row)
    only: dict[str, Collection[Any]] = {} if units is None else {"unit_code": units}
    periods = {"ordinary", "ramadan"} if _in_ramadan(conn, row, first, last) else {"ordinary"}
    yield Use("working_hours", first, last, {**only, "period": periods})
    yield Use("ramadan", first, last, within=("first_day", "last_day"))
    yield Use("days_off", first, last, within=("date", "date"))
    yield Use("leave_types", first, last)
    yield Use("evidence", first, last, only, within=("date_from", "date_to"))


def _discipline(conn: duckdb.DuckDBPyConnection, row: Row, column: str | None) -> Iterator[Use]:
    first, last = row["month"], month_end(row["month"])
    if column not in APEL:
        yield from _days(conn, row, first, last)
        codes = _SCORE_RULES if column in {None, "discipline_score"} else _DAY_RULES
        yield Use("attendance_rules", first, last, {"rule_code": codes})
    elif column in APEL:
        yield Use("leave_types", first, last)
    if column is None or column in WITH_APEL:
        yield Use("event_types", first, last)
    yield Use("disclosure", last, last, {"family": {"discipline"}})


def _absence_band(conn: duckdb.DuckDBPyConnection, row: Row) -> Iterator[Use]:
    month, last = row["month"], month_end(row["month"])
    everybody = {**row, "unit_level": "government"}
    yield from _days(conn, everybody, month.replace(month=1), last)
    codes = _DAY_RULES | {"pp94_minutes"}
    yield Use("attendance_rules", month.replace(month=1), last, {"rule_code": codes})
    yield Use("absence_bands", last, last, {"band_code": {row["band_code"]}})
    yield Use("disclosure", last, last, {"family": {"discipline"}})


def _ip_asn(row: Row, column: str | None) -> Iterator[Use]:
    year_end = date(row["year"], 12, 31)
    version = row.get("rule_version")
    if version != "given":
        only = {} if version in {None, "mixed"} else {"rule_version": {version}}
        yield Use("ip_asn_rules", year_end, year_end, only)
    if column in {None, "category", "in_band_gap"}:
        yield _band("ip_asn", row.get("category"), year_end)
    yield Use("disclosure", year_end, year_end, {"family": {"ip_asn"}})


def _official(row: Row, column: str | None) -> Iterator[Use]:
    year_end = date(row["year"], 12, 31)
    if column in {None, "category_computed", "category_agrees"}:
        yield _band(row["index_code"], row["category_computed"], year_end)


def _culture(conn: duckdb.DuckDBPyConnection, row: Row, column: str | None) -> Iterator[Use]:
    last = month_end(row["month"])
    if column not in COMPONENTS and column not in TARGET:
        yield Use("score_weights", last, last)
    if column in {None, "category"}:
        yield _band("culture", row["category"], last)
    if column in {None, "target_score", "gap_to_target"}:
        yield Use(
            "targets",
            last,
            last,
            {
                "measure": {"culture_score"},
                "year": {last.year},
                "unit_code": {None, row["unit_code"]},
            },
        )
    for table, key in components(row, column):
        yield from rule_uses(conn, table, component_row(conn, table, key), MEASURES[table])


# The figure of each component that enters a culture score.
MEASURES = {
    "mart_survey": "survey_score",
    "mart_discipline": "discipline_score",
    "mart_ip_asn": "ip_asn_score",
}


def components(row: Row, column: str | None) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The published rows that a culture score, or a column of it, is made of: table and key."""
    if column in TARGET:
        return ()
    unit = (row["government_code"], row["unit_level"], row["unit_code"])
    periods = {
        "mart_survey": row["survey_wave"],
        "mart_discipline": row["month"],
        "mart_ip_asn": row["ip_asn_year"],
    }
    only = COMPONENTS.get(column or "")
    return tuple(
        (name, (*unit, str(period)))
        for name, period in periods.items()
        if period is not None and only in {None, name}
    )


def component_row(
    conn: duckdb.DuckDBPyConnection, table: str, key: Collection[str]
) -> dict[str, Any]:
    """The published row of a component, or its key alone: a unit may have nobody there."""
    names = load_catalog().marts[table].key
    where = " AND ".join(f'CAST("{name}" AS VARCHAR) = ?' for name in names)
    cursor = conn.execute(f"SELECT * FROM {table} WHERE {where}", list(key))
    columns = [entry[0] for entry in cursor.description or ()]
    found = cursor.fetchone()
    if found is not None:
        return dict(zip(columns, found, strict=True))
    row: dict[str, Any] = dict(zip(names, key, strict=True))
    if "month" in row:
        row["month"] = date.fromisoformat(row["month"])
    if "year" in row:
        row["year"] = int(row["year"])
    return row


def _band(index_code: str, category: str | None, day: date) -> Use:
    only: dict[str, Collection[Any]] = {"index_code": {index_code}}
    return Use("index_bands", day, day, {**only, "category": {category}} if category else only)


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
