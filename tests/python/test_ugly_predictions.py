"""Predictions for shops that no textbook has: built whole, from order lines that are odd in one way each."""

import duckdb
import numpy as np
import pandas as pd
import pytest
from shops import BareShop

END = pd.Timestamp("2026-01-01")


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return BareShop(tmp_path_factory.mktemp("ugly") / "shop")


def order_lines(days, users=150, orders_per_user=8, seed=3):
    """Users who order at random over the last `days`, some often and some seldom."""
    random = np.random.default_rng(seed)
    counts = 1 + random.poisson(random.gamma(1.0, orders_per_user, size=users))
    user_ids = np.repeat([f"u{number}" for number in range(users)], counts)
    lines = pd.DataFrame({
        "user_id": user_ids,
        "ordered_at": END - pd.to_timedelta(random.uniform(0.1, days, size=len(user_ids)), unit="D"),
        "product_id": random.choice(["p1", "p2", "p3"], size=len(user_ids)),
        "quantity": 1,
        "unit_price": np.round(random.gamma(2.0, 10.0, size=len(user_ids)) + 1, 2),
    })
    lines["order_id"] = lines["order_line_id"] = [f"o{number}" for number in range(len(lines))]
    return lines


def built(shop, tmp_path, name, lines, inputs=None, **settings):
    file = tmp_path / "lines.parquet"
    connection = duckdb.connect()
    connection.register("lines", lines)
    connection.execute(f"copy lines to '{file}' (format parquet)")
    database = shop.build(
        name, {"order_lines": f"select * from '{file}'", **(inputs or {})}, {"seg__as_of_date": str(END.date()), **settings}
    )
    return duckdb.connect(str(database), read_only=True)


def predictions_of(connection):
    """One row per user, one column per target, after what holds of every shop was checked."""
    rows = connection.sql("select * from seg__user_predictions").df()
    assert np.isfinite(rows["prediction"]).all() and (rows["prediction"] >= 0).all()
    assert (rows.loc[rows["target_name"].isin(["will_order", "will_churn"]), "prediction"] <= 1).all()
    wide = rows.pivot_table(index="user_id", columns="target_name", values="prediction")
    users = connection.sql("select count(*) from seg__user_profiles").fetchall()[0][0]
    assert len(wide) == users and wide.drop(columns="will_churn", errors="ignore").notna().all().all()
    return wide


def test_a_horizon_as_long_as_the_history_is_predicted_from_shorter_windows(shop, tmp_path):
    connection = built(shop, tmp_path, "long_horizon", order_lines(270), seg__horizon_days=270)
    wide = predictions_of(connection)
    choices = connection.sql("select * from seg__model_choices where target_name = 'order_count'").df().iloc[0]
    assert choices["window_days"] == 80 and "carried over" in choices["reason"]
    # As many orders again as there were, within a quarter: users order at a steady rate.
    orders = connection.sql("select count(*) from seg__orders").fetchall()[0][0]
    assert wide["order_count"].sum() == pytest.approx(orders, rel=0.25)


def test_who_orders_every_ten_days_waits_no_longer_the_farther_one_looks(shop, tmp_path):
    every_ten = pd.MultiIndex.from_product([range(150), range(13)], names=["user", "order"]).to_frame(index=False)
    lines = pd.DataFrame({
        "user_id": [f"u{user}" for user in every_ten["user"]],
        "ordered_at": END - pd.to_timedelta(every_ten["user"] % 10 + 10 * every_ten["order"] + 0.5, unit="D"),
        "product_id": "p1", "quantity": 1, "unit_price": 9.5,
    })
    lines["order_id"] = lines["order_line_id"] = [f"o{number}" for number in range(len(lines))]
    connection = built(shop, tmp_path, "every_ten", lines, seg__horizon_days=90)
    window_days = connection.sql("select window_days from seg__model_choices where target_name = 'days_to_next_order'").fetchall()[0][0]
    assert window_days < 45
    waits = connection.sql("""
        select
            prediction, prediction_low, prediction_high,
            10 - cast(substr(user_id, 2) as int) % 10 as day_of_the_next_order
        from seg__user_predictions where target_name = 'days_to_next_order'
    """).df()
    # Tenfold in ninety days: who is due today has to wait for one day, who ordered yesterday for ten.
    assert waits["prediction"].mean() == pytest.approx(5.5, abs=1)
    assert (waits["prediction"] - waits["day_of_the_next_order"]).abs().max() < 4
    assert waits["day_of_the_next_order"].between(waits["prediction_low"], waits["prediction_high"]).mean() >= 0.8


def test_a_history_of_days_is_served_by_a_baseline_that_says_why(shop, tmp_path):
    connection = built(shop, tmp_path, "all_new", order_lines(10))
    wide = predictions_of(connection)
    # Also where a short window grows to the horizon: nobody leads by nothing but the growth.
    assert (wide[["will_order", "order_count", "net_revenue", "lifetime_value_12m"]].nunique() == 1).all()
    choices = connection.sql("select model_name, is_fitted, reason from seg__model_choices").fetchall()
    assert not any(is_fitted for _, is_fitted, _ in choices) and all(len(reason) > 40 for _, _, reason in choices)
    unmet = connection.sql("select distinct check_name from seg__prediction_readiness where not is_met").fetchall()
    assert ("history_days",) in unmet


def test_where_everybody_orders_all_the_time_the_probability_is_near_1(shop, tmp_path):
    lines = pd.concat([
        order_lines(1, users=150, orders_per_user=0).groupby("user_id").head(1).assign(
            ordered_at=END - pd.Timedelta(days=day), order_id=lambda rows, day=day: rows["user_id"] + f"-{day}",
            order_line_id=lambda rows, day=day: rows["user_id"] + f"-{day}",
        )
        for day in range(1, 400, 7)
    ])
    connection = built(shop, tmp_path, "everybody", lines)
    wide = predictions_of(connection)
    assert wide["will_order"].min() > 0.97
    # Thirteen weeks, or twelve.
    assert wide["order_count"].between(11, 14).all()


def test_one_extreme_spender_leaves_orders_as_they_are_and_a_pinned_model_serves(shop, tmp_path):
    lines = order_lines(500)
    lines.loc[lines["user_id"] == "u0", "unit_price"] = 9e6
    connection = built(
        shop, tmp_path, "extreme", lines, seg__horizon_days=60, seg__pinned_models={"order_count": "bg_nbd"}
    )
    wide = predictions_of(connection)
    assert wide["net_revenue"].max() <= lines["unit_price"].sum()
    assert wide["order_count"].max() < 20 and wide["order_count"].sum() > 10
    choices = dict(connection.sql("select target_name, model_name from seg__model_choices").fetchall())
    assert choices["order_count"] == "bg_nbd"


def test_who_is_listed_without_a_date_and_never_came_is_told_of_as_unknown(shop, tmp_path):
    """And a model of components that serves is explained by the features, as any other."""
    listed = "select 'listed ' || number as user_id from range(150) as numbers (number)"
    connection = built(
        shop, tmp_path, "listed", order_lines(270), inputs={"users": listed},
        seg__pinned_models={"order_count": "component_regression"},
    )
    assert predictions_of(connection).index.str.startswith("listed").sum() == 150
    reasons = connection.sql("""
        select reason from seg__prediction_reasons
        where user_id like 'listed %' and feature_name like 'days_since_%'
    """).fetchall()
    assert reasons and all(" unknown " in reason for (reason,) in reasons)
    explained = connection.sql("select distinct feature_name from seg__prediction_reasons where target_name = 'order_count'")
    assert {name for (name,) in explained.fetchall()} and not connection.sql("""
        select feature_name from seg__prediction_reasons where feature_name like '%component%'
    """).fetchall()


def test_models_that_are_named_are_fitted_alone(shop, tmp_path):
    connection = built(
        shop, tmp_path, "named", order_lines(270), seg__prediction_models=["linear_regression", "random_forest"]
    )
    predictions_of(connection)
    models = {model for (model,) in connection.sql("select distinct model_name from seg__model_metrics").fetchall()}
    assert models - {"stacked"} == {"constant", "same_as_before", "bg_nbd", "linear_regression", "random_forest"}
    assert connection.sql("from seg__model_coefficients where model_name <> 'linear_regression'").fetchall() == []


@pytest.mark.parametrize("models", [[], ["logistic_regression"]])
def test_where_no_model_is_named_for_a_target_what_there_is_serves(shop, tmp_path, models):
    connection = built(shop, tmp_path, f"named {len(models)}", order_lines(270), seg__prediction_models=models)
    predictions_of(connection)
    # Or some of both.
    serves = connection.sql("""
        select distinct coalesce(stack_fits.model_name, choices.model_name)
        from seg__model_choices as choices
        left join int_seg__stack_fits as stack_fits
            on choices.model_name = 'stacked' and choices.target_name = stack_fits.target_name and fit_name = 'serve'
        where choices.target_name = 'days_to_next_order'
    """).fetchall()
    assert serves and {model for (model,) in serves} <= {"constant", "same_as_before"}


@pytest.mark.parametrize("settings, message", [
    ({"seg__prediction_models": "elastic_net"}, "seg__prediction_models is 'elastic_net'"),
    ({"seg__pinned_models": {"order_count": "magic"}}, "seg__pinned_models names the model 'magic'"),
    ({"seg__pinned_models": {"net_revenue": "logistic_regression"}},
     "seg__pinned_models names the model 'logistic_regression' for net_revenue, which it cannot predict"),
    ({"seg__prediction_models": ["bg_nbd", "magic"]}, "seg__prediction_models names the model 'bg_nbd'"),
    ({"seg__prediction_models": ["elastic_net"], "seg__pinned_models": {"order_count": "random_forest"}},
     "seg__pinned_models names the model 'random_forest'"),
])
def test_a_model_that_is_none_stops_the_build(shop, tmp_path, settings, message):
    with pytest.raises(RuntimeError, match=message):
        built(shop, tmp_path, "magic", order_lines(10), **settings)
