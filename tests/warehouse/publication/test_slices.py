"""Slices of the restricted employee-days: what is written once stays, and is asked as one table."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest

from tests.sweeps import sweep
from tests.warehouse.conftest import copied
from tests.warehouse.night import NEXT_RUN_ID, RUN_ID, name_run
from warehouse.files import sha256_file
from warehouse.proof import ledger
from warehouse.proof.standing import faults, newest_slices
from warehouse.publication import slice_files
from warehouse.publication.errors import GenerationError
from warehouse.publication.generation import Manifest, swap, write_generation
from warehouse.publication.slice_files import read_slices
from warehouse.store.home import Home
from warehouse.vocabulary import SliceKey

FIRST = "employee_day/government_code=text 1/month=2026-11.parquet"
SECOND = "employee_day/government_code=text 2/month=2026-11.parquet"
NOVEMBER = date(2026, 11, 1)
ORIGINS = {SliceKey(f"text {n}", NOVEMBER): RUN_ID for n in (1, 2)}


def _folder(home: Home, run_id: str) -> Path:
    return home.restricted / "generations" / run_id


def _write(home: Home, run_id: str, **given: object) -> Manifest:
    name_run(home, run_id)
    earlier = _folder(home, RUN_ID) if run_id != RUN_ID else None
    return write_generation(home, run_id, **{"origins": ORIGINS, "earlier": earlier, **given})


def _change(home: Home, statement: str) -> None:
    with home.connect() as conn:
        conn.execute(statement)


def _shared(home: Home, path: str) -> bool:
    return (_folder(home, RUN_ID) / path).samefile(_folder(home, NEXT_RUN_ID) / path)


def _days(file: Path, *, name: str = "employee_day") -> list[tuple[str, str]]:
    with duckdb.connect(str(file), read_only=True) as conn:
        return conn.execute(f"SELECT government_code, nip FROM {name}").fetchall()


@pytest.fixture(scope="module")
def once_written(tmp_path_factory: pytest.TempPathFactory, working_file: Path) -> Home:
    """A home with one generation; read only, ``written_home`` copies it."""
    home = Home(tmp_path_factory.mktemp("written") / "home")
    home.create()
    shutil.copy(working_file, home.warehouse_file)
    _write(home, RUN_ID)
    return home


@pytest.fixture
def written_home(once_written: Home, tmp_path: Path) -> Home:
    return copied(once_written, tmp_path / "home")


BOTH = [("text 1", "text 1"), ("text 2", "text 2")]


def test_a_slice_that_did_not_change_is_the_same_file(written_home: Home) -> None:
    _change(
        written_home, "UPDATE restricted.employee_day SET late_minutes = 9 WHERE nip = 'text 2'"
    )
    changed = {**ORIGINS, SliceKey("text 2", NOVEMBER): NEXT_RUN_ID}
    made = _write(written_home, NEXT_RUN_ID, origins=changed)
    assert (_shared(written_home, FIRST), _shared(written_home, SECOND)) == (True, False)
    assert made.rows["employee_day"] == 2
    listed = read_slices(_folder(written_home, NEXT_RUN_ID))
    assert listed is not None
    assert {(one.path, one.built_by, one.sha256) for one in listed.files} == {
        (FIRST, RUN_ID, sha256_file(_folder(written_home, RUN_ID) / FIRST)),
        (SECOND, NEXT_RUN_ID, sha256_file(_folder(written_home, NEXT_RUN_ID) / SECOND)),
    }


def test_what_comes_out_as_before_is_the_same_file_too(written_home: Home) -> None:
    """As after a full refresh: every slice was built by another night."""
    _write(written_home, NEXT_RUN_ID, origins=dict.fromkeys(ORIGINS, NEXT_RUN_ID))
    assert _shared(written_home, FIRST)
    assert _shared(written_home, SECOND)


NOT_TO_BE_LINKED: dict[str, Callable[[Home], None]] = {
    "other bytes": lambda home: (_folder(home, RUN_ID) / FIRST).write_bytes(b"PAR1 altered"),
    "gone": lambda home: (_folder(home, RUN_ID) / FIRST).unlink(),
    "a link": lambda home: _replace_by_link(_folder(home, RUN_ID) / FIRST),
    "one row more": lambda home: _change(
        home,
        "INSERT INTO restricted.employee_day SELECT * REPLACE ('text 9' AS nip) "
        "FROM restricted.employee_day WHERE nip = 'text 1'",
    ),
}


def _replace_by_link(path: Path) -> None:
    aside = path.with_suffix(".aside")
    path.rename(aside)
    path.symlink_to(aside)


@pytest.mark.parametrize("fault", NOT_TO_BE_LINKED)
def test_what_is_not_as_it_was_is_written_anew(written_home: Home, fault: str) -> None:
    NOT_TO_BE_LINKED[fault](written_home)
    _write(written_home, NEXT_RUN_ID)
    with written_home.connect() as conn:
        stored = conn.execute("SELECT government_code, nip FROM restricted.employee_day").fetchall()
    assert _days(_folder(written_home, NEXT_RUN_ID) / "restricted.duckdb") == sorted(stored)
    assert not (_folder(written_home, NEXT_RUN_ID) / FIRST).is_symlink()
    assert _shared(written_home, SECOND)


def test_a_slice_of_which_nobody_knows_who_built_it_is_compared_by_its_bytes(
    built_home: Home,
) -> None:
    _write(built_home, RUN_ID, origins={})
    _change(built_home, "UPDATE restricted.employee_day SET late_minutes = 9 WHERE nip = 'text 2'")
    _write(built_home, NEXT_RUN_ID, origins={})
    assert (_shared(built_home, FIRST), _shared(built_home, SECOND)) == (True, False)


@pytest.mark.parametrize(
    "code",
    sweep([errno.EXDEV, errno.EPERM, errno.EMLINK, errno.EOPNOTSUPP], told=[errno.EXDEV]),
)
def test_without_hard_links_it_is_a_copy(
    written_home: Home, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(slice_files.os, "link", refused)
    _write(written_home, NEXT_RUN_ID)
    assert not _shared(written_home, FIRST)
    copy = _folder(written_home, NEXT_RUN_ID) / FIRST
    assert copy.read_bytes() == (_folder(written_home, RUN_ID) / FIRST).read_bytes()
    assert copy.stat().st_mode & 0o777 == 0o600
    assert _days(_folder(written_home, NEXT_RUN_ID) / "restricted.duckdb") == BOTH


def test_a_full_disk_leaves_the_former_generation_and_its_files(
    written_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    before = sha256_file(_folder(written_home, RUN_ID) / FIRST)
    monkeypatch.setattr("warehouse.publication.generation.write_whole", full)
    with pytest.raises(OSError, match="No space"):
        _write(written_home, NEXT_RUN_ID)
    assert [path.name for path in (written_home.restricted / "generations").iterdir()] == [RUN_ID]
    assert sha256_file(_folder(written_home, RUN_ID) / FIRST) == before
    assert (_folder(written_home, RUN_ID) / FIRST).stat().st_nlink == 1


def test_the_same_slice_gives_the_same_bytes_whatever_the_threads(built_home: Home) -> None:
    _change(
        built_home,
        "INSERT INTO restricted.employee_day SELECT * EXCLUDE (n) REPLACE ("
        "lpad(((n * 7919) % 200000)::VARCHAR, 18, '0') AS nip, n % 450 AS late_minutes) "
        "FROM (SELECT * FROM restricted.employee_day WHERE nip = 'text 1'), range(200000) AS t(n)",
    )
    text = built_home.settings_file.read_text()
    digests = set()
    for threads, run_id in ((1, RUN_ID), (4, NEXT_RUN_ID)):
        built_home.settings_file.write_text(text.replace("threads = 2", f"threads = {threads}"))
        assert built_home.settings().threads == threads
        _write(built_home, run_id, earlier=None)
        digests.add(sha256_file(_folder(built_home, run_id) / FIRST))
    assert len(digests) == 1


FAULTS = {
    "a key repeats": "INSERT INTO restricted.employee_day FROM restricted.employee_day",
    "a day is empty": "UPDATE restricted.employee_day SET date = NULL WHERE nip = 'text 1'",
    "a person is empty": "UPDATE restricted.employee_day SET nip = NULL WHERE nip = 'text 1'",
    "a column is missing": "ALTER TABLE restricted.employee_day DROP COLUMN row_numbers",
    "a type is another": "ALTER TABLE restricted.employee_day ALTER late_minutes TYPE INTEGER",
    "the table is missing": "DROP TABLE restricted.employee_day",
}


@pytest.mark.parametrize(
    "fault", sweep(FAULTS, told=["a key repeats", "a day is empty", "the table is missing"])
)
def test_a_fault_in_a_slice_stops_the_generation(built_home: Home, fault: str) -> None:
    _change(built_home, FAULTS[fault])
    with pytest.raises(GenerationError):
        write_generation(built_home, RUN_ID)
    assert list((built_home.restricted / "generations").iterdir()) == []


# --- the table by its bare name -------------------------------------------------------------


def test_the_table_goes_by_its_name_wherever_the_home_is(
    written_home: Home, tmp_path: Path
) -> None:
    swap(written_home, RUN_ID)
    other = tmp_path / "moved [1] it's *"
    written_home.root.rename(other)
    for file in ("current/restricted.duckdb", f"generations/{RUN_ID}/restricted.duckdb"):
        for name in ("employee_day", "main.employee_day", "restricted.employee_day"):
            assert _days(other / "restricted" / file, name=name) == BOTH


def test_an_open_reader_stays_with_its_generation(written_home: Home) -> None:
    swap(written_home, RUN_ID)
    current = written_home.restricted / "current" / "restricted.duckdb"
    late = "SELECT late_minutes FROM employee_day WHERE nip = 'text 2'"
    with duckdb.connect(str(current), read_only=True) as reader:
        _change(written_home, "UPDATE restricted.employee_day SET late_minutes = 99")
        _write(written_home, NEXT_RUN_ID, origins=dict.fromkeys(ORIGINS, NEXT_RUN_ID))
        swap(written_home, NEXT_RUN_ID)
        assert reader.execute(late).fetchone() == (2,)
    for run_id, expected in ((NEXT_RUN_ID, 99), (RUN_ID, 2)):
        swap(written_home, run_id)
        with duckdb.connect(str(current), read_only=True) as reader:
            assert reader.execute(late).fetchone() == (expected,)


def test_who_attaches_the_database_has_the_table_too(written_home: Home) -> None:
    with duckdb.connect() as conn:
        conn.execute(f"ATTACH '{_folder(written_home, RUN_ID)}/restricted.duckdb' AS r (READ_ONLY)")
        assert conn.execute("SELECT government_code, nip FROM r.employee_day").fetchall() == BOTH


def test_a_code_that_looks_like_a_number_stays_what_it_is(built_home: Home) -> None:
    _change(built_home, "UPDATE restricted.employee_day SET government_code = '11.10'")
    _write(built_home, RUN_ID)
    codes = {code for code, _ in _days(_folder(built_home, RUN_ID) / "restricted.duckdb")}
    assert codes == {"11.10"}


def test_a_table_without_rows_can_be_asked(built_home: Home) -> None:
    _change(built_home, "DELETE FROM restricted.employee_day")
    assert _write(built_home, RUN_ID).rows["employee_day"] == 0
    assert _days(_folder(built_home, RUN_ID) / "restricted.duckdb") == []


# --- what the ledger vouches for --------------------------------------------------------------


def test_only_a_list_that_the_ledger_recorded_is_gone_on_from(ledger_home: Home) -> None:
    folder = _folder(ledger_home, NEXT_RUN_ID)
    assert newest_slices(ledger_home) == folder  # the last that was published, rolled back or not
    listed = folder / "slices.json"
    listed.write_bytes(listed.read_bytes().replace(b'"rows": 1', b'"rows": 2'))
    assert newest_slices(ledger_home) is None
    shutil.rmtree(folder)
    assert newest_slices(ledger_home) is None


def test_an_altered_slice_is_a_fault_of_its_generation(ledger_home: Home) -> None:
    path = _folder(ledger_home, RUN_ID) / FIRST
    assert faults(ledger_home, RUN_ID, ledger.entries(ledger_home)) == []
    path.write_bytes(b"other rows")
    found = faults(ledger_home, RUN_ID, ledger.entries(ledger_home))
    assert found == [path.relative_to(ledger_home.root).as_posix()]
    assert faults(ledger_home, RUN_ID, ledger.entries(ledger_home), below="published/") == []
