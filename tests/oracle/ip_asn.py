"""IP-ASN: the four dimensions of each employee and their means by OPD and government."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import fsum

from tests.oracle.disclosure import Decision, decide, publish, threshold
from tests.oracle.figures import Row, category, mean, quotient
from tests.oracle.people import People, Service
from tests.oracle.records import Inputs, IpAsn
from tests.oracle.rules import Rule, Rules

DIMENSIONS = ("kualifikasi", "kompetensi", "kinerja", "disiplin")
_MEASURED = ("PNS", "PPPK")
_KEPT = ("employees", "scored", "coverage")


@dataclass(frozen=True)
class Scored:
    """One employee's dimensions and how they came about."""

    who: Service
    dimensions: tuple[float, ...]
    rule_version: str

    @property
    def total(self) -> float:
        """The sum of the four dimensions."""
        return fsum(self.dimensions)


def points(rules: Sequence[Rule], row: IpAsn) -> float | None:
    """Points of one dimension from the attributes that its rules ask for; None if one is unknown.

    A criterion is `attribute=word` or `attribute>=number`; the highest number reached counts.
    """
    by_attribute: dict[str, list[tuple[str, str, float]]] = defaultdict(list)
    for rule in rules:
        found = re.fullmatch(r"(\w+)(>=|=)(.+)", str(rule["criterion"]))
        if found is None:
            raise ValueError(f"criterion {rule['criterion']!r}")
        by_attribute[found[1]].append((found[2], found[3], float(str(rule["points"]))))
    total: list[float] = []
    for attribute, criteria in by_attribute.items():
        reached = [
            (float(asked) if sign == ">=" else 0.0, earned)
            for sign, asked, earned in criteria
            if _meets(getattr(row, attribute), sign, asked)
        ]
        if not reached:
            return None
        total.append(max(reached)[1])
    return fsum(total) if total else None


def _meets(written: object, sign: str, asked: str) -> bool:
    if written is None:
        return False
    if sign == ">=":
        return float(str(written)) >= float(asked)
    word = str(written).lower() if isinstance(written, bool) else str(written)
    return word.casefold() == asked.casefold()


def score(row: IpAsn, who: Service, rules: Rules, government: str) -> Scored | None:
    """The employee's dimensions: the four given ones, else by the rule version of the year."""
    given = tuple(getattr(row, dimension) for dimension in DIMENSIONS)
    if None not in given:
        return Scored(who, given, "given")
    day = date(row.year, 12, 31)
    position = row.position_type or who.position_type
    dimensions: list[float] = []
    versions: set[str] = set()
    for dimension in DIMENSIONS:
        own = [
            rule
            for rule in rules.all("ip_asn_rules", government, day)
            if rule["dimension"] == dimension and rule["position_type"] in (position, None)
        ]
        earned = points(own, row) if position is not None else None
        if earned is None:
            return None
        dimensions.append(earned)
        versions |= {str(rule["rule_version"]) for rule in own}
    return Scored(who, tuple(dimensions), versions.pop() if len(versions) == 1 else "mixed")


@dataclass
class Year:
    """One year of one government."""

    year: int
    rows: list[Row]
    people: list[Scored]
    decision: Decision


def compute(inputs: Inputs, people: People, rules: Rules, year: int, as_of: date) -> Year:
    """`mart_ip_asn` of one government and year."""
    government = inputs.government_code
    reference = min(date(year, 12, 31), as_of)
    staff = {who.nip: who for who in people.in_service(reference) if who.employee_type in _MEASURED}
    scored = [
        found
        for row in inputs.ip_asn
        if row.year == year and row.nip in staff
        if (found := score(row, staff[row.nip], rules, government)) is not None
    ]
    employees: dict[str, int] = defaultdict(int)
    for who in staff.values():
        employees[who.opd_code] += 1
    counts: dict[str, int] = defaultdict(int)
    for one in scored:
        counts[one.who.opd_code] += 1
    decision = decide(
        counts, set(employees) - set(counts), threshold(rules, government, "ip_asn", reference)
    )
    rows = []
    units = [("opd", opd, n) for opd, n in sorted(employees.items())]
    for level, code, number in [*units, ("government", government, len(staff))]:
        own = [one for one in scored if level == "government" or one.who.opd_code == code]
        row = unit_row(own, number, rules, government, date(year, 12, 31))
        keys = {
            "government_code": government, "unit_level": level, "unit_code": code, "year": year
        }  # fmt: skip
        rows.append({**keys, **publish(row, decision, level, code, _KEPT)})
    return Year(year, rows, scored, decision)


def unit_row(
    scored: Sequence[Scored], employees: int, rules: Rules, government: str, day: date
) -> Row:
    """The measures of a unit, unsuppressed."""
    total = mean([one.total for one in scored])
    word, in_gap = category(rules, government, "ip_asn", total, day)
    versions = {one.rule_version for one in scored}
    return {
        "employees": employees,
        "scored": len(scored),
        "coverage": quotient(len(scored), employees),
        **{
            name: mean([one.dimensions[at] for one in scored]) for at, name in enumerate(DIMENSIONS)
        },
        "ip_asn_score": total,
        "category": word,
        "in_band_gap": in_gap,
        "rule_version": None if not versions else versions.pop() if len(versions) == 1 else "mixed",
    }
