"""K-means with the search for the number of clusters."""

from typing import NamedTuple

import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score, silhouette_score

from peers.shared.definitions import SEED

MAX_FITTED_ROWS, SEARCH_ROWS, SILHOUETTE_ROWS, MOST_CLUSTERS = 200_000, 20_000, 5_000, 8


class Clusters(NamedTuple):
    label: np.ndarray
    confidence: np.ndarray
    metrics: list[dict[str, float]]


def fit_clusters(points: np.ndarray, is_seen: np.ndarray, revenue: np.ndarray) -> Clusters:
    """One cluster for each row, 1 having the largest mean revenue; only rows of users that were seen shape them."""
    generator = np.random.default_rng(SEED)
    sample = points[generator.permutation(np.flatnonzero(is_seen))[:MAX_FITTED_ROWS]]
    search = sample[:SEARCH_ROWS]
    judged = generator.permutation(len(search))[:SILHOUETTE_ROWS]
    fits, metrics = {}, []
    for count in range(2, MOST_CLUSTERS + 1):
        fits[count] = KMeans(count, n_init=5, random_state=SEED).fit(search)
        labels = fits[count].labels_
        metrics.append(
            {
                "cluster_count": count,
                "inertia": fits[count].inertia_,
                "davies_bouldin": davies_bouldin_score(search, labels),
                "calinski_harabasz": calinski_harabasz_score(search, labels),
                "silhouette": silhouette_score(search[judged], labels[judged]),
            }
        )
    eligible = [row for row in metrics if row["cluster_count"] >= 3]
    chosen = max(eligible, key=lambda row: row["silhouette"])["cluster_count"]
    fitted = KMeans(chosen, init=fits[chosen].cluster_centers_, n_init=1).fit(sample)
    labels = fitted.predict(points)
    distances = np.sort(fitted.transform(points), axis=1)
    confidence = 1 - distances[:, 0] / np.where(distances[:, 1] == 0, np.nan, distances[:, 1])
    sizes = np.bincount(labels, minlength=chosen)
    mean_revenue = np.bincount(labels, revenue, minlength=chosen) / np.maximum(sizes, 1)
    rank = np.empty(chosen, int)
    rank[np.argsort(-mean_revenue, kind="stable")] = np.arange(1, chosen + 1)
    return Clusters(rank[labels], confidence, metrics)
