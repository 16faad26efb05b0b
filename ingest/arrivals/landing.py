"""What lies in landing: the deliveries, in the order that counts, and what can't be taken.

Belongs here: walking the folders, settling, hashing, the identity and order of deliveries. Does not
belong here: which folders mean what (`ingest.arrivals.places`), opening a file
(`ingest.reading.dialect`) or knowing what was loaded (`ingest.arrivals.plan`). Nothing in landing
is ever changed or deleted.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from ingest.arrivals.governments import governments_in, known_governments
from ingest.arrivals.places import Misplaced, Place, place_of, probable_place
from warehouse.privacy import masked
from warehouse.store.digests import Digests, Stamp
from warehouse.store.home import Home
from warehouse.vocabulary import DeliveryKey

_CHUNK = 1 << 20
# What systems and programs leave in a folder by themselves: nobody misses it.
_LEFT_BEHIND = re.compile(
    r"\.ds_store|\._.*|\.~lock\..*#|~\$.*|thumbs\.db|desktop\.ini|\.directory|\.gitkeep|\.nfs.*"
    r"|.*\.swp|.*~|\.trash.*|\.spotlight.*|\.fseventsd|\.temporaryitems|\.snapshots?"
    r"|@eadir|#recycle|\$recycle\.bin|system volume information|lost\+found|__macosx",
    re.IGNORECASE,
)
# A file that is not whole yet: its program gives it its own name at the end.
_UNFINISHED = re.compile(r".*\.(part|partial|crdownload|filepart|download|tmp)", re.IGNORECASE)
# Longest wait for files that were just written, in seconds.
_MAX_WAIT = 5
# Reasons that can pass by themselves: what has one is looked at again by every night.
PASSING = frozenset({"file_moving", "file_unfinished", "file_unreachable", "folder_unreachable"})


@dataclass(frozen=True)
class Delivery:
    """One file under one government, source and wave or year.

    ``modified_at`` is UTC in whole seconds; ``period`` is empty for a source that has none;
    ``stamp`` is that of the contents whose digest is ``file_sha256``. ``known`` is where the digest
    may have come from.
    """

    government_code: str
    source: str
    period: str
    file_sha256: str
    path: Path
    relative_path: str
    modified_at: datetime
    stamp: Stamp
    known: Digests | None = field(default=None, compare=False, repr=False)

    @property
    def key(self) -> DeliveryKey:
        """The identity of the delivery."""
        return DeliveryKey(self.government_code, self.source, self.period, self.file_sha256)

    @property
    def file_name(self) -> str:
        """Its path below the source's folder as it may be shown: devices name their files alike."""
        return masked(self.relative_path.removeprefix(f"{self.key.folder}/"))

    @property
    def shown_path(self) -> str:
        """Its path below landing as it may be shown."""
        return masked(self.relative_path)

    def trouble(self) -> str:
        """The reason why what is read from the file now is not this delivery; empty if it is.

        Ask after reading: all bytes are hashed then, whatever was known of the file before, so that
        the digest is that of the rows.
        """
        if not _stamp(self.path):
            return "file_unreachable"
        if contents_digest(self.path) == self.file_sha256:
            return ""
        if self.known:
            self.known.forget(self.path)
        return "file_moving"

    def has_moved(self) -> bool:
        """Whether somebody wrote to the file since its stamp was taken.

        A stamp of other rights or another name alone is settled by a second digest.
        """
        if _stamp(self.path) == self.stamp:
            return False
        return contents_digest(self.path) != self.file_sha256


@dataclass(frozen=True)
class Scan:
    """What a look at landing found.

    ``waiting`` are pairs of a path relative to landing and a reason code: they will be looked at
    again. ``misplaced`` need somebody to move them. The paths of both may be shown. ``digests``
    holds the SHA-256 of every file that was read, copies too, by its path relative to landing.
    ``governments`` are those with a folder of their own, even an empty one.
    """

    deliveries: tuple[Delivery, ...]
    waiting: tuple[tuple[str, str], ...]
    misplaced: tuple[Misplaced, ...]
    digests: Mapping[str, str] = field(default_factory=dict)
    governments: tuple[str, ...] = ()


class _Found(NamedTuple):
    """A file or folder below landing, with the reason why it is no delivery; empty if it may be."""

    path: Path
    relative: str
    reason_code: str


def scan(home: Home, digests: Digests | None = None) -> Scan:
    """Look at landing; a file that is still being written is waited for a few seconds at most.

    Files of which ``digests`` knows the digest are not read. The same content twice in one place is
    one delivery, the first in order. Nothing in landing makes this raise: what can't be taken is
    listed with a reason.
    """
    known = known_governments(home)
    near = governments_in(home, known)
    waiting: list[tuple[str, str]] = []
    misplaced: list[Misplaced] = []
    placed: list[tuple[Place, _Found]] = []
    for found in _walk(home.landing, home.landing):
        place = place_of(found.relative, known)
        reason = found.reason_code or (place if isinstance(place, str) else "")
        if reason in PASSING:
            waiting.append((masked(found.relative), reason))
        elif isinstance(place, Place) and not reason:
            placed.append((place, found))
        else:
            asks = isinstance(place, str) and not found.reason_code
            meant = probable_place(found.relative, known, near) if asks else ""
            misplaced.append(Misplaced(masked(found.relative), reason, meant))
    deliveries, found_digests, moving = _settled(
        placed, home.settings().settle_seconds, digests or Digests(home)
    )
    return Scan(
        deliveries,
        tuple(sorted([*waiting, *moving])),
        tuple(sorted(misplaced)),
        found_digests,
        tuple(near),
    )


def _settled(
    placed: list[tuple[Place, _Found]], settle_seconds: int, known: Digests
) -> tuple[tuple[Delivery, ...], dict[str, str], list[tuple[str, str]]]:
    """Hash the files that stand still: deliveries in order, digests by path, and what moves."""
    stamps = {found.path: _stamp(found.path) for _, found in placed}
    _let_settle([stamp for stamp in stamps.values() if stamp], settle_seconds)
    deliveries: dict[DeliveryKey, Delivery] = {}
    digests: dict[str, str] = {}
    moving: list[tuple[str, str]] = []
    for place, found in placed:
        delivery, stamp = delivery_at(found.path, found.relative, *place, known), stamps[found.path]
        if delivery is None or stamp is None:
            moving.append((masked(found.relative), "file_unreachable"))
        elif delivery.stamp != stamp or 0 <= stamp.age() < settle_seconds or delivery.has_moved():
            moving.append((masked(found.relative), "file_moving"))
        else:
            digests[found.relative] = delivery.file_sha256
            before = deliveries.get(delivery.key)
            if before is None or _order(delivery) < _order(before):
                deliveries[delivery.key] = delivery
    return tuple(sorted(deliveries.values(), key=_order)), digests, moving


def _order(delivery: Delivery) -> tuple[datetime, str]:
    return (delivery.modified_at, delivery.relative_path)


def _walk(top: Path, landing: Path) -> Iterator[_Found]:
    """Yield what lies below a folder but folders, and those that can't be looked into.

    Links are not followed to folders. What is left behind by programs is passed over.
    """
    unread: list[OSError] = []
    for folder, folders, names in os.walk(top, onerror=unread.append):
        folders[:] = sorted(name for name in folders if not _LEFT_BEHIND.fullmatch(name))
        aside = [n for n in folders if n.startswith(".") or Path(folder, n).is_symlink()]
        folders[:] = [name for name in folders if name not in aside]
        for name in sorted([*names, *aside]):
            if not _LEFT_BEHIND.fullmatch(name):
                path = Path(folder, name)
                yield _Found(path, _below(landing, path), _trouble(path, landing))
    for error in unread:
        path = Path(os.fsdecode(error.filename or landing))
        yield _Found(path, f"{_below(landing, path)}/", "folder_unreachable")


def _below(landing: Path, path: Path) -> str:
    return path.relative_to(landing).as_posix()


def _trouble(path: Path, landing: Path) -> str:
    """The reason why something can be no delivery wherever it lies; empty for a file."""
    return _trouble_of_name(path) or _trouble_of_kind(path, landing)


def _trouble_of_name(path: Path) -> str:
    if path.name.startswith("."):
        return "file_hidden"
    if not _is_text(str(path)):
        return "name_unreadable"
    return "file_unfinished" if _UNFINISHED.fullmatch(path.name) else ""


def _trouble_of_kind(path: Path, landing: Path) -> str:
    try:
        mode = path.stat().st_mode
    except OSError as error:
        is_link = error.errno in {errno.ENOENT, errno.ELOOP} and path.is_symlink()
        return "link_broken" if is_link else "file_unreachable"
    if stat.S_ISDIR(mode):
        return "folder_link"
    if path.is_symlink() and not path.resolve().is_relative_to(landing.resolve()):
        return "file_link"
    return "" if stat.S_ISREG(mode) else "file_special"


def _is_text(name: str) -> bool:
    """Whether a name can be written down: the system takes any bytes for one."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def delivery_at(  # noqa: PLR0913, PLR0917 - a place has three parts
    path: Path,
    relative: str,
    government_code: str,
    source: str,
    period: str,
    digests: Digests | None = None,
) -> Delivery | None:
    """Return the delivery that a file is, or would be under another place; None if unreadable.

    A pipe or a device is none: who reads it may wait for its end for ever. A digest that
    ``digests`` knows is believed.
    """
    stamp = _stamp(path)
    file_sha256 = None
    if stamp and path.is_file():
        file_sha256 = digests.of(path, contents_digest) if digests else contents_digest(path)
    if stamp is None or file_sha256 is None:
        return None
    modified_at = datetime.fromtimestamp(stamp.mtime_ns // 10**9, tz=UTC)
    place = (government_code, source, period)
    return Delivery(*place, file_sha256, path, relative, modified_at, stamp, digests)


def neighbours(home: Home, delivery: Delivery) -> list[Delivery]:
    """Return the other deliveries that lie at the same place in landing, in order."""
    place = Place(*delivery.key[:3])
    folder = home.landing.joinpath(*filter(None, place))
    found = (
        delivery_at(one.path, one.relative, *place)
        for one in _walk(folder, home.landing)
        if not one.reason_code
    )
    others = [d for d in found if d is not None and d.file_sha256 != delivery.file_sha256]
    return sorted(others, key=_order)


def _stamp(path: Path) -> Stamp | None:
    try:
        return Stamp.of(path)
    except OSError:
        return None


def _let_settle(stamps: Iterable[Stamp], settle_seconds: int) -> None:
    """Wait until the youngest file is ``settle_seconds`` old, but a few seconds at most."""
    ages = [age for stamp in stamps if 0 <= (age := stamp.age()) < settle_seconds]
    if ages:
        time.sleep(min(settle_seconds - min(ages), _MAX_WAIT))


def contents_digest(path: Path) -> str | None:
    """Hash a file as a stream; None if it can't be read."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    except OSError:
        return None
    return digest.hexdigest()
