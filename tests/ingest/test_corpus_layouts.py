"""Every layout: its faithful file has exactly this balance, these reasons and these values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from ingest.recognising.match import vendor_layouts
from tests.ingest.conftest import Office, counts
from tests.ingest.corpus import makers
from tests.ingest.corpus.makers import EMPLOYEES
from tests.ingest.corpus.sheets import NIPS, ods


@dataclass(frozen=True)
class Case:
    """A file; ``balance`` is read, loaded, quarantined, duplicate, skipped."""

    place: str
    make: Callable[[], bytes]
    layout: str
    balance: tuple[int, int, int, int, int]
    reasons: list[tuple[object, ...]]
    sql: str
    values: list[tuple[object, ...]]


PUNCHES = "SELECT nip, pin, device_id, timestamp::VARCHAR FROM raw.attendance ORDER BY ALL"
SUBMISSIONS = (
    "SELECT s.submitted_at::VARCHAR, s.unit_code, s.respondent_id IS NOT NULL, "
    "(SELECT count(*) FROM raw.survey_answer a WHERE a.row_number = s.row_number), "
    "(SELECT sum(answer) FROM raw.survey_answer a WHERE a.row_number = s.row_number) "
    "FROM raw.survey s ORDER BY s.row_number"
)
SPELLS = (
    "SELECT nip, unit_code, employee_type, position_type, valid_from::VARCHAR FROM raw.employees"
)
SPELLS += " ORDER BY row_number"
SPELLS_VALUES: list[tuple[object, ...]] = [
    (NIPS[0], "11.10", "PNS", "structural", "2024-07-17"),
    (NIPS[1], "11.2", "PPPK", None, "2024-02-25"),
]
SCORES = "SELECT nip, person_name, unit_name, kualifikasi, kompetensi, total FROM raw.ip_asn"
DAMAGED = [(4, "nip_damaged", "nip")]

CASES = {
    "attlog": Case(
        "attendance",
        makers.attlog,
        "attlog",
        (7, 2, 4, 1, 1),
        [
            (4, "row_unreadable", ""),
            (5, "punch_before_2010", "timestamp"),
            (6, "punch_after_arrival", "timestamp"),
            (7, "value_missing", "pin"),
        ],
        PUNCHES,
        [(None, "1", "1", "2026-10-03 08:59:01"), (None, "A7", "1", "2026-10-02 16:01:00")],
    ),
    "device_log": Case(
        "attendance",
        makers.device_log,
        "device_log",
        (6, 3, 0, 3, 0),
        [],
        PUNCHES,
        [
            (None, "12", "1", "2026-10-05 07:29:10"),
            (None, "12", "1", "2026-10-05 16:02:00"),
            (None, "7", "1", "2026-10-05 07:31:44"),
        ],
    ),
    "standard_report": Case(
        "attendance",
        makers.standard_report,
        "standard_report",
        (9, 6, 2, 1, 0),
        [(8, "timestamp_invalid", "timestamp"), (8, "timestamp_invalid", "timestamp")],
        PUNCHES,
        [
            (None, "12", None, "2026-10-30 06:10:00"),
            (None, "12", None, "2026-10-30 17:00:00"),
            (None, "12", None, "2026-11-01 07:09:00"),
            (None, "12", None, "2026-11-01 16:17:00"),
            (None, "12", None, "2026-11-02 07:31:00"),
            (None, "12", None, "2026-11-02 16:00:00"),
        ],
    ),
    "fingerspot": Case(
        "attendance",
        makers.fingerspot,
        "fingerspot",
        (7, 5, 2, 0, 1),
        [(6, "value_missing", "pin"), (7, "timestamp_invalid", "timestamp")],
        PUNCHES,
        [
            (NIPS[0], None, None, "2025-10-14 07:25:00"),
            (NIPS[0], None, None, "2025-10-14 16:05:00"),
            (None, "102", None, "2025-10-05 21:55:00"),
            (None, "102", None, "2025-10-06 07:02:00"),
            (None, "104", None, "2025-10-14 07:40:00"),
        ],
    ),
    "fingerspot again as CSV": Case(
        "attendance",
        makers.fingerspot_again,
        "fingerspot",
        (3, 3, 0, 0, 2),
        [],
        PUNCHES,
        [
            (NIPS[0], None, None, "2025-10-14 07:25:00"),
            (NIPS[0], None, None, "2025-10-14 16:05:00"),
            (None, "102", None, "2025-10-14 07:30:00"),
        ],
    ),
    "google_forms": Case(
        "survey/2023-S1",
        makers.google_forms,
        "google_forms",
        (4, 2, 2, 0, 0),
        [(4, "answer_off_scale", "AD1"), (5, "value_missing", "unit_code")],
        SUBMISSIONS,
        [
            ("2023-07-17 09:05:01", "Dinas A", True, 21, 84),
            ("2023-07-05 13:00:00", "Dinas A", True, 20, 100),
        ],
    ),
    "google_forms in English": Case(
        "survey/2023-S1",
        makers.google_forms_english,
        "google_forms",
        (2, 2, 0, 0, 0),
        [],
        SUBMISSIONS,
        [
            ("2023-07-17 09:05:01", "Dinas A", True, 21, 84),
            ("2023-07-05 09:05:01", "Dinas A", True, 21, 84),
        ],
    ),
    "google_forms zipped": Case(
        "survey/2023-S1",
        makers.google_forms_zipped,
        "google_forms",
        (2, 2, 0, 0, 0),
        [],
        SUBMISSIONS,
        [
            ("2023-07-17 09:05:01", "Dinas A", True, 21, 84),
            ("2023-07-17 23:05:01", "Dinas A", True, 21, 84),
        ],
    ),
    "kobotoolbox": Case(
        "survey/2023-S1",
        makers.kobotoolbox,
        "kobotoolbox",
        (3, 2, 1, 0, 0),
        [(4, "timestamp_invalid", "submitted_at")],
        SUBMISSIONS,
        [
            ("2023-07-18 07:05:01", "Dinas A", False, 21, 63),
            ("2023-07-18 09:05:01", "Dinas A", False, 21, 63),
        ],
    ),
    "limesurvey": Case(
        "survey/2023-S1",
        makers.limesurvey,
        "limesurvey",
        (2, 1, 1, 0, 1),
        [(4, "value_missing", "unit_code")],
        SUBMISSIONS,
        [("2023-07-17 09:05:01", "Dinas A", False, 21, 105)],
    ),
    "siasn": Case(
        "employees",
        makers.siasn,
        "siasn",
        (6, 4, 2, 0, 0),
        [(6, "nip_damaged", "nip"), (7, "value_missing", "employee_type")],
        "SELECT nip, unit_code, unit_name, employee_type, position_type, appointed_on::VARCHAR, "
        "in_post_since::VARCHAR, snapshot_date::VARCHAR FROM raw.employee_snapshot ORDER BY ALL",
        [
            (nip, "U1", "Dinas U1", *kind, "2015-05-01", "2020-02-01", "2026-05-29")
            for nip, kind in (
                (NIPS[0], ("PNS", "pelaksana")),
                (NIPS[2], ("PPPK", "pelaksana")),
                (NIPS[1], ("CPNS", "functional")),
                (NIPS[8], ("PPPK_PARUH_WAKTU", "pelaksana")),
            )
        ],
    ),
    "pip_asn": Case(
        "ip_asn/2024",
        makers.pip_asn,
        "pip_asn",
        (4, 2, 2, 0, 1),
        [(10, "value_missing", "person_name"), (11, "value_out_of_range", "kualifikasi")],
        SCORES + " ORDER BY row_number",
        [
            (None, "PEGAWAI SATU, S.Sos", "Dinas A", 15.0, 21.5, 66.5),
            (None, "PEGAWAI DUA", "Dinas A", 15.0, 21.5, 66.5),
        ],
    ),
    "pip_asn with numbers": Case(
        "ip_asn/2024",
        makers.pip_asn_with_numbers,
        "pip_asn",
        (2, 1, 1, 0, 0),
        [(9, "nip_damaged", "nip")],
        SCORES,
        [(NIPS[0], None, None, 15.0, 21.5, None)],
    ),
    "canonical CSV": Case(
        "employees",
        makers.employees_csv,
        "canonical",
        (3, 2, 1, 0, 0),
        DAMAGED,
        SPELLS,
        SPELLS_VALUES,
    ),
    "canonical XLSX": Case(
        "employees",
        makers.employees_xlsx,
        "canonical",
        (3, 2, 1, 0, 0),
        DAMAGED,
        SPELLS,
        SPELLS_VALUES,
    ),
    "canonical ODS": Case(
        "employees",
        lambda: ods({"Data": EMPLOYEES}),
        "canonical",
        (3, 2, 1, 0, 0),
        DAMAGED,
        SPELLS,
        SPELLS_VALUES,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_layout_has_its_balance_reasons_and_values(office: Office, name: str) -> None:
    case = CASES[name]
    office.put(case.place, case.make(), "nama berkas tanpa arti")
    (balance,) = office.load(case.place.partition("/")[0])
    assert (balance.outcome, balance.reason_code, balance.layout) == ("loaded", None, case.layout)
    assert office.reasons() == case.reasons
    assert counts(balance) == case.balance
    assert office.rows(case.sql) == case.values


def test_every_layout_has_its_file_in_the_corpus() -> None:
    used = {case.make for case in CASES.values()}
    for layout in vendor_layouts():
        assert getattr(makers, layout.fixture) in used, layout.name
        assert layout.name in {case.layout for case in CASES.values()}


@pytest.mark.parametrize("source", ["attendance", "survey/2023-S1", "employees", "ip_asn/2024"])
def test_a_file_in_the_folder_of_another_source_is_set_aside(office: Office, source: str) -> None:
    others = [case for case in CASES.values() if case.place != source]
    for number, case in enumerate(others):
        office.put(source, case.make(), f"{number}.dat")
    balances = office.load(source.partition("/")[0])
    assert {b.outcome for b in balances} == {"set_aside"}
    assert {b.reason_code for b in balances} <= {"layout_unknown", "column_missing"}
