"""The home's own calendar day."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from warehouse.home import Home


def local_today(home: Home, now: datetime) -> date:
    """The date in the home's time zone at ``now``: a night's `as_of_date`."""
    return now.astimezone(ZoneInfo(home.settings().time_zone)).date()
