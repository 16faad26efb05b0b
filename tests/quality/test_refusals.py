"""Nothing is published unless every critical check has a counted pass of this very night.

A night on a copy of the demo: its rules, its marts, what Great Expectations and dbt said of them;
then one thing is taken away, and the night is asked to decide and to publish.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from orchestration import dbt
from orchestration.night import Night
from orchestration.opening import begin
from orchestration.private import StepError
from quality.checks.dbt_results import Ran
from tests.orchestration.steps import judge_as_before
from warehouse.proof import ledger
from warehouse.proof import standing as publication
from warehouse.publication.generation import current_run_id, generations
from warehouse.store.home import Home

pytestmark = pytest.mark.slow

UNIQUE = "dbt.unique_key_mart_survey"
BETWEEN, MISSING = "gx.mart_ip_asn.kinerja.between", "gx.mart_ip_asn.disiplin.between"


@pytest.fixture(scope="module")
def night(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    """A night that has built nothing anew and has a result of every check; it could be published.

    It keeps its working file open: opening it for each step would cost more than the steps.
    """
    root = tmp_path_factory.mktemp("refusals") / "home"
    shutil.copytree(demo_home, root, symlinks=True)
    home = Home(root)
    said: list[str] = []
    with begin(home, datetime.now(UTC), full_refresh=True, say=said.append) as begun:
        begun.load_rules()
        judge_as_before(begun)
        with home.connect():
            yield begun


@pytest.fixture
def checked(night: Night) -> Iterator[Night]:
    """The night with all its results, whatever the test before took away."""
    home = night.home
    with home.connect() as conn:
        conn.execute("CREATE OR REPLACE TABLE main.kept AS FROM raw.check_result")
    assert night.decide().publish
    yield night
    with home.connect() as conn:
        conn.execute("DELETE FROM raw.check_result")
        conn.execute("INSERT INTO raw.check_result FROM main.kept")


def refuses(night: Night, check_id: str, outcome: str) -> None:
    """The gate blocks on that check only, the report says so, and publishing does not happen."""
    published, kept = current_run_id(night.home), generations(night.home)
    decision = night.decide()
    assert not decision.publish
    blocking = [check.result for check in decision.checks if check.effect == "blocks"]
    assert [(result.check_id, result.outcome) for result in blocking] == [(check_id, outcome)]
    assert check_id in decision.reasons[1].en
    assert check_id in night.write_report().read_text()
    with pytest.raises(StepError):
        night.publish()
    assert (current_run_id(night.home), generations(night.home)) == (published, kept)
    assert night.run_id not in publication.published_run_ids(ledger.entries(night.home))


@pytest.mark.parametrize("check_id", [UNIQUE, BETWEEN])
def test_a_result_that_is_removed_is_missing(checked: Night, check_id: str) -> None:
    with checked.home.connect() as conn:
        conn.execute("DELETE FROM raw.check_result WHERE check_id = ?", [check_id])
    refuses(checked, check_id, "missing")


def test_a_result_that_is_removed_after_the_decision_is_missed_at_publication(
    checked: Night,
) -> None:
    before = generations(checked.home)
    with checked.home.connect() as conn:
        conn.execute("DELETE FROM raw.check_result WHERE check_id = ?", [UNIQUE])
    with pytest.raises(StepError):
        checked.publish()
    assert generations(checked.home) == before


@pytest.mark.parametrize(
    ("happens", "outcome"),
    [
        ([], "missing"),
        ([("skipped", None)], "skipped"),
        ([("error", None)], "errored"),
        ([("pass", None)], "errored"),
        ([("fail", 1)], "failed"),
    ],
)
def test_a_dbt_node_without_a_counted_pass_blocks(
    checked: Night, happens: list[tuple[str, int | None]], outcome: str
) -> None:
    nodes = dbt.manifest(checked.home)["nodes"].values()
    (node,) = [node for node in nodes if f"dbt.{node['name']}" == UNIQUE]
    with checked.home.connect() as conn:
        conn.execute("DELETE FROM raw.check_result WHERE check_id = ?", [UNIQUE])
    checked.keep_tests([Ran(node["unique_id"], *said) for said in happens])
    refuses(checked, UNIQUE, outcome)


def test_an_expectation_that_raises_blocks(checked: Night) -> None:
    """A column of another type, and one that is not there."""
    before = current_run_id(checked.home)
    with checked.home.connect() as conn:
        conn.execute("CREATE TABLE main.whole AS FROM marts.mart_ip_asn")
        conn.execute("ALTER TABLE marts.mart_ip_asn ALTER kinerja TYPE VARCHAR USING 'x'")
        conn.execute("ALTER TABLE marts.mart_ip_asn RENAME disiplin TO other")
    checked.check_marts()
    with checked.home.connect() as conn:
        conn.execute("CREATE OR REPLACE TABLE marts.mart_ip_asn AS FROM main.whole")
    decision = checked.decide()
    blocking = {
        c.result.check_id: c.result.outcome for c in decision.checks if c.effect == "blocks"
    }
    assert (blocking[BETWEEN], blocking[MISSING]) == ("errored", "errored")
    with pytest.raises(StepError):
        checked.publish()
    assert current_run_id(checked.home) == before


def test_an_empty_list_of_results_blocks_on_every_check(checked: Night) -> None:
    with checked.home.connect() as conn:
        conn.execute("DELETE FROM raw.check_result")
    decision = checked.decide()
    assert {check.result.outcome for check in decision.checks} == {"missing"}
    with pytest.raises(StepError):
        checked.publish()
