"""What people answer and how they are scored: survey waves and IP-ASN.

Belongs here: the truth of answers and attributes. Does not belong here: how forms and personnel
systems write them (`forms`, `records`).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from demo.chance import stream
from demo.climate import AGREEMENT, climate_of
from demo.people import Person
from demo.places import SMALL_STAFF
from demo.world import Government, Wave, World

SKIPPED = -1


@dataclass(frozen=True, slots=True)
class Item:
    """A question: its column, the behaviour it measures and its scale."""

    column: str
    behaviour: str
    low: int
    high: int
    reversed: bool = False


@dataclass(frozen=True)
class Submissions:
    """The submissions of a government in one wave, in order of time.

    ``answers`` is submissions × items, on each item's own scale as ticked (a reversed item is not
    turned back); -1 = skipped. ``units`` are the unit codes of the people on that day.
    """

    items: tuple[Item, ...]
    people: tuple[Person, ...]
    units: tuple[str, ...]
    submitted_at: npt.NDArray[np.datetime64]
    answers: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Profile:
    """What the IP-ASN of one person is computed from."""

    nip: str
    education: str
    position_type: str
    leadership_training: bool
    functional_training: bool
    technical_training_jp: int
    seminars: int
    skp_score: float
    sanction: str


def items_of(style: str) -> tuple[Item, ...]:
    """The questions: a form of 21 on five points, or 24 on four points, three of them negative."""
    codes = [f"{value}{number}" for value in AGREEMENT for number in (1, 2, 3)]
    if style == "devices":
        return tuple(Item(code, code, 1, 5) for code in codes)
    asked = [(code, False) for code in codes] + [(code, True) for code in ("BP3", "KO1", "AD1")]
    return tuple(
        Item(f"P{number:02d}", code, 1, 4, turned) for number, (code, turned) in enumerate(asked, 1)
    )


def survey_submissions(world: World, government: Government, wave: Wave) -> Submissions:
    """Draw who answered a wave and what; nobody who was not in service on its last day."""
    place = government.place
    random = stream(world.seed, place.code, wave.name, "survey")
    opd_of = {unit.code: unit.opd for unit in government.units}
    serving = [(p, s.unit_code) for p in government.people if (s := p.spell_on(wave.end))]
    sizes = Counter(opd_of[unit] for _, unit in serving)
    climates = {opd: climate_of(world.seed, place.code, opd) for opd in sizes}
    small = np.array([sizes[opd_of[unit]] <= SMALL_STAFF + 1 for _, unit in serving])
    willing = np.array([climates[opd_of[unit]].response for _, unit in serving])
    chosen = np.flatnonzero(small | (random.random(len(serving)) < willing))
    at = _times(random, wave, len(chosen))
    order = np.argsort(at, kind="stable")
    chosen, at = chosen[order], at[order]
    items = items_of(place.style)
    moods = [climates[opd_of[serving[n][1]]].agreement for n in chosen]
    agreement = np.array([[mood[item.behaviour[:2]] for item in items] for mood in moods])
    # Things get a little better from wave to wave.
    agreement += 0.02 * (wave.end - date(2024, 12, 13)).days / 180
    answers = _ticks(random, items, agreement, world.seed)
    # Small OPDs leave few questions open, so that they reach the smallest group that is published.
    answers[_open(random, items, answers.shape) & ~small[chosen][:, None]] = SKIPPED
    return Submissions(
        items,
        tuple(serving[n][0] for n in chosen),
        tuple(serving[n][1] for n in chosen),
        at,
        answers,
    )


def _times(random: np.random.Generator, wave: Wave, count: int) -> npt.NDArray[np.datetime64]:
    """Times in the daytime, more of them towards the end."""
    length = (wave.end - wave.start).days
    days = np.floor(length * np.sqrt(random.random(count))).astype(np.int64)
    seconds = random.integers(7 * 3600, 21 * 3600, count)
    at: npt.NDArray[np.datetime64] = np.datetime64(wave.start, "s") + (
        days * 86400 + seconds
    ).astype("timedelta64[s]")
    return at


def _ticks(
    random: np.random.Generator, items: tuple[Item, ...], agreement: npt.NDArray[np.float64],
    seed: int,
) -> npt.NDArray[np.int64]:  # fmt: skip
    """Points on the items' scales: one's own level, the behaviour's, and noise."""
    count = len(agreement)
    level = random.normal(0, 0.10, (count, 1))
    hardness = stream(seed, "behaviours").normal(0, 0.035, 21)
    behaviours = sorted({item.behaviour for item in items})
    hard = np.array([hardness[behaviours.index(item.behaviour)] for item in items])
    latent = agreement + level + hard + random.normal(0, 0.13, agreement.shape)
    low = np.array([item.low for item in items])
    high = np.array([item.high for item in items])
    points: npt.NDArray[np.int64] = np.rint(low + np.clip(latent, 0, 1) * (high - low)).astype(
        np.int64
    )
    turned = np.array([item.reversed for item in items])
    points[:, turned] = (low + high - points)[:, turned]
    return points


def _open(
    random: np.random.Generator, items: tuple[Item, ...], shape: tuple[int, ...]
) -> npt.NDArray[np.bool_]:
    """Questions left open: single ones, and the whole last value by those who grew tired."""
    single = random.random(shape) < 0.008
    last = np.array([item.behaviour.startswith("KL") for item in items])
    tired = random.random((shape[0], 1)) < 0.02
    return single | (last & tired)


def profiles(world: World, government: Government) -> tuple[Profile, ...]:
    """The IP-ASN profiles of the PNS and PPPK in service at the year's end, a few missing."""
    random = stream(world.seed, government.place.code, "ip_asn")
    opd_of = {unit.code: unit.opd for unit in government.units}
    day = date(world.ip_asn_year, 12, 31)
    sizes = Counter(opd_of[s.unit_code] for p in government.people if (s := p.spell_on(day)))
    found = []
    for person in government.people:
        spell = person.spell_on(day)
        if spell is None or spell.employee_type not in {"PNS", "PPPK"}:
            continue
        opd = opd_of[spell.unit_code]
        keen = climate_of(world.seed, government.place.code, opd).agreement["KO"]
        profile = _profile(random, person, spell.position_type, keen)
        if sizes[opd] <= SMALL_STAFF + 1 or random.random() > 0.03:
            found.append(profile)
    return tuple(found)


def _profile(random: np.random.Generator, person: Person, position: str, keen: float) -> Profile:
    trained = random.random(3)
    return Profile(
        person.nip,
        person.education,
        position,
        leadership_training=bool(position == "structural" and trained[0] < keen + 0.1),
        functional_training=bool(position == "functional" and trained[1] < keen),
        technical_training_jp=int(random.choice((20, 24, 32, 40))) if trained[2] < keen - 0.05
        else int(random.choice((0, 0, 8, 12))),
        seminars=int(random.poisson(1.5 * keen)),
        skp_score=round(float(np.clip(random.normal(78 + 14 * keen, 6), 48, 100)), 2),
        sanction=str(random.choice(("none", "light", "medium"), p=(0.97, 0.02, 0.01))),
    )  # fmt: skip


def dimensions(profile: Profile) -> dict[str, float]:
    """The four dimensions as PermenPANRB 38/2018 scores them, with the newer SKP steps."""
    education = {"S3": 25, "S2": 20, "S1": 15, "D4": 15, "D3": 10, "SLTA": 5}[profile.education]
    plain = profile.position_type == "pelaksana"
    competence = 15.0 * (profile.leadership_training + profile.functional_training)
    if profile.technical_training_jp >= 20:
        competence += 22.5 if plain else 15
    if profile.seminars:
        competence += 17.5 if plain else 10
    steps = ((91, 30), (76, 25), (61, 15), (51, 10), (0, 5))
    performance = next(points for least, points in steps if profile.skp_score >= least)
    discipline = {"none": 5, "light": 3, "medium": 2}[profile.sanction]
    return {
        "kualifikasi": float(education),
        "kompetensi": competence,
        "kinerja": float(performance),
        "disiplin": float(discipline),
    }
