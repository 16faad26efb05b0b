"""Where a file lies below landing: the place that its folders name, or the one they may mean.

Belongs here: reading government, source and period from a path, and what is wrong with one that
names none. Does not belong here: walking landing (`ingest.arrivals.landing`), or which governments
exist (`ingest.arrivals.governments`).
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from ingest.arrivals.governments import Known, code_in, known_governments, meant
from ingest.words import sentence
from warehouse.catalog.reader import load_catalog
from warehouse.errors import UserError
from warehouse.privacy import masked
from warehouse.store.home import Home

# What stands for the part of a place that can't be told.
BLANKS: Mapping[str, str] = MappingProxyType(
    {"government": "<kode>", "source": "<sumber>", "wave": "<gelombang>", "year": "<tahun>"}
)
_PERIODS = {"wave": re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}"), "year": re.compile(r"20\d\d")}
_YEARS = re.compile(r"(?<!\d)20\d\d(?!\d)")
_WAVES = re.compile(r"(?<!\d)(20\d\d)[\s._-]?[Ss](\d)(?!\d)")
_LIKENESS = 0.75  # of two words that are taken for one another; 1 is the same
_ALONE = 3  # files of one folder that are named one by one


@cache
def _words() -> Mapping[str, str]:
    """The words under which offices keep what a source delivers, with the source."""
    sources = load_catalog().sources.values()
    return {word: table.name for table in sources for word in table.folder_words}


class Place(NamedTuple):
    """Where deliveries lie; ``period`` is empty for a source without wave or year."""

    government_code: str
    source: str
    period: str

    @classmethod
    def named(cls, government_code: str, folder: str) -> Place:
        """What people call a place of a government: `leave`, `survey/2025-S1`; it may be none."""
        source, _, period = folder.strip("/").partition("/")
        return cls(government_code, source, period)


class Misplaced(NamedTuple):
    """Something in landing that nobody reads where it is, until somebody moves it.

    ``path`` is relative to landing and may be shown; ``reason_code`` is one of `ingest.reasons`;
    ``probable_place`` is the folder below landing that was probably meant, with BLANKS for what
    can't be told, several places with commas between; empty if nothing can be said.
    """

    path: str
    reason_code: str
    probable_place: str = ""


def place_of(relative: str, known: Collection[str]) -> Place | str:
    """Read the place from a path below landing, or return the reason why it has none."""
    folders = relative.split("/")[:-1]
    sources = load_catalog().sources
    if folders and folders[0] not in known:
        return "government_unknown"
    if len(folders) < 2:
        return "folder_missing"
    government, source, *rest = folders
    if source not in load_catalog().landing_sources:
        return "source_unknown"
    kind = sources[source].period
    if kind and not (rest and _PERIODS[kind].fullmatch(rest[0])):
        return "period_unknown"
    return Place(government, source, rest[0] if kind else "")


def require_place(home: Home, government_code: str, source: str, period: str) -> Place:
    """Return the place; UserError says which part of it is none, and what there is instead."""
    known = known_governments(home)
    path = "/".join([government_code, source, *([period] if period else []), ""])
    place = Place(government_code, source, period)
    if place_of(path, known) == place:
        return place
    meant_place = probable_place(path, known, ())
    sources = ", ".join(load_catalog().landing_sources)
    raise UserError(
        sentence(
            "landing", "no_place", path=masked(path), meant=meant_place or "-", sources=sources
        )
    )


def probable_place(relative: str, known: Known, near: Collection[str]) -> str:
    """Return the folder that somebody probably meant by a path, as `Misplaced` shows it.

    Args:
        relative: The path below landing.
        known: All governments.
        near: The codes that the home works with.
    """
    *folders, name = relative.split("/")
    codes, rest = _governments(folders, name, known, near)
    source, rest = _source(rest, name)
    if not codes and not source:
        return ""
    period = _period(source, rest, name)
    place = "/".join([source or BLANKS["source"], *([period] if period else [])])
    return masked(", ".join(f"{code}/{place}/" for code in codes or [BLANKS["government"]]))


def by_folder(misplaced: Iterable[Misplaced]) -> tuple[tuple[Misplaced, int], ...]:
    """Return them with a number of files each: many of one folder as the folder."""
    found = list(misplaced)
    alike: Counter[Misplaced] = Counter(map(_its_folder, found))
    shown = [one if alike[_its_folder(one)] <= _ALONE else _its_folder(one) for one in found]
    return tuple((one, alike.get(one, 1)) for one in dict.fromkeys(shown))


def _its_folder(one: Misplaced) -> Misplaced:
    return one._replace(path=one.path.rpartition("/")[0] + "/")


def _governments(
    folders: Sequence[str], name: str, known: Known, near: Collection[str]
) -> tuple[Sequence[str], Sequence[str]]:
    """The codes that a path may mean, and the folders that are left."""
    if folders and (codes := meant(folders[0], known, near)):
        return codes, folders[1:]
    if folders and not _source_in(folders[0]):
        return (), folders[1:]  # it names a government that can't be told
    code = code_in(name, known)
    alone = list(near) if len(near) == 1 else []
    return ([code] if code else alone), folders


def _source(folders: Sequence[str], name: str) -> tuple[str, Sequence[str]]:
    """The source that a path may mean, and the folders behind it."""
    for number, folder in enumerate(folders):
        if source := _source_in(folder):
            return source, folders[number + 1 :]
    words = re.findall(r"[a-z]+", name.casefold())
    named = [_words().get(word, word) for word in words]
    found = [word for word in named if word in load_catalog().landing_sources]
    return found[0] if found else "", folders


def _source_in(folder: str) -> str:
    sources = load_catalog().landing_sources
    text = folder.casefold().strip()
    names = [*sources, *_words()]
    found: list[str] = difflib.get_close_matches(text, names, n=1, cutoff=_LIKENESS) or [
        word for word in re.findall(r"[a-z]+", text) if word in names
    ]
    return _words().get(found[0], found[0]) if found else ""


def _period(source: str, folders: Sequence[str], name: str) -> str:
    """The wave or year that a path may mean; empty for a source without one."""
    kind = load_catalog().sources[source].period if source else None
    if kind is None:
        return ""
    for text in [*folders, name]:
        years: set[str] = set(_YEARS.findall(text))
        if kind == "year" and len(years) == 1:
            return years.pop()
        if kind == "wave" and (found := _WAVES.search(text)):
            return f"{found[1]}-S{found[2]}"
    if kind == "wave" and folders:
        wave = re.sub(r"[^A-Za-z0-9._-]+", "-", folders[0]).strip("-._")
        if _PERIODS[kind].fullmatch(wave):
            return wave
    return BLANKS[kind]
