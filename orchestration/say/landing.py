"""What every command says about landing: what can't be taken yet, and what lies in a wrong place.

Belongs here: the words for a scan. Does not belong here: looking (`ingest.arrivals.landing`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestration.say.opening import notices
from orchestration.say.terminal import line

if TYPE_CHECKING:
    from ingest.arrivals.plan import Plan


def arrivals(plan: Plan) -> None:
    """Files that wait, and files and folders that somebody has to move, each with its next step."""
    from ingest.arrivals.places import by_folder
    from ingest.reasons import REASONS

    for path, code in plan.scan.waiting:
        reason = REASONS[code]
        line(f"Menunggu · waits: {path}: {reason.id} · {reason.en}")
        line(f"  {reason.next_id} · {reason.next_en}")
    for one, files in by_folder(plan.scan.misplaced):
        reason = REASONS[one.reason_code]
        count = f" ({files} berkas · files)" if files > 1 else ""
        line(f"Salah tempat · misplaced: {one.path}{count}: {reason.id} · {reason.en}")
        meant = one.probable_place
        line(f"  Mungkin maksudnya · did you mean: {meant}") if meant else None
        line(f"  {reason.next_id} · {reason.next_en}")
    notices(plan.notices)
