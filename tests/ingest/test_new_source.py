"""A source is added by its description alone: the worked example of docs/sources.md, built."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from warehouse.version import PROJECT

PACKAGES = ("warehouse", "ingest", "quality", "orchestration")

# What an office and a night do with it, in a process that sees the copy only.
USE = """
import json, os, sys
from datetime import UTC, datetime
from pathlib import Path
import duckdb
from ingest.arrivals.landing import scan
from ingest.arrivals.places import probable_place
from ingest.arrivals.governments import known_governments
from ingest.loading.check import check_file
from ingest.loading.load import load_source
from ingest.new_home import open_home
from ingest.rules import resolving
from warehouse.catalog import dbt_yaml
from warehouse.catalog.reader import CATALOG_FOLDER, load_catalog
from warehouse.store.home import Home
from warehouse.store.state import ensure_raw

home, copy = Home(Path(sys.argv[1])), Path(sys.argv[2])
assert CATALOG_FOLDER.is_relative_to(copy), CATALOG_FOLDER
open_home(home, ["82.71"])
now = datetime(2026, 11, 22, 20, tzinfo=UTC)
folder = home.landing / "82.71" / "courses"
assert folder.is_dir()
(folder / "c.csv").write_text(
    "nip,course,taken_on,hours\\n"
    "198501012010011001,Manajemen,17 Juli 2026,12\\n"
    "198501012010011001,Manajemen,17/07/2026,12\\n"
    "198501012010011002,Arsip,25/07/2026,3000\\n"
    "12,Arsip,25/07/2026,1\\n"
)
os.utime(folder / "c.csv", (1_780_000_000,) * 2)  # else it is waited for
report = check_file(
    folder / "c.csv", source="courses", government_code="82.71", period="", home=home, now=now
)
with duckdb.connect() as conn:
    ensure_raw(conn)
    resolving.write_rules(conn, resolving.read_rules(home, ["82.71"]))
    conn.execute(
        "INSERT INTO raw.run BY NAME SELECT 'r' AS run_id, DATE '2026-11-22' AS as_of_date, "
        "true AS is_current"
    )
    found = [d for d in scan(home).deliveries if d.source == "courses"]
    (balance,) = load_source(conn, home, "r", now, "courses", found, lambda *_: {}, vouched=())
    rows = conn.execute(
        "SELECT nip, course, CAST(taken_on AS VARCHAR), hours FROM raw.courses ORDER BY ALL"
    ).fetchall()
templates = {p.name for p in home.root.rglob("courses.*") if p.parent.name != "courses"}
print(json.dumps({
    "check": [report.outcome, sorted(p.reason.code for p in report.problems)],
    "balance": [balance.rows_read, balance.rows_loaded, balance.rows_quarantined,
                balance.rows_duplicate],
    "rows": rows,
    "templates": sorted(templates),
    "dbt": "name: courses" in dbt_yaml.generated(load_catalog())["models/_sources.yml"],
    "meant": probable_place("82.71/diklat/c.csv", known_governments(home), ["82.71"]),
}))
"""


def with_courses(folder: Path) -> Path:
    """A copy of the product with the source, the order and the model of the worked example."""
    for package in (*PACKAGES, "dbt_project"):
        ignored = shutil.ignore_patterns("__pycache__", "target", "logs")
        shutil.copytree(PROJECT / package, folder / package, ignore=ignored)
    for name in ("pyproject.toml", "requirements.lock"):
        shutil.copy(PROJECT / name, folder / name)
    guide = (PROJECT / "docs" / "sources.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```yaml\n(.*?)```", guide, flags=re.DOTALL)
    text = re.sub(r"^   ", "", block, flags=re.MULTILINE)
    catalog = folder / "warehouse" / "catalog"
    (catalog / "sources" / "courses.yml").write_text(text, encoding="utf-8")
    index = (catalog / "catalog.yml").read_text(encoding="utf-8")
    assert "employee_snapshot]" in index
    added = index.replace("employee_snapshot]", "employee_snapshot, courses]", 1)
    (catalog / "catalog.yml").write_text(added, encoding="utf-8")
    model = folder / "dbt_project" / "models" / "staging" / "stg_course.sql"
    model.write_text("select nip, course, taken_on, hours from {{ source('raw', 'courses') }}\n")
    return folder


def test_a_source_needs_its_description_and_no_python(tmp_path: Path) -> None:
    copy = with_courses(tmp_path / "product")
    done = subprocess.run(
        [sys.executable, "-c", USE, str(tmp_path / "home"), str(copy)],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found == {
        "check": ["rows", ["nip_invalid", "value_out_of_range"]],
        "balance": [4, 1, 2, 1],
        "rows": [["198501012010011001", "Manajemen", "2026-07-17", 12.0]],
        "templates": ["courses.csv", "courses.xlsx"],
        "dbt": True,
        "meant": "82.71/courses/",
    }
