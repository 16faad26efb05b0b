"""What `run --plan` says of a night that was only tried.

Belongs here: its words as a table and as JSON. Does not belong here: finding anything out
(`orchestration.foresight`).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any

from ingest.arrivals.plan import why_due
from orchestration.say.landing import arrivals
from orchestration.say.nights import shown
from orchestration.say.terminal import line, out, table
from orchestration.words import sentence
from warehouse.vocabulary import Text

if TYPE_CHECKING:
    from orchestration.foresight import Foreseen


def foreseen(found: Foreseen, *, as_json: bool) -> None:
    """What a night would do now, and why."""
    if as_json:
        print(json.dumps(_summary(found), ensure_ascii=False, indent=2))
        return
    if not found.plan.due:
        line(str(sentence("plan", "nothing")))
    else:
        line(str(sentence("plan", "because", why=_joined(map(why_due, found.plan.reasons)))))
        _files(found)
        _months(found)
    for delivery in found.held:
        line(str(sentence("plan", "held", file=shown(delivery))))
    arrivals(found.plan)


def _files(found: Foreseen) -> None:
    if not found.plan.deliveries:
        return
    made = table("", "pemda · government", "sumber · source", numbers=("berkas · files",))
    for (code, place), files in _places(found).items():
        made.add_row(code, place, str(files))
    out.print(made)


def _places(found: Foreseen) -> dict[tuple[str, str], int]:
    """How many files a night would read, by government and the folder they lie in."""
    counted = Counter(
        (one.government_code, "/".join(filter(None, (one.source, one.period))))
        for one in found.plan.deliveries
    )
    return dict(sorted(counted.items()))


def _months(found: Foreseen) -> None:
    if found.months is None:
        line(str(sentence("plan", "everything")))
        return
    line(str(sentence("plan", "months", count=len(found.months))))
    made = table("", "pemda · government", "bulan · months", "sebab · because")
    for (code, inputs), slices in groupby(sorted(found.months.items(), key=_by_reason), _by_cause):
        made.add_row(
            code, spans([key.month for key, _ in slices]), str(_joined(map(_cause, inputs)))
        )
    if found.months:
        out.print(made)
    line(str(sentence("plan", "the_rest")))


def _by_cause(one: tuple[Any, tuple[str, ...]]) -> tuple[str, tuple[str, ...]]:
    return one[0].government_code, one[1]


def _by_reason(one: tuple[Any, tuple[str, ...]]) -> tuple[str, tuple[str, ...], date]:
    return *_by_cause(one), one[0].month


def _cause(name: str) -> Text:
    return sentence("slice", name)


def _joined(texts: Iterator[Text]) -> Text:
    """Several reasons as one, in each language."""
    both = list(texts)
    return Text("; ".join(text.id for text in both), "; ".join(text.en for text in both))


def spans(months: Sequence[date]) -> str:
    """Ascending first days of months, those that follow each other as `first..last`."""
    runs: list[list[date]] = []
    for month in months:
        if runs and _number(month) == _number(runs[-1][-1]) + 1:
            runs[-1].append(month)
        else:
            runs.append([month])
    return ", ".join("..".join(f"{day:%Y-%m}" for day in sorted({run[0], run[-1]})) for run in runs)


def _number(month: date) -> int:
    return month.year * 12 + month.month


def _summary(found: Foreseen) -> dict[str, Any]:
    return {
        "due": found.plan.due,
        "because": list(found.plan.reasons),
        "files": [
            {"government_code": code, "folder": place, "files": files}
            for (code, place), files in _places(found).items()
        ],
        "held": [shown(delivery) for delivery in found.held],
        "everything": found.months is None,
        "months": [
            {
                "government_code": key.government_code,
                "month": f"{key.month:%Y-%m}",
                "because": [{"input": name, **asdict(_cause(name))} for name in inputs],
            }
            for key, inputs in (found.months or {}).items()
        ],
        **found.plan.told,
    }
