"""Starting a Dagster run of a home from the command line, and saying how it ended.

Belongs here: the Dagster instance of a home, running a job in this process, the command behind
`budaya dev`. Does not belong here: what a night does (`orchestration.night`).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.plan import Plan, make_plan
from orchestration.clock import local_today
from orchestration.night import Say, finish_publication
from warehouse import ledger
from warehouse.home import Home, UserError
from warehouse.version import PROJECT

if TYPE_CHECKING:
    from dagster import DagsterInstance

INSTANCE = """\
# Dagster's own settings for this home; the region's are in config/home.toml.
telemetry:
  enabled: false
nux:
  enabled: false
concurrency:
  runs:
    max_concurrent_runs: 1
run_monitoring:
  enabled: true
"""


@dataclass(frozen=True)
class Outcome:
    """How `budaya run` ended. ``entry`` is the run's ledger line; None if nothing was due."""

    home: Home
    plan: Plan
    exit_code: int
    entry: Mapping[str, Any] | None
    head: str


def run_night(home: Home, say: Say, *, full_refresh: bool = False) -> Outcome:
    """Run one night in this process if one is due.

    Raises:
        HomeBusy: Another run holds the home.
        UserError: A rule file is wrong, this is no home, or its ledger can not be continued.
    """
    with home.lock():
        ledger.require(home)
        finish_publication(home)
        plan = make_plan(home, local_today(home, datetime.now(UTC)), full_refresh=full_refresh)
        if not plan.due:
            return Outcome(home, plan, 2 if plan.held else 0, None, ledger.head(home))
        before = len(ledger.entries(home))
        _execute(
            home, say, "night", {"resources": {"night": {"config": {"full_refresh": full_refresh}}}}
        )
        entries = ledger.entries(home)
        if len(entries) == before:
            raise UserError(
                "Pemrosesan terputus sebelum tercatat; jalankan lagi.",
                "The night was cut short before the ledger had its line; run it again.",
            )
        return Outcome(home, plan, entries[-1]["exit_code"], entries[-1], ledger.head(home))


def run_rollback(home: Home, run_id: str, say: Say) -> str:
    """Point `published/current` at an earlier generation; returns its run_id.

    Args:
        home: The home.
        run_id: The generation; empty for the one before the current one.
        say: Where progress goes.

    Raises:
        UserError: There is no such generation.
    """
    with home.lock():
        target = ledger.rollback_target(home, run_id or None)
        config = {"ops": {"point_current": {"config": {"run_id": target}}}}
        if not _execute(home, say, "rollback", config):
            raise RuntimeError("the rollback failed; see the run in `budaya dev`")
    return target


def _execute(home: Home, say: Say, job: str, run_config: dict[str, Any]) -> bool:
    from dagster import DagsterInstance

    from orchestration.definitions import build_definitions, night_resource

    prepare_instance(home)
    with DagsterInstance.from_config(str(home.dagster)) as instance:
        _fail_killed_runs(instance)
        definitions = build_definitions(home, {"night": night_resource(home, say)})
        run_config["loggers"] = {"console": {"config": {"log_level": "CRITICAL"}}}
        result = definitions.resolve_job_def(job).execute_in_process(
            instance=instance, run_config=run_config, raise_on_error=False
        )
    for event in result.filter_events(lambda event: event.is_step_failure):
        error = event.step_failure_data.error
        while error is not None and error.cause is not None:
            error = error.cause
        if error is not None:
            say(f"{event.step_key}: {error.message.strip()}")
    return result.success


def _fail_killed_runs(instance: DagsterInstance) -> None:
    """Give runs that a kill left STARTED their end: who holds the home's lock is the only run."""
    from dagster import DagsterRunStatus, RunsFilter

    alive = RunsFilter(statuses=[DagsterRunStatus.STARTING, DagsterRunStatus.STARTED])
    for run in instance.get_runs(alive):
        instance.report_run_failed(run, "killed, or the power was cut")


def prepare_instance(home: Home) -> None:
    """Write dagster.yaml where it is missing and let Dagster find the home's instance."""
    home.dagster.mkdir(exist_ok=True)
    settings = home.dagster / "dagster.yaml"
    if not settings.exists():
        settings.write_text(INSTANCE)
    os.environ["DAGSTER_HOME"] = str(home.dagster)


def dev_command(home: Home, port: int) -> tuple[list[str], dict[str, str]]:
    """The command and environment that show a home in Dagster's web UI, with its daemon."""
    prepare_instance(home)
    environment = {
        **os.environ,
        "BUDAYA_HOME": str(home.root),
        "DAGSTER_HOME": str(home.dagster),
        # Dagster recommends its next command line, which is a package of its own.
        "PYTHONWARNINGS": "ignore",
    }
    command = [
        str(Path(sys.executable).with_name("dagster")),
        *("dev", "--module-name", "orchestration.definitions", "--working-directory", str(PROJECT)),
        *("--host", "127.0.0.1", "--port", str(port)),
    ]
    return command, environment
