"""Which variations of a story `make test` tells, and which are left to `make exhaustive`.

Belongs here: marking parameters. Does not belong here: how many examples a property is tried with
(`tests.examples`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from _pytest.mark import ParameterSet


def sweep(values: Iterable[Any], *, told: Collection[Any]) -> list[ParameterSet]:
    """All values as parameters; those that are not ``told`` stand for none of another kind.

    A value of several parameters is a tuple, told by its first.
    """
    found = [(value if isinstance(value, tuple) else (value,)) for value in values]
    names = {value[0] for value in found}
    assert names.issuperset(told), f"there is none of {set(told) - names}"
    return [
        pytest.param(*value, marks=() if value[0] in told else pytest.mark.exhaustive)
        for value in found
    ]
