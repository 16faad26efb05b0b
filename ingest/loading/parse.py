"""Files that are read alike are parsed together: their rows by one statement, each judged alone.

Belongs here: the way of their lines into the scratch, and what they tell of themselves there. Does
not belong here: which files are alike (`ingest.loading.alike`), what is said of one that fails
(`ingest.loading.batch`), SQL of a row (`ingest.loading.rows`), what the rows of a file are to one
another (`ingest.loading.marking`).

One file is read as several are. Nothing that a file's rows become depends on its neighbours: styles
are settled, duplicates marked and rows counted by file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import duckdb

from ingest.loading import noting
from ingest.loading.alike import Opened, together
from ingest.loading.balance import BalanceError
from ingest.loading.marking import divide_survey, mark_duplicates, skip_last_total
from ingest.loading.rows import Fate, select_parameters, select_rows, sources
from ingest.loading.spans import refuse_spanning
from ingest.notes import Note
from ingest.reasons import Unreadable
from ingest.recognising.fields import Field, fields_of
from ingest.recognising.match import Match
from ingest.recognising.respondents import unname_shared
from ingest.recognising.styles import Sheet
from ingest.recognising.verdicts import Source, styles_by_file
from ingest.values.people import hmac_pads
from ingest.values.style import Style
from warehouse.catalog.model import Table
from warehouse.catalog.reader import load_catalog

# A file whose bytes DuckDB refuses is the sender's fault, not ours.
_FILE_FAULTS = (duckdb.InvalidInputException, duckdb.ConversionException)
# What one file may be the cause of, or be read without. All else, a stop among it, ends the load.
MAY_BE_A_FILES = (
    Unreadable,
    BalanceError,
    duckdb.IOException,
    duckdb.OutOfMemoryException,
    OSError,
    *_FILE_FAULTS,
)


@dataclass(frozen=True)
class Parsed:
    """A file in the scratch: its table, its place there, its counts by fate, how it was read."""

    table: str = ""
    first_row: int = 0
    skip: int = 0
    lines: int = 0
    counts: Mapping[Fate, int] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()


class Apart(Exception):  # noqa: N818 - no error: they may well be readable
    """Files that can't be read together with the others, by their numbers; never all of them."""

    def __init__(self, numbers: Iterable[int]) -> None:
        """Take the numbers."""
        super().__init__("to be read apart")
        self.numbers = frozenset(numbers)


def parse(
    conn: duckdb.DuckDBPyConnection, files: Sequence[Opened], key: bytes
) -> dict[int, Parsed]:
    """Write every line of files that are alike to the scratch, by the first way that loses none.

    All of them are written, or nothing.

    Args:
        conn: A connection with the open scratch.
        files: What `alike` put together.
        key: The home's, for the HMAC of respondents.

    Raises:
        Apart: Some of several files can't be read as the others.
        Unreadable: The one file can't be read.
        BalanceError: Lines of the one file got lost.
    """
    try:
        load = _Load(conn, files, key)
        load.store()
    except MAY_BE_A_FILES as error:
        if len(files) == 1:
            raise
        raise Apart(file.number for file in files[: len(files) // 2]) from error
    return load.judge()


@dataclass
class _Placed:
    """The rows of a file in the scratch: their number by fate, and from where to where they lie."""

    first: int
    end: int
    counts: dict[Fate, int] = field(default_factory=dict)


class _Load:
    """Files that are alike, on their way into the scratch."""

    def __init__(
        self, conn: duckdb.DuckDBPyConnection, files: Sequence[Opened], key: bytes
    ) -> None:
        self.conn, self.files, self.key = conn, files, key
        self.match = together(files)
        self.table: Table = load_catalog().sources[self.match.table]
        self.fields: Sequence[Field] = fields_of(self.match, files[0].context)
        self.first = self._count(f"SELECT count(*) FROM scratch.{self.table.name}")
        self.styles: Sequence[Mapping[str, Style]] = ()
        self.notes: Mapping[int, tuple[list[Note], list[Note]]] = {}
        self.unnamed: dict[int, int] = {}

    # --- what needs the files --------------------------------------------------------------

    def store(self) -> None:
        """Write a row per line, by the first way of reading that loses none."""
        *_, safe = sources(self.match)
        rows = Sheet(self.conn, safe.relation, file_of=self.match.grid.file_of)
        sheets = [replace(rows, number=place) for place in range(len(self.files))]
        self._refuse_spanning(sheets, safe)
        fault: Exception | None = None
        for way, _ in enumerate(sources(self.match)):
            self.conn.execute("BEGIN TRANSACTION")
            try:
                self._store_by(way)
                self._note_columns(sheets, safe)
            except (BalanceError, Apart, *_FILE_FAULTS) as error:
                self.conn.execute("ROLLBACK")
                fault = error
            except BaseException:
                self.conn.execute("ROLLBACK")
                raise
            else:
                self.conn.execute("COMMIT")
                return
        if isinstance(fault, _FILE_FAULTS):
            raise Unreadable("text_unreadable") from fault
        assert fault is not None  # noqa: S101 - every way has failed
        raise fault

    def _refuse_spanning(self, sheets: Sequence[Sheet], safe: Source) -> None:
        refused: dict[int, Exception] = {}
        for file, sheet in zip(self.files, sheets, strict=True):
            try:
                refuse_spanning(sheet, safe, self.match, self.fields)
            except Unreadable as error:
                refused[file.number] = error
        self._part(refused)

    def _part(self, wrong: Mapping[int, Exception]) -> None:
        """Raise what is wrong with the one file, or name those of several that it is wrong with."""
        if not wrong:
            return
        if len(self.files) == 1:
            raise wrong[self.files[0].number]
        most = len(self.files) // 2 if len(wrong) == len(self.files) else len(wrong)
        raise Apart([*wrong][:most])

    def _store_by(self, way: int) -> None:
        self.styles, self.unnamed = list(self._styles(way)), {}
        stored = 0
        for places in _by_style(self.styles):
            files, styles = [self.files[place] for place in places], self.styles[places[0]]
            stored += self._insert(files, styles, way)
        self._hold_lines(stored)

    def _styles(self, way: int) -> Iterator[Mapping[str, Style]]:
        reading = self.files[0].reading
        if reading.mended is None:
            by = self.match, self.fields, _source(self.match, way)
        else:  # a few rows tell little: the style of their original's columns is theirs
            by = reading.styled_by, self.fields, _source(reading.styled_by, -1)
        return styles_by_file(self.conn, *by)

    def _insert(self, files: Sequence[Opened], styles: Mapping[str, Style], way: int) -> int:
        """Write a row per line of files of one style; returns how many there are."""
        match = together(files)
        select = select_rows(match, self.fields, styles, _source(match, way))
        number = f"[{', '.join(str(file.number) for file in files)}][CAST(file_no + 1 AS BIGINT)]"
        rows = f"SELECT * EXCLUDE (file_no), {number} AS delivery_no FROM ({select})"
        into = f"INSERT INTO scratch.{self.table.name} BY NAME"
        if self.table.items_in:
            into = "CREATE TABLE scratch.sheet AS"
        parameters = select_parameters(self.fields, hmac_pads(self.key))
        stored = self._count(f"{into} {rows}", parameters)
        if self.table.items_in:
            self.unnamed |= unname_shared(self.conn)
            divide_survey(self.conn, self.fields)
        return stored

    def _hold_lines(self, stored: int) -> None:
        """Hold that every line of every file has a row."""
        counts = {self.files[0].number: stored}
        if len(self.files) > 1:
            counts = dict(
                self.conn.execute(
                    f"SELECT delivery_no, count(*) FROM scratch.{self.table.name} "
                    f"WHERE rowid >= {self.first} GROUP BY delivery_no"
                ).fetchall()
            )
        layout = self.match.layout
        self._part(
            {
                file.number: BalanceError(f"layout {layout}: {file.lines} lines, {found} rows")
                for file in self.files
                if (found := counts.get(file.number, 0)) != file.lines
            }
        )

    def _note_columns(self, sheets: Sequence[Sheet], safe: Source) -> None:
        """Note what only the files tell."""
        self.notes = {
            file.number: (
                list(noting.of_codes(sheet, safe, file.reading.match, self.fields)),
                list(noting.of_columns(sheet, safe, file.reading.match, self.fields)),
            )
            for file, sheet in zip(self.files, sheets, strict=True)
        }

    # --- what needs the rows ---------------------------------------------------------------

    def judge(self) -> dict[int, Parsed]:
        """Tell what became of every line, once all of them lie in the scratch."""
        skip_last_total(self.conn, self.table, self.first)
        mark_duplicates(self.conn, self.table, self.first)
        self._note_origins()
        return self._told(self._placed())

    def _placed(self) -> Mapping[int, _Placed]:
        """Where the rows of every file lie: those of its lines, in their order."""
        placed: dict[int, _Placed] = {}
        for number, fate, rows, first, last in self.conn.execute(
            "SELECT delivery_no, fate, count(*), min(rowid), max(rowid) FROM "
            f"scratch.{self.table.name} WHERE rowid >= {self.first} GROUP BY delivery_no, fate"
        ).fetchall():
            of = placed.setdefault(number, _Placed(first, last + 1))
            of.first, of.end = min(first, of.first), max(last + 1, of.end)
            of.counts[Fate(fate)] = rows
        for file in self.files:
            of = placed.setdefault(file.number, _Placed(self.first, self.first))
            if {of.end - of.first, sum(of.counts.values())} != {file.lines}:
                raise BalanceError(f"layout {self.match.layout}: rows lie in another's place")
        return placed

    def _note_origins(self) -> None:
        """Take down which rows that came back were records, and what they mend."""
        mended = self.files[0].reading.mended
        if mended is None:
            return
        rows = [row for row, _ in mended.origins]
        originals = [original for _, original in mended.origins]
        self.conn.execute(
            f"""
            INSERT INTO scratch.mended_row
            SELECT ?, m.row_number, ?, m.original_row
            FROM (SELECT unnest(CAST(? AS BIGINT[])) AS row_number,
                unnest(CAST(? AS BIGINT[])) AS original_row) m
            SEMI JOIN (SELECT * FROM scratch.{self.table.name} WHERE rowid >= {self.first}) p
              ON p.source_row = m.row_number AND p.fate <> {Fate.SKIPPED}""",
            [self.files[0].number, mended.original_sha256, rows, originals],
        )

    def _told(self, placed: Mapping[int, _Placed]) -> dict[int, Parsed]:
        respondents: Mapping[int, Sequence[Note]] = {}
        skipped: Mapping[int, Sequence[Note]] = {}
        if self.table.items_in:
            respondents = noting.of_respondents(self.conn, self.first, self.unnamed)
        if any(Fate.SKIPPED in of.counts for of in placed.values()):
            firsts = {number: of.first for number, of in placed.items()}
            skipped = noting.of_skipped(self.conn, self.match, self.first, firsts)
        found = {}
        for file, styles in zip(self.files, self.styles, strict=True):
            match, of = file.reading.match, placed[file.number]
            codes, columns = self.notes[file.number]
            notes = (
                *noting.of_match(match, file.context),
                *noting.of_styles(self.fields, styles),
                *codes,
                *respondents.get(file.number, ()),
                *columns,
                *skipped.get(file.number, ()),
            )
            found[file.number] = Parsed(
                self.table.name, of.first, match.skip, file.lines, of.counts, notes
            )
        return found

    def _count(self, sql: str, parameters: Sequence[object] = ()) -> int:
        """The number that a query answers with, or of rows that a statement wrote."""
        row = self.conn.execute(sql, parameters).fetchone()
        return int(row[0]) if row else 0


def _source(match: Match, way: int) -> Source:
    return list(sources(match))[way]


def _by_style(styles: Sequence[Mapping[str, Style]]) -> Iterable[list[int]]:
    """The places of files whose cells are read alike: what settled it, does not matter."""
    groups: dict[str, list[int]] = {}
    for place, of in enumerate(styles):
        read_by = {name: replace(style, reason="", rows=()) for name, style in of.items()}
        groups.setdefault(str(read_by), []).append(place)
    return groups.values()
