"""What `run`, `demo` and `rollback` say about a night that ended.

Belongs here: the outcome in words, as a table and as JSON. Does not belong here: what is known
without a night, see `standing.py`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table

from orchestration.say.landing import arrivals
from orchestration.say.terminal import line, out, table
from warehouse import publication
from warehouse.home import Home

if TYPE_CHECKING:
    from orchestration.launch import Outcome

STANDS = "terbitan lama tetap berlaku · the last good one stands"
OUTCOMES = {
    "published": "[green]TERBIT · published[/]",
    "blocked": f"[red]TERTAHAN · blocked[/] — {STANDS}",
    "held": "[yellow]DITAHAN · held[/] — tidak ada terbitan baru · nothing new to publish",
    "failed": f"[red]GAGAL · failed[/] — {STANDS}",
}
_INPUT_COLUMNS = ("read", "loaded", "quarantined", "duplicate")


def outcome(ended: Outcome, *, as_json: bool) -> int:
    """How a night ended; returns the exit code."""
    if as_json:
        print(json.dumps(_summary(ended), ensure_ascii=False, indent=2))
        return ended.exit_code
    if ended.entry is None:
        out.print("Tidak ada yang baru · nothing new")
    else:
        out.print(_inputs(ended.entry))
        out.print(OUTCOMES[ended.entry["outcome"]])
        for reason in ended.entry["reasons"]:
            line(f"  - {reason['id']} / {reason['en']}")
        line(f"Laporan · report  {_report(ended.home, ended.entry)}")
    for delivery in ended.plan.held if ended.entry is None else ():
        line(f"Ditahan · held: {shown(delivery)}")
    arrivals(ended.plan)
    if (ended.home.published / "current" / "marts.duckdb").is_file():
        line(f"Marts             {ended.home.published / 'current' / 'marts.duckdb'}")
    line(f"Kepala · head     {ended.head}")
    return ended.exit_code


def rolled_back(run_id: str) -> None:
    """Where `published/current` points now."""
    line(
        f"Terbitan kembali ke {run_id}; malam berikutnya menerbitkan maju. · "
        f"The publication is back at {run_id}; the next night publishes forward."
    )


def _summary(ended: Outcome) -> dict[str, Any]:
    entry = ended.entry or {}
    return {
        "outcome": entry.get("outcome", "nothing_new"),
        "exit_code": ended.exit_code,
        "run_id": entry.get("run_id"),
        "reasons": entry.get("reasons", []),
        "inputs": entry.get("inputs", []),
        "held": [shown(delivery) for delivery in ended.plan.held] if not entry else [],
        **ended.plan.told,
        "published": publication.standing(ended.home),
        "marts": str(ended.home.published / "current" / "marts.duckdb"),
        "report": str(_report(ended.home, entry)) if entry else None,
        "head": ended.head,
    }


def _inputs(entry: Any) -> Table:
    made = table(
        f"Malam · night {entry['run_id']}",
        "sumber · source",
        numbers=("berkas · files", *_INPUT_COLUMNS, "ditahan · held"),
    )
    by_source: dict[str, list[Any]] = {}
    for given in entry["inputs"]:
        by_source.setdefault(given["source"], []).append(given)
    for source, given in by_source.items():
        counts = [f"{sum(one[f'rows_{name}'] for one in given):,}" for name in _INPUT_COLUMNS]
        held = sum(one["outcome"] != "loaded" for one in given)
        made.add_row(source, str(len(given)), *counts, str(held or ""))
    return made


def _report(home: Home, entry: Mapping[str, Any]) -> Path:
    return home.reports / str(entry["run_id"]) / "index.html"


def shown(delivery: Any) -> str:
    """A delivery in one line: its path below landing, masked, and how its digest begins."""
    return f"{delivery.shown_path} (sha256 {delivery.file_sha256[:12]}…)"
