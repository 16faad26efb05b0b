"""The rules that hold: shipped rows and the region's own → schema raw, resolved by day.

Belongs here: which files are rules, which of several rows holds, and the tables that dbt reads.
Does not belong here: cells (`ingest.rules.files`), checks among rows (`ingest.rules.checks`), what
a rule means for a score (dbt).

**Who wins.** For one government, key and day exactly one row holds: the region's own before the
shipped one, and among those the row that names the government before the one for all. A row that
loses on some days is cut, so that `raw.rule_*` holds finished, non-overlapping validity per
government and dbt needs no precedence of its own.

**Criteria of IP-ASN** (`ip_asn_rules.criterion`) are `<attribute>=<word>` or
`<attribute>>=<number>`, without spaces, where the attribute is a column of the source `ip_asn`.
Of the thresholds that a number reaches, the highest counts; an attribute without a value meets
none. The points of a dimension are the sum over its attributes.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from ingest.rules.cells import Value
from ingest.rules.checks import SUMS_TO_ONE, check_rows, check_sums
from ingest.rules.files import Problem, RuleFile, RuleRow, read_rule_file
from ingest.rules.validity import FIRST_DAY, LAST_DAY, ONE_DAY, Spell, layered
from ingest.words import sentence
from warehouse.catalog.model import Table
from warehouse.catalog.reader import load_catalog
from warehouse.errors import UserError
from warehouse.store.home import Home
from warehouse.vocabulary import Text

SHIPPED_RULES = Path(__file__).parent / "shipped"
# What a rule may be saved as; other files of config/ are no rules.
RULE_SUFFIXES = frozenset({".csv", ".xlsx", ".xls", ".ods"})
NATIONAL = "ID"  # the code under which national figures lie
# Where a rule names a last day beside its validity.
LAST_DAYS = {"survey_waves": "end_date", "waivers": "until"}

Record = Mapping[str, Value]


class RulesError(UserError):
    """The rules can not be used; the message lists every problem with its file and row."""

    def __init__(self, problems: Collection[Problem]) -> None:
        self.problems = tuple(sorted(set(problems), key=lambda one: (one.file, one.row, str(one))))
        listed = "\n".join(f"- {problem}" for problem in self.problems)
        said = sentence("file", "all_wrong")
        super().__init__(Text(said.id, f"{said.en}\n{listed}"))


@dataclass(frozen=True)
class Rules:
    """Every rule resolved: by rule name, the rows of `raw.rule_<name>`."""

    tables: Mapping[str, tuple[Record, ...]]

    @cached_property
    def sha256(self) -> str:
        """The digest of what holds; where in a file a row stands makes no difference."""
        lines = sorted(
            json.dumps([name, {k: v for k, v in row.items() if k != "file_row"}], default=str)
            for name, rows in self.tables.items()
            for row in rows
        )
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def withdrawn_files(self, day: date) -> frozenset[tuple[str, str]]:
        """Government and SHA-256 of every file that is taken back as a whole on a day."""
        return frozenset(
            (str(row["government_code"]), str(row["file_sha256"]))
            for row in self.in_force("withdrawals", day)
            if row["row_number"] is None
        )

    def in_force(self, name: str, day: date) -> list[Record]:
        """The rows of a rule that hold on a day."""
        return [
            row
            for row in self.tables[name]
            if row["valid_from"] <= day <= row["valid_to"]  # type: ignore[operator]
        ]


@dataclass(frozen=True)
class RulesLoaded:
    """What `write_rules` stored: the digest of the rules, and the rows of each rule."""

    sha256: str
    rows: Mapping[str, int]


def read_rules(home: Home, governments: Collection[str]) -> Rules:
    """Read, check and resolve the shipped rules and those of a home; nothing is written.

    Args:
        home: The home; a missing `config` folder is an empty one.
        governments: The codes for which the rules are resolved: those with files or rows. One that
            the rule `governments` doesn't name has no rules.

    Raises:
        RulesError: Something is wrong; it lists all that is, not only the first.
    """
    files = list(_rule_files(home))
    rows = [row for file in files for row in file.rows]
    named = {
        row.government_code
        for row in rows
        if row.table.name == "governments" and row.government_code is not None
    }
    problems = [problem for file in files for problem in file.problems]
    problems += check_rows(rows, named)
    if problems:
        raise RulesError(problems)
    if problems := check_sums(_resolve(*_summed(rows, named & set(governments)))):
        raise RulesError(problems)
    return Rules(_resolve(rows, sorted(named & set(governments))))


def _summed(rows: Sequence[RuleRow], here: Collection[str]) -> tuple[list[RuleRow], list[str]]:
    """The rows that must add up, and for whom: also governments whose files are still to come."""
    own = {row.government_code for row in rows if row.origin == "home" and row.government_code}
    some = own.union(here) or {NATIONAL}  # a row for all must add up although nobody is there yet
    return [row for row in rows if row.table.name in SUMS_TO_ONE], sorted(some)


def shipped_rules(governments: Collection[str]) -> Rules:
    """Resolve the shipped rules alone: what would hold if a region had written nothing."""
    rows = [row for file in _shipped().values() for row in file.rows]
    return Rules(_resolve(rows, sorted(governments)))


def write_rules(conn: duckdb.DuckDBPyConnection, rules: Rules) -> RulesLoaded:
    """Replace the rows of every `raw.rule_*` by these, in one transaction.

    Args:
        conn: The working file, with schema raw.
        rules: What `read_rules` returned.
    """
    tables = load_catalog().rules
    with conn.cursor() as cursor:
        cursor.begin()
        for name, rows in rules.tables.items():
            _replace(cursor, tables[name], rows)
        cursor.commit()
    return RulesLoaded(rules.sha256, {name: len(rows) for name, rows in rules.tables.items()})


def rules_digest(home: Home) -> str:
    """Return a digest of the bytes of all rule files: cheap, and differs if a rule may have."""
    digest = hashlib.sha256()
    for folder in (SHIPPED_RULES, home.config):
        for path in _sheets(folder):
            contents = hashlib.sha256(path.read_bytes()).hexdigest()
            digest.update(json.dumps([folder.name, path.name, contents]).encode())
    return digest.hexdigest()


def wake_dates(rules: Rules, since: date, until: date) -> tuple[date, ...]:
    """Return the days after ``since``, up to ``until`` itself, on which some rule changes.

    A row begins, or a row, wave or waiver has ended the day before. Such a day makes a night due
    although no file came.
    """
    days = {day for name, rows in rules.tables.items() for row in rows for day in _turns(name, row)}
    return tuple(sorted(day for day in days if since < day <= until))


def _turns(name: str, row: Record) -> Iterator[date]:
    if row["valid_from"] != FIRST_DAY and isinstance(row["valid_from"], date):
        yield row["valid_from"]
    for last in (row["valid_to"], row.get(LAST_DAYS.get(name, ""))):
        if isinstance(last, date) and last < LAST_DAY:
            yield last + ONE_DAY


def _sheets(folder: Path) -> list[Path]:
    """Return the files of a folder that are, or were meant to be, rules, by name."""
    if not folder.is_dir():
        return []
    # Names that begin so are what editors and copies leave beside a file they have open.
    return sorted(
        path
        for path in folder.iterdir()
        if path.suffix.casefold() in RULE_SUFFIXES and not path.name.startswith((".", "~"))
    )


def rows_of(home: Home, name: str) -> list[RuleRow]:
    """The rows of one rule as written, shipped and the home's own; wrong ones are left out."""
    table = load_catalog().rules[name]
    own = [path for path in _sheets(home.config) if path.stem.casefold() == name]
    files = [_shipped()[name], *_read_own(home, [(table, path) for path in own])]
    return [row for file in files for row in file.rows]


@cache
def _shipped() -> Mapping[str, RuleFile]:
    """The rule files of the product by name; read once, they never change."""
    with TemporaryDirectory() as scratch:  # what ships is about nobody
        return {
            name: read_rule_file(table, SHIPPED_RULES / f"{name}.csv", "shipped", Path(scratch))
            for name, table in load_catalog().rules.items()
        }


def _rule_files(home: Home) -> Iterator[RuleFile]:
    tables = load_catalog().rules
    yield from _shipped().values()
    own: list[tuple[Table, Path]] = []
    for path in _sheets(home.config):
        named = tables.get(path.stem.casefold())
        if named is None:
            said = sentence("file", "no_rule", known=", ".join(tables))
            yield RuleFile((), (Problem(f"config/{path.name}", 0, said),))
        else:
            own.append((named, path))
    yield from _read_own(home, own)


def _read_own(home: Home, own: Sequence[tuple[Table, Path]]) -> list[RuleFile]:
    """The region's own files: anything may stand in them, so that no copy leaves the home."""
    if not own:
        return []
    with home.workshop() as scratch:
        return [read_rule_file(table, path, "home", scratch) for table, path in own]


def _resolve(rows: Sequence[RuleRow], governments: Sequence[str]) -> dict[str, tuple[Record, ...]]:
    competing: defaultdict[str, defaultdict[tuple[Value, ...], list[RuleRow]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for row in rows:
        competing[row.table.name][row.key].append(row)
    return {
        name: tuple(
            _record(piece, government)
            for government in governments
            for group in competing[name].values()
            for piece in _holding(group, government)
        )
        for name in load_catalog().rules
    }


def _holding(group: Sequence[RuleRow], government: str) -> list[Spell[RuleRow]]:
    """Return which row of one key holds when, for one government."""
    layers = (("home", government), ("home", None), ("shipped", government), ("shipped", None))
    return layered(
        [
            [
                Spell(row.valid_from, row.valid_to, row)
                for row in group
                if (row.origin, row.government_code) == layer
            ]
            for layer in layers
        ]
    )


def _record(piece: Spell[RuleRow], government: str) -> Record:
    row = piece.what
    return {
        **row.values,
        "government_code": government,
        "valid_from": piece.first,
        "valid_to": piece.last,
        "source": row.source,
        "trust": row.trust,
        "origin": row.origin,
        "file_row": row.file_row,
    }


def _replace(cursor: duckdb.DuckDBPyConnection, table: Table, rows: Sequence[Record]) -> None:
    import pyarrow as pa  # who only reads rules needs none of it

    types: dict[str, pa.DataType] = {
        "VARCHAR": pa.string(),
        "DOUBLE": pa.float64(),
        "INTEGER": pa.int32(),
        "BIGINT": pa.int64(),
        "BOOLEAN": pa.bool_(),
        "DATE": pa.date32(),
        "TIME": pa.time64("us"),
    }
    schema = pa.schema([(column.name, types[column.type]) for column in table.raw_columns])
    names = ", ".join(f'"{column.name}"' for column in table.raw_columns)
    cursor.execute(f"DELETE FROM raw.{table.raw_name}")
    cursor.register("rows_of_rule", pa.Table.from_pylist(list(rows), schema=schema))
    cursor.execute(f"INSERT INTO raw.{table.raw_name} ({names}) SELECT {names} FROM rows_of_rule")
    cursor.unregister("rows_of_rule")
