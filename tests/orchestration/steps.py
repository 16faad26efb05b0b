"""A night's steps in their order, without Dagster around them: a quarter of a night's time is its.

For stories that are about what steps do and find. That the graph calls them in this order, and what
a command answers, is held by the nights of `test_nights`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from orchestration import launch
from orchestration.night import Night
from orchestration.opening import begin
from warehouse.catalog.reader import load_catalog
from warehouse.errors import UserError
from warehouse.proof import ledger
from warehouse.publication.generation import current_run_id
from warehouse.store import runs
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


def judge_as_before(night: Night) -> None:
    """Let the night have found of models and marts what the last publication found of them.

    For a night that is about what comes before them or after; the gate decides as it always does.
    """
    with night.home.connect() as conn:
        runs.stamp_publication(conn, night.run_id, datetime.now(UTC))
        conn.execute(
            "INSERT INTO raw.check_result SELECT * REPLACE (? AS run_id) FROM raw.check_result "
            "WHERE run_id = ? AND stage <> 'batch'",
            [night.run_id, current_run_id(night.home)],
        )


def answer(night: Night) -> None:
    """Everything after the checks; what is refused is not published."""
    night.decide()
    night.write_report()
    if not night.refusal():
        night.publish()


def finish(night: Night) -> None:
    """Everything after the models and their tests."""
    night.check_marts()
    answer(night)


def go_through(
    home: Home, *steps: Callable[[Night], None], full_refresh: bool = False
) -> dict[str, Any]:
    """A night of these steps, of all of them if none are named; its line in the ledger."""
    with begin(home, datetime.now(UTC), full_refresh=full_refresh, say=silent) as night:
        for step in steps or (load, build, finish):
            step(night)
    return dict(ledger.entries(home)[-1])


def without_dagster(monkeypatch: pytest.MonkeyPatch, *steps: Callable[[Night], None]) -> None:
    """Let the command go through these steps, or all, where it starts Dagster's graph of a night.

    The plan, what is said and the exit code are those of the command.
    """
    real = launch._execute

    def execute(*given: Any, night: Night | None = None) -> UserError | None:
        if night is None:
            return real(*given)
        for step in steps or (load, build, finish):
            step(night)
        return None

    monkeypatch.setattr(launch, "_execute", execute)
