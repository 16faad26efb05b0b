"""The catalog says what the contract says, and refuses to contradict itself."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from warehouse.catalog.ddl import table_ddl
from warehouse.catalog.reader import CATALOG_FOLDER, CatalogError, load_catalog, read_catalog
from warehouse.version import DBT_PROJECT

# Copied by hand from the contract, section 3: keys before the bar.
MARTS = {
    "publication": "run_id | published_at, as_of_date, data_until, code_version, rules_sha256",
    "dim_government": "government_code | code_system, name, level, time_zone",
    "dim_unit": "government_code, unit_code | unit_name, unit_type, parent_unit_code, opd_code, "
    "successor_unit_code, first_day, last_day",
    "dim_value": "value_code | value_order, name_id, name_en",
    "dim_behaviour": "behaviour_code | value_code, behaviour_order, text_id, text_en",
    "mart_survey": "government_code, unit_level, unit_code, wave | wave_end_date, respondents, "
    "eligible, response_rate, survey_score, margin_of_error, weakest_value_code, suppressed",
    "mart_survey_value": "government_code, unit_level, unit_code, wave, value_code | respondents, "
    "score, margin_of_error, cronbach_alpha, suppressed",
    "mart_survey_behaviour": "government_code, unit_level, unit_code, wave, behaviour_code | "
    "respondents, score, share_positive, suppressed",
    "mart_discipline": "government_code, unit_level, unit_code, month | employees, "
    "scheduled_days, unrecorded_days, coverage, present_days, excused_days, unexcused_days, "
    "late_minutes, early_leave_minutes, absence_day_equivalents, apel_required, apel_attended, "
    "presence_rate, apel_rate, discipline_score, suppressed",
    "mart_absence_band": "government_code, month, band_code | employees, suppressed",
    "mart_ip_asn": "government_code, unit_level, unit_code, year | employees, scored, coverage, "
    "kualifikasi, kompetensi, kinerja, disiplin, ip_asn_score, category, in_band_gap, "
    "rule_version, suppressed",
    "mart_culture_score": "government_code, unit_level, unit_code, month | survey_score, "
    "survey_wave, discipline_score, ip_asn_score, ip_asn_year, culture_score, category, status, "
    "target_score, gap_to_target, rank, rank_best, rank_worst, suppressed",
    "mart_official_index": "index_code, government_code, year, population, source_document | "
    "value, category_published, category_computed, category_agrees, parts_sum, parts_agree",
    "mart_source_balance": "run_id, government_code, source, period, file_sha256 | file_name, "
    "layout, outcome, reason_code, rows_read, rows_loaded, rows_quarantined, rows_duplicate, "
    "rows_skipped, received_at",
    "mart_data_quality": "run_id, check_id | stage, subject, check_name, severity, outcome, "
    "observed, expected, failing_rows, checked_at",
}
RESTRICTED = {
    "employee_day": "government_code, nip, date | unit_code, opd_code, day_status, first_punch, "
    "last_punch, late_minutes, early_leave_minutes, imputed_minutes, file_sha256, row_numbers",
    "employee_discipline": "government_code, nip, month | unit_code, unexcused_days_ytd, "
    "measured_minutes_ytd, pp94_days, band_code, longest_run",
    "employee_ip_asn": "government_code, nip, year | unit_code, kualifikasi, kompetensi, kinerja, "
    "disiplin, total, rule_version, origin",
    "absence_band_opd": "government_code, unit_code, month, band_code | employees",
    # What a trace needs and the contract does not list.
    "lineage": "government_code, source, unit_code, period, part, file_sha256, row_number | nip",
    "rule_lineage": "government_code, rule, origin, file_row, valid_from, valid_to | source, "
    "trust, row_values",
    "delivery_note": "government_code, source, period, file_sha256 | notes",
    "suspicion": "government_code, suspicion_code, nip, date | unit_code",
}
GUIDES = ", ".join(f"{v}{n}" for v in ("BP", "AK", "KO", "HA", "LO", "AD", "KL") for n in (1, 2, 3))
# Section 2: the columns that a sender's file may have; a star for those it must have.
SOURCES = {
    "units": "unit_code*, unit_name*, unit_type*, parent_unit_code, successor_unit_code, "
    "valid_from, valid_to",
    "employees": "nip*, name, unit_code*, employee_type*, position_type, valid_from, valid_to",
    "devices": "device_id, pin*, nip*, valid_from, valid_to",
    "attendance": "nip*, timestamp*, device_id",
    "rosters": "nip*, date*, start_time, end_time",
    "leave": "nip*, date_from*, date_to*, leave_type*",
    "events": "event_date*, event_type*, scope_unit_code, nip*",
    "survey": f"submitted_at*, respondent_id, unit_code*, {GUIDES}",
    "ip_asn": "nip*, kualifikasi, kompetensi, kinerja, disiplin, total, education, position_type, "
    "leadership_training, functional_training, technical_training_jp, seminars, skp_score, "
    "sanction",
    "official": "index_code*, year*, population, value*, category, parts, source_document",
    "survey_answer": "",  # no template: the questions of a survey become its rows
    "instrument": "column*, behaviour_code*, scale_min, scale_max, reversed",
    "employee_snapshot": "",  # no template: a vendor's export only
}
# Section 5: each rule file's own columns.
RULES = {
    "working_hours": "unit_code, employee_type, weekday, period, start_time, end_time, "
    "break_minutes",
    "ramadan": "first_day, last_day",
    "days_off": "date, kind, name",
    "leave_types": "leave_type, counts_as",
    "event_types": "event_type, counts",
    "attendance_rules": "rule_code, value",
    "evidence": "unit_code, date_from, date_to, recorded, reason, decided_by",
    "absence_bands": "band_code, level, days_from, days_to, text_id, text_en",
    "ip_asn_rules": "rule_version, position_type, dimension, criterion, points",
    "index_bands": "index_code, category, letter, lower_bound, printed",
    "score_weights": "component, weight, max_age",
    "targets": "unit_code, measure, year, value",
    "survey_waves": "wave, start_date, end_date, eligible_types, min_respondents",
    "likert_labels": "label, points_of_scale, value",
    "disclosure": "family, k",
    "withdrawals": "file_sha256, row_number, reason, decided_by, decided_on",
    "waivers": "check_id, reason, decided_by, until",
    "governments": "code_system, name, level, time_zone, form_time_zone",
}
FAMILIES = {
    "mart_survey": "survey",
    "mart_survey_value": "survey",
    "mart_survey_behaviour": "survey",
    "mart_discipline": "discipline",
    "mart_absence_band": "discipline",
    "mart_ip_asn": "ip_asn",
}


def _split(listing: str) -> list[str]:
    return [name.strip() for name in listing.replace("|", ",").split(",")]


@pytest.mark.parametrize(("group", "expected"), [("marts", MARTS), ("restricted", RESTRICTED)])
def test_tables_have_the_columns_and_keys_of_the_contract(
    group: str, expected: dict[str, str]
) -> None:
    tables = getattr(load_catalog(), group)
    assert list(tables) == list(expected)
    for name, listing in expected.items():
        keys = _split(listing.partition("|")[0])
        assert [column.name for column in tables[name].columns] == _split(listing), name
        assert list(tables[name].key) == keys, name
        assert all(tables[name].column(key).required for key in keys), name


def test_sources_have_the_columns_of_the_contract() -> None:
    catalog = load_catalog()
    assert list(catalog.sources) == list(SOURCES)
    assert catalog.landing_sources == tuple(SOURCES)[:10]
    for name, listing in SOURCES.items():
        columns = catalog.sources[name].file_columns
        starred = [column.name + "*" * column.required for column in columns]
        assert starred == list(filter(None, _split(listing))), name


def test_rules_have_the_columns_of_the_contract() -> None:
    rules = load_catalog().rules
    assert {name: [c.name for c in rule.columns] for name, rule in rules.items()} == {
        name: _split(listing) for name, listing in RULES.items()
    }


def test_marts_keep_to_the_types_of_the_contract() -> None:
    for table in load_catalog().marts.values():
        types = {column.name: column.type for column in table.columns}
        assert {types.get("suppressed", "BOOLEAN"), types.get("month", "DATE")} == {
            "BOOLEAN",
            "DATE",
        }
        assert types.get("year", "INTEGER") == "INTEGER"
        scores = {name: kind for name, kind in types.items() if name.endswith(("score", "_rate"))}
        assert set(scores.values()) <= {"DOUBLE"}, scores
        counts = {n: k for n, k in types.items() if n.startswith("rows_") or n.endswith("_minutes")}
        assert set(counts.values()) <= {"BIGINT"}, counts


def test_tables_that_can_be_hidden_name_their_family() -> None:
    marts = load_catalog().marts
    assert {n: t.family for n, t in marts.items() if t.family is not None} == FAMILIES


def test_only_a_value_that_another_layout_lacks_may_be_missing_in_raw() -> None:
    columns = [c for t in load_catalog().sources.values() for c in t.raw_columns]
    assert [c.name for c in columns if c.required and not c.not_null] == ["nip", "nip"]


def test_ddl_follows_the_stored_columns() -> None:
    table = load_catalog().sources["instrument"]
    with duckdb.connect() as conn:
        conn.execute("CREATE SCHEMA batch")
        conn.execute(table_ddl(table, "batch", name="again"))
        stored = conn.execute("DESCRIBE batch.again").fetchall()
    assert [(row[0], row[1]) for row in stored] == [(c.name, c.type) for c in table.raw_columns]
    assert "column" not in {row[0] for row in stored}
    assert [row[0] for row in stored][-2:] == ["delivery_id", "row_number"]


FAULTS = [
    ("units", "type: DATE", "type: DAY", r"valid_from\.type"),
    ("units", "key: [unit_code, valid_from]", "key: [unit]", "unknown columns"),
    ("units", "name: units", "name: unit", "not that of the file"),
    ("units", "    en: Code of the unit\n", "    en: ''\n", r"unit_code: .*both languages"),
    ("units", "  - name: unit_name", "  - name: unit_code", "described twice"),
    ("units", "check: in_order", "check: in_disorder", r"checks\.0: .*check in_disorder"),
    ("units", "severity: warning", "severity: mild", r"checks\.0\.severity"),
    ("units", "    columns: [valid_from, valid_to]\n", "", "wrong parameters"),
    (
        "units",
        "    required: true\n    id: Kode unit kerja",
        "    must: true\n    id: Kode",
        r"unit_code\.must: kunci tidak dikenal · unknown key",
    ),
    ("leave", "listed_in: leave_types", "listed_in: leave_kinds", "leave_type: no such list"),
    ("attendance", "place: raw", "place: elsewhere", r"pin\.place"),
    ("attendance", "dated_by: timestamp", "dated_by: timestamp\nfamly: x", "famly: .*unknown key"),
    ("attendance", "    pattern: '^[0-9]{18}$'", "    pattern: 18", r"nip\.pattern: .*a text"),
    ("attendance", "dated_by: timestamp", "dated_by: timestamp\ndated_by: nip", "stands twice"),
    ("attendance", "day: date", "day: dat", "rhythm: no dat, first_punch"),
    ("attendance", "every: day", "every: week", r"rhythm\.every"),
    ("attendance", "every: day", "every: year", "news belongs to what comes every day"),
    ("survey", "subject: mart_survey", "subject: mart_surveys", "rhythm: no mart mart_surveys"),
    ("leave", "dated_by:", "moment: date_from\ndated_by:", "of marts alone"),
]


@pytest.mark.parametrize(("table", "right", "wrong", "message"), FAULTS)
def test_a_fault_in_the_catalog_is_named_with_its_file(
    tmp_path: Path, table: str, right: str, wrong: str, message: str
) -> None:
    folder = tmp_path / "catalog"
    shutil.copytree(CATALOG_FOLDER, folder)
    path = folder / "sources" / f"{table}.yml"
    text = path.read_text(encoding="utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(CatalogError, match=message) as caught:
        read_catalog(folder)
    assert f"{table}.yml" in str(caught.value)


MART_FAULTS = [
    ("dim_unit.unit_code", "dim_unit.unit_name", r"mart_survey\.yml: unit_code"),
    ("family: survey", "family: surveys", "family: nilai tidak berlaku"),
    ("moment: wave_end_date", "moment: wave_end", "unknown columns"),
    ("  - name: respondents\n", "  - name: respondents\n    personal: true\n", "personal column"),
]


@pytest.mark.parametrize(("right", "wrong", "message"), MART_FAULTS)
def test_a_mart_that_breaks_a_promise_is_refused(
    tmp_path: Path, right: str, wrong: str, message: str
) -> None:
    folder = tmp_path / "catalog"
    shutil.copytree(CATALOG_FOLDER, folder)
    path = folder / "marts" / "mart_survey.yml"
    text = path.read_text(encoding="utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong), encoding="utf-8")
    with pytest.raises(CatalogError, match=message):
        read_catalog(folder)


def test_a_file_that_no_order_names_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "catalog"
    shutil.copytree(CATALOG_FOLDER, folder)
    (folder / "marts" / "mart_extra.yml").write_text("name: mart_extra\n", encoding="utf-8")
    with pytest.raises(CatalogError, match="mart_extra"):
        read_catalog(folder)


def test_the_lineage_of_rules_leaves_none_out() -> None:
    model = (DBT_PROJECT / "models/restricted/rule_lineage.sql").read_text(encoding="utf-8")
    named = model.partition("set rules = [")[2].partition("]")[0]
    assert [name.strip(" \n'") for name in named.split(",")] == list(load_catalog().rules)
