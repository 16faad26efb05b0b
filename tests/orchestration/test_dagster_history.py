"""Dagster's history as a night writes it, read as the web server and the daemon read it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from dagster import AssetKey, DagsterEventType, DagsterInstance, DagsterRunStatus
from dagster._core.storage.event_log import SqliteEventLogStorage

from orchestration.history import EventLog, open_history
from warehouse.store.home import Home


def test_what_a_night_wrote_is_read_by_dagsters_own_storage(home_copy: Callable[[], Path]) -> None:
    with DagsterInstance.from_config(str(Home(home_copy()).dagster)) as instance:
        [run] = instance.get_runs()
        assert run.status == DagsterRunStatus.SUCCESS
        said = [entry.dagster_event_type for entry in instance.all_logs(run.run_id)]
        planned = said.count(DagsterEventType.ASSET_CHECK_EVALUATION_PLANNED)
        judged = said.count(DagsterEventType.ASSET_CHECK_EVALUATION)
        assert 400 < judged <= planned
        assert said[-1] == DagsterEventType.RUN_SUCCESS
        event = instance.get_latest_materialization_event(AssetKey(["marts", "mart_survey"]))
        assert event is not None
        assert event.run_id == run.run_id


def test_a_storage_that_the_region_chose_stays(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.dagster.mkdir(parents=True)
    settings = home.dagster / "dagster.yaml"
    settings.write_text("telemetry: {enabled: false}\n")
    with open_history(home) as instance:
        assert isinstance(instance.event_log_storage, EventLog)
    settings.write_text(f"storage: {{sqlite: {{base_dir: '{tmp_path / 'elsewhere'}'}}}}\n")
    with open_history(home) as instance:
        assert type(instance.event_log_storage) is SqliteEventLogStorage
    assert (tmp_path / "elsewhere").is_dir()
