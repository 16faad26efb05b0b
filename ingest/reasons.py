"""Why a file or a row is not loaded: every reason code, in Indonesian and English, with a cure.

Belongs here: the codes and their words. Does not belong here: the decision that a code applies
(`ingest.reading.dialect` for files, `ingest.recognising.layouts` for columns, `ingest.values` for
cells). A message never repeats a cell: what a sender typed may be personal data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from pydantic.dataclasses import dataclass as document

from warehouse.documents import STRICT, read_yaml
from warehouse.vocabulary import Text

REASONS_FILE = Path(__file__).parent / "reasons.yml"


@document(frozen=True, config=STRICT)
class _Words:
    """What is wrong and what to do next, in both languages."""

    id: str
    en: str
    next_id: str
    next_en: str

    def __post_init__(self) -> None:
        """Say nothing in one language only."""
        _ = Text(self.id, self.en), Text(self.next_id, self.next_en)


@dataclass(frozen=True)
class Reason:
    """A reason code with what is wrong and what to do next, in both languages."""

    code: str
    id: str
    en: str
    next_id: str
    next_en: str


class Unreadable(Exception):  # noqa: N818 - what is so is the file, no code failed
    """A file can't become rows; it is set aside whole.

    ``message`` says which column or limit is meant, in words that hold no cell.
    """

    def __init__(self, reason_code: str, message: str = "") -> None:
        super().__init__(f"{reason_code}: {message}" if message else reason_code)
        self.reason_code = reason_code
        self.message = message


def read_reasons(path: Path) -> Mapping[str, Reason]:
    """Read a file of reasons; DocumentError names what is missing or unknown in it."""
    entries = read_yaml(path, Mapping[str, _Words])  # type: ignore[type-abstract]
    return MappingProxyType(
        {code: Reason(code, w.id, w.en, w.next_id, w.next_en) for code, w in entries.items()}
    )


REASONS = read_reasons(REASONS_FILE)
