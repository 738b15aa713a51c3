"""What segments did next: recomputed on the demo store, and in a shop whose buyers are all alike, where none may differ."""

import duckdb
import numpy as np
import pandas as pd
import pytest
from ml_seg__past_cluster_fits import past_cluster_fits
from shops import BareShop
from sklearn.metrics import adjusted_rand_score

KEYS = ["scheme", "outcome_name"]
OUTCOMES = ["net_revenue", "order_count", "churn"]
SCHEMES = ["kmeans", "lifecycle", "rfm", "value_tier"]
MINIMUM_GROUP_SIZE = 5  # the default of `seg__minimum_group_size`


@pytest.fixture(scope="module")
def published(demo_store):
    return demo_store.sql("select * from seg__segment_outcomes order by all").df()


@pytest.fixture(scope="module")
def users(demo_store, published):
    """One row per user known at the earlier date, with what the order lines of the window after it say."""
    start = published["as_of_date"].iloc[0]
    end = start + pd.Timedelta(days=int(published["horizon_days"].iloc[0]))
    users = demo_store.sql(f"select * from seg__user_features where as_of_date = date '{start:%Y-%m-%d}'").df()
    lines = demo_store.sql(f"""
        select user_id, sum(net_revenue) as net_revenue, count(distinct case when not is_return then order_id end) as order_count
        from seg__order_lines
        where order_date >= date '{start:%Y-%m-%d}' and order_date < date '{end:%Y-%m-%d}' and not is_cancelled
        group by user_id
    """).df()
    outcomes = users[["user_id"]].merge(lines, how="left", on="user_id").fillna(0)
    has_ordered_lately = (users["days_since_last_order"] < 180).fillna(False).to_numpy(dtype=bool)
    outcomes["churn"] = np.where(has_ordered_lately, (outcomes["order_count"] == 0).astype(float), np.nan)
    return outcomes.set_index("user_id")


@pytest.fixture(scope="module")
def groups(demo_store):
    """The group that each user is published in, by scheme and outcome."""
    return demo_store.sql("""
        select segments.user_id, groups.scheme, groups.outcome_name, groups.group_key
        from int_seg__past_user_segments as segments
        inner join int_seg__segment_outcome_groups as groups using (scheme, segment_key)
    """).df()


def eta_squared(values, keys):
    between = sum(len(group) * (group.mean() - values.mean()) ** 2 for _, group in values.groupby(keys))
    return between / ((values - values.mean()) ** 2).sum()


def shuffled_eta_squared(values, keys, random):
    codes = random.permutation(keys.factorize()[0])
    counts = np.bincount(codes)
    between = (counts * (np.bincount(codes, weights=values) / counts - values.mean()) ** 2).sum()
    return between / ((values - values.mean()) ** 2).sum()


def values_of(users, groups, scheme, outcome_name):
    wanted = groups[(groups["scheme"] == scheme) & (groups["outcome_name"] == outcome_name)].set_index("user_id")
    # In one order: shuffles of another order are others.
    joined = wanted.join(users[outcome_name].rename("value")).dropna(subset="value").sort_index()
    return joined["value"], joined["group_key"]


def few_left_by(values, groups, scheme, outcome_name):
    """The groups left out lest they tell of the few of their users who cannot have the outcome."""
    wanted = groups[(groups["scheme"] == scheme) & (groups["outcome_name"] == outcome_name)]
    left = wanted[~wanted["user_id"].isin(values.index)]["group_key"].value_counts()
    hidden = []
    for key in sorted(set(left.index) & set(wanted[wanted["user_id"].isin(values.index)]["group_key"]), key=lambda key: (left[key], key)):
        if left[key] < MINIMUM_GROUP_SIZE or 0 < left[hidden].sum() < MINIMUM_GROUP_SIZE:
            hidden.append(key)
    return hidden


@pytest.mark.parametrize("outcome_name", OUTCOMES)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_means_and_eta_squared_are_those_of_the_order_lines(published, users, groups, scheme, outcome_name):
    values, keys = values_of(users, groups, scheme, outcome_name)
    rows = published[(published["scheme"] == scheme) & (published["outcome_name"] == outcome_name)]
    rows = rows.set_index("segment_key").sort_index()
    expected = values.groupby(keys).agg(["mean", "sem", "count"]).drop(few_left_by(values, groups, scheme, outcome_name))
    assert rows["user_count"].tolist() == expected["count"].tolist() and rows.index.tolist() == expected.index.tolist()
    np.testing.assert_allclose(rows["outcome_mean"], expected["mean"], atol=1e-6)
    np.testing.assert_allclose(rows["standard_error"], expected["sem"], rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(rows["overall_mean"], values.mean(), rtol=1e-6)
    np.testing.assert_allclose(rows["eta_squared"], eta_squared(values, keys), rtol=1e-5)

    random = np.random.default_rng(0)
    shuffled = [shuffled_eta_squared(values.to_numpy(), keys, random) for _ in range(2000)]
    np.testing.assert_allclose(rows["eta_squared_by_chance"], np.mean(shuffled), rtol=0.15)
    # The 95th percentile of 100 shuffles lies between these of very many, but for 1 in 1,000.
    low, high = np.quantile(shuffled, [0.84, 0.99])
    assert rows["eta_squared_by_chance_high"].between(low, high).all()


def test_planted_types_of_shoppers_make_segments_that_differ(published):
    assert published["is_separating"].all()
    explained = published.groupby(KEYS)[["eta_squared", "eta_squared_by_chance"]].first()
    revenue = explained.xs("net_revenue", level="outcome_name")
    assert (revenue["eta_squared"] > 10 * revenue["eta_squared_by_chance"]).all()


def test_no_outcome_lies_after_the_scoring_date(demo_store, published):
    scoring_date = demo_store.sql("select max(as_of_date) from seg__user_segments").fetchall()[0][0]
    end = published["as_of_date"] + pd.to_timedelta(published["horizon_days"], unit="D")
    assert (end <= pd.Timestamp(scoring_date)).all()


# Three hundred buyers who order at random at the same rate and price level: nothing they did says what they do next.
ALIKE = """
    select
        'o' || number as order_line_id, 'o' || number as order_id,
        'u' || (hash(number * 3 + 1) % 300) as user_id, 'p' || (hash(number * 5 + 2) % 7) as product_id,
        timestamp '2025-01-01' + to_hours(cast(hash(number * 7 + 3) % (420 * 24) as integer)) as ordered_at,
        1 + hash(number * 11 + 4) % 3 as quantity, 10.0 + hash(number * 13 + 5) % 20 as unit_price
    from range(2400) as numbers (number)
"""
THEN, NOW = "2025-11-27", "2026-02-25"


@pytest.fixture(scope="module")
def alike(tmp_path_factory):
    """The shop as built on the later date, and its segments as a build on the earlier date said."""
    shop = BareShop(tmp_path_factory.mktemp("alike") / "shop")
    settings = {"seg__cluster_count": 3, "seg__max_cluster_count": 3}
    then = shop.build("then", {"order_lines": ALIKE}, {"seg__as_of_date": THEN, **settings}, select=["+seg__user_segments"])
    now = shop.build("now", {"order_lines": ALIKE}, {"seg__as_of_date": NOW, **settings}, select=["+seg__segment_outcomes"])
    with duckdb.connect(str(then), read_only=True) as connection:
        segments_then = connection.sql("select user_id, scheme, segment_key from seg__user_segments").df()
    with duckdb.connect(str(now), read_only=True) as connection:
        return segments_then, {
            name: connection.sql(f"select * from {name}").df()
            for name in ["int_seg__past_user_segments", "seg__segment_outcomes"]
        }


def test_users_are_grouped_as_a_build_on_that_date_grouped_them(alike):
    segments_then, built = alike
    past = built["int_seg__past_user_segments"]
    assert set(past["as_of_date"].dt.strftime("%Y-%m-%d")) == {THEN}
    segments_then = segments_then[segments_then["scheme"].isin(past["scheme"])]
    both = segments_then.merge(past, on=["user_id", "scheme"], suffixes=("_then", "_past"))
    assert len(both) == len(segments_then) == len(past)
    rules = both[both["scheme"] != "kmeans"]
    assert (rules["segment_key_then"] == rules["segment_key_past"]).all()
    clusters = both[both["scheme"] == "kmeans"]
    assert adjusted_rand_score(clusters["segment_key_then"], clusters["segment_key_past"]) > 0.95


def test_segments_of_buyers_who_are_alike_differ_no_more_than_chance(alike):
    outcomes = alike[1]["seg__segment_outcomes"].groupby(KEYS)[
        ["eta_squared", "eta_squared_by_chance", "shuffled_share", "is_separating"]
    ].first()
    assert len(outcomes) == 15
    assert outcomes["is_separating"].sum() <= 1
    assert 0.2 < outcomes["shuffled_share"].mean() < 0.8
    assert (outcomes["eta_squared"] / outcomes["eta_squared_by_chance"]).mean() == pytest.approx(1, abs=0.6)


def sample_of(points, cluster_count, net_revenue=0.0):
    return pd.DataFrame(points, columns=["scaled_a", "scaled_b"]).assign(
        as_of_date=pd.Timestamp("2026-01-01"), net_revenue=net_revenue, cluster_count=cluster_count
    )


def test_past_clusters_are_found_and_numbered_by_revenue():
    random = np.random.default_rng(0)
    centres = np.array([[0, 0], [8, 0], [0, 8]])
    owners = random.integers(0, 3, 900)
    fits = past_cluster_fits(
        sample_of(centres[owners] + random.normal(size=(900, 2)) / 5, 3, np.array([1.0, 9.0, 5.0])[owners]), 42
    )
    found = fits.pivot_table(index="cluster_number", columns="feature_name", values="centroid")
    np.testing.assert_allclose(found, centres[[1, 2, 0]], atol=0.1)


@pytest.mark.parametrize("points, cluster_count", [([], 0), ([[1, 2]], 1), ([[1, 2]] * 9, 1), ([[1, 2], [3, 4]], 2)])
def test_there_are_no_more_past_clusters_than_users_who_differ(points, cluster_count):
    points = np.array(points, dtype=float).reshape(-1, 2)
    fits = past_cluster_fits(sample_of(points, 5), 42)
    assert fits["cluster_number"].nunique() == cluster_count
