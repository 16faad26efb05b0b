"""The answers of nights are true, and every state of a home has a way out."""

from __future__ import annotations

import logging
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from orchestration import launch, say
from orchestration.launch import Outcome, run_night
from orchestration.night import Night
from quality.report import pages as report
from tests.conftest import budaya, budaya_alone
from tests.orchestration import short_night
from tests.sweeps import sweep
from tests.warehouse.night import build_schemas
from warehouse.erasure.erasing import erase
from warehouse.errors import HomeBusy, UserError
from warehouse.proof import ledger
from warehouse.proof import standing as publication
from warehouse.proof.verify import verify
from warehouse.publication import generation
from warehouse.store import begun
from warehouse.store.home import Home
from warehouse.vocabulary import Text


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home after its first night; read only."""
    made = Home(tmp_path_factory.mktemp("made") / "home")
    made.create()
    build_schemas(made, "20261121T203000Z-1a2b")
    home = Home(tmp_path_factory.mktemp("once") / "home")
    short_night.prepare(home, made.warehouse_file)
    with pytest.MonkeyPatch.context() as patch:
        short_night.go_straight_to_publication(patch)
        assert run_night(home, _silent).exit_code == 0
    return home


@pytest.fixture
def home(once: Home, tmp_path: Path) -> Iterator[Home]:
    """A copy of it that the test may spoil."""
    copy = Home(tmp_path / "home")
    shutil.copytree(once.root, copy.root, symlinks=True)
    return copy


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Nights go straight to publication; what their steps say."""
    return short_night.go_straight_to_publication(monkeypatch)


def _silent(_text: str) -> None:
    pass


def _run(home: Home, *, full_refresh: bool = False) -> Outcome:
    return run_night(home, _silent, full_refresh=full_refresh)


def _last(home: Home) -> dict[str, object]:
    return ledger.entries(home)[-1]


def _marts(home: Home) -> list[tuple[object, ...]]:
    with duckdb.connect(str(home.published / "current/marts.duckdb"), read_only=True) as marts:
        return marts.execute("FROM marts.mart_survey ORDER BY ALL").fetchall()


def test_nothing_new_is_nothing_new(home: Home, said: list[str]) -> None:
    ended = _run(home)
    assert (ended.exit_code, ended.entry, said) == (0, None, [])


# --- a link that can't be written or moved ---------------------------------------------------


def _break_links(monkeypatch: pytest.MonkeyPatch, method: str, area: str) -> None:
    real = getattr(Path, method)

    def failing(self: Path, *given: object, **named: object) -> object:
        if self.name == ".current.tmp" and self.parent.name == area:
            raise OSError(28, "No space left on device", str(self))
        return real(self, *given, **named)

    monkeypatch.setattr(Path, method, failing)


@pytest.mark.parametrize("area", sweep(["restricted", "published"], told=["restricted"]))
def test_a_link_that_can_not_be_written_publishes_nothing(
    home: Home, said: list[str], monkeypatch: pytest.MonkeyPatch, area: str
) -> None:
    before = generation.current_run_id(home)
    with monkeypatch.context() as patch:
        _break_links(patch, "symlink_to", area)
        ended = _run(home, full_refresh=True)
    assert ended.exit_code == 1
    assert ended.entry is not None
    assert (ended.entry["outcome"], ended.entry["generation"]) == ("failed", None)
    assert "The disk is full" in ended.entry["reasons"][0]["en"]
    assert generation.current_run_id(home) == before
    assert generation.pointed(home.restricted) == before
    assert verify(home).problems == ()
    assert _run(home).exit_code == 0
    assert generation.current_run_id(home) != before
    assert generation.generations(home) == sorted(
        publication.published_run_ids(ledger.entries(home))
    )


@pytest.mark.parametrize("area", sweep(["restricted", "published"], told=["published"]))
def test_a_link_that_can_not_be_moved_is_answered_by_1_and_moved_by_the_next(
    home: Home, said: list[str], monkeypatch: pytest.MonkeyPatch, area: str
) -> None:
    before = generation.current_run_id(home)
    with monkeypatch.context() as patch:
        _break_links(patch, "replace", area)
        with pytest.raises(UserError, match=r"The disk is full.*next budaya run finishes it"):
            _run(home, full_refresh=True)
        assert generation.current_run_id(home) == before
        assert verify(home).problems == ()
        with pytest.raises(UserError, match="The disk is full"):  # the next, on the same disk
            _run(home)
    assert verify(home).problems == ()
    ended = _run(home)
    assert (ended.exit_code, ended.entry) == (0, None)
    assert generation.current_run_id(home) == _last(home)["run_id"] != before
    assert verify(home).findings == ()


# --- a publication that is missing or altered ------------------------------------------------


def _remove(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


SPOILED = {
    "the published generation": lambda home: _remove((home.published / "current").resolve()),
    "marts.duckdb": lambda home: _remove(home.published / "current" / "marts.duckdb"),
    "a Parquet file": lambda home: _remove(home.published / "current" / "mart_survey.parquet"),
    "manifest.json": lambda home: _remove(home.published / "current" / "manifest.json"),
    "the restricted generation": lambda home: _remove((home.restricted / "current").resolve()),
    "restricted.duckdb": lambda home: _remove(home.restricted / "current" / "restricted.duckdb"),
    "published": lambda home: _remove(home.published),
    "restricted": lambda home: _remove(home.restricted),
    "both": lambda home: [_remove(home.published), _remove(home.restricted)],
    "altered marts": lambda home: (home.published / "current" / "marts.duckdb").write_bytes(b"x"),
    "altered rows": lambda home: (home.restricted / "current/restricted.duckdb").write_bytes(b"x"),
}


@pytest.mark.parametrize(
    "what",
    sweep(SPOILED, told={"marts.duckdb", "the restricted generation", "altered rows", "both"}),
)
def test_what_is_missing_or_altered_is_published_again(
    home: Home, said: list[str], what: str
) -> None:
    before, figures = generation.current_run_id(home), _marts(home)
    SPOILED[what](home)
    ended = _run(home)
    assert ended.exit_code == 0, said
    assert ended.entry is not None
    assert ended.entry["because"] == ["publication_damaged"]
    assert generation.current_run_id(home) == ended.entry["run_id"] != before
    assert generation.pointed(home.restricted) == ended.entry["run_id"]
    assert _marts(home) == figures
    again = _run(home)
    assert (again.exit_code, again.entry) == (0, None)


@pytest.mark.parametrize("area", ["published", "restricted"])
def test_a_lost_link_alone_is_put_back(home: Home, said: list[str], area: str) -> None:
    before = generation.current_run_id(home)
    (home.root / area / "current").unlink()
    ended = _run(home)
    assert (ended.exit_code, ended.entry) == (0, None)
    assert generation.current_run_id(home) == generation.pointed(home.restricted) == before


# --- the machine and the working file --------------------------------------------------------


def test_a_damaged_working_file_is_told_and_recorded(home: Home, said: list[str]) -> None:
    kept = home.warehouse_file.read_bytes()
    home.warehouse_file.write_bytes(kept[: len(kept) // 2])
    ended = _run(home)
    assert ended.exit_code == 1
    assert ended.entry is not None
    assert ended.entry["outcome"] == "failed"
    assert "is damaged" in ended.entry["reasons"][0]["en"]
    assert home.warehouse_file.read_bytes() == kept[: len(kept) // 2]
    assert verify(home).problems == ()
    home.warehouse_file.write_bytes(kept)
    assert _run(home).exit_code == 0


def test_an_error_in_the_middle_is_one_reason_in_the_ledger(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(night: Night) -> None:
        home.warehouse_file.write_bytes(b"")

    said = short_night.go_straight_to_publication(monkeypatch, fail)
    ended = _run(home, full_refresh=True)
    assert ended.exit_code == 1
    assert ended.entry is not None
    assert ended.entry["outcome"] == "failed"
    (reason,) = ended.entry["reasons"]
    assert str(home.warehouse_file) in reason["id"]
    assert len(said) == 1


def test_a_damaged_history_of_runs_is_told_and_recorded(home: Home) -> None:
    """Through Dagster itself: no night begins, and what to do is one sentence."""
    history = home.dagster / "history"
    history.mkdir(parents=True)
    (history / "runs.db").write_bytes(b"no database at all" * 100)
    ended = budaya("run", "--full-refresh", "--home", home.root)
    assert ended.code == 1
    assert "Traceback" not in ended.stderr
    assert "dagster.rusak" in ended.stdout
    assert "dagster.rusak" in _last(home)["reasons"][0]["en"]  # type: ignore[index]
    assert len(ended.stderr.splitlines()) < 10


def test_a_working_file_that_is_open_elsewhere_is_busy(home: Home) -> None:
    before = ledger.head(home)
    with duckdb.connect(str(home.warehouse_file)):
        ended = budaya_alone("run", "--home", home.root)
    assert ended.code == 75, ended.stderr
    assert "Traceback" not in ended.stderr
    assert ledger.head(home) == before


def test_busy_is_no_failed_night(
    home: Home, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(_home: Home, **_named: object) -> None:
        raise HomeBusy(Text("dipakai", "busy"))

    monkeypatch.setattr(Home, "connect", busy)
    with pytest.raises(HomeBusy):
        _run(home)


def test_a_working_file_that_another_program_opens_in_the_middle_is_busy_and_recorded(
    home: Home, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program that took it is there when the night's next step asks for it."""
    before = generation.current_run_id(home)

    def taken(*_given: object, **_named: object) -> None:
        raise HomeBusy(Text("dipakai", "busy"))

    with monkeypatch.context() as patch:
        patch.setattr(generation, "write_generation", taken)
        ended = _run(home, full_refresh=True)
    assert ended.exit_code == 75
    assert ended.entry is not None
    assert (ended.entry["outcome"], ended.entry["exit_code"]) == ("failed", 75)
    assert ended.entry["reasons"] == [{"id": "dipakai", "en": "busy"}]
    assert generation.current_run_id(home) == before
    assert _run(home).exit_code == 0


# --- a night that broke off ------------------------------------------------------------------


def test_a_night_that_broke_off_is_told_and_recorded_by_the_next(
    home: Home, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is killed with a refresh that was asked for: nothing else would show that it was."""
    published = generation.current_run_id(home)
    with monkeypatch.context() as patch:
        patch.setattr(Night, "publish", lambda _night: None)
        patch.setattr(Night, "conclude", lambda _night: None)
        _run(home, full_refresh=True)
    killed = begun.look(home.warehouse)
    assert killed is not None
    assert _last(home)["run_id"] == published
    status = budaya("status", "--home", home.root)
    assert status.code == 2
    for text in (killed.run_id, "terputus · broke off", "disk was full", "the former run was"):
        assert text in status.stdout
    ended = _run(home)
    assert ended.exit_code == 0
    line, now = ledger.entries(home)[-2:]
    assert (line["run_id"], line["outcome"], line["exit_code"]) == (killed.run_id, "failed", 1)
    assert line["started_at"] == killed.started_at
    assert "It broke off" in line["reasons"][0]["en"]
    assert now["because"] == ["former_run_blocked"]
    assert killed.run_id in (home.reports / "index.html").read_text(encoding="utf-8")
    assert begun.look(home.warehouse) is None
    assert verify(home).findings == ()
    assert budaya("status", "--home", home.root).code == 0


def test_a_kill_right_behind_the_line_leaves_one_line(
    home: Home, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(begun, "clear", lambda _folder: None)
        assert _run(home, full_refresh=True).exit_code == 0
    assert begun.look(home.warehouse) is not None
    assert budaya("status", "--home", home.root).code == 0
    lines = ledger.entries(home)
    assert (_run(home).entry, ledger.entries(home)) == (None, lines)
    assert begun.look(home.warehouse) is None


def test_a_disk_without_room_for_the_report_has_the_line(
    home: Home, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The room that is kept for the line is there while the night works, and given to it."""
    kept: list[int] = []

    def full(*_given: object, **_named: object) -> None:
        kept.append((home.warehouse / "night.room").stat().st_size)
        raise OSError(28, "No space left on device")

    def no_report(*_given: object) -> None:
        kept.append((home.warehouse / "night.room").exists())
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(generation, "write_generation", full)
        patch.setattr(report, "write_report", no_report)
        ended = _run(home, full_refresh=True)
    assert kept == [4 << 20, False]
    assert ended.exit_code == 1
    assert ended.entry is not None
    assert ended.entry["report_sha256"] == {}
    assert "The disk is full" in ended.entry["reasons"][0]["en"]
    assert verify(home).problems == ()
    assert _run(home).exit_code == 0


def test_a_disk_that_has_no_room_at_the_start_is_told(
    home: Home, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_given: object) -> None:
        raise OSError(28, "No space left on device", "night.room")

    with monkeypatch.context() as patch:
        patch.setattr(begun, "note", full)
        ended = _run(home, full_refresh=True)
    assert (ended.exit_code, said) == (1, [])
    assert ended.entry is not None
    assert "The disk is full" in ended.entry["reasons"][0]["en"]
    assert _run(home).exit_code == 0


def test_what_dagster_prints_of_a_full_disk_is_not_repeated(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with launch.quiet():
        sys.stderr.write("Exception while writing logger call to event log: [SQL: INSERT …]\n")
        sys.stderr.write("kept\n")
        logging.getLogger("sqlalchemy.pool.impl.NullPool").error("Exception closing connection")
    assert capsys.readouterr().err == "kept\n"


def test_a_step_says_its_words_and_no_class() -> None:
    said = "Memori tidak cukup: lihat home.toml · There is not enough memory: see home.toml"
    assert launch.without_class(f"warehouse.faults.MachineError: {said}\n") == said


# --- what was put back from a backup ---------------------------------------------------------


def _deliver(home: Home) -> Path:
    path = home.landing / "82.71" / "units" / "unit.csv"
    path.parent.mkdir(parents=True)
    path.write_text("unit_code,unit_name,unit_type\n1.01,Dinas,dinas\n", encoding="utf-8")
    return path


def test_a_generation_from_a_backup_is_mended_though_nothing_is_new(
    home: Home, said: list[str]
) -> None:
    now = datetime.now(UTC)
    path = home.restricted / "current" / "restricted.duckdb"
    old = path.read_bytes()
    erase(home, ["text 1"], now, "masa simpan berakhir", in_service_on=None)
    assert _people(path) == {"text 2"}
    path.write_bytes(old)
    assert _people(path) == {"text 1", "text 2"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("orchestration.opening.make_plan", _no_plan)
        with pytest.raises(UserError, match="no plan"):
            _run(home)
    assert _people(path) == {"text 2"}
    assert ledger.entries(home)[-1]["reason"] == "restored"
    assert verify(home).problems == ()


def _people(path: Path) -> set[str]:
    with duckdb.connect(str(path), read_only=True) as conn:
        return {
            row[0] for row in conn.execute("SELECT nip FROM restricted.employee_ip_asn").fetchall()
        }


def _no_plan(*_given: object, **_named: object) -> None:
    raise UserError(Text("tanpa rencana", "no plan"))


def test_an_older_working_file_is_noticed(home: Home, said: list[str]) -> None:
    old = home.warehouse_file.read_bytes()
    assert _run(home, full_refresh=True).exit_code == 0
    home.warehouse_file.write_bytes(old)
    ended = _run(home)
    assert ended.entry is not None
    assert "working_file_lost" in ended.entry["because"]


def test_a_lost_working_file_never_loses_a_file_that_left_landing(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _deliver(home)

    def load(night: Night) -> None:
        night.load_source("units")

    short_night.go_straight_to_publication(monkeypatch, load)
    assert _run(home).exit_code == 0
    path.unlink()
    assert _run(home).exit_code == 0  # an office may clear its landing
    home.warehouse_file.unlink()
    before = ledger.head(home)
    with pytest.raises(UserError, match=r"landing/82\.71/units.*withdrawals\.csv"):
        _run(home)
    assert ledger.head(home) == before


def test_a_file_that_is_set_aside_is_named_with_its_next_step(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = home.landing / "82.71" / "leave" / "2026" / "surat 198609262015051001.pdf"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"%PDF-1.4")
    short_night.go_straight_to_publication(monkeypatch, _load_leave)
    assert say.outcome(_run(home), as_json=False) == 0
    said = capsys.readouterr().out
    assert "set aside: 82.71/leave/2026/surat ******************.pdf" in said
    assert "Export it again as CSV or XLSX" in said


def _load_leave(night: Night) -> None:
    night.load_source("leave")


# --- rollback --------------------------------------------------------------------------------


def test_a_rollback_to_what_is_damaged_is_one_message(home: Home, said: list[str]) -> None:
    first = generation.current_run_id(home)
    assert _run(home, full_refresh=True).exit_code == 0
    (home.published / "generations" / str(first) / "manifest.json").unlink()
    second = generation.current_run_id(home)
    ended = budaya("rollback", "--home", home.root)
    assert ended.code == 1
    assert "manifest.json" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert generation.current_run_id(home) == second
