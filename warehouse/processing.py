"""The record of processing that UU 27/2022 asks of a public body, written from the catalog.

Belongs here: which personal data the product keeps, where, for whom and until when. Does not belong
here: the law's other duties, which the office answers for (its lines are left open). A column that
is personal in the catalog can not be forgotten here.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from warehouse.catalog.model import Table
from warehouse.catalog.reader import load_catalog
from warehouse.files import PUBLIC_FILE, write_whole
from warehouse.store.home import Home

RECORD = "processing.md"

_HEAD = """\
# Catatan pemrosesan data pribadi · Record of processing of personal data

Dibuat dari katalog; UU 27/2022. Isi yang bertanda … milik instansi. ·
Made from the catalog; UU 27/2022. What is marked … is the office's to fill in.

- Pengendali · controller: …
- Pejabat pelindungan data · data protection officer: …
- Dasar pemrosesan · legal basis: pelaksanaan tugas instansi, Pasal 20 ayat (2) huruf e · a public
  task, Article 20(2)(e); …
- Tujuan · purpose: mengukur budaya kerja per unit, tidak menilai orang · to measure the work
  culture of units, never to rate a person.
- Masa simpan · retention: …; sesudahnya · afterwards: `budaya erase`.
- Penerima · recipients: publikasi tidak memuat orang; kelompok kecil disembunyikan · what is
  published holds nobody, and small groups are hidden. Yang berwenang membaca `restricted/` ·
  those whose duty it is read `restricted/`; setiap pembacaan lewat
  `budaya trace --people` tercatat · each look through it is in the ledger.
- Pengamanan · security: `warehouse/`, `restricted/`, `returns/` hanya untuk pemilik (0700),
  diperiksa setiap pemrosesan · for the owner only (0700), checked every night; responden survei
  hanya sebagai HMAC-SHA-256 · survey respondents only as HMAC-SHA-256.
- Pelanggaran · breach: pemberitahuan tertulis 3×24 jam, Pasal 46 · written notice within 3×24
  hours, Article 46.
- Tidak pernah diterima · never taken in: templat sidik jari atau wajah, diagnosis · fingerprint or
  face templates, diagnoses.

HMAC responden tetap data pribadi. · Keyed digests of respondents stay personal data.
"""


def write_record(home: Home) -> Path:
    """Write ``config/processing.md`` where the office has none yet: its own lines stay."""
    path = home.config / RECORD
    if not path.exists():
        write_whole(path, render_record().encode(), PUBLIC_FILE)
    return path


def render_record() -> str:
    """The record as Markdown: the head, then every table that holds personal data."""
    catalog = load_catalog()
    sections = (
        ("Diterima dan disimpan · received and kept: `warehouse/`", catalog.sources.values()),
        ("Catatan muatan · the loader's notes: `warehouse/`", catalog.state.values()),
        ("Hasil per orang · results by person: `restricted/`", catalog.restricted.values()),
    )
    return "\n".join(
        [_HEAD, *(line for title, tables in sections for line in _section(title, tables))]
    )


def _section(title: str, tables: Iterable[Table]) -> Iterable[str]:
    yield f"\n## {title}\n"
    for table in tables:
        personal = [column for column in table.columns if column.personal]
        # Answers are a person's, though no column of theirs names anybody.
        if personal or table.items_in or table.name in load_catalog().item_tables:
            yield f"- **{table.name}**: {table.description}"
            for column in personal or table.columns:
                yield f"  - `{column.name}`: {column.description}"
