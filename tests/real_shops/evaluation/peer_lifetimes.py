"""lifetimes' BG/NBD, Pareto/NBD and Gamma-Gamma on the order days before a cut; runs in an environment of its own.

    python peer_lifetimes.py order_days.csv CUT HORIZON_DAYS out.csv

order_days.csv: user_id, order_date, net_revenue (one row per user and day with an order).
out.csv: user_id and, per model, what it expects of the horizon; seconds are printed, model by model.
"""

import sys
import time
import warnings

import numpy as np
import pandas as pd
from lifetimes import BetaGeoFitter, GammaGammaFitter, ParetoNBDFitter
from lifetimes.utils import summary_data_from_transaction_data

PENALTIES = [0.0, 0.001, 0.01, 0.1]


def main() -> None:
    # The search tries parameters whose likelihood is no number.
    warnings.simplefilter("ignore")
    file, cut, horizon_days, out = sys.argv[1:]
    days = pd.read_csv(file, dtype={"user_id": str}, parse_dates=["order_date"])
    weeks = int(horizon_days) / 7
    summary = summary_data_from_transaction_data(
        days, "user_id", "order_date", monetary_value_col="net_revenue",
        observation_period_end=pd.Timestamp(cut) - pd.Timedelta(days=1), freq="D",
    )
    # Plain arrays: lifetimes mixes up pandas objects where it exchanges alpha and beta.
    frequency, recency, age = (summary[name].to_numpy(dtype=float) for name in ("frequency", "recency", "T"))
    recency, age = recency / 7, age / 7
    predictions = pd.DataFrame(index=summary.index)

    started = time.monotonic()
    bg_nbd = fitted(BetaGeoFitter, frequency, recency, age)
    predictions["bg_nbd_orders"] = bg_nbd.conditional_expected_number_of_purchases_up_to_time(
        weeks, frequency, recency, age
    )
    alive = bg_nbd.conditional_probability_alive(frequency, recency, age)
    r, alpha = bg_nbd.params_["r"], bg_nbd.params_["alpha"]
    predictions["bg_nbd_probability"] = alive * (1 - ((alpha + age) / (alpha + age + weeks)) ** (r + frequency))
    spent = summary[(summary["frequency"] > 0) & (summary["monetary_value"] > 0)]
    value = np.full(len(summary), max(summary["monetary_value"].mean(), 0.0))
    if len(spent) > 10:
        gamma_gamma = fitted(GammaGammaFitter, spent["frequency"], spent["monetary_value"])
        value = gamma_gamma.conditional_expected_average_profit(
            summary["frequency"], summary["monetary_value"].clip(lower=0)
        )
    predictions["bg_nbd_revenue"] = predictions["bg_nbd_orders"] * np.asarray(value)
    print(f"seconds bg_nbd {time.monotonic() - started:.2f}")

    started = time.monotonic()
    try:
        pareto = fitted(ParetoNBDFitter, frequency, recency, age)
        orders = pareto.conditional_expected_number_of_purchases_up_to_time(weeks, frequency, recency, age)
        predictions["pareto_nbd_orders"] = orders
        predictions["pareto_nbd_probability"] = 1 - np.exp(-orders)
        predictions["pareto_nbd_revenue"] = orders * np.asarray(value)
        print(f"seconds pareto_nbd {time.monotonic() - started:.2f}")
    except RuntimeError as error:
        print(f"pareto_nbd did not converge: {error}", file=sys.stderr)

    # Where the hypergeometric function overflows, for the heaviest buyers, lifetimes has no number: their own rate.
    own = pd.Series(frequency / np.maximum(age, 1) * weeks, index=summary.index)
    for method in ("bg_nbd", "pareto_nbd"):
        for name, instead in [("orders", own), ("probability", 1 - np.exp(-own)), ("revenue", own * np.asarray(value))]:
            column = f"{method}_{name}"
            if column in predictions:
                predictions[column] = predictions[column].replace([np.inf, -np.inf], np.nan).fillna(instead)

    predictions.rename_axis("user_id").reset_index().to_csv(out, index=False)


def fitted(kind, *data):
    """The fit with the weakest penalty that converges."""
    for penalty in PENALTIES:
        model = kind(penalizer_coef=penalty)
        try:
            model.fit(*data)
        except Exception:
            continue
        if np.isfinite(model.params_.to_numpy()).all():
            return model
    raise RuntimeError(f"{kind.__name__} did not converge")


if __name__ == "__main__":
    main()
