"""Snapshots of the employees: what each keeps of the one before, in whatever order they arrive."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

import pytest

from tests.ingest.conftest import FIRST_TIME, Office
from tests.ingest.corpus.makers import siasn_of, siasn_row
from tests.ingest.corpus.sheets import NIPS
from warehouse.catalog.reader import load_catalog
from warehouse.store.home import Home

SHARES = (
    "SELECT strftime(snapshot_date, '%m-%d'), any_value(kept_share), count(*) "
    "FROM raw.employee_snapshot GROUP BY snapshot_date ORDER BY snapshot_date"
)
DAY = 86_400
FILES = {
    "1.xlsx": list(NIPS),
    "2.xlsx": list(NIPS[:5]),  # half of the people: an export of one agency, say
    "3.xlsx": list(NIPS[1:]),  # nine of ten, and nobody of the held one counts
}


# Backwards, each one changes what was found of the one before.
ORDERS = [
    pytest.param(order, marks=() if order == (*reversed(FILES),) else pytest.mark.exhaustive)
    for order in itertools.permutations(FILES)
]


def put(office: Office, name: str) -> None:
    people = [siasn_row(nip) for nip in FILES[name]]
    path = office.put("employees", siasn_of(people), name)
    os.utime(path, (FIRST_TIME + int(name[0]) * DAY,) * 2)


def test_the_share_is_of_the_people_before_and_a_shrunken_one_is_passed_over(
    office: Office,
) -> None:
    for name in FILES:
        put(office, name)
    office.load("employees")
    assert office.rows(SHARES) == [("05-30", None, 10), ("05-31", 0.5, 5), ("06-01", 0.9, 9)]


@pytest.mark.parametrize("order", ORDERS)
def test_snapshots_that_arrive_in_any_order_are_judged_alike(
    tmp_path: Path, order: tuple[str, ...]
) -> None:
    home = Home(tmp_path / "home")
    home.create()
    office = Office(home)
    for night, name in enumerate(order):
        put(office, name)
        office.load("employees", run_id=f"run-{night}")
    assert office.rows(SHARES) == [("05-30", None, 10), ("05-31", 0.5, 5), ("06-01", 0.9, 9)]


def test_a_snapshot_taken_back_is_compared_with_nothing(office: Office) -> None:
    put(office, "1.xlsx")
    (first,) = office.load("employees")
    (office.home.config / "withdrawals.csv").write_text(
        "file_sha256,row_number,reason,decided_by,decided_on,government_code\n"
        f"{first.file_sha256},,salah,BKPSDM,2026-11-01,82.71\n"
    )
    put(office, "2.xlsx")
    office.load("employees", run_id="run-2")
    assert office.rows(SHARES)[-1] == ("05-31", None, 5)


def test_the_gate_holds_what_lost_more_than_a_tenth() -> None:
    column = load_catalog().sources["employee_snapshot"].column("kept_share")
    assert (column.min, column.severity) == (0.9, "critical")
