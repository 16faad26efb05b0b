"""The faults planted in the example's files, as data: where they are and what must become of them.

Belongs here: the list, and the planting of faults that change one row of a table. Does not belong
here: faults that only the maker of a file can plant (a second submission, a machine that died);
those ask here for their place. None of them stops a publication: every file stays mostly right.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from demo.people import UNKNOWN_PIN
from demo.sheets import Row

DAMAGED_NIP = "1,98609E+17"


@dataclass(frozen=True, slots=True)
class Fault:
    """One planted fault.

    ``path`` is relative to the landing folder; ``row`` the line or sheet row in the finished file,
    the header being 1 (0 = the whole file). ``kind``: *cell* puts ``text`` into ``column``, *line*
    inserts ``text`` as a line, *repeat* inserts the row above once more; the others are planted by
    the maker of the file. ``outcome`` is what must become of it: quarantined, duplicate, waiting
    (loaded, its reference not known), warned (loaded, a check says so), no-op (the delivery is
    known already), late (waits until a later file), unrecorded (days without evidence). ``reason``
    is the reason code of what is quarantined.
    """

    kind: str
    path: str
    row: int
    outcome: str
    why: str
    column: str = ""
    text: str = ""
    reason: str = ""


_FORM = "82.71/survey/2025-S1/Survei Budaya Kerja ASN Kota Ternate 2025-S1 (Jawaban) - akhir.csv"

PLANTED: tuple[Fault, ...] = (
    Fault("line", "82.71/attendance/2025-01/1_attlog.dat", 3, "quarantined",
          "garbage instead of a record", text="#ERR 0x1F7 flash read",
          reason="row_unreadable"),
    Fault("line", "82.71/attendance/2025-01/1_attlog.dat", 40, "quarantined",
          "a record cut off after the PIN", text="   71000", reason="row_unreadable"),
    Fault("line", "82.71/attendance/2025-02/5_attlog.dat", 2, "quarantined",
          "the clock was reset: a scan in 2000",
          text=f"{UNKNOWN_PIN:>9}\t2000-01-01 00:03:12\t5\t0\t1\t0",
          reason="punch_before_2010"),
    Fault("line", "82.71/attendance/2025-02/2_attlog.dat", 6, "waiting",
          "a PIN that no list of PINs knows",
          text=f"{UNKNOWN_PIN:>9}\t2025-02-03 07:21:10\t2\t0\t1\t0"),
    Fault("copy", "82.71/attendance/2025-02/2_attlog (1).dat", 0, "no-op",
          "the same file once more under another name"),
    Fault("missing", "82.71/attendance/2025-03/4_attlog.dat", 0, "unrecorded",
          "a school's machine delivered nothing for a month"),
    Fault("outage", "82.71/attendance/2025-05/10_attlog.dat", 0, "unrecorded",
          "the machine died at 11 o'clock; a row of the rule evidence decides the day",
          text="2025-05-14"),
    Fault("late_pin", "82.71/devices/PIN susulan April 2025.csv", 2, "late",
          "a PIN in use since January is put on the list in April"),
    Fault("overlap", "82.71/employees/Mutasi Februari 2025.csv", 2, "warned",
          "a new spell whose predecessor nobody ended"),
    Fault("cell", "82.71/leave/Rekap Cuti Triwulan I 2025.xlsx", 5, "quarantined",
          "a NIP that a spreadsheet turned into a number", column="nip", text=DAMAGED_NIP,
          reason="nip_damaged"),
    Fault("cell", _FORM, 12, "quarantined", "an answer that is none of the labels",
          column="BP2", text="Sangat Sangat Setuju", reason="answer_unknown"),
    Fault("cell", _FORM, 20, "waiting", "a unit that is not in the tree",
          column="Unit Kerja", text="Dinas Pertamanan"),
    Fault("resubmission", _FORM, 30, "warned",
          "the respondent of row 5 answers again: the last counts"),
    Fault("cell", "82.71/ip_asn/2024/IP ASN 2024 final.xlsx", 6, "warned",
          "a printed total that differs from its parts", column="total", text="99,99"),
    Fault("cell", "82.71/ip_asn/2024/IP ASN 2024 final.xlsx", 9, "quarantined",
          "a dimension above its cap of 30", column="kinerja", text="31",
          reason="value_out_of_range"),
    Fault("cell", "35.75/survey/2025-S1/hasil survei.csv", 15, "quarantined",
          "a 7 on a scale that ends at 4", column="P05", text="7", reason="answer_off_scale"),
    Fault("repeat", "35.75/leave/cuti tw1 2025.csv", 4, "duplicate", "a whole row twice"),
    Fault("cell", "35.75/leave/cuti tw1 2025.csv", 8, "quarantined",
          "a date that does not exist", column="date_to", text="31/02/2025", reason="date_invalid"),
)  # fmt: skip


def planted(kind: str, path: str) -> Fault | None:
    """The planted fault of this kind in this file, if there is one."""
    return next((f for f in PLANTED if f.kind == kind and f.path == path), None)


def plant_rows(path: str, rows: Iterable[Row]) -> Iterator[Row]:
    """Plant the *cell* and *repeat* faults of a table, its header first, while it is written."""
    faults = {f.row: f for f in PLANTED if f.path == path and f.kind in {"cell", "repeat"}}
    header: Row = ()
    above: Row = ()
    number = 0
    for row in rows:
        number += 1
        header = header or row
        fault = faults.get(number)
        if fault and fault.kind == "repeat":
            yield above
            number += 1
        above = _with_cell(header, row, fault) if fault and fault.kind == "cell" else row
        yield above


def plant_lines(path: str, data: bytes) -> bytes:
    """Plant the *line* faults of a text file."""
    faults = sorted((f.row, f.text) for f in PLANTED if f.path == path and f.kind == "line")
    if not faults:
        return data
    ending = b"\r\n" if b"\r\n" in data[:200] else b"\n"
    lines = data.split(ending)
    for row, text in faults:
        lines.insert(row - 1, text.encode())
    return ending.join(lines)


def _with_cell(header: Row, row: Row, fault: Fault) -> Row:
    """A question's column is found by its code, which begins its text."""
    column = next(n for n, title in enumerate(header) if str(title).startswith(fault.column))
    return [*row[:column], fault.text, *row[column + 1 :]]
