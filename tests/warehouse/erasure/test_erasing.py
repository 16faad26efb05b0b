"""Who may be erased and why, and a list of them that is never shorter than the ledger says."""

from __future__ import annotations

import json
import shutil
import zipfile
from datetime import UTC, date, datetime

import pytest

from tests.conftest import Ended, budaya
from warehouse.erasure.erasing import erase, mend_restored, mend_working_file
from warehouse.erasure.listed import read_list, require_list
from warehouse.erasure.removal import in_service
from warehouse.errors import UserError
from warehouse.proof import ledger
from warehouse.proof.signature import SignedHead, write_index
from warehouse.proof.verify import verify
from warehouse.store.home import Home
from warehouse.store.state import ensure_raw

NOW = datetime(2026, 11, 22, tzinfo=UTC)
TODAY = date(2026, 11, 22)
SERVING, LEFT, CORRECTED, IN_LIST, OFF_LIST = (f"19860926201505100{n}" for n in range(1, 6))
REASON = "masa simpan berakhir"


@pytest.fixture
def office(home: Home) -> Home:
    """A home with people in service and people who have left, by list and by "Data ASN" file."""
    with home.connect() as conn:
        ensure_raw(conn)
        for number, day in enumerate(("2026-01-01", "2026-06-01")):
            conn.execute(
                "INSERT INTO raw.delivery BY NAME SELECT '82.71' AS government_code, "
                f"{number} AS delivery_id, 'employees' AS source, '' AS period, "
                f"repeat('{number}', 64) AS file_sha256, "
                f"'p{number}.csv' AS path, TIMESTAMP '{day}' AS modified_at, 'loaded' AS outcome"
            )
        for nip, until, file in (
            (SERVING, None, 0),
            (LEFT, "2025-12-31", 0),
            (CORRECTED, None, 0),
            (CORRECTED, "2026-05-31", 1),
        ):
            conn.execute(
                "INSERT INTO raw.employees BY NAME SELECT '82.71' AS government_code, "
                "? AS delivery_id, 1 AS row_number, ? AS nip, '1' AS "
                "unit_code, 'PNS' AS employee_type, DATE '2015-05-01' AS valid_from, "
                "?::DATE AS valid_to",
                [file, nip, until],
            )
        for nip, day in (
            (IN_LIST, "2026-06-30"),
            (IN_LIST, "2026-01-31"),
            (OFF_LIST, "2026-01-31"),
        ):
            conn.execute(
                "INSERT INTO raw.employee_snapshot BY NAME SELECT '82.71' AS government_code, "
                "2 AS delivery_id, ? AS nip, ?::DATE AS snapshot_date",
                [nip, day],
            )
    return home


def test_who_is_in_service_is_told_by_the_newest_files(office: Home) -> None:
    everybody = [SERVING, LEFT, CORRECTED, IN_LIST, OFF_LIST]
    with office.connect() as conn:
        assert in_service(conn, everybody, TODAY) == {SERVING, IN_LIST}
        assert in_service(conn, everybody, date(2025, 6, 1)) == set(everybody) - {OFF_LIST}
        conn.execute(
            "INSERT INTO raw.rule_withdrawals BY NAME SELECT repeat('1', 64) AS file_sha256, "
            "'82.71' AS government_code"
        )
        assert CORRECTED in in_service(conn, everybody, TODAY)


def _rows(home: Home, nip: str) -> int:
    with home.connect() as conn:
        row = conn.execute("SELECT count(*) FROM raw.employees WHERE nip = ?", [nip]).fetchone()
    return row[0] if row else 0


def _erase(home: Home, *arguments: str) -> Ended:
    return budaya("erase", *arguments, "--home", home.root)


def test_the_command_refuses_somebody_in_service_unless_told(office: Home) -> None:
    refused = _erase(office, SERVING, LEFT, "--reason", REASON)
    assert refused.code == 1
    assert "1 of 2 people are in service today; nobody was erased" in refused.stderr
    assert "--in-service" in refused.stderr
    assert (_rows(office, SERVING), _rows(office, LEFT)) == (1, 1)
    assert (read_list(office), ledger.entries(office)) == ([], [])

    assert _erase(office, LEFT, "--reason", f"{REASON} {LEFT}").code == 0
    assert (_rows(office, SERVING), _rows(office, LEFT)) == (1, 0)
    entry = ledger.entries(office)[-1]
    assert (entry["kind"], entry["people"], entry["listed"]) == ("erasure", 1, 1)
    assert entry["reason"] == f"{REASON} {'*' * 18}"

    assert _erase(office, SERVING, "--reason", REASON, "--in-service").code == 0
    assert _rows(office, SERVING) == 0
    assert ledger.entries(office)[-1]["listed"] == 2
    assert verify(office).problems == ()


@pytest.mark.parametrize(
    "arguments", [[LEFT], [LEFT, "--reason", " "], [LEFT, "--from", "-", "--reason", REASON]]
)
def test_without_a_reason_or_with_two_lists_it_is_wrong_usage(
    office: Home, arguments: list[str]
) -> None:
    ended = _erase(office, *arguments)
    assert ended.code == 64
    assert LEFT not in ended.stdout + ended.stderr
    assert _rows(office, LEFT) == 1


def test_a_list_that_is_lost_or_old_stops_every_night(office: Home) -> None:
    """Else landing would bring back whoever is no longer on it."""
    erase(office, [LEFT], NOW, REASON, in_service_on=TODAY)
    old = office.erasure_file.read_bytes()
    erase(office, [CORRECTED], NOW, REASON, in_service_on=TODAY)
    require_list(office, ledger.entries(office))
    for spoiled in (b"[]", b"{", b'[{"nip": 1}]', old, None):
        office.erasure_file.unlink(missing_ok=True)
        if spoiled is not None:
            office.erasure_file.write_bytes(spoiled)
        with pytest.raises(UserError, match=r"from (a|the newest) backup.*budaya erase") as refused:
            require_list(office, ledger.entries(office))
        assert "cadangan" in refused.value.text.id
    ended = budaya("run", "--home", office.root)
    assert (ended.code, "Traceback" in ended.stderr) == (1, False)
    assert "erased.json" in ended.stderr

    # Without a backup: everybody again.
    erase(office, [LEFT, CORRECTED], NOW, REASON, in_service_on=TODAY)
    require_list(office, ledger.entries(office))


def test_a_line_of_before_the_lists_length_was_recorded_asks_for_a_list(office: Home) -> None:
    entries = [{"kind": "erasure", "people": 3}]
    with pytest.raises(UserError, match="lost or too old"):
        require_list(office, entries)
    erase(office, [LEFT], NOW, REASON, in_service_on=TODAY)
    require_list(office, entries)


def test_a_working_file_from_a_backup_is_mended_and_recorded(office: Home) -> None:
    old = office.warehouse_file.read_bytes()
    erase(office, [LEFT], NOW, REASON, in_service_on=TODAY)
    assert mend_working_file(office, NOW) == 0
    office.warehouse_file.write_bytes(old)
    assert mend_working_file(office, NOW) == 1
    assert _rows(office, LEFT) == 0
    assert LEFT.encode() not in office.warehouse_file.read_bytes()
    entry = ledger.entries(office)[-1]
    assert (entry["kind"], entry["people"], entry["reason"]) == ("erasure", 0, "restored")
    assert entry["rows"] == {"employees": 1}


def test_nobody_is_erased_where_a_file_that_may_hold_them_stays_closed(
    office: Home, ledger_home: Home
) -> None:
    shutil.copytree(
        ledger_home.restricted / "generations",
        office.restricted / "generations",
        dirs_exist_ok=True,
    )
    damaged = next(office.restricted.glob("generations/*/restricted.duckdb"))
    damaged.write_bytes(b"garbage")
    with pytest.raises(UserError, match=r"restricted\.duckdb can not be read"):
        erase(office, [LEFT], NOW, REASON, in_service_on=TODAY)
    assert _rows(office, LEFT) == 1
    assert not office.erasure_file.exists()


def test_the_list_holds_digests_only(office: Home) -> None:
    erase(office, [LEFT], NOW, REASON, in_service_on=TODAY)
    assert LEFT not in json.dumps(json.loads(office.erasure_file.read_bytes()))


def test_returns_and_logs_from_a_backup_are_erased_again(office: Home) -> None:
    erase(office, [LEFT], NOW, REASON, in_service_on=TODAY)
    book = office.returns / "82.71" / "leave" / "kembali.xlsx"
    book.parent.mkdir(parents=True)
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/sharedStrings.xml", f"<t>{LEFT[:8]} {LEFT[8:14]} {LEFT[14:]}</t>")
    others = book.with_name("lain.csv")
    others.write_text(f"{SERVING};x")
    log = office.warehouse / "errors.log"
    log.write_text(f"could not convert {LEFT}")
    assert mend_restored(office, NOW) == 2
    assert (book.exists(), log.exists(), others.exists()) == (False, False, True)
    line = ledger.entries(office)[-1]
    assert line["rows"] == {"returns files": 1, "warehouse files": 1}
    assert line["reason"] == "restored"
    assert mend_restored(office, NOW) == 0
    lines = len(ledger.entries(office))
    write_index(office, b"the index", SignedHead(ledger.head(office), lines))
    assert verify(office).problems == ()
