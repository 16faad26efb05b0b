"""Which columns of its relations one SELECT needs, for the columns that are wanted of it.

Belongs here: following columns through one projection with its joins and filters. Does not belong
here: nested queries and unions (`warehouse.proof.lineage_sql`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sqlglot import exp

from warehouse.proof.lineage_query import Columns, Joined, Where, is_star, star_of


class Narrowing:
    """Which columns of which sources one SELECT needs.

    ``names`` are the columns of each source, ``named`` what the SELECT yields.
    """

    def __init__(
        self,
        sources: Mapping[str, Joined],
        names: Mapping[str, Columns],
        named: Mapping[str, exp.Expr],
    ) -> None:
        self.sources, self.named, self._names = sources, named, names
        self.nested: list[exp.Expr] = []
        self._seen: set[str] = set()
        for source in sources.values():
            source.used = source.optional is None

    def stars(self, query: exp.Select, columns: Columns) -> None:
        """Ask the sources of ``*`` and ``t.*`` for what no other expression gives."""
        for star in filter(is_star, query.expressions):
            for name, source in self.sources.items():
                if star_of(star) not in {"", name}:
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
