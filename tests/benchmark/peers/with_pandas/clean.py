"""Inputs judged, deduplicated and resolved; sessions, order lines, orders and products."""

from pathlib import Path

import numpy as np
import pandas as pd

from peers.shared.definitions import (
    CANCELLED,
    EARLIEST,
    EVENT_TYPES,
    FIRST_BIRTH_YEAR,
    LEAST_CONFIDENCE,
    MAXIMUM_AMOUNT,
    MAXIMUM_DURATION,
    MOST_USERS_PER_SHARED_ID,
    NOW,
    REFERENCE,
    RETURNED,
    SESSION_GAP_MINUTES,
)
from peers.shared.links import components
from peers.shared.report import Report
from peers.with_pandas.columns import day_number


def clean(store: Path, report: Report) -> dict:
    inputs = Inputs(store)
    links, identities, conditions = usable_links(inputs)
    inputs.aliases, inputs.erased = resolved_users(links, inputs)
    identities["link_id"] = identities["user_id"] + " = " + identities["alias_id"]
    inputs.accepted("identities", identities, "link_id", conditions, ["user_id", "alias_id"])

    events = clean_events(inputs)
    lines = clean_order_lines(inputs)
    products = clean_products(inputs, events, lines)
    users = clean_users(inputs)
    reviews = clean_simple(inputs, "reviews", "review_id", "reviewed_at", {"rating": (1, 5)}, ["product_id"])
    touches = clean_simple(
        inputs, "campaign_touches", "touch_id", "touched_at", {"cost": (0, MAXIMUM_AMOUNT)}, ["touch_type"]
    )

    # Users and products are whole numbers from here on.
    user_ids = pd.Index(
        pd.concat([frame["user_id"] for frame in [events, lines, users, reviews, touches]]).unique()
    ).sort_values()
    for frame in [events, lines, users, reviews, touches]:
        frame["user"] = user_ids.get_indexer(frame["user_id"]).astype("int32")
    for frame in [events, lines]:
        frame["product"] = pd.Index(products["product_id"]).get_indexer(frame["product_id"]).astype("int32")

    events, sessions, session_days = find_sessions(events, user_ids)
    orders = order_totals(lines)

    report.write("events", events.drop(columns=["user", "product", "session", "day"]))
    report.write("sessions", sessions)
    report.write("order_lines", lines.drop(columns=["user", "product"]))
    report.write("orders", orders)
    report.write("products", products)
    report.write("rejected_rows", pd.concat(inputs.rejected, ignore_index=True))
    report.write("input_quality", pd.DataFrame(inputs.quality))
    report.counts |= {
        "accepted events": len(events),
        "sessions": len(sessions),
        "bot sessions": sessions["is_bot"].sum(),
        "accepted order lines": len(lines),
        "rejected rows": sum(len(rows) for rows in inputs.rejected),
    }

    is_bot = sessions["is_bot"].to_numpy()
    events = events.loc[~is_bot[events["session"]], ["user", "product", "day", "occurred_at", "event_type"]]
    return {
        "user_ids": user_ids,
        "events": events,
        "session_days": session_days[~is_bot[session_days["session"]]],
        "lines": lines,
        "products": products,
        "users": users,
        "reviews": reviews,
        "touches": touches,
    }


class Inputs:
    """The store's tables, and where each of their rows goes."""

    def __init__(self, store: Path):
        self.store, self.rejected, self.quality = store, [], []
        self.aliases, self.erased = pd.Series(dtype="str"), pd.Index([])
        self.received: dict[str, int] = {}

    def read(self, name: str) -> pd.DataFrame:
        frame = pd.read_parquet(self.store / name)
        self.received[name] = len(frame)
        return frame

    def accepted(self, name: str, frame: pd.DataFrame, key: str, conditions: dict, users: list[str]) -> pd.DataFrame:
        """The rows that no condition rejects, one per key; the others are noted with their first reason."""
        is_erased = np.zeros(len(frame), bool)
        for column in users:
            is_erased |= frame[column].isin(self.erased).to_numpy()
        reasons = ["", "erased", *conditions]
        masks = [
            is_erased,
            *(
                np.asarray(mask.fillna(False) if hasattr(mask, "fillna") else mask, dtype=bool)
                for mask in conditions.values()
            ),
        ]
        reason = np.select(masks, np.arange(1, len(reasons)), 0)
        is_rejected = reason > 0
        self.rejected.append(
            pd.DataFrame(
                {
                    "input_name": name,
                    "row_key": frame.loc[is_rejected, key].where(reason[is_rejected] > 1),
                    "reject_reason": np.array(reasons)[reason[is_rejected]],
                }
            )
        )
        frame = frame[~is_rejected]
        is_doubled = frame[key].duplicated(keep=False)
        if is_doubled.any():
            order = [key, *(column for column in frame.columns if column not in (key, "embedding"))]
            doubled = frame[is_doubled].sort_values(order).drop_duplicates(key)
            frame = pd.concat([frame[~is_doubled], doubled], ignore_index=True)
        self.kept(name, len(frame), int(is_rejected.sum()))
        return frame

    def kept(self, name: str, kept_count: int, rejected_count: int) -> None:
        received = self.received[name]
        self.quality.append(
            {
                "input_name": name,
                "received_count": received,
                "kept_count": kept_count,
                "duplicate_count": received - kept_count - rejected_count,
                "rejected_count": rejected_count,
            }
        )

    def resolved(self, user_ids: pd.Series) -> pd.Series:
        return user_ids.map(self.aliases).fillna(user_ids)


def is_missing(texts: pd.Series) -> pd.Series:
    return texts.isna() | (texts.str.strip() == "")


def is_outside(numbers: pd.Series, low, high) -> pd.Series:
    return numbers.notna() & ~numbers.between(low, high)


def time_conditions(times: pd.Series) -> dict:
    return {"missing_time": times.isna(), "before_earliest_date": times < EARLIEST, "in_the_future": times >= NOW}


def usable_links(inputs: Inputs) -> tuple[pd.DataFrame, pd.DataFrame, dict]:
    """The links to follow, the input, and why its rows are rejected."""
    given = inputs.read("identities")
    confidence = given["match_confidence"].fillna(1)
    conditions = {
        "missing_id": is_missing(given["user_id"]) | is_missing(given["alias_id"]),
        "impossible_match_confidence": ~confidence.between(0, 1),
        "low_match_confidence": confidence < LEAST_CONFIDENCE,
        "links_an_id_to_itself": given["user_id"] == given["alias_id"],
    }
    is_sure = ~np.logical_or.reduce([mask.to_numpy(dtype=bool, na_value=False) for mask in conditions.values()])
    sure = given.loc[is_sure, ["user_id", "alias_id"]].drop_duplicates()
    user_counts = sure["alias_id"].value_counts()
    shared = user_counts.index[user_counts > MOST_USERS_PER_SHARED_ID]
    conditions["alias_shared_by_many_users"] = given["alias_id"].isin(shared)
    return sure[~sure["alias_id"].isin(shared)], given, conditions


def resolved_users(links: pd.DataFrame, inputs: Inputs) -> tuple[pd.Series, pd.Index]:
    """Id -> user for every linked id, and all ids of users to forget."""
    requests = inputs.read("erasure_requests")
    requested = requests["user_id"][~is_missing(requests["user_id"])].unique()
    inputs.kept("erasure_requests", len(requested), int(is_missing(requests["user_id"]).sum()))

    ids = pd.Index(pd.concat([links["user_id"], links["alias_id"]]).unique()).sort_values()
    rows, columns = ids.get_indexer(links["user_id"]), ids.get_indexer(links["alias_id"])
    component = components(rows, columns, len(ids))
    people = pd.DataFrame({"id": ids, "component": component, "is_alias": ids.isin(links["alias_id"])})

    erased_components = people.loc[people["id"].isin(requested), "component"]
    erased = pd.Index(requested).union(pd.Index(people.loc[people["component"].isin(erased_components), "id"]))

    # An account before a cookie, then the smallest id.
    named = people.sort_values(["component", "is_alias", "id"]).drop_duplicates("component")
    user_of = named.set_index("component")["id"]
    people = people[~people["component"].isin(erased_components)]
    return pd.Series(people["component"].map(user_of).to_numpy(), index=people["id"]), erased


def clean_events(inputs: Inputs) -> pd.DataFrame:
    events = inputs.read("events")
    events = inputs.accepted(
        "events",
        events,
        "event_id",
        {
            "missing_event_id": is_missing(events["event_id"]),
            "missing_user_id": is_missing(events["user_id"]),
            "missing_event_type": is_missing(events["event_type"]),
            **time_conditions(events["occurred_at"]),
            "impossible_price": is_outside(events["price"], 0, MAXIMUM_AMOUNT),
            "impossible_quantity": is_outside(events["quantity"], 0, MAXIMUM_AMOUNT),
            "impossible_amount": events["price"] * events["quantity"] > MAXIMUM_AMOUNT,
            "impossible_duration": is_outside(events["duration_seconds"], 0, MAXIMUM_DURATION),
        },
        ["user_id"],
    )

    standard = pd.read_csv(REFERENCE / "seg_ref__event_types.csv").set_index("source_event_type")["event_type"]
    spellings = pd.Series(events["event_type"].unique())
    keys = spellings.str.strip().str.lower()
    standard_of = pd.Series(keys.map(standard).fillna(keys).to_numpy(), index=spellings.to_numpy())
    events["event_type"] = events["event_type"].map(standard_of).astype("category")
    for column in ["channel", "device", "user_agent"]:
        events[column] = events[column].astype("category")
    events["source_user_id"] = events["user_id"]
    events["user_id"] = inputs.resolved(events["user_id"])
    return events


def clean_order_lines(inputs: Inputs) -> pd.DataFrame:
    lines = inputs.read("order_lines")
    amount = lines["quantity"].abs() * lines["unit_price"]
    lines = inputs.accepted(
        "order_lines",
        lines,
        "order_line_id",
        {
            **{
                f"missing_{name}": is_missing(lines[name])
                for name in ["order_line_id", "order_id", "user_id", "product_id"]
            },
            **time_conditions(lines["ordered_at"]),
            "missing_quantity": lines["quantity"].isna(),
            "zero_quantity": lines["quantity"] == 0,
            "missing_unit_price": lines["unit_price"].isna(),
            "impossible_unit_price": is_outside(lines["unit_price"], 0, MAXIMUM_AMOUNT),
            "impossible_amount": amount > MAXIMUM_AMOUNT,
            "impossible_discount_amount": is_outside(lines["discount_amount"], 0, amount + 0.01),
        },
        ["user_id"],
    )

    lines["source_user_id"] = lines["user_id"]
    lines["user_id"] = inputs.resolved(lines["user_id"])
    lines["order_status"] = lines["order_status"].str.strip().str.lower()
    lines["discount_amount"] = lines["discount_amount"].fillna(0)
    lines["day"] = day_number(lines["ordered_at"])
    cancelled = lines["order_status"].isin(CANCELLED)
    returned = lines["order_status"].isin(RETURNED)
    amount = lines["quantity"] * lines["unit_price"]
    lines["is_cancelled"] = cancelled
    lines["is_return"] = (lines["quantity"] < 0) | returned
    lines["gross_revenue"] = np.where(cancelled | (lines["quantity"] < 0), 0, amount)
    lines["net_revenue"] = np.select(
        [cancelled, lines["quantity"] < 0, returned],
        [0, amount + lines["discount_amount"], 0],
        amount - lines["discount_amount"],
    )
    return lines


def clean_products(inputs: Inputs, events: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    products = inputs.read("products")
    conditions = {"missing_product_id": is_missing(products["product_id"])}
    for column in ["list_price", "unit_cost", "stock_on_hand", "lead_time_days"]:
        conditions[f"impossible_{column}"] = is_outside(products[column], 0, MAXIMUM_AMOUNT)
    products = inputs.accepted("products", products, "product_id", conditions, [])
    for column in ["category", "brand"]:
        key = products[column].str.strip().str.lower()
        usual = products[column].str.strip().groupby(key).agg(lambda spellings: spellings.mode().iloc[0])
        products[column] = key.map(usual)
    occurring = pd.Index(pd.concat([events["product_id"], lines["product_id"]]).dropna().unique())
    unlisted = pd.DataFrame({"product_id": occurring.difference(products["product_id"])})
    products = pd.concat([products, unlisted], ignore_index=True).sort_values("product_id", ignore_index=True)
    products["product_name"] = products["product_name"].fillna(products["product_id"])
    return products


def clean_users(inputs: Inputs) -> pd.DataFrame:
    users = inputs.read("users")
    users = inputs.accepted(
        "users",
        users,
        "user_id",
        {
            "missing_user_id": is_missing(users["user_id"]),
            "in_the_future": users["signed_up_at"] >= NOW,
            "impossible_birth_year": is_outside(users["birth_year"], FIRST_BIRTH_YEAR, NOW.year),
        },
        ["user_id"],
    )
    users["source_user_id"] = users["user_id"]
    users["user_id"] = inputs.resolved(users["user_id"])
    users["is_alias"] = users["user_id"] != users["source_user_id"]
    return users.sort_values(["user_id", "is_alias", "source_user_id"]).groupby("user_id", as_index=False).first()


def clean_simple(
    inputs: Inputs, name: str, key: str, time_column: str, bounds: dict, required: list[str]
) -> pd.DataFrame:
    frame = inputs.read(name)
    frame = inputs.accepted(
        name,
        frame,
        key,
        {
            **{f"missing_{column}": is_missing(frame[column]) for column in [key, "user_id", *required]},
            **time_conditions(frame[time_column]),
            **{f"impossible_{column}": is_outside(frame[column], *limits) for column, limits in bounds.items()},
        },
        ["user_id"],
    )
    frame["user_id"] = inputs.resolved(frame["user_id"])
    frame["day"] = day_number(frame[time_column])
    return frame


def find_sessions(events: pd.DataFrame, user_ids: pd.Index) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Events in the order of their users and times, each with the number of its session; sessions; their days."""
    shop_session, shop_session_ids = pd.factorize(events["session_id"])
    pairs = pd.DataFrame({"session": shop_session, "user": events["user"]}).drop_duplicates()
    user_counts = np.bincount(pairs["session"][pairs["session"] >= 0], minlength=len(shop_session_ids))
    is_shared = np.append(user_counts > MOST_USERS_PER_SHARED_ID, True)
    events["session"] = np.where(is_shared[shop_session], -1, shop_session)

    events = events.sort_values(["user", "occurred_at", "event_id"], ignore_index=True)
    user = events["user"].to_numpy()
    position = np.arange(len(events))
    is_new = (
        np.r_[True, user[1:] != user[:-1]]
        | (events["occurred_at"].diff() > pd.Timedelta(minutes=SESSION_GAP_MINUTES)).to_numpy()
    )
    visit_start = np.maximum.accumulate(np.where(is_new, position, 0))
    latest_named = np.maximum.accumulate(np.where(events["session"] >= 0, position, -1))
    session = np.where(
        latest_named >= visit_start, events["session"].to_numpy()[latest_named], len(shop_session_ids) + visit_start
    )
    events["session"], session_keys = pd.factorize(session)
    own = session_keys[session_keys >= len(shop_session_ids)] - len(shop_session_ids)
    names = np.empty(len(session_keys), dtype=object)
    is_own = session_keys >= len(shop_session_ids)
    names[~is_own] = np.asarray(shop_session_ids, dtype=object)[session_keys[~is_own]]
    starts = events.loc[own, ["user_id", "occurred_at"]]
    names[is_own] = (starts["user_id"] + " @ " + starts["occurred_at"].astype(str)).to_numpy(dtype=object)
    events["session_id"] = pd.Categorical.from_codes(events["session"], pd.Index(names, dtype="str"))
    events["day"] = day_number(events["occurred_at"])

    for name in EVENT_TYPES:
        events[f"{name}_count"] = (events["event_type"] == name).to_numpy()
    session_days = events.groupby(["session", "day"], as_index=False, sort=False).agg(
        started_at=("occurred_at", "min"),
        ended_at=("occurred_at", "max"),
        event_count=("user", "size"),
        duration_seconds=("duration_seconds", "sum"),
        duration_count=("duration_seconds", "count"),
        **{f"{name}_count": (f"{name}_count", "sum") for name in EVENT_TYPES},
    )
    events = events.drop(columns=[f"{name}_count" for name in EVENT_TYPES])
    session_days["browse_seconds"] = np.where(
        session_days["duration_count"] > 0,
        session_days["duration_seconds"],
        (session_days["ended_at"] - session_days["started_at"]).dt.total_seconds(),
    )
    sessions = session_days.groupby("session", as_index=False).agg(
        started_at=("started_at", "min"),
        ended_at=("ended_at", "max"),
        event_count=("event_count", "sum"),
        browse_seconds=("browse_seconds", "sum"),
        **{f"{name}_count": (f"{name}_count", "sum") for name in EVENT_TYPES},
    )
    # A session is its last user's; in time order where it has several.
    by_session = events.groupby("session")["user"].agg(["min", "max"])
    sessions["user"] = by_session["max"].to_numpy()
    handed_over = by_session.index[by_session["min"] != by_session["max"]]
    of_several = events.loc[events["session"].isin(handed_over), ["session", "occurred_at", "event_id", "user"]]
    last_user = of_several.sort_values(["occurred_at", "event_id"]).groupby("session")["user"].last()
    sessions.loc[last_user.index, "user"] = last_user
    first_rows = events.drop_duplicates("session").set_index("session").sort_index()
    for column in ["session_id", "channel", "device", "user_agent"]:
        sessions[column] = first_rows[column].to_numpy()
    sessions["user_id"] = user_ids[sessions["user"]]
    sessions["day"] = day_number(sessions["started_at"])
    sessions["is_bot"] = find_bots(sessions, events)
    session_days = session_days.merge(
        sessions[["session", "user", "day"]].rename(columns={"day": "start_day"}), on="session"
    )
    return events, sessions, session_days


def find_bots(sessions: pd.DataFrame, events: pd.DataFrame) -> np.ndarray:
    rules = pd.read_csv(REFERENCE / "seg_ref__bot_rules.csv")
    minimum = rules.dropna(subset="minimum").set_index("measure")["minimum"]
    pattern = "|".join(rules["pattern"].dropna())
    agents = events["user_agent"].cat.categories
    bot_codes = np.flatnonzero(agents.str.lower().str.contains(pattern, regex=True))
    is_bot = sessions["session"].isin(events.loc[events["user_agent"].cat.codes.isin(bot_codes), "session"])

    browse_count = sessions["event_count"] - sessions["purchase_count"]
    minutes = ((sessions["ended_at"] - sessions["started_at"]).dt.total_seconds() / 60).clip(lower=1)
    day_count = browse_count.groupby([sessions["user"], sessions["day"]]).transform("sum")
    return (
        is_bot
        | (browse_count / minutes >= minimum["session_events_per_minute"])
        | (browse_count >= minimum["session_event_count"])
        | (day_count >= minimum["user_day_event_count"])
    ).to_numpy()


def order_totals(lines: pd.DataFrame) -> pd.DataFrame:
    is_sold = (lines["quantity"] > 0) & ~lines["is_cancelled"]
    lines = lines.assign(
        sold_count=lines["quantity"].where(is_sold, 0),
        returned_count=lines["quantity"].abs().where(lines["is_return"] & ~lines["is_cancelled"], 0),
        sold_discount=lines["discount_amount"].where(is_sold, 0),
        has_coupon=lines["coupon_id"].notna(),
        is_negative=lines["quantity"] < 0,
    )
    return lines.groupby(["order_id", "user_id"], as_index=False).agg(
        ordered_at=("ordered_at", "min"),
        order_status=("order_status", "min"),
        line_count=("user", "size"),
        product_count=("product", "nunique"),
        unit_count=("sold_count", "sum"),
        returned_unit_count=("returned_count", "sum"),
        gross_revenue=("gross_revenue", "sum"),
        discount_amount=("sold_discount", "sum"),
        net_revenue=("net_revenue", "sum"),
        has_coupon=("has_coupon", "max"),
        is_return=("is_negative", "min"),
        is_cancelled=("is_cancelled", "min"),
    )
