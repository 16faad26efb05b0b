"""The measuring ground itself: worlds come from their seed alone, the floor finds differences."""

import shutil
from pathlib import Path

import duckdb
import pytest

from bench import floor, prompt, worlds
from warehouse.store.home import Home

SMALL = worlds.WORLDS["small"]


def landed(home: Home) -> dict[str, bytes]:
    return {
        path.relative_to(home.landing).as_posix(): path.read_bytes()
        for path in home.landing.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = Home(tmp_path_factory.mktemp("world") / "home")
    worlds.make(SMALL, made)
    return made


def test_the_same_seed_gives_the_same_bytes_and_another_one_others(
    home: Home, tmp_path: Path
) -> None:
    again, other = Home(tmp_path / "again"), Home(tmp_path / "other")
    worlds.make(SMALL, again)
    worlds.make(SMALL, other, seed=2)
    assert landed(again) == landed(home)
    assert landed(other).keys() == landed(home).keys()
    same = [name for name, data in landed(other).items() if data == landed(home)[name]]
    assert not [name for name in same if "units" not in name and "devices" not in name]


def test_a_world_has_a_file_for_each_office_and_month_and_a_day_for_each_office(
    home: Home, tmp_path: Path
) -> None:
    grown = Home(tmp_path / "home")
    shutil.copytree(home.root, grown.root)
    assert len(list(grown.landing.rglob("attlog*.dat"))) == SMALL.offices * SMALL.months
    days = [worlds.add_day(SMALL, grown, number) for number in (0, 1)]
    assert days == ["2025-12-31", "2026-01-02"]
    for day in days:
        brought = list(grown.landing.glob(f"*/attendance/date={day}/*/*.dat"))
        assert len(brought) == SMALL.offices
        assert {
            line.split("\t")[1][:10] for p in brought for line in p.read_text().splitlines()
        } == {day}


def test_the_floor_names_every_figure_in_which_it_differs(home: Home, tmp_path: Path) -> None:
    first, second = tmp_path / "first.duckdb", tmp_path / "second.duckdb"
    floor.build(home.landing, first)
    floor.build(home.landing, second)
    assert floor.differences(first, second) == []
    with duckdb.connect(str(second)) as conn:
        conn.execute(
            "UPDATE mart_survey SET survey_score = survey_score + 1e-6 WHERE unit_level = 'opd'"
        )
        conn.execute("DELETE FROM mart_absence_band WHERE band_code = 'none'")
        conn.execute("UPDATE mart_discipline SET apel_rate = 0")
    rows = (SMALL.offices + 1) // 2
    found = floor.differences(first, second)
    assert f"mart_survey, survey_score: {rows} of {rows + 1}" in found
    assert "mart_absence_band, rows of one side only: 2 of 22" in found
    assert f"mart_discipline, apel_rate: {2 * (rows + 1)} of {2 * (rows + 1)}" in found


def test_the_queries_that_are_measured_are_all_of_the_ten() -> None:
    assert len(prompt.dashboard_queries()) == 10
