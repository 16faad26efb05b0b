"""No NIP, name, PIN or e-mail of the demo leaves the private folders of its home."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import duckdb
import pytest

from demo.exports import secrets_of
from demo.world import make_world
from warehouse.catalog.reader import load_catalog

PRIVATE = {"landing", "warehouse", "restricted", "returns", "config"}


@pytest.fixture(scope="module")
def secrets() -> set[str]:
    return set(secrets_of(make_world()))


def found_in(text: str, secrets: set[str]) -> set[str]:
    """The secrets that stand in a text; a number only where no other digit touches it.

    Sooner or later the digits of a score or of a hash hold any eight digits.
    """
    numbers = set(re.findall(r"(?<!\d)\d{5,18}(?!\d)", text))
    words = {secret for secret in secrets if not secret.isdigit()}
    # Many people begin alike: most of them are looked for at once.
    begun = {begin for begin in set(map(_begin, words)) if begin in text}
    return (secrets & numbers) | {
        secret for secret in words if _begin(secret) in begun and secret in text
    }


@cache
def _begin(secret: str) -> str:
    """The first word of a name or an address; where it does not stand, the whole does not."""
    found = re.match(r"\w+", secret)
    return found[0] if found else secret


def test_the_search_would_find_one(demo_home: Path, secrets: set[str]) -> None:
    """The demo's people are really in the landing files: else the other tests prove nothing."""
    texts = [path.read_text(errors="replace") for path in (demo_home / "landing").rglob("*.csv")]
    assert len(found_in("\n".join(texts), secrets)) > len(secrets) / 4


def test_published_tables_hold_no_secret_in_any_column(demo_home: Path, secrets: set[str]) -> None:
    with duckdb.connect(str(demo_home / "published/current/marts.duckdb"), read_only=True) as marts:
        columns = marts.execute(
            "select table_name, column_name from duckdb_columns() "
            "where schema_name = 'main' and not internal"
        ).fetchall()
        assert len({table for table, _ in columns}) == len(load_catalog().marts)
        for table, column in columns:
            values = marts.execute(
                f'select distinct cast("{column}" as varchar) from marts.{table}'
            ).fetchall()
            text = "\n".join(value for (value,) in values if value is not None)
            assert found_in(text, secrets) == set(), f"{table}.{column}"


def test_no_file_outside_the_private_folders_holds_a_secret(
    demo_home: Path, secrets: set[str]
) -> None:
    """Reports, ledger, manifests, Parquet, Dagster's storage and logs: every byte of them."""
    # JSON and pages may write a name's letters as escapes.
    wanted = secrets | {json.dumps(secret)[1:-1] for secret in secrets}
    searched = 0
    for path in demo_home.rglob("*"):
        if path.is_file() and path.relative_to(demo_home).parts[0] not in PRIVATE:
            text = path.read_bytes().decode("latin-1")
            assert found_in(text, wanted) == set(), path.relative_to(demo_home)
            searched += 1
    assert searched > 30


def test_dagsters_events_hold_no_secret(demo_home: Path, secrets: set[str]) -> None:
    """Event bodies are compressed in places, so they are read as Dagster reads them."""
    from dagster import DagsterInstance

    with DagsterInstance.from_config(str(demo_home / "dagster")) as instance:
        runs = instance.get_runs()
        events = [repr(event) for run in runs for event in instance.all_logs(run.run_id)]
    assert len(events) > 100
    assert found_in("\n".join(events), secrets) == set()


def test_what_the_command_prints_holds_no_secret(demo_run, secrets: set[str]) -> None:  # type: ignore[no-untyped-def]
    _, ended = demo_run
    assert found_in(ended.stdout + ended.stderr, secrets) == set()


def test_private_folders_are_private(demo_home: Path) -> None:
    for name in ("warehouse", "restricted", "returns"):
        assert (demo_home / name).stat().st_mode & 0o077 == 0, name
