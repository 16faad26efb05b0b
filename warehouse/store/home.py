"""A home: the folder with everything of one installation.

Belongs here: every path of a home, its permissions, key and lock, and the connection to its
working file. Does not belong here: what lies in the tables (catalog, state), what is
published (generation), what an auditor proves (ledger).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import filelock

from warehouse.errors import HomeBusy, UserError
from warehouse.faults import damaged, explain_text, in_the_way
from warehouse.files import (
    GROUP_FOLDER,
    PRIVATE_FILE,
    PRIVATE_FOLDER,
    PUBLIC_FILE,
    PUBLIC_FOLDER,
    write_whole,
)
from warehouse.local_time import told
from warehouse.store import running, workshops
from warehouse.store.settings import SETTINGS_TEMPLATE, Settings, read_settings
from warehouse.words import sentence

_KEY_BYTES = 32


@dataclass(frozen=True)
class Home:
    """The paths of one home, and what may be done with it.

    ``kept`` are the settings of a home that no longer asks its file (`with_settings`).
    """

    root: Path
    kept: Settings | None = field(default=None, repr=False, compare=False)

    @property
    def config(self) -> Path:
        """The region's own rules and ``home.toml``."""
        return self.root / "config"

    @property
    def landing(self) -> Path:
        """Files as they arrive; never changed or deleted by the product."""
        return self.root / "landing"

    @property
    def warehouse(self) -> Path:
        """Private: the working file and what belongs to it."""
        return self.root / "warehouse"

    @property
    def restricted(self) -> Path:
        """Private: the generations of ``restricted.duckdb``."""
        return self.root / "restricted"

    @property
    def returns(self) -> Path:
        """Private: what goes back to a sender to mend."""
        return self.root / "returns"

    @property
    def published(self) -> Path:
        """The published generations, for BI tools."""
        return self.root / "published"

    @property
    def reports(self) -> Path:
        """A folder per run, the index over all runs, and the ledger."""
        return self.root / "reports"

    @property
    def dagster(self) -> Path:
        """Dagster's run history; no personal data."""
        return self.root / "dagster"

    @property
    def warehouse_file(self) -> Path:
        """The working file: one writer, nobody else opens it."""
        return self.warehouse / "warehouse.duckdb"

    @property
    def key_file(self) -> Path:
        """The key of the HMAC that stands for a respondent."""
        return self.warehouse / "home.key"

    @property
    def lock_file(self) -> Path:
        """Held by the one run that a home admits at a time."""
        return self.warehouse / ".lock"

    @property
    def scratch(self) -> Path:
        """Where DuckDB spills what does not fit into memory; private, like all of its folder."""
        return self.warehouse / "tmp"

    @property
    def dbt(self) -> Path:
        """What dbt is given and what it leaves."""
        return self.warehouse / "dbt"

    @property
    def dbt_target(self) -> Path:
        """What dbt compiles and records."""
        return self.dbt / "target"

    @property
    def dbt_logs(self) -> Path:
        """The log files of dbt."""
        return self.dbt / "logs"

    @property
    def ledger_file(self) -> Path:
        """The chained lines of ``warehouse.proof.ledger``."""
        return self.reports / "ledger.jsonl"

    @property
    def head_file(self) -> Path:
        """The ledger's head, signed (``warehouse.proof.signature``)."""
        return self.reports / "head.json"

    @property
    def public_key_file(self) -> Path:
        """The key with which anybody can check the signed head."""
        return self.reports / "ledger.pub"

    @property
    def signing_key_file(self) -> Path:
        """The private key that signs the head."""
        return self.warehouse / "ledger.key"

    @property
    def known_head_file(self) -> Path:
        """The head that was signed last, as this home remembers it."""
        return self.warehouse / "ledger.head"

    @property
    def erasure_file(self) -> Path:
        """Keyed digests of people who were erased (``warehouse.erasure.erasing``)."""
        return self.warehouse / "erased.json"

    @property
    def errors_file(self) -> Path:
        """What errors of steps quoted, which nobody else may read (`orchestration.private`)."""
        return self.warehouse / "errors.log"

    @property
    def digests_file(self) -> Path:
        """The digests that are known of the home's files (``warehouse.store.digests``)."""
        return self.warehouse / "digests.json"

    @property
    def settings_file(self) -> Path:
        """The settings that ``settings()`` reads."""
        return self.config / "home.toml"

    def create(self) -> list[Path]:
        """Make what is missing of the home and return it; existing files stay as they are.

        Raises:
            UserError: The key of a home that was used is lost, or something else lies where a
                folder belongs; nothing was made.
        """
        self.require_room()
        folders = self._folders()
        made = [folder for folder in folders if not folder.is_dir()]
        for folder in made:
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(folders[folder])  # whatever the umask
        if not (lock := workshops.making_file(self.scratch)).exists():
            lock.touch(PRIVATE_FILE)
        if not self.key_file.exists():
            write_whole(self.key_file, secrets.token_hex(_KEY_BYTES).encode(), PRIVATE_FILE)
            made.append(self.key_file)
        if not self.settings_file.exists():
            write_whole(self.settings_file, SETTINGS_TEMPLATE.encode(), PUBLIC_FILE)
            made.append(self.settings_file)
        return made

    def require_room(self) -> None:
        """Raise UserError if this can not be made a home: before anything of it is made."""
        if not self.key_file.exists():
            self._refuse_a_second_key()
        for folder in self._folders():
            if not folder.is_dir() and (folder.exists() or folder.is_symlink()):
                raise in_the_way(str(folder))

    def _folders(self) -> dict[Path, int]:
        """Every folder of a home with its mode."""
        return {
            **dict.fromkeys((self.root, self.published, self.reports), PUBLIC_FOLDER),
            self.published / "generations": PUBLIC_FOLDER,
            **dict.fromkeys((self.config, self.landing, self.dagster), GROUP_FOLDER),
            **dict.fromkeys((self.warehouse, self.restricted, self.returns), PRIVATE_FOLDER),
            **dict.fromkeys((self.scratch, self.restricted / "generations"), PRIVATE_FOLDER),
            self.dbt: PRIVATE_FOLDER,
            **dict.fromkeys((self.dbt_target, self.dbt_logs), PRIVATE_FOLDER),
        }

    def require(self) -> None:
        """Raise UserError if this is not a home, or one that has lost its key or settings."""
        if not self.key_file.is_file():
            self._refuse_a_second_key()
        if not (self.settings_file.is_file() and self.key_file.is_file()):
            raise UserError(
                sentence("home", "is_none", home=self.root, file=self.settings_file.name)
            )

    def _refuse_a_second_key(self) -> None:
        """Raise UserError where anything shows that this home had a key before.

        A new key would make strangers of all respondents, and nobody who was erased would be known
        again: their rows would come back from landing.
        """
        files = [self.ledger_file, self.head_file, self.public_key_file, self.signing_key_file]
        files += [self.known_head_file, self.warehouse_file, self.erasure_file]
        folders = [self.reports, self.published / "generations", self.restricted / "generations"]
        files += [path for folder in folders for path in folder.glob("*") if path.is_dir()]
        traces = [path.relative_to(self.root).as_posix() for path in files if path.exists()]
        if traces:
            raise UserError(sentence("home", "key_lost", file=self.key_file, trace=traces[0]))

    def settings(self) -> Settings:
        """Read ``config/home.toml``; UserError names the file and the key that is wrong."""
        if self.kept is not None:
            return self.kept
        self.require()
        return read_settings(self.settings_file)

    def with_settings(self) -> Home:
        """The home with its settings as they are now, whatever is saved while it is used.

        Raises:
            UserError: ``config/home.toml`` is wrong.
        """
        return replace(self, kept=self.settings())

    def key(self) -> bytes:
        """Return the home's secret key; UserError if it is damaged or lost."""
        self.require()
        try:
            key = bytes.fromhex(self.key_file.read_text(encoding="ascii"))
        except ValueError:
            key = b""
        if len(key) != _KEY_BYTES:
            # Not shown and not replaced: a new key would make strangers of all respondents.
            raise UserError(sentence("home", "key_damaged", file=self.key_file))
        return key

    @contextmanager
    def lock(self, command: str = "run") -> Iterator[None]:
        """Hold the home for one run; HomeBusy at once if another process holds it.

        ``command`` is what others are told that they have to wait for.

        The process that holds it may take it again: a night started from the command line looks
        at the plan under the lock, and the run within it takes it too.
        """
        self.require()
        path = str(self.lock_file)
        lock = filelock.FileLock(path, timeout=0, mode=PRIVATE_FILE, is_singleton=True)
        try:
            lock.acquire()
        except filelock.Timeout as error:
            raise self._busy() from error
        try:
            if lock.lock_counter > 1:
                yield
            else:
                with running.noted(self.warehouse, command):
                    yield
        finally:
            lock.release()

    def engine_options(self) -> dict[str, Any]:
        """The home's limits, which every connection of the product is opened with.

        DuckDB refuses a second connection of one process (dbt's) whose options differ, be it only
        in an integer that is written as text.
        """
        settings = self.settings()
        return {
            "memory_limit": settings.memory_limit,
            "threads": settings.threads,
            "temp_directory": str(self.scratch),
        }

    def _busy(self) -> HomeBusy:
        """Who holds the home, and since when."""
        known = running.look(self.warehouse)
        who = sentence("home", "another_run")
        if known is not None:
            since = told(datetime.fromisoformat(known.since), self.settings().time_zone)
            who = sentence("home", "known_run", command=known.command, since=since)
        return HomeBusy(sentence("home", "busy", who=who, home=self.root))

    def connect(self, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
        """Open the working file within the home's limits, in UTC.

        Raises:
            HomeBusy: Another process has the file open.
            UserError: It is to be read and nothing was loaded yet, or it can't be opened.
        """
        options = self.engine_options()
        if read_only and not self.warehouse_file.exists():
            raise UserError(sentence("home", "empty", home=self.root))
        is_first = not self.warehouse_file.exists()
        self.scratch.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
        try:
            conn = duckdb.connect(str(self.warehouse_file), read_only=read_only, config=options)
        except duckdb.Error as error:
            if "Could not set lock" not in str(error):
                known = explain_text(str(error), self.warehouse_file)
                raise known or damaged(self.warehouse_file) from None
            raise HomeBusy(sentence("home", "open_elsewhere", file=self.warehouse_file)) from error
        if is_first:
            self.warehouse_file.chmod(PRIVATE_FILE)
        return _in_utc(conn)

    @contextmanager
    def in_memory(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open an empty database in memory within the home's limits; files are attached to it.

        It spills into a folder of its own: the engine removes all that lies in such a folder, also
        what another database keeps there. Where nothing may be written, all has to fit.
        """
        with ExitStack() as stack:
            try:
                spilled = str(stack.enter_context(self.workshop()) / "spilled")
            except OSError:  # a copy for an auditor
                spilled = ""
            options = {**self.engine_options(), "temp_directory": spilled}
            yield stack.enter_context(_in_utc(duckdb.connect(config=options)))

    def workshop(self) -> AbstractContextManager[Path]:
        """A private folder of the home, in which files are made before they are put in place.

        Raises:
            OSError: Nothing may be written in the home's private folder.
        """
        for folder in (self.warehouse, self.scratch):
            folder.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
        return workshops.workshop(self.scratch)

    def remove_left(self) -> None:
        """Remove what killed commands have left in their private folders."""
        if self.scratch.is_dir():
            workshops.remove_left(self.scratch)


def small_memory() -> duckdb.DuckDBPyConnection:
    """Open an empty database in memory that is no home's: little memory, one thread, no scratch.

    For tables that people edit by hand, such as the rules that ship, which are read for all homes.
    """
    small: dict[str, Any] = {"memory_limit": "256MB", "threads": 1, "temp_directory": ""}
    return _in_utc(duckdb.connect(config=small))


def _in_utc(conn: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Let a database tell time in UTC, also to the duplicates that others make of a connection."""
    conn.execute("SET GLOBAL TimeZone = 'UTC'")
    return conn


def new_run_id(now: datetime) -> str:
    """Return the mark of a run that begins ``now``: sortable by time, unique by a random tail."""
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"
