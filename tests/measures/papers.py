"""What a world sends on paper: survey waves with instruments, IP-ASN, official figures.

Belongs here: chance, as in `worlds.py`, which calls this.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from tests.oracle.figures import BEHAVIOURS

if TYPE_CHECKING:
    from tests.measures.worlds import World

_IP_ASN = (
    "nip", "kualifikasi", "kompetensi", "kinerja", "disiplin", "total", "education",
    "position_type", "leadership_training", "functional_training", "technical_training_jp",
    "seminars", "skp_score", "sanction",
)  # fmt: skip


def write_papers(world: World) -> None:
    """Write two waves, up to three years of IP-ASN and a few official figures."""
    _wave(world, "2025-S2", date(2025, 12, 1), date(2025, 12, 14))
    _wave(world, "2026-S1", date(2026, 2, 20), world.day(date(2026, 2, 25)))
    for year in (2023, 2025, 2026):
        if world.happens(0.7):
            _ip_asn(world, year)
    _official(world)


def _wave(world: World, wave: str, first: date, last: date) -> None:
    chance = world.chance
    if world.happens(0.7):
        end = last + timedelta(days=chance.choice((0, 3, 30)))
        types = chance.choice(("", "PNS;PPPK", "PNS;CPNS;PPPK;NON_ASN"))
        world.rule("survey_waves", wave, first, end, types)
    columns, scales = _instrument(world, wave)
    has_id = world.happens(0.7)
    rows: list[Sequence[object]] = []
    for number in range(chance.randint(1, 2 * len(world.people) + 2)):
        unit = chance.choice([*world.units, *world.units, "tidak dikenal"])
        if world.happens(0.2) and unit in world.units:
            unit = f"{'Dinas' if unit == world.units[unit] else 'Bidang'} {unit}"
        who = chance.randint(1, number + 1) if has_id and world.happens(0.9) else ""
        moment = f"{world.day(first, last)} {chance.randint(8, 16):02d}:00:00"
        rows.append((moment, who, unit, *_answers(world, columns, scales)))
    header = ("submitted_at", "respondent_id", "unit_code", *columns)
    world.put(f"survey/{wave}", header, rows)
    if world.happens(0.4):
        again = [*rows[: len(rows) // 2], *chance.sample(rows, 1)]
        world.put(f"survey/{wave}", header, again)


def _instrument(world: World, wave: str) -> tuple[list[str], dict[str, tuple[int, int]]]:
    """The columns of a wave and their scales: by behaviour code, or as an instrument names them."""
    chance = world.chance
    if world.happens(0.4):
        columns = list(BEHAVIOURS)
        if world.happens(0.2):
            columns.remove(chance.choice(columns))
        return columns, dict.fromkeys(columns, (1, 5))
    rows: list[Sequence[object]] = []
    scales: dict[str, tuple[int, int]] = {}
    low, high = chance.choice(((1, 4), (1, 5), (1, 6), (0, 4)))
    left_out = chance.choice(BEHAVIOURS) if world.happens(0.2) else None
    for behaviour in BEHAVIOURS:
        for number in range(chance.choice((1, 1, 1, 2))):
            if behaviour != left_out:
                column = f"soal {behaviour.lower()} {number}"
                scales[column] = (low, high)
                reverse = chance.choice(("ya", "tidak", "tidak"))
                rows.append((column, behaviour, low, high, reverse))
    header = ("column", "behaviour_code", "scale_min", "scale_max", "reversed")
    world.put(f"survey/{wave}", header, rows)
    return list(scales), scales


def _answers(
    world: World, columns: Sequence[str], scales: dict[str, tuple[int, int]]
) -> list[object]:
    """The answers of one person, who leaves some out, ticks all the same or none at all."""
    chance = world.chance
    share = chance.choice((1.0, 1.0, 0.9, 0.5, 0.0))
    straight = chance.random() if world.happens(0.1) else None
    found: list[object] = []
    for column in columns:
        low, high = scales[column]
        at = chance.random() if straight is None else straight
        answer = min(high, low + int(at * (high - low + 1)))
        found.append(answer if world.happens(share) else "")
    if world.happens(0.02):
        found[0] = 9
    return found


def _ip_asn(world: World, year: int) -> None:
    chance, rows = world.chance, []
    for person in world.people:
        if world.happens(0.15):
            continue
        given = [chance.choice((25, 20, 15)), chance.choice((40, 25, 15.5)),
                 chance.choice((30, 25, 15)), chance.choice((5, 3))]  # fmt: skip
        attributes: list[object] = [
            chance.choice(("S3", "S2", "S1", "D3", "SLTA")),
            chance.choice(("structural", "functional", "pelaksana", "")),
            chance.choice(("ya", "tidak")), chance.choice(("ya", "tidak")),
            chance.choice((0, 19, 20, 40)), chance.choice((0, 1, 3)),
            chance.choice((50, 51, 75.5, 91, 100)), chance.choice(("none", "light", "heavy")),
        ]  # fmt: skip
        kind = chance.choice(("given", "attributes", "both", "half"))
        cells: list[object] = [*given, sum(given) + chance.choice((0, 0, 1)), *attributes]
        if kind == "given":
            cells[5:] = [""] * 8
        elif kind == "attributes":
            cells[:5] = [""] * 5
        elif kind == "half":
            cells[chance.randint(0, 3)] = ""
            cells[chance.randint(5, 12)] = ""
        rows.append((person.nip, *cells))
    world.put(f"ip_asn/{year}", _IP_ASN, rows)


def _official(world: World) -> None:
    chance, rows = world.chance, []
    for number in range(chance.randint(0, 4)):
        parts = [f"{chance.uniform(0, 30):.2f}" for _ in range(chance.choice((0, 4, 7)))]
        value = chance.choice(("53,77", "60.5", "70", "78.25", "90.99", "75"))
        index = chance.choice(("ip_asn", "berakhlak", "skm"))
        word = chance.choice(("", "Sedang", "cukup sehat", "B", "Rendah"))
        rows.append((index, chance.choice((2023, 2024)), chance.choice(("", "PNS")), value, word,
                     ";".join(parts), f"dokumen {number}"))  # fmt: skip
    header = ("index_code", "year", "population", "value", "category", "parts", "source_document")
    world.put("official", header, rows)
