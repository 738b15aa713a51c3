"""One store, built three times: on one thread, on four with its rows in another order and its users in turns after a dry run
(dbt's --empty), and without what came later.
"""

import sys
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
from shops import ROOT, BareShop

sys.path.insert(0, str(ROOT / "tests" / "benchmark"))
import generate_store

AS_OF_DATE = generate_store.DEFAULT_END - timedelta(days=60)
TIMES = {
    "events": "occurred_at", "order_lines": "ordered_at", "reviews": "reviewed_at", "campaign_touches": "touched_at",
}

# What everything after the events is made of: as of a date, so nothing later may show in it.
AS_OF_MARTS = [
    "seg__user_features", "seg__user_profiles", "seg__user_predictions", "seg__model_choices", "seg__model_coefficients",
    "seg__model_metrics", "seg__lifetime_fits", "seg__prediction_readiness", "seg__prediction_reasons",
    "seg__feature_importances", "seg__calibration", "seg__lift", "seg__user_segments", "seg__user_rfm", "seg__segments", "seg__segment_features",
    "seg__segment_rules", "seg__user_segment_reasons", "seg__segment_outcomes", "seg__segment_tree", "seg__segment_versions",
    "seg__user_segment_history", "seg__cohort_retention", "seg__fit_log",
    "seg__cluster_metrics", "seg__user_recommendations", "seg__similar_products", "seg__recommendation_metrics",
    "seg__recommendation_comparisons", "seg__recommendation_weights", "seg__segment_recommendations",
    "seg__category_repeat_rates", "seg__recommendation_feedback", "seg__off_policy_estimates", "seg__experiment_assignments",
    "seg__experiment_results", "seg__experiment_uplift", "seg__experiment_qini",
]

# Planted at and after the as-of date, each a way for the future to leak into the past.
LATER = {
    "events": """
        with visitors as (
            -- Ten users who were there before, five at a time.
            select user_id, row_number() over (order by user_id) as number
            from (select distinct user_id from rows where occurred_at < {as_of} and user_id like 'u%')
            order by user_id limit 10
        ),
        visits as (
            select * from (values
                -- A visit over midnight: before it a person, after it the pace and the name of a program.
                (1, 'over midnight', -50, 'Mozilla', 'p1'), (1, 'over midnight', 1, 'Googlebot', 'p1'),
                -- Another begins as one user and goes on as another.
                (2, 'handed over', -50, null, 'p2'), (3, 'handed over', 10, null, 'p3'),
                -- A silence that a later event makes short.
                (4, null, -60, null, 'p4'), (4, null, 60, null, 'p4'),
                -- The first sight of a product that nobody lists.
                (5, null, 3600, null, 'only later')
            ) as visits (number, session_id, seconds, user_agent, product_id)
            union all
            select 6, 'over midnight, fast', -30 + second, null, 'p5' from range(600) as seconds (second)
        )
        select
            'later ' || row_number() over (order by visitors.user_id, visits.seconds) as event_id,
            visitors.user_id,
            'view' as event_type,
            {as_of} + to_seconds(visits.seconds) as occurred_at,
            visits.product_id,
            visits.session_id,
            visits.user_agent
        from visits
        inner join visitors using (number)
        union all
        select 'later new user', 'only later', 'purchase', {as_of} + interval 1 day, 'p1', null, null
        union all
        select 'later undated', 'undated', 'view', {as_of} + interval 1 day, 'p1', null, null
        union all
        -- An event that was sent again, days later.
        select * from (
            select event_id, user_id, event_type, {as_of} + interval 2 day, product_id, session_id, user_agent
            from rows where occurred_at < {as_of} and event_id is not null and user_id is not null
            order by event_id limit 20
        )
    """,
    "order_lines": """
        -- Earlier orders that are sent back, cancelled or added to.
        select
            order_line_id || kind as order_line_id,
            order_id,
            user_id,
            product_id,
            {as_of} + interval 1 hour as ordered_at,
            case kind when 'back' then -1 else 1 end as quantity,
            unit_price,
            case kind when 'back' then 'returned' when 'off' then 'cancelled' end as order_status,
            case kind when 'more' then 'later coupon' end as coupon_id
        from (
            select * from rows where ordered_at < {as_of} and order_line_id is not null and unit_price between 0 and 1000
            order by order_line_id limit 50
        )
        cross join (values ('back'), ('off'), ('more')) as kinds (kind)
    """,
    "reviews": """
        select 'later ' || review_id as review_id, user_id, product_id, 1 as rating, {as_of} as reviewed_at
        from (select * from rows where reviewed_at < {as_of} order by review_id limit 50)
    """,
    "campaign_touches": """
        select 'later ' || touch_id as touch_id, user_id, 'redeem' as touch_type, {as_of} as touched_at
        from (select * from rows where touched_at < {as_of} order by touch_id limit 50)
    """,
}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("store")
    generate_store.generate(users=1_000, days=400, products=120, seed=11, out=folder)
    return folder


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return BareShop(tmp_path_factory.mktemp("rebuilds") / "shop")


def build(shop: BareShop, store: Path, name: str, threads: int, is_all: bool = True) -> Path:
    """is_all: with everything at and after the as-of date, or with nothing of it."""
    as_of = f"timestamp '{AS_OF_DATE}'"
    inputs = {}
    for input_name in generate_store.INPUTS:
        rows = f"select * from '{store}/{input_name}/*.parquet'"
        if input_name == "users":
            rows += " union all by name select 'undated' as user_id"
        if input_name in TIMES:
            part = LATER[input_name].format(as_of=as_of)
            rows = f"with rows as ({rows}) select * from rows union all by name ({part})"
            if not is_all:
                rows = f"select * from ({rows}) where {TIMES[input_name]} < {as_of}"
        # Row numbers of the files, then the other way round: the order of the rows must not matter.
        order = "desc" if threads > 1 else "asc"
        inputs[input_name] = (
            f"select * exclude (place) from (select *, row_number() over () as place from ({rows})) order by place {order}"
        )
    settings = {"seg__as_of_date": str(AS_OF_DATE), "seg__horizon_days": 45}
    if threads == 4:
        settings["seg__max_users_at_once"] = 100
        shop.fill(name, inputs)
        shop.run(name, [*shop.command(name, inputs, settings), "--empty"], threads)
    return shop.build(name, inputs, settings, threads=threads, tests=False)


@pytest.fixture(scope="module")
def on_one_thread(shop, store):
    return build(shop, store, "on_one_thread", threads=1)


@pytest.fixture(scope="module")
def both_threads(shop, store, on_one_thread):
    yield from attached(on_one_thread, build(shop, store, "on_four_threads", threads=4))


@pytest.fixture(scope="module")
def with_and_without_later(shop, store, on_one_thread):
    yield from attached(on_one_thread, build(shop, store, "without_later", threads=2, is_all=False))


def attached(one: Path, other: Path):
    with duckdb.connect() as connection:
        connection.execute(f"attach '{one}' as one (read_only)")
        connection.execute(f"attach '{other}' as other (read_only)")
        yield connection


def tables(connection, database: str) -> list[str]:
    return [row[0] for row in connection.sql(f"""
        select table_name from duckdb_tables()
        where database_name = '{database}' and schema_name = 'main' order by table_name
    """).fetchall()]


def difference(connection, table: str) -> str:
    """What of a table is not equal in both databases, in words; nothing if all rows are."""
    columns = [row[0] for row in connection.sql(f"describe one.main.{table}").fetchall()]
    if columns != [row[0] for row in connection.sql(f"describe other.main.{table}").fetchall()]:
        return "columns"
    counts = []
    for left, right in [("one", "other"), ("other", "one")]:
        rows = f"from {left}.main.{table} except all from {right}.main.{table}"
        counts.append(connection.sql(f"select count(*) from ({rows})").fetchall()[0][0])
    if counts == [0, 0]:
        return ""
    unequal = [
        column for column in columns
        if connection.sql(f"""
            select count(*) from (select {column} from one.main.{table} except all select {column} from other.main.{table})
        """).fetchall()[0][0]
    ]
    return f"{counts[0]} and {counts[1]} rows, columns {unequal}"


def differences(connection, names: list[str]) -> dict[str, str]:
    found = {name: difference(connection, name) for name in names}
    return {name: text for name, text in found.items() if text}


# --- determinism


def test_threads_the_order_of_rows_turns_of_users_and_a_dry_run_before_change_no_table(both_threads):
    names = tables(both_threads, "one")
    assert names == tables(both_threads, "other")
    assert len(names) > 70
    assert differences(both_threads, names) == {}


def test_the_compared_store_is_one_in_which_models_are_fitted(both_threads):
    assert both_threads.sql("select bool_or(is_fitted) from one.main.seg__model_choices").fetchall() == [(True,)]
    assert both_threads.sql("select count(*) from one.main.seg__user_recommendations").fetchall()[0][0] > 5_000
    assert both_threads.sql("select count(*) from one.main.seg__similar_products").fetchall()[0][0] > 500


# --- time


def test_there_are_rows_after_the_as_of_date(with_and_without_later):
    for table, time in [("seg__events", "occurred_at"), ("seg__order_lines", "ordered_at"),
                        ("int_seg__reviews_kept", "reviewed_at"), ("int_seg__campaign_touches_kept", "touched_at")]:
        later = [
            with_and_without_later.sql(f"select count(*) from {database}.main.{table} where {time} >= '{AS_OF_DATE}'")
            .fetchall()[0][0] for database in ("one", "other")
        ]
        assert later[0] > 50 and later[1] == 0, (table, later)


def test_what_happens_at_or_after_the_as_of_date_changes_nothing_as_of_it(with_and_without_later):
    assert with_and_without_later.sql("select distinct as_of_date from one.main.seg__user_profiles").fetchall() == [
        (date.fromisoformat(str(AS_OF_DATE)),)
    ]
    assert differences(with_and_without_later, AS_OF_MARTS) == {}


def test_an_explicit_earlier_date_rejects_nothing(with_and_without_later):
    """Only clocks that run ahead of the build are rejected as future."""
    rejected = dict(with_and_without_later.sql("""
        select input_name, count(*) from one.main.seg__rejected_rows where reject_reason = 'in_the_future' group by input_name
    """).fetchall())
    for input_name, time in TIMES.items():
        ahead = with_and_without_later.sql(f"select count(*) from one.raw.{input_name} where {time} > '2090-01-01'")
        assert rejected.get(input_name, 0) == ahead.fetchall()[0][0], input_name
