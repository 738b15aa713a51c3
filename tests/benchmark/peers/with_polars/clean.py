"""Inputs judged, deduplicated and resolved; order lines, orders and products."""

from pathlib import Path

import polars as pl

from peers.shared.definitions import (
    CANCELLED,
    FIRST_BIRTH_YEAR,
    MAXIMUM_AMOUNT,
    MAXIMUM_DURATION,
    NOW,
    REFERENCE,
    RETURNED,
)
from peers.shared.report import Report
from peers.with_polars.columns import day_number, folded
from peers.with_polars.inputs import Inputs, is_missing, is_outside, time_conditions
from peers.with_polars.people import resolve_users
from peers.with_polars.sessions import find_sessions


def clean(store: Path, report: Report) -> dict:
    inputs = Inputs(store)
    aliases = resolve_users(inputs)
    events, lines = accepted_events(inputs), accepted_order_lines(inputs)
    products = clean_products(inputs, events, lines)
    users = accepted_users(inputs)
    reviews = accepted_simple(inputs, "reviews", "review_id", "reviewed_at", {"rating": (1, 5)}, ["product_id"])
    touches = accepted_simple(
        inputs, "campaign_touches", "touch_id", "touched_at", {"cost": (0, MAXIMUM_AMOUNT)}, ["touch_type"]
    )

    # Users and products are whole numbers from here on.
    people = numbered_people([events, lines, users, reviews, touches], aliases)
    product_numbers = products.select("product", "product_id").lazy()
    events, lines, users, reviews, touches = (
        frame.lazy().rename({"user_id": "source_user_id"}).join(people.lazy(), on="source_user_id")
        for frame in [events, lines, users, reviews, touches]
    )
    users = one_per_user(users).collect()
    lines = with_revenue(lines.join(product_numbers, on="product_id")).collect()
    events, sessions, session_days = find_sessions(events.join(product_numbers, on="product_id", how="left"))

    report.write("events", written_events(events, sessions))
    report.write("sessions", sessions)
    report.write("order_lines", lines.drop("user", "product", "is_sold"))
    report.write("orders", order_totals(lines.lazy()))
    report.write("products", products.drop("product"))
    report.write("rejected_rows", pl.concat(inputs.rejected))
    report.write("input_quality", pl.DataFrame(inputs.quality))
    report.counts |= {
        "accepted events": events.height,
        "sessions": sessions.height,
        "bot sessions": sessions["is_bot"].sum(),
        "accepted order lines": lines.height,
        "rejected rows": sum(rows.height for rows in inputs.rejected),
    }

    bots = sessions.filter("is_bot")["session"].implode()
    is_person = ~pl.col("session").is_in(bots)
    return {
        "user_ids": people.select("user", "user_id").unique().sort("user"),
        "events": events.filter(is_person).select("user", "product", "day", "occurred_at", "event_type"),
        "session_days": session_days.filter(is_person),
        "lines": lines,
        "products": products,
        "users": users,
        "reviews": reviews.collect(),
        "touches": touches.collect(),
    }


def accepted_events(inputs: Inputs) -> pl.DataFrame:
    events = inputs.accepted(
        "events",
        inputs.scan("events").with_columns(pl.col("channel", "device", "user_agent").cast(pl.Categorical)),
        "event_id",
        {
            "missing_event_id": is_missing("event_id"),
            "missing_user_id": is_missing("user_id"),
            "missing_event_type": is_missing("event_type"),
            **time_conditions("occurred_at"),
            "impossible_price": is_outside("price", 0, MAXIMUM_AMOUNT),
            "impossible_quantity": is_outside("quantity", 0, MAXIMUM_AMOUNT),
            "impossible_amount": pl.col("price") * pl.col("quantity") > MAXIMUM_AMOUNT,
            "impossible_duration": is_outside("duration_seconds", 0, MAXIMUM_DURATION),
        },
    )
    standard = pl.read_csv(REFERENCE / "seg_ref__event_types.csv")
    spellings = events.select(pl.col("event_type").unique()).with_columns(
        standard=folded(pl.col("event_type")).replace(standard["source_event_type"], standard["event_type"])
    )
    of_types = pl.Enum(spellings["standard"].unique().sort())
    return events.with_columns(
        pl.col("event_type").replace_strict(
            spellings["event_type"], spellings["standard"].cast(of_types), return_dtype=of_types
        )
    )


def accepted_order_lines(inputs: Inputs) -> pl.DataFrame:
    amount = pl.col("quantity").abs() * pl.col("unit_price")
    return inputs.accepted(
        "order_lines",
        inputs.scan("order_lines"),
        "order_line_id",
        {
            **{f"missing_{name}": is_missing(name) for name in ["order_line_id", "order_id", "user_id", "product_id"]},
            **time_conditions("ordered_at"),
            "missing_quantity": pl.col("quantity").is_null(),
            "zero_quantity": pl.col("quantity") == 0,
            "missing_unit_price": pl.col("unit_price").is_null(),
            "impossible_unit_price": is_outside("unit_price", 0, MAXIMUM_AMOUNT),
            "impossible_amount": amount > MAXIMUM_AMOUNT,
            "impossible_discount_amount": ~pl.col("discount_amount").is_between(0, amount + 0.01),
        },
    )


def accepted_users(inputs: Inputs) -> pl.DataFrame:
    return inputs.accepted(
        "users",
        inputs.scan("users"),
        "user_id",
        {
            "missing_user_id": is_missing("user_id"),
            "in_the_future": pl.col("signed_up_at") >= NOW,
            "impossible_birth_year": is_outside("birth_year", FIRST_BIRTH_YEAR, NOW.year),
        },
    )


def accepted_simple(
    inputs: Inputs, name: str, key: str, time: str, bounds: dict[str, tuple], required: list[str]
) -> pl.DataFrame:
    return inputs.accepted(
        name,
        inputs.scan(name),
        key,
        {
            **{f"missing_{column}": is_missing(column) for column in [key, "user_id", *required]},
            **time_conditions(time),
            **{f"impossible_{column}": is_outside(column, *limits) for column, limits in bounds.items()},
        },
    ).with_columns(day_number(time))


def clean_products(inputs: Inputs, events: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Listed and unlisted products in the order of their ids, numbered; the usual spelling of categories and brands."""
    bounded = ["list_price", "unit_cost", "stock_on_hand", "lead_time_days"]
    products = inputs.accepted(
        "products",
        inputs.scan("products"),
        "product_id",
        {
            "missing_product_id": is_missing("product_id"),
            **{f"impossible_{column}": is_outside(column, 0, MAXIMUM_AMOUNT) for column in bounded},
        },
        (),
    )
    occurring = pl.concat([events["product_id"], lines["product_id"]]).drop_nulls().unique()
    unlisted = occurring.filter(~occurring.is_in(products["product_id"].implode()))
    products = pl.concat([products, unlisted.to_frame()], how="diagonal").sort("product_id")
    for column in ["category", "brand"]:
        spelling = pl.col(column).str.strip_chars()
        usual = products.group_by(key=folded(pl.col(column))).agg(spelling.mode().min()).drop_nulls()
        names = pl.Enum(usual[column].sort())
        products = products.with_columns(
            folded(pl.col(column)).replace_strict(usual["key"], usual[column].cast(names), default=None)
        )
    return products.with_columns(pl.col("product_name").fill_null(pl.col("product_id"))).with_columns(
        product=pl.int_range(pl.len(), dtype=pl.Int32)
    )


def numbered_people(frames: list[pl.DataFrame], aliases: pl.DataFrame) -> pl.DataFrame:
    """Every id that occurs, with its user and the user's number, in the order of the users' ids."""
    occurring = pl.concat([frame["user_id"].unique() for frame in frames]).unique().alias("source_user_id")
    return (
        occurring.to_frame()
        .join(aliases, on="source_user_id", how="left")
        .with_columns(pl.col("user_id").fill_null(pl.col("source_user_id")))
        .with_columns(user=pl.col("user_id").rank("dense").cast(pl.Int32) - 1)
    )


def one_per_user(users: pl.LazyFrame) -> pl.LazyFrame:
    """What the account says, and where it is silent what its aliases say."""
    return (
        users.with_columns(is_alias=pl.col("user_id") != pl.col("source_user_id"))
        .sort("user", "is_alias", "source_user_id")
        .group_by("user", maintain_order=True)
        .agg(pl.all().drop_nulls().first())
    )


def with_revenue(lines: pl.LazyFrame) -> pl.LazyFrame:
    amount, discount, is_return = (
        pl.col("quantity") * pl.col("unit_price"),
        pl.col("discount_amount"),
        pl.col("quantity") < 0,
    )
    is_cancelled, is_returned = pl.col("order_status").is_in(CANCELLED), pl.col("order_status").is_in(RETURNED)
    return (
        lines.with_columns(folded(pl.col("order_status")), discount.fill_null(0), day_number("ordered_at"))
        .with_columns(
            is_cancelled=is_cancelled.fill_null(False),
            is_return=is_return | is_returned.fill_null(False),
            gross_revenue=pl.when(is_cancelled | is_return).then(0).otherwise(amount),
            net_revenue=pl.when(is_cancelled)
            .then(0)
            .when(is_return)
            .then(amount + discount)
            .when(is_returned)
            .then(0)
            .otherwise(amount - discount),
        )
        .with_columns(is_sold=~is_return & ~pl.col("is_cancelled"))
    )


def order_totals(lines: pl.LazyFrame) -> pl.LazyFrame:
    is_sold, is_taken_back = pl.col("is_sold"), pl.col("is_return") & ~pl.col("is_cancelled")
    return lines.group_by("order_id", "user_id").agg(
        pl.col("ordered_at").min(),
        pl.col("order_status").min(),
        line_count=pl.len(),
        product_count=pl.col("product").n_unique(),
        unit_count=(pl.col("quantity") * is_sold).sum(),
        returned_unit_count=(pl.col("quantity").abs() * is_taken_back).sum(),
        gross_revenue=pl.col("gross_revenue").sum(),
        discount_amount=(pl.col("discount_amount") * is_sold).sum(),
        net_revenue=pl.col("net_revenue").sum(),
        has_coupon=pl.col("coupon_id").is_not_null().any(),
        is_return=(pl.col("quantity") < 0).all(),
        is_cancelled=pl.col("is_cancelled").all(),
    )


def written_events(events: pl.DataFrame, sessions: pl.DataFrame) -> pl.LazyFrame:
    """Under the ids of their sessions, joined as they are written: as text they are larger than all numbers together."""
    names = sessions.lazy().select("session", "session_id")
    return events.lazy().drop("user", "product", "day").join(names, on="session", maintain_order="left").drop("session")
