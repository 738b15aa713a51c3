"""Hillstrom's e-mail experiment (64,000 customers, three variants) through the package, against scipy on the same rows."""

import duckdb
import numpy as np
import pytest
from scipy import stats
from shops import BareShop, real_data_file

FILE = "hillstrom/hillstrom_data.parquet"
SENT = "timestamp '2008-03-20 09:00:00'"

# The e-mail is the impression, also where none was sent; a visit is a touch two days later, the purchase of the two weeks
# after it an order. What was spent in the year before is one order as many months ago as the last one lay back.
INPUTS = {
    "campaign_touches": """
        select
            touch_type || customer as touch_id, customer as user_id, touch_type,
            {sent} + case touch_type when 'visit' then interval 2 days else interval 0 days end as touched_at,
            'hillstrom' as experiment_id, segment as variant
        from {customers}, (values ('impression'), ('visit')) as types (touch_type)
        where touch_type = 'impression' or visit = 1
    """,
    "order_lines": """
        select
            'spend' || customer as order_line_id, 'spend' || customer as order_id, customer as user_id, 'p' as product_id,
            {sent} + interval 3 days as ordered_at, 1 as quantity, spend as unit_price
        from {customers}
        where conversion = 1
        union all
        select
            'history' || customer, 'history' || customer, customer, 'p',
            {sent} - to_days(cast(30 * recency - 15 as integer)), 1, history
        from {customers}
    """,
    "experiments": """
        select
            'hillstrom' as experiment_id, variant, 1 / 3 as share, date '2008-03-20' as starts_on, null as ends_on,
            0 as holdout_share, null as exclusion_group, 14 as window_days, variant = 'No E-Mail' as is_control,
            false as requires_consent, false as is_assigned_here
        from (values ('Mens E-Mail'), ('Womens E-Mail'), ('No E-Mail')) as variants (variant)
    """,
}
SETTINGS = {
    "seg__as_of_date": "2008-05-01", "seg__experiment_pre_period_days": 365, "seg__experiment_schemes": ["lifecycle"],
}


@pytest.fixture(scope="module")
def customers():
    file, reason = real_data_file(FILE)
    if file is None:
        pytest.skip(reason)
    numbers = ["recency", "history", "visit", "conversion", "spend"]
    return duckdb.sql(f"""
        select
            'c' || row_number() over () as customer, segment, {', '.join(f'cast({name} as double) as {name}' for name in numbers)}
        from '{file}'
    """).df()


@pytest.fixture(scope="module")
def database(customers, tmp_path_factory):
    shop = BareShop(tmp_path_factory.mktemp("hillstrom") / "shop")
    rows = shop.folder / "customers.parquet"
    duckdb.from_df(customers).write_parquet(str(rows))
    inputs = {name: query.format(customers=f"'{rows}'", sent=SENT) for name, query in INPUTS.items()}
    return shop.build(
        "hillstrom", inputs, SETTINGS, select=["+seg__experiment_uplift", "+seg__experiment_qini"]
    )


@pytest.fixture(scope="module")
def results(database):
    with duckdb.connect(str(database), read_only=True) as connection:
        frame = connection.sql("select * from seg__experiment_results where scheme = 'all'").df()
    return frame.set_index(["variant", "metric"])


def outcome(customers, variant, metric):
    column = {"touch_visit": "visit", "conversion": "conversion", "revenue": "spend"}[metric]
    return customers.loc[customers["segment"] == variant, column].to_numpy(float)


@pytest.mark.parametrize("metric, mens, womens, none, digits", [
    ("touch_visit", 0.1828, 0.1514, 0.1062, 4), ("conversion", 0.0125, 0.0088, 0.0057, 4), ("revenue", 1.42, 1.08, 0.65, 2),
])
def test_the_published_figures_come_out(results, metric, mens, womens, none, digits):
    found = results.xs(metric, level="metric")
    assert round(found.loc["Mens E-Mail", "mean"], digits) == mens
    assert round(found.loc["Womens E-Mail", "mean"], digits) == womens
    assert set(found["control_mean"].round(digits)) == {none}
    assert set(found["control_variant"]) == {"No E-Mail"}


@pytest.mark.parametrize("variant", ["Mens E-Mail", "Womens E-Mail"])
@pytest.mark.parametrize("metric", ["touch_visit", "conversion"])
def test_shares_are_compared_as_by_two_proportions(customers, results, variant, metric):
    row = results.loc[(variant, metric)]
    treated, control = outcome(customers, variant, metric), outcome(customers, "No E-Mail", metric)
    table = [[x.sum(), len(x) - x.sum()] for x in (treated, control)]
    assert row["p_value"] == pytest.approx(stats.chi2_contingency(table, correction=False).pvalue, rel=1e-6)
    # Newcombe's interval from scipy's Wilson intervals.
    bounds = [stats.binomtest(int(x.sum()), len(x)).proportion_ci(method="wilson") for x in (treated, control)]
    low = row["difference"] - np.hypot(treated.mean() - bounds[0].low, bounds[1].high - control.mean())
    high = row["difference"] + np.hypot(bounds[0].high - treated.mean(), control.mean() - bounds[1].low)
    assert (row["difference_low"], row["difference_high"]) == pytest.approx((low, high), rel=1e-9)


@pytest.mark.parametrize("variant", ["Mens E-Mail", "Womens E-Mail"])
def test_means_are_compared_as_by_welch(customers, results, variant):
    row = results.loc[(variant, "revenue")]
    treated, control = outcome(customers, variant, "revenue"), outcome(customers, "No E-Mail", "revenue")
    welch = stats.ttest_ind(treated, control, equal_var=False)
    interval = welch.confidence_interval(0.95)
    assert row["difference"] == pytest.approx(treated.mean() - control.mean(), rel=1e-9)
    assert row["p_value"] == pytest.approx(welch.pvalue, rel=1e-4)
    assert (row["difference_low"], row["difference_high"]) == pytest.approx((interval.low, interval.high), rel=1e-6)


@pytest.mark.parametrize("variant", ["Mens E-Mail", "Womens E-Mail"])
def test_the_lift_has_fiellers_interval(customers, results, variant):
    """Its ends are the ratios r at which treated - r x control is just not told apart from zero."""
    row = results.loc[(variant, "revenue")]
    treated, control = outcome(customers, variant, "revenue"), outcome(customers, "No E-Mail", "revenue")
    for end in (row["relative_lift_low"], row["relative_lift_high"]):
        ratio = 1 + end
        variance = treated.var(ddof=1) / len(treated) + ratio**2 * control.var(ddof=1) / len(control)
        assert abs(treated.mean() - ratio * control.mean()) / np.sqrt(variance) == pytest.approx(1.96, abs=1e-3)


@pytest.mark.parametrize("variant", ["Mens E-Mail", "Womens E-Mail"])
def test_cuped_is_the_regression_on_the_year_before(customers, results, variant):
    row = results.loc[(variant, "revenue")]
    both = customers[customers["segment"].isin([variant, "No E-Mail"])]
    is_treated = (both["segment"] == variant).to_numpy()
    centred = both[["spend", "history"]] - both.groupby("segment")[["spend", "history"]].transform("mean")
    theta = (centred["spend"] * centred["history"]).sum() / (centred["history"] ** 2).sum()
    assert row["cuped_theta"] == pytest.approx(theta, rel=1e-6)
    adjusted = (both["spend"] - theta * both["history"]).to_numpy()
    welch = stats.ttest_ind(adjusted[is_treated], adjusted[~is_treated], equal_var=False)
    assert row["cuped_difference"] == pytest.approx(adjusted[is_treated].mean() - adjusted[~is_treated].mean(), rel=1e-6)
    assert row["cuped_p_value"] == pytest.approx(welch.pvalue, rel=1e-3)


def test_p_values_are_corrected_as_by_holm(results):
    p_values = results["cuped_p_value"].sort_values()
    expected = np.minimum(1, np.maximum.accumulate(p_values * np.arange(len(p_values), 0, -1)))
    assert results["adjusted_p_value"].loc[expected.index].to_numpy() == pytest.approx(expected.to_numpy(), rel=1e-9)
    # Both e-mails bring visits, by far.
    assert (results.xs("touch_visit", level="metric")["adjusted_p_value"] < 1e-10).all()


def test_the_sample_ratio_is_as_planned(customers, results):
    counts = customers["segment"].value_counts()
    assert results["sample_ratio_p_value"].to_numpy() == pytest.approx(stats.chisquare(counts).pvalue, rel=1e-9)


def test_users_count_once_and_all_windows_are_over(customers, results):
    counts = customers["segment"].value_counts()
    assert (results["control_user_count"] == counts["No E-Mail"]).all()
    assert (results["contaminated_user_count"] == 0).all() and (results["waiting_user_count"] == 0).all()
    assert set(results["window_days"]) == {14}


def test_the_qini_curve_ends_at_the_effect_on_everybody(database, results):
    with duckdb.connect(str(database), read_only=True) as connection:
        qini = connection.sql("select * from seg__experiment_qini order by variant, metric, decile").df()
    assert len(qini) == 2 * 3 * 10
    ends = qini[qini["decile"] == 10].set_index(["variant", "metric"])["incremental_outcome"]
    for key, end in ends.items():
        assert end == pytest.approx(results.loc[key, "difference"], rel=1e-6)
    for _, curve in qini.groupby(["variant", "metric"]):
        area = np.trapezoid(
            np.r_[0, curve["incremental_outcome"] - curve["random_outcome"]], np.r_[0, curve["user_share"]]
        )
        assert curve["qini_coefficient"].iloc[0] == pytest.approx(area, abs=1e-6)


def test_segments_add_up_to_all_users(database):
    with duckdb.connect(str(database), read_only=True) as connection:
        totals = connection.sql("""
            select variant, metric, scheme, sum(user_count) as users, sum(user_count * mean) as total
            from seg__experiment_results group by all
        """).df()
    for _, group in totals.groupby(["variant", "metric"]):
        assert group["users"].nunique() == 1
        assert np.ptp(group["total"]) < 1e-6 * max(1, group["total"].abs().max())
