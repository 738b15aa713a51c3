"""What was planted in the demo store is found by the recommendations, and their metrics are right."""

import math
from collections import defaultdict
from pathlib import Path

import pandas as pd
import pytest

TRUTH = Path(__file__).parent / "demo_truth"


def truth(name: str) -> pd.DataFrame:
    return pd.read_csv(TRUTH / f"{name}.csv", dtype={"product_id": str, "together_product_id": str, "user_id": str})


@pytest.fixture(scope="module")
def test_period(demo_store):
    rows = demo_store.execute(
        "select distinct test_date, as_of_date from seg__recommendation_metrics"
    ).fetchall()
    assert len(rows) == 1
    return rows[0]


def bought_products(demo_store, first_date, end_date) -> dict[str, set[str]]:
    """What each user bought from the first date to before the end, from order lines alone."""
    rows = demo_store.execute(
        """
        select distinct lines.user_id, lines.product_id
        from seg__order_lines as lines
        inner join seg__products as products using (product_id)
        where
            lines.quantity > 0 and not lines.is_cancelled and not products.is_service
            and lines.order_date >= coalesce(?, lines.order_date) and lines.order_date < ?
        """,
        [first_date, end_date],
    ).fetchall()
    found = defaultdict(set)
    for user_id, product_id in rows:
        found[user_id].add(product_id)
    return found


def shown_lists(demo_store, strategy: str, repeats_allowed: bool) -> dict[str, list[str]]:
    rows = demo_store.execute(
        """
        select users.user_id, products.product_id
        from int_seg__recommendation_lists as lists
        inner join int_seg__recommendation_users as users using (as_of_date, user_number)
        inner join int_seg__recommendable_products as products using (as_of_date, product_number)
        where lists.strategy = ? and lists.repeats_allowed = ?
        order by users.user_id, lists.recommendation_rank
        """,
        [strategy, repeats_allowed],
    ).fetchall()
    found = defaultdict(list)
    for user_id, product_id in rows:
        found[user_id].append(product_id)
    return found


def metric(demo_store, strategy: str, repeats_allowed: bool, name: str, user_group: str = "all", k: int = 10):
    return demo_store.execute(
        """
        select metric_value, user_count, interval_low, interval_high from seg__recommendation_metrics
        where strategy = ? and repeats_allowed = ? and metric_name = ? and user_group = ? and k = ?
        """,
        [strategy, repeats_allowed, name, user_group, k],
    ).fetchall()[0]


@pytest.mark.parametrize("repeats_allowed", [True, False])
@pytest.mark.parametrize(("strategy", "k"), [("personal", 10), ("popular", 5), ("popular", 20), ("similar", 20), ("regression", 10), ("next", 5)])
def test_metrics_equal_a_recomputation_from_order_lines(demo_store, test_period, strategy, k, repeats_allowed):
    test_date, as_of_date = test_period
    bought = bought_products(demo_store, test_date, as_of_date)
    before = bought_products(demo_store, None, test_date)
    lists = shown_lists(demo_store, strategy, repeats_allowed)
    ndcgs, recalls, shown_count, new_count = [], [], 0, 0
    for user_id, products in bought.items():
        relevant = products if repeats_allowed else products - before[user_id]
        if not relevant:
            continue
        shown = lists[user_id][:k]
        assert len(set(shown)) == k
        shown_count += k
        new_count += len(set(shown) - before[user_id])
        if not repeats_allowed:
            assert not set(shown) & before[user_id]
        gain = sum(1 / math.log2(place + 2) for place, product in enumerate(shown) if product in relevant)
        ideal = sum(1 / math.log2(place + 2) for place in range(min(k, len(relevant))))
        ndcgs.append(gain / ideal)
        recalls.append(len(relevant & set(shown)) / len(relevant))

    ndcg, user_count, _, _ = metric(demo_store, strategy, repeats_allowed, "ndcg", k=k)
    assert user_count == len(ndcgs)
    assert ndcg == pytest.approx(pd.Series(ndcgs).mean(), abs=1e-5)
    assert metric(demo_store, strategy, repeats_allowed, "recall", k=k)[0] == pytest.approx(
        pd.Series(recalls).mean(), abs=1e-5
    )
    assert metric(demo_store, strategy, repeats_allowed, "share_new", k=k)[0] == pytest.approx(
        new_count / shown_count, abs=1e-5
    )


def test_user_groups_add_up_to_all_users(demo_store):
    def summed(user_groups):
        rows = [metric(demo_store, "personal", True, "ndcg", user_group) for user_group in user_groups]
        return sum(row[1] for row in rows), sum(row[0] * row[1] for row in rows)

    everybody = summed(["all"])
    assert summed(["with_history", "without_history"]) == pytest.approx(everybody, abs=1e-4)
    assert summed(["little_history", "much_history", "without_history"]) == pytest.approx(everybody, abs=1e-4)


def test_popular_products_equal_a_recomputation_from_order_lines(demo_store, test_period):
    test_date, _ = test_period
    sales = demo_store.execute(
        """
        select distinct user_id, product_id, order_date
        from seg__order_lines where quantity > 0 and not is_cancelled and order_date < $test_date
        and (user_id, product_id) not in (
            select (user_id, product_id) from seg__order_lines
            where not is_cancelled and order_date < $test_date
            group by user_id, product_id having sum(quantity) <= 0
        )
        """,
        {"test_date": test_date},
    ).df()
    age = (pd.Timestamp(test_date) - pd.to_datetime(sales["order_date"])).dt.days - 1
    weight = (0.5 ** (age / 30)).groupby(sales["product_id"]).sum()
    order = list(weight.sort_values(ascending=False).index)
    excluded = demo_store.execute(
        "select user_id, product_id from int_seg__recommendation_exclusions where as_of_date = ?", [test_date]
    ).df().groupby("user_id")["product_id"].agg(set).to_dict()
    lists = shown_lists(demo_store, "popular", True)
    assert len(lists) > 100
    assert any(excluded.get(user_id, set()) & set(order[:10]) for user_id in lists)
    for user_id, shown in lists.items():
        allowed = [product_id for product_id in order if product_id not in excluded.get(user_id, ())]
        assert set(shown[:10]) == set(allowed[:10])


@pytest.mark.parametrize("repeats_allowed", [True, False])
def test_personal_beats_every_baseline(demo_store, repeats_allowed):
    baselines = ["popular", "own_favourites"] if repeats_allowed else ["popular"]
    personal = metric(demo_store, "personal", repeats_allowed, "ndcg", "with_history")
    for baseline in baselines:
        value = metric(demo_store, baseline, repeats_allowed, "ndcg", "with_history")
        assert personal[0] > 1.1 * value[0]
        verdict = demo_store.execute(
            """
            select verdict from seg__recommendation_comparisons
            where compared_strategy = ? and repeats_allowed = ? and user_group = 'all'
            """,
            [baseline, repeats_allowed],
        ).fetchall()
        assert verdict == [("ahead",)]


@pytest.mark.parametrize("repeats_allowed", [True, False])
def test_personal_is_behind_no_single_strategy(demo_store, repeats_allowed):
    """Each strategy is one that the blend could have chosen alone: in the period after, it is no better but by chance."""
    verdicts = dict(demo_store.execute(
        "select compared_strategy, verdict from seg__recommendation_comparisons"
        " where repeats_allowed = ? and user_group = 'all'",
        [repeats_allowed],
    ).fetchall())
    assert set(verdicts) == {
        "popular", "segment_popular", "viewed", "similar", "regression", "next", "content",
    } | ({"own_favourites"} if repeats_allowed else set())
    assert set(verdicts.values()) <= {"ahead", "level"}


def test_products_bought_together_are_neighbours_far_above_chance(demo_store):
    pairs = truth("products").dropna(subset=["together_product_id"])
    neighbours = demo_store.execute(
        "select product_id, similar_product_id from seg__similar_products "
        "where method = 'behaviour' and similarity_rank <= 5"
    ).df()
    product_count = demo_store.execute("select count(*) from seg__products where is_listed").fetchall()[0][0]
    found = pairs.merge(
        neighbours, left_on=["product_id", "together_product_id"], right_on=["product_id", "similar_product_id"]
    )
    assert len(pairs) > 50
    assert len(found) / len(pairs) > 10 * 5 / product_count


def test_neighbours_by_content_are_neighbours_by_behaviour_far_above_chance(demo_store):
    found_share, chance, reached, eligible, sources = demo_store.execute(
        """
        with neighbours as (select * from seg__similar_products where similarity_rank <= 10),
        content as (select * from neighbours where method = 'content'),
        behaviour as (select * from neighbours where method = 'behaviour'),
        eligible as (select count(*) as n from int_seg__recommendable_products where split = 'scoring' and is_eligible)
        select
            avg(case when behaviour.product_id is not null then 1.0 else 0 end),
            10.0 / max(eligible.n), count(distinct content.similar_product_id), max(eligible.n),
            count(distinct content.product_id)
        from content
        left join behaviour using (product_id, similar_product_id)
        cross join eligible
        """
    ).fetchall()[0]
    assert found_share > 4 * chance
    assert reached == eligible, "every product that may be recommended is somebody's neighbour"
    assert sources == demo_store.execute("select count(*) from seg__products where is_listed").fetchall()[0][0]


def test_recommended_categories_match_planted_tastes_better_than_popularity(demo_store):
    users = truth("users")[["user_id", "shopper_type", "favourite_category"]]
    affinities = truth("category_affinities")
    shown = demo_store.execute(
        """
        select recommendations.user_id, products.category, recommendations.strategy
        from seg__user_recommendations as recommendations
        inner join seg__products as products using (product_id)
        """
    ).df().merge(users, on="user_id").merge(affinities, on=["shopper_type", "category"], how="left")
    shown["affinity_share"] = shown["affinity_share"].fillna(0)
    shown["is_favourite"] = shown["category"] == shown["favourite_category"]
    popular = demo_store.execute(
        """
        select category from int_seg__recommendable_products
        where split = 'scoring' and popularity_rank <= 10
        """
    ).df()
    personal_users = shown.loc[shown["strategy"] != "popular", "user_id"].unique()
    personal = shown[shown["user_id"].isin(personal_users)]
    baseline = (
        users[users["user_id"].isin(personal_users)]
        .merge(popular, how="cross")
        .merge(affinities, on=["shopper_type", "category"], how="left")
    )
    baseline["is_favourite"] = baseline["category"] == baseline["favourite_category"]
    assert personal["affinity_share"].mean() > 1.1 * baseline["affinity_share"].fillna(0).mean()
    assert personal["is_favourite"].mean() > 1.5 * baseline["is_favourite"].mean()
