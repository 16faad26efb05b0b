"""What `manifest.json` of a published generation holds, as types.

Belongs here: the form of the one document that readers of the files can rely on. Does not belong
here: writing a generation (`warehouse.publication.generation`) or recording it (the ledger).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date

from pydantic.dataclasses import dataclass

from warehouse.documents import STRICT, held, plain

MANIFEST_FILE = "manifest.json"


@dataclass(frozen=True, config=STRICT)
class File:
    """One file beside the manifest; its size in bytes, its SHA-256 in hex."""

    sha256: str
    bytes: int


@dataclass(frozen=True, config=STRICT)
class InForce:
    """A waiver in force, by which a check did not hold the night back."""

    check_id: str
    until: date
    reason: str
    decided_by: str


@dataclass(frozen=True, config=STRICT)
class Published:
    """A generation as its readers are told of it; ``tables`` are the rows of each."""

    run_id: str
    code_version: str
    rules_sha256: str
    as_of_date: date
    waivers: tuple[InForce, ...]
    tables: Mapping[str, int]
    files: Mapping[str, File]


def written(content: object) -> bytes:
    """The bytes of a manifest with some content.

    Raises:
        DocumentError: The content is not what readers are promised; it names the key.
    """
    published = plain(held(content, Published, MANIFEST_FILE))
    text = json.dumps(published, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    return text.encode()
