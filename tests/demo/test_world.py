"""The example world: structure, known truth, and the same from the same seed."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.answers import SKIPPED, survey_submissions
from demo.people import Person
from demo.presence import NIGHT, NONE, Status, machine_month, machines, scans_of
from demo.workdays import is_open
from demo.world import Government, World, make_world
from tests.examples import examples

PNS = re.compile(r"(?P<born>\d{8})(?P<year>\d{4})(0[1-9]|1[0-2])[12]\d{3}")
CONTRACT = re.compile(r"(?P<born>\d{8})(?P<year>\d{4})(2[12]|51)[12]\d{3}")


def everybody(world: World) -> list[Person]:
    return [person for government in world.governments for person in government.people]


@examples(8)
@given(seed=st.integers(0, 2**31), months=st.integers(1, 12))
def test_every_number_has_the_structure_of_its_type(seed: int, months: int) -> None:
    for person in everybody(make_world(seed, employees=200, months=months)):
        kind = person.spells[0].employee_type
        found = (PNS if kind in {"PNS", "CPNS"} else CONTRACT).fullmatch(person.nip)
        assert found, (kind, person.nip)
        born = date.fromisoformat(found["born"])
        assert 18 <= int(found["year"]) - born.year <= 58


def test_the_same_seed_gives_the_same_world_and_another_one_another() -> None:
    assert make_world(7, employees=200) == make_world(7, employees=200)
    assert make_world(7, employees=200) != make_world(8, employees=200)


def test_a_longer_world_begins_with_the_same_people_and_days() -> None:
    short, long = make_world(employees=200, months=2), make_world(employees=200, months=3)
    one, other = short.governments[0], long.governments[0]
    assert one.people == other.people
    before = machine_month(short, one, machines(one)[0], short.months[-1])
    after = machine_month(long, other, machines(other)[0], short.months[-1])
    for name in ("status", "arrival", "departure"):
        assert (getattr(before, name) == getattr(after, name)).all(), name


@pytest.mark.parametrize(
    "wrong",
    [
        {"employees": 150},
        {"governments": ("99.99",)},
        {"governments": ()},
        {"months": 0},
        {"first_month": date(2026, 8, 1)},
    ],
)
def test_worlds_that_can_not_be_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"employees|governments|months"):
        make_world(**wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("employees", [200, 421, 3000])
def test_everybody_asked_for_is_in_service_at_the_beginning(employees: int) -> None:
    world = make_world(employees=employees)
    serving = [p for p in everybody(world) if p.spell_on(world.months[0])]
    assert len(serving) == employees


def test_numbers_and_addresses_are_unique_and_a_pin_has_one_owner_a_day(world: World) -> None:
    people = everybody(world)
    assert len({p.nip for p in people}) == len({p.email for p in people}) == len(people)
    for government in world.governments:
        periods = sorted(
            (e.pin, e.valid_from, e.valid_to or date.max)
            for person in government.people
            for e in person.enrolments
        )
        for (pin, _, ended), (next_pin, begun, _) in pairwise(periods):
            assert pin != next_pin or ended < begun
        pins = Counter(pin for pin, _, _ in periods)
        assert max(pins.values()) == 2, "a PIN passes to another person"


def test_small_opds_are_there_so_that_suppression_shows(world: World) -> None:
    for government in world.governments:
        sizes = sizes_on(government, world.months[0])
        small = next(u.code for u in government.units if u.name == government.place.small_opd)
        assert sizes[small] == 12
        assert min(sizes.values()) < 10
        assert sum(size < 10 for size in sizes.values()) == len(government.place.tiny_opds)


def sizes_on(government: Government, day: date) -> Counter[str]:
    opd = {unit.code: unit.opd for unit in government.units}
    return Counter(opd[s.unit_code] for p in government.people if (s := p.spell_on(day)))


def test_spells_follow_one_another_and_lie_in_units_that_exist(world: World) -> None:
    moved = 0
    for government in world.governments:
        units = {unit.code: unit for unit in government.units}
        for person in government.people:
            for spell, later in pairwise(person.spells):
                assert spell.valid_to is not None
                assert later.valid_from == spell.valid_to + timedelta(days=1)
                moved += units[later.unit_code].successor == "" and later.unit_code not in {
                    spell.unit_code,
                    units[spell.unit_code].successor,
                }
            for spell in person.spells:
                unit = units[spell.unit_code]
                assert (spell.valid_to or date.max) <= (unit.valid_to or date.max)
                assert unit.valid_from is None or spell.valid_from >= unit.valid_from
    assert moved >= 4


def test_one_opd_and_one_village_give_way_to_successors(world: World) -> None:
    for government in world.governments:
        codes = {unit.code for unit in government.units}
        ended = [unit for unit in government.units if unit.successor]
        assert {unit.kind for unit in ended} == {"Dinas", "Kelurahan"}
        assert all(unit.successor in codes and unit.valid_to for unit in ended)


def test_presence_agrees_with_the_scans_of_the_machines(world: World) -> None:
    nights = 0
    for government in world.governments:
        for machine in machines(government):
            truth = machine_month(world, government, machine, world.months[-1])
            here = truth.opd != NONE
            assert not (truth.start[~here] != NONE).any()
            scanned = (truth.arrival != NONE) | (truth.departure != NONE)
            assert scanned[truth.status == Status.PRESENT].all()
            for status in (Status.ABSENT, Status.EXCUSED, Status.TRAVEL):
                assert not scanned[truth.status == status].any()
            nights += int((truth.start == NIGHT[0]).sum())
            scans = scans_of(world, machine, truth)
            assert (np.diff(scans.at) >= np.timedelta64(0)).all()
            assert scans.at[-1] < np.datetime64(world.last_day + timedelta(days=1))
            assert not (truth.start[:, -1] == NIGHT[0]).any()
    assert nights > 20


def test_offices_are_closed_on_days_off(world: World) -> None:
    closed = {date(2025, 1, 27), date(2025, 3, 31), date(2025, 4, 7), date(2025, 4, 14)}
    assert not any(is_open("82.71", day) for day in closed)
    assert is_open("35.75", date(2025, 4, 14)), "the festival is Ternate's alone"
    government = world.government("82.71")
    for machine in machines(government):
        truth = machine_month(world, government, machine, date(2025, 4, 1))
        column = truth.days.index(date(2025, 4, 14))
        office = np.array([person.duty == "office" for person in truth.people])
        assert not (truth.start[office, column] != NONE).any()


def test_discipline_has_a_course_that_can_be_seen(world: World) -> None:
    for government in world.governments:
        rates = {}
        for month in world.months:
            absent = scheduled = 0
            for machine in machines(government):
                truth = machine_month(world, government, machine, month)
                absent += int((truth.status == Status.ABSENT).sum())
                scheduled += int((truth.status != Status.OFF).sum())
            rates[month.month] = absent / scheduled
        assert rates[4] > rates[3] * 1.2, "worse after Lebaran"
        assert rates[4] > rates[6] * 1.2, "better by June"


def test_nobody_answers_who_is_not_eligible(world: World) -> None:
    assert [wave.name for wave in world.waves] == ["2024-S2", "2025-S1"]
    for government in world.governments:
        opd = {unit.code: unit.opd for unit in government.units}
        for wave in world.waves:
            answered = survey_submissions(world, government, wave)
            assert len(set(answered.people)) == len(answered.people)
            eligible = sizes_on(government, wave.end)
            respondents = Counter(opd[unit] for unit in answered.units)
            assert all(count <= eligible[code] for code, count in respondents.items())
            days = answered.submitted_at.astype("datetime64[D]")
            assert days.min() >= np.datetime64(wave.start)
            assert days.max() <= np.datetime64(wave.end)


def test_adaptif_is_the_weakest_value_and_akuntabel_the_strongest(world: World) -> None:
    for government in world.governments:
        answered = survey_submissions(world, government, world.waves[-1])
        scores: dict[str, list[float]] = {}
        for column, item in enumerate(answered.items):
            ticks = answered.answers[:, column]
            assert set(ticks[ticks != SKIPPED]) <= set(range(item.low, item.high + 1))
            points = (ticks[ticks != SKIPPED] - item.low) / (item.high - item.low)
            turned = 1 - points if item.reversed else points
            scores.setdefault(item.behaviour[:2], []).append(float(turned.mean()))
        means = {value: float(np.mean(parts)) for value, parts in scores.items()}
        assert min(means, key=means.__getitem__) == "AD"
        assert max(means, key=means.__getitem__) == "AK"
