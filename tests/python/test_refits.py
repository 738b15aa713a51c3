"""When clusters are fitted anew, and what becomes of their keys: a store whose users change half-way."""

from datetime import date

import duckdb
import pytest
from shops import BareShop

SELECT = ["+seg__fit_log", "+seg__user_segment_history"]
CALM, CHANGED = "2026-05-01", "2026-07-01"

# Three kinds of 300 buyers each by basket, price and rhythm, with noise from md5; `factor` is what orders after
# 10 May multiply the first kind's quantities by.
ORDER_LINES = """
    with buyers as (
        select buyer, buyer % 3 as kind, 'u' || buyer as user_id from range(900) as buyers (buyer)
    ),
    orders as (
        select
            *,
            user_id || '-' || number as order_id,
            ('0x' || substr(md5(user_id || '-' || number), 1, 6))::bigint / 16777216.0 as noise,
            timestamp '2025-01-01' + to_days(cast(
                number * [9, 23, 40][kind + 1] + ('0x' || substr(md5(user_id), 1, 4))::bigint % 90
                -- Any weekday: nobody's share of weekends moves.
                + ('0x' || substr(md5(user_id || '+' || number), 1, 4))::bigint % 7 as integer
            )) as ordered_at
        from buyers
        cross join range(60) as numbers (number)
    )
    select
        order_id || '-' || line as order_line_id,
        order_id,
        {user_id} as user_id,
        'p' || cast(floor(noise * 40) + line * (kind + 1) as integer) as product_id,
        ordered_at,
        cast(1 + floor(noise * [2, 6, 3][kind + 1])
            * case when kind = 0 and ordered_at >= '2026-05-10' then {factor} else 1 end as bigint) as quantity,
        [8, 20, 90][kind + 1] * (0.6 + 0.8 * noise)
            * case when kind = 0 and ordered_at >= '2026-05-10' then {factor} else 1 end as unit_price
    from orders
    {draw}
    cross join range(3) as lines (line)
    where ordered_at < '2026-09-01' and line <= kind
"""
AS_IT_WAS = ORDER_LINES.format(user_id="user_id", factor=1, draw="")
SHIFTED = ORDER_LINES.format(user_id="user_id", factor=12, draw="")
# A bootstrap: every user stands in it nought, one or more times, each time under an id of its own.
BOOTSTRAP = """
    select
        'd' || draw || '-' || order_line_id as order_line_id,
        'd' || draw || '-' || order_id as order_id,
        case draw when 0 then user_id else 'd' || draw || '-' || user_id end as user_id,
        * exclude (order_line_id, order_id, user_id)
    from (
        select user_id as drawn_id, row_number() over (partition by user_id order by number) - 1 as draw
        from (
            select 'u' || (('0x' || substr(md5('draw ' || number), 1, 8))::bigint % 900) as user_id, number
            from range(900) as numbers (number)
        )
    ) as draws
    inner join (""" + AS_IT_WAS + """) as rows on rows.user_id = draws.drawn_id
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return BareShop(tmp_path_factory.mktemp("refits") / "shop")


def run(shop, name, as_of_date, order_lines=AS_IT_WAS, **settings):
    settings = {f"seg__{key}": value for key, value in settings.items()}
    return shop.build(name, {"order_lines": order_lines}, {"seg__as_of_date": as_of_date, **settings}, select=SELECT)


def rows(database, query):
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.sql(query).fetchall()


PARAMETERS = "select * from int_seg__cluster_centroids order by cluster_number"
LOG = "select as_of_date, is_refit, refit_reason, fitted_as_of_date from seg__fit_log order by as_of_date"
SEGMENTS = "select user_id, segment_key from seg__user_segments where scheme = 'kmeans'"


@pytest.fixture(scope="module")
def calm(shop):
    database = run(shop, "calm", CALM)
    return database, rows(database, PARAMETERS), dict(rows(database, SEGMENTS))


def test_users_who_stay_alike_are_scored_by_the_last_fit(shop, calm):
    database, parameters, _ = calm
    run(shop, "calm", "2026-06-01")
    first, second = date(2026, 5, 1), date(2026, 6, 1)
    assert rows(database, LOG) == [(first, True, "first_fit", first), (second, False, None, first)]
    assert rows(database, PARAMETERS) == parameters
    assert rows(database, "select count(*) from seg__user_segments where scheme = 'kmeans' and as_of_date = '2026-06-01'") > [(800,)]
    drift = rows(database, "select max(population_stability_index), bool_or(is_drifted) from seg__feature_drift")
    assert drift[0][0] < 0.25 and not drift[0][1]


def test_always_refits_and_keys_and_names_stay(shop, calm):
    database, _, before = calm
    names = rows(database, f"select segment_key, segment_name from seg__segment_versions where as_of_date = '{CALM}'")
    run(shop, "calm", "2026-05-02", order_lines=BOOTSTRAP, refit_policy="always")
    log = {row[0]: row[1:] for row in rows(database, LOG)}
    assert log[date(2026, 5, 2)] == (True, "policy_always", date(2026, 5, 2))
    after = dict(rows(database, SEGMENTS))
    both = before.keys() & after.keys()
    assert len(both) > 500
    assert sum(before[user_id] == after[user_id] for user_id in both) >= 0.9 * len(both)
    kept = rows(database, """
        select count(*) from seg__segment_versions where as_of_date = '2026-05-02' and event = 'kept'
    """)[0][0]
    assert kept >= 0.95 * len(names)
    assert set(names) >= set(rows(
        database, """
            select segment_key, segment_name from seg__segment_versions
            where as_of_date = '2026-05-02' and event = 'kept'
        """
    ))
    same = dict(rows(database, f"""
        select before.scheme, avg(cast(before.segment_key = after.segment_key as int))
        from seg__user_segment_history as before
        inner join seg__user_segments as after using (user_id, scheme)
        where '{CALM}' >= before.valid_from and '{CALM}' < coalesce(before.valid_to, date '9999-12-31')
        group by before.scheme
    """))
    assert same["hierarchical"] > 0.7 and same["hierarchical_coarse"] > 0.7


@pytest.fixture(scope="module")
def shifted(shop):
    for as_of_date in (CALM, CHANGED, "2026-08-20"):
        database = run(shop, "shifted", as_of_date, order_lines=SHIFTED)
    return database


def test_a_shift_half_way_is_seen_and_followed(shifted):
    log = {row[0]: row[1:] for row in rows(shifted, LOG)}
    assert log[date(2026, 7, 1)] == (True, "drift", date(2026, 7, 1))
    drifted = rows(shifted, "select drifted_feature_count > 0, largest_population_stability_index > 0.25 from seg__fit_log"
                            " where as_of_date = '2026-07-01'")
    assert drifted == [(True, True)]


def test_keys_are_never_used_again(shifted):
    versions = rows(shifted, """
        select segment_key, min(as_of_date), max(as_of_date), min(case when cluster_number is null then as_of_date end)
        from seg__segment_versions group by segment_key
    """)
    for _, _, last, ended in versions:
        assert ended is None or ended == last
    assert rows(shifted, """
        select count(*) from seg__user_segments where scheme = 'kmeans' and segment_key not in (
            select segment_key from seg__segment_versions where cluster_number is not null
        )
    """) == [(0,)]


def test_never_scores_with_what_there_is(shop, calm):
    database = run(shop, "never", CALM, refit_policy="never")
    run(shop, "never", CHANGED, order_lines=SHIFTED, refit_policy="never")
    log = rows(database, LOG)
    assert [row[1:3] for row in log] == [(True, "first_fit"), (False, None)]
    assert rows(database, "select bool_or(is_drifted) from seg__feature_drift") == [(True,)], "the drift is still told"
    assert rows(database, PARAMETERS) == calm[1]


def test_changed_settings_refit(shop, calm):
    database = run(shop, "never", CHANGED, order_lines=SHIFTED, cluster_count=4)
    assert rows(database, LOG)[-1][1:3] == (True, "settings_changed")


def test_an_unknown_policy_stops_the_build(shop):
    with pytest.raises(RuntimeError, match="seg__refit_policy is 'often'"):
        run(shop, "often", CALM, refit_policy="often")
