"""What lies in landing: identity, order, and what is not taken."""

from __future__ import annotations

import hashlib
import json
import os
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.arrivals.landing import scan
from ingest.arrivals.places import Misplaced, Place, by_folder, place_of, require_place
from ingest.arrivals.plan import make_plan
from ingest.reasons import REASONS
from tests.ingest.conftest import FIRST_TIME, NOW, Office
from tests.permissions import ordinary_permissions
from warehouse.errors import UserError


def test_identity_and_order(office: Office) -> None:
    office.put("survey/2025-S1/dalam/lagi", "x", "b.csv")
    office.put("attendance", "y", "a.dat")
    path = office.put("ip_asn/2024", "z", "c.xlsx")
    os.utime(path, (FIRST_TIME + 60.9,) * 2)  # the same second as the first, and a later path? no
    found = scan(office.home).deliveries
    assert [(d.source, d.period) for d in found] == [
        ("ip_asn", "2024"),
        ("survey", "2025-S1"),
        ("attendance", ""),
    ]
    assert found[0].key == ("82.71", "ip_asn", "2024", hashlib.sha256(b"z").hexdigest())
    assert found[0].modified_at == datetime.fromtimestamp(FIRST_TIME + 60, tz=UTC)


def test_the_same_content_twice_is_one_delivery_the_first(office: Office) -> None:
    office.put("units", "sama", "z.csv")
    office.put("units", "sama", "a.csv")
    office.put("leave", "sama", "a.csv")
    assert [d.relative_path for d in scan(office.home).deliveries] == [
        "82.71/units/z.csv",
        "82.71/leave/a.csv",
    ]


def test_what_programs_leave_behind_is_passed_over(office: Office) -> None:
    for name in (".~lock.a.csv#", "~$buku.xlsx", ".DS_Store", "Thumbs.db", "desktop.ini", "a.csv~"):
        office.put("units", "x", name)
    office.put("units/@eaDir", "x", "a.csv")
    (office.home.landing / "Kota Palu").mkdir()  # empty: nothing is lost
    found = scan(office.home)
    assert (found.deliveries, found.waiting, found.misplaced) == ((), (), ())
    assert found.governments == ("82.71",)


def test_what_is_not_whole_yet_waits(office: Office) -> None:
    for name in ("unduh.csv.crdownload", "salin.part", "simpan.TMP"):
        office.put("units", "x", name)
    assert {reason for _, reason in scan(office.home).waiting} == {"file_unfinished"}
    assert len(scan(office.home).waiting) == 3


PLACES = [
    ("ternate/units/a.csv", "government_unknown", "82.71/units/"),
    ("7271/attendance/1_attlog.dat", "government_unknown", "72.71/attendance/"),
    ("Kota Palu/attendence/1_attlog.dat", "government_unknown", "72.71/attendance/"),
    ("Bandung/cuti/a.csv", "government_unknown", "32.04/leave/, 32.73/leave/"),
    ("kab. bandung/cuti/a.csv", "government_unknown", "32.04/leave/"),
    ("82.17/units/a.csv", "government_unknown", "82.71/units/"),
    ("36.3/units/a.csv", "government_unknown", "36.03/units/"),
    ("64.00/units/a.csv", "government_unknown", "64/units/"),
    ("99.99/units/a.csv", "government_unknown", "<kode>/units/"),
    ("id/official/a.csv", "government_unknown", "ID/official/"),
    ("attendance/1_attlog.dat", "government_unknown", "82.71/attendance/"),
    ("1/2/3", "government_unknown", ""),
    ("82.71/attendence/a.csv", "source_unknown", "82.71/attendance/"),
    ("82.71/Presensi/a.csv", "source_unknown", "82.71/attendance/"),
    ("82.71/aneh/a.csv", "source_unknown", "82.71/<sumber>/"),
    ("82.71/ip_asn/tahun2025/a.xlsx", "period_unknown", "82.71/ip_asn/2025/"),
    ("82.71/ip_asn/a 2024.xlsx", "period_unknown", "82.71/ip_asn/2024/"),
    ("82.71/survey/a.csv", "period_unknown", "82.71/survey/<gelombang>/"),
    ("82.71/survey/2026 S1/a.csv", "period_unknown", "82.71/survey/2026-S1/"),
    ("82.71/survey/2026-S1\n/a.csv", "period_unknown", "82.71/survey/2026-S1/"),
    ("82.71/a.csv", "folder_missing", "82.71/<sumber>/"),
    ("absensi.csv", "folder_missing", "82.71/attendance/"),
    ("rekap.csv", "folder_missing", "82.71/<sumber>/"),
]


def test_a_file_in_the_wrong_place_is_named_with_its_probable_place(office: Office) -> None:
    good = office.put("units", "x", "benar.csv")
    for path, _, _ in PLACES:
        target = office.home.landing / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(good.read_bytes())
        os.utime(target, (FIRST_TIME,) * 2)
    found = scan(office.home)
    assert [d.relative_path for d in found.deliveries] == ["82.71/units/benar.csv"]
    told = {one.path: one[1:] for one in found.misplaced}
    assert told == {path.replace("\n", "?"): (why, place) for path, why, place in PLACES}
    assert {why for _, why, _ in PLACES} <= set(REASONS)


def test_links_pipes_and_hidden_names_are_told(office: Office, tmp_path: Path) -> None:
    outside = tmp_path / "rahasia"
    outside.write_text("x")
    folder = office.put("units", "asli", "asli.csv").parent
    (folder / "tautan.csv").symlink_to(outside)
    (folder / "putus.csv").symlink_to(tmp_path / "tidak ada")
    (folder / "diri.csv").symlink_to(folder / "diri.csv")
    (folder / "folder").symlink_to(tmp_path)
    (folder / "lingkar").symlink_to(folder)
    (folder / "dekat.csv").symlink_to(folder / "asli.csv")
    os.mkfifo(folder / "pipa.csv")
    office.put("units", "x", ".tersembunyi")
    office.put("units/.arsip", "x")
    office.put("units", "x", os.fsdecode(b"r\xffsak.csv"))
    office.put(f"units/{os.fsdecode(bytes([0xFE]))}", "x", "dalam.csv")
    found = scan(office.home)
    assert [d.relative_path for d in found.deliveries] == ["82.71/units/asli.csv"]
    assert {path.removeprefix("82.71/units/"): reason for path, reason, _ in found.misplaced} == {
        "tautan.csv": "file_link",
        "putus.csv": "link_broken",
        "diri.csv": "link_broken",
        "folder": "folder_link",
        "lingkar": "folder_link",
        "pipa.csv": "file_special",
        ".tersembunyi": "file_hidden",
        ".arsip": "file_hidden",
        "r?sak.csv": "name_unreadable",
        "?/dalam.csv": "name_unreadable",
    }
    json.dumps(make_plan(office.home, NOW.date()).told).encode()


def test_what_can_not_be_opened_is_told_and_hides_nothing_else(office: Office) -> None:
    office.put("units", "x", "benar.csv")
    closed = office.put("leave", "y", "tutup.csv")
    shut = office.put("leave/dalam", "x", "dalam.csv").parent
    closed.chmod(0)
    shut.chmod(0)
    with ordinary_permissions():
        found = scan(office.home)
    assert [d.relative_path for d in found.deliveries] == ["82.71/units/benar.csv"]
    assert found.waiting == (
        ("82.71/leave/dalam/", "folder_unreachable"),
        ("82.71/leave/tutup.csv", "file_unreachable"),
    )
    shut.chmod(0o700)
    closed.chmod(0o600)
    assert len(scan(office.home).deliveries) == 3


def test_many_files_of_one_folder_are_told_as_the_folder() -> None:
    many = [
        Misplaced(f"Kota Palu/cuti/{n}.csv", "government_unknown", "72.71/leave/") for n in "abcd"
    ]
    alone = Misplaced("a.csv", "folder_missing", "")
    assert by_folder([*many, alone]) == (
        (Misplaced("Kota Palu/cuti/", "government_unknown", "72.71/leave/"), 4),
        (alone, 1),
    )


def test_a_region_may_add_a_code(office: Office) -> None:
    path = office.home.landing / "83.71" / "units" / "a.csv"
    path.parent.mkdir(parents=True)
    path.write_text("x")
    os.utime(path, (FIRST_TIME,) * 2)
    assert scan(office.home).governments == ()
    (office.home.config / "governments.csv").write_text(
        "government_code,code_system,name,level,time_zone\n"
        "83.71,BPS,Kota Ternate,city,Asia/Jayapura\n"
    )
    assert scan(office.home).governments == ("83.71",)


def test_a_file_just_written_is_awaited_and_one_that_grows_is_not(office: Office) -> None:
    done = office.put("units", "selesai", "selesai.csv")
    growing = office.put("units", "mulai", "tumbuh.csv")
    os.utime(done)
    os.utime(growing)
    stop = threading.Event()

    def grow() -> None:
        while not stop.wait(0.1):
            with growing.open("a") as file:
                file.write("x")

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        began = time.monotonic()
        found = scan(office.home)
        assert time.monotonic() - began < 5
    finally:
        stop.set()
        writer.join()
    assert [d.relative_path for d in found.deliveries] == ["82.71/units/selesai.csv"]
    assert found.waiting == (("82.71/units/tumbuh.csv", "file_moving"),)


def test_a_place_as_people_call_it() -> None:
    assert Place.named("82.71", "leave") == ("82.71", "leave", "")
    assert Place.named("82.71", "survey/2025-S1/") == ("82.71", "survey", "2025-S1")
    assert Place.named("82.71", "survey/2025-S1/isi") == ("82.71", "survey", "2025-S1/isi")


def test_places() -> None:
    known = ("82.71", "ID")
    assert place_of("82.71/units/dalam/a.csv", known) == ("82.71", "units", "")
    assert place_of("ID/survey/2025-S1/a.csv", known) == ("ID", "survey", "2025-S1")
    assert place_of("82.71/ip_asn/../a.csv", known) == "period_unknown"
    assert place_of("../units/a.csv", known) == "government_unknown"


@pytest.mark.parametrize(
    ("place", "says"),
    [
        (("72.17", "units", ""), "72.71/units/"),
        (("82.71", "attendence", ""), "attendance, rosters"),
        (("82.71", "survey", ""), "survey/2026-S1"),
        (("82.71", "units", "2024"), "82.71/units/"),
        (("82.71", "ip_asn", "../x"), "ip_asn/2025"),
    ],
)
def test_a_place_that_is_none_is_refused_with_what_there_is(
    office: Office, place: tuple[str, str, str], says: str
) -> None:
    with pytest.raises(UserError) as refused:
        require_place(office.home, *place)
    assert says in refused.value.text.id
    assert says in refused.value.text.en
