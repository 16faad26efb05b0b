"""The part of a night that other tools can do too, done by each of them from the same files.

Run as `python -m bench.peers HOME [--polars]`. That part: read the punches of every device, turn
PINs into employee numbers, drop repeats, and keep the first and the last punch of each employee and
day. Each tool runs in a process of its own and has to find the same days.

Belongs here: DuckDB, pandas, and polars in an environment that the script makes beside the home.
Does not belong here: the product's own nights (`bench.night`).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

POLARS = "polars==1.35.2"

# Each prints: seconds, CPU seconds, megabytes, days, and the minutes between first and last punch.
_BEGIN = """
import glob, json, resource, sys, time
began = time.perf_counter()
landing, governments = sys.argv[1], sys.argv[2:]
days, minutes = 0, 0
files = lambda code: sorted(glob.glob(f"{landing}/{code}/attendance/**/*.dat", recursive=True))
devices = lambda code: sorted(glob.glob(f"{landing}/{code}/devices/*.csv"))
"""
_END = """
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps([time.perf_counter() - began, used.ru_utime + used.ru_stime,
                  used.ru_maxrss / 1024, int(days), int(minutes)]))
"""
_DUCKDB = """
import duckdb
conn = duckdb.connect(config={"threads": 2})
for code in governments:
    found = conn.execute('''
        WITH punches AS (
            SELECT trim(pin) AS pin, CAST(punched_at AS DATE) AS day,
                list_sort(list(punched_at)) AS punches
            FROM read_csv($files, auto_detect = false, header = false, delim = '\t', quote = '',
                escape = '', columns = {'pin': 'VARCHAR', 'punched_at': 'TIMESTAMP', 'd': 'VARCHAR',
                's': 'VARCHAR', 'v': 'VARCHAR', 'w': 'VARCHAR'})
            GROUP BY ALL),
        kept AS (
            SELECT nip, day, list_reduce(list_transform(punches, lambda punch: [punch]),
                lambda kept, punch: CASE WHEN epoch_us(punch[1]) - epoch_us(kept[-1]) < 300000000
                THEN kept ELSE list_concat(kept, punch) END) AS punches
            FROM punches INNER JOIN read_csv($devices, all_varchar = true) USING (pin))
        SELECT count(*), sum(date_sub('minute', punches[1], punches[-1])) FROM kept''',
        {"files": files(code), "devices": devices(code)}).fetchone()
    days, minutes = days + found[0], minutes + found[1]
"""
_PANDAS = """
import pandas as pd
for code in governments:
    punches = pd.concat([pd.read_csv(
        path, sep="\t", header=None, usecols=[0, 1], names=["pin", "at"], dtype={"pin": str},
        skipinitialspace=True, parse_dates=["at"], date_format="%Y-%m-%d %H:%M:%S",
    ) for path in files(code)])
    pins = pd.concat([pd.read_csv(path, dtype=str) for path in devices(code)])
    punches = punches.merge(pins[["pin", "nip"]], on="pin").sort_values(["nip", "at"])
    punches["day"] = punches["at"].dt.normalize()
    while True:  # what follows the punch kept before it too soon, until nothing does
        near = (punches["at"].diff() < pd.Timedelta(minutes=5)) & (
            punches["nip"].eq(punches["nip"].shift()) & punches["day"].eq(punches["day"].shift()))
        first = near & ~near.shift(fill_value=False)
        if not first.any():
            break
        punches = punches[~first]
    spans = punches.groupby(["nip", "day"])["at"].agg(["min", "max"])
    days += len(spans)
    minutes += ((spans["max"] - spans["min"]) // pd.Timedelta(minutes=1)).sum()
"""
_POLARS = """
import polars as pl
for code in governments:
    punches = pl.scan_csv(
        files(code), separator="\t", has_header=False, quote_char=None,
        schema={"pin": pl.String, "at": pl.Datetime("us"), "d": pl.String, "s": pl.String,
                "v": pl.String, "w": pl.String}).select(pl.col("pin").str.strip_chars(), "at")
    pins = pl.concat([pl.scan_csv(path, infer_schema=False) for path in devices(code)])
    punches = punches.join(pins.select("pin", "nip"), on="pin").with_columns(
        day=pl.col("at").dt.date()).select("nip", "day", "at").sort("nip", "at").collect()
    same = (pl.col("nip") == pl.col("nip").shift()) & (pl.col("day") == pl.col("day").shift())
    near = (same & (pl.col("at").diff() < pl.duration(minutes=5))).fill_null(False)
    while True:  # as for pandas
        marked = punches.with_columns(near=near)
        first = marked["near"] & ~marked["near"].shift(fill_value=False)
        if not first.any():
            break
        punches = punches.filter(~first)
    spans = punches.group_by("nip", "day").agg(
        span=(pl.col("at").max() - pl.col("at").min()).dt.total_minutes())
    days, minutes = days + len(spans), minutes + spans["span"].sum()
"""


def run(python: Path, code: str, landing: Path) -> list[float]:
    """Seconds, CPU seconds, megabytes, days and minutes of one tool.

    Raises:
        subprocess.CalledProcessError: The tool failed.
    """
    governments = sorted(path.parent.name for path in landing.glob("*/attendance"))
    done = subprocess.run(
        [str(python), "-c", _BEGIN + code + _END, str(landing), *governments],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    found: list[float] = json.loads(done.stdout)
    return found


def own_environment(folder: Path) -> Path:
    """The Python of an environment with polars; made where it is missing."""
    python = folder / "bin/python"
    if not python.exists():
        uv = str(Path(sys.executable).with_name("uv"))
        subprocess.run([uv, "venv", "--quiet", str(folder)], check=True)
        subprocess.run(
            [uv, "pip", "install", "--quiet", "--python", str(python), POLARS], check=True
        )
    return python


def main(arguments: list[str]) -> int:
    """Let each tool do the part; 1 if they disagree on what they found."""
    parser = argparse.ArgumentParser(prog="bench.peers")
    parser.add_argument("home", type=Path)
    parser.add_argument("--polars", action="store_true", help="installs it into HOME-peers")
    given = parser.parse_args(arguments)
    home = given.home.absolute()
    here = Path(sys.executable)
    tools = {"duckdb": (here, _DUCKDB), "pandas": (here, _PANDAS)}
    if given.polars:
        tools["polars"] = (own_environment(home.with_name(home.name + "-peers")), _POLARS)
    answers = set()
    for name, (python, code) in tools.items():
        seconds, cpu_seconds, megabytes, *answer = run(python, code, home / "landing")
        answers.add(tuple(answer))
        print(
            f"{name:8}{seconds:8.2f} s{cpu_seconds:8.2f} s of CPU{megabytes:8.0f} MB"
            f"  {answer[0]:,} days, {answer[1]:,} minutes"
        )
    return int(len(answers) != 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
