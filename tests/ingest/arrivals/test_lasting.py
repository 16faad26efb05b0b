"""What is stored stays: the number of a delivery, its rows, and what the same rules have read."""

from __future__ import annotations

import hashlib
import json
import os

from tests.ingest.conftest import Office

HEADER = "unit_code,unit_name,unit_type\n"
STORED = "SELECT delivery_id, row_number, unit_code FROM raw.units ORDER BY ALL"
NUMBERS = "SELECT delivery_id, file_name FROM raw.delivery ORDER BY ALL"


def test_a_late_file_with_an_old_date_moves_nothing_that_is_stored(office: Office) -> None:
    office.put("units", f"{HEADER}1,A,Dinas\n2,B,Dinas\n", "satu.csv")
    office.put("units", f"{HEADER}3,C,Dinas\n", "dua.csv")
    office.load("units")
    before = office.rows(STORED)
    assert before == [(1, 2, "1"), (1, 3, "2"), (2, 2, "3")]
    late = office.put("units", f"{HEADER}4,D,Dinas\n", "terlambat.csv")
    os.utime(late, (1, 1))
    office.load("units", run_id="run-2")
    assert office.rows(STORED) == [*before, (3, 2, "4")]
    assert office.rows(NUMBERS) == [(1, "satu.csv"), (2, "dua.csv"), (3, "terlambat.csv")]


def test_a_delivery_keeps_its_number_however_often_it_is_loaded(office: Office) -> None:
    """Held first, then loaded, then loaded again since no publication vouches for its night."""
    office.put("units", f"{HEADER}1,A,Dinas\n")
    office.put("leave", "nip,date_from,date_to,leave_type\n", "kosong.csv")
    office.load("leave")
    key = office.load("units")[0].key
    assert office.rows(NUMBERS) == [(1, "kosong.csv"), (2, "berkas.csv")]
    office.unpublished.add("run-1")
    office.held[key] = "gx.units.table.rows_min"
    office.load("units")
    assert office.rows(STORED) == []
    office.held.clear()
    office.load("units", run_id="run-2")
    assert office.rows(STORED) == [(2, 2, "1")]
    assert office.rows(NUMBERS) == [(1, "kosong.csv"), (2, "berkas.csv")]


def test_what_a_former_version_read_by_the_same_rules_is_not_read_again(office: Office) -> None:
    """The first digests left out the wave, and compared answer words in small letters only."""
    office.put("survey/2026-S1", "submitted_at,unit_code,BP1\n2026-06-05 09:00:00,1,setuju\n")
    office.load("survey")
    labels = office.rows(
        "SELECT points_of_scale, lower(label), value FROM raw.rule_likert_labels "
        "WHERE government_code = '82.71' ORDER BY ALL"
    )
    ((now, zone),) = office.rows(
        "SELECT read_by, time_zone FROM raw.delivery JOIN raw.rule_governments "
        "USING (government_code)"
    )
    former = hashlib.sha256(json.dumps([zone, zone, [], labels]).encode()).hexdigest()
    office.rows(f"UPDATE raw.delivery SET read_by = '{former}'")
    assert office.load("survey") == []
    assert office.rows("SELECT read_by FROM raw.delivery") == [(now,)]
    office.rows("UPDATE raw.delivery SET read_by = 'by other rules'")
    assert len(office.load("survey")) == 1
