"""A home in which a night is tried: it reads what the real one holds, and writes into copies.

Belongs here: which of a home's files are copied aside, and where. Does not belong here: what is
tried (`orchestration.foresight`). Nothing is ever written into the real home: its landing, rules
and ledger are read where they are.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from warehouse.files import PRIVATE_FOLDER
from warehouse.store.home import Home


@dataclass(frozen=True)
class Trial(Home):
    """A home whose working file, and all that a night writes beside it, lie in ``aside``."""

    aside: Path = Path()

    @property
    def warehouse(self) -> Path:
        """The copies."""
        return self.aside / "warehouse"

    @property
    def reports(self) -> Path:
        """Where what was checked is noted; nobody reads it."""
        return self.aside / "reports"

    @property
    def ledger_file(self) -> Path:
        """The real home's: a trial only asks what was published."""
        return Home(self.root).ledger_file

    @property
    def dbt_logs(self) -> Path:
        """The real home's: what went wrong can be read when the trial is gone."""
        return Home(self.root).dbt_logs

    @property
    def errors_file(self) -> Path:
        """The real home's, for the same reason."""
        return Home(self.root).errors_file


@contextmanager
def trial(home: Home) -> Iterator[Trial]:
    """A trial of a home, gone when it ends. The caller holds the home's lock.

    Raises:
        OSError: The disk has no room for a second working file.
    """
    with home.workshop() as aside:
        tried = Trial(home.root, home.settings(), aside)
        for folder in (tried.reports, tried.scratch, tried.dbt_target):
            folder.mkdir(mode=PRIVATE_FOLDER, parents=True)
        files = [home.key_file, home.erasure_file, home.digests_file]
        working = home.warehouse_file
        for file in (*files, working, working.with_name(working.name + ".wal")):
            if file.exists():
                shutil.copy(file, tried.warehouse)
        yield tried
