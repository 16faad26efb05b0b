"""Bytes that a punch costs in raw.attendance: rows that repeat what their delivery says, or not.

Run: ``python -m bench.bytes_per_punch [PUNCHES]``. Every layout gets a fresh file with that table
alone, of the same invented punches: 40 devices, a file per device and month, loaded file by file
as a night loads them.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
from pathlib import Path

import duckdb

from warehouse.catalog.ddl import table_ddl
from warehouse.catalog.reader import load_catalog

DEVICES, FILES = 40, 12

# What schema version 2 stored of a punch, beside nip, timestamp, device_id and pin.
_BEFORE = (
    "CREATE TABLE raw.attendance (nip VARCHAR, timestamp TIMESTAMP, device_id VARCHAR, "
    "pin VARCHAR, government_code VARCHAR, period VARCHAR, file_sha256 VARCHAR, "
    "row_number BIGINT, received_at TIMESTAMP)"
)


_WIDTHS = {"TIMESTAMP": 8, "BIGINT": 8, "INTEGER": 4}


def bytes_per_punch(ddl: str, punches: int, folder: Path) -> tuple[float, float]:
    """Write the punches into a fresh file in one layout.

    Returns:
        The bytes of a punch as the file holds it, compressed, and as its values are wide.
    """
    path = folder / f"{hashlib.sha256(ddl.encode()).hexdigest()[:8]}.duckdb"
    each = punches // (DEVICES * FILES)
    with duckdb.connect(str(path)) as conn:
        conn.execute("CREATE SCHEMA raw")
        conn.execute(ddl)
        stored = {row[0] for row in conn.execute("DESCRIBE raw.attendance").fetchall()}
        for number in range(DEVICES * FILES):
            columns = _columns(number, each)
            named = ", ".join(f"{sql} AS {name}" for name, sql in columns.items() if name in stored)
            conn.execute(
                f"INSERT INTO raw.attendance BY NAME SELECT {named} FROM range({each}) AS t(i)"
            )
        conn.execute("CHECKPOINT")
        wide = " + ".join(
            str(_WIDTHS[kind]) if kind in _WIDTHS else f"coalesce(strlen({name}), 0)"
            for name, kind, *_ in conn.execute("DESCRIBE raw.attendance").fetchall()
        )
        (width,) = conn.execute(f"SELECT avg({wide}) FROM raw.attendance").fetchone() or (0.0,)
    return path.stat().st_size / (each * DEVICES * FILES), width


def _columns(number: int, each: int) -> dict[str, str]:
    """SQL of every column of a file's punches: about 200 people, twice a day for a month."""
    device, month = number % DEVICES, number // DEVICES
    sha256 = hashlib.sha256(str(number).encode()).hexdigest()
    spread = f"hash(i * 7919 + {number})"
    return {
        "nip": "CAST(NULL AS VARCHAR)",
        "timestamp": (
            f"TIMESTAMP '2026-01-01 07:00:00' + to_months({month}) "
            f"+ to_seconds(CAST(i * (2592000.0 / {each}) AS BIGINT)) "
            f"+ to_seconds(CAST({spread} % 600 AS BIGINT))"
        ),
        "device_id": f"'{device + 1}'",
        "pin": f"CAST({device * 200} + {spread} % 200 AS VARCHAR)",
        "government_code": "'82.71'",
        "period": "''",
        "file_sha256": f"'{sha256}'",
        "received_at": "TIMESTAMP '2026-11-28 00:29:53.584031'",
        "delivery_id": str(number + 1),
        "row_number": "i + 1",
    }


def main(punches: int) -> None:
    """Print both layouts and their ratio."""
    now = table_ddl(load_catalog().sources["attendance"], "raw")
    with tempfile.TemporaryDirectory() as folder:
        before, after = (bytes_per_punch(ddl, punches, Path(folder)) for ddl in (_BEFORE, now))
    for what, old, new in zip(("in the file", "as values"), before, after, strict=True):
        print(f"{what}: before {old:.1f}, now {new:.1f} bytes a punch ({new / old:.2f})")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
