"""The parts of one query: its relations, its common tables, the places of a union's columns.

Belongs here: what a query says, read from its syntax alone. Does not belong here: which of its
columns are wanted (`warehouse.proof.lineage_narrowing`, `warehouse.proof.lineage_sql`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from sqlglot import exp

Columns: TypeAlias = frozenset[str] | None
"""Names of columns, in lower case; None for all of them."""
Where: TypeAlias = frozenset[tuple[str, frozenset[str]]]
"""Which values a column may have to matter, for each column of which that is known."""
Common: TypeAlias = Mapping[str, "CommonTable"]
"""The common tables that a query may name."""

ANYWHERE: Where = frozenset()


@dataclass(frozen=True)
class CommonTable:
    """A common table with those that stand before it."""

    query: exp.Expr
    before: Common


@dataclass
class Joined:
    """A relation of a FROM clause: what is wanted of it as far as is known yet."""

    relation: exp.Expr
    optional: exp.Expr | None = None
    used: bool = False
    columns: set[str] = field(default_factory=set)
    everything: bool = False
    where: dict[str, frozenset[str]] = field(default_factory=dict)

    def says_no_more_than(self, given: frozenset[str]) -> bool:
        """Whether nothing is wanted of it but columns whose values are given."""
        return bool(self.columns) and self.columns <= given and not self.everything


def joined_of(query: exp.Select) -> dict[str, Joined]:
    """The relations of a FROM clause by the name that they have there."""
    found: dict[str, Joined] = {}
    begin = query.args.get("from_") or query.args.get("from")
    if begin is not None:
        found[begin.this.alias_or_name.lower()] = Joined(begin.this)
    for number, one in enumerate(query.args.get("joins") or ()):
        is_optional = one.side == "LEFT" and not one.kind and one.args.get("on") is not None
        name = one.this.alias_or_name.lower() or f"?{number}"
        found[name] = Joined(one.this, one.args["on"] if is_optional else None)
    for number, one in enumerate(query.args.get("laterals") or ()):
        found[one.alias_or_name.lower() or f"?l{number}"] = Joined(one)
    return found


def with_common(query: exp.Expr, common: Common) -> Common:
    """The common tables of a query beside those that stand before it."""
    known = dict(common)
    clause = query.args.get("with_") or query.args.get("with")
    for one in clause.expressions if clause is not None else ():
        known[one.alias.lower()] = CommonTable(one.this, dict(known))
    return known


def always(query: exp.Select) -> list[exp.Expr]:
    """What decides which rows there are, whatever column is wanted."""
    parts = [query.args.get(name) for name in ("where", "group", "having", "qualify")]
    joins = query.args.get("joins") or ()
    parts += [one.args.get("on") for one in joins if one.side != "LEFT" or one.kind]
    parts += [column for one in joins for column in one.args.get("using") or ()]
    return [part for part in parts if part is not None]


def by_place(
    query: exp.SetOperation, side: exp.Expr, columns: Columns, where: Where
) -> tuple[Columns, Where]:
    """What is wanted of one side of a union, whose columns go by their place."""
    if not isinstance(query, exp.Union) or query.args.get("distinct"):
        return None, where if isinstance(query, exp.Union) else ANYWHERE
    first, own = _listed(query.left), _listed(side)
    if first is None or own is None or len(first) != len(own):
        return (columns, where) if first == own else (None, ANYWHERE)
    place = dict(zip(first, own, strict=True))
    if columns is not None and not columns <= place.keys():
        return None, ANYWHERE
    moved = frozenset((place.get(name, name), values) for name, values in where)
    return columns if columns is None else frozenset(place[name] for name in columns), moved


def _listed(query: exp.Expr) -> list[str] | None:
    """The columns of a query in order, if it lists them."""
    while isinstance(query, exp.SetOperation | exp.Subquery):
        query = query.this
    if not isinstance(query, exp.Select) or any(map(is_star, query.expressions)):
        return None
    return [one.alias_or_name.lower() or f"?{n}" for n, one in enumerate(query.expressions)]


def is_star(one: exp.Expr) -> bool:
    """Whether an expression of a SELECT is ``*`` or ``t.*``."""
    return isinstance(one, exp.Star) or (
        isinstance(one, exp.Column) and isinstance(one.this, exp.Star)
    )


def star_of(star: exp.Expr) -> str:
    """The relation of ``t.*``; empty for ``*``."""
    return star.table.lower() if isinstance(star, exp.Column) else ""


def name_of(table: exp.Table) -> str:
    """A relation's schema and name, in lower case."""
    return f"{table.db}.{table.name}".lower()
