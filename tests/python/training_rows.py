"""Rows as the fits read them: outcomes that bend with the features, and noise."""

import numpy as np
import pandas as pd


def make_rows(row_count, feature_count=4, seed=7):
    random = np.random.default_rng(seed)
    features = random.normal(size=(row_count, feature_count))
    orders = np.maximum(0, 1 + features[:, 0] - 0.5 * features[:, 1] ** 2 + random.normal(size=row_count))
    rows = pd.DataFrame(features, columns=[f"feature_f{number}" for number in range(feature_count)])
    rows["scoring_date"] = pd.Timestamp("2024-10-01")
    rows["split"] = np.resize(["train", "validation", "test"], row_count)
    rows["label_order_count"] = np.round(orders)
    rows["label_net_revenue"] = 30 * orders - 5
    rows["label_will_order"] = (orders >= 1).astype(float)
    return rows


def features_of(rows):
    return rows[[column for column in rows if column.startswith("feature_")]].to_numpy()
