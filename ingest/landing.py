"""What lies in landing: the deliveries, in the order that counts, and what can't be taken yet.

Belongs here: walking the folders, settling, hashing, the identity and order of deliveries. Does
not belong here: opening a file (`ingest.dialect`) or knowing what was loaded (`ingest.plan`).
Nothing in landing is ever changed or deleted.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from warehouse.catalog import load_catalog
from warehouse.home import Home
from warehouse.privacy import masked
from warehouse.vocabulary import DeliveryKey

_CHUNK = 1 << 20
_GOVERNMENT = re.compile(r"ID|\d{2}(\.\d{2})?")
_PERIODS = {"wave": re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}"), "year": re.compile(r"20\d\d")}
# What programs leave beside the file that they have open, and what systems leave in folders.
_TEMPORARY = re.compile(
    r"\..*|~\$.*|.*\.(part|crdownload|tmp|swp)|thumbs\.db|desktop\.ini", re.IGNORECASE
)
# Longest wait for files that were just written, in seconds.
_MAX_WAIT = 5


@dataclass(frozen=True)
class Delivery:
    """One file under one government, source and wave or year.

    ``modified_at`` is UTC in whole seconds; ``period`` is empty for a source that has none.
    """

    government_code: str
    source: str
    period: str
    file_sha256: str
    path: Path
    relative_path: str
    modified_at: datetime
    size: int

    @property
    def key(self) -> DeliveryKey:
        """The identity of the delivery."""
        return DeliveryKey(self.government_code, self.source, self.period, self.file_sha256)

    @property
    def file_name(self) -> str:
        """Its path below the source's folder as it may be shown: devices name their files alike."""
        return masked(self.relative_path.removeprefix(f"{self.key.folder}/"))


@dataclass(frozen=True)
class Scan:
    """What a look at landing found.

    ``waiting`` and ``misplaced`` are pairs of a path relative to landing and a reason code:
    waiting files will be looked at again, misplaced ones need somebody to move them. ``digests``
    holds the SHA-256 of every file that was read, copies too, by its path relative to landing.
    """

    deliveries: tuple[Delivery, ...]
    waiting: tuple[tuple[str, str], ...]
    misplaced: tuple[tuple[str, str], ...]
    digests: Mapping[str, str] = field(default_factory=dict)

    @property
    def governments(self) -> tuple[str, ...]:
        """The governments that have a delivery."""
        return tuple(sorted({delivery.government_code for delivery in self.deliveries}))


class _Place(NamedTuple):
    government_code: str
    source: str
    period: str


@dataclass(frozen=True)
class _Stamp:
    size: int
    mtime_ns: int

    def age(self) -> float:
        """Seconds since the last change; negative for a time in the future."""
        return (time.time_ns() - self.mtime_ns) / 10**9


def scan(home: Home) -> Scan:
    """Look at landing; a file that is still being written is waited for a few seconds at most.

    The same content twice in one place is one delivery, the first in order. No file makes this
    raise: what can't be taken is listed with a reason.
    """
    waiting: list[tuple[str, str]] = []
    misplaced: list[tuple[str, str]] = []
    found: list[tuple[_Place, str, Path, _Stamp | None]] = []
    for path in _files(home.landing):
        relative = path.relative_to(home.landing).as_posix()
        place = _place(relative)
        if place is None:
            misplaced.append((relative, "folder_unknown"))
        elif not _lies_inside(path, home.landing) or not path.is_file():
            misplaced.append((relative, "file_link"))
        else:
            found.append((place, relative, path, _stamp(path)))
    settle_seconds = home.settings().settle_seconds
    _let_settle([stamp for *_, stamp in found if stamp], settle_seconds)
    deliveries: dict[tuple[str, str, str, str], Delivery] = {}
    digests: dict[str, str] = {}
    for place, relative, path, stamp in found:
        delivery = delivery_at(path, relative, *place)
        if delivery is None or stamp is None:
            waiting.append((relative, "file_unreachable"))
            continue
        if _stamp(path) != stamp or 0 <= stamp.age() < settle_seconds:
            waiting.append((relative, "file_moving"))
            continue
        digests[relative] = delivery.file_sha256
        known = deliveries.get(delivery.key)
        if known is None or _order(delivery) < _order(known):
            deliveries[delivery.key] = delivery
    ordered = tuple(sorted(deliveries.values(), key=_order))
    return Scan(ordered, tuple(sorted(waiting)), tuple(sorted(misplaced)), digests)


def _order(delivery: Delivery) -> tuple[datetime, str]:
    return (delivery.modified_at, delivery.relative_path)


def _files(landing: Path) -> Iterator[Path]:
    """Yield what lies below landing but folders and temporary files; links are not followed."""
    for folder, folders, names in os.walk(landing):
        linked = [name for name in folders if (Path(folder) / name).is_symlink()]
        folders[:] = sorted(name for name in folders if not _TEMPORARY.fullmatch(name))
        for name in sorted([*names, *linked]):
            if not _TEMPORARY.fullmatch(name):
                yield Path(folder) / name


def _lies_inside(path: Path, landing: Path) -> bool:
    """Whether a file is in landing itself, or a link to one there."""
    return path.resolve().is_relative_to(landing.resolve())


def _place(relative: str) -> _Place | None:
    """Read government, source and period from the path below landing; None if it has none."""
    parts = relative.split("/")[:-1]
    catalog = load_catalog()
    if len(parts) < 2 or not _GOVERNMENT.fullmatch(parts[0]):
        return None
    if parts[1] not in catalog.landing_sources:
        return None
    kind = catalog.sources[parts[1]].period
    if kind is None:
        return _Place(parts[0], parts[1], "")
    if len(parts) < 3 or not _PERIODS[kind].fullmatch(parts[2]):
        return None
    return _Place(parts[0], parts[1], parts[2])


def valid_place(government_code: str, source: str, period: str) -> bool:
    """Whether a delivery can lie there; a source without wave or year needs an empty period."""
    place = _place("/".join([government_code, source, *([period] if period else []), "file"]))
    return place == _Place(government_code, source, period)


def delivery_at(
    path: Path, relative: str, government_code: str, source: str, period: str
) -> Delivery | None:
    """Return the delivery that a file is, or would be under another place; None if unreadable.

    A pipe or a device is none: who reads it may wait for its end for ever.
    """
    if not path.is_file():
        return None
    stamp, file_sha256 = _stamp(path), _sha256(path)
    if stamp is None or file_sha256 is None:
        return None
    modified_at = datetime.fromtimestamp(stamp.mtime_ns // 10**9, tz=UTC)
    return Delivery(
        government_code, source, period, file_sha256, path, relative, modified_at, stamp.size
    )


def neighbours(home: Home, delivery: Delivery) -> list[Delivery]:
    """Return the other deliveries that lie at the same place in landing, in order."""
    folder = home.landing / delivery.government_code / delivery.source / delivery.period
    found = (
        delivery_at(path, path.relative_to(home.landing).as_posix(), *delivery.key[:3])
        for path in _files(folder)
        if _lies_inside(path, home.landing)
    )
    others = [d for d in found if d is not None and d.file_sha256 != delivery.file_sha256]
    return sorted(others, key=_order)


def _stamp(path: Path) -> _Stamp | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return _Stamp(status.st_size, status.st_mtime_ns)


def _let_settle(stamps: Iterable[_Stamp], settle_seconds: int) -> None:
    """Wait until the youngest file is ``settle_seconds`` old, but a few seconds at most."""
    ages = [age for stamp in stamps if 0 <= (age := stamp.age()) < settle_seconds]
    if ages:
        time.sleep(min(settle_seconds - min(ages), _MAX_WAIT))


def _sha256(path: Path) -> str | None:
    """Hash a file as a stream; None if it can't be read."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    except OSError:
        return None
    return digest.hexdigest()
