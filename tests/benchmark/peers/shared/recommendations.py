"""Ten products per user and neighbours per product, measured after a cut in time."""

from dataclasses import dataclass

import numpy as np
from implicit.nearest_neighbours import BM25Recommender, CosineRecommender
from scipy.sparse import coo_matrix, csr_matrix

from peers.shared.definitions import HORIZON_DAYS, SEED

NEIGHBOURS, LIST_LENGTH, MAX_EVALUATED_USERS = 20, 10, 20_000
MOST_COMPARED_BY_CONTENT = 30
STRATEGIES = ["cosine", "bm25", "popular", "own_favourites"]


@dataclass
class ProductDays:
    """One row per user, product and day, in this order: sums of the same numbers are then equal to the last digit."""

    user: np.ndarray
    product: np.ndarray
    day: np.ndarray
    browse_weight: np.ndarray
    is_bought: np.ndarray
    user_count: int
    product_count: int

    def where(self, rows: np.ndarray) -> "ProductDays":
        columns = [self.user, self.product, self.day, self.browse_weight, self.is_bought]
        return ProductDays(*(column[rows] for column in columns), self.user_count, self.product_count)

    def matrix(self, values: np.ndarray) -> csr_matrix:
        shape = (self.user_count, self.product_count)
        return coo_matrix((values, (self.user, self.product)), shape=shape).tocsr()


class History:
    """What was known before a date: affinities, neighbours, popularity, and lists made of them."""

    def __init__(self, days: ProductDays, day: int, stock: np.ndarray | None = None):
        self.past = past = days.where(days.day < day)
        age = day - 1 - past.day
        self.own = past.matrix(past.is_bought * 0.5 ** (age / 365))
        affinity = past.matrix(8 * past.is_bought * 0.5 ** (age / 365) + past.browse_weight * 0.5 ** (age / 30))
        affinity.data = np.log1p(affinity.data.clip(min=0))
        affinity.eliminate_zeros()
        self.affinity = affinity

        count = days.product_count
        self.popularity = np.bincount(past.product, past.is_bought * 0.5 ** (age / 30), minlength=count)
        is_recent = np.bincount(past.product, age < 180, minlength=count) > 0
        self.is_eligible = is_recent if stock is None else np.where(np.isnan(stock), is_recent, stock > 0)
        ranked = np.argsort(np.where(self.is_eligible, -self.popularity, np.inf), kind="stable")
        self.popular = ranked[:LIST_LENGTH].astype("int32")
        self.models = {}

    def model(self, strategy: str):
        if strategy not in self.models:
            kind = {"cosine": CosineRecommender, "bm25": BM25Recommender}[strategy]
            self.models[strategy] = kind(K=NEIGHBOURS + 1)
            self.models[strategy].fit(self.affinity, show_progress=False)
        return self.models[strategy]

    def lists(self, strategy: str, users: np.ndarray) -> np.ndarray:
        """(users, LIST_LENGTH) products, -1 where there is none; filled up with the popular ones."""
        lists = np.full((len(users), LIST_LENGTH), -1, dtype="int32")
        if strategy in ["cosine", "bm25"]:
            found, scores = self.model(strategy).recommend(
                users,
                self.affinity[users],
                N=LIST_LENGTH,
                filter_already_liked_items=False,
                filter_items=np.flatnonzero(~self.is_eligible),
            )
            lists[:, : found.shape[1]] = np.where(scores > 0, found, -1)
        elif strategy == "own_favourites":
            lists = self.own_lists(users)
        return filled(lists, self.popular)

    def own_lists(self, users: np.ndarray) -> np.ndarray:
        own = self.own[users].tocoo()
        is_offered = (own.data > 0) & self.is_eligible[own.col]
        row, product, value = own.row[is_offered], own.col[is_offered], own.data[is_offered]
        order = np.lexsort([-value, row])
        row, product = row[order], product[order]
        rank = np.arange(len(row)) - np.searchsorted(row, row)
        lists = np.full((len(users), LIST_LENGTH), -1, dtype="int32")
        is_shown = rank < LIST_LENGTH
        lists[row[is_shown], rank[is_shown]] = product[is_shown]
        return lists

    def has_bought(self, users: np.ndarray, products: np.ndarray) -> np.ndarray:
        bought = self.past.where(self.past.is_bought)
        known = np.unique(bought.user.astype(np.int64) * bought.product_count + bought.product)
        return np.isin(users.astype(np.int64) * bought.product_count + products, known)

    def similar_products(self) -> dict[str, np.ndarray]:
        products = np.arange(self.past.product_count, dtype="int32")
        found, similarity = self.model("cosine").similar_items(
            products, N=NEIGHBOURS + 1, filter_items=np.flatnonzero(~self.is_eligible)
        )
        is_other = (found != products[:, None]) & (similarity > 0) & (found >= 0)
        rank = is_other.cumsum(axis=1)
        row, place = np.nonzero(is_other & (rank <= NEIGHBOURS))
        return {
            "product": products[row],
            "similar_product": found[row, place],
            "similarity": similarity[row, place],
            "similarity_rank": rank[row, place],
        }

    def similar_by_content(self, products: np.ndarray, embeddings: np.ndarray) -> dict[str, np.ndarray]:
        """Cosine of embeddings of one category's products with the most popular ones among them."""
        vectors = embeddings / np.maximum(np.linalg.norm(embeddings, axis=1, keepdims=True), 1e-12)
        others = np.flatnonzero(self.is_eligible[products])
        others = others[np.argsort(-self.popularity[products[others]], kind="stable")][:MOST_COMPARED_BY_CONTENT]
        similarity = vectors @ vectors[others].T
        order = np.argsort(-similarity, axis=1, kind="stable")[:, :NEIGHBOURS]
        product, similar_product = np.repeat(products, order.shape[1]), products[others][order].ravel()
        is_other = product != similar_product
        return {
            "product": product[is_other],
            "similar_product": similar_product[is_other],
            "similarity": np.take_along_axis(similarity, order, axis=1).ravel()[is_other],
        }


def recommended(today: History, strategy: str, users: np.ndarray) -> dict[str, np.ndarray]:
    """Columns of a table with ten rows per user, fewer where there are not as many products."""
    lists = today.lists(strategy, users)
    user, rank = np.repeat(users, LIST_LENGTH), np.tile(np.arange(1, LIST_LENGTH + 1), len(users))
    is_filled = lists.ravel() >= 0
    user, rank, product = user[is_filled], rank[is_filled], lists.ravel()[is_filled]
    return {
        "user": user,
        "recommendation_rank": rank,
        "product": product,
        "score": 1 / rank,
        "is_repeat": today.has_bought(user, product),
    }


def measured_strategies(days: ProductDays, dates: dict[str, int]) -> tuple[list[dict], str]:
    """Every strategy's metrics at the validation and the test date, and the one that was best at the first."""
    metrics, best = [], ""
    for split, most_users in [("validation", MAX_EVALUATED_USERS // 4), ("test", MAX_EVALUATED_USERS)]:
        lists_by_strategy, targets = evaluated_lists(days, dates[split], most_users)
        for strategy, lists in lists_by_strategy.items():
            metrics.append({"split": split, "strategy": strategy, **list_metrics(lists, targets)})
        if split == "validation":
            best = max(metrics, key=lambda row: row["ndcg"])["strategy"]
    return metrics, best


def evaluated_lists(days: ProductDays, day: int, most_users: int) -> tuple[dict[str, np.ndarray], csr_matrix]:
    history = History(days, day)
    bought = days.where(days.is_bought & (days.day >= day) & (days.day < day + HORIZON_DAYS))
    targets = bought.matrix(np.ones(len(bought.user)))
    buyers = np.flatnonzero(np.diff(targets.indptr))
    users = np.sort(np.random.default_rng(SEED).permutation(buyers)[:most_users])
    return {strategy: history.lists(strategy, users) for strategy in STRATEGIES}, targets[users]


def filled(lists: np.ndarray, popular: np.ndarray) -> np.ndarray:
    """Popular products, in their order, in the places that are left; each product once."""
    offered = np.concatenate([lists, np.broadcast_to(popular, (len(lists), len(popular)))], axis=1)
    is_new = offered >= 0
    for place in range(LIST_LENGTH, offered.shape[1]):
        is_new[:, place] &= (lists != offered[:, [place]]).all(axis=1)
    order = np.argsort(~is_new, axis=1, kind="stable")[:, :LIST_LENGTH]
    chosen = np.take_along_axis(offered, order, axis=1)
    return np.where(np.take_along_axis(is_new, order, axis=1), chosen, -1)


def list_metrics(lists: np.ndarray, targets: csr_matrix) -> dict[str, float]:
    rows = np.arange(len(lists))[:, None]
    is_hit = (np.asarray(targets[rows, lists.clip(min=0)].todense()) > 0) & (lists >= 0)
    target_count = np.diff(targets.indptr)
    gains = 1 / np.log2(np.arange(LIST_LENGTH) + 2)
    ideal = np.cumsum(gains)[np.minimum(target_count, LIST_LENGTH) - 1]
    hits_so_far = is_hit.cumsum(axis=1)
    first = np.where(is_hit.any(axis=1), is_hit.argmax(axis=1) + 1, np.inf)
    return {
        "ndcg": (is_hit @ gains / ideal).mean(),
        "hit_rate": is_hit.any(axis=1).mean(),
        "recall": (is_hit.sum(axis=1) / target_count).mean(),
        "precision": is_hit.mean(),
        "mrr": (1 / first).mean(),
        "map": (
            (is_hit * hits_so_far / np.arange(1, LIST_LENGTH + 1)).sum(axis=1) / np.minimum(target_count, LIST_LENGTH)
        ).mean(),
        "user_count": len(lists),
    }
