"""What `rules` and `check config` say about the rules that hold.

Belongs here: rows as lines, the region's own beside the shipped ones. Does not belong here: which
row holds (`ingest.rules.view`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from orchestration.say.opening import notices
from orchestration.say.terminal import line
from warehouse.privacy import masked
from warehouse.store.home import Home
from warehouse.vocabulary import Text

if TYPE_CHECKING:
    from ingest.arrivals.governments import Government
    from ingest.rules.resolving import Record, Rules
    from ingest.rules.view import Holding


def rules_of(
    government: Government, today: date, rows: Sequence[Holding], *, everything: bool
) -> None:
    """The rules of a government: its own rows beside those they stand for, or all rows."""
    own = [row for row in rows if row.is_own]
    line(f"{government.code} {government.name} · {today}")
    line(
        f"Milik daerah · the region's own: {len(own)} baris · rows; bawaan · shipped: "
        f"{len(rows) - len(own)} baris · rows"
    )
    for row in rows if everything else own:
        key = " ".join(f"{name}={value}" for name, value in row.key.items())
        line(f"  {row.table.name} {key} → {_values(row, row.row)}")
        line(f"      {row.place}; {_source(row.row)}")
        if row.shipped is not None:
            line(f"      bawaan · shipped: {_values(row, row.shipped)}; {_source(row.shipped)}")
    if not everything:
        line("Semua baris · all rows: --all")


def no_government(home: Home) -> None:
    """There is nobody whose rules could hold."""
    line(
        f"Belum ada folder pemerintah daerah di {home.landing}; sebut kodenya: --government 72.71 "
        f"· no government has a folder in {home.landing} yet; name its code: --government 72.71"
    )


def rules_are_right(
    rules: Rules, governments: Sequence[Government], noticed: Sequence[Text]
) -> None:
    """`check config` found nothing that stops a night."""
    rows = [row for of in rules.tables.values() for row in of]
    own = sum(row["origin"] == "home" for row in rows)
    named = ", ".join(f"{one.code} {one.name}" for one in governments) or "-"
    line(
        f"Aturan benar: {len(rows)} baris berlaku, {own} milik daerah, untuk {named} · the rules "
        f"are right: {len(rows)} rows hold, {own} of them the region's own, for {named}"
    )
    notices(noticed)


def _values(holding: Holding, row: Record) -> str:
    return ", ".join(f"{name}={value}" for name, value in holding.values(row).items()) or "-"


def _source(row: Record) -> str:
    return f"{masked(str(row['source'] or '-'))} ({row['trust'] or '-'})"
