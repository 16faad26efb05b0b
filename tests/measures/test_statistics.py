"""The macros of dbt_project/macros/statistics.sql against published R results and numpy.

The models call these very macros. R's data are not copied here: what enters a macro is rebuilt
from sufficient statistics of the data (counts, sums, covariances), which give the same results.
"""

from __future__ import annotations

from math import sqrt
from types import SimpleNamespace

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment
from scipy import stats

from tests.examples import examples
from warehouse.version import DBT_PROJECT

# R package survey, data(api): apistrat, api00 by stype. Schools in the population and in the
# sample, sum and sum of squares of the sample.
APISTRAT = {
    "E": (4421, 100, 67443, 47038637),
    "H": (755, 50, 31291, 20167941),
    "M": (1018, 50, 31830, 20940396),
}

# R package psych, data(bfi): pairwise covariances of the five items of each subscale, reversed
# ones turned; and the raw alpha that psych prints for it.
BFI = {
    "agree": (0.703, [
        [1.981724], [0.560225, 1.373631], [0.485841, 0.741629, 1.694771],
        [0.305075, 0.582148, 0.696135, 2.189313],
        [0.321241, 0.576095, 0.828038, 0.573724, 1.583853]]),
    "conscientious": (0.727, [
        [1.540941], [0.699717, 1.738038], [0.491419, 0.603699, 1.660366],
        [0.579955, 0.688188, 0.596874, 1.89095],
        [0.50346, 0.639974, 0.714016, 1.067527, 2.652149]]),
    "extraversion": (0.762, [
        [2.66181], [1.224623, 2.5767], [0.719066, 0.825598, 1.829848],
        [0.995949, 1.204655, 0.826274, 2.124357],
        [0.657577, 0.799671, 0.692096, 0.614866, 1.781605]]),
    "neuroticism": (0.814, [
        [2.467782], [1.696886, 2.328504], [1.400842, 1.343388, 2.569295],
        [0.982958, 0.937997, 1.307402, 2.463911],
        [0.961022, 0.866819, 1.112354, 1.010264, 2.620019]]),
    "openness": (0.600, [
        [1.275839], [0.377773, 2.4497], [0.544525, 0.499719, 1.4906],
        [0.246331, 0.130548, 0.289512, 1.491453],
        [0.357858, 0.674725, 0.501615, 0.289278, 1.763475]]),
}  # fmt: skip


def rendered(call: str) -> str:
    """The SQL that a call of the macros makes, as dbt makes it."""
    engine, statistics = (
        (DBT_PROJECT / "macros" / name).read_text(encoding="utf-8")
        for name in ("engine.sql", "statistics.sql")
    )
    dialect = Environment(autoescape=False)  # noqa: S701 - SQL, not a page
    macros = dialect.from_string(engine).module
    adapter = SimpleNamespace(dispatch=lambda name, _package: getattr(macros, f"duckdb__{name}"))
    return dialect.from_string(engine + statistics + call).render(adapter=adapter).strip()


def stratified(strata: pd.DataFrame, *, corrected: bool) -> tuple[float, float, float]:
    """Mean, standard error and margin of error of strata, by the macros."""
    correction = "finite_population_correction('respondents', 'eligible')" if corrected else "'1.0'"
    error = f"stratified_standard_error('eligible', 'respondents', 'score_variance', {correction})"
    sql = rendered(
        "select {{ stratified_mean('eligible', 'mean_score') }}, "
        f"{{{{ {error} }}}}, {{{{ margin_of_error({error}) }}}} from strata"
    )
    with duckdb.connect() as conn:
        conn.register("strata", strata)
        found = conn.execute(sql).fetchone()
    assert found is not None
    return found


def alpha(answers: pd.DataFrame) -> float | None:
    """Cronbach's alpha of a table of respondents by items, some cells empty, by the macros."""
    long = answers.rename_axis("respondent").reset_index().melt("respondent", var_name="item")
    long = long.dropna().rename(columns={"value": "score"})
    long = long.assign(scale="the scale", item_count=answers.shape[1])
    sql = rendered(
        "with complete as ({{ complete_answers('long', ['scale'], ['respondent']) }}) "
        "select cronbach_alpha from ({{ cronbach_alpha_by('complete', ['scale']) }})"
    )
    with duckdb.connect() as conn:
        conn.register("long", long)
        found = conn.execute(sql).fetchone()
    return None if found is None else found[0]


@pytest.fixture(scope="module")
def apistrat() -> pd.DataFrame:
    columns = ["eligible", "respondents", "total", "squares"]
    strata = pd.DataFrame(APISTRAT.values(), columns=columns)
    n = strata.respondents
    return strata.assign(
        mean_score=strata.total / n,
        score_variance=(strata.squares - strata.total**2 / n) / (n - 1),
    )


def test_stratified_mean_and_error_are_those_of_r(apistrat: pd.DataFrame) -> None:
    mean, error, margin = stratified(apistrat, corrected=True)
    assert round(mean, 4) == 662.2874
    assert round(error, 5) == 9.40894
    assert margin == pytest.approx(1.96 * error, rel=1e-12)


def test_without_the_correction_the_error_is_that_of_r(apistrat: pd.DataFrame) -> None:
    mean, error, _margin = stratified(apistrat, corrected=False)
    assert (round(mean, 4), round(error, 4)) == (662.2874, 9.5361)


def test_a_census_has_no_error_and_one_answer_no_spread(apistrat: pd.DataFrame) -> None:
    census = apistrat.assign(eligible=apistrat.respondents)
    assert stratified(census, corrected=True)[1] == 0
    beyond = apistrat.assign(eligible=apistrat.respondents - 1)
    assert stratified(beyond, corrected=True)[1] == 0
    lonely = apistrat.assign(score_variance=[1.0, 1.0, None])
    assert stratified(lonely, corrected=True)[1] is None


def test_the_order_of_rows_changes_no_bit() -> None:
    """Of the same numbers, whatever the threads and the order in which they come."""
    found = set()
    sql = rendered(
        "select {{ steady_sum('x') }}, {{ steady_mean('x') }}, {{ steady_variance('x') }} "
        "from (select sin(i) * 100 as x from numbers)"
    )
    for threads, order in ((1, "i"), (1, "-i"), (2, "hash(i)"), (4, "i")):
        with duckdb.connect(config={"threads": threads, "preserve_insertion_order": False}) as conn:
            conn.execute(
                f"create table numbers as select i from range(500000) as r(i) order by {order}"
            )
            found.add(conn.execute(sql).fetchone())
    assert len(found) == 1


@pytest.mark.parametrize("scale", BFI)
def test_alpha_is_that_of_r(scale: str) -> None:
    """Ten rows, plus and minus the columns of a root of the covariances, have just these."""
    published, triangle = BFI[scale]
    lower = np.array([row + [0.0] * (5 - len(row)) for row in triangle])
    covariances = lower + np.tril(lower, -1).T
    root = sqrt(4.5) * np.linalg.cholesky(covariances)
    found = alpha(pd.DataFrame(np.vstack([root.T, -root.T])))
    assert found is not None
    assert round(found, 3) == published
    by_numpy = 5 / 4 * (1 - np.trace(covariances) / covariances.sum())
    assert found == pytest.approx(by_numpy, abs=1e-9)


@examples(25)
@given(seed=st.integers(0, 2**32 - 1), items=st.integers(2, 6), people=st.integers(3, 60))
def test_alpha_of_any_answers_is_that_of_numpy(seed: int, items: int, people: int) -> None:
    """Of the people who answered all: k / (k - 1) by the covariance matrix."""
    chance = np.random.default_rng(seed)
    liking = chance.normal(3, 1, (people, 1)) + chance.normal(0, 1, (people, items))
    answers = pd.DataFrame(np.clip(np.rint(liking), 1, 5))
    answers = answers.mask(chance.random(answers.shape) < 0.1)
    found = alpha(answers)
    complete = answers.dropna()
    if len(complete) < 2 or np.isclose(complete.sum(axis=1).var(), 0, atol=1e-9):
        assert found is None
    else:
        covariances = complete.cov().to_numpy()
        by_numpy = items / (items - 1) * (1 - np.trace(covariances) / covariances.sum())
        assert found == pytest.approx(by_numpy, abs=1e-6)


@examples(25)
@given(seed=st.integers(0, 2**32 - 1), strata=st.integers(1, 8))
def test_stratified_figures_are_those_of_scipy(seed: int, strata: int) -> None:
    """The error is the root of the summed squares of W times scipy's standard error of a mean."""
    chance = np.random.default_rng(seed)
    samples = [chance.normal(60, 15, int(chance.integers(2, 30))) for _ in range(strata)]
    table = pd.DataFrame(
        {
            "eligible": [len(own) + int(chance.integers(0, 50)) for own in samples],
            "respondents": [len(own) for own in samples],
            "mean_score": [own.mean() for own in samples],
            "score_variance": [own.var(ddof=1) for own in samples],
        }
    )
    mean, error, _margin = stratified(table, corrected=True)
    shares = table.eligible / table.eligible.sum()
    left = np.sqrt(1 - table.respondents / table.eligible)
    assert mean == pytest.approx(np.average(table.mean_score, weights=table.eligible), rel=1e-9)
    assert error == pytest.approx(
        np.linalg.norm(shares * left * [stats.sem(own) for own in samples]), rel=1e-6
    )
