"""How many examples a property is tried with: a quarter in `make test`, all in `exhaustive`."""

from __future__ import annotations

from typing import Any

from hypothesis import settings

ALL = 100

settings.register_profile("exhaustive", max_examples=ALL, deadline=None)
settings.register_profile("a part", max_examples=ALL // 4, deadline=None)
settings.load_profile("a part")  # unless pytest is told `--hypothesis-profile=exhaustive`


def share(count: int) -> int:
    """Of so many examples those that are tried now; at least one."""
    return max(1, count * settings.default.max_examples // ALL)


def examples(count: int, **others: Any) -> settings:
    """Settings of a property that needs so many examples to be believed."""
    return settings(max_examples=share(count), deadline=None, **others)
