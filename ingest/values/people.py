r"""Text to people, as SQL expressions over a trimmed cell: employee numbers, PINs, respondents.

Belongs here: what can be an employee number, a PIN or somebody's mark. Does not belong here: who
is known (dbt), or what a whole column tells (`ingest.recognising.styles`).
"""

from __future__ import annotations

from ingest.values.style import Style
from ingest.values.text import Reading
from ingest.values.words import NOBODY, bare_word, is_one_of

_HARMLESS = "[\\s\u00a0\u2000-\u200b\u202f''`’‘]"


def squeezed(cell: str) -> str:
    """SQL of an employee number without the harmless spaces and apostrophes."""
    # Eighteen characters are right as they stand or never: that spares most cells the expression.
    without = f"regexp_replace({cell}, '{_HARMLESS}', '', 'g')"
    return f"CASE WHEN length({cell}) = 18 THEN {cell} ELSE {without} END"


def nip_digits(cell: str) -> str:
    """SQL of the number that an employee number of eighteen digits is; NULL if it is none."""
    return f"CASE WHEN length({squeezed(cell)}) = 18 THEN try_cast({squeezed(cell)} AS BIGINT) END"


def nip_value(cell: str, style: Style) -> Reading:
    """A NIP or NI PPPK by its structure; there is no check digit.

    Eighteen digits: a birth date, a year and month of appointment (NIP) or a year and two digits
    that are no month (NI PPPK, which exist since 2019), sex 1 or 2, and a serial that is not 000.
    """
    number = squeezed(cell)
    birth = f"try_strptime(substr({number}, 1, 8), '%Y%m%d')"
    appointed = f"try_cast(substr({number}, 9, 4) AS INTEGER)"
    month = f"try_cast(substr({number}, 13, 2) AS INTEGER)"
    born = f"try_cast(substr({number}, 1, 4) AS INTEGER)"
    sound = (
        f"regexp_matches({number}, '^(19|20)\\d{{6}}(19|20)\\d{{4}}[12]\\d{{3}}$') "
        f"AND {birth} IS NOT NULL AND {appointed} - {born} BETWEEN 15 AND 70 "
        f"AND ({month} BETWEEN 1 AND 12 OR {appointed} >= 2019)"
    )
    damaged = (
        f"regexp_matches({number}, '^[+-]?\\d([.,]\\d+)?[eE][+-]?\\d+$') "
        f"OR regexp_matches({number}, '^\\d{{15}}000$') "
        f"OR regexp_matches({number}, '^\\d{{18}}[.,]0+$')"
    )
    rounded = " OR ".join(f"{nip_digits(cell)} % {step} = 0" for step in style.rounded)
    rounded = f"coalesce({rounded}, false)" if rounded else "false"
    return Reading(
        f"CASE WHEN NOT {rounded} AND substr({number}, 16, 3) <> '000' AND {sound} "
        f"THEN {number} END",
        f"CASE WHEN {damaged} OR {rounded} THEN 'nip_damaged' "
        f"WHEN regexp_matches({number}, '^\\d{{9}}$') THEN 'nip_old' ELSE 'nip_invalid' END",
    )


def pin_value(cell: str) -> Reading:
    """A PIN of a device, as text: letters and digits, without zeros in front.

    What one device pads with zeros another one writes bare.
    """
    plain = f"ltrim({cell}, '''')"
    bare_pin = f"CASE WHEN {plain} LIKE '0_%' THEN nullif(ltrim({plain}, '0'), '') ELSE {plain} END"
    return Reading(
        f"CASE WHEN regexp_full_match({plain}, '[0-9A-Za-z]{{1,24}}') THEN {bare_pin} END",
        "'pin_invalid'",
    )


def is_damaged_mark(cell: str) -> str:
    """SQL that tells whether a respondent's mark is a number that lost its last digits."""
    exponent, zeros = r"\d([.,]\d+[eE][+]?|[eE][+])\d{2}", r"\d{15}000([.,]0+)?"
    return f"regexp_full_match({cell}, '{exponent}|{zeros}')"


def names_somebody(cell: str) -> str:
    """SQL that tells whether a cell can be the mark of a respondent: not ``-``, ``Ya``, zeros."""
    return f"ltrim({bare_word(cell)}, '0') <> '' AND NOT {is_one_of(cell, NOBODY)}"


def hmac_value(cell: str) -> str:
    """SQL of the HMAC-SHA-256 (RFC 2104) of a text, with two parameters: see `hmac_pads`."""
    folded = f"encode(lower({cell}))"
    return f"sha256(CAST(? AS BLOB) || unhex(sha256(CAST(? AS BLOB) || {folded})))"


def hmac_pads(key: bytes) -> tuple[bytes, bytes]:
    """The outer and inner pad of a key of at most 64 bytes, in the order of the parameters."""
    block = key.ljust(64, b"\0")
    return bytes(b ^ 0x5C for b in block), bytes(b ^ 0x36 for b in block)
