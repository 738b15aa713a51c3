"""The metrics that the evaluation reports, on values worked out by hand, and the peers' features."""

import sys

import numpy as np
import pandas as pd
import pytest
from shops import ROOT

sys.path.insert(0, str(ROOT / "tests" / "real_shops" / "evaluation"))
sys.path.insert(0, str(ROOT / "tests" / "real_shops"))
import cut_shops
import evaluate
import metrics
import peer_boosting


def test_top_decile_capture_is_the_share_of_the_best_ranked_tenth():
    actual = np.array([5.0, 0, 0, 0, 0, 0, 0, 0, 3, 2])
    assert metrics.top_decile_capture(actual, np.arange(10, 0, -1.0)) == 0.5
    assert np.isnan(metrics.top_decile_capture(np.zeros(10), np.arange(10.0)))


def test_calibration_error_is_the_mean_distance_in_bins():
    probability = np.repeat([0.1, 0.9], 50)
    happened = np.concatenate([np.arange(50) < 10, np.arange(50) < 40]).astype(float)
    assert metrics.calibration_error(happened, probability, bins=2) == pytest.approx(0.1)


def test_spearman_shares_ties():
    expected = pd.Series([1.0, 2, 2, 5]).corr(pd.Series([3.0, 1, 4, 4]), method="spearman")
    assert metrics.spearman(np.array([1.0, 2, 2, 5]), np.array([3.0, 1, 4, 4])) == pytest.approx(expected)
    assert np.isnan(metrics.spearman(np.array([1.0, 2]), np.array([3.0, 3])))


def test_a_method_against_itself_differs_by_nothing_and_against_noise_by_much():
    random = np.random.default_rng(1)
    orders = random.poisson(1.0, 500).astype(float)
    noise = random.permutation(orders)
    outcomes = pd.DataFrame({"orders": orders, "revenue": orders * 10})
    for name, values in [("good", orders), ("same", orders), ("noise", noise)]:
        outcomes[f"{name}_orders"], outcomes[f"{name}_revenue"] = values, values * 10
        outcomes[f"{name}_probability"] = values / 10
    assert metrics.differences(outcomes, "good", "same")["auc"] == (0, 0, 0)
    value, low, high = metrics.differences(outcomes, "good", "noise")["rmse_orders"]
    assert low <= value <= high < 0


def test_the_readme_shows_the_peer_that_did_best_by_each_metric_and_which_way_is_ahead():
    figures = pd.DataFrame(
        {"auc": [0.8, 0.7, 0.75], "rmse_orders": [2.0, 1.5, 3.0], "rmse_revenue": [1234.5, 1300.0, 1250.0]},
        index=["package", "bg_nbd", "boosting"],
    )
    compared = {
        "bg_nbd": {"auc": (0.1, 0.05, 0.15), "rmse_orders": (0.5, 0.1, 0.9), "rmse_revenue": (-65.5, -90.0, -40.0)},
        "boosting": {"auc": (0.05, -0.01, 0.11), "rmse_orders": (-1.0, -2.0, -0.5), "rmse_revenue": (-15.5, -20.0, -0.5)},
    }
    rows = evaluate.summary_rows(cut_shops.Shop("Shop", 30, None), 1200, figures, compared)
    assert rows == [
        "| Shop, 30 days, 1,200 buyers | AUC | 0.800 | 0.750 gradient boosting | +0.050 (-0.010 to +0.110) | level |",
        "|  | RMSE orders | 2.000 | 1.500 lifetimes BG/NBD | +0.500 (+0.100 to +0.900) | behind |",
        "|  | RMSE revenue | 1,234.5 | 1,250.0 gradient boosting | -15.500 (-20.0 to -0.500) | ahead |",
    ]


def test_the_peer_reads_nothing_after_its_snapshot():
    days = pd.DataFrame({
        "user_id": ["a", "a", "b"], "order_date": pd.to_datetime(["2024-01-01", "2024-01-31", "2024-01-11"]),
        "order_count": [1, 2, 1], "net_revenue": [10.0, 30.0, 5.0],
    })
    table = peer_boosting.features(days[days["order_date"] < "2024-02-01"], pd.Timestamp("2024-02-01"))
    assert table.loc["a", ["recency", "age", "frequency", "orders_30", "mean_gap"]].tolist() == [1, 31, 3, 2, 30]
    assert table.loc["b", "revenue_30"] == 5.0
