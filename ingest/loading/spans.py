"""A name that stands above two columns: which of them is meant, can't be told.

Belongs here: columns of figures without a name, right of one that is read. Does not belong here: a
header whose second row names its parts (`ingest.reading.headers`), columns without a name that
stand elsewhere (`ingest.loading.noting`).
"""

from __future__ import annotations

from collections.abc import Sequence

from ingest.reading.cells import sql_plain
from ingest.reasons import Unreadable
from ingest.recognising.fields import Field
from ingest.recognising.match import Match
from ingest.recognising.styles import Sheet
from ingest.recognising.verdicts import Source
from warehouse.privacy import masked

_TEXTS = frozenset({"VARCHAR", "NIP"})
_FIGURES = r"^[0-9][0-9.,:/% -]*$"


def refuse_spanning(sheet: Sheet, source: Source, match: Match, fields: Sequence[Field]) -> None:
    """Refuse a file in which a column of values has a nameless one like it to its right.

    So look weights and scores below one merged cell. They are alike where, in half of the rows that
    have the value or more, figures stand in both.

    Raises:
        Unreadable: ``column_unclear``.
    """
    nameless = {cell for cell, text in enumerate(match.header, start=1) if not text}
    named = [f for f in fields if f.kind not in _TEXTS and f.cell and f.cell + 1 in nameless]
    if not named:
        return

    def figures(cell: int) -> str:
        text = source.cell(cell)
        return f"coalesce(regexp_matches({sql_plain(text, f'trim({text})')}, '{_FIGURES}'), false)"

    shares = (
        f"2 * count(*) FILTER ({figures(f.cell)} AND {figures(f.cell + 1)}) "
        f">= greatest(1, count(*) FILTER ({figures(f.cell)}))"
        for f in named
    )
    found = sheet.ask([*shares])
    unclear = [match.header[f.cell - 1] for f, alike in zip(named, found, strict=True) if alike]
    if unclear:
        raise Unreadable("column_unclear", ", ".join(map(masked, unclear)))
