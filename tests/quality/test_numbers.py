"""Numbers as Indonesian readers write them, rounded half up."""

from __future__ import annotations

import pytest

from quality import numbers


@pytest.mark.parametrize(
    ("number", "counted"),
    [(0, "0"), (999, "999"), (115639, "115.639"), (1234567, "1.234.567"), (None, "–")],
)
def test_a_count_has_a_point_for_thousands(number: int | None, counted: str) -> None:
    assert numbers.whole(number) == counted


@pytest.mark.parametrize(
    ("number", "as_score", "as_figure"),
    [
        (95.3704, "95,4", "95,4"),
        (91.25, "91,3", "91,3"),  # half up, as people round
        (0.35, "0,4", "0,4"),
        (100, "100,0", "100"),
        (-3.04, "-3,0", "-3"),
        (12345.67, "12.345,7", "12.345,7"),
        (None, "–", "–"),
    ],
)
def test_a_score_has_one_decimal(number: float | None, as_score: str, as_figure: str) -> None:
    assert numbers.score(number) == as_score
    assert numbers.figure(number) == as_figure


@pytest.mark.parametrize(
    ("before", "after", "texts"),
    [
        (100.0, 107.5, ("100", "107,5")),
        (70.11, 70.14, ("70,11", "70,14")),
        (1500.0, 1501.0, ("1.500", "1.501")),
        (1.0, 1.0 + 1e-9, ("1", "1")),
    ],
)
def test_two_figures_that_differ_are_shown_apart(
    before: float, after: float, texts: tuple[str, str]
) -> None:
    assert numbers.apart(before, after) == texts
