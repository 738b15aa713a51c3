"""Predictions for the demo store against what was planted in it, and against Python's own arithmetic."""

from pathlib import Path

import ml_seg__linear_fits as linear_fits
import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import brier_score_loss, log_loss, mean_absolute_error, mean_squared_error, r2_score, roc_auc_score

TRUTH = Path(__file__).parent / "demo_truth"


@pytest.fixture(scope="module")
def predicted_users(demo_store):
    """Predictions of the users whose truth is known, with that truth."""
    predictions = demo_store.sql("select * from seg__user_predictions order by user_id, target_name").df()
    truth = pd.read_csv(TRUTH / "users.csv", dtype={"user_id": str}, parse_dates=["churned_at"])
    joined = predictions.merge(truth, on="user_id")
    joined["is_churned"] = joined["churned_at"] < joined["as_of_date"]
    return joined


@pytest.mark.parametrize("target_name", ["order_count", "net_revenue", "will_order"])
def test_the_fitted_model_beats_both_baselines_on_the_unseen_window(demo_store, target_name):
    metrics = demo_store.sql(f"""
        select * from seg__model_metrics
        where target_name = '{target_name}' and split = 'test' and metric_name in ('rmse', 'log_loss')
    """).df()
    champion = metrics[metrics["is_champion"]]
    assert len(metrics) == 3 and len(champion) == 1 and not champion["is_baseline"].item()
    assert champion["metric_value"].item() < metrics.loc[metrics["is_baseline"], "metric_value"].min()


def test_buyers_are_told_from_others_in_the_unseen_window(demo_store):
    auc = demo_store.sql("""
        select metric_value from seg__model_metrics
        where target_name = 'will_order' and model_name = 'logistic_regression'
            and split = 'test' and metric_name = 'auc'
    """).fetchall()[0][0]
    assert auc > 0.75


def test_coefficients_have_the_sign_that_was_planted(demo_store):
    coefficients = dict(demo_store.sql("""
        select feature_name, coefficient from seg__model_coefficients where target_name = 'will_order'
    """).fetchall())
    assert coefficients["days_since_last_order"] < 0
    assert coefficients["days_since_last_seen"] < 0
    assert coefficients["order_count_365d"] > 0
    assert coefficients["orders_per_horizon"] > 0


@pytest.mark.parametrize("target_name", ["order_count", "net_revenue", "will_order"])
def test_churned_users_rank_lower(predicted_users, target_name):
    users = predicted_users[predicted_users["target_name"] == target_name]
    percentiles = users.groupby("is_churned")["percentile"].mean()
    assert percentiles[True] < percentiles[False] - 0.1


def test_users_who_order_often_are_expected_to_order_more(predicted_users):
    users = predicted_users[(predicted_users["target_name"] == "order_count") & ~predicted_users["is_churned"]]
    assert users["prediction"].corr(users["expected_orders_per_year"], method="spearman") > 0.4


def test_the_average_prediction_is_near_the_average_outcome(demo_store):
    averages = demo_store.sql("""
        select target_name, avg(actual) as actual, avg(prediction) as prediction
        from int_seg__predictions_scored where split = 'test' and not is_baseline group by target_name
    """).df()
    assert len(averages) == 3
    assert (averages["prediction"] / averages["actual"]).between(0.6, 1.6).all()


@pytest.mark.parametrize("target_name", ["order_count", "net_revenue"])
def test_intervals_hold_about_as_often_as_they_say(demo_store, target_name):
    coverage = demo_store.sql(f"""
        select metric_value from seg__model_metrics
        where target_name = '{target_name}' and metric_name = 'coverage_80' and is_champion
    """).fetchall()[0][0]
    assert 0.7 < coverage < 0.95


def test_sql_fits_are_those_of_python(demo_store):
    rows = demo_store.sql("select * from int_seg__prediction_training_rows order by user_id, as_of_date").df()
    found = demo_store.sql("select * from int_seg__linear_fits").df()
    key = ["target_name", "fit_name", "feature_name"]
    expected = linear_fits.fit_all(rows).merge(found, on=key, validate="one_to_one", suffixes=("", "_found"))
    assert len(expected) == len(found)
    np.testing.assert_allclose(expected["coefficient_found"], expected["coefficient"], rtol=1e-6, atol=1e-9)


def test_gradient_descent_predicts_what_the_closed_form_does(demo_store):
    rows = demo_store.sql("select * from int_seg__prediction_training_rows order by user_id, as_of_date").df()
    features = rows[[column for column in rows if column.startswith("feature_")]].to_numpy()
    labels = rows["label_order_count"].to_numpy()
    predictions = []
    for solver in (linear_fits.closed_form, linear_fits.gradient_descent):
        intercept, coefficients = solver(features, labels)
        predictions.append(intercept + features @ coefficients)
    np.testing.assert_allclose(predictions[0], predictions[1], atol=1e-6)


def test_training_features_are_standardized_on_the_earliest_windows(demo_store):
    rows = demo_store.sql("select * from int_seg__prediction_training_rows where split = 'train'").df()
    features = rows[[column for column in rows if column.startswith("feature_")]]
    varied = features.loc[:, features.nunique() > 1]
    np.testing.assert_allclose(features.mean(), 0, atol=1e-7)
    np.testing.assert_allclose(varied.std(ddof=0), 1, atol=1e-7)


@pytest.mark.parametrize("target_name", ["order_count", "net_revenue", "will_order"])
@pytest.mark.parametrize(("split", "fit_name"), [("scoring", "serve"), ("test", "report"), ("validation", "choose")])
def test_sql_scores_are_those_of_python(demo_store, target_name, split, fit_name):
    features = demo_store.sql(f"""
        select features.*, predictions.prediction
        from int_seg__prediction_features as features
        inner join int_seg__linear_predictions as predictions using (user_id, as_of_date)
        where predictions.split = '{split}' and predictions.target_name = '{target_name}'
    """).df()
    coefficients = demo_store.sql(f"""
        select feature_name, coefficient from int_seg__linear_fits
        where fit_name = '{fit_name}' and target_name = '{target_name}'
    """).df().set_index("feature_name")["coefficient"]
    intercept = coefficients.pop("intercept")
    expected = intercept + features[coefficients.index].to_numpy() @ coefficients.to_numpy()
    if target_name == "will_order":
        expected = 1 / (1 + np.exp(-expected))
    else:
        splits = linear_fits.FIT_SPLITS[fit_name]
        largest = demo_store.sql(
            f"select max({target_name}) from int_seg__prediction_rows_sampled where split in {tuple([*splits, ''])}"
        ).fetchall()[0][0]
        expected = np.clip(expected, 0, largest)
    assert len(features) > 1000
    np.testing.assert_allclose(features["prediction"], expected, rtol=1e-9, atol=1e-9)


def test_metrics_are_those_of_scikit_learn(demo_store):
    scored = demo_store.sql("""
        select target_name, model_name, actual, prediction from int_seg__predictions_scored where split = 'test'
    """).df()
    metrics = demo_store.sql("select * from seg__model_metrics where split = 'test'").df()
    metrics = metrics.set_index(["target_name", "model_name", "metric_name"])["metric_value"]
    formulas = {
        "mse": mean_squared_error,
        "rmse": lambda actual, prediction: np.sqrt(mean_squared_error(actual, prediction)),
        "mae": mean_absolute_error,
        "r2": r2_score,
        "auc": roc_auc_score,
        "log_loss": log_loss,
        "brier": brier_score_loss,
        "accuracy": lambda actual, prediction: np.mean((prediction >= 0.5) == (actual == 1)),
    }
    for (target_name, model_name), rows in scored.groupby(["target_name", "model_name"]):
        is_probability = target_name == "will_order"
        names = ["auc", "log_loss", "brier", "accuracy"] if is_probability else ["mse", "rmse", "mae", "r2"]
        for name in names:
            expected = formulas[name](rows["actual"], rows["prediction"])
            measured = metrics[target_name, model_name, name]
            assert measured == pytest.approx(expected, rel=1e-7, abs=1e-7), (model_name, name)


def test_percentiles_are_shares_of_lower_or_equal_predictions(demo_store):
    predictions = demo_store.sql("select target_name, prediction, percentile from seg__user_predictions").df()
    expected = predictions.groupby("target_name")["prediction"].rank(method="max", pct=True)
    np.testing.assert_allclose(predictions["percentile"], expected, atol=1e-12)
