"""Every published figure of the demo, recomputed from its files by the oracle.

Belongs here: reading what was published and comparing it. Does not belong here: any formula (those
are the oracle's, `tests/oracle`).
"""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from tests.oracle.compare import differences
from tests.oracle.figures import Row
from tests.oracle.marts import KEYS, Recomputed, recompute
from tests.oracle.read_files import Arrivals

SHIPPED_RULES = Path(__file__).parents[1] / "ingest" / "rules" / "shipped"
RESTRICTED_KEYS = {
    "employee_day": ("government_code", "nip", "date"),
    "employee_discipline": ("government_code", "nip", "month"),
    "employee_ip_asn": ("government_code", "nip", "year"),
}

# The columns that only one side has: the product also keeps where a row came from, which a trace
# shows (`test_trace`), and the oracle for whom it counts.
ONLY_OURS: dict[str, set[str]] = {
    "employee_day": {"file_sha256", "row_numbers"},
    "employee_discipline": set(),
    "employee_ip_asn": {"origin"},
}
ONLY_THE_ORACLES: dict[str, set[str]] = {
    "employee_day": set(),
    "employee_discipline": {"opd_code"},
    "employee_ip_asn": set(),
}


def rows(database: Path, table: str) -> list[Row]:
    """All rows of a table of a generation."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{database}' as generation (read_only)")
        found = connection.execute(f"select * from generation.{table}")
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@pytest.fixture(scope="module")
def marts(demo_home: Path) -> Path:
    return demo_home / "published" / "current" / "marts.duckdb"


@pytest.fixture(scope="module")
def recomputed(demo_home: Path, marts: Path) -> Recomputed:
    manifest = json.loads((marts.parent / "manifest.json").read_text(encoding="utf-8"))
    received: dict[str, datetime] = {}
    held: set[str] = set()
    for row in rows(marts, "mart_source_balance"):
        assert isinstance(row["received_at"], datetime)
        received[str(row["file_sha256"])] = row["received_at"]
        if row["outcome"] == "held":
            held.add(str(row["file_sha256"]))
    arrivals = Arrivals(received, frozenset(held))
    as_of = date.fromisoformat(manifest["as_of_date"])
    return recompute(demo_home, SHIPPED_RULES, as_of, arrivals)


@pytest.mark.parametrize("table", sorted(KEYS))
def test_every_published_figure_is_recomputed(
    recomputed: Recomputed, marts: Path, table: str
) -> None:
    published = rows(marts, table)
    assert published
    problems = differences(table, recomputed.marts[table], published, KEYS[table])
    assert not problems, f"{len(problems)} differences\n" + "\n".join(problems[:40])


@pytest.mark.parametrize("table", sorted(RESTRICTED_KEYS))
def test_every_day_and_count_behind_them_is_recomputed(
    demo_home: Path, recomputed: Recomputed, table: str
) -> None:
    """Where a mart differs, this says on which day or for whom; messages stay in the test's log."""
    expected: list[Row] = getattr(recomputed, table)
    found = rows(demo_home / "restricted" / "current" / "restricted.duckdb", table)
    assert set(found[0]) - set(expected[0]) == ONLY_OURS[table]
    assert set(expected[0]) - set(found[0]) == ONLY_THE_ORACLES[table]
    compared = set(found[0]) & set(expected[0])
    problems = differences(
        table,
        [{column: row[column] for column in compared} for row in expected],
        [{column: row[column] for column in compared} for row in found],
        RESTRICTED_KEYS[table],
    )
    assert not problems, f"{len(problems)} differences\n" + "\n".join(problems[:40])


def test_differences_names_table_key_column_and_both_values() -> None:
    expected: list[Row] = [
        {"unit": "a", "score": 1.0, "hidden": None},
        {"unit": "b", "score": 2.0, "hidden": None},
        {"unit": "c", "score": 3.0, "hidden": None},
    ]
    found: list[Row] = [
        {"unit": "a", "score": 1.0 + 1e-12, "hidden": None},
        {"unit": "b", "score": 2.00001, "hidden": 0},
        {"unit": "d", "score": 4.0, "hidden": None},
    ]
    assert differences("t", expected, found, ["unit"]) == [
        "t unit=c: row is missing",
        "t unit=d: row is extra",
        "t unit=b: score expected 2.0, found 2.00001",
        "t unit=b: hidden expected None, found 0",
    ]


def test_differences_finds_nan_doubled_rows_and_lost_columns() -> None:
    wanted: list[Row] = [{"unit": "a", "score": 1.0}]
    assert differences("t", wanted, [{"unit": "a", "score": float("nan")}], ["unit"])
    assert differences("t", wanted, [*wanted, *wanted], ["unit"]) == ["t unit=a: published twice"]
    assert differences("t", wanted, [{"unit": "a"}], ["unit"]) == [
        "t unit=a: column score is only expected"
    ]
