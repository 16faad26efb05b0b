"""dbt as Dagster runs it: where its executable and profile are, and a manifest that is fresh.

Belongs here: preparing dbt. What its results mean is in `quality.dbt_results`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from filelock import FileLock

from warehouse.version import DBT_PROJECT, tree_digest

WAREHOUSE_VARIABLE = "BUDAYA_WAREHOUSE"
EXECUTABLE = Path(sys.executable).with_name("dbt")

_TARGET = DBT_PROJECT / "target"
_MANIFEST = _TARGET / "manifest.json"
_STAMP = _TARGET / "sources.sha256"


def environment(warehouse_file: Path) -> dict[str, str]:
    """The environment in which dbt finds a home's working file and reports to nobody."""
    return {
        WAREHOUSE_VARIABLE: str(warehouse_file),
        "DBT_PROFILES_DIR": str(DBT_PROJECT),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DBT_USE_COLORS": "false",
    }


def manifest() -> dict[str, Any]:
    """The project's manifest, made anew (some seconds) when a model or its YAML changed."""
    _TARGET.mkdir(exist_ok=True)
    with FileLock(_TARGET / ".lock"):
        digest = tree_digest(DBT_PROJECT)
        if not _MANIFEST.exists() or not _STAMP.exists() or _STAMP.read_text() != digest:
            _parse()
            _STAMP.write_text(digest)
        found: dict[str, Any] = json.loads(_MANIFEST.read_bytes())
    return _with_check_subjects(found)


def _parse() -> None:
    command = [str(EXECUTABLE), "--quiet", "parse", "--project-dir", str(DBT_PROJECT)]
    command += ["--target-path", str(_TARGET), "--log-path", str(_TARGET)]
    env = {**os.environ, **environment(Path(":memory:"))}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"dbt can't parse its project:\n{done.stdout}{done.stderr}")


def _with_check_subjects(found: dict[str, Any]) -> dict[str, Any]:
    """Say to dagster-dbt what each test's meta says: the model it is about, and its reason."""
    for node in found["nodes"].values():
        meta = node["config"].get("meta", {})
        if node["resource_type"] == "test" and "subject" in meta:
            meta["dagster"] = {"ref": {"name": meta["subject"]}}
            node["description"] = f"{meta['id']} / {meta['en']}"
    return found
