"""Linear and logistic regression beside two baselines, with metrics and intervals."""

import numpy as np
import pandas as pd
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import brier_score_loss, log_loss, mean_absolute_error, mean_squared_error, r2_score, roc_auc_score
from sklearn.preprocessing import StandardScaler

from peer_steps.common import HORIZON_DAYS, MAX_TRAINING_ROWS, SEED, Report


def predict(shop: dict, report: Report) -> pd.DataFrame:
    features = shop["features"]
    rows = prediction_features(features)
    labels = outcomes(shop, features)
    generator = np.random.default_rng(SEED)
    split = features["split"].to_numpy()
    past = np.flatnonzero(split != "scoring")
    sampled = np.zeros(len(features), bool)
    sampled[generator.permutation(past)[:MAX_TRAINING_ROWS]] = True

    fitting = sampled & (split == "train")
    for name in rows.columns.difference(["is_buyer", "is_repeat_buyer"]):
        if not name.endswith("_per_horizon"):
            rows[name] = rows[name].clip(*rows.loc[fitting, name].quantile([0.01, 0.99]))
    logged = [
        name
        for name in rows
        if name.startswith(
            (
                "days_",
                "order_count",
                "net_revenue_",
                "view_",
                "search_",
                "cart_add",
                "wishlist",
                "active_",
                "average_",
                "units_",
                "category_",
                "review_",
                "recency",
                "mean_",
            )
        )
        and not name.endswith("_per_horizon")
    ]
    rows[logged] = np.sign(rows[logged]) * np.log1p(rows[logged].abs())
    matrix = StandardScaler().fit(rows[fitting]).transform(rows)

    predictions, metrics, coefficients = [], [], []
    for target in ["order_count", "net_revenue", "will_order"]:
        is_probability = target == "will_order"
        actual, before = labels[target].to_numpy(), labels[f"previous_{target}"].to_numpy()
        scores = {name: np.full(len(features), np.nan) for name in ["fitted", "constant", "same_as_before"]}
        for fit_splits, scored_splits in [
            (["train"], ["train", "validation"]),
            (["train", "validation"], ["test"]),
            (["train", "validation", "test"], ["scoring"]),
        ]:
            fit, scored = sampled & np.isin(split, fit_splits), np.isin(split, scored_splits)
            learned = np.isin(split, fit_splits) & (sampled | (split != "train"))
            if is_probability:
                model = LogisticRegression(C=0.1, solver="newton-cholesky", max_iter=1000)
                model.fit(matrix[fit], actual[fit])
                scores["fitted"][scored] = model.predict_proba(matrix[scored])[:, 1]
                share = [actual[learned & (before == value)].mean() for value in (0, 1)]
                scores["same_as_before"][scored] = np.where(before[scored] > 0, share[1], share[0])
            else:
                model = LinearRegression().fit(matrix[fit], actual[fit])
                scores["fitted"][scored] = model.predict(matrix[scored]).clip(0, actual[learned].max())
                scores["same_as_before"][scored] = before[scored].clip(0)
            scores["constant"][scored] = actual[learned].mean()
        coefficients.append(
            pd.DataFrame({"target_name": target, "feature_name": rows.columns, "coefficient": np.ravel(model.coef_)})
        )

        for model_name, score in scores.items():
            low, high = (None, None) if is_probability else intervals(score, actual, split)
            for name in ["train", "validation", "test"]:
                judged = (split == name) & (sampled | (split != "train"))
                values = judged_by(actual[judged], score[judged], is_probability)
                if low is not None and name == "test":
                    values["coverage_80"] = ((actual >= low) & (actual <= high))[judged].mean()
                metrics += [
                    {
                        "target_name": target,
                        "model_name": model_name,
                        "split": name,
                        "metric_name": metric,
                        "metric_value": value,
                        "row_count": judged.sum(),
                    }
                    for metric, value in values.items()
                ]
            if model_name == "fitted":
                scoring = split == "scoring"
                predictions.append(
                    pd.DataFrame(
                        {
                            "user": features.loc[scoring, "user"].to_numpy(),
                            "target_name": target,
                            "prediction": score[scoring],
                            "prediction_low": np.nan if low is None else low[scoring],
                            "prediction_high": np.nan if high is None else high[scoring],
                            "percentile": pd.Series(score[scoring]).rank(pct=True, method="max"),
                        }
                    )
                )

    metrics, predictions = pd.DataFrame(metrics), pd.concat(predictions, ignore_index=True)
    report.write("model_metrics", metrics)
    report.write("model_coefficients", pd.concat(coefficients, ignore_index=True))
    report.write("user_predictions", predictions.assign(user_id=shop["user_ids"][predictions["user"]]))
    tested = metrics.query("split == 'test' and model_name == 'fitted'")
    tested = tested.set_index(["target_name", "metric_name"])["metric_value"]
    report.counts |= {
        "r2 of order_count": tested["order_count", "r2"],
        "r2 of net_revenue": tested["net_revenue", "r2"],
        "auc of will_order": tested["will_order", "auc"],
    }
    return predictions


def prediction_features(features: pd.DataFrame) -> pd.DataFrame:
    days_known = features["days_since_first_seen"].fillna(0).clip(HORIZON_DAYS, 365)
    return pd.DataFrame(
        {
            "is_buyer": (features["order_count"] > 0) * 1.0,
            "is_repeat_buyer": (features["order_count"] > 1) * 1.0,
            "days_since_first_seen": features["days_since_first_seen"].fillna(0),
            "days_since_last_seen": features["days_since_last_seen"].fillna(730),
            "days_since_last_order": features["days_since_last_order"].fillna(730),
            "recency_to_rhythm": features["recency_to_rhythm"].fillna(1),
            "mean_days_between_orders": features["mean_days_between_orders"].fillna(365),
            **{
                name: features[name].fillna(0).astype(float)
                for name in [
                    "order_count_30d",
                    "order_count_90d",
                    "order_count_365d",
                    "net_revenue_90d",
                    "net_revenue_365d",
                ]
            },
            "orders_per_horizon": features["order_count_365d"] * HORIZON_DAYS / days_known,
            "net_revenue_per_horizon": features["net_revenue_365d"] * HORIZON_DAYS / days_known,
            **{
                name: features[name].fillna(0).astype(float)
                for name in [
                    "average_order_value",
                    "units_per_order",
                    "category_count",
                    "discount_share",
                    "coupon_order_share",
                    "return_share",
                    "cancellation_share",
                    "active_day_count_30d",
                    "active_day_count_90d",
                    "view_count_30d",
                    "search_count_90d",
                    "cart_add_count_30d",
                    "wishlist_count_90d",
                    "conversion_rate",
                    "cart_abandonment_rate",
                    "touch_response_rate",
                    "review_count",
                    "event_trend",
                    "revenue_trend",
                ]
            },
        }
    )


def outcomes(shop: dict, features: pd.DataFrame) -> pd.DataFrame:
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
    return pd.concat(parts, ignore_index=True)


def intervals(score: np.ndarray, actual: np.ndarray, split: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """80 % intervals by split-conformal prediction, per fifth of the predictions, from the split before."""
    low, high = np.full(len(score), np.nan), np.full(len(score), np.nan)
    for calibration, served in [("validation", "test"), ("test", "scoring")]:
        of_calibration, of_served = split == calibration, split == served
        thresholds = np.quantile(score[of_calibration], [0.2, 0.4, 0.6, 0.8])
        calibration_fifth = np.searchsorted(thresholds, score[of_calibration])
        served_fifth = np.searchsorted(thresholds, score[of_served])
        error = actual[of_calibration] - score[of_calibration]
        for fifth in np.unique(served_fifth):
            errors = error[calibration_fifth == fifth]
            bounds = np.quantile(errors if len(errors) else error, [0.1, 0.9])
            rows = np.flatnonzero(of_served)[served_fifth == fifth]
            low[rows], high[rows] = np.maximum(score[rows] + bounds[0], 0), score[rows] + bounds[1]
    return low, high


def judged_by(actual: np.ndarray, score: np.ndarray, is_probability: bool) -> dict[str, float]:
    if is_probability:
        return {
            "auc": roc_auc_score(actual, score),
            "log_loss": log_loss(actual, score),
            "brier": brier_score_loss(actual, score),
            "accuracy": ((score >= 0.5) == (actual == 1)).mean(),
        }
    mse = mean_squared_error(actual, score)
    return {"mse": mse, "rmse": mse**0.5, "mae": mean_absolute_error(actual, score), "r2": r2_score(actual, score)}
