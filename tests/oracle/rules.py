"""Rules: the shipped CSVs and the home's own, asked by government, day and key.

For one key and day the home's row wins over the shipped one, then a row of the government over a
row for all.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path

from tests.oracle import cells
from tests.oracle.tables import find_table, read_grids

KEYS = {
    "working_hours": ("unit_code", "employee_type", "weekday", "period"),
    "ramadan": ("first_day",),
    "days_off": ("date",),
    "leave_types": ("leave_type",),
    "event_types": ("event_type",),
    "attendance_rules": ("rule_code",),
    "evidence": ("unit_code", "date_from"),
    "absence_bands": ("band_code",),
    "ip_asn_rules": ("position_type", "dimension", "criterion"),
    "index_bands": ("index_code", "category"),
    "score_weights": ("component",),
    "targets": ("unit_code", "measure", "year"),
    "survey_waves": ("wave",),
    "likert_labels": ("label", "points_of_scale"),
    "disclosure": ("family",),
    "withdrawals": ("file_sha256", "row_number"),
    "governments": ("government_code",),
}
"""The columns of each rule that name what it decides."""

_DATES = {
    "valid_from", "valid_to", "date", "first_day", "last_day",
    "date_from", "date_to", "start_date", "end_date", "decided_on",
}  # fmt: skip
_TIMES = {"start_time", "end_time"}
_NUMBERS = {
    "weekday", "days_from", "days_to", "points", "lower_bound", "weight", "max_age", "year",
    "points_of_scale", "k", "row_number", "min_respondents",
}  # fmt: skip
_FLAGS = {"counts", "recorded"}
_NUMBER_VALUED = {"attendance_rules", "targets", "likert_labels"}
_RANK = {"home": 0, "shipped": 1}

Rule = dict[str, object]


def _typed(name: str, column: str, cell: cells.Cell) -> object:
    """The cell of a rule file as its column means it."""
    if column in _DATES:
        return cells.day(cell)
    if column in _TIMES:
        return cells.clock(cell)
    if column in _NUMBERS or (column == "value" and name in _NUMBER_VALUED):
        return cells.number(cell)
    if column in _FLAGS:
        return cells.flag(cell)
    return cells.text(cell)


def _read(path: Path, name: str, origin: str) -> list[Rule]:
    table = find_table(read_grids(path), set(KEYS[name]), verbatim=False) if path.exists() else None
    if table is None:
        return []
    rows: list[Rule] = []
    for _number, record in table.records():
        row: Rule = {column: _typed(name, column, cell) for column, cell in record.items()}
        rows.append({**row, "origin": origin})
    return rows


class Rules:
    """All rules of a home."""

    def __init__(self, shipped: Path, config: Path) -> None:
        """Read the shipped folder and the home's config folder."""
        self._rows = {
            name: _read(shipped / f"{name}.csv", name, "shipped")
            + _read(config / f"{name}.csv", name, "home")
            for name in KEYS
        }
        self._on = cache(self._resolve)

    def _resolve(self, name: str, government: str, day: date) -> dict[tuple[object, ...], Rule]:
        """The one row of each key that holds for a government on a day."""
        own_code = name == "governments"
        best: dict[tuple[object, ...], tuple[tuple[int, int], Rule]] = {}
        for row in self._rows[name]:
            first, last = row.get("valid_from"), row.get("valid_to")
            begun = not isinstance(first, date) or first <= day
            holds = begun and (not isinstance(last, date) or day <= last)
            mine = own_code or row.get("government_code") in (None, government)
            if not (holds and mine):
                continue
            key = tuple(row.get(column) for column in KEYS[name])
            rank = (_RANK[str(row["origin"])], 0 if row.get("government_code") else 1)
            if key not in best or rank < best[key][0]:
                best[key] = (rank, row)
        return {key: row for key, (_rank, row) in best.items()}

    def all(self, name: str, government: str, day: date) -> Iterable[Rule]:
        """Every row that holds for a government on a day."""
        return self._on(name, government, day).values()

    def one(self, name: str, government: str, day: date, *key: object) -> Rule | None:
        """The row of a key, `None` if no row holds."""
        return self._on(name, government, day).get(key)

    def everything(self, name: str) -> list[Rule]:
        """Every row of a rule file, shipped and the home's, whatever its validity."""
        return self._rows[name]

    def value(self, government: str, day: date, code: str) -> float:
        """A number of `attendance_rules`."""
        row = self.one("attendance_rules", government, day, code)
        if row is None:
            raise KeyError(code)
        return float(str(row["value"]))
