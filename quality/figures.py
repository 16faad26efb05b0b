"""The two pictures of a report as data: the seven values by OPD, and discipline over the months.

Belongs here: published figures only, as read from schema marts; a hidden cell stays hidden. Does
not belong here: how they are drawn (`quality.pictures`).
"""

from __future__ import annotations

from typing import Any

import duckdb

from warehouse.privacy import mask_digits


def value_maps(conn: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Per government the scores of its newest wave that shows any: a row per unit, seven cells.

    The government comes first, then its OPDs by name. A cell is ``{"score", "respondents"}``, the
    score None where it is hidden or unknown.
    """
    values = _dicts(
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


def _dicts(conn: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    cursor = conn.execute(query)
    names = [entry[0] for entry in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
