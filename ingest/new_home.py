"""Opening a home: its folders, settings, rules to edit and templates, for the governments named.

Belongs here: what `budaya init` makes, and what it notices. Does not belong here: the contents of a
template (`ingest.senders.templates`, `ingest.rules.templates`) or words on the terminal. Whatever
is there already stays: a home is opened again to add what is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.arrivals.governments import (
    Government,
    known_government,
    present_governments,
    zone_notices,
)
from ingest.arrivals.places import BLANKS
from ingest.rules.templates import config_templates
from ingest.senders.templates import write_templates
from ingest.words import sentence
from warehouse import processing
from warehouse.catalog.reader import load_catalog
from warehouse.privacy import masked
from warehouse.store.handiwork import install
from warehouse.store.home import Home
from warehouse.store.settings import SETTINGS_TEMPLATE, settings_text
from warehouse.vocabulary import Text

_MOST_NAMED = 5
EXAMPLE_MARK = "CONTOH.txt"
"""The file in ``config/`` by which a home of the example is known."""


@dataclass(frozen=True)
class Opened:
    """What was made of a home: new files and folders, templates that somebody had changed.

    ``places`` are the landing folders of its governments, with BLANKS for waves and years.
    """

    governments: tuple[Government, ...]
    made: tuple[Path, ...]
    kept: tuple[Path, ...]
    places: tuple[str, ...]
    notices: tuple[Text, ...]


def open_home(home: Home, codes: Sequence[str]) -> Opened:
    """Make what is missing of a home and of its governments' landing folders.

    Args:
        home: The home, which may exist.
        codes: Government codes; those that have a folder in landing are its governments already.

    Raises:
        UserError: A code is not known, or something is in the way; nothing was made.
    """
    asked = [known_government(home, code) for code in dict.fromkeys(codes)]
    home.require_room()
    strangers = _strangers(home)
    made = _settings(home, asked)
    made += [path for path in home.create() if path.is_file() and path not in made]
    made += config_templates(home)
    with home.workshop() as staged:
        write_templates(staged)
        templates = install(home, "templates", staged, home.root / "templates")
    record = home.config / processing.RECORD
    made += [*templates.written, *([] if record.exists() else [processing.write_record(home)])]
    for government in asked:
        for source in load_catalog().landing_sources:
            folder = home.landing / government.code / source
            made += [] if folder.is_dir() else [folder]
            folder.mkdir(parents=True, exist_ok=True)
    return Opened(
        tuple(asked),
        tuple(made),
        templates.kept,
        tuple(_places(asked)),
        (*strangers, *_example(home), *zone_notices(home, asked or present_governments(home))),
    )


def _strangers(home: Home) -> tuple[Text, ...]:
    """Name what lies in a folder that is made a home now: it may be another one than was meant."""
    if home.settings_file.exists() or not home.root.is_dir():
        return ()
    names = sorted(masked(path.name) for path in home.root.iterdir())
    if not names:
        return ()
    named = ", ".join(names[:_MOST_NAMED]) + (" …" if len(names) > _MOST_NAMED else "")
    return (sentence("home", "not_empty", home=home.root, named=named),)


def _example(home: Home) -> tuple[Text, ...]:
    if not (home.config / EXAMPLE_MARK).exists():
        return ()
    return (sentence("home", "example", home=home.root),)


def _settings(home: Home, governments: Sequence[Government]) -> list[Path]:
    """Write home.toml for the first government; one that somebody, or a night, has used stays."""
    path = home.settings_file
    if not governments or home.ledger_file.exists():
        return []
    if path.exists() and path.read_bytes() != SETTINGS_TEMPLATE.encode():
        return []
    first = governments[0]
    path.parent.mkdir(parents=True, exist_ok=True)
    named = ", ".join(f"{g.code} {g.name} ({g.level})" for g in governments)
    path.write_text(settings_text(first.time_zone, named), encoding="utf-8")
    return [path]


def _places(governments: Sequence[Government]) -> list[str]:
    sources = load_catalog().sources
    return [
        "/".join([g.code, name, *([BLANKS[kind]] if (kind := sources[name].period) else []), ""])
        for g in governments
        for name in load_catalog().landing_sources
    ]
