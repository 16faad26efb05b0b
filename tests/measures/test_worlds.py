"""The models agree with the oracle on every cell of every mart, whatever the world.

Belongs here: letting hypothesis pick the worlds, and comparing. Each world is a government of one
home, so that one dbt run builds many of them.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import strategies as st

from ingest.rules.resolving import SHIPPED_RULES
from tests.examples import examples, share
from tests.measures.building import build, load, new_home, rows
from tests.measures.worlds import write_worlds
from tests.oracle.compare import differences
from tests.oracle.marts import KEYS, recompute
from tests.oracle.read_files import Arrivals
from warehouse.store.home import Home

NOW = datetime(2026, 3, 21, 3, 0, tzinfo=UTC)
WORLDS = share(20)  # in one home, so that one build computes them all


def disagreements(home: Home) -> list[str]:
    """Every cell in which the models and the oracle differ."""
    seen = rows(home, "raw.delivery", ("file_sha256", "received_at", "outcome"))
    assert {row["outcome"] for row in seen} == {"loaded"}
    arrivals = Arrivals({str(row["file_sha256"]): row["received_at"] for row in seen})  # type: ignore[misc]
    expected = recompute(home.root, SHIPPED_RULES, NOW.date(), arrivals)
    return [
        problem
        for table, keys in KEYS.items()
        for problem in differences(table, expected.marts[table], rows(home, f"marts.{table}"), keys)
    ]


@pytest.mark.slow
@examples(
    2,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
@given(seeds=st.lists(st.integers(0, 2**32 - 1), min_size=WORLDS, max_size=WORLDS, unique=True))
def test_every_cell_of_every_mart_is_the_oracles(seeds: list[int]) -> None:
    with TemporaryDirectory() as folder:
        home = new_home(Path(folder) / "home")
        by_code = write_worlds(home.root, seeds)
        load(home, NOW)
        build(home)
        found = disagreements(home)
    told = "\n".join(found[:40])
    assert not found, f"{len(found)} cells differ; the seeds are {by_code}\n{told}"
