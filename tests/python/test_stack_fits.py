"""The stack's weights and its calibration against what was planted, and on rows that a shop may well have."""

import ml_seg__stack_fits as stack_fits
import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

KEY = ["target_name", "fit_name", "fold"]


def make_rows(row_count, seed=7, target_name="order_count"):
    """Models: one close to the outcome, one less close, and three that are noise."""
    random = np.random.default_rng(seed)
    outcome = random.gamma(2.0, 1.0, size=row_count)
    return pd.DataFrame({
        "target_name": target_name,
        "split": np.resize(["validation", "test"], row_count),
        "fold": np.arange(row_count) // 2 % 5,
        "actual": outcome,
        "prediction_close": outcome + random.normal(0, 0.3, row_count),
        "prediction_near": outcome + random.normal(0, 0.6, row_count),
        **{f"prediction_noise_{number}": random.gamma(2.0, 1.0, row_count) for number in range(3)},
    })


def make_probabilities(row_count, intercept=0.0, slope=1.0, seed=7):
    """One model whose log odds are off by a known intercept and slope, and a baseline that says the mean."""
    random = np.random.default_rng(seed)
    log_odds = random.normal(-0.5, 1.5, row_count)
    outcome = random.random(row_count) < 1 / (1 + np.exp(-(intercept + slope * log_odds)))
    return pd.DataFrame({
        "target_name": "will_order",
        "split": np.resize(["validation", "test"], row_count),
        "fold": np.arange(row_count) // 2 % 5,
        "actual": outcome.astype(float),
        "prediction_skewed": 1 / (1 + np.exp(-log_odds)),
    })


def weights_of(fits, fit_name="serve", fold=-1):
    chosen = fits[(fits["fit_name"] == fit_name) & (fits["fold"] == fold)]
    return chosen.set_index("model_name")["weight"]


def squared_error(weights, values, outcomes, row_weights):
    """What the weights minimise: squared errors in standard deviations, and the pull towards equal weights."""
    mean = np.average(outcomes, weights=row_weights)
    errors = (values @ weights - outcomes) ** 2 / np.average((outcomes - mean) ** 2, weights=row_weights)
    pull = stack_fits.PULL**2 * np.sum((weights - 1 / len(weights)) ** 2)
    return np.mean(row_weights * errors) + pull


def test_weights_are_convex_and_few():
    rows = pd.concat([make_rows(1000), make_probabilities(1000)])
    for target_rows in (rows[rows["target_name"] == name].dropna(axis=1) for name in ("order_count", "will_order")):
        fits = stack_fits.fit_all(target_rows)
        assert (fits["weight"] > 0).all()
        np.testing.assert_allclose(fits.groupby(KEY)["weight"].sum(), 1, rtol=1e-12)
        assert fits.groupby(KEY).size().max() <= stack_fits.MAX_MODELS
        assert not fits.duplicated([*KEY, "model_name"]).any()


def test_equally_good_models_are_cut_to_the_most_that_a_stack_holds():
    rows = make_rows(1000).filter(regex="^(?!prediction_)")
    random = np.random.default_rng(1)
    for number in range(8):
        rows[f"prediction_m{number}"] = rows["actual"] + random.normal(0, 1, len(rows))
    weights = weights_of(stack_fits.fit_all(rows))
    assert len(weights) == stack_fits.MAX_MODELS
    np.testing.assert_allclose(weights, 1 / stack_fits.MAX_MODELS, atol=0.1)


def test_the_weights_are_those_of_a_general_optimizer():
    rows = make_rows(2000)
    values = rows[["prediction_close", "prediction_near", "prediction_noise_0"]].to_numpy()
    outcomes = rows["actual"].to_numpy()
    row_weights = 1 / (1 + outcomes)
    row_weights /= row_weights.mean()
    found = stack_fits.convex_weights(values, outcomes, row_weights)
    expected = minimize(
        squared_error, np.full(3, 1 / 3), args=(values, outcomes, row_weights), method="SLSQP", bounds=[(0, 1)] * 3,
        constraints={"type": "eq", "fun": lambda weights: weights.sum() - 1}, options={"ftol": 1e-14},
    ).x
    np.testing.assert_allclose(found, expected, atol=2e-3)


def test_the_best_model_dominates_noise():
    rows = make_rows(2000).drop(columns="prediction_near")
    weights = weights_of(stack_fits.fit_all(rows))
    assert weights["close"] > 0.85
    assert weights.drop("close").sum() < 0.15


def test_a_stack_of_two_beats_each_of_them_on_rows_it_has_not_seen():
    rows = make_rows(4000)
    fresh = make_rows(4000, seed=8)
    weights = weights_of(stack_fits.fit_all(rows))
    assert weights["close"] > weights["near"] > 0.1
    stacked = sum(weight * fresh[f"prediction_{name}"] for name, weight in weights.items())
    errors = {name: np.mean((fresh[f"prediction_{name}"] - fresh["actual"]) ** 2) for name in ("close", "near")}
    assert np.mean((stacked - fresh["actual"]) ** 2) < min(errors.values())


def test_a_few_large_accounts_do_not_choose_the_model_of_everybody():
    """One model knows what the fiftieth that buys most will buy, the other what everybody else will."""
    random = np.random.default_rng(4)
    rows = make_rows(4000).filter(regex="^(?!prediction_)")
    is_large = np.arange(4000) % 100 < 2
    expected = np.where(is_large, 10_000.0, 20.0)
    rows["actual"] = expected * random.gamma(4, 0.25, 4000)
    rows["prediction_of_large"] = np.where(is_large, expected, 400.0)
    rows["prediction_of_others"] = np.where(is_large, 0.8 * expected, expected)
    values = rows[["prediction_of_large", "prediction_of_others"]].to_numpy()
    assert stack_fits.convex_weights(values, rows["actual"].to_numpy(), np.ones(len(rows)))[1] < 0.75
    assert weights_of(stack_fits.fit_all(rows))["of_others"] > 0.9


def test_a_model_of_less_than_a_twentieth_is_left_out():
    rows = make_rows(1000)
    rows["prediction_trace"] = rows["actual"] + np.random.default_rng(2).normal(0, 3, len(rows))
    values = rows[["prediction_close", "prediction_trace"]].to_numpy()
    outcomes = rows["actual"].to_numpy()
    assert 0 < stack_fits.convex_weights(values, outcomes, np.ones(len(rows)))[1] < stack_fits.LEAST_WEIGHT
    kept, weights = stack_fits.best_models(values, outcomes, np.ones(len(rows)))
    assert kept.tolist() == [0] and weights.tolist() == [1]


def test_models_that_say_the_same_share_their_weight():
    rows = make_rows(1000)[["target_name", "split", "fold", "actual", "prediction_close"]]
    rows["prediction_twin"] = rows["prediction_close"]
    weights = weights_of(stack_fits.fit_all(rows))
    np.testing.assert_allclose(weights, 0.5, atol=1e-6)


def test_weights_do_not_depend_on_the_currency():
    rows = make_rows(1000)
    columns = [column for column in rows if column == "actual" or column.startswith("prediction_")]
    larger = rows.assign(**{column: rows[column] * 1e6 for column in columns})
    pd.testing.assert_frame_equal(stack_fits.fit_all(rows), stack_fits.fit_all(larger), rtol=1e-6)


def test_folds_do_not_see_their_own_rows():
    rows = make_rows(1000)
    fits = stack_fits.fit_all(rows)
    for fold in range(5):
        changed = rows.copy()
        own = (changed["fold"] == fold) | (changed["split"] == "test")
        changed.loc[own, "actual"] = changed.loc[own, "prediction_noise_0"]
        refitted = stack_fits.fit_all(changed)
        pd.testing.assert_series_equal(
            weights_of(fits, "choose", fold), weights_of(refitted, "choose", fold), check_exact=True
        )
        other = (fold + 1) % 5
        assert not weights_of(fits, "choose", other).equals(weights_of(refitted, "choose", other))


def test_report_learns_on_validation_alone_and_serve_on_test():
    rows = make_rows(1000)
    fits = stack_fits.fit_all(rows)
    counts = fits.groupby(["fit_name", "fold"])["row_count"].first().to_dict()
    assert counts == {("report", -1): 500, ("serve", -1): 500, **{("choose", fold): 400 for fold in range(5)}}
    changed = rows.copy()
    changed.loc[changed["split"] == "test", "actual"] = 0.0
    refitted = stack_fits.fit_all(changed)
    pd.testing.assert_series_equal(weights_of(fits, "report"), weights_of(refitted, "report"), check_exact=True)
    assert not weights_of(fits).equals(weights_of(refitted))


@pytest.mark.parametrize(("intercept", "slope"), [(0.0, 1.0), (-1.0, 1.0), (0.5, 0.4), (0.0, 2.0)])
def test_calibration_recovers_what_was_planted(intercept, slope):
    fits = stack_fits.fit_all(make_probabilities(40_000, intercept, slope))
    served = fits[fits["fit_name"] == "serve"]
    assert served["calibration_intercept"].item() == pytest.approx(intercept, abs=0.06)
    assert served["calibration_slope"].item() == pytest.approx(slope, rel=0.06)


def test_calibrated_probabilities_happen_as_often_as_they_say():
    rows = make_probabilities(40_000, intercept=-1.0, slope=0.5)
    intercept, slope = stack_fits.calibration(rows["prediction_skewed"].to_numpy(), rows["actual"].to_numpy())
    fresh = make_probabilities(40_000, intercept=-1.0, slope=0.5, seed=8)
    log_odds = np.log(fresh["prediction_skewed"] / (1 - fresh["prediction_skewed"]))
    fresh["probability"] = 1 / (1 + np.exp(-(intercept + slope * log_odds)))
    deciles = fresh.groupby(pd.qcut(fresh["probability"], 10))[["probability", "actual"]].mean()
    np.testing.assert_allclose(deciles["probability"], deciles["actual"], atol=0.03)
    assert abs(fresh["prediction_skewed"].mean() - fresh["actual"].mean()) > 0.05


def test_only_probabilities_are_calibrated():
    fits = stack_fits.fit_all(make_rows(200))
    assert fits[["calibration_intercept", "calibration_slope"]].isna().all(axis=None)


def test_probabilities_that_point_the_wrong_way_are_left_as_they_are():
    rows = make_probabilities(1000, slope=-1.0)
    assert stack_fits.calibration(rows["prediction_skewed"].to_numpy(), rows["actual"].to_numpy()) == (0.0, 1.0)


def test_certain_probabilities_stay_finite():
    rows = make_probabilities(1000)
    rows["prediction_skewed"] = rows["actual"]
    fits = stack_fits.fit_all(rows)
    assert np.isfinite(fits[["calibration_intercept", "calibration_slope"]]).all(axis=None)


@pytest.mark.parametrize("outcome", [0.0, 1.0])
def test_one_class_gives_weights_and_no_calibration(outcome):
    rows = make_probabilities(200).assign(actual=outcome, prediction_other=0.3)
    fits = stack_fits.fit_all(rows)
    np.testing.assert_allclose(fits.groupby(KEY)["weight"].sum(), 1)
    assert set(fits["calibration_intercept"]) == {0.0} and set(fits["calibration_slope"]) == {1.0}


def test_too_few_rows_give_no_rows_of_the_same_types():
    full = stack_fits.fit_all(make_rows(200))
    # A window needs twice MIN_ROWS, and half the rows are in each.
    for row_count in (0, 1, 4 * stack_fits.MIN_ROWS - 1):
        few = stack_fits.fit_all(make_rows(row_count))
        assert len(few) == 0
        pd.testing.assert_series_equal(few.dtypes, full.dtypes)
    assert set(stack_fits.fit_all(make_rows(4 * stack_fits.MIN_ROWS))["fit_name"]) == {"choose", "report", "serve"}


def test_models_without_a_fit_are_ignored():
    rows = make_rows(400)
    without = stack_fits.fit_all(rows)
    with_nulls = stack_fits.fit_all(rows.assign(prediction_none=np.nan, prediction_null=None))
    pd.testing.assert_frame_equal(with_nulls, without, check_exact=True)
    assert stack_fits.fit_all(rows.filter(regex="^(?!prediction_)").assign(prediction_none=np.nan)).empty


def test_a_model_that_misses_a_window_is_left_out_of_the_fits_that_read_it():
    rows = make_rows(400)
    rows.loc[rows["split"] == "test", "prediction_close"] = np.nan
    fits = stack_fits.fit_all(rows)
    assert "close" in weights_of(fits, "report") and "close" not in weights_of(fits, "serve")


def test_equal_outcomes_and_equal_predictions_give_finite_weights():
    rows = make_rows(200)
    for column in ("prediction_close", "prediction_near", "actual"):
        fits = stack_fits.fit_all(rows.assign(**{column: 0.0}))
        np.testing.assert_allclose(fits.groupby(KEY)["weight"].sum(), 1)


def test_an_extreme_spender_leaves_convex_weights():
    rows = make_rows(400)
    rows.loc[0, "actual"] = 1e12
    fits = stack_fits.fit_all(rows)
    assert (fits["weight"] > 0).all()
    np.testing.assert_allclose(fits.groupby(KEY)["weight"].sum(), 1)


def test_the_table_is_repeatable():
    rows = make_rows(400)
    pd.testing.assert_frame_equal(stack_fits.fit_all(rows), stack_fits.fit_all(rows.copy()), check_exact=True)


# Weights of 0 would fit best here, and leave nothing to divide by.
@pytest.mark.parametrize("unit", [1e3, 1e5, 1e7])
def test_weights_add_up_to_1_where_nobody_bought_and_prices_are_high(unit):
    rows = make_rows(400).assign(actual=0.0)
    predictions = [column for column in rows if column.startswith("prediction_")]
    rows[predictions] = rows[predictions].abs() * unit
    fits = stack_fits.fit_all(rows)
    assert (fits["weight"] > 0).all()
    np.testing.assert_allclose(fits.groupby(KEY)["weight"].sum(), 1)
