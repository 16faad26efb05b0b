"""Who decides to publish: the checks that should have run against the results that are there.

Belongs here: the decision and its reasons in plain words, as pure functions. Does not belong here:
running a check, writing a report, publishing. It trusts no colour of any tool: a check of which
there is no result, or one that was skipped or went wrong, counts as failed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
    """May this night be published, and why: the first reason is the decision in one sentence."""

    publish: bool
    reasons: tuple[Text, ...]
    checks: tuple[JudgedCheck, ...]
    held: Mapping[DeliveryKey, str]

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
) -> Decision:
    """Decide on a night.

    Args:
        expected: Everything that should have run (`quality.checks.suites.expected_checks`).
        observed: Every result there is; of two for one check the worse counts.
        held: The deliveries held this night, none of whose rows entered raw, and the check that
            held each of them. A failure of the batch is theirs, so the rest may be published.
        waivers: Those of the rules, expired ones too: an expired one has no effect.
        file_names: The masked names of the held files, for the reasons.
        as_of: The night's local date; a waiver holds on the day of its ``until`` and before.
        now: When it is decided (UTC); the time of results that are missing.
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
    publish = bool(expected) and not blocking
    by_id = {check.expected.check_id: check.expected.reason for check in checks}
    why_held = [
        _why_held(key, file_names.get(key, ""), check_id, by_id)
        for key, check_id in sorted(held.items())
    ]
    return Decision(publish, _reasons(publish, checks, blocking, why_held), checks, dict(held))


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
    publish: bool,
    checks: Sequence[JudgedCheck],
    blocking: Sequence[JudgedCheck],
    why_held: Sequence[Text],
) -> tuple[Text, ...]:
    critical = sum(check.expected.severity == "critical" for check in checks)
    waived = [check for check in checks if check.effect == "waived"]
    if publish:
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
    return Text(
        f"{reason.id} – {outcome.id} [{check.expected.check_id}]",
        f"{reason.en} – {outcome.en} [{check.expected.check_id}]",
    )


def _why_held(key: DeliveryKey, file_name: str, check_id: str, reasons: Mapping[str, Text]) -> Text:
    reason = reasons.get(check_id, Text(check_id, check_id))
    return sentence(
        "decision",
        "held",
        file_name=mask_digits(file_name) or f"{mask_digits(key.folder)} {key.file_sha256}",
        reason_id=reason.id,
        reason_en=reason.en,
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
