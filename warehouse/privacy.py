"""What must not leave the private folders, and how a text is made safe to show.

Belongs here: masking that landing, ledger, balance and reports share. Does not belong here: which
columns are personal (the catalog) or who is hidden (dbt's disclosure model).
"""

from __future__ import annotations

import re

from warehouse.vocabulary import DeliveryKey

# Six digits are the shortest run that gives somebody away: a birth date without the century,
# the head of an employee number. Shorter runs (a year, a device's number) stay readable.
_LONG_RUN = re.compile(r"\d{6,}")


def mask_digits(text: str) -> str:
    """Replace each digit of every run of six or more digits by ``*``; the rest stays."""
    return _LONG_RUN.sub(lambda run: "*" * len(run.group()), text)


def masked(name: str) -> str:
    """A name that others wrote, as it may be shown: digits masked, control characters replaced."""
    return mask_digits("".join(c if c.isprintable() else "?" for c in name))


def shown_path(government_code: str, source: str, period: str, file_name: str) -> str:
    """A delivery's path below landing, as it may be shown."""
    return masked(f"{DeliveryKey(government_code, source, period, '').folder}/{file_name}")
