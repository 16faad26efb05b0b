"""Files that change, go or come back while a night reads them: nothing under a wrong digest."""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.arrivals import landing
from ingest.arrivals.landing import Delivery
from ingest.arrivals.plan import delivery_outcomes, make_plan
from ingest.loading import batch, parse
from tests.ingest.conftest import FIRST_TIME, NOW, Office
from tests.warehouse.night import run_entry
from warehouse.files import sha256_file
from warehouse.proof import ledger
from warehouse.store.digests import Stamp

HEADER = "nip,date_from,date_to,leave_type\n"
NIP = "198609262015051001"
ROWS = HEADER + f"{NIP},2026-01-05,2026-01-06,cuti\n"
LONGER = ROWS + f"{NIP},2026-02-05,2026-02-06,cuti\n"
SAME_LENGTH = ROWS.replace("01-06", "01-07")


def rewrite(path: Path, text: str) -> None:
    """Write over a file and set its old time again, as a careful copy does."""
    path.write_text(text)
    os.utime(path, (FIRST_TIME + 60,) * 2)


WAYS: dict[str, Callable[[Path], None]] = {
    "longer": lambda path: rewrite(path, LONGER),
    "same length and time": lambda path: rewrite(path, SAME_LENGTH),
    "shorter": lambda path: rewrite(path, HEADER),
    "empty": lambda path: rewrite(path, ""),
    "gone": lambda path: path.unlink(),
}


MOMENTS = ("before", "while", "after")


@pytest.fixture(params=MOMENTS)
def disturb(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Path, Callable[[Path], None]], None]:
    """Lets something happen to a file before it is opened, or while or after its rows are read."""

    def on(path: Path, happen: Callable[[Path], None]) -> None:
        done: list[bool] = []

        def once() -> None:
            if not done:
                done.append(True)
                happen(path)

        if request.param == "before":
            recognise = batch.Batch._recognise

            def opened(self: batch.Batch, *of: object) -> object:
                once()
                return recognise(self, *of)  # type: ignore[arg-type]

            monkeypatch.setattr(batch.Batch, "_recognise", opened)
        else:
            store = parse._Load.store

            def stored(self: parse._Load) -> None:
                if request.param == "while":
                    once()
                try:
                    store(self)
                finally:
                    once()

            monkeypatch.setattr(parse._Load, "store", stored)

    return on


# Every way while it is read, and at every moment the one that is hardest to see.
MOVES = [
    pytest.param(moment, way, marks=() if is_told else pytest.mark.exhaustive)
    for moment, way in itertools.product(MOMENTS, WAYS)
    for is_told in [moment == "while" or way == "same length and time"]
]


@pytest.mark.parametrize(("disturb", "way"), MOVES, indirect=["disturb"])
def test_a_file_that_changes_while_it_is_read_leaves_no_row(
    office: Office, disturb: Callable[[Path, Callable[[Path], None]], None], way: str
) -> None:
    path = office.put("leave", ROWS)
    office.put("leave", ROWS.replace("cuti", "sakit"), "lain.csv")
    before = sha256_file(path)
    disturb(path, WAYS[way])
    moved, other = office.load("leave")
    assert moved.file_sha256 == before
    reason = "file_unreachable" if way == "gone" else "file_moving"
    assert (moved.outcome, moved.reason_code) == ("set_aside", reason)
    assert (moved.rows_read, other.rows_loaded) == (0, 1)
    assert office.rows("SELECT count(*) FROM raw.leave") == [(1,)]
    assert office.rows(
        "SELECT count(*) FROM raw.leave JOIN raw.delivery USING (delivery_id) "
        f"WHERE file_sha256 = '{before}'"
    ) == [(0,)]


def test_other_rights_are_no_other_contents(
    office: Office, disturb: Callable[[Path, Callable[[Path], None]], None]
) -> None:
    path = office.put("leave", ROWS)
    disturb(path, lambda file: file.chmod(0o640))
    (balance,) = office.load("leave")
    assert (balance.outcome, balance.rows_loaded) == ("loaded", 1)


def test_a_change_between_the_look_and_the_digest_is_seen(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = office.put("leave", ROWS)
    digest = landing.contents_digest

    def slow(file: Path) -> str | None:
        found = digest(file)
        rewrite(path, SAME_LENGTH)
        return found

    monkeypatch.setattr(landing, "contents_digest", slow)
    found = landing.scan(office.home)
    assert found.deliveries == ()
    assert found.waiting == (("82.71/leave/berkas.csv", "file_moving"),)


def test_a_loaded_file_that_is_read_again_while_it_moves_keeps_its_rows(
    office: Office, disturb: Callable[[Path, Callable[[Path], None]], None]
) -> None:
    wave = "survey/2026-S1"
    answers = "submitted_at,respondent_id,unit_code,BP1\n2026-07-17 08:00:00,a,11,5\n"
    path = office.put(wave, answers)
    office.load("survey")
    office.put(wave, "column,behaviour_code,scale_min,scale_max\nBP1,BP1,1,6\n", "instrumen.csv")
    disturb(path, lambda file: rewrite(file, answers.replace("08:00", "09:00")))
    (instrument,) = office.load("survey", run_id="run-2")
    assert instrument.file_name == "instrumen.csv"
    assert office.rows("SELECT outcome FROM raw.delivery ORDER BY path") == [("loaded",)] * 2
    assert office.rows("SELECT count(*) FROM raw.survey") == [(1,)]


def told(delivery: Delivery, outcome: str, reason_code: str | None) -> dict[str, object]:
    given = {"file_name": delivery.file_name, "outcome": outcome, "reason_code": reason_code}
    return {**delivery.key._asdict(), **given}


@pytest.mark.parametrize(
    ("reason", "is_new"),
    [("file_moving", True), ("file_unreachable", True), ("column_missing", False)],
)
def test_what_can_pass_by_itself_is_new_in_the_next_night(
    office: Office, reason: str, is_new: bool
) -> None:
    office.put("leave", ROWS)
    (delivery,) = landing.scan(office.home).deliveries
    with office.working_file():
        pass  # a home without a working file reads everything again
    entry = {**run_entry(office.home, "20260113T203000Z-0001"), "kind": "run"}
    ledger.append(office.home, {**entry, "inputs": [told(delivery, "set_aside", reason)]})
    plan = make_plan(office.home, NOW.date())
    assert plan.deliveries == (delivery,)
    assert ("new_files" in plan.reasons) == is_new
    assert (delivery.key in delivery_outcomes(ledger.entries(office.home))) != is_new


def test_a_known_digest_is_not_believed_where_rows_are_read(office: Office) -> None:
    """As on a file system that does not tell when a file was last changed."""
    path = office.put("leave", ROWS)
    before = sha256_file(path)
    rewrite(path, SAME_LENGTH)
    office.home.digests_file.write_text(json.dumps([[*Stamp.of(path), before]]))
    (moved,) = office.load("leave")
    assert (moved.outcome, moved.reason_code) == ("set_aside", "file_moving")
    assert office.rows("SELECT count(*) FROM raw.leave") == [(0,)]
    (read,) = office.load("leave", run_id="run-2")
    assert (read.outcome, read.file_sha256) == ("loaded", sha256_file(path))


def test_a_look_at_landing_reads_no_file_that_it_knows(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = office.put("leave", ROWS)
    known = [[*Stamp.of(path), sha256_file(path)]]
    office.home.digests_file.write_text(json.dumps(known))
    expected = landing.scan(office.home)
    monkeypatch.setattr(landing, "contents_digest", None)  # whoever calls it fails
    assert landing.scan(office.home) == expected
    assert len(expected.deliveries) == 1
