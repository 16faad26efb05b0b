"""dbt's artefacts as checks: made by dbt itself on a project of one model."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from quality.checks.dbt_results import Ran, dbt_checks, dbt_results
from quality.checks.results import CheckResult
from warehouse.vocabulary import Text

CELL = "198609262015051001"

FILES = {
    "dbt_project.yml": "name: tiny\nversion: '1.0.0'\nprofile: tiny\nmodel-paths: [models]\n"
    "test-paths: [tests]\nflags:\n  send_anonymous_usage_stats: false\n",
    "profiles.yml": "tiny:\n  target: dev\n  outputs:\n    dev:\n      type: duckdb\n"
    "      path: '{{ env_var(\"TINY\") }}'\n",
    "models/m.sql": f"select '{CELL}' as code, 1 as n union all select null, 2 as n",
    "models/_m.yml": """
version: 2
models:
  - name: m
    columns:
      - name: n
        data_tests:
          - unique:
              name: n_unique
              config:
                severity: error
                meta: {severity: critical, subject: m, id: tunggal, en: single}
      - name: code
        data_tests:
          - not_null: {config: {severity: warn}}
          - accepted_values:
              name: code_known
              arguments: {values: [x]}
              config:
                severity: error
                meta: {severity: warning, subject: other, id: dikenal, en: known}
""",
    "tests/broken.sql": "select 1 from {{ ref('m') }} where cast(code as integer) > 0",
}


def ran(run_results: dict[str, Any]) -> list[Ran]:
    return [Ran(e["unique_id"], e["status"], e["failures"]) for e in run_results["results"]]


@pytest.fixture(scope="module")
def artefacts(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], dict[str, Any]]:
    project = tmp_path_factory.mktemp("tiny")
    for name, text in FILES.items():
        path = project / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    dbt = Path(sys.executable).with_name("dbt")
    env = {**os.environ, "TINY": str(project / "tiny.duckdb"), "DBT_PROFILES_DIR": str(project)}
    done = subprocess.run(
        [dbt, "--quiet", "build"], cwd=project, env=env, capture_output=True, text=True, check=False
    )
    assert CELL in done.stdout  # dbt's own messages do repeat the value of a row
    run, manifest = (
        json.loads((project / "target" / f"{name}.json").read_bytes())
        for name in ("run_results", "manifest")
    )
    return run, manifest


def by_id(results: list[CheckResult]) -> dict[str, CheckResult]:
    return {result.check_id: result for result in results}


def test_every_test_of_the_manifest_is_expected(
    artefacts: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    checks = {check.check_id: check for check in dbt_checks(artefacts[1])}
    assert list(checks) == ["dbt.broken", "dbt.code_known", "dbt.n_unique", "dbt.not_null_m_code"]
    known = checks["dbt.code_known"]
    assert (known.severity, known.subject, known.stage) == ("warning", "other", "model")
    assert known.reason == Text("dikenal", "known")
    assert known.check_name == "accepted_values"
    assert checks["dbt.not_null_m_code"].severity == "warning"
    assert checks["dbt.not_null_m_code"].subject == "m"
    assert checks["dbt.broken"].severity == "critical"


def test_outcomes_and_counts_are_dbts_and_its_messages_are_not_used(
    artefacts: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    results = dbt_results(ran(artefacts[0]), artefacts[1])
    found = {key: (r.outcome, r.observed, r.failing_rows) for key, r in by_id(results).items()}
    assert found == {
        "dbt.n_unique": ("passed", "0", 0),
        "dbt.not_null_m_code": ("failed", "1", 1),
        "dbt.code_known": ("failed", "1", 1),
        "dbt.broken": ("errored", None, None),
    }
    assert CELL not in str(results)


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({"status": "pass", "failures": None}, "errored"),
        ({"status": "fail", "failures": None}, "errored"),
        ({"status": "skipped", "failures": None}, "skipped"),
        ({"status": "no-op", "failures": 0}, "errored"),
        ({"status": "error", "failures": 0}, "errored"),
        ({"status": "warn", "failures": 2}, "failed"),
        ({"status": "PASS", "failures": 0}, "passed"),
    ],
)
def test_nothing_but_a_counted_pass_is_a_pass(
    artefacts: tuple[dict[str, Any], dict[str, Any]], change: dict[str, Any], outcome: str
) -> None:
    run, manifest = copy.deepcopy(artefacts[0]), artefacts[1]
    (entry,) = (e for e in run["results"] if ".n_unique." in e["unique_id"])
    entry.update(change)
    assert by_id(dbt_results(ran(run), manifest))["dbt.n_unique"].outcome == outcome


def test_a_test_that_did_not_run_has_no_result(
    artefacts: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    run, manifest = copy.deepcopy(artefacts[0]), artefacts[1]
    run["results"] = [e for e in run["results"] if ".n_unique." not in e["unique_id"]]
    assert "dbt.n_unique" not in by_id(dbt_results(ran(run), manifest))
    assert "dbt.n_unique" in {check.check_id for check in dbt_checks(manifest)}
