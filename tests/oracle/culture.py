"""Culture score: the three components of a month, weighted; ranks and their range."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from math import fsum

from tests.oracle.figures import Row, category, month_end
from tests.oracle.rules import Rules

COMPONENTS = ("survey", "discipline", "ip_asn")
_STRETCHES = (0.8, 1.0, 1.2)

Unit = tuple[str, str]
"""Unit level and code."""


@dataclass(frozen=True)
class Component:
    """The published score of a component for one unit, `suppressed` as in its own table."""

    score: float | None
    suppressed: bool
    people: int = 0
    """Who is behind it, shown or hidden."""

    @property
    def is_hidden(self) -> bool:
        """Whether there is something to hide, which nobody's figure has not."""
        return self.suppressed and self.people > 0


Scores = Mapping[str, Component | None]


def weighted(scores: Sequence[float], weights: Sequence[float]) -> float:
    """The mean by weights, renormalised."""
    return fsum(s * w for s, w in zip(scores, weights, strict=True)) / fsum(weights)


def status(scores: Scores) -> str:
    """`complete`, or the components that are missing or hidden; what repeats is said once."""
    said: list[str] = []
    before = ""
    for name in COMPONENTS:
        one = scores[name]
        if one is None or one.score is None:
            kind = "hidden" if one is not None and one.is_hidden else "missing"
            said.append(name if kind == before else f"{kind}_{name}")
            before = kind
    return "+".join(said) or "complete"


def rank_ranges(
    triples: Mapping[str, Sequence[float]], weights: Sequence[float]
) -> dict[str, tuple[int, int, int]]:
    """Rank, best and worst rank of each OPD over the 27 weightings."""
    found: dict[str, list[int]] = {code: [] for code in triples}
    for stretches in product(_STRETCHES, repeat=len(weights)):
        own = [weight * stretch for weight, stretch in zip(weights, stretches, strict=True)]
        scores = {code: weighted(triple, own) for code, triple in triples.items()}
        for code, mine in scores.items():
            found[code].append(1 + sum(other > mine for other in scores.values()))
    plain = {code: weighted(triple, weights) for code, triple in triples.items()}
    return {
        code: (1 + sum(other > plain[code] for other in plain.values()), min(ranks), max(ranks))
        for code, ranks in found.items()
    }


def latest_wave(
    waves: Iterable[tuple[str, date, bool]], end: date, max_age: float
) -> tuple[str, date] | None:
    """Of waves (name, end date, open?) the latest closed that is old and young enough."""
    usable = [
        (ended, wave)
        for wave, ended, is_open in waves
        if not is_open and end - timedelta(days=max_age) <= ended <= end
    ]
    return max(usable)[::-1] if usable else None


def latest_year(years: Iterable[int], end: date, max_age: float) -> int | None:
    """The latest year that is over by the month's end, so many years back at most."""
    return max(
        (year for year in years if date(year, 12, 31) <= end and end.year - year <= max_age),
        default=None,
    )


def target(rules: Rules, government: str, unit: Unit, end: date) -> float | None:
    """The unit's own target of the year, else that for all."""
    level, code = unit
    for asked in (code, None) if level == "opd" else (government, None):
        row = rules.one("targets", government, end, asked, "culture_score", end.year)
        if row is not None:
            return float(str(row["value"]))
    return None


def month_rows(
    government: str,
    month: date,
    units: Mapping[Unit, Scores],
    rules: Rules,
    *,
    wave: str | None,
    year: int | None,
) -> list[Row]:
    """`mart_culture_score` of one government and month."""
    end = month_end(month)
    weights = [
        float(str(row["weight"]))
        for name in COMPONENTS
        if (row := rules.one("score_weights", government, end, name)) is not None
    ]
    triples = {
        unit: [one.score for name in COMPONENTS if (one := scores[name]) and one.score is not None]
        for unit, scores in units.items()
    }
    full = {unit: triple for unit, triple in triples.items() if len(triple) == len(COMPONENTS)}
    ranks = rank_ranges({code: t for (level, code), t in full.items() if level == "opd"}, weights)
    found = []
    for (level, code), scores in units.items():
        total = weighted(full[level, code], weights) if (level, code) in full else None
        aim = target(rules, government, (level, code), end)
        own_ranks = ranks.get(code) if level == "opd" else None
        shown = {name: one.score if one else None for name, one in scores.items()}
        found.append(
            {
                "government_code": government,
                "unit_level": level,
                "unit_code": code,
                "month": month,
                "survey_score": shown["survey"],
                "survey_wave": wave,
                "discipline_score": shown["discipline"],
                "ip_asn_score": shown["ip_asn"],
                "ip_asn_year": year,
                "culture_score": total,
                "category": category(rules, government, "culture", total, end)[0],
                "status": status(scores),
                "target_score": aim,
                "gap_to_target": None if total is None or aim is None else total - aim,
                "rank": own_ranks[0] if own_ranks else None,
                "rank_best": own_ranks[1] if own_ranks else None,
                "rank_worst": own_ranks[2] if own_ranks else None,
                "suppressed": any(one.suppressed for one in scores.values() if one),
            }
        )
    return found
