"""Invent a shop of any size: every input of the contract, and the truth a model should find again.

    python tests/benchmark/generate_store.py --users 100000 --days 730 --products 5000 --out store
    python tests/benchmark/generate_store.py --demo    # rewrites the demo seeds and their truth

The same arguments give the same rows on any number of threads and in batches of any size: every
draw is an md5 of the seed, its purpose and its owner. Users are made batch by batch, so memory does
not grow with the store.

What comes out
    <out>/<input>/part-*.parquet, one folder per input, with every column of the contract: events,
    order_lines, products, users, reviews, campaign_touches, identities, erasure_requests. Times are
    UTC, money is decimal shop currency. Read a folder as `<out>/events/*.parquet`. Rows are
    shuffled: no file is in order of time.

Conventions of this shop
    - A purchase is an event and an order line of the same user, product and time. The event's price
      is what was shown; the line's unit_price is before the promotion, its discount_amount holds
      promotion and coupon.
    - A return is a line of its own under the original order_id: negative quantity, status
      `returned`, discount 0, unit_price = what was paid back per unit. The line that was returned
      stays `completed`.
    - An experiment's control group has an impression with variant `control`: it marks the day,
      nothing was shown.
    - A shown recommendation's propensity is that of its product in its position.
    - Before the sign-in in the middle of a visit its events are under a cookie. One visit in eight
      has no session id; visits of one user start at least two hours apart, so 30 minutes of silence
      find them.

The truth, in <out>/truth/<table>/part-*.parquet
    shopper_types        per type: share, visits a year, intent, basket, lifetime, campaign uplift
    rhythms              per type and hour or weekday: share of visits (hours before the user's own
                         shift)
    category_affinities  per type and category: share of the draws that are not favourites
    categories           per category: price elasticity of units, share bought again, complements
    products             per product: quality, rank of popularity in its category before taste,
                         what is bought with it and after it
    price_levels         per category and week: the level of prices, exogenous
    experiments          per experiment: period, shares, relative effect on the order rate (null: by
                         type)
    seasonality          demand = weekday weight * trend * yearly wave * December peak: parameters
    recommendations      per strategy and position of a shown recommendation: share, examination (position
                         1 = 1), relevance (clicks per examined impression), propensity of the strategy
    users                per user: type, churn, rates, sensitivity, favourites
    aliases              per cookie: its true user (null: a public device), where a link can be seen
    dirt                 per dirty row: input_name, dirt_kind, row_key = the row's id; where the id
                         is what is missing, user_id and time, the email or the product name

Dirt kinds, with their rates in store/world.sql
    Spoiled copies beside a clean original: exact_duplicate, near_duplicate (same id, another time
    or case), missing_*, negative_price, absurd_price, negative_discount, zero_quantity, future_time
    (75 years ahead), epoch_time (1970), rating_out_of_range, confidence_out_of_range,
    linked_to_itself, unknown_touch_type.
    Rows of nobody: crawler (says so), rate_bot (a view every two seconds).
    Odd rows that a cleaner should keep: odd_event_type and odd_category (spelled oddly in place),
    shared_session_id (a copy in session `undefined`), return_without_order (a copy under an unknown
    order), weak_link and public_device (links that should not be followed).
"""

import argparse
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

HERE = Path(__file__).resolve().parent
SQL = HERE / "store"
REPOSITORY = HERE.parents[1]

# About 1.7 GB at the peak; smaller batches would leave a second core idle.
USER_DAYS_PER_BATCH = 36_000_000
MEMORY_LIMIT = "2GB"
DEFAULT_END = date(2026, 7, 1)
# Seeds are to stay small, and a tracker may well not say when its events came in.
DEMO = {"users": 2_000, "days": 500, "products": 240, "seed": 42, "are_event_loads_told": False}

# Every input and the order of its rows: by a hash of the key, because a tracker's files are not
# sorted by time; what follows makes the order total, up to rows that are equal.
INPUTS = {
    "events": "md5(event_id), occurred_at, user_id, product_id, event_type",
    "order_lines": "md5(order_line_id), ordered_at, user_id, product_id, quantity, order_status",
    "products": "md5(product_id), product_name",
    "users": "md5(user_id), email",
    "reviews": "md5(review_id), reviewed_at",
    "campaign_touches": "md5(touch_id), touched_at",
    "identities": "md5(alias_id), user_id, match_type, match_confidence",
    "erasure_requests": "md5(user_id), requested_at",
}
TRUTH = {
    "shopper_types": "type_no",
    "rhythms": "shopper_type, kind, number",
    "category_affinities": "shopper_type, category",
    "categories": "category",
    "products": "product_id",
    "price_levels": "category, week_starts_on",
    "experiments": "experiment_id",
    "seasonality": "parameter",
    "recommendations": "strategy, position",
    "users": "user_id",
    "aliases": "alias_id",
    "dirt": "input_name, dirt_kind, row_key",
}
# Made once; everything else is made per batch of users.
OF_STORE = ["products"]
TRUTH_OF_STORE = [
    "shopper_types",
    "rhythms",
    "category_affinities",
    "categories",
    "products",
    "price_levels",
    "experiments",
    "seasonality",
    "recommendations",
]


def main() -> None:
    arguments = parse_arguments()
    if arguments.demo:
        write_demo(REPOSITORY / "seeds" / "demo", REPOSITORY / "tests" / "python" / "demo_truth")
        return
    generate(
        users=arguments.users,
        days=arguments.days,
        products=arguments.products,
        seed=arguments.seed,
        out=arguments.out,
        end=arguments.end,
        file_format=arguments.format,
        threads=arguments.threads,
        show_progress=arguments.progress or sys.stderr.isatty(),
    )


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--users", type=int, default=10_000, help="users, 1,000 to 10 million")
    parser.add_argument("--days", type=int, default=730, help="days before the end")
    parser.add_argument("--products", type=int, default=1_000, help="products, at least 120")
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument(
        "--end", type=date.fromisoformat, default=DEFAULT_END, help="first day after the period"
    )
    parser.add_argument(
        "--out", type=Path, help="folder for the inputs; the truth goes to its folder truth/"
    )
    parser.add_argument("--format", choices=["parquet", "csv"], default="parquet")
    parser.add_argument("--threads", type=int, help="the rows do not depend on it")
    parser.add_argument(
        "--progress", action="store_true", help="show progress although stderr is no terminal"
    )
    parser.add_argument("--demo", action="store_true", help="rewrite demo seeds and their truth")
    arguments = parser.parse_args()
    if not arguments.demo and arguments.out is None:
        parser.error("--out is needed")
    if arguments.products < 120:
        parser.error("--products must be at least 120, so that every brand has one")
    return arguments


def write_demo(
    seeds: Path, truth: Path, seed: int = DEMO["seed"], threads: int | None = None
) -> None:
    """Write the demo store as <seeds>/seg_demo__<input>.csv, its truth as <truth>/<table>.csv."""
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder)
        generate(**{**DEMO, "seed": seed}, out=store, file_format="csv", threads=threads)
        seeds.mkdir(parents=True, exist_ok=True)
        truth.mkdir(parents=True, exist_ok=True)
        for name in INPUTS:
            join_parts(store / name, seeds / f"seg_demo__{name}.csv")
        for name in TRUTH:
            join_parts(store / "truth" / name, truth / f"{name}.csv")


def join_parts(parts: Path, target: Path) -> None:
    """One CSV file out of the parts of one table, with one header."""
    texts = [part.read_bytes() for part in sorted(parts.iterdir())]
    target.write_bytes(texts[0] + b"".join(text.split(b"\n", 1)[1] for text in texts[1:]))


def generate(
    *,
    users: int,
    days: int,
    products: int,
    seed: int,
    out: Path,
    end: date = DEFAULT_END,
    file_format: str = "parquet",
    threads: int | None = None,
    show_progress: bool = False,
    are_event_loads_told: bool = True,
) -> None:
    """Write <out>/<input>/part-*.<format> and <out>/truth/<table>/part-*.<format>."""
    with tempfile.TemporaryDirectory() as spill, duckdb.connect() as connection:
        connection.execute(f"set memory_limit = '{MEMORY_LIMIT}'")
        connection.execute(f"set temp_directory = '{spill}'")
        connection.execute("set timezone = 'UTC'")
        if threads:
            connection.execute(f"set threads = {threads}")

        end_second = int(datetime(end.year, end.month, end.day, tzinfo=UTC).timestamp())
        variables = {
            "seed": seed,
            "user_count": users,
            "product_count": products,
            "day_count": days,
            "start_second": end_second - 86400 * days,
            "end_second": end_second,
        }
        for name, value in variables.items():
            connection.execute(f"set variable {name} = {int(value)}::bigint")
        connection.execute(f"set variable are_event_loads_told = {are_event_loads_told}")

        run(connection, "random", "world", "products", "truth_of_store")
        write_tables(
            connection,
            out,
            file_format,
            part=0,
            inputs=OF_STORE,
            truths=[*TRUTH_OF_STORE, "dirt"],
        )

        users_per_batch = max(1, USER_DAYS_PER_BATCH // days)
        started = time.monotonic()
        for batch_number, first_user in enumerate(range(1, users + 1, users_per_batch), start=1):
            last_user = min(first_user + users_per_batch - 1, users)
            connection.execute(f"set variable first_user = {first_user}::bigint")
            connection.execute(f"set variable last_user = {last_user}::bigint")
            connection.execute("delete from dirt")
            run(connection, "shoppers", "sessions", "considerations")
            run(connection, *[name for name in INPUTS if name not in OF_STORE])
            run(connection, "truth_of_shoppers")
            write_tables(
                connection,
                out,
                file_format,
                part=batch_number,
                inputs=[name for name in INPUTS if name not in OF_STORE],
                truths=[name for name in TRUTH if name not in TRUTH_OF_STORE],
            )
            if show_progress:
                print_progress(last_user, users, time.monotonic() - started)
        if show_progress:
            print(file=sys.stderr)


def run(connection: duckdb.DuckDBPyConnection, *names: str) -> None:
    for name in names:
        connection.execute((SQL / f"{name}.sql").read_text(encoding="utf-8"))


def write_tables(
    connection: duckdb.DuckDBPyConnection,
    out: Path,
    file_format: str,
    *,
    part: int,
    inputs: list[str],
    truths: list[str],
) -> None:
    tables = [(name, out / name, INPUTS[name]) for name in inputs]
    # Inputs and truths may share a name; the dirt is recorded as it is made.
    tables += [
        (name if name == "dirt" else f"truth_{name}", out / "truth" / name, TRUTH[name])
        for name in truths
    ]
    options = "format csv" if file_format == "csv" else "format parquet, compression zstd"
    for table, folder, row_order in tables:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"part-{part:05d}.{file_format}"
        connection.execute(
            f"copy (select * from {table} order by {row_order}) to '{path}' ({options})"
        )


def print_progress(done: int, total: int, seconds: float) -> None:
    filled = 30 * done // total
    bar = "#" * filled + "." * (30 - filled)
    remaining = seconds / done * (total - done)
    text = f"\r[{bar}] {done:,} of {total:,} users, {remaining:,.0f} s to go "
    print(text, end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
