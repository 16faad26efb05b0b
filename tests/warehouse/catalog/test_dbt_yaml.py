"""dbt's YAML is the catalog's, and its own generic tests find what they are for."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import jinja2
import pytest
import yaml

from warehouse.catalog.dbt_yaml import generated, write
from warehouse.catalog.reader import load_catalog
from warehouse.version import DBT_PROJECT


@cache
def _models() -> dict[str, dict[str, Any]]:
    texts = generated(load_catalog())
    files = [text for name, text in texts.items() if name != "models/_sources.yml"]
    return {model["name"]: model for text in files for model in yaml.safe_load(text)["models"]}


def _tests(model: str) -> dict[str, tuple[str, dict[str, Any]]]:
    """The tests of a model by name: kind and arguments."""
    found = {}
    for test in _models()[model]["data_tests"]:
        ((kind, body),) = test.items()
        found[body["name"]] = (kind, body["arguments"])
    return found


def test_the_committed_files_have_not_drifted() -> None:
    for name, text in generated(load_catalog()).items():
        assert (DBT_PROJECT / name).read_text(encoding="utf-8") == text, (
            f"{name}: run python -m warehouse.catalog.dbt_yaml"
        )


def test_writing_makes_the_same_files_elsewhere(tmp_path: Path) -> None:
    written = write(tmp_path)
    assert [path.relative_to(tmp_path).as_posix() for path in written] == list(
        generated(load_catalog())
    )
    for path in written:
        twin = DBT_PROJECT / path.relative_to(tmp_path)
        assert path.read_bytes() == twin.read_bytes()


def test_every_published_and_restricted_table_has_an_enforced_contract() -> None:
    catalog = load_catalog()
    models = _models()
    assert set(models) == {*catalog.marts, *catalog.restricted}
    for table in (*catalog.marts.values(), *catalog.restricted.values()):
        model = models[table.name]
        assert model["config"]["contract"] == {"enforced": True}
        assert [(c["name"], c["data_type"].upper()) for c in model["columns"]] == [
            (column.name, column.type) for column in table.columns
        ]
        assert _tests(table.name)[f"unique_key_{table.name}"][1] == {"columns": list(table.key)}


def test_references_to_units_are_made_within_the_government() -> None:
    assert _tests("mart_survey_value")["references_mart_survey_value_unit_code"] == (
        "references_key",
        {
            "columns": ["government_code", "unit_code"],
            "to_columns": ["government_code", "unit_code"],
            "to": "ref('dim_unit')",
        },
    )
    assert _tests("mart_survey_value")["references_mart_survey_value_value_code"] == (
        "relationships",
        {"column_name": "value_code", "field": "value_code", "to": "ref('dim_value')"},
    )


def test_every_test_tells_the_gate_what_it_means() -> None:
    bodies = [b for m in _models().values() for t in m["data_tests"] for b in t.values()]
    names = [body["name"] for body in bodies]
    assert len(names) == len(set(names)) > 40
    for body in bodies:
        meta = body["config"]["meta"]
        assert meta["subject"] in body["name"]
        assert meta["id"]
        assert meta["en"]
        assert body["config"]["severity"] == {"critical": "error"}.get(meta["severity"], "warn")


def test_raw_tables_belong_to_the_asset_that_fills_them() -> None:
    (source,) = yaml.safe_load(generated(load_catalog())["models/_sources.yml"])["sources"]
    keys = {
        table["name"]: "/".join(table["config"]["meta"]["dagster"]["asset_key"])
        for table in source["tables"]
    }
    assert keys["attendance"] == "raw/attendance"
    assert {keys["survey"], keys["survey_answer"], keys["instrument"]} == {"raw/survey"}
    assert {key for name, key in keys.items() if name.startswith("rule_")} == {"raw/rules"}
    night = {
        "delivery", "balance", "quarantine", "mended_row", "run", "check_result",
        "published_contributor", "schema_version", "seen_rule", "built_slice",
        "slice_origin",
    }  # fmt: skip
    assert {name for name, key in keys.items() if key == "raw/night"} == night


def _failing(test: str, rows: str, **arguments: Any) -> int:
    """Count the rows that a generic test returns over the VALUES `rows` as model(a, b)."""
    source = (DBT_PROJECT / "tests" / "generic" / f"{test}.sql").read_text(encoding="utf-8")
    body = source.split("%}", 1)[1].rsplit("{%", 1)[0]
    with duckdb.connect() as conn:
        conn.execute(f"CREATE TABLE model AS SELECT * FROM (VALUES {rows}) AS t(a, b)")
        conn.execute("CREATE TABLE other AS SELECT * FROM (VALUES ('x', 1), ('y', 2)) AS t(c, d)")
        sql = jinja2.Environment().from_string(body).render(model="model", **arguments)  # noqa: S701
        return len(conn.execute(sql).fetchall())


@pytest.mark.parametrize(
    ("rows", "failing"),
    [
        ("('x', 1), ('x', 2), ('y', 1)", 0),
        ("('x', 1), ('x', 1), ('y', 1)", 1),
        ("('x', 1), (NULL, 1)", 1),
        ("('x', NULL), ('y', 1)", 1),
    ],
)
def test_unique_key_finds_repeated_and_empty_keys(rows: str, failing: int) -> None:
    assert _failing("unique_key", rows, columns=["a", "b"]) == failing


@pytest.mark.parametrize(
    ("rows", "failing"),
    [
        ("('x', 1), ('y', 2), ('y', 2)", 0),
        ("('x', 2), ('y', 2)", 1),
        ("('x', NULL), (NULL, 7), ('z', 1)", 1),
    ],
)
def test_references_key_finds_pairs_that_do_not_exist(rows: str, failing: int) -> None:
    arguments = {"columns": ["a", "b"], "to": "other", "to_columns": ["c", "d"]}
    assert _failing("references_key", rows, **arguments) == failing
