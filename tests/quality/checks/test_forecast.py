"""What `budaya check` says that a night would hold is what the night's own checks would find."""

from __future__ import annotations

from datetime import date

import duckdb

from quality.checks.forecast import holding_checks
from quality.checks.suites import DELIVERY, Check, Suite, batch_suites
from tests.quality.rows import Row, create, faulty_row, table_of, valid_row
from warehouse.catalog.reader import load_catalog

DAY = date(2026, 1, 15)
WHOLE = "rejected_share_max"  # of a delivery, which no row of a table violates


def _faulty(suite: Suite, check: Check, sound: Row) -> list[Row]:
    """Rows beside a sound one for which one check fails, and no other."""
    if check.expected.check_name == WHOLE:
        return [{**sound, "rejected_share": 0.51}]
    if check.expected.check_name == "respondents_kept":  # it takes many rows of one person
        return [{**sound, "respondent_id": "a" * 64, "row_number": n} for n in range(2, 22)]
    return [{**sound, **faulty_row(table_of(suite), check)}]


def test_every_critical_check_of_a_batch_is_foretold_by_the_row_that_violates_it(
    conn: duckdb.DuckDBPyConnection,
) -> None:
    seen = 0
    for source in load_catalog().landing_sources:
        suites = batch_suites(source)
        sound = {s.table: {**valid_row(table_of(s)), "rejected_share": 0.5} for s in suites}
        for suite in suites:
            if suite.table != DELIVERY:
                sound[suite.table].pop("rejected_share")
        for suite in suites:
            create(conn, suite, [sound[suite.table]])
        assert holding_checks(conn, source, 0.5, DAY) == {}
        for suite in suites:
            for check in suite.checks:
                said = check.expected
                if said.severity != "critical":
                    continue
                create(
                    conn, suite, [sound[suite.table], *_faulty(suite, check, sound[suite.table])]
                )
                assert holding_checks(conn, source, 0.5, DAY) == {said.check_id: said.reason}
                seen += 1
            create(conn, suite, [sound[suite.table]])
    assert seen > 100


def test_a_waiver_holds_until_its_last_day(conn: duckdb.DuckDBPyConnection) -> None:
    leave, balance = batch_suites("leave")
    create(conn, leave, [valid_row(table_of(leave))])
    create(conn, balance, [{**valid_row(table_of(balance)), "rejected_share": 0.9}])
    (check_id,) = holding_checks(conn, "leave", 0.5, DAY)
    conn.execute(
        "INSERT INTO raw.rule_waivers BY NAME SELECT ? AS check_id, ? AS until", [check_id, DAY]
    )
    assert holding_checks(conn, "leave", 0.5, DAY) == {}
    assert list(holding_checks(conn, "leave", 0.5, date(2026, 1, 16))) == [check_id]
