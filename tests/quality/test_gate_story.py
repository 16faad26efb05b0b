"""Every critical dbt test through the gate: it blocks with its reason, and a waiver lets it pass.

The faults of the mutation table are planted in a copy of the demo's working file and found by dbt
itself, all in one invocation. What dbt said of each test then goes, one at a time, the way of a
night: results, decision, refusal, line in the ledger.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from orchestration import dbt
from orchestration.night import Night
from orchestration.opening import begin
from orchestration.private import StepError
from quality.checks.dbt_results import Ran, dbt_checks
from quality.report import pages as report
from tests.orchestration.steps import judge_as_before
from tests.quality.faults import as_tables, fault_of
from warehouse.proof import ledger
from warehouse.publication.generation import current_run_id, generations
from warehouse.store.home import Home

pytestmark = pytest.mark.slow

TEST = ("test", "--exclude-resource-type", "unit_test")


@dataclass(frozen=True)
class Story:
    """A night of which everything passed, and what dbt says of each critical test's fault."""

    night: Night
    failed: Mapping[str, Ran]


@pytest.fixture(scope="module")
def story(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    root = tmp_path_factory.mktemp("story")
    shutil.copytree(demo_home, root / "home", symlinks=True)
    shutil.copytree(demo_home, root / "spoilt", symlinks=True)
    home, spoilt = Home(root / "home"), Home(root / "spoilt")
    nodes = [n for n in dbt.manifest(home)["nodes"].values() if n["resource_type"] == "test"]
    critical = {n["unique_id"]: n for n in nodes if n["config"]["meta"]["severity"] == "critical"}
    with spoilt.connect() as conn:
        as_tables(conn)
        for node in sorted(critical.values(), key=lambda node: str(node["name"])):
            conn.execute(fault_of(node))
    failed = {one.unique_id: one for one in dbt.invoke(spoilt, *TEST)}
    with begin(home, datetime.now(UTC), full_refresh=True, say=lambda _: None) as night:
        night.load_rules()
        judge_as_before(night)
        assert night.decide().publish
        night.write_report()
        with home.connect():  # so that opening the file costs nothing each time
            yield Story(night, {name: failed[name] for name in critical})


def test_the_fault_of_every_critical_test_is_found_by_dbt(story: Story) -> None:
    expected = {c.check_id for c in dbt_checks(dbt.manifest(story.night.home))
                if c.severity == "critical"}  # fmt: skip
    assert {f"dbt.{name.split('.')[2]}" for name in story.failed} == expected
    assert len(expected) > 70
    not_failed = {name: one for name, one in story.failed.items() if one.status != "fail"}
    assert not_failed == {}


@pytest.mark.parametrize("step", [9, pytest.param(1, marks=pytest.mark.exhaustive)])
def test_every_critical_test_that_fails_blocks_in_words_and_passes_with_a_waiver(
    story: Story, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    monkeypatch.setattr(report, "write_index", lambda _home: None)  # it reads every night's report
    home, before = story.night.home, current_run_id(story.night.home)
    kept = generations(home)
    reasons = {check.check_id: check.reason for check in dbt_checks(dbt.manifest(home))}
    for unique_id in sorted(story.failed)[::step]:
        failed = story.failed[unique_id]
        night = replace(story.night, concluded=False)
        check_id = f"dbt.{unique_id.split('.')[2]}"
        night.keep_tests([failed])
        decision = night.decide()
        assert [c.result.check_id for c in decision.checks if c.effect == "blocks"] == [check_id]
        with pytest.raises(StepError):
            night.publish()
        night.conclude()
        entry = ledger.entries(home)[-1]
        assert (entry["outcome"], entry["exit_code"]) == ("blocked", 2)
        said = [reason["id"] for reason in entry["reasons"]]
        assert f"{reasons[check_id].id} – " in said[1]
        assert f"[{check_id}]" in said[1]
        assert "config/waivers.csv" in said[2]
        waive(night, check_id)
        waived = night.decide()
        assert waived.publish
        assert night.refusal() == ()
        assert check_id in waived.reasons[-1].en
        waive(night)
        night.keep_tests([Ran(unique_id, "pass", 0)])
    assert (current_run_id(home), generations(home)) == (before, kept)


def waive(night: Night, *check_ids: str) -> None:
    """Let the rules hold waivers of these checks only."""
    with night.home.connect() as conn:
        conn.execute("DELETE FROM raw.rule_waivers")
        for check_id in check_ids:
            conn.execute(
                "INSERT INTO raw.rule_waivers BY NAME SELECT ? AS check_id, 'menunggu' AS reason, "
                "'Bagian Organisasi' AS decided_by, ? AS until",
                [check_id, date.today() + timedelta(days=30)],
            )
