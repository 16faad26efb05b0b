"""Nights without ingest, dbt and Dagster: what comes before the steps and after them is real.

Belongs here: a home whose working file holds finished marts, and a stand-in for the graph that goes
straight to publication. Does not belong here: anything about steps or the gate.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration import launch
from orchestration.night import Night
from orchestration.private import StepError
from quality.gate import Decision
from tests.warehouse.night import name_run
from warehouse.errors import UserError
from warehouse.store.home import Home
from warehouse.store.state import ensure_raw
from warehouse.vocabulary import Text

PUBLISH = Decision("published", (Text("terbit", "published"),), (), {})


def prepare(home: Home, working_file: Path) -> None:
    """Make a home whose working file could be published, and that knows its own nights."""
    home.create()
    home.settings_file.write_text("settle_seconds = 0\n", encoding="utf-8")
    shutil.copy(working_file, home.warehouse_file)
    with home.connect() as conn:
        ensure_raw(conn)
        conn.execute("CREATE SCHEMA IF NOT EXISTS intermediate")
        conn.execute(
            "CREATE OR REPLACE TABLE intermediate.int_contributor AS FROM raw.published_contributor"
        )


def go_straight_to_publication(
    monkeypatch: pytest.MonkeyPatch, before: Callable[[Night], None] = lambda _night: None
) -> list[str]:
    """Replace the graph of a night by rules and publication; returns what was said."""
    said: list[str] = []

    def execute(home: Home, say: Any, job: str, *_given: Any, night: Night) -> UserError | None:
        try:
            night.load_rules()
            name_run(home, night.run_id)
            before(night)
            night.publish()
        except (StepError, UserError) as error:
            said.append(str(error))
        return None

    def decision(night: Night, _conn: duckdb.DuckDBPyConnection) -> Decision:
        return PUBLISH

    monkeypatch.setattr(launch, "_execute", execute)
    monkeypatch.setattr(Night, "_decision", decision)
    return said
