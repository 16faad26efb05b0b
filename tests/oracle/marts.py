"""Marts: every published row of a home, computed from its files.

Puts the parts together; holds no formula of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from tests.oracle import culture, discipline, ip_asn, official, survey
from tests.oracle.attendance import Attendance
from tests.oracle.culture import Component, Unit
from tests.oracle.disclosure import decide, publish, threshold
from tests.oracle.figures import Row, month_end
from tests.oracle.people import People
from tests.oracle.read_files import Arrivals, read_landing
from tests.oracle.records import Inputs
from tests.oracle.rules import Rules

KEYS = {
    "dim_government": ("government_code",),
    "dim_unit": ("government_code", "unit_code"),
    "mart_survey": ("government_code", "unit_level", "unit_code", "wave"),
    "mart_survey_value": ("government_code", "unit_level", "unit_code", "wave", "value_code"),
    "mart_survey_behaviour": (
        "government_code", "unit_level", "unit_code", "wave", "behaviour_code",
    ),
    "mart_discipline": ("government_code", "unit_level", "unit_code", "month"),
    "mart_absence_band": ("government_code", "month", "band_code"),
    "mart_ip_asn": ("government_code", "unit_level", "unit_code", "year"),
    "mart_culture_score": ("government_code", "unit_level", "unit_code", "month"),
    "mart_official_index": (
        "index_code", "government_code", "year", "population", "source_document",
    ),
}  # fmt: skip
"""The tables that the oracle recomputes, with their keys (contract section 3)."""

Tables = dict[str, list[Row]]


@dataclass
class Recomputed:
    """What the oracle found: published rows, and the people behind them to trace a difference."""

    marts: Tables = field(default_factory=lambda: {table: [] for table in KEYS})
    employee_day: list[Row] = field(default_factory=list)
    employee_discipline: list[Row] = field(default_factory=list)
    employee_ip_asn: list[Row] = field(default_factory=list)


def recompute(home: Path, shipped_rules: Path, as_of: date, arrivals: Arrivals) -> Recomputed:
    """Every published row of a home.

    Args:
        home: the home's folder.
        shipped_rules: the folder of the rules that ship with the product.
        as_of: the local date on which the run began.
        arrivals: when each file was first seen, and which were held.
    """
    rules = Rules(shipped_rules, home / "config")
    found = Recomputed()
    here = {path.name for path in (home / "landing").iterdir() if path.is_dir()}
    governments = [row for row in rules.everything("governments") if row["government_code"] in here]
    columns = ("government_code", "code_system", "name", "level", "time_zone")
    for row in governments:
        found.marts["dim_government"].append({column: row[column] for column in columns})
        found.marts["dim_unit"].append(_government_unit(row))
    for inputs in read_landing(home / "landing", rules, arrivals, as_of):
        _Government(inputs, rules, as_of).add_to(found)
    return found


def _government_unit(row: Mapping[str, object]) -> Row:
    """The row of `dim_unit` for the government itself."""
    return {
        "government_code": row["government_code"],
        "unit_code": row["government_code"],
        "unit_name": row["name"],
        "unit_type": "government",
        "parent_unit_code": None,
        "opd_code": None,
        "successor_unit_code": None,
        "first_day": None,
        "last_day": None,
    }


class _Government:
    """One government's rows."""

    def __init__(self, inputs: Inputs, rules: Rules, as_of: date) -> None:
        self._inputs = inputs
        self._rules = rules
        self._as_of = as_of
        self._code = inputs.government_code
        self._people = People(inputs)

    def add_to(self, found: Recomputed) -> None:
        """Compute the government's rows of all tables."""
        marts, code = found.marts, self._code
        marts["dim_unit"] += self._units()
        marts["mart_official_index"] += [
            official.row(one, code, self._rules) for one in self._inputs.official
        ]
        waves = self._add_survey(marts)
        years = self._add_ip_asn(found)
        months = self._add_discipline(found)
        self._add_culture(marts, waves, years, months)

    def _units(self) -> list[Row]:
        """`dim_unit`: the latest known row of each unit, its first and last day."""
        found: list[Row] = []
        for unit_code in self._people.units.codes():
            rows = self._people.units.rows(unit_code)
            latest = rows[-1]
            ends = max(row.last for row in rows)
            found.append(
                {
                    "government_code": self._code,
                    "unit_code": unit_code,
                    "unit_name": latest.unit_name,
                    "unit_type": latest.unit_type,
                    "parent_unit_code": latest.parent_unit_code,
                    "opd_code": self._people.units.opd_on(
                        unit_code, min(latest.last, max(latest.first, self._as_of))
                    ),
                    "successor_unit_code": latest.successor_unit_code,
                    "first_day": rows[0].valid_from,
                    "last_day": None if ends == date.max else ends,
                }
            )
        return found

    def _add_survey(self, marts: Tables) -> list[survey.Wave]:
        names = sorted({one.wave for one in self._inputs.submissions})
        computed = (
            survey.compute(self._inputs, self._people, self._rules, name, self._as_of)
            for name in names
        )
        waves = [wave for wave in computed if wave is not None]
        for wave in waves:
            tables = survey.Tables(wave, self._code)
            rows = tables.survey()
            wave.published = {(str(r["unit_level"]), str(r["unit_code"])): r for r in rows}
            marts["mart_survey"] += rows
            marts["mart_survey_value"] += tables.values()
            marts["mart_survey_behaviour"] += tables.behaviours()
        return waves

    def _add_ip_asn(self, found: Recomputed) -> dict[int, dict[Unit, Row]]:
        by_year = {}
        for year in sorted(self._inputs.ip_asn_years):
            one = ip_asn.compute(self._inputs, self._people, self._rules, year, self._as_of)
            found.marts["mart_ip_asn"] += one.rows
            found.employee_ip_asn += [
                {
                    "government_code": self._code,
                    "nip": person.who.nip,
                    "year": year,
                    "unit_code": person.who.unit_code,
                    **dict(zip(ip_asn.DIMENSIONS, person.dimensions, strict=True)),
                    "total": person.total,
                    "rule_version": person.rule_version,
                }
                for person in one.people
            ]
            by_year[year] = {(str(r["unit_level"]), str(r["unit_code"])): r for r in one.rows}
        return by_year

    def _add_discipline(self, found: Recomputed) -> dict[date, dict[Unit, Row]]:
        """Publish the months; returns the published rows by month and unit."""
        attendance = Attendance(self._inputs, self._people, self._rules)
        computed = discipline.compute(self._inputs, attendance, self._as_of)
        found.employee_day += [
            {"government_code": self._code, **vars(day)} for day in computed.days
        ]
        found.employee_discipline += [
            {"government_code": self._code, **row} for row in computed.people
        ]
        by_month: dict[date, dict[Unit, Row]] = {}
        for month in computed.months:
            employees = {
                unit: int(str(row["employees"]))
                for (level, unit, own), row in computed.rows.items()
                if level == "opd" and own == month
            }
            k = threshold(self._rules, self._code, "discipline", month_end(month))
            decision = decide(employees, (), k)
            by_month[month] = {
                (level, unit): publish(row, decision, level, unit, ("employees",))
                for (level, unit, own), row in computed.rows.items()
                if own == month
            }
            found.marts["mart_discipline"] += [
                {
                    "government_code": self._code, "unit_level": level, "unit_code": unit,
                    "month": month, **row,
                }
                for (level, unit), row in by_month[month].items()
            ]  # fmt: skip
            found.marts["mart_absence_band"] += [
                {
                    "government_code": self._code,
                    **publish(row, decision, "government", self._code, ("month", "band_code")),
                }
                for row in computed.bands
                if row["month"] == month
            ]
        return by_month

    def _add_culture(
        self,
        marts: Tables,
        waves: list[survey.Wave],
        years: dict[int, dict[Unit, Row]],
        months: dict[date, dict[Unit, Row]],
    ) -> None:
        for month, of_month in months.items():
            end = month_end(month)
            ages = {
                str(row["component"]): float(str(row["max_age"]))
                for row in self._rules.all("score_weights", self._code, end)
                if row["max_age"] is not None
            }
            ended = [(wave.wave, wave.end_date, wave.is_open) for wave in waves]
            chosen = culture.latest_wave(ended, end, ages["survey"])
            year = culture.latest_year(years, end, ages["ip_asn"])
            wave_rows: Mapping[Unit, Row] = next(
                (wave.published for wave in waves if chosen and wave.wave == chosen[0]), {}
            )
            units: dict[Unit, culture.Scores] = {}
            for unit in self._culture_units(month):
                units[unit] = {
                    "survey": _component(wave_rows, unit, "survey_score"),
                    "discipline": _component(of_month, unit, "discipline_score"),
                    "ip_asn": _component(years.get(year or 0, {}), unit, "ip_asn_score"),
                }
            marts["mart_culture_score"] += culture.month_rows(
                self._code, month, units, self._rules, wave=chosen[0] if chosen else None, year=year
            )

    def _culture_units(self, month: date) -> list[Unit]:
        """The OPDs with an employee in service in the month, and the government."""
        days = (month.replace(day=n) for n in range(1, month_end(month).day + 1))
        opds = {who.opd_code for day in days for who in self._people.in_service(day)}
        return [*(("opd", opd) for opd in sorted(opds)), ("government", self._code)]


_PEOPLE = {
    "survey_score": "respondents",
    "discipline_score": "employees",
    "ip_asn_score": "scored",
}


def _component(rows: Mapping[Unit, Row], unit: Unit, column: str) -> Component | None:
    """What a unit's row of a component's own table says; None without a row."""
    row = rows.get(unit)
    if row is None:
        return None
    value = row[column]
    return Component(
        None if value is None else float(str(value)),
        bool(row["suppressed"]),
        int(str(row[_PEOPLE[column]])),
    )
