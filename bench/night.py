"""Whole nights of a world, stage by stage, against the floor of the same files in the same run.

Run as `python -m bench.night [WORLD] [--rounds N] [--warm-up N] [--memory 4GB] [--keep FOLDER]`. A
round makes the world anew and runs: the floor, a full night, a night with nothing new, a night with
one new day, and the floor of what lies there then. The floor's marts must be those that the nights
published. The best round of each counts; a line goes to `bench/history.jsonl`. It ends with 1 if a
promise is broken.

Belongs here: the order of the runs, what is compared and printed. Does not belong here: the worlds
(`bench.worlds`), the floor (`bench.floor`), how a process is watched (`bench.watch`).
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from bench import floor, history, worlds
from bench.measure import measure
from bench.watch import Watched, disk_bytes, watch_night
from warehouse.store.home import Home

# At most so many times the floor of the same files, by wall time on two quiet cores.
PROMISES = {
    "city": {"full": 9.0, "one new day": 5.0, "nothing new": 0.7},
    "province": {"full": 3.0, "one new day": 0.8},
    "country-month": {"full": 2.5},
}
# The stages that build nothing.
_CHECKS = ("judge", "test_models", "keep_tests", "check_marts", "run_mart_checks")
MOST_MEGABYTES = {"province": 4_000, "country-month": 6_000}


def run_round(world: worlds.World, folder: Path, memory: str) -> dict[str, Watched]:
    """One round in an empty folder; what each of its runs took, by name.

    Raises:
        RuntimeError: A night did not publish, or its marts are not the floor's.
    """
    home = Home(folder / "home")
    # In a process of its own: what it needs of memory must not count for the runs after it.
    measure(worlds.ready, world, home)
    _limit(home, memory)
    found: dict[str, Watched] = {}

    def keep(name: str, took: Watched) -> None:
        found[name] = took
        print(f"  {name}: {took}", flush=True)  # a large world takes long: one sees how far it is

    keep("floor", _floor(home, memory))
    keep("full", _night(home, "published"))
    _hold_equal(home)
    keep("nothing new", _night(home, ""))
    measure(worlds.ready, world, home, 0)
    keep("one new day", _night(home, "published"))
    keep("floor with it", _floor(home, memory))
    _hold_equal(home)
    return found


def _limit(home: Home, memory: str) -> None:
    text = home.settings_file.read_text(encoding="utf-8")
    home.settings_file.write_text(
        text.replace('memory_limit = "4GB"', f'memory_limit = "{memory}"'), encoding="utf-8"
    )


def _database(home: Home) -> Path:
    return home.root.with_name("floor.duckdb")


def _floor(home: Home, memory: str) -> Watched:
    step = (floor.ready, home.landing, _database(home), memory, home.settings().threads)
    took = min((measure(*step) for _ in range(2)), key=lambda once: once.seconds)
    return Watched(took.seconds, took.cpu_seconds, took.megabytes)


def _night(home: Home, expected: str) -> Watched:
    before = disk_bytes(home.root, without="landing")
    took = watch_night(home.root)
    if took.outcome != expected:
        raise RuntimeError(f"the night ended as {took.outcome or 'nothing new'}:\n{took.said}")
    took.bytes = {
        "night": disk_bytes(home.root, without="landing") - before,
        "working file": home.warehouse_file.stat().st_size,
        "generation": disk_bytes((home.published / "current").resolve()),
        "restricted": disk_bytes((home.restricted / "current").resolve()),
    }
    return took


def _hold_equal(home: Home) -> None:
    wrong = floor.differences(_database(home), home.published / "current/marts.duckdb")
    if wrong:
        raise RuntimeError("the floor and the publication differ:\n" + "\n".join(wrong))


def best(rounds: list[dict[str, Watched]]) -> dict[str, Watched]:
    """Of each run the fastest, with the highest memory of all rounds."""
    found = {}
    for name in rounds[0]:
        tries = [one[name] for one in rounds]
        found[name] = min(tries, key=lambda took: took.seconds)
        found[name].megabytes = max(took.megabytes for took in tries)
    return found


def floor_of(found: dict[str, Watched]) -> Watched:
    """The fastest floor of a round: what else ran on the machine slowed none of them less."""
    return min((found["floor"], found["floor with it"]), key=lambda took: took.seconds)


def broken(world: str, found: dict[str, Watched]) -> list[str]:
    """The promises of a world that its best round does not keep."""
    least = floor_of(found).seconds
    said = [
        f"{name}: {found[name].seconds / least:.1f} times the floor, promised {most:g}"
        for name, most in PROMISES.get(world, {}).items()
        if found[name].seconds > most * least
    ]
    most_memory = MOST_MEGABYTES.get(world)
    said += [
        f"{name}: {took.megabytes:.0f} MB, promised {most_memory}"
        for name, took in found.items()
        if most_memory and took.megabytes > most_memory
    ]
    return said


def show(world: worlds.World, found: dict[str, Watched], punches: int) -> None:
    """The table of a world: every run, then the stages of its nights, then bytes."""
    least = floor_of(found)
    print(f"\n{world.name}: {punches:,} punches · load of the machine {os.getloadavg()[0]:.1f}")
    print(f"{'':14}{'wall s':>9}{'× floor':>9}{'CPU s':>9}{'× floor':>9}{'peak MB':>9}")
    for name, took in found.items():
        print(
            f"{name:14}{took.seconds:9.2f}{took.seconds / least.seconds:9.2f}"
            f"{took.cpu_seconds:9.2f}{took.cpu_seconds / least.cpu_seconds:9.2f}"
            f"{took.megabytes:9.0f}"
        )
    nights = {name: took for name, took in found.items() if took.stages}
    stages = dict.fromkeys(stage for took in nights.values() for stage in took.stages)
    for kind, place in (("wall s", 0), ("CPU s", 1)):
        print(f"\n{'stage, ' + kind:26}" + "".join(f"{name:>14}" for name in nights))
        for stage in stages:
            cells = (took.stages.get(stage) for took in nights.values())
            shown = (f"{cell[place]:14.2f}" if cell else f"{'':14}" for cell in cells)
            print(f"{stage:26}" + "".join(shown))
    for name, took in nights.items():
        checks = sum(wall for stage, (wall, _) in took.stages.items() if stage in _CHECKS)
        print(f"checks, {name}: {checks / (took.seconds - checks):.0%} of the rest")
    kinds = dict.fromkeys(kind for took in nights.values() for kind in took.bytes)
    print(f"\n{'bytes a punch':26}" + "".join(f"{name:>14}" for name in nights))
    for kind in kinds:
        sizes = (took.bytes[kind] / punches for took in nights.values())
        print(f"{kind:26}" + "".join(f"{size:14.1f}" for size in sizes))


def main(arguments: list[str]) -> int:
    """Measure a world, print it, note it, and tell whether the promises are kept."""
    parser = argparse.ArgumentParser(prog="bench.night")
    parser.add_argument("world", nargs="?", default="city", choices=worlds.WORLDS)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--warm-up", type=int, default=1, help="rounds of the small world before")
    parser.add_argument("--memory", default="4GB")
    parser.add_argument("--keep", type=Path, help="where the last round's home stays")
    given = parser.parse_args(arguments)
    world = worlds.WORLDS[given.world]
    for _ in range(given.warm_up):
        with tempfile.TemporaryDirectory() as folder:
            run_round(worlds.WORLDS["small"], Path(folder), given.memory)
    rounds = []
    for number in range(given.rounds):
        with tempfile.TemporaryDirectory() as folder:
            is_kept = given.keep and number == given.rounds - 1
            place = given.keep.absolute() if is_kept else Path(folder)
            rounds.append(run_round(world, place, given.memory))
            punches = history.punches(place / "home/published/current/marts.duckdb")
    found = best(rounds)
    show(world, found, punches)
    history.note(world.name, punches, given.rounds, {n: asdict(took) for n, took in found.items()})
    said = broken(world.name, found)
    print("\n" + ("\n".join(said) if said else "every promise of this world is kept"))
    return int(bool(said))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
