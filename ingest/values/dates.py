r"""Text to dates and times of day, as SQL expressions over a trimmed cell.

Belongs here: the forms in which days and times are written. A form that can be read one way only
(``2026-07-17``, ``17 Juli 2026``) is read as that; what can be read two ways (``05/06/2026``)
follows the style of its column. A form matches the whole cell or not at all. Does not belong here:
what settles the style (`ingest.recognising.styles`).
"""

from __future__ import annotations

from ingest.values.style import Style
from ingest.values.text import BLANK, Reading
from ingest.values.words import MONTHS, WEEKDAYS
from warehouse.sql import literal

SLASHED = r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})"
"""A day in figures with the year last: which is the month?"""

_WEEKDAY = "|".join(sorted({*WEEKDAYS, r"jum\x27at"}, key=len, reverse=True))
_BETWEEN = rf"(?:[-/._,]|{BLANK})+"
_NAMED = (
    rf"^(?:(?i:{_WEEKDAY})\.?(?:,|{BLANK})+)?"
    rf"(\d{{1,2}}){_BETWEEN}([A-Za-z]+)\.?{_BETWEEN}(\d{{4}})$"
)
# One sign throughout, a fraction behind seconds only: 12.30.2026 is no time, 7.30.5 neither.
_CLOCK = (
    r"(\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?|\d{1,2}\.\d{2}(?:\.\d{2})?)"
    r"( *[AaPp]\.?[Mm]\.?)?"
)
_DATE_TIME = (
    rf"^(.+?)(?:(?:,|{BLANK})+|T){_CLOCK}"
    r"(?: *(Z|(?:GMT|UTC)?[+-](?:0?\d|1[0-4])(?::?[0-5]\d)?|GMT|UTC|WIB|WITA|WIT))?$"
)
_TIME = rf"^{_CLOCK}$"
# A slashed day that is all of a cell, or has only a time behind it.
_SLASHED_DAY = rf"^({SLASHED.replace('(', '(?:')})(?:(?:,|{BLANK})+\d{{1,2}}[:.]\d{{2}}.*)?$"
_ISO = r"^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}$"
# A day between 1954 and 2091 as a spreadsheet counts them.
_SERIAL = r"^[2-6]\d{4}"


# --- what a cell says about the order of its column -----------------------------------------


def order_readings(cell: str) -> tuple[str, str]:
    """SQL of the day that a slashed cell is if the day, or the month, stands first; else NULL."""
    # Cheap to see: the first number is of one or two digits. So ISO costs no regular expression.
    signs = "('-', '/', '.')"
    loose = f"substr({cell}, 2, 1) IN {signs} OR substr({cell}, 3, 1) IN {signs}"
    day = f"regexp_replace(regexp_extract({cell}, '{_SLASHED_DAY}', 1), '[-.]', '/', 'g')"
    return (
        f"CASE WHEN {loose} THEN try_strptime({day}, '%d/%m/%Y')::DATE END",
        f"CASE WHEN {loose} THEN try_strptime({day}, '%m/%d/%Y')::DATE END",
    )


def iso_day(cell: str) -> str:
    """SQL of the day that an ISO date, with or without a time, is; else NULL."""
    return (
        f"CASE WHEN {cell} LIKE '____-__-__%' "
        f"THEN try_cast(substr({cell}, 1, 10) || ' 00:00:00' AS TIMESTAMP)::DATE END"
    )


def _unless_swapped(cell: str, reading: Reading, style: Style) -> Reading:
    """The reading, save that an ISO day is not read where the column shows that it was swapped."""
    if not style.swapped:
        return reading
    swappable = (
        f"regexp_matches({cell}, '^\\d{{4}}-(0[1-9]|1[0-2])-(0[1-9]|1[0-2])') "
        f"AND substr({cell}, 6, 2) <> substr({cell}, 9, 2)"
    )
    return Reading(
        f"CASE WHEN {swappable} THEN NULL ELSE {reading.value} END",
        f"CASE WHEN {swappable} THEN 'date_order_unknown' ELSE {reading.problem} END",
    )


# --- readings -------------------------------------------------------------------------------


def date_value(cell: str, style: Style) -> Reading:
    """A day: ISO, ``17/07/2026``, ``17-07-2026``, ``17 Juli 2026``, or a spreadsheet's serial."""
    return _unless_swapped(cell, _date_value(cell, style), style)


def _date_value(cell: str, style: Style) -> Reading:
    month = f"map_extract_value({_month_map()}, lower(regexp_extract({cell}, '{_NAMED}', 2)))"
    named = (
        f"concat_ws('-', regexp_extract({cell}, '{_NAMED}', 3), {month}, "
        f"regexp_extract({cell}, '{_NAMED}', 1))"
    )
    plain = f"regexp_replace({cell}, '[ T]0{{1,2}}[:.]00([:.]00(\\.0+)?)?$', '')"
    value = (
        # A cast to DATE reads 2026-07-1O as the first of July, one to TIMESTAMP reads all or none.
        f"CASE WHEN {cell} LIKE '____-__-__' "
        f"THEN try_cast({cell} || ' 00:00:00' AS TIMESTAMP)::DATE "
        f"WHEN regexp_matches({plain}, '^{SLASHED}$') THEN {_slashed_date(plain, style)} "
        f"WHEN regexp_matches({plain}, '{_ISO}') "
        f"THEN try_cast(regexp_replace({plain}, '[/.]', '-', 'g') AS DATE) "
        f"WHEN regexp_matches({cell}, '{_SERIAL}$') "
        f"THEN DATE '{style.epoch}' + try_cast({cell} AS INTEGER) "
        f"WHEN regexp_matches({cell}, '{_NAMED}') AND {month} IS NOT NULL "
        f"THEN try_cast({named} AS DATE) END"
    )
    return Reading(value, _order_problem(cell, style, "date_invalid"))


def _month_map() -> str:
    keys = ", ".join(literal(name) for name in MONTHS)
    return f"MAP([{keys}], [{', '.join(str(number) for number in MONTHS.values())}])"


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
    day_first, month_first = order_readings(cell)
    return (
        f"CASE WHEN {day_first} <> {month_first} THEN 'date_order_unknown' "
        f"ELSE {literal(otherwise)} END"
    )


def timestamp_value(cell: str, style: Style) -> Reading:
    """A wall-clock time with its date; a zone behind it is not applied."""
    day = _date_value(f"regexp_extract({cell}, '{_DATE_TIME}', 1)", style)
    clock = _clock(cell, _DATE_TIME, 2)
    serial = (  # in microseconds: a multiple of an interval of seconds ends with the year 1968
        f"TIMESTAMP '{style.epoch}' + to_microseconds("
        f"1000000 * CAST(round(try_cast({cell} AS DOUBLE) * 86400) AS BIGINT))"
    )
    value = (
        # The cast takes a Z or a point for the last figure.
        f"CASE WHEN {cell} LIKE '____-__-__ __:__:__' THEN "
        f"CASE WHEN right({cell}, 1) BETWEEN '0' AND '9' THEN try_cast({cell} AS TIMESTAMP) END "
        f"WHEN regexp_matches({cell}, '{_SERIAL}\\.\\d+$') THEN {serial} "
        f"WHEN regexp_matches({cell}, '{_DATE_TIME}') THEN ({day.value}) + ({clock}) END"
    )
    problem = _order_problem(cell, style, "timestamp_invalid")
    return _unless_swapped(cell, Reading(value, problem), style)


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
    written = f"regexp_extract({cell}, '{pattern}', {group})"
    whole = f"regexp_replace({written}, '(:\\d{{2}}:\\d{{2}})[.,]\\d+$', '\\1')"
    digits = f"replace({whole}, '.', ':')"
    half = f"upper(regexp_extract({cell}, '{pattern}', {group + 1}))"
    text = f"concat({digits}, ' ', replace(replace({half}, '.', ''), ' ', ''))"
    forms = "['%H:%M:%S ', '%H:%M ', '%I:%M:%S %p', '%I:%M %p']"
    return f"try_strptime({text}, {forms})::TIME"


def time_of_number(cell: str) -> Reading:
    """A time of day from a spreadsheet's number: 0.25 is 06:00, 1 is midnight."""
    seconds = f"CAST(round(try_cast({cell} AS DOUBLE) * 86400) AS BIGINT)"
    value = (
        f"CASE WHEN try_cast({cell} AS DOUBLE) BETWEEN 0 AND 1 "
        f"THEN (TIMESTAMP '2000-01-01' + INTERVAL 1 SECOND * {seconds})::TIME END"
    )
    return Reading(value, "'time_invalid'")


def time_value(cell: str) -> Reading:
    """A time of day: ``07:30``, ``7.30``, ``07:30:00``, ``4:00 PM``; ``24:00`` is midnight.

    0.25 may be six o'clock (a fraction of a day) or a quarter past midnight, and is refused.
    """
    fraction = (
        f"(TIMESTAMP '2000-01-01' + INTERVAL 1 SECOND * "
        f"CAST(round(try_cast({cell} AS DOUBLE) * 86400) AS BIGINT))::TIME"
    )
    value = (
        f"CASE WHEN regexp_matches({cell}, '^24[:.]00([:.]00)?$') THEN TIME '00:00:00' "
        f"WHEN regexp_matches({cell}, '^0\\.\\d{{2}}$') THEN NULL "
        f"WHEN regexp_matches({cell}, '{_TIME}') THEN {_clock(cell, _TIME, 1)} "
        f"WHEN regexp_matches({cell}, '^0?\\.\\d{{3,}}$') THEN {fraction} END"
    )
    return Reading(value, "'time_invalid'")
