"""Sums per user and day, and features per user as of several dates."""

import polars as pl

from peers.shared.definitions import (
    DAY_PARTS,
    EVENT_TYPES,
    EVENT_WEIGHTS,
    HORIZON_DAYS,
    MONEY_DECIMALS,
    RATIOS,
    SPLITS,
    TRENDS,
    WINDOWED,
    WINDOWS,
)
from peers.shared.report import Report
from peers.with_polars.columns import day_number, flags, folded, ratio

NOT_SUMMED = ["user", "day", "order_gap_days"]


def add_features(shop: dict, report: Report) -> dict:
    shop["user_days"] = daily_sums(shop).collect()
    shop["product_days"] = daily_product_sums(shop).collect()
    report.write("user_days", shop["user_days"])
    report.write("user_product_days", shop["product_days"])

    active_days = [shop["events"]["day"], shop["lines"]["day"]]
    first_day, last_day = min(days.min() for days in active_days), max(days.max() for days in active_days)
    shop["dates"] = [
        (split, last_day + 1 - number * HORIZON_DAYS)
        for number, split in enumerate(SPLITS)
        if last_day + 1 - number * HORIZON_DAYS >= first_day + 30
    ]
    known, attributed = known_days(shop).collect(), attributed_days(shop).collect()
    shop["features"] = pl.concat(
        pl.collect_all([features_at(shop["user_days"], known, attributed, split, day) for split, day in shop["dates"]])
    )
    features = shop["features"]
    report.write(
        "user_features",
        features.lazy()
        .join(shop["user_ids"].lazy(), on="user", maintain_order="left")
        .with_columns(as_of_date=pl.from_epoch("day", "d"))
        .drop("user", "day"),
    )
    report.counts |= {"feature rows": features.height, "feature columns": features.width - 1}
    return shop


def daily_sums(shop: dict) -> pl.LazyFrame:
    """One row per user and day, with everything that is counted; the gap to the order day before on order days."""
    parts = [
        event_sums(shop["events"].lazy()),
        session_sums(shop["session_days"].lazy()),
        line_sums(shop["lines"].lazy()),
        order_sums(shop["lines"].lazy()),
        review_sums(shop["reviews"].lazy()),
        touch_sums(shop["touches"].lazy()),
    ]
    is_active = pl.sum_horizontal("event_count", "placed_order_count", "returned_unit_count") > 0
    order_day = pl.when(pl.col("order_count") > 0).then("day")
    return (
        pl.concat(parts, how="diagonal")
        .group_by("user", "day")
        .agg(pl.all().sum())
        .sort("user", "day")
        .with_columns(
            active_day_count=is_active.cast(pl.Int32),
            order_gap_days=order_day - order_day.forward_fill().shift().over("user"),
        )
    )


def event_sums(events: pl.LazyFrame) -> pl.LazyFrame:
    day_part = pl.col("occurred_at").dt.hour() // 6
    return events.group_by("user", "day").agg(
        *flags(pl.col("event_type"), EVENT_TYPES),
        *(
            (day_part == number).sum().cast(pl.Int32).alias(f"{part}_event_count")
            for number, part in enumerate(DAY_PARTS)
        ),
        event_count=pl.len().cast(pl.Int32),
        weekend_event_count=((pl.col("day") + 3) % 7 >= 5).sum().cast(pl.Int32),
    )


def session_sums(session_days: pl.LazyFrame) -> pl.LazyFrame:
    has_cart, has_purchase = pl.col("cart_add_count") > 0, pl.col("purchase_count") > 0
    return session_days.group_by("user", "day").agg(
        session_count=(pl.col("day") == pl.col("start_day")).sum().cast(pl.Int32),
        purchase_session_count=has_purchase.sum().cast(pl.Int32),
        cart_session_count=has_cart.sum().cast(pl.Int32),
        abandoned_session_count=(has_cart & ~has_purchase).sum().cast(pl.Int32),
        browse_seconds=pl.col("browse_seconds").sum(),
    )


def line_sums(lines: pl.LazyFrame) -> pl.LazyFrame:
    is_sold, is_taken_back = pl.col("is_sold"), pl.col("is_return") & ~pl.col("is_cancelled")
    return lines.group_by("user", "day").agg(
        unit_count=(pl.col("quantity") * is_sold).sum(),
        returned_unit_count=(pl.col("quantity").abs() * is_taken_back).sum(),
        gross_revenue=pl.col("gross_revenue").sum(),
        discount_amount=(pl.col("discount_amount") * is_sold).sum(),
        net_revenue=pl.col("net_revenue").sum(),
    )


def order_sums(lines: pl.LazyFrame) -> pl.LazyFrame:
    orders = (
        lines.filter(pl.col("quantity") > 0)
        .group_by("user", "order_id")
        .agg(
            pl.col("day").min(),
            has_coupon=pl.col("coupon_id").is_not_null().any(),
            is_cancelled=pl.col("is_cancelled").all(),
        )
    )
    is_kept = ~pl.col("is_cancelled")
    return orders.group_by("user", "day").agg(
        placed_order_count=pl.len().cast(pl.Int32),
        cancelled_order_count=pl.col("is_cancelled").sum().cast(pl.Int32),
        order_count=is_kept.sum().cast(pl.Int32),
        coupon_order_count=(pl.col("has_coupon") & is_kept).sum().cast(pl.Int32),
    )


def review_sums(reviews: pl.LazyFrame) -> pl.LazyFrame:
    return reviews.group_by("user", "day").agg(
        review_count=pl.len().cast(pl.Int32), rating_total=pl.col("rating").sum()
    )


def touch_sums(touches: pl.LazyFrame) -> pl.LazyFrame:
    kind = folded(pl.col("touch_type"))
    return (
        touches.filter(folded(pl.col("variant")).ne_missing("control"))
        .group_by("user", "day")
        .agg(
            touch_count=(~kind.is_in(["click", "open", "redeem"])).sum().cast(pl.Int32),
            touch_response_count=kind.is_in(["click", "redeem"]).sum().cast(pl.Int32),
        )
    )


def daily_product_sums(shop: dict) -> pl.LazyFrame:
    """One row per user, product and day, with what recommendations and affinities need."""
    keys = ["user", "product", "day"]
    of_events = (
        shop["events"]
        .lazy()
        .filter(pl.col("product").is_not_null())
        .group_by(keys)
        .agg(flags(pl.col("event_type"), list(EVENT_WEIGHTS)))
    )
    of_lines = (
        shop["lines"]
        .lazy()
        .filter(~pl.col("is_cancelled"))
        .group_by(*keys, "order_id")
        .agg(
            pl.col("gross_revenue", "net_revenue").sum(),
            order_count=pl.col("is_sold").any().cast(pl.Int32),
            unit_count=(pl.col("quantity") * pl.col("is_sold")).sum(),
        )
        .drop("order_id")
    )
    browsed = pl.sum_horizontal(
        pl.col(f"{name}_count") * weight for name, weight in EVENT_WEIGHTS.items() if name != "purchase"
    )
    bought = pl.max_horizontal("purchase_count", "order_count")
    return (
        pl.concat([of_events, of_lines], how="diagonal")
        .group_by(keys)
        .agg(pl.all().sum())
        .with_columns(
            browse_weight=browsed.cast(pl.Float32),
            affinity=browsed + bought * EVENT_WEIGHTS["purchase"],
            is_bought=bought > 0,
        )
        .sort(keys)
    )


def known_days(shop: dict) -> pl.LazyFrame:
    """Users with the first day of any activity or the sign-up, null where neither is known."""
    seen = shop["user_days"].lazy().group_by("user").agg(pl.col("day").min())
    listed = shop["users"].lazy().select("user", day_number("signed_up_at"))
    return pl.concat([seen, listed]).group_by("user").agg(known_day=pl.col("day").min())


def features_at(
    user_days: pl.DataFrame, known: pl.DataFrame, attributed: pl.DataFrame, split: str, day: int
) -> pl.LazyFrame:
    """One row per user known before the day, or per listed user at the scoring date; nothing from the day on."""
    is_known = (pl.col("known_day") < day) | (pl.col("known_day").is_null() & (split == "scoring"))
    users = known.lazy().filter(is_known).select("user", day=pl.lit(day, pl.Int32), split=pl.lit(split))
    days = user_days.lazy().filter(pl.col("day") < day)
    summed = [name for name in user_days.columns if name not in NOT_SUMMED]
    windowed = [f"{name}_{window}d" for name in WINDOWED for window in WINDOWS]
    return (
        users.join(sums_before(days, summed, day), on="user", how="left")
        .with_columns(pl.col(summed + windowed).fill_null(0))
        .with_columns(pl.selectors.starts_with("net_revenue").round(MONEY_DECIMALS))
        .with_columns(ratio_features())
        .drop(name for name in summed if name not in {*WINDOWED, "review_count", "touch_count"})
        .join(tastes_before(attributed.lazy(), day), on="user", how="left")
        .with_columns(pl.col("category_count").fill_null(0))
        .sort("user")
    )


def sums_before(days: pl.LazyFrame, summed: list[str], day: int) -> pl.LazyFrame:
    """Sums of all days and of the last ones, days since the first and last, and the gaps between order days."""
    active_day = pl.col("day").filter(pl.col("active_day_count") > 0)
    order_day = pl.col("day").filter(pl.col("order_count") > 0)
    gaps = pl.col("order_gap_days")
    return days.group_by("user").agg(
        pl.col(summed).sum(),
        *((pl.col(WINDOWED) * (pl.col("day") >= day - window)).sum().name.suffix(f"_{window}d") for window in WINDOWS),
        days_since_first_seen=day - active_day.min(),
        days_since_last_seen=day - active_day.max(),
        days_since_first_order=day - order_day.min(),
        days_since_last_order=day - order_day.max(),
        mean_days_between_orders=gaps.mean(),
        sd_days_between_orders=gaps.std(),
        days_between_last_two_orders=gaps.max_by(pl.when(gaps.is_not_null()).then("day")),
    )


def ratio_features() -> list[pl.Expr]:
    features = [
        ratio(pl.col("days_since_last_order"), pl.col("mean_days_between_orders")).alias("recency_to_rhythm"),
        *(ratio(pl.col(numerator), pl.col(denominator)).alias(name) for name, numerator, denominator in RATIOS),
    ]
    for trend, name in TRENDS.items():
        late = pl.col(f"{name}_30d").clip(lower_bound=0) / 30
        early = (pl.col(f"{name}_90d") - pl.col(f"{name}_30d")).clip(lower_bound=0) / 60
        features.append(ratio(late - early, late + early).alias(trend))
    return features


def attributed_days(shop: dict) -> pl.LazyFrame:
    """What users did with products each day, under the products' categories and brands."""
    attributes = shop["products"].lazy().select("product", "category", "brand")
    measures = ["affinity", "unit_count", "gross_revenue"]
    return shop["product_days"].lazy().select("user", "product", "day", *measures).join(attributes, on="product")


def tastes_before(attributed: pl.LazyFrame, day: int) -> pl.LazyFrame:
    """Favourite category and brand, how many categories and how evenly, and the level of prices that a user pays."""
    past = attributed.filter(pl.col("day") < day)
    by_category = (
        sums_of_values(past, "category")
        .with_columns(expected_revenue=pl.col("unit_count") * mean_price().over("category"))
        .group_by("user")
        .agg(
            *favourite("category"),
            category_count=is_liked().sum().cast(pl.Int32),
            category_entropy=pl.when(is_liked().any()).then(entropy_of_affinity()),
            price_level=price_level(),
        )
    )
    by_brand = sums_of_values(past, "brand").group_by("user").agg(favourite("brand"))
    return by_category.join(by_brand, on="user", how="full", coalesce=True)


def sums_of_values(past: pl.LazyFrame, attribute: str) -> pl.LazyFrame:
    return (
        past.filter(pl.col(attribute).is_not_null())
        .group_by("user", attribute)
        .agg(pl.col("affinity").sum().clip(lower_bound=0), pl.col("unit_count", "gross_revenue").sum())
    )


def is_liked() -> pl.Expr:
    return pl.col("affinity") > 0


def favourite(attribute: str) -> list[pl.Expr]:
    """The value that a user likes best, of several the first by name, and its share."""
    most = pl.col("affinity").max()
    liked_best = pl.col(attribute).filter(is_liked() & (pl.col("affinity") == most)).min()
    return [
        liked_best.alias(f"favourite_{attribute}"),
        pl.when(most > 0).then(most / pl.col("affinity").sum()).alias(f"favourite_{attribute}_share"),
    ]


def entropy_of_affinity() -> pl.Expr:
    """-sum(p * log p) of the shares p = affinity / total, in two plain sums: a share per row would take longer."""
    liked = pl.col("affinity").filter(is_liked())
    return liked.sum().log() - (liked * liked.log()).sum() / liked.sum()


def mean_price() -> pl.Expr:
    """What everybody pays for a unit."""
    is_bought = pl.col("unit_count") > 0
    return pl.col("gross_revenue").filter(is_bought).sum() / pl.col("unit_count").filter(is_bought).sum()


def price_level() -> pl.Expr:
    is_bought = pl.col("unit_count") > 0
    paid, expected = (pl.col(name).filter(is_bought).sum() for name in ["gross_revenue", "expected_revenue"])
    return ratio(paid, expected)
