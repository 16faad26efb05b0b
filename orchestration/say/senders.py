"""What `check` says to those who send files.

Belongs here: what a file would leave behind. Does not belong here: nights, see `nights.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestration.say.terminal import line

if TYPE_CHECKING:
    from ingest.load import CheckReport
    from ingest.reasons import Reason

CHECK_EXIT_CODES = {"clean": 0, "rows": 2, "unreadable": 1}


def checked(report: CheckReport) -> int:
    """What a file would leave behind; returns the exit code of `check`."""
    balance = report.balance
    line(
        f"Tata letak · layout: {balance.layout or '-'}; baris dibaca · rows read: "
        f"{balance.rows_read:,}; dimuat · loaded: {balance.rows_loaded:,}; karantina · "
        f"quarantined: {balance.rows_quarantined:,}; ganda · duplicate: "
        f"{balance.rows_duplicate:,}; dilewati · skipped: {balance.rows_skipped:,}"
    )
    if report.reason is not None:
        _advise(report.reason)
    for problem in report.problems:
        rows = ", ".join(map(str, problem.rows)) + (
            " …" if problem.count > len(problem.rows) else ""
        )
        line(f"{problem.count} × {problem.reason.code} {problem.column}: baris · rows {rows}")
        _advise(problem.reason)
    if report.outcome == "clean":
        line("Bersih · clean: tidak ada yang akan disisihkan · nothing would be set aside")
    return CHECK_EXIT_CODES[report.outcome]


def _advise(reason: Reason) -> None:
    line(f"  {reason.id}. {reason.next_id}.")
    line(f"  {reason.en}. {reason.next_en}.")
