"""What a sender is given can be filled in and comes back as the canonical layout."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from ingest.reading.records import read_records
from ingest.reasons import REASONS
from ingest.senders.formulas import as_text
from ingest.senders.templates import write_templates
from tests.ingest.conftest import Office, counts
from warehouse.catalog.reader import load_catalog

NIP = "198609262015051001"


def test_a_template_of_each_kind_per_source(tmp_path: Path) -> None:
    written = {path.name for path in write_templates(tmp_path)}
    for source in (*load_catalog().landing_sources, "instrument"):
        header = read_records(tmp_path / f"{source}.csv", tmp_path).header
        columns = [c.name.lower() for c in load_catalog().sources[source].file_columns]
        assert list(header) == columns
        assert read_records(tmp_path / f"{source}.xlsx", tmp_path).header == header
        assert {f"{source}.csv", f"{source}.xlsx"} <= written
    dictionary = (tmp_path / "kamus-data.md").read_text(encoding="utf-8")
    assert all(code in dictionary for code in REASONS)


def test_a_filled_template_loads(office: Office, tmp_path: Path) -> None:
    write_templates(tmp_path)
    book = openpyxl.load_workbook(tmp_path / "leave.xlsx")
    assert book.active is not None
    book.active.append([NIP, "2026-01-05", "2026-01-06", "cuti"])
    book.save(tmp_path / "terisi.xlsx")
    office.put("leave", (tmp_path / "terisi.xlsx").read_bytes(), "terisi.xlsx")
    (balance,) = office.load("leave")
    assert (balance.layout, counts(balance)) == ("canonical", (1, 1, 0, 0, 0))


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx"])
def test_no_cell_starts_a_formula(cell: str) -> None:
    assert as_text(cell)[0] == "'"
    assert as_text("aman") == "aman"
