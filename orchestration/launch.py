"""Starting a Dagster run of a home from the command line, and saying how it ended.

Belongs here: the Dagster instance of a home, running a job in this process, the command behind
`budaya dev`. Does not belong here: what a night does (`orchestration.night`).
"""

from __future__ import annotations

import logging
import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, cast

from ingest.arrivals.plan import Plan
from orchestration.night import Night, Say
from orchestration.opening import concluding, plan_night, prepare
from orchestration.private import stopped
from orchestration.words import sentence
from quality.gate import exit_code
from warehouse.errors import UserError
from warehouse.faults import explain, history_damaged, told
from warehouse.proof import ledger
from warehouse.proof import standing as publication
from warehouse.publication import generation
from warehouse.store.home import Home
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


def run_night(home: Home, say: Say, *, full_refresh: bool = False, command: str = "run") -> Outcome:
    """Run one night in this process if one is due.

    ``command`` is what others are told that they have to wait for.

    Raises:
        HomeBusy: Another run holds the home, or another program its working file.
        UserError: A rule file is wrong, this is no home, its ledger can not be continued, or what
            was recorded as published is not what readers find yet.
    """
    with told(home.warehouse_file), home.lock(command):
        night = plan_night(home, datetime.now(UTC), full_refresh=full_refresh, say=say)
        home = night.home
        if night.failure is None and not night.plan.due:
            code = exit_code(None, needs_somebody=bool(night.plan.held))
            return Outcome(home, night.plan, code, None, ledger.head(home))
        with concluding(night):
            if night.failure is None:
                fault = _execute(home, say, "night", night=night)
                night.failure = night.failure or (fault.text if fault else None)
        entry = ledger.entries(home)[-1]
        if entry["outcome"] == "published" and not publication.is_finished(home):
            why = night.failure or sentence("night", "look")
            raise UserError(sentence("night", "not_published", run_id=night.run_id, why=why))
        return Outcome(home, night.plan, entry["exit_code"], entry, ledger.head(home))


def run_rollback(home: Home, run_id: str, say: Say) -> str:
    """Point `published/current` at an earlier generation; returns its run_id.

    Args:
        home: The home.
        run_id: The generation; empty for the one before the current one.
        say: Where progress goes.

    Raises:
        UserError: There is no such generation, it is damaged, or the links can't be moved.
    """
    with told(home.warehouse_file), home.lock("rollback"):
        prepare(home, datetime.now(UTC), say)
        target = publication.rollback_target(home, run_id or None)
        fault = _execute(home, say, "rollback", {"point_current": {"config": {"run_id": target}}})
        if fault is None and generation.current_run_id(home) == target:
            return target
        why = fault.text if fault else sentence("night", "look")
        raise UserError(sentence("night", "not_back", target=target, why=why))


def _execute(
    home: Home,
    say: Say,
    job: str,
    ops: Mapping[str, Any] | None = None,
    *,
    night: Night | None = None,
) -> UserError | None:
    """Run a job in this process; returns what somebody has to mend before it can run.

    What goes wrong in a step goes to ``say``; what that means is in the ledger.
    """
    try:
        with quiet():
            return _execute_in_process(home, say, job, ops or {}, night)
    except KeyboardInterrupt:
        if night is None:
            raise
        night.failure = night.failure or stopped()
        return None


def _execute_in_process(
    home: Home, say: Say, job: str, ops: Mapping[str, Any], night: Night | None
) -> UserError | None:
    from dagster import ResourceDefinition

    from orchestration.definitions import build_definitions
    from orchestration.history import open_history

    try:
        prepare_instance(home)
        instance = open_history(home)
        _fail_killed_runs(instance)
    except Exception as error:
        return explain(error, home.warehouse_file) or history_damaged(home.dagster)
    try:
        with instance:
            held = {"night": ResourceDefinition.hardcoded_resource(night)} if night else {}
            definitions = build_definitions(home, held)
            result = definitions.resolve_job_def(job).execute_in_process(
                instance=instance,
                run_config={
                    "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
                    "ops": dict(ops),
                },
                raise_on_error=False,
            )
    except Exception as error:
        known = explain(error, home.warehouse_file)
        if known is None:
            raise
        return known
    for event in result.filter_events(lambda event: event.is_step_failure):
        info = event.step_failure_data.error
        while info is not None and info.cause is not None:
            info = info.cause
        if info is not None:
            say(f"{event.step_key}: {without_class(info.message)}")
    return None


def without_class(message: str) -> str:
    """An error's message as Dagster keeps it, without the name of its class before it."""
    return re.sub(r"^[\w.]+: ", "", message.strip())


class _Heard:
    """Standard error without what Dagster prints when a disk refuses its history.

    It is pages of SQL for each event; the step's own error is told once, in words.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        if text.startswith("Exception while writing logger call to event log"):
            return len(text)
        return self._stream.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def quiet() -> Iterator[None]:
    """Keep what libraries print of their own troubles from whoever waits for a night."""
    logging.getLogger("sqlalchemy").addHandler(logging.NullHandler())
    with redirect_stderr(cast(TextIO, _Heard(sys.stderr))):
        yield


def _fail_killed_runs(instance: DagsterInstance) -> None:
    """Give runs that a kill left STARTED their end: who holds the home's lock is the only run."""
    from dagster import DagsterRunStatus, RunsFilter

    alive = RunsFilter(statuses=[DagsterRunStatus.STARTING, DagsterRunStatus.STARTED])
    for run in instance.get_runs(alive):
        instance.report_run_failed(run, "killed, or the power was cut")


def prepare_instance(home: Home) -> None:
    """Write dagster.yaml where it is missing: the folder is then the home's own instance."""
    home.dagster.mkdir(exist_ok=True)
    settings = home.dagster / "dagster.yaml"
    if not settings.exists():
        settings.write_text(INSTANCE)


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
        "dev",
        "--module-name",
        "orchestration.definitions",
        "--working-directory",
        str(PROJECT),
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    return command, environment
