"""A user's mistake ends in one message and its exit code, and an error quotes nobody."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from orchestration.private import StepError, private_errors
from orchestration.say import terminal
from tests.conftest import budaya
from tests.warehouse.night import run_entry
from warehouse.errors import HomeBusy, UserError
from warehouse.proof import ledger
from warehouse.store.home import Home
from warehouse.vocabulary import Text

NIP = "198609262015051001"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.create()
    return home


@pytest.mark.parametrize("head", ["", "nonsense", "4c66d59657dc", "g" * 64])
def test_a_head_that_can_be_none_is_wrong_usage(home: Home, head: str) -> None:
    ended = budaya("verify", "--head", head, "--home", home.root)
    assert (ended.code, ended.stdout) == (64, "")


@pytest.mark.parametrize(("head", "code"), [("0" * 64, 0), (f" {'0' * 64} ", 0), ("F" * 64, 3)])
def test_a_head_is_compared_as_it_is_written(home: Home, head: str, code: int) -> None:
    ended = budaya("verify", "--head", head, "--home", home.root)
    assert ended.code == code, ended.stdout + ended.stderr


@pytest.mark.parametrize("command", ["init", "demo", "run", "status"])
def test_a_file_in_the_place_of_the_home_is_named(tmp_path: Path, command: str) -> None:
    file = tmp_path / "home"
    file.write_text("not a folder")
    ended = budaya(command, "--home", file)
    assert ended.code == 1
    assert "Traceback" not in ended.stderr
    assert str(file) in ended.stderr


@pytest.mark.parametrize("lost", ["warehouse/ledger.key", "reports/head.json"])
def test_a_ledger_that_can_not_be_continued_stops_a_night_before_its_work(
    home: Home, lost: str
) -> None:
    ledger.append(home, run_entry(home, "20260113T203000Z-0001"))
    (home.root / lost).unlink()
    ended = budaya("run", "--home", home.root)
    assert ended.code == 1
    assert "Traceback" not in ended.stderr
    assert Path(lost).name in ended.stderr
    assert not home.warehouse_file.exists()


@dataclass
class Step:
    """A step of a night that goes wrong in its own way."""

    home: Home
    error: BaseException
    run_id: str = "20260114T203000Z-0002"
    failure: Text | None = None
    busy: bool = False

    @private_errors
    def go(self) -> None:
        raise self.error


@pytest.mark.parametrize("kind", [ValueError, KeyError, PermissionError, RuntimeError])
def test_an_error_of_a_step_goes_to_a_private_file(home: Home, kind: type[Exception]) -> None:
    with pytest.raises(StepError) as raised:
        Step(home, kind(f"can not read {NIP}")).go()
    assert NIP not in str(raised.value)
    assert raised.value.__suppress_context__
    log = home.warehouse / "errors.log"
    assert NIP in log.read_text(encoding="utf-8")
    assert log.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "error",
    [
        StepError(Text("aturan salah", "the rules are wrong")),
        UserError(Text("aturan salah", "the rules are wrong")),
    ],
)
def test_what_is_said_to_everybody_goes_on_as_it_is(home: Home, error: Exception) -> None:
    with pytest.raises(type(error), match="the rules are wrong"):
        Step(home, error).go()
    assert not (home.warehouse / "errors.log").exists()


def test_what_stops_a_night_is_kept_for_its_report(home: Home) -> None:
    step = Step(home, ValueError(NIP))
    with pytest.raises(StepError):
        step.go()
    assert step.failure is not None
    assert "step go (ValueError)" in step.failure.en
    busy = Step(home, HomeBusy(Text("dipakai", "in use")))
    with pytest.raises(HomeBusy):
        busy.go()
    assert (busy.busy, busy.failure) == (True, Text("dipakai", "in use"))


def interrupted() -> Exception:
    """What DuckDB makes of a stop in the midst of a statement."""
    query = "select count(*) from range($1) a join range($1) b on a.range > b.range"
    with duckdb.connect() as conn:
        conn.execute(query, [2])  # whatever a first statement imports, is not what is stopped
        threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
        with pytest.raises(RuntimeError, match="interrupted") as caught:
            conn.execute(query, [10_000_000])
    return caught.value


@pytest.mark.parametrize("stop", [KeyboardInterrupt, interrupted])
def test_somebody_who_stops_a_step_is_told_as_that(
    home: Home, stop: Callable[[], BaseException]
) -> None:
    step = Step(home, stop())
    with pytest.raises(KeyboardInterrupt):
        step.go()
    assert step.failure is not None
    assert step.failure.en.startswith("Somebody stopped it")
    assert not (home.warehouse / "errors.log").exists()


def test_no_text_of_others_is_obeyed_by_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Not even where somebody forgot to mask it, nor as markup."""
    name = "a\x1b[2J\x9b31m\u202e[/]\r.csv"
    terminal.line(name)
    terminal.progress(name)
    terminal.problem(UserError(Text(name, name)))
    terminal.cannot_touch(PermissionError(13, "closed", name))
    terminal.wrong_usage(name)
    printed = capsys.readouterr()
    assert printed.out.count(".csv") == 1
    assert printed.err.count(".csv") == 5
    assert all(c.isprintable() or c == "\n" for c in printed.out + printed.err)
