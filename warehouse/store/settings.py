"""The settings of a home: what ``config/home.toml`` may say, and what it may not.

Belongs here: the keys, their defaults and bounds, and the file that a new home gets. Does not
belong here: the region's rules, which are CSV files beside it (ingest).
"""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field
from pydantic.dataclasses import dataclass

from warehouse.documents import STRICT, DocumentError, Fault, read_toml
from warehouse.errors import UserError
from warehouse.sentences import in_both
from warehouse.vocabulary import Text
from warehouse.words import sentence

_MAX_THREADS = 256
_DAY = 86_400

SETTINGS_TEMPLATE = """\
# Pengaturan home ini / Settings of this home.

# Zona waktu rumah ini: Asia/Jakarta (WIB), Asia/Makassar (WITA), Asia/Jayapura (WIT).
# Time zone of this home; it decides the date of a night and when the nightly run starts.
time_zone = "Asia/Jayapura"

# Jam mulai pemrosesan, menurut zona waktu di atas / When the nightly run starts, in that zone.
night_at = "01:30"

# Batas memori dan prosesor / Limits of memory and processors.
memory_limit = "4GB"
threads = 2

# Berkas ditahan bila bagian barisnya yang dikarantina melebihi ini (0 sampai 1).
# A file is held if more than this share of its rows is quarantined (0 to 1).
max_rejected_share = 0.5

# Berkas yang berubah dalam sekian detik terakhir masih dianggap sedang disalin.
# A file that changed within so many seconds is taken to be still on its way.
settle_seconds = 2
"""


def settings_text(time_zone: str, governments: str) -> str:
    """The file of a new home in a zone, for the governments that are named in it."""
    begin = f"# Pemerintah daerah / governments: {governments}\n"
    return begin + SETTINGS_TEMPLATE.replace(Settings.time_zone + '"\n', time_zone + '"\n')


def _zone(value: str) -> str:
    try:
        known = ZoneInfo(value).key == value
    except (KeyError, OSError, ValueError):  # not found, a folder, or no name at all
        known = False
    if not known:
        raise ValueError("no zone of that name")
    return value


@dataclass(frozen=True, config=STRICT)
class Settings:
    """What ``config/home.toml`` may set; the defaults hold for a key that is not there.

    ``night_at`` is HH:MM in ``time_zone``; ``max_rejected_share`` the share of a delivery's rows
    above which it is held; ``settle_seconds`` how long a file must not have changed.
    """

    time_zone: Annotated[str, AfterValidator(_zone)] = "Asia/Jayapura"
    night_at: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = "01:30"
    memory_limit: Annotated[str, Field(pattern=r"^[1-9]\d*(\.\d+)? ?(MB|GB|MiB|GiB)$")] = "4GB"
    threads: Annotated[int, Field(ge=1, le=_MAX_THREADS)] = 2
    max_rejected_share: Annotated[float, Field(gt=0, le=1)] = 0.5
    settle_seconds: Annotated[int, Field(ge=0, le=_DAY)] = 2


def read_settings(path: Path) -> Settings:
    """Read a ``home.toml``; UserError names the file and every key that is wrong."""
    try:
        return read_toml(path, Settings)
    except DocumentError as error:
        said = [_said(path, fault) for fault in error.faults]
        raise UserError(in_both(said, "\n")) from error


def _said(path: Path, fault: Fault) -> Text:
    if fault.key == "-":  # no TOML at all
        return sentence("settings", "unreadable", file=path, said=fault.said)
    there = [setting.name for setting in fields(Settings)]
    if fault.key not in there:
        return sentence("settings", "unknown", file=path, key=fault.key, there=", ".join(there))
    must = sentence("setting", fault.key, most=_MAX_THREADS)
    return sentence("settings", "wrong", file=path, key=fault.key, must=must)
