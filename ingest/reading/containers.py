"""What kind of file it is that holds a table: a workbook, an archive, text, or something else.

Belongs here: how files begin, and taking the one text out of an archive. Does not belong here: the
rows of a text (`ingest.reading.dialect`) or of a workbook (`ingest.reading.workbooks.reader`).
"""

from __future__ import annotations

import codecs
import re
import zipfile
import zlib
from pathlib import Path

from ingest.reading.workbooks.reader import MAX_EXPANDED
from ingest.reasons import Unreadable

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"

_CHUNK = 1 << 20
_WORKBOOK_PARTS = {"[Content_Types].xml", "mimetype"}
# How files begin that hold no table, in lower case.
_NO_TABLES = (
    b"%pdf",
    b"{\\rtf",
    b"\x7felf",
    b"\x89png",
    b"\xff\xd8\xff",
    b"\x1f\x8b",
    b"7z\xbc\xaf",
    b"rar!\x1a",
    b"par1",
    b"\x00\x01\x00\x00standard",
    b"id;p",
)
_OLD_EXCEL = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00")  # 2 to 4
_JSON = re.compile(rb'\{\s*"|\[\s*[{\["]')
_ELEMENT = re.compile(rb"<[a-z][a-z0-9:_-]*[\s/>]")
# Beginnings of web pages; a table of text does not begin with an element.
_WEB_PAGE = re.compile(
    rb"(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body|meta|title|style|table|thead|tbody|tr|td|div|center|font|p|br)"
    rb"[\s>/]|mime-version:|from: <saved by",
    re.DOTALL,
)
_XML = (b"<?xml", b"<workbook", b"<ss:workbook", b"<office:document")
_XML_WORKBOOKS = (
    b"urn:schemas-microsoft-com:office:spreadsheet",
    b"office:spreadsheet",
    b"office:document",
)


def no_table_reason(start: bytes) -> str:
    """The code of the reason why a file that begins so holds no table that is read; empty if so."""
    wide = utf16_of(start)
    if wide:
        start = start.decode(wide, errors="ignore").encode()
    if start.startswith(_OLD_EXCEL):
        return "not_a_table"
    begins = start.removeprefix(codecs.BOM_UTF8).lstrip().lower()
    if begins.startswith(_XML):
        if b"<html" in begins:
            return "web_page"
        return "workbook_xml" if any(n in begins for n in _XML_WORKBOOKS) else "not_a_table"
    if _WEB_PAGE.match(begins):
        return "web_page"
    others = begins.startswith(_NO_TABLES) or _JSON.match(begins) or _ELEMENT.match(begins)
    return "not_a_table" if others else ""


def utf16_of(start: bytes) -> str:
    """Name the UTF-16 that a file is written in, by its mark or by every second byte being 0."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    half = len(start) // 2
    if half >= 4 and start[1::2].count(0) > half * 0.7 and start[::2].count(0) < half * 0.1:
        return "utf-16-le"
    if half >= 4 and start[::2].count(0) > half * 0.7 and start[1::2].count(0) < half * 0.1:
        return "utf-16-be"
    return ""


def packed_text(path: Path, folder: Path) -> Path | None:
    """Unpack the only file of an archive, such as a form's zipped CSV; None for a workbook."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if not name.startswith("__MACOSX/")]
            if any(name in _WORKBOOK_PARTS for name in names):
                return None
            members = [name for name in names if not name.endswith("/")]
            if len(members) != 1:
                raise Unreadable("archive_several" if members else "file_empty")
            return _unpacked(archive, members[0], folder)
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, zlib.error) as error:
        raise Unreadable("workbook_unreadable") from error
    except RuntimeError as error:  # so says the library of an archive with a password
        raise Unreadable("file_encrypted") from error


def _unpacked(archive: zipfile.ZipFile, member: str, folder: Path) -> Path:
    target = folder / "member"
    left = MAX_EXPANDED
    with archive.open(member) as source, target.open("wb") as out:
        while chunk := source.read(_CHUNK):
            left -= out.write(chunk)
            if left < 0:
                raise Unreadable("file_too_big")
            if out.tell() == len(chunk) and chunk.startswith(ZIP):
                raise Unreadable("archive_several")  # an archive in an archive
    return target
