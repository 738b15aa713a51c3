"""Reasons of the demo store's users, beside the distances and the rules that they are the reasons for."""

import numpy as np
import pytest


@pytest.fixture(scope="module")
def reasons(demo_store):
    return demo_store.sql("select * from seg__user_segment_reasons order by user_id, scheme, reason_rank").df()


def wide(demo_store, relation, key):
    table = demo_store.sql(f"select * from {relation}").df().set_index(key)
    return table[sorted(name for name in table.columns if name.startswith("scaled_"))]


def test_cluster_reasons_are_the_largest_parts_of_the_difference_between_the_two_distances(demo_store, reasons):
    assignments = demo_store.sql("select * from int_seg__cluster_assignments order by user_id").df()
    points = wide(demo_store, "int_seg__cluster_features", "user_id").loc[assignments["user_id"]]
    centroids = wide(demo_store, "int_seg__cluster_centroids", "cluster_number")
    distances = np.linalg.norm(points.to_numpy()[:, None] - centroids.to_numpy()[None], axis=2)
    order = distances.argsort(axis=1)
    own, second = centroids.to_numpy()[order[:, 0]], centroids.to_numpy()[order[:, 1]]
    assert (centroids.index[order[:, 0]] == assignments["cluster_number"]).all()
    assert (centroids.index[order[:, 1]] == assignments["second_cluster_number"]).all()

    parts = (points - second) ** 2 - (points - own) ** 2
    parts.columns = parts.columns.str.removeprefix("scaled_")
    of_clusters = reasons[reasons["scheme"] == "kmeans"].groupby("user_id")
    assert set(of_clusters.groups) == set(assignments["user_id"])
    for user_id, found in of_clusters:
        best = parts.loc[user_id].nlargest(3)
        best = best[best > 1e-9]
        np.testing.assert_allclose(found["contribution"], best, atol=1e-6)
        np.testing.assert_allclose(found["contribution"], parts.loc[user_id, found["feature_name"]], atol=1e-6)


def test_every_user_has_a_reason_for_what_a_rule_decided(demo_store, reasons):
    users = demo_store.sql("select count(distinct user_id) from seg__user_segments").fetchall()[0][0]
    for scheme in ["rfm", "lifecycle"]:
        assert reasons.loc[reasons["scheme"] == scheme, "user_id"].nunique() == users


def test_reasons_name_the_segment_that_the_user_is_in(demo_store, reasons):
    segments = demo_store.sql("select user_id, scheme, segment_key from seg__user_segments").df()
    both = reasons.merge(segments, on=["user_id", "scheme"], suffixes=("", "_own"))
    assert len(both) == len(reasons) and (both["segment_key"] == both["segment_key_own"]).all()


def test_ranks_have_no_gaps(reasons):
    ranks = reasons.groupby(["user_id", "scheme"])["reason_rank"].agg(["min", "max", "count"])
    assert (ranks["min"] == 1).all() and (ranks["max"] == ranks["count"]).all() and ranks["max"].max() <= 3


@pytest.mark.parametrize("stage, low, high", [("active", 1, 90), ("at_risk", 91, 179), ("lapsed", 180, 10_000), ("won_back", 1, 90)])
def test_lifecycle_reasons_hold(reasons, stage, low, high):
    first = reasons[(reasons["segment_key"] == stage) & (reasons["scheme"] == "lifecycle") & (reasons["reason_rank"] == 1)]
    assert len(first) and first["feature_value"].between(low, high).all()
