"""What Dagster knows of a home: the graph from file to publication, schedule and sensor."""

from __future__ import annotations

from pathlib import Path

import pytest
from dagster import (
    AssetKey,
    DagsterInstance,
    Definitions,
    RunRequest,
    SkipReason,
    build_schedule_context,
    build_sensor_context,
)

from orchestration import assets
from orchestration.definitions import build_definitions
from orchestration.launch import prepare_instance
from warehouse.catalog.reader import load_catalog
from warehouse.store.home import Home

SETTINGS = 'time_zone = "Asia/Makassar"\nnight_at = "02:15"\n'


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.create()
    made.settings_file.write_text(SETTINGS)
    return made


@pytest.fixture
def definitions(home: Home) -> Definitions:
    return build_definitions(home)


def test_the_graph_leads_from_landing_to_publication(definitions: Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    catalog = load_catalog()
    raw = {AssetKey(["raw", name]) for name in catalog.landing_sources}
    marts = {AssetKey(["marts", name]) for name in catalog.marts}
    restricted = {AssetKey(["restricted", name]) for name in catalog.restricted}
    for key in raw:
        assert graph.get(key).parent_keys == {assets.LANDING, assets.RULES}
    assert graph.get(assets.GATE).parent_keys == marts | restricted
    assert graph.get(assets.REPORT).parent_keys == {assets.GATE}
    assert graph.get(AssetKey(["publication"])).parent_keys == {assets.GATE, assets.REPORT}


def test_every_source_and_mart_is_reached_from_the_files(definitions: Definitions) -> None:
    """A model that reads a raw table hangs on the asset of the source that fills it."""
    graph = definitions.resolve_asset_graph()
    seen: set[AssetKey] = set()
    todo = [assets.GATE]
    while todo:
        key = todo.pop()
        if key not in seen:
            seen.add(key)
            todo += graph.get(key).parent_keys
    expected = {AssetKey(["raw", name]) for name in load_catalog().landing_sources}
    assert expected | {assets.LANDING, assets.RULES} <= seen


def test_checks_of_gx_and_dbt_show_on_the_assets_that_they_check(definitions: Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    of_mart = {key.name for key in graph.asset_check_keys if key.asset_key.path[0] == "marts"}
    assert any(name.startswith("gx_") for name in of_mart)
    assert any("unique_key" in name for name in of_mart)
    of_raw = [key for key in graph.asset_check_keys if key.asset_key.path[0] == "raw"]
    assert any(key.asset_key.path[1] == "attendance" for key in of_raw)


def test_the_night_runs_in_one_process(definitions: Definitions) -> None:
    assert definitions.resolve_job_def("night").executor_def.name == "in_process"


@pytest.mark.parametrize("chosen", [[AssetKey(["raw", "units"])], [assets.LANDING, assets.RULES]])
def test_a_part_of_a_night_is_refused_before_it_begins(
    home: Home, definitions: Definitions, chosen: list[AssetKey]
) -> None:
    before = sorted(home.root.rglob("*"))
    everything = definitions.resolve_implicit_global_asset_job_def()
    with DagsterInstance.ephemeral() as instance:
        ended = everything.execute_in_process(
            instance=instance, asset_selection=chosen, raise_on_error=False
        )
        told = " ".join(
            str(entry.dagster_event and entry.dagster_event.event_specific_data)
            for entry in instance.all_logs(ended.run_id)
        )
    assert not ended.success
    assert "Some assets alone can't be run" in told
    assert sorted(home.root.rglob("*")) == before


def test_the_schedule_keeps_the_homes_own_time(definitions: Definitions) -> None:
    nightly = definitions.resolve_schedule_def("nightly")
    assert nightly.cron_schedule == "15 2 * * *"
    assert nightly.execution_timezone == "Asia/Makassar"
    assert isinstance(nightly(build_schedule_context()), RunRequest)


def test_the_schedule_rests_when_nothing_is_new(demo_home: Path) -> None:
    nightly = build_definitions(Home(demo_home)).resolve_schedule_def("nightly")
    assert isinstance(nightly(build_schedule_context()), SkipReason)


def test_the_sensor_waits_until_landing_is_still(home: Home, definitions: Definitions) -> None:
    sensor = definitions.resolve_sensor_def("landing_sensor")
    cursor: str | None = None

    def tick() -> list[object]:
        nonlocal cursor
        context = build_sensor_context(cursor=cursor)
        answers = list(sensor(context))
        cursor = context.cursor
        return [type(answer) for answer in answers]

    path = home.landing / "82.71" / "leave" / "cuti.csv"
    path.parent.mkdir(parents=True)
    path.write_text("nip,date_from,date_to,leave_type\n")
    assert tick() == [SkipReason]
    path.write_text("nip,date_from,date_to,leave_type\n198609262015051001,2025-01-06,,Sakit\n")
    assert tick() == [SkipReason]
    assert tick() == [RunRequest]
    assert tick() == [SkipReason]


def test_one_run_at_a_time_and_nothing_is_reported_elsewhere(home: Home) -> None:
    prepare_instance(home)
    with DagsterInstance.from_config(str(home.dagster)) as instance:
        assert instance.telemetry_enabled is False
        assert instance.get_concurrency_config().run_queue_config.max_concurrent_runs == 1
