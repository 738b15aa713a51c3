"""Ten products per user and neighbours per product, measured after a cut in time."""

import numpy as np
import pandas as pd
from implicit.nearest_neighbours import BM25Recommender, CosineRecommender
from scipy.sparse import coo_matrix, csr_matrix

from peer_steps.common import HORIZON_DAYS, SEED, Report

NEIGHBOURS, LIST_LENGTH, MAX_EVALUATED_USERS = 20, 10, 20_000


def recommend(shop: dict, report: Report) -> pd.DataFrame:
    dates = dict(shop["dates"][:3])
    metrics, best = [], None
    for split in ["validation", "test"]:
        lists_by_strategy, targets = evaluated_lists(
            shop, dates[split], MAX_EVALUATED_USERS // (1 if split == "test" else 4)
        )
        for strategy, lists in lists_by_strategy.items():
            metrics.append({"split": split, "strategy": strategy, **list_metrics(lists, targets)})
        if split == "validation":
            best = max(metrics, key=lambda row: row["ndcg"])["strategy"]

    today = History(shop, dates["scoring"])
    scoring = shop["features"]["split"] == "scoring"
    users = shop["features"].loc[scoring, "user"].to_numpy()
    lists = today.lists(best, users)
    scores = 1 / (1 + np.arange(LIST_LENGTH))
    recommendations = pd.DataFrame(
        {
            "user": np.repeat(users, LIST_LENGTH),
            "recommendation_rank": np.tile(np.arange(1, LIST_LENGTH + 1), len(users)),
            "product": lists.ravel(),
            "score": np.tile(scores, len(users)),
        }
    )
    recommendations = recommendations[recommendations["product"] >= 0]
    pair = recommendations["user"].to_numpy(np.int64) * today.product_count + recommendations["product"].to_numpy()
    recommendations["is_repeat"] = np.isin(pair, today.bought_pairs())
    similar = pd.concat([today.similar_products(), similar_by_content(shop, today)], ignore_index=True)

    product_ids, names = (shop["products"]["product_id"].to_numpy(), shop["products"]["product_name"].to_numpy())
    report.write(
        "user_recommendations",
        recommendations.assign(
            user_id=shop["user_ids"][recommendations["user"]],
            product_id=product_ids[recommendations["product"]],
            product_name=names[recommendations["product"]],
            strategy=best,
        ),
    )
    report.write(
        "similar_products",
        similar.assign(
            product_id=product_ids[similar["product"]], similar_product_id=product_ids[similar["similar_product"]]
        ),
    )
    report.write("recommendation_metrics", pd.DataFrame(metrics))
    report.counts |= {
        "similar products": (similar["method"] == "behaviour").sum(),
        "recommendations": len(recommendations),
        "ndcg@10": next(row["ndcg"] for row in metrics if row["split"] == "test" and row["strategy"] == best),
    }
    return recommendations


class History:
    """What was known before a date: affinities, neighbours, popularity, and lists made of them."""

    def __init__(self, shop: dict, day: int):
        self.user_count, self.product_count = len(shop["user_ids"]), len(shop["products"])
        days = shop["product_days"]
        self.past = past = days[days["day"] < day]
        age = (day - 1 - past["day"]).to_numpy()
        bought = past["is_bought"].to_numpy()
        self.own = self.matrix(bought * 0.5 ** (age / 365))
        affinity = self.matrix(8 * bought * 0.5 ** (age / 365) + past["browse_weight"].to_numpy() * 0.5 ** (age / 30))
        affinity.data = np.log1p(affinity.data.clip(min=0))
        affinity.eliminate_zeros()
        self.affinity = affinity

        product = past["product"].to_numpy()
        self.popularity = np.bincount(product, bought * 0.5 ** (age / 30), minlength=self.product_count)
        is_recent = np.bincount(product, age < 180, minlength=self.product_count) > 0
        stock = shop["products"]["stock_on_hand"].to_numpy(dtype=float, na_value=np.nan)
        is_today = day == shop["dates"][0][1]
        self.is_eligible = np.where(np.isnan(stock) | (not is_today), is_recent, stock > 0)
        ranked = np.argsort(np.where(self.is_eligible, -self.popularity, np.inf), kind="stable")
        self.popular = ranked[:LIST_LENGTH]
        self.models = {}

    def matrix(self, values: np.ndarray) -> csr_matrix:
        pairs = (self.past["user"].to_numpy(), self.past["product"].to_numpy())
        return coo_matrix((values, pairs), shape=(self.user_count, self.product_count)).tocsr()

    def model(self, strategy: str):
        if strategy not in self.models:
            kind = {"cosine": CosineRecommender, "bm25": BM25Recommender}[strategy]
            self.models[strategy] = kind(K=NEIGHBOURS + 1)
            self.models[strategy].fit(self.affinity, show_progress=False)
        return self.models[strategy]

    def lists(self, strategy: str, users: np.ndarray) -> np.ndarray:
        """(users, LIST_LENGTH) products, -1 where there is none; filled up with the popular ones."""
        lists = np.full((len(users), LIST_LENGTH), -1)
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
        own = pd.DataFrame({"row": own.row, "product": own.col, "value": own.data})
        own = own[(own["value"] > 0) & self.is_eligible[own["product"]]].sort_values(
            ["row", "value"], ascending=[True, False]
        )
        own["rank"] = own.groupby("row").cumcount()
        own = own[own["rank"] < LIST_LENGTH]
        lists = np.full((len(users), LIST_LENGTH), -1)
        lists[own["row"], own["rank"]] = own["product"]
        return lists

    def bought_pairs(self) -> np.ndarray:
        bought = self.past[self.past["is_bought"]]
        return np.unique(bought["user"].to_numpy(np.int64) * self.product_count + bought["product"].to_numpy())

    def similar_products(self) -> pd.DataFrame:
        products = np.arange(self.product_count)
        found, similarity = self.model("cosine").similar_items(
            products, N=NEIGHBOURS + 1, filter_items=np.flatnonzero(~self.is_eligible)
        )
        frame = pd.DataFrame(
            {
                "product": np.repeat(products, found.shape[1]),
                "similar_product": found.ravel(),
                "similarity": similarity.ravel(),
                "method": "behaviour",
            }
        )
        frame = frame[
            (frame["product"] != frame["similar_product"]) & (frame["similarity"] > 0) & (frame["similar_product"] >= 0)
        ]
        frame["similarity_rank"] = frame.groupby("product").cumcount() + 1
        return frame[frame["similarity_rank"] <= NEIGHBOURS]


def filled(lists: np.ndarray, popular: np.ndarray) -> np.ndarray:
    """Popular products, in their order, in the places that are left; each product once."""
    offered = np.concatenate([lists, np.broadcast_to(popular, (len(lists), len(popular)))], axis=1)
    is_new = offered >= 0
    for place in range(LIST_LENGTH, offered.shape[1]):
        is_new[:, place] &= (lists != offered[:, [place]]).all(axis=1)
    order = np.argsort(~is_new, axis=1, kind="stable")[:, :LIST_LENGTH]
    chosen = np.take_along_axis(offered, order, axis=1)
    return np.where(np.take_along_axis(is_new, order, axis=1), chosen, -1)


def evaluated_lists(shop: dict, day: int, most_users: int) -> tuple[dict[str, np.ndarray], csr_matrix]:
    history = History(shop, day)
    days = shop["product_days"]
    bought = days[days["is_bought"] & (days["day"] >= day) & (days["day"] < day + HORIZON_DAYS)]
    targets = coo_matrix(
        (np.ones(len(bought)), (bought["user"], bought["product"])), shape=(history.user_count, history.product_count)
    ).tocsr()
    buyers = np.flatnonzero(np.diff(targets.indptr))
    users = np.sort(np.random.default_rng(SEED).permutation(buyers)[:most_users])
    strategies = ["cosine", "bm25", "popular", "own_favourites"]
    return {strategy: history.lists(strategy, users) for strategy in strategies}, targets[users]


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


def similar_by_content(shop: dict, history: History) -> pd.DataFrame:
    """Cosine of embeddings with the thirty most popular products of the category."""
    products = shop["products"]
    embedded = products[products["embedding"].notna()]
    parts = []
    for _, members in embedded.groupby("category"):
        rows = members.index.to_numpy()
        vectors = np.stack(members["embedding"].to_numpy())
        vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        others = np.flatnonzero(history.is_eligible[rows])
        others = others[np.argsort(-history.popularity[rows[others]], kind="stable")][:30]
        similarity = vectors @ vectors[others].T
        order = np.argsort(-similarity, axis=1, kind="stable")[:, :NEIGHBOURS]
        parts.append(
            pd.DataFrame(
                {
                    "product": np.repeat(rows, order.shape[1]),
                    "similar_product": rows[others][order].ravel(),
                    "similarity": np.take_along_axis(similarity, order, axis=1).ravel(),
                    "method": "content",
                }
            )
        )
    frame = pd.concat(parts, ignore_index=True)
    return frame[frame["product"] != frame["similar_product"]]
