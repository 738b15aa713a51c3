"""How long `dbt build --select tag:realtime` takes after 1,000 new events on the store of bench.py, models and tests.

    python tests/benchmark/realtime.py [--write]       # after bench.py: builds on its store and project

Works on a copy of the project that bench.py left under target/bench/package, and builds it whole first. The new events
are views and carts of the last day: forty users come back, ten come for the first time. A purchase moves mean prices, and
with them the features of everybody: that takes longer and is not measured. Measured is the
second run of two, each with events of its own, as the first one parses the project anew. Printed are the seconds of the
nodes from the first to the last, and what dbt takes besides: its start, reading the project, writing its results.
"""

import argparse
import json
import os
import shutil
import subprocess
import time
from pathlib import Path

import duckdb
from bench import DAYS, PRODUCTS, ROOT, USERS, find_dbt
from results import write_result

EVENTS, BATCHES = 1000, 2


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
    new.mkdir()
    write_events(store, new, batch=0, count=0)
    read_both(project, store, new)

    print(f"{'':<24}{'models and tests s':>20}{'dbt besides s':>16}{'users':>8}")
    run(project, "whole build", ["--resource-type", "seed", "--resource-type", "model"])
    for batch in range(1, BATCHES + 1):
        write_events(store, new, batch, EVENTS)
        of_nodes, besides, users = run(project, f"{EVENTS:,} new events", ["--select", "tag:realtime"])
    if arguments.write:
        events = duckdb.execute(f"select count(*) from '{store}/events/*.parquet'").fetchall()[0][0]
        write_result("realtime", (
            f"{EVENTS:,} new views and carts on a store of {events:,} events, by `dbt build --select tag:realtime`: "
            f"{of_nodes:.1f} s of models and tests for the {users} users concerned, and {besides:.1f} s of dbt's own besides. "
            "A purchase moves mean prices, and with them everybody's features: that takes longer."
        ))


def copy_project(built: Path, project: Path) -> None:
    shutil.rmtree(project, ignore_errors=True)
    shutil.copytree(built, project, symlinks=True, ignore=shutil.ignore_patterns("target", "logs"))
    for file in ["profiles.yml", "packages.yml"]:
        text = (project / file).read_text(encoding="utf-8")
        (project / file).write_text(text.replace(str(built), str(project)), encoding="utf-8")


def read_both(project: Path, store: Path, new: Path) -> None:
    file = project / "dbt_project.yml"
    settings = json.loads(file.read_text(encoding="utf-8"))
    settings["vars"]["seg__events"] = (
        f"(select * from read_parquet('{store}/events/*.parquet')"
        f" union all by name select * from read_parquet('{new}/*.parquet'))"
    )
    file.write_text(json.dumps(settings, indent=2), encoding="utf-8")


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
                    'p' || number % 17 as product_id
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
            ) to '{new}/{batch}.parquet' (format parquet)
        """)


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
    print(f"{name:<24}{of_nodes:>20.1f}{seconds - of_nodes:>16.1f}{users or 'all':>8}", flush=True)
    return of_nodes, seconds - of_nodes, users


if __name__ == "__main__":
    main()
