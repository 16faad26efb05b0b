"""Deliveries are parsed into the scratch: typed lines, each with its fate, and their counts.

Belongs here: opening every file, and what is said of one that fails. Does not belong here: reading
the rows of files that are alike (`ingest.loading.parse`), SQL of a row (`ingest.loading.rows`),
what is kept (`ingest.loading.load`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain, islice
from pathlib import Path

import duckdb

from ingest.arrivals.landing import Delivery
from ingest.loading.alike import Opened, Reading, alike
from ingest.loading.balance import Balance
from ingest.loading.context import Contexts, Receipt, digest, former_digests
from ingest.loading.parse import MAY_BE_A_FILES, Apart, Parsed, parse
from ingest.loading.rows import Fate
from ingest.loading.scratch import DELIVERY, as_told, told
from ingest.notes import to_json
from ingest.reading.dialect import open_grids
from ingest.reading.headers import folded
from ingest.reasons import Unreadable
from ingest.recognising.fields import Context
from ingest.recognising.layouts import recognise
from ingest.recognising.match import Match
from ingest.senders.mended import read_mended
from warehouse.catalog.reader import load_catalog
from warehouse.vocabulary import DeliveryKey

Numbered = tuple[int, tuple[Delivery, Receipt]]
# So many files are held open, with their heads, to look for those that are alike.
_AT_ONCE = 1000
_DECIDED = ("outcome", "reason_code", "rows_loaded", "rows_duplicate", "repeated")


@dataclass
class Batch:
    """One load of one source, over an open scratch (`ingest.loading.scratch.open_scratch`).

    ``key`` is the home's, for the HMAC of respondents; ``time_zone`` that of governments which the
    rules don't name. ``find`` looks for the file of a digest at the place of a delivery: the
    original of a returned workbook. ``today`` is the local date, on which withdrawals hold.
    ``balances`` is by number of the delivery, from 1, in their order.
    """

    conn: duckdb.DuckDBPyConnection
    source: str
    run_id: str
    key: bytes
    time_zone: str
    folder: Path
    find: Callable[[Delivery, str], Delivery | None]
    today: date
    balances: dict[int, Balance] = field(default_factory=dict)
    _ids: dict[DeliveryKey, int] = field(default_factory=dict)
    _last_id: int | None = None
    _contexts: Contexts = field(init=False)

    def __post_init__(self) -> None:
        """Know nothing of any delivery yet."""
        self._contexts = Contexts(self.conn, self.time_zone, self.today)

    def read(self, deliveries: Iterable[tuple[Delivery, Receipt]]) -> list[int]:
        """Parse deliveries, instruments before the surveys that they describe.

        Returns:
            The numbers under which they are known from now on, in the order given.
        """
        first = len(self.balances) + 1
        numbered = list(enumerate(deliveries, start=first))
        early = {number for number, (delivery, _) in numbered if self._is_instrument(delivery)}
        for one in numbered:
            if one[0] in early:  # the next one may be read by it
                self._record(self._read([one]))
                self._contexts.forget()
        others = iter([one for one in numbered if one[0] not in early])
        while some := [*islice(others, _AT_ONCE)]:
            self._record(self._read(some))
        return [number for number, _ in numbered]

    def read_instruments(self, deliveries: Iterable[tuple[Delivery, Receipt]]) -> None:
        """Parse those deliveries that are instruments of a survey."""
        self.read([(d, receipt) for d, receipt in deliveries if self._is_instrument(d)])

    def read_by(self, delivery: Delivery, receipt: Receipt) -> tuple[str, set[str]]:
        """A digest of what a delivery's rows would be read by now, the file itself apart.

        And those that former versions of the product took of the same.
        """
        context = self._contexts.of(delivery, receipt)
        return digest(context), former_digests(self.conn, context, delivery, receipt)

    def decide(self, decided: Mapping[int, Balance], repeated: Mapping[int, int]) -> None:
        """Take down what was decided about deliveries; the views of schema batch follow.

        Args:
            decided: Their balances by number.
            repeated: How many of their rows repeat rows of earlier deliveries.
        """
        if not decided:
            return
        self.balances |= decided
        rows = (
            {**vars(balance), "delivery_no": number, "repeated": repeated.get(number, 0)}
            for number, balance in decided.items()
        )
        changes = ", ".join(f"{name} = told.{name}" for name in _DECIDED)
        self.conn.execute(
            f"UPDATE scratch.delivery AS d SET {changes} FROM {told(('delivery_no', *_DECIDED))} "
            "AS told WHERE d.delivery_no = told.delivery_no",
            [as_told(rows)],
        )

    def drop(self, number: int) -> None:
        """Leave a delivery out, as if it had not been read."""
        del self.balances[number]
        self.conn.execute("DELETE FROM scratch.delivery WHERE delivery_no = ?", [number])
        self.conn.execute("DELETE FROM scratch.mended_row WHERE delivery_no = ?", [number])

    def _is_instrument(self, delivery: Delivery) -> bool:
        first = {t.name for t in load_catalog().tables_of(self.source) if t.read_first}
        if not first:
            return False
        try:
            return self._recognise(delivery, {}).match.table in first
        except (Unreadable, OSError):  # it will be said when its turn comes
            return False

    def _recognise(self, delivery: Delivery, items: Mapping[str, str]) -> Reading:
        grids = open_grids(delivery.path, self.folder)
        first = next(grids)
        mended = read_mended(first)
        if mended is None:
            match = recognise(self.source, chain([first], grids), items)
            return Reading(match, match)
        original = self.find(delivery, mended.original_sha256)
        if original is None:
            raise Unreadable("original_unknown")
        read_as = self._recognise(original, items)
        if load_catalog().sources[read_as.match.table].snapshot:
            raise Unreadable("original_whole")
        match = replace(read_as.match, grid=mended.grid, skip=0, mended=True, notes=())
        return Reading(match, read_as.styled_by, mended, original)

    # --- parsing ---------------------------------------------------------------------------

    def _read(self, some: Sequence[Numbered]) -> dict[int, tuple[Balance, Parsed]]:
        """Parse deliveries; returns what became of each by its number, in their order."""
        found: dict[int, tuple[Balance, Parsed]] = {}
        opened = []
        for number, (delivery, receipt) in some:
            balance = Balance(
                *delivery.key,
                delivery.relative_path,
                delivery.file_name,
                receipt.modified_at,
                receipt.received_at,
                self.run_id,
            )
            file = self._open(number, delivery, receipt, balance)
            if isinstance(file, Opened):
                opened.append(file)
            else:
                found[number] = file, Parsed()
        for together in alike(opened):
            found |= self._parse(together)
        return dict(sorted(found.items()))

    def _open(
        self, number: int, delivery: Delivery, receipt: Receipt, balance: Balance
    ) -> Opened | Balance:
        """Recognise a file; the balance of one that can't be."""
        try:
            context = self._contexts.of(delivery, receipt)
            reading = self._recognise(delivery, {folded(item): item for item in context.scales})
        except MAY_BE_A_FILES as error:
            return _failed(error, balance, balance, [delivery])
        return Opened(number, delivery, balance, context, reading)

    def _parse(self, files: Sequence[Opened]) -> dict[int, tuple[Balance, Parsed]]:
        """Parse files that are alike; one that can't be read falls out of them alone."""
        found: dict[int, tuple[Balance, Parsed]] = {}
        try:
            parsed = parse(self.conn, files, self.key)
        except Apart as apart:
            for named in (True, False):
                found |= self._parse([f for f in files if (f.number in apart.numbers) is named])
            return found
        except MAY_BE_A_FILES as error:
            if len(files) > 1:  # they were written together, and what lies there is not theirs
                raise
            (file,) = files
            recognised = _recognised(file.balance, file.reading.match, file.context)
            failed = _failed(error, recognised, file.balance, file.files)
            return {file.number: (failed, Parsed())}
        for file in files:
            of = parsed[file.number]
            if trouble := _trouble(file.files):
                found[file.number] = _set_aside(file.balance, trouble), Parsed()
                continue
            recognised = _recognised(file.balance, file.reading.match, file.context)
            found[file.number] = replace(_counted(recognised, of.counts), notes=of.notes), of
        return found

    def _record(self, found: Mapping[int, tuple[Balance, Parsed]]) -> None:
        rows = (
            {
                **vars(balance),
                "delivery_no": number,
                "table_name": parsed.table,
                "first_row": parsed.first_row,
                "skip": parsed.skip,
                "lines": parsed.lines,
                "repeated": 0,
                "delivery_id": self._delivery_id(balance.key),
                "notes": to_json(balance.notes),
            }
            for number, (balance, parsed) in found.items()
        )
        self.conn.execute(
            f"INSERT INTO scratch.delivery BY NAME FROM {told(DELIVERY)}", [as_told(rows)]
        )
        self.balances |= {number: balance for number, (balance, _) in found.items()}

    def _delivery_id(self, key: DeliveryKey) -> int:
        """The number that a delivery was given when it was first decided, else the next one."""
        if self._last_id is None:
            rows = self.conn.execute(
                "SELECT government_code, source, period, file_sha256, delivery_id FROM raw.delivery"
            ).fetchall()
            self._ids = {DeliveryKey(*row[:4]): row[4] for row in rows}
            self._last_id = max(self._ids.values(), default=0)
        if key not in self._ids:
            self._last_id += 1
            self._ids[key] = self._last_id
        return self._ids[key]


def _recognised(balance: Balance, match: Match, context: Context) -> Balance:
    header = "\t".join(match.header) or None
    # An instrument is itself what others are read by.
    is_read_first = load_catalog().sources[match.table].read_first
    by = balance.read_by if is_read_first else digest(context)
    return replace(balance, header=header, layout=match.layout, read_by=by)


def _set_aside(balance: Balance, reason_code: str, detail: str = "") -> Balance:
    return replace(balance, outcome="set_aside", reason_code=reason_code, detail=detail)


def _trouble(files: Iterable[Delivery]) -> str:
    """Why what was read from some files is not what was found in landing; empty if it is."""
    return next(filter(None, (file.trouble() for file in files)), "")


def _failed(
    error: Exception, recognised: Balance, balance: Balance, files: Iterable[Delivery]
) -> Balance:
    """The balance of a file that can't be read; raises the error of one that could have been.

    If what was read is not what was hashed, nothing is known of the file but that.
    """
    if trouble := _trouble(files):
        return _set_aside(balance, trouble)
    if isinstance(error, Unreadable):
        return _set_aside(recognised, error.reason_code, error.message)
    raise error


def _counted(balance: Balance, counts: Mapping[Fate, int]) -> Balance:
    skipped = counts.get(Fate.SKIPPED, 0)
    return replace(
        balance,
        rows_read=sum(counts.values()) - skipped,
        rows_loaded=counts.get(Fate.GOOD, 0),
        rows_quarantined=counts.get(Fate.QUARANTINED, 0),
        rows_duplicate=counts.get(Fate.DUPLICATE, 0),
        rows_skipped=skipped,
    )
