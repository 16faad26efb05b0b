"""The mutation table of dbt's tests: for each of them a fault that it, and only it, must find.

A fault is SQL on a finished working file, whose models are all there as tables. Tests of keys,
references and accepted values say themselves what would violate them; the others are planted by
hand, one by one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from warehouse.catalog.reader import load_catalog

Node = Mapping[str, Any]

# A day that is scheduled, so that a changed status leaves every sum as it was.
_FIRST: Mapping[str, str] = {"employee_day": "WHERE day_status = 'present'"}

# A row twice is a person twice, which another test finds too: here the key has an empty part.
_COUNTED_TWICE: Mapping[str, Mapping[str, str]] = {"employee_discipline": {"month": "NULL"}}


def as_tables(conn: duckdb.DuckDBPyConnection) -> None:
    """Make tables of a working file's views, so that any of them can be spoilt."""
    views = conn.execute(
        "SELECT schema_name || '.' || view_name FROM duckdb_views() WHERE not internal"
    ).fetchall()
    for (view,) in views:
        conn.execute(f"CREATE TABLE main.rows AS FROM {view}")
        conn.execute(f"DROP VIEW {view}")
        conn.execute(f"CREATE TABLE {view} AS FROM main.rows")
        conn.execute("DROP TABLE main.rows")


def fault_of(node: Node) -> str:
    """The SQL that plants the fault of a test of the manifest; KeyError if there is none."""
    kind = (node.get("test_metadata") or {}).get("name")
    if kind is None:
        return SINGULAR[node["name"]]
    arguments = node["test_metadata"]["kwargs"]
    model = node["attached_node"].rpartition(".")[2]
    if kind == "unique_key":
        return _row(model, _COUNTED_TWICE.get(model, {}))
    if kind in {"accepted_values", "relationships"}:
        return _set(model, arguments["column_name"])
    if kind == "references_key":
        return _set(model, arguments["columns"][-1])
    raise KeyError(f"no fault is known for tests of kind {kind}")


def _set(model: str, column: str) -> str:
    """Let one row hold a wrong value: a row of its own where the column is part of the key.

    The value is the model's own, so that one fault does not make another's reference right.
    """
    schema, key = _place(model)
    wrong = f"'none such in {model}'"
    if column in key:
        return _row(model, {column: wrong})
    first = f"SELECT rowid FROM {schema}.{model} {_FIRST.get(model, '')} LIMIT 1"
    return f'UPDATE {schema}.{model} SET "{column}" = {wrong} WHERE rowid = ({first})'


def _row(model: str, changes: Mapping[str, str]) -> str:
    """Add a row with nothing but a key: that of the first row, with changes."""
    schema, key = _place(model)
    parts = ", ".join(f'{changes.get(name, name)} AS "{name}"' for name in key)
    return f"INSERT INTO {schema}.{model} BY NAME SELECT {parts} FROM {schema}.{model} LIMIT 1"


def _place(model: str) -> tuple[str, Sequence[str]]:
    catalog = load_catalog()
    schema = "marts" if model in catalog.marts else "restricted"
    return schema, (catalog.marts | catalog.restricted)[model].key  # type: ignore[operator]


def _update(table: str, change: str, where: str = "true") -> str:
    first = f"SELECT rowid FROM {table} WHERE {where} ORDER BY rowid LIMIT 1"
    return f"UPDATE {table} SET {change} WHERE rowid = ({first})"


def _copy(table: str, change: str, where: str = "true") -> str:
    return f"INSERT INTO {table} SELECT * REPLACE ({change}) FROM {table} WHERE {where} LIMIT 1"


_STRANGER = "'999999999999999999' AS nip"


def _suspicion(code: str) -> str:
    return (
        "INSERT INTO intermediate.int_suspicion BY NAME SELECT 'x' AS government_code, "
        f"'{code}' AS suspicion_code, 'x' AS nip, DATE '2025-01-01' AS day, 'x' AS unit_code"
    )


_CONTRIBUTOR = "'x' AS government_code, 'survey' AS family, 'x' AS period, 'x' AS opd_code"

SINGULAR: Mapping[str, str] = {
    "apel_without_list": _update("intermediate.int_event_opd", "recorded = 0", "required > 0"),
    "bands_add_up_to_people_in_service": _update(
        "marts.mart_absence_band", "employees = employees + 1", "not suppressed"
    ),
    "days_add_up_to_months": _update(
        "restricted.employee_day", "late_minutes = late_minutes + 1", "day_status = 'present'"
    ),
    "disclosure_hides_enough": (
        "INSERT INTO intermediate.int_disclosure BY NAME SELECT 'x' AS government_code, "
        "'survey' AS family, 'x' AS period, 'opd' AS unit_level, 'x' AS unit_code, "
        "true AS is_hidden"
    ),
    "event_types_without_rule": _copy("raw.events", "'none such' AS event_type"),
    "hidden_rows_show_nothing": _update(
        "marts.mart_discipline", "suppressed = true", "discipline_score IS NOT NULL"
    ),
    "ip_asn_dimension_out_of_cap": _update(
        "intermediate.int_employee_ip_asn", "kinerja = 30.1", "origin <> 'given'"
    ),
    "ip_asn_given_differs_from_attributes": (
        "INSERT INTO intermediate.int_ip_asn_computed SELECT government_code, year, nip, "
        "kualifikasi, kompetensi, kinerja, disiplin - 1, 'x' "
        "FROM intermediate.int_employee_ip_asn WHERE origin = 'given' AND disiplin > 0 LIMIT 1"
    ),
    "identical_times_day_after_day": _suspicion("identical_times"),
    "ip_asn_names_not_matched": (
        "INSERT INTO staging.stg_ip_asn BY NAME SELECT 'x' AS government_code, 2024 AS year"
    ),
    "ip_asn_of_people_not_measured": (
        f"INSERT INTO intermediate.int_ip_asn_person BY NAME "
        f"SELECT government_code, year, {_STRANGER} FROM intermediate.int_ip_asn_person LIMIT 1"
    ),
    "ip_asn_rows_not_scored": _copy(
        "intermediate.int_employee_ip_asn", "NULL AS total, 'x' AS origin"
    ),
    "ip_asn_scored_are_published": (
        "INSERT INTO intermediate.int_employee_ip_asn BY NAME SELECT government_code, year, "
        f"{_STRANGER}, 1.0 AS total FROM intermediate.int_employee_ip_asn LIMIT 1"
    ),
    "ip_asn_total_differs_from_parts": _update(
        "intermediate.int_ip_asn_person",
        "total = kualifikasi + kompetensi + kinerja + disiplin + 0.1",
        "round(total - kualifikasi - kompetensi - kinerja - disiplin, 2) = 0",
    ),
    "leave_types_without_rule": _update("staging.stg_leave", "leave_type = 'none such'"),
    "nips_not_known_yet": _copy("staging.stg_leave", _STRANGER),
    "official_figures_contradict_themselves": _update(
        "marts.mart_official_index", "category_agrees = false", "category_agrees AND parts_agree"
    ),
    "opds_add_up_to_government": _update(
        "intermediate.int_discipline_unit", "excused_days = excused_days + 1", "unit_level = 'opd'"
    ),
    "overlapping_spells": (
        "INSERT INTO intermediate.int_employee_record SELECT * REPLACE (valid_to AS valid_from) "
        "FROM (FROM intermediate.int_employee_record "
        "QUALIFY count(*) OVER (PARTITION BY nip) = 1) LIMIT 1"
    ),
    "part_time_without_hours": (
        "INSERT INTO intermediate.int_employee_spell BY NAME SELECT government_code, "
        f"{_STRANGER}, month AS valid_from, last_day AS valid_to, 'x' AS unit_code, "
        "'x' AS opd_code, 'PPPK_PARUH_WAKTU' AS employee_type "
        "FROM intermediate.int_government_month LIMIT 1"
    ),
    "pins_not_known_yet": (
        "INSERT INTO intermediate.int_punch BY NAME "
        "SELECT government_code, 'none such' AS pin FROM intermediate.int_punch LIMIT 1"
    ),
    "presence_has_a_punch_or_a_leave": _update(
        "intermediate.int_employee_day",
        "first_punch = first_punch + INTERVAL 1 SECOND",
        "day_status = 'present' AND first_punch IS NOT NULL",
    ),
    "published_days_are_the_computed_ones": _update(
        "marts.mart_discipline", "late_minutes = late_minutes + 1", "NOT suppressed"
    ),
    "published_figures_change_through_many": (
        "INSERT INTO intermediate.int_published_change BY NAME SELECT 'x' AS government_code, "
        "'survey' AS family, 'x' AS period, 'x' AS group_code, 'x' AS figure, 1 AS people"
    ),
    "published_opds_stay_shown_or_hidden": (
        "INSERT INTO intermediate.int_contributor BY NAME "
        f"SELECT {_CONTRIBUTOR}, '' AS group_code; "
        "INSERT INTO raw.published_contributor BY NAME "
        f"SELECT {_CONTRIBUTOR}, 'x' AS group_code, true AS is_baseline"
    ),
    "punches_after_service": _suspicion("after_service"),
    "punches_in_the_same_second": _suspicion("same_second"),
    "punches_on_leave": _suspicion("on_leave"),
    "punches_make_no_absence": (
        "INSERT INTO intermediate.int_punch BY NAME "
        "SELECT government_code, nip, starts_at AS punched_at "
        "FROM intermediate.int_schedule JOIN intermediate.int_employee_day "
        "USING (government_code, nip, day) ANTI JOIN intermediate.int_night_shift "
        "USING (government_code, nip) WHERE day_status = 'unexcused' LIMIT 1"
    ),
    "score_weights_make_one": _update(
        "intermediate.int_culture_weight", "survey_weight = survey_weight + 0.01"
    ),
    "spells_do_not_overlap": (
        "INSERT INTO intermediate.int_employee_spell SELECT * REPLACE ("
        "valid_to AS valid_from, 'NON_ASN' AS employee_type) "
        "FROM intermediate.int_employee_spell WHERE employee_type <> 'PPPK_PARUH_WAKTU' "
        "QUALIFY count(*) OVER (PARTITION BY nip) = 1 LIMIT 1"
    ),
    "survey_alpha_below_0_6": _update(
        "marts.mart_survey_value", "cronbach_alpha = 0.59", "cronbach_alpha >= 0.6"
    ),
    "survey_and_ip_asn_opds_add_up": _update(
        "marts.mart_survey", "eligible = eligible + 1", "unit_level = 'opd'"
    ),
    "survey_answers_of_unknown_items": _copy(
        "staging.stg_survey_answer", "'none such' AS item, NULL AS submission_id"
    ),
    "survey_below_min_respondents": (
        "UPDATE intermediate.int_survey_wave SET min_respondents = 1000000"
    ),
    "survey_cells_add_up_to_respondents": _update(
        "marts.mart_survey_value", "respondents = respondents + 1", "unit_level = 'opd'"
    ),
    "survey_more_respondents_than_eligible": (
        "INSERT INTO marts.mart_survey BY NAME SELECT government_code, unit_level, "
        "min(unit_code) AS unit_code, 'x' AS wave, 1 AS respondents, 0 AS eligible "
        "FROM marts.mart_survey GROUP BY government_code, unit_level"
    ),
    "survey_straight_lining": _update(
        "intermediate.int_respondent", "is_straight_lining = true", "not is_straight_lining"
    ),
    "survey_submissions_of_unknown_units": _copy(
        "staging.stg_survey_submission", "'none such' AS unit_as_written"
    ),
    "survey_submissions_off_scale": _update(
        "intermediate.int_survey_answer", "is_off_scale = true", "not is_off_scale"
    ),
    "units_with_perfect_attendance": _suspicion("perfect_unit"),
    "units_not_known_yet": _copy("staging.stg_unit", "'none such' AS successor_unit_code"),
    "unrecorded_days": (
        "INSERT INTO intermediate.int_employee_day BY NAME SELECT government_code, 'x' AS nip, "
        "day, month, 'x' AS unit_code, 'x' AS opd_code, 'unrecorded' AS day_status "
        "FROM intermediate.int_employee_day WHERE day_status = 'present' LIMIT 1"
    ),
}
