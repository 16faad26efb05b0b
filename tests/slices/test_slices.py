"""What is built slice by slice equals what is built whole, whatever the nights brought."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.slices.replay import SLICED, Model, build, compiled, contents, night
from tests.slices.world import CHANGES, Office, begin, tomorrow

NIGHTS = st.lists(
    st.lists(st.sampled_from(CHANGES), min_size=0, max_size=3), min_size=1, max_size=4
)


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Model]]:
    home, models = compiled(tmp_path_factory.mktemp("slices") / "home")
    return home.warehouse_file, models


def opened(file: Path) -> duckdb.DuckDBPyConnection:
    """A copy of the working file in memory, under its name."""
    conn = duckdb.connect(":memory:", config={"threads": 1})
    conn.execute(f"ATTACH '{file}' AS base (READ_ONLY)")
    conn.execute("ATTACH ':memory:' AS warehouse")
    conn.execute("COPY FROM DATABASE base TO warehouse")
    conn.execute("DETACH base")
    conn.execute("USE warehouse.main")
    conn.execute("DELETE FROM raw.built_slice")
    return conn


@given(nights=NIGHTS, seed=st.integers(0, 2**32), fails=st.integers(0, 40))
@settings(deadline=None, max_examples=100)
def test_slices_equal_the_whole(
    replayed: tuple[Path, list[Model]],
    nights: list[list[Callable[[Office], None]]],
    seed: int,
    fails: int,
) -> None:
    file, models = replayed
    with opened(file) as conn:
        office = begin(conn, Random(seed))
        night(conn, models)
        for number, changes in enumerate(nights):
            for change in changes:
                change(office)
            if number == 0:  # it breaks off in the midst of its models
                build(conn, models[: fails % len(models)], full=False)
                continue
            night(conn, models)
        night(conn, models)
        by_slices = contents(conn)
        build(conn, models, full=True)
        assert contents(conn) == by_slices


def test_a_new_day_builds_the_month_it_lies_in(replayed: tuple[Path, list[Model]]) -> None:
    file, models = replayed
    with opened(file) as conn:
        office = begin(conn, Random(1))
        night(conn, models)
        tomorrow(office)
        number = office.deliver("attendance")
        office.insert("attendance", number, [{"nip": "19800101200501" + "0001",
                                              "timestamp": "2026-02-16 07:20:00"}])  # fmt: skip
        build(conn, models, full=False)
        changed = conn.execute(
            "SELECT DISTINCT month::VARCHAR FROM intermediate.slice_punch_day WHERE is_changed "
            "ORDER BY ALL"
        ).fetchall()
        assert changed == [("2026-02-01",), ("2026-03-01",)]
        assert conn.execute(
            "SELECT DISTINCT input FROM intermediate.slice_punch_day WHERE is_changed ORDER BY ALL"
        ).fetchall() == [("attendance",), ("the month before",)]


def test_every_model_that_is_built_by_slices_is_looked_at(
    replayed: tuple[Path, list[Model]],
) -> None:
    assert {m.name for m in replayed[1] if m.kind == "incremental"} == set(SLICED)
