"""One row per target, model, fit, tree and node: the tree ensembles, as the table that SQL scores them from.

random_forest and gradient_boosting (Poisson deviance for amounts and days, log loss for probabilities). The prediction
is link(sum over trees of the value of the leaf that a row reaches); tree 0 is a single leaf, the intercept. Fits as in
`ml_seg__linear_fits`: choose, report, serve.
"""

import threading

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

# dbt may run two Python models at once, and an import of scikit-learn that meets another finds half a module.
with threading.__dict__.setdefault("scikit_learn_import", threading.RLock()):
    from sklearn.ensemble import (
        HistGradientBoostingClassifier,
        HistGradientBoostingRegressor,
        RandomForestClassifier,
        RandomForestRegressor,
    )

FIT_SPLITS = {
    "choose": ["train"],
    "report": ["train", "validation"],
    "serve": ["train", "validation", "test"],
}
PROBABILITIES = ["will_order"]

# Small and many: what shops of a few thousand users carry, and what SQL scores in a second per million users.
BOOSTING = {
    "max_iter": 60, "learning_rate": 0.08, "max_depth": 3, "min_samples_leaf": 40, "l2_regularization": 5.0,
    "max_features": 0.5, "early_stopping": False,
}
FOREST = {"n_estimators": 30, "max_depth": 5, "max_leaf_nodes": 16, "min_samples_leaf": 15, "max_features": 0.33}

# Rows that each tree of a forest draws at most: with more, trees of so few leaves only grow alike.
MAX_FOREST_ROWS = 5_000

# Rows that boosting draws at most: sixty trees of eight leaves gain next to nothing from more, and take as much longer.
MAX_BOOSTING_ROWS = 30_000

COLUMNS = {
    "as_of_date": "datetime64[us]", "target_name": "object", "model_name": "object", "fit_name": "object",
    "link": "object", "tree_number": "int64", "node_number": "int64", "feature_name": "object",
    "threshold": "float64", "left_node_number": "int64", "right_node_number": "int64", "node_value": "float64",
    "row_count": "int64",
}


def model(dbt, session):
    rows = dbt.ref("int_seg__prediction_training_rows").order("horizon_days, user_id, as_of_date").df()
    random_seed = dbt.config.meta_get("random_seed")
    fitted_models = dbt.config.meta_get("prediction_models")

    return session.from_df(fit_all(rows, random_seed, fitted_models))


def fit_all(rows: pd.DataFrame, random_seed: int, fitted_models: list[str] | None = None) -> pd.DataFrame:
    """Make every fit and return the nodes, long; left is taken where feature <= threshold.

    rows: columns scoring_date, split, label_<target> (null: not in the target's population) and feature_<name>
    (no nulls). A fit of one row or of equal labels has no rows.
    fitted_models: those that are fitted; None: all.
    """
    columns = [column for column in rows.columns if column.startswith("feature_")]
    names = np.array([column.removeprefix("feature_") for column in columns], dtype=object)
    fits = []
    with threadpool_limits(1):
        for target_name, fit_name, fit_rows in fits_to_make(rows):
            features = fit_rows[columns].to_numpy(dtype=float)
            labels = fit_rows[f"label_{target_name}"].to_numpy(dtype=float)
            if len(np.unique(labels)) < 2:
                continue
            for model_name, fit in [("random_forest", random_forest), ("gradient_boosting", gradient_boosting)]:
                if fitted_models is not None and model_name not in fitted_models:
                    continue
                link, nodes = fit(features, labels, target_name in PROBABILITIES, random_seed)
                if nodes is None:
                    continue
                nodes["feature_name"] = np.where(
                    nodes["feature_index"] < 0, None, names[np.maximum(nodes.pop("feature_index"), 0)]
                )
                fits.append(nodes.assign(
                    as_of_date=pd.to_datetime(fit_rows["scoring_date"].iloc[0]), target_name=target_name,
                    model_name=model_name, fit_name=fit_name, link=link, row_count=len(labels),
                ))

    table = pd.concat(fits, ignore_index=True) if fits else pd.DataFrame(columns=list(COLUMNS))
    return table[list(COLUMNS)].astype(COLUMNS)


def fits_to_make(rows: pd.DataFrame):
    """Each target and fit with the rows that it learns from, where there are any and a window before test."""
    for column in [column for column in rows.columns if column.startswith("label_")]:
        known = rows[rows[column].notna()]
        if not known["split"].isin(FIT_SPLITS["report"]).any():
            continue
        for fit_name, splits in FIT_SPLITS.items():
            fit_rows = known[known["split"].isin(splits)]
            if len(fit_rows):
                yield column.removeprefix("label_"), fit_name, fit_rows


def random_forest(features: np.ndarray, labels: np.ndarray, is_probability: bool, random_seed: int):
    """Mean of trees on bootstrap rows (Breiman 2001). Its trees compare in single precision, and so must SQL.

    Returns the link, `identity`, and one row per node.
    """
    kind = RandomForestClassifier if is_probability else RandomForestRegressor
    drawn = MAX_FOREST_ROWS if len(labels) > MAX_FOREST_ROWS else None
    forest = kind(**FOREST, max_samples=drawn, random_state=random_seed, n_jobs=1).fit(features, labels)
    trees = [leaf(0.0)]
    for number, estimator in enumerate(forest.estimators_, start=1):
        tree = estimator.tree_
        # Shares of the classes in a node, or the mean of its labels.
        value = tree.value[:, 0, 1] / tree.value[:, 0, :].sum(axis=1) if is_probability else tree.value[:, 0, 0]
        trees.append(pd.DataFrame({
            "tree_number": number,
            "node_number": np.arange(tree.node_count),
            "feature_index": tree.feature,
            "threshold": np.where(tree.feature < 0, np.nan, tree.threshold),
            "left_node_number": tree.children_left,
            "right_node_number": tree.children_right,
            "node_value": np.where(tree.feature < 0, value / len(forest.estimators_), np.nan),
        }))
    return "identity", pd.concat(trees, ignore_index=True)


def gradient_boosting(features: np.ndarray, labels: np.ndarray, is_probability: bool, random_seed: int):
    """Trees that each correct the sum of those before (Friedman 2001), on binned features.

    Amounts are divided by their mean first, so that the penalty means the same in every currency; the Poisson deviance
    needs them at 0 or above. Returns the link, `logistic` or `exponential`, and one row per node; no nodes where
    there is no positive amount, or one class alone, in the rows that are drawn.
    """
    if len(labels) > MAX_BOOSTING_ROWS:
        drawn = np.random.default_rng(random_seed).choice(len(labels), MAX_BOOSTING_ROWS, replace=False)
        features, labels = features[drawn], labels[drawn]
    if is_probability:
        link, log_scale = "logistic", 0.0
        # So rare that none was drawn, or so common that all were.
        if len(np.unique(labels)) < 2:
            return link, None
        boosting = HistGradientBoostingClassifier(**BOOSTING, random_state=random_seed)
        boosting.fit(features, labels.astype(int))
    else:
        amounts = np.maximum(labels, 0.0)
        mean = amounts.mean()
        if mean <= 0:
            return "exponential", None
        link, log_scale = "exponential", np.log(mean)
        boosting = HistGradientBoostingRegressor(**BOOSTING, loss="poisson", random_state=random_seed)
        boosting.fit(features, amounts / mean)

    trees = [leaf(float(boosting._baseline_prediction.ravel()[0]) + log_scale)]
    for number, (predictor,) in enumerate(boosting._predictors, start=1):
        nodes = predictor.nodes
        is_leaf = nodes["is_leaf"].astype(bool)
        trees.append(pd.DataFrame({
            "tree_number": number,
            "node_number": np.arange(len(nodes)),
            "feature_index": np.where(is_leaf, -1, nodes["feature_idx"].astype(int)),
            "threshold": np.where(is_leaf, np.nan, nodes["num_threshold"]),
            "left_node_number": np.where(is_leaf, -1, nodes["left"].astype(int)),
            "right_node_number": np.where(is_leaf, -1, nodes["right"].astype(int)),
            "node_value": np.where(is_leaf, nodes["value"], np.nan),
        }))
    return link, pd.concat(trees, ignore_index=True)


def leaf(value: float) -> pd.DataFrame:
    """Tree 0: the intercept."""
    return pd.DataFrame({
        "tree_number": [0], "node_number": [0], "feature_index": [-1], "threshold": [np.nan],
        "left_node_number": [-1], "right_node_number": [-1], "node_value": [value],
    })
