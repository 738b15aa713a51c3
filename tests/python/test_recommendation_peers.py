"""The figures of the recommendation evaluation and the peers' arithmetic, on values worked out by hand."""

import sys

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix
from shops import ROOT

sys.path.insert(0, str(ROOT / "tests" / "real_shops" / "evaluation"))
sys.path.insert(0, str(ROOT / "tests" / "real_shops"))
import evaluate_recommendations
import list_metrics
import package_recommendations
import peer_recommenders


def test_a_list_is_measured_against_all_targets_and_no_list_gains_nothing():
    lists = pd.DataFrame({
        "user_id": ["a"] * 3 + ["b"], "product_id": ["x", "y", "z", "x"], "recommendation_rank": [1, 2, 3, 11],
    })
    targets = pd.DataFrame({"user_id": ["a", "a", "b", "c"], "product_id": ["y", "z", "x", "x"]})
    found = list_metrics.user_metrics(lists, targets)
    # (1 / log2(3) + 1 / log2(4)) / (1 / log2(2) + 1 / log2(3))
    assert found.loc["a"].tolist() == pytest.approx([0.693426, 1, 1], abs=1e-6)
    # An eleventh place is not seen; c has no list.
    assert found.loc[["b", "c"]].to_numpy().sum() == 0


def test_the_ideal_list_holds_ten_of_more_targets():
    products = [str(number) for number in range(20)]
    targets = pd.DataFrame({"user_id": "a", "product_id": products})
    lists = pd.DataFrame({"user_id": "a", "product_id": products[:10], "recommendation_rank": range(1, 11)})
    assert list_metrics.user_metrics(lists, targets).loc["a"].tolist() == pytest.approx([1, 1, 0.5])


def test_an_interval_without_the_nought_decides():
    value, low, high = list_metrics.interval(np.tile([0.1, 0.3], 200))
    assert value == pytest.approx(0.2)
    assert low < value < high
    assert [list_metrics.verdict(*ends) for ends in [(0.1, 0.2), (-0.2, -0.1), (-0.1, 0.1)]] == ["ahead", "behind", "level"]


def test_ease_equals_the_closed_form_worked_out_by_hand():
    # X'X + I = [[3, 1], [1, 2]]; P = [[2, -1], [-1, 3]] / 5; B = [[0, 1 / 3], [1 / 2, 0]]
    matrix = csr_matrix([[1.0, 0], [1, 1]])
    scores = peer_recommenders.ease(matrix, penalty=1.0)(np.arange(2))
    assert scores == pytest.approx(np.array([[0, 1 / 3], [1 / 2, 1 / 3]]))


@pytest.mark.parametrize("shape", [(6, 15), (15, 6)])
def test_ease_is_each_product_regressed_on_the_others_whichever_system_is_smaller(shape):
    matrix = np.random.default_rng(3).poisson(0.5, shape).astype(float)
    scores = peer_recommenders.ease(csr_matrix(matrix), penalty=2.0)(np.arange(shape[0]))
    for product in range(shape[1]):
        others = np.delete(matrix, product, axis=1)
        weights = np.linalg.solve(others.T @ others + 2 * np.eye(shape[1] - 1), others.T @ matrix[:, product])
        assert scores[:, product] == pytest.approx(others @ weights, abs=1e-8)


def test_equal_scores_are_decided_by_popularity_and_what_was_bought_is_left_out():
    scores = np.array([[0, 5.0, 0, 5, 0]])
    bought = csr_matrix([[0, 1.0, 0, 0, 0]])
    assert peer_recommenders.best_products(scores, None, 3).tolist() == [[1, 3, 0]]
    assert peer_recommenders.best_products(scores, bought, 5).tolist() == [[3, 0, 2, 4, -1]]


def test_favourites_are_the_most_frequent_and_of_those_the_latest():
    counts, days_ago = csr_matrix([[2.0, 3, 2, 0]]), csr_matrix([[9.0, 400, 3, 0]])
    scores = peer_recommenders.favourites(counts, days_ago)(np.array([0]))
    assert peer_recommenders.best_products(scores, None, 4).tolist() == [[1, 2, 0, 3]]


def test_a_user_without_a_list_is_shown_what_is_popular():
    lists = pd.DataFrame({"user_id": ["a", "b"], "product_id": ["x", "x"], "recommendation_rank": [1, 1]})
    popular = pd.DataFrame({"product_id": ["p"], "recommendation_rank": [1]})
    found = package_recommendations.complete(lists, popular, ["a", "c"])
    assert found[["user_id", "product_id"]].to_numpy().tolist() == [["a", "x"], ["c", "p"]]


def test_the_readme_shows_the_peer_with_the_highest_ndcg_of_each_mode_and_what_lies_between():
    of_users = {"package": [1.0, 0.5], "popular": [0.4, 0.1], "ease": [0.6, 0.3]}
    better = pd.DataFrame([
        {"user_id": user, "method": method, "mode": "repeats", "is_known": True, "ndcg": ndcg}
        for method, values in of_users.items() for user, ndcg in zip("ab", values, strict=True)
    ])
    rows = evaluate_recommendations.summary_rows({"title": "Shop", "horizon_days": 30}, better)
    assert rows == [
        "| Shop, 30 days | repeats allowed, 2 users | 0.750 (0.500-1.000) | 0.450 (0.300-0.600) EASE "
        "| +0.300 (+0.200 to +0.400) | ahead |"
    ]
