"""`run --plan`: what a night would build again is what it then builds, and nothing is touched."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from orchestration.opening import begin
from orchestration.say.foresight import spans
from tests.conftest import Ended, budaya
from tests.orchestration.steps import load, silent
from tests.orchestration.test_nights import restricted
from warehouse.files import sha256_file
from warehouse.store import slices
from warehouse.store.home import Home
from warehouse.vocabulary import SliceKey

MAY, JUNE = SliceKey("82.71", date(2025, 5, 1)), SliceKey("82.71", date(2025, 6, 1))
MARCH = SliceKey("35.75", date(2025, 3, 1))


def state(home: Path) -> dict[str, str]:
    """The digest of every file of a home; of links, where they lead."""
    return {
        path.relative_to(home).as_posix(): str(path.readlink())
        if path.is_symlink()
        else sha256_file(path)
        for path in home.rglob("*")
        if (path.is_file() or path.is_symlink()) and not path.name.endswith((".lock", "dbt.log"))
    }


def deliver(home: Path) -> None:
    """Late punches in May of one government, and a day off in March of the other."""
    (nip,) = restricted(
        home,
        "select nip from restricted.employee_day where government_code = '82.71' "
        "and date = date '2025-05-14' and day_status = 'unexcused' order by nip limit 1",
    )
    late = home / "landing/82.71/attendance/susulan.csv"
    late.write_text(f"nip,timestamp,device_id\n{nip},2025-05-14 06:41,D9\n")
    with (home / "config/days_off.csv").open("a", encoding="utf-8") as file:
        file.write("2025-03-12,local,Libur kota,35.75,,,Contoh,R\n")


def answer(ended: Ended) -> dict[SliceKey, set[str]]:
    """The months that were told, each with the names of what differs."""
    assert ended.code == 0, ended.stderr
    return {
        SliceKey(one["government_code"], date.fromisoformat(f"{one['month']}-01")): {
            cause["input"] for cause in one["because"]
        }
        for one in json.loads(ended.stdout)["months"]
    }


def test_a_plan_tells_months_and_causes_and_the_home_stays(home_copy: Callable[[], Path]) -> None:
    home = home_copy()
    before = state(home)
    nothing = budaya("run", "--plan", "--home", home)
    assert "Nothing is new" in nothing.stdout
    whole = budaya("run", "--plan", "--full-refresh", "--home", home)
    assert "every day of every employee is built again" in whole.stdout
    assert state(home) == before

    deliver(home)
    before = state(home)
    told = answer(budaya("run", "--plan", "--json", "--home", home))
    assert told.pop(MAY) == {"attendance"}
    assert told.pop(JUNE) == {"month_before"}
    assert told.pop(MARCH) == {"working_hours", "unit_evidence"}
    assert told == {}
    assert state(home) == before


def test_what_a_night_is_refused_for_a_plan_is_too(home_copy: Callable[[], Path]) -> None:
    home = home_copy()
    Home(home).warehouse_file.unlink()
    gone = next((home / "landing/82.71/attendance").rglob("*.dat"))
    gone.unlink()
    ended = budaya("run", "--plan", "--home", home)
    assert ended.code == 1, ended.stderr
    assert "files that were loaded are no longer in landing" in ended.stderr
    Home(home).head_file.unlink()
    ended = budaya("run", "--plan", "--home", home)
    assert ended.code == 1, ended.stdout
    assert "head.json" in ended.stderr


def test_the_first_night_builds_everything(tmp_path: Path) -> None:
    assert budaya("init", "--home", tmp_path / "home", "--government", "72.71").code == 0
    ended = budaya("run", "--plan", "--home", tmp_path / "home")
    assert ended.code == 0, ended.stderr
    assert "nothing was published yet" in ended.stdout
    assert "every day of every employee is built again" in ended.stdout


@pytest.mark.exhaustive
def test_the_months_that_are_told_are_those_that_a_night_builds(
    home_copy: Callable[[], Path],
) -> None:
    home = home_copy()
    deliver(home)
    told = answer(budaya("run", "--plan", "--json", "--home", home))
    with begin(Home(home), datetime.now(UTC), full_refresh=False, say=silent) as night:
        load(night)
        night.build_models()
        with night.home.connect() as conn:
            built = {key for key, run_id in slices.origins(conn).items() if run_id == night.run_id}
    assert built == set(told)


def test_months_in_a_row_are_told_as_one_span() -> None:
    months = [date(2024, 11, 1), date(2024, 12, 1), date(2025, 1, 1), date(2025, 3, 1)]
    assert spans(months) == "2024-11..2025-01, 2025-03"
    assert spans([]) == ""
