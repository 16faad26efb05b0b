"""The course of employments: moves, the reform, appointments, retirements, newcomers.

Belongs here: what happens to the invented people over the months of the world, and the making of
all of a government's people. Does not belong here: how one person is drawn (`people`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from demo.people import Enrolment, Hiring, Person
from demo.places import Place, Unit
from demo.workdays import add_months


def make_people(seed: int, place: Place, units: Iterable[Unit], first: date) -> tuple[Person, ...]:
    """Everybody of a government, in the order of their units, then the newcomers.

    The events lie at fixed distances from ``first``, the first month of the world.
    """
    by_code = {unit.code: unit for unit in units}
    hiring = Hiring(seed, place, first.year)
    people = [person for unit in by_code.values() for person in hiring.staff(unit)]
    return _live(people, hiring, by_code, first)


def _live(
    people: list[Person], hiring: Hiring, units: dict[str, Unit], first: date
) -> tuple[Person, ...]:
    """Let the reform, moves, appointments, retirements and a few bad habits happen."""
    reform = add_months(first, 3)
    ordinary = [
        number
        for number, person in enumerate(people)
        if person.duty == "office"
        and person.spells[0].position_type != "structural"
        and person.spells[0].employee_type in {"PNS", "PPPK"}
        and units[person.spells[0].unit_code].weight
        and not units[person.spells[0].unit_code].successor
    ]
    chosen = [int(n) for n in hiring.random.permutation(ordinary)]
    rounds = max(1, len(people) // 100)
    movers, leavers = chosen[:rounds], chosen[rounds : 2 * rounds]
    truants = chosen[2 * rounds : 2 * rounds + 2]
    offices = [code for code, unit in units.items() if _takes_transfers(unit)]
    for number in movers:
        here = people[number].spells[0].unit_code
        target = str(hiring.random.choice([code for code in offices if code != here]))
        people[number] = _move(people[number], target, add_months(first, 1))
    retired = add_months(first, 2) - timedelta(days=1)
    for number in leavers:
        people[number] = _end(people[number], retired)
    for number, weeks in zip(truants, (3, 1), strict=False):
        begun = add_months(first, 4) + timedelta(days=13)
        people[number] = replace(people[number], truancy=(begun, begun + timedelta(weeks=weeks)))
    people = [_reformed(person, units, reform) for person in people]
    people = [_appointed(person, add_months(first, 4)) for person in people]
    _forget_a_roster(people)
    return (*people, *_newcomers(people, leavers, hiring, units, reform))


def _takes_transfers(unit: Unit) -> bool:
    return bool(unit.weight and unit.kind != "Puskesmas" and not unit.successor and unit.staff)


def _end(person: Person, day: date) -> Person:
    spell, pin = person.spells[-1], person.enrolments[-1]
    return replace(
        person,
        spells=(*person.spells[:-1], replace(spell, valid_to=day)),
        enrolments=(*person.enrolments[:-1], replace(pin, valid_to=day)),
    )


def _move(person: Person, unit_code: str, day: date, employee_type: str = "") -> Person:
    spell = person.spells[-1]
    new = replace(
        spell,
        unit_code=unit_code,
        employee_type=employee_type or spell.employee_type,
        valid_from=day,
    )
    ended = replace(spell, valid_to=day - timedelta(days=1))
    return replace(person, spells=(*person.spells[:-1], ended, new))


def _reformed(person: Person, units: dict[str, Unit], day: date) -> Person:
    successor = units[person.spells[-1].unit_code].successor
    return _move(person, successor, day) if successor else person


def _appointed(person: Person, day: date) -> Person:
    """A CPNS becomes a PNS after the year of probation."""
    spell = person.spells[-1]
    if spell.employee_type != "CPNS" or spell.valid_to:
        return person
    return _move(person, spell.unit_code, day, "PNS")


def _forget_a_roster(people: list[Person]) -> None:
    """One part-timer is on no roster: scheduled on no day, which a check must count."""
    for number, person in enumerate(people):
        if person.duty == "part_time":
            people[number] = replace(person, duty="none")
            return


def _newcomers(
    people: list[Person], leavers: list[int], hiring: Hiring, units: dict[str, Unit], day: date
) -> list[Person]:
    """Transfers from elsewhere take the seats of those who retired; the first gets an old PIN."""
    arrived = []
    for count, number in enumerate(leavers):
        old = people[number]
        person = hiring.person(units[old.spells[-1].unit_code], number=1, employee_type="PNS")
        pin = old.enrolments[-1].pin if count == 0 else person.enrolments[0].pin
        spell = replace(person.spells[0], valid_from=day)
        arrived.append(
            replace(person, duty="office", spells=(spell,), enrolments=(Enrolment(pin, day),))
        )
    return arrived
