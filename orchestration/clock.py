"""The home's own calendar day."""

from __future__ import annotations

from datetime import date, datetime

from warehouse.local_time import local_day
from warehouse.store.home import Home


def local_today(home: Home, now: datetime) -> date:
    """The date in the home's time zone at ``now``: a night's `as_of_date`."""
    return local_day(now, home.settings().time_zone)
