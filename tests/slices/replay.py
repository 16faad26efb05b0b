"""The attendance models as dbt compiles them, run by DuckDB alone.

Belongs here: what dbt does with these models on a full and on an incremental build. A build takes a
fraction of a second so, and hundreds of sequences of nights can be tried. That the real dbt does
the same is held by the full refresh of a corrected home (tests/orchestration).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration import dbt
from tests.measures.building import load, new_home
from warehouse.store import slices
from warehouse.store.home import Home

SELECTION = ("--select", "+employee_day", "+int_slice")

# Every table that is built slice by slice, with the model of its slices and the day of a row.
SLICED = {
    "intermediate.int_punch_day": ("slice_punch_day", "punch_date"),
    "intermediate.int_schedule": ("slice_schedule", "day"),
    "intermediate.int_scheduled_day": ("slice_scheduled_day", "day"),
    "intermediate.int_employee_day": ("slice_employee_day", "day"),
    "restricted.employee_day": ("slice_employee_day", "date"),
}
VERSION = "test"
Rows = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Model:
    """A model as dbt builds it: its two queries."""

    name: str
    kind: str
    full: str
    incremental: str

    @property
    def step(self) -> str:
        """The model whose slices this one lists; empty for others."""
        found = re.fullmatch(r"intermediate\.slice_(\w+)", self.name)
        return f"int_{found[1]}" if found else ""


def compiled(root: Path) -> tuple[Home, list[Model]]:
    """A home with rules and no files, and the models behind the employee-days in their order."""
    home = new_home(root)
    (home.landing / "82.71").mkdir()
    load(home, datetime(2026, 1, 31, tzinfo=UTC))
    with home.connect() as conn:  # so that what is compiled does not stand on an empty state
        conn.execute(
            "INSERT INTO raw.built_slice VALUES ('none', 'none', '82.71', '2026-01-01', '', ?)",
            [VERSION],
        )
    ran = [one.unique_id for one in dbt.invoke(home, "run", "--full-refresh", *SELECTION)]
    full = _queries(home)
    dbt.invoke(home, "run", *SELECTION)
    incremental = _queries(home)
    nodes: dict[str, Any] = json.loads((home.dbt_target / "manifest.json").read_bytes())["nodes"]
    return home, [
        Model(
            f"{nodes[key]['schema'].removeprefix('main_')}.{nodes[key]['name']}",
            nodes[key]["config"]["materialized"],
            full[nodes[key]["original_file_path"]],
            incremental[nodes[key]["original_file_path"]],
        )
        for key in ran
    ]


def _queries(home: Home) -> dict[str, str]:
    folder = home.dbt_target / "compiled" / "budaya"
    return {p.relative_to(folder).as_posix(): p.read_text() for p in folder.rglob("*.sql")}


def build(conn: duckdb.DuckDBPyConnection, models: list[Model], *, full: bool) -> None:
    """Build every model in order, as `dbt run` does, with or without `--full-refresh`."""
    for model in models:
        if model.name in SLICED and not full:
            slices_of, day = SLICED[model.name]
            conn.execute(
                f"DELETE FROM {model.name} WHERE (government_code, date_trunc('month', {day})) IN "
                f"(SELECT government_code, month FROM intermediate.{slices_of} WHERE is_changed)"
            )
            conn.execute(f"INSERT INTO {model.name} {model.incremental}")
        elif model.kind == "view":
            conn.execute(f"CREATE OR REPLACE VIEW {model.name} AS {model.full}")
        else:
            query = model.full if full else model.incremental
            conn.execute(f"CREATE OR REPLACE TABLE {model.name} AS {query}")


def night(
    conn: duckdb.DuckDBPyConnection, models: list[Model], *, breaks_off_at: int | None = None
) -> None:
    """Build what changed, or all where that must be, and note it; or break off behind a model."""
    goes_on = slices.begin(conn, VERSION)
    build(conn, models[:breaks_off_at], full=not goes_on)
    if breaks_off_at is None:
        slices.keep(conn, VERSION)


def contents(conn: duckdb.DuckDBPyConnection) -> Rows:
    """All rows of what is built slice by slice, in an order of their own."""
    return {
        name: sorted(conn.execute(f"SELECT * FROM {name}").fetchall(), key=repr) for name in SLICED
    }
