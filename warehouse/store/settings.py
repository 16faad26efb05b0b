"""The settings of a home: what ``config/home.toml`` may say, and what it may not.

Belongs here: the keys, their defaults and bounds, and the file that a new home gets. Does not
belong here: the region's rules, which are CSV files beside it (ingest).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from warehouse.errors import UserError
from warehouse.vocabulary import Text

_MAX_THREADS = 256
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_MEMORY = re.compile(r"[1-9]\d*(\.\d+)? ?(MB|GB|MiB|GiB)")

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


@dataclass(frozen=True)
class Settings:
    """What ``config/home.toml`` may set; the defaults hold for a key that is not there.

    ``night_at`` is HH:MM in ``time_zone``; ``max_rejected_share`` the share of a delivery's rows
    above which it is held; ``settle_seconds`` how long a file must not have changed.
    """

    time_zone: str = "Asia/Jayapura"
    night_at: str = "01:30"
    memory_limit: str = "4GB"
    threads: int = 2
    max_rejected_share: float = 0.5
    settle_seconds: int = 2


def read_settings(path: Path) -> Settings:
    """Read a ``home.toml``; UserError names the file and the key that is wrong."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(
            f"{path}: tidak terbaca sebagai TOML: {error}",
            f"{path}: not readable as TOML: {error}",
        ) from error
    for key, value in values.items():
        if key not in _RULES:
            raise UserError(
                f"{path}: kunci {key} tidak dikenal; yang ada: {', '.join(_RULES)}",
                f"{path}: unknown key {key}; known are {', '.join(_RULES)}",
            )
        is_right, must = _RULES[key]
        if not is_right(value):
            raise UserError(f"{path}: {key} harus {must.id}", f"{path}: {key} must be {must.en}")
    return Settings(**values)


def _is_zone(value: object) -> bool:
    try:
        return isinstance(value, str) and ZoneInfo(value).key == value
    except (KeyError, OSError, ValueError):  # not found, a folder, or no name at all
        return False


def _is_integer(value: object, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _is_share(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 1


# What each key of home.toml must be, and the words that say so.
_RULES: dict[str, tuple[Callable[[Any], bool], Text]] = {
    "time_zone": (
        _is_zone,
        Text(
            'nama zona waktu, mis. "Asia/Jayapura"',
            'the name of a time zone, such as "Asia/Jayapura"',
        ),
    ),
    "night_at": (
        lambda value: isinstance(value, str) and _CLOCK.fullmatch(value) is not None,
        Text('jam, mis. "01:30"', 'a time of day, such as "01:30"'),
    ),
    "memory_limit": (
        lambda value: isinstance(value, str) and _MEMORY.fullmatch(value) is not None,
        Text('jumlah memori, mis. "4GB"', 'an amount of memory, such as "4GB" or "800MB"'),
    ),
    "threads": (
        lambda value: _is_integer(value, 1, _MAX_THREADS),
        Text(
            f"bilangan bulat dari 1 sampai {_MAX_THREADS}",
            f"a whole number from 1 to {_MAX_THREADS}",
        ),
    ),
    "max_rejected_share": (
        _is_share,
        Text("bagian di atas 0 sampai 1, mis. 0.5", "a share above 0 and up to 1, such as 0.5"),
    ),
    "settle_seconds": (
        lambda value: _is_integer(value, 0, 86_400),
        Text(
            "bilangan bulat detik, paling lama sehari", "a whole number of seconds, at most a day"
        ),
    ),
}
