"""Every peer's lists for the users with targets, as it comes and tuned; runs in the environment that has implicit.

    python run_peer_recommenders.py FOLDER

FOLDER is one of recommendation_split.py and gets peer_lists.parquet (method, is_tuned, mode, user_id, product_id,
recommendation_rank) and peer_settings.csv. Tuned is the best of a grid, and of purchases alone or beside other events, by
NDCG at 10 on the window before the cut, learnt from what came before that window.
"""

import itertools
import json
import sys
import time
import warnings
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
from list_metrics import user_metrics
from peer_recommenders import (
    SEED,
    Scorer,
    alternating_least_squares,
    best_products,
    ease,
    favourites,
    item_neighbours,
    popular,
)
from scipy.sparse import csr_matrix

MAX_TUNING_USERS = 1000
BATCH_USERS = 50  # dense scores of so many users are held at once
# Settings as they come first: of those, `values` is what the matrix holds (see History.matrix).
GRIDS = {
    "popular": {"half_life_days": [30, 7, 90]},
    "popular_ever": {"half_life_days": [None]},
    "favourites": {"values": ["counts", "weights"]},
    "cosine": {"values": ["counts", "ones", "weights"], "K": [20, 100, 300]},
    "tfidf": {"values": ["counts", "ones", "weights"], "K": [20, 100, 300]},
    "bm25": {"values": ["counts", "ones", "weights"], "K": [20, 200], "K1": [1.2, 100], "B": [0.75, 0.2]},
    "als": {"values": ["counts", "weights"], "factors": [100, 32], "alpha": [1.0, 10.0], "regularization": [0.01, 1.0]},
    "ease": {"values": ["counts", "ones", "weights"], "penalty": [500, 50, 200, 2000]},
}
KINDS = {"cosine": "CosineRecommender", "tfidf": "TFIDFRecommender", "bm25": "BM25Recommender"}


class History:
    """What was known before a date: products numbered from the most popular down, users by id."""

    def __init__(self, days: pd.DataFrame, date: pd.Timestamp):
        days = days[days["activity_date"] < date]
        self.days_ago = (date - days["activity_date"]).dt.days.to_numpy()
        self.order_count = days["order_count"].to_numpy(dtype=float)
        self.event_weight = days["event_weight"].to_numpy(dtype=float)
        products = np.sort(days["product_id"].unique())
        number = pd.Index(products).get_indexer(days["product_id"])
        popularity = np.bincount(number, self.order_count * 0.5 ** (self.days_ago / 30))
        ever = np.bincount(number, self.order_count)
        self.products = pd.Index(products[np.lexsort((products, -ever, -np.round(popularity, 9)))])
        self.users = pd.Index(np.sort(days["user_id"].unique()))
        self.product = self.products.get_indexer(days["product_id"])
        self.user = self.users.get_indexer(days["user_id"])
        self.bought = self.matrix("counts")

    def matrix(self, values: str) -> csr_matrix:
        """counts: orders that held the product; ones: whether any did; weights: events in the package's weights."""
        cells = self.event_weight if values == "weights" else self.order_count
        # One more row, of nothing: the user of whom nothing is known.
        matrix = csr_matrix((cells, (self.user, self.product)), shape=(len(self.users) + 1, len(self.products)))
        matrix.sum_duplicates()
        matrix.data = np.maximum(matrix.data, 0)
        matrix.eliminate_zeros()
        if values == "ones":
            matrix.data[:] = 1
        return matrix

    def scorer(self, method: str, settings: dict) -> Scorer:
        settings = dict(settings)
        if method in ("popular", "popular_ever"):
            half_life = settings["half_life_days"]
            weight = self.order_count * (0.5 ** (self.days_ago / half_life) if half_life else 1)
            return popular(self.bought, np.round(np.bincount(self.product, weight, len(self.products)), 9))
        matrix = self.matrix(settings.pop("values"))
        if method == "favourites":
            latest = pd.Series(self.days_ago).groupby([self.user, self.product]).min()
            pairs = [latest.index.get_level_values(level) for level in (0, 1)]
            return favourites(matrix, csr_matrix((latest.to_numpy(dtype=float), pairs), shape=matrix.shape))
        if method in KINDS:
            return item_neighbours(matrix, KINDS[method], **settings)
        return {"als": alternating_least_squares, "ease": ease}[method](matrix, **settings)

    def lists(self, scorer: Scorer, user_ids: np.ndarray, modes: set[str]) -> pd.DataFrame:
        """Ten products per mode and user: mode, user_id, product_id, recommendation_rank."""
        found = []
        for start in range(0, len(user_ids), BATCH_USERS):
            batch = user_ids[start : start + BATCH_USERS]
            rows = self.users.get_indexer(batch)
            rows = np.where(rows >= 0, rows, len(self.users))
            scores = scorer(rows)
            for mode in sorted(modes):
                lists = best_products(scores, self.bought[rows] if mode == "new" else None)
                user, place = np.nonzero(lists >= 0)
                found.append(pd.DataFrame({
                    "mode": mode,
                    "user_id": batch[user],
                    "product_id": self.products.to_numpy()[lists[user, place]],
                    "recommendation_rank": place + 1,
                }))
        return pd.concat(found, ignore_index=True)


def main() -> None:
    # implicit warns of the format of a matrix that it makes itself.
    warnings.simplefilter("ignore")
    folder = Path(sys.argv[1])
    said = json.loads((folder / "split.json").read_text())
    days, targets = (duckdb.read_parquet(f"{folder}/{name}.parquet").df() for name in ("history", "targets"))
    days["activity_date"] = pd.to_datetime(days["activity_date"])
    cut = pd.Timestamp(said["cut"])
    before = cut - pd.Timedelta(days=said["horizon_days"])
    has_events = bool(((days["order_count"] == 0) & (days["event_weight"] > 0)).any())

    at_cut, tuning = History(days, cut), History(days, before)
    tuning_targets = earlier_targets(days, before, tuning)
    lists, settings = [], []
    for method, grid in GRIDS.items():
        tried = [dict(zip(grid, values, strict=True)) for values in itertools.product(*grid.values())]
        tried = [one for one in tried if has_events or one.get("values") != "weights"]
        started = time.monotonic()
        ndcg = pd.DataFrame([measured(tuning, method, one, tuning_targets) for one in tried])
        print(f"{said['title']}: {method}, {len(tried)} settings in {time.monotonic() - started:.0f} s", file=sys.stderr)
        for mode in ("repeats", "new"):
            # The first of equals.
            best = int(ndcg[mode].round(6).to_numpy().argmax()) if ndcg[mode].notna().any() else 0
            for is_tuned, one in [(False, 0), (True, best)]:
                if is_tuned and best == 0:
                    continue
                settings.append({
                    "method": method, "mode": mode, "is_tuned": is_tuned, "settings": json.dumps(tried[one]),
                    "ndcg_before": ndcg[mode][one],
                })
    # One fit for all that asks for the same.
    settings = pd.DataFrame(settings)
    for (method, one), asked in settings.groupby(["method", "settings"], sort=False):
        scorer = at_cut.scorer(method, json.loads(one))
        found = at_cut.lists(scorer, np.sort(targets["user_id"].unique()), set(asked["mode"]))
        lists.append(found.merge(asked[["mode", "method", "is_tuned"]], on="mode"))
    settings.to_csv(folder / "peer_settings.csv", index=False)
    duckdb.from_df(pd.concat(lists, ignore_index=True)).write_parquet(str(folder / "peer_lists.parquet"))


def earlier_targets(days: pd.DataFrame, date: pd.Timestamp, history: History) -> pd.DataFrame:
    """What users who were known before the date bought from it on; of many users a sample."""
    bought = days[days["order_count"] > 0]
    pairs = ["user_id", "product_id"]
    targets = bought.loc[bought["activity_date"] >= date, pairs].drop_duplicates()
    targets = targets[targets["user_id"].isin(history.users)]
    users = np.sort(targets["user_id"].unique())
    users = np.random.default_rng(SEED).permutation(users)[:MAX_TUNING_USERS]
    earlier = bought.loc[bought["activity_date"] < date, pairs].drop_duplicates().assign(is_repeat=True)
    targets = targets[targets["user_id"].isin(users)].merge(earlier, on=pairs, how="left")
    return targets.assign(is_repeat=targets["is_repeat"].notna())


def measured(history: History, method: str, settings: dict, targets: pd.DataFrame) -> dict[str, float]:
    lists = history.lists(history.scorer(method, settings), np.sort(targets["user_id"].unique()), {"repeats", "new"})
    found = {}
    for mode, of_mode in lists.groupby("mode"):
        wanted = targets if mode == "repeats" else targets[~targets["is_repeat"]]
        found[mode] = user_metrics(of_mode, wanted)["ndcg"].mean() if len(wanted) else np.nan
    return found


if __name__ == "__main__":
    main()
