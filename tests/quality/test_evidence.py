"""GX's own answers are kept whole but for values, and counted into the night's digests."""

from __future__ import annotations

import json

import duckdb

from quality.checks.suites import batch_suites
from quality.checks.validation import judge, run_suites
from quality.report import facts
from quality.report import pages as report
from tests.quality import nights
from tests.quality.rows import create, table_of, valid_row
from warehouse.files import sha256_file
from warehouse.store.home import Home

NIP = "198609262015051001"


def test_every_answer_is_kept_with_its_counts_and_no_value_of_a_row(
    conn: duckdb.DuckDBPyConnection,
) -> None:
    suites = batch_suites("leave")
    for suite in suites:
        create(conn, suite, [valid_row(table_of(suite))])
    conn.execute("UPDATE batch.leave SET nip = ?", [f"Budi {NIP}"])
    conn.execute(f"ALTER TABLE batch.leave ALTER row_number TYPE VARCHAR USING '{NIP}x'")
    kept: dict[str, list[dict[str, object]]] = {}
    run_suites(conn, "batch", suites, kept)
    ids = [entry["meta"]["check_id"] for entry in kept["leave"]]  # type: ignore[index]
    assert ids == sorted(check.expected.check_id for check in suites[0].checks)
    by_id = dict(zip(ids, kept["leave"], strict=True))
    matches = by_id["gx.leave.nip.matches"]
    assert matches["success"] is False
    assert matches["result"] == {"element_count": 1, "unexpected_count": 1, "missing_count": 0}
    assert by_id["gx.leave.row_number.between"]["raised_exception"] is True
    text = json.dumps(kept)
    assert NIP not in text
    assert "Budi" not in text


def test_the_evidence_of_a_batch_is_among_the_digests_of_the_report(
    home: Home, conn: duckdb.DuckDBPyConnection
) -> None:
    nights.begin(conn)
    for suite in batch_suites("leave"):
        create(conn, suite, [{**valid_row(table_of(suite))}])
    judge(home, conn, "leave", nights.RUN)
    failure = facts.of_failure(home, nights.RUN, nights.NOW, nights.TODAY, None)
    digests = report.write_report(home, nights.RUN, failure)
    path = f"reports/{nights.RUN}/evidence/batch-leave.json"
    assert digests[path] == sha256_file(home.root / path)
    assert set(json.loads((home.root / path).read_bytes())) == {"leave", "delivery"}
