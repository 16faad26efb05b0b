"""Fixtures of the oracle's own tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.oracle.rules import Rules

SHIPPED_RULES = Path(__file__).parents[2] / "ingest" / "rules" / "shipped"


@pytest.fixture(scope="session")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rules:
    """The shipped rules, with nothing of a region's own."""
    return Rules(SHIPPED_RULES, tmp_path_factory.mktemp("config"))
