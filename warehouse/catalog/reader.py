"""The one description of every source, rule, mart and restricted table.

Belongs here: reading ``catalog/**/*.yml`` into typed objects, and the SQL types that follow
from them. Does not belong here: what a check does (quality), how a file is read (ingest),
how a figure is computed (dbt). No column is described anywhere else; templates, data
dictionary, GX suites, dbt's YAML and the published comments are all made from these objects.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, cast

import yaml

CATALOG_FOLDER = Path(__file__).parent

TYPES = frozenset(
    {"VARCHAR", "DOUBLE", "INTEGER", "BIGINT", "SMALLINT", "BOOLEAN", "DATE", "TIME", "TIMESTAMP"}
)
SEVERITIES = frozenset({"critical", "warning", "info"})
FAMILIES = frozenset({"survey", "discipline", "ip_asn"})
# Where a source's column is met: in the sender's file, in schema raw, or (None) in both.
PLACES = frozenset({None, "file", "raw"})
# Checks that the columns do not imply, each with the parameters that it must carry.
TABLE_CHECKS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "rows_min": frozenset({"value"}),  # the table has at least `value` rows
        "any_filled": frozenset({"columns"}),  # every row has a value in one of `columns`
        "in_order": frozenset({"columns"}),  # the values of `columns` never fall, NULLs left out
        "sum_of": frozenset({"total", "parts"}),  # total = sum of parts, where none is NULL
        "respondents_kept": frozenset(),  # per delivery, the rows of a person are few
        "rejected_share_max": frozenset(),  # per delivery, against max_rejected_share of the home
    }
)

Severity = Literal["critical", "warning", "info"]
Group = Literal["sources", "rules", "state", "marts", "restricted"]
GROUPS: tuple[Group, ...] = ("sources", "rules", "state", "marts", "restricted")


class CatalogError(ValueError):
    """A catalog file contradicts itself or the catalog's own grammar; the message names it."""


@dataclass(frozen=True)
class Column:
    """One column: its type, its meaning in both languages and what may be in it.

    ``min`` and ``max`` are inclusive; ``bounds_by`` leads from another column of a rule's row over
    its value to the bounds that hold then. ``references`` is ``table.column``; where the target is
    keyed by government too, the pair with ``government_code`` is meant. ``severity`` is that of
    every check which the column implies. ``key_unless`` names the column of a natural key that,
    where it is filled, makes this one count for nothing: a punch of a known employee is the same
    punch on whatever device. ``shown_when_hidden`` marks a measure that a suppressed row keeps,
    beside keys, counts of contributors and dates (contract section 4, Suppression).
    """

    name: str
    type: str
    id: str
    en: str
    required: bool = False
    personal: bool = False
    place: Literal["file", "raw"] | None = None
    nullable_in_raw: bool = False
    key_unless: str | None = None
    unit: str | None = None
    values: tuple[str | int | float, ...] = ()
    min: float | None = None
    max: float | None = None
    bounds_by: Mapping[str, Mapping[str, tuple[float, float]]] = field(default_factory=dict)
    pattern: str | None = None
    references: str | None = None
    shown_when_hidden: bool = False
    severity: Severity = "critical"

    @property
    def description(self) -> str:
        """The meaning as published: Indonesian, then English."""
        return f"{self.id} / {self.en}"

    @property
    def not_null(self) -> bool:
        """Whether a stored NULL is a fault.

        ``required`` speaks of the canonical file; ``nullable_in_raw`` marks the column that
        another layout brings empty (a punch of a device has a PIN and no NIP).
        """
        return self.required and not self.nullable_in_raw and self.place != "file"


@dataclass(frozen=True)
class CheckSpec:
    """A check on a whole table, beyond those that its columns imply (see ``TABLE_CHECKS``)."""

    check: str
    severity: Severity
    reason_id: str
    reason_en: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """One table of the catalog.

    ``key`` is the natural key of a source (within a government and period), the key of a rule
    (within a government and day) or the primary key of everything else.
    ``appended`` are the columns that schema raw adds to those of a source or rule.
    ``arrives_with`` names the source whose landing folder brings this table, if not its own.
    ``dated_by`` is the column that says when what a source tells of happened; None for lists that
    describe a state.
    """

    name: str
    group: Group
    title_id: str
    title_en: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    checks: tuple[CheckSpec, ...] = ()
    family: str | None = None
    period: Literal["wave", "year"] | None = None
    arrives_with: str | None = None
    dated_by: str | None = None
    appended: tuple[Column, ...] = ()

    @property
    def description(self) -> str:
        """The title as published: Indonesian, then English."""
        return f"{self.title_id} / {self.title_en}"

    @property
    def raw_name(self) -> str:
        """The table's name in schema raw."""
        return f"rule_{self.name}" if self.group == "rules" else self.name

    @property
    def asset(self) -> str:
        """The raw asset that fills this table: ``rules``, ``night`` or a source."""
        shared = {"rules": "rules", "state": "night"}
        return shared.get(self.group) or self.arrives_with or self.name

    @property
    def file_columns(self) -> tuple[Column, ...]:
        """The columns that the canonical template shows to a sender, in its order."""
        return tuple(column for column in self.columns if column.place != "raw")

    @property
    def raw_columns(self) -> tuple[Column, ...]:
        """The columns of the table as it is stored, in order."""
        return tuple(c for c in self.columns if c.place != "file") + self.appended

    def column(self, name: str) -> Column:
        """Return the column called ``name``, own or appended; KeyError if there is none."""
        for column in (*self.columns, *self.appended):
            if column.name == name:
                return column
        raise KeyError(f"{self.name}.{name}")


@dataclass(frozen=True)
class Catalog:
    """All tables, by group and name, in the order in which the contract lists them."""

    sources: Mapping[str, Table]
    rules: Mapping[str, Table]
    state: Mapping[str, Table]
    marts: Mapping[str, Table]
    restricted: Mapping[str, Table]

    @property
    def landing_sources(self) -> tuple[str, ...]:
        """The sources that have a landing folder of their own, in the contract's order."""
        return tuple(name for name, table in self.sources.items() if table.arrives_with is None)

    @property
    def raw_tables(self) -> tuple[Table, ...]:
        """Every table of schema raw."""
        return (*self.sources.values(), *self.rules.values(), *self.state.values())


def table_ddl(
    table: Table, schema: str, *, name: str | None = None, extra: Iterable[Column] = ()
) -> str:
    """Return ``CREATE TABLE IF NOT EXISTS`` for a catalog table, without any constraint.

    What a column may hold is checked by the gate, which must be able to see a fault; keys and
    indexes would slow loads and be refused by older readers of a published file.

    Args:
        table: The table of the catalog; its stored columns are used.
        schema: The schema to create it in.
        name: Another name than the table's own (``raw_name``).
        extra: Columns to append.
    """
    columns = ",\n  ".join(f'"{c.name}" {c.type}' for c in (*table.raw_columns, *extra))
    return f'CREATE TABLE IF NOT EXISTS "{schema}"."{name or table.raw_name}" (\n  {columns}\n)'


@cache
def load_catalog() -> Catalog:
    """Read and check the catalog that ships with the product; cached, it never changes."""
    return read_catalog(CATALOG_FOLDER)


def read_catalog(folder: Path) -> Catalog:
    """Read the catalog below ``folder``; CatalogError names the file that is wrong."""
    layout = _read_yaml(folder / "catalog.yml")
    groups: dict[str, Mapping[str, Table]] = {}
    for group in GROUPS:
        appended = layout["appended"].get(group, {})
        names = list(layout["order"][group])
        found = {path.stem for path in (folder / group).glob("*.yml")}
        if found != set(names):
            raise CatalogError(f"catalog.yml and {group}/: only in one {found ^ set(names)}")
        groups[group] = MappingProxyType(
            {name: _table(folder / group / f"{name}.yml", group, appended) for name in names}
        )
    catalog = Catalog(**groups)
    _check_references(catalog)
    return catalog


def _read_yaml(path: Path) -> dict[str, Any]:
    # The C loader is as safe and reads sixty files in hundredths of a second, not in seconds.
    text = path.read_text(encoding="utf-8")
    return cast("dict[str, Any]", yaml.load(text, yaml.CSafeLoader))


def _table(path: Path, group: Group, appended: Mapping[str, Any]) -> Table:
    entry = _read_yaml(path)
    arrives_with = entry.get("arrives_with")
    # What every delivery must pass is written once; a part of a delivery is judged with it.
    shared_checks = [] if arrives_with else appended.get("checks", [])
    try:
        table = Table(
            name=entry["name"],
            group=group,
            title_id=entry["title"]["id"],
            title_en=entry["title"]["en"],
            key=tuple(entry["key"]),
            columns=tuple(_column(column) for column in entry["columns"]),
            checks=tuple(_check(check) for check in [*entry.get("checks", []), *shared_checks]),
            family=entry.get("family"),
            period=entry.get("period"),
            arrives_with=arrives_with,
            dated_by=entry.get("dated_by"),
            appended=tuple(_column(column) for column in appended.get("columns", [])),
        )
        _check_table(table, path.stem)
    except (KeyError, TypeError, CatalogError) as error:
        raise CatalogError(f"{group}/{path.name}: {error}") from error
    return table


def _column(entry: dict[str, Any]) -> Column:
    column = Column(**{**entry, "values": tuple(entry.get("values", ()))})
    texts = (column.name, column.id, column.en)
    if not all(isinstance(text, str) and text.strip() for text in texts):
        raise CatalogError(f"column {column.name}: name, id and en must be filled")
    if column.type not in TYPES:
        raise CatalogError(f"column {column.name}: unknown type {column.type}")
    if column.severity not in SEVERITIES or column.place not in PLACES:
        raise CatalogError(f"column {column.name}: unknown severity or place")
    return column


def _check(entry: dict[str, Any]) -> CheckSpec:
    params = {k: v for k, v in entry.items() if k not in {"check", "severity", "reason"}}
    name, severity = entry["check"], entry["severity"]
    if TABLE_CHECKS.get(name) != frozenset(params) or severity not in SEVERITIES:
        raise CatalogError(f"check {name}: unknown, or wrong parameters or severity")
    reason = entry["reason"]
    return CheckSpec(name, severity, reason["id"], reason["en"], MappingProxyType(params))


def _check_table(table: Table, stem: str) -> None:
    names = [column.name for column in (*table.columns, *table.appended)]
    if table.name != stem:
        raise CatalogError(f"name {table.name} is not that of the file")
    if len(names) != len(set(names)):
        raise CatalogError("a column is described twice")
    stored = {column.name for column in table.raw_columns}
    used = {*table.key, *(column.key_unless for column in table.columns if column.key_unless)}
    for check in table.checks:
        used.update(check.params.get("columns", ()), check.params.get("parts", ()))
        used.update([check.params["total"]] if "total" in check.params else [])
    used.update([table.dated_by] if table.dated_by else [])
    if not used <= stored:
        raise CatalogError(f"key, date or check names unknown columns {sorted(used - stored)}")
    if table.group == "marts" and any(column.personal for column in table.columns):
        raise CatalogError("a personal column can not be published")
    if table.family is not None and table.family not in FAMILIES:
        raise CatalogError(f"unknown family {table.family}")


def _check_references(catalog: Catalog) -> None:
    for table in (*catalog.marts.values(), *catalog.restricted.values()):
        for column in table.columns:
            if column.references is None:
                continue
            target, _, name = column.references.partition(".")
            if target not in catalog.marts or name not in catalog.marts[target].key:
                raise CatalogError(f"{table.name}.{column.name}: no key {column.references}")
