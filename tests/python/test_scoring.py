"""The scoring macros in DuckDB against scikit-learn's own predictions, on a million rows."""

import duckdb
import jinja2
import ml_seg__linear_fits as linear_fits
import ml_seg__network_fits as network_fits
import ml_seg__tree_fits as tree_fits
import numpy as np
import pandas as pd
import pytest
from scipy.special import hyp2f1
from shops import ROOT
from sklearn.linear_model import ElasticNetCV, LinearRegression, LogisticRegression, RidgeCV
from test_network_fits import expected_predictions as network_predictions
from test_tree_fits import expected_predictions as tree_predictions
from training_rows import features_of, make_rows

SEED = 42
ROW_COUNT = 1_000_000
MACROS = [
    "scoring/double_literal", "scoring/linear_expression", "scoring/tree_expression", "scoring/network_expression",
    "scoring/linked", "scoring/calibrated", "engines/hypergeometric_series",
]


@pytest.fixture(scope="module")
def macros():
    texts = [(ROOT / "macros" / f"{name}.sql").read_text() for name in MACROS]
    return jinja2.Environment(extensions=["jinja2.ext.do"]).from_string("\n".join(texts)).module


@pytest.fixture(scope="module")
def shop():
    return make_rows(3000, feature_count=6)


@pytest.fixture(scope="module")
def tree_table(shop):
    return tree_fits.fit_all(shop, SEED)


@pytest.fixture(scope="module")
def users(shop, tree_table):
    """A million rows to score: wider than what was learnt from, and some exactly on, or a hair beside, a threshold."""
    random = np.random.default_rng(8)
    features = random.normal(scale=1.3, size=(ROW_COUNT, 6))
    splits = tree_table.dropna(subset=["feature_name"])
    for number in range(6):
        thresholds = splits.loc[splits["feature_name"] == f"f{number}", "threshold"].to_numpy()
        rows = random.choice(ROW_COUNT, size=60_000, replace=False)
        chosen = random.choice(thresholds, size=60_000)
        features[rows, number] = np.where(rows % 3 == 0, chosen, np.nextafter(chosen, np.where(rows % 3 == 1, -9, 9)))
    features[:3] = [np.zeros(6), np.full(6, 300.0), np.full(6, -300.0)]
    return pd.DataFrame(features, columns=[f"feature_f{number}" for number in range(6)])


@pytest.fixture(scope="module")
def scored(users):
    """A function that evaluates an expression over the users, as `scaled`."""
    with duckdb.connect() as connection:
        connection.sql("set threads = 2")
        connection.register("users", users.rename(columns=lambda name: name.removeprefix("feature_")))
        connection.sql("create table scaled as select row_number() over () as row_number, * from users")

        def score(expression):
            query = f"select cast({expression} as double) as prediction from scaled order by row_number"
            return connection.sql(query).fetchnumpy()["prediction"]

        yield score


def rows_of(fits, target_name, model_name):
    """The parameters of a fit as the macros get them: dicts, None for null."""
    chosen = fits[
        (fits["target_name"] == target_name) & (fits["model_name"] == model_name) & (fits["fit_name"] == "serve")
    ]
    return chosen.astype(object).where(chosen.notna(), None).to_dict("records")


def assert_near(found, expected, scale=1.0):
    assert len(found) == len(expected) == ROW_COUNT
    assert np.isfinite(found).all() and np.std(expected) > 0.01 * scale
    assert np.abs(found - expected).max() <= 1e-6 * scale


@pytest.mark.parametrize(("model_name", "estimator"), [
    ("linear_regression", LinearRegression()),
    ("ridge_regression", RidgeCV(alphas=linear_fits.RIDGE_PENALTIES * 3000)),
    ("elastic_net", ElasticNetCV(l1_ratio=0.5, cv=3, alphas=20, precompute=True, max_iter=5000, tol=1e-5)),
])
def test_linear_models_score_as_scikit_learn_does(macros, shop, users, scored, model_name, estimator):
    labels = shop["label_net_revenue"] / shop["label_net_revenue"].std(ddof=0)
    weights = {} if model_name == "linear_regression" else {
        "sample_weight": linear_fits.row_weights(features_of(shop), labels)
    }
    expected = estimator.fit(features_of(shop), labels, **weights).predict(features_of(users))
    fits = linear_fits.fit_all(shop)
    found = scored(macros.linear_expression(rows_of(fits, "net_revenue", model_name)))
    assert_near(found / shop["label_net_revenue"].std(ddof=0), expected)


def test_logistic_regression_scores_as_scikit_learn_does(macros, shop, users, scored):
    expected = LogisticRegression(C=linear_fits.INVERSE_PENALTY, tol=1e-10, max_iter=10_000)
    expected.fit(features_of(shop), shop["label_will_order"])
    rows = rows_of(linear_fits.fit_all(shop), "will_order", "logistic_regression")
    found = scored(macros.linked(macros.linear_expression(rows), "logistic"))
    assert_near(found, expected.predict_proba(features_of(users))[:, 1])


@pytest.mark.parametrize("target_name", ["net_revenue", "will_order"])
@pytest.mark.parametrize("model_name", ["random_forest", "gradient_boosting"])
def test_trees_score_as_scikit_learn_does(macros, shop, tree_table, users, scored, target_name, model_name):
    rows = rows_of(tree_table, target_name, model_name)
    expression = macros.tree_expression(rows, model_name == "random_forest")
    found = scored(macros.linked(expression, rows[0]["link"]))
    scale = 1.0 if target_name == "will_order" else shop["label_net_revenue"].std()
    assert_near(found, tree_predictions(target_name, model_name, shop, users), scale)


@pytest.mark.parametrize("target_name", ["net_revenue", "will_order"])
def test_networks_score_as_scikit_learn_does(macros, shop, users, scored, target_name):
    rows = rows_of(network_fits.fit_all(shop, SEED), target_name, "neural_network")
    found = scored(macros.linked(macros.network_expression(rows), rows[0]["link"]))
    scale = 1.0 if target_name == "will_order" else shop["label_net_revenue"].std()
    assert_near(found, network_predictions(target_name, shop, users), scale)


def test_a_literal_is_read_as_exactly_its_number(macros):
    random = np.random.default_rng(7)
    numbers = [0.0, -0.0, 0.1, 1 / 3, 1e-300, 5e-324, 1.7976931348623157e308, -1e12, 2**53 + 1.0]
    numbers += list(random.normal(size=1000) * 10.0 ** random.integers(-20, 20, 1000))
    found = duckdb.sql(" union all ".join(
        f"select {row} as row, {macros.double_literal(number)} as number" for row, number in enumerate(numbers)
    )).df().sort_values("row", ignore_index=True)["number"]
    assert found.dtype == float
    np.testing.assert_array_equal(found, numbers)


@pytest.mark.parametrize("sum_of_model", [-1e308, -710.0, 0.0, 710.0, 1e308])
def test_links_never_overflow(macros, sum_of_model):
    literal = macros.double_literal(sum_of_model)
    logistic, exponential = duckdb.sql(
        f"select {macros.linked(literal, 'logistic')}, {macros.linked(literal, 'exponential')}"
    ).fetchall()[0]
    assert 0 < logistic <= 1 and np.isfinite(exponential)
    clipped = np.clip(sum_of_model, -40, 40)
    assert logistic == pytest.approx(1 / (1 + np.exp(-clipped)), rel=1e-12)
    assert exponential == pytest.approx(np.exp(min(sum_of_model, 40)), rel=1e-12)


@pytest.mark.parametrize(("intercept", "slope"), [(0.0, 1.0), (-1.3, 0.4), (2.0, 3.0), (0.5, 0.0)])
def test_calibration_stretches_and_shifts_log_odds(macros, intercept, slope):
    probabilities = np.concatenate([[0.0, 1e-9, 1.0], np.linspace(0.001, 0.999, 999)])
    connection = duckdb.connect()
    connection.register("frame", pd.DataFrame({"probability": probabilities}))
    literals = macros.double_literal(intercept), macros.double_literal(slope)
    found = connection.sql(f"""
        select {macros.calibrated('probability', *literals)} as calibrated,
            {macros.calibrated('probability', 'null', 'null')} as untouched
        from frame
    """).df()
    kept = np.clip(probabilities, 1e-4, 1 - 1e-4)
    expected = 1 / (1 + np.exp(-(intercept + slope * np.log(kept / (1 - kept)))))
    np.testing.assert_allclose(found["calibrated"], expected, rtol=1e-9)
    np.testing.assert_array_equal(found["untouched"], probabilities)


def test_terms_of_the_hypergeometric_series_add_up_to_it(macros):
    """Arguments, blocks and the choice between both sides of Euler's transformation as in the lifetime model."""
    random = np.random.default_rng(7)
    size = 10_000
    r, a, b = random.uniform(0.1, 4, size), random.uniform(0.05, 5, size), random.uniform(0.2, 10, size)
    repeats = random.integers(0, 80, size)
    first, second, third = r + repeats, b + repeats, a + b + repeats - 1
    z = random.uniform(0, 0.9, size)
    is_transformed = np.abs((third - first) * (third - second)) < first * second
    arguments = pd.DataFrame({
        "row": np.arange(size),
        "a": np.where(is_transformed, third - first, first),
        "b": np.where(is_transformed, third - second, second),
        "c": third,
        "z": z,
    })
    series = macros.default__hypergeometric_series("a", "b", "c", "z", 640)
    found = duckdb.sql(f"select {series} as series from arguments order by row").df()["series"]
    assert is_transformed.mean() > 0.5
    expected = hyp2f1(*(arguments[name] for name in "abcz"))
    np.testing.assert_allclose(found, expected, rtol=1e-9)
    np.testing.assert_allclose(
        found * np.where(is_transformed, (1 - z) ** (third - first - second), 1), hyp2f1(first, second, third, z), rtol=1e-7
    )


def test_a_few_terms_equal_the_sum_of_those_terms(macros):
    terms = macros.default__hypergeometric_series("2.0e0", "3.0e0", "4.0e0", "0.5e0", 3)
    # 1 + 2*3/4 z + (2*3)(3*4)/(4*5*2) z^2 + (2*3*4)(3*4*5)/(4*5*6*6) z^3
    expected = 1 + 6 / 4 * 0.5 + 72 / 40 * 0.25 + 1440 / 720 * 0.125
    assert duckdb.sql(f"select {terms}").fetchall()[0][0] == pytest.approx(expected, rel=1e-12)
