"""Bad input, tried: each kind builds with sensible tables or stops with one clear message.

Each build holds many kinds at once; what a build is made of stands in the fixture above its tests.
"""

from datetime import date, datetime

import duckdb
import pytest
from shops import DBT, BareShop

LONG_ID = "x" * 1000
ODD_IDS = [
    "it's", 'say "hi"', "u🛒71", "two words", "a,b;c", "00123", "1.0", "true", "null", "NaN", "back\\slash", "{{ ref }}",
    "100%_", "line\nbreak", "é", "e\u0301", "U", "u", "'; drop table raw.order_lines; --", LONG_ID,
]

SCHEMES = {"rfm", "lifecycle", "value_tier", "behaviour", "kmeans"}

# Every column of every input, without a row.
EMPTY_INPUTS = {
    "events": """event_id bigint, user_id bigint, event_type varchar, occurred_at timestamp, product_id varchar,
        session_id varchar, price decimal(10, 2), quantity integer, duration_seconds double, channel varchar,
        device varchar, user_agent varchar, search_text varchar""",
    "order_lines": """order_line_id uuid, order_id bigint, user_id varchar, product_id varchar, ordered_at timestamptz,
        quantity smallint, unit_price float, discount_amount double, order_status varchar, coupon_id varchar,
        channel varchar""",
    "products": """product_id varchar, product_name varchar, category varchar, brand varchar, description varchar,
        list_price double, unit_cost double, stock_on_hand bigint, lead_time_days bigint, embedding float[]""",
    "users": """user_id varchar, signed_up_at date, birth_year integer, gender varchar, country varchar, region varchar,
        acquisition_channel varchar, email varchar, has_marketing_consent boolean, attributes json""",
    "reviews": """review_id varchar, user_id varchar, product_id varchar, rating integer, review_text varchar,
        reviewed_at date""",
    "campaign_touches": """touch_id varchar, user_id varchar, touched_at timestamp_ns, touch_type varchar,
        campaign_id varchar, experiment_id varchar, variant varchar, product_id varchar, coupon_id varchar, cost double,
        strategy varchar, position integer, propensity double""",
    "identities": "user_id varchar, alias_id varchar, match_type varchar, match_confidence double",
    "erasure_requests": "user_id varchar, requested_at date",
}


def empty(columns: str) -> str:
    nulls = [f"cast(null as {column.strip().split(' ', 1)[1]}) as {column.strip().split(' ', 1)[0]}"
             for column in columns.replace("(10, 2)", "(10;2)").split(",")]
    return f"select {', '.join(nulls)} where false".replace("(10;2)", "(10, 2)")


def text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return BareShop(tmp_path_factory.mktemp("bare") / "shop")


class Built:
    def __init__(self, database):
        self.connection = duckdb.connect(str(database), read_only=True)

    def rows(self, query):
        return self.connection.sql(query).fetchall()

    def value(self, query):
        return self.rows(query)[0][0]

    def rejected(self):
        return {(name, reason): count for name, reason, count in self.rows("""
            select input_name, reject_reason, count(*) from seg__rejected_rows group by input_name, reject_reason
        """)}


def assert_sensible(built: Built, users: int, products: int) -> None:
    """What holds for every shop, however small."""
    assert built.value("select count(*) from seg__input_quality") == 8
    assert built.value("""
        select count(*) from seg__input_quality where received_count <> kept_count + duplicate_count + rejected_count
    """) == 0
    assert built.rows("select count(*), count(distinct user_id) from seg__user_profiles") == [(users, users)]
    # Churn is asked of buyers who have not lapsed alone.
    assert built.rows("""
        select count(*), count(distinct user_id) from seg__user_predictions where target_name <> 'will_churn'
    """) == [(5 * users, users)]
    assert built.value("select count(*) from seg__products") == products

    # Every scheme names every user once.
    schemes = built.rows("select scheme, count(*), count(distinct user_id) from seg__user_segments group by scheme")
    assert {row[0] for row in schemes} >= (SCHEMES if users else set())
    assert all(row[1:] == (users, users) for row in schemes), schemes

    # Nobody can be told apart in so few: a baseline serves, and says why.
    choices = built.rows("select model_name, is_fitted, reason from seg__model_choices")
    assert len(choices) == (6 if users else 0)
    assert all(name in ("constant", "same_as_before") and not fitted and len(reason) > 40 for name, fitted, reason in choices)
    assert built.value("""
        select count(*) from seg__user_predictions
        where prediction is null or prediction < 0 or not percentile between 0 and 1
            or (target_name in ('will_order', 'will_churn') and prediction > 1)
    """) == 0

    # Recommendations: at most as many as there are products or as the shop wants, ranked from 1, none twice.
    assert built.value("""
        select count(*) from (
            select user_id from seg__user_recommendations group by user_id
            having count(*) <> max(recommendation_rank) or count(*) <> count(distinct product_id) or min(recommendation_rank) <> 1
        )
    """) == 0
    most = built.value("select coalesce(max(recommendation_rank), 0) from seg__user_recommendations")
    assert most <= min(10, products)

    numbers = built.rows("""
        select table_name, column_name from duckdb_columns()
        where schema_name = 'main' and data_type in ('DOUBLE', 'FLOAT') and table_name not like 'stg_%' and table_name not like '%_judged'
    """)
    for table, column in numbers:
        assert built.value(f"select count(*) from {table} where not isfinite({column})") == 0, (table, column)


# --- what cannot be read stops the build


def stopped(shop, name, inputs, select=None, vars=None):
    """The message of a build that stops, once it is certain that nothing was built from an input."""
    with pytest.raises(RuntimeError) as error:
        shop.build(name, inputs, vars=vars, tests=False, select=select)
    message = str(error.value)
    assert "PASS=" in message and " ERROR=1 " in message
    with duckdb.connect(str(shop.database(name)), read_only=True) as connection:
        built = connection.sql("select table_name from information_schema.tables where table_schema = 'main'").fetchall()
    # What the build had begun is noted before anything is looked at.
    assert all(table.startswith("seg_ref__") or table == "int_seg__unfinished_nodes" for (table,) in built), built
    return message


def test_no_events_and_no_order_lines_stop_the_build(shop):
    message = stopped(shop, "no_input", {"users": "select 'u1' as user_id"})
    assert "1 problem(s) with the inputs" in message
    assert "seg__events, seg__order_lines: neither is given; name at least one of them" in message
    assert "ref('my_shop', 'shop_order_lines')" in message


def test_all_vars_whose_values_cannot_be_are_named_at_once(shop):
    message = stopped(shop, "impossible_vars", {"order_lines": empty(EMPTY_INPUTS["order_lines"])}, vars={
        "seg__horizon_days": -5, "seg__recommendation_count": 0, "seg__minimum_margin_share": 30,
        "seg__recommend_repeats": "maybe", "seg__as_of_date": "31.10.2026", "seg__cluster_count": 2.5,
    })
    assert "6 problem(s) with the inputs and vars" in message
    for problem in [
        "seg__horizon_days is '-5': it must be a whole number, 1 or more",
        "seg__recommendation_count is '0': it must be a whole number, 1 or more",
        "seg__minimum_margin_share is '30': it must be a number from 0 to 1, or null",
        "seg__recommend_repeats is 'maybe': it must be true or false",
        "seg__as_of_date is '31.10.2026': it must be a date like 2026-07-01, or null",
        "seg__cluster_count is '2.5': it must be a whole number, 1 or more, or null",
    ]:
        assert problem in message


def test_rules_of_the_shop_without_a_column_are_named(shop):
    message = stopped(shop, "rules", {"experiments": "select 'e' as experiment_id, 'a' as variant, 0.5 as share"},
                      select=["int_seg__experiment_plans"])
    assert ("seg__experiments (raw.experiments): column starts_on is missing; the columns are those of the seed"
            " seg_ref__experiments") in message
    assert "column holdout_share is missing" in message and "column share is missing" not in message


def test_a_realtime_run_without_a_whole_build_before_stops_and_says_so(shop):
    message = stopped(shop, "never_built", {"order_lines": empty(EMPTY_INPUTS["order_lines"])}, select=["tag:realtime"])
    assert "tag:realtime takes in new rows after a whole build, and " in message
    assert " table(s) of one are missing, " in message and message.rstrip().count("run dbt build first") == 1


def test_optional_columns_that_are_misspelt_warn(shop):
    """`signedup_at` and `discont_amount` are meant to be read, `note` is the shop's own."""
    inputs = {
        "order_lines": "select 'l' as order_line_id, 'o' as order_id, 'u' as user_id, 'p' as product_id,"
        " timestamp '2026-01-01' as ordered_at, 1 as quantity, 1.0 as unit_price, 1.0 as discount_amount, 'x' as note",
        "users": "select 'u' as user_id, date '2026-01-01' as signed_up_at",
    }
    misspelt = {
        "order_lines": inputs["order_lines"].replace("discount_amount", "discont_amount"),
        "users": inputs["users"].replace("signed_up_at", "signedup_at"),
    }

    def warned(name, inputs):
        shop.fill(name, inputs)
        options = shop.options(name, {f"seg__{input_name}": f"raw.{input_name}" for input_name in inputs})
        test = ["--select", "optional_columns_are_not_misspelt", "--store-failures"]
        shop.run(name, [str(DBT), "test", *options, *test])
        with duckdb.connect(str(shop.database(name)), read_only=True) as connection:
            failures = connection.sql("select table_schema || '.' || table_name from information_schema.tables"
                                      " where table_name = 'optional_columns_are_not_misspelt'").fetchall()[0][0]
            return connection.sql(f"select * from {failures} order by all").fetchall()

    assert warned("spelt", inputs) == []
    assert warned("misspelt", misspelt) == [
        ("seg__order_lines", "discont_amount", "discount_amount"), ("seg__users", "signedup_at", "signed_up_at"),
    ]


def test_all_problems_of_all_inputs_are_named_at_once(shop):
    message = stopped(shop, "unreadable", {
        "events": None,
        # No order_id, a text price, a text time, a structure for an id.
        "order_lines": """select 'l1' as order_line_id, {'id': 1} as user_id, 'p1' as product_id,
            '2026-01-01 10:00+02:00' as ordered_at, 1 as quantity, '9,99' as unit_price, 'ten' as discount_amount""",
        "products": "select 'p1' as product_id, '0.1 0.2' as embedding, date '2026-01-01' as stock_on_hand",
        "users": """select 7.5 as user_id, 1767225600 as signed_up_at, 'eighty' as birth_year, 'yes' as has_marketing_consent,
            null as email""",
        "reviews": """select 'r1' as review_id, 'u1' as user_id, 'p1' as product_id, 'good' as rating,
            time '10:00' as reviewed_at""",
        "campaign_touches": """select 't1' as touch_id, 'u1' as user_id, 'open' as touch_type, 'cheap' as cost,
            'first' as position, 'sure' as propensity""",
        "identities": "select 'u1' as user_id, '90 %' as match_confidence",
        # An empty relation with an unusable required column is no better.
        "erasure_requests": "select 'u1' as user_id, '2026-01-01' as requested_at where false",
    })
    problems = [
        "seg__events (raw.events): the relation does not exist",
        "seg__order_lines (raw.order_lines): column order_id is missing (required, text, a whole number or a uuid)",
        "seg__order_lines (raw.order_lines): column user_id has type STRUCT(id INTEGER), needed: text, a whole number or a uuid",
        "seg__order_lines (raw.order_lines): column ordered_at has type VARCHAR, needed: timestamp or date, with or without a zone",
        "seg__order_lines (raw.order_lines): column unit_price has type VARCHAR, needed: a number",
        "seg__order_lines (raw.order_lines): column discount_amount has type VARCHAR, needed: a number",
        "seg__products (raw.products): column stock_on_hand has type DATE, needed: a whole number",
        "seg__products (raw.products): column embedding has type VARCHAR, needed: an array of numbers",
        "seg__users (raw.users): column user_id has type DECIMAL(2,1), needed: text, a whole number or a uuid",
        "seg__users (raw.users): column signed_up_at has type INTEGER, needed: timestamp or date, with or without a zone",
        "seg__users (raw.users): column birth_year has type VARCHAR, needed: a whole number",
        "seg__users (raw.users): column has_marketing_consent has type VARCHAR, needed: boolean or 0/1",
        "seg__reviews (raw.reviews): column rating has type VARCHAR, needed: a number",
        "seg__reviews (raw.reviews): column reviewed_at has type TIME, needed: timestamp or date, with or without a zone",
        "seg__campaign_touches (raw.campaign_touches): column touched_at is missing (required, timestamp or date, with or without a zone)",
        "seg__campaign_touches (raw.campaign_touches): column cost has type VARCHAR, needed: a number",
        "seg__campaign_touches (raw.campaign_touches): column position has type VARCHAR, needed: a whole number",
        "seg__campaign_touches (raw.campaign_touches): column propensity has type VARCHAR, needed: a number",
        "seg__identities (raw.identities): column alias_id is missing (required, text, a whole number or a uuid)",
        "seg__identities (raw.identities): column match_confidence has type VARCHAR, needed: a number",
        "seg__erasure_requests (raw.erasure_requests): column requested_at has type VARCHAR, needed: timestamp or date, with or without a zone",
    ]
    missing = [problem for problem in problems if problem not in message]
    assert not missing, f"{missing}\n\n{message}"
    assert f"{len(problems)} problem(s) with the inputs" in message


# --- every input empty


@pytest.fixture(scope="module")
def nothing(shop):
    return Built(shop.build("nothing", {name: empty(columns) for name, columns in EMPTY_INPUTS.items()}, tests=False))


def test_empty_inputs_make_empty_tables(nothing):
    assert_sensible(nothing, users=0, products=0)
    assert nothing.rows("select distinct received_count, kept_count, as_of_date from seg__input_quality") == [(0, 0, None)]
    marts = nothing.rows("select table_name, estimated_size from duckdb_tables() where table_name like 'seg\\_\\_%' escape '\\'")
    assert len(marts) > 15
    filled = {table for table, _ in marts if nothing.value(f"select count(*) from {table}")}
    assert filled == {"seg__input_quality"}


# --- one user, one product, one event; nothing but the required columns


@pytest.fixture(scope="module")
def single(shop):
    return Built(shop.build("single", {
        "events": """select 1 as event_id, 7 as user_id, 'view' as event_type, date '2026-03-01' as occurred_at,
            'p1' as product_id""",
    }, tests=False))


def test_one_event_makes_one_user_with_everything(single):
    assert_sensible(single, users=1, products=1)
    assert single.rows("select event_id, user_id, occurred_at, product_id, price, channel from seg__events") == [
        ("1", "7", datetime(2026, 3, 1), "p1", None, None)
    ]
    assert single.rows("select count(*), min(user_id) from seg__sessions where not is_bot") == [(1, "7")]
    assert single.rows("select user_id, as_of_date, order_count, net_revenue, lifecycle_stage is null from seg__user_profiles") == [
        ("7", date(2026, 3, 2), 0, 0, False)
    ]
    assert single.value("select count(*) from seg__orders") == 0
    assert single.rows("""
        select distinct prediction from seg__user_predictions where target_name <> 'days_to_next_order'
    """) == [(0.0,)]
    assert single.rows("select distinct model_name from seg__model_choices") == [("constant",)]
    assert single.value("select count(*) from seg__user_recommendations") <= 1
    assert single.value("select count(*) from seg__similar_products") == 0
    assert single.value("select count(*) from seg__user_segments") > 0
    for table in ("seg__segments", "seg__segment_features", "seg__segment_migrations"):
        assert single.value(f"select count(*) from {table}") == 0, "one user is no group"


# --- no orders: events only, a million of them by one user; fewer users than clusters


@pytest.fixture(scope="module")
def browsing(shop):
    """User 1 did 80 things an hour once a day for 34 years. Integers and decimals where they are welcome."""
    return Built(shop.build("browsing", {
        "events": """
            select
                number as event_id,
                1 as user_id,
                case when number % 4 = 0 then 'cart_add' else 'view' end as event_type,
                timestamp '1990-01-02 10:00' + to_days(cast(number // 80 as integer)) + to_seconds(number % 80 * 45) as occurred_at,
                number % 50 as product_id,
                cast(9.5 as decimal(5, 2)) as price,
                cast(1 as utinyint) as quantity,
                cast(45 as smallint) as duration_seconds
            from range(1000000) as numbers (number)
            union all
            select 1000000, 2, 'View ', timestamp '2024-03-01 08:00', 3, 5, 1, null
            union all
            select 1000001, 3, 'wishlist', timestamp '2024-03-02 08:00', null, null, null, null
        """,
        # Embeddings that are none, one that points nowhere, an empty one and a tiny one.
        "products": """
            select
                number as product_id,
                case number
                    when 0 then [1, double 'nan'] when 1 then [double 'infinity', 0] when 2 then [1e9, 1] when 3 then [0, 0]
                    when 4 then [] when 5 then [3e-9, 4e-9] else [cos(number), sin(number)]
                end as embedding
            from range(50) as numbers (number)
        """,
    }, vars={"seg__cluster_count": 8, "seg__horizon_days": 30}, tests=False))


def test_a_user_with_a_million_events_counts_them_all(browsing):
    assert_sensible(browsing, users=3, products=50)
    assert browsing.value("select kept_count from seg__input_quality where input_name = 'events'") == 1_000_002
    assert browsing.rows("""
        select event_count, view_count, cart_add_count, active_day_count, session_count, view_count_7d
        from seg__user_features where user_id = '1' and as_of_date = (select max(as_of_date) from seg__user_features)
    """) == [(1_000_000, 750_000, 250_000, 12_500, 12_500, 420)]
    assert browsing.value("select count(*) from seg__sessions where is_bot") == 0
    assert browsing.value("select count(*) from seg__user_recommendations where user_id = '1'") == 10


def test_without_orders_nobody_is_expected_to_order(browsing):
    assert browsing.value("select count(*) from seg__orders") == 0
    # Three users in five windows without an order: half a buyer among them and one more, who is not one.
    assert browsing.rows("""
        select target_name, min(prediction), max(prediction) from seg__user_predictions
        where target_name <> 'days_to_next_order'
        group by target_name order by all
    """) == [("lifetime_value_12m", 0, 0), ("net_revenue", 0, 0), ("order_count", 0, 0), ("will_order", 0.5 / 6, 0.5 / 6)]
    assert browsing.rows("select distinct order_count, net_revenue from seg__user_profiles") == [(0, 0)]


def test_impossible_embeddings_are_rejected_and_all_others_have_length_1(browsing):
    assert browsing.rows("select row_key, reject_reason from seg__rejected_rows where input_name = 'products' order by 1") == [
        (product_id, "impossible_embedding") for product_id in ("0", "1", "2")
    ]
    lengths = browsing.rows("""
        select product_id, round(sqrt(sum(value * value)), 9) from int_seg__product_embeddings group by product_id
    """)
    assert len(lengths) == 50 - 3 - 2
    assert [length for _, length in lengths] == pytest.approx([1] * len(lengths), abs=1e-8)


def test_fewer_users_than_clusters_make_fewer_clusters(browsing):
    clusters = browsing.value("select count(distinct segment_key) from seg__user_segments where scheme = 'kmeans'")
    assert 1 <= clusters <= 3


# --- orders only; awkward ids; times with a zone; optional columns without a value, of any type


@pytest.fixture(scope="module")
def ordering(shop):
    ids = ", ".join(f"({number}, {text(value)})" for number, value in enumerate(ODD_IDS))
    return Built(shop.build("ordering", {
        # Each id names a user, a product, an order and a line; each user buys the next ids' products, week by week.
        "order_lines": f"""
            with ids (number, id) as (values {ids})
            select
                buyers.id || ' ' || weeks.week as order_line_id,
                buyers.id || ' ' || weeks.week as order_id,
                buyers.id as user_id,
                bought.id as product_id,
                timestamptz '2026-01-01 23:30:00-05:00' + to_days(cast(7 * weeks.week as integer)) as ordered_at,
                cast(2 as decimal(6, 1)) as quantity,
                cast(10 as double) as unit_price,
                null as discount_amount,
                cast(null as date) as coupon_id,
                cast(null as boolean) as order_status
            from ids as buyers
            cross join range(5) as weeks (week)
            inner join ids as bought
                on bought.number = (buyers.number + weeks.week) % {len(ODD_IDS)}
            union all
            -- A clock that was not set, one that runs ahead, one at the end of time; half a piece, no price.
            select order_line_id, order_id, 'u', 'p', time_, quantity, unit_price, null, null, null
            from (values
                ('epoch', 'o1', timestamptz '1970-01-01 00:00:00+00', 1, 1),
                ('ahead', 'o2', timestamptz '2100-01-01 00:00:00+00', 1, 1),
                ('never', 'o3', timestamptz 'infinity', 1, 1),
                ('half', 'o4', timestamptz '2026-01-01 00:00:00+00', 1.5, 1),
                ('nan', 'o5', timestamptz '2026-01-01 00:00:00+00', 1, double 'nan'),
                ('endless', 'o6', timestamptz '2026-01-01 00:00:00+00', 1, double 'infinity'),
                ('  ', 'o7', timestamptz '2026-01-01 00:00:00+00', 1, 1)
            ) as spoiled (order_line_id, order_id, time_, quantity, unit_price)
        """,
        "products": f"""
            with ids (number, id) as (values {ids})
            select id as product_id, id as product_name, null as category, cast(null as integer) as brand,
                number as stock_on_hand, cast(null as date) as list_price, cast(null as varchar) as unit_cost,
                cast(null as varchar) as embedding
            from ids
        """,
        # Welcome: a whole number for a flag, JSON for a text. Without a value: an integer for a time, a text for a number.
        "users": f"""
            with ids (number, id) as (values {ids})
            select id as user_id, cast(null as integer) as signed_up_at, cast(null as varchar) as birth_year,
                number % 2 as has_marketing_consent, json_object('id', id) as attributes, cast(null as integer[]) as email
            from ids
        """,
        # Welcome: a date for a time, a decimal for a number.
        "reviews": """
            select 1 as review_id, 'u' as user_id, 'u' as product_id, cast(4.5 as decimal(2, 1)) as rating,
                date '2026-01-20' as reviewed_at
            union all
            select 2, 'u', 'u', 5.5, date '2026-01-20'
        """,
        "campaign_touches": """
            select uuid '00000000-0000-0000-0000-000000000001' as touch_id, 'u' as user_id, 'open' as touch_type,
                cast('2026-01-20 12:00:00.123456100' as timestamp_ns) as touched_at, null as cost, 1.0 as position,
                1 as propensity
            union all
            select uuid(), 'u', 'impression', timestamp '2026-01-20', null, position, propensity
            from (values (0, 0.5), (1.5, 0.5), (1, 0), (1, 1.2), (1, double 'nan')) as spoiled (position, propensity)
        """,
    }, vars={"seg__horizon_days": 20}))


def test_awkward_ids_stay_what_they_are(ordering):
    # Product 'p' occurs in spoiled lines only.
    assert_sensible(ordering, users=len(ODD_IDS), products=len(ODD_IDS))
    for table, column in [
        ("seg__user_profiles", "user_id"), ("seg__user_predictions", "user_id"), ("seg__user_segments", "user_id"),
        ("seg__user_recommendations", "user_id"), ("seg__user_features", "user_id"), ("seg__order_lines", "product_id"),
        ("seg__products", "product_name"),
    ]:
        assert {row[0] for row in ordering.rows(f"select distinct {column} from {table}")} == set(ODD_IDS), table
    # Nobody stocks the first product.
    recommended = {row[0] for row in ordering.rows("select distinct product_id from seg__user_recommendations")}
    assert recommended and recommended <= set(ODD_IDS[1:])
    assert ordering.rows("""select json_extract_string(attributes, '$.id') = user_id, count(*)
        from int_seg__users group by all""") == [(True, len(ODD_IDS))]


def test_times_with_a_zone_become_utc(ordering):
    assert ordering.rows("select min(ordered_at), max(ordered_at) from seg__order_lines") == [
        (datetime(2026, 1, 2, 4, 30), datetime(2026, 1, 30, 4, 30))
    ]
    assert ordering.rows("select distinct as_of_date from seg__user_profiles") == [(date(2026, 1, 31),)]
    assert ordering.value("select touched_at from int_seg__campaign_touches_kept") == datetime(2026, 1, 20, 12, 0, 0, 123456)
    assert ordering.value("select reviewed_at from int_seg__reviews_kept") == datetime(2026, 1, 20)


def test_impossible_rows_are_rejected_for_what_is_wrong_with_them(ordering):
    assert ordering.rejected() == {
        ("campaign_touches", "impossible_position"): 1,
        ("campaign_touches", "fractional_position"): 1,
        ("campaign_touches", "impossible_propensity"): 3,
        ("order_lines", "before_earliest_date"): 1,
        ("order_lines", "in_the_future"): 1,
        ("order_lines", "missing_ordered_at"): 1,
        ("order_lines", "fractional_quantity"): 1,
        ("order_lines", "impossible_unit_price"): 2,
        ("order_lines", "missing_order_line_id"): 1,
        ("reviews", "impossible_rating"): 1,
    }


def test_without_events_the_order_lines_are_the_purchases(ordering):
    lines = 5 * len(ODD_IDS)
    assert ordering.rows("select event_type, source_input, count(*) from seg__events group by all") == [
        ("purchase", "order_lines", lines)
    ]
    assert ordering.rows("select received_count, kept_count from seg__input_quality where input_name = 'events'") == [(0, 0)]
    assert ordering.rows("select distinct order_count, net_revenue from seg__user_profiles") == [(5, 100)]


def test_optional_columns_without_a_value_are_null_whatever_their_type(ordering):
    assert ordering.rows("select distinct discount_amount, coupon_id, order_status from seg__order_lines") == [(0, None, None)]
    assert ordering.rows("select distinct category, brand, list_price, unit_cost from seg__products") == [(None,) * 4]
    assert ordering.value("select count(*) from int_seg__product_embeddings") == 0
    assert ordering.rows("select distinct signed_up_at, birth_year, email from int_seg__users") == [(None,) * 3]
    assert ordering.rows("select has_marketing_consent, count(*) from seg__user_profiles group by all order by all") == [
        (False, 10), (True, 10)
    ]
