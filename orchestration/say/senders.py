"""What `init` and `check` say to those who send files and keep rules.

Belongs here: a new home, and what a file or the rules would leave behind. Does not belong here:
nights, see `nights.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.say.terminal import line
from quality.numbers import whole
from warehouse.home import Home

if TYPE_CHECKING:
    from ingest.load import CheckReport
    from ingest.reasons import Reason
    from ingest.rules import Rules

CHECK_EXIT_CODES = {"clean": 0, "rows": 2, "unreadable": 1}


def created(home: Home, written: Sequence[Path]) -> None:
    """What `init` made, and what to do next."""
    line(f"Rumah data siap · home ready: {home.root}")
    for path in written:
        line(f"  {path.relative_to(home.root)}")
    line(
        f"Taruh berkas di · drop files into: {home.landing}/<kode>/<sumber>/ , "
        f"lalu · then: budaya run --home {home.root}"
    )


def rules_are_right(rules: Rules) -> None:
    """`check config` found nothing."""
    count = sum(map(len, rules.tables.values()))
    line(f"Aturan benar: {count} baris berlaku · the rules are right: {count} rows hold")


def checked(report: CheckReport) -> int:
    """What a file would leave behind; returns the exit code of `check`."""
    balance = report.balance
    line(
        f"Tata letak · layout: {balance.layout or '-'}; baris dibaca · rows read: "
        f"{whole(balance.rows_read)}; dimuat · loaded: {whole(balance.rows_loaded)}; karantina · "
        f"quarantined: {whole(balance.rows_quarantined)}; ganda · duplicate: "
        f"{whole(balance.rows_duplicate)}; dilewati · skipped: {whole(balance.rows_skipped)}"
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
