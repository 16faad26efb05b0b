"""Survey: from submissions to the scores of OPDs and governments by value and behaviour.

Which wave has closed, who counts where, and the three published survey tables.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import fsum

from tests.oracle.disclosure import Decision, decide, publish, threshold
from tests.oracle.figures import BEHAVIOURS, VALUES, Row, mean, quotient
from tests.oracle.people import People
from tests.oracle.records import Inputs, Item, Submission
from tests.oracle.rules import Rules
from tests.oracle.sampling import Stratum, cronbach_alpha, margin_of_error, stratified_mean

_QUIET_DAYS = 14
_KEPT = ("wave_end_date", "respondents", "eligible", "response_rate")


@dataclass
class Respondent:
    """One person's answers as scores."""

    opd_code: str
    values: dict[str, float]
    """Score by value, of the values of which at least half were answered."""
    behaviours: dict[str, float]
    positives: dict[str, tuple[bool, ...]]
    """By behaviour: whether each answer is one of the top two points."""
    complete: dict[str, tuple[float, ...]]
    """Item scores by value, of the values of which all items were answered."""

    @property
    def own_mean(self) -> float | None:
        """The mean of the seven values, if the person has all."""
        return mean(list(self.values.values())) if len(self.values) == len(VALUES) else None


@dataclass
class Wave:
    """One wave of one government, ready to be published."""

    wave: str
    end_date: date
    is_open: bool
    respondents: dict[str, list[Respondent]]
    """By OPD."""
    eligible: dict[str, int]
    items_of: dict[str, list[Item]]
    decision: Decision
    published: dict[tuple[str, str], Row] = field(default_factory=dict)
    """The rows of `mart_survey` by unit."""

    def opds(self) -> list[str]:
        """OPDs with eligible employees or respondents."""
        answered = {
            opd for opd, own in self.respondents.items() if any(one.behaviours for one in own)
        }
        return sorted({*answered, *(code for code, n in self.eligible.items() if n)})


def counted(submissions: Iterable[Submission]) -> list[Submission]:
    """Of several submissions of one respondent the last `submitted_at`, then the newest."""
    last: dict[tuple[object, ...], Submission] = {}
    for one in submissions:
        before = last.get(one.respondent)
        if before is None or one.submitted_at >= before.submitted_at:
            last[one.respondent] = one
    return list(last.values())


def score(submission: Submission, items: Mapping[str, Item], opd_code: str) -> Respondent:
    """A submission's scores."""
    by_value: dict[str, list[Item]] = defaultdict(list)
    by_behaviour: dict[str, list[Item]] = defaultdict(list)
    for item in items.values():
        by_value[item.behaviour_code[:2]].append(item)
        by_behaviour[item.behaviour_code].append(item)
    answers = submission.answers

    def scores(of: Sequence[Item]) -> list[float]:
        return [item.score(answers[item.item]) for item in of if item.item in answers]

    person = Respondent(opd_code, {}, {}, {}, {})
    for value, own in by_value.items():
        answered = scores(own)
        if answered and 2 * len(answered) >= len(own):
            person.values[value] = fsum(answered) / len(answered)
        if len(answered) == len(own):
            person.complete[value] = tuple(answered)
    for behaviour, own in by_behaviour.items():
        answered = scores(own)
        if answered:
            person.behaviours[behaviour] = fsum(answered) / len(answered)
            person.positives[behaviour] = tuple(
                item.is_positive(answers[item.item]) for item in own if item.item in answers
            )
    return person


def end_of_wave(
    wave: str, submissions: Sequence[Submission], rules: Rules, government: str, as_of: date
) -> tuple[date, bool, set[str] | None]:
    """The wave's end date, whether it is still open, and the eligible types (None: all)."""
    last = max(one.submitted_at for one in submissions).date()
    rows = [row for row in rules.everything("survey_waves") if row["wave"] == wave]
    for day in sorted({as_of, last, *(row["end_date"] for row in rows if row["end_date"])}):  # type: ignore[type-var]
        rule = rules.one("survey_waves", government, day, wave)  # type: ignore[arg-type]
        if rule is not None:
            named = [t for t in re.split(r"[;,\s]+", str(rule["eligible_types"] or "")) if t]
            end = rule["end_date"] if isinstance(rule["end_date"], date) else None
            return end or last, end is None or as_of <= end, set(named) or None
    return last, as_of <= last + timedelta(days=_QUIET_DAYS), None


def compute(inputs: Inputs, people: People, rules: Rules, wave: str, as_of: date) -> Wave | None:
    """One wave of a government; None without a submission."""
    government = inputs.government_code
    submissions = counted(one for one in inputs.submissions if one.wave == wave)
    if not submissions:
        return None
    end, is_open, types = end_of_wave(wave, submissions, rules, government, as_of)
    items = inputs.items.get(wave, {})
    respondents: dict[str, list[Respondent]] = defaultdict(list)
    for one in submissions:
        unit = people.units.find(one.unit)
        opd = None if unit is None else people.units.opd_on(unit, end)
        if opd is not None:
            respondents[opd].append(score(one, items, opd))
    eligible: dict[str, int] = defaultdict(int)
    for who in people.in_service(end):
        if types is None or who.employee_type in types:
            eligible[who.opd_code] += 1
    counts = {opd: contributors(own, items.values()) for opd, own in respondents.items()}
    answered = {opd for opd, own in respondents.items() if any(p.behaviours for p in own)}
    decision = decide(
        {opd: count for opd, count in counts.items() if opd in answered},
        (set(eligible) | set(respondents)) - answered,
        threshold(rules, government, "survey", end),
    )
    items_of: dict[str, list[Item]] = defaultdict(list)
    for item in items.values():
        items_of[item.behaviour_code[:2]].append(item)
    return Wave(wave, end, is_open, dict(respondents), dict(eligible), dict(items_of), decision)


def contributors(respondents: Sequence[Respondent], items: Iterable[Item]) -> int:
    """The smallest number of people in the cell of any value or behaviour that was asked."""
    behaviours = {item.behaviour_code for item in items}
    asked = {behaviour[:2] for behaviour in behaviours}
    cells = [sum(value in one.values for one in respondents) for value in asked]
    cells += [sum(behaviour in one.behaviours for one in respondents) for behaviour in behaviours]
    return min(cells, default=0)


class Tables:
    """The published rows of one wave of one government."""

    def __init__(self, wave: Wave, government: str) -> None:
        """Take a computed wave."""
        self._wave = wave
        self._government = government

    def _units(self) -> list[tuple[str, str]]:
        return [("opd", opd) for opd in self._wave.opds()] + [("government", self._government)]

    def _people(self, level: str, code: str) -> list[Respondent]:
        if level == "opd":
            return self._wave.respondents.get(code, [])
        return [one for own in self._wave.respondents.values() for one in own]

    def _strata(self, level: str, code: str, numbers: str, key: str) -> list[Stratum]:
        """The strata of a cell: `numbers` names a dict of `Respondent`, `key` what of it.

        OPDs without respondents are none: to the cell, or for the own means to any value.
        """
        wave = self._wave
        if level == "opd":
            own = _numbers(wave.respondents.get(code, []), numbers, key)
            return [Stratum(wave.eligible.get(code, 0), own)]
        cells = {
            opd: _numbers(people, numbers, key) for opd, people in sorted(wave.respondents.items())
        }
        return [
            Stratum(wave.eligible.get(opd, 0), own, opd in wave.decision.hidden)
            for opd, own in cells.items()
            if own or (numbers == "own_mean" and any(one.values for one in wave.respondents[opd]))
        ]

    def _if_enough(self, people: int, statistic: float | None) -> float | None:
        """A margin or alpha, None where it rests on fewer people than k."""
        return statistic if people >= self._wave.decision.k else None

    def _margin(self, level: str, code: str, numbers: str, key: str) -> float | None:
        strata = self._strata(level, code, numbers, key)
        return self._if_enough(sum(len(one.numbers) for one in strata), margin_of_error(strata))

    def _score(self, level: str, code: str, numbers: str, key: str) -> float | None:
        strata = self._strata(level, code, numbers, key)
        return mean(strata[0].numbers) if level == "opd" else stratified_mean(strata)

    def _publish(self, row: Row, level: str, code: str) -> Row:
        wave = self._wave
        if wave.is_open:
            kept = {column: row[column] for column in row if column in _KEPT}
            return {**dict.fromkeys(row), **kept, "suppressed": True}
        return publish(row, wave.decision, level, code, _KEPT)

    def _keyed(self, row: Row, level: str, code: str, **more: object) -> Row:
        keys = {
            "government_code": self._government,
            "unit_level": level,
            "unit_code": code,
            "wave": self._wave.wave,
        }
        return {**keys, **more, **self._publish(row, level, code)}

    def survey(self) -> list[Row]:
        """`mart_survey`."""
        wave = self._wave
        found = []
        for level, code in self._units():
            scores = {value: self._score(level, code, "values", value) for value in VALUES}
            present = [one for one in scores.values() if one is not None]
            people = sum(bool(one.values) for one in self._people(level, code))
            eligible = wave.eligible.get(code, 0) if level == "opd" else sum(wave.eligible.values())
            row: Row = {
                "wave_end_date": wave.end_date,
                "respondents": people,
                "eligible": eligible,
                "response_rate": quotient(people, eligible),
                "survey_score": mean(present) if len(present) == len(VALUES) else None,
                "margin_of_error": self._margin(level, code, "own_mean", ""),
                "weakest_value_code": weakest(scores),
            }
            found.append(self._keyed(row, level, code))
        return found

    def values(self) -> list[Row]:
        """`mart_survey_value`."""
        found = []
        for level, code in self._units():
            for value in VALUES:
                people = self._people(level, code)
                complete = [one.complete[value] for one in people if value in one.complete]
                row: Row = {
                    "respondents": sum(value in one.values for one in people),
                    "score": self._score(level, code, "values", value),
                    "margin_of_error": self._margin(level, code, "values", value),
                    "cronbach_alpha": self._if_enough(
                        len(complete),
                        cronbach_alpha(complete, len(self._wave.items_of.get(value, []))),
                    ),
                }
                found.append(self._keyed(row, level, code, value_code=value))
        return found

    def behaviours(self) -> list[Row]:
        """`mart_survey_behaviour`."""
        found = []
        for level, code in self._units():
            for behaviour in BEHAVIOURS:
                people = self._people(level, code)
                row: Row = {
                    "respondents": sum(behaviour in one.behaviours for one in people),
                    "score": self._score(level, code, "behaviours", behaviour),
                    "share_positive": self._score(level, code, "positives", behaviour),
                }
                found.append(self._keyed(row, level, code, behaviour_code=behaviour))
        return found


def _numbers(people: Sequence[Respondent], numbers: str, key: str) -> tuple[float, ...]:
    """What enters a cell: a number per person, for `positives` one per answer."""
    if numbers == "own_mean":
        return tuple(one.own_mean for one in people if one.own_mean is not None)
    if numbers == "positives":
        return tuple(float(n) for one in people for n in one.positives.get(key, ()))
    cells = [getattr(one, numbers) for one in people]
    return tuple(cell[key] for cell in cells if key in cell)


def weakest(scores: Mapping[str, float | None]) -> str | None:
    """The value with the lowest score, of equal ones (to nine decimals) the first in order."""
    present = [(round(one, 9), value) for value, one in scores.items() if one is not None]
    lowest = min((one for one, _value in present), default=None)
    return next((value for one, value in present if one == lowest), None)
