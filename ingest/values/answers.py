r"""Text to points of a scale, as SQL expressions over a trimmed cell.

Belongs here: what counts as an answer, and what as none. Does not belong here: the words of a
scale (rule ``likert_labels``) or its ends (the wave's instrument).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ingest.values.text import BLANK, Reading
from ingest.values.words import (
    MONTHS,
    NOTHING,
    UNANSWERED,
    bare,
    bare_word,
    in_list,
    is_one_of,
)
from warehouse.sql import literal

_POINT = r"(\d{1,3})(?:[.,]0+)?"
_LABEL = "([A-Za-z\u00c0-\u024f][^0-9]*?)"
_BETWEEN = rf"(?:{BLANK}|[-–—.:=()\[\]/])+"
# A point, with its word behind it or in front of it.
_ANSWER = rf"^(?:{_POINT}(?:{_BETWEEN}{_LABEL}[)\]]?)?|{_LABEL}({_BETWEEN}){_POINT}[)\]]?)$"


def is_nothing(cell: str, *, answer: bool = False, meant: Iterable[str] = ()) -> str:
    """SQL that tells whether a filled cell stands for an empty one: ``-``, ``N/A``.

    A spreadsheet's ``#N/A`` does not: it is an error. Nor does a word that is ``meant``: the
    sanction ``none`` says that there was none, which is not the same as saying nothing.
    """
    words = (NOTHING | UNANSWERED if answer else NOTHING) - {bare(word) for word in meant}
    # Cheap to see: no such text begins with a figure, so that numbers cost no regular expression.
    return (
        f"{cell} <> '' AND NOT left({cell}, 1) BETWEEN '0' AND '9' "
        f"AND NOT starts_with({cell}, '#') AND {is_one_of(cell, {'', *words})}"
    )


def answer_value(cell: str, low: int, high: int, words: Mapping[str, int]) -> Reading:
    """A point of the scale from ``low`` to ``high``, as a number or as one of ``words``.

    ``5 - Sangat Setuju`` and ``Sangat Setuju (5)`` count by their number, unless the word says
    otherwise. ``3-Apr``, which a spreadsheet made of 3-4, is no answer; nor is ``kurang dari 4``: a
    word that is not known stands in front of a number only as ``Sering (4)``, ``Sering = 4``.
    """
    # The parts of a cell are taken apart once, in a list of one: written out for every item of a
    # survey, the same expressions keep the engine's optimizer busy for minutes.
    names = "['point', 'word', 'word_before', 'between', 'point_behind']"
    parts = f"[{{'cell': {cell}, 'part': regexp_extract({cell}, '{_ANSWER}', {names})}}]"
    number = "try_cast(p.part.point || p.part.point_behind AS INTEGER)"
    label = bare_word("p.part.word || p.part.word_before")
    unknown = "p.part.word_before = '' OR regexp_matches(p.part.between, '[(=:\\[]')"
    agrees = f"coalesce({_meant(label, words)} = {number}, {unknown})"
    sure = f"NOT {in_list(label, MONTHS)} AND {agrees}"
    said = f"coalesce({_meant(bare_word('p.cell'), words)}, CASE WHEN {sure} THEN {number} END)"
    point = f"list_transform({parts}, lambda p: {said})"
    on_scale = f"CASE WHEN x BETWEEN {low} AND {high} THEN CAST(x AS SMALLINT) END"
    value = f"list_transform({point}, lambda x: {on_scale})[1]"
    if not any(bare(word).isdecimal() for word in words):
        # Nearly every cell is a bare figure or empty: to see that first takes a tenth of the time.
        whole = f"try_cast({cell} AS SMALLINT)"
        figure = f"CASE WHEN {whole} BETWEEN {low} AND {high} THEN {whole} END"
        plain = f"WHEN regexp_full_match({cell}, '[0-9]{{1,3}}') THEN {figure}"
        value = f"CASE WHEN {cell} = '' THEN NULL {plain} ELSE {value} END"
    return Reading(
        value,
        f"CASE WHEN {point}[1] IS NULL THEN 'answer_unknown' ELSE 'answer_off_scale' END",
    )


def _listed(words: Iterable[str]) -> str:
    return ", ".join(literal(word) for word in words)


def _meant(word: str, words: Mapping[str, int]) -> str:
    """SQL of the point that a bare word stands for; NULL if it is not known."""
    if not words:
        return "CAST(NULL AS INTEGER)"
    keys = _listed(bare(label) for label in words)
    points = ", ".join(str(point) for point in words.values())
    return f"map_extract_value(MAP([{keys}], [{points}]), {word})"
