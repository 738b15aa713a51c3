"""How good lists of recommended products were, once it is known what was bought."""

import numpy as np
import pandas as pd

LIST_LENGTH = 10
RESAMPLES = 1000
METRICS = ["ndcg", "hit_rate", "recall"]


def user_metrics(lists: pd.DataFrame, targets: pd.DataFrame) -> pd.DataFrame:
    """NDCG, hit rate and recall at 10 of every user with a target; 0 for a user without a list.

    lists: user_id, product_id, recommendation_rank from 1. targets: user_id, product_id, each pair once.
    A hit at rank r gains 1 / log2(r + 1); the ideal list begins with all targets, ten at most.
    """
    gains = 1 / np.log2(np.arange(LIST_LENGTH) + 2)
    target_counts = targets.groupby("user_id").size().sort_index()
    shown = lists[lists["recommendation_rank"] <= LIST_LENGTH]
    hits = shown.merge(targets[["user_id", "product_id"]], on=["user_id", "product_id"], validate="1:1")
    gained = pd.Series(gains[hits["recommendation_rank"].to_numpy(dtype=int) - 1], index=hits.index)
    by_user = gained.groupby(hits["user_id"])
    gain, hit_count = (
        values.reindex(target_counts.index).fillna(0).to_numpy(dtype=float) for values in (by_user.sum(), by_user.size())
    )
    ideal = gains.cumsum()[np.minimum(target_counts.to_numpy(), LIST_LENGTH) - 1]
    return pd.DataFrame(
        {"ndcg": gain / ideal, "hit_rate": (hit_count > 0) * 1.0, "recall": hit_count / target_counts.to_numpy()},
        index=target_counts.index,
    )


def interval(values: np.ndarray, seed: int = 42) -> tuple[float, float, float]:
    """The mean and its 95 % bootstrap interval over users; no number without users."""
    if not len(values):
        return np.nan, np.nan, np.nan
    random = np.random.default_rng(seed)
    means = [values[random.integers(0, len(values), len(values))].mean() for _ in range(RESAMPLES)]
    low, high = np.quantile(means, [0.025, 0.975])
    return float(values.mean()), float(low), float(high)


def verdict(low: float, high: float) -> str:
    """Of a difference of which more is better."""
    return "ahead" if low > 0 else "behind" if high < 0 else "level"
