"""Sums per user and day, and features per user as of several dates."""

import numpy as np
import pandas as pd

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
from peers.with_pandas.columns import as_date, day_number, ratio


def add_features(shop: dict, report: Report) -> dict:
    shop["user_days"] = daily_sums(shop)
    shop["product_days"] = daily_product_sums(shop)
    report.write("user_days", shop["user_days"])
    report.write("user_product_days", shop["product_days"])

    first_day = min(shop["events"]["day"].min(), shop["lines"]["day"].min())
    last_day = max(shop["events"]["day"].max(), shop["lines"]["day"].max())
    shop["dates"] = [
        (split, last_day + 1 - number * HORIZON_DAYS)
        for number, split in enumerate(SPLITS)
        if last_day + 1 - number * HORIZON_DAYS >= first_day + 30
    ]
    # Known from the first day of any activity or from the sign-up.
    known = shop["user_days"].groupby("user")["day"].min().reindex(range(len(shop["user_ids"])))
    sign_up = shop["users"].dropna(subset="signed_up_at").set_index("user")["signed_up_at"]
    sign_up_day = pd.Series(day_number(sign_up), index=sign_up.index)
    shop["known_day"] = pd.concat([known, sign_up_day.reindex(known.index)], axis=1).min(axis=1)
    listed = np.zeros(len(known), bool)
    listed[shop["users"]["user"]] = True
    shop["is_user"] = known.notna().to_numpy() | listed

    shop["features"] = pd.concat([features_at(shop, split, day) for split, day in shop["dates"]], ignore_index=True)
    features = shop["features"]
    written = features.assign(user_id=shop["user_ids"][features["user"]], as_of_date=as_date(features["day"]))
    report.write("user_features", written.drop(columns=["user", "day"]))
    report.counts |= {"feature rows": len(features), "feature columns": features.shape[1] - 1}
    return shop


def daily_sums(shop: dict) -> pd.DataFrame:
    """One row per user and day, with everything that is counted."""
    events = shop["events"]
    hour = events["occurred_at"].dt.hour.to_numpy()
    columns = {"user": events["user"], "day": events["day"], "event_count": 1}
    for name in EVENT_TYPES:
        columns[f"{name}_count"] = (events["event_type"] == name).to_numpy()
    for number, part in enumerate(DAY_PARTS):
        columns[f"{part}_event_count"] = hour // 6 == number
    columns["weekend_event_count"] = (events["day"].to_numpy() + 3) % 7 >= 5
    of_events = pd.DataFrame(columns).groupby(["user", "day"], sort=False).sum()

    days = shop["session_days"]
    of_sessions = (
        pd.DataFrame(
            {
                "user": days["user"],
                "day": days["day"],
                "session_count": days["day"] == days["start_day"],
                "purchase_session_count": days["purchase_count"] > 0,
                "cart_session_count": days["cart_add_count"] > 0,
                "abandoned_session_count": (days["cart_add_count"] > 0) & (days["purchase_count"] == 0),
                "browse_seconds": days["browse_seconds"],
            }
        )
        .groupby(["user", "day"], sort=False)
        .sum()
    )

    lines = shop["lines"]
    is_sold = (lines["quantity"] > 0) & ~lines["is_cancelled"]
    of_lines = (
        pd.DataFrame(
            {
                "user": lines["user"],
                "day": lines["day"],
                "unit_count": lines["quantity"].where(is_sold, 0),
                "returned_unit_count": lines["quantity"].abs().where(lines["is_return"] & ~lines["is_cancelled"], 0),
                "gross_revenue": lines["gross_revenue"],
                "discount_amount": lines["discount_amount"].where(is_sold, 0),
                "net_revenue": lines["net_revenue"],
            }
        )
        .groupby(["user", "day"], sort=False)
        .sum()
    )

    placed = lines[lines["quantity"] > 0]
    orders = (
        pd.DataFrame(
            {
                "user": placed["user"],
                "order_id": placed["order_id"],
                "day": placed["day"],
                "has_coupon": placed["coupon_id"].notna(),
                "is_cancelled": placed["is_cancelled"],
            }
        )
        .groupby(["user", "order_id"])
        .agg({"day": "min", "has_coupon": "max", "is_cancelled": "min"})
        .reset_index()
    )
    of_orders = (
        pd.DataFrame(
            {
                "user": orders["user"],
                "day": orders["day"],
                "placed_order_count": 1,
                "cancelled_order_count": orders["is_cancelled"],
                "order_count": ~orders["is_cancelled"],
                "coupon_order_count": orders["has_coupon"] & ~orders["is_cancelled"],
            }
        )
        .groupby(["user", "day"], sort=False)
        .sum()
    )

    reviews, touches = shop["reviews"], shop["touches"]
    of_reviews = (
        pd.DataFrame(
            {"user": reviews["user"], "day": reviews["day"], "review_count": 1, "rating_total": reviews["rating"]}
        )
        .groupby(["user", "day"], sort=False)
        .sum()
    )
    touches = touches[touches["variant"].str.strip().str.lower().ne("control").fillna(True)]
    kind = touches["touch_type"].str.strip().str.lower()
    of_touches = (
        pd.DataFrame(
            {
                "user": touches["user"],
                "day": touches["day"],
                "touch_count": ~kind.isin(["click", "open", "redeem"]),
                "touch_response_count": kind.isin(["click", "redeem"]),
            }
        )
        .groupby(["user", "day"], sort=False)
        .sum()
    )

    parts = [of_events, of_sessions, of_lines, of_orders, of_reviews, of_touches]
    days = pd.concat(parts, axis=1).fillna(0).sort_index().reset_index()
    is_active = days["event_count"] + days["placed_order_count"] + days["returned_unit_count"] > 0
    days["active_day_count"] = is_active.astype(int)
    is_order_day = days["order_count"] > 0
    gap = days.loc[is_order_day].groupby("user")["day"].diff()
    days["order_gap_days"] = gap.reindex(days.index)
    return days


def daily_product_sums(shop: dict) -> pd.DataFrame:
    """One row per user, product and day, with what recommendations and affinities need."""
    events = shop["events"]
    events = events[events["product"] >= 0]
    columns = {"user": events["user"], "product": events["product"], "day": events["day"]}
    for name in EVENT_WEIGHTS:
        columns[f"{name}_count"] = (events["event_type"] == name).to_numpy()
    of_events = pd.DataFrame(columns).groupby(["user", "product", "day"], sort=False).sum()

    lines = shop["lines"][~shop["lines"]["is_cancelled"]]
    is_sold = lines["quantity"] > 0
    of_lines = (
        pd.DataFrame(
            {
                "user": lines["user"],
                "product": lines["product"],
                "day": lines["day"],
                "order_count": is_sold & ~lines.duplicated(["user", "product", "day", "order_id"]),
                "unit_count": lines["quantity"].where(is_sold, 0),
                "gross_revenue": lines["gross_revenue"],
                "net_revenue": lines["net_revenue"],
            }
        )
        .groupby(["user", "product", "day"], sort=False)
        .sum()
    )

    # In order, so that half-lives are added up in the same order whatever wrote the rows.
    days = pd.concat([of_events, of_lines], axis=1).fillna(0).sort_index().reset_index()
    weight = sum(days[f"{name}_count"] * EVENT_WEIGHTS[name] for name in EVENT_WEIGHTS if name != "purchase")
    bought = np.maximum(days["purchase_count"], days["order_count"])
    days["browse_weight"] = weight.astype("float32")
    days["affinity"] = weight + bought * EVENT_WEIGHTS["purchase"]
    days["is_bought"] = bought > 0
    return days


def features_at(shop: dict, split: str, day: int) -> pd.DataFrame:
    """One row per user known before the day, or per listed user at the scoring date; nothing from the day on."""
    is_known = (shop["known_day"] < day).to_numpy()
    if split == "scoring":
        is_known = is_known | shop["is_user"] & shop["known_day"].isna().to_numpy()
    users = np.flatnonzero(is_known)

    days = shop["user_days"]
    days = days[days["day"] < day]
    is_active, is_order_day = days["active_day_count"] > 0, days["order_count"] > 0
    result = {"user": users, "day": day, "split": split}

    seen = days[is_active].groupby("user")["day"].agg(["min", "max"]).reindex(users)
    ordered = days[is_order_day].groupby("user")["day"].agg(["min", "max"]).reindex(users)
    result["days_since_first_seen"] = day - seen["min"].to_numpy()
    result["days_since_last_seen"] = day - seen["max"].to_numpy()
    result["days_since_first_order"] = day - ordered["min"].to_numpy()
    result["days_since_last_order"] = day - ordered["max"].to_numpy()

    other = [name for name in days.columns if name not in {*WINDOWED, "user", "day", "order_gap_days"}]
    total = days.groupby("user")[WINDOWED + other].sum().reindex(users, fill_value=0)
    recent = {
        window: days[days["day"] >= day - window].groupby("user")[WINDOWED].sum().reindex(users, fill_value=0)
        for window in WINDOWS
    }
    for sums in [total, *recent.values()]:
        sums["net_revenue"] = sums["net_revenue"].round(MONEY_DECIMALS)
    for name in WINDOWED:
        for window in WINDOWS:
            result[f"{name}_{window}d"] = recent[window][name].to_numpy()
        result[name] = total[name].to_numpy()

    gaps = days.dropna(subset="order_gap_days").groupby("user")["order_gap_days"].agg(["mean", "std", "last"])
    gaps = gaps.reindex(users)
    result["mean_days_between_orders"] = gaps["mean"].to_numpy()
    result["sd_days_between_orders"] = gaps["std"].to_numpy()
    result["days_between_last_two_orders"] = gaps["last"].to_numpy()
    result["recency_to_rhythm"] = result["days_since_last_order"] / gaps["mean"].to_numpy()

    for name, numerator, denominator in RATIOS:
        result[name] = ratio(total[numerator], total[denominator])
    result["review_count"], result["touch_count"] = (total["review_count"].to_numpy(), total["touch_count"].to_numpy())
    for trend, name in TRENDS.items():
        late = recent[30][name].clip(lower=0) / 30
        early = (recent[90][name] - recent[30][name]).clip(lower=0) / 60
        result[trend] = ratio(late - early, late + early)
    return pd.DataFrame({**result, **affinities_at(shop, day, users)})


def affinities_at(shop: dict, day: int, users: np.ndarray) -> dict[str, np.ndarray]:
    days, products = shop["product_days"], shop["products"]
    past = days.loc[days["day"] < day, ["user", "product", "affinity", "unit_count", "gross_revenue"]]
    pairs = past.groupby(["user", "product"], sort=False, as_index=False).sum()
    result = {}
    for attribute in ["category", "brand"]:
        code, names = pd.factorize(products[attribute], sort=True)
        pairs["value"] = code[pairs["product"]]
        sums = pairs[pairs["value"] >= 0].groupby(["user", "value"], as_index=False).sum()
        sums["affinity"] = sums["affinity"].clip(lower=0)
        sums["share"] = ratio(sums["affinity"], sums.groupby("user")["affinity"].transform("sum"))
        liked = sums[sums["affinity"] > 0]
        favourite = liked.sort_values(["affinity", "value"], ascending=[False, True]).drop_duplicates("user")
        favourite = favourite.set_index("user").reindex(users)
        favourite_name = np.append(np.asarray(names, dtype=object), None)[favourite["value"].fillna(-1).astype(int)]
        result[f"favourite_{attribute}"] = pd.array(favourite_name, dtype="str")
        result[f"favourite_{attribute}_share"] = favourite["share"].to_numpy()
        if attribute == "category":
            entropy = (-liked["share"] * np.log(liked["share"])).groupby(liked["user"]).sum()
            result["category_count"] = liked.groupby("user").size().reindex(users, fill_value=0).to_numpy()
            result["category_entropy"] = entropy.reindex(users).to_numpy()
            bought = sums[sums["unit_count"] > 0]
            price = bought.groupby("value")[["gross_revenue", "unit_count"]].sum()
            price = price["gross_revenue"] / price["unit_count"]
            expected = (bought["unit_count"] * bought["value"].map(price)).groupby(bought["user"]).sum()
            paid = bought.groupby("user")["gross_revenue"].sum()
            result["price_level"] = ratio(paid.reindex(users), expected.reindex(users))
    return result
