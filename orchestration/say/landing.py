"""What every command says about landing: what can't be taken yet, and what lies in a wrong place.

Belongs here: the words for a scan. Does not belong here: looking (`ingest.landing`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orchestration.say.opening import notices
from orchestration.say.terminal import line

if TYPE_CHECKING:
    from ingest.plan import Plan


def arrivals(plan: Plan) -> None:
    """Files that wait, and files and folders that somebody has to move, each with its next step."""
    from ingest.places import by_folder
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


def arrivals_json(plan: Plan) -> dict[str, Any]:
    """The same for programs: every file, with the code of its reason and its words."""
    from ingest.reasons import REASONS

    def told(path: str, code: str, place: str = "") -> dict[str, str]:
        reason = REASONS[code]
        return {
            "path": path,
            "reason_code": code,
            "probable_place": place,
            **{name: getattr(reason, name) for name in ("id", "en", "next_id", "next_en")},
        }

    return {
        "waiting": [told(path, code) for path, code in plan.scan.waiting],
        "misplaced": [told(*one) for one in plan.scan.misplaced],
        "notices": [{"id": text.id, "en": text.en} for text in plan.notices],
    }
