"""`budaya check` tells what a load would do, and does nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.loading.check import check_file
from orchestration import say
from quality.checks.forecast import forecast
from tests.conftest import budaya
from tests.ingest.conftest import Office, counts
from tests.ingest.test_corpus_hazards import REFUSED, TAKEN
from tests.ingest.test_corpus_layouts import CASES
from tests.sweeps import sweep
from warehouse.errors import UserError
from warehouse.version import PROJECT

NIP = "198609262015051001"


def _everything(folder: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_reasons_with_row_numbers_and_no_trace(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "cuti.csv"
    path.write_text(
        "nip,date_from,date_to,leave_type\n"
        f"{NIP},2026-01-05,2026-01-06,cuti\n123,2026-01-05,2026-01-06,cuti\n"
        f"{NIP},,2026-01-06,cuti\n1234,2026-01-05,2026-01-06,cuti\n"
    )
    before = _everything(office.home.root)
    report = check_file(
        path, source="leave", government_code="82.71", period="", home=office.home, limit=1
    )
    assert _everything(office.home.root) == before
    assert report.outcome == "rows"
    assert counts(report.balance) == (4, 1, 3, 0, 0)
    assert [(p.reason.code, p.column, p.count, p.rows) for p in report.problems] == [
        ("nip_invalid", "nip", 2, (3,)),
        ("value_missing", "date_from", 1, (4,)),
    ]


def test_clean_and_unreadable(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "unit.csv"
    path.write_text("unit_code,unit_name,unit_type\n1,A,Dinas\n")

    def outcome(source: str) -> tuple[str, str]:
        report = check_file(
            path, source=source, government_code="82.71", period="", home=office.home
        )
        return report.outcome, report.reason.code if report.reason else ""

    assert outcome("units") == ("clean", "")
    assert outcome("leave") == ("unreadable", "layout_unknown")


def test_the_instrument_in_landing_counts(office: Office, tmp_path: Path) -> None:
    office.put("survey/2026-S1", "column,behaviour_code,scale_max\nBP1,BP1,6\n")
    path = tmp_path / "survei.csv"
    path.write_text("submitted_at,unit_code,BP1\n2026-07-17 08:00:00,11,6\n")
    for period, expected in (("2026-S1", "clean"), ("2026-S2", "rows")):
        report = check_file(
            path, source="survey", government_code="82.71", period=period, home=office.home
        )
        assert report.outcome == expected


@pytest.mark.parametrize("step", sweep([6, 1], told=[6]))
def test_a_check_says_what_a_load_does(office: Office, step: int) -> None:
    cases = [(case.place, case.make()) for case in CASES.values()]
    cases += [("units", content) for content, _ in (*TAKEN.values(), *REFUSED.values())]
    files = {
        office.put(place, content, f"{number}.dat"): place
        for number, (place, content) in enumerate(cases[::step])
    }
    for source in sorted({place.partition("/")[0] for place in files.values()}):
        loaded = {balance.file_sha256: balance for balance in office.load(source)}
        for path, place in files.items():
            if place.partition("/")[0] != source:
                continue
            report = check_file(
                path,
                source=source,
                government_code="82.71",
                period=place.partition("/")[2],
                home=office.home,
                limit=1000,
            )
            night = loaded[report.balance.file_sha256]
            assert (report.outcome == "unreadable") == (night.outcome == "set_aside"), path.name
            for what in ("layout", "reason_code", "rows_read", "rows_quarantined", "rows_skipped"):
                assert getattr(report.balance, what) == getattr(night, what), (path.name, what)
            said = sorted((n, p.reason.code, p.column) for p in report.problems for n in p.rows)
            assert said == office.rows(
                "SELECT row_number, reason_code, column_name FROM raw.quarantine "
                f"WHERE file_sha256 = '{night.file_sha256}' ORDER BY ALL"
            ), path.name


def test_a_wrong_place_is_the_users_mistake(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n")
    for file, source, period in ((path, "units", "2024"), (tmp_path / "tidak ada", "units", "")):
        with pytest.raises(UserError):
            check_file(
                file, source=source, government_code="82.71", period=period, home=office.home
            )


def test_a_link_beside_a_survey_is_not_followed_out_of_landing(
    office: Office, tmp_path: Path
) -> None:
    outside = tmp_path / "instrumen.csv"
    outside.write_text("column,behaviour_code,scale_min,scale_max\nX,BP1,1,6\n")
    place = office.home.landing / "82.71" / "survey" / "2025"
    place.mkdir(parents=True)
    path = tmp_path / "survei.csv"
    path.write_text("submitted_at,respondent_id,unit_code,X\n2025-06-01 08:00:00,r,1.01,6\n")
    arguments = {"source": "survey", "government_code": "82.71", "period": "2025"}
    (place / "instrumen.csv").symlink_to(outside)
    assert check_file(path, home=office.home, **arguments).outcome == "unreadable"
    (place / "instrumen.csv").unlink()
    (place / "instrumen.csv").write_text(outside.read_text())
    assert check_file(path, home=office.home, **arguments).outcome == "clean"


def test_what_a_night_would_hold_is_not_clean(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "instrumen.csv"
    path.write_text("column,behaviour_code,scale_min,scale_max\nA,BP1,6,1\n")
    arguments = {"source": "survey", "government_code": "82.71", "period": "2025"}
    report = check_file(path, home=office.home, forecast=forecast(office.home), **arguments)
    assert (report.outcome, report.problems) == ("held", ())
    assert say.checked(report, as_json=False) == 2
    said = capsys.readouterr().out
    assert "would be held: Skala yang terbalik" in said
    assert "[gx.instrument.scale_min.in_order]" in said
    assert "clean" not in said
    place = office.home.landing / "82.71" / "survey" / "2025"
    place.mkdir(parents=True)
    path.rename(place / "instrumen.csv")
    path = tmp_path / "survei.csv"  # which answers for itself, not for the file beside it
    path.write_text("submitted_at,unit_code,BP1\n2025-06-01 08:00:00,1.01,5\n")
    report = check_file(path, home=office.home, forecast=forecast(office.home), **arguments)
    assert report.outcome == "clean"


def test_a_file_of_mostly_wrong_rows_is_told_to_be_held(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "cuti.csv"
    path.write_text("nip,date_from,date_to,leave_type\n123,2026-01-05,2026-01-06,cuti\n")
    arguments = {"source": "leave", "government_code": "82.71", "period": ""}
    report = check_file(path, home=office.home, forecast=forecast(office.home), **arguments)
    assert (report.outcome, list(report.held)) == (
        "held",
        ["gx.leave.delivery.rejected_share.rejected_share_max"],
    )


def test_the_missing_column_and_the_right_source_are_named(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "berkas.csv"

    def said(source: str, text: str) -> tuple[int, str]:
        path.write_text(text)
        report = check_file(
            path, source=source, government_code="82.71", period="", home=office.home
        )
        return say.checked(report, as_json=False), capsys.readouterr().out

    code, text = said("leave", f"nip,date_from,leave_type\n{NIP},2026-01-05,cuti\n")
    assert code == 1
    assert "Kolom wajib tidak ada: date_to." in text
    assert "A required column is missing: date_to." in text
    code, text = said("units", f"nip,date_from,date_to,leave_type\n{NIP},2026-01-05,,cuti\n")
    assert code == 1
    assert "it fits: --source leave" in text
    code, text = said("attendance", "column,behaviour_code\nA,BP1\n")
    assert code == 1
    assert "it fits: --source survey/<gelombang>" in text


def test_the_same_is_told_as_json(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "cuti.csv"
    path.write_text(
        f"nip,date_from,date_to,leave_type,x\n{NIP},2026-01-05,2026-01-06,cuti,a\n"
        "123,2026-01-05,2026-01-06,cuti,b\n"
    )
    report = check_file(path, source="leave", government_code="82.71", period="", home=office.home)
    assert say.checked(report, as_json=True) == 2
    told = json.loads(capsys.readouterr().out)
    assert (told["outcome"], told["exit_code"], told["rows_read"]) == ("rows", 2, 2)
    assert [(p["code"], p["column"], p["rows"]) for p in told["problems"]] == [
        ("nip_invalid", "nip", [3])
    ]
    ignored = [note for note in told["notes"] if note["kind"] == "ignored"]
    assert [(n["about"], n["id"]) for n in ignored] == [("x", "Kolom tidak dibaca: x")]


EACH = """
import sys
from tests.conftest import budaya
for path in sys.argv[2:]:
    place = ("--source", "units", "--government", "82.71", "--home", sys.argv[1])
    ended = budaya("check", path, *place)
    print(ended.stdout, ended.stderr, f"exit {ended.code}", flush=True)
"""


def test_a_pipe_or_a_device_is_not_waited_for(office: Office, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipa")
    paths = [tmp_path / "pipa", Path("/dev/zero"), tmp_path, tmp_path / "tidak_ada"]
    done = subprocess.run(
        [sys.executable, "-c", EACH, office.home.root, *paths],
        cwd=PROJECT,
        capture_output=True,
        check=True,
        timeout=60,
    )
    said = done.stdout.decode().split("exit ")
    assert [text.split("\n")[0] for text in said[1:]] == ["1"] * len(paths)
    assert all("can't be read" in text for text in said[:-1])


def test_a_word_that_no_rule_knows_is_named_with_its_rows(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "cuti.csv"
    kinds = ("Cuti Tahunan", "cuti aneh", "DINAS-LUAR", "tapa brata")
    rows = "".join(f"{NIP},2026-01-0{n},2026-01-0{n},{k}\n" for n, k in enumerate(kinds, start=1))
    path.write_text(f"nip,date_from,date_to,leave_type\n{rows}")
    place = ("--source", "leave", "--government", "82.71", "--home", office.home.root)
    ended = budaya("check", path, *place)
    assert ended.code == 0
    assert "a word that no rule knows in 2 rows (3, 5)" in ended.stdout
    assert "config/leave_types.csv" in ended.stdout
    assert "aneh" not in ended.stdout


def test_a_word_is_known_only_while_its_rule_holds(office: Office, tmp_path: Path) -> None:
    (office.home.config / "leave_types.csv").write_text(
        "leave_type,counts_as,valid_from,valid_to\nTapa Brata,excused,2026-02-01,2026-02-28\n"
    )
    path = tmp_path / "cuti.csv"
    days = ("2026-01-31", "2026-02-01", "2026-02-28", "2026-03-01")
    rows = "".join(f"{NIP},{day},{day},tapa-brata\n" for day in days)
    path.write_text(f"nip,date_from,date_to,leave_type\n{rows}")
    place = {"source": "leave", "government_code": "82.71", "period": ""}
    report = check_file(path, home=office.home, **place)
    assert [(n.code, n.rows) for n in report.balance.notes if n.code == "words_unknown"] == [
        ("words_unknown", "2, 5")
    ]
