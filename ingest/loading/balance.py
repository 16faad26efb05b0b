"""The law of balance: rows read = loaded + quarantined + duplicate, per delivery.

Belongs here: the balance of a delivery and the one check that no load goes around. Does not belong
here: how rows are counted or moved (`ingest.loading.batch`, `ingest.loading.load`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ingest.notes import Note
from warehouse.vocabulary import DeliveryKey


class BalanceError(RuntimeError):
    """Rows of a delivery got lost or were invented; nothing of the load is kept."""


@dataclass(frozen=True)
class Balance:
    """What became of one delivery.

    The fields up to ``rows_skipped`` are those of `raw.delivery`; ``header`` are the file's column
    headers, separated by tabs, ``read_by`` is a digest of the rules that its rows were read by.
    ``rows_loaded`` of a held delivery is what would have been loaded. A row that repeats one of an
    earlier delivery counts as duplicate, though it lies in schema raw too: taking back the earlier
    delivery must not lose it.
    ``notes`` say what was ignored and decided, ``detail`` names the column or limit behind
    ``reason_code``; neither holds a cell.
    """

    government_code: str
    source: str
    period: str
    file_sha256: str
    path: str
    file_name: str
    modified_at: datetime
    received_at: datetime
    run_id: str
    header: str | None = None
    read_by: str = ""
    layout: str | None = None
    outcome: str = "loaded"
    reason_code: str | None = None
    rows_read: int = 0
    rows_loaded: int = 0
    rows_quarantined: int = 0
    rows_duplicate: int = 0
    rows_skipped: int = 0
    notes: tuple[Note, ...] = ()
    detail: str = ""

    @property
    def key(self) -> DeliveryKey:
        """The identity of the delivery."""
        return DeliveryKey(self.government_code, self.source, self.period, self.file_sha256)

    @property
    def ignored_columns(self) -> tuple[str, ...]:
        """The names of columns that were not read."""
        return tuple(note.about for note in self.notes if note.code == "column_ignored")


def check_balance(
    balance: Balance, *, lines: int, stored: int, quarantined: int, repeated: int = 0
) -> None:
    """Hold a delivery's balance against what was really read and stored.

    Args:
        balance: What is going to be recorded.
        lines: Lines of the file below its header, counted when it was scanned as bytes.
        stored: Its rows in the table that they were loaded into.
        quarantined: Its rows in quarantine.
        repeated: How many of the stored rows repeat rows of earlier deliveries.

    Raises:
        BalanceError: Any of the sums is wrong.
    """
    kept = balance.outcome == "loaded"  # of a held delivery nothing is
    expected: Mapping[str, tuple[int, int]] = {
        "lines = read + skipped": (lines, balance.rows_read + balance.rows_skipped),
        "read = loaded + quarantined + duplicate": (
            balance.rows_read,
            balance.rows_loaded + balance.rows_quarantined + balance.rows_duplicate,
        ),
        "stored = loaded + repeated": (
            stored,
            kept * (balance.rows_loaded + repeated),
        ),
        "in quarantine = quarantined": (quarantined, kept * balance.rows_quarantined),
    }
    for law, (left, right) in expected.items():
        if left != right:
            raise BalanceError(f"{balance.source} {balance.file_sha256}: {law}: {left} and {right}")
