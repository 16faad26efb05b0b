"""dbt's YAML, written from the catalog: contracts, descriptions, keys, references, values.

Belongs here: what dbt must know of the raw, published and restricted tables. Does not belong here:
tests of formulas, which lie beside the models. The files are committed, so that the dbt project can
be read and run by itself; ``python -m warehouse.catalog.dbt_yaml`` writes them anew and a test
fails when they have drifted.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from warehouse.catalog.model import Catalog, Column, Table
from warehouse.catalog.reader import load_catalog
from warehouse.version import DBT_PROJECT
from warehouse.vocabulary import Severity

HEADER = "# Written from warehouse/catalog by `make catalog`; do not edit.\n"


def generated(catalog: Catalog) -> dict[str, str]:
    """Return the text of each generated file by its path within the dbt project."""
    return {
        "models/_sources.yml": _dump({"sources": [_source(catalog)]}),
        "models/marts/_marts.yml": _dump(
            {"models": [_model(table, catalog) for table in catalog.marts.values()]}
        ),
        "models/restricted/_restricted.yml": _dump(
            {"models": [_model(table, catalog) for table in catalog.restricted.values()]}
        ),
    }


def write(project: Path = DBT_PROJECT) -> list[Path]:
    """Write the generated files below ``project`` and return their paths."""
    written = []
    for name, text in generated(load_catalog()).items():
        path = project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return written


def _dump(content: dict[str, Any]) -> str:
    body = yaml.safe_dump({"version": 2, **content}, sort_keys=False, allow_unicode=True, width=100)
    return HEADER + body


def _source(catalog: Catalog) -> dict[str, Any]:
    tables = [
        {
            "name": table.raw_name,
            "description": table.description,
            # The raw asset that fills the table; several tables may share one.
            "config": {"meta": {"dagster": {"asset_key": ["raw", table.asset]}}},
            "columns": [_column(column) for column in table.raw_columns],
        }
        for table in catalog.raw_tables
    ]
    return {"name": "raw", "schema": "raw", "tables": tables}


def _column(column: Column) -> dict[str, Any]:
    return {
        "name": column.name,
        "data_type": column.type.lower(),
        "description": column.description,
    }


def _model(table: Table, catalog: Catalog) -> dict[str, Any]:
    tests = [_unique_key(table)]
    for column in table.columns:
        if column.references is not None:
            tests.append(_reference(table, column, catalog))
        if column.values:
            tests.append(_accepted_values(table, column))
    return {
        "name": table.name,
        "description": table.description,
        "config": {"contract": {"enforced": True}},
        "columns": [_column(column) for column in table.columns],
        "data_tests": tests,
    }


def _unique_key(table: Table) -> dict[str, Any]:
    key = ", ".join(table.key)
    return {
        "unique_key": {
            "name": f"unique_key_{table.name}",
            "arguments": {"columns": list(table.key)},
            "config": _config(
                table,
                "critical",
                f"Kunci ({key}) harus terisi dan tunggal",
                f"The key ({key}) must be filled and unique",
            ),
        }
    }


def _reference(table: Table, column: Column, catalog: Catalog) -> dict[str, Any]:
    target, _, field = str(column.references).partition(".")
    # A unit's code is only unique within its government.
    by_government = "government_code" in catalog.marts[target].key and field != "government_code"
    if by_government:
        kind = "references_key"
        arguments: dict[str, Any] = {
            "columns": ["government_code", column.name],
            "to_columns": ["government_code", field],
        }
    else:
        kind = "relationships"
        arguments = {"column_name": column.name, "field": field}
    return {
        kind: {
            "name": f"references_{table.name}_{column.name}",
            "arguments": {**arguments, "to": f"ref('{target}')"},
            "config": _config(
                table,
                column.severity,
                f"{column.name} harus ada di {target}",
                f"{column.name} must be found in {target}",
            ),
        }
    }


def _accepted_values(table: Table, column: Column) -> dict[str, Any]:
    values = ", ".join(str(value) for value in column.values)
    return {
        "accepted_values": {
            "name": f"accepted_values_{table.name}_{column.name}",
            "arguments": {"column_name": column.name, "values": list(column.values)},
            "config": _config(
                table,
                column.severity,
                f"{column.name} harus salah satu dari {values}",
                f"{column.name} must be one of {values}",
            ),
        }
    }


def _config(table: Table, severity: Severity, reason_id: str, reason_en: str) -> dict[str, Any]:
    """What dbt does with a failure, and what the gate and the report say about it."""
    return {
        "severity": "error" if severity == "critical" else "warn",
        "meta": {
            "severity": severity,
            "subject": table.name,
            "id": reason_id,
            "en": reason_en,
        },
    }


if __name__ == "__main__":
    write()
