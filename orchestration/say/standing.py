"""What `status` says: where a home stands, between the nights.

Belongs here: last runs, ages, what is held and what waits. Does not belong here: what a night
says when it ends, see `nights.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from orchestration.say.landing import arrivals, waits
from orchestration.say.nights import shown
from orchestration.say.terminal import line, out, table
from warehouse import generation, ledger
from warehouse.home import Home

if TYPE_CHECKING:
    from ingest.plan import Plan


def status(home: Home, plan: Plan, today: date) -> None:
    """Last runs, what is published, the age of each source, what is held and what waits."""
    entries = ledger.entries(home)
    runs = table(
        "Malam terakhir · last runs",
        "malam · night",
        "hasil · outcome",
        numbers=("berkas · files",),
    )
    for entry in entries[-5:]:
        runs.add_row(
            entry["run_id"], entry.get("outcome", entry["kind"]), str(len(entry.get("inputs", ())))
        )
    out.print(runs)
    line(f"Terbit · published: {generation.current_run_id(home) or '-'}")
    ages = table(
        "", "pemerintah · government", "sumber · source", numbers=("umur (hari) · age (days)",)
    )
    for (government, source), age in _ages(entries, today).items():
        ages.add_row(government, source, str(age))
    out.print(ages)
    for delivery in plan.held:
        line(f"Ditahan · held: {shown(delivery)}")
    for delivery in plan.deliveries:
        if delivery not in plan.held:
            line(f"Menunggu · waits: {shown(delivery)}")
    arrivals(plan)
    waits(home)
    if plan.due:
        line(f"Malam berikutnya · the next night: {', '.join(plan.reasons)}")


def _ages(entries: Sequence[Any], today: date) -> dict[tuple[str, str], int]:
    """Days since the newest loaded delivery of each government and source was modified."""
    newest: dict[tuple[str, str], date] = {}
    for entry in entries:
        for given in entry.get("inputs", ()):
            if given["outcome"] == "loaded":
                key = (given["government_code"], given["source"])
                day = date.fromisoformat(given["modified_at"][:10])
                newest[key] = max(day, newest.get(key, day))
    return {key: (today - day).days for key, day in sorted(newest.items())}
