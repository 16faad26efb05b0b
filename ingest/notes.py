"""What was ignored or decided about a delivery while it was read, and its words in both languages.

Belongs here: notes, their words, and how they are stored with a delivery. Does not belong here: the
decisions themselves, which are noted where they are made (a match, a grid, a style of a column), or
why a file or a row is refused (`ingest.reasons`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

import duckdb
from pydantic.dataclasses import dataclass as document

from warehouse.documents import STRICT, read_yaml
from warehouse.privacy import masked
from warehouse.sentences import Sentence
from warehouse.vocabulary import DeliveryKey, Text

NOTES_FILE = Path(__file__).parent / "notes.yml"
LAYOUTS_FOLDER = Path(__file__).parent / "layouts"

_LONGEST_NAME = 100  # of a column or sheet: the header of a form is a whole sentence


@dataclass(frozen=True)
class Note:
    """One thing that was ignored or decided; ``notes.yml`` has its words, by ``code``.

    ``about`` is the name of a column, sheet or file: the only text of a sender here, masked and cut
    on the way in. ``choice`` is what was decided and ``reason`` why; both are codes, except that a
    choice without words (a zone, an encoding) is shown as it stands. ``rows`` are row
    numbers as `ranges` writes them, ``count`` how many they are. A cell is never part of a note.
    """

    code: str
    about: str = ""
    choice: str = ""
    reason: str = ""
    count: int = 0
    rows: str = ""

    def __post_init__(self) -> None:
        """Make the sender's text safe to show, whoever wrote the note."""
        name = masked(self.about)
        cut = f"{name[: _LONGEST_NAME - 1]}…" if len(name) > _LONGEST_NAME else name
        object.__setattr__(self, "about", cut)

    @property
    def kind(self) -> Literal["ignored", "decided"]:
        """Whether something was left out, or read in one of several ways."""
        known = _words().get(self.code)
        return known.kind if known else "decided"

    @property
    def text(self) -> Text:
        """The note in words."""
        return _text(self, self.about)


def told(notes: Iterable[Note], kind: Literal["ignored", "decided"]) -> list[Text]:
    """Notes of a kind in words, in order; those that differ in what they are about are one."""
    alike: dict[Note, list[str]] = {}
    for note in notes:
        if note.kind == kind:
            alike.setdefault(replace(note, about=""), []).append(note.about)
    return [_text(note, "; ".join(filter(None, about))) for note, about in alike.items()]


def _text(note: Note, about: str) -> Text:
    known = _words().get(note.code)
    if known is None:  # stored by another version of the product
        said = " ".join(filter(None, (note.code, about, note.choice, note.reason)))
        return Text(said, said)
    choice, reason = (known.named(table, code) for table, code in known.tables(note))
    of = f" ({about})" if about else ""
    given = {"about": about, "of": of, "count": note.count, "rows": note.rows}
    return Text(
        *(
            " ".join(text.format(**given, choice=choice[at], reason=reason[at]).split())
            for at, text in enumerate((known.id, known.en))
        )
    )


_NAMES = frozenset({"about", "of", "choice", "reason", "count", "rows"})


@document(frozen=True, config=STRICT)
class Words:
    """The words of a note; a choice of which nothing has to be said is there without words."""

    kind: Literal["ignored", "decided"]
    id: str
    en: str
    choices: Mapping[str, Text | None] | None = None
    reasons: Mapping[str, Text] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Hold the names in the sentence to those that a note has, and the tables to the names."""
        names = Sentence(self.id, self.en).names
        if names - _NAMES:
            raise ValueError(f"no note has {', '.join(sorted(names - _NAMES))}")
        for name, table in (("choice", self.choices), ("reason", self.reasons)):
            if table and name not in names:
                raise ValueError(f"{{{name}}} has words, but no place in the sentence")

    def tables(self, note: Note) -> tuple[tuple[Mapping[str, Text | None], str], ...]:
        """The codes of a note, each with the table that has its words."""
        return (self.choices or {}, note.choice), (self.reasons, note.reason)

    def named(self, table: Mapping[str, Text | None], code: str) -> tuple[str, str]:
        """The words of a code in both languages; one without words is shown as it stands."""
        if code not in table:
            return code, code
        said = table[code]
        return (said.id, said.en) if said else ("", "")


@cache
def _words() -> Mapping[str, Words]:
    words = dict(read_yaml(NOTES_FILE, Mapping[str, Words]))  # type: ignore[type-abstract]
    layouts = [
        read_yaml(path, Mapping[str, Any])  # type: ignore[type-abstract]
        for path in LAYOUTS_FOLDER.glob("*.yml")
    ]
    titles = {layout["name"]: Text(**layout["title"]) for layout in layouts}
    known = words["layout"]
    return words | {"layout": replace(known, choices={**(known.choices or {}), **titles})}


def has_words(note: Note) -> bool:
    """Whether ``notes.yml`` knows the note's code, its reason and, if it lists any, its choice."""
    known = _words().get(note.code)
    if known is None:
        return False
    tables = ((known.choices, note.choice), (known.reasons, note.reason))
    return all(t is None or not code or code in t for t, code in tables)


def to_json(notes: Iterable[Note]) -> str:
    """Notes as they are stored in `raw.delivery`: a list of objects without empty fields."""
    filled = [{name: v for name, v in vars(note).items() if v} for note in notes]
    return json.dumps(filled, ensure_ascii=False, separators=(",", ":"))


def from_json(text: str | None) -> tuple[Note, ...]:
    """The notes that `to_json` wrote; none where nothing was stored."""
    return tuple(Note(**entry) for entry in json.loads(text or "[]"))


def of_deliveries(conn: duckdb.DuckDBPyConnection) -> dict[DeliveryKey, tuple[Note, ...]]:
    """The notes of every delivery that schema raw knows; a generation's are in `delivery_note`."""
    rows = conn.execute(
        "SELECT government_code, source, period, file_sha256, notes FROM raw.delivery"
    ).fetchall()
    return {DeliveryKey(*key): from_json(notes) for *key, notes in rows}


def ranges(numbers: Iterable[int], limit: int = 10) -> str:
    """Ascending numbers with their runs as ``first-last``; the ranges after ``limit`` as ``…``."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    texts = [str(a) if a == b else f"{a}-{b}" for a, b in runs[:limit]]
    return ", ".join([*texts, *(["…"] if len(runs) > limit else [])])
