"""The governments that exist, and which of them a folder's name may mean.

Belongs here: the rule `governments` as a list to look codes up in, which of them a home works with,
and likenesses of codes and names. Does not belong here: where a file lies
(`ingest.arrivals.places`), or what holds for a government on a day (`ingest.rules.resolving`).
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ingest.rules.resolving import rows_of
from ingest.words import sentence
from warehouse.errors import UserError
from warehouse.privacy import masked
from warehouse.store.home import Home
from warehouse.vocabulary import Text

# How people shorten the words that tell a city from the regency around it.
_LEVELS: Mapping[str, str] = {
    **dict.fromkeys(("kota", "pemkot", "city"), "city"),
    **dict.fromkeys(("kabupaten", "kab", "pemkab", "regency"), "regency"),
    **dict.fromkeys(("provinsi", "prov", "pemprov", "propinsi", "province"), "province"),
}
ZONES: Mapping[str, str] = {
    "Asia/Jakarta": "WIB",
    "Asia/Makassar": "WITA",
    "Asia/Jayapura": "WIT",
}
_FILLERS = frozenset({"pemerintah", "daerah", "administrasi", "adm"})
_CODE = re.compile(r"(?<!\d)(\d\d)[.\s_-]?(\d\d)?(?!\d)")
# How alike two words must be to be taken for one another; 1 is the same.
_LIKENESS = 0.8
_MOST = 3  # suggestions; more would be a list, no advice

Known = Mapping[str, "Government"]


@dataclass(frozen=True)
class Government:
    """One government as the rules name it last; ``time_zone`` is an IANA name."""

    code: str
    name: str
    level: str
    time_zone: str


def known_governments(home: Home) -> Known:
    """Every government that the shipped table or the region's own names, by code.

    What is wrong in the region's own table is left out here: `ingest.rules.resolving.read_rules`
    tells it.
    """
    rows = sorted(rows_of(home, "governments"), key=lambda row: row.valid_from)
    own = [row for row in rows if row.origin == "home"]
    return {
        str(row.government_code): Government(
            str(row.government_code),
            str(row.values["name"]),
            str(row.values["level"]),
            str(row.values["time_zone"]),
        )
        for row in [*(row for row in rows if row.origin == "shipped"), *own]
    }


def governments_in(home: Home, known: Collection[str]) -> list[str]:
    """The known codes that have a folder in landing, even an empty one, in order."""
    try:
        folders = [entry for entry in os.scandir(home.landing) if entry.is_dir()]
    except OSError:
        return []
    return sorted(entry.name for entry in folders if entry.name in known and not entry.is_symlink())


def present_governments(home: Home) -> list[Government]:
    """The governments that have a folder in landing."""
    known = known_governments(home)
    return [known[code] for code in governments_in(home, known)]


def zone_notices(home: Home, governments: Sequence[Government]) -> tuple[Text, ...]:
    """Say where the home's zone is that of none of its governments: its nights begin too late."""
    zone = home.settings().time_zone
    if not governments or any(government.time_zone == zone for government in governments):
        return ()
    right = ", ".join(f"{g.code} {g.name}: {zone_name(g.time_zone)}" for g in governments)
    return (sentence("home", "other_zone", zone=zone_name(zone), right=right),)


def zone_name(zone: str) -> str:
    """A zone as people call it, with its name in home.toml."""
    return f"{ZONES[zone]} ({zone})" if zone in ZONES else zone


def known_government(home: Home, code: str) -> Government:
    """Return a government by its code; UserError says what a code that is none may mean."""
    known = known_governments(home)
    if code in known:
        return known[code]
    near = ", ".join(f"{one} {known[one].name}" for one in meant(code, known, ()))
    key = "unknown_meant" if near else "unknown"
    raise UserError(sentence("government", key, code=masked(code), near=near))


def meant(text: str, known: Known, near: Collection[str]) -> tuple[str, ...]:
    """Return the codes that a name may mean, the likeliest first; at most three.

    Args:
        text: A folder's name, such as `7271`, `Kota Palu` or `ternate`.
        known: All governments.
        near: The codes that the home works with: of several they are meant first.
    """
    if codes := _of_a_number(text, known):
        return codes
    if code := code_in(text, known) or next(
        (c for c in known if c.casefold() == text.casefold()), ""
    ):
        return (code,)
    found = _named(text, known) or _mistyped(text, known, near)
    return tuple([code for code in found if code in near] or found)[:_MOST]


def _of_a_number(text: str, known: Known) -> tuple[str, ...]:
    """The codes that a spreadsheet may have shortened or padded: 36.3 and 64.00 as numbers."""
    number = re.fullmatch(r"(\d\d)[.,](\d|00)", text.strip())
    if not number:
        return ()
    whole, rest = number.groups()
    codes = (whole,) if rest == "00" else (f"{whole}.0{rest}", f"{whole}.{rest}0")
    return tuple(code for code in codes if code in known)


def code_in(text: str, known: Known) -> str:
    """Return the known code that stands in a text, with or without its point; empty if none."""
    found = [".".join(filter(None, match)) for match in _CODE.findall(text)]
    return next((code for code in found if code in known), "")


def _named(text: str, known: Known) -> list[str]:
    """Codes of the governments with that name: the same, else the most alike."""
    asked, level = _bare(text)
    if not asked:
        return []
    by_name: dict[str, list[str]] = {}
    for government in known.values():
        by_name.setdefault(_bare(government.name)[0], []).append(government.code)
    names = [name for name in by_name if f"{name} ".startswith(f"{asked} ")]
    names = [asked] if asked in by_name else names
    names = names or difflib.get_close_matches(asked, by_name, n=_MOST, cutoff=_LIKENESS)
    codes = [code for name in names for code in by_name[name]]
    return [code for code in codes if known[code].level == level] or codes


def _bare(name: str) -> tuple[str, str]:
    """A name without the words of its level, and that level; empty if it names none."""
    words = re.findall(r"[^\W\d_]+", name.casefold())
    levels = [_LEVELS[word] for word in words if word in _LEVELS]
    own = [word for word in words if word not in _LEVELS and word not in _FILLERS]
    return " ".join(own), levels[0] if levels else ""


def _mistyped(text: str, known: Known, near: Collection[str]) -> list[str]:
    """Known codes with two digits exchanged, or of those nearby with one digit wrong."""
    digits = re.sub(r"\D", "", text)
    return list(_exchanged(digits, known)) or [code for code in near if _differ(digits, code) == 1]


def _exchanged(digits: str, known: Known) -> Iterator[str]:
    for at in range(len(digits) - 1):
        swapped = digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]
        if code := code_in(swapped, known):
            yield code


def _differ(digits: str, code: str) -> int:
    """In how many places a code differs; many if it is shorter or longer."""
    own = code.replace(".", "")
    if len(own) != len(digits):
        return len(own) + len(digits)
    return sum(a != b for a, b in zip(own, digits, strict=True))
