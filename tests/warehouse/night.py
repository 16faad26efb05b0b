"""A finished night without ingest and dbt: every catalog table, with two rows each.

Belongs here: the smallest working file that a generation can be written from. Does not belong
here: believable data (the demo world).
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from warehouse.catalog.ddl import table_ddl
from warehouse.catalog.model import Column, Table
from warehouse.catalog.reader import load_catalog
from warehouse.files import sha256_file
from warehouse.privacy import mask_digits
from warehouse.proof import ledger
from warehouse.proof.signature import SignedHead, write_index
from warehouse.publication.generation import swap, write_generation
from warehouse.store import config
from warehouse.store.home import Home

RUN_ID = "20261121T203000Z-1a2b"
BLOCKED_RUN_ID = "20261122T083000Z-5e6f"
NEXT_RUN_ID = "20261122T203000Z-3c4d"
ROLLBACK = {
    "kind": "rollback",
    "run_id": "20261123T010000Z-7a8b",
    "to": RUN_ID,
    "at": "2026-11-23T01:00:00Z",
}


def build_schemas(home: Home, run_id: str) -> None:
    """Write the tables of schemas marts and restricted, in an order that is not the key's."""
    catalog = load_catalog()
    with home.connect() as conn:
        for schema, tables in (("marts", catalog.marts), ("restricted", catalog.restricted)):
            conn.execute(f"CREATE SCHEMA {schema}")
            for table in tables.values():
                conn.execute(table_ddl(table, schema))
                marks = ", ".join("?" for _ in table.columns)
                rows = [_row(table, 2, run_id), _row(table, 1, run_id)]
                conn.executemany(f"INSERT INTO {schema}.{table.name} VALUES ({marks})", rows)


def name_run(home: Home, run_id: str) -> None:
    """Let the working file's publication be that of another run."""
    with home.connect() as conn:
        conn.execute(
            "UPDATE marts.publication SET run_id = ? WHERE run_id <> 'an earlier run'", [run_id]
        )


def publish(home: Home, run_id: str) -> dict[str, str]:
    """Write a generation of the working file and point at it; return its digests."""
    name_run(home, run_id)
    manifest = write_generation(home, run_id)
    swap(home, run_id)
    return dict(manifest.sha256)


def record_published(home: Home, run_id: str, *inputs: dict[str, Any]) -> None:
    """Publish a generation of the working file as a night does: the ledger's line, then links."""
    name_run(home, run_id)
    digests = dict(write_generation(home, run_id).sha256)
    ledger.append(home, run_entry(home, run_id, generation=digests, inputs=inputs))
    swap(home, run_id)


def land(home: Home, name: str, text: str) -> dict[str, Any]:
    """Put a file into landing and return what a run records of it."""
    folder = home.landing / "82.71" / "units"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return {
        "government_code": "82.71",
        "source": "units",
        "period": "",
        "file_sha256": sha256_file(path),
        "file_name": mask_digits(name),
        "modified_at": "2026-11-21T20:00:00Z",
        "outcome": "loaded",
        "rows_read": 3,
    }


def landed(home: Home) -> dict[str, str]:
    """The digests of all files in landing, as a run records them."""
    return {
        ledger.path_digest(home.key(), path.relative_to(home.landing).as_posix()): sha256_file(path)
        for path in home.landing.rglob("*")
        if path.is_file()
    }


def run_entry(
    home: Home,
    run_id: str,
    *,
    generation: dict[str, str] | None = None,
    inputs: tuple[dict[str, Any], ...] = (),
) -> dict[str, Any]:
    """Write a report of two files and return the ledger's entry of the run."""
    report = home.reports / run_id
    report.mkdir()
    (report / "index.html").write_text(f"<p>{run_id}</p>", encoding="utf-8")
    (report / "report.json").write_text("{}", encoding="utf-8")
    return {
        "kind": "run",
        "run_id": run_id,
        "outcome": "published" if generation else "blocked",
        "exit_code": 0 if generation else 2,
        "started_at": "2026-11-22T20:30:00+00:00",
        "ended_at": "2026-11-22T20:31:00+00:00",
        "as_of_date": "2026-11-22",
        "because": ["new_files"],
        "reasons": [],
        "code_version": "0.1.0",
        "lock_sha256": "0" * 64,
        "rules_digest": "0" * 64,
        "config": config.digests(home),
        "rules_sha256": "0" * 64,
        "results_sha256": {"dbt": "0" * 64, "gx": "0" * 64},
        "waivers": [],
        "wakes_on": [],
        "inputs": list(inputs),
        "landed": landed(home),
        "report_sha256": {
            path.relative_to(home.root).as_posix(): sha256_file(path)
            for path in sorted(report.iterdir())
        },
        "generation": generation,
    }


def keep_nights(home: Home) -> None:
    """Keep the ledger of three nights, the second one blocked, and of a rollback to the first."""
    record_published(
        home, RUN_ID, land(home, "unit_20261121.csv", "a"), land(home, "unit.csv", "b")
    )
    ledger.append(home, run_entry(home, BLOCKED_RUN_ID))
    record_published(home, NEXT_RUN_ID)
    swap(home, RUN_ID)
    ledger.append(home, ROLLBACK)
    write_index(home, b"the index", SignedHead(ledger.head(home), 4))


def _row(table: Table, number: int, run_id: str) -> list[Any]:
    if table.name == "publication":
        run_id = run_id if number == 1 else "an earlier run"
    return [run_id if c.name == "run_id" else _value(c, number) for c in table.columns]


def _value(column: Column, number: int) -> Any:
    if column.values:
        return column.values[number % len(column.values)]
    samples: dict[str, Any] = {
        "VARCHAR": f"text {number}",
        "DOUBLE": number / 4,
        "INTEGER": number,
        "BIGINT": number,
        "BOOLEAN": number == 1,
        "DATE": date(2026, 11, number),
        "TIMESTAMP": datetime(2026, 11, 21, 20, number),
        "TIME": time(7, number),
    }
    return samples[column.type]
