"""What must not leave the private folders, and how a text of others is made safe to show.

Belongs here: masking that landing, ledger, balance, reports and the terminal share. Does not belong
here: which columns are personal (the catalog) or who is hidden (dbt's disclosure model).
"""

from __future__ import annotations

import re

from warehouse.vocabulary import DeliveryKey

# Six digits are the shortest run that gives somebody away: a birth date without the century,
# the head of an employee number. Shorter runs (a year, a device's number) stay readable.
_LONG_RUN = re.compile(r"\d{6,}")


def masked(text: str) -> str:
    """A text that others wrote (a name, a path, a reason) as it may be shown.

    Long numbers are masked, and whatever is no visible character becomes ``?``: a name may hold a
    line's end, an escape sequence that rewrites the terminal, or marks that turn its direction.
    """
    return mask_digits(printable(text))


def printable(text: str) -> str:
    """Replace by ``?`` each character that a terminal would obey, hide or break the line at."""
    return "".join(character if character.isprintable() else "?" for character in text)


def mask_digits(text: str) -> str:
    """Replace each digit of every run of six or more digits by ``*``; the rest stays."""
    return _LONG_RUN.sub(lambda run: "*" * len(run.group()), text)


def shown_path(government_code: str, source: str, period: str, file_name: str) -> str:
    """A delivery's path below landing, as it may be shown."""
    return masked(f"{DeliveryKey(government_code, source, period, '').folder}/{file_name}")
