"""A plain gradient boosting, as an analyst writes it in a notebook in an afternoon: windowed RFM features, defaults."""

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

WINDOWS = [30, 90, 180, 365]
MAX_SNAPSHOTS = 3
LEAST_HISTORY_DAYS = 30


def predict(order_days: pd.DataFrame, cut: pd.Timestamp, horizon_days: int) -> pd.DataFrame:
    """Expected orders, revenue and probability of an order after the cut, per user who ordered before it.

    order_days: user_id, order_date, order_count, net_revenue before the cut. Learns at snapshots a horizon apart; where the
    history is too short for one, at its middle, and scales amounts up.
    """
    history_days = (cut - order_days["order_date"].min()).days
    window = min(horizon_days, history_days // 2)
    snapshots = [
        cut - pd.Timedelta(days=window * number)
        for number in range(1, MAX_SNAPSHOTS + 1)
        if history_days - window * number >= min(LEAST_HISTORY_DAYS, window)
    ]
    tables = []
    for snapshot in snapshots:
        table = features(order_days[order_days["order_date"] < snapshot], snapshot)
        after = order_days[
            (order_days["order_date"] >= snapshot)
            & (order_days["order_date"] < snapshot + pd.Timedelta(days=window))
        ].groupby("user_id")
        table["orders_after"] = after["order_count"].sum().reindex(table.index).fillna(0)
        table["revenue_after"] = after["net_revenue"].sum().reindex(table.index).fillna(0)
        tables.append(table)
    learnt = pd.concat(tables)
    today = features(order_days, cut)
    columns = list(today.columns)
    scale = horizon_days / window

    predictions = pd.DataFrame(index=today.index)
    for name, label in [("orders", "orders_after"), ("revenue", "revenue_after")]:
        model = HistGradientBoostingRegressor(random_state=0).fit(learnt[columns], learnt[label])
        predictions[f"boosting_{name}"] = np.maximum(model.predict(today[columns]), 0) * scale
    model = HistGradientBoostingClassifier(random_state=0).fit(learnt[columns], learnt["orders_after"] > 0)
    probability = model.predict_proba(today[columns])[:, 1]
    predictions["boosting_probability"] = 1 - (1 - probability) ** scale
    return predictions


def features(order_days: pd.DataFrame, snapshot: pd.Timestamp) -> pd.DataFrame:
    """One row per user who ordered before the snapshot."""
    days = order_days.assign(days_ago=(snapshot - order_days["order_date"]).dt.days)
    days = days[days["order_count"] > 0]
    users = days.groupby("user_id")
    table = pd.DataFrame({
        "recency": users["days_ago"].min(),
        "age": users["days_ago"].max(),
        "frequency": users["order_count"].sum(),
        "revenue": users["net_revenue"].sum(),
    })
    table["mean_value"] = table["revenue"] / table["frequency"]
    table["mean_gap"] = (table["age"] - table["recency"]) / (users.size() - 1).replace(0, np.nan)
    for window in WINDOWS:
        recent = days[days["days_ago"] <= window].groupby("user_id")
        table[f"orders_{window}"] = recent["order_count"].sum().reindex(table.index).fillna(0)
        table[f"revenue_{window}"] = recent["net_revenue"].sum().reindex(table.index).fillna(0)
    return table
