"""Landing: the files of a home to the current records of each government.

Order of deliveries, withdrawals, rows left out because they are wrong by themselves, and which of
several rows of one natural key counts (contract section 2). Survey files are `read_survey.py`'s.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.oracle import cells, read_survey
from tests.oracle.cells import BadValueError
from tests.oracle.records import Inputs, Submission
from tests.oracle.rules import Rules
from tests.oracle.sources import SOURCES, Source
from tests.oracle.tables import decode, find_table, read_grids

_CLOCKS_WERE_RESET_BEFORE = datetime(2010, 1, 1)
_WITH_PERIOD = {"survey", "ip_asn"}
_ATTLOG = re.compile(r"\s*(?P<pin>\S+)\t(?P<moment>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\t(?P<rest>.*)")


@dataclass(frozen=True)
class Delivery:
    """One file of landing."""

    government_code: str
    source: str
    period: str
    path: Path
    order: tuple[int, str]
    """Modification time in whole seconds, path within landing."""
    sha256: str


@dataclass(frozen=True)
class Numbered:
    """A typed row, its number in the file and the natural key that it fills."""

    number: int
    key: tuple[object, ...]
    values: dict[str, object] = field(hash=False)


@dataclass(frozen=True)
class Arrivals:
    """What a night knew of the files: when each was first seen, and which it held."""

    received_at: Mapping[str, datetime]
    """UTC, by SHA-256."""
    held: frozenset[str] = frozenset()

    def local(self, delivery: Delivery, zone: str) -> datetime:
        """When a file arrived, by the wall clock of a zone."""
        moment = self.received_at.get(delivery.sha256)
        if moment is None:
            return datetime.max
        return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def deliveries(landing: Path) -> list[Delivery]:
    """Every file of landing in the contract's order, the same contents once."""
    found: dict[tuple[str, str, str, str], Delivery] = {}
    files = [path for path in landing.rglob("*") if path.is_file() and not path.is_symlink()]
    for path in files:
        parts = path.relative_to(landing).parts
        periods = len(parts) > 2 and parts[1] in _WITH_PERIOD
        if len(parts) < 3 + periods or any(part.startswith(".") for part in parts):
            continue
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        one = Delivery(
            parts[0], parts[1], parts[2] if periods else "", path,
            (int(path.stat().st_mtime), "/".join(parts)), digest,
        )  # fmt: skip
        key = (one.government_code, one.source, one.period, digest)
        if key not in found or one.order < found[key].order:
            found[key] = one
    return sorted(found.values(), key=lambda one: one.order)


def read_landing(landing: Path, rules: Rules, arrivals: Arrivals, as_of: date) -> list[Inputs]:
    """The current records of every known government that has delivered."""
    kept = [one for one in deliveries(landing) if one.sha256 not in arrivals.held]
    known = {str(row["government_code"]) for row in rules.everything("governments")}
    found = []
    for government in sorted({one.government_code for one in kept} & known):
        withdrawn = _withdrawn(rules, government, as_of)
        own = [one for one in kept if one.government_code == government]
        own = [one for one in own if (one.sha256, None) not in withdrawn]
        inputs = Inputs(government)
        zone = _zone(rules, government)
        for name, source in SOURCES.items():
            rows = _current(
                (one, row)
                for one in own
                if one.source == name
                for row in rows_of(one, source, arrivals.local(one, zone))
                if (one.sha256, row.number) not in withdrawn
            )
            getattr(inputs, name).extend(source.record(**row.values) for row in rows)
        inputs.ip_asn_years = {int(one.period) for one in own if one.source == "ip_asn"}
        surveys = [one for one in own if one.source == "survey"]
        for wave in sorted({one.period for one in surveys}):
            files = [one for one in surveys if one.period == wave]
            inputs.items[wave] = read_survey.items([one.path for one in files])
            submissions = _submissions(files, wave, inputs, rules, withdrawn)
            inputs.submissions.extend(submissions)
        found.append(inputs)
    return found


def _zone(rules: Rules, government: str) -> str:
    row = next(
        (row for row in rules.everything("governments") if row["government_code"] == government),
        None,
    )
    return str(row["time_zone"]) if row else "Asia/Jakarta"


def _withdrawn(rules: Rules, government: str, as_of: date) -> set[tuple[str, int | None]]:
    """File and row number of what a government has taken back; no number = the whole file."""
    return {
        (
            str(row["file_sha256"]),
            None if row["row_number"] is None else int(float(str(row["row_number"]))),
        )
        for row in rules.all("withdrawals", government, as_of)
        if str(row["decided_on"]) <= str(as_of)
    }


def _current(rows: Iterable[tuple[Delivery, Numbered]]) -> list[Numbered]:
    """The newest row of each natural key."""
    newest: dict[tuple[object, ...], Numbered] = {}
    for _delivery, row in rows:
        newest[row.key] = row
    return list(newest.values())


def rows_of(delivery: Delivery, source: Source, arrived: datetime) -> Iterator[Numbered]:
    """The rows of a file that are not wrong by themselves."""
    table = find_table(read_grids(delivery.path), source.header, verbatim=False)
    if table is None:
        if delivery.source == "attendance":
            yield from _attlog(delivery.path, arrived)
        return
    for number, record in table.records():
        try:
            values = source.read(record)
            if delivery.source == "attendance":
                values = {**values, "pin": None}
                _check_moment(values["timestamp"], arrived)
        except BadValueError:
            continue
        if delivery.source == "ip_asn":
            values["year"] = int(delivery.period)
        yield Numbered(number, tuple(values[name] for name in source.key), values)


def _attlog(path: Path, arrived: datetime) -> Iterator[Numbered]:
    """Punches of a ZKTeco attlog.dat: PIN, moment, device, in/out, verify mode, work code."""
    for number, line in enumerate(decode(path.read_bytes()).splitlines(), 1):
        found = _ATTLOG.fullmatch(line)
        if found is None:
            continue
        try:
            moment = cells.moment(found["moment"])
            _check_moment(moment, arrived)
        except BadValueError:
            continue
        values = {
            "nip": None,
            "device_id": found["rest"].split("\t")[0].strip() or None,
            "pin": found["pin"],
            "timestamp": moment,
        }
        yield Numbered(number, tuple(values.values()), values)


def _check_moment(moment: object, arrived: datetime) -> None:
    """A punch before 2010 or after its arrival is a wrong clock."""
    if not isinstance(moment, datetime) or not _CLOCKS_WERE_RESET_BEFORE <= moment <= arrived:
        raise BadValueError("clock")


def _submissions(
    files: Iterable[Delivery],
    wave: str,
    inputs: Inputs,
    rules: Rules,
    withdrawn: set[tuple[str, int | None]],
) -> list[Submission]:
    """The submissions of a wave in the order of deliveries."""
    labels = read_survey.Labels(rules, inputs.government_code)
    return [
        submission
        for one in files
        for number, submission in read_survey.submissions(
            one.path, wave, inputs.items[wave], labels
        )
        if (one.sha256, number) not in withdrawn
    ]
