"""What was ignored or decided about a delivery while it was read, and its words in both languages.

Belongs here: notes, their words, and how they are stored with a delivery. Does not belong here: the
decisions themselves, which are noted where they are made (a match, a grid, a style of a column), or
why a file or a row is refused (`ingest.reasons`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from warehouse.privacy import masked
from warehouse.vocabulary import Text

NOTES_FILE = Path(__file__).parent / "notes.yml"

_LONGEST_NAME = 100  # of a column or sheet: the header of a form is a whole sentence


@dataclass(frozen=True)
class Note:
    """One thing that was ignored or decided; ``notes.yml`` has its words, by ``code``.

    ``about`` is the name of a column, sheet or file: the only text of a sender here, masked and cut
    on the way in. ``choice`` is what was decided and ``reason`` why; both are codes, except that a
    choice without words (a zone, a name of a layout) is shown as it stands. ``rows`` are row
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
        kind: Literal["ignored", "decided"] = _words().get(self.code, {}).get("kind", "decided")
        return kind

    @property
    def text(self) -> Text:
        """The note in words."""
        return Text(self._said("id"), self._said("en"))

    def _said(self, language: str) -> str:
        words = _words().get(self.code)
        if words is None:  # stored by another version of the product
            return " ".join(filter(None, (self.code, self.about, self.choice, self.reason)))
        choice, reason = (
            words.get(table, {}).get(code, {}).get(language, code)
            for table, code in (("choices", self.choice), ("reasons", self.reason))
        )
        values = {**asdict(self), "choice": choice, "reason": reason}
        return " ".join(str(words[language]).format(**values).split())


@cache
def _words() -> Mapping[str, Any]:
    words: Mapping[str, Any] = yaml.safe_load(NOTES_FILE.read_text(encoding="utf-8"))
    return words


def has_words(note: Note) -> bool:
    """Whether ``notes.yml`` knows the note's code, its reason and, if it lists any, its choice."""
    words = _words().get(note.code, {})
    tables = ((words.get("choices"), note.choice), (words.get("reasons", {}), note.reason))
    return bool(words) and all(t is None or not code or code in t for t, code in tables)


def to_json(notes: Iterable[Note]) -> str:
    """Notes as they are stored in `raw.delivery`: a list of objects without empty fields."""
    filled = [{name: v for name, v in asdict(note).items() if v} for note in notes]
    return json.dumps(filled, ensure_ascii=False, separators=(",", ":"))


def from_json(text: str | None) -> tuple[Note, ...]:
    """The notes that `to_json` wrote; none where nothing was stored."""
    return tuple(Note(**entry) for entry in json.loads(text or "[]"))


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
