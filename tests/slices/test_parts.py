"""What is built a few governments at a time is what is built at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration import dbt
from tests.slices.replay import SLICED
from warehouse.store.home import Home

NAMES = [name.partition(".")[2] for name in SLICED]


def digests(home: Home) -> dict[str, tuple[object, ...] | None]:
    """How many rows each table has, and what they hold, whatever their order."""
    with home.connect() as conn:
        return {
            name: conn.execute(
                f"SELECT count(*), sum(CAST(hash(t) AS HUGEINT)), count(DISTINCT government_code) "
                f"FROM {name} AS t"
            ).fetchone()
            for name in SLICED
        }


@pytest.mark.parametrize("refresh", [["--full-refresh"], []], ids=["anew", "what differs"])
def test_a_government_at_a_time_is_all_of_them(
    home_copy: Callable[[], Path], refresh: list[str]
) -> None:
    home = Home(home_copy())
    before = digests(home)
    assert {found and found[2] for found in before.values()} == {2}
    with home.connect() as conn:  # as if a rule had changed all months of both governments
        conn.execute("UPDATE intermediate.slice_punch_day SET is_changed = true")
        conn.execute("UPDATE intermediate.slice_schedule SET is_changed = true")
        conn.execute("UPDATE intermediate.slice_scheduled_day SET is_changed = true")
        conn.execute("UPDATE intermediate.slice_employee_day SET is_changed = true")
    dbt.invoke(home, "run", *refresh, "--select", *NAMES, "--vars", "{slices_at_once: 1}")
    log = (
        home.dbt_target / "run/budaya/models/intermediate/attendance/int_punch_day.sql"
    ).read_text()
    assert log.count("set variable first_government") == 3  # each of two, and all again
    assert digests(home) == before
