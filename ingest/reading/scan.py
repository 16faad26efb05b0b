"""What one pass over all bytes of a text file tells, in bounded memory.

Belongs here: encoding, quotes, line ends and controls. Does not belong here: its delimiter and
cells (`ingest.reading.dialect`).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.reading.containers import utf16_of
from ingest.reasons import Unreadable

_CHUNK = 1 << 20
# What `clean_line` has to blank: no cell may hold it, and no workbook that goes back to a sender.
_CONTROLS = tuple(bytes([code]) for code in (*range(9), 11, 12, *range(14, 32), 127))
_WIDE_CONTROLS = re.compile(rb"\xc2[\x80-\x9f]|\xe2\x80[\xa8-\xae]")  # the others, in UTF-8


@dataclass(frozen=True)
class Facts:
    """What a scan of all bytes of a text file found."""

    encoding: str
    quoted: bool
    rows: int
    is_line_file: bool  # DuckDB can read it as it stands


def survey(path: Path, start: bytes) -> Facts:
    """Read the file once, as bytes, in bounded memory."""
    wide = utf16_of(start)
    if wide:
        return Facts(wide, quoted=True, rows=0, is_line_file=False)
    decoder = codecs.getincrementaldecoder("utf-8")()
    utf8, quoted, odd = True, False, False
    returns = feeds = pairs = 0
    last = b""
    for chunk in _chunks(path):
        if len(chunk) == _CHUNK and b"\n" not in chunk and b"\r" not in chunk:
            raise Unreadable("line_too_long")
        if utf8 and not (chunk.isascii() and not decoder.getstate()[0]):
            utf8 = _decodes(decoder, chunk)
        quoted = quoted or b'"' in chunk
        odd = odd or _has_controls(chunk)
        feeds += chunk.count(b"\n")
        if b"\r" in chunk or last == b"\r":
            returns += chunk.count(b"\r")
            pairs += chunk.count(b"\r\n") + (last == b"\r" and chunk.startswith(b"\n"))
        last = chunk[-1:]
    utf8 = utf8 and not decoder.getstate()[0]
    uniform = returns == 0 or returns == feeds == pairs
    return Facts(
        encoding="utf-8-sig" if utf8 else "cp1252",
        quoted=quoted,
        rows=feeds + (last not in b"\n"),
        is_line_file=utf8 and uniform and not odd and not quoted,
    )


def _has_controls(chunk: bytes) -> bool:
    """Whether something else than tabulators and line ends steers a terminal or a workbook."""
    if any(control in chunk for control in _CONTROLS):  # each a search in C: a pattern is slower
        return True
    return not chunk.isascii() and _WIDE_CONTROLS.search(chunk) is not None


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes) -> bool:
    try:
        decoder.decode(chunk)
    except UnicodeDecodeError:
        return False
    return True


def _chunks(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk
    except OSError as error:
        raise Unreadable("file_unreachable") from error
