"""People who are erased are gone from every generation, also from files that generations share."""

from __future__ import annotations

import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from tests.sweeps import sweep
from tests.warehouse.conftest import copied
from tests.warehouse.night import NEXT_RUN_ID, RUN_ID, name_run, run_entry
from warehouse.erasure.erasing import erase, mend_restored
from warehouse.errors import UserError
from warehouse.files import sha256_file
from warehouse.proof import ledger
from warehouse.proof.signature import SignedHead, write_index
from warehouse.proof.standing import faults, newest_slices
from warehouse.proof.verify import verify
from warehouse.publication import generation
from warehouse.publication.slice_files import read_slices
from warehouse.store.home import Home
from warehouse.vocabulary import SliceKey

NOW = datetime(2026, 11, 24, tzinfo=UTC)
GONE, KEPT = "198609262015051001", "198609262015051002"
SHARED = "employee_day/government_code=text 1/month=2026-11.parquet"
OTHERS = "employee_day/government_code=text 2/month=2026-11.parquet"


def _folder(home: Home, run_id: str) -> Path:
    return home.restricted / "generations" / run_id


def _publish(home: Home, run_id: str) -> None:
    name_run(home, run_id)
    origins = {SliceKey(f"text {n}", datetime(2026, 11, 1).date()): RUN_ID for n in (1, 2)}
    made = generation.write_generation(home, run_id, origins=origins, earlier=newest_slices(home))
    ledger.append(home, run_entry(home, run_id, generation=dict(made.sha256)))
    generation.swap(home, run_id)


@pytest.fixture(scope="module")
def both_nights(tmp_path_factory: pytest.TempPathFactory, working_file: Path) -> Home:
    """Two generations that share the files of both slices; one has somebody who is to go."""
    home = Home(tmp_path_factory.mktemp("nights") / "home")
    home.create()
    shutil.copy(working_file, home.warehouse_file)
    with home.connect() as conn:
        conn.execute(
            "INSERT INTO restricted.employee_day SELECT * REPLACE (unnest(?) AS nip) "
            "FROM restricted.employee_day WHERE government_code = 'text 1'",
            [[GONE, KEPT]],
        )
    for run_id in (RUN_ID, NEXT_RUN_ID):
        _publish(home, run_id)
    write_index(home, b"the index", SignedHead(ledger.head(home), 2))
    return home


@pytest.fixture
def two_nights(both_nights: Home, tmp_path: Path) -> Home:
    """A copy of ``both_nights`` that the test may spoil."""
    home = copied(both_nights, tmp_path / "home")
    assert (_folder(home, RUN_ID) / SHARED).stat().st_nlink == 2
    assert verify(home).problems == ()
    return home


def _people(home: Home, run_id: str) -> set[str]:
    file = _folder(home, run_id) / "restricted.duckdb"
    with duckdb.connect(str(file), read_only=True) as conn:
        return {nip for (nip,) in conn.execute("SELECT nip FROM employee_day").fetchall()}


def _erase(home: Home) -> None:
    erase(home, [GONE], NOW, "masa simpan berakhir", in_service_on=None)


def test_the_person_is_gone_from_every_generation(two_nights: Home, tmp_path: Path) -> None:
    kept = tmp_path / "what an auditor linked"
    os.link(_folder(two_nights, RUN_ID) / SHARED, kept)
    before = sha256_file(kept)
    untouched = sha256_file(_folder(two_nights, RUN_ID) / OTHERS)
    _erase(two_nights)
    for run_id in (RUN_ID, NEXT_RUN_ID):
        assert _people(two_nights, run_id) == {"text 1", "text 2", KEPT}
        assert sha256_file(_folder(two_nights, run_id) / OTHERS) == untouched
        listed = read_slices(_folder(two_nights, run_id))
        assert listed is not None
        assert [(one.path, one.rows) for one in listed.files] == [(SHARED, 2), (OTHERS, 1)]
    assert sha256_file(kept) == before, "a file is replaced, never written through"
    new = _folder(two_nights, RUN_ID) / SHARED
    assert new.samefile(_folder(two_nights, NEXT_RUN_ID) / SHARED)
    assert new.stat().st_mode & 0o777 == 0o600
    assert verify(two_nights).problems == ()
    entry = ledger.entries(two_nights)[-1]
    assert entry["rows"]["restricted"] == 1
    assert sorted(entry["generation"]) == [
        f"restricted/generations/{run_id}/slices.json" for run_id in (RUN_ID, NEXT_RUN_ID)
    ]
    assert list(two_nights.scratch.iterdir()) == []


@pytest.mark.parametrize("call", sweep(range(1, 5), told=[1, 4]))
def test_cut_short_it_is_done_again(
    two_nights: Home, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    """Two lists and two places of a file are put in their place: it stops before each."""
    real, calls = Path.replace, []

    def failing(self: Path, target: Path) -> Path:
        if self.parent == two_nights.scratch:
            calls.append(self)
            if len(calls) == call:
                raise OSError(5, "Input/output error")
        return real(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", failing)
        with pytest.raises(OSError, match="Input/output"):
            _erase(two_nights)
    mend_restored(two_nights, NOW)
    for run_id in (RUN_ID, NEXT_RUN_ID):
        assert GONE not in _people(two_nights, run_id)
        assert faults(two_nights, run_id, ledger.entries(two_nights)) == []
    assert verify(two_nights).problems == ()
    assert mend_restored(two_nights, NOW) == 0


def test_a_slice_from_a_backup_is_erased_again(two_nights: Home, tmp_path: Path) -> None:
    path = _folder(two_nights, NEXT_RUN_ID) / SHARED
    shutil.copy(path, tmp_path / "backup")
    _erase(two_nights)
    path.unlink()
    shutil.copy(tmp_path / "backup", path)
    assert [p.subject for p in verify(two_nights).problems] == [
        path.relative_to(two_nights.root).as_posix()
    ]
    assert mend_restored(two_nights, NOW) > 0
    assert GONE not in _people(two_nights, NEXT_RUN_ID)
    assert verify(two_nights).problems == ()


def test_a_slice_that_can_not_be_read_stops_the_erasure(two_nights: Home) -> None:
    path = _folder(two_nights, RUN_ID) / SHARED
    kept = path.read_bytes()
    path.unlink()
    path.write_bytes(b"PAR1")
    with pytest.raises(UserError) as ended:
        _erase(two_nights)
    assert path.relative_to(two_nights.root).as_posix() in str(ended.value)
    path.write_bytes(kept)
    _erase(two_nights)
    assert GONE not in _people(two_nights, RUN_ID)


def test_the_night_after_builds_all_slices(two_nights: Home) -> None:
    """What the working file says of them was computed with the person."""
    _erase(two_nights)
    with two_nights.connect() as conn:
        for table in ("built_slice", "slice_origin"):
            assert conn.execute(f"SELECT count(*) FROM raw.{table}").fetchone() == (0,)


def test_the_old_database_keeps_its_descriptions_and_its_view(two_nights: Home) -> None:
    with two_nights.connect() as conn:
        conn.execute(
            "INSERT INTO restricted.employee_discipline SELECT * REPLACE (? AS nip) "
            "FROM restricted.employee_discipline WHERE government_code = 'text 1'",
            [GONE],
        )
    run_id = "20261124T203000Z-9c0d"
    _publish(two_nights, run_id)
    file = _folder(two_nights, run_id) / "restricted.duckdb"
    query = (
        "SELECT table_name, column_name, data_type, comment FROM duckdb_columns() "
        "WHERE NOT internal ORDER BY ALL"
    )
    with duckdb.connect(str(file), read_only=True) as conn:
        before = conn.execute(query).fetchall()
    _erase(two_nights)
    with duckdb.connect(str(file), read_only=True) as conn:
        assert conn.execute(query).fetchall() == before
        assert all(comment for *_, comment in before)
        people = {n for (n,) in conn.execute("SELECT nip FROM employee_discipline").fetchall()}
        assert people == {"text 1", "text 2"}
        assert {n for (n,) in conn.execute("SELECT nip FROM employee_day").fetchall()} == {
            "text 1", "text 2", KEPT,
        }  # fmt: skip
    entry = json.loads(two_nights.ledger_file.read_text().splitlines()[-1])
    assert f"restricted/generations/{run_id}/restricted.duckdb" in entry["generation"]
