"""Sources: the canonical columns of each, and one written row to one record.

The contract's section 2 as a table: which column, how it is read, whether it must be filled. Rows
that are wrong by themselves raise `BadValueError`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.oracle import cells, records
from tests.oracle.cells import BadValueError, Cell
from tests.oracle.figures import BEHAVIOURS

Parser = Callable[[Cell], object]


def whole(cell: Cell) -> int | None:
    """A whole number."""
    found = cells.number(cell)
    if found is None:
        return None
    if not found.is_integer():
        raise BadValueError("not a whole number")
    return int(found)


def word_of(*words: str) -> Parser:
    """One of the given words, however it is written."""

    def parse(cell: Cell) -> str | None:
        written = cells.text(cell)
        if written is None:
            return None
        by_letters = {word.casefold(): word for word in words}
        found = by_letters.get(re.sub(r"[\s-]+", "_", written).casefold())
        if found is None:
            raise BadValueError("not one of the words")
        return found

    return parse


def within(parse: Parser, low: float, high: float) -> Parser:
    """A number from low to high."""

    def checked(cell: Cell) -> object:
        found = parse(cell)
        if isinstance(found, (int, float)) and not low <= found <= high:
            raise BadValueError("out of bounds")
        return found

    return checked


def numbers_apart(cell: Cell) -> tuple[str, ...]:
    """Numbers separated by semicolons, their decimals kept."""
    written = cells.text(cell)
    found = (cells.plain_number(part) for part in (written or "").split(";"))
    return tuple(part for part in found if part is not None)


@dataclass(frozen=True)
class Column:
    """How a column is read."""

    parse: Parser
    required: bool = False


@dataclass(frozen=True)
class Source:
    """The columns of a source, its natural key and the record it makes."""

    columns: Mapping[str, Column]
    key: tuple[str, ...]
    record: Callable[..., object]

    @property
    def header(self) -> set[str]:
        """Columns that the header must have."""
        return {name for name, column in self.columns.items() if column.required}

    def read(self, row: Mapping[str, Cell]) -> dict[str, object]:
        """Typed values of a row by column; raises `BadValueError`."""
        found = {name: column.parse(row.get(name)) for name, column in self.columns.items()}
        if any(found[name] is None for name in self.header):
            raise BadValueError("empty")
        if ("start_time" in found) and (found["start_time"] is None) != (found["end_time"] is None):
            raise BadValueError("half a shift")
        for first, last in (("valid_from", "valid_to"), ("date_from", "date_to")):
            if found.get(first) and found.get(last) and str(found[last]) < str(found[first]):
                raise BadValueError("ends before it begins")
        return found


_SPAN = {"valid_from": Column(cells.day), "valid_to": Column(cells.day)}
_NIP = {"nip": Column(cells.nip, required=True)}
_TEXT = Column(cells.text)
_FILLED = Column(cells.text, required=True)
_POSITION = Column(word_of("structural", "functional", "pelaksana"))
_AMOUNT = Column(within(cells.number, 0, 1e9))

SOURCES: Mapping[str, Source] = {
    "units": Source(
        {
            "unit_code": _FILLED, "unit_name": _FILLED, "unit_type": _FILLED,
            "parent_unit_code": _TEXT, "successor_unit_code": _TEXT, **_SPAN,
        },
        ("unit_code", "valid_from"),
        records.Unit,
    ),
    "employees": Source(
        {
            **_NIP, "unit_code": _FILLED,
            "employee_type": Column(
                word_of("PNS", "CPNS", "PPPK", "PPPK_PARUH_WAKTU", "NON_ASN"), required=True
            ),
            "position_type": _POSITION, **_SPAN,
        },
        ("nip", "valid_from"),
        records.Spell,
    ),
    "devices": Source(
        {"device_id": _TEXT, "pin": _FILLED, **_NIP, **_SPAN},
        ("device_id", "pin", "valid_from"),
        records.Device,
    ),
    "attendance": Source(
        {**_NIP, "timestamp": Column(cells.moment, required=True), "device_id": _TEXT},
        ("nip", "device_id", "pin", "timestamp"),
        records.Punch,
    ),
    "rosters": Source(
        {
            **_NIP, "date": Column(cells.day, required=True),
            "start_time": Column(cells.clock), "end_time": Column(cells.clock),
        },
        ("nip", "date"),
        records.Roster,
    ),
    "leave": Source(
        {
            **_NIP, "date_from": Column(cells.day, required=True),
            "date_to": Column(cells.day, required=True), "leave_type": _FILLED,
        },
        ("nip", "date_from"),
        records.Leave,
    ),
    "events": Source(
        {
            "event_date": Column(cells.day, required=True), "event_type": _FILLED,
            "scope_unit_code": _TEXT, **_NIP,
        },
        ("event_date", "event_type", "scope_unit_code", "nip"),
        records.Event,
    ),
    "ip_asn": Source(
        {
            **_NIP,
            "kualifikasi": Column(within(cells.number, 0, 25)),
            "kompetensi": Column(within(cells.number, 0, 40)),
            "kinerja": Column(within(cells.number, 0, 30)),
            "disiplin": Column(within(cells.number, 0, 5)),
            "total": Column(cells.number), "education": _TEXT, "position_type": _POSITION,
            "leadership_training": Column(cells.flag), "functional_training": Column(cells.flag),
            "technical_training_jp": _AMOUNT, "seminars": _AMOUNT, "skp_score": _AMOUNT,
            "sanction": _TEXT,
        },
        ("year", "nip"),
        records.IpAsn,
    ),
    "official": Source(
        {
            "index_code": Column(word_of("ip_asn", "berakhlak", "skm"), required=True),
            "year": Column(within(whole, 2000, 2100), required=True), "population": _TEXT,
            "value": Column(cells.plain_number, required=True), "category": _TEXT,
            "parts": Column(numbers_apart), "source_document": _TEXT,
        },
        ("index_code", "year", "population", "source_document"),
        records.Official,
    ),
}  # fmt: skip

INSTRUMENT = Source(
    {
        "column": _FILLED,
        "behaviour_code": Column(
            word_of(*BEHAVIOURS), required=True
        ),
        "scale_min": Column(whole), "scale_max": Column(whole), "reversed": Column(cells.flag),
    },
    ("column",),
    records.Item,
)  # fmt: skip
