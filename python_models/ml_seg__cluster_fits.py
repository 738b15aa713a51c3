"""One row per number of clusters and metric, one per chosen cluster and feature, one for the rule that chose.

A refit starts from the users' last clusters as well, and keeps them where nothing else is clearly better: segments
that change at each refit are of no use.

Columns: as_of_date, record_type ('metric', 'centroid' or 'rule'), cluster_count, cluster_number (centroids: 1 = most
net revenue per user; else null), item_name (metric, feature or rule), item_value (rule: 1), is_chosen.
"""

import threading

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

# dbt may run two Python models at once, and an import of scikit-learn that meets another finds half a module.
with threading.__dict__.setdefault("scikit_learn_import", threading.RLock()):
    from sklearn.cluster import KMeans
    from sklearn.metrics import (
        adjusted_rand_score,
        calinski_harabasz_score,
        davies_bouldin_score,
        silhouette_samples,
        silhouette_score,
    )

START_COUNT = 10  # k-means starts per number of clusters; a single bad one costs 20 % of inertia
SEARCH_ROWS = 20_000  # rows on which the numbers of clusters are compared
SILHOUETTE_ROWS = 5_000  # rows of the silhouette, whose cost is quadratic
TRIAL_ROWS = 2_000  # rows of the metrics that need many fits
TRIAL_STARTS = 2
BOOTSTRAP_COUNT = 10  # refits of the stability
REFERENCE_COUNT = 5  # data sets without groups, of the gap and of the shuffled silhouette
STABLE = 0.6  # mean adjusted Rand index from which a fit is stable
STABLE_SHARE = 0.9  # of the best stability: stable where no fit reaches the bound
LASTING_SHARE = 0.9  # of the best silhouette: the last number of clusters stays
CONTINUITY = 1.005  # a refit goes on from the last clusters until its inertia is so near that of a fresh fit
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

    return session.from_df(cluster_fits(sample, cluster_count, max_cluster_count, random_seed))


def cluster_fits(
    sample: pd.DataFrame, cluster_count: int | None, max_cluster_count: int, random_seed: int
) -> pd.DataFrame:
    """Fit k-means for every number of clusters, choose one and return its centroids and all metrics, long.

    sample: as_of_date, net_revenue, last_cluster_number (null without an earlier fit), weight (users that a row stands
    for) and standardized features (`scaled_...`, no nulls), ordered by user.
    cluster_count: fixes the number of clusters; None leaves it to `best_cluster_count`.
    Numbers are compared on a search sample, in which every user has the same chance; metrics are those of it. The
    chosen fit goes on from there on all rows by their weights. Fewer distinct users than clusters: as many clusters.
    """
    features = [name for name in sample.columns if name.startswith(FEATURE_PREFIX)]
    points = sample[features].to_numpy(dtype=float)
    distinct_count = len(sample[features].drop_duplicates())
    if distinct_count == 0:
        return pd.DataFrame(columns=list(COLUMN_TYPES)).astype(COLUMN_TYPES)

    # One thread: the last digits of the fits would depend on the number of threads.
    with threadpool_limits(limits=1):
        weights = sample["weight"].to_numpy(dtype=float)
        searched = drawn_rows(weights, SEARCH_ROWS, random_seed)
        search_points = points[searched]
        last_clusters = sample["last_cluster_number"].to_numpy(dtype=float)[searched]
        last_count, last_centroids = last_means(search_points, last_clusters)
        counts = candidate_counts(search_points, cluster_count, max_cluster_count, distinct_count)
        fits = {count: fit(search_points, count, random_seed) for count in counts}
        if last_count in fits:
            fits[last_count] = continued(search_points, last_centroids, fits[last_count])
        metrics = {count: fit_metrics(search_points, fits[count], random_seed) for count in counts}
        chosen_count, rule = best_cluster_count(metrics, cluster_count, last_count)
        centroids = fits[chosen_count].cluster_centers_
        if len(search_points) < len(points):
            steps = fits[chosen_count].max_iter
            whole = KMeans(chosen_count, init=centroids, n_init=1, max_iter=steps).fit(points, sample_weight=weights)
            centroids = whole.cluster_centers_
        net_revenue = sample["net_revenue"].to_numpy(dtype=float)
        centroids = centroids_by_revenue(centroids, points, net_revenue, weights)

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
    rule_rows = [("rule", chosen_count, None, rule, 1.0, True)]
    rows = pd.DataFrame(metric_rows + centroid_rows + rule_rows, columns=list(COLUMN_TYPES)[1:])
    rows.insert(0, "as_of_date", pd.to_datetime(sample["as_of_date"]).iloc[0])
    return rows.astype(COLUMN_TYPES)


def drawn_rows(weights: np.ndarray, row_count: int, random_seed: int) -> np.ndarray:
    """Places of at most `row_count` rows, drawn by their weights so that each user has the same chance again."""
    # A row that stands for the most users is drawn once at most.
    row_count = min(row_count, int(weights.sum() / weights.max() + 1e-9))
    if row_count == len(weights):
        return np.arange(len(weights))
    rng = np.random.default_rng(random_seed)
    return np.sort(rng.choice(len(weights), row_count, replace=False, p=weights / weights.sum()))


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


def last_means(points: np.ndarray, last_clusters: np.ndarray) -> tuple[int, np.ndarray]:
    """How many of the last fit's clusters still have users, and where these users are now."""
    numbers = np.unique(last_clusters[~np.isnan(last_clusters)])
    return len(numbers), np.array([points[last_clusters == number].mean(axis=0) for number in numbers])


def continued(points: np.ndarray, last_centroids: np.ndarray, fresh: KMeans) -> KMeans:
    """As few steps on from the last centroids as bring the inertia near the fresh fit's; else the fresh fit.

    Users change their segment because they have changed, not because k-means found another optimum as good.
    """
    steps = 1
    while steps <= fresh.max_iter:
        fitted = KMeans(len(last_centroids), init=last_centroids, n_init=1, max_iter=steps).fit(points)
        if fitted.inertia_ <= CONTINUITY * fresh.inertia_:
            return fitted
        steps *= 2
    return fresh


def fit_metrics(points: np.ndarray, fitted: KMeans, random_seed: int) -> dict[str, float]:
    """Inertia, and where they are defined (2 to n - 1 clusters) what tells good numbers of clusters from bad ones."""
    metrics = {"inertia": float(fitted.inertia_)}
    found_count = len(np.unique(fitted.labels_))
    if 2 <= found_count < len(points):
        labelled = np.column_stack([points, fitted.labels_])
        judged = random_rows(labelled, SILHOUETTE_ROWS, random_seed)
        metrics["davies_bouldin"] = float(davies_bouldin_score(points, fitted.labels_))
        metrics["calinski_harabasz"] = float(calinski_harabasz_score(points, fitted.labels_))
        if len(np.unique(judged[:, -1])) >= 2:
            silhouettes = silhouette_samples(judged[:, :-1], judged[:, -1])
            metrics["silhouette"] = float(silhouettes.mean())
            metrics["silhouette_standard_error"] = float(silhouettes.std() / np.sqrt(len(silhouettes)))
        trial = random_rows(points, TRIAL_ROWS, random_seed)
        if found_count < len(np.unique(trial, axis=0)):
            metrics |= trial_metrics(trial, fitted, random_seed)
    return metrics


def trial_metrics(points: np.ndarray, fitted: KMeans, random_seed: int) -> dict[str, float]:
    """Stability under resampling, the gap to data without groups, and the silhouette that shuffled data would have.

    stability: mean adjusted Rand index of the fit with refits on bootstraps (Hennig 2007).
    gap: how much smaller the log of the inertia is than that of uniform points in the box along the principal axes
    (Tibshirani, Walther & Hastie 2001); gap_standard_error as there.
    silhouette_shuffled: mean silhouette of k-means on the points with every column permuted on its own.
    """
    rng = np.random.default_rng(random_seed)
    count = fitted.n_clusters
    labels = fitted.predict(points)

    agreements = []
    for _ in range(BOOTSTRAP_COUNT):
        drawn = points[rng.integers(0, len(points), len(points))]
        refitted = trial_fit(drawn, min(count, len(np.unique(drawn, axis=0))), random_seed)
        agreements.append(adjusted_rand_score(labels, refitted.predict(points)))

    centred = points - points.mean(axis=0)
    axes = np.linalg.svd(centred, full_matrices=False)[2]
    along = centred @ axes.T
    references, shuffled = [], []
    for _ in range(REFERENCE_COUNT):
        uniform = rng.uniform(along.min(axis=0), along.max(axis=0), along.shape)
        references.append(np.log(max(trial_fit(uniform, count, random_seed).inertia_, 1e-12)))
        mixed = rng.permuted(points, axis=0)
        found = trial_fit(mixed, min(count, len(np.unique(mixed, axis=0))), random_seed).labels_
        judged = random_rows(np.column_stack([mixed, found]), TRIAL_ROWS // 2, random_seed)
        if 2 <= len(np.unique(judged[:, -1])) < len(judged):
            shuffled.append(silhouette_score(judged[:, :-1], judged[:, -1]))
    own = np.log(max(trial_fit(points, count, random_seed).inertia_, 1e-12))

    metrics = {
        "stability": float(np.mean(agreements)),
        "gap": float(np.mean(references) - own),
        "gap_standard_error": float(np.std(references) * np.sqrt(1 + 1 / REFERENCE_COUNT)),
    }
    if shuffled:
        metrics["silhouette_shuffled"] = float(np.mean(shuffled))
    return metrics


def trial_fit(points: np.ndarray, cluster_count: int, random_seed: int) -> KMeans:
    return KMeans(cluster_count, n_init=TRIAL_STARTS, random_state=random_seed).fit(points)


def best_cluster_count(
    metrics: dict[int, dict[str, float]], cluster_count: int | None, last_count: int = 0
) -> tuple[int, str]:
    """The number of clusters and the rule that chose it.

    The number asked for, or the largest below it; else the smallest of 3 and more that is both good and stable.

    Good: a silhouette within one standard error of the best (the rule of Breiman et al. 1984 for trees). Stable: a
    stability of at least 0.6 or, where none reaches it, of 90 % of the best. The last fit's number is kept while it
    has 90 % of the best silhouette: how stable fresh fits are says nothing of one that goes on from the last clusters.
    Where none is both good and stable: the best silhouette of the stable ones.
    Fits without these metrics (as many clusters as points) count as neither; ties go to the smaller.
    """
    if cluster_count is not None:
        return max((count for count in metrics if count <= cluster_count), default=min(metrics)), "fixed"
    allowed = [count for count in metrics if count >= FEWEST_CLUSTERS] or list(metrics)
    silhouette = {count: round(metrics[count].get("silhouette", -1.0), 6) for count in allowed}
    stability = {count: round(metrics[count].get("stability", -1.0), 6) for count in allowed}
    best_count = max(allowed, key=lambda count: (silhouette[count], -count))
    good = silhouette[best_count] - metrics[best_count].get("silhouette_standard_error", 0.0)
    best_stability = max(stability.values())
    bound = STABLE if best_stability >= STABLE else STABLE_SHARE * best_stability
    stable = [count for count in allowed if stability[count] >= bound] or allowed
    both = [count for count in stable if silhouette[count] >= good]
    if last_count in allowed and silhouette[last_count] >= LASTING_SHARE * silhouette[best_count]:
        return last_count, "kept"
    if both:
        return min(both), "smallest_good_and_stable"
    return max(stable, key=lambda count: (silhouette[count], -count)), "best_of_stable"


def centroids_by_revenue(
    centroids: np.ndarray, points: np.ndarray, net_revenue: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """The centroids by descending mean net revenue of their users, ties by their coordinates."""
    distances = (centroids**2).sum(axis=1) - 2 * points @ centroids.T
    nearest = distances.argmin(axis=1)
    user_counts = np.bincount(nearest, weights=weights, minlength=len(centroids))
    revenue_sums = np.bincount(nearest, weights=weights * net_revenue, minlength=len(centroids))
    # A cluster without a user would divide by nought.
    revenue = revenue_sums / np.where(user_counts > 0, user_counts, 1)
    order = sorted(range(len(centroids)), key=lambda i: (-round(revenue[i], 4), *centroids[i].round(6)))
    return centroids[order]
