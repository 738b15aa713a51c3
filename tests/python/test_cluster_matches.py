"""Which segment each new cluster follows, on hand-made overlaps."""

import ml_seg__cluster_matches as cluster_matches
import pandas as pd
import pytest


def matches(*overlaps):
    rows = pd.DataFrame(overlaps, columns=["cluster_number", "last_segment_key", "user_count"])
    found = cluster_matches.cluster_matches(rows.sort_values(["cluster_number", "last_segment_key"]))
    return {row.cluster_number: (row.last_segment_key, row.overlap) for row in found.itertuples()}


def test_permuted_clusters_find_their_segments():
    assert matches((1, "b", 10), (2, "c", 5), (3, "a", 7)) == {1: ("b", 1.0), 2: ("c", 1.0), 3: ("a", 1.0)}


def test_the_assignment_is_optimal_as_a_whole():
    # Each cluster's own best segment is a; together they overlap most when the second follows b.
    found = matches((1, "a", 60), (2, "a", 50), (2, "b", 45))
    assert {number: key for number, (key, _) in found.items()} == {1: "a", 2: "b"}
    assert found[1][1] == pytest.approx(60 / (60 + 110 - 60))


def test_of_two_halves_the_larger_follows():
    assert set(matches((1, "a", 60), (2, "a", 40))) == {1}


def test_a_weak_overlap_is_another_group():
    assert matches((1, "a", 10), (1, "b", 90), (2, "a", 10), (2, "b", 60)) == {1: ("b", pytest.approx(90 / 160))}


def test_schemes_are_matched_each_for_itself():
    overlaps = pd.DataFrame(
        [("hierarchical", 1, "hierarchical_2", 5), ("kmeans", 1, "kmeans_1", 9), ("kmeans", 2, "kmeans_3", 2)],
        columns=["scheme", "cluster_number", "last_segment_key", "user_count"],
    )
    found = cluster_matches.matches_by_scheme(overlaps)
    assert found.to_numpy().tolist() == [
        ["hierarchical", 1, "hierarchical_2", 1.0], ["kmeans", 1, "kmeans_1", 1.0], ["kmeans", 2, "kmeans_3", 1.0],
    ]
    assert cluster_matches.matches_by_scheme(overlaps.head(0)).dtypes.equals(found.dtypes)


def test_nothing_to_match():
    found = cluster_matches.cluster_matches(pd.DataFrame(columns=["cluster_number", "last_segment_key", "user_count"]))
    assert len(found) == 0 and found.columns.tolist() == ["cluster_number", "last_segment_key", "overlap"]
