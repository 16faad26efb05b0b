"""The sentences of `words.yml`: the one place of what readers are told, in both languages.

Belongs here: finding a sentence and filling it in. Does not belong here: when it is said.
"""

from __future__ import annotations

from pathlib import Path

from warehouse.sentences import Words, in_both
from warehouse.vocabulary import Text

sentence = Words(Path(__file__).with_name("words.yml"))


def status_text(status: str) -> Text:
    """A culture score's status in words: complete, or what is missing or hidden."""
    table = sentence.all["components"]
    if status == "complete":
        return table["complete"]
    kind, said = "missing", []
    for part in status.split("+"):
        for prefix in ("missing", "hidden"):
            if part.startswith(f"{prefix}_"):
                kind, part = prefix, part.removeprefix(f"{prefix}_")  # noqa: PLW2901 - its name
        said.append(in_both((table[part], table[kind]), " "))
    return in_both(said, "; ")
