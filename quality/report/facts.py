"""What a report says about a night, gathered from the working file as plain, JSON-able facts.

Belongs here: reading; every sentence comes from a table of words. Does not belong here: how it
looks (`quality.report.pages`), or deciding. Personal data can't get in: deliveries are read column
by column from the catalog, where a personal one is refused, and everything else is a code, a count
or a published figure. Free text of others (names of files, folders and units) keeps no long number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from importlib.metadata import version
from types import MappingProxyType
from typing import Any

import duckdb

from quality import content
from quality.checks import changes, history
from quality.gate import Decision, JudgedCheck, State, undecided
from quality.reading import dicts, plain
from quality.report import rule_changes
from quality.report.deliveries import Reason, deliveries, quarantine
from quality.report.figures import culture_tables, discipline_lines, value_maps
from quality.report.rules import all_waivers, governments, rules_in_force, withdrawals
from quality.words import sentence
from warehouse.catalog.reader import load_catalog
from warehouse.local_time import told
from warehouse.privacy import mask_digits
from warehouse.proof import standing as publication
from warehouse.sql import identifier
from warehouse.store.home import Home
from warehouse.version import lock_sha256
from warehouse.vocabulary import DeliveryKey, Text

Facts = dict[str, Any]

_LIBRARIES = ("dagster", "dbt-core", "dbt-duckdb", "duckdb", "great-expectations")
_EFFECTS = ("blocks", "held", "waived", "shown", "counted", "passed")


# What is said of landing beside the deliveries.
_ARRIVED = ("misplaced", "unread", "notices", "waits")


def collect(  # noqa: PLR0913 - what a report needs and the working file does not hold
    conn: duckdb.DuckDBPyConnection,
    home: Home,
    run_id: str,
    decision: Decision | None,
    *,
    failure: Text | None = None,
    reasons: Mapping[str, Reason],
    head: str,
    standing: Collection[DeliveryKey],
    arrived: Mapping[str, Sequence[Facts]] = MappingProxyType({}),
) -> Facts:
    """Gather the facts of a night whose gate has decided.

    Args:
        conn: The working file.
        home: Its home.
        run_id: The night.
        decision: The gate's; None if it has not decided.
        failure: What stopped the night, if anything did: nothing of it is published.
        reasons: The words of every reason code of ingest.
        head: The ledger's head before this night.
        standing: The deliveries that are in landing and not withdrawn.
        arrived: What landing holds beside deliveries (`ingest.arrivals.plan.Plan.told`), and under
            ``waits`` what rows wait for, as counts (`ingest.senders.waiting`).

    Raises:
        LookupError: The working file does not know the night.
    """
    judged = decision or undecided()
    said = _failed(failure) or judged.reasons
    state = judged.state if failure is None else "failed"
    shown = judged.publish and failure is None
    run = _run(conn, home, run_id)
    rules = rules_in_force(conn, run["as_of_date"])
    checks = sorted(decision.checks if decision else (), key=_rank)
    return {
        "run": {**run, "head_before": head},
        "decision": _decision(state, said, home, run_id),
        "governments": _governments(conn),
        "checks": [_check(check) for check in checks],
        "counts": _tally(checks),
        **_delivered(deliveries(conn, reasons), run_id, set(standing)),
        "content": content.newest(conn),
        "quarantine": quarantine(conn, run_id, reasons),
        "not_checked": _not_checked(conn, run_id, home.settings().time_zone),
        **{name: list(arrived.get(name, ())) for name in _ARRIVED},
        "age_days": _age_days(conn, run["as_of_date"]),
        "history": history.facts(conn, run_id) if decision else [],
        "changes": changes.facts(conn, home, run_id, shown=shown) if decision else None,
        "rules": rules,
        "rule_changes": rule_changes.since_published(home, rules),
        "withdrawals": withdrawals(conn),
        "waivers": all_waivers(conn, run["as_of_date"]),
        # Figures that are not published are not shown either: what blocks may be a hidden cell.
        "culture": [] if not shown else culture_tables(conn),
        "values": [] if not shown else value_maps(conn),
        "discipline": [] if not shown else discipline_lines(conn),
    }


def _run(conn: duckdb.DuckDBPyConnection, home: Home, run_id: str) -> Facts:
    """The night itself: when it began, by which code, rules and libraries."""
    begun = dicts(
        conn,
        "SELECT run_id, started_at, as_of_date, code_version, rules_sha256 FROM raw.run "
        "WHERE run_id = ?",
        [run_id],
    )
    if not begun:
        raise LookupError(f"{run_id} has not come as far as its rules")
    return {
        **begun[0],
        "began": _began(home, datetime.fromisoformat(begun[0]["started_at"])),
        "lock_sha256": lock_sha256(),
        "libraries": {name: version(name) for name in _LIBRARIES},
    }


def _delivered(
    known: Sequence[Facts], run_id: str, there: Collection[DeliveryKey]
) -> dict[str, list[Facts]]:
    """The night's own deliveries, and earlier ones that are in landing still and not loaded."""
    return {
        "inputs": [row for row in known if row["run_id"] == run_id],
        "waiting": [
            row
            for row in known
            if row["run_id"] != run_id
            and row["outcome"] != "loaded"
            and DeliveryKey.of(row) in there
        ],
    }


def of_failure(
    home: Home, run_id: str, started_at: datetime, as_of_date: date, failure: Text | None
) -> Facts:
    """The facts of a night that stopped and whose working file tells nothing of it."""
    return {
        "run": {
            "run_id": run_id,
            "started_at": plain(started_at.replace(tzinfo=None)),
            "began": _began(home, started_at.replace(tzinfo=None)),
            "as_of_date": plain(as_of_date),
        },
        "decision": _decision(
            "failed", _failed(failure) or (sentence("decision", "failed"),), home, run_id
        ),
    }


def _began(home: Home, started_at: datetime) -> str:
    """When a night began (UTC, naive), as people read it."""
    return told(started_at.replace(tzinfo=UTC), home.settings().time_zone)


def _failed(failure: Text | None) -> tuple[Text, ...]:
    return (sentence("decision", "failed"), failure) if failure else ()


def _decision(state: State, reasons: Iterable[Text], home: Home, run_id: str) -> Facts:
    standing = run_id if state.startswith("published") else publication.standing(home)
    return {"state": state, "reasons": [asdict(r) for r in reasons], "standing": standing}


def _governments(conn: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The names of those that have sent something."""
    rows = dicts(
        conn,
        "SELECT government_code, arg_max(name, valid_from) AS name FROM raw.rule_governments "
        "WHERE name IS NOT NULL AND government_code IN (SELECT unnest(?)) "
        "GROUP BY government_code ORDER BY government_code",
        [governments(conn)],
    )
    return {row["government_code"]: mask_digits(row["name"]) for row in rows}


def _rank(check: JudgedCheck) -> tuple[int, str, str]:
    return _EFFECTS.index(check.effect), check.expected.subject, check.expected.check_id


def _check(check: JudgedCheck) -> Facts:
    result, waiver = check.result, check.waiver
    return {
        "check_id": result.check_id,
        "stage": result.stage,
        "subject": result.subject,
        "severity": result.severity,
        "outcome": result.outcome,
        "observed": result.observed,
        "expected": result.expected,
        "failing_rows": result.failing_rows,
        "effect": check.effect,
        "reason": asdict(check.expected.reason),
        "waived_until": waiver.until.isoformat() if waiver else None,
        "waived_because": mask_digits(waiver.reason) if waiver else None,
    }


def _tally(checks: Sequence[JudgedCheck]) -> Facts:
    """How many checks of each severity passed and did not."""
    counted: Counter[tuple[str, bool]] = Counter(
        (check.expected.severity, check.result.outcome == "passed") for check in checks
    )
    return {
        severity: {"passed": counted[severity, True], "not_passed": counted[severity, False]}
        for severity in ("critical", "warning", "info")
    }


def _not_checked(conn: duckdb.DuckDBPyConnection, run_id: str, zone: str) -> list[Facts]:
    """What nobody should take this night's checks to vouch for."""
    found = [_unseen(conn, source, run_id, zone) for source in load_catalog().landing_sources]
    unconfirmed = {
        name: _one(
            conn,
            "SELECT count(DISTINCT (origin, file_row)) "
            f"FROM raw.{table.raw_name} WHERE trust = 'R'",
        )
        for name, table in load_catalog().rules.items()
    }
    rules = ", ".join(f"{name} ({count})" for name, count in unconfirmed.items() if count)
    if rules:
        found.append(sentence("not_checked", "unconfirmed_rules", rules=rules))
    found += sentence.all["never_measured"].values()
    return [asdict(text) for text in found if text]


def _unseen(conn: duckdb.DuckDBPyConnection, source: str, run_id: str, zone: str) -> Text | None:
    """Says so if the source brought nothing tonight, and when it last did."""
    last = dicts(
        conn,
        "SELECT coalesce(bool_or(run_id = ?), false) AS tonight, "
        "CAST(timezone(?, timezone('UTC', max(received_at))) AS DATE) AS day "
        "FROM raw.delivery WHERE source = ?",
        [run_id, zone, source],
    )[0]
    if last["tonight"]:
        return None
    key = "no_new_file" if last["day"] else "never_any_file"
    title = load_catalog().sources[source].title.id
    return sentence("not_checked", key, name=Text(title, source), day=last["day"])


def _age_days(conn: duckdb.DuckDBPyConnection, as_of: str) -> int | None:
    """Days from the newest row of what is promised daily to the night."""
    daily = [t for t in load_catalog().sources.values() if t.rhythm and t.rhythm.every == "day"]
    newest = " UNION ALL ".join(
        f"SELECT CAST(max({identifier(table.dated_by or '')}) AS DATE) AS day FROM raw.{table.name}"
        for table in daily
    )
    row = conn.execute(f"SELECT CAST(? AS DATE) - max(day) FROM ({newest})", [as_of]).fetchone()
    return row[0] if row else None


def _one(conn: duckdb.DuckDBPyConnection, query: str) -> int:
    row = conn.execute(query).fetchone()
    return int(row[0]) if row else 0
