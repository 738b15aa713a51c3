"""What SQL expects of buyers, against the papers' formulas in SciPy, which give the published example."""

import numpy as np
import pytest
from scipy.special import hyp2f1


def expected_if_alive(r, alpha, a, b, repeat_count, age, span):
    """Fader, Hardie & Lee 2005, equation 10, without P(alive)."""
    z = span / (alpha + age + span)
    series = hyp2f1(r + repeat_count, b + repeat_count, a + b + repeat_count - 1, z)
    factor = ((alpha + age) / (alpha + age + span)) ** (r + repeat_count)
    return (a + b + repeat_count - 1) / (a - 1) * (1 - factor * series)


def alive_probability(r, alpha, a, b, repeat_count, recency, age):
    left = np.where(
        repeat_count > 0,
        a / (b + np.maximum(repeat_count, 1) - 1) * ((alpha + age) / (alpha + recency)) ** (r + repeat_count),
        0,
    )
    return 1 / (1 + left)


def test_the_formulas_give_the_published_example():
    # Two repeats, the last after 30.43 of 38.86 weeks: 1.226 orders in the next 39.
    parameters = (0.2426, 4.4136, 0.7929, 2.4259)
    alive = alive_probability(*parameters, 2, 30.43, 38.86)
    assert alive * expected_if_alive(*parameters, 2, 38.86, 39) == pytest.approx(1.226, abs=5e-4)


def test_expected_orders_of_the_living_are_those_of_scipy(demo_store):
    rows = demo_store.sql("""
        select * from int_seg__lifetime_order_counts
        inner join int_seg__lifetime_fits using (as_of_date)
        where r < 100 and a < 100
    """).df()
    expected = expected_if_alive(
        rows["r"], rows["alpha"], rows["a"], rows["b"], rows["repeat_count"], rows["age_days"], rows["span_days"]
    )
    assert len(rows) > 1000
    np.testing.assert_allclose(rows["order_day_count_if_alive"], expected, rtol=1e-6)


def test_expectations_of_users_are_those_of_the_papers(demo_store):
    rows = demo_store.sql("""
        select
            expectations.*, histories.* exclude (user_id, as_of_date), fits.* exclude (as_of_date),
            windows.window_days
        from int_seg__lifetime_expectations as expectations
        inner join int_seg__order_histories as histories using (user_id, as_of_date)
        inner join int_seg__lifetime_fits as fits using (as_of_date)
        inner join int_seg__outcome_windows as windows using (horizon_days, as_of_date)
        where fits.r < 100 and fits.a < 100
    """).df()
    parameters = (rows["r"], rows["alpha"], rows["a"], rows["b"])
    alive = alive_probability(*parameters, rows["repeat_count"], rows["recency_days"], rows["age_days"])
    np.testing.assert_allclose(rows["alive_probability"], alive, rtol=1e-9)

    still = (rows["alpha"] + rows["age_days"]) / (rows["alpha"] + rows["age_days"] + rows["window_days"])
    np.testing.assert_allclose(
        rows["order_probability"], alive * (1 - still ** (rows["r"] + rows["repeat_count"])), rtol=1e-9
    )

    # Who orders within the window or later: no order in the horizon is the chance of none in the window to this power.
    later = (rows["alpha"] + rows["age_days"]) / (rows["alpha"] + rows["age_days"] + rows["horizon_days"])
    np.testing.assert_allclose(
        1 - (1 - rows["order_probability"]) ** rows["probability_scale"].fillna(1),
        alive * (1 - later ** (rows["r"] + rows["repeat_count"])), rtol=1e-6, atol=1e-12,
    )

    orders = rows["repeat_count"] + 1
    value = rows["p"] * (rows["v"] + orders * rows["mean_order_value"].fillna(0)) / (rows["p"] * orders + rows["q"] - 1)
    np.testing.assert_allclose(rows["expected_order_value"], value, rtol=1e-9)


def test_money_of_later_counts_less_and_a_longer_span_holds_more(demo_store):
    assert demo_store.sql("""
        select count(*) from int_seg__lifetime_expectations
        where discounted_revenue > expected_revenue + 1e-9 or horizon_scale < 1 - 1e-9
            or discounted_horizon_scale > horizon_scale + 1e-9 or probability_scale < 1 - 1e-9
    """).fetchall() == [(0,)]
