"""Each planted fault is really in the files, at its row, and leaves its file mostly right."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from demo.faults import PLANTED, Fault, plant_lines, plant_rows
from demo.world import World
from tests.demo.reading import records_of, table_of, text_of


def faults(*kinds: str) -> list[Fault]:
    return [fault for fault in PLANTED if fault.kind in kinds]


def the(kind: str) -> Fault:
    (fault,) = faults(kind)
    return fault


@pytest.mark.parametrize("fault", faults("line"), ids=lambda f: f.why)
def test_lines_stand_at_their_row(fault: Fault, landing: Path) -> None:
    assert text_of(landing / fault.path).splitlines()[fault.row - 1] == fault.text


@pytest.mark.parametrize("fault", faults("cell"), ids=lambda f: f.why)
def test_cells_stand_in_their_row_and_column(fault: Fault, landing: Path) -> None:
    rows = table_of(landing / fault.path)
    column = next(n for n, title in enumerate(rows[0]) if title.startswith(fault.column))
    assert rows[fault.row - 1][column] == fault.text
    assert fault.text not in {row[column] for row in rows[fault.row :]}


@pytest.mark.parametrize("fault", faults("repeat"), ids=lambda f: f.why)
def test_repeated_rows_stand_below_the_row_they_repeat(fault: Fault, landing: Path) -> None:
    rows = table_of(landing / fault.path)
    assert rows[fault.row - 1] == rows[fault.row - 2]


def test_a_file_is_sent_again_under_another_name(landing: Path) -> None:
    again = landing / the("copy").path
    original = again.with_name(again.name.replace(" (1)", ""))
    assert again.read_bytes() == original.read_bytes()
    assert again.stat().st_mtime > original.stat().st_mtime


def test_a_school_s_month_is_missing_and_its_neighbours_are_not(
    world: World, landing: Path
) -> None:
    missing = landing / the("missing").path
    assert not missing.exists()
    machine = missing.name
    for month in ("2025-02", "2025-04"):
        lines = (landing / f"82.71/attendance/{month}" / machine).read_text().splitlines()
        assert not [line for line in lines if "\t2025-03" in line]
    number = int(machine.partition("_")[0])
    kinds = {u.kind for u in world.government("82.71").units if u.machine == number}
    assert kinds == {"Sekolah"}


def test_a_machine_dies_at_eleven_o_clock(landing: Path) -> None:
    fault = the("outage")
    days = Counter[str]()
    for line in (landing / fault.path).read_text().splitlines():
        day, _, at = line.split("\t")[1].partition(" ")
        days[day] += 1
        assert day != fault.text or at < "11:00:00"
    assert 0 < days[fault.text] < days["2025-05-15"]


def test_a_pin_in_use_is_put_on_the_list_late(landing: Path) -> None:
    fault = the("late_pin")
    row = dict(
        zip(table_of(landing / fault.path)[0], table_of(landing / fault.path)[1], strict=True)
    )
    assert row["valid_from"] == "2025-01-01"
    first_list = records_of(landing / "82.71/devices/daftar PIN mesin presensi.csv")
    assert row["pin"] not in {entry["pin"] for entry in first_list}
    used = text_of(landing / "82.71/attendance/2025-01/1_attlog.dat")
    assert f"{row['pin']:>9}\t" in used


def test_a_spell_is_begun_and_the_one_before_is_never_ended(world: World, landing: Path) -> None:
    fault = the("overlap")
    rows = table_of(landing / fault.path)
    nip, unit = rows[fault.row - 1][0], rows[fault.row - 1][2]
    assert [row[0] for row in rows].count(nip) == 1
    person = next(p for p in world.government("82.71").people if p.nip == nip)
    assert person.spells[0].unit_code != unit
    assert person.spells[0].valid_to == date(2025, 1, 31)
    people = records_of(landing / "82.71/employees/DATA PEGAWAI (1) FINAL.xlsx")
    (first,) = [row for row in people if row["nip"].strip("'").replace(" ", "") == nip]
    assert first["valid_to"] == ""


def test_a_respondent_answers_again_and_otherwise(landing: Path) -> None:
    fault = the("resubmission")
    rows = table_of(landing / fault.path)
    again, first, before = rows[fault.row - 1], rows[4], rows[fault.row - 2]
    assert again[1:3] == first[1:3]
    assert again[3:-1] != first[3:-1]
    assert again[0] != before[0]
    assert sum(row[1] == again[1] for row in rows) == 2


def test_what_is_quarantined_has_a_reason_and_nothing_else_has(landing: Path) -> None:
    assert all(bool(fault.reason) == (fault.outcome == "quarantined") for fault in PLANTED)
    assert all((landing / f.path).exists() for f in PLANTED if f.kind != "missing")


def test_files_stay_mostly_right(landing: Path) -> None:
    wrong = Counter(f.path for f in PLANTED if f.row)
    for path, count in wrong.items():
        assert count * 2 < len(table_of(landing / path)), path


def test_files_without_planted_faults_pass_unchanged() -> None:
    rows = [["a"], ["1"], ["2"]]
    assert list(plant_rows("nowhere.csv", rows)) == rows
    assert plant_lines("nowhere.dat", b"x\ny\n") == b"x\ny\n"
