"""The oracle against the truth that the example world was made of, day by day.

No SQL takes part: the world knows who came, its files are written as devices and offices write
them, and the oracle must find every day again. Only planted faults may come between.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from demo.exports import write_config, write_landing
from demo.presence import Status, machine_month, machines
from demo.world import World, make_world
from tests.oracle.conftest import SHIPPED_RULES
from tests.oracle.figures import Row
from tests.oracle.marts import recompute
from tests.oracle.read_files import Arrivals

_STATUS = {
    Status.PRESENT: "present",
    Status.TRAVEL: "present",
    Status.ABSENT: "unexcused",
    Status.EXCUSED: "excused",
}
_LOST_LEAVE = 10
"""At most so many days of the two leave records that were planted wrong: NIP and date."""

Day = tuple[object, object]


@pytest.fixture(scope="module")
def world() -> World:
    return make_world()


@pytest.fixture(scope="module")
def found(world: World, tmp_path_factory: pytest.TempPathFactory) -> dict[Day, Row]:
    home = tmp_path_factory.mktemp("world")
    write_landing(world, home / "landing")
    write_config(world, home / "config")
    days = recompute(home, SHIPPED_RULES, date(2026, 1, 31), Arrivals({})).employee_day
    return {(row["nip"], row["date"]): row for row in days}


def truth_of(world: World) -> Iterator[tuple[Day, Status, int | None, int | None]]:
    """Every scheduled day: the person and date, what it was, seconds late and early."""
    for government in world.governments:
        for machine in machines(government):
            for month in world.months:
                truth = machine_month(world, government, machine, month)
                for row, person in enumerate(truth.people):
                    for column, day in enumerate(truth.days):
                        start, end = int(truth.start[row, column]), int(truth.end[row, column])
                        came, left = truth.arrival[row, column], truth.departure[row, column]
                        if start < 0:
                            continue
                        late = None if came < 0 else int(came) - start * 60
                        early = None if left < 0 else end * 60 - int(left)
                        yield (person.nip, day), Status(truth.status[row, column]), late, early


def test_every_day_of_the_world_is_found_again(world: World, found: dict[Day, Row]) -> None:
    expected = {day: status for day, status, _late, _early in truth_of(world)}
    assert expected.keys() == found.keys()
    other = [
        (status, found[day]["day_status"])
        for day, status in expected.items()
        if found[day]["day_status"] not in (_STATUS[status], "unrecorded")
    ]
    assert set(other) <= {(Status.EXCUSED, "unexcused"), (Status.TRAVEL, "unexcused")}
    assert len(other) <= _LOST_LEAVE


def test_only_the_lost_file_and_the_dead_machine_are_unrecorded(found: dict[Day, Row]) -> None:
    lost = [row for row in found.values() if row["day_status"] == "unrecorded"]
    assert {row["government_code"] for row in lost} == {"82.71"}
    school = {row["unit_code"] for row in lost if str(row["date"]).startswith("2025-03")}
    died = {row["opd_code"] for row in lost if str(row["date"]) == "2025-05-14"}
    assert (len(school), len(died)) == (1, 1)
    assert {str(row["date"])[:7] for row in lost} == {"2025-03", "2025-05"}


def test_minutes_of_days_with_both_scans_are_the_worlds(
    world: World, found: dict[Day, Row]
) -> None:
    compared = 0
    for day, status, late, early in truth_of(world):
        row = found[day]
        if status != Status.PRESENT or late is None or early is None:
            continue
        if row["day_status"] == "present" and late + early < 450 * 60:
            wanted = (max(0, late // 60), max(0, early // 60), 0)
            columns = ("late_minutes", "early_leave_minutes", "imputed_minutes")
            assert tuple(row[column] for column in columns) == wanted, day[1]
            compared += 1
    assert compared > 10_000
