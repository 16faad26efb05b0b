"""The sentences of `words.yml`: the one place of what readers are told, in both languages.

Belongs here: finding a sentence and filling it in. Does not belong here: when it is said.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from warehouse.vocabulary import Text

_FILE = Path(__file__).with_name("words.yml")


@cache
def words() -> dict[str, Any]:
    """The whole table, as read."""
    table: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return table


def sentence(section: str, key: str, **values: object) -> Text:
    """Return a sentence with its ``{names}`` filled in; KeyError if there is no such sentence."""
    entry = words()[section][key]
    return Text(id=entry["id"].format(**values), en=entry["en"].format(**values))


def status_text(status: str) -> Text:
    """A culture score's status in words: complete, or what is missing or hidden."""
    table = words()["components"]
    if status == "complete":
        return Text(**table["complete"])
    kind, said = "missing", []
    for part in status.split("+"):
        for prefix in ("missing", "hidden"):
            if part.startswith(f"{prefix}_"):
                kind, part = prefix, part.removeprefix(f"{prefix}_")  # noqa: PLW2901 - its name
        said.append((table[kind], table[part]))
    return Text(
        *(
            "; ".join(f"{name[language]} {how[language]}" for how, name in said)
            for language in ("id", "en")
        )
    )
