"""Linear and logistic regression beside two baselines, with metrics and intervals."""

from typing import NamedTuple

import numpy as np
from scipy.stats import rankdata
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import brier_score_loss, log_loss, mean_absolute_error, mean_squared_error, r2_score, roc_auc_score
from sklearn.preprocessing import StandardScaler

from peers.shared.definitions import SEED, TARGETS

MAX_FITTED_ROWS = 200_000
# On which splits a model learns, and which it then scores.
FITS = [
    (["train"], ["train", "validation"]),
    (["train", "validation"], ["test"]),
    (["train", "validation", "test"], ["scoring"]),
]


class Regressions(NamedTuple):
    predictions: dict[str, dict[str, np.ndarray]]  # per target, columns of the rows to score
    metrics: list[dict]
    coefficients: dict[str, np.ndarray]


def sampled_rows(split: np.ndarray) -> np.ndarray:
    """The rows that a fit may see: all of the past, or a sample of them."""
    is_sampled = np.zeros(len(split), bool)
    past = np.random.default_rng(SEED).permutation(np.flatnonzero(split != "scoring"))
    is_sampled[past[:MAX_FITTED_ROWS]] = True
    return is_sampled


def fit_regressions(
    rows: np.ndarray, labels: dict[str, np.ndarray], split: np.ndarray, sampled: np.ndarray
) -> Regressions:
    """Each target from the rows' features; labels hold it and, as previous_<target>, what it was the horizon before."""
    matrix = StandardScaler().fit(rows[sampled & (split == "train")]).transform(rows)
    scoring = split == "scoring"
    predictions, metrics, coefficients = {}, [], {}
    for target in TARGETS:
        actual, before = labels[target], labels[f"previous_{target}"]
        scores, coefficients[target] = scored(matrix, actual, before, split, sampled, target == "will_order")
        for model_name, score in scores.items():
            low, high = (None, None) if target == "will_order" else intervals(score, actual, split)
            metrics += [
                {"target_name": target, "model_name": model_name, **row}
                for row in judged(score, low, high, actual, split, sampled)
            ]
            if model_name == "fitted":
                unknown = np.full(scoring.sum(), np.nan)
                predictions[target] = {
                    "prediction": score[scoring],
                    "prediction_low": unknown if low is None else low[scoring],
                    "prediction_high": unknown if high is None else high[scoring],
                    "percentile": rankdata(score[scoring], method="max") / scoring.sum(),
                }
    return Regressions(predictions, metrics, coefficients)


def scored(
    matrix: np.ndarray,
    actual: np.ndarray,
    before: np.ndarray,
    split: np.ndarray,
    sampled: np.ndarray,
    is_probability: bool,
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Scores of the fitted model and of both baselines, each row by a fit that had not seen it; coefficients."""
    scores = {name: np.full(len(split), np.nan) for name in ["fitted", "constant", "same_as_before"]}
    for fit_splits, scored_splits in FITS:
        fit, served = sampled & np.isin(split, fit_splits), np.isin(split, scored_splits)
        learned = np.isin(split, fit_splits) & (sampled | (split != "train"))
        if is_probability:
            model = LogisticRegression(C=0.1, solver="newton-cholesky", max_iter=1000)
            model.fit(matrix[fit], actual[fit])
            scores["fitted"][served] = model.predict_proba(matrix[served])[:, 1]
            share = [actual[learned & (before == value)].mean() for value in (0, 1)]
            scores["same_as_before"][served] = np.where(before[served] > 0, share[1], share[0])
        else:
            model = LinearRegression().fit(matrix[fit], actual[fit])
            scores["fitted"][served] = model.predict(matrix[served]).clip(0, actual[learned].max())
            scores["same_as_before"][served] = before[served].clip(0)
        scores["constant"][served] = actual[learned].mean()
    return scores, np.ravel(model.coef_)


def judged(
    score: np.ndarray,
    low: np.ndarray | None,
    high: np.ndarray | None,
    actual: np.ndarray,
    split: np.ndarray,
    sampled: np.ndarray,
) -> list[dict]:
    metrics = []
    for name in ["train", "validation", "test"]:
        rows = (split == name) & (sampled | (split != "train"))
        values = errors_of_probability(actual[rows], score[rows]) if low is None else errors(actual[rows], score[rows])
        if low is not None and name == "test":
            values["coverage_80"] = ((actual >= low) & (actual <= high))[rows].mean()
        metrics += [
            {"split": name, "metric_name": metric, "metric_value": float(value), "row_count": int(rows.sum())}
            for metric, value in values.items()
        ]
    return metrics


def errors(actual: np.ndarray, score: np.ndarray) -> dict[str, float]:
    mse = mean_squared_error(actual, score)
    return {"mse": mse, "rmse": mse**0.5, "mae": mean_absolute_error(actual, score), "r2": r2_score(actual, score)}


def errors_of_probability(actual: np.ndarray, score: np.ndarray) -> dict[str, float]:
    return {
        "auc": roc_auc_score(actual, score),
        "log_loss": log_loss(actual, score),
        "brier": brier_score_loss(actual, score),
        "accuracy": ((score >= 0.5) == (actual == 1)).mean(),
    }


def figures_of_test(metrics: list[dict]) -> dict[str, float]:
    """What the report counts: how good each fitted model is on the last horizon."""
    tested = {
        (row["target_name"], row["metric_name"]): row["metric_value"]
        for row in metrics
        if row["split"] == "test" and row["model_name"] == "fitted"
    }
    return {
        "r2 of order_count": tested["order_count", "r2"],
        "r2 of net_revenue": tested["net_revenue", "r2"],
        "auc of will_order": tested["will_order", "auc"],
    }


def intervals(score: np.ndarray, actual: np.ndarray, split: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """80 % intervals by split-conformal prediction, per fifth of the predictions, from the split before."""
    low, high = np.full(len(score), np.nan), np.full(len(score), np.nan)
    for calibration, served in [("validation", "test"), ("test", "scoring")]:
        of_calibration, of_served = split == calibration, split == served
        thresholds = np.quantile(score[of_calibration], [0.2, 0.4, 0.6, 0.8])
        calibration_fifth = np.searchsorted(thresholds, score[of_calibration])
        served_fifth = np.searchsorted(thresholds, score[of_served])
        error = actual[of_calibration] - score[of_calibration]
        for fifth in np.unique(served_fifth):
            errors = error[calibration_fifth == fifth]
            bounds = np.quantile(errors if len(errors) else error, [0.1, 0.9])
            rows = np.flatnonzero(of_served)[served_fifth == fifth]
            low[rows], high[rows] = np.maximum(score[rows] + bounds[0], 0), score[rows] + bounds[1]
    return low, high
