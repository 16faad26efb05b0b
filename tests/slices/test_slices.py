"""What is built slice by slice equals what is built whole, whatever the nights brought."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.slices.causes import CAUSES, quiet_office
from tests.slices.replay import SLICED, Model, Rows, build, compiled, contents, night
from tests.slices.world import CHANGES, PEOPLE, Office, begin, take_back, tomorrow

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


@pytest.mark.parametrize("sequences", [5, pytest.param(200, marks=pytest.mark.exhaustive)])
def test_slices_equal_the_whole(replayed: tuple[Path, list[Model]], sequences: int) -> None:
    file, models = replayed

    @given(nights=NIGHTS, seed=st.integers(0, 2**32), fails=st.integers(0, 40))
    @settings(deadline=None, max_examples=sequences)
    def holds(nights: list[list[Callable[[Office], None]]], seed: int, fails: int) -> None:
        with opened(file) as conn:
            office = begin(conn, Random(seed))
            night(conn, models)
            for number, changes in enumerate(nights):
                for change in changes:
                    change(office)
                night(conn, models, breaks_off_at=fails % len(models) if number == 0 else None)
            night(conn, models)
            in_slices = contents(conn)
            build(conn, models, full=True)
            assert contents(conn) == in_slices

    holds()


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
        ).fetchall() == [("attendance",), ("month_before",)]


def test_a_row_taken_back_in_place_of_another_is_noticed(
    replayed: tuple[Path, list[Model]],
) -> None:
    file, models = replayed
    with opened(file) as conn:
        office = begin(conn, Random(1))
        number = office.deliver("attendance")
        office.insert("attendance", number, [
            {"nip": PEOPLE[0], "timestamp": "2026-02-10 07:20:00"},
            {"nip": PEOPLE[0], "timestamp": "2026-02-10 16:05:00"},
        ])  # fmt: skip
        take_back(office, number, 1)
        night(conn, models)
        assert punched(conn) == ["16:05:00"]
        conn.execute("UPDATE raw.rule_withdrawals SET row_number = 2")
        night(conn, models)
        assert punched(conn) == ["07:20:00"]


def punched(conn: duckdb.DuckDBPyConnection) -> list[str]:
    """The first punch of the first person on the day of that test."""
    found = conn.execute(
        "SELECT first_punch::TIME::VARCHAR FROM restricted.employee_day "
        "WHERE nip = ? AND date = DATE '2026-02-10'",
        [PEOPLE[0]],
    )
    return [row[0] for row in found.fetchall()]


@pytest.mark.parametrize(("model", "left_out"), CAUSES)
def test_no_input_can_be_left_out(
    replayed: tuple[Path, list[Model]], model: str, left_out: str
) -> None:
    file, models = replayed
    before, after = CAUSES[model, left_out]
    blind = [without(one, left_out) if one.name.endswith(f".{model}") else one for one in models]
    with opened(file) as conn:
        before(office := quiet_office(conn))
        night(conn, models)
        after(office)
        seen, missed = by_slices(conn, models), by_slices(conn, blind)
        build(conn, models, full=True)
        whole = contents(conn)
    assert seen == whole
    assert missed != whole


def without(model: Model, left_out: str) -> Model:
    """A list of slices that does not look at one of its inputs."""
    query = "SELECT * FROM ({}) WHERE input <> '" + left_out + "'"
    return replace(
        model, full=query.format(model.full), incremental=query.format(model.incremental)
    )


def by_slices(conn: duckdb.DuckDBPyConnection, models: list[Model]) -> Rows:
    """What one more night would make of this state, which stays as it was."""
    conn.execute("BEGIN")
    night(conn, models, breaks_off_at=len(models))
    found = contents(conn)
    conn.execute("ROLLBACK")
    return found


def test_every_input_has_a_cause(replayed: tuple[Path, list[Model]]) -> None:
    said = {
        (model.name.partition(".")[2], name)
        for model in replayed[1]
        if model.step
        for name in re.findall(r"'([\w ]+)' as input", model.full)
    }
    assert said == set(CAUSES)


def test_every_model_that_is_built_by_slices_is_looked_at(
    replayed: tuple[Path, list[Model]],
) -> None:
    assert {m.name for m in replayed[1] if m.kind == "incremental"} == set(SLICED)
