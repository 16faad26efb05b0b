"""What somebody at a dashboard or a prompt waits for: ten queries, three commands.

Run as `python -m bench.prompt [HOME] [TIMES]`, on a home that has published; without one it makes
`budaya demo`. The queries are those of `docs/bi.md`. It ends with 1 if one takes longer than
promised; CPU seconds stand beside the wall time of a machine that may do other things.

Belongs here: answers that change nothing. Does not belong here: nights (`bench.night`), checks of a
file (`bench.check`).
"""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

TIMES = 9
MAX_QUERY_MILLISECONDS = 20.0
MAX_SECONDS = {"budaya --help": 0.4, "budaya status": 1.0, "definitions": 3.0}

_BI = Path(__file__).parents[1] / "docs/bi.md"
_BUDAYA = Path(sys.executable).with_name("budaya")
_DEFINITIONS = """
import sys
from pathlib import Path
from orchestration.definitions import build_definitions
from warehouse.store.home import Home
build_definitions(Home(Path(sys.argv[1]))).resolve_job_def("night")
"""


def dashboard_queries() -> dict[str, str]:
    """The queries of `docs/bi.md`, by the sentence above each."""
    part = _BI.read_text(encoding="utf-8").partition("\n## Ten queries\n")[2].split("\n## ")[0]
    found = re.findall(r"([^\n`][^`]*?)\n\n```sql\n(.*?)```", part, flags=re.DOTALL)
    return {" ".join(said.split()): query for said, query in found}


def median_seconds(step: Callable[[], object], times: int) -> tuple[float, float]:
    """Wall-clock and CPU seconds in the middle of some tries, after one that does not count."""
    step()
    walls, used = [], []
    for _ in range(times):
        began, before = time.perf_counter(), sum(os.times()[:4])
        step()
        walls.append(time.perf_counter() - began)
        used.append(sum(os.times()[:4]) - before)
    return statistics.median(walls), statistics.median(used)


def _ask(marts: Path, query: str) -> Callable[[], object]:
    def ask() -> object:
        with duckdb.connect(str(marts), read_only=True) as conn:
            return conn.execute(query).fetchall()

    return ask


def _call(command: list[str]) -> Callable[[], object]:
    return lambda: subprocess.run(command, check=True, capture_output=True)


def main(arguments: list[str]) -> int:
    """Measure a home, or the example."""
    times = int(arguments[1]) if len(arguments) > 1 else TIMES
    if arguments:
        return measure_home(Path(arguments[0]).absolute(), times)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        _call([str(_BUDAYA), "demo", "--home", str(home)])()
        return measure_home(home, times)


def measure_home(home: Path, times: int) -> int:
    """Print the median of each query and command; returns 1 if one breaks its promise."""
    marts = home / "published/current/marts.duckdb"
    slow = 0
    for said, query in dashboard_queries().items():
        with duckdb.connect(str(marts), read_only=True) as conn:  # as a dashboard holds it
            taken, _ = median_seconds(lambda: conn.execute(query).fetchall(), times)  # noqa: B023
        opened, _ = median_seconds(_ask(marts, query), times)
        slow += 1000 * taken > MAX_QUERY_MILLISECONDS
        print(f"{1000 * taken:7.1f} ms ({1000 * opened:5.1f} with opening the file)  {said[:60]}")
    commands = {
        "budaya --help": [str(_BUDAYA), "--help"],
        "budaya status": [str(_BUDAYA), "status", "--home", str(home)],
        "definitions": [sys.executable, "-c", _DEFINITIONS, str(home)],
    }
    for name, command in commands.items():
        taken, used = median_seconds(_call(command), times)
        slow += taken > MAX_SECONDS[name]
        print(f"{taken:7.2f} s, {used:.2f} s of CPU (at most {MAX_SECONDS[name]:g} s)  {name}")
    print(f"load of the machine {os.getloadavg()[0]:.1f}")
    return int(slow > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
