"""One row per cluster and feature: k-means as it would have been fitted at an earlier date.

Columns: as_of_date, cluster_number (1 = most net revenue per user up to then), feature_name, centroid (standardized
units of then).
"""

import threading

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

# dbt may run two Python models at once, and an import of scikit-learn that meets another finds half a module.
with threading.__dict__.setdefault("scikit_learn_import", threading.RLock()):
    from sklearn.cluster import KMeans

START_COUNT = 10  # k-means starts, as many as the fit that serves
SEARCH_ROWS = 20_000  # rows that the starts compete on; all rows take part from the best of them
FEATURE_PREFIX = "scaled_"
COLUMN_TYPES = {
    "as_of_date": "datetime64[us]",
    "cluster_number": "int64",
    "feature_name": "string",
    "centroid": "float64",
}


def model(dbt, session):
    sample = dbt.ref("int_seg__past_cluster_sample").order("user_id").df()
    random_seed = dbt.config.meta_get("random_seed")

    return session.from_df(past_cluster_fits(sample, random_seed))


def past_cluster_fits(sample: pd.DataFrame, random_seed: int) -> pd.DataFrame:
    """Fit as many clusters as serve today, or as there are distinct users, and return their centroids, long.

    sample: as_of_date, net_revenue, cluster_count and standardized features (`scaled_...`, no nulls), ordered by user.
    """
    features = [name for name in sample.columns if name.startswith(FEATURE_PREFIX)]
    distinct_count = len(sample[features].drop_duplicates())
    if distinct_count == 0:
        return pd.DataFrame(columns=list(COLUMN_TYPES)).astype(COLUMN_TYPES)
    points = sample[features].to_numpy(dtype=float)
    net_revenue = sample["net_revenue"].to_numpy(dtype=float)
    cluster_count = min(int(sample["cluster_count"].iloc[0]), distinct_count)

    # One thread: the last digits of the fit would depend on the number of threads.
    with threadpool_limits(limits=1):
        rows = np.arange(len(points))
        if len(points) > SEARCH_ROWS:
            rows = np.sort(np.random.default_rng(random_seed).choice(rows, SEARCH_ROWS, replace=False))
        distinct_searched = len(np.unique(points[rows], axis=0))
        fitted = KMeans(min(cluster_count, distinct_searched), n_init=START_COUNT, random_state=random_seed)
        centroids = fitted.fit(points[rows]).cluster_centers_
        fitted = KMeans(len(centroids), init=centroids, n_init=1).fit(points)

    found = pd.DataFrame(fitted.cluster_centers_, columns=[name.removeprefix(FEATURE_PREFIX) for name in features])
    means = pd.Series(net_revenue).groupby(fitted.labels_).mean().reindex(found.index, fill_value=0).round(4)
    order = sorted(found.index, key=lambda number: (-means[number], *found.loc[number].round(6)))
    found = found.loc[order].assign(
        as_of_date=pd.to_datetime(sample["as_of_date"]).iloc[0], cluster_number=range(1, len(order) + 1)
    )
    return found.melt(
        ["as_of_date", "cluster_number"], var_name="feature_name", value_name="centroid"
    ).astype(COLUMN_TYPES)
