"""The k-means fits against scikit-learn itself, on edge cases, and whatever the number of threads."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import ml_seg__cluster_fits as cluster_fits
import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, calinski_harabasz_score, davies_bouldin_score, silhouette_score

COLUMNS = [
    "as_of_date",
    "record_type",
    "cluster_count",
    "cluster_number",
    "item_name",
    "item_value",
    "is_chosen",
]


def sample_of(points, net_revenue=None, last_clusters=None, weights=None):
    points = np.asarray(points, dtype=float)
    sample = pd.DataFrame(points, columns=[f"scaled_f{i}" for i in range(points.shape[1])])
    sample.insert(0, "user_id", [f"u{i:06d}" for i in range(len(points))])
    sample["as_of_date"] = pd.Timestamp("2026-07-01")
    sample["last_cluster_number"] = np.nan if last_clusters is None else last_clusters
    sample["weight"] = 1.0 if weights is None else weights
    sample["net_revenue"] = np.zeros(len(points)) if net_revenue is None else net_revenue
    return sample


def blobs(center_count=4, rows_each=150, feature_count=5, spread=0.4, seed=7):
    rng = np.random.default_rng(seed)
    centers = rng.normal(0, 3, (center_count, feature_count))
    return np.vstack([rng.normal(center, spread, (rows_each, feature_count)) for center in centers])


def fits(points, cluster_count=None, max_cluster_count=8, net_revenue=None, last_clusters=None, weights=None):
    sample = sample_of(points, net_revenue, last_clusters, weights)
    return cluster_fits.cluster_fits(sample, cluster_count, max_cluster_count, 42)


def metrics_of(rows):
    metric_rows = rows[rows["record_type"] == "metric"]
    return metric_rows.pivot_table(index="cluster_count", columns="item_name", values="item_value")


def centroids_of(rows):
    centroid_rows = rows[rows["record_type"] == "centroid"]
    wide = centroid_rows.pivot_table(index="cluster_number", columns="item_name", values="item_value")
    return wide.to_numpy()


def chosen_of(rows):
    return rows.loc[rows["is_chosen"], "cluster_count"].unique().tolist()


def inertia(points, centroids):
    return ((points[:, None, :] - centroids[None]) ** 2).sum(axis=2).min(axis=1).sum()


def test_metrics_are_scikit_learns():
    points = blobs()
    metrics = metrics_of(fits(points))
    assert metrics.index.tolist() == list(range(2, 9))
    for count in (2, 4, 8):
        direct = KMeans(count, n_init=10, random_state=42).fit(points)
        assert metrics.loc[count, "inertia"] == pytest.approx(direct.inertia_, rel=1e-9)
        assert metrics.loc[count, "silhouette"] == pytest.approx(silhouette_score(points, direct.labels_))
        assert metrics.loc[count, "davies_bouldin"] == pytest.approx(
            davies_bouldin_score(points, direct.labels_)
        )
        assert metrics.loc[count, "calinski_harabasz"] == pytest.approx(
            calinski_harabasz_score(points, direct.labels_)
        )


def test_centroids_reach_the_stated_inertia():
    points = blobs(spread=1.5)
    rows = fits(points)
    (chosen,) = chosen_of(rows)
    assert inertia(points, centroids_of(rows)) == pytest.approx(metrics_of(rows).loc[chosen, "inertia"])


def test_no_start_is_bad():
    points = blobs(12, feature_count=3, seed=1)
    metrics = metrics_of(fits(points, max_cluster_count=12))
    for count in metrics.index:
        best = KMeans(count, n_init=25, random_state=1).fit(points).inertia_
        assert metrics.loc[count, "inertia"] < 1.02 * best


@pytest.mark.parametrize("center_count", [3, 5, 7])
def test_planted_groups_are_counted(center_count):
    points = blobs(center_count, feature_count=10, seed=center_count)
    assert chosen_of(fits(points)) == [center_count]


def test_the_package_never_chooses_only_two_groups():
    rows = fits(blobs(2, seed=1))
    metrics = metrics_of(rows)
    assert metrics["silhouette"].idxmax() == 2
    assert chosen_of(rows)[0] >= 3


def test_the_fewest_good_and_stable_groups_are_chosen():
    def metrics(**silhouette_and_stability):
        return {
            int(name[1:]): {"silhouette": silhouette, "silhouette_standard_error": 0.01, "stability": stability}
            for name, (silhouette, stability) in silhouette_and_stability.items()
        }

    best = cluster_fits.best_cluster_count
    smallest, none_is_both, kept = "smallest_good_and_stable", "best_of_stable", "kept"
    assert best(metrics(k3=(0.20, 0.9), k4=(0.295, 0.7), k5=(0.30, 0.9)), None) == (4, smallest)
    assert best(metrics(k3=(0.20, 0.9), k4=(0.295, 0.5), k5=(0.30, 0.9)), None) == (5, smallest)
    assert best(metrics(k3=(0.20, 0.5), k4=(0.295, 0.3), k5=(0.30, 0.4)), None) == (3, none_is_both), "the only stable one"
    assert best(metrics(k3=(0.30, 0.2), k4=(0.25, 0.9), k5=(0.20, 0.9)), None) == (4, none_is_both), "good is not stable"
    assert best(metrics(k3=(0.295, 0.9), k4=(0.30, 0.9), k5=(0.28, 0.6)), None, last_count=5) == (5, kept)
    assert best(metrics(k3=(0.295, 0.9), k4=(0.30, 0.9), k5=(0.26, 0.9)), None, last_count=5) == (3, smallest)
    assert best(metrics(k3=(0.295, 0.9), k4=(0.30, 0.9), k5=(0.28, 0.4)), None, last_count=5) == (5, kept)
    assert best(metrics(k3=(0.295, 0.9), k4=(0.30, 0.9)), None, last_count=7) == (3, smallest)
    assert best(metrics(k3=(0.295, 0.9), k4=(0.30, 0.9)), 4) == (4, "fixed")


def test_clear_groups_are_stable_and_one_cloud_is_not():
    clear = metrics_of(fits(blobs(4)))
    cloud = metrics_of(fits(np.random.default_rng(5).normal(size=(600, 5))))
    assert clear.loc[4, "stability"] > 0.99
    assert cloud.loc[4, "stability"] < 0.7
    assert clear.loc[4, "silhouette"] > 2 * clear.loc[4, "silhouette_shuffled"]
    assert cloud.loc[4, "silhouette"] < 1.1 * cloud.loc[4, "silhouette_shuffled"]


@pytest.mark.parametrize("seed", range(4))
def test_clusters_of_one_cloud_are_less_than_a_tenth_tighter_than_shuffled(seed):
    """What the warning of a build about clusters without groups goes by."""
    rows = fits(np.random.default_rng(seed).normal(size=(600, 8)))
    chosen = metrics_of(rows).loc[chosen_of(rows)[0]]
    assert chosen["silhouette"] < 1.1 * chosen["silhouette_shuffled"]


def test_the_gap_finds_the_planted_number():
    metrics = metrics_of(fits(blobs(4)))
    enough = [
        count for count in range(2, 8)
        if metrics.loc[count, "gap"] >= metrics.loc[count + 1, "gap"] - metrics.loc[count + 1, "gap_standard_error"]
    ]
    assert enough[0] == 4
    flat = metrics_of(fits(np.random.default_rng(5).uniform(size=(600, 2)) * [4, 1]))
    assert abs(flat.loc[2, "gap"]) < 0.15


def test_a_refit_keeps_the_last_clusters_unless_others_are_clearly_better():
    points = np.random.default_rng(3).normal(size=(800, 6))
    first = centroids_of(fits(points, cluster_count=5))
    nearest = ((points[:, None] - first[None]) ** 2).sum(axis=2).argmin(axis=1) + 1.0
    drawn = np.random.default_rng(4).integers(0, len(points), len(points))
    again = centroids_of(fits(points[drawn], cluster_count=5, last_clusters=nearest[drawn]))
    moved = ((points[drawn][:, None] - again[None]) ** 2).sum(axis=2).argmin(axis=1)
    without = KMeans(5, n_init=10, random_state=42).fit(points[drawn])
    assert inertia(points[drawn], again) <= 1.0051 * without.inertia_
    assert adjusted_rand_score(nearest[drawn], moved) >= adjusted_rand_score(nearest[drawn], without.labels_) - 1e-9
    # A bad start is not kept.
    bad = np.random.default_rng(6).integers(1, 6, len(points)).astype(float)
    clear = blobs(5)
    assert inertia(clear, centroids_of(fits(clear, cluster_count=5, last_clusters=bad[: len(clear)]))) == pytest.approx(
        KMeans(5, n_init=10, random_state=42).fit(clear).inertia_, rel=0.0051
    )


@pytest.mark.parametrize("pinned", [2, 5, 11])
def test_a_pinned_number_is_kept(pinned):
    rows = fits(blobs(), cluster_count=pinned)
    assert chosen_of(rows) == [pinned]
    assert len(centroids_of(rows)) == pinned


def test_clusters_are_numbered_by_revenue_per_user():
    points = blobs(4, rows_each=50, spread=0.1)
    net_revenue = np.repeat([10.0, 400.0, -3.0, 50.0], 50)
    centroids = centroids_of(fits(points, net_revenue=net_revenue))
    means = points.reshape(4, 50, -1).mean(axis=1)
    assert centroids == pytest.approx(means[[1, 3, 0, 2]])


def test_the_search_sample_serves_for_choosing_only(monkeypatch):
    points = blobs(4, rows_each=400, spread=1.0)
    whole = inertia(points, centroids_of(fits(points, cluster_count=4)))
    monkeypatch.setattr(cluster_fits, "SEARCH_ROWS", 300)
    monkeypatch.setattr(cluster_fits, "SILHOUETTE_ROWS", 100)
    refitted = fits(points, cluster_count=4)
    assert inertia(points, centroids_of(refitted)) == pytest.approx(whole, rel=1e-3)
    assert metrics_of(refitted).loc[4, "inertia"] < 0.3 * whole


def test_a_row_counts_as_often_as_its_weight_says():
    points = blobs(4, rows_each=60, spread=1.2)
    weights = np.random.default_rng(2).integers(1, 9, len(points))
    weighted = centroids_of(fits(points, cluster_count=4, weights=weights))
    direct = KMeans(4, n_init=20, random_state=0).fit(points, sample_weight=weights).inertia_
    distances = ((points[:, None] - weighted[None]) ** 2).sum(axis=2).min(axis=1)
    assert (distances * weights).sum() == pytest.approx(direct, rel=1e-6)
    assert inertia(points, weighted) > inertia(points, centroids_of(fits(points, cluster_count=4))) + 1


def test_metrics_speak_of_users_and_not_of_rows():
    """Ten thousand users of whom 500 stand in the sample, and a hundred who all do."""
    weights = np.repeat([20.0, 1.0], [500, 100])
    searched = cluster_fits.drawn_rows(weights, 20_000, 42)
    assert len(searched) == weights.sum() // 20
    assert (searched >= 500).sum() <= 20


def test_no_rows_give_an_empty_typed_table():
    rows = fits(np.empty((0, 3)))
    assert len(rows) == 0
    assert rows.columns.tolist() == COLUMNS
    assert rows.dtypes.astype(str).to_dict() == fits(blobs()).dtypes.astype(str).to_dict()


@pytest.mark.parametrize("row_count", [1, 40])
def test_users_who_are_all_alike_make_one_cluster(row_count):
    rows = fits(np.full((row_count, 3), 0.5))
    assert chosen_of(rows) == [1]
    assert centroids_of(rows).tolist() == [[0.5, 0.5, 0.5]]
    assert metrics_of(rows)["inertia"].tolist() == [0.0]


@pytest.mark.parametrize(("distinct_count", "pinned"), [(2, None), (3, None), (4, 6), (2, 5)])
@pytest.mark.parametrize("copies", [1, 10])
def test_there_are_no_more_clusters_than_distinct_users(distinct_count, pinned, copies):
    points = np.tile(np.arange(distinct_count * 2.0).reshape(-1, 2), (copies, 1))
    rows = fits(points, cluster_count=pinned)
    assert rows["cluster_count"].max() == distinct_count
    assert not rows["item_value"].isna().any()
    if pinned:
        assert chosen_of(rows) == [distinct_count]


def test_constant_features_change_nothing():
    points = blobs()
    with_constant = np.column_stack([points, np.zeros(len(points))])
    plain, constant = fits(points), fits(with_constant)
    assert chosen_of(plain) == chosen_of(constant)
    assert centroids_of(constant)[:, :-1] == pytest.approx(centroids_of(plain))
    assert (centroids_of(constant)[:, -1] == 0).all()


def test_no_value_is_missing():
    rows = fits(np.random.default_rng(0).normal(size=(30, 4)))
    assert np.isfinite(rows["item_value"]).all()
    assert rows["cluster_number"].isna().tolist() == (rows["record_type"] != "centroid").tolist()


def fits_digest():
    points = np.random.default_rng(11).normal(size=(4000, 13))
    rows = fits(points).astype({"cluster_number": "float64"})
    return hashlib.md5(rows.to_csv(float_format="%.17g").encode()).hexdigest()


def test_fits_do_not_depend_on_the_number_of_threads():
    here = Path(__file__).parent
    paths = os.pathsep.join([str(here), *filter(None, sys.path)])
    digests = set()
    for threads in ("1", "2", "4"):
        env = {**os.environ, "PYTHONPATH": paths, "OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads}
        command = [sys.executable, "-c", "import test_cluster_fits; print(test_cluster_fits.fits_digest())"]
        digests.add(subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout)
    assert len(digests) == 1
