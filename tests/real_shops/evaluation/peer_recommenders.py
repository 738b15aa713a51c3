"""Recommenders that others use: popularity, a user's own favourites, implicit's four, EASE; and lists of ten from each.

A recommender is a function of a matrix (users x products, float, products from the most popular to the least) and its
settings that returns a scorer: a function of row numbers that gives the scores of all products for these users. Equal
scores, among them the nought of a product of which nothing is known, are decided by popularity.
"""

import os
from collections.abc import Callable

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import csr_matrix

SEED = 42
MAX_EASE_PRODUCTS = 10_000
Scorer = Callable[[np.ndarray], np.ndarray]


def popular(matrix: csr_matrix, popularity: np.ndarray) -> Scorer:
    return lambda rows: np.broadcast_to(popularity, (len(rows), matrix.shape[1]))


def favourites(matrix: csr_matrix, days_ago: csr_matrix) -> Scorer:
    """The user's own products by their weight, the latest first where they tie. days_ago: of the last time, at least 1."""
    tie_break = days_ago.copy()
    tie_break.data = 1 / (1 + tie_break.data)
    return lambda rows: (matrix[rows] + 1e-3 * tie_break[rows]).toarray()


def item_neighbours(matrix: csr_matrix, kind: str, **settings) -> Scorer:
    """implicit's CosineRecommender, TFIDFRecommender or BM25Recommender."""
    # Only the environment of the peers has implicit.
    from implicit import nearest_neighbours  # noqa: PLC0415

    model = getattr(nearest_neighbours, kind)(num_threads=1, **settings)
    model.fit(matrix, show_progress=False)
    return lambda rows: (matrix[rows] @ model.similarity).toarray()


def alternating_least_squares(matrix: csr_matrix, **settings) -> Scorer:
    from implicit.als import AlternatingLeastSquares  # noqa: PLC0415

    model = AlternatingLeastSquares(num_threads=1, use_gpu=False, random_state=SEED, **settings)
    model.fit(matrix.astype(np.float32), show_progress=False)
    return lambda rows: np.asarray(model.user_factors)[rows] @ np.asarray(model.item_factors).T


def ease(matrix: csr_matrix, penalty: float) -> Scorer:
    """Steck 2019: the linear model of each product from all others, B = I - P diag(1 / P), P = (X'X + penalty I)^-1.

    Fitted for the most bought products only, as many as memory holds. With fewer users than products the same scores
    come from the smaller system: with M = (XX' + penalty I)^-1, P = (I - X'MX) / penalty and XP = MX.
    """
    known = matrix[:, :MAX_EASE_PRODUCTS]
    if known.shape[0] < known.shape[1]:
        gram = (known @ known.T).toarray()
        weights = cho_solve(cho_factor(gram + penalty * np.eye(len(gram))), known.toarray())
        diagonal = (1 - np.asarray(known.multiply(weights).sum(axis=0)).ravel()) / penalty

        def scores(rows):
            return known[rows].toarray() - weights[rows] / diagonal
    else:
        gram = (known.T @ known).toarray()
        inverse = cho_solve(cho_factor(gram + penalty * np.eye(len(gram))), np.eye(len(gram)))
        weights = -inverse / np.diag(inverse)
        np.fill_diagonal(weights, 0)

        def scores(rows):
            return known[rows] @ weights

    def scorer(rows):
        padded = np.zeros((len(rows), matrix.shape[1]))
        # What rounding leaves of a nought must not decide before popularity.
        padded[:, : known.shape[1]] = np.round(scores(rows), 10)
        return padded

    return scorer


def best_products(scores: np.ndarray, left_out: csr_matrix | None, length: int = 10) -> np.ndarray:
    """(users, length) product numbers from the best score down, the lower number first where scores are equal.

    scores: (users, products). left_out: as large; what is not zero is not recommended. -1 where products run out.
    """
    scores = np.array(scores, dtype=float)
    if left_out is not None:
        scores[left_out.nonzero()] = -np.inf
    kept = min(length, scores.shape[1])
    threshold = np.partition(scores, -kept, axis=1)[:, -kept]
    user, product = np.nonzero((scores >= threshold[:, None]) & np.isfinite(scores))
    order = np.lexsort((product, -scores[user, product], user))
    user, product = user[order], product[order]
    place = np.arange(len(user)) - np.searchsorted(user, user)
    lists = np.full((len(scores), length), -1)
    lists[user[place < length], place[place < length]] = product[place < length]
    return lists


def one_thread() -> dict[str, str]:
    """The environment in which sums are the same on every machine."""
    return {**os.environ, **{f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}}
