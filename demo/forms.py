"""Survey answers as forms deliver them: a Google Form, or a table with an instrument.

Belongs here: headers, words and numbers of the files. Does not belong here: the answers themselves
(`answers`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from demo.answers import SKIPPED, Submissions, survey_submissions
from demo.chance import stream
from demo.faults import planted
from demo.outbox import Outbox
from demo.sheets import Row, Style
from demo.world import Government, Wave, World
from warehouse.catalog.reader import load_catalog

WORDS = {1: "Sangat Tidak Setuju", 2: "Tidak Setuju", 3: "Kurang Setuju", 4: "Setuju",
         5: "Sangat Setuju"}  # fmt: skip
FORM_TIME = "%d/%m/%Y %H:%M:%S"
REMARKS = ("", "", "", "", "", "", "Pelayanan sudah baik", "Perlu pelatihan lagi", "Cukup", "-")


def write_surveys(outbox: Outbox, world: World, government: Government) -> None:
    """Write the files of every wave of a government."""
    for wave in world.waves:
        answered = survey_submissions(world, government, wave)
        if government.place.style == "devices":
            _write_form(outbox, world, government, wave, answered)
        else:
            _write_table(outbox, world, government, wave, answered)


def _write_form(outbox: Outbox, world: World, government: Government, wave: Wave,
                answered: Submissions) -> None:  # fmt: skip
    """Two exports of the same form: one while it was open, and the last one, which holds it too."""
    rows = list(_form_rows(world, government, answered))
    stem = f"{government.place.code}/survey/{wave.name}/Survei Budaya Kerja ASN "
    stem += f"{government.place.name} {wave.name} (Jawaban) - "
    middle = wave.start + timedelta(days=12)
    early = sum(at.date() < middle for at in _times(answered))
    outbox.table(f"{stem}sementara.csv", rows[: 1 + early], middle, minute=30)
    final = f"{stem}akhir.csv"
    twice = planted("resubmission", final)
    if twice:
        rows.insert(twice.row - 1, _again(rows[4], rows[twice.row - 2]))
    outbox.table(final, rows, wave.end + timedelta(days=3))


def _form_rows(world: World, government: Government, answered: Submissions) -> Iterator[Row]:
    """The sheet behind a Google Form; questions by code and text, answers in words."""
    survey = load_catalog().sources["survey"]
    asked = [
        f"{item.column}. {survey.column(item.column).id.partition(': ')[2]}"
        for item in answered.items
    ]
    yield ("Stempel waktu", "Alamat Email", "Unit Kerja", *asked, "Saran dan masukan")
    names = {unit.code: unit.name for unit in government.units}
    former = {unit.successor: unit.name for unit in government.units if unit.successor}
    remarks = stream(world.seed, government.place.code, "remarks").choice(
        REMARKS, len(answered.people)
    )
    for number, at in enumerate(_times(answered)):
        code = answered.units[number]
        # The form's list of units is never quite up to date: some tick the name of before.
        name = former.get(code, names[code]) if number % 4 == 0 else names[code]
        words = [WORDS.get(int(point), "") for point in answered.answers[number]]
        written = f"{at:%d/%m/%Y} {at.hour}:{at:%M:%S}"
        yield (written, answered.people[number].email, name, *words, str(remarks[number]))


def _again(first: Row, before: Row) -> Row:
    """A second submission of the same person, moments after the row above, all in agreement."""
    at = datetime.strptime(str(before[0]), FORM_TIME) + timedelta(seconds=7)
    written = f"{at:%d/%m/%Y} {at.hour}:{at:%M:%S}"
    return (written, *first[1:3], *[WORDS[4]] * (len(first) - 4), "")


def _write_table(outbox: Outbox, world: World, government: Government, wave: Wave,
                 answered: Submissions) -> None:  # fmt: skip
    """A table of numbers, and beside it the instrument that says what its columns measure.

    The first wave was anonymous: its submissions carry no token.
    """
    with_ids = wave != world.waves[0]
    folder = f"{government.place.code}/survey/{wave.name}"
    columns = [item.column for item in answered.items]
    random = stream(world.seed, government.place.code, wave.name, "tokens")
    header = ["submitted_at", *(["respondent_id"] if with_ids else []), "unit_code", *columns]
    rows: list[Row] = [header]
    tokens = random.permutation(10 * len(answered.people)) + 10**6
    for number, at in enumerate(_times(answered)):
        token = [f"RSP{tokens[number]}"] if with_ids else []
        points = ["" if p == SKIPPED else str(p) for p in answered.answers[number]]
        rows.append([f"{at:%Y-%m-%d %H:%M:%S}", *token, answered.units[number], *points])
    saved = wave.end + timedelta(days=4)
    outbox.table(f"{folder}/hasil survei.csv", rows, saved)
    instrument: list[Row] = [("column", "behaviour_code", "scale_min", "scale_max", "reversed")]
    instrument += [(i.column, i.behaviour, i.low, i.high, i.reversed) for i in answered.items]
    outbox.table(f"{folder}/instrumen.csv", instrument, saved, Style(delimiter=";"))


def _times(answered: Submissions) -> list[datetime]:
    return [datetime.fromisoformat(str(at)) for at in answered.submitted_at]
