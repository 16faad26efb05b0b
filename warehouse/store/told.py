"""What the last night that came so far told of the home, kept for who asks between the nights.

Belongs here: the private file beside the working file, which a night holds open. Does not belong
here: what it says (`quality.content`, `ingest.senders.waiting`) or how it is shown
(`orchestration.standing`). It is no record: the next night writes it anew.
"""

from __future__ import annotations

import json

from pydantic.dataclasses import dataclass

from warehouse.documents import STRICT, DocumentError, plain, read_json
from warehouse.files import PRIVATE_FILE, write_whole
from warehouse.store.home import Home
from warehouse.vocabulary import Text

_FILE = "told.json"


@dataclass(frozen=True, config=STRICT)
class Reach:
    """How far the content of a source of a government reaches: a date or a year, as text."""

    government_code: str
    source: str
    until: str


@dataclass(frozen=True, config=STRICT)
class Told:
    """How far the sources reach, and what rows wait for, in words without any value."""

    run_id: str = ""
    content: tuple[Reach, ...] = ()
    waits: tuple[Text, ...] = ()


def keep(home: Home, told: Told) -> None:
    """Replace what an earlier night told; the caller holds the home's lock."""
    data = json.dumps(plain(told), ensure_ascii=False, sort_keys=True).encode()
    write_whole(home.warehouse / _FILE, data, PRIVATE_FILE)


def last(home: Home) -> Told:
    """What was told last; nothing before the first night, or where its file was spoilt."""
    try:
        return read_json(home.warehouse / _FILE, Told)
    except (OSError, DocumentError):
        return Told()
