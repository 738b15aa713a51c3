"""One wide row per user."""

import numpy as np
import pandas as pd

from peers.shared.report import Report


def write_profiles(
    shop: dict, segments: pd.DataFrame, predictions: pd.DataFrame, recommendations: pd.DataFrame, report: Report
) -> None:
    profiles = shop["features"].query("split == 'scoring'").drop(columns="split")
    predicted = predictions.pivot_table(index="user", columns="target_name", values="prediction").add_prefix(
        "predicted_"
    )
    first = recommendations[recommendations["recommendation_rank"] == 1].set_index("user")["product"]
    profiles = profiles.merge(segments, on="user", how="left").merge(predicted, on="user", how="left")
    profiles = profiles.merge(
        shop["users"].drop(columns=["user_id", "source_user_id", "is_alias"]), on="user", how="left"
    )
    top = profiles["user"].map(first).fillna(-1).astype(int).to_numpy()
    names = np.append(shop["products"]["product_name"].to_numpy(dtype=object), None)
    profiles["top_recommendation"] = pd.array(names[top], dtype="str")
    profiles.insert(0, "user_id", shop["user_ids"][profiles["user"]])
    report.write("user_profiles", profiles.drop(columns="user"))
    report.counts |= {"users": len(profiles), "net revenue": profiles["net_revenue"].sum()}
