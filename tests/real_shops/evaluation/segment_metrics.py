"""How good segments are: beside scikit-learn, beside what was planted, and beside themselves a day later."""

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

SEED = 0
PLAIN_CLUSTER_COUNTS = range(3, 9)


def own_metrics(connection: duckdb.DuckDBPyConnection) -> dict[str, float]:
    """What the package says of the number of clusters that it chose."""
    return dict(connection.execute("""
        select 'cluster_count', cast(max(cluster_count) as double) from seg__cluster_metrics where is_chosen
        union all
        select metric_name, metric_value from seg__cluster_metrics where is_chosen
    """).fetchall())


def inertia_ratio(connection: duckdb.DuckDBPyConnection) -> float:
    """Squared distances of all seen users to the centroids that they were assigned to, over those of scikit-learn.

    Its k-means has 10 starts, all rows of the same features and as many clusters.
    """
    users = connection.execute("""
        select features.*, assignments.cluster_number
        from int_seg__cluster_features as features
        inner join int_seg__cluster_assignments as assignments on features.user_id = assignments.user_id
        where features.has_been_seen
        order by features.user_id
    """).df()
    centroids = connection.execute("select * from int_seg__cluster_centroids").df().set_index("cluster_number")
    names = [name for name in users.columns if name.startswith("scaled_")]
    points = users[names].to_numpy(dtype=float)
    own = ((points - centroids.loc[users["cluster_number"], names].to_numpy(dtype=float)) ** 2).sum()
    return float(own / KMeans(len(centroids), n_init=10, random_state=SEED).fit(points).inertia_)


def planted_agreements(connection: duckdb.DuckDBPyConnection, truth: str | None) -> dict[str, float]:
    """Adjusted Rand index of the seen users' groups with their planted types; nothing where no truth is known.

    plain: k-means on recency, frequency and monetary value, the best of raw and logged values and 3 to 8 clusters: it
    is chosen by the truth, which favours it.
    """
    if truth is None:
        return {}
    users = connection.execute(f"""
        select
            truth.shopper_type,
            max(case when segments.scheme = 'kmeans' then segments.segment_key end) as kmeans,
            max(case when segments.scheme = 'rfm' then segments.segment_key end) as rfm,
            max(rfm.days_since_last_order) as recency,
            max(rfm.order_count) as frequency,
            max(rfm.net_revenue) as monetary
        from seg__user_segments as segments
        inner join seg__user_rfm as rfm on segments.user_id = rfm.user_id
        inner join int_seg__users_to_segment as users on segments.user_id = users.user_id and users.has_been_seen
        inner join '{truth}' as truth on segments.user_id = truth.user_id
        group by segments.user_id, truth.shopper_type
        order by segments.user_id
    """).df()
    agreements = {name: adjusted_rand_score(users["shopper_type"], users[name]) for name in ("kmeans", "rfm")}
    return {**agreements, "plain": plain_agreement(users)}


def plain_agreement(users: pd.DataFrame) -> float:
    """The best adjusted Rand index with shopper_type that k-means on recency, frequency and monetary comes to."""
    raw = users[["recency", "frequency", "monetary"]].astype(float)
    raw["recency"] = raw["recency"].fillna(raw["recency"].max())
    return max(
        adjusted_rand_score(
            users["shopper_type"], KMeans(count, n_init=5, random_state=SEED).fit_predict((points - points.mean()) / points.std())
        )
        for points in (raw, np.sign(raw) * np.log1p(raw.abs()))
        for count in PLAIN_CLUSTER_COUNTS
    )


def outcome_separation(connection: duckdb.DuckDBPyConnection) -> dict[str, float]:
    """Share of the differences in next revenue and orders that schemes and shuffled ones explain (eta squared)."""
    if not connection.execute("from information_schema.tables where table_name = 'seg__segment_outcomes'").fetchall():
        return {}
    shares = {}
    for scheme, outcome, share, chance in connection.execute("""
        select distinct scheme, outcome_name, eta_squared, eta_squared_by_chance_high
        from seg__segment_outcomes
        where scheme in ('kmeans', 'rfm') and outcome_name in ('net_revenue', 'order_count')
    """).fetchall():
        shares[f"{scheme}_{outcome}"] = share
        shares[f"shuffled_{scheme}_{outcome}"] = chance
    return {name: share for name, share in shares.items() if share is not None}


def kept_shares(first: duckdb.DuckDBPyConnection, bootstraps: list[Path]) -> dict[str, float]:
    """Shares of the first run's keys, and of the seen users of both runs, that have theirs in a bootstrap's as well.

    Means over the bootstraps, with the new keys of each, and the smallest share of users.
    """
    before = keys_of_users(first)
    keys, new_keys, users = [], [], []
    for file in bootstraps:
        with duckdb.connect(str(file), read_only=True) as connection:
            after = keys_of_users(connection)
        both = before.keys() & after.keys()
        old, now = set(before.values()), set(after.values())
        keys.append(len(old & now) / len(old))
        new_keys.append(len(now - old))
        users.append(sum(before[user_id] == after[user_id] for user_id in both) / len(both))
    return {
        "keys_kept": float(np.mean(keys)), "new_keys": float(np.mean(new_keys)),
        "users_kept": float(np.mean(users)), "fewest_kept": min(users),
    }


def keys_of_users(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The k-means segment of every user who was ever seen."""
    return dict(connection.execute("""
        select segments.user_id, segments.segment_key
        from seg__user_segments as segments
        inner join int_seg__users_to_segment as users on segments.user_id = users.user_id and users.has_been_seen
        where segments.scheme = 'kmeans'
    """).fetchall())
