"""What is published: finished, mended, gone back from, by what the ledger says."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.warehouse.night import (
    BLOCKED_RUN_ID,
    NEXT_RUN_ID,
    ROLLBACK,
    RUN_ID,
    name_run,
    record_published,
    run_entry,
)
from warehouse.errors import UserError
from warehouse.proof import ledger
from warehouse.proof import standing as publication
from warehouse.proof.verify import verify
from warehouse.publication import generation
from warehouse.publication.generation import current_run_id, pointed, swap, write_generation
from warehouse.store.home import Home


def _record_without_links(home: Home, run_id: str) -> None:
    name_run(home, run_id)
    digests = dict(write_generation(home, run_id).sha256)
    ledger.append(home, run_entry(home, run_id, generation=digests))


def test_a_publication_that_was_cut_short_is_finished(ledger_home: Home) -> None:
    later = "20261124T203000Z-9c0d"
    _record_without_links(ledger_home, later)
    assert not publication.is_finished(ledger_home)
    publication.finish(ledger_home)
    assert publication.is_finished(ledger_home)
    assert pointed(ledger_home.published) == pointed(ledger_home.restricted) == later


@pytest.mark.parametrize("area", ["published", "restricted"])
def test_a_link_that_is_lost_comes_back(ledger_home: Home, area: str) -> None:
    (ledger_home.root / area / "current").unlink()
    publication.finish(ledger_home)
    assert publication.is_finished(ledger_home)
    assert verify(ledger_home).problems == ()


def _fails_at(monkeypatch: pytest.MonkeyPatch, call: int, method: str) -> None:
    """Let the so-manyeth call of a method of paths fail as a failing disk does."""
    real: Callable[..., Path] = getattr(Path, method)
    calls = []

    def failing(self: Path, *given: object, **named: object) -> Path:
        if ".current.tmp" in self.name:
            calls.append(self)
            if len(calls) == call:
                raise OSError(5, "Input/output error", str(self))
        return real(self, *given, **named)

    monkeypatch.setattr(Path, method, failing)


@pytest.mark.parametrize("call", [1, 2])
def test_a_link_that_can_not_be_written_is_refused_before_the_ledgers_line(
    ledger_home: Home, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    before = pointed(ledger_home.published), pointed(ledger_home.restricted)
    _fails_at(monkeypatch, call, "symlink_to")
    with pytest.raises(OSError, match="Input/output"):
        generation.stage(ledger_home, NEXT_RUN_ID)
    assert (pointed(ledger_home.published), pointed(ledger_home.restricted)) == before
    assert verify(ledger_home).problems == ()


@pytest.mark.parametrize("call", [1, 2])
def test_a_link_that_can_not_be_moved_is_no_tampering_and_moved_by_the_next(
    ledger_home: Home, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    later = "20261124T203000Z-9c0d"
    _record_without_links(ledger_home, later)
    with monkeypatch.context() as patch:
        _fails_at(patch, call, "replace")
        with pytest.raises(OSError, match="Input/output"):
            publication.finish(ledger_home)
    assert not publication.is_finished(ledger_home)
    assert current_run_id(ledger_home) == RUN_ID
    proof = verify(ledger_home)
    assert proof.problems == ()
    assert {found.subject for found in proof.information} >= {"published/current"}
    publication.finish(ledger_home)
    assert publication.is_finished(ledger_home)
    assert verify(ledger_home).problems == ()


def test_a_folder_in_the_place_of_the_link_is_told(ledger_home: Home) -> None:
    """As a copy leaves it that follows links."""
    link = ledger_home.published / "current"
    kept = link.resolve()
    link.unlink()
    shutil.copytree(kept, link)
    with pytest.raises(UserError, match=r"published/current.*Move it away"):
        publication.finish(ledger_home)
    assert link.is_dir()
    link.rename(ledger_home.root / "aside")
    publication.finish(ledger_home)
    assert publication.is_finished(ledger_home)


def _gone(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink()


SPOILED = {
    "published": _gone,
    f"published/generations/{RUN_ID}": _gone,
    f"published/generations/{RUN_ID}/marts.duckdb": _gone,
    f"published/generations/{RUN_ID}/manifest.json": _gone,
    f"published/generations/{RUN_ID}/mart_survey.parquet": _gone,
    f"restricted/generations/{RUN_ID}": _gone,
    f"restricted/generations/{RUN_ID}/restricted.duckdb": lambda path: path.write_bytes(b"other"),
}


@pytest.mark.parametrize("path", SPOILED)
def test_what_is_missing_or_altered_is_no_publication(ledger_home: Home, path: str) -> None:
    entries = ledger.entries(ledger_home)
    assert publication.standing(ledger_home) == RUN_ID
    SPOILED[path](ledger_home.root / path)
    assert publication.faults(ledger_home, RUN_ID, entries)
    # What a night is compared with is the marts alone.
    assert publication.standing(ledger_home) == (None if path.startswith("pub") else RUN_ID)
    publication.finish(ledger_home)  # nothing to finish, and no error


def test_a_damaged_generation_is_never_pointed_at(ledger_home: Home) -> None:
    later = "20261124T203000Z-9c0d"
    _record_without_links(ledger_home, later)
    _gone(ledger_home.published / "generations" / later / "marts.duckdb")
    publication.finish(ledger_home)
    assert current_run_id(ledger_home) == RUN_ID


def test_generations_that_the_ledger_does_not_name_are_removed(ledger_home: Home) -> None:
    left = ["20261125T000000Z-dead", ".20261125T010000Z-beef.tmp"]
    restricted, published = (
        area / "generations" for area in (ledger_home.restricted, ledger_home.published)
    )
    orphans = [folder / name for folder in (restricted, published) for name in left]
    orphans.append(restricted / "20261125T020000Z-cafe")
    for orphan in orphans:
        orphan.mkdir()
        (orphan / "restricted.duckdb").write_bytes(b"people")
    (published / "catatan kantor").mkdir()
    assert sorted(publication.remove_orphans(ledger_home)) == sorted(orphans)
    assert publication.remove_orphans(ledger_home) == []
    assert {path.name for path in restricted.iterdir()} == {RUN_ID, NEXT_RUN_ID}
    assert {path.name for path in published.iterdir()} == {RUN_ID, NEXT_RUN_ID, "catatan kantor"}


def test_a_half_whose_other_half_was_deleted_is_no_orphan(ledger_home: Home) -> None:
    _gone(ledger_home.published)
    assert publication.remove_orphans(ledger_home) == []
    assert (ledger_home.restricted / "generations" / RUN_ID).is_dir()


def test_a_rollback_goes_to_the_generation_before_or_to_a_named_one(ledger_home: Home) -> None:
    entries = ledger.entries(ledger_home)
    assert publication.published_run_ids(entries) == [RUN_ID, NEXT_RUN_ID]
    swap(ledger_home, NEXT_RUN_ID)
    assert publication.rollback_target(ledger_home) == RUN_ID
    assert publication.rollback_target(ledger_home, RUN_ID) == RUN_ID
    swap(ledger_home, RUN_ID)
    assert publication.rollback_target(ledger_home, NEXT_RUN_ID) == NEXT_RUN_ID


def test_a_rollback_never_goes_where_the_ledger_does_not(ledger_home: Home) -> None:
    planted = "20261124T000000Z-dead"
    for area in (ledger_home.published, ledger_home.restricted):
        (area / "generations" / planted).mkdir()
    for target in (planted, BLOCKED_RUN_ID, "..", RUN_ID, None):
        with pytest.raises(UserError):
            publication.rollback_target(ledger_home, target)


def test_the_ledgers_order_is_before_and_after_not_the_clocks(ledger_home: Home) -> None:
    """Somebody has set the clock back a year: the newest run has the oldest name."""
    backdated = "20251124T203000Z-9c0d"
    record_published(ledger_home, backdated)
    assert publication.rollback_target(ledger_home) == NEXT_RUN_ID
    ledger.append(ledger_home, {**ROLLBACK, "to": NEXT_RUN_ID})
    swap(ledger_home, NEXT_RUN_ID)
    assert publication.rollback_target(ledger_home) == RUN_ID


def test_a_rollback_to_what_is_damaged_is_refused(ledger_home: Home) -> None:
    record_published(ledger_home, "20261124T203000Z-9c0d")
    damaged = f"published/generations/{NEXT_RUN_ID}/mart_survey.parquet"
    (ledger_home.root / damaged).write_bytes(b"other figures")
    for target in (None, NEXT_RUN_ID):
        with pytest.raises(UserError) as refused:
            publication.rollback_target(ledger_home, target)
        assert damaged in refused.value.text.id
        assert f"Whole are: {RUN_ID}" in refused.value.text.en
    assert publication.rollback_target(ledger_home, RUN_ID) == RUN_ID
