"""Survey files: forms and tables, instruments, answer words, and respondents who stay unknown."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from tests.ingest.conftest import Office, counts

WAVE = "survey/2026-S1"
MAIL = "rumput.laut@contoh.example"

FORM = f"""Stempel waktu,Alamat Email,Nama Lengkap,Unit Kerja,"[BP1] Memahami, memenuhi",BP2. Ramah
17/07/2026 9:05:01,{MAIL},Orang,Dinas B,Setuju,5
17/07/2026 9.05.02,{MAIL.upper()},Orang,Dinas B,Sangat   setuju,9
18/07/2026 9:05:02,,Orang,Dinas B,,STS
18/07/2026 9:05:02,,Orang,Dinas B,,STS
19/07/2026 9:05:02,,Orang,Dinas B,Entahlah,STS
"""


def test_google_form_in_indonesian(office: Office) -> None:
    office.put(WAVE, FORM)
    (balance,) = office.load("survey")
    assert balance.layout == "google_forms"
    assert counts(balance) == (5, 3, 2, 0, 0)
    assert balance.ignored_columns == ("Nama Lengkap",)
    assert office.reasons() == [(3, "answer_off_scale", "BP2"), (6, "answer_unknown", "BP1")]
    assert office.rows(
        "SELECT s.row_number, submitted_at::VARCHAR, unit_code, occurrence, item, answer "
        "FROM raw.survey s JOIN raw.survey_answer USING (delivery_id, row_number) ORDER BY 1, 5"
    ) == [
        (2, "2026-07-17 09:05:01", "Dinas B", 1, "BP1", 4),
        (2, "2026-07-17 09:05:01", "Dinas B", 1, "BP2", 5),
        (4, "2026-07-18 09:05:02", "Dinas B", 1, "BP2", 1),
        (5, "2026-07-18 09:05:02", "Dinas B", 2, "BP2", 1),
    ]


@pytest.mark.parametrize("header", ["Timestamp", "Cap waktu", "Stempel waktu"])
def test_the_language_of_a_form_settles_no_date(office: Office, header: str) -> None:
    form = f"{header},Username,Unit kerja,BP1\n7/8/2026 9:05:01,ab,X,4\n"
    office.put(WAVE, form, "a.csv")
    office.put(WAVE, form + "7/25/2026 9:05:01,ab,X,4\n", "b.csv")
    office.put(WAVE, form + "26/7/2026 9:05:01,ab,X,4\n", "c.csv")
    waits, month, day = office.load("survey")
    assert [counts(balance)[1:3] for balance in (waits, month, day)] == [(0, 1), (2, 0), (2, 0)]
    assert office.reasons() == [(2, "date_order_unknown", "submitted_at")]
    assert office.rows(
        "SELECT submitted_at::VARCHAR FROM raw.survey WHERE row_number = 2 ORDER BY 1"
    ) == [("2026-07-08 09:05:01",), ("2026-08-07 09:05:01",)]


def test_the_zipped_form_names_its_zone_and_stays_wall_clock(office: Office) -> None:
    office.put(WAVE, "Timestamp,Unit kerja,BP1\n2026/07/17 9:05:01 PM GMT+9,X,4\n")
    office.load("survey")
    assert office.rows("SELECT submitted_at::VARCHAR FROM raw.survey") == [("2026-07-17 21:05:01",)]


def test_a_respondent_is_stored_as_hmac_only(office: Office) -> None:
    office.put(WAVE, FORM)
    office.load("survey")
    expected = hmac.new(office.home.key(), MAIL.encode(), hashlib.sha256).hexdigest()
    assert office.rows("SELECT respondent_id FROM raw.survey WHERE row_number = 2") == [(expected,)]
    everything = b"".join(
        path.read_bytes() for path in office.home.warehouse.rglob("*") if path.is_file()
    ).lower()
    assert expected.encode() in everything  # the search finds what is there
    assert MAIL.encode() not in everything
    assert b"rumput" not in everything


def test_instrument_gives_scales_and_names_questions(office: Office) -> None:
    office.put(
        WAVE,
        "submitted_at;unit_code;Saya  melayani;Saya menunda;BP3;lain\n"
        "2026-07-17 08:00:00;11;6;1;5;x\n2026-07-17 09:00:00;11;7;1;5;x\n",
        "a.csv",
    )
    office.put(
        WAVE,
        "column,behaviour_code,scale_min,scale_max,reversed\n"
        "Saya melayani,BP1,1,6,\nsaya menunda,BP1,1,6,ya\n",
        "z.csv",
    )
    survey, instrument = office.load("survey")
    assert counts(instrument) == (2, 2, 0, 0, 0)
    assert counts(survey) == (2, 1, 1, 0, 0)
    assert survey.ignored_columns == ("lain",)
    assert office.reasons() == [(3, "answer_off_scale", "Saya melayani")]
    assert office.rows("SELECT item, answer FROM raw.survey_answer ORDER BY 1") == [
        ("BP3", 5),
        ("Saya melayani", 6),
        ("saya menunda", 1),
    ]


def test_an_instrument_that_arrives_late_loads_its_wave_again(office: Office) -> None:
    office.put(WAVE, "submitted_at,unit_code,BP1\n2026-07-17 08:00:00,11,6\n", "a.csv")
    assert office.balance("survey") == (1, 0, 1, 0, 0)
    office.put(WAVE, "column,behaviour_code,scale_min,scale_max\nBP1,BP1,1,6\n", "b.csv")
    both = office.load("survey", run_id="run-2")
    assert sorted(counts(b) for b in both) == [(1, 1, 0, 0, 0), (1, 1, 0, 0, 0)]
    assert office.rows("SELECT answer FROM raw.survey_answer") == [(6,)]
    assert office.rows("SELECT count(*) FROM raw.quarantine") == [(0,)]
    assert office.load("survey", run_id="run-3") == []


def test_a_new_answer_word_loads_the_refused_rows(office: Office) -> None:
    office.put(WAVE, FORM)
    office.load("survey")
    assert office.load("survey", run_id="run-2") == []
    (office.home.config / "likert_labels.csv").write_text(
        "label,points_of_scale,value,government_code,source,trust\nEntahlah,5,3,82.71,SK,D\n"
    )
    (balance,) = office.load("survey", run_id="run-3")
    assert counts(balance) == (5, 4, 1, 0, 0)
    assert office.rows("SELECT count(*) FROM raw.survey") == [(4,)]
    assert office.load("survey", run_id="run-4") == []


def test_a_submission_again_is_a_duplicate_and_a_second_one_is_not(office: Office) -> None:
    header = "submitted_at,respondent_id,unit_code,BP1\n"
    first = "2026-07-17 08:00:00,r1,11,4\n"
    office.put(WAVE, header + first + first + "2026-07-17 09:00:00,r1,11,5\n", "a.csv")
    assert office.balance("survey") == (3, 2, 0, 1, 0)
    office.put(WAVE, header + first + "2026-07-17 08:00:00,,11,4\n", "b.csv")
    assert office.balance("survey") == (2, 1, 0, 1, 0)
    assert office.rows("SELECT count(*), count(DISTINCT row_digest) FROM raw.survey") == [(4, 3)]


def test_two_questions_with_one_code_need_an_instrument(office: Office) -> None:
    office.put(WAVE, "submitted_at,unit_code,BP1. ini,BP1. itu\n2026-07-17 08:00:00,11,4,4\n")
    (balance,) = office.load("survey")
    assert (balance.reason_code, balance.detail) == ("column_twice", "BP1")


def test_a_survey_without_questions_names_what_is_missing(office: Office) -> None:
    office.put(WAVE, "submitted_at,unit_code,umur\n2026-07-17 08:00:00,11,4\n")
    (balance,) = office.load("survey")
    assert (balance.reason_code, balance.detail) == ("column_missing", "BP1 … KL3")


def test_the_zone_of_the_forms_is_the_regions_to_state(office: Office) -> None:
    (office.home.config / "governments.csv").write_text(
        "government_code,code_system,name,level,time_zone,form_time_zone\n"
        "82.71,Kepmendagri 300.2.2-2138/2025,Kota Ternate,city,Asia/Jayapura,Asia/Jakarta\n"
    )
    form = "Stempel waktu,Unit kerja,BP1\n17/07/2025 23:30:00,Dinas A,5\n"
    office.put("survey/2025-S1", form, "formulir.csv")
    office.put("survey/2025-S1", "submitted_at,unit_code,BP1\n2025-07-17 23:30:00,Dinas B,5\n")
    office.load("survey")
    assert office.rows("SELECT unit_code, submitted_at::VARCHAR FROM raw.survey ORDER BY 1") == [
        ("Dinas A", "2025-07-18 01:30:00"),
        ("Dinas B", "2025-07-17 23:30:00"),
    ]
