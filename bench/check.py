"""How long `budaya check` takes on a file of 100,000 rows.

Run as `python -m bench.check [ROWS]`. It ends with 1 if an answer takes longer than `MAX_SECONDS`.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from warehouse.home import Home

ROWS = 100_000
MAX_SECONDS = 8.0  # "a few seconds" to somebody at a prompt, start-up of Python included

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


def main(arguments: list[str]) -> int:
    """Measure each kind of file once, as a user at a prompt would wait for it."""
    rows = int(arguments[0]) if arguments else ROWS
    slowest = 0.0
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        home.create()
        for source, text in (("employees", employees(rows)), ("attendance", attlog(rows))):
            path = Path(folder) / f"{source}.csv"
            path.write_text(text, encoding="utf-8")
            began = time.perf_counter()
            done = subprocess.run(
                [_BUDAYA, "check", path, "--source", source, "--government", "82.71",
                 "--home", home.root],
                check=False,
                capture_output=True,
            )  # fmt: skip
            seconds = time.perf_counter() - began
            slowest = max(slowest, seconds)
            print(f"check of {rows:,} rows of {source}: {seconds:.1f} s, exit {done.returncode}")
    print(f"slowest: {slowest:.1f} s (at most {MAX_SECONDS:g})")
    return int(slowest > MAX_SECONDS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
