"""Which rule rows changed since the published generation, from what to what.

Belongs here: comparing tonight's rows with those of a generation, government by government, and
saying each difference once. Does not belong here: reading the rules (`quality.report.rules`) or
what a change of rules does to figures (`quality.checks.changes`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from quality.report.rules import OF_THE_HOME, rules_of_generation
from warehouse.catalog.reader import load_catalog
from warehouse.publication.generation import current_run_id
from warehouse.store.home import Home

Row = Mapping[str, Any]

# What a row says beside its values; where it is in force follows from the date.
_BESIDE = ("valid_to", "source", "trust", "origin")


def since_published(home: Home, rules: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """What changed since the published generation; None before the first publication.

    ``rows`` is None where that generation is gone or can't be read. A government of
    which one side knows nothing is left out: all of its rules would be new.

    Args:
        home: The home.
        rules: Tonight's, as `rule_facts.rules_in_force` returns them.
    """
    published = current_run_id(home)
    if published is None:
        return None
    before = rules_of_generation(home, published)
    if before is None:
        return {"since": published, "rows": None}
    known = [
        {code for rows in side for row in rows for code in row["governments"]}
        for side in (before.values(), [rule["rows"] for rule in rules])
    ]
    found = [
        change
        for rule in rules
        if rule["rule"] in before and rule["rule"] not in OF_THE_HOME
        for change in _changes(
            rule["rule"], before[rule["rule"]], rule["rows"], known[0] & known[1]
        )
    ]
    return {"since": published, "rows": found}


def _changes(
    rule: str, before: Sequence[Row], after: Sequence[Row], governments: Collection[str]
) -> Iterator[dict[str, Any]]:
    """The differences of one rule file, each with the governments that it is met in (all: none)."""
    groups: dict[str, dict[str, Any]] = {}
    for government in sorted(governments):
        old, new = (_by_key(rule, rows, government) for rows in (before, after))
        for key in sorted({*old, *new}):
            one, other = old.get(key), new.get(key)
            if one is None or other is None or _flat(one) != _flat(other):
                change = _change(rule, one, other)
                found = groups.setdefault(repr(change), {**change, "governments": []})
                found["governments"].append(government)
    for change in groups.values():
        is_general = len(change["governments"]) == len(governments)
        yield {**change, "governments": [] if is_general else change["governments"]}


def _by_key(rule: str, rows: Sequence[Row], government: str) -> dict[str, Row]:
    """The rows that hold for a government, by the rule's key and the first day."""
    keys = load_catalog().rules[rule].key
    return {
        repr([*(str(row["values"].get(name)) for name in keys), row["valid_from"]]): row
        for row in rows
        if government in row["governments"]
    }


def _change(rule: str, before: Row | None, after: Row | None) -> dict[str, Any]:
    """One difference: the row's key, and the columns that differ with both values."""
    row = after or before or {}
    keys = load_catalog().rules[rule].key
    flat = [None if one is None else _flat(one) for one in (before, after)]
    columns = [name for name in _flat(row) if name not in keys]
    differing = [
        {"column": name, "before": old, "after": new}
        for name in columns
        for old, new in [tuple(None if one is None else one.get(name) for one in flat)]
        if old != new
    ]
    kind = "changed" if before and after else "added" if after else "removed"
    return {
        "rule": rule,
        "kind": kind,
        "key": {name: row["values"].get(name) for name in keys},
        "valid_from": row["valid_from"],
        "columns": differing,
    }


def _flat(row: Row) -> dict[str, Any]:
    return {**row["values"], **{name: row[name] for name in _BESIDE}}
