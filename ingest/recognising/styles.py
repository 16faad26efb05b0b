"""What settles the cells of a file that can be read two ways, column by column.

Belongs here: the evidence of whole columns, in as few passes as it takes, and what follows from it.
Files that are read alike are asked in one query, and each is settled by its own answers alone.
Evidence comes only from cells that are something in exactly one reading: ``25/06/2026`` is a day in
one order only, ``32-13-2026`` in none and so says nothing. A count that decides is exact. What
nothing settles stays unsettled: no habit of a language or a header counts. Does not belong here:
how a cell is read once its style is known (`ingest.values`).

The order of day and month is settled by the first of these that tells, and by nothing else:

1. ``cells``: cells of the column that are a day in one order only; both orders are a contradiction,
   in one column or in two columns of the file
2. ``possible``: days that could not be, in one order (before 2010 or the wave, after the arrival)
3. ``wave``: days within the wave's own dates, in one order
4. ``rows``: rows that stand in order of time, in one order
5. ``other_column``: the other columns of the file, where they agree
6. ``layout``: how the software of the layout always writes
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import duckdb

from ingest.reading.cells import EPOCH
from ingest.values.dates import iso_day, order_readings
from ingest.values.numbers import decimal_evidence
from ingest.values.people import nip_digits
from ingest.values.style import Span, Style
from warehouse.sql import literal

# So many rows in order of time are no accident: of six in any order, one in 720 ascends.
_ASCENDING = 6
# The chance at which many multiples in a column of employee numbers are no accident any more.
_CHANCE = 1e-3
# All employee numbers lie between 2^57 and 2^58, where floats are the multiples of 32; software
# that writes a float with no more digits than tell it from its neighbours ends it in a zero. The
# last five digits tell which number is a multiple of 32: none with a serial below 8 is. So of the
# numbers with a serial from there on (or 000), how many are multiples? Serials are the rarer the
# higher they are, and by chance no more than this share is one.
_ROUNDED = ((32, 8, 1 / 12), (10, 10, 1 / 4))
# Of a month whose first twelve days were swapped, 19 of 31 days are left as they were written.
_LEFT_AS_TEXT = 0.25


@dataclass(frozen=True)
class Column:
    """A column to be judged: SQL of its cells, its kind (an SQL type, or NIP), what it can hold."""

    name: str
    cell: str
    kind: str
    span: Span = field(default_factory=Span)


@dataclass(frozen=True)
class Sheet:
    """The rows of a file: ``relation`` has a row each, with ``source_row`` or in order.

    ``skip`` rows stand above the first. ``epoch`` is day 0 of serial numbers. ``day_first`` says
    how the software that writes such files always writes dates, if it does.

    A relation of several files has them one after the other, and ``file_of`` is SQL of the number
    of each row's; this sheet is that of file ``number``. The sheets of such files share what was
    ``answered``, so that one query asks for all of them.
    """

    conn: duckdb.DuckDBPyConnection
    relation: str
    skip: int = 0
    epoch: str = EPOCH
    day_first: bool | None = None
    file_of: str = ""
    number: int = 0
    answered: dict[str, Mapping[int, list[int]]] = field(default_factory=dict)

    def ask(self, columns: Sequence[str], relation: str = "") -> list[int]:
        """Return the one row of whole numbers that a query over the file's rows answers with."""
        query = f"{', '.join(columns)} FROM ({relation or self.relation})"
        if query not in self.answered:
            self.answered[query] = self._answers(query)
        return self.answered[query].get(self.number, [0] * len(columns))

    def _answers(self, query: str) -> dict[int, list[int]]:
        """What a query answers for each file, by its number."""
        by = f" GROUP BY {self.file_of}" if self.file_of else ""
        rows = self.conn.execute(f"SELECT {self.file_of or self.number}, {query}{by}").fetchall()
        return {row[0]: [int(value or 0) for value in row[1:]] for row in rows}

    def before(self, value: str) -> str:
        """SQL of what a value was in the row before, if that is one of the same file."""
        last = f"lag({value}) OVER ()"
        if not self.file_of:
            return last
        return f"CASE WHEN lag({self.file_of}) OVER () = {self.file_of} THEN {last} END"


def settle(sheet: Sheet, columns: Sequence[Column]) -> dict[str, Style]:
    """Settle the style of every column that can have one, in one pass if that tells all."""
    wanted = {c: evidence for c in columns if (evidence := _EVIDENCE.get(c.kind, _none)(c.cell))}
    if not wanted:
        return {}
    answers = iter(sheet.ask([sql for evidence in wanted.values() for sql in evidence]))
    counts = {column: [next(answers) for _ in evidence] for column, evidence in wanted.items()}
    dates = {c: found for c, found in counts.items() if c.kind in DATES}
    styles = {c.name: _OTHERS[c.kind](found) for c, found in counts.items() if c not in dates}
    return styles | _orders(sheet, dates)


# --- the evidence of one pass ---------------------------------------------------------------


def _order_evidence(cell: str) -> list[str]:
    """Cells that are a day with the day first only, with the month first only, with either."""
    day_first, month_first = order_readings(cell)
    return [
        f"count(*) FILTER ({day_first} IS NOT NULL AND {month_first} IS NULL)",
        f"count(*) FILTER ({month_first} IS NOT NULL AND {day_first} IS NULL)",
        f"count(*) FILTER ({day_first} <> {month_first})",
    ]


def _decimal_evidence(cell: str) -> list[str]:
    """Numbers in which a comma, and in which a point, can only be the decimal sign."""
    return [
        f"count(*) FILTER (regexp_matches({cell}, {literal(decimal_evidence(sign, other))}))"
        for sign, other in ((",", "."), (".", ","))
    ]


def _nip_evidence(cell: str) -> list[str]:
    """For each way of rounding: the numbers with so high a serial, and the multiples among them."""
    number = nip_digits(cell)
    serial = f"{number} % 1000"
    return [
        f"count(DISTINCT CASE WHEN ({serial} >= {least} OR {serial} = 0) {only} THEN {number} END)"
        for step, least, _ in _ROUNDED
        for only in ("", f"AND {number} % {step} = 0")
    ]


def _none(_: str) -> list[str]:
    return []


DATES = frozenset({"DATE", "TIMESTAMP"})
"""The kinds of columns that hold days."""
_EVIDENCE: Mapping[str, Callable[[str], list[str]]] = {
    "DATE": _order_evidence,
    "TIMESTAMP": _order_evidence,
    "DOUBLE": _decimal_evidence,
    "INTEGER": _decimal_evidence,
    "SMALLINT": _decimal_evidence,
    "BIGINT": _decimal_evidence,
    "NIP": _nip_evidence,
}


def _decimal_style(found: Sequence[int]) -> Style:
    commas, points = found
    if commas and points:
        return Style(mixed_decimals=True, reason="contradiction")
    if not (commas or points):
        return Style()
    return Style(decimal="," if commas else ".", reason="cells")


def _nip_style(found: Sequence[int]) -> Style:
    """Which numbers can't stand, since part of the column went through floats.

    Where far more are multiples than by chance, all or a part of the column has been rounded; which
    of the multiples were can't be told from the others.
    """
    pairs = zip(found[::2], found[1::2], strict=True)
    rounded = tuple(
        step
        for (step, _, chance), (numbers, multiples) in zip(_ROUNDED, pairs, strict=True)
        if _tail(numbers, multiples, chance) < _CHANCE
    )
    return Style(rounded=rounded, reason="rounded" if rounded else "")


def _tail(trials: int, hits: int, chance: float) -> float:
    """The chance of so many hits or more (binomial); 1 where no more than the mean were hit."""
    if hits <= trials * chance:
        return 1.0
    total = 0.0
    for count in range(hits, trials + 1):
        ways = math.lgamma(trials + 1) - math.lgamma(count + 1) - math.lgamma(trials - count + 1)
        term = math.exp(ways + count * math.log(chance) + (trials - count) * math.log1p(-chance))
        total += term
        if term < total * 1e-9:
            break
    return total


_OTHERS: Mapping[str, Callable[[Sequence[int]], Style]] = {
    "DOUBLE": _decimal_style,
    "INTEGER": _decimal_style,
    "SMALLINT": _decimal_style,
    "BIGINT": _decimal_style,
    "NIP": _nip_style,
}


# --- the order of day and month -------------------------------------------------------------


def _orders(sheet: Sheet, counts: Mapping[Column, Sequence[int]]) -> dict[str, Style]:
    """The order of every column of dates; columns of one file that disagree settle nothing."""
    styles = {column.name: _order(sheet, column, found) for column, found in counts.items()}
    settled = {style.day_first for style in styles.values() if style.day_first is not None}
    either = [column for column, found in counts.items() if found[2]]
    if len(settled) > 1 or any(style.reason == "contradiction" for style in styles.values()):
        rows = _contradicting(sheet, list(counts))
        contradiction = Style(epoch=sheet.epoch, reason="contradiction", rows=rows)
        return styles | {column.name: contradiction for column in either}
    for column in either:
        if styles[column.name].reason == "no_evidence":
            styles[column.name] = _followed(sheet, settled)
    return styles


def _order(sheet: Sheet, column: Column, found: Sequence[int]) -> Style:
    day_only, month_only, either = found
    if day_only and month_only:
        rows = _contradicting(sheet, [column])
        return Style(epoch=sheet.epoch, reason="contradiction", rows=rows)
    if day_only or month_only:
        swapped = not either and _is_swapped(sheet, column, day_first=bool(day_only))
        return Style(day_first=bool(day_only), epoch=sheet.epoch, reason="cells", swapped=swapped)
    if not either:
        return Style(epoch=sheet.epoch)
    for day_first, month_first, reason in _hints(sheet, column):
        if bool(day_first) != bool(month_first):
            return Style(day_first=bool(day_first), epoch=sheet.epoch, reason=reason)
        if day_first:  # both orders have evidence: nothing that is weaker settles it
            break
    return Style(epoch=sheet.epoch, reason="no_evidence")


def _followed(sheet: Sheet, others: set[bool]) -> Style:
    """The style of a column that doesn't tell, by the other columns, else by the software."""
    if len(others) == 1:
        return Style(day_first=others.pop(), epoch=sheet.epoch, reason="other_column")
    if sheet.day_first is not None and not others:
        return Style(day_first=sheet.day_first, epoch=sheet.epoch, reason="layout")
    return Style(epoch=sheet.epoch, reason="no_evidence")


def _hints(sheet: Sheet, column: Column) -> Iterator[tuple[int, int, str]]:
    """Yield how much speaks for the day first, how much for the month first, and what does."""
    span = column.span
    hard = (span.first, span.last)
    likely = span.likely and (span.likely[0], span.likely[1] or span.last)
    day, month = order_readings(column.cell)
    before = f"{sheet.before(day)} AS pd, {sheet.before(month)} AS pm"
    rows = f"({sheet.relation}) WHERE {day} IS NOT NULL AND {month} IS NOT NULL"
    pairs = f"SELECT *, {day} AS d, {month} AS m, {before} FROM {rows}"
    bounds = (hard, likely or hard)
    aggregates = [_only(*pair, within) for within in bounds for pair in (("d", "m"), ("m", "d"))]
    rising = [f"count(*) FILTER ({d} {sign} p{d})" for d in "dm" for sign in "<>"]
    found = sheet.ask([*aggregates, *rising], pairs)
    yield found[0], found[1], "possible"
    if likely:
        yield found[2], found[3], "wave"
    if span.ascending:
        d_falls, d_rises, m_falls, m_rises = found[4:]
        yield (
            int(not d_falls and m_falls > 0 and d_rises >= _ASCENDING),
            int(not m_falls and d_falls > 0 and m_rises >= _ASCENDING),
            "rows",
        )


def _only(one: str, other: str, span: tuple[date, date]) -> str:
    """SQL that counts the cells that can be in one order only."""
    within = f"BETWEEN DATE '{span[0]}' AND DATE '{span[1]}'"
    return f"count(*) FILTER ({one} {within} AND NOT {other} {within})"


def _contradicting(sheet: Sheet, columns: Sequence[Column]) -> tuple[int, ...]:
    """The first rows that hold a day in one order only, one of each order."""
    readings = [order_readings(column.cell) for column in columns]
    pairs = ", ".join(f"{day} AS d{n}, {month} AS m{n}" for n, (day, month) in enumerate(readings))

    def first(one: str, other: str) -> str:
        only = (f"{one}{n} IS NOT NULL AND {other}{n} IS NULL" for n in range(len(columns)))
        found = f"FILTER ({' OR '.join(only)})"
        by_place = f"min(place) {found} - min(place) + {sheet.skip + 1}"
        return f"coalesce(min(source_row) {found}, {by_place})"

    rows = f"SELECT *, row_number() OVER () AS place, {pairs} FROM ({sheet.relation})"
    found = sheet.ask([first("d", "m"), first("m", "d")], rows)
    return tuple(sorted({number for number in found if number}))


def _is_swapped(sheet: Sheet, column: Column, *, day_first: bool) -> bool:
    """Whether a spreadsheet of the other order took part of the column for dates, and swapped them.

    It leaves as text what is no day in its own order. So no text is a day in both orders, every
    date lies before the 13th, what now is its day is a month of the texts (the column tells of the
    same months throughout), and the texts are no exception.
    """
    iso = iso_day(column.cell)
    day = order_readings(column.cell)[0 if day_first else 1]
    late, dates, texts, days, months = sheet.ask(
        [
            f"count(*) FILTER (day({iso}) > 12)",
            f"count({iso})",
            f"count({day})",
            f"bit_or(1 << day({iso}))",
            f"bit_or(1 << month({day}))",
        ]
    )
    return bool(dates) and not late and texts >= _LEFT_AS_TEXT * dates and not days & ~months
