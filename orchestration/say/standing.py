"""What `status` says: where a home stands, between the nights.

Belongs here: its words and tables. Does not belong here: finding it out (`orchestration.standing`),
or what a night says when it ends (`nights.py`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from orchestration.say.opening import notices
from orchestration.say.terminal import line, out, table
from quality.numbers import whole

if TYPE_CHECKING:
    from orchestration.standing import File, Standing

# What a line of the ledger records, in words.
DONE = {
    "published": "diterbitkan · published",
    "blocked": "tidak diterbitkan · blocked",
    "held": "ditahan · held",
    "failed": "gagal · failed",
    "broke_off": "terputus · broke off",
    "rollback": "publikasi dikembalikan · rolled back",
    "erasure": "data pribadi dihapus · personal data erased",
    "trace": "orang ditelusuri · people traced",
}


def status(found: Standing, *, as_json: bool) -> int:
    """Running, last runs, publication, ages, files that need somebody; returns the exit code."""
    if as_json:
        print(json.dumps(asdict(found), ensure_ascii=False, indent=2))
        return found.exit_code
    if found.running is not None:
        line(
            f"Sedang berjalan · running: budaya {found.running.command}, "
            f"sejak · since {found.running_since}"
        )
    _runs(found)
    for text in found.refused:
        line(f"Tidak dapat diproses · no night can run: {text}")
    line(
        f"Publikasi yang berlaku · publication in force: {found.published or '-'}"
        + (f", {found.published_at}" if found.published_at else "")
    )
    _sources(found)
    _files("Ditahan · held", found.held)
    _files("Disisihkan · set aside", found.set_aside)
    _files("Baru · new", found.new)
    _files("Menunggu · waits", found.waiting)
    _files("Salah tempat · misplaced", found.misplaced)
    for text in found.waits:
        line(f"Menunggu · waits: {text}")
    notices(found.notices)
    line(f"Jadwal berikutnya · scheduled next: {found.next_night}")
    because = "; ".join(map(str, found.reasons)) or "tidak ada yang baru · nothing new"
    line(f"Yang baru · what is new: {because}")
    return found.exit_code


def _runs(found: Standing) -> None:
    made = table(
        "Pemrosesan terakhir · last runs",
        "ID pemrosesan · night",
        "mulai · began",
        "hasil · outcome",
        numbers=("berkas · files",),
    )
    for run in found.runs:
        made.add_row(run["run_id"], run["began"], DONE[run["outcome"]], whole(run["files"]))
    out.print(made)
    for text in found.why:
        line(f"  - {text}")


def _sources(found: Standing) -> None:
    made = table(
        "",
        "pemerintah · government",
        "sumber · source",
        "berkas terakhir · last file",
        "isi sampai · content until",
        numbers=("umur (hari) · age (days)",),
    )
    for age in found.sources:
        made.add_row(
            age.government_code, age.source, age.received, age.until or "–", whole(age.days)
        )
    out.print(made)


def _files(title: str, files: Sequence[File]) -> None:
    """Each file with its reason and next step."""
    for file in files:
        digest = f" (sha256 {file.file_sha256[:12]}…)" if file.file_sha256 else ""
        line(f"{title}: {file.path}{digest}")
        if file.probable_place:
            line(f"    Mungkin maksudnya · did you mean: {file.probable_place}")
        if file.reason is not None:
            line(f"    {file.reason['id']}. {file.reason['next_id']}. [{file.reason_code}]")
            line(f"    {file.reason['en']}. {file.reason['next_en']}.")
