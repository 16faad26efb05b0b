"""The proof, from files alone, that nothing was changed since the ledger recorded it.

Belongs here: recomputing the ledger's chain, its signature and the digests of what it names. Does
not belong here: writing the ledger, rendering a page, or opening any database; an auditor runs this
on a copy of the home.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from warehouse.errors import UserError
from warehouse.files import sha256_file
from warehouse.privacy import masked
from warehouse.proof import ledger
from warehouse.proof.signature import (
    SignatureError,
    SignedHead,
    has_signed,
    index_of,
    last_signed,
    read_signed,
)
from warehouse.store import config
from warehouse.store.home import Home

LEDGER = "reports/ledger.jsonl"
INDEX = "reports/index.html"


@dataclass(frozen=True)
class Finding:
    """One thing that ``verify`` has to say, in both languages.

    ``problem`` means tampered or missing; ``information`` is worth knowing and no fault.
    ``subject`` is the file or folder within the home, or the line of the ledger.
    """

    kind: Literal["problem", "information"]
    subject: str
    id: str
    en: str


@dataclass(frozen=True)
class Verification:
    """The outcome: findings in the order of the chain, the number of lines, the head reached."""

    findings: tuple[Finding, ...]
    lines: int
    head: str

    @property
    def problems(self) -> tuple[Finding, ...]:
        """What makes the proof fail, the first bad link first."""
        return tuple(finding for finding in self.findings if finding.kind == "problem")

    @property
    def information(self) -> tuple[Finding, ...]:
        """What is gone or unfinished without being a fault."""
        return tuple(finding for finding in self.findings if finding.kind == "information")


def verify(home: Home, head: str | None = None) -> Verification:
    """Recompute the chain and the digest of every recorded file that is still there.

    Args:
        home: The home, or a copy of it; nothing in it is changed.
        head: A head that was noted earlier; the chain must have passed through it.

    Raises:
        LedgerError: A newer version of the product goes on with this ledger, which is whole.
    """
    lines, rest = ledger.read_lines(home)
    signed = list(_check_signature(home, lines))
    if not signed and ledger.is_chained(lines):
        ledger.require_known(lines)
    parsed = [ledger.parse(line) for line in lines]
    entries = [entry for entry in parsed if entry is not None]
    findings = [
        *_check_chain(lines, parsed),
        *_check_end(rest),
        *signed,
        *_check_head(lines, head),
        *_check_files(home, entries),
    ]
    index = list(_check_index(home, len(lines)))
    # The index is renewed after the links were moved: what it shows was not cut short before that.
    findings += _check_links(home, entries, last_is_shown=index == [])
    findings += [*_check_unrecorded(home, entries), *_check_landing(home, entries), *index]
    findings += _check_config(home, entries)
    return Verification(tuple(findings), len(lines), ledger.digest_of_last(lines))


def _check_chain(lines: list[bytes], parsed: list[dict[str, Any] | None]) -> Iterator[Finding]:
    expected = ledger.NO_LINE
    for position, (line, entry) in enumerate(zip(lines, parsed, strict=True)):
        subject = f"{LEDGER}:{position + 1}"
        if entry is None:
            yield _problem(
                subject, "baris rantai catatan rusak", "this line of the ledger is damaged"
            )
        elif entry.get("seq") != position or entry.get("prev") != expected:
            yield _problem(
                subject,
                "baris ini tidak menyambung dengan baris sebelumnya: salah satunya diubah",
                "this line does not continue the line before it: one of the two was changed",
            )
        expected = hashlib.sha256(line).hexdigest()


def _check_end(rest: bytes) -> Iterator[Finding]:
    subject = LEDGER
    if rest and ledger.is_cut_short(rest):
        yield _information(
            subject,
            "baris terakhir terputus saat ditulis; pemrosesan berikutnya menggantinya",
            "the last line was cut short while it was written; the next run replaces it",
        )
    elif rest:
        yield _problem(
            subject, "akhir baris terakhir diubah", "the end of the last line was changed"
        )


def _check_signature(home: Home, lines: list[bytes]) -> Iterator[Finding]:
    if not lines and not has_signed(home):
        return
    try:
        signed = read_signed(home)
    except SignatureError as error:
        yield _problem(
            "reports/head.json",
            "tanda tangan sidik terakhir rantai catatan tidak ada atau tidak cocok",
            f"the ledger's head is not signed as it should be: {error}",
        )
        return
    if ledger.fits(signed, SignedHead(ledger.digest_of_last(lines), len(lines))):
        yield from _check_age(home, lines)
        return
    if len(lines) < signed.lines:
        yield _problem(
            f"{LEDGER}:{len(lines) + 1}",
            "baris ini dan sesudahnya hilang: rantai catatan dipotong",
            "this line and those after it are gone: the ledger was cut",
        )
    elif len(lines) > signed.lines and _digest(lines[signed.lines - 1]) == signed.head:
        yield _problem(
            f"{LEDGER}:{signed.lines + 1}",
            "baris ini tidak ditandatangani rumah data ini",
            "this line was not signed by this home",
        )
    else:
        yield _problem(
            f"{LEDGER}:{min(len(lines), signed.lines)}",
            "baris ini bukan yang ditandatangani",
            "this line is not the one that was signed",
        )


def _check_age(home: Home, lines: list[bytes]) -> Iterator[Finding]:
    """Hold a whole ledger against the head that the home remembers beside its keys."""
    try:
        known = last_signed(home)
    except SignatureError as error:
        yield _problem("warehouse/ledger.head", error.text.id, error.text.en)
        return
    if known is not None and ledger.digest_of_last(lines[: known.lines]) != known.head:
        yield _problem(
            f"{LEDGER}:{min(len(lines), known.lines) + 1}",
            "rantai catatan ini lebih lama dari yang sudah dicatat home ini: dipotong, atau "
            "dikembalikan dari cadangan lama",
            "the ledger is older than what this home has recorded: it was cut, or put back from "
            "an old backup",
        )


def _digest_of(file: Path) -> str | None:
    """The digest of a file; None if it can't be read, which stops no proof of the others."""
    try:
        return sha256_file(file)
    except OSError:
        return None


def _digest(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


def _check_head(lines: list[bytes], head: str | None) -> Iterator[Finding]:
    passed = {ledger.NO_LINE, *map(_digest, lines)}  # the first report prints the head before it
    if head is not None and head not in passed:
        yield _problem(
            LEDGER,
            "rantai catatan tidak melewati sidik yang pernah dicatat: dipotong atau ditulis ulang",
            "the ledger never passed through the head that was noted: it was cut or rewritten",
        )


def _check_files(home: Home, entries: list[dict[str, Any]]) -> Iterator[Finding]:
    sets = [
        entry[name]
        for entry in entries
        for name in ("report_sha256", "generation")
        if entry.get(name)
    ]
    # An erasure writes files anew: the last digest that was recorded of a file counts.
    newest = {path: digest for recorded in sets for path, digest in recorded.items()}
    checked: set[str] = set()
    for recorded in sets:
        yield from _check_recorded(
            home, {path: newest[path] for path in recorded if path not in checked}, newest
        )
        checked |= set(recorded)


def _check_recorded(
    home: Home, recorded: Mapping[str, str], known: Mapping[str, str]
) -> Iterator[Finding]:
    """Check the files of one report or generation, and list its folders that are gone as a whole.

    An office may delete an old report or generation, but not a part of one; and what ``current``
    points at must be there (``_check_links``).
    """
    folders = {path: _folder(path) for path in recorded}
    for folder in sorted(set(folders.values())):
        if not (home.root / folder).is_dir():
            yield _information(folder, "sudah tidak ada", "is no longer there")
    for path, digest in sorted(recorded.items()):
        if (home.root / folders[path]).is_dir():
            yield from _check_file(home.root / path, path, digest)
    for folder in sorted(set(folders.values())):
        for extra in sorted((home.root / folder).glob("**/*")):
            path = extra.relative_to(home.root).as_posix()
            if path not in known and not extra.is_dir():
                yield _problem(path, "tidak tercatat", "was not recorded")


def _check_file(file: Path, path: str, digest: str) -> Iterator[Finding]:
    if not file.is_file():
        yield _problem(path, "berkas hilang", "the file is missing")
        return
    found = _digest_of(file)
    if found is None:
        yield _problem(path, "berkas tidak dapat dibaca", "the file can not be read")
    elif found != digest:
        yield _problem(
            path,
            "isi berkas diubah sesudah dicatat",
            "the file was changed after it was recorded",
        )


def _folder(path: str) -> str:
    """Return the folder of the run that a recorded path lies in."""
    parts = PurePosixPath(path).parts
    return "/".join(parts[: 2 if parts[0] == "reports" else 3])


def _check_links(
    home: Home, entries: list[dict[str, Any]], *, last_is_shown: bool
) -> Iterator[Finding]:
    """Check where the links ``current`` point, against the last publication or rollback.

    Args:
        home: The home.
        entries: All lines of its ledger.
        last_is_shown: Whether the index shows the last of them.
    """
    moves = [
        entry
        for entry in entries
        if entry["kind"] == "rollback" or (entry["kind"] == "run" and entry["generation"])
    ]
    pointed: list[Path | None] = [None]
    pointed += [
        Path("generations") / str(entry["to" if entry["kind"] == "rollback" else "run_id"])
        for entry in moves
    ]
    for area in (home.published, home.restricted):
        subject = f"{area.name}/current"
        link = area / "current"
        actual = link.readlink() if link.is_symlink() else None
        if actual is not None and not link.is_dir():
            yield _problem(subject, "publikasinya hilang", "the generation is missing")
        elif actual is None and link.exists():
            yield _problem(subject, "bukan tautan lagi", "is no longer a link")
        elif actual == pointed[-1]:
            continue
        elif len(pointed) > 1 and actual == pointed[-2] and not last_is_shown:
            yield _information(
                subject,
                "belum ke publikasi terakhir: terputus, pemrosesan berikutnya meneruskan",
                "not yet at the last publication: that run was cut short, the next goes on",
            )
        else:
            yield _problem(
                subject,
                "tidak menunjuk publikasi yang tercatat di rantai catatan",
                "does not point at the generation that the ledger records",
            )


def _check_unrecorded(home: Home, entries: list[dict[str, Any]]) -> Iterator[Finding]:
    """List what lies among reports and generations and belongs to no run of the ledger.

    A run that was killed leaves such folders, so they are no fault; but nobody should take them for
    what this home has reported or published.
    """
    known = {LEDGER, INDEX, "reports/head.json", "reports/ledger.pub"}
    for area in (home.published, home.restricted):
        known |= {f"{area.name}/current", f"{area.name}/generations"}
    for entry in entries:
        for name in ("report_sha256", "generation"):
            known |= set(map(_folder, entry.get(name) or ()))
    folders = [home.reports]
    for area in (home.published, home.restricted):
        folders += [area, area / "generations"]
    for path in sorted(path for folder in folders for path in folder.glob("*")):
        subject = path.relative_to(home.root).as_posix()
        if subject not in known:
            yield _information(
                subject,
                "tidak ada di rantai catatan: sisa yang terputus, atau ditaruh orang lain",
                "is not in the ledger: left by a run that was cut short, or put there by others",
            )


def _check_index(home: Home, lines: int) -> Iterator[Finding]:
    """Compare the index with the digest that was signed when it was written."""
    file = home.root / INDEX
    if not file.is_file():
        if lines:
            yield _problem(INDEX, "berkas hilang", "the file is missing")
        return
    try:
        pages = {page.sha256: page.lines for page in index_of(home)}
    except SignatureError:  # said already
        return
    found = _digest_of(file)
    if not pages:
        yield _information(
            INDEX,
            "ditulis versi lama yang tidak mencatat sidiknya; pemrosesan berikutnya mencatatnya",
            "was written by an old version that kept no digest of it; the next run does",
        )
    elif found not in pages:
        yield _problem(INDEX, "isi berkas diubah", "the file was changed")
    elif pages[found] < lines:
        yield _information(
            INDEX,
            "belum memuat baris terakhir: terputus, pemrosesan berikutnya memperbaruinya",
            "does not show the last line yet: that run was cut short, the next renews it",
        )


def _check_landing(home: Home, entries: list[dict[str, Any]]) -> Iterator[Finding]:
    """Hold landed files against what is recorded of their names, and list those that are gone.

    An office may clear its landing, and a sender may send a file anew under the same name: until a
    night has read it, nobody can tell that from a file that was tampered with.
    """
    digests = {path: _digest_of(path) for path in _landed(home.landing)}
    recorded = ledger.landed(entries)
    try:
        key = home.key() if recorded else b""
    except UserError as error:
        yield _information("landing", f"tidak dibandingkan: {error.text.id}", error.text.en)
        return
    accounted = set(digests.values())
    for path, digest in sorted(digests.items()):
        relative = path.relative_to(home.landing).as_posix()
        known = recorded.get(ledger.path_digest(key, relative), {digest})
        if digest is None:
            accounted |= known
            yield _information(
                f"landing/{masked(relative)}",
                "tidak dapat dibaca, jadi tidak dibandingkan; periksa hak akses dan disknya",
                "can not be read, so it was not compared; check who may read it, and its disk",
            )
        elif digest not in known:
            accounted |= known
            yield _problem(
                f"landing/{masked(relative)}",
                "isi berkas diubah sesudah dicatat; pemrosesan berikutnya mencatat kiriman baru",
                "the file was changed after it was recorded; the next run records a new delivery",
            )
    inputs = {
        (given["government_code"], given["source"], given["period"], given["file_sha256"]): given
        for entry in entries
        for given in entry.get("inputs", ())
    }
    for (government, source, period, digest), given in sorted(inputs.items()):
        if digest not in accounted:
            folder = "/".join(part for part in ("landing", government, source, period) if part)
            yield _information(
                f"{folder}/{given['file_name']}",
                "berkas asal sudah tidak ada, atau sudah diganti",
                "the landed file is no longer there, or was replaced",
            )


def _check_config(home: Home, entries: list[dict[str, Any]]) -> Iterator[Finding]:
    """Say which files of config/ are no longer those that the last night read.

    A region may change its rules at any time, so it is no fault; but nobody should find out by the
    figures.
    """
    runs = [entry for entry in entries if entry["kind"] == "run" and "config" in entry]
    if not runs or not home.config.is_dir():
        return
    recorded, found = runs[-1]["config"], config.digests(home)
    run_id = runs[-1]["run_id"]
    for path in sorted({*recorded, *found}):
        if recorded.get(path) == found.get(path):
            continue
        how = ("berubah", "changed")
        if path not in found or path not in recorded:
            how = ("hilang", "gone") if path not in found else ("baru", "new")
        yield _information(
            path,
            f"{how[0]} sejak pemrosesan {run_id}; pemrosesan berikutnya memakai isi sekarang",
            f"{how[1]} since the night {run_id}; the next one uses what is there now",
        )


def _landed(landing: Path) -> Iterator[Path]:
    return (path for path in landing.rglob("*") if path.is_file() and not path.is_symlink())


def _problem(subject: str, text_id: str, text_en: str) -> Finding:
    return Finding("problem", subject, text_id, text_en)


def _information(subject: str, text_id: str, text_en: str) -> Finding:
    return Finding("information", subject, text_id, text_en)
