"""One row per target, fit and weight: a small neural network, as the table that SQL scores it from.

neural_network is a multi-layer perceptron with one hidden layer of tanh units. The prediction is
link(output bias + sum of output weight x tanh(hidden bias + sum of hidden weight x feature)). Fits as in
`ml_seg__linear_fits`: choose, report, serve.
"""

import threading
import warnings

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

# dbt may run two Python models at once, and an import of scikit-learn that meets another finds half a module.
with threading.__dict__.setdefault("scikit_learn_import", threading.RLock()):
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier, MLPRegressor

# The passes are few on purpose. Set for good: to set and restore it would race with other models' threads.
warnings.filterwarnings("ignore", category=ConvergenceWarning)

FIT_SPLITS = {
    "choose": ["train"],
    "report": ["train", "validation"],
    "serve": ["train", "validation", "test"],
}
PROBABILITIES = ["will_order"]

# Few units, a strong penalty and few passes: shops have thousands of rows, not millions.
NETWORK = {
    "hidden_layer_sizes": (8,), "activation": "tanh", "alpha": 10.0, "learning_rate_init": 0.005, "max_iter": 60,
}
# Passes shrink and batches grow with the rows, so that the steps taken, and the time, stay bounded. The penalty is
# divided by the rows of a batch: the more rows a shop has, the less of it is needed.
MAX_ROW_PASSES = 600_000
BATCHES, SMALLEST_BATCH, LARGEST_BATCH = 250, 200, 500

COLUMNS = {
    "as_of_date": "datetime64[us]", "target_name": "object", "model_name": "object", "fit_name": "object",
    "link": "object", "layer": "object", "unit_number": "int64", "feature_name": "object", "weight": "float64",
    "row_count": "int64",
}


def model(dbt, session):
    rows = dbt.ref("int_seg__prediction_training_rows").order("horizon_days, user_id, as_of_date").df()
    random_seed = dbt.config.meta_get("random_seed")
    fitted_models = dbt.config.meta_get("prediction_models")

    return session.from_df(fit_all(rows, random_seed, fitted_models))


def fit_all(rows: pd.DataFrame, random_seed: int, fitted_models: list[str] | None = None) -> pd.DataFrame:
    """Make every fit and return the weights, long.

    layer `hidden`: one row per unit and feature, and per unit its bias (feature_name null). layer `output`: one row per
    unit, and the bias as unit 0. A fit of equal labels has no rows.
    rows: columns scoring_date, split, label_<target> (null: not in the target's population) and feature_<name>
    (standardized, no nulls).
    fitted_models: those that are fitted; None: all.
    """
    if fitted_models is not None and "neural_network" not in fitted_models:
        return pd.DataFrame(columns=list(COLUMNS)).astype(COLUMNS)
    columns = [column for column in rows.columns if column.startswith("feature_")]
    names = [column.removeprefix("feature_") for column in columns]
    fits = []
    with threadpool_limits(1):
        for target_name, fit_name, fit_rows in fits_to_make(rows):
            features = fit_rows[columns].to_numpy(dtype=float)
            labels = fit_rows[f"label_{target_name}"].to_numpy(dtype=float)
            if len(np.unique(labels)) < 2:
                continue
            is_probability = target_name in PROBABILITIES
            fits.append(neural_network(features, labels, names, is_probability, random_seed).assign(
                as_of_date=pd.to_datetime(fit_rows["scoring_date"].iloc[0]), target_name=target_name,
                model_name="neural_network", fit_name=fit_name,
                link="logistic" if is_probability else "identity", row_count=len(labels),
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


def batch_size(row_count: int) -> int:
    """Rows of a batch, where batches are few about as many in the last: a rest of one would bear a whole penalty."""
    batches = round(row_count / np.clip(row_count / BATCHES, SMALLEST_BATCH, LARGEST_BATCH))
    return -(-row_count // max(1, batches))


def neural_network(
    features: np.ndarray, labels: np.ndarray, names: list[str], is_probability: bool, random_seed: int
) -> pd.DataFrame:
    """Fit the perceptron by Adam (Kingma & Ba 2015) and return its weights; amounts in their own unit again."""
    settings = {
        **NETWORK,
        "max_iter": int(np.clip(MAX_ROW_PASSES / len(labels), 5, NETWORK["max_iter"])),
        "batch_size": batch_size(len(labels)),
    }
    kind = MLPClassifier if is_probability else MLPRegressor
    # Shuffled once and not before each pass: picking the rows of every batch anew took half of the time.
    shuffled = np.random.default_rng(random_seed).permutation(len(labels))
    features, labels = features[shuffled], labels[shuffled]
    network = kind(**settings, shuffle=False, random_state=random_seed)
    mean, scale = (0.0, 1.0) if is_probability else (labels.mean(), labels.std())
    network.fit(features, labels.astype(int) if is_probability else (labels - mean) / scale)

    (hidden, output), (hidden_bias, output_bias) = network.coefs_, network.intercepts_
    unit_count = hidden.shape[1]
    units = np.arange(1, unit_count + 1)
    return pd.concat([
        pd.DataFrame({
            "layer": "hidden", "unit_number": np.repeat(units, len(names)), "feature_name": names * unit_count,
            "weight": hidden.T.ravel(),
        }),
        pd.DataFrame({"layer": "hidden", "unit_number": units, "feature_name": None, "weight": hidden_bias}),
        pd.DataFrame({"layer": "output", "unit_number": units, "feature_name": None, "weight": output[:, 0] * scale}),
        pd.DataFrame({
            "layer": "output", "unit_number": [0], "feature_name": [None], "weight": output_bias * scale + mean,
        }),
    ], ignore_index=True)
