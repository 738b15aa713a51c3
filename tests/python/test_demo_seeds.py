"""The demo seeds are what the generator writes, and the truth it states is in the rows it made."""

import math
import re
import sys
from pathlib import Path

import duckdb
import numpy as np
import pytest
import yaml
from sklearn.cluster import KMeans
from sklearn.linear_model import PoissonRegressor
from sklearn.metrics import adjusted_rand_score
from sklearn.preprocessing import StandardScaler

REPOSITORY = Path(__file__).resolve().parents[2]
SEEDS = REPOSITORY / "seeds" / "demo"
TRUTH = REPOSITORY / "tests" / "python" / "demo_truth"
CONTRACT = REPOSITORY / "macros" / "inputs" / "input_contract.sql"

sys.path.insert(0, str(REPOSITORY / "tests" / "benchmark"))
import generate_store  # noqa: E402

# Rows that lie outside were never true: clocks that were not set or run ahead.
TRUE_TIME = "between timestamp '2020-01-01' and timestamp '2030-01-01'"


@pytest.fixture(scope="module")
def remade_demo(tmp_path_factory):
    """The demo, made again on one thread: folders of seeds and truth."""
    folder = tmp_path_factory.mktemp("demo")
    generate_store.write_demo(folder / "seeds", folder / "truth", threads=1)
    return folder


@pytest.fixture(scope="module")
def demo():
    """The committed seeds, loaded as dbt loads them, and their truth as truth_<table>."""
    connection = duckdb.connect()
    for seed in yaml.safe_load((SEEDS / "_demo__seeds.yml").read_text())["seeds"]:
        name = seed["name"].removeprefix("seg_demo__")
        types = ", ".join(
            f"{column} {type_}" for column, type_ in seed["config"]["column_types"].items()
        )
        connection.execute(f"create table {name} ({types})")
        connection.execute(
            f"copy {name} from '{SEEDS / seed['name']}.csv' "
            "(format csv, header true, delimiter ',')"
        )
    for table in generate_store.TRUTH:
        connection.execute(
            f"create table truth_{table} as "
            f"select * from read_csv('{TRUTH / table}.csv', nullstr = '')"
        )
    return connection


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A store ten times as large as the demo, where planted effects stand out from chance."""
    folder = tmp_path_factory.mktemp("store")
    generate_store.generate(users=20_000, days=400, products=600, seed=7, out=folder)
    connection = duckdb.connect()
    for name in generate_store.INPUTS:
        connection.execute(f"create view {name} as select * from '{folder}/{name}/*.parquet'")
    for name in generate_store.TRUTH:
        connection.execute(
            f"create view truth_{name} as select * from '{folder}/truth/{name}/*.parquet'"
        )
    # Orders and views without dirt, for the tests that look for what was planted.
    connection.execute("""
        create table true_order_lines as
        select distinct on (order_line_id) order_lines.*
        from order_lines
        where order_line_id is not null and order_id is not null and user_id is not null
            and quantity <> 0
            and order_line_id not in (
                select row_key from truth_dirt where input_name = 'order_lines'
                and dirt_kind not in ('exact_duplicate', 'near_duplicate'))
        order by order_line_id, ordered_at
    """)
    connection.execute("""
        create table true_events as
        select distinct on (event_id) events.* replace (lower(trim(event_type)) as event_type)
        from events
        where event_id is not null and user_id is not null and occurred_at is not null
            and event_id not in (select row_key from truth_dirt where input_name = 'events'
                and dirt_kind not in ('exact_duplicate', 'near_duplicate', 'odd_event_type'))
        order by event_id, occurred_at
    """)
    return connection


def rows(connection, query):
    return connection.execute(query).fetchall()


# --- the seeds are the generator's output


def test_committed_seeds_and_truth_are_byte_for_byte_what_the_generator_writes(remade_demo):
    for name in generate_store.INPUTS:
        file = f"seg_demo__{name}.csv"
        assert (remade_demo / "seeds" / file).read_bytes() == (SEEDS / file).read_bytes(), file
    for name in generate_store.TRUTH:
        assert (remade_demo / "truth" / f"{name}.csv").read_bytes() == (
            TRUTH / f"{name}.csv"
        ).read_bytes(), name


def test_four_threads_and_smaller_batches_make_the_same_rows(tmp_path, monkeypatch, demo):
    monkeypatch.setattr(generate_store, "USER_DAYS_PER_BATCH", 700 * 500)
    generate_store.generate(**generate_store.DEMO, out=tmp_path, threads=4)
    for name in generate_store.INPUTS:
        again = f"select * from '{tmp_path}/{name}/*.parquet'"
        assert rows(demo, f"select count(*) from ({again} except all select * from {name})") == [
            (0,)
        ], name
        assert rows(demo, f"select count(*) from (select * from {name} except all {again})") == [
            (0,)
        ], name


def test_another_seed_makes_another_store(tmp_path, demo):
    generate_store.generate(**{**generate_store.DEMO, "seed": 43, "users": 1_000}, out=tmp_path)
    shared = rows(
        demo,
        "select count(*) from (select * from events "
        f"intersect select * from '{tmp_path}/events/*.parquet')",
    )
    assert shared[0][0] < 1_000
    types = rows(
        demo,
        f"""
        select avg(cast(truth_users.shopper_type = other.shopper_type as int))
        from truth_users
        inner join '{tmp_path}/truth/users/*.parquet' as other
            on truth_users.user_id = other.user_id
    """,
    )
    assert types[0][0] < 0.3


def test_seeds_stay_under_eight_megabytes_and_a_hundred_thousand_rows(demo):
    assert sum(file.stat().st_size for file in SEEDS.glob("*.csv")) <= 8_000_000
    assert (
        sum(rows(demo, f"select count(*) from {name}")[0][0] for name in generate_store.INPUTS)
        <= 95_000
    )


def test_every_seed_has_every_column_of_the_contract(demo):
    contract = {
        name: re.findall(r"\['(\w+)',", body)
        for name, body in re.findall(r"'(\w+)': \[\n(.*?)\n        \],", CONTRACT.read_text(), re.S)
    }
    assert set(contract) == set(generate_store.INPUTS)
    for name, columns in contract.items():
        assert [row[0] for row in rows(demo, f"describe {name}")] == columns, name


def test_awkward_ids_texts_and_embeddings_survive_the_seed_files(demo):
    ids = {row[0] for row in rows(demo, "select user_id from users")}
    assert {"00123", "true", "u 13", 'u"29"', "o'u57", "u🛒71", "u,90"} <= ids
    assert (
        rows(
            demo, "select count(*) from products where product_id in ('00017', 'false', 'p \"31\"')"
        )[0][0]
        >= 3
    )
    assert rows(demo, "select distinct len(embedding) from products") == [(8,)]
    assert rows(demo, "select count(*) > 0 from reviews where review_text like '%❤️%'") == [(True,)]
    assert rows(demo, "select count(*) from events where search_text = '' or session_id = ''") == [
        (0,)
    ]


# --- the dirt is all there and all known


def planted(connection, input_name):
    query = f"""
        select dirt_kind, count(*) from truth_dirt
        where input_name = '{input_name}' group by dirt_kind
    """
    return dict(rows(connection, query))


def surplus(connection, table, key, same):
    """Rows beyond the first of each key: [0] equal in every column, [1] different in some."""
    query = f"""
        select
            coalesce(sum(copies - 1) filter (distinct_rows = 1), 0),
            coalesce(sum(distinct_rows - 1), 0)
        from (
            select count(*) as copies, count(distinct cast({table} as varchar)) as distinct_rows
            from {table} where {key} is not null group by {key}
        )
    """
    return rows(connection, query)[0][same]


@pytest.mark.parametrize(
    ("input_name", "key"),
    [
        ("events", "event_id"),
        ("order_lines", "order_line_id"),
        ("products", "product_id"),
        ("users", "user_id"),
        ("reviews", "review_id"),
        ("campaign_touches", "touch_id"),
    ],
)
def test_every_repeated_key_is_a_planted_duplicate(demo, input_name, key):
    dirt = planted(demo, input_name)
    assert surplus(demo, input_name, key, same=0) == dirt["exact_duplicate"]
    assert surplus(demo, input_name, key, same=1) == dirt.get("near_duplicate", 0)


@pytest.mark.parametrize(
    ("input_name", "dirt_kind", "condition"),
    [
        ("events", "missing_event_id", "event_id is null"),
        ("events", "missing_user_id", "user_id is null"),
        ("events", "missing_time", "occurred_at is null"),
        ("events", "negative_price", "price < 0"),
        ("events", "absurd_price", "price > 1e9"),
        ("events", "zero_quantity", "quantity = 0"),
        ("events", "future_time", "occurred_at >= '2100-01-01'"),
        ("events", "epoch_time", "occurred_at < '1971-01-01'"),
        ("events", "shared_session_id", "session_id = 'undefined'"),
        ("events", "crawler", "regexp_matches(user_agent, 'bot|Bot|python')"),
        ("events", "rate_bot", "user_id like 'visitor%'"),
        ("order_lines", "missing_order_line_id", "order_line_id is null"),
        ("order_lines", "missing_order_id", "order_id is null"),
        ("order_lines", "missing_user_id", "user_id is null"),
        ("order_lines", "negative_price", "unit_price < 0"),
        ("order_lines", "absurd_price", "unit_price > 1e9"),
        ("order_lines", "zero_quantity", "quantity = 0"),
        ("order_lines", "negative_discount", "discount_amount < 0"),
        ("order_lines", "future_time", "ordered_at >= '2100-01-01'"),
        ("order_lines", "epoch_time", "ordered_at < '1971-01-01'"),
        (
            "order_lines",
            "return_without_order",
            "quantity < 0 and order_id not in ("
            "select order_id from order_lines where order_id is not null and quantity > 0)",
        ),
        ("products", "missing_product_id", "product_id is null"),
        ("products", "negative_price", "list_price < 0"),
        ("users", "missing_user_id", "user_id is null"),
        ("users", "future_time", "signed_up_at > '2027-01-01'"),
        ("reviews", "rating_out_of_range", "rating not between 1 and 5"),
        ("reviews", "missing_user_id", "user_id is null"),
        ("reviews", "future_time", "reviewed_at >= '2100-01-01'"),
        ("campaign_touches", "missing_user_id", "user_id is null"),
        ("campaign_touches", "epoch_time", "touched_at < '1971-01-01'"),
        ("campaign_touches", "unknown_touch_type", "touch_type = 'bounce?'"),
        ("identities", "missing_alias_id", "alias_id is null"),
        ("identities", "linked_to_itself", "user_id = alias_id"),
        ("identities", "confidence_out_of_range", "match_confidence > 1"),
    ],
)
def test_truth_counts_every_dirty_row_of_a_kind(demo, input_name, dirt_kind, condition):
    count = rows(demo, f"select count(*) from {input_name} where {condition}")[0][0]
    assert count == planted(demo, input_name)[dirt_kind] > 0


def test_row_keys_of_the_dirt_are_keys_of_the_input(demo):
    for input_name, key in [
        ("events", "event_id"),
        ("order_lines", "order_line_id"),
        ("reviews", "review_id"),
    ]:
        unknown = rows(
            demo,
            f"""
            select count(*) from truth_dirt
            where input_name = '{input_name}' and dirt_kind not like 'missing_%_id'
                and row_key not in (select {key} from {input_name} where {key} is not null)
        """,
        )
        assert unknown == [(0,)], input_name


# --- inputs agree with each other


def test_every_purchase_has_its_order_line_and_the_other_way_round(store):
    purchases = (
        "select user_id, product_id, occurred_at, quantity "
        "from true_events where event_type = 'purchase'"
    )
    lines = (
        "select user_id, product_id, ordered_at, quantity from true_order_lines where quantity > 0"
    )
    assert rows(store, f"select count(*) from ({purchases} except all {lines})") == [(0,)]
    assert rows(store, f"select count(*) from ({lines} except all {purchases})") == [(0,)]


def test_nobody_visits_or_orders_before_signing_up_or_after_leaving(store):
    # A visit that began before the user left may end a little later; returns come when they come.
    visits = rows(
        store,
        """
        select count(*)
        from true_events
        inner join truth_users
            on true_events.user_id = truth_users.user_id
        where true_events.occurred_at > truth_users.churned_at + interval 1 hour
            or true_events.occurred_at < truth_users.signed_up_on
    """,
    )
    assert visits == [(0,)]


def test_visits_without_session_id_are_at_least_half_an_hour_apart(store):
    close_calls = rows(
        store,
        """
        select count(*)
        from (
            select
                occurred_at - lag(occurred_at) over visits as silence,
                session_id is distinct from
                    lag(session_id) over visits as is_other_visit
            from true_events
            where user_id not like 'pub%'
            window visits as (partition by user_id order by occurred_at, event_id)
        )
        where is_other_visit and silence < interval 30 minute
    """,
    )
    assert close_calls == [(0,)]


def test_events_before_a_sign_in_lead_to_their_true_user(store):
    wrong = rows(
        store,
        """
        with mixed as (
            select
                session_id,
                min(user_id) filter (is_alias) as alias_id,
                min(user_id) filter (not is_alias) as user_id
            from (
                select
                    true_events.*,
                    true_events.user_id in (select alias_id from truth_aliases) as is_alias
                from true_events
                where session_id is not null
            )
            group by session_id
        )
        select
            count(*) filter (truth_aliases.user_id is distinct from mixed.user_id),
            count(*)
        from mixed
        inner join truth_aliases
            on mixed.alias_id = truth_aliases.alias_id
        where mixed.user_id is not null and mixed.alias_id not like 'pub%'
    """,
    )
    assert wrong[0][0] == 0
    assert wrong[0][1] > 1_000


# --- what was planted grows


def test_types_keep_their_own_hours(store):
    hours = dict(
        rows(
            store,
            """
        select
            truth_users.shopper_type,
            avg(cast(hour(true_events.occurred_at) between 5 and 9 as int))
        from true_events
        inner join truth_users
            on true_events.user_id = truth_users.user_id
        group by truth_users.shopper_type
    """,
        )
    )
    assert hours["one_category_specialist"] > 0.6
    assert all(share < 0.3 for type_, share in hours.items() if type_ != "one_category_specialist")


def test_behaviour_tells_the_types_apart_far_better_than_recency_frequency_and_monetary(store):
    table = store.execute("""
        with

        browsing as (
            select
                user_id,
                ln(count(*)) as event_count,
                avg(ln(1 + duration_seconds)) as log_duration,
                avg(cos(2 * pi() * hour(occurred_at) / 24)) as hour_cosine,
                avg(sin(2 * pi() * hour(occurred_at) / 24)) as hour_sine,
                avg(cast(isodow(occurred_at) > 5 as int)) as weekend_share,
                avg(cast(month(occurred_at) = 12 as int)) as december_share,
                avg(cast(device = 'mobile' as int)) as mobile_share,
                avg(cast(channel = 'email' as int)) as email_share,
                avg(cast(channel = 'social' as int)) as social_share,
                avg(cast(channel = 'search' as int)) as search_share,
                avg(cast(event_type = 'purchase' as int)) as purchase_share
            from true_events
            group by user_id
            having count(*) >= 8
        ),

        buying as (
            select
                user_id,
                ln(1 + count(distinct order_id)) as frequency,
                ln(1 + greatest(0, sum(quantity * unit_price - discount_amount))) as monetary,
                date_diff('day', max(ordered_at), timestamp '2026-07-01') as recency,
                avg(cast(coupon_id is not null as int)) as coupon_share
            from true_order_lines
            group by user_id
        )

        select
            truth_users.shopper_type,
            browsing.* exclude (user_id),
            coalesce(frequency, 0) as frequency,
            coalesce(monetary, 0) as monetary,
            coalesce(recency, 400) as recency,
            coalesce(coupon_share, 0.2) as coupon_share
        from truth_users
        inner join browsing
            on truth_users.user_id = browsing.user_id
        left join buying
            on truth_users.user_id = buying.user_id
        order by truth_users.user_id
    """).df()

    def agreement(features):
        scaled = StandardScaler().fit_transform(features)
        found = KMeans(n_clusters=6, n_init=5, random_state=0).fit_predict(scaled)
        return adjusted_rand_score(table["shopper_type"], found)

    of_rfm = agreement(table[["recency", "frequency", "monetary"]])
    of_behaviour = agreement(table.drop(columns=["shopper_type", "recency", "monetary"]))
    assert of_rfm < 0.2
    assert of_behaviour > 0.4


def test_price_elasticities_come_back_from_a_regression_on_views_and_purchases(store):
    cells = store.execute("""
        select
            truth_categories.category,
            truth_categories.elasticity,
            ln(true_events.price / listed.list_price) as log_price_ratio,
            count(*) filter (true_events.event_type in ('view', 'page_view')) as views,
            count(*) filter (true_events.event_type = 'purchase') as purchases
        from true_events
        inner join (
            select product_id, max(list_price) as list_price from products group by product_id
        ) as listed
            on true_events.product_id = listed.product_id
        inner join truth_products
            on true_events.product_id = truth_products.product_id
        inner join truth_categories
            on truth_products.category = truth_categories.category
        where true_events.price is not null
        group by truth_categories.category, truth_categories.elasticity, log_price_ratio
        having views > 0
        order by truth_categories.category, log_price_ratio
    """).df()

    errors = []
    for _, cell in cells.groupby("category"):
        ratio = cell[["log_price_ratio"]].to_numpy()
        fitted = PoissonRegressor(alpha=0, max_iter=1000).fit(
            ratio, cell["purchases"] / cell["views"], sample_weight=cell["views"]
        )
        weights = cell["purchases"].to_numpy()
        spread = np.average(
            (ratio[:, 0] - np.average(ratio[:, 0], weights=weights)) ** 2, weights=weights
        )
        error = 1 / math.sqrt(weights.sum() * spread)
        errors.append((fitted.coef_[0] - cell["elasticity"].iloc[0]) / error)

    # Twelve standardized errors: none is far out and together they look like chance.
    assert len(errors) == 12
    assert max(abs(error) for error in errors) < 3
    assert np.mean(np.square(errors)) < 2


def lift(connection, experiment_id, condition="true"):
    """Relative difference of orders per user during the experiment, and its standard error."""
    by_variant = dict(
        (variant, (mean, variance_of_mean))
        for variant, mean, variance_of_mean in rows(
            connection,
            f"""
            with

            enrolled as (
                select
                    campaign_touches.user_id,
                    campaign_touches.variant,
                    min(campaign_touches.touched_at) as touched_at
                from campaign_touches
                where experiment_id = '{experiment_id}'
                    and touch_type = 'impression'
                    and touched_at {TRUE_TIME}
                group by campaign_touches.user_id, campaign_touches.variant
            ),

            counted as (
                select
                    enrolled.user_id,
                    enrolled.variant,
                    count(distinct true_order_lines.order_id) as order_count
                from enrolled
                inner join truth_users
                    on enrolled.user_id = truth_users.user_id
                inner join truth_experiments as planned
                    on planned.experiment_id = '{experiment_id}'
                left join true_order_lines
                    on enrolled.user_id = true_order_lines.user_id
                    and true_order_lines.quantity > 0
                    and true_order_lines.ordered_at >= enrolled.touched_at
                    and true_order_lines.ordered_at < planned.ends_at
                where {condition}
                group by enrolled.user_id, enrolled.variant
            )

            select variant, avg(order_count), var_samp(order_count) / count(*)
            from counted
            group by variant
        """,
        )
    )
    control, treatment = by_variant["control"], by_variant["treatment"]
    ratio = treatment[0] / control[0]
    return ratio - 1, ratio * math.sqrt(
        control[1] / control[0] ** 2 + treatment[1] / treatment[0] ** 2
    )


def test_recommendations_are_clicked_by_examination_times_relevance(store):
    """Clicks and impressions per strategy and place, whichever of them was drawn first."""
    cells = rows(
        store,
        f"""
        with

        shown as (
            select distinct on (touch_id) * from campaign_touches
            where product_id is not null and user_id is not null and touched_at {TRUE_TIME} and touch_id not like '%d'
        )

        select
            truth.strategy,
            truth.position,
            truth.place_share,
            truth.examination * truth.relevance as click_rate,
            truth.strategy_propensity,
            count(*) filter (touch_type = 'impression') as impressions,
            count(*) filter (touch_type = 'click') as clicks,
            min(propensity) as lowest_propensity
        from truth_recommendations as truth
        inner join shown
            on truth.strategy = shown.strategy and truth.position = shown.position
        group by all
    """,
    )
    assert len(cells) == 8
    shown = {strategy: sum(cell[5] for cell in cells if cell[0] == strategy) for strategy in ("related", "popular")}
    for strategy, position, share, rate, propensity, impressions, clicks, lowest in cells:
        expected = shown[strategy] * share
        assert abs(impressions - expected) < 4 * math.sqrt(expected), (strategy, position)
        assert abs(clicks - impressions * rate) < 4 * math.sqrt(impressions * rate), (strategy, position)
        assert lowest == pytest.approx(propensity / (24 if strategy == "popular" else 1), abs=1e-5)


def test_the_checkout_experiment_lifts_orders_by_its_stated_effect(store):
    effect, error = lift(store, "exp-checkout")
    assert abs(effect - 0.30) < 2.5 * error
    assert effect > 2.5 * error


def test_the_banner_experiment_has_no_effect(store):
    effect, error = lift(store, "exp-banner")
    assert abs(effect) < 2.5 * error


def test_the_campaign_helps_some_types_and_harms_one(store):
    uplifts = dict(rows(store, "select shopper_type, campaign_uplift from truth_shopper_types"))
    for shopper_type, uplift in uplifts.items():
        effect, error = lift(store, "exp-spring", f"truth_users.shopper_type = '{shopper_type}'")
        assert abs(effect - float(uplift)) < 3 * error, shopper_type
    assert lift(store, "exp-spring", "truth_users.shopper_type = 'bargain_hunter'")[0] > 0.3
    assert (
        lift(store, "exp-spring", "truth_users.shopper_type = 'one_category_specialist'")[0] < -0.1
    )


def test_complements_are_bought_together_far_more_often_than_by_chance(store):
    together, by_chance = rows(
        store,
        """
        with

        bought as (
            select distinct order_id, product_id from true_order_lines where quantity > 0
        ),

        order_count as (
            select count(distinct order_id) as orders from bought
        ),

        product_count as (
            select product_id, count(*) as orders from bought group by product_id
        )

        select
            (
                select count(*)
                from bought
                inner join truth_products
                    on bought.product_id = truth_products.product_id
                inner join bought as companion
                    on bought.order_id = companion.order_id
                    and truth_products.together_product_id = companion.product_id
            ),
            (
                select sum(product_count.orders * companion.orders / order_count.orders)
                from truth_products
                inner join product_count
                    on truth_products.product_id = product_count.product_id
                inner join product_count as companion
                    on truth_products.together_product_id = companion.product_id
                cross join order_count
            )
    """,
    )[0]
    assert together > 10 * by_chance


def test_past_orders_predict_future_orders(store):
    correlation = rows(
        store,
        """
        select corr(past, future)
        from (
            select
                truth_users.user_id,
                count(distinct order_id) filter (ordered_at < '2026-04-02') as past,
                count(distinct order_id) filter (ordered_at >= '2026-04-02') as future
            from truth_users
            left join true_order_lines
                on truth_users.user_id = true_order_lines.user_id
            group by truth_users.user_id
        )
    """,
    )[0][0]
    assert correlation > 0.3
