"""The one loader of what people read: sentences in both languages, from a YAML file per package.

Belongs here: a sentence with names in braces, held to both languages and to the same names in each
of them; reading a file of them; filling one in. Does not belong here: which sentences there are, or
when one is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from string import Formatter

from warehouse.documents import read_yaml
from warehouse.vocabulary import Text


@dataclass(frozen=True)
class Sentence(Text):
    """A sentence with ``{names}`` that are filled in when it is said.

    Both languages use the same names; ``{meaning_id}`` and ``{meaning_en}`` are one name, given
    in each language.
    """

    def __post_init__(self) -> None:
        """Say the same in both languages, as far as the names tell."""
        super().__post_init__()
        indonesian, english = _names(self.id), _names(self.en)
        apart = _common(indonesian - english, "_id") ^ _common(english - indonesian, "_en")
        if apart:
            raise ValueError(f"only one language uses {{{', '.join(sorted(apart))}}}")

    @cached_property
    def names(self) -> frozenset[str]:
        """What has to be given when it is said."""
        return _names(self.id) | _names(self.en)

    def filled(self, **given: object) -> Text:
        """Return the sentence with its names filled in; what it doesn't use may be given too.

        Raises:
            ValueError: A name is not given.
        """
        if lacking := ", ".join(sorted(self.names - given.keys())):
            raise ValueError(f"{lacking}: not given for the sentence {self.en!r}")
        return Text(self.id.format(**given), self.en.format(**given))


Sentences = Mapping[str, Mapping[str, Sentence]]
"""Sentences by section and key."""


def read_sentences(path: Path) -> Sentences:
    """Read a file of sentences: sections of keys, each with ``id`` and ``en`` and nothing else.

    Raises:
        DocumentError: Something else stands there; file and key are said.
    """
    return read_yaml(path, Mapping[str, Mapping[str, Sentence]])  # type: ignore[type-abstract]


def in_both(parts: Iterable[Text], between: str) -> Text:
    """Texts as one, with a sign or word between them."""
    said = list(parts)
    return Text(between.join(one.id for one in said), between.join(one.en for one in said))


def _names(text: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def _common(names: Iterable[str], language: str) -> frozenset[str]:
    return frozenset(name.removesuffix(language) for name in names)
