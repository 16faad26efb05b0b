"""What comes before a night's first step and after its last, and the way back.

Belongs here: mending a home before anybody plans on it, the plan, and that every night that begins
has its line in the ledger. Does not belong here: the steps of a night (`orchestration.night`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import partial

from ingest.arrivals.plan import Plan, delivery_outcomes, make_plan
from orchestration.clock import local_today
from orchestration.night import Night, Say
from orchestration.words import sentence
from quality.report import pages as report
from warehouse.erasure import erasing as erasure
from warehouse.erasure.listed import require_list
from warehouse.errors import HomeBusy, UserError
from warehouse.faults import explain
from warehouse.proof import ledger, working_file
from warehouse.proof import standing as publication
from warehouse.publication import generation
from warehouse.store import access, begun, config, migrations
from warehouse.store.digests import Digests
from warehouse.store.home import Home, new_run_id


@contextmanager
def begin(home: Home, now: datetime, *, full_refresh: bool, say: Say) -> Iterator[Night]:
    """Hold the home for one night and conclude it, however it ends.

    Raises:
        HomeBusy: Another run holds the home, or another program its working file.
        UserError: A rule file is wrong, or this is no home.
    """
    with (
        home.lock(),
        concluding(plan_night(home, now, full_refresh=full_refresh, say=say)) as night,
    ):
        yield night


@contextmanager
def concluding(night: Night) -> Iterator[Night]:
    """Give a night its line in the ledger, whatever happens in it."""
    try:
        night.begin()
        yield night
    finally:
        night.conclude()


def plan_night(home: Home, now: datetime, *, full_refresh: bool, say: Say) -> Night:
    """Mend what can be mended and plan a night; ``failure`` says why it can't be gone through.

    The caller holds the home's lock.

    Raises:
        HomeBusy: Another program has the working file open.
        UserError: A rule file is wrong, or something is lost that only a person can bring back.
    """
    prepare(home, now, say)
    home = home.with_settings()  # one reading for the whole night, whoever saves the file meanwhile
    failure, is_older = None, False
    try:
        if brought := migrations.bring_up(home):
            before, after = brought
            say(str(sentence("opening", "brought_up", before=before, after=after)))
        is_older = working_file.is_older(home)
        erasure.mend_working_file(home, now)
    except HomeBusy:
        raise
    except Exception as error:
        known = explain(error, home.warehouse_file)
        if known is None:
            raise
        failure = known.text
    today = local_today(home, now)
    read = config.digests(home)
    digests = Digests(home)
    look = partial(
        make_plan, home, today, full_refresh=full_refresh, is_older=is_older, digests=digests
    )
    plan = look()
    if _record_broken_off(home, plan, say):
        plan = look()
    digests.keep()
    if failure is None and "working_file_lost" in plan.reasons:
        require_landed(home, plan, today)
    return Night(
        home, new_run_id(now), now, today, full_refresh, plan, say, failure=failure, config=read
    )


def _record_broken_off(home: Home, plan: Plan, say: Say) -> bool:
    """Give a night that broke off without a line its line now; returns whether there was one."""
    left = begun.look(home.warehouse)
    if left is None:
        return False
    if any(entry["run_id"] == left.run_id for entry in ledger.entries(home)):
        begun.clear(home.warehouse)  # it broke off right behind its line
        return False
    say(str(sentence("opening", "recorded_now", run_id=left.run_id)))
    started_at, day = datetime.fromisoformat(left.started_at), date.fromisoformat(left.as_of_date)
    why = sentence("trouble", "broke_off")
    Night(home, left.run_id, started_at, day, False, plan, say, failure=why).conclude()
    return True


def require_landed(home: Home, plan: Plan, today: date) -> None:
    """Refuse to compute anew without files that were counted: their rows would be gone unsaid."""
    withdrawn = plan.rules.withdrawn_files(today)
    known = {row["government_code"] for row in plan.rules.tables["governments"]}
    there = {delivery.key for delivery in plan.scan.deliveries}
    gone = [
        key
        for key, outcome in delivery_outcomes(ledger.entries(home)).items()
        if outcome == "loaded"
        and key not in there
        and key.government_code in known
        and (key.government_code, key.file_sha256) not in withdrawn
    ]
    if gone:
        first = gone[0]
        place = "/".join(part for part in ("landing", *first[:3]) if part)
        raise UserError(
            sentence(
                "opening", "files_gone", files=len(gone), place=place, sha256=first.file_sha256[:12]
            )
        )


def prepare(home: Home, now: datetime, say: Say) -> None:
    """Bring a home into the state that its ledger describes, before anybody plans on it.

    The caller holds the home's lock.

    Raises:
        UserError: Something is lost, damaged or closed that only a person can bring back.
    """
    migrations.require_known(home)
    access.deny_writing_to_all()
    opened = access.close_to_others(home)
    if opened:
        names = ", ".join(path.relative_to(home.root).as_posix() for path in opened)
        say(str(sentence("opening", "closed", names=names)))
    home.create()
    home.remove_left()
    access.open_to_readers(home)
    ledger.require(home)
    require_list(home, ledger.entries(home))
    publication.remove_orphans(home)
    erasure.mend_restored(home, now)
    publication.finish(home)
    report.write_index(home)


def roll_back(home: Home, run_id: str, now: datetime) -> None:
    """Record that an earlier generation is published again, then point `current` at it."""
    with home.lock():
        erasure.mend_restored(home, now)
        generation.stage(home, run_id)
        ledger.append(
            home,
            {
                "kind": "rollback",
                "run_id": new_run_id(now),
                "to": run_id,
                "at": now.isoformat(timespec="seconds"),
            },
        )
        generation.swap(home, run_id)
        report.write_index(home)
