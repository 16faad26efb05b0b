"""The one loader of what people read: sentences in both languages, from `words.yml` per package.

Belongs here: a sentence with names in braces, held to both languages and to the same names in each
of them; reading a file of them, when the first is said; filling one in. Does not belong here: which
sentences there are, or when one is said.
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

    Both languages use the same names. A `Text` that is given for a name is said in each of them.
    """

    def __post_init__(self) -> None:
        """Say the same in both languages, as far as the names tell."""
        super().__post_init__()
        if apart := _names(self.id) ^ _names(self.en):
            raise ValueError(f"only one language uses {{{', '.join(sorted(apart))}}}")

    @cached_property
    def names(self) -> frozenset[str]:
        """What has to be given when it is said."""
        return _names(self.id)

    def filled(self, **given: object) -> Text:
        """Return the sentence with its names filled in; what it doesn't use may be given too.

        Raises:
            ValueError: A name is not given.
        """
        if lacking := ", ".join(sorted(self.names - given.keys())):
            raise ValueError(f"{lacking}: not given for the sentence {self.en!r}")
        indonesian = {name: of.id if isinstance(of, Text) else of for name, of in given.items()}
        english = {name: of.en if isinstance(of, Text) else of for name, of in given.items()}
        return Text(self.id.format(**indonesian), self.en.format(**english))


Sentences = Mapping[str, Mapping[str, Sentence]]
"""Sentences by section and key."""


class Words:
    """The sentences of one package: ``sentence(section, key, name=value)`` says one of them."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def all(self) -> Sentences:
        """The whole file, read when the first of its sentences is said."""
        return read_sentences(self.path)

    def __call__(self, section: str, key: str, /, **given: object) -> Text:
        """Return a sentence with its names filled in.

        Raises:
            KeyError: There is no such sentence.
            ValueError: A name is not given.
        """
        return self.all[section][key].filled(**given)


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
