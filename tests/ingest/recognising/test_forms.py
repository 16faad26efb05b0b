"""The same survey in any form, header, order, wording: the same people, units, times, answers."""

from __future__ import annotations

import hashlib
import hmac
import os
import random
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

import duckdb
import pytest
from hypothesis import Phase, given
from hypothesis import strategies as st

from ingest.arrivals.landing import scan
from ingest.loading.balance import Balance
from ingest.loading.load import load_source
from ingest.recognising.match import vendor_layouts
from ingest.recognising.questions import find_columns
from ingest.rules.resolving import read_rules, write_rules
from tests.examples import examples
from tests.ingest.conftest import FIRST_TIME, NOW, TERNATE, Office, counts
from tests.ingest.corpus.makers import ANSWERS
from tests.ingest.corpus.typed import WRITERS
from warehouse.store.home import Home
from warehouse.store.state import ensure_raw

WORDS = ("Sangat Tidak Setuju", "Tidak Setuju", "Kurang Setuju", "Setuju", "Sangat Setuju")
UNITS = ("Dinas Kesehatan", "Badan Keuangan", "Kecamatan Ternate Utara")


@dataclass(frozen=True)
class Submission:
    """Who answered, for which unit, when (by the wall clock of Ternate), and what."""

    who: str
    unit: str
    at: datetime
    points: tuple[int, ...]


def survey(chance: random.Random, size: int = 14) -> list[Submission]:
    """Submissions in order of time; some people are not named, some answer again."""
    at, found = datetime(2026, 9, chance.randint(1, 25), 8, 5, 1), []
    for number in range(size):
        at += timedelta(hours=chance.randint(2, 30), seconds=chance.randint(0, 59))
        again = f"pegawai{max(number - 5, 0)}@contoh.example"
        who = chance.choice(["", f"pegawai{number}@contoh.example", again])
        points = tuple(chance.randint(1, 5) for _ in ANSWERS)
        found.append(Submission(who, chance.choice(UNITS), at, points))
    return found


# --- how a form writes them -----------------------------------------------------------------

Form = tuple[str, str, Callable[[datetime], str], Mapping[str, str]]
FORMS: Mapping[str, Form] = {
    "Indonesian": (",", "Stempel waktu", lambda t: f"{t:%d/%m/%Y} {t.hour}:{t:%M:%S}", {}),
    "Indonesian, dots": (",", "Cap waktu", lambda t: f"{t:%d/%m/%Y} {t.hour}.{t:%M.%S}", {}),
    "English": (",", "Timestamp", lambda t: f"{t.month}/{t.day}/{t.year} {t.hour}:{t:%M:%S}", {}),
    "English, day first": (",", "Timestamp", lambda t: f"{t:%d/%m/%Y %H:%M:%S}", {}),
    "zipped": (",", "Timestamp", lambda t: f"{t:%Y/%m/%d} {int(f'{t:%I}')}:{t:%M:%S %p} GMT+9", {}),
    "Kobo": (
        ";",
        "_submission_time",
        lambda t: f"{t - timedelta(hours=9):%Y-%m-%dT%H:%M:%S}",
        {"start": "x", "username": "bkpsdm", "_id": "7", "_uuid": "u-7", "_submitted_by": "bkpsdm"},
    ),
    "Lime": (
        ",",
        "submitdate",
        lambda t: f"{t:%Y-%m-%d %H:%M:%S}",
        {"id": "7", "lastpage": "3", "startlanguage": "id", "startdate": "1980-01-01 00:00:00"},
    ),
    "canonical": (";", "submitted_at", lambda t: f"{t:%Y-%m-%d %H:%M:%S}", {}),
}
ASKED_UNIT = ("Unit Kerja", "unit_kerja", "Nama OPD", "Unit kerja Anda saat ini", "Asal instansi",
              "1. Perangkat Daerah (pilih)", "Di unit kerja mana Anda bekerja?")  # fmt: skip
ASKED_WHO = ("Alamat Email", "Email", "E-mail aktif Anda", "Surel")
BESIDE = {
    "Lama bekerja di unit kerja saat ini": "5-10 tahun",
    "Jumlah pegawai di instansi Anda": "12",
    "Apakah Anda aktif membaca e-mail dinas?": "Ya",
    "Alamat unit kerja": "Jl. Merdeka",
    "Nama": "Orang",
    "Umur": "40",
}
SAYS: Sequence[Callable[[int], str]] = (
    str,
    lambda p: f"{p}.0",
    lambda p: WORDS[p - 1],
    lambda p: WORDS[p - 1].upper().replace(" ", "_"),
    lambda p: WORDS[p - 1].lower().replace(" ", "\u00a0 "),
    lambda p: f"{p} - {WORDS[p - 1]}",
    lambda p: f"{p}. {WORDS[p - 1]}",
    lambda p: f"{p} ({WORDS[p - 1]})",
    lambda p: f"{WORDS[p - 1]} ({p})",
    lambda p: f"{p} = {WORDS[p - 1]}",
    lambda p: ("STS", "TS", "KS", "S", "SS")[p - 1],
)


def written(chance: random.Random, form: str, rows: Sequence[Submission]) -> bytes:
    """The survey as one form writes it; headers, order, wording and other columns by chance."""
    delimiter, clock, time, own = FORMS[form]
    canonical = form == "canonical"
    who = "respondent_id" if canonical else chance.choice(ASKED_WHO)
    units = ["unit_code"] if canonical else [chance.choice(ASKED_UNIT)] * chance.choice([1, 3])
    group = "profil/" if form == "Kobo" else ""
    says = chance.choices(SAYS, k=len(ANSWERS))
    nobody = chance.choice(["", "-", "Tidak ada", "n/a"])
    columns: list[tuple[str, Callable[[Submission], str]]] = [
        (group + who, lambda s: s.who or nobody),
        *((name, lambda _, value=value: value) for name, value in own.items()),
        *(
            (code, lambda s, n=n, say=say: say(s.points[n]))
            for n, (code, say) in enumerate(zip(ANSWERS, says, strict=True))
        ),
    ]
    for place, name in enumerate(units):
        columns.append(
            (
                group + name,
                lambda s, p=place: s.unit if len(units) == 1 or UNITS.index(s.unit) == p else "",
            )
        )
    beside = chance.sample(sorted(BESIDE), k=chance.randint(0, 4))
    columns += [(group + name, lambda _, value=BESIDE[name]: value) for name in beside]
    chance.shuffle(columns)
    columns.insert(0, (clock, lambda s: time(s.at)))
    lines = [[name for name, _ in columns], *([cell(s) for _, cell in columns] for s in rows)]
    return "".join(delimiter.join(line) + "\n" for line in lines).encode()


@dataclass(frozen=True)
class Desk:
    """A working file with its rules, into which surveys are loaded one after the other."""

    home: Home
    conn: duckdb.DuckDBPyConnection

    def load(self, wave: str, files: Sequence[bytes]) -> list[Balance]:
        folder = self.home.landing / TERNATE / "survey" / wave
        folder.mkdir(parents=True)
        for number, content in enumerate(files):
            path = folder / f"{number:02d}.csv"
            path.write_bytes(content)
            os.utime(path, (FIRST_TIME,) * 2)
        found = [d for d in scan(self.home).deliveries if d.source == "survey"]
        loaded = load_source(
            self.conn, self.home, wave, NOW, "survey", found, lambda *_: {}, vouched=set()
        )
        shutil.rmtree(folder)
        return sorted(loaded, key=lambda balance: balance.path)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    home = Home(tmp_path_factory.mktemp("desk") / "home")
    home.create()
    with home.connect() as conn:
        ensure_raw(conn)
        write_rules(conn, read_rules(home, (TERNATE,)))
        yield Desk(home, conn)


WAVES = count(1)


@examples(8, phases=(Phase.explicit, Phase.generate))
@given(chance=st.randoms(use_true_random=False))
def test_no_header_order_or_wording_changes_who_answered_where_when_and_what(
    desk: Desk, chance: random.Random
) -> None:
    truth = survey(chance)
    forms = {form: written(chance, form, truth) for form in FORMS}
    balances = desk.load(f"2026-W{next(WAVES)}", list(forms.values()))
    for form, balance in zip(forms, balances, strict=True):
        assert counts(balance)[0] == len(truth), (form, balance)
        found = desk.conn.execute(
            """
            SELECT row_number, coalesce(respondent_id, ''), unit_code, submitted_at,
              list(answer ORDER BY list_position(?, item))
            FROM raw.survey JOIN raw.survey_answer USING (delivery_id, row_number)
            JOIN raw.delivery USING (delivery_id)
            WHERE period = ? AND file_sha256 = ? GROUP BY ALL ORDER BY 1""",
            [ANSWERS, balance.period, balance.file_sha256],
        ).fetchall()
        refused = desk.conn.execute(
            "SELECT row_number, reason_code FROM raw.quarantine "
            "WHERE period = ? AND file_sha256 = ?",
            [balance.period, balance.file_sha256],
        ).fetchall()
        assert {reason for _, reason in refused} <= {"date_order_unknown"}, (form, refused)
        assert len(found) + len(refused) == len(truth), form
        for number, who, unit, at, points in found:
            said = truth[number - 2]
            assert (who, unit, at, tuple(points)) == (
                marked(desk.home, said.who),
                said.unit,
                said.at,
                said.points,
            ), (form, number)


def marked(home: Home, who: str) -> str:
    return hmac.new(home.key(), who.encode(), hashlib.sha256).hexdigest() if who else ""


# --- who, and for which unit ----------------------------------------------------------------

GOOGLE = next(layout for layout in vendor_layouts() if layout.name == "google_forms")


@pytest.mark.parametrize("question", ASKED_UNIT)
def test_a_question_for_the_unit_is_known(question: str) -> None:
    assert find_columns(GOOGLE, ["Timestamp", question], {}).columns["unit_code"] == 2


@pytest.mark.parametrize(
    "question",
    [
        *BESIDE,
        "Apakah unit kerja Anda sudah menerapkan BerAKHLAK?",
        "Nama atasan di unit kerja",
        "Masa kerja di OPD",
        "Jabatan di instansi",
        "Email unit kerja",
    ],
)
def test_a_question_about_the_unit_is_none_for_it(question: str) -> None:
    assert "unit_code" not in find_columns(GOOGLE, ["Timestamp", question], {}).columns


@pytest.mark.parametrize("question", ["Email atasan", "Apakah e-mail aktif?", "Email kantor"])
def test_a_question_about_e_mail_names_no_respondent(question: str) -> None:
    assert "respondent_id" not in find_columns(GOOGLE, ["Timestamp", question], {}).columns


def test_a_canonical_header_wins_over_a_whole_one_and_that_over_words() -> None:
    header = ["Timestamp", "Unit kerja Anda", "Email", "Unit Kerja", "unit_code", "respondent_id"]
    found = find_columns(GOOGLE, header, {}).columns
    assert (found["unit_code"], found["respondent_id"]) == (5, 6)
    assert find_columns(GOOGLE, header[:4], {}).columns["unit_code"] == 4


HEADER = "Timestamp,Email,Unit Kerja,Unit Kerja,BP1\n"


def test_two_units_in_one_row_are_none(office: Office) -> None:
    rows = ["2026/10/05 9:05:01 AM GMT+9,a@b.example,Dinas A,Dinas B,4"]
    rows += ["2026/10/05 9:05:02 AM GMT+9,a@c.example,Dinas A,DINAS A,4"]
    office.put("survey/2026-S2", HEADER + "\n".join(rows) + "\n")
    assert office.balance("survey") == (2, 1, 1, 0, 0)
    assert office.reasons() == [(2, "value_twice", "unit_code")]


@pytest.mark.parametrize(
    ("marks", "named"),
    [
        (["-", "Ya", "tidak ada", "N/A", "0", "000", "...", "Anonim", "xxx", "Tidak tahu"], 0),
        (["r1", "r2", "R1", "007", "a@b.example"], 5),
        (["bkpsdm@b.example"] * 7 + ["a@b.example"] * 2, 2),  # an account that collected
        (["bkpsdm@b.example"] * 4 + ["a@b.example"], 5),  # too few to tell
        (["a@b.example"] * 5 + [f"{n}@b.example" for n in range(5)], 10),  # no more than half
    ],
)
def test_a_mark_that_is_nobodys_names_nobody(office: Office, marks: list[str], named: int) -> None:
    rows = [f"2026-10-05 09:05:{n:02d},{mark},11,4" for n, mark in enumerate(marks)]
    header = "submitted_at,respondent_id,unit_code,BP1\n"
    office.put("survey/2026-S2", header + "\n".join(rows) + "\n")
    (balance,) = office.load("survey")
    assert counts(balance)[1] == len(marks)
    assert office.rows("SELECT count(respondent_id) FROM raw.survey") == [(named,)]
    shared = [note.count for note in balance.notes if note.code == "mark_shared"]
    assert shared == ([len(marks) - named] if 0 < named < len(marks) else [])


def test_marks_that_became_numbers_are_refused_before_they_meet(office: Office) -> None:
    numbers = [198609262015051001, 198609262015051002, 198609262015051003]
    rows = [[f"2026-10-05 09:05:0{n}", mark, "11", 4] for n, mark in enumerate(numbers)]
    rows += [["2026-10-05 09:06:00", str(numbers[0]), "11", 4]]
    table = [["submitted_at", "respondent_id", "unit_code", "BP1"], *rows]
    for form, write in WRITERS.items():
        office.put("survey/2026-S2", write({"A": table}), f"jawaban.{form}")
    as_text = ["1,98609262015051E+17", "198609262015051000", "r1"]
    lines = [f"2026-10-05 09:07:0{n};{mark};11;4" for n, mark in enumerate(as_text)]
    office.put("survey/2026-S2", ";".join(map(str, table[0])) + "\n" + "\n".join(lines) + "\n")
    refused = sorted(counts(balance)[2] for balance in office.load("survey"))
    assert refused == [2, *[3] * len(WRITERS)]
    assert {reason[1:] for reason in office.reasons()} == {("nip_damaged", "respondent_id")}


# --- when -----------------------------------------------------------------------------------


def test_a_submission_lies_between_its_waves_first_day_and_the_arrival(office: Office) -> None:
    times = [
        "1970-01-01 00:00:00",
        "1980-01-01 00:00:00",
        "0000-00-00 00:00:00",
        "2026-09-30 23:59",
    ]
    times += [
        "2026-10-01 00:00:00",
        "2026-11-22 05:30:00",
        "2026-11-22 05:30:01",
        "2031-01-01 08:00",
    ]
    rows = "".join(f"{time},11,{1 + n % 5}\n" for n, time in enumerate(times))
    office.put("survey/2026-S2", "submitted_at,unit_code,BP1\n" + rows)
    (office.home.config / "survey_waves.csv").write_text("wave,start_date\n2026-S2,2026-10-01\n")
    assert office.balance("survey") == (8, 2, 6, 0, 0)
    assert [reason for _, reason, _ in office.reasons()] == [
        *["submission_undated"] * 2,
        "timestamp_invalid",
        "submission_before_wave",
        *["submission_after_arrival"] * 2,
    ]


def test_a_waves_days_that_change_load_its_answers_again(office: Office) -> None:
    office.put("survey/2026-S2", "Timestamp,Unit Kerja,BP1\n05/06/2026 8:00:00,Dinas A,5\n")
    assert office.balance("survey") == (1, 0, 1, 0, 0)
    rule = office.home.config / "survey_waves.csv"
    rule.write_text("wave,start_date,end_date\n2026-S2,2026-06-01,2026-06-30\n")
    (balance,) = office.load("survey", run_id="run-2")
    assert counts(balance) == (1, 1, 0, 0, 0)
    assert office.rows("SELECT submitted_at::DATE::VARCHAR FROM raw.survey") == [("2026-06-05",)]
    orders = [(n.choice, n.reason) for n in balance.notes if n.code == "date_order"]
    assert orders == [("day_first", "possible")]
    assert office.load("survey", run_id="run-3") == []
