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
