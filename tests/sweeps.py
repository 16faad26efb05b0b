"""Which variations of a story `make test` tells, and which are left to `make exhaustive`.

Belongs here: marking parameters. Does not belong here: how many examples a property is tried with
(`tests.examples`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from _pytest.mark import ParameterSet


def crossed(first: Sequence[Any], second: Sequence[Any]) -> list[ParameterSet]:
    """Every pair; told are all values of each beside the first one of the other.

    A value of several parameters is a tuple; those of ``first`` come first.
    """
    return [
        pytest.param(*_each(one), *_each(other), marks=() if is_told else pytest.mark.exhaustive)
        for one, other in product(first, second)
        for is_told in [one is first[0] or other is second[0]]
    ]


def _each(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def sweep(values: Iterable[Any], *, told: Collection[Any]) -> list[ParameterSet]:
    """All values as parameters; those that are not ``told`` stand for none of another kind.

    A value of several parameters is a tuple, told by its first.
    """
    found = [_each(value) for value in values]
    names = {value[0] for value in found}
    assert names.issuperset(told), f"there is none of {set(told) - names}"
    return [
        pytest.param(*value, marks=() if value[0] in told else pytest.mark.exhaustive)
        for value in found
    ]
