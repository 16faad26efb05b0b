"""Which columns of which relations a column of a query is made of, read from its SQL.

Belongs here: following columns through projections, joins, filters, unions and common tables of one
query. Does not belong here: the graph of models (``warehouse.proof.lineage_models``). A relation
that can add or remove rows always counts; one that is joined to the left counts only where a wanted
column comes from it, since our models join on keys. What can't be told apart counts: a relation too
many is better than one too few.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlglot import exp

from warehouse.proof.lineage_narrowing import Narrowing
from warehouse.proof.lineage_query import (
    ANYWHERE,
    Columns,
    Common,
    Joined,
    Where,
    always,
    by_place,
    is_star,
    joined_of,
    name_of,
    star_of,
    with_common,
)


@dataclass(frozen=True)
class Wanted:
    """What is wanted of a relation."""

    relation: str
    columns: Columns
    where: Where = ANYWHERE


class Reader:
    """Reads queries; ``outputs`` names the columns of a relation, where they are known.

    ``given`` is the key of the row that is looked at: a relation of which nothing else is asked
    says which rows there are, and nothing of what stands in one.
    """

    def __init__(self, outputs: Callable[[str], Columns], given: frozenset[str]) -> None:
        self._outputs = outputs
        self._given = given

    def wanted(self, query: exp.Expr, columns: Columns, where: Where) -> set[Wanted]:
        """What some columns of a query, or all of them, want of the relations that it reads."""
        found: set[Wanted] = set()
        self._query(query, columns, where, {}, found)
        return found

    def names(self, query: exp.Expr, common: Common | None = None) -> Columns:
        """The columns that a query yields; None where that can't be told."""
        known = with_common(query, common or {})
        if isinstance(query, exp.Subquery):
            return self.names(query.this, known)
        if isinstance(query, exp.SetOperation):
            return self.names(query.left, known)
        if not isinstance(query, exp.Select):
            return None
        found: set[str] = set()
        for one in query.expressions:
            if not is_star(one):
                found.add(one.alias_or_name.lower())
                continue
            for name, source in joined_of(query).items():
                if not one.name or one.name == "*" or star_of(one) in {"", name}:
                    inner = self._names_of(source.relation, known)
                    if inner is None:
                        return None
                    found |= inner
        return frozenset(found)

    def _names_of(self, relation: exp.Expr, common: Common) -> Columns:
        if isinstance(relation, exp.Table):
            if not relation.db and relation.name.lower() in common:
                inner = common[relation.name.lower()]
                return self.names(inner.query, inner.before)
            return self._outputs(name_of(relation))
        return self.names(relation, common)

    # --- one query --------------------------------------------------------------------------

    def _query(
        self,
        query: exp.Expr,
        columns: Columns,
        where: Where,
        common: Common,
        found: set[Wanted],
    ) -> None:
        known = with_common(query, common)
        if isinstance(query, exp.Subquery):
            self._query(query.this, columns, where, known, found)
        elif isinstance(query, exp.SetOperation):
            for side in (query.left, query.right):
                self._query(side, *by_place(query, side, columns, where), known, found)
        elif isinstance(query, exp.Select):
            self._select(query, columns, where, known, found)
        else:  # VALUES, a function: what it reads, it reads
            for table in query.find_all(exp.Table):
                found.add(Wanted(name_of(table), None))

    def _select(
        self, query: exp.Select, columns: Columns, where: Where, common: Common, found: set[Wanted]
    ) -> None:
        sources = joined_of(query)
        named = {one.alias_or_name.lower(): one for one in query.expressions if not is_star(one)}
        if columns is None or query.args.get("distinct"):
            columns = None
        asked = (
            list(named.values()) if columns is None else [named[c] for c in columns if c in named]
        )
        for name, values in where:
            constant = named[name].unalias() if name in named else None
            if isinstance(constant, exp.Literal) and constant.this not in values:
                return  # a branch that yields none of the wanted rows
        names = {name: self._names_of(one.relation, common) for name, one in sources.items()}
        narrow = Narrowing(sources, names, named)
        narrow.stars(query, columns)
        narrow.ask(asked)
        narrow.ask(always(query))
        narrow.join()
        narrow.pass_on(where)
        narrow.filter(query)
        used = [one for one in sources.values() if one.used]
        spine = [one for one in used if one.says_no_more_than(self._given)]
        if len(spine) == len(used) or query.args.get("group"):
            spine = []
        for source in used:
            if not any(source is one for one in spine):
                self._source(source, common, found)
        for nested in narrow.nested:
            self._query(nested, None, ANYWHERE, common, found)

    def _source(self, source: Joined, common: Common, found: set[Wanted]) -> None:
        columns = None if source.everything else frozenset(source.columns)
        where = frozenset(source.where.items())
        relation = source.relation
        if not isinstance(relation, exp.Table):
            self._query(relation, columns, where, common, found)
        elif not relation.db and relation.name.lower() in common:
            inner = common[relation.name.lower()]
            self._query(inner.query, columns, where, inner.before, found)
        else:
            found.add(Wanted(name_of(relation), columns, where))
