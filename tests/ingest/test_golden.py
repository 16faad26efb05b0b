"""What `budaya check` says of every file of the corpus: by what it was read, and what it ignored.

After a change: ``pytest tests/ingest/test_golden.py --write-golden``, then look at the difference.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ingest.loading.check import check_file
from ingest.notes import has_words
from orchestration import say
from quality.checks.forecast import forecast
from tests.ingest.conftest import FIRST_TIME, NOW, TERNATE
from tests.ingest.corpus.entries import Entry, entries
from tests.sweeps import sweep
from warehouse.store.home import Home

GOLDEN = Path(__file__).parent / "golden"
ENTRIES = {entry.name: entry for entry in entries()}
# A file of each layout and form, and one of each kind that draws other sentences.
TOLD = [
    "attlog",
    "device_log",
    "standard_report",
    "fingerspot",
    "google_forms",
    "kobotoolbox",
    "limesurvey",
    "pip_asn",
    "siasn",
    "canonical_csv",
    "canonical_xlsx",
    "canonical_ods",
    "html_table_xls",
    "spreadsheetml_xls",
    "hidden_columns_xlsx",
    "hidden_sheet_xlsx",
    "sheets_of_two_layouts_xlsx",
    "half_swapped_dates_xlsx",
    "formulas_never_calculated_xlsx",
    "form_half_points_csv",
    "nip_partly_float_csv",
    "lime_1980_csv",
    "hazard_nothing",
    "hazard_pdf",
    "hazard_an_archive_of_several_files",
    "hazard_half_a_workbook",
    "hazard_a_damaged_sheet_beside_a_whole_one",
    "hazard_one_endless_line",
    "hazard_a_web_page_that_calls_itself_a_workbook",
    "hazard_utf_16_without_a_mark",
    "hazard_a_header_in_the_middle",
    "hazard_a_banner",
]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("golden") / "home")
    home.create()
    return home


def said(home: Home, entry: Entry, folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """What the command prints of a file, and how it ends."""
    path = folder / entry.name
    path.write_bytes(entry.make())
    os.utime(path, (FIRST_TIME, FIRST_TIME))
    source, _, period = entry.place.partition("/")
    report = check_file(
        path,
        source=source,
        government_code=TERNATE,
        period=period,
        home=home,
        forecast=forecast(home),
        now=NOW,
    )
    assert all(map(has_words, report.balance.notes)), report.balance.notes
    code = say.checked(report, as_json=False)
    command = f"budaya check {entry.name} --source {entry.place}"
    return f"{command}\n{capsys.readouterr().out}exit {code}\n"


@pytest.mark.parametrize("name", sweep(ENTRIES, told=TOLD))
def test_check_says_of_a_file_what_it_always_said(
    home: Home,
    name: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    request: pytest.FixtureRequest,
) -> None:
    text = said(home, ENTRIES[name], tmp_path, capsys)
    golden = GOLDEN / f"{name}.txt"
    if request.config.getoption("--write-golden"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def test_no_golden_output_is_left_of_a_file_that_is_gone() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == set(ENTRIES)
