"""One row per method, component and feature: principal components and the linear discriminant of the features.

A projection is the loading of `intercept` plus the sum of loading x standardized feature. pca: up to five directions
in which users differ most. lda: the one direction that tells those who will order from those who will not.
"""

import threading

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

# dbt may run two Python models at once, and an import of scikit-learn that meets another finds half a module.
with threading.__dict__.setdefault("scikit_learn_import", threading.RLock()):
    from sklearn.decomposition import PCA
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

COMPONENTS = 5
# Directions that vary less than this, relative to the widest, are noise.
RELATIVE_TOLERANCE = 1e-9

COLUMNS = {
    "method": "object", "component_number": "int64", "feature_name": "object", "loading": "float64",
    "explained_variance_share": "float64", "row_count": "int64",
}


def model(dbt, session):
    rows = dbt.ref("int_seg__component_rows").order("user_id, as_of_date").df()

    return session.from_df(fit_all(rows))


def fit_all(rows: pd.DataFrame) -> pd.DataFrame:
    """Fit both methods and return the loadings, long.

    rows: columns will_order (0 or 1) and feature_<name> (standardized, no nulls). Fewer than two rows, or no feature
    that varies: no rows; one class alone: no discriminant.
    """
    columns = [column for column in rows.columns if column.startswith("feature_")]
    names = [column.removeprefix("feature_") for column in columns]
    features = rows[columns].to_numpy(dtype=float)
    tables = []
    if len(rows) > 1 and np.ptp(features, axis=0).max() > 0:
        with threadpool_limits(1):
            tables += principal_components(features, names)
            tables += discriminant(features, rows["will_order"].to_numpy(dtype=int), names)
    table = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(COLUMNS))
    return table[list(COLUMNS)].astype(COLUMNS)


def principal_components(features: np.ndarray, names: list[str]) -> list[pd.DataFrame]:
    """Directions of the largest variance, one after the other (Jolliffe 2002); the largest loading is positive."""
    fitted = PCA(n_components=min(COMPONENTS, *features.shape), svd_solver="full").fit(features)
    is_real = fitted.explained_variance_ > RELATIVE_TOLERANCE * fitted.explained_variance_[0]
    return [
        as_rows("pca", number, names, signed(direction), fitted.mean_, share, len(features))
        for number, (direction, share) in enumerate(
            zip(fitted.components_[is_real], fitted.explained_variance_ratio_[is_real], strict=True), start=1
        )
    ]


def discriminant(features: np.ndarray, classes: np.ndarray, names: list[str]) -> list[pd.DataFrame]:
    """Fisher's direction (1936), towards those who order; the covariance shrunk (Ledoit & Wolf 2004).

    Scaled to a standard deviation of 1. The share is that of the projection's variance which lies between the classes.
    """
    if len(np.unique(classes)) < 2 or len(classes) < 4:
        return []
    varies = np.ptp(features, axis=0) > 0
    fitted = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto").fit(features[:, varies], classes)
    direction = np.zeros(features.shape[1])
    direction[varies] = fitted.coef_[0]
    projected = features @ direction
    deviation = projected.std()
    if not np.isfinite(deviation) or deviation <= 0:
        return []
    share_of_buyers = classes.mean()
    between = projected[classes == 1].mean() - projected[classes == 0].mean()
    explained = share_of_buyers * (1 - share_of_buyers) * between**2 / deviation**2
    return [as_rows("lda", 1, names, direction / deviation, features.mean(axis=0), explained, len(features))]


def signed(direction: np.ndarray) -> np.ndarray:
    """The direction or its opposite, so that the loading of the largest size is positive."""
    return direction * np.sign(direction[np.argmax(np.abs(direction))])


def as_rows(
    method: str, number: int, names: list[str], direction: np.ndarray, means: np.ndarray, share: float, row_count: int
) -> pd.DataFrame:
    """One component, long."""
    return pd.DataFrame({
        "method": method, "component_number": number, "feature_name": ["intercept", *names],
        "loading": np.concatenate([[-means @ direction], direction]), "explained_variance_share": share,
        "row_count": row_count,
    })
