"""One row per target, feature and step: the additive model that comes closest to what serves, to explain it by.

Whatever serves (trees, a network, a stack), its predictions are fitted by a sum of step functions of one feature each:
boosted trees of a single split. What is a line of one feature, as a baseline that repeats the last window, is explained
by it alone. How much of the variation of the predictions that repeats, on users it has not seen, is the fidelity (R
squared).
"""

import threading

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

# dbt may run two Python models at once, and an import of scikit-learn that meets another finds half a module.
with threading.__dict__.setdefault("scikit_learn_import", threading.RLock()):
    from sklearn.ensemble import HistGradientBoostingRegressor

# Reasons shall say what the user did, not what another model makes of it.
NOT_REASONS = {
    "alive_probability", "order_probability", "expected_order_count", "expected_order_value", "expected_revenue",
}
# What these models are made of stands for them.
RHYTHM = {
    "is_buyer", "is_repeat_buyer", "order_count", "days_since_first_order", "days_since_last_order",
    "mean_days_between_orders", "average_order_value",
}
# A reason moves the predictions at least by this share of what the furthest mover does, or is among the furthest.
LEAST_MOVEMENT = 0.05
FURTHEST = 6
# Features that share an explanation, and steps that a feature has, at most.
MAX_FEATURES = 12
MAX_STEPS = 16
STUMPS = {"max_iter": 150, "learning_rate": 0.1, "max_leaf_nodes": 2, "min_samples_leaf": 20, "early_stopping": False}
MIN_ROWS = 60
# R squared from which a single feature explains a target by itself.
LINE_FIDELITY = 0.99

COLUMNS = {
    "target_name": "object", "feature_name": "object", "low_value": "float64", "high_value": "float64",
    "base_contribution": "float64", "slope": "float64", "fidelity": "float64", "row_count": "int64",
}


def model(dbt, session):
    rows = dbt.ref("int_seg__reason_rows").order("horizon_days, user_id").df()
    movements = dbt.ref("int_seg__feature_movements").order("target_name, feature_name").df()
    random_seed = dbt.config.meta_get("random_seed")

    return session.from_df(fit_all(rows, movements, random_seed))


def fit_all(rows: pd.DataFrame, movements: pd.DataFrame, random_seed: int) -> pd.DataFrame:
    """Explain every target and return the steps, long; a value v lies in the step where low_value < v <= high_value and
    contributes base_contribution + slope x v.

    rows: columns is_held_out, prediction_<target> (null: another horizon) and feature_<name> (standardized). Targets
    with equal predictions, or fewer than `MIN_ROWS` users, have no rows.
    movements: columns target_name, feature_name and movement_share (0-1), how far the feature moves what serves.
    """
    steps = []
    with threadpool_limits(1):
        for column in [column for column in rows.columns if column.startswith("prediction_")]:
            known = rows[rows[column].notna()]
            if len(known) < MIN_ROWS or np.ptp(known[column].to_numpy(dtype=float)) < 1e-12:
                continue
            target_name = column.removeprefix("prediction_")
            names = reasons(rows, movements[movements["target_name"] == target_name])
            steps += [{"target_name": target_name, **step} for step in explain(known, names, column, random_seed)]
    return pd.DataFrame(steps, columns=list(COLUMNS)).astype(COLUMNS)


def reasons(rows: pd.DataFrame, movements: pd.DataFrame) -> list[str]:
    """Columns of the features that may be named: those that move what serves, or all where none is known to."""
    ranked = movements[movements["movement_share"] > 0]
    ranked = ranked.sort_values(["movement_share", "feature_name"], ascending=[False, True])
    is_moving = (ranked["movement_share"] >= LEAST_MOVEMENT) | (np.arange(len(ranked)) < FURTHEST)
    moving = set(ranked.loc[is_moving, "feature_name"])
    if moving & NOT_REASONS:
        moving |= RHYTHM
    names = [
        name for name in rows.columns
        if name.startswith("feature_") and name.removeprefix("feature_") not in NOT_REASONS
    ]
    return [name for name in names if name.removeprefix("feature_") in moving] or names


def explain(rows: pd.DataFrame, names: list[str], column: str, random_seed: int) -> list[dict]:
    """Steps of the features that matter most: fitted on all these, then again on those that moved the sum most."""
    is_held_out = rows["is_held_out"].to_numpy(dtype=bool)
    if not 0 < is_held_out.sum() < len(rows):
        is_held_out = np.arange(len(rows)) % 3 == 0
    learnt, held_out = rows[~is_held_out], rows[is_held_out]
    line = line_of_one(learnt, held_out, names, column)
    if line:
        return [line]
    scale = learnt[column].std() or 1.0

    functions = step_functions(learnt[names], learnt[column] / scale, random_seed)
    movements = {name: np.std(values_of(function, learnt[name])) for name, function in functions.items()}
    names = sorted(movements, key=lambda name: (-movements[name], name))[:MAX_FEATURES]
    if not names:
        return []
    functions = step_functions(learnt[names], learnt[column] / scale, random_seed)

    mean = learnt[column].mean()
    centred = {}
    for name, (thresholds, values) in functions.items():
        scaled = values * scale
        centred[name] = thresholds, scaled - values_of((thresholds, scaled), learnt[name]).mean()
    predicted = mean + sum(values_of(function, held_out[name]) for name, function in centred.items())
    fidelity = max(0.0, r_squared(held_out[column], predicted))

    return [
        {"feature_name": name.removeprefix("feature_"), "low_value": low, "high_value": high,
         "base_contribution": value, "slope": 0.0, "fidelity": fidelity, "row_count": len(learnt)}
        for name, (thresholds, values) in centred.items()
        for low, high, value in zip([np.nan, *thresholds], [*thresholds, np.nan], values, strict=True)
    ]


def line_of_one(learnt: pd.DataFrame, held_out: pd.DataFrame, names: list[str], column: str) -> dict | None:
    """The feature whose line says nearly all of the predictions, if there is one."""
    features, outcomes = learnt[names], learnt[column]
    deviations = features - features.mean()
    covariances = deviations.mul(outcomes - outcomes.mean(), axis=0).mean()
    variances = (deviations**2).mean()
    slopes = covariances[variances > 0] / variances[variances > 0]
    if slopes.empty:
        return None
    name = (slopes * covariances).round(12).idxmax()
    slope, mean = slopes[name], features[name].mean()
    fidelity = r_squared(held_out[column], outcomes.mean() + slope * (held_out[name] - mean))
    if fidelity < LINE_FIDELITY:
        return None
    return {"feature_name": name.removeprefix("feature_"), "low_value": np.nan, "high_value": np.nan,
            "base_contribution": -slope * mean, "slope": slope, "fidelity": fidelity, "row_count": len(learnt)}


def r_squared(outcomes: pd.Series, predicted: pd.Series) -> float:
    """Share of the variation that is repeated; 0 where there is none."""
    variance = np.mean((outcomes - outcomes.mean()) ** 2)
    return 1 - np.mean((outcomes - predicted) ** 2) / variance if variance > 0 else 0.0


def step_functions(
    features: pd.DataFrame, outcomes: pd.Series, random_seed: int
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Boosted stumps, added up by feature: thresholds, rising, and the value below, between and above them."""
    boosting = HistGradientBoostingRegressor(**STUMPS, max_bins=MAX_STEPS, random_state=random_seed)
    boosting.fit(features.to_numpy(dtype=float), outcomes.to_numpy(dtype=float))
    jumps: dict[str, dict[float, float]] = {}
    lowest: dict[str, float] = {}
    for (predictor,) in boosting._predictors:
        nodes = predictor.nodes
        if len(nodes) < 3:
            continue
        root = nodes[0]
        name = features.columns[root["feature_idx"]]
        left, right = nodes[root["left"]]["value"], nodes[root["right"]]["value"]
        threshold = float(root["num_threshold"])
        jumps.setdefault(name, {})
        jumps[name][threshold] = jumps[name].get(threshold, 0.0) + right - left
        lowest[name] = lowest.get(name, 0.0) + left
    return {
        name: (
            np.array(sorted(jumps[name])),
            lowest[name] + np.concatenate([[0.0], np.cumsum([jumps[name][at] for at in sorted(jumps[name])])]),
        )
        for name in features.columns if name in jumps
    }


def values_of(function: tuple[np.ndarray, np.ndarray], feature: pd.Series) -> np.ndarray:
    """The step function at each value; a value equal to a threshold lies below it."""
    thresholds, values = function
    return values[np.searchsorted(thresholds, feature.to_numpy(dtype=float), side="left")]
