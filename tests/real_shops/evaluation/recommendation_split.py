"""The shops whose recommendations are measured, each cut at a time: what was known before and what was bought after.

A shop's folder holds split.json and, as Parquet: the inputs that the package gets, history (one row per user, product and
day before the cut), catalogue (the products sold or seen before it, no services) and targets.
"""

import csv
import json
import tempfile
from pathlib import Path

import duckdb
from cut_shops import ROOT, cleaned_inputs, complete_journey, generated, online_retail

SHOPS = {
    "online_retail": online_retail,
    "complete_journey": complete_journey,
    "generated_1": generated("Generated store 1", 7, 8000),
    "generated_2": generated("Generated store 2", 2024, 8000, products=2000),
    # Views, carts and purchases alone, as REES46 gives them.
    "generated_events": generated("Generated store of events alone", 46, 12_000, days=365, given=("events", "products")),
}
MODES = {"repeats": "repeats allowed", "new": "products not bought before"}
BROWSE_TYPES = ["view", "click", "cart_add", "cart_remove", "wishlist"]


def split_shop(name: str, folder: Path) -> dict:
    """Write the shop's folder and return what split.json says; `why_not` in it where the shop's data is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as whole:
        shop = SHOPS[name](Path(whole))
        said = {"title": shop.title, "horizon_days": shop.horizon_days, "why_not": shop.why_not}
        if shop.database is not None:
            with duckdb.connect(str(shop.database), read_only=True) as connection:
                said |= cut_off(connection, shop.horizon_days, folder)
    (folder / "split.json").write_text(json.dumps(said, indent=1))
    return said


def cut_off(connection: duckdb.DuckDBPyConnection, horizon_days: int, folder: Path) -> dict:
    cut = connection.execute(f"""
        select cast(max(order_date) as date) + 1 - {horizon_days} from seg__order_lines
    """).fetchall()[0][0]
    tables = {
        "history": f"""
            select
                days.user_id, days.product_id, days.activity_date, days.order_count,
                {event_weight()} as event_weight
            from int_seg__user_product_days as days
            inner join seg__products as products on days.product_id = products.product_id
            where days.activity_date < date '{cut}' and not products.is_service
            order by 1, 2, 3
        """,
        "catalogue": f"select distinct product_id from '{folder}/history.parquet' order by 1",
        # Products that nobody had seen before the cut are targets too: nobody can name them.
        "targets": f"""
            select
                days.user_id,
                days.product_id,
                coalesce(bool_or(before.order_count > 0), false) as is_repeat,
                days.user_id in (select user_id from '{folder}/history.parquet') as has_history
            from int_seg__user_product_days as days
            inner join seg__products as products on days.product_id = products.product_id
            left join '{folder}/history.parquet' as before
                on days.user_id = before.user_id and days.product_id = before.product_id
            where
                days.activity_date >= date '{cut}' and days.activity_date < date '{cut}' + {horizon_days}
                and days.order_count > 0 and not products.is_service
            group by 1, 2
            order by 1, 2
        """,
    }
    for table, query in tables.items():
        connection.execute(f"copy ({query}) to '{folder}/{table}.parquet' (format parquet)")
    inputs = cleaned_inputs(connection, folder, {
        "order_lines": f"seg__order_lines where ordered_at < date '{cut}' and source_input = 'order_lines'",
        "events": f"seg__events where occurred_at < date '{cut}' and source_input = 'events'",
        "reviews": f"int_seg__reviews_kept where reviewed_at < date '{cut}'",
        # Stock is that of the day after the last row: nobody knew it at the cut.
        "products": f"""
            (select * exclude (stock_on_hand, is_listed, is_service) from seg__products where is_listed)
            where product_id in (select product_id from '{folder}/catalogue.parquet')
            or product_id in (select product_id from seg__products where is_service)
        """,
    })
    services = connection.execute("select distinct category from seg__products where is_service order by 1").fetchall()
    return {"cut": str(cut), "inputs": inputs, "service_categories": [row[0] for row in services]}


def event_weight() -> str:
    """What the user did with the product on a day, in the package's weights of events; a purchase counts once per order."""
    with (ROOT / "seeds" / "reference" / "seg_ref__event_weights.csv").open() as file:
        weights = {row["event_type"]: row["weight"] for row in csv.DictReader(file)}
    parts = [f"days.{event_type}_count * {weights[event_type]}" for event_type in BROWSE_TYPES]
    return " + ".join([*parts, f"days.order_count * {weights['purchase']}"])
