"""Fixtures that several packages' tests share: the demo's home, and the command line.

Belongs here: the one demo night that the whole suite reads, and copies of it to spoil. What only
one package needs lies beside its tests.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import asdict, dataclass
from pathlib import Path
from unittest.mock import patch

import pytest
from filelock import FileLock
from hypothesis import settings

from orchestration import dbt
from orchestration.cli import main
from tests import examples  # noqa: F401 - its profiles are there before pytest chooses one

# How long an example takes says how busy the machine is, and nothing of what is tested.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

MAKING = pytest.StashKey[threading.Thread]()

BUDAYA = Path(sys.executable).with_name("budaya")


@dataclass(frozen=True)
class Ended:
    """How a command ended, and all that it printed."""

    code: int
    stdout: str
    stderr: str


def budaya(*arguments: str | Path) -> Ended:
    """Run the command as a user does, in this process: a new one costs more than most commands.

    What a command changes of its process (mode of new files, what a signal does) is put back.
    """
    out, err = io.StringIO(), io.StringIO()
    mask, on_term = os.umask(0o022), signal.getsignal(signal.SIGTERM)
    ours = {name: value for name, value in os.environ.items() if not name.startswith("BUDAYA_")}
    try:
        with (
            redirect_stdout(out),
            redirect_stderr(err),
            patch.dict(os.environ, ours, clear=True),
        ):
            code = _ended(lambda: main([str(argument) for argument in arguments]))
    finally:
        os.umask(mask)
        signal.signal(signal.SIGTERM, on_term)
    return Ended(code, out.getvalue(), err.getvalue())


def _ended(command: Callable[[], None]) -> int:
    """The exit code of a command, with a traceback where a process would print one."""
    try:
        command()
    except SystemExit as ended:
        return int(ended.code or 0)
    except Exception:
        traceback.print_exc()
        return 1
    return 0


def budaya_alone(*arguments: str | Path) -> Ended:
    """Run the command in a process of its own, as cron does."""
    done = subprocess.run(
        [BUDAYA, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env={name: value for name, value in os.environ.items() if not name.startswith("BUDAYA_")},
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--demo-home", type=Path, help="demo into this folder, and reuse what an earlier one left"
    )
    parser.addoption(
        "--write-golden", action="store_true", help="write what is said now as what must be said"
    )


def pytest_sessionstart(session: pytest.Session) -> None:
    """Parse dbt's project once for all homes, as the set-up does, and begin the demo's night.

    Of a run of all tests the night goes on while they begin: nobody waits for it in idleness.
    """
    # A shell starts what runs in the background deaf to Ctrl-C, which some tests press.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if os.environ.get("PYTEST_XDIST_WORKER"):
        return
    dbt.prepare()
    config = session.config
    if config.args_source == pytest.Config.ArgsSource.TESTPATHS and config.option.numprocesses:
        factory: pytest.TempPathFactory = config._tmp_path_factory  # type: ignore[attr-defined]
        making = threading.Thread(target=made_demo, args=(factory.getbasetemp(), config))
        config.stash[MAKING] = making
        making.start()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Leave nothing behind that still works on the demo."""
    if making := session.config.stash.get(MAKING, None):
        making.join()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files whose stories take long, so that no worker ends with one.

    Of these with the files that need no demo: nobody waits while one worker makes it.
    """
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    demo = {item.path for item in items if "demo_home" in getattr(item, "fixturenames", ())}
    items.sort(key=lambda item: (item.path not in slow, item.path in demo))


def made_demo(shared: Path, config: pytest.Config) -> tuple[Path, Ended]:
    """The demo's home, made by whoever asks first, and what the command said."""
    home = config.getoption("--demo-home") or shared / "demo" / "home"
    said = shared / "demo.json"
    with FileLock(f"{said}.lock"):
        if not said.exists():
            said.write_text(json.dumps(asdict(budaya_alone("demo", "--home", home))))
        return home, Ended(**json.loads(said.read_text()))


@pytest.fixture(scope="session")
def demo_run(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> tuple[Path, Ended]:
    """A home after `budaya demo`, and what the command said. Read only: copy it to change it.

    All workers of a run of the tests share it.
    """
    own = tmp_path_factory.getbasetemp()
    return made_demo(own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own, request.config)


@pytest.fixture(scope="session")
def demo_home(demo_run: tuple[Path, Ended]) -> Path:
    home, ended = demo_run
    assert ended.code == 0, ended.stdout + ended.stderr
    return home


@pytest.fixture
def home_copy(demo_home: Path, tmp_path: Path) -> Callable[[], Path]:
    """Makes copies of the demo's home that a test may spoil."""

    def copy() -> Path:
        target = tmp_path / "home"
        shutil.copytree(demo_home, target, symlinks=True)
        return target

    return copy
