"""One row per target, model, fit and feature: coefficients of the linear models, in standardized units.

linear_regression, ridge_regression and elastic_net for amounts and days, the latter two with rows that count the less
the more is expected of them; logistic_regression for probabilities; and component_regression, linear or logistic, on
the components of `ml_seg__component_fits` instead of the features.

Three fits each: `choose` learns from the train windows and is judged on validation, `report` learns from train and
validation and is judged on test, `serve` learns from all of them and scores today's users. A fit that cannot be made
(no rows, or everybody or nobody orders) has no rows.
"""

import threading
import warnings
from functools import partial

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

# dbt may run two Python models at once, and an import of scikit-learn that meets another finds half a module.
with threading.__dict__.setdefault("scikit_learn_import", threading.RLock()):
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import ElasticNetCV, LogisticRegression, Ridge, RidgeCV

# The weakest penalties of elastic net may stop short of the tolerance; they are judged by their error all the same. Set
# for good: to set and restore it would race with other models' threads.
warnings.filterwarnings("ignore", category=ConvergenceWarning)

FIT_SPLITS = {
    "choose": ["train"],
    "report": ["train", "validation"],
    "serve": ["train", "validation", "test"],
}
PROBABILITIES = ["will_order"]

# Directions in which the standardized features vary less than this, relative to the widest, are noise: they are left
# out, so that features that say the same share the weight instead of taking opposite, huge ones.
RELATIVE_TOLERANCE = 1e-6

# Inverse strength of the L2 penalty on the logistic coefficients (scikit-learn's C), weak: it decides between features
# that say nearly the same, and keeps coefficients finite where a feature separates buyers from the rest.
INVERSE_PENALTY = 0.05

# Strengths of the ridge penalty that are tried, per row of the fit; elastic net finds its own path.
RIDGE_PENALTIES = np.logspace(-4, 1, 11)
# Rows that the strength is chosen on at most, drawn: more take as much longer and choose no better.
MAX_PENALTY_ROWS = 20_000

# Times that rows are weighed anew by what is expected of them, and the penalty, per row, of these fits.
WEIGHING_STEPS = 3
WEIGHING_PENALTY = 0.01
# What every row is expected to bring at least when it is weighed, as a share of the mean size; intervals say the same.
LEAST_EXPECTED = 0.05


def model(dbt, session):
    rows = dbt.ref("int_seg__prediction_training_rows").order("horizon_days, user_id, as_of_date").df()
    random_seed = dbt.config.meta_get("random_seed")
    linear_solver = dbt.config.meta_get("linear_solver")
    fitted_models = dbt.config.meta_get("prediction_models")

    return session.from_df(fit_all(rows, linear_solver, fitted_models, random_seed))


def fit_all(
    rows: pd.DataFrame,
    linear_solver: str = "closed_form",
    fitted_models: list[str] | None = None,
    random_seed: int = 42,
) -> pd.DataFrame:
    """Make every fit and return the coefficients, long.

    rows: columns scoring_date, split, label_<target> (null: not in the target's population) and feature_<name>
    (standardized, no nulls), and component_<name> where there are components.
    fitted_models: those that are fitted; None: all.
    """
    solvers = {"closed_form": closed_form, "gradient_descent": gradient_descent}
    if linear_solver not in solvers:
        raise ValueError(f"seg__linear_solver is {linear_solver!r}; it must be one of {', '.join(solvers)}")
    amount_models = {
        "linear_regression": solvers[linear_solver],
        "ridge_regression": partial(ridge, random_seed=random_seed),
        "elastic_net": elastic_net,
    }
    weighted = {"ridge_regression", "elastic_net"}

    fits = []
    with threadpool_limits(1):
        for target_name, fit_name, fit_rows in fits_to_make(rows):
            labels = fit_rows[f"label_{target_name}"].to_numpy(dtype=float)
            if target_name in PROBABILITIES and len(np.unique(labels)) < 2:
                continue
            is_probability = target_name in PROBABILITIES
            models = {"logistic_regression": logistic} if is_probability else amount_models
            makes = [(model_name, fit, "feature_") for model_name, fit in models.items()]
            makes.append(("component_regression", logistic if is_probability else closed_form, "component_"))
            weights = None
            for model_name, fit, prefix in makes:
                columns = [column for column in rows.columns if column.startswith(prefix)]
                names = [column.removeprefix(prefix) for column in columns]
                if not columns or (fitted_models is not None and model_name not in fitted_models):
                    continue
                features = fit_rows[columns].to_numpy(dtype=float)
                if model_name in weighted:
                    weights = row_weights(features, labels) if weights is None else weights
                    intercept, coefficients = fit(features, labels, weights)
                else:
                    intercept, coefficients = fit(features, labels)
                fits.append(
                    as_rows(fit_rows["scoring_date"].iloc[0], target_name, model_name, fit_name, names,
                            intercept, coefficients, len(labels))
                )

    return pd.concat(fits, ignore_index=True) if fits else no_rows()


def fits_to_make(rows: pd.DataFrame):
    """Each target and fit with the rows that it learns from, where there are any.

    Without a window before test there is no fit at all: `serve` alone would have learnt from windows that nothing was
    judged on.
    """
    for column in [column for column in rows.columns if column.startswith("label_")]:
        known = rows[rows[column].notna()]
        if not known["split"].isin(FIT_SPLITS["report"]).any():
            continue
        for fit_name, splits in FIT_SPLITS.items():
            fit_rows = known[known["split"].isin(splits)]
            if len(fit_rows):
                yield column.removeprefix("label_"), fit_name, fit_rows


def closed_form(features: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
    """Least squares, exactly: intercept and coefficients that minimise the mean squared error.

    Features and labels are centred first, which keeps the digits that a large mean would cost. Where features are
    collinear, or more than the rows, the solution with the smallest coefficients is taken, so no penalty is needed.
    """
    feature_means = features.mean(axis=0)
    label_mean = labels.mean()
    coefficients, _, _, _ = np.linalg.lstsq(
        features - feature_means, labels - label_mean, rcond=RELATIVE_TOLERANCE
    )
    return label_mean - feature_means @ coefficients, coefficients


def gradient_descent(
    features: np.ndarray,
    labels: np.ndarray,
    max_steps: int = 100_000,
    tolerance: float = 1e-12,
) -> tuple[float, np.ndarray]:
    """The same coefficients by gradient descent on the mean squared error.

    Step length 1 / L, with L the largest curvature, which cannot diverge; Nesterov's momentum, restarted where it
    points uphill. Starts at 0, so that collinear features share the weight as in `closed_form`. Stops when the gradient
    is `tolerance` of the first one, or after `max_steps`.
    Source: Nesterov 1983; O'Donoghue & Candes 2015 (restart).
    """
    feature_means = features.mean(axis=0)
    label_mean = labels.mean()
    centred = features - feature_means
    # The mean squared error depends on the rows only through these two.
    curvature = centred.T @ centred / len(labels)
    slope = centred.T @ (labels - label_mean) / len(labels)

    coefficients = np.zeros(features.shape[1])
    largest_curvature = np.linalg.eigvalsh(curvature)[-1] if len(coefficients) else 0.0
    if largest_curvature <= 0:
        return label_mean, coefficients

    ahead, momentum = coefficients.copy(), 1.0
    first_gradient = np.abs(slope).max()
    for _ in range(max_steps):
        gradient = curvature @ ahead - slope
        if np.abs(gradient).max() <= tolerance * first_gradient:
            coefficients = ahead
            break
        moved = ahead - gradient / largest_curvature
        if gradient @ (moved - coefficients) > 0:
            momentum = 1.0
        next_momentum = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        ahead = moved + (momentum - 1) / next_momentum * (moved - coefficients)
        coefficients, momentum = moved, next_momentum
    return label_mean - feature_means @ coefficients, coefficients


def logistic(features: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
    """Logistic regression with a weak L2 penalty; Newton's method needs no random start."""
    fitted = LogisticRegression(C=INVERSE_PENALTY, solver="newton-cholesky", tol=1e-8, max_iter=1000)
    fitted.fit(features, labels)
    return fitted.intercept_[0], fitted.coef_[0]


def row_weights(features: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """How much each row counts, 1 on average: inversely to what is expected of it.

    What somebody buys varies with its size. Counted alike, a few large accounts decide what is said of everybody.
    Source: Wedderburn 1974 (quasi-likelihood, the variance in proportion to the mean), by iteratively reweighted
    least squares.
    """
    weights = np.ones(len(labels))
    scale = np.std(labels)
    if len(labels) < 2 or scale == 0:
        return weights
    least = LEAST_EXPECTED * np.abs(labels).mean()
    for _ in range(WEIGHING_STEPS):
        fitted = Ridge(alpha=WEIGHING_PENALTY * len(labels), solver="cholesky")
        fitted.fit(features, labels / scale, sample_weight=weights)
        weights = 1 / (np.maximum(fitted.predict(features) * scale, 0) + least)
        weights /= weights.mean()
    return weights


def ridge(
    features: np.ndarray, labels: np.ndarray, weights: np.ndarray, random_seed: int = 42
) -> tuple[float, np.ndarray]:
    """Weighted least squares with the L2 penalty per row of the smallest leave-one-out error (Hoerl & Kennard 1970)."""
    scale = np.std(labels)
    if len(labels) < 2 or scale == 0:
        return labels.mean(), np.zeros(features.shape[1])
    drawn = np.random.default_rng(random_seed).permutation(len(labels))[:MAX_PENALTY_ROWS]
    chosen = RidgeCV(alphas=RIDGE_PENALTIES * len(drawn))
    chosen.fit(features[drawn], labels[drawn] / scale, sample_weight=weights[drawn])
    fitted = Ridge(alpha=chosen.alpha_ / len(drawn) * len(labels), solver="cholesky")
    fitted.fit(features, labels / scale, sample_weight=weights)
    return fitted.intercept_ * scale, fitted.coef_ * scale


def elastic_net(features: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> tuple[float, np.ndarray]:
    """Weighted least squares with L1 and L2 penalties in equal parts, which selects features (Zou & Hastie 2005).

    The strength has the smallest error in three folds. Too few rows for folds, or equal labels: the mean.
    """
    scale = np.std(labels)
    if len(labels) < 10 or scale == 0:
        return labels.mean(), np.zeros(features.shape[1])
    fitted = ElasticNetCV(l1_ratio=0.5, cv=3, alphas=20, precompute=True, max_iter=5000, tol=1e-5)
    fitted.fit(features, labels / scale, sample_weight=weights)
    return fitted.intercept_ * scale, fitted.coef_ * scale


def as_rows(
    as_of_date: object,
    target_name: str,
    model_name: str,
    fit_name: str,
    names: list[str],
    intercept: float,
    coefficients: np.ndarray,
    row_count: int,
) -> pd.DataFrame:
    """One fit, long: the intercept and each feature. Importance is the share of the absolute coefficients."""
    total = np.abs(coefficients).sum()
    importance = np.abs(coefficients) / total if total > 0 else np.zeros(len(coefficients))
    return pd.DataFrame(
        {
            "as_of_date": pd.to_datetime(as_of_date),
            "target_name": target_name,
            "model_name": model_name,
            "fit_name": fit_name,
            "feature_name": ["intercept", *names],
            "coefficient": np.concatenate([[intercept], coefficients]),
            "importance": np.concatenate([[np.nan], importance]),
            "row_count": row_count,
        }
    ).astype({"as_of_date": "datetime64[us]", "row_count": "int64"})


def no_rows() -> pd.DataFrame:
    """The empty result, with the types of a full one."""
    return pd.DataFrame(
        {
            "as_of_date": pd.Series(dtype="datetime64[us]"),
            "target_name": pd.Series(dtype="object"),
            "model_name": pd.Series(dtype="object"),
            "fit_name": pd.Series(dtype="object"),
            "feature_name": pd.Series(dtype="object"),
            "coefficient": pd.Series(dtype="float64"),
            "importance": pd.Series(dtype="float64"),
            "row_count": pd.Series(dtype="int64"),
        }
    )
