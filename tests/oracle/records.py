"""Records: what one row of each source says, typed; field names are the canonical columns.

Values only. How a file becomes records is `read_files.py`'s, what they mean the other modules'.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time

FIRST_DAY, LAST_DAY = date.min, date.max
"""What an empty valid_from and valid_to stand for."""


@dataclass(frozen=True)
class Validity:
    """A span of days, both ends included; an empty end is open."""

    valid_from: date | None
    valid_to: date | None

    @property
    def first(self) -> date:
        """First day, with the open end filled."""
        return self.valid_from or FIRST_DAY

    @property
    def last(self) -> date:
        """Last day, with the open end filled."""
        return self.valid_to or LAST_DAY

    def covers(self, day: date) -> bool:
        """Whether the day lies within."""
        return self.first <= day <= self.last


@dataclass(frozen=True)
class Unit(Validity):
    """A row of `units`."""

    unit_code: str
    unit_name: str
    unit_type: str
    parent_unit_code: str | None
    successor_unit_code: str | None


@dataclass(frozen=True)
class Spell(Validity):
    """A row of `employees`: a person in a unit for a while."""

    nip: str
    unit_code: str
    employee_type: str
    position_type: str | None


@dataclass(frozen=True)
class Device(Validity):
    """A row of `devices`: which PIN is whose."""

    device_id: str | None
    pin: str
    nip: str


@dataclass(frozen=True)
class Punch:
    """A punch, by NIP (canonical) or by PIN at a device (attlog)."""

    nip: str | None
    device_id: str | None
    pin: str | None
    timestamp: datetime


@dataclass(frozen=True)
class Roster:
    """A row of `rosters`: the person's own times of that day, or none."""

    nip: str
    date: date
    start_time: time | None
    end_time: time | None


@dataclass(frozen=True)
class Leave:
    """A row of `leave`."""

    nip: str
    date_from: date
    date_to: date
    leave_type: str


@dataclass(frozen=True)
class Event:
    """A row of `events`: a person recorded as present."""

    event_date: date
    event_type: str
    scope_unit_code: str | None
    nip: str


@dataclass(frozen=True)
class Item:
    """A survey column: the behaviour that it measures and its scale."""

    item: str
    behaviour_code: str
    scale_min: int
    scale_max: int
    reversed: bool

    def points(self, answer: int) -> int:
        """The answer in the direction of agreement."""
        return self.scale_min + self.scale_max - answer if self.reversed else answer

    def score(self, answer: int) -> float:
        """The answer as 0-100 on the item's own scale."""
        return 100 * (self.points(answer) - self.scale_min) / (self.scale_max - self.scale_min)

    def is_positive(self, answer: int) -> bool:
        """Whether the answer is one of the top two points."""
        return self.points(answer) >= self.scale_max - 1


@dataclass(frozen=True)
class Submission:
    """One answered questionnaire; `respondent` is the id, else the whole row and its occurrence."""

    wave: str
    respondent: tuple[object, ...]
    submitted_at: datetime
    unit: str
    answers: dict[str, int] = field(hash=False)
    """Answer by item, for the answered ones."""


@dataclass(frozen=True)
class IpAsn:
    """A row of `ip_asn/<year>`."""

    year: int
    nip: str
    kualifikasi: float | None = None
    kompetensi: float | None = None
    kinerja: float | None = None
    disiplin: float | None = None
    total: float | None = None
    education: str | None = None
    position_type: str | None = None
    leadership_training: bool | None = None
    functional_training: bool | None = None
    technical_training_jp: float | None = None
    seminars: float | None = None
    skp_score: float | None = None
    sanction: str | None = None


@dataclass(frozen=True)
class Official:
    """A row of `official`; numbers keep their printed decimals."""

    index_code: str
    year: int
    population: str | None
    value: str
    category: str | None
    parts: tuple[str, ...]
    source_document: str | None


@dataclass
class Inputs:
    """All current records of one government."""

    government_code: str
    units: list[Unit] = field(default_factory=list)
    employees: list[Spell] = field(default_factory=list)
    devices: list[Device] = field(default_factory=list)
    attendance: list[Punch] = field(default_factory=list)
    rosters: list[Roster] = field(default_factory=list)
    leave: list[Leave] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    submissions: list[Submission] = field(default_factory=list)
    items: dict[str, dict[str, Item]] = field(default_factory=dict)
    """Items by wave and column."""
    ip_asn: list[IpAsn] = field(default_factory=list)
    ip_asn_years: set[int] = field(default_factory=set)
    """Years with a file."""
    official: list[Official] = field(default_factory=list)
