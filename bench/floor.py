"""The floor: one DuckDB process from the landed files of a world to the five marts, in plain SQL.

Run as `python -m bench.floor HOME`. Belongs here: running `floor.sql`, which uses no code of the
product, and holding its marts equal to those that a home has published. Does not belong here: what
is measured beside it (`bench.night`).
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from bench.worlds import SHIPPED

SQL = Path(__file__).with_name("floor.sql")
TOLERANCE = 1e-9  # of a figure's own size, where that is above 1

# The keys of the five marts that the files of a world alone decide.
MARTS = {
    "mart_discipline": ("government_code", "unit_level", "unit_code", "month"),
    "mart_absence_band": ("government_code", "month", "band_code"),
    "mart_survey": ("government_code", "unit_level", "unit_code", "wave"),
    "mart_ip_asn": ("government_code", "unit_level", "unit_code", "year"),
    "mart_culture_score": ("government_code", "unit_level", "unit_code", "month"),
}


def build(landing: Path, database: Path, *, memory: str = "4GB", threads: int = 2) -> None:
    """Write the five marts of a landing folder into a new database, a government at a time."""
    database.unlink(missing_ok=True)
    once, government, marts = re.split(r"^-- part: .*\n", SQL.read_text(), flags=re.MULTILINE)[1:]
    with duckdb.connect(str(database), config={"memory_limit": memory, "threads": threads}) as conn:
        conn.execute("SET preserve_insertion_order = false")
        conn.execute("SET enable_progress_bar = false")
        conn.execute(_placed(once, landing))
        codes = conn.execute("SELECT DISTINCT code FROM unit ORDER BY code").fetchall()
        for (code,) in codes:
            conn.execute(_placed(government, landing).replace("$code", code))
        conn.execute(_placed(marts, landing))


def ready(landing: Path, database: Path, memory: str, threads: int) -> Callable[[], None]:
    """`build` as a step that `bench.measure` takes."""
    return lambda: build(landing, database, memory=memory, threads=threads)


def _placed(sql: str, landing: Path) -> str:
    return sql.replace("$landing", str(landing)).replace("$rules", str(SHIPPED))


def differences(floor: Path, published: Path) -> list[str]:
    """Every column of a mart in which the floor and a publication differ, with the rows that do."""
    found = []
    with duckdb.connect(":memory:") as conn:
        conn.execute(f"ATTACH '{floor}' AS floor (READ_ONLY)")
        conn.execute(f"ATTACH '{published}' AS published (READ_ONLY)")
        for mart, keys in MARTS.items():
            described = conn.execute(f"DESCRIBE floor.main.{mart}").fetchall()
            counted = [f"count(*) FILTER (f.{keys[0]} IS NULL OR p.{keys[0]} IS NULL)"]
            counted += [f"count(*) FILTER ({_differs(name, kind)})" for name, kind, *_ in described]
            joined = " AND ".join(f"f.{key} = p.{key}" for key in keys)
            row = conn.execute(
                f"SELECT {', '.join(counted)}, count(*) FROM floor.main.{mart} AS f "
                f"FULL JOIN published.main.{mart} AS p ON {joined}"
            ).fetchone()
            names = ["rows of one side only", *(name for name, *_ in described)]
            *wrong, rows = row or ()
            found += [
                f"{mart}, {name}: {count} of {rows}"
                for name, count in zip(names, wrong, strict=True)
                if count
            ]
            if not rows:
                found.append(f"{mart}: no rows")
    return found


def _differs(name: str, kind: str) -> str:
    if kind != "DOUBLE":
        return f"f.{name} IS DISTINCT FROM p.{name}"
    near = f"abs(f.{name} - p.{name}) <= {TOLERANCE} * greatest(1, abs(p.{name}))"
    return f"NOT coalesce({near}, f.{name} IS NULL AND p.{name} IS NULL)"


def main(arguments: list[str]) -> int:
    """Build the floor of a home, and compare it with what the home has published."""
    home = Path(arguments[0]).absolute()
    database = home.with_name(home.name + "-floor.duckdb")
    began = time.perf_counter()
    build(home / "landing", database)
    print(f"floor: {time.perf_counter() - began:.2f} s")
    published = home / "published/current/marts.duckdb"
    if not published.is_file():
        print("nothing is published to compare it with")
        return 0
    wrong = differences(database, published)
    print("\n".join(wrong) if wrong else "equal to what is published")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
