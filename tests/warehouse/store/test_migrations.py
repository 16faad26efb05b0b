"""Older working files become those of now, step by step; newer ones are refused, untouched."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from tests.old_home import old_home
from warehouse.erasure import erasing
from warehouse.files import sha256_file
from warehouse.proof.findings.finding import INDEX
from warehouse.proof.verify import verify
from warehouse.store import migrations
from warehouse.store.home import Home
from warehouse.store.state import ensure_raw


@pytest.fixture
def old(tmp_path: Path) -> Home:
    return old_home(tmp_path)


def _shape(home: Home) -> dict[tuple[str, str], str]:
    with home.connect() as conn:
        ensure_raw(conn)
        return {
            (table, column): kind
            for table, column, kind in conn.execute(
                "SELECT table_name, column_name, data_type FROM duckdb_columns() "
                "WHERE schema_name = 'raw' AND database_name = current_database()"
            ).fetchall()
        }


def _version(home: Home) -> int | None:
    with home.connect() as conn:
        return migrations.version_of(conn)


def _rows(home: Home, query: str) -> list[tuple[object, ...]]:
    with home.connect() as conn:
        return conn.execute(query).fetchall()


def test_a_new_working_file_is_of_the_version_of_now(home: Home) -> None:
    with home.connect() as conn:
        assert migrations.version_of(conn) is None
        ensure_raw(conn)
        ensure_raw(conn)
        assert migrations.version_of(conn) == migrations.CURRENT
    assert migrations.bring_up(home) is None
    assert len(_rows(home, "FROM raw.schema_version")) == 1


def test_steps_are_numbered_without_a_gap() -> None:
    assert sorted(migrations.STEPS) == list(range(2, migrations.CURRENT + 1))


def test_the_home_of_0878cd7_is_verified_as_it_lies(old: Home) -> None:
    found = verify(old)
    assert found.problems == ()
    assert [one.subject for one in found.information] == [INDEX]  # of which it kept no digest


def test_the_home_of_0878cd7_becomes_one_of_now(old: Home, home: Home) -> None:
    deliveries = "SELECT source, file_name, outcome, rows_read FROM raw.delivery ORDER BY ALL"
    before = _rows(old, deliveries)
    kept = sha256_file(old.warehouse_file)
    assert migrations.bring_up(old) == (1, migrations.CURRENT)
    assert (_version(old), _shape(old)) == (migrations.CURRENT, _shape(home))
    assert (_rows(old, deliveries), len(before)) == (before, 7)
    assert _rows(old, "SELECT count(*) FROM raw.attendance") == [(1486,)]
    numbers = _rows(old, "SELECT delivery_id FROM raw.delivery ORDER BY ALL")
    assert numbers == [(number,) for number in range(1, 8)]
    sources = "SELECT DISTINCT source FROM raw.{} JOIN raw.delivery USING (delivery_id)"
    for table in ("attendance", "employees", "survey", "ip_asn"):
        assert _rows(old, sources.format(table)) == [(table,)]
    assert _rows(old, sources.format("survey_answer")) == [("survey",)]
    copy = old.warehouse / "before-2.duckdb"
    assert sha256_file(copy) == kept
    assert copy.stat().st_mode & 0o777 == 0o600
    assert migrations.bring_up(old) is None
    assert migrations.remove_copies(old) == [copy]


def test_a_step_that_is_broken_off_leaves_the_file_as_it_was(
    old: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = migrations.STEPS[2]

    def killed(conn: duckdb.DuckDBPyConnection) -> None:
        step(conn)
        raise KeyboardInterrupt

    monkeypatch.setattr(migrations, "STEPS", {**migrations.STEPS, 2: killed})
    with pytest.raises(KeyboardInterrupt):
        migrations.bring_up(old)
    assert _version(old) == 1
    monkeypatch.undo()
    assert migrations.bring_up(old) == (1, migrations.CURRENT)


def test_a_copy_that_can_not_be_written_changes_nothing(
    old: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_source: Path, target: Path) -> None:
        target.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("warehouse.store.migrations.shutil.copyfile", full)
    with pytest.raises(OSError, match="No space"):
        migrations.bring_up(old)
    monkeypatch.undo()
    assert _version(old) == 1
    assert not (old.warehouse / "before-2.duckdb").exists()
    migrations.bring_up(old)
    assert len(migrations.remove_copies(old)) == 1
    assert not list(old.warehouse.glob("before*"))


def test_a_newer_home_is_refused_in_a_line_that_says_what_to_install(home: Home) -> None:
    with home.connect() as conn:
        ensure_raw(conn)
        conn.execute("INSERT INTO raw.schema_version VALUES (99, '9.1.0+0123456789ab', NULL)")
    kept = sha256_file(home.warehouse_file)
    for refused in (migrations.require_known, migrations.bring_up):
        with pytest.raises(migrations.NewerHomeError) as error:
            refused(home)
        assert "Pasang budaya 9.1.0 atau yang lebih baru" in error.value.text.id
        assert "Install budaya 9.1.0 or newer" in error.value.text.en
        assert "\n" not in str(error.value)
    assert sha256_file(home.warehouse_file) == kept


def test_who_is_erased_is_in_no_copy(old: Home) -> None:
    nip = str(_rows(old, "SELECT min(nip) FROM raw.employees")[0][0])
    erasing.erase(
        old,
        [nip],
        datetime.fromisoformat("2026-12-01T00:00:00+00:00"),
        "retensi",
        in_service_on=None,
    )
    assert not list(old.warehouse.glob("before*"))
    assert _version(old) == migrations.CURRENT
    assert nip not in {str(row[0]) for row in _rows(old, "SELECT nip FROM raw.employees")}
