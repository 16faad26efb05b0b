"""Which product built a figure: its version, and a digest of everything that can change a figure.

Belongs here: what identifies the code and the locked libraries. Does not belong here: the digest
of the rules (`ingest.rules.resolving`) or of published files (`warehouse.proof.ledger`).
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import metadata
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
DBT_PROJECT = PROJECT / "dbt_project"
LOCK_FILE = PROJECT / "requirements.lock"

_PACKAGES = ("warehouse", "ingest", "quality", "orchestration")
_CODE_SUFFIXES = {".py", ".sql", ".yml", ".j2", ".csv"}


def tree_digest(folder: Path) -> str:
    """SHA-256 over the names and bytes of a folder's source files, in name order.

    What tools write beside them (`target/`, `logs/`, `__pycache__/`) does not count.
    """
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if path.suffix not in _CODE_SUFFIXES or {"target", "logs"} & set(relative.parts):
            continue
        digest.update(relative.as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def lock_sha256() -> str:
    """SHA-256 of the lock file: which libraries the product was run with."""
    return hashlib.sha256(LOCK_FILE.read_bytes()).hexdigest()


@cache
def code_version() -> str:
    """The product's version and the first twelve digits of its code's digest: `0.1.0+1a2b3c…`.

    The digest covers packages, models, layouts, shipped rules and the lock file, so that a changed
    formula always counts as a new version.
    """
    parts = [tree_digest(PROJECT / package) for package in _PACKAGES]
    digest = hashlib.sha256("".join([*parts, tree_digest(DBT_PROJECT), lock_sha256()]).encode())
    return f"{metadata.version('budaya')}+{digest.hexdigest()[:12]}"
