"""One row per as-of date, model and parameter: when buyers order again and leave (BG/NBD), and what they spend.

Each date is fitted on what was known before it, by maximum likelihood. A fit that cannot be made has its rows too,
with null parameters and the reason.

bg_nbd       r, alpha (days): orders come at a rate that differs from buyer to buyer, gamma(r, alpha);
             a, b: after each repeat a buyer leaves with a chance that differs likewise, beta(a, b).
gamma_gamma  p, q, v (shop currency): order values are gamma(p, rate) with a rate of the buyer's own, gamma(q, v).
"""

import threading
from collections.abc import Callable

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

# dbt may run two Python models at once, and an import of scikit-learn (which imports SciPy) that meets another finds
# half a module.
with threading.__dict__.setdefault("scikit_learn_import", threading.RLock()):
    from scipy.optimize import minimize
    from scipy.special import gammaln, psi

PARAMETERS = {"bg_nbd": ["r", "alpha", "a", "b"], "gamma_gamma": ["p", "q", "v"]}

# Where the likelihood still rises beyond these, the data know no better than the limit (all buyers alike, or nobody
# leaves), and further out it changes nothing that is predicted. `alpha` is in mean ages, `v` in mean order values.
LIMITS = {
    "r": (1e-3, 1e3), "alpha": (1e-5, 1e6), "a": (1e-2, 1e3), "b": (1e-2, 1e3),
    "p": (1e-2, 1e3), "q": (1e-2, 1e3), "v": (1e-6, 1e6),
}

# Of four or three parameters, fewer say nothing.
MINIMUM_REPEAT_BUYERS = 10

# Largest slope, per buyer and per relative change of a parameter, that counts as a maximum.
SLOPE_TOLERANCE = 1e-6

Objective = Callable[[np.ndarray], tuple[float, np.ndarray]]


def model(dbt, session):
    histories = dbt.ref("int_seg__order_histories_sampled").order("as_of_date, user_id").df()
    minimum_buyers = dbt.config.meta_get("minimum_buyers")

    return session.from_df(fit_all(histories, minimum_buyers))


def fit_all(histories: pd.DataFrame, minimum_buyers: int = 50) -> pd.DataFrame:
    """Fit both models at each as-of date and return their parameters, long.

    histories: columns as_of_date, repeat_count, recency_days, age_days and mean_order_value (null: not positive).
    """
    fits = []
    with threadpool_limits(1):
        for as_of_date, rows in histories.groupby("as_of_date", sort=True):
            repeat_count, recency_days, age_days, mean_order_value = (
                rows[column].to_numpy(dtype=float, na_value=np.nan)
                for column in ("repeat_count", "recency_days", "age_days", "mean_order_value")
            )
            lifetime_fit = fit_bg_nbd(repeat_count, recency_days, age_days, minimum_buyers)
            fits.append(as_rows(as_of_date, "bg_nbd", lifetime_fit))

            # Repeat buyers, as in the paper: a buyer of one order has not shown how much their orders differ. The
            # first order counts, as the mean is over all order days and the first is one of them.
            is_read = (repeat_count > 0) & (mean_order_value > 0)
            value_fit = fit_gamma_gamma(repeat_count[is_read] + 1, mean_order_value[is_read])
            fits.append(as_rows(as_of_date, "gamma_gamma", value_fit))

    return pd.concat(fits, ignore_index=True) if fits else no_rows()


def fit_bg_nbd(
    repeat_count: np.ndarray, recency: np.ndarray, age: np.ndarray, minimum_buyers: int = 50
) -> dict:
    """Maximum likelihood of the BG/NBD model, in the time unit of the arguments.

    repeat_count: orders after the first; recency: time from the first to the last order; age: since the first.
    Source: Fader, Hardie & Lee 2005, "Counting Your Customers" the Easy Way.
    """
    repeat_buyer_count = int((repeat_count > 0).sum())
    if len(age) < minimum_buyers:
        return no_fit(len(age), f"{len(age)} buyers, fewer than {minimum_buyers}")
    if repeat_buyer_count < MINIMUM_REPEAT_BUYERS:
        return no_fit(len(age), f"{repeat_buyer_count} repeat buyers, fewer than {MINIMUM_REPEAT_BUYERS}")

    time_unit = age.mean()
    distinct, weights = np.unique(
        np.column_stack([repeat_count, recency, age]), axis=0, return_counts=True
    )
    objective = bg_nbd_objective(distinct[:, 0], distinct[:, 1] / time_unit, distinct[:, 2] / time_unit, weights)

    repeats_per_age = repeat_count.sum() / len(age)
    starts = [
        [r, r / repeats_per_age, a, b] for r, a, b in [(0.3, 0.5, 2), (1, 0.1, 1), (1, 3, 10), (5, 0.5, 5)]
    ]
    fit = highest(objective, starts, PARAMETERS["bg_nbd"], len(age))
    # The likelihood is a density in time, once per repeat.
    return rescaled(fit, "alpha", time_unit, repeat_count.sum())


def fit_gamma_gamma(order_count: np.ndarray, mean_order_value: np.ndarray) -> dict:
    """Maximum likelihood of the Gamma-Gamma model, in the currency of the arguments.

    order_count: the orders, 1 or more, that the mean is over; mean_order_value: above 0.
    Source: Fader & Hardie 2013, The Gamma-Gamma Model of Monetary Value.
    """
    if len(order_count) < MINIMUM_REPEAT_BUYERS:
        return no_fit(
            len(order_count), f"{len(order_count)} repeat buyers with revenue, fewer than {MINIMUM_REPEAT_BUYERS}"
        )

    # The median: one huge order must not push all others to the edge of the search.
    money_unit = np.median(mean_order_value)
    objective = gamma_gamma_objective(order_count, mean_order_value / money_unit)
    # Each start has the mean order value near 1: v = (q - 1) / p.
    starts = [[p, q, (q - 1) / p] for p, q in [(1, 2), (5, 4), (30, 10), (5, 50)]]
    fit = highest(objective, starts, PARAMETERS["gamma_gamma"], len(order_count))
    fit = rescaled(fit, "v", money_unit, len(order_count))

    if not fit["fallback_reason"] and fit["p"] + fit["q"] <= 1:
        fit |= dict.fromkeys(PARAMETERS["gamma_gamma"], np.nan)
        fit["fallback_reason"] = "order values spread so widely that a buyer of one order has no finite mean"
    return fit


def bg_nbd_objective(
    repeat_count: np.ndarray, recency: np.ndarray, age: np.ndarray, weights: np.ndarray
) -> Objective:
    """Mean negative log-likelihood and its gradient, as a function of the logarithms of r, alpha, a, b."""
    shares = weights / weights.sum()
    # What depends on the number of repeats alone is worked out once per number.
    counts, count_of_row = np.unique(repeat_count, return_inverse=True)
    is_repeat = repeat_count > 0

    def objective(logarithms):
        r, alpha, a, b = np.exp(logarithms)
        # 1 where nobody can have left; the term that it enters is dropped there.
        left_odds = np.log(a / np.where(is_repeat, b + repeat_count - 1, 1))
        by_count = (
            gammaln(r + counts) - gammaln(r) + r * np.log(alpha)
            + gammaln(b + counts) - gammaln(b) + gammaln(a + b) - gammaln(a + b + counts)
        )
        log_stayed, log_left = np.log(alpha + age), np.log(alpha + recency)
        stayed = -(r + repeat_count) * log_stayed
        left = np.where(is_repeat, left_odds - (r + repeat_count) * log_left, -np.inf)
        either = np.logaddexp(stayed, left)
        log_likelihood = shares @ (by_count[count_of_row] + either)

        left_share = np.exp(left - either)
        stayed_share = 1 - left_share
        slopes_by_count = (psi(r + counts) - psi(r), psi(a + b) - psi(a + b + counts), psi(b + counts) - psi(b))
        r_slope, ab_slope, b_slope = (shares @ slope[count_of_row] for slope in slopes_by_count)
        gradient = np.array([
            r_slope + np.log(alpha) - shares @ (stayed_share * log_stayed + left_share * log_left),
            r / alpha
            - shares @ ((r + repeat_count) * (stayed_share / (alpha + age) + left_share / (alpha + recency))),
            ab_slope + shares @ left_share / a,
            ab_slope + b_slope - shares @ (left_share / np.where(is_repeat, b + repeat_count - 1, 1)),
        ])
        return -log_likelihood, -gradient * np.array([r, alpha, a, b])

    return objective


def gamma_gamma_objective(order_count: np.ndarray, mean_order_value: np.ndarray) -> Objective:
    """Mean negative log-likelihood and its gradient, as a function of the logarithms of p, q, v."""
    log_value, log_total = np.log(mean_order_value), np.log(order_count * mean_order_value)
    total = order_count * mean_order_value

    def objective(logarithms):
        p, q, v = np.exp(logarithms)
        shape, log_sum = p * order_count, np.log(v + total)
        log_likelihood = np.mean(
            gammaln(shape + q) - gammaln(shape) - gammaln(q) + q * np.log(v)
            - log_value + shape * log_total - (shape + q) * log_sum
        )
        gradient = np.array([
            np.mean(order_count * (psi(shape + q) - psi(shape) + log_total - log_sum)),
            np.mean(psi(shape + q) - log_sum) - psi(q) + np.log(v),
            np.mean(q / v - (shape + q) / (v + total)),
        ])
        return -log_likelihood, -gradient * np.array([p, q, v])

    return objective


def highest(objective: Objective, starts: list[list[float]], names: list[str], buyer_count: int) -> dict:
    """The highest of the maxima that the starts lead to, within the limits."""
    bounds = np.log([LIMITS[name] for name in names])
    # A start is a guess and may lie outside.
    searches = [
        minimize(
            objective,
            np.clip(np.log(np.maximum(start, 1e-300)), bounds[:, 0], bounds[:, 1]),
            jac=True, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-15, "gtol": 1e-8, "maxiter": 500},
        ).x
        for start in starts
    ]
    maxima = [polished(objective, found, bounds) for found in searches]
    # Values that differ in their last digits alone are one maximum: the first of them.
    values = [round(objective(found)[0], 10) for found in maxima]
    logarithms = maxima[int(np.argmin(values))]

    value, gradient = objective(logarithms)
    if not np.isfinite(value) or np.abs(free_slopes(gradient, logarithms, bounds)).max() > SLOPE_TOLERANCE:
        return no_fit(buyer_count, "the search for the maximum did not converge")
    return {
        **dict(zip(names, np.exp(logarithms), strict=True)),
        "log_likelihood": -value * buyer_count,
        "customer_count": buyer_count,
        "is_converged": True,
        "is_at_limit": bool((np.abs(logarithms[:, None] - bounds) < 1e-9).any()),
        "fallback_reason": None,
    }


def polished(objective: Objective, logarithms: np.ndarray, bounds: np.ndarray, max_steps: int = 20) -> np.ndarray:
    """A maximum to the last digits: Newton's method on the parameters that are not at a limit."""
    for _ in range(max_steps):
        value, gradient = objective(logarithms)
        is_free = free_slopes(gradient, logarithms, bounds) != 0
        if not is_free.any():
            break
        steps = 1e-4 * np.eye(len(logarithms))[is_free]
        curvature = np.array([
            (objective(logarithms + step)[1] - objective(logarithms - step)[1])[is_free] / 2e-4 for step in steps
        ])
        # A direction in which the likelihood is flat, or bent the other way, is left as it is.
        newton = np.zeros(len(logarithms))
        newton[is_free] = np.linalg.pinv((curvature + curvature.T) / 2, rcond=1e-10, hermitian=True) @ gradient[is_free]
        moved = np.clip(logarithms - np.clip(newton, -1, 1), bounds[:, 0], bounds[:, 1])
        moved_value, moved_gradient = objective(moved)
        is_flatter = (
            np.abs(free_slopes(moved_gradient, moved, bounds)).max()
            < np.abs(free_slopes(gradient, logarithms, bounds)).max()
        )
        if not is_flatter or moved_value > value + 1e-9 * (1 + abs(value)):
            break
        logarithms = moved
    return logarithms


def free_slopes(gradient: np.ndarray, logarithms: np.ndarray, bounds: np.ndarray) -> np.ndarray:
    """The gradient, 0 where it points out of the limits."""
    is_held = ((logarithms <= bounds[:, 0]) & (gradient > 0)) | ((logarithms >= bounds[:, 1]) & (gradient < 0))
    return np.where(is_held, 0.0, gradient)


def rescaled(fit: dict, name: str, unit: float, density_count: float) -> dict:
    """The fit in the original unit: the parameter that carries it, and a density per unit `density_count` times."""
    if fit["fallback_reason"]:
        return fit
    return fit | {name: fit[name] * unit, "log_likelihood": fit["log_likelihood"] - density_count * np.log(unit)}


def no_fit(buyer_count: int, reason: str) -> dict:
    """The result without parameters."""
    return {
        "log_likelihood": np.nan,
        "customer_count": buyer_count,
        "is_converged": False,
        "is_at_limit": False,
        "fallback_reason": reason,
    }


def as_rows(as_of_date: object, model_name: str, fit: dict) -> pd.DataFrame:
    """One fit, long: a row per parameter."""
    names = PARAMETERS[model_name]
    return pd.DataFrame(
        {
            "as_of_date": pd.to_datetime(as_of_date),
            "model_name": model_name,
            "parameter_name": names,
            "parameter_value": [fit.get(name, np.nan) for name in names],
            "log_likelihood": fit["log_likelihood"],
            "customer_count": fit["customer_count"],
            "is_converged": fit["is_converged"],
            "is_at_limit": fit["is_at_limit"],
            "fallback_reason": fit["fallback_reason"],
        }
    ).astype(
        {
            "as_of_date": "datetime64[us]", "parameter_value": "float64", "log_likelihood": "float64",
            "customer_count": "int64", "is_converged": "bool", "is_at_limit": "bool", "fallback_reason": "object",
        }
    )


def no_rows() -> pd.DataFrame:
    """The empty result, with the types of a full one."""
    return as_rows("2000-01-01", "bg_nbd", no_fit(0, "no buyers")).iloc[:0]
