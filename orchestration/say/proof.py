"""What `verify`, `trace` and `erase` say: what stands behind a figure, and that it still stands.

Belongs here: findings, cells and deletions in words. Does not belong here: finding them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from orchestration.say.terminal import line, ranges
from quality.numbers import whole
from warehouse.privacy import masked, shown_path
from warehouse.store.home import Home

if TYPE_CHECKING:
    from warehouse.erasure.erasing import Erasure
    from warehouse.proof.trace import People, RuleFile, Trace
    from warehouse.proof.verify import Verification

# So many rows of a rule are spelt out.
_MOST_ROWS = 20


def verified(proof: Verification) -> int:
    """The result of `verify`; returns 0, or 3 where something was changed or is missing."""
    for finding in (*proof.problems, *proof.information):
        mark = "✗" if finding.kind == "problem" else "·"
        line(f"{mark} {finding.subject}: {finding.text.id} / {finding.text.en}")
    if not proof.problems:
        line(
            f"Utuh · intact: {proof.lines} baris rantai catatan, publikasi, laporan dan berkas · "
            "ledger lines, generations, reports and files"
        )
    line(f"Sidik terakhir rantai catatan · head: {proof.head}")
    return 3 if proof.problems else 0


def traced(
    found: Trace, people: Sequence[People] = (), *, head: str = "", as_json: bool = False
) -> None:
    """What stands behind a cell; row numbers as ranges, times and figures in full."""
    if as_json:
        whole = {**asdict(found), "people": [asdict(one) for one in people], "head": head or None}
        print(json.dumps(whole, ensure_ascii=False, indent=2, default=str))
        return
    line(f"{found.table} {' '.join(found.key.values())} · {found.run_id}")
    for name, value in found.values.items():
        line(f"  {name} = {_text(value)}")
    if found.hidden:
        line("Disembunyikan (kelompok kecil) · hidden (small group)")
    for cell in found.cells:
        line(f"Dari · from: {cell.table} {' '.join(cell.key)}: {cell.column} = {_text(cell.value)}")
    line(f"Model · models: {' → '.join(found.models) or '–'}")
    line(f"Tabel mentah · raw tables: {', '.join(found.tables) or '–'}")
    line(f"Kode · code: {found.code_version}; aturan · rules: {found.rules_sha256}")
    for rule in found.rules:
        _rule(rule)
    for file in found.files:
        rows = ranges(file.rows) or "seluruh berkas · the whole file"
        path = shown_path(file.government_code, file.source, file.period, file.file_name)
        line(f"Berkas · file: {path} sha256 {file.file_sha256}")
        line(f"    baris · rows: {rows}")
    for one in people:
        line(f"{one.table}: {', '.join(one.columns)}")
        for row in one.rows:
            line("    " + ", ".join("" if c is None else str(c) for c in row))
    if head:
        line(f"Sidik terakhir rantai catatan · head: {head}")


def _rule(rule: RuleFile) -> None:
    """A rule file with the rows that were used, each with what it says; of many, the first few."""
    line(f"Aturan · rule: {rule.path} baris · rows {ranges([row.row for row in rule.rows])}")
    for row in rule.rows[:_MOST_ROWS]:
        said = ", ".join(f"{name} = {_text(v)}" for name, v in row.values.items() if v is not None)
        mark = f" [{row.trust}]" if row.trust else ""
        line(f"    {row.row}: {said}{mark} {row.source or ''}".rstrip())
    if len(rule.rows) > _MOST_ROWS:
        line(f"    + {len(rule.rows) - _MOST_ROWS} (--json: semua · all)")


def _text(value: object) -> str:
    return "–" if value is None else str(value)


def erased(home: Home, done: Erasure) -> None:
    """What was deleted, by place; and the landing files that are the office's to delete."""
    line(f"Orang · people: {done.people}")
    for place, count in done.rows.items():
        line(f"  {place}: {whole(count)}")
    line(
        f"Berkas masuk yang masih memuatnya · landing files that still hold them: "
        f"{len(done.landing_files)}"
    )
    for path in done.landing_files:
        line(f"  {masked(path.relative_to(home.landing).as_posix())}")
    line(
        "Hapus berkas itu sendiri; pemrosesan berikutnya menghitung ulang. · Delete these files "
        "yourselves; the next night computes anew."
    )
    line(f"Sidik terakhir rantai catatan · head: {done.head}")
