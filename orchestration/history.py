"""Dagster's own history of a home, kept by one connection per file while a night lives.

Belongs here: the instance that a run in this process writes to. Dagster's SQLite storage makes an
engine and a connection for each event; a night has some 1,500 of them, and a third of its time went
there. Does not belong here: what a run does, or what the ledger says of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from dagster import DagsterInstance
from dagster._core.instance.ref import InstanceRef
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from sqlalchemy import Connection, Engine, create_engine, event

from warehouse.store.home import Home

if TYPE_CHECKING:
    from dagster._serdes import ConfigurableClassData

_WAIT_SECONDS = 20  # for the web server, which reads the same files


class EventLog(SqliteEventLogStorage):
    """Dagster's event log in the same files, read by the same web server."""

    def __init__(self, base_dir: str) -> None:
        self._engines: dict[str, Engine] = {}
        self._tables: set[str] = set()
        super().__init__(base_dir)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            if shard not in self._engines:
                self._engines[shard] = _engine(self.conn_string_for_shard(shard))
                self._initdb(self._engines[shard])
            with self._engines[shard].begin() as conn:
                yield conn

    def has_table(self, table_name: str) -> bool:
        """Whether the index has a table; asked for every check, and one that is there stays."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    def dispose(self) -> None:
        """Close the files."""
        super().dispose()
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()


class History(DagsterSqliteStorage):
    """Dagster's SQLite storage with `EventLog` for its events."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(base_dir, inst_data)
        self._event_log_storage = EventLog(str(Path(base_dir) / "history" / "runs"))

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Any
    ) -> History:
        """Made by Dagster from the configuration that `open_history` gives it."""
        return cls(inst_data=inst_data, **config_value)


def _engine(address: str) -> Engine:
    engine = create_engine(address, connect_args={"timeout": _WAIT_SECONDS})

    @event.listens_for(engine, "connect")
    def _(connection: Any, _record: object) -> None:
        # With a write-ahead log that is enough to stay whole when the power is cut.
        connection.execute("PRAGMA synchronous=NORMAL")

    return engine


def open_history(home: Home) -> DagsterInstance:
    """The Dagster instance of a home, with its storage unless its dagster.yaml names another."""
    folder = str(home.dagster)
    said = yaml.safe_load((home.dagster / "dagster.yaml").read_bytes()) or {}
    custom = {"module": __name__, "class": History.__name__, "config": {"base_dir": folder}}
    overrides = {} if "storage" in said else {"storage": {"custom": custom}}
    return DagsterInstance.from_ref(InstanceRef.from_dir(folder, overrides=overrides))
