"""Two homes in one process: every connection of each is opened within its own limits.

Belongs here: which limits reach a connection, when `home.toml` is read, and that nothing of a home
goes into the process's environment. Whoever calls `duckdb.connect` is watched, libraries too.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

import duckdb
import pytest
import sqlalchemy
from dagster import Definitions

from ingest.loading.check import check_file
from orchestration import dbt
from orchestration.definitions import build_definitions
from orchestration.launch import run_night, run_rollback
from orchestration.night import Night
from quality.checks.duckdb_dialect import datasource
from quality.report.rules import rules_of_generation
from tests.orchestration import short_night
from tests.orchestration.test_dbt import PROJECT, write
from tests.warehouse.night import RUN_ID, build_schemas
from warehouse.catalog.reader import load_catalog
from warehouse.erasure.erasing import erase
from warehouse.proof.trace import trace
from warehouse.proof.verify import verify
from warehouse.publication import generation
from warehouse.store.home import Home

NIP = "198609262015051001"
LIMITS = (
    "SELECT current_setting('memory_limit'), current_setting('threads'), "
    "current_setting('temp_directory')"
)


class Limits(NamedTuple):
    """What a home's settings say, and how the engine repeats its memory."""

    memory: str
    threads: int
    night_at: str
    told: str


SMALL = Limits("1GB", 1, "01:30", "953.6 MiB")
LARGE = Limits("3GB", 2, "02:15", "2.7 GiB")


class Opened(NamedTuple):
    """A connection: the module that asked for it, and what holds in it."""

    by: str
    memory: str
    threads: int
    scratch: str


RULES = Opened("ingest.rules.cells", "244.1 MiB", 1, "")


def settle(home: Home, limits: Limits) -> None:
    home.settings_file.write_text(
        f'memory_limit = "{limits.memory}"\nthreads = {limits.threads}\n'
        f'night_at = "{limits.night_at}"\nsettle_seconds = 0\n',
        encoding="utf-8",
    )


@pytest.fixture(scope="module")
def working_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = Home(tmp_path_factory.mktemp("made") / "home")
    made.create()
    build_schemas(made, RUN_ID)
    return made.warehouse_file


@pytest.fixture
def homes(tmp_path: Path, working_file: Path) -> dict[Limits, Home]:
    made = {SMALL: Home(tmp_path / "small"), LARGE: Home(tmp_path / "large")}
    for limits, home in made.items():
        short_night.prepare(home, working_file)
        settle(home, limits)
    return made


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Opened]:
    """Every connection that anybody opens from here on."""
    seen: list[Opened] = []
    real = duckdb.connect

    def connect(*given: Any, **named: Any) -> duckdb.DuckDBPyConnection:
        conn = real(*given, **named)
        row = conn.execute(LIMITS).fetchone()
        assert row is not None
        seen.append(Opened(asked_by(sys._getframe(1)), *row))
        return conn

    monkeypatch.setattr(duckdb, "connect", connect)
    return seen


def asked_by(frame: FrameType | None) -> str:
    """The first module that is not the one which opens connections for all others."""
    passed_through = {"warehouse.store.home", "contextlib"}
    while frame is not None and frame.f_globals["__name__"] in passed_through:
        frame = frame.f_back
    return "" if frame is None else str(frame.f_globals["__name__"])


def strangers(opened: list[Opened], homes: dict[Limits, Home]) -> list[Opened]:
    """Connections that are not within the limits of the home in whose scratch they spill.

    That of the rules' cells is no home's, for the rules that ship are read once for all of them.
    """
    return [
        one
        for one in opened
        if one != RULES
        and not any(
            Path(one.scratch).is_relative_to(home.scratch)
            and (one.memory, one.threads) == (limits.told, limits.threads)
            for limits, home in homes.items()
        )
    ]


def environment() -> dict[str, str]:
    """That of the process, but for the name by which Great Expectations announces itself."""
    return {name: value for name, value in os.environ.items() if name != "SF_PARTNER"}


def askers(opened: list[Opened], home: Home) -> set[str]:
    return {one.by for one in opened if Path(one.scratch).is_relative_to(home.scratch)}


def quiet(_text: str) -> None:
    pass


# --- what each home is asked for, in turn with the other ------------------------------------


def publishes(home: Home) -> None:
    assert run_night(home, quiet, full_refresh=True).exit_code == 0


def checks(home: Home) -> None:
    path = home.root / "leave.csv"
    path.write_text(f"nip,date_from,date_to,leave_type\n{NIP},2025-06-02,2025-06-03,Sakit\n")
    place = {"source": "leave", "government_code": "82.71", "period": ""}
    assert check_file(path, home=home, **place).balance.rows_loaded == 1


def traces(home: Home) -> None:
    code = load_catalog().marts["dim_value"].column("value_code").values[1]
    assert trace(home, "dim_value", [code]).values["value_order"] == 1


def reads_rules(home: Home) -> None:
    assert rules_of_generation(home, generation.current_run_id(home) or "") is not None


def verifies(home: Home) -> None:
    assert verify(home).problems == ()


def erases(home: Home) -> None:
    erase(home, [NIP], datetime.now(UTC), "masa simpan", in_service_on=date(2026, 11, 22))


def is_judged(home: Home) -> None:
    """What Great Expectations asks goes through connections of its own."""
    with home.connect() as conn, datasource(conn, "marts") as source:
        asked = source.get_execution_engine().execute_query(
            sqlalchemy.text(f"{LIMITS}, current_setting('TimeZone')")
        )
        ours = conn.execute(f"{LIMITS}, current_setting('TimeZone')").fetchone()
        assert [tuple(row) for row in asked.fetchall()] == [ours]


STEPS: list[Callable[[Home], None]] = [
    publishes,
    publishes,
    checks,
    traces,
    reads_rules,
    is_judged,
    verifies,
    erases,
]
ASKERS = {
    "orchestration.night",
    "warehouse.publication.generation",
    "ingest.loading.check",
    "warehouse.proof.trace",
    "quality.report.rules",
    "warehouse.erasure.erasing",
    "warehouse.erasure.removal",
}


def test_every_connection_is_within_the_limits_of_its_home(
    homes: dict[Limits, Home], opened: list[Opened], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = environment()
    short_night.go_straight_to_publication(monkeypatch)
    for step in STEPS:
        for home in homes.values():
            step(home)
    assert strangers(opened, homes) == []
    for home in homes.values():
        assert askers(opened, home) >= ASKERS
    assert environment() == before


def test_dagster_and_dbt_of_two_homes_take_turns(
    homes: dict[Limits, Home],
    opened: list[Opened],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Definitions of both, a run of Dagster's in both, and dbt beside an open file of the other."""
    before = environment()
    with monkeypatch.context() as patch:
        short_night.go_straight_to_publication(patch)
        for home in (*homes.values(), *homes.values()):
            publishes(home)
    built: dict[Limits, Definitions] = {
        limits: build_definitions(home) for limits, home in homes.items()
    }
    for limits, definitions in built.items():
        minute, hour = definitions.resolve_schedule_def("nightly").cron_schedule.split()[:2]
        assert f"{int(hour):02}:{int(minute):02}" == limits.night_at
    for home in homes.values():
        first, _ = generation.generations(home)
        assert run_rollback(home, "", quiet) == first
        assert (home.dagster / "history").is_dir()
    write(tmp_path / "project", PROJECT)
    monkeypatch.setattr("orchestration.dbt.DBT_PROJECT", tmp_path / "project")
    small, large = homes.values()
    for home, other in ((small, large), (large, small), (small, large)):
        with other.connect():
            dbt.invoke(home, "run")
    assert strangers(opened, homes) == []
    for home in homes.values():
        assert "dbt.adapters.duckdb.environments" in askers(opened, home)
    assert environment() == before


def test_dbt_of_two_homes_at_once_builds_each_in_its_own_file(
    homes: dict[Limits, Home], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "project", PROJECT)
    monkeypatch.setattr("orchestration.dbt.DBT_PROJECT", tmp_path / "project")
    ended: dict[str, list[str]] = {}

    def build(home: Home) -> None:
        ended[home.root.name] = [ran.status for ran in dbt.invoke(home, "run")]

    threads = [threading.Thread(target=build, args=[home]) for home in homes.values()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ended == {"small": ["success"], "large": ["success"]}
    for limits, home in homes.items():
        with home.connect() as conn:
            found = conn.execute("SELECT memory, threads, scratch FROM main.limits").fetchone()
        assert found == (limits.told, limits.threads, str(home.scratch))


def test_a_night_keeps_the_settings_that_it_began_with(
    homes: dict[Limits, Home], opened: list[Opened], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody saves home.toml in the middle of it, half of it even: the next night reads that."""
    home, seen = homes[SMALL], []

    def somebody_saves(night: Night) -> None:
        settle(home, LARGE)
        seen.append(night.home.settings())
        home.settings_file.write_text("threads = ", encoding="utf-8")

    with monkeypatch.context() as patch:
        said = short_night.go_straight_to_publication(patch, somebody_saves)
        ended = run_night(home, quiet, full_refresh=True)
    assert (ended.exit_code, said) == (0, [])
    assert [(one.memory_limit, one.threads) for one in seen] == [(SMALL.memory, SMALL.threads)]
    assert strangers(opened, {SMALL: home}) == []
    settle(home, LARGE)
    opened.clear()
    short_night.go_straight_to_publication(monkeypatch)
    publishes(home)
    assert strangers(opened, {LARGE: home}) == []
    assert opened


def test_databases_in_memory_do_not_spill_into_one_another(homes: dict[Limits, Home]) -> None:
    """The engine removes the scratch files of its folder when it closes: also another's."""
    home = homes[SMALL]
    home.settings_file.write_text('memory_limit = "60MB"\nthreads = 1\n', encoding="utf-8")
    rows = "CREATE TABLE t AS SELECT repeat(md5(i::VARCHAR), 4) AS m FROM range(600000) x(i)"
    with home.in_memory() as first:
        first.execute(rows)
        with home.in_memory() as second:
            second.execute(rows)
        assert first.execute("SELECT count(DISTINCT m[:32]), max(length(m)) FROM t").fetchone() == (
            600_000,
            128,
        )
        assert len(list(home.scratch.rglob("duckdb_temp*"))) > 0
    assert list(home.scratch.iterdir()) == []
