"""Compare: expected against published rows, as messages that a person can follow.

Messages name table, key and column; the tables compared hold no personal data.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from math import isclose, isnan

from tests.oracle.figures import Row

_TOLERANCE = 1e-9


def is_same(expected: object, found: object) -> bool:
    """Equal; numbers within 1e-9 relative or absolute; None equals None only."""
    if expected is None or found is None:
        return expected is None and found is None
    if isinstance(expected, bool) or isinstance(found, bool):
        return expected is found
    if isinstance(expected, (int, float)) and isinstance(found, (int, float, Decimal)):
        number = float(found)
        return not isnan(number) and isclose(
            expected, number, rel_tol=_TOLERANCE, abs_tol=_TOLERANCE
        )
    return expected == found


def differences(
    table: str, expected: Iterable[Row], published: Iterable[Row], keys: Sequence[str]
) -> list[str]:
    """Every cell in which two tables differ, and the rows that only one of them has."""
    problems: list[str] = []
    wanted = _by_key(table, expected, keys, "expected", problems)
    found = _by_key(table, published, keys, "published", problems)
    for side, verdict, other in ((wanted, "missing", found), (found, "extra", wanted)):
        problems += [
            f"{table} {_named(keys, key)}: row is {verdict}" for key in side if key not in other
        ]
    for key in sorted(wanted.keys() & found.keys(), key=repr):
        mine, theirs = wanted[key], found[key]
        problems += [
            f"{table} {_named(keys, key)}: column {column} is only "
            f"{'expected' if column in mine else 'published'}"
            for column in sorted(mine.keys() ^ theirs.keys())
        ]
        problems += [
            f"{table} {_named(keys, key)}: {column} expected {mine[column]!r}, "
            f"found {theirs[column]!r}"
            for column in mine
            if column in theirs and not is_same(mine[column], theirs[column])
        ]
    return problems


def _by_key(
    table: str, rows: Iterable[Row], keys: Sequence[str], side: str, problems: list[str]
) -> dict[tuple[object, ...], Row]:
    found: dict[tuple[object, ...], Row] = {}
    for row in rows:
        key = tuple(row[column] for column in keys)
        if key in found:
            problems.append(f"{table} {_named(keys, key)}: {side} twice")
        found[key] = row
    return found


def _named(keys: Sequence[str], key: Sequence[object]) -> str:
    return " ".join(f"{name}={value}" for name, value in zip(keys, key, strict=True))
