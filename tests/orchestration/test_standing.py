"""What `budaya status` says: ages by content and local day, and what needs somebody."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ingest.arrivals.plan import make_plan
from orchestration.say import standing as say
from orchestration.standing import Standing, standing
from tests.conftest import budaya
from tests.warehouse.night import BLOCKED_RUN_ID, RUN_ID, land, landed, run_entry
from warehouse.erasure.erasing import erase
from warehouse.local_time import local_day
from warehouse.proof import ledger
from warehouse.store import told
from warehouse.store.home import Home

# 20:30 UTC is already the 23rd in Ternate.
NOW = datetime(2026, 11, 22, 20, 30, tzinfo=UTC)
SHARE = "gx.units.delivery.rejected_share.rejected_share_max"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.create()
    made.settings_file.write_text("settle_seconds = 0\n", encoding="utf-8")  # nobody copies
    made.warehouse_file.touch()
    return made


def night(home: Home, *inputs: dict[str, Any], run_id: str = RUN_ID, **changes: Any) -> None:
    """A line of the ledger with so many inputs, of a night that published nothing."""
    entry = {**run_entry(home, run_id, inputs=inputs), "landed": landed(home)}
    ledger.append(home, {**entry, "outcome": "held", **changes})


def now_standing(home: Home, now: datetime = NOW) -> Standing:
    today = local_day(now, home.settings().time_zone)
    return standing(home, make_plan(home, today), now)


def tell_content(home: Home, run_id: str, **until: str) -> None:
    content = [{"government_code": "82.71", "source": s, "until": day} for s, day in until.items()]
    told.keep(home, told.Told(run_id, tuple(told.Reach(**one) for one in content)))
    # What a report says is for its readers: nobody takes a source's age from an altered one.
    path = home.reports / run_id / "report.json"
    path.write_text(json.dumps({"content": [{**one, "until": "2031-01-01"} for one in content]}))


def test_a_source_is_as_old_as_its_newest_content(home: Home) -> None:
    """Files of 22 November by local date (20:00 UTC on the 21st), with older and other content."""
    sources = ("units", "attendance", "ip_asn", "leave")
    given = [{**land(home, f"{name}.csv", name), "source": name} for name in sources]
    night(home, *given)
    tell_content(home, RUN_ID, attendance="2026-10-31", ip_asn="2025", leave="2026-12-24")
    ages = {age.source: (age.received, age.until, age.days) for age in now_standing(home).sources}
    assert ages == {
        "units": ("2026-11-22", None, 1),
        "attendance": ("2026-11-22", "2026-10-31", 23),
        "ip_asn": ("2026-11-22", "2025", 327),
        "leave": ("2026-11-22", "2026-12-24", 0),
    }


def test_the_last_night_that_tells_of_content_counts(home: Home) -> None:
    night(home, land(home, "a.csv", "a"))
    tell_content(home, RUN_ID, units="2026-10-31")
    night(home, run_id=BLOCKED_RUN_ID)  # it stopped early: its report tells of none
    (age,) = now_standing(home).sources
    assert age.until == "2026-10-31"


def test_what_left_landing_is_no_longer_held_or_set_aside(home: Home) -> None:
    held = {**land(home, "held.csv", "held"), "outcome": "held", "reason_code": SHARE}
    aside = {
        **land(home, "aside.csv", "aside"),
        "outcome": "set_aside",
        "reason_code": "header_missing",
    }
    night(home, held, aside)
    land(home, "new.csv", "new")
    before = now_standing(home)
    assert before.exit_code == 2
    assert [file.path for file in before.held] == ["82.71/units/held.csv"]
    (one,) = before.set_aside
    assert (one.path, one.reason_code) == ("82.71/units/aside.csv", "header_missing")
    assert one.reason is not None
    assert all(one.reason[name] for name in ("id", "en", "next_id", "next_en"))
    assert [file.path for file in before.new] == ["82.71/units/new.csv"]
    for name in ("held.csv", "aside.csv"):
        (home.landing / "82.71" / "units" / name).unlink()
    after = now_standing(home)
    assert (after.held, after.set_aside, after.exit_code) == ((), (), 0)


@pytest.mark.parametrize(("outcome", "code"), [("blocked", 2), ("failed", 2), ("held", 0)])
def test_a_night_that_failed_makes_the_answer_2(home: Home, outcome: str, code: int) -> None:
    night(home, outcome=outcome, reasons=[{"id": "sebabnya", "en": "its cause"}])
    found = now_standing(home)
    assert found.exit_code == code
    words = {
        "blocked": "tidak diterbitkan · blocked",
        "failed": "gagal · failed",
        "held": "ditahan",
    }
    said = budaya("status", "--home", home.root).stdout
    assert words[outcome] in said
    assert ("sebabnya · its cause" in said) is bool(code)


def test_every_kind_of_line_has_its_word() -> None:
    kinds = {"rollback", "erasure", "trace"}
    assert set(say.DONE) == kinds | {"published", "blocked", "held", "failed", "broke_off"}


def test_the_command_says_when_a_night_runs_and_what_runs_now(home: Home) -> None:
    night(home, {**land(home, "held.csv", "held"), "outcome": "held", "reason_code": SHARE})
    with home.lock("rollback"):
        ended = budaya("status", "--home", home.root)
    assert ended.code == 2, ended.stderr
    for text in (
        "Sedang berjalan · running: budaya rollback, sejak · since 20",
        "Jadwal berikutnya · scheduled next: 20",
        " 01:30 WIT (",
        "Ditahan · held: 82.71/units/held.csv",
        "2026-11-23 05:30 WIT (2026-11-22 20:30 UTC)",
    ):
        assert text in ended.stdout
    assert "…" not in ended.stdout.replace("…)", "")  # no table is cut in a pipe
    found = json.loads(budaya("status", "--json", "--home", home.root).stdout)
    assert found["exit_code"] == 2
    assert found["running"] is None
    assert found["held"][0]["path"] == "82.71/units/held.csv"
    assert {"published", "sources", "runs", "next_night", "because"} <= set(found)


def _double(path: Path) -> None:
    path.write_bytes(path.read_bytes() * 2)


SPOILED = {
    "a lost ledger": (lambda home: home.ledger_file.unlink(), "reports/"),
    "an emptied ledger": (lambda home: home.ledger_file.write_bytes(b""), "reports/"),
    "a doubled ledger": (lambda home: _double(home.ledger_file), "reports/"),
    "a lost head": (lambda home: home.head_file.unlink(), "reports/head.json"),
    "a lost key of the ledger": (lambda home: home.signing_key_file.unlink(), "ledger.key"),
    "a key of another home": (lambda home: home.key_file.write_text("ab" * 32), "home.key"),
}


@pytest.mark.parametrize("what", SPOILED)
def test_what_no_night_could_go_on_from_is_told(home: Home, what: str) -> None:
    night(home)
    spoil, named = SPOILED[what]
    spoil(home)
    found = now_standing(home)
    assert found.exit_code == 2
    (text,) = found.refused
    assert named in text.en
    assert "back from" in text.en
    ended = budaya("run", "--home", home.root)
    assert (ended.code, text.en in ended.stderr) == (1, True)


def test_a_lost_list_of_the_erased_is_told(home: Home) -> None:
    home.warehouse_file.unlink()  # nothing was loaded yet
    erase(home, ["198609262015051001"], NOW, "masa simpan", in_service_on=None)
    assert now_standing(home).refused == ()
    home.erasure_file.unlink()
    (text,) = now_standing(home).refused
    assert "erased.json is lost or too old" in text.en


def test_wrong_rules_are_told_and_hide_nothing_else(home: Home) -> None:
    land(home, "unit.csv", "x")
    (home.config / "survey_waves.csv").write_text(
        "wave,start_date,end_date,government_code\n2026-S2,2026-10-31,2026-10-01,82.71\n"
    )
    ended = budaya("status", "--home", home.root)
    assert ended.code == 2, ended.stderr
    assert "no night can run" in ended.stdout
    assert "config/survey_waves.csv" in ended.stdout
    assert "unit.csv" in ended.stdout
    assert budaya("run", "--home", home.root).code == 1
