"""What is taken back: by a government, from a day to a day, a file or a row; everywhere alike."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ingest.arrivals.plan import make_plan
from ingest.senders.returns import write_returns
from tests.ingest.conftest import FIRST_TIME, NOW, TERNATE, Office
from tests.ingest.loading.test_snapshots import SHARES, put
from tests.sweeps import sweep
from warehouse.files import sha256_file

PASURUAN = "35.75"
TODAY = NOW.astimezone(ZoneInfo("Asia/Jayapura")).date()  # of the home
NIP = "198609262015051001"
LEAVE = f"nip,date_from,date_to,leave_type\n{NIP},2026-01-05,2026-01-06,cuti\n"
WAVE = "survey/2026-S1"
ANSWERS = "submitted_at,respondent_id,unit_code,BP1\n2026-07-17 08:00:00,a,11,6\n"
SIX_POINTS = "column,behaviour_code,scale_min,scale_max\nBP1,BP1,1,6\n"
HEADER = "file_sha256,row_number,reason,decided_by,decided_on,government_code,valid_from,valid_to\n"
# Withdrawals that hold on the night's day, and that don't: government, decided on, from, to.
HOLDS = {
    "for the government": (TERNATE, "2026-11-01", "", ""),
    "for all": ("", "2026-11-01", "", ""),
    "up to today": (TERNATE, "2026-11-01", "", f"{TODAY}"),
    "decided today": (TERNATE, f"{TODAY}", "", ""),
}
HOLDS_NOT = {
    "for another": (PASURUAN, "2026-11-01", "", ""),
    "ended": (TERNATE, "2026-10-01", "", "2026-10-31"),
    "to begin": (TERNATE, "2026-11-01", f"{TODAY + timedelta(days=1)}", ""),
    "to be decided": (TERNATE, f"{TODAY + timedelta(days=1)}", "", ""),
}
BOTH = [(name, how, True) for name, how in HOLDS.items()] + [
    (name, how, False) for name, how in HOLDS_NOT.items()
]
IDS = [one[0] for one in BOTH]
either = pytest.mark.parametrize(("name", "how", "holds"), BOTH, ids=IDS)
# Who loads files asks the same; one that holds and one that doesn't tell that they do ask.
loaded = pytest.mark.parametrize(
    ("name", "how", "holds"), sweep(BOTH, told=["for the government", "ended"]), ids=IDS
)
How = tuple[str, str, str, str]


def take_back(office: Office, file: Path, how: How, row: str = "") -> None:
    government, decided, first, last = how
    (office.home.config / "withdrawals.csv").write_text(
        f"{HEADER}{sha256_file(file)},{row},salah,Kabid,{decided},{government},{first},{last}\n"
    )


def for_both(office: Office) -> Path:
    """The same leave file of two governments."""
    ours = office.put("leave", LEAVE)
    theirs = office.home.landing / PASURUAN / "leave" / "berkas.csv"
    theirs.parent.mkdir(parents=True)
    theirs.write_text(LEAVE)
    os.utime(theirs, (FIRST_TIME,) * 2)
    return ours


@either
def test_the_plan_leaves_out_what_its_government_took_back(
    office: Office, name: str, how: How, holds: bool
) -> None:
    take_back(office, for_both(office), how)
    standing = {one.government_code for one in make_plan(office.home, TODAY).standing}
    assert (TERNATE in standing) != holds
    assert (PASURUAN in standing) == (name not in {"for all", "for another"})


@loaded
def test_an_instrument_taken_back_gives_no_scale(
    office: Office, name: str, how: How, holds: bool
) -> None:
    take_back(office, office.put(WAVE, SIX_POINTS, "instrumen.csv"), how)
    office.put(WAVE, ANSWERS, "jawaban.csv")
    office.load("survey")
    assert [reason for _, reason, _ in office.reasons()] == ["answer_off_scale"] * holds


@loaded
def test_a_snapshot_is_compared_with_one_that_stands(
    office: Office, name: str, how: How, holds: bool
) -> None:
    put(office, "1.xlsx")
    (first,) = office.load("employees")
    take_back(office, office.home.landing / first.path, how)
    put(office, "2.xlsx")
    office.load("employees", run_id="run-2")
    assert office.rows(SHARES)[-1] == ("05-31", None if holds else 0.5, 5)


@loaded
def test_nothing_repeats_a_row_that_was_taken_back(
    office: Office, name: str, how: How, holds: bool
) -> None:
    first = office.put("leave", LEAVE)
    office.load("leave")
    take_back(office, first, how, row="2")
    office.put("leave", f"{LEAVE}{NIP},2026-02-05,2026-02-06,cuti\n", "lagi.csv")
    again = office.load("leave", run_id="run-2")[-1]
    assert (again.rows_loaded, again.rows_duplicate) == ((2, 0) if holds else (1, 1))


@loaded
def test_nothing_goes_back_of_a_row_that_was_taken_back(
    office: Office, name: str, how: How, holds: bool
) -> None:
    file = office.put("leave", f"{LEAVE}{NIP},kemarin,2026-02-06,cuti\n")
    take_back(office, file, how, row="3")
    office.load("leave")
    with office.working_file() as conn:
        assert write_returns(conn, office.home, TODAY).rows == (0 if holds else 1)


def test_the_day_on_which_a_withdrawal_begins_or_ends_makes_a_night_due(office: Office) -> None:
    begins, ends = TODAY + timedelta(days=2), TODAY + timedelta(days=4)
    take_back(office, for_both(office), (TERNATE, f"{TODAY}", f"{begins}", f"{ends}"))

    def stands(day: date) -> bool:
        return TERNATE in {one.government_code for one in make_plan(office.home, day).standing}

    days = [TODAY + timedelta(days=n) for n in range(1, 6)]
    assert [stands(day) for day in days] == [True, False, False, False, True]
