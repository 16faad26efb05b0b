"""Facts to pages: `index.html` and `report.json` of a night, and the index over all nights.

Belongs here: rendering and writing. Does not belong here: gathering facts (`quality.report.facts`)
or any sentence (`quality/words.yml`). A page is one file without a script: nothing is
fetched from anywhere, and its content security policy says so. Every text is escaped, for facts
hold names that other people chose.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import TypeAdapter, ValidationError

from quality import numbers
from quality.evidence import FOLDER
from quality.report import pictures, trends
from quality.report.document import Report, Told
from quality.words import sentence, status_text
from warehouse.documents import held
from warehouse.files import PUBLIC_FILE, sha256_file, write_whole
from warehouse.proof import ledger, signature
from warehouse.proof.signature import SignedHead
from warehouse.store.home import Home

Facts = Mapping[str, Any]


def write_report(home: Home, run_id: str, facts: Facts) -> dict[str, str]:
    """Write a night's page and its facts; return the SHA-256 of each file by its path in the home.

    The evidence that the checks left beside them counts too. Each file is written whole or not at
    all; writing them again replaces them.

    Raises:
        DocumentError: The facts are not what `quality.report.document` lays down.
    """
    document = held(facts, Report, "report.json")
    folder = home.reports / run_id
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        "index.html": render(facts).encode(),
        "report.json": json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True).encode(),
    }
    for name, data in files.items():
        write_whole(folder / name, data, PUBLIC_FILE)
    kept = {f"{FOLDER}/{path.name}": path for path in sorted((folder / FOLDER).glob("*.json"))}
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    digests |= {name: sha256_file(path) for name, path in kept.items()}
    return {f"reports/{run_id}/{name}": digest for name, digest in digests.items()}


def write_index(home: Home) -> None:
    """Write `reports/index.html` over all nights of the ledger, and sign its digest.

    The caller holds the home's lock.
    """
    now = SignedHead(ledger.head(home), len(ledger.entries(home)))
    signature.write_index(home, render_index(home), now)


def render_index(home: Home) -> bytes:
    """The index over all nights of which there is a report, the newest first."""
    known = ledger.entries(home)
    nights = [_night(home, entry) for entry in reversed(known) if _has_report(home, entry)]
    template = _environment().get_template("index.html.j2")
    return template.render(
        nights=nights, trends=trends.trends(nights), head_digest=ledger.head(home)
    ).encode()


def render(facts: Facts) -> str:
    """A night's page."""
    checks = facts.get("checks", [])
    passed = [check for check in checks if check["effect"] == "passed"]
    by_subject = groupby(sorted(passed, key=_subject), _subject)
    series = facts.get("discipline", [])
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            facts=facts,
            state=facts["decision"]["state"],
            names=facts.get("governments", {}),
            failing=[check for check in checks if check["effect"] != "passed"],
            passed=[(subject, list(group)) for subject, group in by_subject],
            totals=_totals(facts.get("inputs", [])),
            chart=pictures.discipline_chart(series),
            by_month=pictures.by_month(series),
        )
    )


def _subject(check: Facts) -> str:
    return str(check["subject"])


def _totals(inputs: Iterable[Facts]) -> dict[str, int]:
    names = ("rows_read", "rows_loaded", "rows_quarantined", "rows_duplicate", "rows_skipped")
    rows = list(inputs)
    return {name: sum(row[name] for row in rows) for name in names}


def _report_file(entry: Facts) -> str:
    return f"reports/{entry['run_id']}/report.json"


def _has_report(home: Home, entry: Facts) -> bool:
    return entry["kind"] == "run" and (home.root / _report_file(entry)).is_file()


def _night(home: Home, entry: Facts) -> dict[str, Any]:
    """A night's line of the index: what its report says, if that is the one which was recorded."""
    data = (home.root / _report_file(entry)).read_bytes()
    run_id = entry["run_id"]
    if hashlib.sha256(data).hexdigest() != entry["report_sha256"].get(_report_file(entry)):
        return {"run_id": run_id, "state": "unreadable"}
    try:
        told = TypeAdapter(Told).validate_json(data, strict=True)
    except ValidationError:  # of another version of the product
        return {"run_id": run_id, "state": "unreadable"}
    inputs = told.get("inputs", [])
    return {
        "run_id": run_id,
        "as_of_date": told["run"]["as_of_date"],
        "state": told["decision"]["state"],
        "reason": told["decision"]["reasons"][0],
        "files": len(inputs),
        "counts": told.get("counts"),
        "age_days": told.get("age_days"),
        **_totals(inputs),
    }


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["words"] = sentence.all
    environment.globals["trend_size"] = (trends.WIDTH, trends.HEIGHT)
    environment.globals["size"] = (pictures.WIDTH, pictures.HEIGHT)
    environment.filters["count"] = numbers.whole
    environment.filters["score"] = numbers.score
    environment.filters["figure"] = numbers.figure
    environment.filters["value"] = _value
    environment.filters["status"] = status_text
    environment.globals["apart"] = numbers.apart
    environment.globals["open_ends"] = ("1900-01-01", "9999-12-31")
    environment.filters["shade"] = pictures.shade
    return environment


def _value(value: object) -> str:
    """A cell of a rule: numbers with their decimals, the Indonesian way; a dash if empty."""
    if value is None or value == "":
        return "–"
    if isinstance(value, float):
        return f"{value:g}".replace(".", ",")
    return {True: "ya", False: "tidak"}[value] if isinstance(value, bool) else str(value)
