"""The models behind a published cell, and the raw tables that they read, out of dbt's manifest.

Belongs here: the graph of models as dbt knows it, walked by what each model's SQL wants of those
before it. Does not belong here: reading a query (``warehouse.proof.lineage_sql``), rows of files
(``warehouse.proof.lineage``) or of rules (``warehouse.proof.lineage_rules``). No model is named.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from warehouse.catalog.reader import load_catalog
from warehouse.proof.lineage_query import ANYWHERE, Columns, Where
from warehouse.proof.lineage_sql import Reader, Wanted


@dataclass(frozen=True)
class Upstream:
    """What stands before a cell.

    Attributes:
        models: The models, the first ones first, the table itself last.
        tables: The raw tables that they read.
        wanted: What they want of each raw table.
        parts: The columns that they want of other published tables.
    """

    models: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    wanted: Mapping[str, frozenset[Wanted]] = field(default_factory=dict)
    parts: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def only(self, table: str) -> dict[str, frozenset[str]]:
        """The values that columns of a raw table may have to matter to the cell."""
        asked = [dict(one.where) for one in self.wanted.get(table, ())]
        names = set.intersection(*(set(where) for where in asked)) if asked else set()
        return {name: frozenset().union(*(where[name] for where in asked)) for name in names}

    def columns(self, table: str) -> frozenset[str]:
        """The columns that are wanted of a raw table."""
        known = load_catalog().raw_table(table)
        every = frozenset(column.name for column in known.raw_columns)
        asked = (one.columns for one in self.wanted.get(table, ()))
        return frozenset().union(*(every if one is None else one for one in asked))


class Graph:
    """dbt's models as its manifest tells of them."""

    def __init__(self, found: Mapping[str, Any], folder: Path) -> None:
        self._parents: Mapping[str, list[str]] = found["parent_map"]
        self._nodes = {**found["nodes"], **found.get("sources", {})}
        self._folder = folder
        self._by_relation = {
            f"{node['schema']}.{_called(node)}".lower(): key
            for key, node in self._nodes.items()
            if key in self._parents and key.partition(".")[0] in {"model", "source", "seed"}
        }
        self._queries: dict[str, exp.Expr | None] = {}
        self._names: dict[str, Columns] = {}
        self._found: dict[tuple[str, str | None, bool], Upstream] = {}
        self._plain = Reader(self.outputs, frozenset())

    @classmethod
    def read(cls, manifest: Path) -> Graph:
        """Read the manifest; an empty graph where there is none, or half of one on a full disk.

        What stands before a cell takes long to find: who asks for many finds it once.
        """
        try:
            known = manifest.stat()
            return _read(manifest, (known.st_ino, known.st_size, known.st_mtime_ns))
        except (FileNotFoundError, ValueError, KeyError):
            return cls({"parent_map": {}, "nodes": {}}, manifest.parent)

    def upstream(self, table: str, column: str | None = None, *, own: bool = False) -> Upstream:
        """What stands before a cell or a whole row; nothing where dbt knows no such table.

        Args:
            table: The published table.
            column: One of its columns; None for all of them.
            own: Whether to stop at other published tables.
        """
        asked = table, column, own
        if asked not in self._found:
            self._found[asked] = self._upstream(*asked)
        return self._found[asked]

    def _upstream(self, table: str, column: str | None, own: bool) -> Upstream:
        models = (key for key in self._parents if key.startswith("model."))
        last = next((key for key in models if _last(key) == table), None)
        if last is None:
            return Upstream()
        return _Walk(self, table, own=own).upstream(last, column)

    def parents(self, key: str) -> list[str]:
        """The nodes that a node reads."""
        return self._parents.get(key, [])

    def wanted(
        self, key: str, columns: Columns, where: Where, given: frozenset[str]
    ) -> Iterator[tuple[str, Wanted]]:
        """What some columns of a model want of the nodes before it."""
        query = self._query(key)
        if query is None:  # dbt has compiled none: all that it knows to be read
            for known in self._parents[key]:
                yield known, Wanted(known, None)
            return
        for one in Reader(self.outputs, given).wanted(query, columns, where):
            if parent := self._by_relation.get(one.relation):
                yield parent, one

    def _query(self, key: str) -> exp.Expr | None:
        if key not in self._queries:
            self._queries[key] = self._parsed(key)
        return self._queries[key]

    def _parsed(self, key: str) -> exp.Expr | None:
        """The SQL of a model as dbt has compiled it; None where there is none that can be read."""
        node = self._nodes[key]
        written = self._folder / "compiled" / node["package_name"] / node["original_file_path"]
        try:
            text = node.get("compiled_code") or written.read_text(encoding="utf-8")
            return sqlglot.parse_one(text, dialect="duckdb")
        except (OSError, UnicodeDecodeError, SqlglotError):
            return None

    def outputs(self, relation: str) -> Columns:
        """The columns of a relation: as its query yields them, else as the manifest lists them."""
        key = self._by_relation.get(relation)
        if key is None:
            return None
        if key not in self._names:
            self._names[key] = None  # whoever reads itself is not known to itself
            listed = frozenset(name.lower() for name in self._nodes[key].get("columns", {}))
            query = self._query(key) if key.startswith("model.") else None
            self._names[key] = self._plain.names(query) if query is not None else listed or None
        return self._names[key]


@lru_cache(maxsize=1)
def _read(manifest: Path, _as_it_is: tuple[int, int, int]) -> Graph:
    return Graph(json.loads(manifest.read_bytes()), manifest.parent)


class _Walk:
    """One way up from a cell."""

    def __init__(self, graph: Graph, table: str, *, own: bool) -> None:
        self._graph, self._own, self._table = graph, own, table
        self._asked: dict[str, set[tuple[Columns, Where]]] = {}
        self._parts: dict[str, frozenset[str]] = {}
        self._given = frozenset(load_catalog().marts[table].key)

    def upstream(self, last: str, column: str | None) -> Upstream:
        self._ask(last, frozenset({column.lower()}) if column else None, ANYWHERE)
        ordered: dict[str, None] = {}
        self._order(last, ordered)
        raw = [key for key in ordered if key.startswith("source.")]
        wanted = {
            _last(key): frozenset(Wanted(_last(key), *asked) for asked in self._asked[key])
            for key in raw
        }
        models = tuple(_last(key) for key in ordered if key.startswith("model."))
        return Upstream(models, tuple(map(_last, raw)), wanted, self._parts)

    def _ask(self, key: str, columns: Columns, where: Where) -> None:
        if self._is_passed(_last(key), columns):
            return
        asked = self._asked.setdefault(key, set())
        if (columns, where) in asked or not key.startswith("model."):
            asked.add((columns, where))
            return
        asked.add((columns, where))
        wanted = list(self._graph.wanted(key, columns, where, self._given))
        if any(_last(parent) in _hiding() for parent, _ in wanted):
            # Whom it counts to decide who is hidden, the figures themselves tell.
            wanted = [(parent, one) for parent, one in wanted if parent.startswith("source.")]
        for parent, one in wanted:
            self._ask(parent, one.columns, one.where)

    def _is_passed(self, name: str, columns: Columns) -> bool:
        """Whether the way ends before another published table."""
        marts = load_catalog().marts
        if name == self._table or name not in marts:
            return False
        every = frozenset(column.name for column in marts[name].columns)
        wanted = every if columns is None else columns & every
        if wanted <= {*marts[name].key} & self._given:
            return True  # the cell's own key, which is given
        self._parts[name] = self._parts.get(name, frozenset()) | wanted
        return self._own

    def _order(self, key: str, ordered: dict[str, None]) -> None:
        for parent in sorted(self._graph.parents(key)):
            if parent in self._asked and parent not in ordered:
                self._order(parent, ordered)
        ordered[key] = None


def _hiding() -> set[str]:
    """The raw tables of the rules that say who is hidden."""
    return {rule.raw_name for rule in load_catalog().rules.values() if rule.asked == "hiding"}


def _called(node: Mapping[str, Any]) -> str:
    return str(node.get("identifier") or node.get("alias") or node["name"])


def _last(node: str) -> str:
    return node.rpartition(".")[2]
