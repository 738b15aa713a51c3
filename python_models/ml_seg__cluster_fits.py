"""One row per number of clusters and metric, and one per chosen cluster and feature: the k-means fits.

Columns: as_of_date, record_type ('metric' or 'centroid'), cluster_count, cluster_number (centroids: 1 = most net
revenue per user; metrics: null), item_name (metric or feature), item_value, is_chosen.
"""

import threading

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

# dbt may run two Python models at once, and an import of scikit-learn that meets another finds half a module.
with threading.__dict__.setdefault("scikit_learn_import", threading.RLock()):
    from sklearn.cluster import KMeans
    from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score, silhouette_score

START_COUNT = 5  # k-means starts per number of clusters; a single bad one costs 20 % of inertia
SEARCH_ROWS = 20_000  # rows on which the numbers of clusters are compared
SILHOUETTE_ROWS = 5_000  # rows of the silhouette, whose cost is quadratic
FEWEST_CLUSTERS = 3  # the package chooses no fewer: two groups only tell busy users from quiet ones
FEATURE_PREFIX = "scaled_"
COLUMN_TYPES = {
    "as_of_date": "datetime64[us]",
    "record_type": "string",
    "cluster_count": "int64",
    "cluster_number": "Int64",
    "item_name": "string",
    "item_value": "float64",
    "is_chosen": "bool",
}


def model(dbt, session):
    sample = dbt.ref("int_seg__cluster_sample").order("user_id").df()
    cluster_count = dbt.config.meta_get("cluster_count")
    max_cluster_count = dbt.config.meta_get("max_cluster_count")
    random_seed = dbt.config.meta_get("random_seed")

    return cluster_fits(sample, cluster_count, max_cluster_count, random_seed)


def cluster_fits(
    sample: pd.DataFrame, cluster_count: int | None, max_cluster_count: int, random_seed: int
) -> pd.DataFrame:
    """Fit k-means for every number of clusters, choose one and return its centroids and all metrics, long.

    sample: as_of_date, net_revenue and standardized features (`scaled_...`, no nulls), ordered by user.
    cluster_count: fixes the number of clusters; None leaves it to `best_cluster_count`.
    Metrics are those of the search sample. Fewer distinct users than clusters: as many clusters as those.
    """
    features = [name for name in sample.columns if name.startswith(FEATURE_PREFIX)]
    points = sample[features].to_numpy(dtype=float)
    distinct_count = len(sample[features].drop_duplicates())
    if distinct_count == 0:
        return pd.DataFrame(columns=list(COLUMN_TYPES)).astype(COLUMN_TYPES)

    # One thread: the last digits of the fits would depend on the number of threads.
    with threadpool_limits(limits=1):
        search_points = random_rows(points, SEARCH_ROWS, random_seed)
        counts = candidate_counts(search_points, cluster_count, max_cluster_count, distinct_count)
        fits = {count: fit(search_points, count, random_seed) for count in counts}
        metrics = {count: fit_metrics(search_points, fits[count], random_seed) for count in counts}
        chosen_count = best_cluster_count(metrics, cluster_count)
        centroids = fits[chosen_count].cluster_centers_
        if len(search_points) < len(points):
            centroids = KMeans(chosen_count, init=centroids, n_init=1).fit(points).cluster_centers_
        centroids = centroids_by_revenue(centroids, points, sample["net_revenue"].to_numpy(dtype=float))

    metric_rows = [
        ("metric", count, None, name, value, count == chosen_count)
        for count in counts
        for name, value in metrics[count].items()
    ]
    centroid_rows = [
        ("centroid", chosen_count, number, feature.removeprefix(FEATURE_PREFIX), value, True)
        for number, centroid in enumerate(centroids, start=1)
        for feature, value in zip(features, centroid, strict=True)
    ]
    rows = pd.DataFrame(metric_rows + centroid_rows, columns=list(COLUMN_TYPES)[1:])
    rows.insert(0, "as_of_date", pd.to_datetime(sample["as_of_date"]).iloc[0])
    return rows.astype(COLUMN_TYPES)


def random_rows(points: np.ndarray, row_count: int, random_seed: int) -> np.ndarray:
    """At most `row_count` rows in their order."""
    if len(points) <= row_count:
        return points
    picked = np.random.default_rng(random_seed).choice(len(points), row_count, replace=False)
    return points[np.sort(picked)]


def candidate_counts(
    points: np.ndarray, cluster_count: int | None, max_cluster_count: int, distinct_count: int
) -> list[int]:
    """Numbers of clusters to fit: 2 to the largest allowed and the one that is asked for, as far as points reach."""
    if len(points) < distinct_count:
        distinct_count = len(np.unique(points, axis=0))
    wanted = {*range(2, max(max_cluster_count, 2) + 1), cluster_count or 2}
    return sorted({min(count, distinct_count) for count in wanted})


def fit(points: np.ndarray, cluster_count: int, random_seed: int) -> KMeans:
    """Source: Arthur & Vassilvitskii 2007 (k-means++), Lloyd 1982."""
    return KMeans(cluster_count, n_init=START_COUNT, random_state=random_seed).fit(points)


def fit_metrics(points: np.ndarray, fitted: KMeans, random_seed: int) -> dict[str, float]:
    """Inertia, and where they are defined (2 to n - 1 clusters) silhouette, Davies-Bouldin and Calinski-Harabasz."""
    metrics = {"inertia": float(fitted.inertia_)}
    found_count = len(np.unique(fitted.labels_))
    if 2 <= found_count < len(points):
        labelled = np.column_stack([points, fitted.labels_])
        judged = random_rows(labelled, SILHOUETTE_ROWS, random_seed)
        metrics["davies_bouldin"] = float(davies_bouldin_score(points, fitted.labels_))
        metrics["calinski_harabasz"] = float(calinski_harabasz_score(points, fitted.labels_))
        if len(np.unique(judged[:, -1])) >= 2:
            metrics["silhouette"] = float(silhouette_score(judged[:, :-1], judged[:, -1]))
    return metrics


def best_cluster_count(metrics: dict[int, dict[str, float]], cluster_count: int | None) -> int:
    """The number asked for, or the largest below it; else the best silhouette among 3 and more.

    Ties, and fits without a silhouette (as many clusters as points), go to the smaller number.
    """
    if cluster_count is not None:
        return max((count for count in metrics if count <= cluster_count), default=min(metrics))
    allowed = [count for count in metrics if count >= FEWEST_CLUSTERS] or list(metrics)
    return max(allowed, key=lambda count: (round(metrics[count].get("silhouette", -1.0), 6), -count))


def centroids_by_revenue(centroids: np.ndarray, points: np.ndarray, net_revenue: np.ndarray) -> np.ndarray:
    """The centroids by descending mean net revenue of their users, ties by their coordinates."""
    distances = (centroids**2).sum(axis=1) - 2 * points @ centroids.T
    nearest = distances.argmin(axis=1)
    user_counts = np.bincount(nearest, minlength=len(centroids))
    revenue = np.bincount(nearest, weights=net_revenue, minlength=len(centroids)) / np.maximum(user_counts, 1)
    order = sorted(range(len(centroids)), key=lambda i: (-round(revenue[i], 4), *centroids[i].round(6)))
    return centroids[order]
