"""The one code location: `build_definitions` makes it for a home, for CLI, UI and tests alike.

Belongs here: putting assets, jobs, schedule, sensor and resources together. The command line and
tests pass `overrides` for a resource; nothing else differs.
"""

import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dagster import (
    AssetSelection,
    DagsterRun,
    Definitions,
    Failure,
    Field,
    InitResourceContext,
    JobDefinition,
    OpExecutionContext,
    ResourceDefinition,
    define_asset_job,
    definitions,
    in_process_executor,
    job,
    op,
    resource,
)

from orchestration import dbt
from orchestration.assets import all_assets
from orchestration.night import Night, Say
from orchestration.opening import begin, roll_back
from orchestration.schedules import landing_sensor, nightly_schedule
from orchestration.words import sentence
from warehouse.store.home import Home

NIGHT = "night"
ROLLBACK = "rollback"


def refuse_a_part(home: Home, run: DagsterRun | None) -> None:
    """Refuse a run of some assets only, before a night begins: nothing is written anywhere.

    A part of a night could publish nothing, and its line in the ledger would say that it failed.

    Raises:
        Failure: Assets or checks were chosen that are not all there are.
    """
    if run is None or (run.asset_selection is None and run.asset_check_selection is None):
        return
    everything = {key for one in all_assets(dbt.manifest(home)) for key in one.keys}
    if not everything <= (run.asset_selection or frozenset()):
        said = sentence("trouble", "part_of_a_night", job=NIGHT)
        raise Failure(description=f"{said.id} / {said.en}", allow_retries=False)


def night_resource(home: Home, say: Say | None = None) -> ResourceDefinition:
    """The night of a run: begun when the run starts, concluded whatever happens in it.

    Args:
        home: The home; its lock is held while the resource lives.
        say: Where progress goes; the run's own log if None.
    """

    @resource(config_schema={"full_refresh": Field(bool, default_value=False)})
    def a_night(context: InitResourceContext) -> Iterator[Night]:
        refuse_a_part(home, context.run)
        full_refresh = bool(context.resource_config["full_refresh"])
        tell = say or (context.log.info if context.log else print)
        with begin(home, datetime.now(UTC), full_refresh=full_refresh, say=tell) as night:
            yield night

    return a_night


def rollback_job(home: Home) -> JobDefinition:
    """The job that points `published/current` at an earlier generation."""

    @op(name="point_current", config_schema={"run_id": str})
    def point_current(context: OpExecutionContext) -> None:
        roll_back(home, context.op_config["run_id"], datetime.now(UTC))

    @job(name=ROLLBACK, executor_def=in_process_executor)
    def rollback() -> None:
        point_current()

    return rollback


def build_definitions(home: Home, overrides: Mapping[str, Any] | None = None) -> Definitions:
    """Everything Dagster knows of a home.

    Args:
        home: The home that is scheduled, watched and run.
        overrides: Resources (`night`) that replace the default ones.
    """
    night = define_asset_job(
        NIGHT, selection=AssetSelection.all(), executor_def=in_process_executor
    )
    return Definitions(
        assets=all_assets(dbt.manifest(home)),
        jobs=[night, rollback_job(home)],
        schedules=[nightly_schedule(home, night)],
        sensors=[landing_sensor(home, night)],
        resources={"night": night_resource(home), **(overrides or {})},
        executor=in_process_executor,
    )


@definitions
def defs() -> Definitions:
    """The code location that `budaya dev` and Dagster's own commands load."""
    return build_definitions(Home(Path(os.environ.get("BUDAYA_HOME", "home")).absolute()))
