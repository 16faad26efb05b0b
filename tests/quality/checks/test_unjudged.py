"""What an unpublished night loaded, and what became of it since."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from quality.checks import unjudged
from tests.quality import nights
from tests.quality.nights import EARLIER, RUN, deliver
from tests.warehouse.night import run_entry
from warehouse.proof import ledger
from warehouse.store.home import Home
from warehouse.vocabulary import DeliveryKey

KILLED, LATER = "20260114T203000Z-0002", "20260114T203000Z-0003"


@pytest.fixture
def night(conn: duckdb.DuckDBPyConnection, home: Home) -> duckdb.DuckDBPyConnection:
    nights.begin(conn)
    record(home, EARLIER, deliver(conn, 1, run_id=EARLIER), published=True)
    deliver(conn, 2)
    deliver(conn, 3, run_id=KILLED, outcome="held")
    return conn


def record(home: Home, run_id: str, *keys: DeliveryKey, published: bool) -> None:
    files = {f"published/generations/{run_id}/marts.duckdb": "0" * 64} if published else None
    inputs: tuple[dict[str, Any], ...] = tuple(
        {**key._asdict(), "file_name": "x", "outcome": "loaded"} for key in keys
    )
    ledger.append(home, run_entry(home, run_id, generation=files, inputs=inputs))


def failing(conn: duckdb.DuckDBPyConnection, home: Home) -> int | None:
    (result,) = unjudged.check(conn, home, RUN)
    assert (result.outcome == "passed") is (result.failing_rows == 0)
    return result.failing_rows


def test_what_tonight_read_or_a_publication_vouches_for_is_judged(
    night: duckdb.DuckDBPyConnection, home: Home
) -> None:
    assert failing(night, home) == 0


def test_what_a_killed_night_loaded_and_landing_no_longer_holds_is_not(
    night: duckdb.DuckDBPyConnection, home: Home
) -> None:
    key = deliver(night, 4, run_id=KILLED)
    assert failing(night, home) == 1
    nights.insert(
        night,
        "raw.rule_withdrawals",
        government_code=key.government_code,
        file_sha256=key.file_sha256,
    )
    assert failing(night, home) == 0


@pytest.mark.parametrize(
    ("first", "last", "still"), [("2026-01-17", "9999-12-31", 1), ("1900-01-01", "2026-01-15", 1),
                                 ("2026-01-16", "2026-01-16", 0)],
)  # fmt: skip
def test_a_withdrawal_counts_on_its_days(
    night: duckdb.DuckDBPyConnection, home: Home, first: str, last: str, still: int
) -> None:
    key = deliver(night, 4, run_id=KILLED)
    withdrawal = {"government_code": key.government_code, "file_sha256": key.file_sha256}
    nights.insert(night, "raw.rule_withdrawals", **withdrawal, valid_from=first, valid_to=last)
    assert failing(night, home) == still


def test_what_lies_under_a_code_that_no_rule_names_needs_no_judge(
    night: duckdb.DuckDBPyConnection, home: Home
) -> None:
    deliver(night, 4, run_id=KILLED, government_code="99.99")
    assert failing(night, home) == 0


def test_a_blocked_night_vouches_for_nothing_until_a_later_one_is_published(
    night: duckdb.DuckDBPyConnection, home: Home
) -> None:
    record(home, KILLED, deliver(night, 4, run_id=KILLED), published=False)
    assert failing(night, home) == 1
    record(home, LATER, published=True)
    assert failing(night, home) == 0


def test_what_can_not_be_told_is_no_pass(night: duckdb.DuckDBPyConnection, home: Home) -> None:
    night.execute("DROP TABLE raw.rule_withdrawals")
    (result,) = unjudged.check(night, home, RUN)
    assert (result.outcome, result.failing_rows) == ("errored", None)
