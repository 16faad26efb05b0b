"""How long a load of many small files takes, against a load of one file with the same rows.

Run as `python -m bench.load_many [ROWS] [FILES] [ROUNDS]`. The two take turns, each in a process of
its own, and the fastest of each counts. It ends with 1 if the promise is broken.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from bench.load_attlog import GOVERNMENT, load, write_attlog
from bench.measure import Measured, measure
from warehouse.store.home import Home

ROWS, FILES, ROUNDS = 500_000, 1_000, 2
MAX_RATIO = 3.0


def split(whole: Path, folder: Path, files: int) -> None:
    """Share the lines of a file out to as many files, in their order."""
    folder.mkdir(parents=True)
    lines = whole.read_bytes().splitlines(keepends=True)
    for number in range(files):
        part = lines[number * len(lines) // files : (number + 1) * len(lines) // files]
        (folder / f"{number + 1:05d}_attlog.dat").write_bytes(b"".join(part))


def main(arguments: list[str]) -> int:
    """Measure, print what was found, and tell whether the promise is kept."""
    parser = argparse.ArgumentParser(prog="bench.load_many")
    parser.add_argument("rows", type=int, nargs="?", default=ROWS)
    parser.add_argument("files", type=int, nargs="?", default=FILES)
    parser.add_argument("rounds", type=int, nargs="?", default=ROUNDS)
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        homes = {name: Home(Path(folder) / name) for name in ("one", "many")}
        for home in homes.values():
            home.create()
        whole = homes["one"].landing / GOVERNMENT / "attendance" / "1_attlog.dat"
        whole.parent.mkdir(parents=True)
        write_attlog(whole, given.rows)
        split(whole, homes["many"].landing / GOVERNMENT / "attendance", given.files)
        found: dict[str, list[Measured]] = {name: [] for name in homes}
        for _ in range(given.rounds):
            for name, home in homes.items():
                found[name].append(measure(load, home, given.rows))
                print(f"  {name:5} {found[name][-1]}", flush=True)
    one, many = (min(took.seconds for took in found[name]) for name in ("one", "many"))
    print(f"{given.rows:,} punches in {given.files:,} files / in one: {many / one:.1f}", end=" ")
    print(f"(at most {MAX_RATIO:g})")
    return int(many > MAX_RATIO * one)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
