"""One wide row per user."""

import polars as pl

from peers.shared.report import Report


def write_profiles(
    shop: dict, segments: pl.DataFrame, predictions: pl.DataFrame, recommendations: pl.DataFrame, report: Report
) -> None:
    users = shop["features"].lazy().filter(pl.col("split") == "scoring").drop("split")
    predicted = predictions.pivot("target_name", index="user", values="prediction")
    first = recommendations.lazy().filter(pl.col("recommendation_rank") == 1).select("user", "product")
    top = first.join(shop["products"].lazy().select("product", top_recommendation="product_name"), on="product")
    profiles = shop["user_ids"].lazy().join(users, on="user")
    for columns in [
        segments.lazy(),
        predicted.lazy().select("user", pl.exclude("user").name.prefix("predicted_")),
        shop["users"].lazy().drop("user_id", "source_user_id", "is_alias"),
        top.drop("product"),
    ]:
        profiles = profiles.join(columns, on="user", how="left")
    profiles = profiles.collect()
    report.write("user_profiles", profiles.drop("user"))
    report.counts |= {"users": profiles.height, "net revenue": profiles["net_revenue"].sum()}
