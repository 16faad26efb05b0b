"""Verification: quiet over what nobody touched, and naming whatever somebody did."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.warehouse.night import (
    NEXT_RUN_ID,
    ROLLBACK,
    RUN_ID,
    land,
    landed,
    publish,
    record_published,
    run_entry,
)
from warehouse.files import sha256_file, write_whole
from warehouse.proof import ledger
from warehouse.proof.findings.finding import INDEX, LEDGER
from warehouse.proof.signature import SignedHead, read_signed, sign, write_index
from warehouse.proof.verify import verify
from warehouse.publication.generation import swap
from warehouse.publication.slice_files import with_slices
from warehouse.store.home import Home


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
    recorded = [*run["report_sha256"], *with_slices(ledger_home.root, run["generation"])]
    assert len(recorded) == 2 + 19 + 2
    for path in recorded:
        file = ledger_home.root / path
        kept = file.read_bytes()
        _flip(file, len(kept) // 2)
        assert _problems(ledger_home) == [path]
        file.unlink()
        assert _problems(ledger_home) == [path]
        file.write_bytes(kept)
    assert _problems(ledger_home) == []


@pytest.fixture
def small_home(home: Home) -> Home:
    """Two nights that published nothing: few bytes, so that each can be tried."""
    entries = [
        run_entry(home, f"2026112{n}T203000Z-0000", inputs=(land(home, f"{n}.csv", f"kode {n}"),))
        for n in range(2)
    ]
    for entry in entries:
        ledger.append(home, entry)
    _show(home, 2)
    return home


def _show(home: Home, lines: int) -> None:
    """Write an index as of so many lines."""
    now = SignedHead(ledger.head(home), lines)
    write_index(home, f"index of {lines} lines".encode(), now)


def _guarded(home: Home) -> list[Path]:
    paths = [*home.reports.rglob("*"), *home.landing.rglob("*")]
    return sorted(path for path in paths if path.is_file())


def _may_be_named(home: Home, file: Path, position: int) -> set[str]:
    """The links that a change of one byte may break first."""
    path = file.relative_to(home.root).as_posix()
    if path != LEDGER:
        return {"reports/head.json" if file == home.public_key_file else path}
    line = file.read_bytes()[:position].count(b"\n") + 1
    return {LEDGER, f"{LEDGER}:{line}", f"{LEDGER}:{line + 1}"}


@pytest.mark.parametrize("step", [11, pytest.param(1, marks=pytest.mark.exhaustive)])
def test_every_byte_of_every_file_is_guarded(small_home: Home, step: int) -> None:
    assert verify(small_home).findings == ()
    files = _guarded(small_home)
    assert len(files) == 4 + 2 * 2 + 2
    for file in files:
        kept = file.read_bytes()
        for position in range(0, len(kept), step):
            may_be_named = _may_be_named(small_home, file, position)
            data = bytearray(kept)
            data[position] ^= 1 << position % 8
            file.write_bytes(data)
            problems = _problems(small_home)
            assert problems, (file.name, position)
            assert problems[0] in may_be_named, (file.name, position)
        file.write_bytes(kept)
    assert _problems(small_home) == []


def test_every_file_of_a_generation_is_guarded_anywhere(ledger_home: Home) -> None:
    chance = Random(5)
    run = ledger.entries(ledger_home)[2]
    for path in with_slices(ledger_home.root, run["generation"]):
        file = ledger_home.root / path
        size = file.stat().st_size
        for position in (0, size - 1, *(chance.randrange(size) for _ in range(3))):
            _flip(file, position)
            assert _problems(ledger_home) == [path], position
            _flip(file, position)
    first, second = [ledger_home.root / path for path in list(run["generation"])[:2]]
    swapped = (second.read_bytes(), first.read_bytes())
    first.write_bytes(swapped[0])
    second.write_bytes(swapped[1])
    assert len(_problems(ledger_home)) == 2


def test_every_file_that_is_deleted_is_named(small_home: Home) -> None:
    for file in _guarded(small_home):
        if file.is_relative_to(small_home.landing):
            continue  # an office may clear its landing
        kept = file.read_bytes()
        file.unlink()
        path = file.relative_to(small_home.root).as_posix()
        named = {
            small_home.ledger_file: f"{LEDGER}:1",
            small_home.public_key_file: "reports/head.json",
        }
        assert _problems(small_home)[0] == named.get(file, path)
        file.write_bytes(kept)


def _rearranged(lines: list[bytes]) -> Iterator[tuple[int, list[bytes]]]:
    """Every line deleted, every two swapped, every line repeated anywhere, every tail cut off.

    Yields the first line that differs, and the lines.
    """
    count = len(lines)
    for first in range(count):
        yield first, lines[:first] + lines[first + 1 :]
        yield first, lines[:first]
        for second in range(first + 1, count):
            swapped = list(lines)
            swapped[first], swapped[second] = lines[second], lines[first]
            yield first, swapped
        for place in range(count + 1):
            yield place, [*lines[:place], lines[first], *lines[place:]]


@pytest.mark.parametrize("with_head", [False, True])
def test_lines_can_not_be_moved_added_or_cut(ledger_home: Home, *, with_head: bool) -> None:
    head = ledger.head(ledger_home) if with_head else None
    lines = ledger_home.ledger_file.read_bytes().splitlines(keepends=True)
    tried = 0
    for first, forged in _rearranged(lines):
        if forged == lines:
            continue
        tried += 1
        ledger_home.ledger_file.write_bytes(b"".join(forged))
        # A line that stands twice in a row is named where it stands again.
        named = {f"{LEDGER}:{first + 1}", f"{LEDGER}:{first + 2}"}
        assert _problems(ledger_home, head)[0] in named, (first, len(forged))
    assert tried > 30


def _forge(home: Home, count: int) -> None:
    """Write the first lines anew, with another end and a whole chain."""
    previous, lines = ledger.NO_LINE, []
    for number, line in enumerate(home.ledger_file.read_bytes().splitlines()[:count]):
        entry = {**json.loads(line), "prev": previous}
        entry["ended_at" if entry["kind"] == "run" else "at"] = "forged"
        whole = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        lines.append(whole.encode())
        previous = hashlib.sha256(lines[number]).hexdigest()
    home.ledger_file.write_bytes(b"\n".join(lines) + b"\n")


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_a_rewritten_chain_bears_no_signature(ledger_home: Home, count: int) -> None:
    _forge(ledger_home, count)
    assert _problems(ledger_home)[0].startswith(f"{LEDGER}:")


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_a_noted_head_shows_what_a_forger_with_a_key_of_his_own_did(
    ledger_home: Home, count: int
) -> None:
    noted = ledger.head(ledger_home)
    _forge(ledger_home, count)
    ledger_home.signing_key_file.unlink()
    ledger_home.head_file.unlink()
    sign(ledger_home, SignedHead(ledger.head(ledger_home), count))
    assert LEDGER not in _problems(ledger_home)
    assert _problems(ledger_home, noted)[0] == LEDGER


def test_an_unsigned_line_is_named(ledger_home: Home) -> None:
    """Chained as it should be, but not written by this home."""
    signed = ledger_home.head_file.read_bytes()
    ledger.append(ledger_home, ROLLBACK)
    ledger_home.head_file.write_bytes(signed)
    assert _problems(ledger_home) == [f"{LEDGER}:5"]


def test_a_kill_while_a_line_is_signed_is_no_fault(ledger_home: Home) -> None:
    before = read_signed(ledger_home)
    whole = ledger_home.ledger_file.read_bytes()
    after = ledger.append(ledger_home, ROLLBACK)
    sign(ledger_home, SignedHead(before.head, before.lines, after))
    assert _problems(ledger_home) == []
    ledger_home.ledger_file.write_bytes(whole)
    assert _problems(ledger_home) == []


def test_an_index_that_lags_by_the_line_of_a_killed_run_is_no_fault(small_home: Home) -> None:
    _show(small_home, 1)
    found = verify(small_home)
    assert (found.problems, [f.subject for f in found.information]) == ((), [INDEX])
    (small_home.root / INDEX).write_bytes(b"another index")
    assert _problems(small_home) == [INDEX]


def test_an_index_is_compared_though_reports_that_it_shows_are_gone(small_home: Home) -> None:
    shutil.rmtree(small_home.reports / "20261120T203000Z-0000")
    assert _problems(small_home) == []
    _flip(small_home.root / INDEX, 3)
    assert _problems(small_home) == [INDEX]


@pytest.mark.parametrize("written", [1, 2, 3])
def test_a_kill_while_the_index_is_renewed_is_no_fault(
    small_home: Home, monkeypatch: pytest.MonkeyPatch, written: int
) -> None:
    """Two files are signed, the page, and two files again: whichever was the last one."""
    count = 0

    def killed(path: Path, data: bytes, mode: int) -> None:
        nonlocal count
        count += 1
        if count > written:
            raise KeyboardInterrupt
        write_whole(path, data, mode)

    ledger.append(small_home, run_entry(small_home, "20261124T203000Z-9c0d"))
    monkeypatch.setattr("warehouse.proof.signature.write_whole", killed)
    with pytest.raises(KeyboardInterrupt):
        _show(small_home, 3)
    monkeypatch.undo()
    assert _problems(small_home) == []
    _show(small_home, 3)
    assert verify(small_home).findings == ()


def test_an_index_is_compared_with_what_was_written_not_with_what_would_be(
    small_home: Home,
) -> None:
    """A later version may show its nights otherwise: what stands was proved when it was written."""
    before = (small_home.root / INDEX).read_bytes()
    write_index(small_home, b"of another template", SignedHead(ledger.head(small_home), 2))
    assert verify(small_home).findings == ()
    (small_home.root / INDEX).write_bytes(before)
    assert _problems(small_home) == [INDEX]


def test_a_line_out_of_count_is_named(home: Home) -> None:
    ledger.append(home, run_entry(home, RUN_ID))
    line = home.ledger_file.read_bytes().replace(b'"seq":0', b'"seq":1')
    home.ledger_file.write_bytes(line)
    sign(home, SignedHead(ledger.head(home), 1))
    _show(home, 1)
    assert _problems(home) == [f"{LEDGER}:1"]


def test_any_head_that_the_chain_passed_through_is_recognised(ledger_home: Home) -> None:
    noted = ledger.head(ledger_home)
    ledger.append(ledger_home, ROLLBACK)
    assert _problems(ledger_home, noted) == []
    assert _problems(ledger_home, "f" * 64) == ["reports/ledger.jsonl"]
    # The first report prints this one: there was no line before it.
    assert _problems(ledger_home, ledger.NO_LINE) == []


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
    planted.unlink()
    (ledger_home.reports / RUN_ID / "more.html").write_bytes(b"")
    assert _problems(ledger_home) == [f"reports/{RUN_ID}/more.html"]


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


@pytest.mark.parametrize("area", ["published", "restricted"])
def test_current_may_not_lead_out_of_the_home(ledger_home: Home, tmp_path: Path, area: str) -> None:
    link = ledger_home.root / area / "current"
    forged = tmp_path / "forged" / RUN_ID  # of the same name
    shutil.copytree(link, forged)
    link.unlink()
    link.symlink_to(forged)
    assert _problems(ledger_home) == [f"{area}/current"]


def test_after_the_first_publication_current_is_still_a_link(
    home: Home, working_file: Path
) -> None:
    shutil.copy(working_file, home.warehouse_file)
    record_published(home, RUN_ID)
    _show(home, 1)
    assert verify(home).findings == ()
    link = home.published / "current"
    link.unlink()
    shutil.copytree(home.published / "generations" / RUN_ID, link)
    assert _problems(home) == ["published/current"]


def test_a_link_that_was_moved_back_after_the_run_is_named(ledger_home: Home) -> None:
    _show(ledger_home, 3)
    swap(ledger_home, NEXT_RUN_ID)  # as a kill after the rollback's line would leave it
    assert _problems(ledger_home) == []
    _show(ledger_home, 4)  # the index follows the links
    assert _problems(ledger_home) == ["published/current", "restricted/current"]


def test_what_no_run_has_left_is_listed(ledger_home: Home) -> None:
    shutil.copytree(ledger_home.reports / RUN_ID, ledger_home.reports / "20270101T203000Z-ffff")
    (ledger_home.published / "marts.duckdb").write_bytes(b"")
    (ledger_home.restricted / "generations" / "20270101T203000Z-ffff").mkdir()
    assert _problems(ledger_home) == []
    assert _information(ledger_home) == [
        "published/marts.duckdb",
        "reports/20270101T203000Z-ffff",
        "restricted/generations/20270101T203000Z-ffff",
    ]


def _forged(line: bytes) -> Iterator[bytes]:
    """Lines that still read as JSON, with something else where a run says what it found."""
    entry = json.loads(line)
    for key in entry:
        for value in (None, 1, "x", [1], {"a": 1}, {"reports/" + "a" * 300 + "/x": "d"}):
            yield json.dumps({**entry, key: value}, sort_keys=True, separators=(",", ":")).encode()
    yield b"[" * 100_000


def test_a_line_of_another_form_is_named_and_stops_nothing(small_home: Home) -> None:
    first, second, _ = small_home.ledger_file.read_bytes().split(b"\n")
    forged = [line for line in _forged(second) if line != second]
    assert len(forged) > 100
    for line in forged:
        small_home.ledger_file.write_bytes(first + b"\n" + line + b"\n")
        assert LEDGER in _problems(small_home)[0], line[:200]


def test_a_folder_in_the_place_of_a_file_is_named(small_home: Home) -> None:
    for path in (small_home.root / INDEX, small_home.ledger_file):
        path.unlink()
        path.mkdir()
    assert f"{LEDGER}:1" in _problems(small_home)
    small_home.ledger_file.rmdir()
    assert f"{LEDGER}:1" in _problems(small_home)


def test_a_kill_between_the_line_and_the_links_is_no_fault(ledger_home: Home) -> None:
    run_id = "20261124T203000Z-9c0d"
    entry = run_entry(ledger_home, run_id, generation=publish(ledger_home, run_id))
    ledger.append(ledger_home, entry)
    assert _information(ledger_home) == [INDEX]
    swap(ledger_home, RUN_ID)
    assert _problems(ledger_home) == []
    assert _information(ledger_home) == ["published/current", "restricted/current", INDEX]
    swap(ledger_home, NEXT_RUN_ID)
    assert _problems(ledger_home) == ["published/current", "restricted/current"]


def test_landed_files_that_are_gone_are_listed_masked(ledger_home: Home) -> None:
    folder = ledger_home.landing / "82.71" / "units"
    (folder / "unit.csv").rename(folder / "moved elsewhere.csv")
    assert verify(ledger_home).findings == ()
    (folder / "unit_20261121.csv").unlink()
    assert _problems(ledger_home) == []
    assert _information(ledger_home) == ["landing/82.71/units/unit_********.csv"]


def test_a_landed_file_may_be_sent_anew_but_not_changed_unseen(ledger_home: Home) -> None:
    changed = "landing/82.71/units/unit_********.csv"
    entry = run_entry(ledger_home, "20261124T203000Z-9c0d")
    (ledger_home.landing / "82.71/units/unit_20261121.csv").write_text("mended", encoding="utf-8")
    assert _problems(ledger_home) == [changed]
    ledger.append(ledger_home, {**entry, "landed": landed(ledger_home)})
    assert _problems(ledger_home) == []


def test_names_of_landed_files_are_not_in_the_ledger(ledger_home: Home) -> None:
    recorded = ledger.landed(ledger.entries(ledger_home))
    assert len(recorded) == 2
    paths = ["82.71/units/unit.csv", "82.71/units/unit_20261121.csv"]
    assert set(recorded) == {ledger.path_digest(ledger_home.key(), path) for path in paths}
    assert not {hashlib.sha256(path.encode()).hexdigest() for path in paths} & set(recorded)


def test_an_unreadable_file_stops_no_proof_of_the_others(
    ledger_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A landed one is named and no tampering; a published one is not there for its readers."""
    landed_file = ledger_home.landing / "82.71" / "units" / "unit_20261121.csv"
    parquet = ledger_home.published / "generations" / NEXT_RUN_ID / "mart_survey.parquet"

    def failing(path: Path) -> str:
        if path in {landed_file, parquet}:
            raise OSError(5, "Input/output error", str(path))
        return sha256_file(path)

    monkeypatch.setattr("warehouse.proof.findings.finding.sha256_file", failing)
    assert _information(ledger_home) == ["landing/82.71/units/unit_********.csv"]
    assert _problems(ledger_home) == [parquet.relative_to(ledger_home.root).as_posix()]


def test_a_ledger_of_an_old_backup_is_noticed(ledger_home: Home, tmp_path: Path) -> None:
    """Whole and signed, but the home remembers that it has written more."""
    shutil.copytree(ledger_home.reports, tmp_path / "old")
    ledger.append(ledger_home, run_entry(ledger_home, "20261124T203000Z-9c0d"))
    for name in ("ledger.jsonl", "head.json"):
        shutil.copy(tmp_path / "old" / name, ledger_home.reports / name)
    assert _problems(ledger_home) == [f"{LEDGER}:5"]
    with pytest.raises(ledger.LedgerError, match="older than this home"):
        ledger.append(ledger_home, ROLLBACK)


def test_an_auditors_copy_without_keys_is_proved(ledger_home: Home) -> None:
    shutil.rmtree(ledger_home.warehouse)
    assert _problems(ledger_home) == []
    assert _information(ledger_home) == ["landing"]


def test_a_byte_flipped_in_config_is_said_and_no_fault(ledger_home: Home) -> None:
    _flip(ledger_home.settings_file, 5)
    own = ledger_home.config / "targets 198609262015051001.csv"
    own.write_text("unit_code,measure\n", encoding="utf-8")
    assert _problems(ledger_home) == []
    said = {finding.subject: finding for finding in verify(ledger_home).information}
    assert set(said) == {"config/home.toml", f"config/targets {'*' * 18}.csv"}
    changed = said["config/home.toml"]
    last = ledger.entries(ledger_home)[2]["run_id"]
    assert f"changed since the night {last}" in changed.text.en
    assert f"berubah sejak pemrosesan {last}" in changed.text.id
    ledger_home.settings_file.unlink()
    said = {f.subject: f.text.en for f in verify(ledger_home).information}
    assert "gone" in said["config/home.toml"]
