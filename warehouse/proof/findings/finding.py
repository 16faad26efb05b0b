"""One finding of the proof, and the two kinds of it.

Belongs here: what every part of the proof says, and the digest of a file as far as it can be read.
Does not belong here: what is looked at (the modules beside it).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from warehouse.files import sha256_file
from warehouse.vocabulary import Text

LEDGER = "reports/ledger.jsonl"
INDEX = "reports/index.html"


@dataclass(frozen=True)
class Finding:
    """One thing that ``verify`` has to say.

    ``problem`` means tampered or missing; ``information`` is worth knowing and no fault.
    ``subject`` is the file or folder within the home, or the line of the ledger.
    """

    kind: Literal["problem", "information"]
    subject: str
    text: Text


def problem(subject: str, text: Text) -> Finding:
    """What makes the proof fail: tampered or missing."""
    return Finding("problem", subject, text)


def information(subject: str, text: Text) -> Finding:
    """What is worth knowing and no fault."""
    return Finding("information", subject, text)


def digest_of(file: Path) -> str | None:
    """The digest of a file; None if it can't be read, which stops no proof of the others."""
    try:
        return sha256_file(file)
    except OSError:
        return None
