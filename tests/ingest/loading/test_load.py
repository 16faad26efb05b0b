"""Deliveries enter raw whole or not at all, with exact balances and reasons."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.arrivals.landing import scan
from ingest.loading import load
from ingest.loading.balance import BalanceError, check_balance
from ingest.loading.load import load_source
from tests.ingest.conftest import NOW, Office, counts
from tests.sweeps import sweep

NIP = "198609262015051001"
NIP_2 = "199002022019032002"
PPPK = "198609262021211003"

EMPLOYEES = f"""nip;name;unit_code;employee_type;position_type;valid_from;catatan
'{NIP};A;11.10;PNS;Struktural;01/02/2024;x
19900202 201903 2 002;B;11.2;pns;;25/02/2024;
{PPPK};C;11.2;PPPK Paruh Waktu;;;
"1,98609E+17";D;11.2;PNS;;;
198613262015051001;E;11.2;PNS;;;
123456789;F;11.2;PNS;;;
{NIP_2};G;;PNS;;;
{NIP_2};H;11.2;Honorer;;;
{NIP_2};I;11.2;PNS;;31/02/2024;
"""


def test_every_wrong_row_has_its_reason(office: Office) -> None:
    office.put("employees", EMPLOYEES)
    (balance,) = office.load("employees")
    assert counts(balance) == (9, 3, 6, 0, 0)
    assert balance.ignored_columns == ("catatan",)
    assert office.reasons() == [
        (5, "nip_damaged", "nip"),
        (6, "nip_invalid", "nip"),
        (7, "nip_old", "nip"),
        (8, "value_missing", "unit_code"),
        (9, "value_not_allowed", "employee_type"),
        (10, "date_invalid", "valid_from"),
    ]
    assert office.rows(
        "SELECT nip, unit_code, employee_type, position_type, valid_from::VARCHAR, row_number "
        "FROM raw.employees ORDER BY row_number"
    ) == [
        (NIP, "11.10", "PNS", "structural", "2024-02-01", 2),
        (NIP_2, "11.2", "PNS", None, "2024-02-25", 3),
        (PPPK, "11.2", "PPPK_PARUH_WAKTU", None, None, 4),
    ]


def test_the_raw_text_of_a_refused_row_is_kept(office: Office) -> None:
    office.put("leave", f"nip,date_from,date_to,leave_type\n{NIP},2026-01-05,kemarin,cuti\n")
    office.load("leave")
    assert office.rows("SELECT raw_text FROM raw.quarantine") == [
        (f"{NIP}\t2026-01-05\tkemarin\tcuti",)
    ]


@pytest.mark.parametrize("source", ["leave", "units", "employees", "devices"])
def test_a_span_that_ends_before_it_begins_is_refused(office: Office, source: str) -> None:
    first, last = ("date_from", "date_to") if source == "leave" else ("valid_from", "valid_to")
    rest = {
        "leave": ("nip,leave_type", f"{NIP},cuti"),
        "units": ("unit_code,unit_name,unit_type", "1,A,Dinas"),
        "employees": ("nip,unit_code,employee_type", f"{NIP},1,PNS"),
        "devices": ("pin,nip", f"7,{NIP}"),
    }
    header, row = rest[source]
    spans = ("2026-02-01,2026-02-01", "2026-03-02,2026-03-01", "2026-04-01,2026-04-30")
    lines = "".join(f"{row},{span}\n" for span in spans)
    office.put(source, f"{header},{first},{last}\n{lines}")
    assert office.balance(source)[:3] == (3, 2, 1)
    assert office.rows("SELECT row_number, reason_code, column_name FROM raw.quarantine") == [
        (3, "ends_before_start", last)
    ]


def test_blank_rows_banners_repeated_headers_and_totals(office: Office) -> None:
    header = "unit_code,unit_name,unit_type\n"
    rows = f"DAFTAR UNIT KERJA,,\n\n{header}1,A,Dinas\n,,\n{header}2,B,Dinas\nJUMLAH,2,\n\n,,\n"
    office.put("units", rows)
    assert office.balance("units") == (2, 2, 0, 0, 5)
    assert office.rows("SELECT unit_code, row_number FROM raw.units ORDER BY 2") == [
        ("1", 4),
        ("2", 7),
    ]


def test_a_total_in_the_middle_is_quarantined(office: Office) -> None:
    office.put("units", "unit_code,unit_name,unit_type\n1,A,Dinas\nJumlah,1,Dinas\n2,B,Dinas\n")
    assert office.balance("units") == (3, 2, 1, 0, 0)
    assert office.reasons() == [(3, "total_row", "")]


def test_a_row_with_more_cells_than_the_header(office: Office) -> None:
    office.put("units", "unit_code,unit_name,unit_type\n1,A, B dan C,Dinas\n2,D,Dinas,,\n")
    assert office.balance("units") == (2, 1, 1, 0, 0)
    assert office.reasons() == [(2, "row_ragged", "")]


def test_of_one_key_in_a_file_the_later_row_counts(office: Office) -> None:
    office.put(
        "units", "unit_code,unit_name,unit_type\n1,A,Dinas\n1,B,Dinas\n2,C,Dinas\n1,D,Dinas\n"
    )
    assert office.balance("units") == (4, 2, 0, 2, 0)
    assert office.rows("SELECT unit_name FROM raw.units ORDER BY 1") == [("C",), ("D",)]


def test_rows_of_another_delivery_count_as_duplicates_and_stay_in_raw(office: Office) -> None:
    office.put("units", "unit_code,unit_name,unit_type\n1,A,Dinas\n2,B,Dinas\n", "satu.csv")
    office.put("units", "unit_code,unit_name,unit_type\n2,B,Dinas\n3,C,Dinas\n", "dua.csv")
    assert [counts(b) for b in office.load("units")] == [(2, 2, 0, 0, 0), (2, 1, 0, 1, 0)]
    office.put("units", "unit_code,unit_name,unit_type\n1,A,Dinas\n2,X,Dinas\n", "tiga.csv")
    assert office.balance("units") == (2, 1, 0, 1, 0)
    assert office.rows("SELECT count(*) FROM raw.units") == [(6,)]


def test_a_missing_column_sets_the_file_aside_and_names_it(office: Office) -> None:
    office.put("leave", f"nip,date_from,leave_type\n{NIP},2026-01-05,cuti\n")
    (balance,) = office.load("leave")
    assert (balance.outcome, balance.reason_code, balance.detail) == (
        "set_aside",
        "column_missing",
        "date_to",
    )
    assert counts(balance) == (0, 0, 0, 0, 0)
    assert office.judged == []
    assert office.rows("SELECT outcome, reason_code, rows_read FROM raw.balance") == [
        ("set_aside", "column_missing", 0)
    ]


def test_what_is_loaded_already_is_left_alone(office: Office) -> None:
    office.put("units", "unit_code,unit_name,unit_type\n1,A,Dinas\n")
    office.load("units")
    assert office.load("units") == []
    assert office.rows("SELECT count(*) FROM raw.balance") == [(1,)]


def test_a_held_delivery_leaves_its_record_and_no_row(office: Office) -> None:
    office.put("units", "unit_code,unit_name,unit_type\n1,A,Dinas\n2,,Dinas\n", "satu.csv")
    office.put("units", "unit_code,unit_name,unit_type\n3,C,Dinas\n", "dua.csv")
    held = scan(office.home).deliveries[0]
    office.held[held.key] = "gx.units.table.rows_min"
    first, second = office.load("units")
    assert (first.outcome, first.reason_code) == ("held", "gx.units.table.rows_min")
    assert counts(first) == (2, 1, 1, 0, 0)
    assert second.outcome == "loaded"
    assert office.rows("SELECT unit_code FROM raw.units") == [("3",)]
    assert office.rows("SELECT count(*) FROM raw.quarantine") == [(0,)]
    office.held.clear()
    (again,) = office.load("units", run_id="run-2")
    assert again.outcome == "loaded"
    assert office.rows("SELECT unit_code FROM raw.units ORDER BY 1") == [("1",), ("3",)]
    assert office.rows("SELECT outcome, count(*) FROM raw.delivery GROUP BY ALL") == [("loaded", 2)]


def test_attlog_with_all_its_faults(office: Office) -> None:
    good = "        1\t2026-10-03 08:59:01\t1\t0\t1\t0\r\n"
    office.put(
        "attendance",
        good
        + "       A7\t2026-10-02 16:01:00\t1\t1\t1\r\n"
        + "\r\n"
        + "garbage \x7f\r\n"
        + "        1\t2000-01-01 00:00:01\t1\t0\t1\t0\r\n"
        + "        2\t2031-10-03 08:59:01\t1\t0\t1\t0\r\n"
        + "      2 3\t2026-10-03 09:00:00\t1\t0\t1\t0\r\n"
        + "        4\t2026-13-03 09:00:00\t1\t0\t1\t0\r\n"
        + good,
        "5_attlog.dat",
    )
    (balance,) = office.load("attendance")
    assert balance.layout == "attlog"
    assert counts(balance) == (8, 2, 5, 1, 1)
    assert office.reasons() == [
        (4, "row_unreadable", ""),
        (5, "punch_before_2010", "timestamp"),
        (6, "punch_after_arrival", "timestamp"),
        (7, "pin_invalid", "pin"),
        (8, "timestamp_invalid", "timestamp"),
    ]
    assert office.rows(
        "SELECT nip, pin, device_id, timestamp::VARCHAR, row_number FROM raw.attendance ORDER BY 5"
    ) == [
        (None, "A7", "1", "2026-10-02 16:01:00", 2),
        (None, "1", "1", "2026-10-03 08:59:01", 9),
    ]


def test_a_punch_of_a_known_employee_is_one_on_whatever_device(office: Office) -> None:
    punch = f"{NIP},2026-03-02 07:29:10"
    office.put("attendance", f"nip,timestamp,device_id\n{punch},A\n{punch},B\n{punch},\n")
    assert office.balance("attendance") == (3, 1, 0, 2, 0)
    punches = [f"7\t2026-03-02 07:29:10\t{device}\t0\t1\t0\n" for device in (1, 2)]
    office.put("attendance", "".join(punches), "1_attlog.dat")
    assert office.balance("attendance") == (2, 2, 0, 0, 0)


def test_arrival_is_a_wall_clock_of_the_government(office: Office) -> None:
    # The night of the fixture begins at 20:30 UTC, which is 05:30 of the next day in Ternate.
    office.put(
        "attendance",
        f"nip,timestamp\n{NIP},2026-11-22 05:29:00\n{NIP},2026-11-22 05:31:00\n",
    )
    assert office.balance("attendance") == (2, 1, 1, 0, 0)


def test_ip_asn_year_and_bounds(office: Office) -> None:
    office.put(
        "ip_asn/2024",
        "nip;kualifikasi;kompetensi;kinerja;disiplin;total\n"
        f"{NIP};20;21,5;25;5;71,5\n{NIP_2};25,5;21,5;25;5;77\n",
    )
    assert office.balance("ip_asn") == (2, 1, 1, 0, 0)
    assert office.reasons() == [(3, "value_out_of_range", "kualifikasi")]
    assert office.rows("SELECT year, kompetensi FROM raw.ip_asn") == [(2024, 21.5)]


def test_official_figures_with_parts_and_decimals(office: Office) -> None:
    office.put(
        "official",
        "index_code,year,population,value,category,parts,source_document\n"
        "berakhlak,2022,,60.9,B,57.9;74.1;56.7;63.8;65.8;38.9;69.4,Laporan\n"
        'ip_asn,2023,PNS,"78,41",Sedang,"21,19;26;25,75;5",Buku\n'
        "skm,2023,,81.50,B,1;2;3;4;5;6;7;8;9,Buku\n",
    )
    assert office.balance("official") == (3, 3, 0, 0, 0)
    assert office.rows("SELECT value, value_decimals, parts FROM raw.official ORDER BY 1") == [
        (60.9, 1, "57.9;74.1;56.7;63.8;65.8;38.9;69.4"),
        (78.41, 2, "21.19;26;25.75;5"),
        (81.5, 2, "1;2;3;4;5;6;7;8;9"),
    ]


def test_the_balance_check_sees_each_kind_of_loss(office: Office) -> None:
    office.put("units", "unit_code,unit_name,unit_type\n1,A,Dinas\n2,,Dinas\n\n")
    (balance,) = office.load("units")
    check_balance(balance, lines=3, stored=1, quarantined=1)
    for lines, stored, quarantined in ((4, 1, 1), (3, 0, 1), (3, 2, 1), (3, 1, 0)):
        with pytest.raises(BalanceError):
            check_balance(balance, lines=lines, stored=stored, quarantined=quarantined)


def test_rows_that_vanish_on_the_way_undo_the_load(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.put("units", "unit_code,unit_name,unit_type\n1,A,Dinas\n2,B,Dinas\n")
    # A move that loses a row, as a faulty statement might.
    whole = load.move_statement
    monkeypatch.setattr(load, "move_statement", lambda *which: f"{whole(*which)} AND p.rowid > 0")
    with pytest.raises(BalanceError, match="stored"):
        office.load("units")
    for table in ("units", "delivery", "balance", "quarantine"):
        assert office.rows(f"SELECT count(*) FROM raw.{table}") == [(0,)]


KILLED = """
import os, sys
from pathlib import Path
sys.path.insert(0, {root!r})
from ingest.loading import load
from tests.ingest.conftest import Office
from warehouse.store.home import Home
{plant}
Office(Home(Path({home!r}))).load("units")
"""
PLANTS = {
    "after parsing": "load._count_repeats = lambda batch: os._exit(9)",
    "inside the transaction": "load._prove = lambda *_: os._exit(9)",
}


@pytest.mark.parametrize("moment", sweep(PLANTS, told=["inside the transaction"]))
def test_a_killed_load_leaves_nothing_and_is_repeated(office: Office, moment: str) -> None:
    office.put("units", 'unit_code;unit_name;unit_type\n1;"A;B";Dinas\n2;;Dinas\n')
    office.rows("SELECT 1")
    root = str(Path(__file__).parents[3])
    script = KILLED.format(root=root, plant=PLANTS[moment], home=str(office.home.root))
    killed = subprocess.run([sys.executable, "-c", script], cwd=root, check=False)
    assert killed.returncode == 9
    for table in ("units", "delivery", "balance", "quarantine"):
        assert office.rows(f"SELECT count(*) FROM raw.{table}") == [(0,)]
    assert list(office.home.scratch.glob("ingest-*"))
    assert office.balance("units") == (2, 1, 1, 0, 0)
    assert not list(office.home.scratch.glob("ingest-*"))


def test_a_file_taken_away_after_the_scan_is_set_aside(office: Office) -> None:
    office.put("units", "unit_code,unit_name,unit_type\n1,A,Dinas\n")
    deliveries = scan(office.home).deliveries
    shutil.rmtree(office.home.landing)
    with office.working_file() as conn:
        (balance,) = load_source(
            conn, office.home, "r", NOW, "units", deliveries, lambda *_: {}, vouched=()
        )
    assert balance.reason_code == "file_unreachable"


def test_a_delivery_that_no_publication_vouches_for_is_judged_again_whole(office: Office) -> None:
    """Whatever a night that was killed or blocked made of it; when it came, stands."""
    office.put("units", "unit_code,unit_name,unit_type\n1,A,Dinas\n1,A,Dinas\n,B,Dinas\n")
    first = office.load("units", run_id="run-1")
    assert office.load("units", run_id="run-2") == []
    office.unpublished = {"run-1"}
    (again,) = office.load("units", run_id="run-3")
    assert office.judged == ["units", "units"]
    assert [replace(again, run_id="run-1")] == first
    assert office.rows("SELECT unit_code FROM raw.units") == [("1",)]
    assert office.rows("SELECT count(*) FROM raw.quarantine") == [(1,)]
    assert office.rows("SELECT run_id, count(*) FROM raw.delivery GROUP BY ALL") == [("run-3", 1)]
    assert office.load("units", run_id="run-4") == []
