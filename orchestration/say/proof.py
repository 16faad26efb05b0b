"""What `verify`, `trace` and `erase` say: what stands behind a figure, and that it still stands.

Belongs here: findings, cells and deletions in words. Does not belong here: finding them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from orchestration.say.terminal import line, ranges
from warehouse.home import Home
from warehouse.privacy import masked

if TYPE_CHECKING:
    from warehouse.erasure import Erasure
    from warehouse.trace import People, Trace
    from warehouse.verify import Verification


def verified(proof: Verification) -> int:
    """The result of `verify`; returns 0, or 3 where something was changed or is missing."""
    for finding in (*proof.problems, *proof.information):
        mark = "✗" if finding.kind == "problem" else "·"
        line(f"{mark} {finding.subject}: {finding.id} / {finding.en}")
    if not proof.problems:
        line(
            f"Utuh · intact: {proof.lines} baris buku besar, terbitan, laporan dan berkas · "
            "ledger lines, generations, reports and files"
        )
    line(f"Kepala · head: {proof.head}")
    return 3 if proof.problems else 0


def traced(found: Trace, people: Sequence[People] = (), *, head: str = "") -> None:
    """What stands behind a cell; row numbers as ranges."""
    key = " ".join(found.key.values())
    line(f"{found.table} {key} · {found.run_id}")
    for name, value in found.values.items():
        line(f"  {name} = {'–' if value is None else value}")
    if found.hidden:
        line("Tersembunyi (kelompok kecil) · hidden (small group)")
    for table, cell in found.cells:
        line(f"Dari · from: {table} {' '.join(cell)}")
    line(f"Model · models: {' → '.join(found.models) or '–'}")
    line(f"Tabel mentah · raw tables: {', '.join(found.tables) or '–'}")
    line(f"Kode · code: {found.code_version}; aturan · rules: {found.rules_sha256}")
    for rule in found.rules:
        line(f"Aturan · rule: {rule.path} {ranges(rule.rows)}")
        for source in rule.sources:
            line(f"    {source}")
    for file in found.files:
        place = "/".join(p for p in (file.government_code, file.source, file.period) if p)
        rows = ranges(file.rows) or "seluruh berkas · the whole file"
        line(f"Berkas · file: {place}/{file.file_name} sha256 {file.file_sha256}")
        line(f"    baris · rows: {rows}")
    for one in people:
        line(f"{one.table}: {', '.join(one.columns)}")
        for row in one.rows:
            line("    " + ", ".join("" if c is None else str(c) for c in row))
    if head:
        line(f"Kepala · head: {head}")


def erased(home: Home, done: Erasure) -> None:
    """What was deleted, by place; and the landing files that are the office's to delete."""
    line(f"Orang · people: {done.people}")
    for place, count in done.rows.items():
        line(f"  {place}: {count:,}")
    line(
        f"Berkas masuk yang masih memuatnya · landing files that still hold them: "
        f"{len(done.landing_files)}"
    )
    for path in done.landing_files:
        line(f"  {masked(path.relative_to(home.landing).as_posix())}")
    line(
        "Hapus berkas itu sendiri; malam berikutnya menghitung ulang. · Delete these files "
        "yourselves; the next night computes anew."
    )
    line(f"Kepala · head: {done.head}")
