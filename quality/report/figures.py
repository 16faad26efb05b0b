"""The figures of a report as data: culture scores, the seven values, discipline over the months.

Belongs here: published figures only, as read from schema marts; a hidden cell stays hidden. Does
not belong here: how they are drawn (`quality.report.pictures`).
"""

from __future__ import annotations

from typing import Any

import duckdb

from quality.reading import dicts
from warehouse.privacy import mask_digits


def value_maps(conn: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Per government the scores of its newest wave that shows any: a row per unit, seven cells.

    The government comes first, then its OPDs by name. A cell is ``{"score", "respondents"}``, the
    score None where it is hidden or unknown.
    """
    values = dicts(
        conn, "SELECT value_code, name_id, name_en FROM marts.dim_value ORDER BY value_order"
    )
    order = [value["value_code"] for value in values]
    rows = conn.execute(
        """WITH newest AS (
               SELECT government_code, arg_max(wave, wave_end_date) AS wave
               FROM marts.mart_survey WHERE survey_score IS NOT NULL GROUP BY government_code
           )
           SELECT government_code, wave, unit_level, unit_code,
               coalesce(unit.unit_name, unit_code) AS shown_name,
               map_from_entries(list((value_code, [score, respondents]))) AS cells
           FROM marts.mart_survey_value
           JOIN newest USING (government_code, wave)
           LEFT JOIN marts.dim_unit AS unit USING (government_code, unit_code)
           GROUP BY ALL
           ORDER BY government_code, unit_level, shown_name, unit_code"""
    ).fetchall()
    maps: dict[str, dict[str, Any]] = {}
    for government, wave, level, _, name, cells in rows:
        found = maps.setdefault(
            government,
            {
                "government_code": government,
                "wave": mask_digits(wave),
                "values": values,
                "rows": [],
            },
        )
        found["rows"].append(
            {
                "unit_level": level,
                "unit_name": mask_digits(name),
                "cells": [_cell(cells.get(code)) for code in order],
            }
        )
    return list(maps.values())


def _cell(known: list[float | None] | None) -> dict[str, Any]:
    score, respondents = known or [None, None]
    return {"score": score, "respondents": respondents and int(respondents)}


def culture_tables(conn: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Per government the culture scores of its newest month that has any, with their components.

    The government comes first, then its OPDs by rank, those without one last, by name. ``weights``
    are those in force on the month's last day, by component; a hidden or missing figure is None.
    """
    rows = dicts(
        conn,
        """WITH newest AS (
               SELECT government_code, coalesce(
                   max(month) FILTER (WHERE culture_score IS NOT NULL), max(month)) AS month
               FROM marts.mart_culture_score GROUP BY government_code
           )
           SELECT score.* EXCLUDE (unit_code),
               coalesce(unit.unit_name, unit_code) AS unit_name
           FROM marts.mart_culture_score AS score JOIN newest USING (government_code, month)
           LEFT JOIN marts.dim_unit AS unit USING (government_code, unit_code)
           ORDER BY government_code, unit_level, rank NULLS LAST, unit_name, unit_code""",
    )
    tables: dict[str, dict[str, Any]] = {}
    for row in rows:
        government, month = row.pop("government_code"), row.pop("month")
        table = tables.setdefault(
            government,
            {
                "government_code": government,
                "month": month[: len("2026-05")],
                "weights": _weights(conn, government, month),
                "rows": [],
            },
        )
        named = {"unit_name": mask_digits(row["unit_name"])}
        wave = {"survey_wave": row["survey_wave"] and mask_digits(row["survey_wave"])}
        table["rows"].append({**row, **named, **wave})
    return list(tables.values())


def _weights(conn: duckdb.DuckDBPyConnection, government: str, month: str) -> dict[str, float]:
    rows = conn.execute(
        """SELECT component, weight FROM raw.rule_score_weights WHERE government_code = ?
           AND last_day(CAST(? AS DATE)) BETWEEN valid_from AND valid_to ORDER BY component""",
        [government, month],
    ).fetchall()
    return {component: float(weight) for component, weight in rows}


def discipline_lines(conn: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Per government its discipline score by month (None: hidden, or too little recorded)."""
    rows = conn.execute(
        """SELECT government_code,
               list(strftime(month, '%Y-%m') ORDER BY month),
               list(discipline_score ORDER BY month)
           FROM marts.mart_discipline WHERE unit_level = 'government'
           GROUP BY government_code ORDER BY government_code"""
    ).fetchall()
    return [
        {"government_code": government, "months": months, "scores": scores}
        for government, months, scores in rows
    ]
