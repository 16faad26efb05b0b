"""Survey files: canonical tables, Google Forms and instrument files to submissions.

Which column measures what, Likert words to points, and who a submission is by. A row with an
answer off its scale is left out whole (contract section 2, "Law of balance").
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tests.oracle import cells
from tests.oracle.cells import BadValueError, Cell
from tests.oracle.figures import BEHAVIOURS
from tests.oracle.records import Item, Submission
from tests.oracle.rules import Rules
from tests.oracle.sources import INSTRUMENT
from tests.oracle.tables import Table, column_name, find_table, read_grids

_LOWEST, _HIGHEST = 1, 5
_FORM_CLOCKS = ("timestamp", "cap_waktu", "stempel_waktu")
_MONTH_FIRST = "timestamp"
_FORM_UNIT = re.compile(r"unit|opd|perangkat daerah|instansi", re.IGNORECASE)
_FORM_RESPONDENT = re.compile(r"\bnip\b|e-?mail|responden", re.IGNORECASE)


@dataclass(frozen=True)
class _Form:
    """A survey file's table and which of its columns is what."""

    table: Table
    submitted_at: str
    unit: str
    respondent: str | None
    month_first: bool


class Labels:
    """Likert words of one government."""

    def __init__(self, rules: Rules, government: str) -> None:
        """Take the rule `likert_labels`."""
        self._rules = rules
        self._government = government

    def point(self, written: str, points_of_scale: int, day: date) -> int:
        """How manyeth point of the scale a word is, from 1; raises `BadValueError`."""
        for row in self._rules.all("likert_labels", self._government, day):
            same = str(row["label"]).casefold() == " ".join(written.split()).casefold()
            if same and row["points_of_scale"] == points_of_scale:
                return int(float(str(row["value"])))
        raise BadValueError("no such label")


def _form(path: Path) -> _Form | None:
    """The file as a survey; None if it is none (an instrument, or unreadable)."""
    grids = read_grids(path)
    canonical = find_table(grids, {"submitted_at", "unit_code"}, verbatim=True)
    if canonical is not None:
        names = {column_name(header): header for header in canonical.header}
        return _Form(
            canonical, names["submitted_at"], names["unit_code"], names.get("respondent_id"), False
        )
    for clock in _FORM_CLOCKS:
        table = find_table(grids, {clock}, verbatim=True)
        if table is None:
            continue
        named = [header for header in table.header if not _behaviour_in(header)]
        unit = next((header for header in named[1:] if _FORM_UNIT.search(header)), None)
        who = next((header for header in named[1:] if _FORM_RESPONDENT.search(header)), None)
        if unit is not None:
            return _Form(table, table.header[0], unit, who, clock == _MONTH_FIRST)
    return None


def _behaviour_in(header: str) -> str | None:
    """The one behaviour code that a header names."""
    codes = set(re.findall(r"(?<![A-Za-z])([A-Z]{2}[1-3])(?![0-9A-Za-z])", header))
    found = codes & set(BEHAVIOURS)
    return found.pop() if len(found) == 1 else None


def items(paths: Sequence[Path]) -> dict[str, Item]:
    """Items of a wave by column: from its instrument files, else from headers with a code."""
    from_instrument: dict[str, Item] = {}
    headers: dict[str, None] = {}
    for path in paths:
        table = find_table(read_grids(path), INSTRUMENT.header, verbatim=False)
        if table is not None:
            for _number, record in table.records():
                item = _instrument_row(record)
                if item is not None:
                    from_instrument[item.item] = item
        elif (form := _form(path)) is not None:
            headers.update(dict.fromkeys(form.table.header))
    found: dict[str, Item] = {}
    for header in headers:
        code = _behaviour_in(header)
        if header in from_instrument:
            found[header] = from_instrument[header]
        elif code in from_instrument:
            found[header] = from_instrument[code]
        elif code is not None:
            found[header] = Item(code, code, _LOWEST, _HIGHEST, False)
    known = {item.item for item in found.values()}
    asked = _asked_by_code(headers, from_instrument)
    return found | {code: item for code, item in asked.items() if code not in known}


def _asked_by_code(headers: Iterable[str], from_instrument: Mapping[str, Item]) -> dict[str, Item]:
    """The canonical 21 columns: one that a file leaves out is a question without an answer.

    Where all columns are an instrument's there are none; else those that it does not measure.
    """
    named = [code for header in headers if (code := _behaviour_in(header)) is not None]
    if from_instrument and all(code in from_instrument for code in named):
        return {}
    measured = {item.behaviour_code for item in from_instrument.values()}
    return {
        code: Item(code, code, _LOWEST, _HIGHEST, False)
        for code in BEHAVIOURS
        if code in named or code not in measured
    }


def _instrument_row(record: Mapping[str, Cell]) -> Item | None:
    try:
        row = INSTRUMENT.read(record)
    except BadValueError:
        return None
    low, high = row["scale_min"], row["scale_max"]
    return Item(
        str(row["column"]),
        str(row["behaviour_code"]),
        int(str(low)) if low is not None else _LOWEST,
        int(str(high)) if high is not None else _HIGHEST,
        bool(row["reversed"]),
    )


def answer(cell: Cell, item: Item, labels: Labels, day: date) -> int | None:
    """An answer as a point on the item's scale; raises `BadValueError` off the scale."""
    written = cells.text(cell)
    if written is None:
        return None
    if re.fullmatch(r"-?\d+", written):
        point = int(written)
    else:
        point = item.scale_min - 1
        point += labels.point(written, item.scale_max - item.scale_min + 1, day)
    if not item.scale_min <= point <= item.scale_max:
        raise BadValueError("off the scale")
    return point


def _shared_mark(form: _Form) -> str | None:
    """The mark in more than half of the rows that have one, and in five at least: an account."""
    if not form.respondent:
        return None
    marks = Counter(cells.text(record.get(form.respondent)) for _, record in form.table.records())
    del marks[None]
    ((mark, rows),) = marks.most_common(1) or ((None, 0),)
    return mark if rows >= 5 and 2 * rows > marks.total() else None


def submissions(
    path: Path, wave: str, of_column: Mapping[str, Item], labels: Labels
) -> Iterator[tuple[int, Submission]]:
    """Row number and submission of every row that is not wrong by itself."""
    form = _form(path)
    if form is None or find_table(read_grids(path), INSTRUMENT.header, verbatim=False):
        return
    occurrences: Counter[tuple[str | None, ...]] = Counter()
    shared = _shared_mark(form)
    for (number, record), line in zip(form.table.records(), form.table.lines, strict=True):
        whole_row = tuple(cells.text(cell) for cell in line.cells)
        occurrences[whole_row] += 1
        try:
            submitted = cells.moment(record.get(form.submitted_at), month_first=form.month_first)
            unit = cells.text(record.get(form.unit))
            if submitted is None or unit is None:
                raise BadValueError("empty")
            answers = {
                item.item: found
                for column, item in of_column.items()
                if (found := answer(record.get(column), item, labels, submitted.date())) is not None
            }
        except BadValueError:
            continue
        who = cells.text(record.get(form.respondent)) if form.respondent else None
        identity = (who,) if who and who != shared else (whole_row, occurrences[whole_row])
        yield number, Submission(wave, identity, submitted, unit, answers)
