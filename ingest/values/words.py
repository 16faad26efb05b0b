"""Words: the one normalisation by which two of them are the same, and the tables that all share.

Belongs here: how words are compared, in Python and in SQL, and `words.yml`. Does not belong here:
the words of single columns (`ingest.recognising.columns`) or of answers (rule ``likert_labels``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic.dataclasses import dataclass as document

from warehouse.documents import STRICT, read_yaml
from warehouse.sql import literal

WORDS_FILE = Path(__file__).with_name("words.yml")

# What makes no difference between two words: controls, blanks, punctuation (`_`, `-`, brackets,
# quotes), in and beyond ASCII. Plain ranges, which both engines know, and which the engine of the
# database compiles in a tenth of the time of classes such as \p{P}.
_BETWEEN = (
    r"""[\x00-\x20!"#%&'()*,\-./:;?@\[\\\]_{}\x7f-\xbf"""
    "\u1680\u2000-\u206f\u3000-\u3003\ufeff]+"
)


def bare(text: str) -> str:
    """Return a word as it is compared: in lower case, without blanks and punctuation.

    Every table of words is compared so, on both sides: ``Dinas Luar``, ``dinas_luar`` and
    ``DINAS-LUAR`` are one word. ``bare_word`` is the same in SQL, as is the macro of that name.
    """
    return re.sub(_BETWEEN, "", text.lower())


def bare_word(cell: str) -> str:
    """SQL of a word as it is compared, see `bare`."""
    return f"regexp_replace(lower({cell}), {literal(_BETWEEN)}, '', 'g')"


def word_cases(cell: str, words: Mapping[str, str]) -> str:
    """SQL of a simple CASE, without CASE and END, from words to what they stand for (SQL)."""
    cases = " ".join(f"WHEN {literal(bare(word))} THEN {value}" for word, value in words.items())
    return f"{bare_word(cell)} {cases}"


def is_one_of(cell: str, words: Iterable[str]) -> str:
    """SQL that tells whether a cell is one of some words."""
    return in_list(bare_word(cell), {bare(word) for word in words})


def in_list(value: str, texts: Iterable[str]) -> str:
    """SQL that tells whether a text is one of some texts.

    A list is one constant to the engine. Of ``IN`` it keeps each text apart, for each column that
    asks: a survey of 150 questions took twelve seconds and all of the memory, for thirty rows.
    """
    return f"list_contains([{', '.join(map(literal, sorted(texts)))}], {value})"


@document(frozen=True, config=STRICT)
class _Words:
    """The tables of `words.yml`."""

    true: tuple[str, ...]
    false: tuple[str, ...]
    months: Mapping[int, tuple[str, ...]]
    weekdays: tuple[str, ...]
    nothing: tuple[str, ...]
    unanswered: tuple[str, ...]
    nobody: tuple[str, ...]
    harmless: Mapping[str, frozenset[str]]


_WORDS = read_yaml(WORDS_FILE, _Words)

TRUE_WORDS, FALSE_WORDS, NOTHING, UNANSWERED, NOBODY, WEEKDAYS = (
    frozenset(map(bare, words))
    for words in (
        _WORDS.true,
        _WORDS.false,
        _WORDS.nothing,
        _WORDS.unanswered,
        _WORDS.nobody,
        _WORDS.weekdays,
    )
)
MONTHS: Mapping[str, int] = {
    bare(word): number for number, words in _WORDS.months.items() for word in words
}
"""The names of months that are met, with their numbers."""
HARMLESS: Mapping[str, frozenset[str]] = _WORDS.harmless
"""By column, the words of a question that leave it a question for that column."""
