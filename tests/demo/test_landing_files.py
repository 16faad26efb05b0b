"""The files: readable with plain tools, canonical, true to the world, the same every time."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from openpyxl import load_workbook

from demo.exports import secrets_of, write_config, write_demo, write_landing
from demo.faults import PLANTED
from demo.presence import machine_month, machines, scans_of
from demo.world import World, make_world
from ingest.new_home import EXAMPLE_MARK
from tests.demo.reading import records_of, table_of, text_of
from warehouse.catalog.reader import load_catalog
from warehouse.errors import UserError
from warehouse.store.home import Home

ATTLOG = re.compile(r" *\d{8,9}\t\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\t\d+\t[01]\t1\t0")


def digests(folder: Path) -> dict[str, tuple[str, float]]:
    return {
        str(path.relative_to(folder)): (
            hashlib.sha256(path.read_bytes()).hexdigest(),
            path.stat().st_mtime,
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def tables(landing: Path) -> list[Path]:
    return sorted(path for path in landing.rglob("*") if path.suffix in {".csv", ".xlsx"})


def test_the_same_seed_gives_the_same_bytes_and_times(landing: Path, tmp_path: Path) -> None:
    written = write_landing(make_world(), tmp_path)
    assert digests(tmp_path) == digests(landing)
    assert len(written) == len(set(written)) == len(digests(tmp_path))
    write_landing(make_world(), tmp_path)
    assert digests(tmp_path) == digests(landing), "written over itself"
    write_landing(make_world(seed=1), tmp_path / "other")
    assert digests(tmp_path / "other") != digests(landing)


def test_every_table_is_readable_and_has_the_required_columns(landing: Path) -> None:
    sources = load_catalog().sources
    seen: Counter[str] = Counter()
    for path in tables(landing):
        source = path.relative_to(landing).parts[1]
        header, *rows = table_of(path)
        assert rows, path
        seen[source] += 1
        if source == "survey":
            continue
        required = {c.name for c in sources[source].file_columns if c.required}
        assert required <= set(header), path
    assert set(seen) == {
        "units", "employees", "devices", "attendance", "rosters", "leave", "events", "survey",
        "ip_asn", "official",
    }  # fmt: skip


def test_numbers_in_workbooks_are_text(landing: Path) -> None:
    for path in landing.rglob("*.xlsx"):
        header, *rows = load_workbook(path).active.iter_rows(values_only=True)
        if "nip" in header:
            assert all(isinstance(row[header.index("nip")], str) for row in rows)


def test_dialects_are_those_of_offices(landing: Path) -> None:
    """Byte-order marks, the Windows code page, semicolons, CRLF, total rows, odd NIPs, dates."""
    pasuruan = landing / "35.75"
    people = pasuruan / "employees/data_pegawai_FIX_bgt.csv"
    assert people.read_bytes().startswith(b"\xef\xbb\xbf")
    assert table_of(people)[-2][0] == "JUMLAH"
    assert not any(table_of(people)[-1])
    nips = [row["nip"] for row in records_of(people)]
    assert any(nip.startswith("'") for nip in nips)
    assert any(" " in nip for nip in nips)
    leave = (pasuruan / "leave/cuti tw1 2025.csv").read_bytes()
    assert b"\x93asli\x94" in leave
    assert "“asli”" in text_of(pasuruan / "leave/cuti tw1 2025.csv")
    assert any(re.search(r"\d{18}", path.name) for path in landing.rglob("*.csv"))
    endings = {b"\r\n" in path.read_bytes() for path in landing.rglob("*_attlog.dat")}
    assert endings == {True, False}
    muster = landing / "82.71/events/daftar hadir apel 17 Januari 2025.csv"
    assert records_of(muster)[0]["event_date"] == "17 Januari 2025"


def test_dates_with_slashes_tell_the_day_from_the_month(landing: Path) -> None:
    """A column of which every date reads both ways would rightly be refused."""
    numeric = re.compile(r"(\d\d)[/-]\d\d[/-]\d{4}")
    checked = 0
    for path in tables(landing):
        _, *rows = table_of(path)
        for column in zip(*rows, strict=True):
            days = [int(found[1]) for cell in column if (found := numeric.match(cell))]
            checked += bool(days)
            assert not days or max(days) > 12, path
    assert checked > 10


def test_machines_write_what_they_saw(world: World, landing: Path) -> None:
    """Every scan of the truth is in its machine's file, and nothing else but the planted lines."""
    planted = {(f.path, f.text) for f in PLANTED if f.kind == "line"}
    government = world.government("82.71")
    for machine in machines(government):
        expected: set[str] = set()
        for month in world.months[:2]:
            truth = machine_month(world, government, machine, month)
            scans = scans_of(world, machine, truth)
            pins = [person.pin_on(truth.days[-1]) for person in truth.people]
            before = expected
            expected = {
                f"{pins[row]:>9}\t{str(at).replace('T', ' ')}\t{machine.number}\t{way}\t1\t0"
                for row, at, way in zip(scans.person, scans.at, scans.way, strict=True)
            }
            path = f"82.71/attendance/{month:%Y-%m}/{machine.number}_attlog.dat"
            lines = (landing / path).read_text().splitlines()
            own = [line for line in lines if (path, line) not in planted]
            assert all(ATTLOG.fullmatch(line) for line in own)
            assert expected <= set(own)
            assert set(own) <= expected | before
            assert not before or set(own) & before, "the export overlaps the one before"


def test_machines_and_portal_hold_scans_repeated_within_seconds(landing: Path) -> None:
    text = (landing / "82.71/attendance/2025-06/1_attlog.dat").read_text()
    scans = sorted(line.split("\t")[:2] for line in text.splitlines())
    repeated = 0
    for (pin, at), (next_pin, next_at) in pairwise(scans):
        gap = datetime.fromisoformat(next_at) - datetime.fromisoformat(at)
        repeated += pin == next_pin and 0 < gap.total_seconds() <= 40
    assert repeated > 20


def test_the_portal_s_month_holds_every_building_once(world: World, landing: Path) -> None:
    rows = records_of(landing / "35.75/attendance/presensi_online_202501.csv")
    government = world.government("35.75")
    by_machine = {
        unit.machine for unit in government.units if unit.kind in {"Sekolah", "Puskesmas"}
    }
    scans = [
        scans_of(world, machine, machine_month(world, government, machine, world.months[0]))
        for machine in machines(government)
        if machine.number not in by_machine
    ]
    assert len(rows) == sum(len(month.at) for month in scans)
    for number in by_machine:
        assert (landing / f"35.75/attendance/2025-01/{number}_attlog.dat").is_file()


def test_files_were_saved_after_what_they_tell(landing: Path) -> None:
    """A scan later than its file would be a scan from the future."""
    for path in landing.rglob("*_attlog.dat"):
        saved = datetime.fromtimestamp(path.stat().st_mtime, UTC).replace(tzinfo=None)
        scans = [s for s in path.read_text().splitlines() if ATTLOG.fullmatch(s)]
        assert datetime.fromisoformat(max(s.split("\t")[1] for s in scans)) < saved


def test_forms_ask_in_the_words_of_the_behaviours(landing: Path) -> None:
    form = next((landing / "82.71/survey/2024-S2").glob("*akhir.csv"))
    header, *rows = table_of(form)
    assert header[:3] == ["Stempel waktu", "Alamat Email", "Unit Kerja"]
    assert header[3] == "BP1. Memahami dan memenuhi kebutuhan masyarakat"
    assert len(header) == 25
    assert {row[3] for row in rows} <= {
        "", "Sangat Tidak Setuju", "Tidak Setuju", "Kurang Setuju", "Setuju", "Sangat Setuju",
    }  # fmt: skip
    assert all(re.fullmatch(r"\d\d/\d\d/\d{4} \d{1,2}:\d\d:\d\d", row[0]) for row in rows)
    later = table_of(next((landing / "82.71/survey/2025-S1").glob("*akhir.csv")))
    units = {row[2] for row in later}
    assert {"Dinas Pariwisata", "Dinas Pariwisata, Pemuda dan Olahraga"} <= units, "former names"
    early = table_of(next((landing / "82.71/survey/2024-S2").glob("*sementara.csv")))
    assert early == [header, *rows][: len(early)], "the last export holds the one before"


def test_the_instrument_describes_every_column_of_its_survey(landing: Path) -> None:
    folder = landing / "35.75/survey/2025-S1"
    items = records_of(folder / "instrumen.csv")
    assert {(row["scale_min"], row["scale_max"]) for row in items} == {("1", "4")}
    assert sum(row["reversed"] == "ya" for row in items) == 3
    header = table_of(folder / "hasil survei.csv")[0]
    assert [row["column"] for row in items] == header[3:]
    assert "respondent_id" not in table_of(landing / "35.75/survey/2024-S2/hasil survei.csv")[0]


def test_every_secret_is_in_the_files(world: World, landing: Path) -> None:
    """Else a search for them would prove nothing."""
    secrets = secrets_of(world)
    cells = {cell.strip() for path in tables(landing) for row in table_of(path) for cell in row}
    cells |= {
        line.partition("\t")[0].strip()
        for path in landing.rglob("*.dat")
        for line in text_of(path).splitlines()
    }
    plain = {re.sub(r"^Dr\. |,.*$", "", cell) for cell in cells}
    silent = secrets - cells - plain
    assert all("@" in secret for secret in silent), "only who never answered leaves no trace"
    assert len(silent) < len(secrets) / 6
    assert all(len(secret) == 8 for secret in secrets if secret.isdigit() and len(secret) != 18)


def test_rules_of_the_region_are_written(world: World, tmp_path: Path) -> None:
    write_config(world, tmp_path)
    for path in tmp_path.glob("*.csv"):
        rule = load_catalog().rules[path.stem]
        header = table_of(path)[0]
        assert {c.name for c in rule.file_columns} <= set(header), path
    waves = records_of(tmp_path / "survey_waves.csv")
    assert {row["end_date"] for row in waves} == {"2024-12-13", "2025-06-20"}
    decided = records_of(tmp_path / "evidence.csv")
    assert [(row["date_from"], row["recorded"]) for row in decided] == [("2025-05-14", "tidak")]


def test_other_governments_and_years_can_be_written(tmp_path: Path) -> None:
    world = make_world(
        employees=220,
        months=12,
        governments=("72.71", "82.72"),
        first_month=date(2024, 1, 1),
    )
    assert write_landing(world, tmp_path)
    assert (tmp_path / "72.71/attendance/presensi_online_202412.csv").is_file()
    assert (tmp_path / "82.72/survey/2024-S1").is_dir()


def test_a_demo_home_is_written_twice_to_the_same_bytes_but_never_over_another(
    tmp_path: Path,
) -> None:
    home = Home(tmp_path / "home")
    write_demo(home)
    first = digests(home.landing)
    write_demo(home)
    assert digests(home.landing) == first
    (home.config / EXAMPLE_MARK).unlink()
    with pytest.raises(UserError, match="--home"):
        write_demo(home)
