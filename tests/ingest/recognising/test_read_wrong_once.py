"""Files that were once read wrong, each for its kind: what is right, and why the rest waits.

The files lie in ``corpus/cases``; made by hand, no real person's data.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.ingest.conftest import Office, counts

CASES = Path(__file__).parents[1] / "corpus" / "cases"
WAVE = "survey/2026-S2"
NIP = "198501112010012001"


@dataclass(frozen=True)
class Case:
    """A file of a source, its balance, its reasons, and what a query over schema raw finds."""

    source: str
    balance: tuple[int, int, int, int, int]
    reasons: list[tuple[object, ...]]
    query: str
    rows: list[object]


def dated(days: list[str]) -> list[object]:
    return [f"2026-10-{day}" for day in days]


DAYS = "SELECT submitted_at::DATE::VARCHAR FROM raw.survey ORDER BY row_number"
UNITS = "SELECT unit_code FROM raw.survey ORDER BY row_number"
PEOPLE = "SELECT coalesce(respondent_id, 'row ' || row_number) FROM raw.survey"
SEEN: dict[str, Case] = {
    "half_swapped_dates.xlsx": Case(
        "attendance",
        (22, 14, 8, 0, 0),
        [(row, "date_order_unknown", "timestamp") for row in range(2, 10)],
        "SELECT DISTINCT timestamp::DATE::VARCHAR FROM raw.attendance ORDER BY 1",
        dated(["13", "14", "15", "16", "19", "20", "21", "22", "23", "26", "27", "28", "29", "30"]),
    ),
    "one_bad_date.csv": Case(
        "attendance",
        (6, 5, 1, 0, 0),
        [(2, "timestamp_invalid", "timestamp")],
        "SELECT DISTINCT timestamp::DATE::VARCHAR FROM raw.attendance ORDER BY 1",
        ["2025-02-03", "2025-02-25", "2025-02-26"],
    ),
    "date_with_a_letter.csv": Case(
        "leave",
        (4, 0, 4, 0, 0),
        [
            *((row, "date_invalid", "date_to") for row in (2, 3, 4)),
            (5, "date_invalid", "date_from"),
        ],
        "SELECT nip FROM raw.leave",
        [],
    ),
    "roster_odd_times.csv": Case(
        "rosters",
        (5, 2, 3, 0, 0),
        [(row, "time_invalid", "start_time") for row in (2, 3, 6)],
        "SELECT start_time || ' ' || end_time FROM raw.rosters ORDER BY row_number",
        ["07:30:00 16:00:00", "00:25:00 08:15:00"],
    ),
    "columns_that_disagree.csv": Case(
        "leave",
        (3, 1, 2, 0, 0),
        [(2, "date_order_unknown", "date_from"), (3, "date_order_unknown", "date_to")],
        "SELECT date_from || ' ' || date_to FROM raw.leave",
        ["2026-10-14 2026-10-16"],
    ),
    "units_below_names.csv": Case(
        "units",
        (2, 2, 0, 0, 3),
        [],
        "SELECT unit_code FROM raw.units ORDER BY row_number",
        ["11.01", "11.02"],
    ),
    "official_many_decimals.csv": Case(
        "official",
        (1, 1, 0, 0, 0),
        [],
        "SELECT value || ' ' || value_decimals || ' ' || parts FROM raw.official",
        ["68.6666666666667 13 20.1;20.2;20.3;8.0666"],
    ),
    "three_rounded_nips.csv": Case(
        "leave",
        (3, 0, 3, 0, 0),
        [(row, "nip_damaged", "nip") for row in (2, 3, 4)],
        "SELECT nip FROM raw.leave",
        [],
    ),
    "nip_partly_float.csv": Case(
        "employees",
        (8, 4, 4, 0, 0),
        [(row, "nip_damaged", "nip") for row in (6, 7, 8, 9)],
        "SELECT right(nip, 4) FROM raw.employees ORDER BY row_number",
        ["2001", "1002", "2003", "1004"],
    ),
    "leave_type_written_otherwise.csv": Case(
        "leave",
        (2, 2, 0, 0, 0),
        [],
        "SELECT leave_type FROM raw.leave ORDER BY row_number",
        ["dinas_luar", "DINAS-LUAR"],
    ),
    "form_timestamp_day_first.csv": Case(
        WAVE, (8, 8, 0, 0, 0), [], DAYS, dated(["05", "06", "07", "08", "09", "10", "11", "12"])
    ),
    "form_cap_waktu_month_first.csv": Case(
        WAVE, (8, 8, 0, 0, 0), [], DAYS, dated(["05", "06", "07", "08", "09", "10", "11", "12"])
    ),
    "lime_1980.csv": Case(
        WAVE,
        (5, 0, 5, 0, 0),
        [(row, "submission_undated", "submitted_at") for row in range(2, 7)],
        DAYS,
        [],
    ),
    "form_email_hyphen.csv": Case(
        WAVE, (10, 10, 0, 0, 0), [], f"SELECT count(*) FROM ({PEOPLE} GROUP BY 1)", [10]
    ),
    "kobo_username.csv": Case(
        WAVE, (10, 10, 0, 0, 0), [], f"SELECT count(*) FROM ({PEOPLE} GROUP BY 1)", [10]
    ),
    "form_respondent_id.csv": Case(
        WAVE, (3, 3, 0, 0, 0), [], f"SELECT count(*) FROM ({PEOPLE} GROUP BY 1)", [2]
    ),
    "form_years_in_unit.csv": Case(WAVE, (5, 5, 0, 0, 0), [], UNITS, ["Dinas Kesehatan"] * 5),
    "form_branches.csv": Case(
        WAVE,
        (3, 3, 0, 0, 0),
        [],
        UNITS,
        ["Dinas Kesehatan", "Badan Keuangan", "Kecamatan Ternate Utara"],
    ),
    "form_half_points.csv": Case(
        WAVE,
        (9, 3, 6, 0, 0),
        [(row, "answer_unknown", "AD1") for row in range(2, 8)],
        "SELECT DISTINCT row_number || ': ' || answer FROM raw.survey_answer ORDER BY 1",
        ["10: 5", "8: 5", "9: 1"],
    ),
    "lime_codes.csv": Case(
        WAVE,
        (3, 2, 1, 0, 0),
        [(2, "answer_unknown", "AD1")],
        "SELECT count(*) FROM raw.survey_answer GROUP BY row_number ORDER BY row_number",
        [20, 20],
    ),
}


@pytest.mark.parametrize("name", SEEN)
def test_a_file_that_was_read_wrong_has_its_right_outcome(office: Office, name: str) -> None:
    case = SEEN[name]
    office.put(case.source, (CASES / name).read_bytes(), name)
    (balance,) = office.load(case.source.split("/")[0])
    assert (balance.outcome, counts(balance)) == ("loaded", case.balance)
    assert office.reasons() == case.reasons
    assert [row[0] for row in office.rows(case.query)] == case.rows
