"""Visits of the shop's own session ids or of 30 minutes without silence, and which of them are bots."""

import polars as pl

from peers.shared.definitions import EVENT_TYPES, MOST_USERS_PER_SHARED_ID, REFERENCE, SESSION_GAP_MINUTES
from peers.with_polars.columns import day_number, flags


def find_sessions(events: pl.LazyFrame) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Events in the order of their users and times, each with the number of its session; sessions; their days."""
    named = named_sessions(events).collect().with_row_index("session")
    events = numbered_sessions(events, named).collect()
    session_days = days_of_sessions(events.lazy(), bot_agents(events)).collect()
    sessions = totals_of_sessions(session_days.lazy()).collect()
    # In time order, where it has several users, a session is its last user's.
    last_users = (
        events.lazy()
        .join(sessions.lazy().filter(pl.col("first_user") != pl.col("user")), on="session", how="semi")
        .sort("occurred_at", "event_id")
        .unique("session", keep="last")
        .select("session", "user")
    )
    first_rows = events.lazy().select("session", "channel", "device", "user_agent").unique("session", keep="first")
    people = events.lazy().select("user", "user_id").unique()
    sessions = (
        sessions.lazy()
        .drop("first_user")
        .update(last_users, on="session")
        .join(first_rows, on="session")
        .join(people, on="user")
        .join(named.lazy(), on="session", how="left")
        .with_columns(day_number("started_at"), pl.col("session_id").fill_null(own_name()))
        .with_columns(is_bot=is_bot())
        .drop("has_bot_agent")
        .collect()
    )
    starts = sessions.lazy().select("session", "user", start_day="day")
    return events, sessions, session_days.lazy().drop("user").join(starts, on="session").collect()


def named_sessions(events: pl.LazyFrame) -> pl.LazyFrame:
    """The shop's own sessions; an id under which many users are seen, such as `undefined`, is none."""
    return (
        events.select("session_id", "user")
        .drop_nulls()
        .unique()
        .group_by("session_id")
        .len("user_count")
        .filter(pl.col("user_count") <= MOST_USERS_PER_SHARED_ID)
        .select("session_id")
    )


def numbered_sessions(events: pl.LazyFrame, named: pl.DataFrame) -> pl.LazyFrame:
    """An event without a session belongs to the latest of its visit; one before it belongs to a session of its own."""
    row, gap = pl.int_range(pl.len(), dtype=pl.Int64), pl.duration(minutes=SESSION_GAP_MINUTES)
    is_new = (pl.col("user") != pl.col("user").shift()) | (pl.col("occurred_at").diff() > gap)
    return (
        events.join(named.lazy(), on="session_id", how="left")
        .drop("session_id")
        .sort("user", "occurred_at", "event_id")
        .with_columns(
            visit_start=pl.when(is_new.fill_null(True)).then(row).forward_fill(),
            named_row=pl.when(pl.col("session").is_not_null()).then(row).forward_fill(),
        )
        .with_columns(
            day_number("occurred_at"),
            session=pl.when(pl.col("named_row") >= pl.col("visit_start"))
            .then(pl.col("session").forward_fill())
            .otherwise(named.height + pl.col("visit_start")),
        )
        .drop("visit_start", "named_row")
    )


def days_of_sessions(events: pl.LazyFrame, bots: pl.Series) -> pl.LazyFrame:
    """A session past midnight has two rows. Without durations its time is that from the first to the last event."""
    seconds = (pl.col("ended_at") - pl.col("started_at")).dt.total_microseconds() / 1e6
    return (
        events.group_by("session", "day")
        .agg(
            *flags(pl.col("event_type"), EVENT_TYPES),
            started_at=pl.col("occurred_at").min(),
            ended_at=pl.col("occurred_at").max(),
            event_count=pl.len().cast(pl.Int32),
            duration_seconds=pl.col("duration_seconds").sum(),
            duration_count=pl.col("duration_seconds").count(),
            first_user=pl.col("user").min(),
            user=pl.col("user").max(),
            has_bot_agent=pl.col("user_agent").is_in(bots.implode()).any(),
        )
        .with_columns(browse_seconds=pl.when(pl.col("duration_count") > 0).then("duration_seconds").otherwise(seconds))
    )


def totals_of_sessions(session_days: pl.LazyFrame) -> pl.LazyFrame:
    return session_days.group_by("session").agg(
        pl.col("started_at").min(),
        pl.col("ended_at").max(),
        pl.col("event_count", "browse_seconds", *(f"{name}_count" for name in EVENT_TYPES)).sum(),
        pl.col("first_user").min(),
        pl.col("user").max(),
        pl.col("has_bot_agent").any(),
    )


def own_name() -> pl.Expr:
    return pl.format("{} @ {}", "user_id", pl.col("started_at").dt.to_string("%Y-%m-%d %H:%M:%S%.f"))


def bot_agents(events: pl.DataFrame) -> pl.Series:
    pattern = "|".join(bot_rules()["pattern"].drop_nulls())
    agents = events["user_agent"].unique().drop_nulls()
    return agents.filter(agents.cast(pl.String).str.to_lowercase().str.contains(pattern))


def is_bot() -> pl.Expr:
    """Says so itself, or looks at more than a person can; purchases do not count, an order has many lines."""
    minimum = dict(bot_rules().drop_nulls("minimum").select("measure", "minimum").iter_rows())
    browse_count = pl.col("event_count") - pl.col("purchase_count")
    minutes = ((pl.col("ended_at") - pl.col("started_at")).dt.total_microseconds() / 60e6).clip(lower_bound=1)
    return pl.any_horizontal(
        "has_bot_agent",
        browse_count / minutes >= minimum["session_events_per_minute"],
        browse_count >= minimum["session_event_count"],
        browse_count.sum().over("user", "day") >= minimum["user_day_event_count"],
    )


def bot_rules() -> pl.DataFrame:
    return pl.read_csv(REFERENCE / "seg_ref__bot_rules.csv")
