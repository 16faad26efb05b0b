"""What must not change unseen: the demo's published figures, and everything that Dagster knows.

After a change that is meant: ``pytest tests/test_golden.py --write-golden``, then look at the
difference, which is reviewed with the change itself.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
from dagster import Definitions

from orchestration.definitions import build_definitions
from tests.orchestration.test_nights import NOT_FIGURES
from warehouse.catalog.reader import load_catalog
from warehouse.store.home import Home

GOLDEN = Path(__file__).parent / "golden"
FIGURES = sorted(set(load_catalog().marts) - set(NOT_FIGURES))

Same = Callable[[str, str], None]


@pytest.fixture
def is_golden(request: pytest.FixtureRequest) -> Same:
    """Compares a text with the file of that name, both ways; or writes it, if asked to."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--write-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert text.splitlines() == path.read_text(encoding="utf-8").splitlines()

    return compare


@pytest.mark.parametrize("mart", FIGURES)
def test_the_demos_figures_are_those_of_the_last_release(
    demo_home: Path, is_golden: Same, mart: str
) -> None:
    """To nine decimals, as nights are compared: sums of doubles depend on their order."""
    with duckdb.connect(str(demo_home / "published/current/marts.duckdb"), read_only=True) as conn:
        found = conn.execute(f"FROM {mart} ORDER BY ALL")
        names = [column[0] for column in found.description or ()]
        rows = found.fetchall()
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([f"{v:.9f}" if isinstance(v, float) else v for v in row] for row in rows)
    is_golden(f"marts/{mart}.csv", text.getvalue())


def test_the_definitions_are_those_of_the_last_release(tmp_path: Path, is_golden: Same) -> None:
    home = Home(tmp_path / "home")
    home.create()
    is_golden("definitions.txt", "\n".join(_known(build_definitions(home))) + "\n")


def _known(definitions: Definitions) -> Iterator[str]:
    """Assets with what they hang on, checks, jobs, schedules and sensors, a line each."""
    graph = definitions.resolve_asset_graph()
    for node in sorted(graph.asset_nodes, key=lambda node: node.key):
        parents = " ".join(sorted(key.to_user_string() for key in node.parent_keys))
        yield f"{node.key.to_user_string()} < {parents}"
    yield from sorted(
        f"check {k.asset_key.to_user_string()} {k.name}" for k in graph.asset_check_keys
    )
    repository = definitions.get_repository_def()
    yield from sorted(f"job {job.name}" for job in repository.get_all_jobs())
    for schedule in repository.schedule_defs:
        when = f"{schedule.cron_schedule} {schedule.execution_timezone}"
        yield f"schedule {schedule.name} {schedule.job_name} {when} {schedule.default_status.value}"
    for sensor in repository.sensor_defs:
        seconds = sensor.minimum_interval_seconds
        yield f"sensor {sensor.name} {sensor.job_name} {seconds} {sensor.default_status.value}"
