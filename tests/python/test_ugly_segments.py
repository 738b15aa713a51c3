"""Segments of users that no textbook has: a giant spender, unknown halves, odd ids, nobody to tell apart."""

import duckdb
import numpy as np
import pandas as pd
import pytest
from shops import BareShop
from sklearn.metrics import adjusted_rand_score

END = pd.Timestamp("2026-01-01")
KINDS = {  # orders, price, units, hour: three ways to shop, nobody with a discount
    "weekly": (40, 12, 6, 9), "luxury": (6, 300, 1, 21), "bulk": (12, 15, 30, 14),
}
GIANT = "the 'giant' \U0001f433"


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return BareShop(tmp_path_factory.mktemp("ugly") / "shop")


def built(shop, name, **inputs):
    """Every mart of segments, of a shop with these inputs as data frames."""
    selects = {}
    for input_name, rows in inputs.items():
        file = shop.folder / f"{name}_{input_name}.parquet"
        duckdb.from_df(rows).write_parquet(str(file))
        selects[input_name] = f"select * from '{file}'"
    settings = {"seg__as_of_date": str(END.date()), "seg__minimum_group_size": 1}
    database = shop.build(name, selects, settings, select=["+ecommerce_segmentation.marts.segments"])
    return duckdb.connect(str(database), read_only=True)


def lines_of(user_id, days_ago, price, units, hours):
    """One order of one line per day."""
    names = [f"{user_id}, order {number}" for number in range(len(days_ago))]
    return pd.DataFrame({
        "order_line_id": names, "order_id": names, "user_id": user_id, "product_id": "p1",
        "ordered_at": END.normalize() - pd.to_timedelta(days_ago, unit="D") + pd.to_timedelta(hours, unit="h"),
        "quantity": np.asarray(units, dtype=int), "unit_price": np.round(price, 2), "discount_amount": 0.0,
    })


def views_of(user_id, days_ago):
    return pd.DataFrame({
        "event_id": [f"{user_id}, view {number}" for number in range(len(days_ago))], "user_id": user_id,
        "event_type": "view", "occurred_at": END - pd.to_timedelta(days_ago, unit="D"), "product_id": "p1",
    })


@pytest.fixture(scope="module")
def mixed(shop):
    """80 buyers of each kind, one of whom nobody knows more than orders; a giant; as many again who only look."""
    random = np.random.default_rng(5)
    lines, kinds = [], {}
    for kind, (orders, price, units, hour) in KINDS.items():
        for number in range(80):
            user_id = f"{kind} \"{number}\" o'\U0001f6d2; --"
            kinds[user_id] = kind
            count = 2 + random.poisson(orders - 2)
            lines.append(lines_of(
                user_id, random.integers(1, 300, count), price * random.uniform(0.7, 1.3, count),
                1 + random.poisson(units - 1, count), hour + random.integers(-1, 2, count),
            ))
    lines.append(lines_of(GIANT, np.arange(1, 300), np.full(299, 1e6), np.full(299, 1000), np.full(299, 12)))
    views = [views_of(f"window {number}", random.uniform(1, 300, 1 + number % 9)) for number in range(160)]
    return built(shop, "mixed", order_lines=pd.concat(lines), events=pd.concat(views)), kinds


@pytest.fixture(scope="module")
def identical(shop):
    lines = [lines_of(f"u{number}", [5, 40, 90], [20, 20, 20], [1, 1, 1], [10, 10, 10]) for number in range(40)]
    return built(shop, "identical", order_lines=pd.concat(lines))


@pytest.fixture(scope="module")
def two(shop):
    """One who only bought and one who only looked."""
    return built(shop, "two", order_lines=lines_of("buyer", [5], [20], [1], [10]), events=views_of("looker", [3]))


@pytest.fixture(params=["mixed", "identical", "two"])
def segmented(request):
    fixture = request.getfixturevalue(request.param)
    return fixture[0] if isinstance(fixture, tuple) else fixture


def kmeans(connection):
    return connection.sql("select user_id, segment_key, confidence from seg__user_segments where scheme = 'kmeans'").df()


def test_how_long_somebody_stayed_who_did_one_thing_a_visit_is_unknown(mixed):
    connection, _ = mixed
    seconds = connection.sql("select browse_seconds_per_view from int_seg__users_to_segment where user_id = 'window 0'")
    assert seconds.fetchall() == [(None,)]


def test_everyone_has_exactly_one_segment_per_scheme(segmented):
    segments = segmented.sql("select * from seg__user_segments").df()
    users = segmented.sql("select user_id from int_seg__users_to_segment").df()["user_id"]
    assert not segments.duplicated(["scheme", "user_id"]).any()
    assert {"rfm", "lifecycle", "kmeans"} <= set(segments["scheme"])
    for _, of_scheme in segments.groupby("scheme"):
        assert set(of_scheme["user_id"]) == set(users)
    assert segments[["segment_key", "segment_name"]].notna().all().all()
    counted = segmented.sql("select scheme, sum(user_count), sum(user_share) from seg__segments group by scheme").fetchall()
    assert len(counted) == segments["scheme"].nunique()
    for _, user_count, user_share in counted:
        assert user_count == len(users) and user_share == pytest.approx(1)


def test_confidence_is_a_number_from_0_to_1(segmented):
    assert segmented.sql("select confidence from seg__user_segments").df()["confidence"].between(0, 1).all()


def test_no_number_of_segments_is_nan_or_infinite(segmented):
    columns = segmented.sql("""
        select table_name, column_name from information_schema.columns
        where data_type in ('DOUBLE', 'FLOAT') and (
            table_name like '%cluster%' or table_name like '%segment%' or table_name in ('seg__fit_log', 'seg__feature_drift')
        )
    """).fetchall()
    assert len(columns) > 30
    for table, column in columns:
        query = f"select count(*) from {table} where isnan({column}) or isinf({column})"
        assert segmented.sql(query).fetchall() == [(0,)], f"{table}.{column}"


def test_identical_users_are_one_segment(identical):
    assert kmeans(identical)["segment_key"].nunique() == 1


def test_two_users_who_share_nothing_are_told_apart(two):
    assert kmeans(two)["segment_key"].nunique() == 2


def test_planted_kinds_are_found_beside_a_giant_and_strangers(mixed):
    connection, kinds = mixed
    found = kmeans(connection).set_index("user_id")["segment_key"]
    planted = pd.Series(kinds)
    assert adjusted_rand_score(planted, found[planted.index]) > 0.8


def test_one_giant_does_not_push_the_others_together(mixed):
    connection, _ = mixed
    found = kmeans(connection).set_index("user_id")["segment_key"]
    assert found.value_counts(normalize=True).max() < 0.6
    # Nor is a segment spent on one user.
    assert (found == found[GIANT]).sum() > 10


def test_a_feature_without_variance_tells_nobody_apart(mixed):
    connection, _ = mixed
    assert connection.sql("select min(discount_share), max(discount_share) from int_seg__users_to_segment").fetchall() == [(0, 0)]
    scaled = connection.sql("select distinct scaled_discount_share from int_seg__cluster_features").fetchall()
    assert scaled == [(0,)]
