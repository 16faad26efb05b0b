"""What people read: natural Indonesian, one word for one thing, whoever wrote the sentence."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
READ_BY_PEOPLE = (
    "warehouse/**/*.py",
    "warehouse/**/*.yml",
    "quality/**/*.py",
    "quality/**/*.yml",
    "quality/**/*.j2",
    "orchestration/**/*.py",
    "ingest/**/*.py",
    "ingest/**/*.yml",
    "demo/*.py",
    "demo/*.j2",
    "docs/method.md",
    "README.md",
    "dbt_project/models/**/*.yml",
    "dbt_project/tests/**/*.sql",
)
# What was said once, and what is said instead.
SAID_ONCE = {
    r"\b[Ss]emua malam\b|\b[Ss]atu malam\b|\bmalam (ini|itu|berikutnya|sebelumnya)\b": "pemrosesan",
    r"\b[Tt]erbitan": "publikasi",
    r"\biramanya\b": "diterima sesuai jadwal",
    r"dengan sendirinya": "yang isinya memang keliru",
    r"[Yy]ang harus benar": "ketentuan yang diperiksa",
    r"riwayatnya sendiri": "riwayat sebelumnya",
    r"[Hh]ukum neraca": "persamaan neraca baris",
    r"[Bb]uku besar": "rantai catatan",
    r"berkas kunci": "daftar versi pustaka (lock file)",
    r"dimaafkan": "berizin, dengan alasan sah",
    r"\b[Gg]olongan (hari|menurut)": "kelompok jumlah hari",
    r"hari absen": "ekuivalen hari tidak hadir",
    r"[Tt]ingkat apel": "tingkat kehadiran apel",
    r"\b[Ii]sian survei\b|per isian\b": "jawaban survei yang masuk",
    r"bukan bilangan": "nilai tidak sah (NaN)",
    r"1 \+ OPD": "1 + banyaknya OPD yang skornya lebih tinggi",
    r"salah bentuk": "baris yang ditolak tidak boleh melebihi 50 %",
    r"\b[Bb]alikan\b": "berkas yang dikembalikan",
}


@cache
def sentences() -> tuple[tuple[Path, int, str], ...]:
    """Every line that people may read, with its file and number."""
    return tuple(
        (path.relative_to(PROJECT), number, text)
        for pattern in READ_BY_PEOPLE
        for path in sorted(PROJECT.glob(pattern))
        for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
    )


@pytest.mark.parametrize("once", SAID_ONCE)
def test_one_word_for_one_thing(once: str) -> None:
    found = [
        f"{path}:{number}: {text.strip()} (say: {SAID_ONCE[once]})"
        for path, number, text in sentences()
        if re.search(once, text)
    ]
    assert not found, "\n".join(found)
