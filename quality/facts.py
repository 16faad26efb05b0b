"""What a report says about a night, gathered from the working file as plain, JSON-able facts.

Belongs here: reading; every sentence comes from a table of words. Does not belong here: how it
looks (`quality.report`), or deciding. Personal data can't get in: deliveries are read column by
column from the catalog, where a personal one is refused, and everything else is a code, a count or
a published figure. Free text of others (names of files, folders and units) keeps no long number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from importlib.metadata import version
from typing import Any, Protocol

import duckdb

from quality import changes, history
from quality.figures import discipline_lines, value_maps
from quality.gate import Decision, JudgedCheck
from quality.rule_facts import all_waivers, rules_in_force
from quality.suites import expected_checks
from quality.words import sentence, words
from warehouse.catalog import Table, load_catalog
from warehouse.generation import current_run_id
from warehouse.home import Home
from warehouse.privacy import mask_digits
from warehouse.version import lock_sha256
from warehouse.vocabulary import Text

Facts = dict[str, Any]

_LIBRARIES = ("dagster", "dbt-core", "dbt-duckdb", "duckdb", "great-expectations")
_EFFECTS = ("blocks", "held", "waived", "shown", "counted", "passed")
# So many files of a quarantine reason are named, those with the most rows first.
_MOST_FILES = 5
_COUNTS = ("rows_read", "rows_loaded", "rows_quarantined", "rows_duplicate", "rows_skipped")
_DELIVERY = (
    *("government_code", "source", "period", "file_name", "file_sha256", "layout", "outcome"),
    *("reason_code", "received_at", "run_id", *_COUNTS),
)


class Reason(Protocol):
    """What is wrong with a file or row and what to do next, in both languages."""

    @property
    def id(self) -> str:
        """What is wrong, in Indonesian."""

    @property
    def en(self) -> str:
        """What is wrong, in English."""

    @property
    def next_id(self) -> str:
        """What to do next, in Indonesian."""

    @property
    def next_en(self) -> str:
        """What to do next, in English."""


def collect(  # noqa: PLR0913 - what a report needs and the working file does not hold
    conn: duckdb.DuckDBPyConnection,
    home: Home,
    run_id: str,
    decision: Decision | None,
    *,
    refusal: Sequence[Text],
    reasons: Mapping[str, Reason],
    head: str,
) -> Facts:
    """Gather the facts of a night whose gate has decided.

    Args:
        conn: The working file.
        home: Its home.
        run_id: The night.
        decision: The gate's; None counts as blocked.
        refusal: Why the night is not published; empty if it is.
        reasons: The words of every reason code of ingest.
        head: The ledger's head before this night.
    """
    said = refusal or (decision.reasons if decision else ())
    (run,) = _rows(
        conn,
        "SELECT run_id, started_at, as_of_date, code_version, rules_sha256 FROM raw.run "
        "WHERE run_id = ?",
        [run_id],
    )
    deliveries = [_delivery(row, reasons) for row in _deliveries(conn)]
    checks = sorted(decision.checks if decision else (), key=_rank)
    return {
        "run": {
            **run,
            "head_before": head,
            "lock_sha256": lock_sha256(),
            "libraries": {name: version(name) for name in _LIBRARIES},
        },
        "decision": _decision(_state(decision, refusal), said, home, run_id),
        "governments": _governments(conn),
        "checks": [_check(check) for check in checks],
        "counts": _tally(checks),
        "inputs": [row for row in deliveries if row["run_id"] == run_id],
        "waiting": [
            row for row in deliveries if row["run_id"] != run_id and row["outcome"] != "loaded"
        ],
        "quarantine": _quarantine(conn, run_id, reasons),
        "not_checked": _not_checked(conn, run_id),
        "age_days": _age_days(conn, run["as_of_date"]),
        "history": history.facts(conn, run_id) if decision else [],
        "changes": changes.facts(conn, home, run_id, shown=not refusal) if decision else None,
        "rules": rules_in_force(conn, home, run_id, run["as_of_date"]),
        "waivers": all_waivers(conn, run["as_of_date"]),
        # Figures that are not published are not shown either: what blocks may be a hidden cell.
        "values": [] if refusal else value_maps(conn),
        "discipline": [] if refusal else discipline_lines(conn),
    }


def of_failure(home: Home, run_id: str, started_at: datetime, as_of_date: date) -> Facts:
    """The facts of a night that stopped before its gate could decide."""
    return {
        "run": {
            "run_id": run_id,
            "started_at": _plain(started_at.replace(tzinfo=None)),
            "as_of_date": _plain(as_of_date),
        },
        "decision": _decision("failed", [sentence("decision", "failed")], home, run_id),
    }


def _state(decision: Decision | None, refusal: Sequence[Text]) -> str:
    if refusal:
        return "held" if decision and decision.publish else "blocked"
    return "published_but" if decision and len(decision.reasons) > 1 else "published"


def _decision(state: str, reasons: Iterable[Text], home: Home, run_id: str) -> Facts:
    standing = run_id if state.startswith("published") else current_run_id(home)
    return {"state": state, "reasons": [asdict(r) for r in reasons], "standing": standing}


def _rows(
    conn: duckdb.DuckDBPyConnection, query: str, parameters: Sequence[Any] = ()
) -> list[Facts]:
    cursor = conn.execute(query, parameters)
    names = [entry[0] for entry in cursor.description or ()]
    rows = cursor.fetchall()
    return [dict(zip(names, map(_plain, row), strict=True)) for row in rows]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return value.isoformat() if isinstance(value, date) else value


def _deliveries(conn: duckdb.DuckDBPyConnection) -> list[Facts]:
    table = load_catalog().state["delivery"]
    columns = ", ".join(_public(table, name) for name in _DELIVERY)
    # What is held or set aside comes first.
    return _rows(conn, f"SELECT {columns} FROM raw.delivery ORDER BY outcome = 'loaded', {columns}")


def _public(table: Table, name: str) -> str:
    """The column's name, if what it holds may be shown."""
    if table.column(name).personal:
        raise ValueError(f"{table.name}.{name} is personal and has no place in a report")
    return name


def _delivery(row: Facts, reasons: Mapping[str, Reason]) -> Facts:
    read, loaded, quarantined, duplicate = (row[name] for name in _COUNTS[:4])
    shown = {name: mask_digits(row[name]) for name in ("government_code", "period", "file_name")}
    return {
        **row,
        **shown,
        "reason": _reason(row["reason_code"], reasons) if row["reason_code"] else None,
        "balanced": read == loaded + quarantined + duplicate,
    }


def _reason(code: str, reasons: Mapping[str, Reason]) -> Facts:
    """The words of an ingest reason, or of the check that held a file; else the code itself."""
    if code in reasons:
        found = reasons[code]
        return {name: getattr(found, name) for name in ("id", "en", "next_id", "next_en")}
    checks = expected_checks(load_catalog().landing_sources, [])
    text = {check.check_id: check.reason for check in checks}.get(code, Text(code, code))
    after = sentence("decision", "held_next")
    return {"id": text.id, "en": text.en, "next_id": after.id, "next_en": after.en}


def _governments(conn: duckdb.DuckDBPyConnection) -> dict[str, str]:
    rows = _rows(
        conn,
        "SELECT government_code, arg_max(name, valid_from) AS name FROM raw.rule_governments "
        "WHERE name IS NOT NULL GROUP BY government_code ORDER BY government_code",
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


def _quarantine(
    conn: duckdb.DuckDBPyConnection, run_id: str, reasons: Mapping[str, Reason]
) -> list[Facts]:
    rows = _rows(
        conn,
        """WITH by_file AS (
               SELECT government_code, source, quarantine.reason_code, file_sha256, file_name,
                   count(*) AS rows, count(*) FILTER (WHERE delivery.run_id = ?) AS rows_tonight
               FROM raw.quarantine LEFT JOIN raw.delivery
                   USING (government_code, source, period, file_sha256)
               GROUP BY ALL
           )
           SELECT government_code, source, reason_code,
               CAST(sum(rows) AS BIGINT) AS rows, CAST(sum(rows_tonight) AS BIGINT) AS rows_tonight,
               count(*) AS files,
               list({'file_name': file_name, 'file_sha256': file_sha256, 'rows': rows}
                    ORDER BY rows DESC, file_name, file_sha256)[:?] AS most
           FROM by_file GROUP BY ALL ORDER BY rows DESC, government_code, source, reason_code""",
        [run_id, _MOST_FILES],
    )
    return [
        {
            **row,
            "government_code": mask_digits(row["government_code"]),
            "most": [
                {**file, "file_name": mask_digits(file["file_name"] or "–")} for file in row["most"]
            ],
            "reason": _reason(row["reason_code"], reasons),
        }
        for row in rows
    ]


def _not_checked(conn: duckdb.DuckDBPyConnection, run_id: str) -> list[Facts]:
    """What nobody should take this night's checks to vouch for."""
    found = [_unseen(conn, source, run_id) for source in load_catalog().landing_sources]
    unconfirmed = {
        name: _one(conn, f"SELECT count(*) FROM raw.{table.raw_name} WHERE trust = 'R'")
        for name, table in load_catalog().rules.items()
    }
    rules = ", ".join(f"{name} ({count})" for name, count in unconfirmed.items() if count)
    if rules:
        found.append(sentence("not_checked", "unconfirmed_rules", rules=rules))
    found += [Text(**entry) for entry in words()["never_measured"]]
    return [asdict(text) for text in found if text]


def _unseen(conn: duckdb.DuckDBPyConnection, source: str, run_id: str) -> Text | None:
    """Says so if the source brought nothing tonight, and when it last did."""
    last = _rows(
        conn,
        "SELECT coalesce(bool_or(run_id = ?), false) AS tonight, max(received_at)::DATE AS day "
        "FROM raw.delivery WHERE source = ?",
        [run_id, source],
    )[0]
    if last["tonight"]:
        return None
    key = "no_new_file" if last["day"] else "never_any_file"
    return sentence("not_checked", key, source=source, day=last["day"])


def _age_days(conn: duckdb.DuckDBPyConnection, as_of: str) -> int | None:
    """Days from the newest attendance, the one source that is promised daily, to the night."""
    row = conn.execute(
        "SELECT CAST(? AS DATE) - CAST(max(timestamp) AS DATE) FROM raw.attendance", [as_of]
    ).fetchone()
    return row[0] if row else None


def _one(conn: duckdb.DuckDBPyConnection, query: str) -> int:
    row = conn.execute(query).fetchone()
    return int(row[0]) if row else 0
