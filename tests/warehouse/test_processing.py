"""The record of processing: no personal column of the catalog is left out of it."""

from __future__ import annotations

from warehouse.catalog.reader import load_catalog
from warehouse.processing import render_record, write_record
from warehouse.store.home import Home


def test_every_personal_column_is_in_the_record() -> None:
    catalog = load_catalog()
    tables = [*catalog.sources.values(), *catalog.state.values(), *catalog.restricted.values()]
    record = render_record()
    named = 0
    for table in tables:
        for column in table.columns:
            if column.personal:
                part = record.split(f"**{table.name}**")[1].split("\n- **")[0]
                assert f"`{column.name}`: {column.description}" in part, table.name
                named += 1
    assert named > 30
    assert "survey_answer" in record


def test_what_the_office_wrote_into_it_stays(home: Home) -> None:
    path = write_record(home)
    path.write_text("ours", encoding="utf-8")
    assert write_record(home) == path
    assert path.read_text(encoding="utf-8") == "ours"
