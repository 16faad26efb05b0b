"""dbt in our own process: a home's profile, the manifest that is parsed once, what a command did.

Belongs here: preparing and running dbt. Does not belong here: what its results mean
(`quality.checks.dbt_results`). Importing dbt costs seconds, so that happens inside the functions.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from filelock import FileLock

from orchestration.private import StepError
from orchestration.words import sentence
from quality.checks.dbt_results import Ran
from warehouse.faults import explain_text
from warehouse.files import PRIVATE_FILE, write_whole
from warehouse.store.home import Home
from warehouse.version import DBT_PROJECT, lock_sha256, tree_digest
from warehouse.vocabulary import Text

if TYPE_CHECKING:
    from dbt.cli.main import dbtRunnerResult
    from dbt.contracts.graph.manifest import Manifest
    from dbt_common.events.base_types import EventMsg

_PREPARED = DBT_PROJECT / "target"
_MANIFEST = "manifest.json"
_STATE = "partial_parse.msgpack"
_STAMP = "sources.sha256"

# dbt's own messages may quote a row: they go to its private log only, and it reports to nobody.
_QUIET = ("--log-level", "none", "--log-level-file", "info", "--no-send-anonymous-usage-stats")

# What a command found is handed back, and what it compiled is a file per model: writing the whole
# manifest again for each command costs seconds.
_NO_ARTIFACTS = "--no-write-json"

# dbt keeps its flags and its open file for the whole process: one command of one home at a time.
_ALONE = threading.RLock()

_ASKED_AGAIN_AFTER = 0.1  # seconds


def prepare() -> None:
    """Parse the project at set-up, so that no night has to (some seconds)."""
    _refresh(_PREPARED, _digest())


def manifest(home: Home) -> Mapping[str, Any]:
    """The project's manifest as plain data, which nobody changes: a night reads it once."""
    folder = _parsed(home)
    return _manifest(folder, (folder / _STAMP).read_text(encoding="ascii"))


@lru_cache(maxsize=1)
def _manifest(folder: Path, _stamp: str) -> Mapping[str, Any]:
    found: dict[str, Any] = json.loads((folder / _MANIFEST).read_bytes())
    return found


def invoke(home: Home, *command: str) -> list[Ran]:
    """Run a command of dbt on a home's working file and return what came of each node.

    What is returned is of this invocation, whatever files earlier ones left. dbt opens the file
    with the configuration of `Home.connect`, beside a connection that keeps the lock meanwhile.

    Raises:
        UserError: dbt could not carry the command out, or the machine refused what it needs.
        KeyboardInterrupt: Somebody stopped it.
    """
    from dbt.artifacts.schemas.run import RunExecutionResult

    parsed = _parsed(home)
    with _ALONE:
        done = _invoke(home.with_settings(), parsed, *command)
    if done.exception is not None or not isinstance(done.result, RunExecutionResult):
        known = explain_text(str(done.exception), home.warehouse_file)
        raise known or _trouble(home, command[0], done.exception)
    for one in done.result.results:  # a full disk is told as one, whatever it kept from building
        known = explain_text(str(one.message), home.warehouse_file)
        if one.status == "error" and known is not None:
            raise known
    # Whoever traces a figure later reads the models as they were for this publication.
    write_whole(home.dbt_target / _MANIFEST, (parsed / _MANIFEST).read_bytes(), PRIVATE_FILE)
    return [Ran(one.node.unique_id, str(one.status), one.failures) for one in done.result.results]


def _invoke(home: Home, parsed: Path, *command: str) -> dbtRunnerResult:
    from dbt.contracts.graph.manifest import Manifest

    # Each invocation has a manifest of its own: dbt notes in it what it compiled for this home.
    state = Manifest.from_msgpack((parsed / _STATE).read_bytes())
    _write_profile(home.dbt, _profile(home.warehouse_file, home.engine_options()))
    folders = _folders(home.dbt, home.dbt_target, home.dbt_logs)
    with home.connect():
        try:
            return _run(state, *command, _NO_ARTIFACTS, *folders)
        finally:
            _close_connections()


def log_of(home: Home) -> str:
    """Where dbt's messages are, for whoever may read them."""
    return (home.dbt_logs / "dbt.log").relative_to(home.root).as_posix()


def not_built(home: Home, names: Sequence[str]) -> Text:
    """What to say of models that dbt could not build."""
    listed = ", ".join(names)
    return sentence("trouble", "not_built", count=len(names), names=listed, log=log_of(home))


def _trouble(home: Home, command: str, error: BaseException | None) -> StepError:
    kind = type(error).__name__
    said = sentence("trouble", "dbt", command=command, kind=kind, log=log_of(home))
    return StepError(said)


def _run(state: Manifest | None, *arguments: str) -> dbtRunnerResult:
    """Run dbt, which catches every exception: a break from the keyboard goes on as it is."""
    from dbt.cli.main import dbtRunner

    with _insisting() as heard:
        done = dbtRunner(manifest=state, callbacks=[heard]).invoke([*_QUIET, *arguments])
    if done.exception is not None and not isinstance(done.exception, Exception):
        raise done.exception
    return done


@contextmanager
def _insisting() -> Iterator[Callable[[EventMsg], None]]:
    """Once somebody has stopped dbt, ask its queries to end until they have.

    dbt asks each connection once. One that was just about to begin its query does not hear it, and
    whoever stopped dbt would wait for the whole of that query.
    """
    stopped, ended = threading.Event(), threading.Event()

    def heard(event: EventMsg) -> None:
        if event.info.name == "LogCancelLine":
            stopped.set()

    def insist() -> None:
        stopped.wait()
        while not ended.wait(_ASKED_AGAIN_AFTER):
            _interrupt_queries()

    insisting = threading.Thread(target=insist, daemon=True)
    insisting.start()
    try:
        yield heard
    finally:
        ended.set()
        stopped.set()
        insisting.join()


def _interrupt_queries() -> None:
    """Ask every query of dbt's to end."""
    from dbt.adapters.contracts.connection import ConnectionState
    from dbt.adapters.factory import FACTORY

    manager = FACTORY.adapters["duckdb"].connections
    with manager.lock:
        asked = list(manager.thread_connections.values())
    for connection in asked:
        if connection.state == ConnectionState.OPEN:
            with suppress(Exception):  # it was closed meanwhile
                manager.cancel(connection)


def _folders(profiles: Path, target: Path, logs: Path) -> list[str]:
    return [
        "--project-dir",
        str(DBT_PROJECT),
        "--profiles-dir",
        str(profiles),
        "--target-path",
        str(target),
        "--log-path",
        str(logs),
    ]


def _close_connections() -> None:
    """Close what dbt keeps open for a next command: it would keep the file locked."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    with DuckDBConnectionManager._LOCK:
        if DuckDBConnectionManager._ENV is not None:
            DuckDBConnectionManager._ENV.close()
        DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]


# --- the profile ----------------------------------------------------------------------------


def _profile(database: Path, options: dict[str, Any]) -> dict[str, Any]:
    output = {
        "type": "duckdb",
        "path": _literal(str(database)),
        "schema": "main",
        # While DuckDB computes one model, dbt makes the next one ready, which takes it as long for
        # most. More would only share the cores, on which DuckDB is parallel within a model.
        "threads": 2,
        # Only what is set when the file is opened: `settings` are set again for every model, and
        # DuckDB refuses to move its scratch folder once it has been used.
        "config_options": {
            name: _literal(value) if isinstance(value, str) else value
            for name, value in options.items()
        },
        # Every model says its own order: not keeping that of its inputs saves memory.
        "settings": {"TimeZone": "UTC", "preserve_insertion_order": "false"},
    }
    return {"budaya": {"target": "duckdb", "outputs": {"duckdb": output}}}


def _literal(text: str) -> str:
    """A text that dbt, which renders its profile, takes as it is."""
    return f"{{% raw %}}{text}{{% endraw %}}"


def _write_profile(folder: Path, profile: dict[str, Any]) -> None:
    data = yaml.safe_dump(profile, allow_unicode=True).encode()
    write_whole(folder / "profiles.yml", data, PRIVATE_FILE)


# --- the manifest ---------------------------------------------------------------------------


def _digest() -> str:
    return f"{tree_digest(DBT_PROJECT)} {lock_sha256()}"


def _is_fresh(folder: Path, digest: str) -> bool:
    stamp = folder / _STAMP
    return stamp.is_file() and stamp.read_text(encoding="ascii") == digest


def _parsed(home: Home) -> Path:
    """The folder with the parsed project: the one of the set-up, else one of the home's own.

    A night writes nothing into the installation, which may be read-only.
    """
    digest = _digest()
    if _is_fresh(_PREPARED, digest):
        return _PREPARED
    own = home.dbt / "parsed"
    _refresh(own, digest)
    return own


def _refresh(folder: Path, digest: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with _ALONE, FileLock(folder / ".lock"):
        if not _is_fresh(folder, digest):
            (folder / _STAMP).unlink(missing_ok=True)
            _parse(folder)
            write_whole(folder / _STAMP, digest.encode("ascii"), PRIVATE_FILE)


def _parse(folder: Path) -> None:
    # Models name the database after its file, whose name is the same in every home.
    _write_profile(folder, _profile(Path(Home(Path()).warehouse_file.name), {}))
    done = _run(None, "parse", *_folders(folder, folder, folder))
    if not done.success:
        raise RuntimeError(f"dbt can't parse its project: {done.exception}")


if __name__ == "__main__":
    prepare()
