"""From the catalog to the checks that Great Expectations must run: a suite per table.

Belongs here: which expectation a catalog entry becomes, its identity, severity and reason; all of
it known before anything runs. Does not belong here: running a suite (`quality.checks.validation`),
dbt's tests (`quality.checks.dbt_results`: keys, relationships, accepted values of marts) or
deciding (`quality.gate`). Nothing here imports great_expectations, which costs seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from quality.checks import changes, history, unjudged
from quality.checks.results import ExpectedCheck, Stage
from quality.words import sentence
from warehouse.catalog.model import CheckSpec, Column, Table
from warehouse.catalog.reader import load_catalog
from warehouse.store.settings import Settings
from warehouse.vocabulary import Severity, Text

DELIVERY = "delivery"
"""Name of the scratch table with a row per delivery of the batch; its checks are a source's."""

# Half a unit of the second decimal: printed totals have two.
_SUM_TOLERANCE = 0.005

# Of a respondent's submissions the last one counts. Where that leaves fewer than half of a file's
# rows, and takes so many or more, its marks are hardly those of people: an account that collects, a
# computer that many share.
_ROWS_PER_RESPONDENT = 2
_LEAST_LOST = 5

# A mean of values within bounds may lie a rounding error outside (100.00000000000001).
_DOUBLE_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Check:
    """A check of ours and the expectation that carries it out.

    ``expectation`` is the name of a class of ``great_expectations.expectations``.
    """

    expected: ExpectedCheck
    expectation: str
    arguments: Mapping[str, Any]

    @property
    def meta(self) -> dict[str, str]:
        """What the suite says about the check, so that it reads as a contract."""
        said = self.expected
        return {
            "check_id": said.check_id,
            "subject": said.subject,
            "severity": said.severity,
            "reason_id": said.reason.id,
            "reason_en": said.reason.en,
        }


@dataclass(frozen=True)
class Suite:
    """All checks of one table, of schema ``batch`` or ``marts``."""

    table: str
    checks: tuple[Check, ...]


def batch_suites(
    source: str, max_rejected_share: float = Settings.max_rejected_share
) -> tuple[Suite, ...]:
    """The suites of one source's batch: its tables, and the balance of its deliveries.

    Args:
        source: A source with a landing folder of its own.
        max_rejected_share: The home's limit of quarantined to read rows, 0 to 1.
    """
    catalog = load_catalog()
    tables = [table for table in catalog.sources.values() if table.asset == source]
    suites = [
        Suite(t.name, tuple(_table_checks(t, _Place("batch", source, t.name)))) for t in tables
    ]
    balance = tuple(_delivery_checks(source, max_rejected_share))
    return (*suites, Suite(DELIVERY, balance))


def mart_suites() -> tuple[Suite, ...]:
    """The suites of the published tables, in the contract's order."""
    return tuple(
        Suite(table.name, tuple(_mart_checks(table))) for table in load_catalog().marts.values()
    )


def batch_checks(source: str) -> tuple[ExpectedCheck, ...]:
    """What must run when a source has new deliveries."""
    return _expected(batch_suites(source))


def mart_checks() -> tuple[ExpectedCheck, ...]:
    """What must run on the marts every night: suites, what was judged, changes, history."""
    return (
        *_expected(mart_suites()),
        *unjudged.checks(),
        *changes.checks(),
        *history.checks(),
    )


def expected_checks(
    sources_with_news: Iterable[str], dbt_checks: Iterable[ExpectedCheck]
) -> tuple[ExpectedCheck, ...]:
    """Everything that must run in a night, listed before it is looked at what did.

    Args:
        sources_with_news: The sources of which deliveries were loaded this night.
        dbt_checks: What dbt's manifest says must run (`quality.checks.dbt_results.dbt_checks`).
    """
    batches = [check for source in sources_with_news for check in batch_checks(source)]
    return (*batches, *dbt_checks, *mart_checks())


def _expected(suites: Iterable[Suite]) -> tuple[ExpectedCheck, ...]:
    return tuple(check.expected for suite in suites for check in suite.checks)


@dataclass(frozen=True)
class _Place:
    """Where a check belongs: what its result is filed under, and the middle of its id."""

    stage: Stage
    subject: str
    table: str

    def check(self, spot: str, name: str, severity: Severity, reason: Text, plan: _Plan) -> Check:
        check_id = f"gx.{self.table}.{spot}.{name}"
        expected = ExpectedCheck(
            check_id, self.stage, self.subject, name, severity, reason, plan.expected
        )
        return Check(expected, plan.expectation, plan.arguments)


@dataclass(frozen=True)
class _Plan:
    """An expectation, its arguments and what it expects to count (usually no failing row)."""

    expectation: str
    arguments: Mapping[str, Any]
    expected: str = "0"


def _no_row(where: str) -> _Plan:
    """No row of the batch may fulfil ``where``. It selects a constant: no value leaves the file."""
    query = f"SELECT 1 AS failing FROM {{batch}} WHERE {where}"
    return _Plan("UnexpectedRowsExpectation", {"unexpected_rows_query": query})


def _table_checks(table: Table, place: _Place) -> Iterator[Check]:
    """What a table's columns imply, and its own checks."""
    for column in table.raw_columns:
        for name, plan in _column_plans(column, place.stage):
            reason = sentence(
                "checks",
                name,
                column=column.name,
                meaning=Text(column.id, column.en),
                range=_range(column.min, column.max),
                count=len(column.values),
            )
            yield place.check(column.name, name, column.severity, reason, plan)
    for spec in table.checks:
        if spec.check in _TABLE_PLANS:
            yield _table_check(spec, place)


def _column_plans(column: Column, stage: Stage) -> Iterator[tuple[str, _Plan]]:
    named = {"column": column.name}
    if column.not_null:
        yield "not_null", _Plan("ExpectColumnValuesToNotBeNull", named)
    if column.min is not None or column.max is not None:
        yield "between", _Plan("ExpectColumnValuesToBeBetween", {**named, **_bounds(column)})
    if column.pattern:
        yield "matches", _Plan("ExpectColumnValuesToMatchRegex", {**named, "regex": column.pattern})
    if column.values and stage == "batch":
        values = {"value_set": list(column.values)}
        yield "in_set", _Plan("ExpectColumnValuesToBeInSet", {**named, **values})


def _bounds(column: Column) -> dict[str, float | None]:
    slack = _DOUBLE_TOLERANCE if column.type == "DOUBLE" else 0
    low, high = column.min, column.max
    return {
        "min_value": None if low is None else low - slack,
        "max_value": None if high is None else high + slack,
    }


def _range(low: float | None, high: float | None) -> str:
    if low is None:
        return "" if high is None else f"≤ {high:g}"
    return f"≥ {low:g}" if high is None else f"{low:g}–{high:g}"


def _table_check(spec: CheckSpec, place: _Place) -> Check:
    spot, plan = _TABLE_PLANS[spec.check](spec)
    return place.check(spot, spec.check, spec.severity, spec.reason, plan)


def _rows_min(spec: CheckSpec) -> tuple[str, _Plan]:
    least = spec.value
    arguments = {"min_value": least}
    return "table", _Plan("ExpectTableRowCountToBeBetween", arguments, f"≥ {least}")


def _any_filled(spec: CheckSpec) -> tuple[str, _Plan]:
    columns = spec.columns
    return columns[0], _no_row(" AND ".join(f'"{name}" IS NULL' for name in columns))


def _in_order(spec: CheckSpec) -> tuple[str, _Plan]:
    # Every pair and not only neighbours, so that a NULL between two values hides nothing.
    columns = spec.columns
    falls = [f'"{high}" < "{low}"' for low, high in combinations(columns, 2)]
    return columns[0], _no_row(" OR ".join(falls))


def _sum_of(spec: CheckSpec) -> tuple[str, _Plan]:
    parts = " + ".join(f'"{name}"' for name in spec.parts)
    total = spec.total
    return total, _no_row(f'abs("{total}" - ({parts})) > {_SUM_TOLERANCE}')


def _respondents_kept(_: CheckSpec) -> tuple[str, _Plan]:
    query = f"""
        SELECT 1 AS failing FROM {{batch}} WHERE respondent_id IS NOT NULL
        GROUP BY delivery_id
        HAVING count(*) > {_ROWS_PER_RESPONDENT} * count(DISTINCT respondent_id)
          AND count(*) - count(DISTINCT respondent_id) >= {_LEAST_LOST}"""
    return "respondent_id", _Plan(
        "UnexpectedRowsExpectation", {"unexpected_rows_query": " ".join(query.split())}
    )


_TABLE_PLANS: Mapping[str, Callable[[CheckSpec], tuple[str, _Plan]]] = {
    "rows_min": _rows_min,
    "any_filled": _any_filled,
    "in_order": _in_order,
    "sum_of": _sum_of,
    "respondents_kept": _respondents_kept,
}


def _mart_checks(table: Table) -> Iterator[Check]:
    place = _Place("mart", table.name, table.name)

    def check(name: str, plan: _Plan) -> Check:
        return place.check(
            "table", name, "critical", sentence("checks", name, table=table.name), plan
        )

    names = [column.name for column in table.columns]
    exactly = _Plan("ExpectTableColumnsToMatchOrderedList", {"column_list": names}, str(len(names)))
    yield check("columns", exactly)
    yield from _table_checks(table, place)
    loose = [column.name for column in table.columns if _may_be_infinite(column)]
    if loose:
        yield check("finite", _no_row(" OR ".join(f'NOT isfinite("{name}")' for name in loose)))
    if "suppressed" in names:
        shown = " OR ".join(f'"{name}" IS NOT NULL' for name in _hidden_columns(table))
        yield check("hidden_is_null", _no_row(f"suppressed AND ({shown})"))


def _may_be_infinite(column: Column) -> bool:
    """Whether no check of the column itself would find an infinity or NaN (greater than all)."""
    bounded = column.min is not None and column.max is not None and column.severity == "critical"
    return column.type == "DOUBLE" and not bounded


def _hidden_columns(table: Table) -> list[str]:
    """What must be empty in a hidden row: not keys and counts of contributors (all required).

    A culture score hides what is computed from its components; each component is hidden or shown
    by its own family.
    """
    return [
        column.name
        for column in table.columns
        if not (column.required or column.type == "DATE" or column.shown_when_hidden)
    ]


def _delivery_checks(source: str, max_rejected_share: float) -> Iterator[Check]:
    """The law of balance of every delivery, and how much of it may be refused."""
    catalog = load_catalog()
    place = _Place("batch", source, f"{source}.{DELIVERY}")
    for spec in catalog.state[DELIVERY].checks:
        yield _table_check(spec, place)
    share = {"column": "rejected_share", "max_value": max_rejected_share}
    for spec in catalog.sources[source].checks:
        if spec.check == "rejected_share_max":
            # By row and not by its maximum: the share of a file without rows is NULL, and passes.
            plan = _Plan("ExpectColumnValuesToBeBetween", share)
            yield place.check("rejected_share", spec.check, spec.severity, spec.reason, plan)
    least = _Plan("ExpectColumnMinToBeBetween", {"column": "rows_loaded", "min_value": 1}, "≥ 1")
    reason = sentence("checks", "rows_loaded_min", table=source)
    yield place.check("rows_loaded", "rows_loaded_min", "warning", reason, least)
