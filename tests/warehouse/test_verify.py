"""Verification: quiet over what nobody touched, and naming whatever somebody did."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.warehouse.night import NEXT_RUN_ID, ROLLBACK, RUN_ID, publish, run_entry
from warehouse import ledger
from warehouse.generation import swap
from warehouse.home import Home
from warehouse.verify import verify


def _problems(home: Home, head: str | None = None) -> list[str]:
    return [problem.subject for problem in verify(home, head).problems]


def _information(home: Home) -> list[str]:
    return [finding.subject for finding in verify(home).information]


def _flip(path: Path, position: int) -> None:
    data = bytearray(path.read_bytes())
    data[position] ^= 1
    path.write_bytes(data)


def test_an_untouched_home_is_proved(ledger_home: Home) -> None:
    result = verify(ledger_home)
    assert (result.findings, result.lines) == ((), 4)
    assert result.head == ledger.head(ledger_home)


def test_an_empty_home_is_proved(home: Home) -> None:
    assert verify(home).findings == ()


def test_every_recorded_file_is_guarded(ledger_home: Home) -> None:
    run = ledger.entries(ledger_home)[2]
    recorded = [*run["report_sha256"], *run["generation"]]
    assert len(recorded) == 2 + 18
    for path in recorded:
        file = ledger_home.root / path
        kept = file.read_bytes()
        _flip(file, len(kept) // 2)
        assert _problems(ledger_home) == [path]
        file.unlink()
        assert _problems(ledger_home) == [path]
        file.write_bytes(kept)
    assert _problems(ledger_home) == []


def test_every_byte_of_the_ledger_is_guarded(home: Home) -> None:
    """With a noted head, that is: nothing else can guard the last line."""
    for number in range(2):
        ledger.append(home, run_entry(home, f"2026112{number}T203000Z-0000"))
    whole = home.ledger_file.read_bytes()
    head = ledger.head(home)
    for position in range(len(whole)):
        _flip(home.ledger_file, position)
        subjects = _problems(home, head)
        line = whole[:position].count(b"\n") + 1
        named = {f"reports/ledger.jsonl:{line}", f"reports/ledger.jsonl:{line + 1}"}
        if line == 2:
            named.add("reports/ledger.jsonl")
        assert subjects[0] in named, position
        home.ledger_file.write_bytes(whole)


CUTS = {
    "a line is gone": lambda lines: lines[:1] + lines[2:],
    "the first is gone": lambda lines: lines[1:],
    "two are swapped": lambda lines: [lines[1], lines[0], *lines[2:]],
    "one is doubled": lambda lines: [lines[0], *lines],
    "one is appended": lambda lines: [*lines, lines[-1]],
    "the tail is cut": lambda lines: lines[:-1],
    "all is gone": lambda lines: lines[:0],
}


@pytest.mark.parametrize("cut", CUTS)
def test_lines_can_not_be_moved_added_or_cut(ledger_home: Home, cut: str) -> None:
    head = ledger.head(ledger_home)
    lines = ledger_home.ledger_file.read_bytes().splitlines(keepends=True)
    ledger_home.ledger_file.write_bytes(b"".join(CUTS[cut](lines)))
    assert _problems(ledger_home, head)[0].startswith("reports/ledger.jsonl")


def test_a_line_out_of_count_is_named(home: Home) -> None:
    ledger.append(home, run_entry(home, RUN_ID))
    line = home.ledger_file.read_bytes().replace(b'"seq":0', b'"seq":1')
    home.ledger_file.write_bytes(line)
    assert _problems(home) == ["reports/ledger.jsonl:1"]


def test_any_head_that_the_chain_passed_through_is_recognised(ledger_home: Home) -> None:
    noted = ledger.head(ledger_home)
    ledger.append(ledger_home, ROLLBACK)
    assert _problems(ledger_home, noted) == []
    assert _problems(ledger_home, "0" * 64) == ["reports/ledger.jsonl"]


def test_a_line_cut_short_by_a_kill_is_no_fault(ledger_home: Home) -> None:
    whole = ledger_home.ledger_file.read_bytes()
    ledger_home.ledger_file.write_bytes(whole + b'{"kind":"ru')
    assert _problems(ledger_home) == []
    assert _information(ledger_home) == ["reports/ledger.jsonl"]
    ledger_home.ledger_file.write_bytes(whole[:-1])
    assert verify(ledger_home).findings == ()


def test_a_planted_file_is_named(ledger_home: Home) -> None:
    planted = ledger_home.published / "generations" / NEXT_RUN_ID / "extra.parquet"
    planted.write_bytes(b"")
    assert _problems(ledger_home) == [f"published/generations/{NEXT_RUN_ID}/extra.parquet"]


def test_an_old_generation_or_report_may_be_deleted_as_a_whole(ledger_home: Home) -> None:
    shutil.rmtree(ledger_home.published / "generations" / NEXT_RUN_ID)
    shutil.rmtree(ledger_home.reports / NEXT_RUN_ID)
    assert _problems(ledger_home) == []
    assert _information(ledger_home) == [
        f"reports/{NEXT_RUN_ID}",
        f"published/generations/{NEXT_RUN_ID}",
    ]


@pytest.mark.parametrize("area", ["published", "restricted"])
def test_the_current_generation_may_not(ledger_home: Home, area: str) -> None:
    shutil.rmtree(ledger_home.root / area / "generations" / RUN_ID)
    assert _problems(ledger_home) == [f"{area}/current"]


def test_current_must_be_what_the_ledger_says(ledger_home: Home) -> None:
    link = ledger_home.published / "current"
    link.unlink()
    assert _problems(ledger_home) == ["published/current"]
    shutil.copytree(ledger_home.published / "generations" / RUN_ID, link)
    assert _problems(ledger_home) == ["published/current"]
    shutil.rmtree(link)
    link.symlink_to(f"generations/{RUN_ID}")
    assert _problems(ledger_home) == []


def test_a_kill_between_the_line_and_the_links_is_no_fault(ledger_home: Home) -> None:
    run_id = "20261124T203000Z-9c0d"
    entry = run_entry(ledger_home, run_id, generation=publish(ledger_home, run_id))
    ledger.append(ledger_home, entry)
    assert verify(ledger_home).findings == ()
    swap(ledger_home, RUN_ID)
    assert _problems(ledger_home) == []
    assert _information(ledger_home) == ["published/current", "restricted/current"]
    swap(ledger_home, NEXT_RUN_ID)
    assert _problems(ledger_home) == ["published/current", "restricted/current"]


def test_landed_files_that_are_gone_are_listed_masked(ledger_home: Home) -> None:
    folder = ledger_home.landing / "82.71" / "units"
    (folder / "unit.csv").rename(folder / "moved elsewhere.csv")
    assert verify(ledger_home).findings == ()
    (folder / "unit_20261121.csv").write_text("changed", encoding="utf-8")
    assert _problems(ledger_home) == []
    assert _information(ledger_home) == ["landing/82.71/units/unit_********.csv"]
