"""Erasing a person of the demo: gone from every private file, and not brought back by landing."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from tests.conftest import budaya
from tests.orchestration.steps import go_through
from warehouse.erasure.erasing import Erasure, erase, holds, keep_erased, mend_restored, read_nips
from warehouse.erasure.listed import read_list
from warehouse.errors import UserError
from warehouse.proof import ledger
from warehouse.proof.verify import verify
from warehouse.store.home import Home

NOW = datetime(2026, 11, 22, tzinfo=UTC)
REASON = "masa simpan berakhir"


def counts(home: Home, nip: str) -> Counter[str]:
    """Rows that name the person, by table of the working file and of every restricted file."""
    found: Counter[str] = Counter()
    files = [home.warehouse_file, *home.restricted.glob("generations/*/restricted.duckdb")]
    for file in files:
        with duckdb.connect() as conn:
            conn.execute(f"attach '{file}' as f (read_only)")
            tables = conn.execute(
                "select schema_name, table_name from duckdb_tables() where database_name = 'f'"
            ).fetchall()
            for schema, table in tables:
                everything = f'select t::varchar as line from f."{schema}"."{table}" as t'
                row = conn.execute(
                    f"select count(*) from ({everything}) where contains(line, ?)", [nip]
                ).fetchone()
                found[f"{schema}.{table}"] += row[0] if row else 0
    for file in home.restricted.glob("generations/*/employee_day/*/*.parquet"):
        row = duckdb.execute(f"select count(*) from '{file}' where nip = ?", [nip]).fetchone()
        found["slices"] += row[0] if row else 0
    return +found


def punches_by_pin(home: Home, nip: str) -> int:
    """The punches of devices that know the person by a PIN only."""
    with duckdb.connect(str(home.warehouse_file), read_only=True) as conn:
        row = conn.execute(
            "select count(*) from raw.attendance a join raw.devices d using (government_code, pin) "
            "where d.nip = ? "
            "and a.timestamp::date between coalesce(d.valid_from, date '1900-01-01') "
            "and coalesce(d.valid_to, date '9999-12-31') "
            "and (d.device_id is null or d.device_id = a.device_id)",
            [nip],
        ).fetchone()
    return row[0] if row else 0


@pytest.fixture(scope="module")
def before(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, str]:
    """A copy of the demo and somebody in it with punches by PIN, leave, apel and an IP-ASN."""
    home = Home(tmp_path_factory.mktemp("erasure") / "home")
    shutil.copytree(demo_home, home.root, symlinks=True)
    with home.connect() as conn:
        row = conn.execute(
            "select nip from raw.devices semi join raw.leave using (nip) "
            "semi join raw.ip_asn using (nip) semi join raw.events using (nip) "
            "where government_code = '82.71' order by nip limit 1"
        ).fetchone()
        assert row is not None
        nip = str(row[0])
        spaced = f"{nip[:8]} {nip[8:14]} {nip[14]} {nip[15:]}"
        conn.execute(
            "insert into raw.quarantine by name select '82.71' as government_code, "
            "'leave' as source, repeat('a', 64) as file_sha256, ? as raw_text",
            [f"Nama;{spaced};x"],
        )
        conn.execute(
            "update raw.delivery set path = ? where path = "
            "(select min(path) from raw.delivery where source = 'official')",
            [f"82.71/official/SK {spaced}.csv"],
        )
    returned = home.returns / "82.71" / "leave" / "kembali.xlsx"
    returned.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(returned, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/sharedStrings.xml", f"<t>{spaced}</t>")
    (home.warehouse / "errors.log").write_text(f"could not convert {nip}", encoding="utf-8")
    return home, nip


@pytest.fixture(scope="module")
def erasure(before: tuple[Home, str]) -> Erasure:
    home, nip = before
    found = counts(home, nip)
    assert found["raw.leave"], "else nothing is proved"
    assert found["restricted.employee_day"]
    assert found["slices"]
    assert punches_by_pin(home, nip) > 20
    done = erase(home, [nip], NOW, REASON, in_service_on=None)
    assert done.rows["attendance"] > 20
    assert done.rows["quarantine"] >= 1
    assert done.rows["delivery"] == 1
    assert done.rows["returns files"] >= 1
    return done


@pytest.fixture(scope="module")
def erased(before: tuple[Home, str], erasure: Erasure) -> tuple[Home, str]:
    return before


@pytest.fixture(scope="module")
def named(erasure: Erasure) -> tuple[Path, ...]:
    """The landing files that the office has to mend itself."""
    return erasure.landing_files


def test_the_person_is_in_no_private_table_any_more(erased: tuple[Home, str]) -> None:
    home, nip = erased
    assert counts(home, nip) == Counter()
    assert punches_by_pin(home, nip) == 0
    assert not list(home.returns.rglob("kembali.xlsx"))
    with duckdb.connect(str(home.warehouse_file), read_only=True) as conn:
        paths = conn.execute("select path from raw.delivery").fetchall()
    assert ("82.71/official/SK ******** ****** * ***.csv",) in paths
    private = [p for area in (home.warehouse, home.restricted) for p in area.rglob("*")]
    assert [p.name for p in private if p.is_file() and holds(p, [nip])] == []


def test_others_keep_their_rows(erased: tuple[Home, str], demo_home: Path) -> None:
    home, nip = erased
    for table in ("employees", "leave", "ip_asn", "devices"):
        query = f"select count(*) from raw.{table} where nip <> ?"
        with (
            duckdb.connect(str(home.warehouse_file), read_only=True) as now,
            Home(demo_home).connect(read_only=True) as then,
        ):
            assert now.execute(query, [nip]).fetchone() == then.execute(query, [nip]).fetchone()


def test_the_ledger_says_that_and_not_who(erased: tuple[Home, str]) -> None:
    home, nip = erased
    entry = ledger.entries(home)[-1]
    assert (entry["kind"], entry["people"]) == ("erasure", 1)
    assert entry["rows"]["leave"] >= 1
    assert nip not in home.ledger_file.read_text(encoding="utf-8")
    assert nip not in home.erasure_file.read_text(encoding="utf-8")
    assert verify(home).problems == ()


def test_the_landing_files_that_hold_the_person_are_named(
    erased: tuple[Home, str], named: tuple[Path, ...]
) -> None:
    """Also those of devices that know the person by a PIN only."""
    home, nip = erased
    texts = {
        path for path in home.landing.rglob("*.csv") if nip in path.read_text("utf-8", "replace")
    }
    assert texts
    assert texts <= set(named)
    assert any(path.name.endswith("attlog.dat") for path in named)


def test_rows_that_come_back_are_deleted_again(erased: tuple[Home, str]) -> None:
    home, nip = erased
    with home.connect() as conn:
        conn.execute(
            "insert into raw.leave by name select ? as nip, '82.71' as government_code", [nip]
        )
        assert conn.execute("select count(*) from raw.leave where nip = ?", [nip]).fetchone() == (
            1,
        )
        keep_erased(home, conn)
        assert conn.execute("select count(*) from raw.leave where nip = ?", [nip]).fetchone() == (
            0,
        )


def test_a_generation_from_a_backup_is_erased_again(
    erased: tuple[Home, str], demo_home: Path
) -> None:
    home, nip = erased
    path = next(home.restricted.glob("generations/*/restricted.duckdb"))
    shutil.copy(demo_home / path.relative_to(home.root), path)
    assert counts(home, nip)["main.employee_discipline"]
    assert [p.subject for p in verify(home).problems] == [path.relative_to(home.root).as_posix()]
    assert mend_restored(home, NOW) == 1
    assert counts(home, nip) == Counter()
    assert verify(home).problems == ()
    assert mend_restored(home, NOW) == 0


@pytest.mark.exhaustive
def test_a_night_does_not_bring_the_person_back(erased: tuple[Home, str]) -> None:
    """Every landing file is still there, and the working file is lost: all is read again."""
    home, nip = erased
    home.warehouse_file.unlink()
    assert go_through(home)["exit_code"] == 0
    assert counts(home, nip) == Counter()
    assert punches_by_pin(home, nip) == 0
    assert budaya("verify", "--home", home.root).code == 0


def test_a_wrong_line_is_told_by_its_number_only() -> None:
    with pytest.raises(UserError, match="line 2") as caught:
        read_nips(io.StringIO("198609262015051001\n19860926201505100\n"))
    assert "1986" not in str(caught.value)
    assert read_nips(["19860926 201505 1 001\n", "\n"]) == ["198609262015051001"]
    with pytest.raises(UserError, match="no NIP"):
        read_nips([])


def test_a_home_without_anything_loaded_lists_the_person(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.create()
    assert erase(home, ["198609262015051001"], NOW, REASON, in_service_on=None).people == 1
    assert len(read_list(home)) == 1
    assert home.erasure_file.stat().st_mode & 0o077 == 0
    assert json.loads(home.erasure_file.read_bytes())[0]["nip"] != "198609262015051001"
