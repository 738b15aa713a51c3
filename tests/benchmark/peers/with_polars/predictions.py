"""Features of the regressions, outcomes, and predictions of every user."""

import numpy as np
import polars as pl

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


def predict(shop: dict, report: Report) -> pl.DataFrame:
    features = shop["features"]
    split = features["split"].to_numpy()
    sampled = sampled_rows(split)
    rows = predictors(features, sampled & (split == "train"))
    fits = fit_regressions(rows.to_numpy(), outcomes(shop, features), split, sampled)

    users = features.filter(pl.col("split") == "scoring")["user"]
    predictions = pl.concat(
        pl.DataFrame({"user": users, **of}).with_columns(target_name=pl.lit(target))
        for target, of in fits.predictions.items()
    )
    coefficients = pl.DataFrame({"feature_name": rows.columns, **fits.coefficients})
    report.write("model_metrics", pl.DataFrame(fits.metrics))
    report.write(
        "model_coefficients",
        coefficients.unpivot(index="feature_name", variable_name="target_name", value_name="coefficient"),
    )
    report.write("user_predictions", predictions.lazy().join(shop["user_ids"].lazy(), on="user"))
    report.counts |= figures_of_test(fits.metrics)
    return predictions


def predictors(features: pl.DataFrame, fitting: np.ndarray) -> pl.DataFrame:
    """Without gaps, without what is extreme among the fitted rows, amounts in logarithms."""
    days_known = pl.col("days_since_first_seen").fill_null(0).clip(HORIZON_DAYS, 365)
    logged = pl.col(PREDICTORS_LOGGED)

    def bound(share: float) -> pl.Expr:
        return pl.col(PREDICTORS_CLIPPED).filter(pl.Series(fitting)).quantile(share, "linear")

    return (
        features.select(
            (pl.col("order_count") > 0).alias("is_buyer"),
            (pl.col("order_count") > 1).alias("is_repeat_buyer"),
            *(pl.col(name).fill_null(unknown) for name, unknown in PREDICTORS_UNKNOWN.items()),
            *(
                (pl.col(total) * HORIZON_DAYS / days_known).alias(name)
                for name, total in PREDICTORS_PER_HORIZON.items()
            ),
            *(pl.col(name).fill_null(0) for name in PREDICTORS_ZERO_FILLED),
        )
        .cast(pl.Float64)
        .with_columns(pl.col(PREDICTORS_CLIPPED).clip(bound(0.01), bound(0.99)))
        .with_columns(logged.sign() * logged.abs().log1p())
    )


def outcomes(shop: dict, features: pl.DataFrame) -> dict[str, np.ndarray]:
    """What each row's user ordered in the horizon after and before its date; dates are one horizon apart."""
    date = shop["dates"][0][1]
    horizon = date + (pl.col("day") - date) // HORIZON_DAYS * HORIZON_DAYS
    ordered = shop["user_days"].lazy().group_by("user", day=horizon).agg(pl.col("order_count", "net_revenue").sum())
    before = ordered.select(
        "user", pl.col("day") + HORIZON_DAYS, pl.col("order_count", "net_revenue").name.prefix("previous_")
    )
    labels = features.lazy().select("user", "day")
    for sums in [ordered, before]:
        labels = labels.join(sums, on=["user", "day"], how="left", maintain_order="left")
    labels = (
        labels.drop("user", "day")
        .cast(pl.Float64)
        .fill_null(0)
        .with_columns(
            will_order=(pl.col("order_count") > 0).cast(pl.Float64),
            previous_will_order=(pl.col("previous_order_count") > 0).cast(pl.Float64),
        )
        .collect()
    )
    return {label.name: label.to_numpy() for label in labels}
