"""Where a home stands between the nights: what `budaya status` says, in words or as JSON.

Belongs here: bringing together what ledger, landing, rules, the last night and the running
command tell; all of it files. Does not belong here: how it is printed
(`orchestration.say.standing`), or opening the warehouse.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from ingest.arrivals.landing import Delivery
from ingest.arrivals.places import Misplaced, by_folder
from ingest.arrivals.plan import REASONS as DUE_BECAUSE
from ingest.arrivals.plan import Plan, why_due
from ingest.reasons import REASONS
from orchestration.words import sentence
from quality.gate import exit_code
from quality.report.deliveries import reason_words
from warehouse.erasure.listed import require_list
from warehouse.errors import UserError
from warehouse.local_time import local_day, next_at, told
from warehouse.privacy import masked
from warehouse.proof import ledger
from warehouse.publication import generation
from warehouse.store import begun, running
from warehouse.store.home import Home
from warehouse.store.running import Running
from warehouse.store.told import Told
from warehouse.store.told import last as told_last
from warehouse.vocabulary import DeliveryKey, Text

_LAST_RUNS = 5


@dataclass(frozen=True)
class Age:
    """How old a source of a government is.

    ``received`` is the local date of its newest loaded file; ``until`` how far its content reaches,
    a date or a year, None for lists of a state and before the first night that tells; ``days`` is
    the age by content, where there is one, else by file, and never negative.
    """

    government_code: str
    source: str
    received: str
    until: str | None
    days: int


@dataclass(frozen=True)
class File:
    """A file in landing by its masked path, and why it is where it is, if there is a reason.

    ``probable_place`` is the folder that was probably meant by a wrong one.
    """

    path: str
    file_sha256: str | None = None
    reason_code: str | None = None
    reason: Mapping[str, str] | None = None
    probable_place: str = ""


@dataclass(frozen=True)
class Standing:
    """All that `budaya status` says.

    ``held`` and ``set_aside`` are in landing still and were judged by a night; ``new`` waits for
    the next one, ``waiting`` moves or can't be reached, ``misplaced`` lies where nothing is read.
    ``why`` says what kept the last night from publishing, where something did; ``refused`` what
    has to be put back before any night can run, as a lost ledger or key.
    ``waits`` is what rows wait for, with the way to the list; ``notices`` stop nothing.
    Moments are local, beside UTC. ``because`` is why the next night would have work to do.
    """

    exit_code: int
    running: Running | None
    running_since: str | None
    runs: tuple[dict[str, Any], ...]
    why: tuple[Text, ...]
    refused: tuple[Text, ...]
    published: str | None
    published_at: str | None
    sources: tuple[Age, ...]
    held: tuple[File, ...]
    set_aside: tuple[File, ...]
    new: tuple[File, ...]
    waiting: tuple[File, ...]
    misplaced: tuple[File, ...]
    waits: tuple[Text, ...]
    notices: tuple[Text, ...]
    next_night: str
    because: tuple[str, ...]

    @property
    def reasons(self) -> list[Text]:
        """Why the next night has work to do, in words."""
        return [why_due(code) for code in self.because]


def standing(home: Home, plan: Plan, now: datetime) -> Standing:
    """Bring together where a home stands.

    Args:
        home: The home.
        plan: What a night would do now.
        now: The moment, with its zone.
    """
    entries, settings = ledger.entries(home), home.settings()
    runs = [entry for entry in entries if entry["kind"] == "run"]
    given = {DeliveryKey.of(one): one for entry in runs for one in entry["inputs"]}
    held = {delivery.key for delivery in plan.held}
    judged = [d for d in plan.deliveries if d.key in given and d.key not in held]
    failed = bool(runs) and runs[-1]["outcome"] in {"blocked", "failed"}
    now_running = running.look(home.warehouse)
    broke_off = None if now_running else _broke_off(home, entries)
    refused = (*_refused(home, entries), *([plan.wrong_rules] if plan.wrong_rules else []))
    current = generation.current_run_id(home)
    last = told_last(home)
    return Standing(
        exit_code=exit_code(None, needs_somebody=bool(held or failed or broke_off or refused)),
        running=now_running,
        running_since=_local(now_running.since, settings.time_zone) if now_running else None,
        runs=tuple(
            _run(entry, settings.time_zone)
            for entry in [*entries, *([broke_off] if broke_off else [])][-_LAST_RUNS:]
        ),
        why=tuple(
            Text(**reason)
            for reason in (broke_off or (runs[-1] if failed else {})).get("reasons", ())
        ),
        refused=refused,
        published=current,
        published_at=_ended_at(runs, current, settings.time_zone),
        sources=tuple(_ages(last, runs, now, settings.time_zone)),
        held=tuple(_judged(plan.held, given)),
        set_aside=tuple(_judged(judged, given)),
        new=tuple(
            File(masked(d.relative_path), d.file_sha256)
            for d in plan.deliveries
            if d.key not in given
        ),
        waiting=tuple(_unread(Misplaced(*one) for one in plan.scan.waiting)),
        misplaced=tuple(_unread(one for one, _ in by_folder(plan.scan.misplaced))),
        waits=last.waits,
        notices=plan.notices,
        next_night=told(next_at(settings.night_at, settings.time_zone, now), settings.time_zone),
        because=_because(plan, broke_off=broke_off is not None),
    )


def _ended_at(runs: Sequence[Mapping[str, Any]], run_id: str | None, zone: str) -> str | None:
    """When a night ended, in local time; None where the ledger does not know it."""
    return next((_local(run["ended_at"], zone) for run in runs if run["run_id"] == run_id), None)


def _because(plan: Plan, *, broke_off: bool) -> tuple[str, ...]:
    """Why the next night has work to do; one that broke off is judged again."""
    due = {*plan.reasons, *(["former_run_blocked"] if broke_off else [])}
    return tuple(code for code in DUE_BECAUSE if code in due)


def _refused(home: Home, entries: Sequence[Mapping[str, Any]]) -> Iterator[Text]:
    """What every night asks before it begins, and would end with."""
    try:
        ledger.require(home)
        require_list(home, entries)
    except UserError as error:
        yield error.text


def _broke_off(home: Home, entries: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """The line that the next run will write of a night that broke off without one, if one did."""
    left = begun.look(home.warehouse)
    if left is None or any(entry["run_id"] == left.run_id for entry in entries):
        return None
    reasons = [asdict(sentence("trouble", "broke_off"))]
    return {**asdict(left), "kind": "run", "outcome": "broke_off", "reasons": reasons}


def _run(entry: Mapping[str, Any], zone: str) -> dict[str, Any]:
    began = str(entry.get("started_at") or entry["at"])
    return {
        "run_id": entry["run_id"],
        "began": _local(began, zone),
        "outcome": entry.get("outcome", entry["kind"]),
        "files": len(entry.get("inputs", ())),
    }


def _local(moment: str, zone: str) -> str:
    return told(datetime.fromisoformat(moment), zone)


def _judged(
    deliveries: Iterable[Delivery], given: Mapping[DeliveryKey, Mapping[str, Any]]
) -> Iterator[File]:
    for delivery in deliveries:
        code = given[delivery.key].get("reason_code")
        yield File(
            masked(delivery.relative_path),
            delivery.file_sha256,
            code,
            reason_words(code, REASONS) if code else None,
        )


def _unread(found: Iterable[Misplaced]) -> Iterator[File]:
    for path, code, meant in found:
        yield File(masked(path), None, code, reason_words(code, REASONS), meant)


def _ages(last: Told, runs: Sequence[Mapping[str, Any]], now: datetime, zone: str) -> Iterator[Age]:
    today = local_day(now, zone)
    received: dict[tuple[str, str], date] = {}
    for run in runs:
        for one in run["inputs"]:
            if one["outcome"] == "loaded":
                key = (one["government_code"], one["source"])
                day = local_day(datetime.fromisoformat(one["modified_at"]), zone)
                received[key] = max(day, received.get(key, day))
    until = {(one.government_code, one.source): one.until for one in last.content}
    for key, day in sorted(received.items()):
        reaches = until.get(key)
        ends = _last_day(reaches) if reaches else day
        yield Age(*key, day.isoformat(), reaches, max((today - ends).days, 0))


def _last_day(reaches: str) -> date:
    return date(int(reaches), 12, 31) if reaches.isdigit() else date.fromisoformat(reaches)
