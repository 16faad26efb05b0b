"""National days off of a year, for review: `python -m ingest.rules.days_off 2028 2029`.

Belongs here: turning the `holidays` library into rows of `rules/days_off.csv`. The rows are
reviewed against the joint decree (SKB) and kept in that file; nothing reads the library at night,
because a night must not change with the version of a library. Does not belong here: local days
off, which are rules of the region.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable
from importlib.metadata import version
from typing import TextIO

import holidays

from ingest.rules.files import file_columns
from warehouse.catalog.reader import load_catalog

# What the library appends to the name of a day that nobody has announced yet.
ESTIMATED = " (perkiraan)"


def national_days_off(year: int) -> list[dict[str, str]]:
    """Return the national holidays and joint leave of a year, in order, marked as unreviewed.

    A day that is both counts as a holiday. The library's category `government` is cuti bersama.
    """
    days: dict[str, tuple[str, str]] = {}
    for category, kind in (("government", "joint_leave"), ("public", "holiday")):
        named = holidays.country_holidays("ID", years=year, categories=(category,), language="id")
        days |= {
            day.isoformat(): (kind, name.removesuffix(ESTIMATED)) for day, name in named.items()
        }
    return [
        {
            "date": day,
            "kind": kind,
            "name": name,
            "source": f"holidays {version('holidays')}, not compared with the decree",
            "trust": "R",
        }
        for day, (kind, name) in sorted(days.items())
    ]


def write(years: Iterable[int], file: TextIO) -> None:
    """Write the rows of the years as a rule file."""
    columns = [column.name for column in file_columns(load_catalog().rules["days_off"])]
    writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
    writer.writeheader()
    for year in years:
        writer.writerows(national_days_off(year))


if __name__ == "__main__":
    write([int(year) for year in sys.argv[1:]], sys.stdout)
