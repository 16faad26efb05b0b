"""Ledgers of every version: what was written once is verified, and gone on from, for ever.

Each folder of ``ledgers/`` is a home without a working file: its ledger, keys, head and signature,
and the files that the lines name, all of it invented. Version 1 was written by the build of commit
0878cd7 and continued by the last one without versions; none is ever written anew.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.warehouse.night import ROLLBACK
from warehouse.proof import ledger
from warehouse.proof.findings.finding import INDEX
from warehouse.proof.lines import VERSION
from warehouse.proof.signature import SignedHead, sign
from warehouse.proof.verify import verify
from warehouse.store.home import Home

LEDGERS = Path(__file__).parent / "ledgers"
HEADS = {
    "v1": "9b27c755cc7354c47eae83fa2d4eb731b03807e4c354af0c8ae166dc7a7599b7",
    "v2": "279e6d623f059299f86cc3eda1b1509772d3afefaf1457d6cf4bd5bb38d71b4a",
}


@pytest.fixture(params=sorted(HEADS))
def golden(request: pytest.FixtureRequest, tmp_path: Path) -> Home:
    shutil.copytree(LEDGERS / request.param, tmp_path / request.param, symlinks=True)
    return Home(tmp_path / request.param)


def _canonical(entry: dict[str, Any]) -> bytes:
    return json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def test_there_is_a_ledger_of_each_version_with_each_kind_of_line() -> None:
    assert sorted(HEADS) == [f"v{version}" for version in range(1, VERSION + 1)]
    for name in HEADS:
        entries = ledger.entries(Home(LEDGERS / name))
        assert {entry["kind"] for entry in entries} == {"run", "rollback", "erasure", "trace"}
        assert {entry.get("v", 1) for entry in entries} == {int(name[1:])}


def test_a_ledger_of_each_version_is_verified(golden: Home) -> None:
    found = verify(golden, HEADS[golden.root.name])
    assert found.problems == ()
    # Version 1 kept no digest of its index.
    assert [one.subject for one in found.information] == (
        [INDEX] if golden.root.name == "v1" else []
    )
    assert found.head == HEADS[golden.root.name]


def test_a_ledger_of_each_version_is_continued(golden: Home) -> None:
    before = golden.ledger_file.read_bytes()
    ledger.append(golden, {**ROLLBACK, "to": (golden.published / "current").readlink().name})
    assert golden.ledger_file.read_bytes().startswith(before)
    assert ledger.entries(golden)[-1]["v"] == VERSION
    assert verify(golden).problems == ()


def _changed(entry: dict[str, Any]) -> list[dict[str, Any]]:
    """A key more, each key less, and a version that says so though none did."""
    fewer = [{k: v for k, v in entry.items() if k != key} for key in entry]
    return [{**entry, "extra": 1}, *fewer, {**entry, "v": 1}]


def test_the_keys_of_a_version_are_frozen() -> None:
    optional = {
        1: {"home_key", "config", "removed_torn_line", "reason", "listed"},
        2: {"removed_torn_line", "v"},  # without it, it is one of version 1
    }
    for name in HEADS:
        for entry in ledger.entries(Home(LEDGERS / name)):
            assert ledger.parse(_canonical(entry)) == entry
            for changed in _changed(entry):
                gone = set(entry) - set(changed)
                if not gone & optional[entry.get("v", 1)]:
                    assert ledger.parse(_canonical(changed)) is None, gone


def _continued_by_a_newer_version(home: Home) -> None:
    """A line of the next version, chained and signed as that one would."""
    lines = home.ledger_file.read_bytes().splitlines()
    newer = {
        "v": VERSION + 1,
        "kind": "something new",
        "code_version": "9.1.0+0123456789ab",
        "seq": len(lines),
        "prev": hashlib.sha256(lines[-1]).hexdigest(),
    }
    home.ledger_file.write_bytes(b"\n".join([*lines, _canonical(newer)]) + b"\n")
    sign(home, SignedHead(ledger.head(home), len(lines) + 1))


def test_a_newer_version_is_refused_in_a_line_of_both_languages(golden: Home) -> None:
    _continued_by_a_newer_version(golden)
    whole = golden.ledger_file.read_bytes()
    for refused in (verify, ledger.entries, ledger.require, lambda h: ledger.append(h, ROLLBACK)):
        with pytest.raises(ledger.LedgerError) as error:
            refused(golden)
        assert "versi budaya yang lebih baru (9.1.0)" in error.value.text.id
        assert "newer version of budaya (9.1.0)" in error.value.text.en
        assert "\n" not in str(error.value)
    assert golden.ledger_file.read_bytes() == whole


def test_a_line_that_only_claims_a_newer_version_is_tampering(golden: Home) -> None:
    line = _canonical({**ledger.entries(golden)[2], "v": VERSION + 1})
    lines = golden.ledger_file.read_bytes().splitlines()
    golden.ledger_file.write_bytes(b"\n".join([*lines[:2], line, *lines[3:]]) + b"\n")
    assert verify(golden).problems[0].subject == "reports/ledger.jsonl:3"
