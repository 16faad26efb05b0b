"""What is new: whether a night is due, and which deliveries it has to read.

Belongs here: the comparison of ledger, landing and rules. It reads files only, so that `budaya
status` and the schedule may ask at any time. Does not belong here: loading (`ingest.loading.load`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from ingest.arrivals.governments import present_governments, zone_notices
from ingest.arrivals.landing import PASSING, Delivery, Scan, scan
from ingest.arrivals.places import Misplaced
from ingest.reasons import REASONS as REASON_WORDS
from ingest.rules import resolving as rule_files
from ingest.words import sentence
from warehouse.proof import ledger
from warehouse.proof import standing as publication
from warehouse.store.digests import Digests
from warehouse.store.home import Home
from warehouse.version import code_version
from warehouse.vocabulary import DeliveryKey, Text

# Why a night is due. The words of the contract's "New is", in the order in which they are shown.
REASONS = (
    "first_night",
    "new_files",
    "rules_changed",
    "new_version",
    "date_passed",
    "former_run_blocked",
    "rolled_back",
    "publication_damaged",
    "working_file_lost",
    "erased",
    "full_refresh",
)


def why_due(reason: str) -> Text:
    """One of ``REASONS`` in words."""
    return sentence("due", reason)


@dataclass(frozen=True)
class Plan:
    """The work of a night.

    ``deliveries`` are to be read: those that are new, and those that a former night held or set
    aside. ``held`` are the deliveries in landing that stand held by the last night that judged
    them. ``standing`` are all that are in landing and not withdrawn: those that are loaded are read
    again where a rule that refused their rows has changed. ``reasons`` are keys of ``REASONS``;
    none means that no night is due. ``notices`` are what looks wrong in the home and stops nothing;
    ``wrong_rules`` says what is wrong with its rules, and stops every night.
    """

    scan: Scan
    rules: rule_files.Rules
    rules_digest: str
    deliveries: tuple[Delivery, ...]
    held: tuple[Delivery, ...]
    standing: tuple[Delivery, ...]
    reasons: tuple[str, ...]
    notices: tuple[Text, ...] = ()
    wrong_rules: Text | None = None

    @property
    def due(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.reasons)

    @property
    def told(self) -> dict[str, list[dict[str, str]]]:
        """What landing holds beside deliveries, in words: every path may be shown.

        ``unread`` can't be taken yet, ``misplaced`` lies where nobody reads it, ``notices`` are
        those of the plan.
        """
        waiting = [Misplaced(path, code) for path, code in self.scan.waiting]
        return {
            "unread": [_told(one) for one in waiting],
            "misplaced": [_told(one) for one in self.scan.misplaced],
            "notices": [asdict(notice) for notice in self.notices],
        }

    @property
    def reads_files_only(self) -> bool:
        """Whether new files are the only reason: if all of them are held, nothing is published."""
        return self.reasons == ("new_files",)


def _told(one: Misplaced) -> dict[str, str]:
    words = asdict(REASON_WORDS[one.reason_code])
    return {**one._asdict(), **{name: words[name] for name in words if name != "code"}}


def make_plan(  # noqa: PLR0913 - what a night knows and what it is asked for
    home: Home,
    today: date,
    *,
    full_refresh: bool = False,
    is_older: bool = False,
    only_looking: bool = False,
    digests: Digests | None = None,
) -> Plan:
    """Compare landing and rules with what the ledger says was done.

    Args:
        home: The home.
        today: The local date, on which waves close and rules begin or end.
        full_refresh: Whether a night is asked for in any case.
        is_older: Whether the working file is older than the ledger; who only reads files can't
            know.
        only_looking: Whether wrong rules are told in the plan, which then goes by the shipped ones:
            who asks where things stand must see the rest, too.
        digests: What is known of the files of the home; by default, what the last night left.

    Raises:
        UserError: A rule file is wrong; the message names every file and row.
    """
    entries = ledger.entries(home)
    digests = digests or Digests(home)
    found = scan(home, digests)
    # Without its working file the home has to read everything again.
    is_lost = is_older or not home.warehouse_file.exists()
    decided = delivery_outcomes(entries)
    outcomes = {} if is_lost else decided
    loaded = {key.government_code for key, outcome in decided.items() if outcome == "loaded"}
    rules, wrong_rules = _rules(home, loaded.union(found.governments), only_looking=only_looking)
    rules_digest = rule_files.rules_digest(home)
    withdrawn = rules.withdrawn_files(today)
    standing = tuple(
        d for d in found.deliveries if (d.government_code, d.file_sha256) not in withdrawn
    )
    pending = tuple(d for d in standing if outcomes.get(d.key) != "loaded")
    reasons = _reasons(entries, rules, rules_digest, today)
    run_id = publication.vouched(entries)
    if run_id is not None:
        damaged = publication.faults(home, run_id, entries, digests=digests)
        reasons["publication_damaged"] = bool(damaged)
        reasons["working_file_lost"] = is_lost
    if any(delivery.key not in outcomes for delivery in pending):
        reasons["new_files"] = True
    if full_refresh:
        reasons["full_refresh"] = True
    return Plan(
        scan=found,
        rules=rules,
        rules_digest=rules_digest,
        deliveries=pending,
        held=tuple(d for d in pending if outcomes.get(d.key) == "held"),
        standing=standing,
        reasons=tuple(code for code in REASONS if reasons.get(code)),
        notices=zone_notices(home, present_governments(home)),
        wrong_rules=wrong_rules,
    )


def _rules(
    home: Home, here: Collection[str], *, only_looking: bool
) -> tuple[rule_files.Rules, Text | None]:
    """The rules of the governments that are here, and what is wrong in them for who only looks."""
    try:
        return rule_files.read_rules(home, here), None
    except rule_files.RulesError as error:
        if not only_looking:
            raise
        return rule_files.shipped_rules(here), error.text


def delivery_outcomes(entries: Sequence[Mapping[str, Any]]) -> dict[DeliveryKey, str]:
    """The last outcome of every delivery that the ledger names: loaded, held or set_aside.

    One whose reason can pass by itself is not among them: it counts as new.
    """
    decided = {
        DeliveryKey.of(given): given for entry in entries for given in entry.get("inputs", ())
    }
    return {
        key: given["outcome"]
        for key, given in decided.items()
        if given["outcome"] == "loaded" or given.get("reason_code") not in PASSING
    }


def _reasons(
    entries: Sequence[Mapping[str, Any]], rules: rule_files.Rules, rules_digest: str, today: date
) -> dict[str, bool]:
    runs = [entry for entry in entries if entry["kind"] == "run"]
    if not runs:
        return {"first_night": True}
    last = runs[-1]
    since_last = {entry["kind"] for entry in entries[last["seq"] + 1 :]}
    since = date.fromisoformat(last["as_of_date"])
    wakes = {date.fromisoformat(day) for day in last.get("wakes_on", ())}
    return {
        "rules_changed": last["rules_digest"] != rules_digest,
        "new_version": last["code_version"] != code_version(),
        "date_passed": bool(rule_files.wake_dates(rules, since, today))
        or any(since < day <= today for day in wakes),
        "former_run_blocked": last["outcome"] in {"blocked", "failed"},
        "rolled_back": "rollback" in since_last,
        "erased": "erasure" in since_last,
    }
