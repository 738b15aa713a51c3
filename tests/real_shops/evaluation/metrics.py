"""How good predictions were, once it is known what happened."""

import numpy as np
import pandas as pd
from scipy.stats import rankdata
from sklearn.metrics import roc_auc_score

RESAMPLES = 500


def area_under_curve(happened: np.ndarray, score: np.ndarray) -> float:
    """Probability that a user to whom it happened has the higher score; 0.5 is chance, null with one class."""
    return roc_auc_score(happened, score) if 0 < happened.mean() < 1 else np.nan


def root_mean_squared_error(actual: np.ndarray, predicted: np.ndarray) -> float:
    return float(np.sqrt(np.mean((actual - predicted) ** 2)))


def spearman(actual: np.ndarray, predicted: np.ndarray) -> float:
    """Correlation of the ranks, ties shared."""
    if np.ptp(predicted) == 0 or np.ptp(actual) == 0:
        return np.nan
    return float(np.corrcoef(rankdata(actual), rankdata(predicted))[0, 1])


def top_decile_capture(actual: np.ndarray, predicted: np.ndarray) -> float:
    """Share of what happened that came from the tenth of the users with the highest predictions."""
    order = np.argsort(-predicted, kind="stable")[: max(1, len(actual) // 10)]
    return float(actual[order].sum() / actual.sum()) if actual.sum() > 0 else np.nan


def calibration_error(happened: np.ndarray, probability: np.ndarray, bins: int = 10) -> float:
    """Mean distance of predicted and observed share over bins of equally many users."""
    parts = np.array_split(np.argsort(probability, kind="stable"), bins)
    return float(sum(
        len(part) * abs(happened[part].mean() - probability[part].mean()) for part in parts if len(part)
    ) / len(happened))


def measure(outcomes: pd.DataFrame, method: str) -> dict:
    """Every metric of one method. outcomes: orders, revenue and <method>_orders, _revenue, _probability."""
    orders, revenue = outcomes["orders"].to_numpy(dtype=float), outcomes["revenue"].to_numpy(dtype=float)
    happened = (orders > 0).astype(float)
    probability, expected_orders, expected_revenue = (
        outcomes[f"{method}_{name}"].to_numpy(dtype=float) for name in ("probability", "orders", "revenue")
    )
    return {
        "auc": area_under_curve(happened, probability),
        "calibration_error": calibration_error(happened, probability),
        "rmse_orders": root_mean_squared_error(orders, expected_orders),
        "mae_orders": float(np.mean(np.abs(orders - expected_orders))),
        "spearman_orders": spearman(orders, expected_orders),
        "capture_orders": top_decile_capture(orders, expected_orders),
        "rmse_revenue": root_mean_squared_error(revenue, expected_revenue),
    }


def differences(outcomes: pd.DataFrame, method: str, peer: str, seed: int = 42) -> dict:
    """Method minus peer for AUC and RMSE, with 95 % bootstrap intervals over users: name -> (value, low, high)."""
    random = np.random.default_rng(seed)
    rows = [random.integers(0, len(outcomes), len(outcomes)) for _ in range(RESAMPLES)]
    columns = {name: outcomes[name].to_numpy(dtype=float) for name in outcomes.columns if name != "user_id"}
    happened = columns["orders"] > 0

    def auc(chosen):
        return area_under_curve(happened[chosen], columns[f"{method}_probability"][chosen]) - area_under_curve(
            happened[chosen], columns[f"{peer}_probability"][chosen]
        )

    def rmse(name):
        own, other = (
            (columns[name] - columns[f"{who}_{name}"]) ** 2 for who in (method, peer)
        )
        return lambda chosen: float(np.sqrt(own[chosen].mean()) - np.sqrt(other[chosen].mean()))

    found = {}
    everyone = np.arange(len(outcomes))
    for name, difference in [("auc", auc), ("rmse_orders", rmse("orders")), ("rmse_revenue", rmse("revenue"))]:
        low, high = np.nanquantile([difference(chosen) for chosen in rows], [0.025, 0.975])
        found[name] = (difference(everyone), float(low), float(high))
    return found
