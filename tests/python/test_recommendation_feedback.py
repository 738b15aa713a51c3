"""Simulated clicks with known examination and relevance: what the package makes of them is what was planted.

Three strategies show products of their own in six places. What is examined less the lower it stands hides that `own`, shown
mostly at the bottom, is better than `popular`, shown mostly at the top.
"""

import hashlib

import duckdb
import numpy as np
import pandas as pd
import pytest
from shops import BareShop

PLACES = 6
EXAMINATION = np.array([1, 0.7, 0.5, 0.35, 0.25, 0.2])
# Of each strategy: mean relevance, and the share of the impressions in each place that it has.
RELEVANCE = {"popular": 0.22, "own": 0.33, "similar": 0.15}
SHARES = pd.DataFrame({
    "popular": [0.70, 0.60, 0.40, 0.20, 0.15, 0.10],
    "own": [0.10, 0.15, 0.20, 0.60, 0.65, 0.70],
    "similar": [0.20, 0.25, 0.40, 0.20, 0.20, 0.20],
})
LISTS = 6_000
PRODUCTS = 8
VARS = {"seg__as_of_date": "2026-06-01", "seg__examination_prior_clicks": 1, "seg__feedback_prior_impressions": 1,
        "seg__max_strategy_weight": 10, "seg__attribution_days": 7, "seg__target_policies": "raw.target_policies"}


def relevance_of(strategy: str, product: np.ndarray) -> np.ndarray:
    """Relevances of a strategy's products: 0.5 to 1.5 times its mean."""
    return RELEVANCE[strategy] * (0.5 + product / (PRODUCTS - 1))


@pytest.fixture(scope="module")
def simulated():
    """One row per impression: 2,000 users with three lists of six places each; one product per user, place and strategy."""
    random = np.random.default_rng(5)
    list_number = np.repeat(np.arange(LISTS), PLACES)
    place = np.tile(np.arange(PLACES), LISTS)
    draw = random.random(len(place))
    bounds = SHARES.to_numpy().cumsum(axis=1)[place]
    strategy = SHARES.columns.to_numpy()[(draw[:, None] > bounds[:, :2]).sum(axis=1)]
    user = list_number % 2_000
    # What a strategy shows depends on user and place, not on what the place is worth: (user + place) modulo.
    product = (user * 7 + place * 3 + list_number // 2_000) % PRODUCTS
    relevance = np.select([strategy == name for name in RELEVANCE], [relevance_of(name, product) for name in RELEVANCE])
    return pd.DataFrame({
        "number": np.arange(len(place)), "list_number": list_number, "user_id": [f"u{number}" for number in user],
        "product_id": [f"{name} {number}" for name, number in zip(strategy, product, strict=True)],
        "strategy": strategy, "place": place + 1, "product": product,
        "propensity": SHARES.to_numpy()[place, SHARES.columns.get_indexer(strategy)],
        "click": random.random(len(place)) < EXAMINATION[place] * relevance,
    })


@pytest.fixture(scope="module")
def built(simulated, tmp_path_factory):
    folder = tmp_path_factory.mktemp("feedback")
    simulated.to_parquet(folder / "simulated.parquet")
    shop = BareShop(folder / "shop")
    rows = f"select *, timestamp '2026-05-01' + to_hours(list_number // 2000) + to_seconds(place) as shown_at from '{folder}/simulated.parquet'"
    database = shop.build("simulated", {
        "order_lines": """
            select 'l' || number as order_line_id, 'o' || number as order_id, 'u' || number as user_id, 'a product' as product_id,
                timestamp '2026-04-01' as ordered_at, 1 as quantity, 5 as unit_price
            from range(10) as numbers (number)
        """,
        "events": """
            select 'e' || number as event_id, 'robot' as user_id, 'view' as event_type, 'Googlebot' as user_agent,
                timestamp '2026-05-02' + to_seconds(number) as occurred_at, 'own 1' as product_id
            from range(5) as numbers (number)
        """,
        "campaign_touches": f"""
            with shown as ({rows})
            select 'i' || number as touch_id, user_id, shown_at as touched_at, 'impression' as touch_type, product_id, strategy,
                place as position, propensity
            from shown
            union all
            select 'k' || number, user_id, shown_at + interval 9 seconds, 'click', product_id, strategy, place, null
            from shown where click
            union all
            -- Every tenth click twice, a hundred of nothing shown, a bot's, and one of each kind on the as-of date.
            select 'kk' || number, user_id, shown_at + interval 12 seconds, 'click', product_id, strategy, null, null
            from shown where click and number % 10 = 0
            union all
            select 'x' || number, user_id, shown_at - interval 30 days, 'click', product_id, strategy, null, null
            from shown where number < 100
            union all
            select 'robot' || number, 'robot', shown_at, 'impression', product_id, strategy, place, 0.001
            from shown where number < 100
            union all
            select 'later' || number, user_id, timestamp '2026-06-01', 'impression', product_id, strategy, place, 0.001
            from shown where number < 100
        """,
        # What the strategy `own` shows, as a shop would name it: one product per user and place, of the first lists.
        "target_policies": f"""
            select distinct 'own by hand' as policy, user_id, 'own ' || product as product_id, place as position,
                1 as probability
            from ({rows}) where list_number < 2000
        """,
    }, vars=VARS, select=["+seg__off_policy_estimates", "+int_seg__strategy_weights"])
    return duckdb.connect(str(database), read_only=True)


def test_clicks_are_counted_once_and_only_where_something_was_shown(built, simulated):
    assert built.sql("select count(*), sum(is_clicked) from int_seg__recommendation_feedback_impressions").fetchall() == [
        (len(simulated), simulated["click"].sum())
    ]
    assert built.sql("""
        select count(*) from int_seg__recommendation_feedback_responses where impression_id is null
    """).fetchall() == [(100,)]


def test_the_examination_curve_is_found_again(built):
    found = built.sql("select examination from int_seg__recommendation_feedback_examinations order by place").fetchall()
    np.testing.assert_allclose([row[0] for row in found], EXAMINATION, atol=0.03)


def test_examinations_are_those_of_the_largest_likelihood(built, simulated):
    """The same likelihood, climbed from elsewhere by another way: Newton steps on its logarithms (iteratively reweighted)."""
    cells = simulated.groupby(["strategy", "product", "place"])["click"].agg(["size", "sum"]).reset_index()
    stratum = pd.get_dummies(cells["strategy"] + " " + cells["product"].astype(str)).to_numpy(float)
    design = np.hstack([stratum, pd.get_dummies(cells["place"]).to_numpy(float)[:, 1:]])
    weights = np.full(design.shape[1], 0.0)
    weights[:stratum.shape[1]] = np.log(0.05)
    for _ in range(30):
        mean = cells["size"].to_numpy() * np.exp(design @ weights)
        weights += np.linalg.solve(design.T @ (design * mean[:, None]), design.T @ (cells["sum"].to_numpy() - mean))
    found = built.sql("select examination from int_seg__recommendation_feedback_examinations order by place").fetchall()
    # One prior click of thousands.
    np.testing.assert_allclose([row[0] for row in found][1:], np.exp(weights[stratum.shape[1]:]), rtol=0.01)


def test_the_debiased_rate_ranks_right_what_the_naive_rate_ranks_wrongly(built):
    rates = built.sql("""
        select strategy, cast(reward_count as double) / impression_count, posterior_mean, posterior_low, posterior_high, weight
        from int_seg__strategy_weights
    """).df().set_index("strategy")
    naive = rates.iloc[:, 0]
    assert naive["popular"] > 1.1 * naive["own"]
    assert rates["weight"]["own"] > 1.2
    assert 1 > rates["weight"]["popular"] > rates["weight"]["similar"]
    for strategy, relevance in RELEVANCE.items():
        assert rates["posterior_mean"][strategy] == pytest.approx(relevance, rel=0.06)
        assert rates["posterior_low"][strategy] < rates["posterior_mean"][strategy] < rates["posterior_high"][strategy]


def test_off_policy_estimates_hold_the_true_value_of_each_strategy(built):
    estimates = built.sql("select * from seg__off_policy_estimates where policy_type = 'strategy'").df()
    assert len(estimates) == 9 and estimates["is_usable"].all()
    for row in estimates.itertuples():
        truth = EXAMINATION.mean() * RELEVANCE[row.policy]
        error = (row.interval_high - row.interval_low) / 2 / 1.96
        assert abs(row.policy_value - truth) < 3 * error, row
        assert error < 0.01
    doubly_robust = estimates[estimates["estimator"] == "doubly_robust"].set_index("policy")["policy_value"]
    assert doubly_robust.sort_values().index.tolist() == ["similar", "popular", "own"]


def test_estimates_are_those_of_the_published_formulas(built, simulated):
    weight = np.where(simulated["strategy"] == "own", 1 / simulated["propensity"], 0)
    reward = simulated["click"].to_numpy(float)
    estimates = built.sql("""
        select estimator, policy_value, effective_impression_count, interval_high
        from seg__off_policy_estimates where policy_type = 'strategy' and policy = 'own'
    """).df().set_index("estimator")
    assert estimates["policy_value"]["ips"] == pytest.approx(np.mean(weight * reward), abs=1e-7)
    assert estimates["policy_value"]["snips"] == pytest.approx(np.sum(weight * reward) / weight.sum(), abs=1e-7)
    assert estimates["effective_impression_count"]["ips"] == pytest.approx(weight.sum() ** 2 / np.sum(weight**2), abs=0.02)

    # Doubly robust: the reward of a strategy in a place is that among the other half of the users.
    half = np.array([int(hashlib.md5(user.encode()).hexdigest()[:8], 16) % 2 for user in simulated["user_id"]])
    predicted = np.zeros(len(simulated))
    for fold in (0, 1):
        others = simulated[half != fold]
        overall = others["click"].mean()
        for place in range(1, PLACES + 1):
            in_place = others[others["place"] == place]
            place_reward = (in_place["click"].sum() + 100 * overall) / (len(in_place) + 100)
            own = in_place[in_place["strategy"] == "own"]
            predicted[(half == fold) & (simulated["place"] == place)] = (
                (own["click"].sum() + 100 * place_reward) / (len(own) + 100)
            )
    corrected = predicted + weight * (reward - predicted)
    assert estimates["policy_value"]["doubly_robust"] == pytest.approx(corrected.mean(), abs=1e-7)
    users = pd.DataFrame({"user": simulated["user_id"], "deviation": corrected - corrected.mean()}).groupby("user")["deviation"].sum()
    error = np.sqrt(np.sum(users**2) * len(users) / (len(users) - 1)) / len(simulated)
    assert estimates["interval_high"]["doubly_robust"] == pytest.approx(corrected.mean() + 1.959964 * error, abs=1e-6)


def test_a_policy_of_the_shop_is_compared_where_it_names_a_product(built, simulated):
    own = dict(built.sql("""
        select estimator, policy_value from seg__off_policy_estimates where policy_type = 'own' and policy = 'own by hand'
    """).fetchall())
    key = simulated["user_id"] + " " + simulated["place"].astype(str)
    is_first = simulated["list_number"] < 2_000
    named = key.map(dict(zip(key[is_first], simulated["product"][is_first], strict=True)))
    weight = np.where(simulated["product_id"] == "own " + named.astype(str), 1 / simulated["propensity"], 0)
    assert own["ips"] == pytest.approx(np.mean(weight * simulated["click"]), abs=1e-7)
    assert own["snips"] == pytest.approx(np.sum(weight * simulated["click"]) / weight.sum(), abs=1e-7)


def test_policies_that_the_log_does_not_cover_are_called_unusable(built):
    reasons = built.sql("""
        select policy, any_value(reason), bool_or(is_usable) from seg__off_policy_estimates
        where policy_type in ('uniform', 'own') group by policy
    """).df().set_index("policy")
    # A user is shown one of three products in a place, not one of 24; of three lists one shows the named product.
    assert not reasons.iloc[:, 1].any()
    assert reasons.iloc[:, 0]["uniform"].startswith("Weights average to 0.1")
    assert built.sql("select count(*) from seg__off_policy_estimates where policy_type = 'logged' and is_usable").fetchall() == [(3,)]
