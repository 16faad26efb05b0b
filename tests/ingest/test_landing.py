"""What lies in landing: identity, order, and what is not taken."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

from ingest.landing import scan, valid_place
from tests.ingest.conftest import FIRST_TIME, Office


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


def test_misplaced_hidden_and_linked_files(office: Office, tmp_path: Path) -> None:
    for place, name in (("tidak_ada", "x"), ("survey", "x"), ("ip_asn/dua", "x"), (".", "x")):
        office.put(place, "x", name)
    for name in (".~lock.a.csv#", "~$buku.xlsx", ".tersembunyi", "unduh.crdownload"):
        office.put("units", "x", name)
    outside = tmp_path / "rahasia"
    outside.write_text("x")
    folder = office.put("units", "asli", "asli.csv").parent
    (folder / "tautan.csv").symlink_to(outside)
    (folder / "putus.csv").symlink_to(tmp_path / "tidak ada")
    (folder / "folder").symlink_to(tmp_path)
    (folder / "dekat.csv").symlink_to(folder / "asli.csv")
    found = scan(office.home)
    assert [d.relative_path for d in found.deliveries] == ["82.71/units/asli.csv"]
    assert dict(found.misplaced) == {
        "82.71/tidak_ada/x": "folder_unknown",
        "82.71/survey/x": "folder_unknown",
        "82.71/ip_asn/dua/x": "folder_unknown",
        "82.71/x": "folder_unknown",
        "82.71/units/tautan.csv": "file_link",
        "82.71/units/putus.csv": "file_link",
        "82.71/units/folder": "file_link",
    }


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


def test_places() -> None:
    assert valid_place("82.71", "units", "")
    assert valid_place("ID", "survey", "2025-S1")
    assert not valid_place("82.71", "units", "2024")
    assert not valid_place("82.71", "ip_asn", "")
    assert not valid_place("82.71", "ip_asn", "../x")
    assert not valid_place("..", "units", "")
