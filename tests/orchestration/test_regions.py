"""A night of regions that the example world doesn't know, in three zones, with folders of nobody.

Belongs here: what a region's first night publishes, and what it names instead of reading.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from tests.conftest import Ended, budaya
from tests.orchestration.steps import without_dagster
from warehouse.store.home import Home
from warehouse.store.state import ensure_raw

PROVINCE, REGENCY, CITY = "64", "36.03", "91.71"
ZONES = {PROVINCE: "Asia/Makassar", REGENCY: "Asia/Jakarta", CITY: "Asia/Jayapura"}
SENT = 1_780_000_000  # when everything was sent: a day in 2026
PEOPLE = 12
STRANGER = "199002022019032999"
WORKDAYS = ("2026-05-04", "2026-05-05", "2026-05-06")


def nip(number: int) -> str:
    return f"19860926201505{1 + number % 2}{number:03d}"


def put(landing: Path, place: str, *lines: str) -> None:
    path = landing / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines))
    os.utime(path, (SENT, SENT))


def deliver(landing: Path, code: str) -> None:
    """An agency of twelve with its device, three days, a survey, scores and a leave."""
    people = [nip(number) for number in range(1, PEOPLE + 1)]
    put(landing, f"{code}/units/unit.csv", "unit_code,unit_name,unit_type", "11,Dinas Uji,dinas")
    put(landing, f"{code}/employees/pegawai.csv", "nip,unit_code,employee_type,valid_from",
        *(f"{one},11,PNS,2020-01-01" for one in people))  # fmt: skip
    put(landing, f"{code}/devices/mesin.csv", "device_id,pin,nip",
        *(f",{number + 1},{one}" for number, one in enumerate(people)))  # fmt: skip
    put(landing, f"{code}/attendance/1_attlog.dat",
        *(f"{number + 1:9d}\t{day} {clock}:0{number % 10}\t1\t0\t1\t0"
          for day in WORKDAYS for clock in ("07:20", "16:35") for number in range(PEOPLE)),
        "       99\t2026-05-04 07:30:00\t1\t0\t1\t0")  # fmt: skip
    put(landing, f"{code}/survey/2026-S1/jawaban.csv", "submitted_at,respondent_id,unit_code,BP1",
        *(f"2026-05-05 09:00:00,r{number},11,{1 + number % 5}" for number in range(PEOPLE)),
        "2026-05-05 09:00:00,r99,Dinas Antah,4")  # fmt: skip
    put(landing, f"{code}/ip_asn/2025/skor.csv",
        "nip,kualifikasi,kompetensi,kinerja,disiplin,total",
        *(f"{one},20,30,25,5,80" for one in people))  # fmt: skip
    put(landing, f"{code}/leave/cuti.csv", "nip,date_from,date_to,leave_type",
        f"{people[0]},2026-05-06,2026-05-06,cuti aneh",
        f"{STRANGER},2026-05-06,2026-05-06,Sakit")  # fmt: skip


def leave_rows_of_a_mistyped_folder(home: Home) -> None:
    """What an earlier version had loaded from `landing/99.99/`, which is gone since."""
    file = {"government_code": "99.99", "delivery_id": 1}
    unit = {**file, "row_number": 2, "unit_code": "11", "unit_name": "Dinas", "unit_type": "dinas"}
    delivery = {**file, "period": "", "file_sha256": "9" * 64, "source": "units",
                "path": "99.99/units/u.csv", "file_name": "u.csv",
                "outcome": "loaded", "run_id": "old", "rows_read": 1, "rows_loaded": 1,
                "rows_quarantined": 0, "rows_duplicate": 0, "rows_skipped": 0,
                "modified_at": "2026-05-01", "received_at": "2026-05-01"}  # fmt: skip
    with home.connect() as conn:
        ensure_raw(conn)
        for table, row in (("units", unit), ("delivery", delivery)):
            marks = ", ".join(f'? AS "{name}"' for name in row)
            values = list(row.values())
            conn.execute(f"INSERT INTO raw.{table} BY NAME SELECT {marks}", values)


@dataclass(frozen=True)
class Night:
    home: Home
    ended: Ended

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        marts = self.home.published / "current" / "marts.duckdb"
        with duckdb.connect(str(marts), read_only=True) as conn:
            return conn.execute(query).fetchall()

    def report(self) -> dict[str, Any]:
        (path,) = self.home.reports.glob("*/report.json")
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return found


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    home = Home(tmp_path_factory.mktemp("regions") / "home")
    codes = [part for code in ZONES for part in ("--government", code)]
    assert budaya("init", "--home", home.root, *codes).code == 0
    for code in ZONES:
        deliver(home.landing, code)
    for folder in ("99.99", "ternate"):
        put(home.landing, f"{folder}/units/unit.csv", "unit_code,unit_name,unit_type", "1,A,dinas")
    leave_rows_of_a_mistyped_folder(home)
    with pytest.MonkeyPatch.context() as patch:
        without_dagster(patch)
        return Night(home, budaya("run", "--home", home.root, "--json"))


@pytest.mark.slow
def test_a_province_a_regency_and_a_city_publish(night: Night) -> None:
    assert night.ended.code == 0, night.ended.stdout + night.ended.stderr
    assert dict(night.rows("SELECT government_code, time_zone FROM dim_government")) == ZONES
    assert night.rows(
        "SELECT DISTINCT government_code FROM dim_unit WHERE unit_type = 'government' ORDER BY ALL"
    ) == [(code,) for code in sorted(ZONES)]
    shown = night.rows(
        "SELECT government_code, employees, round(presence_rate, 2) FROM mart_discipline "
        "WHERE unit_level = 'opd' ORDER BY ALL"
    )
    assert [row[:2] for row in shown] == [(code, PEOPLE) for code in sorted(ZONES)]


@pytest.mark.slow
def test_folders_of_nobody_are_named_and_not_read(night: Night) -> None:
    summary = json.loads(night.ended.stdout)
    told = {one["path"]: one for one in summary["misplaced"]}
    assert set(told) == {"99.99/units/unit.csv", "ternate/units/unit.csv"}
    assert {one["reason_code"] for one in told.values()} == {"government_unknown"}
    assert told["ternate/units/unit.csv"]["probable_place"] == "82.71/units/"
    assert {one["government_code"] for one in summary["inputs"]} == set(ZONES)
    report = night.report()
    assert {one["path"] for one in report["misplaced"]} == set(told)
    assert all(one["next_id"] and one["next_en"] for one in report["misplaced"])
    status = budaya("status", "--home", night.home.root).stdout
    assert "82.71/units/" in status
    assert "99.99/units/unit.csv" in status


@pytest.mark.slow
def test_rows_of_an_unknown_code_stay_and_count_nowhere(night: Night) -> None:
    with night.home.connect(read_only=True) as conn:
        kept = conn.execute("SELECT count(*) FROM raw.units WHERE government_code = '99.99'")
        assert kept.fetchone() == (1,)
    assert night.rows("SELECT count(*) FROM dim_unit WHERE government_code = '99.99'") == [(0,)]


@pytest.mark.slow
def test_what_waits_has_a_private_list(night: Night) -> None:
    path = night.home.returns / CITY / "menunggu.xlsx"
    assert path.stat().st_mode & 0o077 == 0
    rows = list(openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True))
    found = {(row[0].split(" / ")[1], row[1], row[3], row[4]) for row in rows[1:]}
    assert found == {
        ("Device PIN", "99", f"{CITY}/attendance/1_attlog.dat", "73"),
        ("Employee number", STRANGER, f"{CITY}/leave/cuti.csv", "3"),
        ("Type of leave", "cuti aneh", f"{CITY}/leave/cuti.csv", "2"),
        ("Unit", "Dinas Antah", f"{CITY}/survey/2026-S1/jawaban.csv", "14"),
    }
    counts = {(one["kind"], one["rows"]) for one in night.report()["waits"]
              if one["government_code"] == CITY}  # fmt: skip
    assert counts == {("pin", 1), ("nip", 1), ("leave_type", 1), ("unit", 1)}
    public = json.dumps(night.report()) + night.ended.stdout + night.ended.stderr
    assert STRANGER not in public
    assert "cuti aneh" not in public
    assert "Dinas Antah" not in public
    status = budaya("status", "--home", night.home.root).stdout
    assert f"returns/{CITY}/menunggu.xlsx" in status
