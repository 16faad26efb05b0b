"""The invented people: names, numbers, posts.

Belongs here: how one person is drawn, and the habits that their days are drawn from. Does not
belong here: what happens to them over the months (`careers`), units (`places`), days (`presence`)
and answers (`answers`). People are composed of common Indonesian given names; a number that belongs
to somebody would be an accident.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from demo.chance import stream
from demo.places import SMALL_STAFF, Place, Unit

# A PIN that nobody has; machines record it all the same.
UNKNOWN_PIN = "70999999"

MEN = (
    "Agus", "Ahmad", "Andi", "Arif", "Bambang", "Budi", "Darwin", "Dedi", "Djafar", "Eko",
    "Fadli", "Faisal", "Hamzah", "Hasan", "Hendra", "Husen", "Ibrahim", "Idris", "Irfan", "Iswan",
    "Jamal", "Kasim", "Lukman", "Mahmud", "Muhammad", "Mustafa", "Nasrun", "Ridwan", "Rusli",
    "Rustam", "Salim", "Samsul", "Slamet", "Sofyan", "Sugeng", "Suryadi", "Taufik", "Usman",
    "Wahyu", "Yusuf",
)  # fmt: skip
WOMEN = (
    "Aisyah", "Aminah", "Anisa", "Asma", "Dewi", "Dian", "Endang", "Erna", "Fatimah", "Fitri",
    "Halima", "Hasnah", "Indah", "Ira", "Khadijah", "Kartini", "Lestari", "Lina", "Maryam", "Mega",
    "Nur", "Nurhayati", "Putri", "Rahma", "Ratna", "Rini", "Rohani", "Rosdiana", "Salma", "Saida",
    "Siti", "Sri", "Suryani", "Tuti", "Umi", "Wati", "Wulan", "Yanti", "Yuliana", "Zainab",
)  # fmt: skip
SECOND = (
    "Abdullah", "Adam", "Alwi", "Amir", "Anwar", "Arifin", "Bakri", "Daud", "Effendi", "Fauzi",
    "Gunawan", "Habib", "Hakim", "Hamid", "Harun", "Hidayat", "Ilyas", "Ismail", "Kurniawan",
    "Latif", "Malik", "Mansur", "Nasir", "Nugroho", "Prasetyo", "Rahman", "Rasyid", "Saleh",
    "Santoso", "Setiawan", "Sulaiman", "Sutrisno", "Syarif", "Tahir", "Umar", "Wibowo", "Widodo",
    "Yahya", "Zainuddin", "Zakaria",
)  # fmt: skip
DEGREES = {"S3": ("Dr. ", ", M.Si."), "S2": ("", ", M.Si."), "S1": ("", ", S.E."),
           "D4": ("", ", S.Tr."), "D3": ("", ", A.Md."), "SLTA": ("", "")}  # fmt: skip
EDUCATION = (("S3", 0.01), ("S2", 0.14), ("S1", 0.48), ("D4", 0.05), ("D3", 0.14), ("SLTA", 0.18))
OFFICE_TYPES = (("PNS", 0.72), ("CPNS", 0.04), ("PPPK", 0.19), ("PPPK_PARUH_WAKTU", 0.02),
                ("NON_ASN", 0.03))  # fmt: skip
SERVICE_TYPES = (("PNS", 0.50), ("CPNS", 0.06), ("PPPK", 0.26), ("PPPK_PARUH_WAKTU", 0.09),
                 ("NON_ASN", 0.09))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spell:
    """A time in one unit under one type of employment; dates included, None = open."""

    unit_code: str
    employee_type: str
    position_type: str
    valid_from: date
    valid_to: date | None = None

    def holds(self, day: date) -> bool:
        """Whether the spell covers that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A PIN of the time machines and the days on which it is this person's."""

    pin: str
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """One employee, with the habits that the days are drawn from.

    ``duty`` is office, shift (Puskesmas), part_time, or none (part-time without a roster).
    ``tardiness`` and ``absence`` multiply the chances of coming late and of staying away (1 = as
    everybody); on ``truancy`` (first and last day) the person stays away on every scheduled day.
    """

    nip: str
    name: str
    email: str
    education: str
    duty: str
    tardiness: float
    absence: float
    spells: tuple[Spell, ...]
    enrolments: tuple[Enrolment, ...]
    truancy: tuple[date, date] | None = None

    @property
    def plain_name(self) -> str:
        """The name without academic titles."""
        return self.name.removeprefix("Dr. ").split(",")[0]

    def spell_on(self, day: date) -> Spell | None:
        """The spell that counts on that day, if the person is in service."""
        return next((spell for spell in reversed(self.spells) if spell.holds(day)), None)

    def pin_on(self, day: date) -> str:
        """The newest PIN given to the person by that day; before the first, the first."""
        given = [e.pin for e in self.enrolments if e.valid_from <= day]
        return given[-1] if given else self.enrolments[0].pin


class Hiring:
    """Draws people, keeping their numbers, PINs and addresses apart."""

    def __init__(self, seed: int, place: Place, year: int) -> None:
        self.place = place
        self.year = year
        self.random = stream(seed, place.code, "people")
        self.nips: set[str] = set()
        self.pins: set[str] = set()
        self.emails: set[str] = set()

    def staff(self, unit: Unit) -> list[Person]:
        """The people of one unit; the first is its head."""
        return [self.person(unit, number) for number in range(unit.staff)]

    def person(self, unit: Unit, number: int, employee_type: str = "") -> Person:
        """Draw one person who has been in the unit for years."""
        kind = employee_type or self._type(unit, number)
        female = bool(self.random.random() < 0.52)
        education = _pick(self.random, EDUCATION)
        nip, appointed = self._nip(kind, female)
        name, email = self._name(female, education)
        position = "structural" if number == 0 else "pelaksana"
        if number and unit.kind in {"Sekolah", "Puskesmas"}:
            position = "functional"
        duty = "office"
        if kind == "PPPK_PARUH_WAKTU":
            duty = "part_time"
        elif unit.kind == "Puskesmas" and 0 < number <= unit.staff * 0.6:
            duty = "shift"
        begun = max(appointed, date(2019, 1, 2))
        return Person(
            nip, name, email, education, duty,
            tardiness=float(self.random.gamma(2.0, 0.5)),
            absence=float(self.random.gamma(0.6, 1.6)),
            spells=(Spell(unit.code, kind, position, begun),),
            enrolments=(Enrolment(self._pin(), begun),),
        )  # fmt: skip

    def _type(self, unit: Unit, number: int) -> str:
        """Small OPDs have regular staff only, so that their figures reach the smallest group."""
        if number == 0:
            return "PNS"
        if not unit.parent and unit.staff <= SMALL_STAFF and not unit.weight:
            return ("PNS", "PPPK", "PNS")[number % 3] if number < SMALL_STAFF - 1 else "CPNS"
        return _pick(self.random, SERVICE_TYPES if unit.parent else OFFICE_TYPES)

    def _nip(self, kind: str, female: bool) -> tuple[str, date]:
        """A number of 18 digits by the structure of its type, and the day of appointment."""
        while True:
            born = date(1968, 1, 1) + timedelta(days=int(self.random.integers(0, 31 * 365)))
            first_year = {"PNS": max(1993, born.year + 22), "PPPK": 2021}.get(kind, 2022)
            last_year = {"PNS": self.year - 3, "CPNS": self.year - 1}.get(kind, self.year - 2)
            year = int(self.random.integers(first_year, max(first_year, last_year) + 1))
            month = {"CPNS": 4}.get(kind, int(self.random.integers(1, 13)))
            if kind == "CPNS":
                year = self.year - 1
            middle = f"{month:02d}" if kind in {"PNS", "CPNS"} else _contract_digits(kind)
            serial = int(self.random.integers(1, 100))
            nip = f"{born:%Y%m%d}{year}{middle}{1 + female}{serial:03d}"
            if nip not in self.nips:
                self.nips.add(nip)
                return nip, date(year, month, 1)

    def _name(self, female: bool, education: str) -> tuple[str, str]:
        given = WOMEN if female else MEN
        first, middle = (given[i] for i in self.random.choice(len(given), 2, replace=False))
        last = SECOND[int(self.random.integers(len(SECOND)))]
        parts = (first, middle, last) if self.random.random() < 0.6 else (first, last)
        before, after = DEGREES[education]
        local = ".".join((parts[0], parts[-1])).lower()
        email = f"{local}{int(self.random.integers(10, 100))}@gmail.com"
        while email in self.emails:
            email = f"{local}{int(self.random.integers(100, 10**6))}@gmail.com"
        self.emails.add(email)
        return f"{before}{' '.join(parts)}{after}", email

    def _pin(self) -> str:
        # A government that outgrows eight digits gets nine, the most that a machine takes.
        digits = 6 if len(self.pins) < 500_000 else 7
        while True:
            pin = f"{self.place.pin_prefix}{int(self.random.integers(10**digits)):0{digits}d}"
            if pin not in self.pins:
                self.pins.add(pin)
                return pin


def _contract_digits(kind: str) -> str:
    """The two digits that in a PPPK's number stand where a PNS has the month; never a month."""
    return {"PPPK": "21", "PPPK_PARUH_WAKTU": "22"}.get(kind, "51")


def _pick(random: np.random.Generator, choices: tuple[tuple[str, float], ...]) -> str:
    bounds = np.cumsum([share for _, share in choices])
    return choices[min(int(np.searchsorted(bounds, random.random())), len(choices) - 1)][0]
