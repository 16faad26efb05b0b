"""The sentences of `words.yml`: the one place of what readers are told, in both languages.

Belongs here: finding a sentence and filling it in. Does not belong here: when it is said.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from warehouse.sentences import Sentences, in_both, read_sentences
from warehouse.vocabulary import Text


@cache
def words() -> Sentences:
    """The whole table, by section and key."""
    return read_sentences(Path(__file__).with_name("words.yml"))


def sentence(section: str, key: str, **values: object) -> Text:
    """Return a sentence with its ``{names}`` filled in.

    Raises:
        KeyError: There is no such sentence.
        ValueError: A value is missing.
    """
    return words()[section][key].filled(**values)


def status_text(status: str) -> Text:
    """A culture score's status in words: complete, or what is missing or hidden."""
    table = words()["components"]
    if status == "complete":
        return table["complete"]
    kind, said = "missing", []
    for part in status.split("+"):
        for prefix in ("missing", "hidden"):
            if part.startswith(f"{prefix}_"):
                kind, part = prefix, part.removeprefix(f"{prefix}_")  # noqa: PLW2901 - its name
        said.append(in_both((table[part], table[kind]), " "))
    return in_both(said, "; ")
