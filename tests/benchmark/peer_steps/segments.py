"""RFM, lifecycle and k-means."""

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score, silhouette_score

from peer_steps.common import MAX_TRAINING_ROWS, REFERENCE, SEED, Report, ratio

SEARCH_ROWS, SILHOUETTE_ROWS, MOST_CLUSTERS = 20_000, 5_000, 8


def segment(shop: dict, report: Report) -> pd.DataFrame:
    users = shop["features"].query("split == 'scoring'").reset_index(drop=True)
    rfm = rfm_segments(users)
    lifecycle = np.select(
        [
            users["days_since_last_order"].isna(),
            users["days_since_first_order"] <= 30,
            users["days_since_last_order"] >= 180,
            users["days_since_last_order"] > 90,
            users["days_between_last_two_orders"] > 180,
        ],
        ["prospect", "new", "lapsed", "at_risk", "won_back"],
        "active",
    )
    described, scaled = cluster_features(users)
    clusters, metrics = clustered(scaled, users)
    segments = pd.DataFrame(
        {"user": users["user"], "rfm_segment": rfm["segment_name"].to_numpy(), "lifecycle_stage": lifecycle, **clusters}
    )

    report.write("user_rfm", rfm.assign(user_id=shop["user_ids"][users["user"]]))
    report.write("user_segments", segments.assign(user_id=shop["user_ids"][users["user"]]))
    report.write("cluster_metrics", metrics)
    segment_rows, feature_rows = [], []
    deviation = described.std().replace(0, np.nan)
    for scheme in ["rfm_segment", "lifecycle_stage", "kmeans_segment"]:
        grouped = users.groupby(segments[scheme])["net_revenue"].agg(["size", "sum"]).reset_index(names="segment_key")
        segment_rows.append(
            grouped.assign(
                scheme=scheme,
                segment_key=grouped["segment_key"].astype("str"),
                user_share=grouped["size"] / len(users),
                revenue_share=grouped["sum"] / users["net_revenue"].sum(),
            )
        )
        means = described.groupby(segments[scheme].astype("str")).mean()
        means.index.name = "segment_key"
        differences = (means - described.mean()) / deviation
        long = means.reset_index().melt("segment_key", var_name="feature_name", value_name="mean")
        long["standardized_difference"] = differences.melt()["value"]
        feature_rows.append(long.assign(scheme=scheme))
    report.write("segments", pd.concat(segment_rows, ignore_index=True))
    report.write("segment_features", pd.concat(feature_rows, ignore_index=True))
    report.counts |= {"clusters": segments["kmeans_segment"].nunique()}
    return segments


def rfm_segments(users: pd.DataFrame) -> pd.DataFrame:
    buyers = users["order_count"] > 0
    scores = pd.DataFrame({"recency_score": 0, "frequency_score": 0, "monetary_score": 0}, index=users.index)
    for score, column, ascending in [
        ("recency_score", "days_since_last_order", False),
        ("frequency_score", "order_count", True),
        ("monetary_score", "net_revenue", True),
    ]:
        rank = users.loc[buyers, column].rank(method="min", ascending=ascending)
        scores.loc[buyers, score] = (1 + np.floor(5 * (rank - 1) / buyers.sum())).astype(int)
    scores["value_score"] = np.ceil((scores["frequency_score"] + scores["monetary_score"]) / 2).astype(int)
    cells = pd.read_csv(REFERENCE / "seg_ref__rfm_cells.csv")
    return scores.merge(cells, on=["recency_score", "value_score"], how="left")


def cluster_features(users: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What clusters are described by, and the thirteen scaled features that shape them (users that were seen)."""
    described = pd.DataFrame(
        {
            "sessions_per_month": users["session_count"] * 30 / users["days_since_first_seen"].clip(lower=30),
            "conversion_rate": users["conversion_rate"],
            "average_order_value": users["average_order_value"],
            "units_per_order": users["units_per_order"],
            "price_level": users["price_level"],
            "discount_share": users["discount_share"],
            "return_share": users["return_share"],
            "cart_abandonment_rate": users["cart_abandonment_rate"],
            "views_per_session": ratio(users["view_count"], users["session_count"]),
            "browse_seconds_per_view": ratio(
                users["browse_seconds_per_session"] * users["session_count"], users["view_count"]
            ),
            "category_entropy": users["category_entropy"],
            "daytime_share": users["morning_share"] + users["afternoon_share"],
            "weekend_share": users["weekend_share"],
        }
    )
    zero_filled = ["sessions_per_month", "conversion_rate"]
    logged = [
        "sessions_per_month",
        "average_order_value",
        "units_per_order",
        "price_level",
        "views_per_session",
        "browse_seconds_per_view",
    ]
    is_seen = users["days_since_last_seen"].notna()
    scaled = described.copy()
    scaled[zero_filled] = scaled[zero_filled].fillna(0)
    bounds = scaled[is_seen].quantile([0.01, 0.99])
    scaled = scaled.clip(bounds.loc[0.01], bounds.loc[0.99], axis=1)
    scaled[logged] = np.sign(scaled[logged]) * np.log1p(scaled[logged].abs())
    scaled = ((scaled - scaled[is_seen].mean()) / scaled[is_seen].std(ddof=0).replace(0, np.nan)).fillna(0)
    others = [
        "days_since_first_seen",
        "days_since_last_seen",
        "days_since_last_order",
        "session_count",
        "order_count",
        "net_revenue",
        "coupon_order_share",
        "mean_days_between_orders",
        "favourite_brand_share",
        "event_trend",
        "touch_response_rate",
        "mean_rating",
    ]
    return pd.concat([described, users[others]], axis=1), scaled


def clustered(scaled: pd.DataFrame, users: pd.DataFrame) -> tuple[dict, pd.DataFrame]:
    points = scaled.to_numpy()
    generator = np.random.default_rng(SEED)
    seen = np.flatnonzero(users["days_since_last_seen"].notna())
    sample = points[generator.permutation(seen)[:MAX_TRAINING_ROWS]]
    search = sample[:SEARCH_ROWS]
    judged = generator.permutation(len(search))[:SILHOUETTE_ROWS]
    fits, metrics = {}, []
    for count in range(2, MOST_CLUSTERS + 1):
        fits[count] = KMeans(count, n_init=5, random_state=SEED).fit(search)
        labels = fits[count].labels_
        metrics.append(
            {
                "cluster_count": count,
                "inertia": fits[count].inertia_,
                "davies_bouldin": davies_bouldin_score(search, labels),
                "calinski_harabasz": calinski_harabasz_score(search, labels),
                "silhouette": silhouette_score(search[judged], labels[judged]),
            }
        )
    metrics = pd.DataFrame(metrics)
    chosen = int(metrics[metrics["cluster_count"] >= 3].sort_values("silhouette")["cluster_count"].iloc[-1])
    fitted = KMeans(chosen, init=fits[chosen].cluster_centers_, n_init=1).fit(sample)
    distances = np.sort(fitted.transform(points), axis=1)
    labels = fitted.predict(points)
    revenue = users["net_revenue"].groupby(labels).mean().rank(ascending=False).astype(int)
    confidence = 1 - ratio(distances[:, 0], distances[:, 1])
    return {"kmeans_segment": revenue[labels].to_numpy(), "confidence": confidence}, metrics
