"""Shops that no list can be made for as usual: everybody bought everything, and one user bought more than all others."""

import duckdb
import pytest
from shops import BareShop

EVERYTHING = """
    select
        'l' || users.number || '-' || products.number || '-' || days.number as order_line_id,
        'o' || users.number || '-' || days.number as order_id,
        'u' || users.number as user_id,
        'p' || products.number as product_id,
        timestamp '2026-01-01' + to_days(cast(users.number + 45 * days.number as int)) as ordered_at,
        1 as quantity,
        10.0 as unit_price
    from range(30) as users (number)
    cross join range(8) as products (number)
    cross join range(4) as days (number)
"""
HOARD = """
    select
        'h' || number as order_line_id,
        'h' || number % 100 as order_id,
        'hoarder "all" 🛒' as user_id,
        'rare ' || number as product_id,
        timestamp '2026-01-01' + to_days(cast(number % 100 as int)) as ordered_at,
        1 as quantity,
        1.0 as unit_price
    from range(3000) as numbers (number)
"""
SETTINGS = {"seg__horizon_days": 30, "seg__minimum_repeat_rate": 0, "seg__max_products_per_user": 20}


@pytest.fixture(scope="module")
def lists(tmp_path_factory):
    """Lists by mode: user -> products."""
    shop = BareShop(tmp_path_factory.mktemp("ugly") / "shop")
    found = {}
    for mode, rows in [("repeats", f"{EVERYTHING} union all {HOARD}"), ("new", EVERYTHING)]:
        database = shop.build(
            mode, {"order_lines": rows}, {**SETTINGS, "seg__recommend_repeats": mode == "repeats"},
            select=["+seg__user_recommendations"],
        )
        with duckdb.connect(str(database), read_only=True) as connection:
            found[mode] = connection.sql(
                "select user_id, list(product_id order by recommendation_rank) from seg__user_recommendations group by user_id"
            ).fetchall()
    return {mode: dict(rows) for mode, rows in found.items()}


def test_who_bought_everything_is_shown_what_is_bought_again(lists):
    assert len(lists["repeats"]) == 31
    assert all(len(set(products)) == 10 for products in lists["repeats"].values())
    assert set(lists["repeats"]["u3"][:8]) == {f"p{number}" for number in range(8)}


def test_who_bought_everything_is_shown_nothing_new(lists):
    assert lists["new"] == {}


def test_who_bought_three_thousand_products_is_shown_ten(lists):
    assert len(lists["repeats"]['hoarder "all" 🛒']) == 10
