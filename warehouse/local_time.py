"""Moments as people read them: in the home's zone, beside UTC.

Belongs here: a moment in words, and the home's own calendar day. Does not belong here: when a night
runs (`warehouse.store.settings`, `orchestration.schedules`).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


def local_day(moment: datetime, zone: str) -> date:
    """The date in a zone at a moment."""
    return moment.astimezone(ZoneInfo(zone)).date()


def told(moment: datetime, zone: str) -> str:
    """A moment to the minute: ``2026-11-28 01:30 WIT (2026-11-27 16:30 UTC)``."""
    local, utc = moment.astimezone(ZoneInfo(zone)), moment.astimezone(UTC)
    day = "" if local.date() == utc.date() else f"{utc:%Y-%m-%d} "
    return f"{local:%Y-%m-%d %H:%M %Z} ({day}{utc:%H:%M} UTC)"


def next_at(clock: str, zone: str, now: datetime) -> datetime:
    """The next moment at which a clock (HH:MM) of a zone shows a time, after ``now``."""
    local = now.astimezone(ZoneInfo(zone))
    hour, minute = map(int, clock.split(":"))
    today = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return today if today > local else today + timedelta(days=1)
