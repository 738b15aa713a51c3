"""RFM scores against the documented ones of the data `rfm_data_orders` of the R package rfm: 995 customers on 2006-12-31.

There a score is one more than the number of cut points reached, counted from the other end for recency, and the cut points are
the quintiles plus one day, order or unit of currency (`rfm_table_order`); so is `documented` below.
"""

import duckdb
import pandas as pd
import pytest
from shops import BareShop, real_data_file

ORDERS_FILE = "rfm_orders/rfm_data_orders.parquet"
AS_OF = "2006-12-31"
SCORES = ["recency_score", "frequency_score", "monetary_score"]
MEASURES = dict(zip(SCORES, ["days_since_last_order", "order_count", "net_revenue"], strict=True))
QUINTILES = [0.2, 0.4, 0.6, 0.8]
# Its cut points; those of recency (115, 181, 297.4, 482) as the largest number of days below.
CUT_POINTS = {"recency": [114, 180, 297, 481], "frequency": [4, 5, 6, 8], "monetary": [255.8, 382, 506.4, 666]}
# The first rows of the package's read-me (titles left out, as in the data).
PUBLISHED = {
    "Abbey O'Reilly": 343, "Add Senger": 412, "Aden Lesch": 323, "Admiral Senger": 433, "Agness O'Keefe": 555,
    "Aileen Barton": 555, "Ailene Hermann": 355, "Aiyanna Bruen": 321, "Ala Schmidt": 212, "Alannah Borer": 121,
}


@pytest.fixture(scope="module")
def orders_file():
    file, why_not = real_data_file(ORDERS_FILE)
    if file is None:
        pytest.skip(why_not)
    return file


@pytest.fixture(scope="module")
def shop(orders_file, tmp_path_factory):
    return BareShop(tmp_path_factory.mktemp("rfm") / "shop")


def build(shop, orders_file, **settings) -> pd.DataFrame:
    """The scores that the package gives, by customer."""
    rows = f"""
        select
            cast(number as varchar) as order_line_id, cast(number as varchar) as order_id, customer_id as user_id,
            'any' as product_id, cast(order_date as timestamp) as ordered_at, 1 as quantity, revenue as unit_price
        from (select *, row_number() over (order by customer_id, order_date, revenue) as number from '{orders_file}')
    """
    database = shop.build(
        "rfm", {"order_lines": rows}, {"seg__as_of_date": AS_OF, **settings}, select=["+seg__user_rfm"]
    )
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.table("seg__user_rfm").df().set_index("user_id").sort_index()


@pytest.fixture(scope="module")
def by_cut_points(shop, orders_file):
    return build(shop, orders_file, seg__rfm_cut_points=CUT_POINTS)


@pytest.fixture(scope="module")
def by_quintiles(shop, orders_file):
    return build(shop, orders_file)


@pytest.fixture(scope="module")
def documented(orders_file) -> pd.DataFrame:
    orders = pd.read_parquet(orders_file)
    customers = orders.groupby("customer_id").agg(
        last=("order_date", "max"), order_count=("revenue", "size"), net_revenue=("revenue", "sum")
    ).sort_index()
    customers["days_since_last_order"] = (pd.Timestamp(AS_OF) - pd.to_datetime(customers["last"])).dt.days
    for score, measure in MEASURES.items():
        values = customers[measure]
        reached = sum((values >= cut_point).astype(int) for cut_point in values.quantile(QUINTILES) + 1)
        customers[score] = 5 - reached if score == "recency_score" else 1 + reached
    return customers


def test_the_recomputed_scores_are_those_published(documented):
    assert len(documented) == 995
    scores = documented["recency_score"] * 100 + documented["frequency_score"] * 10 + documented["monetary_score"]
    assert scores[list(PUBLISHED)].to_dict() == PUBLISHED
    # Their champions, from the package's own tests.
    champions = documented[(documented[SCORES] >= 4).all(axis=1)]
    assert (len(champions), champions["order_count"].sum(), champions["net_revenue"].sum()) == (158, 1234, 120_178)


def test_the_measures_agree(documented, by_quintiles):
    assert by_quintiles.index.tolist() == documented.index.tolist()
    for measure in MEASURES.values():
        assert by_quintiles[measure].tolist() == documented[measure].tolist()


def test_with_the_documented_cut_points_every_score_agrees(documented, by_cut_points):
    for score in SCORES:
        assert by_cut_points[score].tolist() == documented[score].tolist(), score


def test_quintiles_differ_only_for_who_stands_at_a_quintile_itself(documented, by_quintiles):
    """Less than one unit above a quintile is below the documented bound; by rank a whole number of fifths is below."""
    different = {}
    for score, measure in MEASURES.items():
        is_different = by_quintiles[score] != documented[score]
        different[score] = int(is_different.sum())
        values = documented[measure]
        for value in values[is_different]:
            assert any(0 <= value - quintile < 1 for quintile in values.quantile(QUINTILES))
            assert 5 * (values < value).sum() % len(values) == 0
        assert ((by_quintiles[score] - documented[score]).abs() <= 1).all()
    assert different == {"recency_score": 1, "frequency_score": 0, "monetary_score": 2}


def test_equal_customers_score_equally_where_equal_bins_would_part_them(documented, by_quintiles):
    parted = 0
    for score, measure in MEASURES.items():
        values = documented[measure]
        assert by_quintiles.groupby(values)[score].nunique().max() == 1
        equal_bins = 5 * (values.rank(method="first") - 1) // len(values)
        parted += int((equal_bins.groupby(values).nunique() > 1).sum())
    assert parted > 0
