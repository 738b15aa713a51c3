"""Predictions for the demo store against what was planted in it, and against Python's own arithmetic."""

from pathlib import Path

import ml_seg__linear_fits as linear_fits
import ml_seg__stack_fits as stack_fits
import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import (
    brier_score_loss,
    log_loss,
    mean_absolute_error,
    mean_poisson_deviance,
    mean_squared_error,
    r2_score,
    roc_auc_score,
)
from test_network_fits import forward
from test_tree_fits import walk

TRUTH = Path(__file__).parent / "demo_truth"
TARGETS = ["order_count", "net_revenue", "lifetime_value_12m", "days_to_next_order", "will_order", "will_churn"]
PROBABILITIES = ["will_order", "will_churn"]


@pytest.fixture(scope="module")
def predicted_users(demo_store):
    """Predictions of the users whose truth is known, with that truth."""
    predictions = demo_store.sql("select * from seg__user_predictions order by user_id, target_name").df()
    truth = pd.read_csv(TRUTH / "users.csv", dtype={"user_id": str}, parse_dates=["churned_at"])
    joined = predictions.merge(truth, on="user_id")
    joined["is_churned"] = joined["churned_at"] < joined["as_of_date"]
    return joined


# Days to the next order are left out: how often a shopper orders says little of the very next time.
@pytest.mark.parametrize("target_name", [target for target in TARGETS if target != "days_to_next_order"])
def test_the_fitted_model_beats_both_baselines_on_the_unseen_window(demo_store, target_name):
    metrics = demo_store.sql(f"""
        select * from seg__model_metrics
        where target_name = '{target_name}' and split = 'test' and metric_name in ('rmse', 'log_loss')
    """).df()
    champion = metrics[metrics["is_champion"]]
    assert metrics["is_baseline"].sum() == 2 and len(champion) == 1 and not champion["is_baseline"].item()
    assert champion["metric_value"].item() < metrics.loc[metrics["is_baseline"], "metric_value"].min()


def test_buyers_are_told_from_others_in_the_unseen_window(demo_store):
    auc = demo_store.sql("""
        select metric_value from seg__model_metrics
        where target_name = 'will_order' and is_champion and split = 'test' and metric_name = 'auc'
    """).fetchall()[0][0]
    assert auc > 0.8


def test_coefficients_have_the_sign_that_was_planted(demo_store):
    coefficients = dict(demo_store.sql("""
        select feature_name, coefficient from seg__model_coefficients
        where target_name = 'will_order' and model_name = 'logistic_regression'
    """).fetchall())
    assert coefficients["days_since_last_order"] < 0
    assert coefficients["days_since_last_seen"] < 0
    assert coefficients["order_count_365d"] > 0
    assert coefficients["order_probability"] > 0



def test_what_was_planted_leads_the_importances(demo_store):
    """Users order by a rate of their own until they leave: how lately and how often they came must lead."""
    leading = [name for (name,) in demo_store.sql("""
        select feature_name from seg__feature_importances
        where target_name = 'will_order' order by importance_rank limit 5
    """).fetchall()]
    assert {"days_since_last_seen", "days_since_last_order", "order_probability", "alive_probability"} & set(leading[:2])
    assert not {"return_share", "coupon_order_share", "cancellation_share", "review_count"} & set(leading)


@pytest.mark.parametrize("target_name", ["order_count", "net_revenue", "lifetime_value_12m", "will_order"])
def test_churned_users_rank_lower(predicted_users, target_name):
    users = predicted_users[predicted_users["target_name"] == target_name]
    percentiles = users.groupby("is_churned")["percentile"].mean()
    assert percentiles[True] < percentiles[False] - 0.1


def test_churned_users_are_found_among_active_buyers(predicted_users):
    users = predicted_users[predicted_users["target_name"] == "will_churn"]
    assert users["is_churned"].sum() > 50
    assert roc_auc_score(users["is_churned"], users["prediction"]) > 0.7


def test_users_who_order_often_are_expected_to_order_more(predicted_users):
    users = predicted_users[(predicted_users["target_name"] == "order_count") & ~predicted_users["is_churned"]]
    assert users["prediction"].corr(users["expected_orders_per_year"], method="spearman") > 0.4


@pytest.mark.parametrize("target_name", [target for target in TARGETS if target != "lifetime_value_12m"])
def test_the_average_prediction_is_near_the_average_outcome(demo_store, target_name):
    actual, prediction = demo_store.sql(f"""
        select avg(evaluated.actual), avg(evaluated.prediction)
        from int_seg__predictions_evaluated as evaluated
        inner join seg__model_choices as choices using (target_name, model_name)
        where evaluated.split = 'test' and evaluated.target_name = '{target_name}'
    """).fetchall()[0]
    assert 0.6 < prediction / actual < 1.6


@pytest.mark.parametrize("target_name", TARGETS)
def test_intervals_hold_about_as_often_as_they_say(demo_store, target_name):
    """Four fifths lie inside; more where many lie at the same distance, as all who do nothing do, and not without those."""
    model_name, coverage = demo_store.sql(f"""
        select model_name, metric_value from seg__model_metrics
        where target_name = '{target_name}' and metric_name = 'coverage_80' and split = 'test' and is_champion
    """).fetchall()[0]
    scores, widths = judged_intervals(demo_store, target_name, model_name)
    assert coverage == pytest.approx(np.mean(scores <= widths + 1e-9), abs=1e-9)
    # A band's width comes from 50 users and more, of whom a quantile is uncertain by 0.06.
    assert coverage > 0.8 - 0.06
    assert np.mean(scores < widths - 1e-9) < 0.8 + 0.06


def judged_intervals(demo_store, target_name, model_name, share=1.0):
    """Scores of the test window, of the share of the users of whom most is expected, and the widths that they are held against."""
    condition = f"target_name = '{target_name}' and model_name = '{model_name}'"
    bands = demo_store.sql(f"""
        select * from int_seg__prediction_intervals where fit_name = 'report' and {condition} order by from_prediction
    """).df()
    rows = demo_store.sql(f"select * from int_seg__predictions_evaluated where split = 'test' and {condition}").df()
    rows = rows.nlargest(int(len(rows) * share), "prediction")
    band = np.searchsorted(bands["from_prediction"], rows["prediction"].round(9), side="right") - 1
    is_probability = target_name in PROBABILITIES
    scores = interval_scores(rows["actual"], rows["prediction"], bands["mean_actual"].iloc[0], is_probability)
    return scores, bands["width"].to_numpy()[band]


def interval_scores(actual, prediction, mean_actual, is_probability):
    """Errors as shares of the prediction; up, of a twentieth of the mean at least. The likelier of two outcomes fits."""
    actual, prediction = np.maximum(actual.to_numpy(), 0), prediction.to_numpy()
    up = (actual - prediction) / np.maximum(prediction, max(0.05 * mean_actual, 1e-9))
    down = (prediction - actual) / np.where(prediction > 0, prediction, 1)
    scores = np.where(actual < prediction, down, up)
    return np.where(is_probability & ((prediction >= 0.5) == (actual == 1)), 0, scores)


def test_interval_widths_are_the_quantile_of_the_errors_before_test(demo_store):
    widths = demo_store.sql("select * from int_seg__prediction_intervals where fit_name = 'report'").df()
    errors = demo_store.sql("select * from int_seg__predictions_evaluated where split = 'validation'").df()
    for interval in widths.itertuples():
        of_model = errors[
            (errors["target_name"] == interval.target_name) & (errors["model_name"] == interval.model_name)
        ]
        rows = of_model[
            of_model["prediction"].round(9).between(interval.from_prediction, interval.until_prediction, inclusive="left")
        ]
        scores = np.sort(interval_scores(
            rows["actual"], rows["prediction"], of_model["actual"].mean(), interval.target_name in PROBABILITIES
        ))
        rank = min(len(scores), int(np.ceil((len(scores) + 1) * 0.8)))
        assert interval.mean_actual == pytest.approx(of_model["actual"].mean(), rel=1e-9)
        assert interval.width == pytest.approx(scores[rank - 1], rel=1e-7, abs=1e-8)
        assert interval.row_count == len(rows)


@pytest.mark.parametrize("target_name", ["order_count", "net_revenue"])
def test_intervals_hold_for_large_predictions_as_for_small_ones(demo_store, target_name):
    scores, widths = judged_intervals(demo_store, target_name, "stacked", share=0.1)
    assert len(scores) > 100 and np.mean(scores <= widths + 1e-9) > 0.7
    assert np.mean(scores < widths - 1e-9) < 0.9


def test_bands_rest_on_as_many_users_as_they_say_and_meet_without_gaps(demo_store):
    bands = demo_store.sql("""
        select
            row_count,
            sum(row_count) over model_bands as all_rows,
            from_prediction = -1 or from_prediction = lag(until_prediction) over by_size as meets,
            until_prediction = 1e300 or until_prediction = lead(from_prediction) over by_size as is_met
        from int_seg__prediction_intervals
        window
            model_bands as (partition by target_name, model_name, fit_name),
            by_size as (partition by target_name, model_name, fit_name order by from_prediction)
    """).df()
    assert (bands["row_count"] >= np.minimum(50, bands["all_rows"])).all()
    assert bands["meets"].all() and bands["is_met"].all()


def test_every_interval_of_a_chance_or_of_orders_holds_something_that_can_happen(demo_store):
    missed = demo_store.sql("""
        select count(*) from seg__user_predictions
        where target_name in ('order_count', 'will_order', 'will_churn') and floor(prediction_high) < prediction_low
    """).fetchall()[0][0]
    assert missed == 0


def test_the_weights_of_every_stack_add_up_to_1(demo_store):
    stacks = demo_store.sql("""
        select sum(weight) as weight, min(weight) as smallest, count(*) as model_count
        from int_seg__stack_fits group by target_name, fit_name, fold
    """).df()
    assert len(stacks) == 5 * 7
    np.testing.assert_allclose(stacks["weight"], 1, rtol=1e-9)
    assert stacks["smallest"].min() > 0 and stacks["model_count"].max() <= stack_fits.MAX_MODELS


def test_sql_fits_are_those_of_python(demo_store):
    rows = demo_store.sql("""
        select * from int_seg__prediction_training_rows order by horizon_days, user_id, as_of_date
    """).df()
    found = demo_store.sql("select * from int_seg__linear_fits").df()
    key = ["target_name", "model_name", "fit_name", "feature_name"]
    expected = linear_fits.fit_all(rows).merge(found, on=key, validate="one_to_one", suffixes=("", "_found"))
    assert len(expected) == len(found)
    np.testing.assert_allclose(expected["coefficient_found"], expected["coefficient"], rtol=1e-6, atol=1e-9)


def test_gradient_descent_predicts_what_the_closed_form_does(demo_store):
    rows = demo_store.sql("""
        select * from int_seg__prediction_training_rows order by horizon_days, user_id, as_of_date
    """).df()
    rows = rows[rows["label_order_count"].notna()]
    features = rows[[column for column in rows if column.startswith("feature_")]].to_numpy()
    labels = rows["label_order_count"].to_numpy()
    predictions = []
    for solver in (linear_fits.closed_form, linear_fits.gradient_descent):
        intercept, coefficients = solver(features, labels)
        predictions.append(intercept + features @ coefficients)
    np.testing.assert_allclose(predictions[0], predictions[1], atol=1e-6)


def test_training_features_are_standardized_on_the_earliest_windows(demo_store):
    rows = demo_store.sql("select * from int_seg__prediction_training_rows where split = 'train'").df()
    assert rows["horizon_days"].nunique() == 2
    for _, horizon_rows in rows.groupby("horizon_days"):
        features = horizon_rows[[column for column in rows if column.startswith("feature_")]]
        varied = features.loc[:, features.nunique() > 1]
        np.testing.assert_allclose(features.mean(), 0, atol=1e-7)
        np.testing.assert_allclose(varied.std(ddof=0), 1, atol=1e-7)


@pytest.mark.parametrize("target_name", [target for target in TARGETS if target != "will_churn"])
@pytest.mark.parametrize(("split", "fit_name"), [("test", "report"), ("validation", "choose")])
def test_sql_scores_are_those_of_python(demo_store, target_name, split, fit_name):
    features = demo_store.sql(f"""
        select features.*, predictions.model_name, predictions.prediction
        from int_seg__linear_predictions as predictions
        inner join int_seg__prediction_targets as targets using (target_name, user_id, as_of_date)
        inner join int_seg__prediction_features as features using (horizon_days, user_id, as_of_date)
        where targets.split = '{split}' and predictions.target_name = '{target_name}'
    """).df()
    splits = tuple([*linear_fits.FIT_SPLITS[fit_name], ""])
    largest = demo_store.sql(f"""
        select max({target_name}) from int_seg__prediction_rows_sampled
        where split in {splits} and horizon_days = {features["horizon_days"].iloc[0]}
    """).fetchall()[0][0]
    model_names = set(features["model_name"])
    assert len(model_names) == (2 if target_name == "will_order" else 4)
    for model_name in model_names:
        rows = features[features["model_name"] == model_name]
        expected = np.clip(linear_scores(demo_store, rows, target_name, model_name, fit_name), 0, largest)
        assert len(rows) > (300 if target_name == "days_to_next_order" else 1000)
        np.testing.assert_allclose(rows["prediction"], expected, rtol=1e-9, atol=1e-9)


def linear_scores(demo_store, rows, target_name, model_name, fit_name):
    """The dot product of the coefficients and the scaled features, on the scale of the outcome."""
    coefficients = demo_store.sql(f"""
        select feature_name, coefficient from int_seg__linear_fits
        where fit_name = '{fit_name}' and target_name = '{target_name}' and model_name = '{model_name}'
    """).df().set_index("feature_name")["coefficient"]
    intercept = coefficients.pop("intercept")
    total = intercept + rows[coefficients.index].to_numpy() @ coefficients.to_numpy()
    return 1 / (1 + np.exp(-total)) if target_name == "will_order" else total


@pytest.mark.parametrize("target_name", [target for target in TARGETS if target != "will_churn"])
def test_what_is_served_is_the_weighted_mean_of_what_python_says(demo_store, target_name):
    members = demo_store.sql(f"""
        select coalesce(stack_fits.model_name, choices.model_name) as model_name,
            coalesce(stack_fits.weight, 1) as weight,
            stack_fits.calibration_intercept as intercept,
            stack_fits.calibration_slope as slope
        from seg__model_choices as choices
        left join int_seg__stack_fits as stack_fits
            on choices.model_name = 'stacked' and choices.target_name = stack_fits.target_name
                and stack_fits.fit_name = 'serve' and stack_fits.fold = -1
        where choices.target_name = '{target_name}'
    """).df()
    served = demo_store.sql(f"""
        select * from int_seg__predictions_served where target_name = '{target_name}' order by user_id
    """).df()
    key = f"split = 'scoring' and horizon_days = {served['horizon_days'].iloc[0]} order by user_id"
    scaled = demo_store.sql(f"select * from int_seg__prediction_features where {key}").df()
    filled = demo_store.sql(f"select * from int_seg__prediction_features_filled where {key}").df()
    baselines = demo_store.sql(f"""
        select * from int_seg__prediction_baselines where target_name = '{target_name}' and fit_name = 'serve'
    """).df().iloc[0]
    assert served["user_id"].equals(scaled["user_id"]) and served["user_id"].equals(filled["user_id"])

    expected = np.zeros(len(served))
    for member in members.itertuples():
        said = member_scores(demo_store, target_name, member.model_name, scaled, filled, baselines)
        expected += member.weight * said
    if pd.notna(members["slope"].iloc[0]):
        kept = np.clip(expected, 1e-4, 1 - 1e-4)
        log_odds = np.log(kept / (1 - kept))
        expected = 1 / (1 + np.exp(-(members["intercept"].iloc[0] + members["slope"].iloc[0] * log_odds)))
    np.testing.assert_allclose(served["prediction"], expected, rtol=1e-9, atol=1e-9)


def member_scores(demo_store, target_name, model_name, scaled, filled, baselines):
    """What one model, fitted on all past windows, says of the users to score."""
    condition = f"fit_name = 'serve' and target_name = '{target_name}' and model_name = '{model_name}'"
    if model_name == "constant":
        return np.full(len(filled), max(0.0, baselines["mean_actual"]))
    if model_name == "same_as_before" and target_name == "will_order":
        means = baselines["mean_if_before"], baselines["mean_if_not_before"]
        return np.where(filled["previous_order_count"] > 0, *means)
    if model_name == "same_as_before":
        return np.maximum(0.0, {
            "order_count": filled["previous_order_count"],
            "net_revenue": filled["previous_net_revenue"],
            "lifetime_value_12m": filled["previous_net_revenue"],
            "days_to_next_order": np.minimum(filled["mean_days_between_orders"], filled["window_days"]),
        }[target_name])
    if model_name == "bg_nbd":
        expected = filled[{
            "order_count": "expected_order_count", "net_revenue": "expected_revenue",
            "lifetime_value_12m": "discounted_revenue", "will_order": "order_probability",
        }[target_name]]
        return np.maximum(0.0, np.where(filled["has_lifetime_expectation"], expected, baselines["mean_if_new"]))
    named = scaled.add_prefix("feature_")
    if model_name in ("random_forest", "gradient_boosting"):
        said = walk(demo_store.sql(f"select * from int_seg__tree_fits where {condition}").df(), named)
    elif model_name == "neural_network":
        said = forward(demo_store.sql(f"select * from int_seg__network_fits where {condition}").df(), named)
    else:
        said = linear_scores(demo_store, scaled, target_name, model_name, "serve")
    return np.clip(said, 0, baselines["largest_actual"])


def poisson_deviance(actual, prediction):
    """scikit-learn's, and returns, which it does not know, against what was expected in units of the least."""
    least = 0.01 * actual.mean()
    expected = np.maximum(prediction, least)
    returned = np.minimum(actual, 0)
    return mean_poisson_deviance(np.maximum(actual, 0), expected) - 2 * np.mean(returned * np.log(expected / least))


def test_metrics_are_those_of_scikit_learn(demo_store):
    scored = demo_store.sql("""
        select target_name, model_name, actual, prediction from int_seg__predictions_evaluated where split = 'test'
    """).df()
    metrics = demo_store.sql("select * from seg__model_metrics where split = 'test'").df()
    metrics = metrics.set_index(["target_name", "model_name", "metric_name"])["metric_value"]
    formulas = {
        "mse": mean_squared_error,
        "rmse": lambda actual, prediction: np.sqrt(mean_squared_error(actual, prediction)),
        "mae": mean_absolute_error,
        "poisson_deviance": poisson_deviance,
        "r2": r2_score,
        "auc": roc_auc_score,
        "log_loss": log_loss,
        "brier": brier_score_loss,
        "accuracy": lambda actual, prediction: np.mean((prediction >= 0.5) == (actual == 1)),
    }
    for (target_name, model_name), rows in scored.groupby(["target_name", "model_name"]):
        names = ["auc", "log_loss", "brier", "accuracy"] if target_name in PROBABILITIES else [
            "mse", "rmse", "mae", "r2", "poisson_deviance"
        ]
        for name in names:
            expected = formulas[name](rows["actual"], rows["prediction"])
            measured = metrics[target_name, model_name, name]
            assert measured == pytest.approx(expected, rel=1e-7, abs=1e-7), (model_name, name)


def test_percentiles_are_shares_of_lower_or_equal_predictions(demo_store):
    predictions = demo_store.sql("select target_name, prediction, percentile from seg__user_predictions").df()
    expected = predictions.groupby("target_name")["prediction"].rank(method="max", pct=True)
    np.testing.assert_allclose(predictions["percentile"], expected, atol=1e-12)
