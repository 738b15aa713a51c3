"""RFM, lifecycle and k-means."""

import numpy as np
import pandas as pd

from peers.shared.clusters import fit_clusters
from peers.shared.definitions import CLUSTERED_LOGGED, CLUSTERED_ZERO_FILLED, DESCRIBING, REFERENCE
from peers.shared.report import Report
from peers.with_pandas.columns import ratio


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
    is_seen = users["days_since_last_seen"].notna().to_numpy()
    clusters = fit_clusters(scaled.to_numpy(), is_seen, users["net_revenue"].to_numpy())
    segments = pd.DataFrame(
        {
            "user": users["user"],
            "rfm_segment": rfm["segment_name"].to_numpy(),
            "lifecycle_stage": lifecycle,
            "kmeans_segment": clusters.label,
            "confidence": clusters.confidence,
        }
    )

    report.write("user_rfm", rfm.assign(user_id=shop["user_ids"][users["user"]]))
    report.write("user_segments", segments.assign(user_id=shop["user_ids"][users["user"]]))
    report.write("cluster_metrics", pd.DataFrame(clusters.metrics))
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
                users["browse_seconds_per_session"].replace(0, np.nan) * users["session_count"], users["view_count"]
            ),
            "category_entropy": users["category_entropy"],
            "daytime_share": users["morning_share"] + users["afternoon_share"],
            "weekend_share": users["weekend_share"],
        }
    )
    is_seen = users["days_since_last_seen"].notna()
    scaled = described.copy()
    scaled[CLUSTERED_ZERO_FILLED] = scaled[CLUSTERED_ZERO_FILLED].fillna(0)
    bounds = scaled[is_seen].quantile([0.01, 0.99])
    scaled = scaled.clip(bounds.loc[0.01], bounds.loc[0.99], axis=1)
    scaled[CLUSTERED_LOGGED] = np.sign(scaled[CLUSTERED_LOGGED]) * np.log1p(scaled[CLUSTERED_LOGGED].abs())
    scaled = ((scaled - scaled[is_seen].mean()) / scaled[is_seen].std(ddof=0).replace(0, np.nan)).fillna(0)
    return pd.concat([described, users[DESCRIBING]], axis=1), scaled
