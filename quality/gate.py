"""Who decides to publish: the checks that should have run against the results that are there.

Belongs here: the decision and its reasons in plain words, as pure functions. Does not belong here:
running a check, writing a report, publishing. It trusts no colour of any tool: a check of which
there is no result, or one that was skipped or went wrong, counts as failed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from quality.checks.results import CheckResult, ExpectedCheck, Waiver
from quality.words import sentence
from warehouse.privacy import mask_digits
from warehouse.vocabulary import DeliveryKey, Text

Effect = Literal["passed", "blocks", "held", "waived", "shown", "counted"]
"""What a check does to the night: a critical failure blocks it, unless the files at fault were held
back or the check is waived; a warning is shown; an info is counted."""

Outcome = Literal["published", "blocked", "held", "failed"]
"""How a night ends: published; blocked by a check; only held files, so that nothing of it is new;
or failed before anything could be decided or told."""
State = Literal["published", "published_but", "held", "blocked", "failed"]
"""An outcome as people are shown it: of what is published, whether there is more to be said."""

EXIT_PUBLISHED, EXIT_FAILED, EXIT_ATTENTION, EXIT_BUSY = 0, 1, 2, 75

_MOST_NAMED = 10


@dataclass(frozen=True)
class JudgedCheck:
    """A check, what came of it and what that does to the night."""

    expected: ExpectedCheck
    result: CheckResult
    effect: Effect
    waiver: Waiver | None = None


@dataclass(frozen=True)
class Decision:
    """How this night ends, and why: the first reason is the decision in one sentence.

    A night that is only ``held`` passed all checks, and would publish what is published already.
    """

    outcome: Outcome
    reasons: tuple[Text, ...]
    checks: tuple[JudgedCheck, ...]
    held: Mapping[DeliveryKey, str]

    @property
    def publish(self) -> bool:
        """May this night be published?"""
        return self.outcome == "published"

    @property
    def refusal(self) -> tuple[Text, ...]:
        """Why this night may not be published; empty if it may."""
        return () if self.publish else self.reasons

    @property
    def state(self) -> State:
        """The outcome as people are shown it."""
        return "published_but" if self.publish and len(self.reasons) > 1 else self.outcome

    @property
    def results(self) -> tuple[CheckResult, ...]:
        """All results, with one of outcome ``missing`` for every check that did not run."""
        return tuple(check.result for check in self.checks)


def decide(  # noqa: PLR0913 - the whole input of the decision, so that it is pure
    expected: Sequence[ExpectedCheck],
    observed: Iterable[CheckResult],
    held: Mapping[DeliveryKey, str],
    waivers: Iterable[Waiver],
    *,
    file_names: Mapping[DeliveryKey, str],
    as_of: date,
    now: datetime,
    only_news: Collection[DeliveryKey] | None = None,
) -> Decision:
    """Decide on a night: nothing else says whether it is published, blocked or only held.

    Args:
        expected: Everything that should have run (`quality.checks.suites.expected_checks`).
        observed: Every result there is; of two for one check the worse counts.
        held: The deliveries held this night, none of whose rows entered raw, and the check that
            held each of them. A failure of the batch is theirs, so the rest may be published.
        waivers: Those of the rules, expired ones too: an expired one has no effect.
        file_names: The masked names of the held files, for the reasons.
        as_of: The night's local date; a waiver holds on the day of its ``until`` and before.
        now: When it is decided (UTC); the time of results that are missing.
        only_news: The deliveries that the night was due for, where nothing else made it due; None
            where anything did.
    """
    found = _worst(observed)
    in_force = {w.check_id: w for w in waivers if w.until >= as_of}
    held_sources = {key.source for key in held}
    listed = {check.check_id for check in expected}
    unlisted = [_unlisted(result) for key, result in found.items() if key not in listed]
    checks = tuple(
        _judge(check, found.get(check.check_id), in_force, held_sources, now)
        for check in (*expected, *unlisted)
    )
    blocking = [check for check in checks if check.effect == "blocks"]
    # An empty list of checks is a fault of its own: nothing vouches for the figures.
    passed = bool(expected) and not blocking
    is_only_held = only_news is not None and set(only_news) <= set(held)
    outcome: Outcome = "blocked" if not passed else "held" if is_only_held else "published"
    by_id = {check.expected.check_id: check.expected.reason for check in checks}
    why_held = [
        _why_held(key, file_names.get(key, ""), check_id, by_id)
        for key, check_id in sorted(held.items())
    ]
    return Decision(outcome, _reasons(outcome, checks, blocking, why_held), checks, dict(held))


def undecided() -> Decision:
    """The decision on a night that nothing was asked of yet: nothing vouches for its figures."""
    return Decision("blocked", _reasons("blocked", (), (), ()), (), {})


def ended(decision: Decision | None, *, is_reported: bool) -> Outcome:
    """How a night ends that has not published.

    One that was to be published, or of which there is no decision or report, failed.
    """
    if decision is None or not is_reported or decision.publish:
        return "failed"
    return decision.outcome


def exit_code(
    outcome: Outcome | None, *, needs_somebody: bool = False, is_busy: bool = False
) -> int:
    """What a command answers with: 0, 1 failed, 2 somebody has to look, 75 another holds the home.

    Args:
        outcome: Of the night; None where none was due.
        needs_somebody: Whether a file stands held, or something else waits for a person.
        is_busy: Whether the night failed since another program had the working file.
    """
    if outcome == "failed":
        return EXIT_BUSY if is_busy else EXIT_FAILED
    if outcome in {"blocked", "held"} or needs_somebody:
        return EXIT_ATTENTION
    return EXIT_PUBLISHED


def _worst(results: Iterable[CheckResult]) -> dict[str, CheckResult]:
    worst: dict[str, CheckResult] = {}
    for result in results:
        known = worst.get(result.check_id)
        if known is None or known.outcome == "passed":
            worst[result.check_id] = result
    return worst


def _unlisted(result: CheckResult) -> ExpectedCheck:
    """A result that nobody asked for is judged by its own severity: a failure is a failure."""
    return ExpectedCheck(
        check_id=result.check_id,
        stage=result.stage,
        subject=result.subject,
        check_name=result.check_name,
        severity=result.severity,
        reason=Text(result.check_name, result.check_name),
        expected=result.expected or "",
    )


def _judge(
    check: ExpectedCheck,
    result: CheckResult | None,
    waivers: Mapping[str, Waiver],
    held_sources: set[str],
    now: datetime,
) -> JudgedCheck:
    known = replace(result, severity=check.severity) if result else _missing(check, now)
    waiver = waivers.get(check.check_id)
    if known.outcome == "passed":
        return JudgedCheck(check, known, "passed")
    if check.severity != "critical":
        return JudgedCheck(check, known, "shown" if check.severity == "warning" else "counted")
    if waiver:
        return JudgedCheck(check, known, "waived", waiver)
    # A batch whose checks did not run has no delivery to blame: missing results always block.
    held = check.stage == "batch" and check.subject in held_sources and known.outcome != "missing"
    return JudgedCheck(check, known, "held" if held else "blocks")


def _missing(check: ExpectedCheck, now: datetime) -> CheckResult:
    return CheckResult(
        check_id=check.check_id,
        stage=check.stage,
        subject=check.subject,
        check_name=check.check_name,
        severity=check.severity,
        outcome="missing",
        observed=None,
        expected=check.expected,
        failing_rows=None,
        checked_at=now,
    )


def _reasons(
    outcome: Outcome,
    checks: Sequence[JudgedCheck],
    blocking: Sequence[JudgedCheck],
    why_held: Sequence[Text],
) -> tuple[Text, ...]:
    critical = sum(check.expected.severity == "critical" for check in checks)
    waived = [check for check in checks if check.effect == "waived"]
    if outcome == "held":
        headline = sentence("decision", "only_held")
    elif outcome == "published":
        key = "published_but" if why_held or waived else "published"
        headline = sentence("decision", key, critical=critical)
    else:
        key = "blocked" if blocking else "nothing_listed"
        headline = sentence("decision", key, blocking=len(blocking), critical=critical)
    return (
        headline,
        *_capped([_why_blocked(check) for check in blocking]),
        *([sentence("decision", "way_out")] if blocking else []),
        *_capped(why_held),
        *[_why_waived(check) for check in waived],
    )


def _capped(reasons: Sequence[Text]) -> Sequence[Text]:
    """The first few reasons, and how many more: the report lists them all in its table."""
    more = len(reasons) - _MOST_NAMED
    if more <= 0:
        return reasons
    return [*reasons[:_MOST_NAMED], sentence("decision", "more", more=more)]


def _why_blocked(check: JudgedCheck) -> Text:
    reason = check.expected.reason
    outcome = sentence(
        "outcome",
        check.result.outcome,
        rows=check.result.failing_rows or 0,
        observed=check.result.observed or "–",
        expected=check.result.expected or "–",
    )
    if check.result.outcome == "failed" and check.result.failing_rows:
        outcome = sentence("outcome", "failed_rows", rows=check.result.failing_rows)
    return sentence(
        "decision", "because", reason=reason, outcome=outcome, check=check.expected.check_id
    )


def _why_held(key: DeliveryKey, file_name: str, check_id: str, reasons: Mapping[str, Text]) -> Text:
    reason = reasons.get(check_id, Text(check_id, check_id))
    return sentence(
        "decision",
        "held",
        file_name=mask_digits(file_name) or f"{mask_digits(key.folder)} {key.file_sha256}",
        reason=reason,
        check_id=check_id,
    )


def _why_waived(check: JudgedCheck) -> Text:
    waiver = check.waiver
    if waiver is None:
        raise ValueError(f"{check.expected.check_id} is waived by nobody")
    return sentence(
        "decision",
        "waived",
        check_id=check.expected.check_id,
        until=waiver.until.isoformat(),
        reason=mask_digits(waiver.reason),
        decided_by=mask_digits(waiver.decided_by),
    )
