"""The proof, from files alone, that nothing was changed since the ledger recorded it.

Belongs here: recomputing the ledger's chain and the digests of what it names. Does not belong
here: writing the ledger, or opening any database; an auditor runs this on a copy of the home.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from warehouse import ledger
from warehouse.files import sha256_file
from warehouse.home import Home


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
    """
    lines, rest = ledger.read_lines(home)
    parsed = [ledger.parse(line) for line in lines]
    entries = [entry for entry in parsed if entry is not None]
    findings = [
        *_check_chain(lines, parsed),
        *_check_end(rest),
        *_check_head(lines, head),
        *_check_files(home, entries),
        *_check_links(home, entries),
        *_list_gone_inputs(home, entries),
    ]
    return Verification(tuple(findings), len(lines), ledger.digest_of_last(lines))


def _check_chain(lines: list[bytes], parsed: list[dict[str, Any] | None]) -> Iterator[Finding]:
    expected = ledger.NO_LINE
    for position, (line, entry) in enumerate(zip(lines, parsed, strict=True)):
        subject = f"reports/ledger.jsonl:{position + 1}"
        if entry is None:
            yield _problem(subject, "baris buku besar rusak", "this line of the ledger is damaged")
        elif entry.get("seq") != position or entry.get("prev") != expected:
            yield _problem(
                subject,
                "baris ini tidak menyambung dengan baris sebelumnya: salah satunya diubah",
                "this line does not continue the line before it: one of the two was changed",
            )
        expected = hashlib.sha256(line).hexdigest()


def _check_end(rest: bytes) -> Iterator[Finding]:
    subject = "reports/ledger.jsonl"
    if rest and ledger.is_cut_short(rest):
        yield _information(
            subject,
            "baris terakhir terputus saat ditulis; malam berikutnya menggantinya",
            "the last line was cut short while it was written; the next run replaces it",
        )
    elif rest:
        yield _problem(
            subject, "akhir baris terakhir diubah", "the end of the last line was changed"
        )


def _check_head(lines: list[bytes], head: str | None) -> Iterator[Finding]:
    if head is not None and head not in {hashlib.sha256(line).hexdigest() for line in lines}:
        yield _problem(
            "reports/ledger.jsonl",
            "buku besar tidak melewati kepala rantai yang dicatat: dipotong atau ditulis ulang",
            "the ledger never passed through the head that was noted: it was cut or rewritten",
        )


def _check_files(home: Home, entries: list[dict[str, Any]]) -> Iterator[Finding]:
    for entry in entries:
        for recorded in (entry.get("report_sha256"), entry.get("generation")):
            yield from _check_recorded(home, recorded or {})


def _check_recorded(home: Home, recorded: Mapping[str, str]) -> Iterator[Finding]:
    """Check the files of one report or generation, and list its folders that are gone as a whole.

    An office may delete an old report or generation, but not a part of one; and what ``current``
    points at must be there (``_check_links``).
    """
    folders = {path: _folder(path) for path in recorded}
    for folder in sorted(set(folders.values())):
        if not (home.root / folder).is_dir():
            yield _information(folder, "sudah tidak ada", "is no longer there")
    for path, digest in sorted(recorded.items()):
        file = home.root / path
        if not (home.root / folders[path]).is_dir():
            continue
        if not file.is_file():
            yield _problem(path, "berkas hilang", "the file is missing")
        elif sha256_file(file) != digest:
            yield _problem(
                path,
                "isi berkas diubah sesudah dicatat",
                "the file was changed after it was recorded",
            )
    for folder in sorted({f for f in folders.values() if not f.startswith("reports/")}):
        for extra in sorted((home.root / folder).glob("**/*")):
            path = extra.relative_to(home.root).as_posix()
            if path not in recorded:
                yield _problem(path, "tidak tercatat", "was not recorded")


def _folder(path: str) -> str:
    """Return the folder of the run that a recorded path lies in."""
    parts = PurePosixPath(path).parts
    return "/".join(parts[: 2 if parts[0] == "reports" else 3])


def _check_links(home: Home, entries: list[dict[str, Any]]) -> Iterator[Finding]:
    """Check where the links ``current`` point, against the last publication or rollback."""
    pointed: list[str | None] = [None]
    pointed += [
        entry["to"] if entry["kind"] == "rollback" else entry["run_id"]
        for entry in entries
        if entry["kind"] == "rollback" or entry["generation"]
    ]
    for area in (home.published, home.restricted):
        subject = f"{area.name}/current"
        link = area / "current"
        actual = link.readlink().name if link.is_symlink() else None
        if actual is not None and not link.is_dir():
            yield _problem(subject, "terbitannya hilang", "the generation is missing")
        elif actual == pointed[-1]:
            continue
        elif len(pointed) > 1 and actual == pointed[-2]:
            yield _information(
                subject,
                "belum ke terbitan terakhir: malam itu terputus, malam berikutnya meneruskan",
                "not yet at the last publication: that run was cut short, the next goes on",
            )
        else:
            yield _problem(
                subject,
                "tidak menunjuk terbitan yang dicatat buku besar",
                "does not point at the generation that the ledger records",
            )


def _list_gone_inputs(home: Home, entries: list[dict[str, Any]]) -> Iterator[Finding]:
    """List the recorded files that no file in landing equals; an office may clear its landing."""
    there = {sha256_file(path) for path in _landed(home.landing)}
    inputs = {
        (given["government_code"], given["source"], given["period"], given["file_sha256"]): given
        for entry in entries
        for given in entry.get("inputs", ())
    }
    for (government, source, period, digest), given in sorted(inputs.items()):
        if digest not in there:
            folder = "/".join(part for part in ("landing", government, source, period) if part)
            yield _information(
                f"{folder}/{given['file_name']}",
                "berkas asal sudah tidak ada, atau sudah diganti",
                "the landed file is no longer there, or was replaced",
            )


def _landed(landing: Path) -> Iterator[Path]:
    return (path for path in landing.rglob("*") if path.is_file() and not path.is_symlink())


def _problem(subject: str, text_id: str, text_en: str) -> Finding:
    return Finding("problem", subject, text_id, text_en)


def _information(subject: str, text_id: str, text_en: str) -> Finding:
    return Finding("information", subject, text_id, text_en)
