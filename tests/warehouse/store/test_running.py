"""Who holds a home is told to whoever waits, and a killed command is not believed."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from tests.conftest import budaya
from warehouse.store import running
from warehouse.store.home import Home

HOLD = """
import sys
from pathlib import Path
from warehouse.store.home import Home
with Home(Path(sys.argv[1])).lock("rollback"), Home(Path(sys.argv[1])).lock():
    print("holds", flush=True)
    sys.stdin.read()
"""


def test_who_holds_the_home_and_since_when_is_told(home: Home) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(home.root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "holds\n"
        known = running.look(home.warehouse)
        assert known is not None
        assert known.command == "rollback"  # the outer command, not the run within it
        ended = budaya("run", "--home", home.root)
        assert ended.code == 75
        assert "budaya rollback, sejak 20" in ended.stderr
        assert "WIT (" in ended.stderr
        assert "UTC)" in ended.stderr
        assert "budaya rollback, since 20" in ended.stderr
        holder.send_signal(signal.SIGKILL)
    assert (home.warehouse / "running.json").exists()
    assert running.look(home.warehouse) is None
    with home.lock("run"):
        assert running.look(home.warehouse) == running.look(home.warehouse) is not None
    assert running.look(home.warehouse) is None


def test_a_spoilt_note_is_no_running_command(tmp_path: Path) -> None:
    with running.noted(tmp_path, "run"):
        (tmp_path / "running.json").write_text("{")
        assert running.look(tmp_path) is None
    assert not (tmp_path / "running.json").exists()
