"""What the command line says, in Indonesian with English beside it; returns exit codes.

Belongs here: words and tables on the terminal. Does not belong here: finding anything out, but the
few files (ledger, manifest) that hold what is shown. No personal data is ever printed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from warehouse import generation, ledger
from warehouse.home import Home
from warehouse.privacy import mask_digits

if TYPE_CHECKING:
    from ingest.load import CheckReport
    from ingest.plan import Plan
    from ingest.reasons import Reason
    from ingest.rules import Rules
    from orchestration.launch import Outcome
    from warehouse.erasure import Erasure
    from warehouse.trace import People, Trace
    from warehouse.verify import Verification

STANDS = "terbitan lama tetap berlaku · the last good one stands"
OUTCOMES = {
    "published": "[green]TERBIT · published[/]",
    "blocked": f"[red]TERTAHAN · blocked[/] — {STANDS}",
    "held": "[yellow]DITAHAN · held[/] — tidak ada terbitan baru · nothing new to publish",
    "failed": f"[red]GAGAL · failed[/] — {STANDS}",
}
CHECK_EXIT_CODES = {"clean": 0, "rows": 2, "unreadable": 1}
_INPUT_COLUMNS = ("read", "loaded", "quarantined", "duplicate")

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def progress(text: str) -> None:
    """One line while a night works; on stderr, so that --json stays clean."""
    err.print(f"[dim]·[/] {text}")


def problem(error: Exception) -> None:
    """A user's mistake or a busy home: the message, no traceback."""
    err.print(str(error), style="red", markup=False, soft_wrap=True)


def cannot_touch(error: OSError) -> None:
    """A file or folder that the system does not let us read or write: which one, and why."""
    what = mask_digits(str(error.filename)) if error.filename is not None else ""
    err.print(
        f"Tidak dapat dibaca atau ditulis · can not be read or written: {what} "
        f"({error.strerror or type(error).__name__})",
        style="red",
        markup=False,
        soft_wrap=True,
    )


def wrong_usage(message: str) -> None:
    """An unknown command, option or argument: a number that was typed is not repeated."""
    err.print(f"{mask_digits(message)}\nLihat · see: budaya --help", style="red", markup=False)


def created(home: Home, written: Sequence[Path]) -> None:
    """What `init` made, and what to do next."""
    out.print(f"Rumah data siap · home ready: {home.root}", markup=False)
    for path in written:
        out.print(f"  {path.relative_to(home.root)}", markup=False)
    out.print(
        f"Taruh berkas di · drop files into: {home.landing}/<kode>/<sumber>/ , "
        f"lalu · then: budaya run --home {home.root}",
        markup=False,
    )


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
            out.print(f"  - {reason['id']} / {reason['en']}", markup=False)
        out.print(f"Laporan · report  {_report(ended.home, ended.entry)}", markup=False)
    for delivery in ended.plan.held if ended.entry is None else ():
        out.print(f"Ditahan · held: {_shown(delivery)}", markup=False)
    for path, reason in ended.plan.scan.waiting:
        out.print(f"Menunggu · waiting: {path} ({reason})", markup=False)
    if generation.current_run_id(ended.home):
        out.print(
            f"Marts             {ended.home.published / 'current' / 'marts.duckdb'}", markup=False
        )
    out.print(f"Kepala · head     {ended.head}", markup=False)
    return ended.exit_code


def _report(home: Home, entry: Mapping[str, Any]) -> Path:
    return home.reports / str(entry["run_id"]) / "index.html"


def _summary(ended: Outcome) -> dict[str, Any]:
    entry = ended.entry or {}
    return {
        "outcome": entry.get("outcome", "nothing_new"),
        "exit_code": ended.exit_code,
        "run_id": entry.get("run_id"),
        "reasons": entry.get("reasons", []),
        "inputs": entry.get("inputs", []),
        "held": [_shown(delivery) for delivery in ended.plan.held] if not entry else [],
        "published": generation.current_run_id(ended.home),
        "marts": str(ended.home.published / "current" / "marts.duckdb"),
        "report": str(_report(ended.home, entry)) if entry else None,
        "head": ended.head,
    }


def _inputs(entry: Any) -> Table:
    table = Table("sumber · source", "berkas · files", title=f"Malam · night {entry['run_id']}")
    for name in _INPUT_COLUMNS:
        table.add_column(name, justify="right")
    table.add_column("ditahan · held", justify="right")
    by_source: dict[str, list[Any]] = {}
    for given in entry["inputs"]:
        by_source.setdefault(given["source"], []).append(given)
    for source, given in by_source.items():
        counts = [f"{sum(one[f'rows_{name}'] for one in given):,}" for name in _INPUT_COLUMNS]
        held = sum(one["outcome"] != "loaded" for one in given)
        table.add_row(source, str(len(given)), *counts, str(held or ""))
    return table


def _shown(delivery: Any) -> str:
    return f"{mask_digits(delivery.relative_path)} (sha256 {delivery.file_sha256[:12]}…)"


def rules_are_right(rules: Rules) -> None:
    """`check config` found nothing."""
    count = sum(map(len, rules.tables.values()))
    out.print(f"Aturan benar: {count} baris berlaku · the rules are right: {count} rows hold")


def checked(report: CheckReport) -> int:
    """What a file would leave behind; returns the exit code of `check`."""
    balance = report.balance
    out.print(
        f"Tata letak · layout: {balance.layout or '-'}; baris dibaca · rows read: "
        f"{balance.rows_read:,}; dimuat · loaded: {balance.rows_loaded:,}; karantina · "
        f"quarantined: {balance.rows_quarantined:,}; ganda · duplicate: "
        f"{balance.rows_duplicate:,}; dilewati · skipped: {balance.rows_skipped:,}",
        markup=False,
    )
    if report.reason is not None:
        _advise(report.reason)
    for problem in report.problems:
        rows = ", ".join(map(str, problem.rows)) + (
            " …" if problem.count > len(problem.rows) else ""
        )
        out.print(
            f"{problem.count} × {problem.reason.code} {problem.column}: baris · rows {rows}",
            markup=False,
        )
        _advise(problem.reason)
    if report.outcome == "clean":
        out.print("Bersih · clean: tidak ada yang akan disisihkan · nothing would be set aside")
    return CHECK_EXIT_CODES[report.outcome]


def _advise(reason: Reason) -> None:
    out.print(f"  {reason.id}. {reason.next_id}.", markup=False)
    out.print(f"  {reason.en}. {reason.next_en}.", markup=False)


def verified(proof: Verification) -> int:
    """The result of `verify`; returns 0, or 3 where something was changed or is missing."""
    for finding in (*proof.problems, *proof.information):
        mark = "✗" if finding.kind == "problem" else "·"
        out.print(f"{mark} {finding.subject}: {finding.id} / {finding.en}", markup=False)
    if not proof.problems:
        out.print(
            f"Utuh · intact: {proof.lines} baris buku besar, terbitan, laporan dan berkas · "
            "ledger lines, generations, reports and files",
            markup=False,
        )
    out.print(f"Kepala · head: {proof.head}", markup=False)
    return 3 if proof.problems else 0


def traced(found: Trace, people: Sequence[People] = (), *, head: str = "") -> None:
    """What stands behind a cell; row numbers as ranges."""
    key = " ".join(found.key.values())
    out.print(f"{found.table} {key} · {found.run_id}", markup=False)
    for name, value in found.values.items():
        out.print(f"  {name} = {'–' if value is None else value}", markup=False)
    if found.hidden:
        out.print("Tersembunyi (kelompok kecil) · hidden (small group)", markup=False)
    for table, cell in found.cells:
        out.print(f"Dari · from: {table} {' '.join(cell)}", markup=False)
    out.print(f"Model · models: {' → '.join(found.models) or '–'}", markup=False)
    out.print(f"Tabel mentah · raw tables: {', '.join(found.tables) or '–'}", markup=False)
    out.print(
        f"Kode · code: {found.code_version}; aturan · rules: {found.rules_sha256}", markup=False
    )
    for rule in found.rules:
        out.print(f"Aturan · rule: {rule.path} {_ranges(rule.rows)}", markup=False)
        for source in rule.sources:
            out.print(f"    {source}", markup=False)
    for file in found.files:
        place = "/".join(p for p in (file.government_code, file.source, file.period) if p)
        rows = _ranges(file.rows) or "seluruh berkas · the whole file"
        out.print(
            f"Berkas · file: {place}/{file.file_name} sha256 {file.file_sha256}", markup=False
        )
        out.print(f"    baris · rows: {rows}", markup=False)
    for one in people:
        out.print(f"{one.table}: {', '.join(one.columns)}", markup=False)
        for row in one.rows:
            out.print("    " + ", ".join("" if c is None else str(c) for c in row), markup=False)
    if head:
        out.print(f"Kepala · head: {head}", markup=False)


def erased(home: Home, done: Erasure) -> None:
    """What was deleted, by place; and the landing files that are the office's to delete."""
    out.print(f"Orang · people: {done.people}", markup=False)
    for place, count in done.rows.items():
        out.print(f"  {place}: {count:,}", markup=False)
    out.print(
        f"Berkas masuk yang masih memuatnya · landing files that still hold them: "
        f"{len(done.landing_files)}",
        markup=False,
    )
    for path in done.landing_files:
        out.print(f"  {mask_digits(path.relative_to(home.landing).as_posix())}", markup=False)
    out.print(
        "Hapus berkas itu sendiri; malam berikutnya menghitung ulang. · Delete these files "
        "yourselves; the next night computes anew.",
        markup=False,
    )
    out.print(f"Kepala · head: {done.head}", markup=False)


def _ranges(numbers: Sequence[int]) -> str:
    """Ascending numbers, runs of them as `first-last`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)


def rolled_back(run_id: str) -> None:
    """Where `published/current` points now."""
    out.print(
        f"Terbitan kembali ke {run_id}; malam berikutnya menerbitkan maju. · "
        f"The publication is back at {run_id}; the next night publishes forward.",
        markup=False,
    )


def status(home: Home, plan: Plan, today: date) -> None:
    """Last runs, what is published, the age of each source, what is held and what waits."""
    entries = ledger.entries(home)
    runs = Table(
        "malam · night", "hasil · outcome", "berkas · files", title="Malam terakhir · last runs"
    )
    for entry in entries[-5:]:
        runs.add_row(
            entry["run_id"], entry.get("outcome", entry["kind"]), str(len(entry.get("inputs", ())))
        )
    out.print(runs)
    out.print(f"Terbit · published: {generation.current_run_id(home) or '-'}", markup=False)
    ages = Table("pemerintah · government", "sumber · source", "umur (hari) · age (days)")
    for (government, source), age in _ages(entries, today).items():
        ages.add_row(government, source, str(age))
    out.print(ages)
    for delivery in plan.held:
        out.print(f"Ditahan · held: {_shown(delivery)}", markup=False)
    for delivery in plan.deliveries:
        if delivery not in plan.held:
            out.print(f"Menunggu · waits: {_shown(delivery)}", markup=False)
    for path, reason in plan.scan.waiting:
        out.print(f"Menunggu · waits: {path} ({reason})", markup=False)
    if plan.due:
        out.print(f"Malam berikutnya · the next night: {', '.join(plan.reasons)}", markup=False)


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
