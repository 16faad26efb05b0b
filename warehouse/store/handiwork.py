"""Files that the product writes for people, who make them theirs by changing them.

Belongs here: putting such files in place without touching what somebody changed since. Does not
belong here: what is in them. The digests of what was put there are kept in the private folder of
the home, under a name for each set of files.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from warehouse.files import PRIVATE_FILE, sha256_file, write_whole
from warehouse.store.home import Home


@dataclass(frozen=True)
class Installed:
    """What became of a set of files: those written, and those left as somebody had changed them."""

    written: tuple[Path, ...]
    kept: tuple[Path, ...]


def install(home: Home, name: str, staged: Path, target: Path) -> Installed:
    """Put every file below ``staged`` at the same path below ``target``.

    A file that is there already is replaced only if it still is what was put there before; one that
    differs is somebody's own and stays. The same contents are left alone, with their time.

    Args:
        home: The home that both lie in.
        name: The name of this set of files.
        staged: Where they were made; they are moved away from there.
        target: Where they belong.
    """
    mark = home.warehouse / f"{name}.files.json"
    before: dict[str, str] = _read(mark)
    known = dict(before)
    written, kept = [], []
    for source in sorted(path for path in staged.rglob("*") if path.is_file()):
        relative = source.relative_to(staged).as_posix()
        path, digest = target / relative, sha256_file(source)
        there = sha256_file(path) if path.is_file() else ""
        if there and there not in {digest, before.get(relative)}:
            kept.append(path)
            continue
        known[relative] = digest
        if there != digest:
            path.parent.mkdir(parents=True, exist_ok=True)
            source.replace(path)
            written.append(path)
    if known != before:
        write_whole(mark, json.dumps(known, indent=0, sort_keys=True).encode(), PRIVATE_FILE)
    return Installed(tuple(written), tuple(kept))


def steady_workbook(raw: bytes, saved: datetime) -> bytes:
    """Return an XLSX file as if it had been saved at that time (UTC).

    The library writes the time of saving into the properties and the archive; both are replaced, so
    that the same table gives the same bytes.
    """
    stamp = f"{saved:%Y-%m-%dT%H:%M:%SZ}".encode()
    fixed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(raw)) as old,
        zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.infolist():
            data = old.read(entry)
            if entry.filename == "docProps/core.xml":
                data = re.sub(rb"(<dcterms:(created|modified)[^>]*>)[^<]*", rb"\g<1>" + stamp, data)
            info = zipfile.ZipInfo(entry.filename, saved.timetuple()[:6])
            new.writestr(info, data, zipfile.ZIP_DEFLATED)
    return fixed.getvalue()


def _read(mark: Path) -> dict[str, str]:
    """The digests kept earlier; none where they are lost: then what differs is somebody's own."""
    try:
        found = json.loads(mark.read_bytes())
    except (OSError, ValueError):
        return {}
    is_known = isinstance(found, Mapping)
    return {str(path): str(digest) for path, digest in found.items()} if is_known else {}
