"""The ledger: its form, its chain, and what a kill leaves of a line."""

from __future__ import annotations

import hashlib
import json
import shutil
from typing import Any

import pytest

from tests.warehouse.night import (
    BLOCKED_RUN_ID,
    NEXT_RUN_ID,
    ROLLBACK,
    RUN_ID,
    land,
    run_entry,
)
from warehouse.errors import UserError
from warehouse.proof import ledger
from warehouse.proof.signature import SignatureError, SignedHead, read_signed, sign
from warehouse.store.home import Home


def test_lines_are_canonical_and_each_keeps_the_digest_of_the_one_before(
    ledger_home: Home,
) -> None:
    *lines, end = ledger_home.ledger_file.read_bytes().split(b"\n")
    assert end == b""
    previous = "0" * 64
    for number, line in enumerate(lines):
        entry = json.loads(line)
        assert (entry["seq"], entry["prev"]) == (number, previous)
        again = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert again.encode() == line
        previous = hashlib.sha256(line).hexdigest()
    assert ledger.head(ledger_home) == previous
    assert [entry["run_id"] for entry in ledger.entries(ledger_home)] == [
        RUN_ID,
        BLOCKED_RUN_ID,
        NEXT_RUN_ID,
        ROLLBACK["run_id"],
    ]


def test_an_append_returns_the_head_that_it_made(home: Home) -> None:
    assert (ledger.head(home), ledger.entries(home)) == ("0" * 64, [])
    head = ledger.append(home, {**ROLLBACK, "to": "Künftig"})
    assert ledger.head(home) == head
    assert "Künftig".encode() in home.ledger_file.read_bytes()


def _without(entry: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name != key}


def test_an_entry_that_is_not_of_its_kind_is_refused(home: Home) -> None:
    entry = run_entry(home, RUN_ID, inputs=(land(home, "a.csv", "a"),))
    wrong: list[dict[str, Any]] = [
        {},
        {**entry, "kind": "guess"},
        _without(entry, "generation"),
        {**entry, "seq": 7},
        {**entry, "extra": 1},
        {**entry, "inputs": None},
        {**entry, "inputs": [{"source": "units"}]},
        {**entry, "inputs": [{**entry["inputs"][0], "file_name": "198609262015051001.csv"}]},
        {**entry, "report_sha256": {"index.html": "0" * 64}},
        {**entry, "generation": {f"reports/{RUN_ID}/index.html": "0" * 64}},
        {**entry, "exit_code": float("nan")},
    ]
    for each in wrong:
        with pytest.raises(ValueError, match=r"not an entry|JSON compliant"):
            ledger.append(home, each)
    assert not home.ledger_file.exists()


def test_a_line_that_a_kill_cut_short_is_replaced_and_remembered(ledger_home: Home) -> None:
    whole = ledger_home.ledger_file.read_bytes()
    head = ledger.head(ledger_home)
    ledger.append(ledger_home, ROLLBACK)
    added = ledger_home.ledger_file.read_bytes()[len(whole) :]
    next_head = ledger.head(ledger_home)
    for length in range(1, len(added) - 1, 5):
        ledger_home.ledger_file.write_bytes(whole + added[:length])
        sign(ledger_home, SignedHead(head, whole.count(b"\n"), next_head))
        assert ledger.head(ledger_home) == head
        ledger.append(ledger_home, ROLLBACK)
        last = ledger.entries(ledger_home)[-1]
        assert last["prev"] == head
        assert last["removed_torn_line"] == {
            "bytes": length,
            "sha256": hashlib.sha256(added[:length]).hexdigest(),
        }
        assert ledger_home.ledger_file.read_bytes().startswith(whole)


def test_nothing_is_left_of_a_cut_line_that_is_longer_than_the_next(home: Home) -> None:
    ledger.append(home, ROLLBACK)
    with home.ledger_file.open("ab") as file:
        file.write(b'{"kind":"run",' + b" " * 5000)
    ledger.append(home, ROLLBACK)
    assert len(ledger.entries(home)) == 2
    assert home.ledger_file.read_bytes().endswith(b"}\n")


def test_a_line_without_its_end_only_is_kept(ledger_home: Home) -> None:
    whole = ledger_home.ledger_file.read_bytes()
    head = ledger.head(ledger_home)
    ledger_home.ledger_file.write_bytes(whole[:-1])
    assert ledger.head(ledger_home) == head
    ledger.append(ledger_home, ROLLBACK)
    assert ledger_home.ledger_file.read_bytes().startswith(whole)
    assert "removed_torn_line" not in ledger.entries(ledger_home)[-1]


def test_a_damaged_last_line_is_not_continued(ledger_home: Home) -> None:
    damaged = ledger_home.ledger_file.read_bytes()[:-1] + b"x"
    ledger_home.ledger_file.write_bytes(damaged)
    with pytest.raises(ledger.LedgerError, match="verify"):
        ledger.append(ledger_home, ROLLBACK)
    assert ledger_home.ledger_file.read_bytes() == damaged


def test_a_damaged_line_is_named(ledger_home: Home) -> None:
    lines = ledger_home.ledger_file.read_bytes().split(b"\n")
    lines[1] = lines[1].replace(b'"seq":1', b'"seq": 1')
    ledger_home.ledger_file.write_bytes(b"\n".join(lines))
    with pytest.raises(ledger.LedgerError, match="line 2"):
        ledger.entries(ledger_home)


def test_the_head_is_signed_with_the_number_of_lines(ledger_home: Home) -> None:
    signed = read_signed(ledger_home)
    assert signed == SignedHead(ledger.head(ledger_home), len(ledger.entries(ledger_home)))
    assert ledger_home.signing_key_file.stat().st_mode & 0o077 == 0


def test_a_signature_of_another_home_is_none(ledger_home: Home, home: Home) -> None:
    ledger.append(home, ROLLBACK)
    shutil.copy(home.public_key_file, ledger_home.public_key_file)
    with pytest.raises(SignatureError, match="signature"):
        read_signed(ledger_home)


def test_what_this_home_did_not_write_is_not_signed(ledger_home: Home) -> None:
    whole = ledger_home.ledger_file.read_bytes()
    lines = whole.splitlines(keepends=True)
    for forged in (lines[:-1], [], lines[::-1], [*lines, lines[-1]]):
        ledger_home.ledger_file.write_bytes(b"".join(forged))
        with pytest.raises(ledger.LedgerError, match="verify") as refused:
            ledger.append(ledger_home, ROLLBACK)
        assert "dari cadangan" in refused.value.text.id
        assert ledger_home.ledger_file.read_bytes() == b"".join(forged)


@pytest.mark.parametrize("lost", ["head_file", "public_key_file", "signing_key_file"])
def test_a_lost_signature_or_key_is_not_replaced(ledger_home: Home, lost: str) -> None:
    getattr(ledger_home, lost).unlink()
    with pytest.raises(SignatureError, match=r"missing|backup"):
        ledger.append(ledger_home, ROLLBACK)


def test_a_kill_between_the_line_and_its_signature_is_no_fault(ledger_home: Home) -> None:
    before, after = ledger.head(ledger_home), ledger.append(ledger_home, ROLLBACK)
    count = len(ledger.entries(ledger_home))
    sign(ledger_home, SignedHead(before, count - 1, after))
    assert ledger.append(ledger_home, ROLLBACK) == read_signed(ledger_home).head


def test_a_ledger_that_was_taken_away_is_not_begun_anew(ledger_home: Home) -> None:
    ledger_home.ledger_file.unlink()
    ledger_home.head_file.unlink()
    with pytest.raises(SignatureError, match=r"head\.json is missing"):
        ledger.append(ledger_home, ROLLBACK)
    assert not ledger_home.ledger_file.exists()


def _take_away(home: Home, names: tuple[str, ...]) -> None:
    for name in names:
        path = home.root / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()


@pytest.mark.parametrize(
    "names",
    [
        ("warehouse/ledger.key", "reports/head.json"),
        ("warehouse/ledger.key", "reports/head.json", "reports/ledger.pub"),
        (
            "warehouse/ledger.key",
            "reports/head.json",
            "reports/ledger.pub",
            "warehouse/ledger.head",
        ),
        ("reports",),
        ("reports", "published"),
        ("reports", "published", "restricted"),
        ("reports", "warehouse/ledger.key", "warehouse/ledger.head"),
    ],
)
def test_nothing_that_is_lost_is_begun_anew(ledger_home: Home, names: tuple[str, ...]) -> None:
    """Whatever is gone, what is left shows that there was a ledger."""
    _take_away(ledger_home, names)
    ledger_home.create()
    with pytest.raises(UserError, match=r"backup") as refused:
        ledger.append(ledger_home, ROLLBACK)
    assert "cadangan" in refused.value.text.id
    assert ledger_home.ledger_file.exists() == ("reports" not in names)
    assert ledger_home.signing_key_file.exists() == ("warehouse/ledger.key" not in names)


def test_a_key_of_another_home_is_refused(ledger_home: Home, home: Home) -> None:
    ledger.append(home, ROLLBACK)
    whole = ledger_home.ledger_file.read_bytes()
    for name in ("key_file", "signing_key_file"):
        ours = getattr(ledger_home, name)
        kept = ours.read_bytes()
        shutil.copy(getattr(home, name), ours)
        with pytest.raises(UserError, match="right one back from a backup"):
            ledger.append(ledger_home, ROLLBACK)
        ours.write_bytes(kept)
    assert ledger_home.ledger_file.read_bytes() == whole


def test_a_line_of_before_a_key_was_added_is_still_an_entry(home: Home) -> None:
    """The ledger outlives versions of the product."""
    old = {"kind": "erasure", "run_id": RUN_ID, "at": "x", "people": 1, "rows": {}, "files": 0}
    line = json.dumps(
        {**old, "generation": {}, "seq": 0, "prev": "0" * 64}, sort_keys=True, separators=(",", ":")
    )
    assert ledger.parse(line.encode()) is not None
    with pytest.raises(ValueError, match="reason: Field required"):
        ledger.append(home, {**old, "generation": {}})
