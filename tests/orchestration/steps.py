"""A night's steps in their order, without Dagster around them: a quarter of a night's time is its.

For stories that are about what steps do and find. That the graph calls them in this order, and what
a command answers, is held by the nights of `test_nights`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from orchestration.night import Night
from orchestration.opening import begin
from warehouse.catalog.reader import load_catalog
from warehouse.proof import ledger
from warehouse.store.home import Home


def silent(_text: str) -> None:
    """Nobody waits for these nights."""


def load(night: Night) -> None:
    """Everything up to the models."""
    night.load_rules()
    for source in load_catalog().landing_sources:
        night.load_source(source)


def build(night: Night) -> None:
    """The models and their tests."""
    night.build_models()
    night.test_models()


def finish(night: Night) -> None:
    """Everything after the models; what is refused is not published."""
    night.check_marts()
    night.decide()
    night.write_report()
    if not night.refusal():
        night.publish()


def go_through(
    home: Home, *steps: Callable[[Night], None], full_refresh: bool = False
) -> dict[str, Any]:
    """A night of these steps, of all of them if none are named; its line in the ledger."""
    with begin(home, datetime.now(UTC), full_refresh=full_refresh, say=silent) as night:
        for step in steps or (load, build, finish):
            step(night)
    return dict(ledger.entries(home)[-1])
