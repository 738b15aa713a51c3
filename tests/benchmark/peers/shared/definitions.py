"""The package's own definitions that every peer follows: bounds, horizons, weights, and what goes into which fit."""

from datetime import UTC, datetime
from pathlib import Path

REFERENCE = Path(__file__).resolve().parents[4] / "seeds" / "reference"
SEED = 42

# Clean
EVENT_TYPES = ["view", "click", "search", "cart_add", "cart_remove", "wishlist", "checkout", "purchase"]
MAXIMUM_AMOUNT, MAXIMUM_DURATION = 1e9, 1e9
EARLIEST, NOW = datetime(1990, 1, 1), datetime.now(UTC).replace(tzinfo=None)
FIRST_BIRTH_YEAR = 1900
SESSION_GAP_MINUTES = 30
MOST_USERS_PER_SHARED_ID = 5
LEAST_CONFIDENCE = 0.7
CANCELLED = ["cancelled", "canceled", "voided", "failed", "cancel"]
RETURNED = ["returned", "refunded"]

# Features
HORIZON_DAYS, TRAINING_DATES = 90, 3
SPLITS = ["scoring", "test", "validation"] + ["train"] * TRAINING_DATES
EVENT_WEIGHTS = {"view": 1, "click": 1, "cart_add": 4, "cart_remove": -2, "wishlist": 3, "purchase": 8}
WINDOWS = [7, 30, 90, 365]
# Orders and their returns add up to nothing, and not to a rest of 1e-14 that would have a trend.
MONEY_DECIMALS = 6
WINDOWED = (
    ["active_day_count", "event_count"]
    + [f"{name}_count" for name in EVENT_TYPES]
    + ["session_count", "order_count", "unit_count", "net_revenue"]
)
DAY_PARTS = ["night", "morning", "afternoon", "evening"]
RATIOS = [
    ("average_order_value", "net_revenue", "order_count"),
    ("units_per_order", "unit_count", "order_count"),
    ("browse_seconds_per_session", "browse_seconds", "session_count"),
    ("click_through_rate", "click_count", "view_count"),
    ("cart_rate", "cart_add_count", "view_count"),
    ("conversion_rate", "purchase_session_count", "session_count"),
    ("cart_abandonment_rate", "abandoned_session_count", "cart_session_count"),
    ("discount_share", "discount_amount", "gross_revenue"),
    ("coupon_order_share", "coupon_order_count", "order_count"),
    ("return_share", "returned_unit_count", "unit_count"),
    ("cancellation_share", "cancelled_order_count", "placed_order_count"),
    *((f"{part}_share", f"{part}_event_count", "event_count") for part in [*DAY_PARTS, "weekend"]),
    ("mean_rating", "rating_total", "review_count"),
    ("touch_response_rate", "touch_response_count", "touch_count"),
]
TRENDS = {"event_trend": "event_count", "order_trend": "order_count", "revenue_trend": "net_revenue"}

# Segments
CLUSTERED_ZERO_FILLED = ["sessions_per_month"]
CLUSTERED_LOGGED = [
    "sessions_per_month",
    "average_order_value",
    "units_per_order",
    "price_level",
    "views_per_session",
    "browse_seconds_per_view",
]
# Clusters are described by these too; they do not shape them.
DESCRIBING = [
    "days_since_first_seen",
    "days_since_last_seen",
    "days_since_last_order",
    "session_count",
    "order_count",
    "net_revenue",
    "coupon_order_share",
    "mean_days_between_orders",
    "favourite_brand_share",
    "event_trend",
    "touch_response_rate",
    "mean_rating",
]

# Predictions
TARGETS = ["order_count", "net_revenue", "will_order"]
PREDICTORS_UNKNOWN = {
    "days_since_first_seen": 0,
    "days_since_last_seen": 730,
    "days_since_last_order": 730,
    "recency_to_rhythm": 1,
    "mean_days_between_orders": 365,
}
PREDICTORS_PER_HORIZON = {"orders_per_horizon": "order_count_365d", "net_revenue_per_horizon": "net_revenue_365d"}
PREDICTORS_ZERO_FILLED = [
    "order_count_30d",
    "order_count_90d",
    "order_count_365d",
    "net_revenue_90d",
    "net_revenue_365d",
    "average_order_value",
    "units_per_order",
    "category_count",
    "discount_share",
    "coupon_order_share",
    "return_share",
    "cancellation_share",
    "active_day_count_30d",
    "active_day_count_90d",
    "view_count_30d",
    "search_count_90d",
    "cart_add_count_30d",
    "wishlist_count_90d",
    "conversion_rate",
    "cart_abandonment_rate",
    "touch_response_rate",
    "review_count",
    "event_trend",
    "revenue_trend",
]
PREDICTORS_CLIPPED = [*PREDICTORS_UNKNOWN, *PREDICTORS_ZERO_FILLED]
PREDICTORS_LOGGED = [name for name in PREDICTORS_CLIPPED if not name.endswith(("_share", "_rate", "_trend"))]
