"""What lies in ``config/``, by digest: a night records it, and `verify` compares.

Belongs here: naming and hashing the files of a region's own. Does not belong here: reading them
(``warehouse.store.settings``, ``ingest.rules.resolving``).
"""

from __future__ import annotations

from warehouse.files import sha256_file
from warehouse.privacy import masked
from warehouse.store.home import Home


def digests(home: Home) -> dict[str, str]:
    """SHA-256 by path within the home, masked; what can't be read now is left out."""
    found = {}
    for path in sorted(home.config.glob("*")) if home.config.is_dir() else ():
        if path.is_file() and not path.name.startswith((".", "~")):
            try:
                found[f"config/{masked(path.name)}"] = sha256_file(path)
            except OSError:
                continue
    return found
