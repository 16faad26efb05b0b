"""The gate's truth table: what stands in the way of a publication, and what does not."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.checks.results import CheckResult, ExpectedCheck, Outcome, Stage, Waiver
from quality.gate import Decision, decide, ended, exit_code, undecided
from warehouse.version import PROJECT
from warehouse.vocabulary import DeliveryKey, Severity, Text

NOW = datetime(2026, 1, 15, 20, 30, tzinfo=UTC)
TODAY = date(2026, 1, 16)
HELD = {DeliveryKey("82.71", "leave", "", "f" * 64): "c0"}


def check(number: int = 0, severity: Severity = "critical", stage: Stage = "mart") -> ExpectedCheck:
    reason = Text("harus benar", "must be true")
    return ExpectedCheck(f"c{number}", stage, "leave", "not_null", severity, reason, "0")


def result(of: ExpectedCheck, outcome: Outcome = "passed", rows: int | None = 0) -> CheckResult:
    return CheckResult(
        of.check_id, of.stage, of.subject, of.check_name, of.severity, outcome, "0", "0", rows, NOW
    )


def judged(expected: list[ExpectedCheck], observed: list[CheckResult], **given: Any) -> Decision:
    held, waivers = given.get("held", {}), given.get("waivers", [])
    names = given.get("file_names", {})
    return decide(expected, observed, held, waivers, file_names=names, as_of=TODAY, now=NOW)


def effects(decision: Decision) -> list[str]:
    return [check.effect for check in decision.checks]


NOT_PASSED: list[Outcome] = ["failed", "skipped", "errored", "missing"]


def test_everything_passed_is_published() -> None:
    decision = judged([check(0), check(1)], [result(check(1)), result(check(0))])
    assert decision.publish
    assert decision.reasons[0].id.startswith("Semua 2 pemeriksaan kritis")
    assert decision.reasons[0].en.startswith("All 2 critical checks")
    assert effects(decision) == ["passed", "passed"]


@pytest.mark.parametrize("outcome", NOT_PASSED)
@pytest.mark.parametrize(
    ("severity", "publish", "effect"),
    [("critical", False, "blocks"), ("warning", True, "shown"), ("info", True, "counted")],
)
def test_only_what_is_critical_blocks_whatever_way_it_did_not_pass(
    outcome: Outcome, severity: Severity, publish: bool, effect: str
) -> None:
    fine, wrong = check(0), check(1, severity)
    observed = [result(fine)]
    if outcome != "missing":
        observed.append(result(wrong, outcome))
    decision = judged([fine, wrong], observed)
    assert decision.publish is publish
    assert effects(decision) == ["passed", effect]
    assert decision.results[1].outcome == outcome
    assert decision.results[1].checked_at == NOW


def test_nothing_expected_is_not_published() -> None:
    assert not judged([], []).publish
    assert not judged([], [result(check())]).publish


def test_a_failure_that_nobody_listed_still_blocks() -> None:
    decision = judged([check(0)], [result(check(0)), result(check(1), "failed")])
    assert not decision.publish
    assert effects(decision) == ["passed", "blocks"]


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_results_for_one_check_the_worse_counts(order: int) -> None:
    both = [result(check(0)), result(check(0), "failed")][::order]
    assert not judged([check(0)], both).publish


def test_the_severity_is_that_of_the_list_not_of_the_result() -> None:
    lenient = replace(result(check(0), "failed"), severity="info")
    decision = judged([check(0)], [lenient])
    assert not decision.publish
    assert decision.results[0].severity == "critical"


@pytest.mark.parametrize("outcome", ["failed", "errored"])
def test_a_batch_whose_faulty_files_are_held_does_not_block(outcome: Outcome) -> None:
    batch = check(0, stage="batch")
    decision = judged([batch], [result(batch, outcome)], held=HELD)
    assert decision.publish
    assert effects(decision) == ["held"]
    assert "82.71" in decision.reasons[1].id
    assert "c0" in decision.reasons[1].en


def test_a_held_file_is_named_masked_with_its_check_in_plain_words() -> None:
    batch, (key,) = check(0, stage="batch"), HELD
    decision = judged(
        [batch],
        [result(batch, "failed")],
        held=HELD,
        file_names={key: "cuti 198609262015051001.xlsx"},
    )
    assert decision.reasons[1].en.startswith(f"File cuti {'*' * 18}.xlsx is held: ")
    assert "must be true [c0]" in decision.reasons[1].en
    assert "harus benar [c0]" in decision.reasons[1].id
    unnamed = judged([batch], [result(batch, "failed")], held=HELD).reasons[1]
    assert key.file_sha256 in unnamed.en


@pytest.mark.parametrize("outcome", NOT_PASSED)
def test_a_batch_that_fails_with_no_file_held_blocks(outcome: Outcome) -> None:
    batch = check(0, stage="batch")
    observed = [] if outcome == "missing" else [result(batch, outcome)]
    other = {key._replace(source="units"): why for key, why in HELD.items()}
    assert not judged([batch], observed, held=other).publish


def test_a_batch_check_that_did_not_run_blocks_although_a_file_is_held() -> None:
    assert not judged([check(0, stage="batch")], [], held=HELD).publish


def test_held_files_excuse_no_check_of_the_marts() -> None:
    assert not judged([check(0)], [result(check(0), "failed")], held=HELD).publish


@pytest.mark.parametrize(
    ("until", "publish"), [(date(2026, 1, 16), True), (date(2026, 1, 15), False)]
)
def test_a_waiver_holds_on_its_last_day_and_not_after(until: date, publish: bool) -> None:
    waiver = Waiver("c0", until, "menunggu Perda", "Bagian Organisasi")
    decision = judged([check(0)], [result(check(0), "failed")], waivers=[waiver])
    assert decision.publish is publish
    assert effects(decision) == ["waived" if publish else "blocks"]
    if publish:
        assert decision.results[0].outcome == "failed"
        assert "menunggu Perda" in decision.reasons[-1].id
        assert "Bagian Organisasi" in decision.reasons[-1].en


def test_a_waiver_lets_pass_no_check_but_its_own() -> None:
    waiver = Waiver("c1", TODAY, "-", "-")
    assert not judged([check(0)], [result(check(0), "failed")], waivers=[waiver]).publish


@pytest.mark.parametrize(
    ("outcome", "rows", "words"),
    [
        ("failed", 3, "3 rows fail"),
        ("failed", None, "found 0, expected 0"),
        ("errored", None, "could not be completed"),
        ("skipped", None, "was skipped"),
        ("missing", None, "did not run"),
    ],
)
def test_the_reason_says_in_plain_words_what_went_wrong(
    outcome: Outcome, rows: int | None, words: str
) -> None:
    observed = [] if outcome == "missing" else [result(check(0), outcome, rows)]
    _, reason, way_out = judged([check(0)], observed).reasons
    assert "waivers.csv" in way_out.en
    assert words in reason.en
    assert reason.en.startswith("must be true")
    assert reason.id.startswith("harus benar")


def test_a_hundred_failures_are_told_in_a_few_lines() -> None:
    decision = judged([check(number) for number in range(100)], [])
    assert len(decision.reasons) == 13
    assert decision.reasons[0].en.startswith("100 of 100")
    assert "90" in decision.reasons[-2].en
    assert len(decision.results) == 100


def test_no_long_number_of_a_folder_or_waiver_reaches_a_reason() -> None:
    held = {DeliveryKey("82.71", "survey", "198609262015051001", "f" * 64): "c0"}
    waiver = Waiver("c1", TODAY, "lihat 198609262015051001", "NIP 198609262015051001")
    batch = replace(check(0, stage="batch"), subject="survey")
    observed = [result(batch, "failed"), result(check(1), "failed")]
    decision = judged([batch, check(1)], observed, held=held, waivers=[waiver])
    assert decision.publish
    assert "1986" not in str(decision.reasons)


OUTCOMES = st.sampled_from(["passed", *NOT_PASSED])
SEVERITIES = st.sampled_from(["critical", "warning", "info"])


@given(st.lists(st.tuples(SEVERITIES, OUTCOMES), min_size=1, max_size=8))
def test_a_night_is_published_exactly_if_every_critical_check_passed(
    given_checks: list[tuple[Severity, Outcome]],
) -> None:
    expected = [check(number, severity) for number, (severity, _) in enumerate(given_checks)]
    observed = [
        result(listed, outcome)
        for listed, (_, outcome) in zip(expected, given_checks, strict=True)
        if outcome != "missing"
    ]
    decision = judged(expected, observed)
    assert decision.publish == all(o == "passed" for s, o in given_checks if s == "critical")
    assert [found.outcome for found in decision.results] == [o for _, o in given_checks]


NEWS = st.sets(st.integers(1, 4), max_size=4)


@given(
    st.lists(st.tuples(SEVERITIES, OUTCOMES), max_size=6),
    NEWS,
    NEWS,
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
def test_a_night_ends_in_one_way_and_answers_by_it(  # noqa: PLR0917 - what a night can be
    given_checks: list[tuple[Severity, Outcome]],
    news: set[int],
    held: set[int],
    is_files_only: bool,
    is_reported: bool,
    is_busy: bool,
) -> None:
    """Blocked, only held, published: decided by the gate alone, whatever order things come in."""
    expected = [check(number, severity) for number, (severity, _) in enumerate(given_checks)]
    pairs = zip(expected, given_checks, strict=True)
    observed = [result(one, outcome) for one, (_, outcome) in pairs if outcome != "missing"]
    keys = {number: DeliveryKey("82.71", "units", "", f"{number:064x}") for number in range(1, 5)}
    decision = decide(
        expected,
        observed,
        {keys[number]: "x" for number in held},
        (),
        file_names={},
        as_of=TODAY,
        now=NOW,
        only_news=[keys[number] for number in news] if is_files_only else None,
    )
    passed = bool(expected) and all(o == "passed" for s, o in given_checks if s == "critical")
    only_held = is_files_only and news <= held
    assert decision.outcome == ("blocked" if not passed else "held" if only_held else "published")
    assert decision.publish is (decision.refusal == ())
    assert decision.refusal in {(), decision.reasons}
    assert decision.state in {decision.outcome, f"{decision.outcome}_but"}
    unpublished = ended(decision, is_reported=is_reported)
    assert unpublished == (decision.outcome if is_reported and not decision.publish else "failed")
    code = exit_code(unpublished, needs_somebody=bool(held), is_busy=is_busy)
    assert code == (2 if unpublished != "failed" else 75 if is_busy else 1)
    assert exit_code("published", needs_somebody=bool(held)) == (2 if held else 0)
    assert exit_code(None, needs_somebody=bool(held)) == (2 if held else 0)


def test_what_nobody_decided_is_not_published() -> None:
    assert undecided().outcome == "blocked"
    assert undecided().refusal
    assert ended(None, is_reported=True) == "failed"


def test_only_the_gate_says_how_a_night_ends() -> None:
    """No other module says what a night is refused for, or which code it answers with."""
    for package in ("orchestration", "quality", "warehouse", "ingest"):
        for path in (PROJECT / package).rglob("*.py"):
            if path.relative_to(PROJECT).as_posix() != "quality/gate.py":
                text = path.read_text(encoding="utf-8")
                assert "only_held" not in text, path
                assert not re.search(r"EXIT_\w+(, EXIT_\w+)* = .*\b75\b", text), path
                assert not re.search(r"exit_code=2 if", text), path
