"""What `run`, `demo` and `rollback` say about a night that ended.

Belongs here: the outcome in words, as a table and as JSON. Does not belong here: what is known
without a night, see `standing.py`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.say.landing import arrivals
from orchestration.say.terminal import line, out, table
from quality.numbers import whole
from warehouse.privacy import shown_path
from warehouse.proof import standing as publication
from warehouse.store.home import Home

if TYPE_CHECKING:
    from rich.table import Table

    from orchestration.launch import Outcome

STANDS = "publikasi lama tetap berlaku · the last good one stands"
OUTCOMES = {
    "published": "[green]DITERBITKAN · published[/]",
    "blocked": f"[red]TIDAK DITERBITKAN · blocked[/] — {STANDS}",
    "held": "[yellow]DITAHAN · held[/] — tidak ada publikasi baru · nothing new to publish",
    "failed": f"[red]GAGAL · failed[/] — {STANDS}",
}
_NOT_TAKEN = {"held": "Ditahan · held", "set_aside": "Disisihkan · set aside"}
# Read = loaded + quarantined + duplicate.
_INPUT_COLUMNS = {
    "rows_read": "dibaca · read",
    "rows_loaded": "dimuat · loaded",
    "rows_quarantined": "karantina · quarantined",
    "rows_duplicate": "ganda · duplicate",
}


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
        _not_taken(ended.entry["inputs"])
        line(f"Laporan · report  {_report(ended.home, ended.entry)}")
    for delivery in ended.plan.held if ended.entry is None else ():
        line(f"Ditahan · held: {shown(delivery)}")
    arrivals(ended.plan)
    if (ended.home.published / "current" / "marts.duckdb").is_file():
        line(f"Marts             {ended.home.published / 'current' / 'marts.duckdb'}")
    line(f"Sidik terakhir rantai catatan · head: {ended.head}")
    return ended.exit_code


def rolled_back(run_id: str) -> None:
    """Where `published/current` points now."""
    line(
        f"Publikasi kembali ke {run_id}; pemrosesan berikutnya menerbitkan maju. · "
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
        f"ID pemrosesan · night {entry['run_id']}",
        "sumber · source",
        numbers=(
            "berkas · files",
            *_INPUT_COLUMNS.values(),
            "ditahan · held",
            "disisihkan · set aside",
        ),
    )
    by_source: dict[str, list[Any]] = {}
    for given in entry["inputs"]:
        by_source.setdefault(given["source"], []).append(given)
    for source, given in by_source.items():
        made.add_row(source, *_counted(given))
    made.add_section()
    made.add_row("jumlah · total", *_counted(entry["inputs"]))
    return made


def _not_taken(inputs: Sequence[Mapping[str, Any]]) -> None:
    """The files of which no row was taken, each with its reason and next step."""
    from ingest.reasons import REASONS
    from quality.report.deliveries import reason_words

    for given in inputs:
        title = _NOT_TAKEN.get(given["outcome"])
        if title is not None:
            place = (given["government_code"], given["source"], given["period"])
            reason = reason_words(given["reason_code"], REASONS)
            line(f"{title}: {shown_path(*place, given['file_name'])}")
            line(f"    {reason['id']}. {reason['next_id']}. [{given['reason_code']}]")
            line(f"    {reason['en']}. {reason['next_en']}.")


def _counted(inputs: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Files, their rows by what became of them, and the files of which no row was taken."""
    yield whole(len(inputs))
    for name in _INPUT_COLUMNS:
        yield whole(sum(one[name] for one in inputs))
    for outcome in ("held", "set_aside"):
        count = sum(one["outcome"] == outcome for one in inputs)
        yield whole(count) if count else ""


def _report(home: Home, entry: Mapping[str, Any]) -> Path:
    return home.reports / str(entry["run_id"]) / "index.html"


def shown(delivery: Any) -> str:
    """A delivery in one line: its path below landing, masked, and how its digest begins."""
    return f"{delivery.shown_path} (sha256 {delivery.file_sha256[:12]}…)"
