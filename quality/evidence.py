"""Great Expectations' own answers, kept beside the report for whoever does not take our word.

Belongs here: what of an answer may be kept, and where. Does not belong here: judging answers
(`quality.checks.validation`). Of a result only counts are kept, and of an exception only that there
was one: failing values and messages may hold a person's data.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from warehouse.files import PUBLIC_FILE, write_whole
from warehouse.store.home import Home

if TYPE_CHECKING:
    from great_expectations.core import ExpectationValidationResult

FOLDER = "evidence"

_COUNTS = ("element_count", "unexpected_count", "missing_count", "observed_value")

Kept = dict[str, list[dict[str, Any]]]
"""By table, the answers of its suite."""


def plain(answers: Iterable[ExpectationValidationResult]) -> list[dict[str, Any]]:
    """The answers of a suite as GX gave them, in the order of our check ids, without any value."""
    kept = []
    for answer in answers:
        config = answer.expectation_config
        if config is None:
            continue
        kwargs = {name: value for name, value in config.kwargs.items() if name != "batch_id"}
        kept.append(
            {
                "expectation": config.type,
                "kwargs": kwargs,
                "meta": config.meta,
                "success": answer.success,
                "result": _counts(answer.result),
                "raised_exception": raised(answer.exception_info),
            }
        )
    return sorted(kept, key=lambda entry: str(entry["meta"]["check_id"]))


def keep(home: Home, run_id: str, name: str, kept: Kept) -> None:
    """Write the answers of some suites below the night's report."""
    folder = home.reports / run_id / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    data = json.dumps(kept, ensure_ascii=False, indent=1, sort_keys=True)
    write_whole(folder / f"{name}.json", data.encode(), PUBLIC_FILE)


def raised(info: Mapping[str, Any] | None) -> bool:
    """Whether GX caught an exception; it says so at the top or below each failed metric."""
    entries = [info or {}, *(info or {}).values()]
    return any(isinstance(e, Mapping) and bool(e.get("raised_exception")) for e in entries)


def _counts(result: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers, and the names of columns where those were asked for."""
    found = {name: result[name] for name in _COUNTS if name in result}
    return {
        name: value
        for name, value in found.items()
        if value is None or isinstance(value, int | float | list)
    }
