"""A rule row changes the days, months or years that it covers, and nothing else.

Belongs here: changing one row for a while and comparing every table before and after.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.measures.building import build, load, new_home, rows
from tests.measures.worlds import write_worlds
from tests.oracle.figures import Row
from warehouse.store.home import Home

SEEDS = (400, 401, 413, 410)
# Which government has which change; the last two have complete culture scores.
TARIFF, HOLIDAY, POINTS, WEIGHTS = range(4)
FIRST, LAST = date(2026, 2, 17), date(2026, 2, 19)
DAY_OFF = date(2026, 3, 10)
FEBRUARY, MARCH = date(2026, 2, 1), date(2026, 3, 1)
TIMES = {
    "restricted.employee_day": "date",
    "marts.mart_discipline": "month",
    "marts.mart_absence_band": "month",
    "marts.mart_ip_asn": "year",
    "marts.mart_culture_score": "month",
    "marts.mart_survey": "wave",
    "marts.mart_survey_value": "wave",
}


def override(home: Home, rule: str, where: str, change: str, days: tuple[date, date]) -> None:
    """Cut the validity of the rows found, and let changed ones hold from first to last."""
    first, last = days
    with home.connect() as conn:
        conn.execute(
            f"create temp table found as select * from raw.rule_{rule} "
            f"where {where} and valid_from <= date '{last}' and valid_to >= date '{first}'"
        )
        assert conn.execute("select count(*) from found").fetchone() != (0,)
        conn.execute(f"delete from raw.rule_{rule} where rowid in (select r.rowid from "
                     f"raw.rule_{rule} r where {where} and valid_from <= date '{last}' "
                     f"and valid_to >= date '{first}')")  # fmt: skip
        for changed, begins, ends in (
            ("", "valid_from", f"date '{first}' - 1"),
            (change, f"greatest(valid_from, date '{first}')", f"least(valid_to, date '{last}')"),
            ("", f"date '{last}' + 1", "valid_to"),
        ):
            conn.execute(
                f"insert into raw.rule_{rule} select * replace ({changed} {begins} as valid_from, "
                f"{ends} as valid_to) from found where {begins} <= {ends}"
            )


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], set[object]]:
    """The times of the rows that differ, by table and government, after four rules changed."""
    home = new_home(tmp_path_factory.mktemp("rules") / "home")
    write_worlds(home.root, SEEDS)
    load(home, datetime(2026, 3, 21, 3, 0, tzinfo=UTC))
    behind = [f"+{table.partition('.')[2]}" for table in TIMES]  # the models that tables hang on
    build(home, *behind)
    before = {table: rows(home, table) for table in TIMES}
    _change(home)
    build(home, *behind)
    found: dict[tuple[str, str], set[object]] = {}
    for table, time in TIMES.items():
        old, new = (_by_text(side) for side in (before[table], rows(home, table)))
        for text in old.keys() ^ new.keys():
            row = old.get(text) or new[text]
            found.setdefault((table, str(row["government_code"])), set()).add(row[time])
    return found


def _by_text(found: list[Row]) -> dict[str, Row]:
    """Rows by what they say, to nine digits."""
    return {
        repr([f"{cell:.9g}" if isinstance(cell, float) else cell for cell in row.values()]): row
        for row in found
    }


def _change(home: Home) -> None:
    of = "cast(right(government_code, 2) as integer) % 4 = {} and government_code like '40.%'"
    override(
        home, "attendance_rules", f"{of.format(TARIFF)} and rule_code = 'missing_side_minutes'",
        "100.0 as value,", (FIRST, LAST),
    )  # fmt: skip
    with home.connect() as conn:
        conn.execute(
            "insert into raw.rule_days_off by name select "
            f"government_code, date '{DAY_OFF}' as date, 'local' as kind, "
            "date '1900-01-01' as valid_from, date '9999-12-31' as valid_to "
            f"from raw.rule_governments where {of.format(HOLIDAY)}"
        )
    override(
        home, "ip_asn_rules", f"{of.format(POINTS)} and dimension = 'kinerja'",
        "points - 0.5 as points,", (date(2025, 1, 1), date(2025, 12, 31)),
    )  # fmt: skip
    override(
        home, "score_weights", f"{of.format(WEIGHTS)}",
        "case component when 'survey' then 0.2 else 0.4 end as weight,", (MARCH, date(2026, 3, 31)),
    )  # fmt: skip


def of(changed: dict[tuple[str, str], set[object]], change: int) -> dict[str, set[object]]:
    """The times of the rows that differ, by table, in the governments with one change."""
    found: dict[str, set[object]] = {}
    for (table, code), times in changed.items():
        if int(code[-2:]) % 4 == change:
            found.setdefault(table, set()).update(times)
    return found


@pytest.mark.slow
def test_a_tariff_changes_the_days_that_it_covers(
    changed: dict[tuple[str, str], set[object]],
) -> None:
    found = of(changed, TARIFF)
    assert found.pop("restricted.employee_day") <= {FIRST, date(2026, 2, 18), LAST}
    assert found.pop("marts.mart_discipline") == {FEBRUARY}
    assert found.pop("marts.mart_culture_score", {FEBRUARY}) == {FEBRUARY}
    assert not found


@pytest.mark.slow
def test_a_day_off_changes_its_day_and_the_running_totals_after_it(
    changed: dict[tuple[str, str], set[object]],
) -> None:
    found = of(changed, HOLIDAY)
    assert found.pop("restricted.employee_day") == {DAY_OFF}
    assert found.pop("marts.mart_discipline") == {MARCH}
    assert found.pop("marts.mart_absence_band", {MARCH}) == {MARCH}
    assert found.pop("marts.mart_culture_score", {MARCH}) == {MARCH}
    assert not found


@pytest.mark.slow
def test_points_change_their_year_and_the_months_that_use_it(
    changed: dict[tuple[str, str], set[object]],
) -> None:
    found = of(changed, POINTS)
    assert found.pop("marts.mart_ip_asn") == {2025}
    assert found.pop("marts.mart_culture_score") <= {FEBRUARY, MARCH}
    assert not found


@pytest.mark.slow
def test_weights_change_the_months_that_they_cover(
    changed: dict[tuple[str, str], set[object]],
) -> None:
    assert of(changed, WEIGHTS) == {"marts.mart_culture_score": {MARCH}}
