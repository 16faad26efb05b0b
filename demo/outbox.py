"""The landing folder from the sender's side: each file is written, faults planted, time set.

Belongs here: putting finished tables and texts into the folder. Does not belong here: what they
hold and which faults there are (`faults`).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from demo.faults import plant_lines, plant_rows
from demo.sheets import PLAIN, Row, Style, csv_chunks, office_time, set_time, workbook_bytes


class Outbox:
    """Writes files below a landing folder; paths are relative to it."""

    def __init__(self, landing: Path) -> None:
        self.landing = landing
        self.written: list[Path] = []

    def table(
        self, path: str, rows: Iterable[Row], day: date, style: Style = PLAIN, minute: int = 0
    ) -> None:
        """Write a CSV file that was saved on that day."""
        target = self._target(path)
        with target.open("wb") as file:
            file.writelines(csv_chunks(plant_rows(path, rows), style))
        set_time(target, office_time(day, minute))

    def workbook(self, path: str, rows: Iterable[Row], day: date, sheet: str = "Sheet1") -> None:
        """Write an XLSX file that was saved on that day."""
        saved = office_time(day)
        target = self._target(path)
        target.write_bytes(workbook_bytes(plant_rows(path, rows), sheet, saved))
        set_time(target, saved)

    def text(self, path: str, data: bytes, day: date, minute: int = 0) -> None:
        """Write a text file that was saved on that day."""
        target = self._target(path)
        target.write_bytes(plant_lines(path, data))
        set_time(target, office_time(day, minute))

    def append(self, path: str, header: bytes, data: bytes, day: date) -> None:
        """Add to a text file, which begins with the header."""
        target = self.landing / path
        known = target in self.written
        if not known:
            self._target(path)
        with target.open("ab" if known else "wb") as file:
            file.write(data if known else header + data)
        set_time(target, office_time(day))

    def copy(self, source: str, path: str, day: date) -> None:
        """Send a file that is there once more, under another name."""
        target = self._target(path)
        shutil.copyfile(self.landing / source, target)
        set_time(target, office_time(day, 90))

    def _target(self, path: str) -> Path:
        target = self.landing / path
        target.parent.mkdir(parents=True, exist_ok=True)
        self.written.append(target)
        return target
