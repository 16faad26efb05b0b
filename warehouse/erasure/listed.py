"""The list of people who were erased: keyed digests, from which nobody can be read.

Belongs here: the list's file and the digests in it. Does not belong here: deleting anything
(``warehouse.erasure.removal``).
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from warehouse.errors import UserError
from warehouse.files import PRIVATE_FILE, write_whole
from warehouse.store.home import Home
from warehouse.words import sentence

NIP_DIGITS = 18
# As people write it: 19860926 201505 1 001.
_WRITTEN = re.compile(r"\d(?:[ .'-]?\d){17,}")


@dataclass(frozen=True)
class Erased:
    """One person of the list, by keyed digests.

    ``pins`` are the digests of government, device and PIN, each with the first and last day on
    which the PIN was theirs (ISO, empty if open).
    """

    nip: str
    respondent: str
    pins: tuple[tuple[str, str, str], ...] = ()


def read_list(home: Home) -> list[Erased]:
    """The people who were erased, as digests.

    Raises:
        UserError: The list is damaged; nobody may be loaded who was on it.
    """
    if not home.erasure_file.exists():
        return []
    try:
        found = json.loads(home.erasure_file.read_bytes())
        return [Erased(e["nip"], e["respondent"], tuple(map(tuple, e["pins"]))) for e in found]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise UserError(
            sentence(
                "erasure",
                "list_damaged",
                file=home.erasure_file,
                without_backup=sentence("erasure", "without_backup"),
            )
        ) from None


def require_list(home: Home, entries: Iterable[Mapping[str, Any]]) -> None:
    """Refuse to go on where the list is lost or older than the ledger: people would come back.

    Raises:
        UserError: It has fewer people than the ledger says were erased.
    """
    erasures = [entry for entry in entries if entry["kind"] == "erasure"]
    # A line of before the list's length was recorded tells of the people of one erasure.
    wanted = max((int(e.get("listed", min(e["people"], 1))) for e in erasures), default=0)
    found = len(read_list(home))
    if found < wanted:
        raise UserError(
            sentence(
                "erasure",
                "list_lost",
                file=home.erasure_file,
                found=found,
                wanted=wanted,
                without_backup=sentence("erasure", "without_backup"),
            )
        )


def write_list(home: Home, people: Iterable[Erased]) -> None:
    """Replace the list; it is private, like the key."""
    by_nip = {person.nip: asdict(person) for person in people}
    text = json.dumps([by_nip[nip] for nip in sorted(by_nip)], indent=1)
    write_whole(home.erasure_file, text.encode(), PRIVATE_FILE)


def person_of(key: bytes, nip: str) -> Erased:
    """The digests of a person; their PINs are added when the working file names them."""
    # The loader stores a respondent as the HMAC of what was written.
    return Erased(digest(key, nip), hmac.new(key, nip.encode(), "sha256").hexdigest())


def digest(key: bytes, *parts: str) -> str:
    """Stand for a NIP, or for a government, device and PIN."""
    return hmac.new(key, "\0".join(("erased", *parts)).encode(), "sha256").hexdigest()


def numbers(text: str) -> Iterator[str]:
    """The runs of digits in a text that are long enough for a NIP, without what parts them."""
    return (re.sub(r"\D", "", found) for found in _WRITTEN.findall(text))


def mask_numbers(text: str) -> str:
    """The text with each digit of such a run replaced by ``*``, however it is written."""
    return _WRITTEN.sub(lambda found: re.sub(r"\d", "*", found.group()), text)
