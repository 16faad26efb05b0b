"""Moments with their zone, and the next night."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from warehouse.local_time import local_day, next_at, told


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("Asia/Jakarta", "2026-11-28 00:30 WIB (2026-11-27 17:30 UTC)"),
        ("Asia/Makassar", "2026-11-28 01:30 WITA (2026-11-27 17:30 UTC)"),
        ("Asia/Jayapura", "2026-11-28 02:30 WIT (2026-11-27 17:30 UTC)"),
        ("UTC", "2026-11-27 17:30 UTC (17:30 UTC)"),
    ],
)
def test_a_moment_is_told_with_its_zone_beside_utc(zone: str, text: str) -> None:
    moment = datetime(2026, 11, 27, 17, 30, tzinfo=UTC)
    assert told(moment, zone) == text
    assert local_day(moment, zone).isoformat() == text[:10]


@pytest.mark.parametrize(
    ("now", "night"),
    [
        (datetime(2026, 11, 27, 16, 29, tzinfo=UTC), datetime(2026, 11, 27, 16, 30, tzinfo=UTC)),
        (datetime(2026, 11, 27, 16, 30, tzinfo=UTC), datetime(2026, 11, 28, 16, 30, tzinfo=UTC)),
        (datetime(2026, 12, 31, 23, 0, tzinfo=UTC), datetime(2027, 1, 1, 16, 30, tzinfo=UTC)),
    ],
)
def test_the_next_night_is_at_its_own_clock(now: datetime, night: datetime) -> None:
    assert next_at("01:30", "Asia/Jayapura", now) == night
    assert local_day(night, "Asia/Jayapura") > date(2026, 11, 27)
