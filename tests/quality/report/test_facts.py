"""The facts of a report: complete, in words, and without anything personal."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import duckdb
import pytest

from quality.checks.results import Waiver
from quality.gate import Decision, undecided
from quality.report import deliveries as delivery_facts
from quality.report import facts
from tests.quality import nights
from warehouse.catalog.reader import load_catalog
from warehouse.store.home import Home
from warehouse.vocabulary import DeliveryKey


def collected(
    conn: duckdb.DuckDBPyConnection,
    home: Home,
    decision: Decision | None,
    standing: Collection[DeliveryKey] = (),
) -> dict[str, Any]:
    found = facts.collect(
        conn,
        home,
        nights.RUN,
        decision,
        reasons=nights.REASONS,
        head="0" * 64,
        standing=standing,
    )
    as_json: dict[str, Any] = json.loads(json.dumps(found))
    assert as_json == found  # nothing that JSON would change
    return as_json


@pytest.fixture
def night(conn: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    nights.begin(conn)
    nights.publishable_marts(conn)
    return conn


def test_a_published_night_shows_its_files_their_balance_and_the_figures(
    home: Home, night: duckdb.DuckDBPyConnection
) -> None:
    nights.deliver(night, 1)
    found = collected(night, home, nights.decision())
    assert found["decision"]["state"] == "published"
    assert found["decision"]["standing"] == nights.RUN
    assert found["run"]["as_of_date"] == "2026-01-16"
    assert found["run"]["head_before"] == "0" * 64
    (delivery,) = found["inputs"]
    assert delivery["balanced"] is True
    assert delivery["path"] == "82.71/leave/leave.csv"
    assert found["counts"]["critical"]["not_passed"] == 0
    assert len(found["checks"]) == len(nights.decision().checks)


def test_the_heat_map_is_that_of_the_newest_wave_with_scores_and_hides_what_is_hidden(
    home: Home, night: duckdb.DuckDBPyConnection
) -> None:
    (found,) = collected(night, home, nights.decision())["values"]
    assert found["wave"] == "2025"
    assert [value["value_code"] for value in found["values"]] == ["BP", "AK"]
    assert [row["unit_name"] for row in found["rows"]] == [
        "Kota Ternate",
        "Dinas Kesehatan",
        "Inspektorat",
    ]
    assert found["rows"][1]["cells"][0] == {"score": 70.0, "respondents": 12}
    assert found["rows"][2]["cells"][1] == {"score": None, "respondents": 12}


def test_the_line_of_a_government_runs_through_its_months_in_order(
    home: Home, night: duckdb.DuckDBPyConnection
) -> None:
    (found,) = collected(night, home, nights.decision())["discipline"]
    assert found["months"] == ["2025-10", "2025-11", "2025-12"]
    assert found["scores"] == [88.0, 91.25, None]


@pytest.mark.parametrize(
    ("decided", "refused", "state"),
    [
        (nights.decision(), False, "published"),
        (nights.decision({nights.SHARE: "failed"}), True, "blocked"),
        (nights.decision(only_held=True), True, "held"),
        (None, True, "blocked"),
    ],
)
def test_figures_that_are_not_published_are_not_shown(
    home: Home,
    night: duckdb.DuckDBPyConnection,
    decided: Decision | None,
    refused: bool,
    state: str,
) -> None:
    found = collected(night, home, decided)
    assert found["decision"]["state"] == state
    assert bool(found["values"]) is not refused
    assert bool(found["discipline"]) is not refused
    if refused:
        said = (decided or undecided()).refusal
        assert found["decision"]["reasons"] == [asdict(one) for one in said]
        assert found["decision"]["standing"] is None


def test_a_held_file_is_named_with_the_check_that_held_it_and_comes_first(
    home: Home, night: duckdb.DuckDBPyConnection
) -> None:
    nights.deliver(night, 1)
    held = nights.deliver(night, 2, outcome="held", reason_code=nights.SHARE)
    decided = nights.decision({nights.SHARE: "failed"}, {held: nights.SHARE})
    found = collected(night, home, decided)
    assert found["decision"]["state"] == "published_but"
    first, second = found["inputs"]
    assert (first["outcome"], second["outcome"]) == ("held", "loaded")
    assert first["reason"]["en"].startswith("Refused rows must not exceed")
    assert first["reason"]["next_en"].startswith("Mend the file")
    assert found["checks"][0]["effect"] == "held"


def test_what_blocks_comes_before_what_is_shown_and_a_waiver_says_until_when(
    home: Home, night: duckdb.DuckDBPyConnection
) -> None:
    outcomes = {
        "gx.dim_unit.first_day.in_order": "failed",
        "gx.dim_unit.table.rows_min": "failed",
        "gx.dim_value.table.rows_min": "missing",
    }
    waiver = Waiver("gx.dim_unit.table.rows_min", date(2026, 2, 1), "tunggu", "Bagian")
    decided = nights.decision(outcomes, waivers=(waiver,))  # type: ignore[arg-type]
    checks = collected(night, home, decided, decided.reasons)["checks"]
    assert [check["effect"] for check in checks[:4]] == ["blocks", "waived", "shown", "passed"]
    assert (checks[1]["waived_until"], checks[1]["waived_because"]) == ("2026-02-01", "tunggu")
    assert checks[0]["outcome"] == "missing"


def test_quarantine_is_counted_by_source_and_reason(
    home: Home, night: duckdb.DuckDBPyConnection
) -> None:
    tonight = nights.deliver(night, 1)
    before = nights.deliver(night, 2, run_id=nights.EARLIER, file_name="b 260115.csv")
    for key, rows in ((tonight, 2), (before, 3)):
        for number in range(rows):
            nights.insert(
                night,
                "raw.quarantine",
                **key._asdict(),
                row_number=number + 1,
                reason_code="nip_length",
                raw_text="198609262015051001;Private Name",
            )
    nights.insert(night, "raw.quarantine", **before._asdict(), row_number=9, reason_code="unheard")
    known, unheard = collected(night, home, nights.decision())["quarantine"]
    assert (known["rows"], known["rows_tonight"]) == (5, 2)
    assert known["reason"]["next_en"] == "Ask again"
    assert unheard["reason"]["id"] == "unheard"
    assert known["files"] == 2
    assert [(file["path"], file["rows"]) for file in known["most"]] == [
        ("82.71/leave/b ******.csv", 3),
        ("82.71/leave/leave.csv", 2),
    ]


def test_culture_scores_are_those_of_the_newest_month_that_has_any(
    home: Home, night: duckdb.DuckDBPyConnection
) -> None:
    nights.deliver(night, 1)
    (table,) = collected(night, home, nights.decision())["culture"]
    assert (table["month"], table["weights"]) == (
        "2025-11",
        {"survey": 0.5, "discipline": 0.25, "ip_asn": 0.25},
    )
    whole, best, hidden = table["rows"]
    assert whole["unit_level"] == "government"
    assert (best["unit_name"], best["rank"], best["rank_worst"]) == ("Dinas Kesehatan", 1, 2)
    assert (best["survey_wave"], best["ip_asn_year"]) == ("2025", 2024)
    assert hidden["culture_score"] is None
    assert collected(night, home, None)["culture"] == []


def test_how_far_the_content_reaches_is_known_by_source(
    home: Home, night: duckdb.DuckDBPyConnection
) -> None:
    nights.deliver(night, 1)
    for hour in (7, 16):
        punched = datetime(2026, 1, 14, hour, 30)
        nights.insert(night, "raw.attendance", government_code="82.71", timestamp=punched)
    nights.insert(night, "raw.ip_asn", government_code="82.71", year=2024)
    nights.insert(night, "raw.units", government_code="82.71", valid_from=date(2026, 1, 1))
    assert collected(night, home, nights.decision())["content"] == [
        {"government_code": "82.71", "source": "attendance", "until": "2026-01-14"},
        {"government_code": "82.71", "source": "ip_asn", "until": "2024"},
    ]


def test_files_still_waiting_from_earlier_nights_are_listed(
    home: Home, night: duckdb.DuckDBPyConnection
) -> None:
    nights.deliver(night, 1, run_id=nights.EARLIER)
    aside = {"run_id": nights.EARLIER, "outcome": "set_aside", "reason_code": "header_missing"}
    there = nights.deliver(night, 2, file_name="uptd a/cuti.csv", **aside)
    nights.deliver(night, 3, **aside)  # somebody has moved it out of landing
    found = collected(night, home, nights.decision(), standing=[there])
    assert found["inputs"] == []
    (waiting,) = found["waiting"]
    assert waiting["reason"]["en"] == "A column is missing"
    assert waiting["path"] == "82.71/leave/uptd a/cuti.csv"


def test_what_was_not_checked_is_said(home: Home, night: duckdb.DuckDBPyConnection) -> None:
    nights.deliver(night, 1)
    nights.deliver(night, 2, source="units", run_id=nights.EARLIER)
    nights.insert(night, "raw.rule_leave_types", leave_type="sakit", trust="R")
    said = [text["en"] for text in collected(night, home, nights.decision())["not_checked"]]
    assert "units: no new file tonight; the last one arrived on 2026-01-16." in said
    assert "survey: no file has ever arrived." in said
    assert not [text for text in said if text.startswith("leave:")]
    assert any("leave_types (1)" in text for text in said)
    assert any("engagement" in text for text in said)


def test_nothing_personal_gets_into_the_facts(home: Home, night: duckdb.DuckDBPyConnection) -> None:
    key = nights.deliver(night, 1, file_name=nights.HOSTILE, period="198609262015051001")
    nights.insert(
        night,
        "raw.quarantine",
        **key._asdict(),
        row_number=1,
        reason_code="nip_length",
        raw_text="198609262015051001;Private Name",
    )
    text = json.dumps(collected(night, home, nights.decision()))
    assert "198609262015051001" not in text
    assert "rivate" not in text


def test_a_personal_column_can_not_be_asked_for() -> None:
    with pytest.raises(ValueError, match=r"delivery\.path is personal"):
        delivery_facts.public_column(load_catalog().state["delivery"], "path")


def test_a_night_that_stopped_early_has_facts_too(home: Home) -> None:
    found = facts.of_failure(home, nights.RUN, nights.NOW, nights.TODAY, None)
    assert found["decision"]["state"] == "failed"
    assert found["run"]["as_of_date"] == "2026-01-16"
    assert json.loads(json.dumps(found)) == found
