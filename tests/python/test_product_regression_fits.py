"""The regression of products on products against one computed from the users' affinities themselves."""

import ml_seg__product_regression_fits as regression_fits
import numpy as np
import pandas as pd
import pytest

PENALTY = 20
ALL = 1000


def regression_rows(affinities: np.ndarray) -> pd.DataFrame:
    """The rows of int_seg__product_regression_rows for users x products; product numbers are 10 x place, of 1 and more."""
    gram = affinities.T @ affinities
    shared = (affinities > 0).astype(int).T @ (affinities > 0).astype(int)
    # As the model: the product that most users know is first, the lower number where as many do.
    ranks = np.empty(len(gram), dtype=int)
    ranks[np.lexsort((np.arange(len(gram)), -np.diag(shared)))] = np.arange(1, len(gram) + 1)
    rows = [
        {
            "length_rank": ranks[first], "other_length_rank": ranks[second],
            "product_number": 10 * (first + 1), "other_product_number": 10 * (second + 1),
            "shared_affinity": gram[first, second], "user_count": shared[first, second],
        }
        for first in range(len(gram)) for second in range(first, len(gram)) if shared[first, second]
    ]
    return pd.DataFrame(rows).sort_values(["length_rank", "other_length_rank"], ignore_index=True)


def plain_weights(affinities: np.ndarray, penalty: float) -> np.ndarray:
    """Ridge regressions, one per product on all others, by the normal equations: no inverse of the whole is shared."""
    count = affinities.shape[1]
    unit = (affinities**2).sum() / (affinities > 0).sum()
    weights = np.zeros((count, count))
    for target in range(count):
        others = np.arange(count) != target
        explaining = affinities[:, others]
        weights[others, target] = np.linalg.solve(
            explaining.T @ explaining + penalty * unit * np.eye(count - 1), explaining.T @ affinities[:, target]
        )
    return weights


def wide(fits: pd.DataFrame, count: int) -> np.ndarray:
    weights = np.zeros((count, count))
    weights[fits["product_number"] // 10 - 1, fits["other_product_number"] // 10 - 1] = fits["weight"]
    return weights


def random_affinities(user_count=400, product_count=15, seed=5) -> np.ndarray:
    """Two kinds of users, one for products of even places, one for those of odd: likings that speak for and against."""
    random = np.random.default_rng(seed)
    is_of_kind = np.arange(user_count)[:, None] % 2 == np.arange(product_count) % 2
    liked = random.random((user_count, product_count)) < random.uniform(0.05, 0.5, product_count) * (0.2 + 1.8 * is_of_kind)
    return liked * random.integers(1, 300, (user_count, product_count)).astype(float)


@pytest.mark.parametrize("penalty", [0.5, PENALTY, 500])
def test_weights_are_those_of_a_ridge_regression_of_each_product_on_the_others(penalty):
    affinities = random_affinities()
    expected = plain_weights(affinities, penalty)
    fits = regression_fits.fit(regression_rows(affinities), penalty, ALL)
    assert wide(fits, 15) == pytest.approx(np.where(np.abs(expected) > 1e-6, expected, 0), abs=1e-9)
    assert (fits["weight"] > 0).sum() > 20
    assert (fits["weight"] < 0).any()
    assert not fits.duplicated(["product_number", "other_product_number"]).any()


def test_weights_are_those_of_ease_in_closed_form():
    affinities = random_affinities(seed=6)
    unit = (affinities**2).sum() / (affinities > 0).sum()
    precision = np.linalg.inv(affinities.T @ affinities + PENALTY * unit * np.eye(15))
    expected = -precision / np.diag(precision)
    np.fill_diagonal(expected, 0)
    found = wide(regression_fits.fit(regression_rows(affinities), PENALTY, ALL), 15)
    assert found == pytest.approx(np.where(np.abs(expected) > 1e-6, expected, 0), abs=1e-9)
    assert (np.diag(found) == 0).all()


def test_the_penalty_is_in_users_whatever_the_unit_of_affinities():
    affinities = random_affinities()
    found = wide(regression_fits.fit(regression_rows(affinities), PENALTY, ALL), 15)
    in_other_units = wide(regression_fits.fit(regression_rows(100 * affinities), PENALTY, ALL), 15)
    assert in_other_units == pytest.approx(found, abs=1e-9)


def test_what_is_liked_for_the_sake_of_a_third_product_is_no_neighbour():
    """A and B are each bought with C and are otherwise strangers: near by cosine, not by regression."""
    random = np.random.default_rng(9)
    third = random.random(20000) < 0.3
    first, second = (third & (random.random(20000) < 0.8) for _ in range(2))
    affinities = np.column_stack([first, second, third]).astype(float)
    cosine = (first & second).sum() / np.sqrt(first.sum() * second.sum())
    weights = wide(regression_fits.fit(regression_rows(affinities), 1, ALL), 3)
    assert cosine > 0.75
    assert weights[2, 0] > 0.7
    assert abs(weights[0, 1]) < 0.02
    assert abs(weights[1, 0]) < 0.02


def test_of_more_products_than_are_kept_those_of_the_largest_weights_are():
    affinities = random_affinities()
    fits = regression_fits.fit(regression_rows(affinities), 1, 6)
    expected = plain_weights(affinities, 1)
    for place in range(15):
        kept = fits.loc[fits["product_number"] == 10 * (place + 1), "other_product_number"] // 10 - 1
        assert list(kept) == list(np.argsort(-np.abs(expected[place]))[:6])
    assert (fits["weight"] < 0).any()


def test_of_equal_weights_the_product_that_more_users_know_is_kept():
    """Users know 1 with all others alike, and 4 alone as well, squared affinities kept equal."""
    pairs = [(1, 1), (1, 2), (1, 3), (1, 4), (2, 2), (3, 3), (4, 4)]
    ranks = {1: 1, 4: 2, 2: 3, 3: 4}
    rows = pd.DataFrame([
        {
            "length_rank": ranks[first], "other_length_rank": ranks[second], "product_number": first,
            "other_product_number": second, "shared_affinity": 40 if first == second else 10, "user_count": 5,
        }
        for first, second in pairs
    ])
    for given in [rows, rows.iloc[::-1]]:
        fits = regression_fits.fit(given, PENALTY, 1)
        assert fits.set_index("product_number")["other_product_number"].to_dict() == {1: 4, 2: 1, 3: 1, 4: 1}


def test_products_that_are_always_liked_together_share_the_weight():
    affinities = random_affinities(product_count=3)
    twins = np.column_stack([affinities, affinities[:, 1]])
    found = wide(regression_fits.fit(regression_rows(twins), PENALTY, ALL), 4)
    assert found[1, 0] == pytest.approx(found[3, 0], abs=1e-9)
    assert found[1, 3] == pytest.approx(found[3, 1], abs=1e-9)
    assert found[1, 3] > 0.5


@pytest.mark.parametrize("product_count", [0, 1])
def test_fewer_than_two_products_have_no_weights(product_count):
    rows = regression_rows(random_affinities(product_count=2))
    fits = regression_fits.fit(rows[(rows["length_rank"] <= product_count) & (rows["other_length_rank"] <= product_count)], 1, ALL)
    assert list(fits.columns) == ["product_number", "other_product_number", "weight"]
    assert fits.empty


def test_strangers_have_no_weights():
    fits = regression_fits.fit(regression_rows(np.eye(4) * 100), PENALTY, ALL)
    assert fits.empty
