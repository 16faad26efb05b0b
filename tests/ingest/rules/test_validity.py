"""Intervals of days, against the same questions asked of every single day."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ingest.rules.validity import FIRST_DAY, LAST_DAY, Spell, gaps, layered, overlaps

START = date(2024, 2, 20)
DAYS = [START + timedelta(days=n) for n in range(30)]


@st.composite
def apart(draw: st.DrawFn) -> list[Spell[int]]:
    """Spells that do not overlap, some of them open to either side, in any order."""
    cuts = sorted(draw(st.sets(st.integers(0, 29), max_size=8)))
    spells = [
        Spell(DAYS[one], DAYS[other], draw(st.integers(0, 99)))
        for one, other in zip(cuts[::2], cuts[1::2], strict=False)
    ]
    if spells and draw(st.booleans()):
        spells[0] = Spell(FIRST_DAY, spells[0].last, spells[0].what)
    if spells and draw(st.booleans()):
        spells[-1] = Spell(spells[-1].first, LAST_DAY, spells[-1].what)
    return draw(st.permutations(spells))


spells_of_any_kind = st.lists(
    st.tuples(st.integers(0, 29), st.integers(0, 9), st.integers(0, 99)).map(
        lambda one: Spell(
            FIRST_DAY if one[0] == 0 else DAYS[one[0]],
            LAST_DAY if one[1] == 9 else DAYS[one[0]] + timedelta(days=one[1]),
            one[2],
        )
    ),
    max_size=6,
)


def on(spells: list[Spell[int]], day: date) -> list[int]:
    return [spell.what for spell in spells if spell.first <= day <= spell.last]


@given(st.lists(apart(), max_size=4))
def test_each_day_has_the_spell_of_the_first_layer_that_has_one(
    layers: list[list[Spell[int]]],
) -> None:
    held = layered(layers)
    for day in [FIRST_DAY, *DAYS, LAST_DAY]:
        expected = next((found for layer in layers if (found := on(layer, day))), [])
        assert on(held, day) == expected
    assert not list(overlaps(held))
    assert all(spell.first <= spell.last for spell in held)


@given(spells_of_any_kind)
def test_overlaps_and_gaps_are_what_the_days_show(spells: list[Spell[int]]) -> None:
    days = [FIRST_DAY, *(START + timedelta(days=n) for n in range(40)), LAST_DAY]
    counts = [len(on(spells, day)) for day in days]
    assert any(count > 1 for count in counts) == bool(list(overlaps(spells)))
    inside = "".join(str(min(count, 1)) for count in counts).strip("0")
    assert ("0" in inside) == bool(list(gaps(spells)))


def test_neighbours_neither_overlap_nor_leave_a_gap() -> None:
    spells = [
        Spell(date(2024, 3, 1), LAST_DAY, "new"),
        Spell(FIRST_DAY, date(2024, 2, 29), "old"),
    ]
    assert not list(overlaps(spells))
    assert not list(gaps(spells))


def test_an_open_spell_is_cut_on_both_sides_of_a_day() -> None:
    day = date(2024, 2, 29)
    held = layered([[Spell(day, day, "own")], [Spell(FIRST_DAY, LAST_DAY, "shipped")]])
    assert held == [
        Spell(FIRST_DAY, date(2024, 2, 28), "shipped"),
        Spell(day, day, "own"),
        Spell(date(2024, 3, 1), LAST_DAY, "shipped"),
    ]
