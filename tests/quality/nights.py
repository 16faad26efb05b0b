"""A working file as a night leaves it, and a decision on it, for tests of facts and report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import duckdb

from quality.checks.results import CheckResult, Outcome, Waiver
from quality.checks.suites import batch_checks, mart_checks
from quality.gate import Decision, decide
from warehouse.catalog.ddl import table_ddl
from warehouse.catalog.reader import load_catalog
from warehouse.vocabulary import DeliveryKey

RUN, EARLIER = "20260115T203000Z-0001", "20260114T203000Z-0001"
NOW = datetime(2026, 1, 15, 20, 30, tzinfo=UTC)
TODAY = date(2026, 1, 16)
SHARE = "gx.leave.delivery.rejected_share.rejected_share_max"
HOSTILE = '<script>alert("x")</script> <img src=http://evil.example/a.png> 198609262015051001.csv'


_SHOWN = (
    "dim_value",
    "dim_unit",
    "mart_survey",
    "mart_survey_value",
    "mart_discipline",
    "mart_culture_score",
)


@dataclass(frozen=True)
class Reason:
    id: str
    en: str
    next_id: str
    next_en: str


REASONS: Mapping[str, Any] = {
    "nip_length": Reason("NIP tidak 18 angka", "NIP without 18 digits", "Minta lagi", "Ask again"),
    "header_missing": Reason("Kolom tidak ada", "A column is missing", "Pakai templat", "Use ours"),
}


def insert(conn: duckdb.DuckDBPyConnection, table: str, **values: Any) -> None:
    marks = ", ".join(f'? AS "{name}"' for name in values)
    conn.execute(f"INSERT INTO {table} BY NAME SELECT {marks}", list(values.values()))


def deliver(conn: duckdb.DuckDBPyConnection, number: int, **changes: Any) -> DeliveryKey:
    row = {
        "government_code": "82.71",
        "source": "leave",
        "period": "",
        "file_sha256": f"{number:064x}",
        "path": "82.71/leave/private name.csv",
        "file_name": "leave.csv",
        "layout": "canonical",
        "received_at": NOW.replace(tzinfo=None),
        "run_id": RUN,
        "outcome": "loaded",
        "rows_read": 1200,
        "rows_loaded": 1150,
        "rows_quarantined": 40,
        "rows_duplicate": 10,
        "rows_skipped": 2,
        **changes,
    }
    insert(conn, "raw.delivery", **row)
    return DeliveryKey.of(row)


def begin(conn: duckdb.DuckDBPyConnection) -> None:
    """The night's run and its governments."""
    insert(
        conn,
        "raw.run",
        run_id=RUN,
        started_at=NOW.replace(tzinfo=None),
        as_of_date=TODAY,
        code_version="0.1.0+abc",
        rules_sha256="d" * 64,
        is_current=True,
    )
    for code, name in (("82.71", "Kota Ternate"), ("35.75", "Kota <b>Pasuruan</b>")):
        insert(
            conn,
            "raw.rule_governments",
            government_code=code,
            name=name,
            valid_from=date(1900, 1, 1),
            valid_to=date(9999, 12, 31),
            trust="C",
            origin="shipped",
        )


def publishable_marts(conn: duckdb.DuckDBPyConnection) -> None:
    """The marts that the pictures are made of: one shown OPD, one hidden, two waves."""
    marts = load_catalog().marts
    conn.execute("CREATE SCHEMA marts")
    for name in _SHOWN:
        conn.execute(table_ddl(marts[name], "marts"))
    for order, code in enumerate(("BP", "AK"), start=1):
        insert(
            conn,
            "marts.dim_value",
            value_code=code,
            value_order=order,
            name_id=f"nilai {code}",
            name_en=f"value {code}",
        )
    units = {"82.71": "Kota Ternate", "1": "Dinas Kesehatan", "2": "Inspektorat"}
    for code, name in units.items():
        insert(conn, "marts.dim_unit", government_code="82.71", unit_code=code, unit_name=name)
    for wave, end, score in (("2025", date(2025, 6, 30), 70.0), ("2026", date(2026, 6, 30), None)):
        for unit in units:
            shown = None if unit == "2" else score
            level = "government" if unit == "82.71" else "opd"
            row = {"government_code": "82.71", "unit_level": level, "unit_code": unit, "wave": wave}
            insert(conn, "marts.mart_survey", **row, wave_end_date=end, survey_score=shown)
            for code in ("BP", "AK"):
                cell = {"value_code": code, "respondents": 12, "score": shown}
                insert(conn, "marts.mart_survey_value", **row, **cell)
    for month, score in ((11, 91.25), (12, None), (10, 88.0)):
        insert(
            conn,
            "marts.mart_discipline",
            government_code="82.71",
            unit_level="government",
            unit_code="82.71",
            month=date(2025, month, 1),
            discipline_score=score,
        )
    culture_scores(conn)


def culture_scores(conn: duckdb.DuckDBPyConnection) -> None:
    """November with a ranked OPD and one of which a component is hidden; December with none."""
    for component, weight in (("survey", 0.5), ("discipline", 0.25), ("ip_asn", 0.25)):
        insert(
            conn,
            "raw.rule_score_weights",
            government_code="82.71",
            component=component,
            weight=weight,
            valid_from=date(1900, 1, 1),
            valid_to=date(9999, 12, 31),
            origin="shipped",
        )
    whole = {"government_code": "82.71", "unit_level": "government", "unit_code": "82.71"}
    scored = {
        **whole,
        "month": date(2025, 11, 1),
        "survey_score": 80.04,
        "survey_wave": "2025",
        "discipline_score": 91.25,
        "ip_asn_score": 70.0,
        "ip_asn_year": 2024,
        "culture_score": 80.3325,
        "category": "Kuat",
        "status": "complete",
        "target_score": 74.0,
        "gap_to_target": 6.3325,
    }
    opd = {"unit_level": "opd", "unit_code": "1", "rank": 1, "rank_best": 1, "rank_worst": 2}
    hidden = dict.fromkeys(("survey_score", "culture_score", "category", "gap_to_target"))
    insert(conn, "marts.mart_culture_score", **scored)
    insert(conn, "marts.mart_culture_score", **{**scored, **opd})
    insert(
        conn,
        "marts.mart_culture_score",
        **{
            **scored,
            **hidden,
            "unit_level": "opd",
            "unit_code": "2",
            "suppressed": True,
            "status": "missing_discipline+hidden_ip_asn",
        },
    )
    insert(
        conn,
        "marts.mart_culture_score",
        **{**whole, "month": date(2025, 12, 1), "status": "missing_survey+discipline"},
    )


def decision(
    outcomes: Mapping[str, Outcome] | None = None,
    held: Mapping[DeliveryKey, str] | None = None,
    waivers: tuple[Waiver, ...] = (),
    *,
    only_held: bool = False,
) -> Decision:
    """The gate's decision on leave's batch and all marts: what is not named passed."""
    expected = [*batch_checks("leave"), *mart_checks()]
    found = [
        CheckResult(
            check.check_id,
            check.stage,
            check.subject,
            check.check_name,
            check.severity,
            (outcomes or {}).get(check.check_id, "passed"),
            "0",
            check.expected,
            0,
            NOW,
        )
        for check in expected
    ]
    observed = [result for result in found if result.outcome != "missing"]
    held = held or {}
    times: Any = {"as_of": TODAY, "now": NOW, "only_news": tuple(held) if only_held else None}
    return decide(expected, observed, held, waivers, file_names={}, **times)
