"""What `check` says to those who send files.

Belongs here: what a file would leave behind. Does not belong here: nights, see `nights.py`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Literal

from orchestration.say.terminal import line
from quality.numbers import whole
from warehouse.catalog.reader import load_catalog

if TYPE_CHECKING:
    from ingest.loading.check import CheckReport
    from ingest.notes import Note
    from ingest.reasons import Reason

CHECK_EXIT_CODES = {"clean": 0, "rows": 2, "held": 2, "unreadable": 1}


def checked(report: CheckReport, *, as_json: bool) -> int:
    """What a file would leave behind, by what it was read and what was not; the exit code."""
    if as_json:
        print(json.dumps(_as_dict(report), ensure_ascii=False, indent=2))
        return CHECK_EXIT_CODES[report.outcome]
    balance = report.balance
    line(
        f"Baris dibaca · rows read: {whole(balance.rows_read)}; dimuat · loaded: "
        f"{whole(balance.rows_loaded)}; karantina · quarantined: "
        f"{whole(balance.rows_quarantined)}; ganda · duplicate: "
        f"{whole(balance.rows_duplicate)}; dilewati · skipped: {whole(balance.rows_skipped)}"
    )
    _noted(balance.notes, "decided", "Dibaca begini · read like this:")
    _noted(balance.notes, "ignored", "Tidak dibaca · not read:")
    if report.reason is not None:
        _advise(report.reason, balance.detail)
    if report.belongs:
        line(f"  Cocok untuk · it fits: {', '.join(map(_as_option, report.belongs))}")
    for problem in report.problems:
        rows = ", ".join(map(str, problem.rows)) + (
            " …" if problem.count > len(problem.rows) else ""
        )
        line(f"{problem.count} × {problem.reason.code} {problem.column}: baris · rows {rows}")
        _advise(problem.reason)
    for check_id, text in report.held.items():
        line(f"Akan ditahan · would be held: {text} [{check_id}]")
    if report.outcome == "clean":
        line("Bersih · clean: tidak ada yang akan disisihkan · nothing would be set aside")
        line(
            "Baru dapat dilihat saat diproses: apakah NIP, PIN dan satuan kerjanya sudah dikenal · "
            "only a night can tell whether its NIPs, PINs and units are known"
        )
    return CHECK_EXIT_CODES[report.outcome]


def _as_option(source: str) -> str:
    """A source as `check` takes it, with a blank for its wave or year."""
    blank = {"wave": "/<gelombang>", "year": "/<tahun>"}
    return f"--source {source}{blank.get(load_catalog().sources[source].period or '', '')}"


def _noted(notes: Sequence[Note], kind: Literal["ignored", "decided"], title: str) -> None:
    from ingest.notes import told

    texts = told(notes, kind)
    for text in [title, *(f"  {text}" for text in texts)] if texts else ():
        line(text)


def _as_dict(report: CheckReport) -> dict[str, Any]:
    balance = report.balance
    counts = ("rows_read", "rows_loaded", "rows_quarantined", "rows_duplicate", "rows_skipped")
    return {
        "outcome": report.outcome,
        "exit_code": CHECK_EXIT_CODES[report.outcome],
        "layout": balance.layout,
        **{name: getattr(balance, name) for name in counts},
        "reason": asdict(report.reason) if report.reason else None,
        "detail": balance.detail,
        "belongs": list(report.belongs),
        "problems": [
            {**asdict(one.reason), "column": one.column, "count": one.count, "rows": one.rows}
            for one in report.problems
        ],
        "held": [{"check_id": check_id, **asdict(text)} for check_id, text in report.held.items()],
        "notes": [{**asdict(n), "kind": n.kind, **asdict(n.text)} for n in balance.notes],
    }


def _advise(reason: Reason, detail: str = "") -> None:
    what = f": {detail}" if detail else ""
    line(f"  {reason.id}{what}. {reason.next_id}.")
    line(f"  {reason.en}{what}. {reason.next_en}.")
