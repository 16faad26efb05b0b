"""The models behind a published cell, and the raw tables that they read, out of dbt's manifest.

Belongs here: which way through the models a table's column takes. Does not belong here: rows of
files (``warehouse.proof.lineage``) or of rules (``warehouse.proof.lineage_rules``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from warehouse.catalog.reader import load_catalog

APEL = frozenset({"apel_required", "apel_attended", "apel_rate"})
WITH_APEL = APEL | {"discipline_score"}
# The columns of a culture score that only one component stands behind, or none.
COMPONENTS: Mapping[str, str] = {
    "survey_score": "mart_survey",
    "survey_wave": "mart_survey",
    "discipline_score": "mart_discipline",
    "ip_asn_score": "mart_ip_asn",
    "ip_asn_year": "mart_ip_asn",
}
TARGET = frozenset({"target_score"})
COUNTS = frozenset({"wave_end_date", "respondents", "eligible", "response_rate"})
# Who is hidden is decided by one model for all families: the way from it into each.
_ENTRIES = {
    "survey": {"int_survey_opd", "int_survey_wave"},
    "discipline": {"int_discipline_unit"},
    "ip_asn": {"int_ip_asn_unit"},
}


def upstream(
    manifest: Path, table: str, column: str | None = None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The models behind a cell, the table itself last, and the raw tables that they read.

    Both are empty where dbt has left no manifest, or half of one on a full disc.
    """
    try:
        found = json.loads(manifest.read_bytes())
    except (FileNotFoundError, ValueError):
        return (), ()
    parents: Mapping[str, list[str]] = found["parent_map"]
    beside = _beside(table, column)
    ordered: dict[str, None] = {}

    def visit(node: str) -> None:
        for parent in sorted(parents.get(node, ())):
            if parent not in ordered and _last(parent) not in beside:
                visit(parent)
        ordered[node] = None

    visit(next(node for node in parents if node.startswith("model.") and _last(node) == table))
    models = tuple(_last(node) for node in ordered if node.startswith("model."))
    tables = tuple(_last(node) for node in ordered if node.startswith("source."))
    return models, tables


def _beside(table: str, column: str | None) -> frozenset[str]:
    """The models before a table that have no part in a cell of it."""
    marts = load_catalog().marts
    own = {marts[table].family}
    if table == "mart_culture_score":
        if column not in COMPONENTS and column not in TARGET:
            return frozenset()
        own = {marts[name].family for of, name in COMPONENTS.items() if of == column}
    elif own == {None}:
        return frozenset()
    others = [family for family in _ENTRIES if family not in own]
    beside = {model for family in others for model in (*_ENTRIES[family], f"mart_{family}")}
    if table == "mart_discipline" and column is not None and column != "discipline_score":
        beside.add("int_employee_month" if column in APEL else "int_apel")
    if table == "mart_survey_value" and column is not None:
        beside.add("int_survey_score" if column == "cronbach_alpha" else "int_survey_alpha")
    if table == "mart_survey" and column in COUNTS:
        beside.add("int_survey_score")
    return frozenset(beside)


def _last(node: str) -> str:
    return node.rpartition(".")[2]
