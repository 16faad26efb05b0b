"""The one description of every source, rule, mart and restricted table, read and checked.

Belongs here: reading ``catalog/**/*.yml`` into `warehouse.catalog.model` and holding the files
against one another. Does not belong here: what a check does (quality), how a file is read (ingest),
how a figure is computed (dbt). No column is described anywhere else; templates, data dictionary, GX
suites, dbt's YAML and the published comments are all made from these objects.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType

from pydantic.dataclasses import dataclass

from warehouse.catalog.model import GROUPS, Catalog, CheckSpec, Column, Group, Table
from warehouse.documents import STRICT, DocumentError, read_yaml

CATALOG_FOLDER = Path(__file__).parent


class CatalogError(ValueError):
    """A catalog file contradicts itself or the catalog's own grammar; the message names it."""


@cache
def load_catalog() -> Catalog:
    """Read and check the catalog that ships with the product; cached, it never changes."""
    return read_catalog(CATALOG_FOLDER)


def read_catalog(folder: Path) -> Catalog:
    """Read the catalog below ``folder``; CatalogError names the file and key that is wrong."""
    try:
        layout = read_yaml(folder / "catalog.yml", _Index)
    except DocumentError as error:
        raise CatalogError(str(error)) from error
    groups: dict[str, Mapping[str, Table]] = {}
    for group in GROUPS:
        names = layout.order[group]
        found = {path.stem for path in (folder / group).glob("*.yml")}
        if found != set(names):
            raise CatalogError(f"catalog.yml and {group}/: only in one {found ^ set(names)}")
        appended = layout.appended.get(group, _Appended())
        groups[group] = MappingProxyType(
            {name: _table(folder / group / f"{name}.yml", group, appended) for name in names}
        )
    catalog = Catalog(**groups)
    _check_references(catalog)
    return catalog


@dataclass(frozen=True, config=STRICT)
class _Appended:
    """What schema raw adds to every table of a group."""

    columns: tuple[Column, ...] = ()
    checks: tuple[CheckSpec, ...] = ()


@dataclass(frozen=True, config=STRICT)
class _Index:
    """``catalog.yml``: the order of the tables by group, and what is appended to them."""

    order: Mapping[Group, tuple[str, ...]]
    appended: Mapping[Group, _Appended] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Hold every group to have its order."""
        if set(self.order) != set(GROUPS):
            raise ValueError(f"order: the groups are {', '.join(GROUPS)}")


def _table(path: Path, group: Group, appended: _Appended) -> Table:
    name = f"{group}/{path.name}"
    try:
        table = read_yaml(path, Table)
        if table.appended:
            raise CatalogError("what is appended to a table stands in catalog.yml")
        # What every delivery must pass is written once; a part of a delivery is judged with it.
        shared = () if table.arrives_with else appended.checks
        checks = (*table.checks, *shared)
        table = replace(table, group=group, checks=checks, appended=appended.columns)
        _check_table(table, path.stem)
    except (DocumentError, CatalogError) as error:
        raise CatalogError(f"{name}: {error}") from error
    return table


def _check_table(table: Table, stem: str) -> None:
    names = [column.name for column in (*table.columns, *table.appended)]
    if table.name != stem:
        raise CatalogError(f"name {table.name} is not that of the file")
    if len(names) != len(set(names)):
        raise CatalogError("a column is described twice")
    stored = {column.name for column in table.raw_columns}
    used = {*table.key, *(column.key_unless for column in table.columns if column.key_unless)}
    used.update(*(check.used for check in table.checks), [table.dated_by] if table.dated_by else [])
    used.update([table.sliced_by] if table.sliced_by else [])
    used.update(table.spell or (), [table.named_by] if table.named_by else [], table.needs_any)
    used.update([table.moment] if table.moment else [])
    if not used <= stored:
        raise CatalogError(f"key, date or check names unknown columns {sorted(used - stored)}")
    if (table.group == "marts") != (table.evidence is not None):
        raise CatalogError("evidence: every mart names what stands behind its rows, nothing else")
    if table.sliced_by and not (table.group == "restricted" and table.sliced_by in table.key):
        raise CatalogError("sliced_by: the day in the key of a restricted table")
    if table.group == "marts" and any(column.personal for column in table.columns):
        raise CatalogError("a personal column can not be published")
    if table.group != "marts" and (table.moment or table.watched):
        raise CatalogError("moment, watched: of marts alone")


def _columns_of(catalog: Catalog, rule: str) -> set[str]:
    """The columns of a rule; none if there is no such rule."""
    return (
        {column.name for column in catalog.rules[rule].columns} if rule in catalog.rules else set()
    )


def _file(table: Table) -> str:
    return f"{table.group}/{table.name}.yml"


def _check_rhythm(catalog: Catalog, table: Table) -> None:
    """Hold a source that is promised to a mart that is there, and to columns that show its news."""
    if table.rhythm is None:
        return
    if table.rhythm.subject not in catalog.marts:
        raise CatalogError(f"{_file(table)}: rhythm: no mart {table.rhythm.subject}")
    if news := table.rhythm.news:
        shown = catalog.restricted.get(news.table)
        if not {news.day, news.filled} <= {c.name for c in (shown.columns if shown else ())}:
            raise CatalogError(f"{_file(table)}: rhythm: no {news.day}, {news.filled} there")


def _check_references(catalog: Catalog) -> None:
    for table in catalog.sources.values():
        named = {table.arrives_with, table.items_in} - {None}
        if not named <= catalog.sources.keys():
            raise CatalogError(f"{_file(table)}: names a table that is not there")
        for column in table.columns:
            if column.listed_in and column.name not in _columns_of(catalog, column.listed_in):
                raise CatalogError(
                    f"{_file(table)}: {column.name}: no such list {column.listed_in}"
                )
        if not set(table.read_by) <= catalog.rules.keys():
            raise CatalogError(f"{_file(table)}: read_by names a rule that is not there")
        _check_rhythm(catalog, table)
    for table in (*catalog.marts.values(), *catalog.restricted.values()):
        for column in table.columns:
            if column.references is None:
                continue
            target, _, name = column.references.partition(".")
            if target not in catalog.marts or name not in catalog.marts[target].key:
                raise CatalogError(f"{_file(table)}: {column.name}: no key {column.references}")
