r"""Text to numbers, yes and no, as SQL expressions over a trimmed cell.

Belongs here: the forms in which numbers are written. What can be read two ways (``3.252``) follows
the style of its column; where nothing settles it, a point or comma is the decimal sign of a number
that may have decimals. Does not belong here: what settles the style (`ingest.recognising.styles`).
"""

from __future__ import annotations

from ingest.values.style import Style
from ingest.values.text import Reading
from ingest.values.words import FALSE_WORDS, TRUE_WORDS, is_one_of
from warehouse.sql import literal

# A number with one separator before exactly three digits: decimal sign or thousands?
_TWO_WAYS = r"^[+-]?[1-9]\d{0,2}[.,]\d{3}$"


def decimal_evidence(sign: str, other: str) -> str:
    """Pattern of a number in which ``sign`` can only be the decimal one."""
    return (
        rf"^[+-]?(\d*[{sign}](\d{{1,2}}|\d{{4,}})|0[{sign}]\d+|\d{{4,}}[{sign}]\d+"
        rf"|\d{{1,3}}([{other}]\d{{3}})+[{sign}]\d+|\d{{1,3}}([{other}]\d{{3}}){{2,}})$"
    )


def number_value(cell: str, style: Style, *, below_thousand: bool = False) -> Reading:
    """A number with decimal comma or point, with or without a sign for thousands.

    Where the column holds nothing from a thousand on, no sign can be one for thousands.
    """
    point = f"replace({cell}, ',', '.')"
    joined = f"regexp_replace({cell}, '[.,]', '', 'g')"
    if below_thousand:
        two_ways = point
    elif style.mixed_decimals:
        two_ways = "NULL"
    elif style.decimal is None:
        two_ways = point
    else:
        two_ways = f"CASE WHEN {_has_sign(cell, style.decimal)} THEN {point} ELSE {joined} END"
    text = (
        f"CASE WHEN regexp_matches({cell}, '{_TWO_WAYS}') THEN {two_ways} "
        f"WHEN regexp_matches({cell}, '^[+-]?(\\d+|\\d*[.,]\\d+)$') THEN {point} "
        f"WHEN regexp_matches({cell}, '^[+-]?\\d{{1,3}}(\\.\\d{{3}})+,\\d+$') "
        f"THEN replace(replace({cell}, '.', ''), ',', '.') "
        f"WHEN regexp_matches({cell}, '^[+-]?\\d{{1,3}}(,\\d{{3}})+\\.\\d+$') "
        f"THEN replace({cell}, ',', '') "
        f"WHEN regexp_matches({cell}, '^[+-]?\\d{{1,3}}((\\.\\d{{3}}){{2,}}|(,\\d{{3}}){{2,}})$') "
        f"THEN {joined} "
        f"WHEN regexp_matches({cell}, '^[+-]?\\d+(\\.\\d+)?[eE][+-]?\\d{{1,2}}$') THEN {cell} END"
    )
    problem = (
        f"CASE WHEN regexp_matches({cell}, '{_TWO_WAYS}') THEN 'number_ambiguous' "
        "ELSE 'number_invalid' END"
    )
    return Reading(_finite(text), problem)


def _finite(text: str) -> str:
    """SQL of the number that a text is; adding zero makes a negative zero an ordinary one."""
    number = f"try_cast({text} AS DOUBLE)"
    return f"CASE WHEN isfinite({number}) THEN {number} + 0 END"


def _has_sign(cell: str, sign: str) -> str:
    return f"contains({cell}, {literal(sign)})" if sign else "false"


def number_of_cell(cell: str, sql_type: str) -> Reading:
    """A number that a spreadsheet holds as such, whatever its neighbours look like."""
    number = _finite(cell)
    if sql_type == "DOUBLE":
        return Reading(number, "'number_invalid'")
    whole = f"CASE WHEN {number} = floor({number}) THEN try_cast({number} AS {sql_type}) END"
    return Reading(whole, "'number_invalid'")


def code_of_number(cell: str) -> Reading:
    """A code that a spreadsheet holds as a number: whole, or it may have lost a last 0 (11.10)."""
    return Reading(
        f"CASE WHEN regexp_full_match({cell}, '\\d{{1,15}}') THEN {cell} END", "'code_is_number'"
    )


def whole_number_value(
    cell: str, sql_type: str, style: Style, *, below_thousand: bool = False
) -> Reading:
    """A number without a fraction; ``2.026`` is then two thousand and twenty-six."""
    grouped = Style(decimal=style.decimal or "", mixed_decimals=style.mixed_decimals)
    number = number_value(cell, grouped, below_thousand=below_thousand)
    value = (
        f"CASE WHEN {number.value} = floor({number.value}) "
        f"THEN try_cast({number.value} AS {sql_type}) END"
    )
    return Reading(value, number.problem)


def decimals(cell: str) -> str:
    """SQL of how many decimals a number is written with; ``5.5E-2`` is 0.055 and has three."""
    written = f"length(regexp_extract({cell}, '[.,](\\d+)([eE][+-]?\\d+)?$', 1))"
    exponent = f"coalesce(try_cast(regexp_extract({cell}, '[eE]([+-]?\\d+)$', 1) AS INTEGER), 0)"
    return f"greatest({written} - {exponent}, 0)"


def boolean_value(cell: str) -> Reading:
    """Yes or no, in the words met in practice."""
    value = (
        f"CASE WHEN {is_one_of(cell, TRUE_WORDS)} THEN true "
        f"WHEN {is_one_of(cell, FALSE_WORDS)} THEN false END"
    )
    return Reading(value, "'boolean_invalid'")
