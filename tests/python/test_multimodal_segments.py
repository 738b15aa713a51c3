"""A shop whose users shop alike and differ only in what they deal with and what they write."""

import duckdb
import pytest
from shops import BareShop
from sklearn.metrics import adjusted_rand_score

SELECT = ["+seg__user_segments", "+seg__segments", "+seg__fit_log"]
SETTINGS = {"seg__cluster_modalities": ["embedding", "text"], "seg__cluster_count": 4, "seg__refit_policy": "always"}

# 240 users, every other one drawn to products 0-19, the rest to products 20-39; every other pair writes of fit.
PRODUCTS = """
    select
        'p' || number as product_id,
        case when number < 20 then 'Wool' else 'Tools' end as category,
        [
            case when number < 20 then 1.0 else -1.0 end,
            0.2 * (number % 5 - 2),
            0.1 * (number % 3 - 1),
            case when number < 20 then -0.5 else 0.6 end
        ] as embedding
    from range(40) as numbers (number)
"""
ORDER_LINES = """
    select
        'u"' || buyer || '-' || number as order_line_id,
        'u"' || buyer || '-' || number as order_id,
        'u"' || buyer as user_id,
        'p' || ((buyer * 7 + number * 3) % 20 + 20 * (buyer % 2)) as product_id,
        timestamp '2026-01-01' + to_days(cast((buyer * 13 + number * 17) % 150 as integer)) as ordered_at,
        1 as quantity,
        10.0 + (buyer * 5 + number) % 7 as unit_price
    from range(240) as buyers (buyer)
    cross join range(3) as numbers (number)
"""
REVIEWS = """
    select
        'r' || buyer || '-' || number as review_id,
        'u"' || buyer as user_id,
        'p' || number as product_id,
        4 as rating,
        case when buyer % 4 < 2
            then ['Wrong size, tight fit 😡', 'The waist fit: too tight', 'Size and waist are off']
            else ['Quick delivery, nice parcel', 'Courier was quick', '"Nice" courier, parcel on time']
        end[number + 1] as review_text,
        timestamp '2026-03-01' + to_days(cast((buyer + number) % 60 as integer)) as reviewed_at
    from range(240) as buyers (buyer)
    cross join range(3) as numbers (number)
"""


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    shop = BareShop(tmp_path_factory.mktemp("multimodal") / "shop")
    inputs = {"order_lines": ORDER_LINES, "products": PRODUCTS, "reviews": REVIEWS}
    return [of_run(shop.build("content", inputs, {**SETTINGS, "seg__as_of_date": day}, select=SELECT))
            for day in ("2026-06-01", "2026-06-15")]


def of_run(database):
    with duckdb.connect(str(database), read_only=True) as connection:
        return {
            "segments": connection.sql("""
                select
                    cast(replace(user_id, 'u"', '') as int) as buyer, segment_key, segment_name
                from seg__user_segments where scheme = 'kmeans' order by buyer
            """).df(),
            "components": connection.sql("select * from int_seg__content_components order by all").fetchall(),
            "fits": connection.sql("select as_of_date, is_refit from seg__fit_log order by as_of_date").fetchall(),
            "columns": connection.sql("select column_name from (describe int_seg__cluster_features)").fetchall(),
        }


def test_what_users_deal_with_and_write_makes_their_segments(runs):
    segments = runs[0]["segments"]
    planted = segments["buyer"] % 2 + 2 * (segments["buyer"] % 4 < 2)
    assert adjusted_rand_score(planted, segments["segment_key"]) == 1


def test_segments_are_named_after_categories_and_terms(runs):
    names = runs[0]["segments"]["segment_name"].unique()
    assert any("Wool lovers" in name or "Tools lovers" in name for name in names)
    assert any("people who write of" in name for name in names)
    assert all(name[0].isupper() for name in names)


def test_behaviour_takes_no_part_where_it_is_switched_off(runs):
    names = [name for (name,) in runs[0]["columns"] if name.startswith("scaled_")]
    assert names == [f"scaled_embedding_{i}" for i in range(1, 5)] + [f"scaled_text_{i}" for i in range(1, 5)]


def test_a_refit_keeps_the_axes_and_the_keys(runs):
    first, second = runs
    assert [is_refit for _, is_refit in second["fits"]] == [True, True]
    assert first["components"] == second["components"]
    assert first["segments"][["buyer", "segment_key"]].equals(second["segments"][["buyer", "segment_key"]])
