"""The oracle's survey, IP-ASN, suppression and ranks against cases reckoned by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from tests.oracle import cells, culture, official, survey
from tests.oracle.compare import is_same
from tests.oracle.disclosure import decide
from tests.oracle.figures import Row, category, rounded
from tests.oracle.records import Item, Official, Submission
from tests.oracle.rules import Rules
from tests.oracle.sampling import Stratum, cronbach_alpha, margin_of_error, stratified_mean

GOVERNMENT = "82.71"


@pytest.mark.parametrize(
    ("written", "is_good"),
    [
        ("198609262015051001", True),
        ("19860926 201505 1 001", True),
        ("'198609262015051001", True),
        ("198609262021211002", True),  # PPPK: 21 is not a month
        ("1,98609E+17", False),
        ("198609262015051000", False),
        ("198613262015051001", False),
        ("198609262015053001", False),
        ("640012345", False),
        (198609262015051008.0, False),
    ],
)
def test_a_nip_is_digits_a_birth_date_a_sex_and_an_appointment(
    written: object, is_good: bool
) -> None:
    if is_good:
        assert len(cells.nip(written) or "") == 18
    else:
        with pytest.raises(cells.BadValueError):
            cells.nip(written)


def test_dates_and_numbers_as_offices_write_them() -> None:
    july = date(2023, 7, 17)
    for written in ("2023-07-17", "17/07/2023", "17-07-2023", "17 Juli 2023", "45124"):
        assert cells.day(written) == july
    for written in ("17/07/2023 9:05:01", "2023/07/17 9:05:01 AM GMT+9"):
        assert cells.moment(written) == datetime(2023, 7, 17, 9, 5, 1)
    assert cells.moment("7/17/2023 9:05:01", month_first=True) == datetime(2023, 7, 17, 9, 5, 1)
    assert (cells.number("53,77"), cells.number("53.77"), cells.number("3.252")) == (
        53.77,
        53.77,
        3252,
    )
    with pytest.raises(cells.BadValueError):
        cells.day("31/02/2025")


def test_alpha_of_four_people_and_three_items() -> None:
    """Item variances 3125/3, 2500/3, 5000/3; of the sums 25, 100, 175, 250 it is 9375."""
    rows = [(0.0, 25.0, 0.0), (25.0, 25.0, 50.0), (50.0, 75.0, 50.0), (75.0, 75.0, 100.0)]
    assert cronbach_alpha(rows, 3) == pytest.approx(1.5 * (1 - (10625 / 3) / 9375))
    assert cronbach_alpha([(50.0, 50.0), (50.0, 50.0)], 2) is None
    assert cronbach_alpha([(50.0,), (75.0,)], 1) is None


def test_margins_of_one_and_of_several_strata() -> None:
    alone = Stratum(20, (40.0, 50.0, 60.0, 50.0))
    spread = 200 / 3
    assert margin_of_error([alone]) == pytest.approx(1.96 * (spread / 4 * (1 - 4 / 20)) ** 0.5)
    assert margin_of_error([Stratum(3, (40.0, 50.0, 60.0, 50.0))]) == 0
    assert margin_of_error([Stratum(20, (40.0,))]) is None
    two = [alone, Stratum(60, (70.0, 90.0)), Stratum(20, (10.0,), is_hidden=True)]
    # The hidden one has a single answer: nothing can be said of its spread.
    assert margin_of_error(two) is None
    assert stratified_mean(two) == pytest.approx((20 * 50 + 60 * 80 + 20 * 10) / 100)
    pooled = [*two, Stratum(10, (30.0,), is_hidden=True)]
    terms = [
        (20 / 110) ** 2 * spread / 4 * 0.8,
        (60 / 110) ** 2 * 200 / 2 * (1 - 2 / 60),
        (30 / 110) ** 2 * 200 / 2 * (1 - 2 / 30),
    ]
    assert margin_of_error(pooled) == pytest.approx(1.96 * sum(terms) ** 0.5)


def test_a_margin_or_alpha_on_fewer_people_than_k_is_not_published() -> None:
    """Twelve have a score of BP, of nine of whom it has both items; k is 10, then 9."""
    items = {name: Item(name, "BP1", 1, 5, reversed=False) for name in ("a", "b")}
    answers = [{"a": 1 + n % 5, "b": 5 - n % 4} for n in range(9)] + [{"a": 2}] * 3
    sent = datetime(2025, 6, 1)
    own = [
        survey.score(Submission("w", (n,), sent, "1.01", given), items, "1.01")
        for n, given in enumerate(answers)
    ]

    def row(k: int) -> Row:
        decision = decide({"1.01": 12}, (), k)
        wave = survey.Wave(
            "w",
            sent.date(),
            False,
            {"1.01": own},
            {"1.01": 40},
            {"BP": [*items.values()]},
            decision,
        )
        tables = survey.Tables(wave, GOVERNMENT)
        (found,) = (
            r for r in tables.values() if r["unit_level"] == "opd" and r["value_code"] == "BP"
        )
        return found

    assert row(10)["respondents"] == 12
    assert row(10)["margin_of_error"] is not None
    assert row(10)["cronbach_alpha"] is None
    assert row(9)["cronbach_alpha"] is not None


def test_half_of_the_items_of_a_value_make_a_score() -> None:
    items = {
        name: Item(name, f"BP{n}", 1, 5, name == "turned")
        for n, name in enumerate(("a", "b", "turned"), 1)
    }
    sent = datetime(2025, 6, 1)
    one = survey.score(Submission("w", ("x",), sent, "1.01", {"a": 5, "turned": 5}), items, "1.01")
    assert one.values == {"BP": 50.0}
    assert one.behaviours == {"BP1": 100.0, "BP3": 0.0}
    assert one.positives["BP3"] == (False,)
    assert survey.score(Submission("w", ("x",), sent, "1.01", {"a": 5}), items, "1.01").values == {}


def test_of_several_submissions_the_last_counts() -> None:
    sent = datetime(2025, 6, 1)
    early = Submission("w", ("x",), sent, "1.01", {"BP1": 1})
    late = Submission("w", ("x",), sent + timedelta(hours=1), "1.01", {"BP1": 2})
    assert survey.counted([late, early]) == [late]


def test_a_wave_without_a_row_closes_after_fourteen_quiet_days(rules: Rules) -> None:
    sent = [Submission("w", ("x",), datetime(2025, 6, 1, 9), "1.01", {})]
    for later, is_open in ((14, True), (15, False)):
        as_of = date(2025, 6, 1) + timedelta(days=later)
        assert survey.end_of_wave("w", sent, rules, GOVERNMENT, as_of) == (
            date(2025, 6, 1),
            is_open,
            None,
        )


def test_a_wave_whose_end_is_not_set_stays_open(tmp_path: Path) -> None:
    (tmp_path / "survey_waves.csv").write_text(
        "wave,start_date,end_date,eligible_types\nw,2025-06-01,,PNS\n", encoding="utf-8"
    )
    sent = [Submission("w", ("x",), datetime(2025, 6, 1, 9), "1.01", {})]
    rules = Rules(tmp_path / "nothing shipped", tmp_path)
    found = survey.end_of_wave("w", sent, rules, GOVERNMENT, date(2026, 6, 1))
    assert found == (date(2025, 6, 1), True, {"PNS"})


def test_suppression() -> None:
    plain = decide({"a": 10, "b": 30}, (), 10)
    assert (set(plain.hidden), plain.hides_government) == (set(), False)
    # (1) hides b; (2) adds the smallest, of equal ones the lower code.
    second = decide({"a": 12, "b": 9, "c": 12, "d": 40}, (), 10)
    assert (set(second.hidden), second.hides_government) == ({"a", "b"}, False)
    # (2) goes on until they are k together.
    few = decide({"a": 0, "b": 1, "c": 2, "d": 3, "e": 50, "f": 60}, (), 10)
    assert (set(few.hidden), few.hides_government) == (set("abcde"), False)
    # (3) no second one: the government is hidden too. Nobody counts for nothing.
    alone = decide({"a": 4}, ("b",), 10)
    assert (set(alone.hidden), set(alone.nobody), alone.hides_government) == ({"a"}, {"b"}, True)
    assert alone.suppresses("opd", "b")


@pytest.mark.parametrize(
    ("value", "word", "in_gap"),
    [
        (60.0, "Sangat Rendah", False), (60.004, "Sangat Rendah", False),
        (60.5, "Sangat Rendah", True), (70.5, "Rendah", True), (80.5, "Sedang", True),
        (90.5, "Tinggi", True), (90.994, "Tinggi", True), (90.995, "Sangat Tinggi", False),
        (53.77, "Sangat Rendah", False),
    ],
)  # fmt: skip
def test_categories_of_ip_asn(rules: Rules, value: float, word: str, in_gap: bool) -> None:
    assert category(rules, GOVERNMENT, "ip_asn", value, date(2024, 12, 31)) == (word, in_gap)


def figure(index_code: str, value: str, word: str | None, parts: str = "") -> Official:
    return Official(index_code, 2023, None, value, word, tuple(parts.split()), None)


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (figure("ip_asn", "53.77", "cukup"), ("Sangat Rendah", False, None, None)),
        (figure("berakhlak", "53.77", "cukup sehat"), ("Cukup Sehat", True, None, None)),
        (
            figure("ip_asn", "78.41", None, "21.19 26 25.75 5"),
            ("Sedang", None, 77.94, False),
        ),
        (
            figure("ip_asn", "75.18", None, "24.82 20.2 25.15 5"),
            ("Sedang", None, 75.17, False),
        ),
        (
            figure("ip_asn", "78.25", "Sedang", "21.37 26.16 25.72 5"),
            ("Sedang", True, 78.25, True),
        ),
        (
            figure("berakhlak", "60.9", "B", "57.9 74.1 56.7 63.8 65.8 38.9 69.4"),
            ("Cukup Sehat", True, 426.6 / 7, True),
        ),
        (
            figure("berakhlak", "58.5", None, "59.6 64.1 58.3 53.7 62.7 43.5 67.7"),
            ("Cukup Sehat", None, 409.6 / 7, True),
        ),
    ],
)
def test_published_figures_against_themselves(
    rules: Rules, record: Official, expected: tuple[object, ...]
) -> None:
    row = official.row(record, GOVERNMENT, rules)
    columns = ("category_computed", "category_agrees", "parts_sum", "parts_agree")
    for column, wanted in zip(columns, expected, strict=True):
        assert is_same(wanted, row[column]), column


def test_rounding_is_half_up_in_decimals() -> None:
    assert str(rounded(60.945, 2)) == "60.95"
    assert str(rounded(2.675, 2)) == "2.68"


def test_ranks_and_their_range() -> None:
    """Here a wins on the survey, b on the rest: by weights 0.4/0.3/0.3 of 1 they change places."""
    triples = {"a": (80.0, 70.0, 70.0), "b": (70.0, 79.0, 79.0), "c": (10.0, 10.0, 10.0)}
    ranges = culture.rank_ranges(triples, (0.5, 0.25, 0.25))
    assert ranges == {"a": (1, 1, 2), "b": (2, 1, 2), "c": (3, 3, 3)}
    level = culture.rank_ranges({"a": (1.0, 1.0, 1.0), "b": (1.0, 1.0, 1.0)}, (0.5, 0.25, 0.25))
    assert level["a"] == level["b"] == (1, 1, 1)


def test_which_wave_and_which_year_a_month_takes() -> None:
    end = date(2025, 6, 30)
    waves = [
        ("old", end - timedelta(days=401), False),
        ("due", end - timedelta(days=400), False),
        ("open", end - timedelta(days=3), True),
        ("later", end + timedelta(days=1), False),
    ]
    assert culture.latest_wave(waves, end, 400) == ("due", end - timedelta(days=400))
    assert culture.latest_wave(waves[:1], end, 400) is None
    assert culture.latest_year([2022, 2023, 2025], end, 2) == 2023
    assert culture.latest_year([2022, 2025], end, 2) is None
    assert culture.latest_year([2025], date(2025, 12, 31), 2) == 2025


def test_status_names_what_is_missing_in_order() -> None:
    here, hidden = culture.Component(70.0, False), culture.Component(None, True, people=9)
    assert culture.status({"survey": here, "discipline": here, "ip_asn": here}) == "complete"
    scores = {"survey": hidden, "discipline": here, "ip_asn": None}
    assert culture.status(scores) == "hidden_survey+missing_ip_asn"
    assert culture.status({**scores, "ip_asn": hidden}) == "hidden_survey+ip_asn"
    assert culture.status({**scores, "survey": None}) == "missing_survey+ip_asn"
