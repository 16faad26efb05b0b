"""Published figures ship as a file of the demo, and contradict themselves as they do in print."""

from __future__ import annotations

from pathlib import Path

import duckdb

# Document, population: the category that the bands give and whether it agrees; the parts' sum (or
# mean) to two decimals and whether it agrees. As domain knowledge has them, not as the file does.
KNOWN = {
    ("Publikasi KemenPANRB 2022", "Nasional (442 instansi)"): ("Cukup Sehat", True, 60.94, True),
    ("Publikasi Kemendikbudristek 2022", "Kemendikbudristek (n = 7.819)"): (
        "Cukup Sehat", None, 58.51, True,
    ),
    ("Publikasi Provinsi Maluku Utara 2024", "Provinsi Maluku Utara"): (
        "Sangat Rendah", False, None, None,
    ),
    ("Publikasi Provinsi Maluku Utara 2024", "Provinsi Maluku Utara (target)"): (
        "Rendah", False, None, None,
    ),
    ("Publikasi Kota Bima 2023", "Kota Bima, PNS"): ("Sedang", None, 77.94, False),
    ("Publikasi Kota Bima 2023", "Kota Bima, PPPK"): ("Sedang", None, 75.17, False),
    ("Publikasi Kota Bima 2023", "Kota Bima, ASN"): ("Sedang", True, 78.25, True),
}  # fmt: skip


def test_the_example_file_reproduces_the_known_contradictions(demo_home: Path) -> None:
    database = demo_home / "published" / "current" / "marts.duckdb"
    with duckdb.connect() as conn:
        conn.execute(f"attach '{database}' as generation (read_only)")
        rows = conn.execute(
            "select source_document, population, category_computed, category_agrees, "
            "round(parts_sum, 2), parts_agree from generation.mart_official_index "
            "where government_code = 'ID'"
        ).fetchall()
    found = {(document, population): tuple(rest) for document, population, *rest in rows}
    assert {key: found[key] for key in KNOWN} == KNOWN
