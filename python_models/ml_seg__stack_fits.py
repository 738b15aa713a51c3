"""One row per target, fit, fold and model: the weights of the stacked model, and how its probabilities are calibrated.

Stacking: the weighted mean of the single models that was closest to what happened, errors of amounts and days weighed
by what was expected. `report` learns its weights on validation and is judged on test; `serve` learns them on test,
whose fits have seen the most and are most like those that serve. `choose` has a row per fold of users, its weights
learnt on the other folds, so that on validation, too, no user is predicted by weights that saw the outcome.
"""

import threading

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

# dbt may run two Python models at once, and an import of scikit-learn, or of SciPy by it, that meets another finds
# half a module.
with threading.__dict__.setdefault("scikit_learn_import", threading.RLock()):
    from scipy.optimize import nnls
    from sklearn.linear_model import LogisticRegression

PROBABILITIES = ["will_order"]

# Models that a stack holds at most: each must be scored for every user.
MAX_MODELS = 3
# Models that would have less than this are left out: so little is noise, and each must be scored.
LEAST_WEIGHT = 0.05
# Times that rows are weighed anew by what is expected of them, and what that is at least, as a share of the mean.
WEIGHING_STEPS = 3
LEAST_EXPECTED = 0.05
# Pull of the weights towards equal ones, in residuals per row: it decides between models that say nearly the same.
PULL = 0.1
# Users needed to learn weights and a calibration from; a window needs twice as many.
MIN_ROWS = 50
# Probabilities are kept this far from 0 and 1.
MARGIN = 1e-4

COLUMNS = {
    "target_name": "object", "fit_name": "object", "fold": "int64", "model_name": "object", "weight": "float64",
    "calibration_intercept": "float64", "calibration_slope": "float64", "row_count": "int64",
}


def model(dbt, session):
    rows = dbt.ref("int_seg__stack_rows").order("target_name, split, user_id, as_of_date").df()

    return session.from_df(fit_all(rows))


def fit_all(rows: pd.DataFrame) -> pd.DataFrame:
    """Make every fit and return the weights, long; fold -1 is all users.

    rows: columns target_name, split (validation, test), fold (0-4), actual and prediction_<model> (null: no fit).
    """
    fits = []
    with threadpool_limits(1):
        for target_name, target_rows in rows.groupby("target_name", sort=True):
            is_probability = target_name in PROBABILITIES
            validation, test = (target_rows[target_rows["split"] == split] for split in ("validation", "test"))
            # A stack that could not be judged, or not be served, is none.
            if min(len(validation), len(test)) < 2 * MIN_ROWS:
                continue
            learnt_on = [("report", -1, validation), ("serve", -1, test)]
            learnt_on += [("choose", fold, validation[validation["fold"] != fold]) for fold in range(5)]
            for fit_name, fold, fit_rows in learnt_on:
                fits += [
                    {"target_name": target_name, "fit_name": fit_name, "fold": fold, **row}
                    for row in stack(fit_rows, is_probability)
                ]

    return pd.DataFrame(fits, columns=list(COLUMNS)).astype(COLUMNS)


def stack(rows: pd.DataFrame, is_probability: bool) -> list[dict]:
    """One dict per model in the stack. Fewer than `MIN_ROWS` rows: none."""
    predictions = rows.filter(like="prediction_").dropna(axis=1)
    if len(rows) < MIN_ROWS or predictions.empty:
        return []
    outcomes = rows["actual"].to_numpy(dtype=float)
    names = [name.removeprefix("prediction_") for name in predictions.columns]
    values = predictions.to_numpy(dtype=float)

    kept, weights = best_models(values, outcomes, np.ones(len(rows)))
    if not is_probability:
        # What somebody buys varies with its size: counted alike, a few large accounts decide for everybody. By the root
        # of what is expected, not all of it: they are few, but bring most. A first guess is what the models say in the
        # middle.
        expected = np.median(values, axis=1)
        least = LEAST_EXPECTED * (np.abs(outcomes).mean() or 1.0)
        for _ in range(WEIGHING_STEPS):
            row_weights = 1 / np.sqrt(np.maximum(expected, 0) + least)
            kept, weights = best_models(values, outcomes, row_weights / row_weights.mean())
            expected = values[:, kept] @ weights
    intercept, slope = calibration(values[:, kept] @ weights, outcomes) if is_probability else (np.nan, np.nan)
    return [
        {"model_name": names[column], "weight": weight, "calibration_intercept": intercept,
         "calibration_slope": slope, "row_count": len(rows)}
        for column, weight in zip(kept, weights, strict=True) if weight > 0
    ]


def best_models(values: np.ndarray, outcomes: np.ndarray, row_weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The columns of the models in the stack, `MAX_MODELS` at most, and their weights."""
    weights = convex_weights(values, outcomes, row_weights)
    # Rounded: models that say the same tie exactly, and the simpler one is kept.
    kept = np.sort(np.argsort(-np.round(weights, 6), kind="stable")[:MAX_MODELS])
    kept = kept[weights[kept] > 0]
    weights = convex_weights(values[:, kept], outcomes, row_weights)
    if (weights < LEAST_WEIGHT).any():
        kept = kept[weights >= LEAST_WEIGHT]
        weights = convex_weights(values[:, kept], outcomes, row_weights)
    return kept, weights


def convex_weights(predictions: np.ndarray, outcomes: np.ndarray, row_weights: np.ndarray) -> np.ndarray:
    """Weights of 0 or more that add up to 1 and minimise the squared error of predictions @ weights.

    predictions: (n_rows, n_models). row_weights: how much each row counts, 1 on average. Source: Breiman 1996 (stacked
    regressions); the sum is a row of large weight in the non-negative least squares of Lawson & Hanson 1974.
    """
    row_count, model_count = predictions.shape
    deviations = outcomes - np.average(outcomes, weights=row_weights)
    scale = np.sqrt(np.average(deviations**2, weights=row_weights)) or 1.0
    rows = np.sqrt(row_weights) / scale
    pull = PULL * np.sqrt(row_count)
    # As heavy beside the largest prediction: where nobody bought, weights of 0 would fit best.
    heavy = 1e3 * np.sqrt(row_count) * max(1.0, np.abs(predictions * rows[:, None]).max())
    left = np.vstack([predictions * rows[:, None], pull * np.eye(model_count), np.full((1, model_count), heavy)])
    right = np.concatenate([outcomes * rows, np.full(model_count, pull / model_count), [heavy]])
    weights, _ = nnls(left, right)
    weights[weights < 1e-3] = 0.0
    return weights / weights.sum()


def calibration(probabilities: np.ndarray, outcomes: np.ndarray) -> tuple[float, float]:
    """Intercept and slope of the log odds that fit the outcomes best (Platt 1999); slope 0 or more.

    Outcomes of one class, or probabilities that point the wrong way: no change (0, 1).
    """
    if len(np.unique(outcomes)) < 2:
        return 0.0, 1.0
    kept = np.clip(probabilities, MARGIN, 1 - MARGIN)
    fitted = LogisticRegression(C=1.0, solver="newton-cholesky", tol=1e-8)
    fitted.fit(np.log(kept / (1 - kept))[:, None], outcomes.astype(int))
    slope = float(fitted.coef_[0, 0])
    return (float(fitted.intercept_[0]), slope) if slope > 0 else (0.0, 1.0)
