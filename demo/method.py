"""docs/method.md: how every figure is computed, with one worked example out of the demo's home.

Belongs here: choosing the example and putting its numbers into the words of `method.md.j2`. Does
not belong here: any formula; the numbers are those that the warehouse found. No name and no NIP
leaves this module. ``python -m demo.method HOME`` writes the file.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from jinja2 import Environment, StrictUndefined

from ingest.rules.resolving import SHIPPED_RULES
from warehouse.catalog.reader import load_catalog
from warehouse.publication.slice_tables import show_slices
from warehouse.store.home import Home

DOCUMENT = Path(__file__).parents[1] / "docs" / "method.md"
TEMPLATE = Path(__file__).with_name("method.md.j2")
GOVERNMENT, MONTH = "82.71", date(2025, 2, 1)
_DIMENSIONS = "kualifikasi, kompetensi, kinerja, disiplin"

Facts = dict[str, Any]


def number(value: float, decimals: int) -> str:
    """A number as it is written in Indonesian: decimal comma, no trailing zeros."""
    written = f"{value:.{decimals}f}".rstrip("0").rstrip(".")
    return written.replace(".", ",")


class Example:
    """The smallest OPD with a complete score in the month, and what is behind its score."""

    def __init__(self, conn: duckdb.DuckDBPyConnection, home: Path) -> None:
        """Look into the published, the restricted and the working file of a finished demo."""
        self._conn = conn
        for name, file in (
            ("published", "published/current/marts.duckdb"),
            ("closed", "restricted/current/restricted.duckdb"),
            ("working", "warehouse/warehouse.duckdb"),
        ):
            self._conn.execute(f"attach '{home / file}' as {name} (read_only)")
        closed = home / "restricted" / "current"
        show_slices(self._conn, closed, load_catalog().restricted.values())
        self._opd = ""
        self._score = self._row(
            "select score.*, unit_name from published.mart_culture_score as score "
            "join published.mart_discipline as discipline "
            "using (government_code, unit_level, unit_code, month) "
            "join published.dim_unit using (government_code, unit_code) "
            "where status = 'complete' and unit_level = 'opd' and government_code = $government "
            "and month = $month and apel_required > 0 order by employees, unit_code"
        )
        self._opd = str(self._score["unit_code"])

    def facts(self) -> Facts:
        """Everything that the template names."""
        discipline = self._row(
            "select * from published.mart_discipline where unit_level = 'opd' "
            "and government_code = $government and unit_code = $opd and month = $month"
        )
        return {
            "unit": self._score["unit_name"],
            "month": f"{MONTH:%Y-%m}",
            "c": self._score,
            "d": discipline,
            "day": self._day(),
            **self._survey(),
            "ip": self._ip_asn(),
            "unconfirmed": unconfirmed_rules(),
        }

    def _row(self, sql: str, **more: object) -> Facts:
        known = {"government": GOVERNMENT, "month": MONTH, "opd": self._opd, **more}
        named = {name: value for name, value in known.items() if f"${name}" in sql}
        found = self._conn.execute(sql, named)
        names = [column[0] for column in found.description or ()]
        return dict(zip(names, found.fetchone() or (), strict=True))

    def _day(self) -> Facts:
        return self._row(
            "select strftime(day, '%Y-%m-%d') as date, strftime(starts_at, '%H:%M') as start, "
            "strftime(ends_at, '%H:%M') as end, strftime(own.first_punch, '%H:%M:%S') as first, "
            "strftime(own.last_punch, '%H:%M:%S') as last, own.late_minutes as late, "
            "own.early_leave_minutes as early from employee_day as own "
            "join working.intermediate.int_scheduled_day as duty on own.nip = duty.nip "
            "and own.date = duty.day and own.government_code = duty.government_code "
            "where own.government_code = $government and own.opd_code = $opd "
            "and date_trunc('month', own.date) = $month and imputed_minutes = 0 "
            "order by least(own.late_minutes, own.early_leave_minutes) desc, "
            "own.late_minutes desc, own.date, own.nip"
        )

    def _survey(self) -> Facts:
        wave = self._score["survey_wave"]
        where = (
            "where unit_level = 'opd' and government_code = $government and unit_code = $opd "
            "and wave = $wave"
        )
        survey = self._row(
            "select wave, respondents, eligible, survey_score as score, margin_of_error as margin "
            f"from published.mart_survey {where}",
            wave=wave,
        )
        values = self._conn.execute(
            "select value_code, score from published.mart_survey_value "
            f"join published.dim_value using (value_code) {where} order by value_order",
            {"government": GOVERNMENT, "opd": self._opd, "wave": wave},
        ).fetchall()
        item = self._row(_ITEM, wave=wave)
        return {
            "survey": survey,
            "values": [{"code": code, "score": score} for code, score in values],
            "item": item,
        }

    def _ip_asn(self) -> Facts:
        year = self._score["ip_asn_year"]
        person = self._row(
            f"select {_DIMENSIONS}, rule_version from closed.employee_ip_asn "
            "where government_code = $government and unit_code = $opd and year = $year "
            "order by total, nip",
            year=year,
        )
        mean = self._row(
            f"select scored, ip_asn_score as score, {_DIMENSIONS} "
            "from published.mart_ip_asn where unit_level = 'opd' "
            "and government_code = $government and unit_code = $opd and year = $year",
            year=year,
        )
        names = _DIMENSIONS.split(", ")
        return {
            "year": year,
            "person": [person[name] for name in names],
            "version": person["rule_version"],
            "dims": [mean[name] for name in names],
            **mean,
        }


_ITEM = """
    select
        answers.value_code as value, min(items.scale_min) as low, max(items.scale_max) as high,
        string_agg(answers.item || ' = ' || answers.answer, ', ' order by answers.item) as answers,
        list(answers.item_score order by answers.item) as scores,
        avg(answers.item_score) as mean
    from working.intermediate.int_survey_answer as answers
    join working.intermediate.int_survey_item as items
        on answers.government_code = items.government_code
        and answers.wave = items.wave and answers.item = items.item
    join working.intermediate.int_respondent as people
        on answers.submission_id = people.submission_id
    where answers.government_code = $government and answers.wave = $wave
        and people.opd_code = $opd
    group by answers.submission_id, answers.value_code
    having count(*) = max(items.items_of_value)
    order by count(distinct answers.answer) desc, answers, value
"""


def unconfirmed_rules() -> list[Facts]:
    """The shipped rows with trust mark R, by rule and source."""
    found: Counter[tuple[str, str]] = Counter()
    for path in sorted(SHIPPED_RULES.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            found.update(
                (path.stem, row["source"]) for row in csv.DictReader(file) if row["trust"] == "R"
            )
    return [{"rule": rule, "rows": rows, "source": text} for (rule, text), rows in found.items()]


def document(home: Path) -> str:
    """The text of docs/method.md for a finished demo."""
    environment = Environment(
        autoescape=False,  # noqa: S701 - the document is Markdown, not HTML
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    with Home(home).in_memory() as conn:
        return template.render(n=number, **Example(conn, home).facts())


if __name__ == "__main__":
    DOCUMENT.write_text(document(Path(sys.argv[1])), encoding="utf-8")
