"""The same deliveries and decisions, in any order and any number of nights: the same final state.

What counts is what the marts would see: the rows of deliveries that are loaded and not taken back,
in the order of deliveries, and the quarantine. That the split of a balance into loaded and
duplicate rows depends on what was there before is left out: it tells about a night.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import openpyxl
from hypothesis import Phase, given
from hypothesis import strategies as st

from ingest.arrivals.landing import scan
from ingest.loading.load import load_source
from ingest.loading.scratch import own_columns, source_tables
from ingest.rules.resolving import read_rules, write_rules
from ingest.senders.returns import write_returns
from tests.examples import examples
from tests.ingest.conftest import FIRST_TIME, NOW, TERNATE, Office
from warehouse.files import sha256_file
from warehouse.store.home import Home

NIP = "198609262015051001"
NIP_2 = "199002022019032002"
WAVE = "survey/2026-S1"
# A failing order is short enough to read: shrinking it would take many nights more.
PERMUTED = examples(4, phases=(Phase.explicit, Phase.generate))
State = dict[str, list[tuple[object, ...]]]
SHEET = "submitted_at,respondent_id,unit_code,BP1,AK1\n"


@dataclass(frozen=True)
class Event:
    """Something that happens at some time: a file arrives, or a rule file is edited."""

    path: str
    content: bytes
    age: int  # place in the order of deliveries

    def happen(self, home: Home) -> None:
        path = home.root / self.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.content)
        os.utime(path, (FIRST_TIME + 60 * self.age,) * 2)

    @property
    def sha256(self) -> str:
        with tempfile.NamedTemporaryFile() as file:
            Path(file.name).write_bytes(self.content)
            return sha256_file(Path(file.name))


def arrival(place: str, name: str, content: str | bytes, age: int) -> Event:
    data = content if isinstance(content, bytes) else content.encode()
    return Event(f"landing/{TERNATE}/{place}/{name}", data, age)


def night(home: Home, sources: Sequence[str], run_id: str) -> None:
    """What a night does with the files that stand in landing."""
    found = scan(home)
    with Office(home).working_file() as conn:
        rules = read_rules(home, (TERNATE,))
        loaded = write_rules(conn, rules)
        conn.execute(
            "INSERT INTO raw.run (run_id, rules_sha256) VALUES (?, ?)", [run_id, loaded.sha256]
        )
        vouched = {known for (known,) in conn.execute("SELECT run_id FROM raw.run").fetchall()}
        gone = rules.withdrawn_files(NOW.date())
        standing = [d for d in found.deliveries if (d.government_code, d.file_sha256) not in gone]
        for source in sources:
            mine = [d for d in standing if d.source == source]
            load_source(conn, home, run_id, NOW, source, mine, lambda *_: {}, vouched=vouched)


def state(home: Home, sources: Sequence[str]) -> State:
    """The live rows with the order of their deliveries, the quarantine and the deliveries."""
    live = """
        FROM raw.{table} r JOIN raw.delivery d USING ({key})
        WHERE d.source = '{source}' AND d.outcome = 'loaded' AND NOT EXISTS (
          FROM raw.rule_withdrawals w
          WHERE w.government_code = d.government_code AND w.file_sha256 = d.file_sha256
            AND coalesce(w.row_number, r.row_number) = r.row_number)"""
    found = {}
    with Office(home).working_file() as conn:
        for source in sources:
            for table in source_tables(source):
                own = ", ".join(f'r."{column.name}"' for column in own_columns(table))
                rows = f"SELECT {own}, d.modified_at, d.path, r.row_number "
                rows += (
                    live.format(table=table.name, source=source, key="delivery_id")
                    + " ORDER BY ALL"
                )
                found[table.name] = conn.execute(rows).fetchall()
            refused = "SELECT r.row_number, r.reason_code, r.column_name, r.raw_text, d.path "
            key = "government_code, source, period, file_sha256"
            refused += live.format(table="quarantine", source=source, key=key)
            found[f"{source} refused"] = conn.execute(f"{refused} ORDER BY ALL").fetchall()
        found["deliveries"] = conn.execute(
            """SELECT path, modified_at, outcome, reason_code, rows_read, rows_quarantined,
                 rows_loaded + rows_duplicate, rows_skipped
               FROM raw.delivery d WHERE NOT EXISTS (
                 FROM raw.rule_withdrawals w WHERE w.file_sha256 = d.file_sha256
                   AND w.row_number IS NULL) ORDER BY ALL"""
        ).fetchall()
    return found


def after(events: Sequence[Sequence[Event]], sources: Sequence[str]) -> State:
    """The state after some nights, before each of which some events happen."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        home.create()
        home.key_file.write_text("ab" * 32)  # respondents are the same in every home
        for number, happening in enumerate(events):
            for event in happening:
                event.happen(home)
            night(home, sources, f"run-{number}")
        return state(home, sources)


@cache
def in_one_night(events: Callable[[], Sequence[Event]], *sources: str) -> State:
    return after([events()], sources)


@st.composite
def in_nights(draw: st.DrawFn, events: Callable[[], Sequence[Event]]) -> list[list[Event]]:
    """Events in any order, cut into nights anywhere; each happens once."""
    order = draw(st.permutations(events()))
    cuts = draw(st.lists(st.booleans(), min_size=len(order) - 1, max_size=len(order) - 1))
    nights = [[order[0]]]
    for event, cut in zip(order[1:], cuts, strict=True):
        if cut:
            nights.append([])
        nights[-1].append(event)
    return nights


@cache
def survey_events() -> tuple[Event, ...]:
    """Two instruments, overlapping answers, a late answer word; the newer instrument goes back."""
    header = "column,behaviour_code,scale_min,scale_max\n"
    older = arrival(WAVE, "instrumen.csv", f"{header}BP1,BP1,1,6\n", 3)
    newer = arrival(WAVE, "instrumen 2.csv", f"{header}BP1,BP1,1,4\n", 9)
    rows = [f"2026-07-17 08:0{n}:00,{who},11,{n},Entahlah\n" for n, who in enumerate("abcdefg")]
    answers = arrival(WAVE, "jawaban.csv", SHEET + "".join(rows[:5]), 4)
    return (
        older,
        newer,
        answers,
        arrival(WAVE, "jawaban lagi.csv", SHEET + "".join(rows[2:]), 2),
        Event(
            "config/likert_labels.csv",
            b"label,points_of_scale,value,government_code,source,trust\nEntahlah,5,3,82.71,SK,D\n",
            0,
        ),
        Event(
            "config/withdrawals.csv",
            "government_code,file_sha256,row_number,reason,decided_by,decided_on\n"
            f"82.71,{newer.sha256},,salah,Kepala,2026-11-20\n"
            f"82.71,{answers.sha256},3,salah,Kepala,2026-11-20\n".encode(),
            0,
        ),
    )


@cache
def leave_events() -> tuple[Event, ...]:
    """An export, the same again with a correction, and a mended workbook of the first."""
    header = "nip,date_from,date_to,leave_type\n"
    good, wrong = f"{NIP},2026-01-05,2026-01-06,cuti\n", f"{NIP_2},kemarin,2026-02-06,cuti\n"
    first = arrival("leave", "cuti.csv", header + good + wrong, 1)
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        home.create()
        first.happen(home)
        night(home, ["leave"], "run")
        with Office(home).working_file() as conn:
            write_returns(conn, home, NOW.date())
        (path,) = home.returns.rglob("*.xlsx")
        workbook = openpyxl.load_workbook(path)
        workbook.worksheets[0]["E2"].value = "2026-02-05"
        workbook.save(path)
        mended = path.read_bytes()
    corrected = header + good.replace("01-06", "01-07") + good.replace("01-05", "01-04")
    return (
        first,
        arrival("leave", "cuti lagi.csv", corrected, 3),
        arrival("leave", "perbaikan.xlsx", mended, 2),
    )


@cache
def punch_events() -> tuple[Event, ...]:
    """Overlapping device logs, a list by employee number, and mappings that come when they come."""
    punches = [f"{n:9d}\t2026-10-03 08:5{n}:01\t1\t0\t1\t0\n" for n in range(8)]
    return (
        arrival("attendance", "1_attlog.dat", "".join(punches[:5]), 2),
        arrival("attendance", "1_attlog (2).dat", "".join(punches[3:]) + "sampah\n", 3),
        arrival("attendance", "daftar.csv", f"nip,timestamp\n{NIP},2026-10-03 08:50:01\n", 1),
        arrival("devices", "mesin.csv", f"device_id,pin,nip\n1,1,{NIP}\n,2,{NIP_2}\n", 4),
    )


@PERMUTED
@given(in_nights(survey_events))
def test_surveys_with_instruments_words_and_withdrawals(nights: list[list[Event]]) -> None:
    expected = in_one_night(survey_events, "survey")
    answers = [row[1] for row in expected["survey_answer"] if row[0] == "BP1"]
    assert sorted(answers) == [2, 2, 3, 3, 4, 4, 5, 6]
    assert after(nights, ("survey",)) == expected


@PERMUTED
@given(in_nights(leave_events))
def test_corrections_and_mended_rows(nights: list[list[Event]]) -> None:
    expected = in_one_night(leave_events, "leave")
    assert len(expected["leave"]) == 4
    assert after(nights, ("leave",)) == expected


@PERMUTED
@given(in_nights(punch_events))
def test_overlapping_punches_and_late_mappings(nights: list[list[Event]]) -> None:
    sources = ("devices", "attendance")
    expected = in_one_night(punch_events, *sources)
    assert len(expected["attendance"]) == 11
    assert after(nights, sources) == expected
