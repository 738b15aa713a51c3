"""RFM, lifecycle and k-means."""

import polars as pl

from peers.shared.clusters import fit_clusters
from peers.shared.definitions import CLUSTERED_LOGGED, CLUSTERED_ZERO_FILLED, DESCRIBING, REFERENCE
from peers.shared.report import Report
from peers.with_polars.columns import ratio

SCHEMES = ["rfm_segment", "lifecycle_stage", "kmeans_segment"]


def segment(shop: dict, report: Report) -> pl.DataFrame:
    users = shop["features"].filter(pl.col("split") == "scoring")
    described, is_seen = users.select(cluster_features()), users["days_since_last_seen"].is_not_null()
    scaled = scaled_features(described, is_seen)
    clusters = fit_clusters(scaled.to_numpy(), is_seen.to_numpy(), users["net_revenue"].to_numpy())
    rfm = rfm_segments(users)
    segments = users.select("user", lifecycle_stage=lifecycle_stage()).with_columns(
        rfm["segment_name"].alias("rfm_segment"), kmeans_segment=clusters.label, confidence=clusters.confidence
    )

    user_ids = shop["user_ids"].lazy()
    report.write("user_rfm", rfm.lazy().join(user_ids, on="user").drop("user"))
    report.write("user_segments", segments.lazy().join(user_ids, on="user"))
    report.write("cluster_metrics", pl.DataFrame(clusters.metrics))
    keys = segments.select(pl.col(SCHEMES).cast(pl.String))
    report.write("segments", segment_sizes(keys, users["net_revenue"]))
    report.write("segment_features", segment_means(keys, described.hstack(users.select(DESCRIBING))))
    report.counts |= {"clusters": segments["kmeans_segment"].n_unique()}
    return segments


def lifecycle_stage() -> pl.Expr:
    since_last = pl.col("days_since_last_order")
    return (
        pl.when(since_last.is_null())
        .then(pl.lit("prospect"))
        .when(pl.col("days_since_first_order") <= 30)
        .then(pl.lit("new"))
        .when(since_last >= 180)
        .then(pl.lit("lapsed"))
        .when(since_last > 90)
        .then(pl.lit("at_risk"))
        .when(pl.col("days_between_last_two_orders") > 180)
        .then(pl.lit("won_back"))
        .otherwise(pl.lit("active"))
    )


def rfm_segments(users: pl.DataFrame) -> pl.DataFrame:
    is_buyer = pl.col("order_count") > 0

    def fifth(column: str, descending: bool) -> pl.Expr:
        rank = pl.when(is_buyer).then(column).rank("min", descending=descending)
        return (1 + 5 * (rank - 1).cast(pl.Int64) // is_buyer.sum()).fill_null(0)

    return (
        users.select(
            "user",
            recency_score=fifth("days_since_last_order", descending=True),
            frequency_score=fifth("order_count", descending=False),
            monetary_score=fifth("net_revenue", descending=False),
        )
        .with_columns(value_score=(pl.col("frequency_score") + pl.col("monetary_score") + 1) // 2)
        .join(
            pl.read_csv(REFERENCE / "seg_ref__rfm_cells.csv"),
            on=["recency_score", "value_score"],
            how="left",
            maintain_order="left",
        )
    )


def cluster_features() -> list[pl.Expr]:
    """What shapes clusters, before it is scaled."""
    sessions, views = pl.col("session_count"), pl.col("view_count")
    return [
        (sessions * 30 / pl.col("days_since_first_seen").clip(lower_bound=30)).alias("sessions_per_month"),
        pl.col("conversion_rate", "average_order_value", "units_per_order", "price_level", "discount_share"),
        pl.col("return_share", "cart_abandonment_rate"),
        ratio(views, sessions).alias("views_per_session"),
        ratio(pl.col("browse_seconds_per_session").replace(0, None) * sessions, views).alias("browse_seconds_per_view"),
        pl.col("category_entropy"),
        (pl.col("morning_share") + pl.col("afternoon_share")).alias("daytime_share"),
        pl.col("weekend_share"),
    ]


def scaled_features(described: pl.DataFrame, is_seen: pl.Series) -> pl.DataFrame:
    """Without what is extreme, amounts in logarithms, with mean 0 and deviation 1 among users that were seen."""
    features, amounts = pl.all(), pl.col(CLUSTERED_LOGGED)
    seen = features.filter(is_seen)
    deviation = seen.std(ddof=0)
    return (
        described.with_columns(pl.col(CLUSTERED_ZERO_FILLED).fill_null(0))
        .with_columns(features.clip(seen.quantile(0.01, "linear"), seen.quantile(0.99, "linear")))
        .with_columns(amounts.sign() * amounts.abs().log1p())
        .select(ratio(features - seen.mean(), deviation).fill_null(0))
    )


def segment_sizes(keys: pl.DataFrame, revenue: pl.Series) -> pl.LazyFrame:
    return (
        keys.lazy()
        .with_columns(revenue)
        .unpivot(SCHEMES, index="net_revenue", variable_name="scheme", value_name="segment_key")
        .group_by("scheme", "segment_key")
        .agg(size=pl.len(), sum=pl.col("net_revenue").sum())
        .with_columns(user_share=pl.col("size") / len(revenue), revenue_share=pl.col("sum") / revenue.sum())
    )


def segment_means(keys: pl.DataFrame, described: pl.DataFrame) -> pl.LazyFrame:
    """The mean of every feature in every segment, and how many deviations it is from everybody's."""
    features = described.lazy().cast(pl.Float64)
    everybody = features.select(pl.all().mean()).unpivot(variable_name="feature_name", value_name="mean_of_all")
    deviations = features.select(pl.all().std()).unpivot(variable_name="feature_name", value_name="deviation")
    difference = ratio(pl.col("mean") - pl.col("mean_of_all"), pl.col("deviation"))
    return (
        pl.concat([keys.lazy(), features], how="horizontal")
        .unpivot(SCHEMES, index=described.columns, variable_name="scheme", value_name="segment_key")
        .group_by("scheme", "segment_key")
        .agg(pl.all().mean())
        .unpivot(index=["scheme", "segment_key"], variable_name="feature_name", value_name="mean")
        .join(everybody, on="feature_name")
        .join(deviations, on="feature_name")
        .with_columns(standardized_difference=difference)
        .drop("mean_of_all", "deviation")
    )
