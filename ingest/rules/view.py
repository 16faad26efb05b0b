"""What the rules of a government say on a day: the region's own rows beside the shipped ones.

Belongs here: which row holds and which shipped row it stands for. Does not belong here: words on
the terminal, or how rows are resolved (`ingest.rules.resolving`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ingest.rules.cells import Value
from ingest.rules.files import key_of
from ingest.rules.resolving import Record, read_rules, shipped_rules
from ingest.words import sentence
from warehouse.catalog.model import Column, Table
from warehouse.catalog.reader import load_catalog
from warehouse.errors import UserError
from warehouse.privacy import masked
from warehouse.store.home import Home


@dataclass(frozen=True)
class Holding:
    """A row that holds today. ``shipped`` is the row of the product that it stands for, if any."""

    table: Table
    row: Record
    shipped: Record | None

    @property
    def is_own(self) -> bool:
        """Whether the region wrote it."""
        return self.row["origin"] == "home"

    @property
    def place(self) -> str:
        """The rule file and row that it was written in."""
        folder = "config" if self.is_own else "ingest/rules/shipped"
        return f"{folder}/{self.table.name}, baris/row {self.row['file_row']}"

    @property
    def key(self) -> dict[str, str]:
        """What it decides about, as text; without what is empty."""
        names = [name for name in self.table.key if name != "government_code"]
        return _texts(self.row, [self.table.column(name) for name in names])

    def values(self, row: Record) -> dict[str, str]:
        """What a row of this rule says, as text; people are left out."""
        return _texts(row, [c for c in self.table.columns if c.name not in self.table.key])


def in_force(home: Home, government_code: str, day: date, names: Sequence[str]) -> list[Holding]:
    """Return the rows that hold for a government on a day, by rule and row.

    Args:
        home: The home whose own rules count.
        government_code: A known code.
        day: The day.
        names: The rules that are asked for; none means all of them.

    Raises:
        RulesError: A rule file is wrong.
        UserError: There is no such rule.
    """
    tables = load_catalog().rules
    if unknown := ", ".join(masked(name) for name in names if name not in tables):
        there = ", ".join(tables)
        raise UserError(sentence("file", "none_named", unknown=unknown, there=there))
    own = read_rules(home, [government_code])
    shipped = shipped_rules([government_code])
    found = []
    for name in names or tables:
        table = tables[name]
        before = {key_of(table, row): row for row in shipped.in_force(name, day)}
        for row in sorted(own.in_force(name, day), key=_place):
            replaced = before.get(key_of(table, row)) if row["origin"] == "home" else None
            found.append(Holding(table, row, replaced))
    return found


def _place(row: Record) -> tuple[str, int]:
    return str(row["origin"]), int(str(row["file_row"]))


def _texts(row: Record, columns: Sequence[Column]) -> dict[str, str]:
    filled = ((column, row[column.name]) for column in columns if not column.personal)
    return {column.name: _text(value) for column, value in filled if value is not None}


def _text(value: Value) -> str:
    return masked(f"{value:g}" if isinstance(value, float) else str(value))
