"""A hundred governments with small OPDs, written straight into raw: a survey, IP-ASN, a week.

Belongs here: many small worlds at little cost, for the attacker. What a file looks like and every
kind of mess is for `worlds.py`.
"""

from __future__ import annotations

import csv
from datetime import UTC, datetime

import numpy as np
import pandas as pd

from ingest.rules.resolving import read_rules, write_rules
from tests.oracle.figures import BEHAVIOURS
from warehouse.store import runs
from warehouse.store.home import Home
from warehouse.store.state import ensure_raw

NOW = datetime(2026, 3, 21, 3, 0, tzinfo=UTC)
WAVE, YEAR = "2025-S2", 2025
DAYS = pd.date_range("2026-02-09", "2026-02-13")
SIZES = (2, 3, 5, 7, 9, 11, 12, 14, 16, 20, 25)
_SOURCES = {"units": "", "employees": "", "attendance": "", "survey": WAVE, "ip_asn": str(YEAR)}


def fill(home: Home, seed: int, count: int) -> None:
    """Fill the raw tables of a home with so many governments."""
    chance = np.random.default_rng(seed)
    codes = [f"{40 + number // 100}.{number % 100:02d}" for number in range(count)]
    with (home.config / "governments.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["government_code", "code_system", "name", "level", "time_zone"])
        writer.writerows(
            [code, "Made up", f"Kota {code}", "city", "Asia/Jakarta"] for code in codes
        )
    opds = pd.DataFrame(
        [
            (code, f"D{opd}", int(size))
            for code in codes
            for opd, size in enumerate(chance.choice(SIZES, int(chance.integers(3, 8))))
        ],
        columns=["government_code", "unit_code", "people"],
    )
    people = opds.loc[opds.index.repeat(opds.people)].drop(columns="people").reset_index(drop=True)
    people["nip"] = [f"{n:018d}" for n in range(1, len(people) + 1)]
    tables = {
        "units": opds.drop(columns="people").assign(unit_name=opds.unit_code, unit_type="dinas"),
        "employees": people.assign(employee_type="PNS"),
        "attendance": _attendance(chance, people),
        "ip_asn": _ip_asn(chance, people),
    }
    with home.connect() as conn:
        ensure_raw(conn)
        rules = write_rules(conn, read_rules(home, codes))
        runs.open_run(conn, runs.Run("run-1", NOW, NOW.date(), "test", rules.sha256))
    for table, rows in tables.items():
        _insert(home, table, rows, table)
    answering = people[chance.random(len(people)) < 0.85]
    submit(home, chance, answering, "first")
    _deliver(home, codes)


def submit(home: Home, chance: np.random.Generator, people: pd.DataFrame, name: str) -> None:
    """Let people answer in a file of that name; most answer everything."""
    rows = people[["government_code", "unit_code"]].assign(
        submitted_at="2025-12-10 08:00:00",
        respondent_id=[f"{name} {index}" for index in people.index],
        row_number=range(1, len(people) + 1),
    )
    opinion = chance.normal(2.8, 1, (len(people), 1))
    points = np.rint(opinion + chance.normal(0, 0.8, (len(people), 21))).clip(1, 5).astype(int)
    answers = pd.DataFrame(points, columns=list(BEHAVIOURS), index=people.index)
    answers = answers.assign(government_code=rows.government_code, row_number=rows.row_number)
    answers = answers.melt(["government_code", "row_number"], var_name="item", value_name="answer")
    skipped = chance.random(len(answers)) < 0.002
    _insert(home, "survey", rows, name)
    _insert(home, "survey_answer", answers[~skipped], name)


def _attendance(chance: np.random.Generator, people: pd.DataFrame) -> pd.DataFrame:
    days = people[["government_code", "nip"]].merge(pd.DataFrame({"day": DAYS}), how="cross")
    came = days[chance.random(len(days)) < 0.93]
    late = pd.to_timedelta(chance.integers(-20, 60, len(came)), unit="min")
    early = pd.to_timedelta(chance.integers(-30, 60, len(came)), unit="min")
    punches = [
        came.assign(timestamp=came.day + pd.Timedelta("07:30:00") + late),
        came.assign(timestamp=came.day + pd.Timedelta("16:20:00") + early),
    ]
    return pd.concat(punches).drop(columns="day")


def _ip_asn(chance: np.random.Generator, people: pd.DataFrame) -> pd.DataFrame:
    size = len(people)
    found = people[["government_code", "nip"]].assign(
        year=YEAR,
        kualifikasi=chance.choice((10, 15, 20, 25), size),
        kompetensi=chance.choice((0, 15, 25, 40), size),
        kinerja=chance.choice((15, 25, 30), size),
        disiplin=chance.choice((3, 5, 5, 5), size),
    )
    return found[chance.random(size) < 0.9]


def _insert(home: Home, table: str, rows: pd.DataFrame, file: str) -> None:
    if "row_number" not in rows:
        rows = rows.assign(row_number=range(1, len(rows) + 1))
    ids = {code: _delivery_id(code, file) for code in rows.government_code.unique()}
    found = rows.assign(delivery_id=rows.government_code.map(ids))
    columns = ", ".join(found.columns)
    with home.connect() as conn:
        conn.register("found", found)
        conn.execute(f"insert into raw.{table} by name select {columns} from found")


_numbers: dict[tuple[str, str], int] = {}


def _delivery_id(code: str, file: str) -> int:
    """A number for a government's file that is the same wherever it is asked for."""
    return _numbers.setdefault((code, file), len(_numbers) + 1)


def _deliver(home: Home, codes: list[str]) -> None:
    """Every table of every government came in one file; the late submissions in a second."""
    files = [(name, name, period) for name, period in _SOURCES.items() if name != "survey"]
    files += [("survey", "first", WAVE), ("survey", "late", WAVE)]
    found = pd.DataFrame(
        [(_delivery_id(code, file[1]), code, *file) for code in codes for file in files],
        columns=["delivery_id", "government_code", "source", "file_sha256", "period"],
    ).assign(path="file", outcome="loaded", modified_at=NOW.replace(tzinfo=None))
    with home.connect() as conn:
        conn.register("found", found)
        conn.execute("insert into raw.delivery by name select * from found")
