"""How long `dbt build --select tag:realtime` takes after 1,000 new events, and after a day more, on the store of bench.py.

    python tests/benchmark/realtime.py [--write]       # after bench.py: builds on its store and project

Works on a copy of the project that bench.py left under target/bench/package, and builds it whole first. The new events
are views and carts of the last day: forty users come back, ten come for the first time. A purchase moves mean prices, and
with them the features of everybody: that takes longer. Measured is the median of the second run and further ones, each with
events of its own, as the first one parses the project anew. Then comes a day more: the events and order lines of the last
whole day once again, a day later, so that the as-of date moves. At last new events again, from inputs without `loaded_at`, of
which all rows are read to find them. Printed are the seconds of models and tests from the first to the last, and what dbt takes
besides: its start, reading the project, writing its results.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import time
from pathlib import Path

import duckdb
from bench import DAYS, PRODUCTS, ROOT, USERS, find_dbt
from results import write_result

EVENTS, BATCHES = 1000, 4
# Inputs that come in, their time and their keys.
TIMES = {"events": "occurred_at", "order_lines": "ordered_at"}
KEYS = {"events": ["event_id", "session_id"], "order_lines": ["order_line_id", "order_id"]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--users", type=int, default=USERS)
    parser.add_argument("--days", type=int, default=DAYS)
    parser.add_argument("--products", type=int, default=PRODUCTS)
    parser.add_argument("--work", type=Path, default=ROOT / "target" / "bench")
    parser.add_argument("--write", action="store_true", help="write the figures into RESULTS.md and README.md as well")
    arguments = parser.parse_args()

    work = arguments.work.resolve()
    store = work / f"store-{arguments.users}-{arguments.days}-{arguments.products}"
    project = work / "realtime"
    copy_project(work / "package", project)
    new = project / "new"
    for input_name in TIMES:
        (new / input_name).mkdir(parents=True)
        write_day(store, new, input_name, count=0)
    read_both(project, store, new)

    print(f"{'':<32}{'models and tests s':>20}{'dbt besides s':>16}{'users':>8}")
    of_whole, *_ = run(project, "whole build", ["--resource-type", "seed", "--resource-type", "model"])
    told = take_in(project, store, new, range(1, BATCHES + 1))
    of_nodes, besides, users = (statistics.median(figures) for figures in zip(*told, strict=True))
    of_day = sum(write_day(store, new, input_name) for input_name in TIMES)
    of_day_nodes, of_day_besides, of_day_users = run(project, f"a day more, {of_day:,} rows", ["--select", "tag:realtime"])
    read_both(project, store, new, columns="* exclude (loaded_at)")
    untold = take_in(project, store, new, range(BATCHES + 1, 2 * BATCHES + 1))
    if arguments.write:
        events = duckdb.execute(f"select count(*) from '{store}/events/*.parquet'").fetchall()[0][0]
        write_result("realtime", (
            f"{EVENTS:,} new views and carts on a store of {events:,} events, by `dbt build --select tag:realtime`: "
            f"{of_nodes:.1f} s of models and tests ({min(told)[0]:.1f} to {max(told)[0]:.1f} s in {len(told)} runs) for the {users:.0f} users "
            f"concerned, and {besides:.1f} s of dbt's own besides; without `loaded_at` "
            f"{statistics.median(of_run for of_run, *_ in untold):.1f} s ({min(untold)[0]:.1f} to {max(untold)[0]:.1f} s). "
            "A purchase moves mean prices, and with them everybody's features: that takes longer.\n\n"
            f"A day more, {of_day:,} events and order lines, moves the as-of date: {of_day_nodes:.0f} s of models and tests to clean the "
            f"rows of the {of_day_users:,} users concerned and make everybody's features, segments, predictions and lists as of the new date, and "
            f"{of_day_besides:.1f} s of dbt's own. That is {of_day_nodes / of_whole:.0%} of the {of_whole:.0f} s of the whole build, "
            "which also fits, predicts and measures."
        ))


def copy_project(built: Path, project: Path) -> None:
    shutil.rmtree(project, ignore_errors=True)
    shutil.copytree(built, project, symlinks=True, ignore=shutil.ignore_patterns("target", "logs"))
    for file in ["profiles.yml", "packages.yml"]:
        text = (project / file).read_text(encoding="utf-8")
        (project / file).write_text(text.replace(str(built), str(project)), encoding="utf-8")


def read_both(project: Path, store: Path, new: Path, columns: str = "*") -> None:
    file = project / "dbt_project.yml"
    settings = json.loads(file.read_text(encoding="utf-8"))
    for input_name in TIMES:
        settings["vars"][f"seg__{input_name}"] = (
            f"(select {columns} from read_parquet('{store}/{input_name}/*.parquet')"
            f" union all by name select {columns} from read_parquet('{new}/{input_name}/*.parquet'))"
        )
    file.write_text(json.dumps(settings, indent=2), encoding="utf-8")


def take_in(project: Path, store: Path, new: Path, batches: range) -> list[tuple[float, float, int]]:
    """What `run` found of each batch of new events but the first."""
    runs = []
    for batch in batches:
        write_events(store, new, batch, EVENTS)
        runs.append(run(project, f"{EVENTS:,} new events", ["--select", "tag:realtime"]))
    return runs[1:]


def write_events(store: Path, new: Path, batch: int, count: int) -> None:
    """Of users picked by the batch's number, within the last day that the store knows: the as-of date stays."""
    with duckdb.connect() as connection:
        connection.execute(f"""
            copy (
                select
                    'now {batch} ' || number as event_id,
                    coalesce(known.user_id, 'now {batch} ' || number % 50) as user_id,
                    case when number % 10 = 0 then 'cart_add' else 'view' end as event_type,
                    last_day + to_seconds(number) as occurred_at,
                    'p' || number % 17 as product_id,
                    cast(now() at time zone 'UTC' as timestamp) as loaded_at
                from range({count}) as numbers (number)
                cross join (
                    select date_trunc('day', max(occurred_at)) as last_day from '{store}/events/*.parquet'
                    where occurred_at < now()
                ) as days
                left join (
                    select user_id, row_number() over (order by md5(user_id || {batch})) - 1 as place
                    from (select distinct user_id from '{store}/events/*.parquet' where user_id like 'u%')
                ) as known
                on known.place = number % 50 and known.place < 40
            ) to '{new}/events/{batch}.parquet' (format parquet)
        """)


def write_day(store: Path, new: Path, input_name: str, count: int | None = None) -> int:
    """The rows of the last whole day that the store knows once more, a day after the last one; returns how many."""
    time_column, rows = TIMES[input_name], f"'{store}/{input_name}/*.parquet'"
    keys = ", ".join(f"'more ' || {key} as {key}" for key in KEYS[input_name])
    with duckdb.connect() as connection:
        return connection.execute(f"""
            copy (
                select * replace (
                    {keys}, {time_column} + interval 2 day as {time_column}, cast(now() at time zone 'UTC' as timestamp) as loaded_at
                )
                from {rows}
                cross join (
                    select date_trunc('day', max(occurred_at)) as last_day from '{store}/events/*.parquet'
                    where occurred_at < now()
                ) as days
                where {time_column} >= last_day - interval 1 day and {time_column} < last_day
                {"" if count is None else f"limit {count}"}
            ) to '{new}/{input_name}/day.parquet' (format parquet)
        """).fetchall()[0][0]


def run(project: Path, name: str, options: list[str]) -> tuple[float, float, int]:
    """Seconds of the nodes and of dbt besides them, and the users who were made anew; 0 where everybody was."""
    environment = {**os.environ, "DBT_PROFILES_DIR": str(project)}
    started = time.monotonic()
    subprocess.run([find_dbt(), "--quiet", "build", *options], cwd=project, env=environment, check=True)
    seconds = time.monotonic() - started
    results = json.loads((project / "target" / "run_results.json").read_text(encoding="utf-8"))
    with duckdb.connect(str(project / "bench.duckdb"), read_only=True) as connection:
        users = connection.execute("select count(user_id) from int_seg__users_to_refresh").fetchall()[0][0]
    of_nodes = results["elapsed_time"]
    print(f"{name:<32}{of_nodes:>20.1f}{seconds - of_nodes:>16.1f}{users or 'all':>8}", flush=True)
    return of_nodes, seconds - of_nodes, users


if __name__ == "__main__":
    main()
