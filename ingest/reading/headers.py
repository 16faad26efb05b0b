"""Where a header stands in a grid: in one row or in two, with rows below it that explain it.

Belongs here: the texts of a header, whatever its rows, how they are compared, and guide rows. Does
not belong here: which column fills what (`ingest.recognising.signatures`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from ingest.reading.grids import Grid

# Below a name that several columns share: which of them holds the value, and which never does.
_VALUE_WORDS = frozenset({"nilai", "skor", "score", "value", "poin", "points"})
_OTHER_WORDS = frozenset(
    {"bobot", "weight", "target", "maks", "maksimal", "maksimum", "max", "maximum"}
    | {"kategori", "predikat", "keterangan", "ket"}
)
_MAX_GUIDES = 3
# What a record holds and no name of a column does: long numbers, dates, times, decimals.
_LETTER = re.compile(r"[^\W\d_]")
_OF_A_RECORD = re.compile(r"\d{5}|\d[/:.-]\d")

_COLUMN_NUMBER = re.compile(r"[(\[]?(\d{1,3}|[a-z]|[ivx]+)[)\].]?(\s*=.*)?", re.IGNORECASE)
_LAST_COLUMN = 100  # where numbers that go on from another table begin, at most
_ROMAN = [
    "i",
    "ii",
    "iii",
    "iv",
    "v",
    "vi",
    "vii",
    "viii",
    "ix",
    "x",
    "xi",
    "xii",
    "xiii",
    "xiv",
    "xv",
    "xvi",
    "xvii",
    "xviii",
    "xix",
    "xx",
]
_WEIGHT = re.compile(r"[(\[]?\d{1,3}([.,]\d+)?\s*%?[)\]]?")
_WEIGHTS = re.compile(r"bobot|weight|((nilai|skor) )?(maks|max)\w*", re.IGNORECASE)
_KIND = re.compile(
    r"(teks|text|string|varchar|char|huruf|angka|number|numeric|bilangan|integer|int|desimal|decimal"
    r"|tanggal|date|jam|waktu|time|timestamp|datetime|boolean|pilihan|wajib|opsional"
    r"|required|optional|wajib diisi|boleh kosong|ya tidak|yyyy mm dd|dd mm yyyy|tttt bb hh"
    r"|hh bb tttt|hh mm( ss)?|jj mm( dd)?|menit|hari|orang|nilai|skor|poin|nip|pin|(maks|max)\w*"
    r"|(kode|code|nama|name|jenis|tipe|type)( unit| opd| unit kerja| satuan kerja| pegawai| cuti"
    r"| kegiatan| jabatan)?)( ?\d+)?( (digit|angka|karakter|huruf))?"
    r"|\d+ (digit|angka|karakter|huruf)"
)


@dataclass(frozen=True)
class Header:
    """The ``texts`` of a header; it ends in row ``row`` of its grid and takes ``rows`` of them."""

    row: int
    texts: tuple[str, ...]
    rows: int = 1


def folded(header: str) -> str:
    """Return a header's text without the differences that don't matter: case and blanks."""
    return " ".join(header.lower().split())


def plain(header: str) -> str:
    """Return a header's words: lower case, without dots, slashes, hyphens and underscores."""
    return " ".join(re.sub(r"[\s./:_-]+", " ", header.lower()).split())


def named_by(names: Iterable[str]) -> frozenset[str]:
    """What the cells of a header can hold that shows one of the names, whole or divided.

    Names are written as `plain` writes them, and each has a letter.
    """
    words = [name.split(" ") for name in names]
    if not all(_LETTER.search(" ".join(of)) for of in words):
        raise ValueError("a name needs a letter: rows without one are passed over")
    parts = [(of[:cut], of[cut:]) for of in words for cut in range(len(of) + 1)]
    return frozenset(" ".join(part) for pair in parts for part in pair if part)


def telling_rows(grid: Grid, named: frozenset[str]) -> list[bool]:
    """Whether each row of the head has a cell by which a header can be known (`named_by`).

    A question may begin with the name. Rows are many, and most of their cells are figures.
    """
    return [
        _LETTER.search(" ".join(cells)) is not None and _tells(cells, named) for cells in grid.head
    ]


def _tells(cells: Sequence[str], named: frozenset[str]) -> bool:
    texts = [plain(cell) for cell in cells if _LETTER.search(cell)]
    return any(text in named or text.partition(" ")[0] in named for text in texts)


def single_rows(grid: Grid, telling: Sequence[bool]) -> Iterator[Header]:
    """Yield each telling row of the head as a header, unless the next row divides its names."""
    below = [*grid.head[1:], ()]
    for number, (cells, lower) in enumerate(zip(grid.head, below, strict=True), start=1):
        if telling[number - 1] and not _divides(cells, lower):
            yield _header(number, cells)


def merged_rows(grid: Grid, telling: Sequence[bool]) -> Iterator[Header]:
    """Yield pairs of rows as one header: below a merged cell stands nothing, or what it groups.

    Only pairs of which a row tells.
    """
    after = [*grid.head[2:], ()]
    for number, (upper, lower, next_row) in enumerate(
        zip(grid.head, grid.head[1:], after, strict=False), start=2
    ):
        tells = telling[number - 2] or telling[number - 1]
        if tells and any(upper) and any(lower) and not _divides(lower, next_row):
            width = max(len(upper), len(lower))
            above, below = ([*row, *[""] * (width - len(row))] for row in (upper, lower))
            for names in (
                _values_of_groups(above, below),
                [b or a for a, b in zip(above, below, strict=True)],
                _joined(above, below),
            ):
                yield replace(_header(number, names), rows=2)


def guide_rows(grid: Grid, skip: int, width: int) -> tuple[tuple[str, ...], ...]:
    """The rows right below a header that explain its columns: numbers, kinds or weights."""
    found: list[tuple[str, ...]] = []
    for cells in grid.head[skip : skip + _MAX_GUIDES]:
        if any(cells):
            if not _is_guide(cells, width):
                break
            found.append((*cells, *[""] * (width - len(cells))))
    return tuple(found)


def _header(row: int, cells: Sequence[str]) -> Header:
    """The header that ends in a row with these cells, as far as the last one that is filled."""
    width = max((index for index, cell in enumerate(cells, start=1) if cell), default=0)
    return Header(row, tuple(cells[:width]))


# --- a header in two rows --------------------------------------------------------------------


def _groups(upper: Sequence[str], width: int) -> list[int]:
    """For each column the first one under the same name: merged cells, or the name repeated."""
    groups: list[int] = []
    for column in range(width):
        name = upper[column] if column < len(upper) else ""
        goes_on = column and (not name or name == upper[groups[-1]])
        groups.append(groups[-1] if goes_on else column)
    return groups


def _divides(upper: Sequence[str], lower: Sequence[str]) -> bool:
    """Whether a row divides the names above it: only where a name has columns, and into parts.

    Labels do. So do figures (25%, 2025), where they stand in several columns of each such name.
    """
    filled = [column for column, cell in enumerate(lower) if cell]
    if not filled or not any(upper):
        return False
    groups = _groups(upper, max(len(upper), len(lower)))
    spans = Counter(groups)
    if not all(spans[groups[column]] > 1 and (groups[column] or upper[0]) for column in filled):
        return False
    if any(_OF_A_RECORD.search(lower[column]) for column in filled):
        return False
    parts = Counter(groups[column] for column in filled)
    return min(parts.values()) > 1 or all(lower[column][0].isalpha() for column in filled)


def _values_of_groups(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    """The names of a two-level header; a group's name belongs to its column of values.

    That is the one called Nilai or Skor, if the others of the group are Bobot, Target and the like.
    """
    names = [f"{a} {b}" if a and b else b or a for a, b in zip(upper, lower, strict=True)]
    groups = _groups(upper, len(upper))
    for first, columns in groupby(range(len(upper)), key=lambda column: groups[column]):
        labels = {column: lower[column] for column in columns}
        values = [column for column, label in labels.items() if _bare(label) in _VALUE_WORDS]
        others = [label for column, label in labels.items() if label and column not in values]
        if len(values) == 1 and all(map(_is_no_value, others)):
            for column in labels:
                names[column] = f"{upper[first]} {lower[column]}".strip()
            names[values[0]] = upper[first]
    return names


def _is_no_value(label: str) -> bool:
    """Whether a label is Bobot, Target and the like, with or without the weight, or the weight."""
    words = re.findall(r"[^\W\d_]+", label.lower())
    return _OTHER_WORDS.issuperset(words) if words else _WEIGHT.fullmatch(label) is not None


def _joined(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    """The names of a two-level header, each with that of its group in front."""
    groups = _groups(upper, len(upper))
    return [
        f"{upper[first]} {label}" if upper[first] and label else label or upper[column]
        for column, (first, label) in enumerate(zip(groups, lower, strict=True))
    ]


# --- rows that explain the columns -----------------------------------------------------------


def _is_guide(cells: Sequence[str], width: int) -> bool:
    filled = [cell for cell in cells if cell]
    if len(filled) < 2:
        return False
    if _WEIGHTS.fullmatch(filled[0]):
        return all(_WEIGHT.fullmatch(cell) for cell in filled[1:])
    if 2 * len(filled) < width:
        return False
    return _counts_on(filled) or all(_KIND.fullmatch(_bare(cell)) for cell in filled)


def _bare(cell: str) -> str:
    return plain(re.sub(r"[()\[\],*]", " ", cell))


def _counts_on(filled: Sequence[str]) -> bool:
    """Whether cells are 1, 2, 3 or (1), (2), (3) = (1) + (2) or a, b, c or I, II, III.

    Figures may go on from those of another table (7, 8, 9), if they are three or more.
    """
    found = [_COLUMN_NUMBER.fullmatch(cell) for cell in filled]
    texts = [one[1].lower() for one in found if one]
    if len(texts) < len(filled):
        return False
    if all(text.isdecimal() for text in texts):
        first = int(texts[0])
        begins = first == 1 or (len(texts) > 2 and first <= _LAST_COLUMN)
        return begins and [int(text) for text in texts] == list(range(first, first + len(texts)))
    letters = "abcdefghijklmnopqrstuvwxyz"
    return texts in (list(letters[: len(texts)]), _ROMAN[: len(texts)])
