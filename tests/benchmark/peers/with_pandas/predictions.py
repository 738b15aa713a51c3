"""Features of the regressions, outcomes, and predictions of every user."""

import numpy as np
import pandas as pd

from peers.shared.definitions import (
    HORIZON_DAYS,
    PREDICTORS_CLIPPED,
    PREDICTORS_LOGGED,
    PREDICTORS_PER_HORIZON,
    PREDICTORS_UNKNOWN,
    PREDICTORS_ZERO_FILLED,
)
from peers.shared.regressions import figures_of_test, fit_regressions, sampled_rows
from peers.shared.report import Report


def predict(shop: dict, report: Report) -> pd.DataFrame:
    features = shop["features"]
    split = features["split"].to_numpy()
    sampled = sampled_rows(split)
    rows = predictors(features, sampled & (split == "train"))
    fits = fit_regressions(rows.to_numpy(), outcomes(shop, features), split, sampled)

    users = features.loc[split == "scoring", "user"].to_numpy()
    predictions = pd.concat(
        [pd.DataFrame({"user": users, "target_name": target, **of}) for target, of in fits.predictions.items()],
        ignore_index=True,
    )
    coefficients = pd.DataFrame({"feature_name": rows.columns, **fits.coefficients})
    report.write("model_metrics", pd.DataFrame(fits.metrics))
    report.write(
        "model_coefficients", coefficients.melt("feature_name", var_name="target_name", value_name="coefficient")
    )
    report.write("user_predictions", predictions.assign(user_id=shop["user_ids"][predictions["user"]]))
    report.counts |= figures_of_test(fits.metrics)
    return predictions


def predictors(features: pd.DataFrame, fitting: np.ndarray) -> pd.DataFrame:
    """Without gaps, without what is extreme among the fitted rows, amounts in logarithms."""
    days_known = features["days_since_first_seen"].fillna(0).clip(HORIZON_DAYS, 365)
    rows = pd.DataFrame(
        {
            "is_buyer": (features["order_count"] > 0) * 1.0,
            "is_repeat_buyer": (features["order_count"] > 1) * 1.0,
            **{name: features[name].fillna(unknown) for name, unknown in PREDICTORS_UNKNOWN.items()},
            **{name: features[total] * HORIZON_DAYS / days_known for name, total in PREDICTORS_PER_HORIZON.items()},
            **{name: features[name].fillna(0).astype(float) for name in PREDICTORS_ZERO_FILLED},
        }
    )
    bounds = rows.loc[fitting, PREDICTORS_CLIPPED].quantile([0.01, 0.99])
    rows[PREDICTORS_CLIPPED] = rows[PREDICTORS_CLIPPED].clip(bounds.loc[0.01], bounds.loc[0.99], axis=1)
    rows[PREDICTORS_LOGGED] = np.sign(rows[PREDICTORS_LOGGED]) * np.log1p(rows[PREDICTORS_LOGGED].abs())
    return rows


def outcomes(shop: dict, features: pd.DataFrame) -> dict[str, np.ndarray]:
    """What each row's user ordered in the horizon after and before its date."""
    days = shop["user_days"]
    days = days.loc[
        days["placed_order_count"] + days["net_revenue"].abs() > 0, ["user", "day", "order_count", "net_revenue"]
    ]
    parts = []
    for _, day in shop["dates"]:
        users = features.loc[features["day"] == day, "user"]
        part = {}
        for prefix, low in [("", day), ("previous_", day - HORIZON_DAYS)]:
            window = days[(days["day"] >= low) & (days["day"] < low + HORIZON_DAYS)]
            sums = window.groupby("user")[["order_count", "net_revenue"]].sum().reindex(users, fill_value=0)
            part |= {f"{prefix}{name}": sums[name].to_numpy(float) for name in sums}
            part[f"{prefix}will_order"] = (part[f"{prefix}order_count"] > 0) * 1.0
        parts.append(pd.DataFrame(part))
    labels = pd.concat(parts, ignore_index=True)
    return {name: labels[name].to_numpy() for name in labels}
