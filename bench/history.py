"""What was measured before: a line of JSON for each run, in `bench/history.jsonl`.

Belongs here: writing a line and reading them all. Does not belong here: measuring (`bench.night`)
or drawing (`bench.plot`).
"""

from __future__ import annotations

import json
import math
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb

FILE = Path(__file__).with_name("history.jsonl")


def note(world: str, punches: int, rounds: int, runs: Mapping[str, Mapping[str, Any]]) -> None:
    """Append what the runs of a world took, with the commit and the machine that they ran on."""
    line = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _git("rev-parse", "--short=10", "HEAD"),
        "is_changed": bool(_git("status", "--porcelain", "--untracked-files=no")),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "duckdb": duckdb.__version__,
        "world": world,
        "punches": punches,
        "rounds": rounds,
        "runs": {name: _rounded(run) for name, run in runs.items()},
    }
    with FILE.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def lines() -> list[dict[str, Any]]:
    """Every line, the oldest first."""
    if not FILE.exists():
        return []
    return [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]


def punches(published: Path) -> int:
    """The punches behind a publication: the rows that its nights loaded of attendance files."""
    with duckdb.connect(str(published), read_only=True) as conn:
        (count,) = conn.execute(
            "SELECT CAST(sum(rows_loaded) AS BIGINT) FROM mart_source_balance "
            "WHERE source = 'attendance'"
        ).fetchone() or (0,)
    return int(count)


def growth(found: Sequence[Mapping[str, Any]]) -> list[str]:
    """How cost grows from world to world, by the newest line of each: 1.0 is linear.

    And what a new day costs on a year of a city, as a multiple of the same on a month.
    """
    newest = sorted({o["world"]: o for o in found}.values(), key=lambda line: line["punches"])
    said = []
    for less, more in pairwise(newest):
        scale = math.log(more["punches"] / less["punches"])
        wall, cpu = (
            math.log(more["runs"]["full"][kind] / less["runs"]["full"][kind]) / scale
            for kind in ("seconds", "cpu_seconds")
        )
        names = f"{less['world']} to {more['world']}"
        said.append(f"{names}: a full night grows as punches ^ {wall:.2f} ({cpu:.2f} by CPU)")
    days = {line["world"]: line["runs"]["one new day"]["seconds"] for line in newest}
    if {"city", "month"} <= days.keys():
        ratio = days["city"] / days["month"]
        said.append(f"one new day on a year: {ratio:.2f} times that on a month (at most 1.2)")
    return said


def _rounded(run: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in run.items() if name not in ("said", "outcome")}
    for name in ("seconds", "cpu_seconds", "megabytes"):
        kept[name] = round(kept[name], 2)
    kept["stages"] = {
        name: [round(seconds, 3) for seconds in took] for name, took in kept["stages"].items()
    }
    return kept


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments],  # noqa: S607 - whichever git the developer uses
        cwd=Path(__file__).parent,
        check=False,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()
