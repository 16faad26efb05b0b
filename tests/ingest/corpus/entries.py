"""Every file of the corpus under its name, with the source that it is meant for.

Belongs here: gathering what makers, hazards and the folder ``cases`` hold, so that a new file needs
no other line to be looked at by every test of the whole corpus. Does not belong here: what is right
for any of them.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.loading.check import sources_of
from tests.ingest.test_corpus_hazards import REFUSED, TAKEN
from tests.ingest.test_corpus_layouts import CASES

FOLDER = Path(__file__).parent / "cases"
# The wave or year of a file that only its source is known of.
_PERIODS = {"survey": "survey/2026-S2", "ip_asn": "ip_asn/2025"}
# Files of no layout of ours say nothing of the source that they were made for.
_UNKNOWN = "attendance"


@dataclass(frozen=True)
class Entry:
    """A file of the corpus; ``place`` is its source, with wave or year."""

    name: str
    place: str
    make: Callable[[], bytes]


def entries() -> Iterator[Entry]:
    """Yield all files; the name is that of a file, too."""
    for name, case in CASES.items():
        yield Entry(_as_name(name), case.place, case.make)
    for name, (content, _) in {**TAKEN, **REFUSED}.items():
        yield Entry(f"hazard_{_as_name(name)}", "units", lambda content=content: content)
    for path in sorted(FOLDER.glob("*")):
        yield Entry(_as_name(path.name), _place(path), path.read_bytes)


def _place(path: Path) -> str:
    with tempfile.TemporaryDirectory() as folder:
        source, *_ = (*sources_of(path, Path(folder)), _UNKNOWN)
    return _PERIODS.get(source, source)


def _as_name(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
