"""What rows of rule files must be to each other, beyond what each must be by itself.

Belongs here: overlaps and gaps of validity, governments that nobody knows, bounds that no region
may pass, criteria and weights that would score in silence. Does not belong here: cells
(`ingest.rules.files`), or which of several rows holds (`ingest.rules.resolving`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

from ingest.rules.cells import Value
from ingest.rules.files import Problem, RuleRow
from ingest.rules.validity import Spell, gaps, overlaps
from ingest.words import sentence

# The attributes of an employee that earn points in each dimension of IP-ASN, and the words that
# an attribute of words may hold. An attribute without words is a number.
IP_ASN_ATTRIBUTES: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "kualifikasi": {
            "education": ("S3", "S2", "S1", "D4", "D3", "D2", "D1", "SLTA", "SLTP", "SD")
        },
        "kompetensi": {
            "leadership_training": ("true", "false"),
            "functional_training": ("true", "false"),
            "technical_training_jp": (),
            "seminars": (),
        },
        "kinerja": {"skp_score": ()},
        "disiplin": {"sanction": ("none", "light", "medium", "heavy")},
    }
)
# Numbers that must add up to one on every day, so that no weight is spread in silence.
SUMS_TO_ONE: Mapping[str, tuple[str, str, tuple[str, ...]]] = MappingProxyType(
    {
        "score_weights": ("component", "weight", ("survey", "discipline", "ip_asn")),
        "attendance_rules": ("rule_code", "value", ("presence_weight", "apel_weight")),
    }
)
ROUNDING = 1e-9


def check_rows(rows: Sequence[RuleRow], governments: Collection[str]) -> list[Problem]:
    """Return what is wrong among the rows of all rule files.

    Args:
        rows: The rows of all files, shipped and the region's own.
        governments: The governments that exist: those that the rule `governments` names.
    """
    return [
        *_unknown_governments(rows, governments),
        *_competing(rows),
        *_criteria(rows),
    ]


def _unknown_governments(
    rows: Iterable[RuleRow], governments: Collection[str]
) -> Iterator[Problem]:
    for row in rows:
        if row.government_code is not None and row.government_code not in governments:
            yield row.problem(sentence("rows", "government_unknown"))


def _competing(rows: Iterable[RuleRow]) -> Iterator[Problem]:
    """Find two rows of one origin, government and key that hold on one day, or leave a hole."""
    groups: defaultdict[tuple[Any, ...], list[Spell[RuleRow]]] = defaultdict(list)
    for row in rows:
        group = (row.table.name, row.origin, row.government_code, row.key)
        groups[group].append(Spell(row.valid_from, row.valid_to, row))
    for spells in groups.values():
        for one, other in overlaps(spells):
            yield _about_two("overlap", one.what, other.what)
        for one, other in gaps(spells):
            yield _about_two("gap", one.what, other.what)


def _about_two(what: str, one: RuleRow, other: RuleRow) -> Problem:
    first, second = sorted((one, other), key=lambda row: row.file_row)
    return second.problem(sentence("rows", what, file=first.file, row=first.file_row))


def _criteria(rows: Iterable[RuleRow]) -> Iterator[Problem]:
    """Find criteria of IP-ASN that no employee could ever meet (grammar: `rules.resolving`)."""
    for row in rows:
        if row.table.name != "ip_asn_rules":
            continue
        attributes = IP_ASN_ATTRIBUTES[str(row.values["dimension"])]
        criterion = str(row.values["criterion"])
        found = re.fullmatch(r"([a-z_]+)(>=|=)(\S+)", criterion)
        allowed = attributes.get(found[1]) if found else None
        if found and allowed is not None and _is_met_by_someone(found[2], found[3], allowed):
            continue
        names = ", ".join(
            f"{name}={'|'.join(of)}" if of else f"{name}>=0" for name, of in attributes.items()
        )
        yield row.problem(sentence("rows", "criterion", names=names))


def _is_met_by_someone(operator: str, operand: str, words: Collection[str]) -> bool:
    if words:
        return operator == "=" and operand in words
    return operator == ">=" and re.fullmatch(r"\d{1,6}(\.\d{1,6})?", operand) is not None


def check_sums(resolved: Mapping[str, Sequence[Mapping[str, Value]]]) -> list[Problem]:
    """Return the days on which numbers that must add up to one do not.

    Args:
        resolved: The rows that hold, by rule, as `ingest.rules.resolving` stores them.
    """
    problems = []
    for table, (code, number, members) in SUMS_TO_ONE.items():
        wrong: defaultdict[date, list[str]] = defaultdict(list)
        by_government: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
        for row in resolved[table]:
            if row[code] in members:
                by_government[str(row["government_code"])].append(row)
        for government, rows in by_government.items():
            if day := _first_wrong_day(rows, number):
                wrong[day].append(government)
        for day, governments in sorted(wrong.items()):
            what, where = ", ".join(members), ", ".join(sorted(governments))
            said = sentence("rows", "sum_not_one", day=day, where=where, what=what)
            problems.append(Problem(f"config/{table}.csv", 0, said))
    return problems


def _first_wrong_day(rows: Sequence[Mapping[str, Any]], number: str) -> date | None:
    # Where a row ends another begins: the shipped rows have no end. So the sum changes there only.
    begins: set[date] = {row["valid_from"] for row in rows}
    for day in sorted(begins):
        holding = [row[number] for row in rows if row["valid_from"] <= day <= row["valid_to"]]
        if abs(sum(holding) - 1) > ROUNDING:
            return day
    return None
