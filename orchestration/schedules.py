"""When a night starts by itself: the nightly schedule and the sensor on landing.

Belongs here: asking the plan and starting the job. Both start a run only when the plan says that
one is due, so that a tick that was missed is made good by the next one.
"""

import hashlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from stat import S_ISREG

from dagster import (
    DefaultScheduleStatus,
    DefaultSensorStatus,
    JobDefinition,
    RunRequest,
    ScheduleDefinition,
    ScheduleEvaluationContext,
    SensorDefinition,
    SensorEvaluationContext,
    SkipReason,
    schedule,
    sensor,
)
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from ingest.arrivals.plan import make_plan
from orchestration.clock import local_today
from warehouse.store.home import Home

Job = JobDefinition | UnresolvedAssetJobDefinition

SENSOR_SECONDS = 60
NOTHING_NEW = "tidak ada yang baru / nothing new"


def nightly_schedule(home: Home, job: Job) -> ScheduleDefinition:
    """A schedule at the home's own time of the night, in its own zone (home.toml)."""
    settings = home.settings()
    hour, minute = settings.night_at.split(":")

    @schedule(
        name="nightly",
        job=job,
        cron_schedule=f"{int(minute)} {int(hour)} * * *",
        execution_timezone=settings.time_zone,
        default_status=DefaultScheduleStatus.RUNNING,
    )
    def nightly(_context: ScheduleEvaluationContext) -> RunRequest | SkipReason:
        plan = make_plan(home, local_today(home, datetime.now(UTC)))
        return RunRequest() if plan.due else SkipReason(NOTHING_NEW)

    return nightly


def landing_sensor(home: Home, job: Job) -> SensorDefinition:
    """A sensor that starts a night when landing changed and has been still for one tick."""

    @sensor(
        name="landing_sensor",
        job=job,
        minimum_interval_seconds=SENSOR_SECONDS,
        default_status=DefaultSensorStatus.RUNNING,
    )
    def on_landing(context: SensorEvaluationContext) -> Iterator[RunRequest | SkipReason]:
        state = landing_state(home.landing)
        seen, _, answered = (context.cursor or ":").partition(":")
        if state == answered:
            yield SkipReason(NOTHING_NEW)
            return
        if state != seen:
            context.update_cursor(f"{state}:{answered}")
            yield SkipReason("berkas masih bergerak / files are still moving")
            return
        context.update_cursor(f"{state}:{state}")
        plan = make_plan(home, local_today(home, datetime.now(UTC)))
        yield RunRequest(run_key=state) if plan.due else SkipReason(NOTHING_NEW)

    return on_landing


def landing_state(landing: Path) -> str:
    """A digest of the names, sizes and times in landing: cheap, reads no file."""
    digest = hashlib.sha256()
    for folder, folders, names in os.walk(landing):
        folders.sort()
        for path in (Path(folder, name) for name in sorted(names)):
            try:
                status = path.lstat()
            except OSError:  # gone since, or not to be seen: the next tick looks again
                continue
            if S_ISREG(status.st_mode):
                digest.update(os.fsencode(path.relative_to(landing)))
                digest.update(f"\0{status.st_size}\0{status.st_mtime_ns}\0".encode())
    return digest.hexdigest()
