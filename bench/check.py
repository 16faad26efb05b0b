"""How long `budaya check` takes on a file of 100,000 rows.

Run as `python -m bench.check [ROWS] [--before CHECKOUT]`. It ends with 1 if an answer takes longer
than `MAX_SECONDS`. Another checkout (`bench.before`) answers in turn with this one.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROWS = 100_000
MAX_SECONDS = 8.0  # "a few seconds" to somebody at a prompt, start-up of Python included

ROUNDS = 3

_BUDAYA = Path(sys.executable).with_name("budaya")


def employees(rows: int) -> str:
    """A personnel list with Indonesian dates; every tenth number can't be one."""
    lines = ["nip;name;unit_code;employee_type;position_type;valid_from"]
    for number in range(rows):
        month = 13 if number % 10 == 0 else 9
        nip = f"1986{month:02d}262015051{number % 999 + 1:03d}"
        lines.append(
            f"'{nip};Pegawai;11.{number % 40};PNS;Fungsional;26/{number % 12 + 1:02d}/2024"
        )
    return "\n".join(lines) + "\n"


def attlog(rows: int) -> str:
    """Punches of a device, with a line of garbage."""
    lines = [
        f"{number % 4000:9d}\t2026-{number % 9 + 1:02d}-{number % 28 + 1:02d} "
        f"{number % 24:02d}:{number % 60:02d}:{number % 59:02d}\t1\t0\t1\t0"
        for number in range(rows)
    ]
    return "\r\n".join([*lines, "garbage"]) + "\r\n"


def answer(budaya: Path, home: Path, path: Path, source: str) -> float:
    """Seconds that a user at a prompt waits."""
    options = ["--source", source, "--government", "82.71", "--home", str(home)]
    began = time.perf_counter()
    done = subprocess.run([budaya, "check", path, *options], check=False, capture_output=True)
    seconds = time.perf_counter() - began
    assert done.returncode == 2, done.stderr  # noqa: S101 - some rows of each file are wrong
    return seconds


def main(arguments: list[str]) -> int:
    """Measure each kind of file a few times; the fastest answer counts."""
    parser = argparse.ArgumentParser(prog="bench.check")
    parser.add_argument("rows", type=int, nargs="?", default=ROWS)
    parser.add_argument("--before", type=Path)
    given = parser.parse_args(arguments)
    commands = {"now": _BUDAYA}
    if given.before:
        commands["before"] = given.before / ".venv/bin/budaya"
    slowest = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for name, budaya in commands.items():
            home = ["--home", f"{folder}/{name}"]
            subprocess.run([budaya, "init", *home], check=True, capture_output=True)
        for source, text in (
            ("employees", employees(given.rows)),
            ("attendance", attlog(given.rows)),
        ):
            path = Path(folder) / f"{source}.csv"
            path.write_text(text, encoding="utf-8")
            taken: dict[str, list[float]] = {name: [] for name in commands}
            for _ in range(ROUNDS):
                for name, budaya in commands.items():
                    taken[name].append(answer(budaya, Path(folder) / name, path, source))
            best = {name: min(seconds) for name, seconds in taken.items()}
            slowest = max(slowest, best["now"])
            beside = f", before {best['before']:.1f} s" if given.before else ""
            print(f"check of {given.rows:,} rows of {source}: {best['now']:.1f} s{beside}")
    print(f"slowest: {slowest:.1f} s (at most {MAX_SECONDS:g})")
    return int(slowest > MAX_SECONDS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
