r"""Text to typed values, as SQL expressions over a trimmed cell.

Belongs here: what text counts as a number, date, time, yes, employee number, and the reason why
not. Does not belong here: which column holds what (`ingest.layouts`), the words for the reasons
(`ingest.reasons`).

A form that can be read one way only (``2026-07-17``, ``17 Juli 2026``, ``53,77``) is read as that.
What can be read two ways (``05/06/2026``, ``3.252``) follows the rest of its column, which one
aggregate over the whole file decides; where the column does not tell, the cell is not read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# Blank characters that are trimmed from a cell: space, tabulator, no-break space and the like.
BLANKS = " \t\u00a0\u200b\ufeff"

_MONTHS = {
    1: "januari jan january",
    2: "februari pebruari feb peb february",
    3: "maret mar mrt march",
    4: "april apr",
    5: "mei may",
    6: "juni jun june",
    7: "juli jul july",
    8: "agustus agust agu agt ags aug august",
    9: "september sep sept",
    10: "oktober okt oct october",
    11: "november nopember nov nop",
    12: "desember des dec december",
}
# Not `t`, which is "true" to one and "tidak" (no) to another.
_TRUE = "ya y yes true 1 benar sudah ada v x √ ✓"
_FALSE = "tidak tdk no n false 0 salah belum tidak_ada"

_SLASHED = r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$"
_NAMED = r"^(?:[A-Za-z\x27]+, *)?(\d{1,2})[-/. ]+([A-Za-z]+)\.?[-/., ]+(\d{4})$"
_DATE_TIME = (
    r"^(.+?)(?:[ ,]+|T)"
    r"(\d{1,2}[:.]\d{2}(?:[:.]\d{2})?)(?:[.,]\d+)?( *[AaPp]\.?[Mm]\.?)?"
    r"(?: *(Z|(?:GMT|UTC)?[+-](?:0?\d|1[0-4])(?::?[0-5]\d)?|GMT|UTC|WIB|WITA|WIT))?$"
)
_TIME = r"^(\d{1,2}[:.]\d{2}(?:[:.]\d{2})?)(?:[.,]\d+)?( *[AaPp]\.?[Mm]\.?)?$"
# A day between 1954 and 2091 as a spreadsheet counts them.
_SERIAL = r"^[2-6]\d{4}"
EPOCH = "1899-12-30"
"""Day 0 of a spreadsheet, unless it counts from 1904."""
# A number with one separator before exactly three digits: decimal sign or thousands?
_TWO_WAYS = r"^[+-]?[1-9]\d{0,2}[.,]\d{3}$"


@dataclass(frozen=True)
class Style:
    """What the whole of a column tells about the cells that can be read two ways.

    ``day_first`` and ``decimal`` (a comma or a point) are None where the column does not tell;
    ``mixed_decimals`` where it uses both. ``rounded`` marks employee numbers that all went through
    a float: no real column has only multiples of 32. ``epoch`` is day 0 of the serial numbers.
    ``reason`` says what settled it, as `notes.yml` lists it under ``date_order`` or
    ``decimal_sign``; empty where nothing had to be settled.
    """

    day_first: bool | None = None
    decimal: str | None = None
    mixed_decimals: bool = False
    rounded: bool = False
    epoch: str = EPOCH
    reason: str = ""


@dataclass(frozen=True)
class Reading:
    """SQL of a cell's value (NULL if it can't be read) and of the reason code then."""

    value: str
    problem: str


def literal(text: str) -> str:
    """Return ``text`` as an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """Return ``name`` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def trimmed(cell: str) -> str:
    """SQL of a cell without blanks around it."""
    return f"trim({cell}, {literal(BLANKS)})"


def unmarked(cell: str) -> str:
    """SQL of a cell without the apostrophe that makes a spreadsheet take it for text."""
    return f"CASE WHEN starts_with({cell}, '''') THEN ltrim({cell}, '''') ELSE {cell} END"


# --- the style of a column ------------------------------------------------------------------


def style_evidence(cell: str, kind: str) -> list[str]:
    """SQL aggregates over a column that ``decide_style`` turns into its style; none if needless."""
    if kind in {"DATE", "TIMESTAMP"}:
        day = f"regexp_extract({cell}, '^(\\d{{1,2}})[-/.](\\d{{1,2}})[-/.]\\d{{4}}\\b', 1)"
        month = day.removesuffix("1)") + "2)"
        # Cheap to see: the first number of two digits, so that ISO costs no regular expression.
        signs = "('-', '/', '.')"
        loose = f"(substr({cell}, 2, 1) IN {signs} OR substr({cell}, 3, 1) IN {signs})"
        return [
            f"count(*) FILTER ({loose} AND try_cast({part} AS INTEGER) BETWEEN 13 AND 31)"
            for part in (day, month)
        ]
    if kind in {"DOUBLE", "INTEGER"}:
        return [
            f"count(*) FILTER (regexp_matches({cell}, {literal(_decimal_evidence(sign, other))}))"
            for sign, other in ((",", "."), (".", ","))
        ]
    if kind == "NIP":
        whole = f"try_cast({_squeezed(cell)} AS BIGINT)"
        return [
            f"approx_count_distinct({whole})",
            f"count(*) FILTER ({whole} >= 100000000000000000 AND {whole} % 32 <> 0)",
        ]
    return []


def _decimal_evidence(sign: str, other: str) -> str:
    """A number in which ``sign`` can only be the decimal one."""
    return (
        rf"^[+-]?(\d*[{sign}](\d{{1,2}}|\d{{4,}})|0[{sign}]\d+|\d{{4,}}[{sign}]\d+"
        rf"|\d{{1,3}}([{other}]\d{{3}})+[{sign}]\d+|\d{{1,3}}([{other}]\d{{3}}){{2,}})$"
    )


def decide_style(
    kind: str, evidence: Sequence[int], *, hint: bool | None = None, epoch: str = EPOCH
) -> Style:
    """Decide a column's style; ``hint`` is the day-first habit of the layout, if it has one."""
    first, second = evidence
    if kind in {"DATE", "TIMESTAMP"}:
        return _order_style(first, second, hint=hint, epoch=epoch)
    if kind == "NIP":
        return Style(rounded=first >= 3 and second == 0)
    if first and second:
        return Style(mixed_decimals=True, reason="contradiction")
    if not (first or second):
        return Style()
    return Style(decimal="," if first else ".", reason="cells")


def _order_style(first: int, second: int, *, hint: bool | None, epoch: str) -> Style:
    if first and second:
        return Style(epoch=epoch, reason="contradiction")
    if first or second:
        return Style(day_first=bool(first), epoch=epoch, reason="cells")
    return Style(day_first=hint, epoch=epoch, reason="" if hint is None else "layout")


# --- dates and times ------------------------------------------------------------------------


def date_value(cell: str, style: Style) -> Reading:
    """A day: ISO, ``17/07/2026``, ``17-07-2026``, ``17 Juli 2026``, or a spreadsheet's serial."""
    month = f"map_extract_value({_month_map()}, lower(regexp_extract({cell}, '{_NAMED}', 2)))"
    named = (
        f"concat_ws('-', regexp_extract({cell}, '{_NAMED}', 3), {month}, "
        f"regexp_extract({cell}, '{_NAMED}', 1))"
    )
    plain = f"regexp_replace({cell}, '[ T]0{{1,2}}[:.]00([:.]00(\\.0+)?)?$', '')"
    value = (
        f"CASE WHEN {cell} LIKE '____-__-__' THEN try_cast({cell} AS DATE) "
        f"WHEN regexp_matches({plain}, '{_SLASHED}') THEN {_slashed_date(plain, style)} "
        f"WHEN regexp_matches({plain}, '^\\d{{4}}[-/.]\\d{{1,2}}[-/.]\\d{{1,2}}$') "
        f"THEN try_cast(regexp_replace({plain}, '[/.]', '-', 'g') AS DATE) "
        f"WHEN regexp_matches({cell}, '{_SERIAL}$') "
        f"THEN DATE '{style.epoch}' + try_cast({cell} AS INTEGER) "
        f"WHEN regexp_matches({cell}, '{_NAMED}') THEN try_cast({named} AS DATE) END"
    )
    return Reading(value, _order_problem(cell, style, "date_invalid"))


def _month_map() -> str:
    names = [(name, number) for number, words in _MONTHS.items() for name in words.split()]
    keys = ", ".join(literal(name) for name, _ in names)
    return f"MAP([{keys}], [{', '.join(str(number) for _, number in names)}])"


def _slashed_date(cell: str, style: Style) -> str:
    even = f"regexp_replace({cell}, '[-.]', '/', 'g')"
    day_first = f"try_strptime({even}, '%d/%m/%Y')::DATE"
    month_first = f"try_strptime({even}, '%m/%d/%Y')::DATE"
    if style.day_first is not None:
        return day_first if style.day_first else month_first
    return (
        f"CASE WHEN {day_first} = {month_first} OR {month_first} IS NULL THEN {day_first} "
        f"WHEN {day_first} IS NULL THEN {month_first} END"
    )


def _order_problem(cell: str, style: Style, otherwise: str) -> str:
    if style.day_first is not None:
        return literal(otherwise)
    day_only = f"regexp_extract({cell}, '^[-\\d/.]+')"
    return (
        f"CASE WHEN try_strptime(regexp_replace({day_only}, '[-.]', '/', 'g'), '%d/%m/%Y') "
        f"IS NOT NULL THEN 'date_order_unknown' ELSE {literal(otherwise)} END"
    )


def timestamp_value(cell: str, style: Style) -> Reading:
    """A wall-clock time with its date; a zone behind it is not applied."""
    day = date_value(f"regexp_extract({cell}, '{_DATE_TIME}', 1)", style)
    clock = _clock(cell, _DATE_TIME, 2)
    serial = (  # in microseconds: a multiple of an interval of seconds ends with the year 1968
        f"TIMESTAMP '{style.epoch}' + to_microseconds("
        f"1000000 * CAST(round(try_cast({cell} AS DOUBLE) * 86400) AS BIGINT))"
    )
    value = (
        f"CASE WHEN {cell} LIKE '____-__-__ __:__:__' THEN try_cast({cell} AS TIMESTAMP) "
        f"WHEN regexp_matches({cell}, '{_SERIAL}\\.\\d+$') THEN {serial} "
        f"WHEN regexp_matches({cell}, '{_DATE_TIME}') THEN ({day.value}) + ({clock}) END"
    )
    return Reading(value, _order_problem(cell, style, "timestamp_invalid"))


def zoned_timestamp_value(cell: str, style: Style, written_in: str, local: str) -> Reading:
    """A time by the wall clock of the zone ``local``.

    A zone or offset behind it counts (``GMT+9``, ``+07:00``, ``WIB``), else that of ``written_in``;
    both are names of the IANA database.
    """
    plain = timestamp_value(cell, style)
    zone = f"upper(regexp_extract({cell}, '{_DATE_TIME}', 4))"
    offset = "([+-])(\\d{1,2}):?(\\d{2})?$"
    minutes = " + ".join(
        f"coalesce(try_cast(regexp_extract({zone}, '{offset}', {group}) AS INTEGER), 0) * {unit}"
        for group, unit in ((2, 60), (3, 1))
    )
    east = (
        f"CASE {zone} WHEN 'WIB' THEN 420 WHEN 'WITA' THEN 480 WHEN 'WIT' THEN 540 ELSE "
        f"({minutes}) * CASE WHEN contains({zone}, '-') THEN -1 ELSE 1 END END"
    )
    usual = plain.value
    if written_in != local:
        usual = f"timezone({literal(local)}, timezone({literal(written_in)}, {plain.value}))"
    as_utc = f"timezone('UTC', ({plain.value}) - INTERVAL 1 MINUTE * ({east}))"
    value = (
        f"CASE WHEN {cell} LIKE '____-__-__ __:__:__' OR {zone} = '' THEN {usual} "
        f"ELSE timezone({literal(local)}, {as_utc}) END"
    )
    return Reading(value, plain.problem)


def _clock(cell: str, pattern: str, group: int) -> str:
    digits = f"replace(regexp_extract({cell}, '{pattern}', {group}), '.', ':')"
    half = f"upper(regexp_extract({cell}, '{pattern}', {group + 1}))"
    text = f"concat({digits}, ' ', replace(replace({half}, '.', ''), ' ', ''))"
    forms = "['%H:%M:%S ', '%H:%M ', '%I:%M:%S %p', '%I:%M %p']"
    return f"try_strptime({text}, {forms})::TIME"


def time_value(cell: str) -> Reading:
    """A time of day: ``07:30``, ``7.30``, ``07:30:00``, ``4:00 PM``; ``24:00`` is midnight."""
    fraction = (
        f"(TIMESTAMP '2000-01-01' + INTERVAL 1 SECOND * "
        f"CAST(round(try_cast({cell} AS DOUBLE) * 86400) AS BIGINT))::TIME"
    )
    value = (
        f"CASE WHEN regexp_matches({cell}, '^24[:.]00([:.]00)?$') THEN TIME '00:00:00' "
        f"WHEN regexp_matches({cell}, '{_TIME}') THEN {_clock(cell, _TIME, 1)} "
        f"WHEN regexp_matches({cell}, '^0?\\.\\d{{3,}}$') THEN {fraction} END"
    )
    return Reading(value, "'time_invalid'")


def time_of_number(cell: str) -> Reading:
    """A time of day from a spreadsheet's number: 0.25 is 06:00, 1 is midnight."""
    seconds = f"CAST(round(try_cast({cell} AS DOUBLE) * 86400) AS BIGINT)"
    value = (
        f"CASE WHEN try_cast({cell} AS DOUBLE) BETWEEN 0 AND 1 "
        f"THEN (TIMESTAMP '2000-01-01' + INTERVAL 1 SECOND * {seconds})::TIME END"
    )
    return Reading(value, "'time_invalid'")


# --- numbers, yes and no --------------------------------------------------------------------


def number_value(cell: str, style: Style) -> Reading:
    """A number with decimal comma or point, with or without a sign for thousands."""
    point = f"replace({cell}, ',', '.')"
    joined = f"regexp_replace({cell}, '[.,]', '', 'g')"
    if style.mixed_decimals:
        two_ways = "NULL"
    elif style.decimal is None:
        two_ways = point
    else:
        at = f"contains({cell}, {literal(style.decimal)})"
        two_ways = f"CASE WHEN {at} THEN {point} ELSE {joined} END"
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
    # Adding zero makes a negative zero an ordinary one.
    return Reading(f"(try_cast({text} AS DOUBLE) + 0)", problem)


def number_of_cell(cell: str, sql_type: str) -> Reading:
    """A number that a spreadsheet holds as such, whatever its neighbours look like."""
    number = f"try_cast({cell} AS DOUBLE)"
    if sql_type == "DOUBLE":
        return Reading(number, "'number_invalid'")
    whole = f"CASE WHEN {number} = floor({number}) THEN try_cast({number} AS {sql_type}) END"
    return Reading(whole, "'number_invalid'")


def code_of_number(cell: str) -> Reading:
    """A code that a spreadsheet holds as a number: whole, or it may have lost a last 0 (11.10)."""
    return Reading(
        f"CASE WHEN regexp_full_match({cell}, '\\d{{1,15}}') THEN {cell} END", "'code_is_number'"
    )


def whole_number_value(cell: str, sql_type: str, style: Style) -> Reading:
    """A number without a fraction; ``2.026`` is then two thousand and twenty-six."""
    grouped = Style(decimal=style.decimal or "", mixed_decimals=style.mixed_decimals)
    number = number_value(cell, grouped)
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
    word = f"replace(lower({cell}), ' ', '_')"
    yes, no = (", ".join(literal(w) for w in words.split()) for words in (_TRUE, _FALSE))
    value = f"CASE WHEN {word} IN ({yes}) THEN true WHEN {word} IN ({no}) THEN false END"
    return Reading(value, "'boolean_invalid'")


# --- people ---------------------------------------------------------------------------------


def _squeezed(cell: str) -> str:
    """SQL of an employee number without the harmless spaces and apostrophes."""
    return f"regexp_replace({cell}, '[\\s''`’‘\u00a0]', '', 'g')"


def nip_value(cell: str, style: Style) -> Reading:
    """A NIP or NI PPPK by its structure; there is no check digit.

    Eighteen digits: a birth date, a year and month of appointment (NIP) or a year and two digits
    that are no month (NI PPPK, which exist since 2019), sex 1 or 2, and a serial that is not 000.
    """
    number = _squeezed(cell)
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
        f"OR regexp_matches({number}, '^\\d{{15}}000([.,]0)?$')"
    )
    rounded = "true" if style.rounded else "false"
    return Reading(
        f"CASE WHEN NOT {rounded} AND substr({number}, 16, 3) <> '000' AND {sound} "
        f"THEN {number} END",
        f"CASE WHEN {damaged} OR ({rounded} AND length({number}) = 18) THEN 'nip_damaged' "
        f"WHEN regexp_matches({number}, '^\\d{{9}}$') THEN 'nip_old' ELSE 'nip_invalid' END",
    )


def pin_value(cell: str) -> Reading:
    """A PIN of a device, as text: letters and digits, without zeros in front.

    What one device pads with zeros another one writes bare.
    """
    plain = f"ltrim({cell}, '''')"
    bare = f"CASE WHEN {plain} LIKE '0_%' THEN nullif(ltrim({plain}, '0'), '') ELSE {plain} END"
    return Reading(
        f"CASE WHEN regexp_full_match({plain}, '[0-9A-Za-z]{{1,24}}') THEN {bare} END",
        "'pin_invalid'",
    )


def hmac_value(cell: str) -> str:
    """SQL of the HMAC-SHA-256 (RFC 2104) of a text, with two parameters: see `hmac_pads`."""
    folded = f"encode(lower({cell}))"
    return f"sha256(CAST(? AS BLOB) || unhex(sha256(CAST(? AS BLOB) || {folded})))"


def hmac_pads(key: bytes) -> tuple[bytes, bytes]:
    """The outer and inner pad of a key of at most 64 bytes, in the order of the parameters."""
    block = key.ljust(64, b"\0")
    return bytes(b ^ 0x5C for b in block), bytes(b ^ 0x36 for b in block)


# --- answers --------------------------------------------------------------------------------


def answer_value(cell: str, low: int, high: int, words: dict[str, int]) -> Reading:
    """A point of the scale from ``low`` to ``high``, as a number or as one of ``words``.

    ``5 - Sangat Setuju`` counts by its number.
    """
    folded = f"regexp_replace(lower({cell}), '\\s+', ' ', 'g')"
    leading = "^(\\d{1,3})(?:[.,]0+)?(?: *[-.:=)].*)?$"
    number = f"try_cast(regexp_extract({cell}, '{leading}', 1) AS INTEGER)"
    word = "NULL"
    if words:
        keys = ", ".join(literal(label) for label in words)
        points = ", ".join(str(point) for point in words.values())
        word = f"map_extract_value(MAP([{keys}], [{points}]), {folded})"
    point = f"coalesce({number}, {word})"
    return Reading(
        f"CASE WHEN {point} BETWEEN {low} AND {high} THEN CAST({point} AS SMALLINT) END",
        f"CASE WHEN {point} IS NULL THEN 'answer_unknown' ELSE 'answer_off_scale' END",
    )
