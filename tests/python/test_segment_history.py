"""A small shop, run for one date after another: what the history and the migrations say, and that nothing is lost."""

from datetime import date
from itertools import pairwise

import duckdb
import pytest
from shops import BareShop

# Everybody is told of: who moves between published groups is the matter of test_privacy_of_groups.
VARS = {"seg__minimum_group_size": 1}
DATES = ["2026-03-01", "2026-04-01", "2026-06-01"]
SELECT = ["+seg__segment_migrations", "+seg__user_segment_history"]

# Sixty buyers who order every 20, 30, 40, ... days; every third stops in February, every fifth begins in May.
ORDER_LINES = """
    select
        'u' || buyer || '-' || number as order_line_id,
        'u' || buyer || '-' || number as order_id,
        'u' || buyer as user_id,
        'p' || ((buyer * 7 + number) % 11) as product_id,
        timestamp '2025-09-01' + to_days(cast(number * (20 + 10 * (buyer % 4)) + buyer % 13 as integer)) as ordered_at,
        1 + (buyer + number) % 3 as quantity,
        5.0 + (buyer * 13 + number * 7) % 40 as unit_price
    from range(1, 61) as buyers (buyer)
    cross join range(0, 20) as numbers (number)
    where
        (buyer % 3 > 0 or number * (20 + 10 * (buyer % 4)) < 160)
        and (buyer % 5 > 0 or number * (20 + 10 * (buyer % 4)) > 245)
"""
HISTORY = "select * from seg__user_segment_history order by user_id, scheme, valid_from"
MIGRATIONS = "select * from seg__segment_migrations order by all"


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return BareShop(tmp_path_factory.mktemp("history") / "shop")


def run(shop, name, as_of_date, **inputs):
    """Build one more date on what is there and return (history, migrations)."""
    database = shop.build(
        name, {"order_lines": ORDER_LINES, **inputs}, {**VARS, "seg__as_of_date": as_of_date}, select=SELECT
    )
    with duckdb.connect(str(database), read_only=True) as connection:
        segments = connection.sql("select user_id, scheme, segment_key from seg__user_segments order by all").fetchall()
        return connection.sql(HISTORY).fetchall(), connection.sql(MIGRATIONS).fetchall(), segments


@pytest.fixture(scope="module")
def in_order(shop):
    return {as_of_date: run(shop, "in_order", as_of_date) for as_of_date in DATES}


def of_rules(history):
    return [row for row in history if row[1] in ("rfm", "lifecycle")]


def on(history, day):
    return {
        (user_id, scheme): segment_key for user_id, scheme, segment_key, valid_from, valid_to in history
        if valid_from <= day and (valid_to is None or valid_to > day)
    }


def test_the_history_says_of_each_date_what_was_said_on_it(in_order):
    history, _, _ = in_order[DATES[-1]]
    for as_of_date, (_, _, segments) in in_order.items():
        found = on(history, date.fromisoformat(as_of_date))
        assert found == {(user_id, scheme): key for user_id, scheme, key in segments}


def test_stretches_meet_only_where_the_segment_changes(in_order):
    history, _, _ = in_order[DATES[-1]]
    last = {}
    for user_id, scheme, segment_key, valid_from, valid_to in history:
        assert valid_to is None or valid_to > valid_from
        if (user_id, scheme) in last:
            earlier_key, earlier_end = last[user_id, scheme]
            assert earlier_end == valid_from and earlier_key != segment_key
        last[user_id, scheme] = segment_key, valid_to
    assert len(history) > len(last)


def test_migrations_are_counted_from_run_to_run(in_order):
    history, migrations, _ = in_order[DATES[-1]]
    days = [date.fromisoformat(day) for day in DATES]
    expected = {}
    for before, after in pairwise(days):
        then, now = on(history, before), on(history, after)
        for place in {**then, **now}:
            cell = (place[1], then.get(place), now.get(place), before, after)
            expected[cell] = expected.get(cell, 0) + 1
    assert {row[:5]: row[5] for row in migrations} == expected
    assert any(row[1] is None for row in migrations), "somebody was new"
    assert any(row[1] not in (None, row[2]) for row in migrations), "somebody moved"


def test_the_same_date_twice_changes_nothing(shop, in_order):
    assert run(shop, "in_order", DATES[-1]) == in_order[DATES[-1]]


def test_a_date_in_the_middle_twice_changes_nothing(shop, in_order):
    assert run(shop, "in_order", DATES[1])[:2] == in_order[DATES[-1]][:2]


def test_keys_outlive_a_build_that_broke_off(shop, in_order):
    """The last fit has centroids, but its build died before its segments had keys."""
    broken = shop.lay("broken", shop.database("in_order"))
    with duckdb.connect(str(broken)) as connection:
        fits = [row[0] for row in connection.sql("select distinct as_of_date from seg__segment_versions").fetchall()]
        connection.execute("delete from seg__segment_versions where as_of_date = ?", [max(fits)])
    assert len(fits) > 1
    run(shop, "broken", "2026-06-02")
    with duckdb.connect(str(broken), read_only=True) as connection:
        kept = connection.sql("""
            select distinct scheme from seg__segment_versions where as_of_date = '2026-06-02' and event = 'kept'
        """).fetchall()
    assert len(kept) == 3


def test_a_backfill_says_what_daily_runs_said(shop, in_order):
    """`in_order` ran each date with all rows there are; here a date knows only what had happened by then."""
    for as_of_date in DATES:
        known = f"select * from ({ORDER_LINES}) where ordered_at < '{as_of_date}'"
        found = run(shop, "daily", as_of_date, order_lines=known)
    assert found == in_order[DATES[-1]]


def test_a_date_that_is_made_up_for_later_falls_into_its_place(shop, in_order):
    for as_of_date in (DATES[0], DATES[2], DATES[1]):
        history, _, _ = run(shop, "out_of_order", as_of_date)
    assert of_rules(history) == of_rules(in_order[DATES[-1]][0])


def test_an_erased_user_leaves_the_history(shop, in_order):
    erased, _, _ = run(
        shop, "in_order", DATES[-1], erasure_requests="select 'u1' as user_id, timestamp '2026-05-01' as requested_at"
    )
    assert "u1" in {row[0] for row in in_order[DATES[-1]][0]}
    assert "u1" not in {row[0] for row in erased}
