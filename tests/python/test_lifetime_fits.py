"""BG/NBD and Gamma-Gamma against the published fits, simulated buyers, and histories that a shop may well have."""

import duckdb
import ml_seg__lifetime_fits as lifetime_fits
import numpy as np
import pandas as pd
import pytest
from scipy.optimize import approx_fprime
from shops import real_data_file

CDNOW_FILE = "cdnow_sample/CDNOW_sample.parquet"
COLUMNS = [
    "as_of_date", "model_name", "parameter_name", "parameter_value", "log_likelihood", "customer_count",
    "is_converged", "is_at_limit", "fallback_reason",
]


@pytest.fixture(scope="session")
def cdnow():
    """The buyers of the paper: 39 weeks from 1 January 1997, repeats on days after the first."""
    file, why_not = real_data_file(CDNOW_FILE)
    if file is None:
        pytest.skip(why_not)
    return duckdb.execute(
        """
        with days as (
            select
                sample_customer_id as user_id,
                cast(strptime(cast(date as varchar), '%Y%m%d') as date) as order_date,
                sum(cast(dollar_value as double)) as net_revenue
            from read_parquet(?)
            group by all
        ),
        numbered as (
            select *, row_number() over (partition by user_id order by order_date) > 1 as is_repeat
            from days
            where order_date < date '1997-10-01'
        )
        select
            count(*) - 1.0 as repeat_count,
            max(order_date) - min(order_date) + 0.0 as recency_days,
            date '1997-09-30' - min(order_date) + 0.0 as age_days,
            avg(net_revenue) filter (is_repeat) as mean_repeat_value
        from numbered
        group by user_id
        order by user_id
        """,
        [str(file)],
    ).df()


def simulated(buyer_count, r, alpha, a, b, seed=11):
    """Buyers who follow the model: whole histories, order by order."""
    random = np.random.default_rng(seed)
    age = random.uniform(50, 700, buyer_count)
    rate, chance = random.gamma(r, 1 / alpha, buyer_count), random.beta(a, b, buyer_count)
    repeat_count, recency = np.zeros(buyer_count), np.zeros(buyer_count)
    is_there = np.ones(buyer_count, dtype=bool)
    clock = np.zeros(buyer_count)
    while is_there.any():
        clock[is_there] += random.exponential(1, is_there.sum()) / np.maximum(rate[is_there], 1e-12)
        is_there &= clock < age
        repeat_count[is_there] += 1
        recency[is_there] = clock[is_there]
        is_there &= random.uniform(size=buyer_count) >= chance
    return repeat_count, recency, age


def histories_of(repeat_count, recency, age, value, as_of_date="2024-07-01"):
    return pd.DataFrame(
        {
            "as_of_date": pd.Timestamp(as_of_date),
            "repeat_count": repeat_count,
            "recency_days": recency,
            "age_days": age,
            "mean_order_value": value,
        }
    )


def make_histories(buyer_count=600, seed=3):
    repeat_count, recency, age = simulated(buyer_count, 0.8, 60.0, 0.7, 3.0, seed)
    random = np.random.default_rng(seed)
    value = random.gamma(6.0 * (repeat_count + 1)) / random.gamma(4.0, 1 / 60.0, buyer_count) / (repeat_count + 1)
    return histories_of(repeat_count, np.round(recency), np.ceil(age), value)


def value_of(fits, parameter_name):
    return fits.set_index("parameter_name").loc[parameter_name, "parameter_value"]


def test_bg_nbd_finds_the_published_parameters(cdnow):
    fit = lifetime_fits.fit_bg_nbd(*cdnow[["repeat_count", "recency_days", "age_days"]].to_numpy().T)
    assert fit["customer_count"] == 2357
    # Published to four places, in weeks.
    assert fit["r"] == pytest.approx(0.2426, abs=5e-5)
    assert fit["alpha"] / 7 == pytest.approx(4.4136, abs=5e-5)
    assert fit["a"] == pytest.approx(0.7929, abs=5e-5)
    assert fit["b"] == pytest.approx(2.4259, abs=5e-5)
    # A density per day is a seventh of one per week, once per repeat.
    in_weeks = fit["log_likelihood"] + cdnow["repeat_count"].sum() * np.log(7)
    assert in_weeks == pytest.approx(-9582.43, abs=5e-3)


def test_gamma_gamma_finds_the_published_parameters(cdnow):
    chosen = cdnow[(cdnow["repeat_count"] > 0) & (cdnow["mean_repeat_value"] > 0)]
    fit = lifetime_fits.fit_gamma_gamma(*chosen[["repeat_count", "mean_repeat_value"]].to_numpy().T)
    assert fit["customer_count"] == 946
    assert fit["p"] == pytest.approx(6.25, abs=5e-3)
    assert fit["q"] == pytest.approx(3.74, abs=5e-3)
    assert fit["v"] == pytest.approx(15.44, abs=5e-3)


@pytest.mark.parametrize("truth", [(0.25, 30.0, 0.8, 2.5), (2.0, 90.0, 1.5, 6.0), (0.9, 15.0, 0.4, 5.0)])
def test_bg_nbd_recovers_what_simulated_buyers_follow(truth):
    fit = lifetime_fits.fit_bg_nbd(*simulated(20_000, *truth))
    assert fit["fallback_reason"] is None
    found = [fit[name] for name in ("r", "alpha", "a", "b")]
    np.testing.assert_allclose(found, truth, rtol=0.15)
    assert found[0] / found[1] == pytest.approx(truth[0] / truth[1], rel=0.03)
    assert found[2] / (found[2] + found[3]) == pytest.approx(truth[2] / (truth[2] + truth[3]), rel=0.05)


def test_gamma_gamma_recovers_what_simulated_buyers_follow():
    random = np.random.default_rng(5)
    order_count = 1 + random.poisson(3, 20_000)
    value = random.gamma(6.0 * order_count) / random.gamma(4.0, 1 / 60.0, 20_000) / order_count
    fit = lifetime_fits.fit_gamma_gamma(order_count, value)
    np.testing.assert_allclose([fit["p"], fit["q"], fit["v"]], [6.0, 4.0, 60.0], rtol=0.05)


@pytest.mark.parametrize("point", [(0.25, 0.3, 0.8, 2.5), (20.0, 5.0, 0.02, 0.6), (1.0, 1.0, 50.0, 90.0)])
def test_gradients_are_those_of_the_likelihoods(point):
    rows = make_histories(200)
    repeat_count, recency, age, value = rows.drop(columns="as_of_date").to_numpy().T
    bg_nbd = lifetime_fits.bg_nbd_objective(repeat_count, recency / 300, age / 300, np.ones(200))
    gamma_gamma = lifetime_fits.gamma_gamma_objective(repeat_count + 1, value / 30)
    for objective, logarithms in ((bg_nbd, np.log(point)), (gamma_gamma, np.log(point[1:]))):
        numeric = approx_fprime(logarithms, lambda at, objective=objective: objective(at)[0], 1e-7)
        np.testing.assert_allclose(objective(logarithms)[1], numeric, rtol=1e-4, atol=1e-5)


def test_the_time_and_money_units_carry_through():
    rows = make_histories()
    repeat_count, recency, age, value = rows.drop(columns="as_of_date").to_numpy().T
    days, weeks = (lifetime_fits.fit_bg_nbd(repeat_count, recency / unit, age / unit) for unit in (1, 7))
    np.testing.assert_allclose([weeks[name] for name in "rab"], [days[name] for name in "rab"], rtol=1e-6)
    assert weeks["alpha"] * 7 == pytest.approx(days["alpha"], rel=1e-6)
    cents, euros = (lifetime_fits.fit_gamma_gamma(repeat_count + 1, value * unit) for unit in (100, 1))
    assert cents["p"] == pytest.approx(euros["p"], rel=1e-6)
    assert cents["v"] == pytest.approx(100 * euros["v"], rel=1e-6)


def test_each_date_is_fitted_on_its_own_rows_into_a_typed_repeatable_table():
    early, late = make_histories(300, seed=4), make_histories(500, seed=5)
    early["as_of_date"] = pd.Timestamp("2024-04-02")
    fits = lifetime_fits.fit_all(pd.concat([late, early]))
    assert list(fits.columns) == COLUMNS
    assert len(fits) == 2 * (4 + 3)
    assert not fits.duplicated(["as_of_date", "parameter_name"]).any()
    assert fits["is_converged"].all()
    assert np.isfinite(fits["parameter_value"]).all()
    alone = lifetime_fits.fit_all(early.sample(frac=1, random_state=1))
    pd.testing.assert_frame_equal(fits.iloc[:7], alone, rtol=1e-9)
    pd.testing.assert_frame_equal(lifetime_fits.fit_all(early), lifetime_fits.fit_all(early), check_exact=True)


def test_no_rows_give_no_rows_of_the_same_types():
    rows = make_histories(100)
    empty, full = lifetime_fits.fit_all(rows.iloc[:0]), lifetime_fits.fit_all(rows)
    assert len(empty) == 0
    pd.testing.assert_series_equal(empty.dtypes, full.dtypes)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (histories_of([0.0], [0.0], [1.0], [10.0]), "1 buyers, fewer than 50"),
        (histories_of(np.zeros(100), np.zeros(100), np.full(100, 30.0), np.full(100, 9.0)), "0 repeat buyers, fewer than 10"),
        (histories_of(np.zeros(100), np.zeros(100), np.ones(100), np.full(100, np.nan)), "0 repeat buyers, fewer than 10"),
    ],
)
def test_too_little_gives_null_parameters_and_the_reason(rows, reason):
    fits = lifetime_fits.fit_all(rows)
    assert len(fits) == 7
    assert fits["parameter_value"].isna().all()
    assert not fits["is_converged"].any()
    assert fits["fallback_reason"].iloc[0] == reason
    assert fits["fallback_reason"].notna().all()


def uniform(count, low, high, seed=1):
    return np.random.default_rng(seed).integers(low, high, count).astype(float)


UGLY = {
    "everybody_alike": histories_of(np.full(80, 3.0), np.full(80, 60.0), np.full(80, 90.0), np.full(80, 20.0)),
    "nobody_leaves": histories_of(np.full(80, 8.0), 80 + uniform(80, 0, 3), np.full(80, 90.0), 20 + uniform(80, 0, 9)),
    "all_leave_after_two": histories_of(np.ones(80), uniform(80, 1, 9), np.full(80, 900.0), 20 + uniform(80, 0, 9)),
    "huge_counts": histories_of(uniform(80, 1, 900), np.full(80, 900.0), np.full(80, 901.0), 1e8 * uniform(80, 1, 9)),
    "one_extreme_buyer": histories_of(
        np.append(uniform(80, 0, 3), 50_000.0), np.append(uniform(80, 20, 50), 99_999.0),
        np.append(np.full(80, 90.0), 1e5), np.append(uniform(80, 1, 9), 1e12),
    ),
    "last_order_on_the_first_day": histories_of(uniform(80, 0, 3), np.zeros(80), np.ones(80), uniform(80, 1, 9)),
    "few_repeats_among_many": histories_of(
        np.append(np.zeros(5000), np.ones(12)), np.append(np.zeros(5000), np.full(12, 10.0)),
        uniform(5012, 20, 400), uniform(5012, 1, 99),
    ),
    "tiny_values": histories_of(uniform(80, 1, 9), uniform(80, 1, 90), np.full(80, 99.0), 1e-4 * uniform(80, 1, 9)),
}


@pytest.mark.parametrize("rows", UGLY.values(), ids=UGLY.keys())
def test_ugly_histories_give_finite_parameters_or_a_reason(rows):
    fits = lifetime_fits.fit_all(rows)
    is_fitted = fits["fallback_reason"].isna()
    assert (is_fitted == fits["parameter_value"].notna()).all()
    assert (is_fitted == fits["is_converged"]).all()
    assert (fits.loc[is_fitted, "parameter_value"] > 0).all()
    assert np.isfinite(fits.loc[is_fitted, ["parameter_value", "log_likelihood"]].to_numpy()).all()


def test_buyers_who_are_all_alike_reach_the_limit_and_its_mean():
    fits = lifetime_fits.fit_all(UGLY["everybody_alike"])
    assert fits.loc[fits["model_name"] == "gamma_gamma", "is_at_limit"].all()
    p, q, v = (value_of(fits, name) for name in "pqv")
    assert p * (v + 4 * 20) / (p * 4 + q - 1) == pytest.approx(20, rel=1e-3)


def test_where_nobody_leaves_the_chance_to_leave_is_at_its_limit():
    fits = lifetime_fits.fit_all(UGLY["nobody_leaves"])
    assert value_of(fits, "a") / (value_of(fits, "a") + value_of(fits, "b")) < 0.01
