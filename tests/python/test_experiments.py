"""Experiments of the demo store: planted effects, what is known when, and shops that have hardly anything."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

INPUTS = [
    "int_seg__as_of_dates", "int_seg__users", "int_seg__campaign_touches_kept", "seg__order_lines", "seg__user_segment_history",
    "int_seg__published_user_segments", "seg_ref__experiments", "seg_ref__phrases", "seg_ref__segments",
]
MARTS = ["seg__experiment_assignments", "seg__experiment_results", "seg__experiment_uplift", "seg__experiment_qini"]


@pytest.fixture(scope="module")
def results(demo_store):
    return demo_store.sql("select * from seg__experiment_results").df()


@pytest.fixture
def all_users(results):
    return results[results["scheme"] == "all"].set_index(["experiment_id", "metric"])


def test_the_planted_effects_lie_in_their_intervals(all_users):
    effects = {"exp-checkout": 0.30, "exp-banner": 0.0}
    for experiment_id, effect in effects.items():
        row = all_users.loc[(experiment_id, "orders")]
        assert row["relative_lift_low"] < effect < row["relative_lift_high"]
    # Thirty percent more orders are seen, nothing is not.
    assert all_users.loc[("exp-checkout", "orders"), "p_value"] < 0.05
    assert all_users.loc["exp-banner", "p_value"].min() > 0.05


def test_the_days_before_take_variance_off_every_metric_of_orders(all_users):
    for metric in ["conversion", "orders", "revenue", "revenue_winsorized"]:
        for experiment_id in ["exp-checkout", "exp-banner", "exp-spring"]:
            row = all_users.loc[(experiment_id, metric)]
            assert 0.05 < row["variance_reduction"] < 0.5
            assert row["cuped_difference_high"] - row["cuped_difference_low"] < 0.98 * (row["difference_high"] - row["difference_low"])


def test_orders_of_the_checkout_experiment_are_those_counted_one_by_one(demo_store, all_users):
    counted = demo_store.sql("""
        with enrolled as (
            select user_id, min(variant) as variant, min(touched_at) as touched_at
            from int_seg__campaign_touches_kept
            where experiment_id = 'exp-checkout'
            group by user_id
        )
        select enrolled.user_id, enrolled.variant, count(orders.placed_at) as orders
        from enrolled
        left join (
            select user_id, order_id, min(ordered_at) as placed_at
            from seg__order_lines where quantity > 0 and not is_cancelled group by user_id, order_id
        ) as orders
            on orders.user_id = enrolled.user_id
            and orders.placed_at >= enrolled.touched_at and orders.placed_at < enrolled.touched_at + interval 75 days
        group by enrolled.user_id, enrolled.variant
    """).df()
    row = all_users.loc[("exp-checkout", "orders")]
    treated, control = (counted.loc[counted["variant"] == variant, "orders"] for variant in ("treatment", "control"))
    welch = stats.ttest_ind(treated, control, equal_var=False)
    assert (row["user_count"], row["control_user_count"]) == (len(treated), len(control))
    assert row["p_value"] == pytest.approx(welch.pvalue, rel=1e-3)
    interval = welch.confidence_interval(0.95)
    assert (row["difference_low"], row["difference_high"]) == pytest.approx((interval.low, interval.high), rel=1e-4)


def test_segments_of_an_experiment_add_up_to_its_users(results):
    sums = results.groupby(["experiment_id", "variant", "metric", "scheme"])[["user_count", "control_user_count"]].sum()
    assert (sums.groupby(["experiment_id", "variant", "metric"]).nunique() == 1).all(axis=None)
    assert results[["user_count", "control_user_count"]].min(axis=None) >= 5


def test_uplift_speaks_of_segments_known_before_alone(demo_store):
    assert demo_store.sql("select distinct scheme from seg__experiment_uplift").fetchall() == [("lifecycle",)]


@pytest.fixture(scope="module")
def models(experiment_models, demo_database):
    """The compiled models beside the demo store's tables; `shop` puts these in place, changed as a test wants."""
    experiment_models.connection.execute(f"attach '{demo_database}' as demo (read_only)")
    yield experiment_models
    experiment_models.connection.execute("detach demo")


def marts(models, **changed) -> dict[str, pd.DataFrame]:
    for name in INPUTS:
        models.give(name, changed.get(name, f"select * from demo.main.{name}"))
    models.give("own_experiments", changed.get("own_experiments", "select * from demo.main.seg_demo__experiments"))
    models.run(list(models.sql))
    return {mart: models.rows(f"select * from {mart} order by all") for mart in MARTS}


def test_nothing_on_or_after_the_as_of_date_is_read_and_the_order_of_rows_does_not_matter(models):
    later = """
        select * from demo.main.seg__order_lines union all
        select * replace (ordered_at + interval 400 days as ordered_at, order_date + 400 as order_date)
        from demo.main.seg__order_lines where ordered_at >= timestamp '2026-06-01'
    """
    touches = """
        select * from demo.main.int_seg__campaign_touches_kept union all
        select * replace (timestamp '2026-07-01' as touched_at, 'another' as variant, 'click' as touch_type)
        from demo.main.int_seg__campaign_touches_kept where experiment_id is not null
    """
    plain = marts(models)
    shuffled = marts(
        models,
        seg__order_lines=f"select * from ({later}) order by md5(order_line_id)",
        int_seg__campaign_touches_kept=f"select * from ({touches}) order by md5(touch_id)",
        int_seg__users="select * from demo.main.int_seg__users order by md5(user_id)",
    )
    for mart in MARTS:
        assert len(plain[mart]) > 0
        pd.testing.assert_frame_equal(plain[mart], shuffled[mart], check_exact=True)


def test_the_compiled_models_say_what_the_build_says(models, demo_store):
    found = marts(models)["seg__experiment_results"]
    built = demo_store.sql("select * from seg__experiment_results order by all").df()
    pd.testing.assert_frame_equal(found, built, check_exact=True)


def test_users_of_two_variants_count_for_neither_and_are_reported(models):
    moved = """
        select * from demo.main.int_seg__campaign_touches_kept union all
        select * replace ('treatment' as variant, touch_id || ' again' as touch_id)
        from demo.main.int_seg__campaign_touches_kept
        where experiment_id = 'exp-banner' and variant = 'control' and md5(user_id) < '4'
    """
    before, after = (
        frame[(frame["experiment_id"] == "exp-banner") & (frame["scheme"] == "all")].iloc[0]
        for frame in (marts(models)["seg__experiment_results"],
                      marts(models, int_seg__campaign_touches_kept=moved)["seg__experiment_results"])
    )
    assert after["contaminated_user_count"] > 5
    assert after["control_user_count"] == before["control_user_count"] - after["contaminated_user_count"]
    assert after["user_count"] == before["user_count"]
    # A control that has lost a quarter is not as large as planned.
    assert before["sample_ratio_p_value"] > 0.05
    assert after["sample_ratio_p_value"] < 0.001
    assert after["verdict"].startswith("Do not trust")


@pytest.mark.parametrize("users", [0, 1, 2, 12, 41])
def test_shops_with_hardly_anything_are_measured_without_error(models, users):
    """No users, one, two, or a dozen who all do the same, with odd ids; no plan, no history."""
    none = {name: f"select * from demo.main.{name} where false" for name in INPUTS}
    none["own_experiments"] = "select * from demo.main.seg_demo__experiments where false"
    if users:
        none["int_seg__as_of_dates"] = "select * from demo.main.int_seg__as_of_dates"
        none["seg_ref__phrases"] = "select * from demo.main.seg_ref__phrases"
        none["int_seg__campaign_touches_kept"] = f"""
            select * replace (
                'it''s "{{}}" 🛒' || number as user_id, 'x''🛒' as experiment_id, timestamp '2026-05-01' as touched_at,
                case when number % 2 = 0 then 'Control' else 'other''s' end as variant
            )
            from (select * from demo.main.int_seg__campaign_touches_kept where touch_type = 'impression' order by touch_id limit 1)
            cross join range({users}) as numbers (number)
        """
    found = marts(models, **none)
    assert len(found["seg__experiment_results"]) == (12 if users >= 12 else 0)
    assert all(verdict.startswith("Not told: all users did the same") for verdict in found["seg__experiment_results"]["verdict"])
    assert found["seg__experiment_results"]["p_value"].isna().all()
    assert len(found["seg__experiment_assignments"]) == 0


def test_an_experiment_without_a_control_is_not_compared(models):
    touches = """
        select * replace (case variant when 'control' then 'red' else 'blue' end as variant)
        from demo.main.int_seg__campaign_touches_kept where experiment_id = 'exp-banner'
    """
    found = marts(
        models, int_seg__campaign_touches_kept=touches,
        own_experiments="select * from demo.main.seg_demo__experiments where false",
    )["seg__experiment_results"]
    assert set(found["variant"]) == {"red", "blue"}
    assert found["difference"].isna().all() and found["mean"].notna().all()
    assert set(found.loc[found["scheme"] == "all", "verdict"]) == {"Cannot be compared: no variant is known as the control"}


def test_revenue_that_is_huge_or_negative_does_not_stop_the_build(models):
    lines = "select * replace (case when user_id < '01' then -net_revenue else net_revenue end * 1000000 as net_revenue) from demo.main.seg__order_lines"
    huge = marts(models, seg__order_lines=lines)["seg__experiment_results"]
    assert np.isfinite(huge.loc[huge["metric"] == "revenue", "mean"]).all()
