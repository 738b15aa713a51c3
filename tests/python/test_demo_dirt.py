"""Every dirty row that was planted in the demo is where it belongs, and no clean row is rejected."""

from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

TRUTH = Path(__file__).parent / "demo_truth"

# (input, kind of dirt): (rows planted, the reason they are rejected for, of these rejected as erased or as a copy)
REJECTED = {
    ("events", "missing_event_id"): (24, "missing_event_id", 0),
    ("events", "missing_user_id"): (54, "missing_user_id", 0),
    ("events", "missing_time"): (26, "missing_occurred_at", 0),
    ("events", "epoch_time"): (21, "before_earliest_date", 0),
    ("events", "future_time"): (26, "in_the_future", 0),
    ("events", "negative_price"): (36, "impossible_price", 0),
    ("events", "absurd_price"): (23, "impossible_price", 0),
    ("order_lines", "missing_order_line_id"): (6, "missing_order_line_id", 0),
    # One of them is of an erased user, which comes before every other reason.
    ("order_lines", "missing_order_id"): (10, "missing_order_id", 1),
    ("order_lines", "missing_user_id"): (21, "missing_user_id", 0),
    ("order_lines", "epoch_time"): (16, "before_earliest_date", 0),
    ("order_lines", "future_time"): (12, "in_the_future", 0),
    ("order_lines", "zero_quantity"): (18, "zero_quantity", 0),
    ("order_lines", "negative_price"): (18, "impossible_unit_price", 0),
    ("order_lines", "absurd_price"): (17, "impossible_unit_price", 0),
    ("order_lines", "negative_discount"): (10, "impossible_discount_amount", 0),
    ("products", "missing_product_id"): (1, "missing_product_id", 0),
    ("products", "negative_price"): (2, "impossible_list_price", 0),
    ("users", "missing_user_id"): (3, "missing_user_id", 0),
    ("users", "future_time"): (5, "in_the_future", 0),
    ("reviews", "missing_user_id"): (7, "missing_user_id", 0),
    ("reviews", "future_time"): (5, "in_the_future", 0),
    ("reviews", "rating_out_of_range"): (10, "impossible_rating", 0),
    ("campaign_touches", "missing_user_id"): (14, "missing_user_id", 0),
    ("campaign_touches", "epoch_time"): (3, "before_earliest_date", 0),
    ("identities", "missing_alias_id"): (6, "missing_alias_id", 0),
    ("identities", "linked_to_itself"): (6, "links_an_id_to_itself", 0),
    ("identities", "confidence_out_of_range"): (6, "impossible_match_confidence", 0),
    ("identities", "weak_link"): (46, "low_match_confidence", 0),
    # And one exact duplicate of such a link, so 41 rows have the reason.
    ("identities", "public_device"): (40, "alias_shared_by_many_users", -1),
}

# Copies of a row that is kept: the first of them stays. The one of a rejected row is rejected with it.
DUPLICATES = {
    "events": (214, 106, 0),
    "order_lines": (26, 32, 0),
    "products": (1, 3, 0),
    "users": (8, 7, 0),
    "reviews": (5, 4, 0),
    "campaign_touches": (27, 0, 0),
    "identities": (15, 0, 1),
    "erasure_requests": (2, 0, 0),
}

# Odd but true: kept.
KEPT = {
    ("events", "odd_event_type"): 1014,
    ("events", "shared_session_id"): 30,
    ("events", "zero_quantity"): 20,
    ("events", "crawler"): 180,
    ("events", "rate_bot"): 480,
    ("order_lines", "return_without_order"): 25,
    ("products", "odd_category"): 19,
    ("campaign_touches", "unknown_touch_type"): 3,
}


@pytest.fixture(scope="module")
def dirt():
    return pd.read_csv(TRUTH / "dirt.csv", dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def rejected(demo_store):
    return demo_store.sql("select input_name, reject_reason, row_key from seg__rejected_rows").df()


def test_all_kinds_of_dirt_are_spoken_of_here(dirt):
    counts = dirt.groupby(["input_name", "dirt_kind"]).size().to_dict()
    spoken_of = {key: planted for key, (planted, _, _) in REJECTED.items()} | KEPT
    for input_name, (exact, near, _) in DUPLICATES.items():
        spoken_of |= {(input_name, "exact_duplicate"): exact} | ({(input_name, "near_duplicate"): near} if near else {})
    assert counts == spoken_of


def test_every_reason_has_as_many_rows_as_were_planted_and_nothing_else_is_rejected(rejected):
    expected = Counter()
    for (input_name, _), (planted, reason, elsewhere) in REJECTED.items():
        expected[input_name, reason] += planted - elsewhere
    found = rejected[rejected["reject_reason"] != "erased"].groupby(["input_name", "reject_reason"]).size()
    assert found.to_dict() == dict(expected)


def test_the_rejected_rows_are_the_planted_ones(dirt, rejected):
    """Row by row, where the dirt has left the row its id."""
    by_reason = rejected.groupby(["input_name", "reject_reason"])["row_key"].agg(Counter)
    keys = {}
    for (input_name, kind), (_, reason, elsewhere) in REJECTED.items():
        is_key_lost = kind == f"missing_{input_name[:-1]}_id" or input_name == "identities"
        if not is_key_lost and elsewhere == 0 and (input_name, kind) != ("users", "missing_user_id"):
            planted = dirt.loc[(dirt["input_name"] == input_name) & (dirt["dirt_kind"] == kind), "row_key"]
            keys.setdefault((input_name, reason), Counter()).update(planted)
    assert len(keys) >= 17
    for reason, planted in keys.items():
        assert by_reason[reason] == planted, reason


def test_copies_are_counted_as_duplicates(demo_store):
    found = dict(demo_store.sql("select input_name, duplicate_count from seg__input_quality").fetchall())
    assert found == {name: exact + near - rejected for name, (exact, near, rejected) in DUPLICATES.items()}


def test_every_received_row_is_accounted_for(demo_store, dirt, rejected):
    """kept = received - planted copies - planted rejects - rows of erased users."""
    erased = rejected[rejected["reject_reason"] == "erased"].groupby("input_name").size()
    for name, received, kept in demo_store.sql(
        "select input_name, received_count, kept_count from seg__input_quality"
    ).fetchall():
        assert received == demo_store.sql(f"select count(*) from seg_demo__{name}").fetchall()[0][0]
        exact, near, copies_rejected = DUPLICATES[name]
        planted = sum(
            count - elsewhere for (input_name, _), (count, _, elsewhere) in REJECTED.items() if input_name == name
        )
        assert kept == received - (exact + near - copies_rejected) - planted - erased.get(name, 0), name


@pytest.mark.parametrize(
    ("input_name", "kind", "rows"),
    [
        ("events", "odd_event_type", "select event_id from seg__events"),
        ("events", "shared_session_id", "select event_id from seg__events"),
        ("events", "zero_quantity", "select event_id from seg__events where quantity = 0"),
        ("events", "crawler",
         "select event_id from seg__events inner join seg__sessions using (session_id) where is_bot"),
        ("events", "rate_bot",
         "select event_id from seg__events inner join seg__sessions using (session_id) where is_bot"),
        ("order_lines", "return_without_order", "select order_line_id from seg__order_lines where is_return"),
        ("products", "odd_category", "select product_id from seg__products where is_listed"),
        ("campaign_touches", "unknown_touch_type", "select touch_id from int_seg__campaign_touches_kept"),
    ],
)
def test_odd_rows_that_are_true_are_kept(demo_store, dirt, input_name, kind, rows):
    kept = {row[0] for row in demo_store.sql(rows).fetchall()}
    planted = set(dirt.loc[(dirt["input_name"] == input_name) & (dirt["dirt_kind"] == kind), "row_key"])
    assert planted <= kept, planted - kept


def test_odd_categories_and_event_types_have_one_spelling(demo_store, dirt):
    categories = demo_store.sql(
        "select count(distinct lower(trim(category))), count(distinct category) from seg__products"
    )
    assert categories.fetchall()[0] == (12, 12)
    odd = dirt.loc[dirt["dirt_kind"] == "odd_event_type", "row_key"].tolist()
    types = {row[0] for row in demo_store.execute(
        "select distinct event_type from seg__events where list_contains($ids, event_id)", {"ids": odd}
    ).fetchall()}
    assert types <= {"view", "wishlist", "cart_add", "cart_remove", "checkout", "purchase", "search"}


def test_a_session_id_that_many_share_joins_no_two_users(demo_store):
    shared = demo_store.sql("select count(*) from seg__events where session_id = 'undefined'").fetchall()
    users = demo_store.sql(
        "select max(user_count)"
        " from (select count(distinct user_id) as user_count from seg__events group by session_id)"
    )
    assert shared == [(0,)]
    assert users.fetchall()[0][0] <= 2
