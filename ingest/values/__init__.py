"""Text to typed values, as SQL expressions over a trimmed cell.

Belongs here: what text counts as a number, date, time, yes, employee number, answer, and the reason
why not. A pattern matches a whole cell or refuses it. Does not belong here: which column holds what
(`ingest.recognising.layouts`), what a whole column tells (`ingest.recognising.styles`), the words
for the reasons (`ingest.reasons`).
"""

from __future__ import annotations

from ingest.values.answers import answer_value, is_nothing
from ingest.values.dates import (
    date_value,
    iso_day,
    order_readings,
    time_of_number,
    time_value,
    timestamp_value,
    zoned_timestamp_value,
)
from ingest.values.numbers import (
    boolean_value,
    code_of_number,
    decimal_evidence,
    decimals,
    number_of_cell,
    number_value,
    whole_number_value,
)
from ingest.values.people import (
    hmac_pads,
    hmac_value,
    is_damaged_mark,
    names_somebody,
    nip_digits,
    nip_value,
    pin_value,
)
from ingest.values.style import EPOCH, Span, Style
from ingest.values.text import BLANKS, Reading, trimmed, unmarked
from ingest.values.words import (
    FALSE_WORDS,
    HARMLESS,
    MONTHS,
    TRUE_WORDS,
    bare,
    bare_word,
    word_cases,
)

__all__ = [
    "BLANKS",
    "EPOCH",
    "FALSE_WORDS",
    "HARMLESS",
    "MONTHS",
    "TRUE_WORDS",
    "Reading",
    "Span",
    "Style",
    "answer_value",
    "bare",
    "bare_word",
    "boolean_value",
    "code_of_number",
    "date_value",
    "decimal_evidence",
    "decimals",
    "hmac_pads",
    "hmac_value",
    "is_damaged_mark",
    "is_nothing",
    "iso_day",
    "names_somebody",
    "nip_digits",
    "nip_value",
    "number_of_cell",
    "number_value",
    "order_readings",
    "pin_value",
    "time_of_number",
    "time_value",
    "timestamp_value",
    "trimmed",
    "unmarked",
    "whole_number_value",
    "word_cases",
    "zoned_timestamp_value",
]
