"""The files in which a region writes its own rules, empty and explained.

Belongs here: what `budaya init` puts into `config/`. Does not belong here: reading them
(`ingest.rules.files`), or templates of landing files (`ingest.senders.templates`).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ingest.rules.files import file_columns
from warehouse.catalog.model import Column, Table
from warehouse.catalog.reader import load_catalog
from warehouse.files import PUBLIC_FILE, write_whole
from warehouse.store.home import Home

README = "README.md"

_INTRODUCTION = """\
# Aturan daerah / The region's own rules

Setiap berkas CSV di folder ini memuat aturan milik daerah. Berkas yang kosong berarti: berlaku
aturan bawaan. Baris di sini menang atas baris bawaan dengan kunci dan hari yang sama; yang tidak
ditulis tetap mengikuti aturan bawaan. Periksa dengan `budaya check config`.

Each CSV file in this folder holds rules of the region. An empty file means that the shipped rules
hold. A row here wins over the shipped row of the same key and day; whatever is not written here
stays as shipped. Check the files with `budaya check config`.

- `government_code`: kosong = semua pemerintah daerah di instalasi ini / empty = all governments of
  this installation.
- `valid_from`, `valid_to`: hari pertama dan terakhir, keduanya termasuk; kosong = terbuka / first
  and last day, both included; empty = open.
- Dua baris dengan kunci yang sama tidak boleh bertumpang tindih atau menyisakan celah hari / two
  rows of one key must neither overlap nor leave a gap of days between them.
- `*`: wajib diisi / must be filled.
- `source`: peraturan atau keputusan yang menjadi dasar / the regulation or decision behind the
  row; `trust`: C, A, D, R.
"""


def config_templates(home: Home) -> list[Path]:
    """Write the missing files of `config/`: a header per rule, and what they mean.

    A file that is there, whatever is in it, is left as it is.

    Returns:
        The files written.
    """
    tables = load_catalog().rules.values()
    contents = {f"{table.name}.csv": _header(table) for table in tables}
    contents[README] = _INTRODUCTION + "".join(_section(table) for table in tables)
    # A region may have saved a rule in capitals; it must not get a second, empty file of it.
    present = {path.name.casefold() for path in home.config.iterdir()}
    written = []
    for name, text in contents.items():
        if name.casefold() not in present:
            write_whole(home.config / name, text.encode(), PUBLIC_FILE)
            written.append(home.config / name)
    return written


def _header(table: Table) -> str:
    return ",".join(column.name for column in file_columns(table)) + "\n"


def _section(table: Table) -> str:
    key = ", ".join(f"`{name}`" for name in table.key)
    lines = [f"\n## {table.name}.csv", table.description, f"Kunci / key: {key}", ""]
    return "\n".join([*lines, *_meanings(table)]) + "\n"


def _meanings(table: Table) -> Iterator[str]:
    for column in table.columns:
        yield f"- `{column.name}`{_allowed(column)}: {column.description}"


def _allowed(column: Column) -> str:
    mandatory = " *" if column.required else ""
    return f"{mandatory} ({', '.join(map(str, column.values))})" if column.values else mandatory
