"""Which columns of which relations a column of a query is made of, read from its SQL.

Belongs here: following columns through projections, joins, filters, unions and common tables of one
query. Does not belong here: the graph of models (``warehouse.proof.lineage_models``). A relation
that can add or remove rows always counts; one that is joined to the left counts only where a wanted
column comes from it, since our models join on keys. What can't be told apart counts: a relation too
many is better than one too few.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from sqlglot import exp

Columns: TypeAlias = frozenset[str] | None
"""Names of columns, in lower case; None for all of them."""
Where: TypeAlias = frozenset[tuple[str, frozenset[str]]]
"""Which values a column may have to matter, for each column of which that is known."""
Common: TypeAlias = Mapping[str, "_Common"]

ANYWHERE: Where = frozenset()


@dataclass(frozen=True)
class Wanted:
    """What is wanted of a relation."""

    relation: str
    columns: Columns
    where: Where = ANYWHERE


@dataclass(frozen=True)
class _Common:
    """A common table with those that stand before it."""

    query: exp.Expr
    before: Common


@dataclass
class _Source:
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
        known = _with_common(query, common or {})
        if isinstance(query, exp.Subquery):
            return self.names(query.this, known)
        if isinstance(query, exp.SetOperation):
            return self.names(query.left, known)
        if not isinstance(query, exp.Select):
            return None
        found: set[str] = set()
        for one in query.expressions:
            if not _is_star(one):
                found.add(one.alias_or_name.lower())
                continue
            for name, source in _sources(query).items():
                if not one.name or one.name == "*" or _star_of(one) in {"", name}:
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
            return self._outputs(_name(relation))
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
        known = _with_common(query, common)
        if isinstance(query, exp.Subquery):
            self._query(query.this, columns, where, known, found)
        elif isinstance(query, exp.SetOperation):
            for side in (query.left, query.right):
                self._query(side, *_by_place(query, side, columns, where), known, found)
        elif isinstance(query, exp.Select):
            self._select(query, columns, where, known, found)
        else:  # VALUES, a function: what it reads, it reads
            for table in query.find_all(exp.Table):
                found.add(Wanted(_name(table), None))

    def _select(
        self, query: exp.Select, columns: Columns, where: Where, common: Common, found: set[Wanted]
    ) -> None:
        sources = _sources(query)
        named = {one.alias_or_name.lower(): one for one in query.expressions if not _is_star(one)}
        if columns is None or query.args.get("distinct"):
            columns = None
        asked = (
            list(named.values()) if columns is None else [named[c] for c in columns if c in named]
        )
        for name, values in where:
            constant = named[name].unalias() if name in named else None
            if isinstance(constant, exp.Literal) and constant.this not in values:
                return  # a branch that yields none of the wanted rows
        narrow = _Narrowing(self, sources, named, common)
        narrow.stars(query, columns)
        narrow.ask(asked)
        narrow.ask(_always(query))
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

    def _source(self, source: _Source, common: Common, found: set[Wanted]) -> None:
        columns = None if source.everything else frozenset(source.columns)
        where = frozenset(source.where.items())
        relation = source.relation
        if not isinstance(relation, exp.Table):
            self._query(relation, columns, where, common, found)
        elif not relation.db and relation.name.lower() in common:
            inner = common[relation.name.lower()]
            self._query(inner.query, columns, where, inner.before, found)
        else:
            found.add(Wanted(_name(relation), columns, where))

    def source_names(self, source: _Source, common: Common) -> Columns:
        """The columns of a relation of a FROM clause."""
        return self._names_of(source.relation, common)


class _Narrowing:
    """Which columns of which sources one SELECT needs."""

    def __init__(
        self,
        reader: Reader,
        sources: Mapping[str, _Source],
        named: Mapping[str, exp.Expr],
        common: Common,
    ) -> None:
        self.sources, self.named = sources, named
        self.nested: list[exp.Expr] = []
        self._seen: set[str] = set()
        self._names = {
            name: reader.source_names(source, common) for name, source in sources.items()
        }
        for source in sources.values():
            source.used = source.optional is None

    def stars(self, query: exp.Select, columns: Columns) -> None:
        """Ask the sources of ``*`` and ``t.*`` for what no other expression gives."""
        for star in filter(_is_star, query.expressions):
            for name, source in self.sources.items():
                if _star_of(star) not in {"", name}:
                    continue
                self.ask(list(star.find_all(exp.Alias)))
                if columns is None:
                    source.used = source.everything = True
                    continue
                rest = columns - self.named.keys()
                own = rest if self._names[name] is None else rest & (self._names[name] or rest)
                if own:
                    source.used = True
                    source.columns |= own

    def ask(self, expressions: Sequence[exp.Expr]) -> None:
        """Ask the sources for every column that some expressions speak of."""
        for expression in expressions:
            for column in _columns(expression, self.nested):
                self._ask_one(column)
            self._note_comparisons(expression)

    def _ask_one(self, column: exp.Column) -> None:
        name = column.name.lower()
        for alias in self._of(column):
            source = self.sources[alias]
            source.used = True
            if name == alias and not column.table:  # a row as a whole
                source.everything = True
            source.columns.add(name)
        if not column.table and name in self.named and name not in self._seen:
            self._seen.add(name)  # it may be another column of this query
            if not any(self._knows(alias, name) for alias in self.sources):
                self.ask([self.named[name]])

    def _knows(self, alias: str, name: str) -> bool:
        names = self._names[alias]
        return names is not None and name in names

    def _of(self, column: exp.Column) -> list[str]:
        """The sources that a column may be of."""
        if column.table:
            return [alias for alias in self.sources if alias == column.table.lower()]
        name = column.name.lower()
        knowing = [a for a in self.sources if self._knows(a, name) or a == name]
        return knowing or [a for a in self.sources if self._names[a] is None]

    def _note_comparisons(self, expression: exp.Expr) -> None:
        """Where columns of a source are only read if another one has certain values, keep those."""
        for case in expression.find_all(exp.Case):
            tests = [one.this for one in case.args["ifs"]]
            compared = [_compared(test) for test in tests]
            if case.args.get("default") is None and all(compared) and case.this is None:
                for pair in compared:
                    assert pair is not None  # noqa: S101 - all of them are
                    for alias in self._of(pair[0]):
                        known = self.sources[alias].where
                        name = pair[0].name.lower()
                        known[name] = known.get(name, frozenset()) | {pair[1]}

    def join(self) -> None:
        """Ask for the conditions of what is joined, until nothing more is used by them."""
        done: set[str] = set()
        while more := [
            n for n, s in self.sources.items() if s.used and s.optional and n not in done
        ]:
            for name in more:
                done.add(name)
                condition = self.sources[name].optional
                self.ask([condition] if condition is not None else [])
                self._keep(condition, name)

    def pass_on(self, where: Where) -> None:
        """Hand what is known of the wanted rows to the columns that carry it."""
        for name, values in where:
            expression = self.named.get(name)
            inner = expression.unalias() if expression is not None else None
            if isinstance(inner, exp.Column):
                for alias in self._of(inner):
                    self.sources[alias].where[inner.name.lower()] = values
            elif expression is None:
                for alias in self.sources:
                    if self._knows(alias, name):
                        self.sources[alias].where[name] = values

    def filter(self, query: exp.Select) -> None:
        """Keep what the WHERE clause and the conditions of joins ask of single columns."""
        self._keep(query.args["where"].this if query.args.get("where") else None)
        joins = query.args.get("joins") or ()
        for one in joins:
            if not one.side:
                self._keep(one.args.get("on"))
        for _ in joins:  # what is known of one side of an equality is known of the other
            for one in joins:
                self._carry(one)

    def _carry(self, join: exp.Join) -> None:
        joined = join.this.alias_or_name.lower()
        for part in _parts(join.args.get("on")):
            if not isinstance(part, exp.EQ):
                continue
            sides = [one for one in (part.left, part.right) if isinstance(one, exp.Column)]
            if len(sides) < 2 or not all(side.table for side in sides):
                continue
            for here, there in (sides, sides[::-1]):
                known = self.sources[here.table.lower()].where.get(here.name.lower())
                if known and (there.table.lower() == joined or not join.side):
                    self.sources[there.table.lower()].where.setdefault(there.name.lower(), known)

    def _keep(self, condition: exp.Expr | None, joined: str = "") -> None:
        """Keep the conditions on single columns; those of a left join hold for what it joins."""
        for part in _parts(condition):
            pair = _compared(part)
            if pair is not None and len(self._of(pair[0])) == 1:
                (alias,) = self._of(pair[0])
                if joined in {"", alias}:
                    self.sources[alias].where[pair[0].name.lower()] = frozenset({pair[1]})


def _parts(condition: exp.Expr | None) -> list[exp.Expr]:
    """The conditions that hold together."""
    if isinstance(condition, exp.And):
        return list(condition.flatten())
    return [] if condition is None else [condition]


def _compared(condition: exp.Expr | None) -> tuple[exp.Column, str] | None:
    """The column and the text that a condition compares, if it does just that."""
    if not isinstance(condition, exp.EQ):
        return None
    sides = (condition.left, condition.right)
    for column, literal in (sides, sides[::-1]):
        if isinstance(column, exp.Column) and isinstance(literal, exp.Literal):
            return column, str(literal.this)
    return None


def _columns(expression: exp.Expr, nested: list[exp.Expr]) -> Iterator[exp.Column]:
    """The columns of an expression; queries within it are set apart, but may name ours too."""
    for node in expression.walk(prune=lambda one: isinstance(one, exp.Subquery | exp.Select)):
        if isinstance(node, exp.Subquery | exp.Select):
            nested.append(node)
            yield from node.find_all(exp.Column)
        elif isinstance(node, exp.Column) and not isinstance(node.this, exp.Star):
            yield node


def _always(query: exp.Select) -> list[exp.Expr]:
    """What decides which rows there are, whatever column is wanted."""
    parts = [query.args.get(name) for name in ("where", "group", "having", "qualify")]
    joins = query.args.get("joins") or ()
    parts += [one.args.get("on") for one in joins if one.side != "LEFT" or one.kind]
    parts += [column for one in joins for column in one.args.get("using") or ()]
    return [part for part in parts if part is not None]


def _sources(query: exp.Select) -> dict[str, _Source]:
    """The relations of a FROM clause by the name that they have there."""
    found: dict[str, _Source] = {}
    begin = query.args.get("from_") or query.args.get("from")
    if begin is not None:
        found[begin.this.alias_or_name.lower()] = _Source(begin.this)
    for number, one in enumerate(query.args.get("joins") or ()):
        is_optional = one.side == "LEFT" and not one.kind and one.args.get("on") is not None
        name = one.this.alias_or_name.lower() or f"?{number}"
        found[name] = _Source(one.this, one.args["on"] if is_optional else None)
    for number, one in enumerate(query.args.get("laterals") or ()):
        found[one.alias_or_name.lower() or f"?l{number}"] = _Source(one)
    return found


def _with_common(query: exp.Expr, common: Common) -> Common:
    known = dict(common)
    clause = query.args.get("with_") or query.args.get("with")
    for one in clause.expressions if clause is not None else ():
        known[one.alias.lower()] = _Common(one.this, dict(known))
    return known


def _by_place(
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
    if not isinstance(query, exp.Select) or any(map(_is_star, query.expressions)):
        return None
    return [one.alias_or_name.lower() or f"?{n}" for n, one in enumerate(query.expressions)]


def _is_star(one: exp.Expr) -> bool:
    return isinstance(one, exp.Star) or (
        isinstance(one, exp.Column) and isinstance(one.this, exp.Star)
    )


def _star_of(star: exp.Expr) -> str:
    """The relation of ``t.*``; empty for ``*``."""
    return star.table.lower() if isinstance(star, exp.Column) else ""


def _name(table: exp.Table) -> str:
    return f"{table.db}.{table.name}".lower()
