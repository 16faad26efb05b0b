"""The few nouns that travel through every package.

Belongs here: plain values that say what a thing *is*. Does not belong here: how it is made, kept or
shown; nothing here imports another module of ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Literal, NamedTuple

Severity = Literal["critical", "warning", "info"]
"""What a failed check does: it blocks or holds, it is shown, it is counted."""


class DeliveryKey(NamedTuple):
    """What makes a delivery: contract section 2."""

    government_code: str
    source: str
    period: str
    file_sha256: str

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> DeliveryKey:
        """The key in what is told of a delivery, be it a ledger's, a report's or a table's row."""
        return cls(*(str(told[name]) for name in cls._fields))

    @property
    def folder(self) -> str:
        """Where it lies below landing; a file's name is what comes behind this."""
        return "/".join(part for part in self[:3] if part)


class SliceKey(NamedTuple):
    """A government and the first day of a month: what of the days is built, and stored, at once."""

    government_code: str
    month: date


@dataclass(frozen=True)
class Text:
    """A sentence in both languages of the product's readers; ValueError where one is missing."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}  # where a document has one

    id: str
    en: str

    def __post_init__(self) -> None:
        """Say nothing in one language only."""
        for language in (self.id, self.en):
            if not isinstance(language, str) or not language.strip():
                raise ValueError("a sentence needs both languages, id and en")

    def __str__(self) -> str:
        """Both, as the command line prints them: beside each other, or one below the other."""
        return ("\n" if "\n" in self.id + self.en else " · ").join((self.id, self.en))
