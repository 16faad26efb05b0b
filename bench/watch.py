"""A night in a process of its own, watched: its stages, and the memory of all that it starts.

Belongs here: starting `budaya run` with its steps timed, reading the process tree, counting bytes
on disk. Does not belong here: which nights are run (`bench.night`). The product is not changed for
it: the child process wraps the public steps of `orchestration.night.Night` before it starts.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_EVERY_SECONDS = 0.2

# Runs in the child. Of steps that call one another each has its own time only. CPU seconds count
# those of processes that a step started and waited for.
_CODE = """
import functools, json, os, sys, time
home, stages_file, started = sys.argv[1], sys.argv[2], float(sys.argv[3])
from orchestration import launch, night
from orchestration.night import Night
stages, inner = {}, [(0.0, 0.0)]

def now():
    return time.time(), sum(os.times()[:4])

def since(began, without=(0.0, 0.0)):
    return tuple(b - a - w for a, b, w in zip(began, now(), without))

def added(one, other):
    return tuple(map(sum, zip(one, other)))

def timed(step, name):
    @functools.wraps(step)
    def wrapped(*arguments, **named):
        began = now()
        inner.append((0.0, 0.0))
        try:
            return step(*arguments, **named)
        finally:
            own = since(began, inner.pop())
            stages[name] = added(stages.get(name, (0.0, 0.0)), own)
            inner[-1] = added(inner[-1], since(began))
    return wrapped

for name, step in list(vars(Night).items()):
    if callable(step) and not name.startswith("_"):
        setattr(Night, name, timed(step, name))
for name in ("judge", "run_mart_checks"):  # Great Expectations, within a step
    if hasattr(night, name):
        setattr(night, name, timed(getattr(night, name), name))
launch.plan_night = timed(launch.plan_night, "plan")
stages["start Python"] = since((started, 0.0))
began = now()
try:
    from orchestration.cli import app
    app(["run", "--home", home, "--json"])
finally:
    stages["between the steps"] = since(began, inner[0])
    with open(stages_file, "w") as file:
        json.dump(stages, file)
"""


@dataclass
class Watched:
    """What a run took, its children with it; ``outcome`` is empty where nothing was due.

    ``stages`` are wall-clock and CPU seconds by step, ``bytes`` what lies on disk afterwards.
    """

    seconds: float
    cpu_seconds: float
    megabytes: float
    outcome: str = ""
    stages: dict[str, tuple[float, float]] = field(default_factory=dict)
    bytes: dict[str, int] = field(default_factory=dict)
    said: str = field(default="", repr=False)

    def __str__(self) -> str:
        parts = ", ".join(
            f"{name} {wall:.1f}/{cpu:.1f}" for name, (wall, cpu) in self.stages.items()
        )
        return f"{self.seconds:.2f} s, {self.cpu_seconds:.2f} s of CPU, {self.megabytes:.0f} MB" + (
            f" ({parts})" if parts else ""
        )


def watch_night(home: Path) -> Watched:
    """Run one night of a home, as its user would, and watch it."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "stages.json"
        with (Path(folder) / "out").open("w+") as out, (Path(folder) / "err").open("w+") as err:
            began = time.perf_counter()
            process = subprocess.Popen(
                [sys.executable, "-c", _CODE, str(home), str(told), str(time.time())],
                stdout=out,
                stderr=err,
            )
            peak = _Peak(process.pid)
            _, _, used = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - began
            process.returncode = 0  # it has been waited for
            for file in (out, err):
                file.seek(0)
            said, troubles = out.read(), err.read()
        stages = json.loads(told.read_text()) if told.exists() else {}
    try:
        outcome = json.loads(said[said.index("{") :])["outcome"]
    except ValueError:
        outcome = "failed"
    return Watched(
        seconds,
        used.ru_utime + used.ru_stime,
        # A process that was forked off begins with the peak of the one that started it: what was
        # looked at counts, and the system's own figure only where nothing was.
        peak.stop() or used.ru_maxrss / 1024,
        "" if outcome == "nothing_new" else outcome,
        {name: (wall, cpu) for name, (wall, cpu) in stages.items() if wall >= 0.005},
        said=said + troubles,
    )


class _Peak:
    """The most memory that a process and its descendants held together, in megabytes.

    Pages that they share are counted once for each: it is never less than what they held.
    """

    def __init__(self, pid: int) -> None:
        self._pid, self._most, self._ended = pid, 0.0, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> float:
        self._ended.set()
        self._thread.join()
        return self._most

    def _look(self) -> None:
        while not self._ended.wait(_EVERY_SECONDS):
            self._most = max(self._most, sum(map(_megabytes, _tree(self._pid))))


def _tree(pid: int) -> Iterator[int]:
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found = children.read_text().split()
        except OSError:  # it ended meanwhile
            continue
        for child in found:
            yield from _tree(int(child))


def _megabytes(pid: int) -> float:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def disk_bytes(folder: Path, *, without: str = "") -> int:
    """Bytes of the files below a folder, one that has several names counted once."""
    sizes = {}
    for path in folder.rglob("*"):
        if (
            path.relative_to(folder).parts[0] != without
            and path.is_file()
            and not path.is_symlink()
        ):
            held = path.stat()
            sizes[held.st_dev, held.st_ino] = held.st_size
    return sum(sizes.values())
