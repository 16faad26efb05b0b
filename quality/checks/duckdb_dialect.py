"""The one module that bends SQLAlchemy so that Great Expectations 1.24.1 can read DuckDB.

Belongs here: the dialect, the engine over an open connection, and the quiet, file-less GX context.
Does not belong here: what is checked (`quality.checks.suites`) or what follows from it
(`quality.gate`).

Great Expectations knows no DuckDB. Three things are bent, each guarded by a test that plants a
fault for every expectation the suites use:

* GX leaves a connection before it fetches from its cursor, and duckdb_engine has only one cursor
  per connection: nearly every expectation then fails with an empty result. The cursor here
  reads its rows on execution. (GX asks for aggregates only, so that is a handful of rows.)
* GX has regular expressions only for dialects that it knows by name: this one is presented as
  PostgreSQL. DuckDB's `~` matches the whole string where PostgreSQL's finds a match anywhere, so
  the operator is compiled to `regexp_matches`, which has PostgreSQL's meaning.
* A second connection to a file must have the first one's configuration, and an idle one keeps the
  writer's lock: the engine's connections are duplicates of the caller's own, closed after use.

Importing this module imports SQLAlchemy, and `datasource` imports great_expectations (seconds):
import it inside functions.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import duckdb
import duckdb_engine
from sqlalchemy import types as sqltypes
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.base import PGCompiler
from sqlalchemy.exc import NoSuchTableError, ProgrammingError
from sqlalchemy.pool import NullPool

if TYPE_CHECKING:
    from great_expectations.datasource.fluent.sql_datasource import SQLDatasource
    from sqlalchemy.engine import Connection
    from sqlalchemy.engine.interfaces import ReflectedColumn

_DRIVER = "budaya.duckdb"
_URL = "budaya+duckdb://"

# Counts only: with no partial list GX asks for `LIMIT 0` of the failing values, so that no value
# of a row leaves the database.
_RESULT_FORMAT = {"result_format": "BASIC", "partial_unexpected_count": 0}


class _BufferedCursor(duckdb_engine.CursorWrapper):
    """A cursor that holds its rows, and so outlives its connection and the next statement."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, wrapper: duckdb_engine.ConnectionWrapper
    ) -> None:
        super().__init__(connection, wrapper)
        self._connection = connection
        self._rows: list[tuple[Any, ...]] = []
        self.description: Sequence[Any] | None = None

    def execute(self, statement: str, parameters: Any = None, context: Any = None) -> None:
        super().execute(statement, parameters, context)
        self.description = self._connection.description
        self._rows = self._connection.fetchall() if self.description else []

    def fetchone(self) -> tuple[Any, ...] | None:
        return self._rows.pop(0) if self._rows else None

    def fetchmany(self, size: int | None = None) -> list[tuple[Any, ...]]:
        taken, self._rows = self._rows[: size or 1], self._rows[size or 1 :]
        return taken

    def fetchall(self) -> list[tuple[Any, ...]]:
        taken, self._rows = self._rows, []
        return taken


class _BufferedConnection(duckdb_engine.ConnectionWrapper):
    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        super().__init__(connection)
        self._connection = connection

    def cursor(self) -> _BufferedCursor:
        return _BufferedCursor(self._connection, self)


class _Compiler(PGCompiler):
    """PostgreSQL's SQL, with its regular expression operators in DuckDB's words."""

    def visit_custom_op_binary(self, element: Any, operator: Any, **kw: Any) -> str:
        if operator.opstring not in {"~", "!~"}:
            plain: str = super().visit_custom_op_binary(element, operator, **kw)  # type: ignore[no-untyped-call]
            return plain
        text, pattern = self.process(element.left, **kw), self.process(element.right, **kw)
        found = f"regexp_matches({text}, {pattern})"
        return found if operator.opstring == "~" else f"NOT {found}"


# The types that the catalog's columns have; of another one GX need know the name only.
_TYPES: dict[str, type[sqltypes.TypeEngine[Any]]] = {
    "BIGINT": sqltypes.BigInteger,
    "BOOLEAN": sqltypes.Boolean,
    "DATE": sqltypes.Date,
    "DOUBLE": sqltypes.Float,
    "INTEGER": sqltypes.Integer,
    "SMALLINT": sqltypes.SmallInteger,
    "TIME": sqltypes.Time,
    "TIMESTAMP": sqltypes.TIMESTAMP,
    "VARCHAR": sqltypes.String,
}


class Dialect(duckdb_engine.Dialect):
    """duckdb_engine's dialect under the name that GX has regular expressions for."""

    name = "postgresql"
    statement_compiler = _Compiler
    supports_statement_cache = False

    def get_columns(
        self, connection: Connection, table_name: str, schema: str | None = None, **_: Any
    ) -> list[ReflectedColumn]:
        """The columns of a table, asked of DuckDB itself.

        duckdb_engine asks PostgreSQL's catalog, a query that takes a hundred times as long: a
        fifth of GX's time went there.

        Raises:
            NoSuchTableError: There is no such table.
        """
        quote = self.identifier_preparer.quote_identifier
        name = ".".join(quote(part) for part in (schema, table_name) if part)
        try:
            found = connection.exec_driver_sql(f"DESCRIBE {name}").fetchall()
        except ProgrammingError as error:
            raise NoSuchTableError(table_name) from error
        return [
            {
                "name": column,
                "type": _TYPES.get(kind, sqltypes.NullType)(),
                "nullable": True,
                "default": None,
            }
            for column, kind, *_ in found
        ]


registry.register(_DRIVER, __name__, "Dialect")


@contextmanager
def datasource(conn: duckdb.DuckDBPyConnection, schema: str) -> Iterator[SQLDatasource]:
    """Yield a GX data source over one schema of an open connection: same file, same process.

    It sees only what is committed, writes no file, draws no progress bar, logs nothing (GX logs the
    SQL that failed) and leaves nothing open.
    """
    logging.getLogger("great_expectations").setLevel(logging.CRITICAL)
    import great_expectations
    from great_expectations.data_context.types import base

    quiet = base.DataContextConfig(
        store_backend_defaults=base.InMemoryStoreBackendDefaults(),
        progress_bars=base.ProgressBarsConfig(globally=False),
        analytics_enabled=False,
    )
    context = great_expectations.get_context(mode="ephemeral", project_config=quiet)

    def connect() -> _BufferedConnection:
        duplicate = conn.cursor()
        duplicate.execute(f'USE "{schema}"')
        return _BufferedConnection(duplicate)

    source = context.data_sources.add_sql(  # type: ignore[call-arg] # GX's stub lacks kwargs
        schema, connection_string=_URL, kwargs={"creator": connect, "poolclass": NullPool}
    )
    try:
        yield source
    finally:
        source.get_execution_engine().close()
