"""dbt in our process: within a home's limits, beside other homes, and gone when it has ended.

On a project of a few lines, so that nothing but running dbt is looked at.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from dbt.adapters.contracts.connection import Connection
from dbt.adapters.duckdb.environments.local import LocalEnvironment

from orchestration import dbt
from orchestration.private import StepError
from quality.checks.dbt_results import Ran, built_models
from warehouse.store.home import Home

CELL = "198609262015051001"
LIMITS = "select current_setting('memory_limit') as memory, current_setting('threads') as threads, "
PROJECT = {
    "dbt_project.yml": "name: budaya\nversion: '1.0.0'\nprofile: budaya\nmodel-paths: [models]\n"
    "test-paths: [tests]\nmodels: {+materialized: table}\n",
    "models/limits.sql": LIMITS
    + "current_setting('temp_directory') as scratch, current_setting('TimeZone') as zone",
    "tests/nobody.sql": f"select '{CELL}' as nip from {{{{ ref('limits') }}}}",
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "project"
    write(root, PROJECT)
    monkeypatch.setattr("orchestration.dbt.DBT_PROJECT", root)
    return root


def write(root: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path / "home {{ one }}", "1GB", 1)


def new_home(root: Path, memory: str, threads: int) -> Home:
    made = Home(root)
    made.create()
    made.settings_file.write_text(f'memory_limit = "{memory}"\nthreads = {threads}\n')
    return made


def limits(home: Home) -> tuple[object, ...]:
    with home.connect() as conn:
        row = conn.execute("from main.limits").fetchone()
    assert row is not None
    return row


def everything(folder: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in sorted(folder.rglob("*"))}


def test_two_homes_in_one_process_have_each_their_own_limits(
    project: Path, home: Home, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    other = new_home(tmp_path / "other", "3GB", 2)
    before = everything(project)
    for one in (home, other, home):
        assert dbt.invoke(one, "run") == [Ran("model.budaya.limits", "success", None)]
    assert limits(home) == ("953.6 MiB", 1, str(home.scratch), "UTC")
    assert limits(other) == ("2.7 GiB", 2, str(other.scratch), "UTC")
    assert everything(project) == before
    assert capfd.readouterr() == ("", "")


def test_the_file_is_free_when_dbt_has_ended_and_its_words_are_in_its_log(
    project: Path, home: Home, capfd: pytest.CaptureFixture[str]
) -> None:
    dbt.invoke(home, "run")
    ((name, status, failures),) = dbt.invoke(home, "test")
    assert (name.startswith("test.budaya.nobody"), status, failures) == (True, "fail", 1)
    code = "import duckdb, sys; duckdb.connect(sys.argv[1]).execute('from main.limits')"
    subprocess.run([sys.executable, "-c", code, home.warehouse_file], check=True)
    assert capfd.readouterr() == ("", "")
    assert "nobody" in (home.dbt_logs / "dbt.log").read_text(encoding="utf-8")


def test_a_model_that_fails_is_named_and_what_hangs_on_it_counts_as_not_built(
    project: Path, home: Home, capfd: pytest.CaptureFixture[str]
) -> None:
    write(project, {
        "models/broken.sql": f"select cast('{CELL}x' as integer) as n from {{{{ ref('limits') }}}}",
        "models/behind.sql": "select n from {{ ref('broken') }}",
    })  # fmt: skip
    ran = dbt.invoke(home, "run")
    assert built_models(ran, dbt.manifest(home)) == (["limits"], ["behind", "broken"])
    write(project, {
        "models/broken.sql": "select n from {{ ref('limits') }} cross join {{ ref('within') }}",
        "models/within.sql": "{{ config(materialized='ephemeral') }} select 1 as n",
    })  # fmt: skip
    built, missing = built_models(dbt.invoke(home, "run"), dbt.manifest(home))
    assert (built, missing) == (["limits", "broken", "behind"], [])
    assert CELL not in "".join(capfd.readouterr())


def test_results_that_an_earlier_night_left_are_not_this_ones(project: Path, home: Home) -> None:
    dbt.invoke(home, "run")
    dbt.invoke(home, "test")
    assert not (home.dbt_target / "run_results.json").exists()
    assert dbt.invoke(home, "test", "--select", "nothing_of_the_kind") == []
    with pytest.raises(StepError, match=r"dbt run stopped .*dbt/logs/dbt.log"):
        dbt.invoke(home, "run", "--no-such-option")


def test_a_person_who_stops_dbt_has_stopped_it(
    project: Path, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where a query does not hear the first time that it is asked to end."""
    slow = "select count(*) as n from range(60000) a, range(60000) b where a.range > b.range"
    write(project, {"models/slow.sql": slow})
    started = home.dbt_target / "run" / "budaya" / "models" / "slow.sql"
    ended, asked = threading.Event(), list[Any]()
    ask = LocalEnvironment.cancel

    def cancel(connection: Connection) -> None:
        asked.append(connection)
        if len(asked) > 1:
            ask(connection)

    monkeypatch.setattr(LocalEnvironment, "cancel", staticmethod(cancel))

    def stop() -> None:
        while not started.is_file() and not ended.wait(0.01):
            pass
        os.kill(os.getpid(), signal.SIGINT)

    watcher = threading.Thread(target=stop)
    watcher.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            dbt.invoke(home, "run", "--select", "slow")
    finally:
        ended.set()
        watcher.join()
    assert len(asked) > 1
    with home.connect() as conn:
        assert conn.execute("select 1").fetchone() == (1,)
