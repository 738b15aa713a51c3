"""K-means segments of the demo store against the shopper types that were planted in it."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from shops import ROOT
from sklearn.metrics import adjusted_rand_score, silhouette_score

sys.path.insert(0, str(ROOT / "tests" / "real_shops" / "evaluation"))
from segment_metrics import inertia_ratio, plain_agreement

TRUTH = Path(__file__).parent / "demo_truth"


@pytest.fixture(scope="module")
def users(demo_store):
    """Users who were seen, with the segment of each scheme and the planted type."""
    segments = demo_store.sql("""
        select
            segments.user_id,
            max(case when segments.scheme = 'rfm' then segments.segment_key end) as rfm,
            max(case when segments.scheme = 'lifecycle' then segments.segment_key end) as lifecycle,
            max(case when segments.scheme = 'kmeans' then segments.segment_key end) as kmeans,
            max(rfm.days_since_last_order) as recency,
            max(rfm.order_count) as frequency,
            max(rfm.net_revenue) as monetary
        from seg__user_segments as segments
        inner join seg__user_rfm as rfm on segments.user_id = rfm.user_id
        inner join int_seg__users_to_segment as users on segments.user_id = users.user_id
        where users.has_been_seen
        group by segments.user_id
        order by segments.user_id
    """).df()
    truth = pd.read_csv(TRUTH / "users.csv", dtype={"user_id": str})
    return segments.merge(truth[["user_id", "shopper_type"]], on="user_id")


@pytest.fixture(scope="module")
def kmeans_agreement(users):
    return adjusted_rand_score(users["shopper_type"], users["kmeans"])


def test_most_of_the_truth_is_met(users):
    assert len(users) > 1500


def test_kmeans_finds_the_planted_types(kmeans_agreement):
    assert kmeans_agreement > 0.2


@pytest.mark.parametrize("scheme", ["rfm", "lifecycle"])
def test_kmeans_sees_more_of_the_types_than_rules_do(users, kmeans_agreement, scheme):
    assert kmeans_agreement > 1.75 * adjusted_rand_score(users["shopper_type"], users[scheme])


def test_kmeans_sees_more_than_recency_frequency_and_monetary_value_hold(users, kmeans_agreement):
    assert kmeans_agreement > 1.75 * plain_agreement(users)


def test_the_inertia_is_that_of_scikit_learn_on_all_rows(demo_store):
    assert inertia_ratio(demo_store) <= 1.01


def test_every_user_is_nearest_to_the_own_centroid(demo_store):
    features = demo_store.sql("select * from int_seg__cluster_features order by user_id").df()
    centroids = demo_store.sql("select * from int_seg__cluster_centroids order by cluster_number").df()
    assigned = demo_store.sql("select * from int_seg__cluster_assignments order by user_id").df()
    names = [name for name in features.columns if name.startswith("scaled_")]
    differences = features[names].to_numpy()[:, None, :] - centroids[names].to_numpy()[None]
    distances = np.sqrt((differences**2).sum(axis=2))
    assert (assigned["cluster_number"].to_numpy() == distances.argmin(axis=1) + 1).all()
    ordered = np.sort(distances, axis=1)
    assert assigned["confidence"].to_numpy() == pytest.approx(1 - ordered[:, 0] / ordered[:, 1], abs=1e-9)


def test_the_stated_silhouette_is_that_of_the_assigned_users(demo_store):
    rows = demo_store.sql("""
        select features.*, assignments.cluster_number
        from int_seg__cluster_features as features
        inner join int_seg__cluster_assignments as assignments on features.user_id = assignments.user_id
        where features.has_been_seen
    """).df()
    names = [name for name in rows.columns if name.startswith("scaled_")]
    stated = demo_store.sql("""
        select metric_value from seg__cluster_metrics where is_chosen and metric_name = 'silhouette'
    """).fetchall()[0][0]
    assert silhouette_score(rows[names], rows["cluster_number"]) == pytest.approx(stated, abs=0.002)


def test_segment_features_are_means_and_differences_in_standard_deviations(demo_store):
    values = demo_store.sql("""
        select users.*, segments.scheme, segments.segment_key
        from int_seg__users_to_segment as users
        inner join seg__user_segments as segments on users.user_id = segments.user_id
    """).df()
    stated = demo_store.sql("select * from seg__segment_features").df()
    for feature_name in ("net_revenue", "discount_share", "order_count", "browse_seconds_per_view"):
        of_users = values.loc[values["scheme"] == "rfm", feature_name].astype(float)
        found = stated[stated["feature_name"] == feature_name].set_index(["scheme", "segment_key"])
        # Known, or unknown, of too few users to be told.
        told = found[found["user_count"].notna()].index
        assert len(told) > 0.9 * len(found)
        means = values.groupby(["scheme", "segment_key"])[feature_name].mean().loc[told].dropna().sort_index()
        expected = (means - of_users.mean()) / of_users.std(ddof=0)
        assert found["mean"].dropna().sort_index().to_numpy() == pytest.approx(means.to_numpy(), abs=1e-6)
        assert found["standardized_difference"].dropna().sort_index().to_numpy() == pytest.approx(
            expected.to_numpy(), abs=1e-6
        )
