"""What `init` and `demo` say about the files that they made, and about those that they left.

Belongs here: a new home and where its people begin. Does not belong here: making it
(`ingest.new_home`).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.say.terminal import line
from orchestration.words import sentence
from warehouse.store.home import Home

if TYPE_CHECKING:
    from ingest.new_home import Opened


def created(home: Home, opened: Opened) -> None:
    """What `init` made, what to edit first, and where files go."""
    line(f"Rumah data siap · home ready: {home.root}")
    for one in opened.governments:
        line(f"  {one.code} {one.name} ({one.level}), {one.time_zone}")
    for path in opened.made:
        line(f"  {path.relative_to(home.root)}{'/' if path.is_dir() else ''}")
    if not opened.made:
        line("  Tidak ada yang kurang · nothing was missing")
    kept(home, opened.kept)
    line("Periksa dan isi lebih dulu · look at and fill in first:")
    for name, said in sentence.all["edit_first"].items():
        line(f"  {home.config / name}: {said}")
    line("Taruh berkas di · drop files into:")
    for place in opened.places or ("<kode>/<sumber>/",):
        line(f"  {home.landing}/{place}")
    line(
        "  <gelombang>: mis. · such as survey/2026-S1/; <tahun>: mis. · such as ip_asn/2025/; "
        "folder lain di dalamnya bebas · any folders below"
    )
    notices(opened.notices)
    line(f"Lalu · then: budaya run --home {home.root}")


def kept(home: Home, paths: Iterable[Path]) -> None:
    """Files that were left because somebody had changed them."""
    for path in paths:
        line(
            f"Dibiarkan, sudah diubah orang · left alone, somebody changed it: "
            f"{path.relative_to(home.root)}"
        )


def notices(texts: Iterable[object]) -> None:
    """What looks wrong in a home and stops nothing."""
    for text in texts:
        line(f"Perhatian · notice: {text}")
