"""A shop where a few business accounts bring nearly all revenue, and most who sign up never order: all must count."""

import duckdb
import numpy as np
import pandas as pd
import pytest
from shops import BareShop

END = pd.Timestamp("2026-01-01")
DAYS = 540
ACCOUNTS = 14
HOUSEHOLDS = 2600


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """Accounts order for thousands by a rhythm; a third of the households never order, the others soon after they sign up."""
    random = np.random.default_rng(5)
    start = END - pd.Timedelta(days=DAYS)
    users, orders = [], []

    def order(user_id, at, value):
        orders.append((f"o{len(orders)}", user_id, at, round(value, 2)))

    for number in range(ACCOUNTS):
        at = start + pd.Timedelta(days=random.uniform(0, 200))
        users.append((f"account{number}", at))
        size, gap = np.exp(random.normal(9.3, 1.0)), random.choice([7, 14, 30])
        while at < END:
            order(f"account{number}", at, size * np.exp(random.normal(0, 0.4)))
            at += pd.Timedelta(days=gap * random.uniform(0.7, 1.4))
    for number in range(HOUSEHOLDS):
        signed_up = start + pd.Timedelta(days=random.uniform(0, DAYS - 1))
        users.append((f"household{number}", signed_up))
        if random.random() < 0.35:
            continue
        gap, value = 1 / max(random.gamma(1.2, 1 / 60), 1e-3), np.exp(random.normal(3.5, 0.5))
        at = signed_up + pd.Timedelta(days=random.exponential(8))
        until = min(END, at + pd.Timedelta(days=random.exponential(random.uniform(60, 500))))
        while at < until:
            order(f"household{number}", at, value * np.exp(random.normal(0, 0.4)))
            at += pd.Timedelta(days=random.exponential(gap))

    folder = tmp_path_factory.mktemp("large")
    connection = duckdb.connect()
    lines = pd.DataFrame(orders, columns=["order_id", "user_id", "ordered_at", "unit_price"])
    connection.register("lines", lines.assign(order_line_id=lines["order_id"], product_id="p", quantity=1))
    connection.register("users", pd.DataFrame(users, columns=["user_id", "signed_up_at"]))
    inputs = {}
    for name, relation in [("order_lines", "lines"), ("users", "users")]:
        connection.execute(f"copy {relation} to '{folder / name}.parquet' (format parquet)")
        inputs[name] = f"select * from '{folder / name}.parquet'"
    database = BareShop(folder / "shop").build(
        "whole", inputs, {"seg__as_of_date": str(END.date())}, select=["+seg__user_predictions"]
    )
    with duckdb.connect(str(database), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def judged(shop):
    """What serves, on the window that it has not seen: sums and what its intervals held, of accounts and of households."""
    return shop.sql("""
        select
            evaluated.target_name,
            user_id like 'account%' as is_account,
            sum(prediction) as expected,
            sum(actual) as happened,
            avg((
                actual between prediction * (1 - width) - 1e-9
                and prediction + width * greatest(prediction, 0.05 * mean_actual) + 1e-9
            )::int) as inside,
            count(*) as users
        from int_seg__predictions_evaluated as evaluated
        inner join seg__model_choices as choices using (target_name, model_name)
        inner join int_seg__prediction_intervals as intervals
            on evaluated.target_name = intervals.target_name and evaluated.model_name = intervals.model_name
            and fit_name = 'report' and round(prediction, 9) >= from_prediction and round(prediction, 9) < until_prediction
        where split = 'test'
        group by all
    """).df().set_index(["target_name", "is_account"])


def test_accounts_bring_nearly_all(judged):
    happened = judged.loc["net_revenue", "happened"]
    assert happened[True] > 0.95 * happened.sum() and judged.loc[("net_revenue", True), "users"] == ACCOUNTS


@pytest.mark.parametrize("target_name", ["order_count", "net_revenue", "lifetime_value_12m"])
@pytest.mark.parametrize("is_account", [True, False])
def test_what_is_expected_is_of_the_size_of_what_happens(judged, target_name, is_account):
    of_group = judged.loc[(target_name, is_account)]
    assert 0.6 < of_group["expected"] / of_group["happened"] < 1.7


def test_weighed_fits_know_the_households_that_plain_least_squares_miss_by_far(shop):
    """Revenue expected of all households together on the unseen window, as a multiple of what they then brought."""
    multiples = dict(shop.sql("""
        select model_name, sum(prediction) / sum(actual)
        from int_seg__predictions_evaluated
        where split = 'test' and target_name = 'net_revenue' and user_id like 'household%'
        group by 1
    """).fetchall())
    print({model_name: round(multiple, 1) for model_name, multiple in sorted(multiples.items())})
    assert multiples["linear_regression"] > 5
    assert multiples["ridge_regression"] < 2 and multiples["elastic_net"] < 2 and multiples["stacked"] < 2


@pytest.mark.parametrize("target_name", ["order_count", "net_revenue", "lifetime_value_12m"])
def test_intervals_hold_for_accounts_too(judged, target_name):
    assert judged.loc[(target_name, True), "inside"] > 0.6
    assert judged.loc[(target_name, False), "inside"] > 0.7


def test_targets_do_not_contradict_each_other(shop):
    """A year brings no less than a quarter, less a discount of a tenth a year; orders are no fewer than the chance of one."""
    wide = shop.sql("select user_id, target_name, prediction from seg__user_predictions").df()
    wide = wide.pivot_table(index="user_id", columns="target_name", values="prediction")
    assert (wide["lifetime_value_12m"] >= wide["net_revenue"] / 1.1 ** (90 / 365) - 1e-9).all()
    assert (wide["order_count"] >= wide["will_order"] - 1e-12).all()


def test_who_has_just_signed_up_is_expected_to_order_more_often_than_who_never_has(shop):
    chances = dict(shop.sql("""
        select case when days_since_sign_up <= 10 then 'new' when days_since_sign_up > 90 then 'old' end as kind, avg(prediction)
        from seg__user_predictions inner join seg__user_features using (user_id, as_of_date)
        where target_name = 'will_order' and days_since_first_seen is null
        group by 1
    """).fetchall())
    assert chances["old"] < 0.03
    assert chances["new"] > 0.15
