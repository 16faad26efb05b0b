"""dbt's tests as checks of ours: what its manifest says must run, and what its results say ran.

Belongs here: reading a manifest as plain data, and what came of its nodes. Does not belong here:
running dbt (`orchestration.dbt`) or deciding (`quality.gate`). dbt's own message is never used: it
may repeat the value of a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple, cast, get_args

from quality.checks.results import CheckResult, ExpectedCheck, Outcome
from warehouse.vocabulary import Severity, Text

_BY_DBT_SEVERITY: Mapping[str, Severity] = {"error": "critical", "warn": "warning"}
_OUTCOMES: Mapping[str, Outcome] = {
    "pass": "passed",
    "fail": "failed",
    "warn": "failed",
    "skipped": "skipped",
}


class Ran(NamedTuple):
    """What dbt said of one node in one invocation; ``failures`` is a test's count of rows."""

    unique_id: str
    status: str
    failures: int | None


def dbt_checks(manifest: Mapping[str, Any]) -> list[ExpectedCheck]:
    """Every test of the manifest, by name; a failing row is what a test selects.

    Severity, subject and reason are the test's own ``config.meta``; without it, dbt's severity
    (error is critical), the model tested and the test's name.
    """
    return sorted((_check(node) for node in _tests(manifest)), key=lambda check: check.check_id)


def dbt_results(ran: Iterable[Ran], manifest: Mapping[str, Any]) -> list[CheckResult]:
    """What came of the manifest's tests in one invocation of dbt.

    A test that did not run has no result here; the gate counts it as missing. A test that is said
    to have passed without a count of its failures is ``errored``.
    """
    by_id = {one.unique_id: one for one in ran}
    now = datetime.now(UTC)
    return [
        _result(_check(node), by_id[node["unique_id"]], now)
        for node in _tests(manifest)
        if node["unique_id"] in by_id
    ]


def built_models(ran: Iterable[Ran], manifest: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """The manifest's models that one invocation of dbt built, in its order, and the others."""
    nodes = manifest["nodes"].values()
    names = {
        node["unique_id"]: node["name"]
        for node in nodes
        # An ephemeral model is a part of those that read it: dbt builds nothing of its own.
        if node["resource_type"] == "model" and node["config"]["materialized"] != "ephemeral"
    }
    built = [one.unique_id for one in ran if one.unique_id in names and one.status == "success"]
    return [names[one] for one in built], sorted(names[one] for one in names.keys() - set(built))


def _tests(manifest: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    return (node for node in manifest["nodes"].values() if node["resource_type"] == "test")


def _check(node: Mapping[str, Any]) -> ExpectedCheck:
    meta = node["config"].get("meta", {})
    name = node["name"]
    severity = meta.get("severity")
    if severity not in get_args(Severity):
        severity = _BY_DBT_SEVERITY.get(str(node["config"].get("severity")).lower(), "critical")
    return ExpectedCheck(
        check_id=f"dbt.{name}",
        stage="model",
        subject=str(meta.get("subject") or _subject(node)),
        check_name=(node.get("test_metadata") or {}).get("name", name),
        severity=cast("Severity", severity),
        reason=Text(str(meta.get("id", name)), str(meta.get("en", name))),
        expected="0",
    )


def _subject(node: Mapping[str, Any]) -> str:
    tested = node.get("attached_node") or next(iter(node["depends_on"]["nodes"]), node["name"])
    return str(tested).rpartition(".")[2]


def _result(check: ExpectedCheck, ran: Ran, now: datetime) -> CheckResult:
    outcome = _OUTCOMES.get(ran.status.lower(), "errored")
    failures = ran.failures if outcome in {"passed", "failed"} else None
    if failures is None and outcome != "skipped":
        outcome = "errored"
    return CheckResult(
        check_id=check.check_id,
        stage=check.stage,
        subject=check.subject,
        check_name=check.check_name,
        severity=check.severity,
        outcome=outcome,
        observed=None if failures is None else str(failures),
        expected=check.expected,
        failing_rows=failures,
        checked_at=now,
    )
