"""What a reader of published tables can know about hidden cells: linear programs over them.

Belongs here: the attacker, who has every published row, knows the formulas, and nothing else. Each
hidden cell gets the interval of values that agree with all that is published.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix, identity, kron

from tests.oracle.figures import Row

Cell = tuple[str, ...]
_SLACK = 1e-6


@dataclass
class System:
    """Unknown cells with their bounds, and what is known of sums of them."""

    low: dict[Cell, float] = field(default_factory=dict)
    high: dict[Cell, float] = field(default_factory=dict)
    sums: list[tuple[Mapping[Cell, float], float, float]] = field(default_factory=list)
    """Weights, and the lower and upper bound of the weighted sum."""

    def unknown(self, cell: Cell, low: float = 0, high: float = 100) -> None:
        """A cell of which only its scale is known."""
        self.low[cell], self.high[cell] = low, high

    def equal(self, weights: Mapping[Cell, float], total: float) -> None:
        """A published sum; published numbers are exact but for floating point."""
        slack = _SLACK * max(1.0, *(abs(weight) for weight in weights.values()))
        self.sums.append((weights, total - slack, total + slack))

    def at_most(self, weights: Mapping[Cell, float], total: float) -> None:
        """A sum that can not be greater."""
        self.sums.append((weights, -np.inf, total + _SLACK))

    def widths(self, targets: Sequence[Cell]) -> dict[Cell, float]:
        """How wide the interval of each cell is: a copy of the system for each end of each."""
        if not targets:
            return {}
        at = {cell: number for number, cell in enumerate(self.low)}
        matrix, bounds = self._inequalities(at)
        copies = identity(2 * len(targets), format="csr")
        aims = np.zeros((2 * len(targets), len(at)))
        for number, cell in enumerate(targets):
            aims[2 * number, at[cell]], aims[2 * number + 1, at[cell]] = 1, -1
        found = linprog(
            aims.ravel(),
            A_ub=kron(copies, matrix, format="csr") if matrix.shape[0] else None,
            b_ub=np.tile(bounds, 2 * len(targets)) if matrix.shape[0] else None,
            bounds=list(zip(self.low.values(), self.high.values(), strict=True))
            * (2 * len(targets)),
            method="highs",
        )
        assert found.success, found.message
        ends = (aims.ravel() * found.x).reshape(aims.shape).sum(axis=1)
        return {cell: float(-ends[2 * n + 1] - ends[2 * n]) for n, cell in enumerate(targets)}

    def _inequalities(self, at: Mapping[Cell, int]) -> tuple[csr_matrix, np.ndarray]:
        rows, bounds = [], []
        for weights, low, high in self.sums:
            row = np.zeros(len(at))
            for cell, weight in weights.items():
                row[at[cell]] = weight
            rows.append(row)
            bounds.append(high)
            if np.isfinite(low):
                rows.append(-row)
                bounds.append(-low)
        return csr_matrix(np.array(rows).reshape(len(rows), len(at))), np.array(bounds)


def number(row: Row, column: str) -> float:
    """A published number."""
    return float(str(row[column]))


@dataclass(frozen=True)
class Strata:
    """One cell of the survey over a government's OPDs, as published."""

    government: Row
    opds: Sequence[Row]
    """Rows with respondents to that cell, each with `eligible` beside it."""

    @property
    def hidden(self) -> list[Row]:
        """The rows without measures."""
        return [row for row in self.opds if row["suppressed"]]

    def hidden_mean(self, column: str) -> float | None:
        """The mean of the hidden OPDs together: what the government's leaves for them."""
        eligible = sum(number(row, "eligible") for row in self.hidden)
        if not eligible or self.government["suppressed"]:
            return None
        together = number(self.government, column) * sum(number(r, "eligible") for r in self.opds)
        shown = sum(
            number(row, "eligible") * number(row, column)
            for row in self.opds
            if not row["suppressed"]
        )
        return (together - shown) / eligible

    def hidden_variance(self) -> float | None:
        """The variance among the hidden people that the margins of error leave for them."""
        eligible = sum(number(row, "eligible") for row in self.hidden)
        people = sum(number(row, "respondents") for row in self.hidden)
        if self.government["margin_of_error"] is None or people >= eligible:
            return None
        total = number(self.government, "margin_of_error") * sum(
            number(row, "eligible") for row in self.opds
        )
        shown = sum(
            (number(row, "eligible") * number(row, "margin_of_error")) ** 2
            for row in self.opds
            if not row["suppressed"]
        )
        left = max(0.0, total**2 - shown) / 1.96**2
        return left * people / (eligible**2 * (1 - people / eligible))


def attack_value(
    value: Strata, behaviours: Mapping[str, Strata], value_code: str
) -> dict[Cell, float]:
    """The widths of a value's score and its behaviours' of every hidden OPD.

    Used are means and shares of positive answers, that a value is the mean of its behaviours where
    everybody answered all, and how far a mean can lie from that of all with a known variance.
    """
    system = System()
    hidden = value.hidden
    for row in hidden:
        system.unknown((str(row["unit_code"]), value_code))
    _bind_mean(system, value, value_code, "score", 1)
    _bind_variance(system, value, value_code)
    for code, cell in behaviours.items():
        for row in cell.hidden:
            unit = str(row["unit_code"])
            system.unknown((unit, code))
            system.unknown((unit, code, "share"), 0, 1)
            system.at_most({(unit, code, "share"): 75, (unit, code): -1}, 0)
            system.at_most({(unit, code): 1, (unit, code, "share"): -50}, 50)
        _bind_mean(system, cell, code, "score", 1)
        _bind_mean(system, cell, code, "share_positive", 1, "share")
    for row in hidden:
        unit = str(row["unit_code"])
        counts = {
            r["respondents"] for cell in behaviours.values() for r in cell.hidden
            if r["unit_code"] == unit
        }  # fmt: skip
        if counts == {row["respondents"]}:
            mean = {(unit, code): 1 / len(behaviours) for code in behaviours}
            system.equal({(unit, value_code): -1, **mean}, 0)
    return system.widths([cell for cell in system.low if len(cell) == 2])


def _bind_mean(
    system: System, cell: Strata, code: str, column: str, scale: float, *more: str
) -> None:
    mean = cell.hidden_mean(column)
    if mean is not None:
        people = sum(number(row, "respondents") for row in cell.hidden)
        shares = {
            (str(row["unit_code"]), code, *more): number(row, "respondents") / people
            for row in cell.hidden
        }
        system.equal(shares, mean * scale)


def _bind_variance(system: System, cell: Strata, code: str) -> None:
    mean, variance = cell.hidden_mean("score"), cell.hidden_variance()
    if mean is None or variance is None:
        return
    people = sum(number(row, "respondents") for row in cell.hidden)
    for row in cell.hidden:
        own, key = number(row, "respondents"), (str(row["unit_code"]), code)
        far = sqrt((people - 1) * variance * (people - own) / (people * own)) + _SLACK
        system.low[key] = max(0.0, mean - far)
        system.high[key] = min(100.0, mean + far)


def attack_ip_asn(government: Row, opds: Sequence[Row]) -> dict[Cell, float]:
    """The width of the score of every hidden OPD: sums of dimensions, each within its cap."""
    system, hidden = System(), [row for row in opds if row["suppressed"] and row["scored"]]
    caps = {"kualifikasi": 25, "kompetensi": 40, "kinerja": 30, "disiplin": 5}
    for row in hidden:
        unit = str(row["unit_code"])
        system.unknown((unit, "score"))
        for name, cap in caps.items():
            system.unknown((unit, name), 0, cap)
        system.equal({(unit, "score"): -1, **{(unit, name): 1 for name in caps}}, 0)
    if hidden and not government["suppressed"]:
        for name in caps:
            left = number(government, "scored") * number(government, name) - sum(
                number(row, "scored") * number(row, name) for row in opds if not row["suppressed"]
            )
            system.equal({(str(r["unit_code"]), name): number(r, "scored") for r in hidden}, left)
    return system.widths([cell for cell in system.low if cell[1] == "score"])


def attack_discipline(government: Row, opds: Sequence[Row]) -> dict[Cell, float]:
    """The width of 100 times the presence rate of every hidden OPD.

    A rate is a quotient of sums: with the days that count scaled to one it is linear (Charnes and
    Cooper). The government's sums less the shown ones are those of the hidden.
    """
    hidden = [str(row["unit_code"]) for row in opds if row["suppressed"] and row["employees"]]
    if not hidden or government["suppressed"]:
        return {(unit, "presence"): 100.0 for unit in hidden}
    days = ("present_days", "excused_days", "unexcused_days", "unrecorded_days")
    minutes = ("late_minutes", "early_leave_minutes")
    found = {}
    for target in hidden:
        system = System()
        system.unknown(("scale",), 0, np.inf)
        system.unknown((target, "presence"), 0, 100)
        for unit in hidden:
            for name in (*days, *minutes):
                system.unknown((unit, name), 0, np.inf)
            worked = {(unit, "present_days"): -450.0}
            system.at_most({**worked, **{(unit, name): 1 for name in minutes}}, 0)
        for name in (*days, *minutes):
            left = number(government, name) - sum(
                number(row, name) for row in opds if not row["suppressed"]
            )
            system.equal({("scale",): -left, **{(unit, name): 1 for unit in hidden}}, 0)
        system.equal({(target, "present_days"): 1, (target, "unexcused_days"): 1}, 1)
        lost = {(target, "unexcused_days"): 100.0, **{(target, m): 100 / 450 for m in minutes}}
        system.equal({(target, "presence"): 1, **lost}, 100)
        found.update(system.widths([(target, "presence")]))
    return found
