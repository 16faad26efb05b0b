"""One rule file: its text → typed rows, with everything that is wrong in it.

Belongs here: the columns and cells of a rule file, shipped or the region's own, judged by the
catalog one row at a time. Does not belong here: the spellings of a value (`ingest.rules.cells`),
how rows bear on each other (`ingest.rules.checks`), or which of them wins
(`ingest.rules.resolving`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

from ingest.reading.records import Records, read_records
from ingest.reasons import REASONS, Unreadable
from ingest.rules.cells import Cell, Value, bounds_by, read_cells
from ingest.rules.validity import FIRST_DAY, LAST_DAY
from ingest.values.words import bare
from ingest.words import sentence
from warehouse.catalog.model import Column, Table
from warehouse.vocabulary import Text

Origin = Literal["shipped", "home"]

# What every rule file may hold beside its own columns; each of them may be left out.
COMMON_COLUMNS = ("government_code", "valid_from", "valid_to", "source", "trust")
# Words that people write freely: they are compared as all words are, and stored in lower case.
FREE_WORDS = frozenset({"label", "leave_type", "event_type"})
# Where a rule names the day on which it was decided: no row holds before it.
DECIDED = {"withdrawals": "decided_on"}
# The mean length of a year of the Islamic calendar, and the day on which its first began.
HIJRI_YEAR_DAYS = 354.367
HIJRI_EPOCH = date(622, 7, 19)


@dataclass(frozen=True)
class Problem:
    """Something wrong in a rule file, in words that repeat no cell.

    ``file`` is relative to the home, or to the product for a shipped rule; ``row`` counts from 1,
    the header included, and is 0 where the whole file is meant.
    """

    file: str
    row: int
    text: Text

    def __str__(self) -> str:
        place = f"{self.file}, baris/row {self.row}" if self.row else self.file
        return f"{place}: {self.text.id} / {self.text.en}"


@dataclass(frozen=True)
class RuleRow:
    """One row of a rule file as written, open ends filled; no government means all of them."""

    table: Table
    origin: Origin
    file: str
    file_row: int
    government_code: str | None
    valid_from: date
    valid_to: date
    source: str | None
    trust: str | None
    values: Mapping[str, Value]

    @property
    def key(self) -> tuple[Value, ...]:
        """What the row competes for: of the rows with one key, one holds on a day.

        That is the key of the catalog, save that the first days which two rows give to the same
        Ramadan compete as well: a region must be able to correct an announced day.
        """
        return key_of(self.table, {**self.values, "government_code": self.government_code})

    def problem(self, said: Text) -> Problem:
        """Return a problem of this row."""
        return Problem(self.file, self.file_row, said)


def key_of(table: Table, row: Mapping[str, Value]) -> tuple[Value, ...]:
    """Return what a row of a rule competes for, see `RuleRow.key`."""
    if table.name == "ramadan":
        return (_hijri_year(row["first_day"]),)
    named = ((name, row[name]) for name in table.key)
    return tuple(
        bare(value) if name in FREE_WORDS and isinstance(value, str) else value
        for name, value in named
    )


@dataclass(frozen=True)
class RuleFile:
    """What one rule file says, and what is wrong in it; rows with a problem are left out."""

    rows: tuple[RuleRow, ...]
    problems: tuple[Problem, ...]


def file_columns(table: Table) -> tuple[Column, ...]:
    """Return the columns that the file of a rule may hold: its own, then the common ones."""
    return (*table.columns, *(table.column(name) for name in COMMON_COLUMNS))


def read_rule_file(table: Table, path: Path, origin: Origin, scratch: Path) -> RuleFile:
    """Read one rule file; whatever is wrong in it comes back as a problem, none is raised.

    What has to be rewritten goes into ``scratch``, a private folder where the file is a home's.
    """
    return _Reading(table, path, origin).read(scratch)


class _Reading:
    """One reading of one file, which gathers problems on its way."""

    def __init__(self, table: Table, path: Path, origin: Origin) -> None:
        self.table = table
        self.path = path
        self.origin: Origin = origin
        self.file = f"{'config' if origin == 'home' else 'ingest/rules/shipped'}/{path.name}"
        self.columns = {
            column.name: replace(column, required=_must_be_filled(table, column))
            for column in file_columns(table)
        }
        self.problems: list[Problem] = []

    def read(self, scratch: Path) -> RuleFile:
        rows: list[RuleRow] = []
        try:
            records = _named(read_records(self.path, scratch))
        except Unreadable as error:
            # A file that holds nothing is a rule of which the region has no rows.
            if error.reason_code != "file_empty":
                reason = REASONS[error.reason_code]
                where = f" ({error.message})" if error.message else ""
                what = Text(reason.id, reason.en)
                self._refuse(0, sentence("file", "unreadable", what=what, where=where))
            return RuleFile((), tuple(self.problems))
        if self._accept_header(records.header):
            read = read_cells(self.columns.values(), records)
            for (number, _), cells in zip(records.rows, read, strict=True):
                row = self._row(number, cells)
                rows += [row] if row else []
        return RuleFile(tuple(rows), tuple(self.problems))

    def _accept_header(self, header: Sequence[str]) -> bool:
        for name, times in Counter(header).items():
            if name not in self.columns:
                self._refuse(0, sentence("column", "unknown", column=repr(name)))
            elif times > 1:
                self._refuse(0, sentence("column", "twice", column=name))
        for name, column in self.columns.items():
            if column.required and name not in header:
                self._refuse(0, sentence("column", "missing", column=name))
        return not self.problems

    def _row(self, number: int, cells: Mapping[str, Cell]) -> RuleRow | None:
        before = len(self.problems)
        for name, cell in cells.items():
            self._refuse_cell(number, name, cell.wrong)
        if len(self.problems) > before:
            return None
        values = {name: _value(name, cells.get(name, Cell())) for name in self.columns}
        for name, column in self.columns.items():
            self._refuse_cell(number, name, bounds_by(column, values))
        row = self._typed(number, values)
        self._check_order(row)
        return row if len(self.problems) == before else None

    def _typed(self, number: int, values: Mapping[str, Value]) -> RuleRow:
        def text(name: str) -> str | None:
            return None if values[name] is None else str(values[name])

        def day(name: str, otherwise: date) -> date:
            value = values[name]
            return value if isinstance(value, date) else otherwise

        return RuleRow(
            table=self.table,
            origin=self.origin,
            file=self.file,
            file_row=number,
            government_code=text("government_code"),
            valid_from=max(
                day("valid_from", FIRST_DAY),
                day(DECIDED.get(self.table.name, "valid_from"), FIRST_DAY),
            ),
            valid_to=day("valid_to", LAST_DAY),
            source=text("source"),
            trust=text("trust"),
            values={column.name: values[column.name] for column in self.table.columns},
        )

    def _check_order(self, row: RuleRow) -> None:
        decided = DECIDED.get(self.table.name)
        begins = decided if decided and row.values[decided] == row.valid_from else "valid_from"
        pairs: list[tuple[str, Any, str, Any]] = [
            (begins, row.valid_from, "valid_to", row.valid_to)
        ]
        for check in self.table.checks:
            if check.check == "in_order":
                first, last = check.columns
                pairs.append((first, row.values[first], last, row.values[last]))
        for first, low, last, high in pairs:
            if low is not None and high is not None and high < low:
                said = sentence("column", "in_order", first=first, last=last)
                self._refuse(row.file_row, said)

    def _refuse_cell(self, number: int, column: str, wrong: Text | None) -> None:
        if wrong:
            self._refuse(number, sentence("column", "wrong", column=column, what=wrong))

    def _refuse(self, number: int, said: Text) -> None:
        self.problems.append(Problem(self.file, number, said))


def _must_be_filled(table: Table, column: Column) -> bool:
    # The common columns are required of what is stored, where their open ends are filled; only a
    # government's own row has no meaning without its code.
    return column.name in table.key if column.name in COMMON_COLUMNS else column.required


def _value(name: str, cell: Cell) -> Value:
    free = name in FREE_WORDS and isinstance(cell.value, str)
    return str(cell.value).casefold() if free else cell.value


def _named(records: Records) -> Records:
    """The records under the names of their columns."""
    return replace(
        records,
        header=tuple(map(_name, records.header)),
        rows=tuple(
            (number, {_name(header): cell for header, cell in cells.items()})
            for number, cells in records.rows
        ),
    )


def _name(cell: str) -> str:
    """Return the column that a header cell names: blanks and capitals make no difference."""
    return re.sub(r"[\s_]+", "_", cell.strip().casefold())


def _hijri_year(ramadan: Value) -> int:
    """Return the Islamic year of a day in Ramadan, by the mean year: right within two months."""
    if not isinstance(ramadan, date):
        raise TypeError("a day of Ramadan is a date")
    return int((ramadan - HIJRI_EPOCH).days / HIJRI_YEAR_DAYS) + 1
