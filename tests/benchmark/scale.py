"""How a build grows with the events: each stage as a multiple of one scan of them, and what dbt and the tests cost.

    python tests/benchmark/scale.py                          # 1, 5 and 20 million events
    python tests/benchmark/scale.py --millions 1             # a try in two minutes
    python tests/benchmark/scale.py --millions 100 --memory-limit 12GB    # an hour and 60 GB of disk, a table of its own

The floor is one full scan of the same Parquet files with one hash aggregation by user, by DuckDB with as many threads: no
build reads its events for less. A stage counts as long as any of its models runs; stages run side by side, so their
seconds add up to more than the build's. Stores and the project are those of bench.py.
"""

import argparse
import json
import os
import shutil
import subprocess
import time
from pathlib import Path

import duckdb
from bench import ROOT, THEMES, USERS, find_dbt, generate_store, measure_package
from results import write_result

DAYS = 730
# 116,000 users are 5 million events; a shop of more has more products too.
USERS_PER_MILLION = USERS / 5
PRODUCTS = {1: 3_000, 5: 10_000, 20: 50_000, 100: 100_000}
SMALLEST, LARGEST = min(PRODUCTS), max(PRODUCTS)
FLOOR_REPETITIONS = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--millions", type=int, nargs="+", choices=PRODUCTS, default=[1, 5, 20])
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--memory-limit", help="DuckDB's memory_limit, such as 12GB; none: DuckDB's own default")
    parser.add_argument("--write", action="store_true", help="write the figures into RESULTS.md and README.md as well")
    parser.add_argument("--work", type=Path, default=ROOT / "target" / "bench", help="folder for stores and outputs")
    arguments = parser.parse_args()
    arguments.work = arguments.work.resolve()
    arguments.work.mkdir(parents=True, exist_ok=True)

    runs = []
    for millions in sorted(arguments.millions):
        runs.append(measured_size(millions, arguments))
        # After every size: the largest takes longest, and may be more than the machine has.
        texts = {"scale-large" if millions == LARGEST else "scale": growth_table(runs, arguments)}
        if millions == SMALLEST:
            texts["dbt-cost"] = cost_of_dbt(runs[0])
        for name, text in texts.items():
            print(f"\n{text}", flush=True)
            if arguments.write:
                write_result(name, text)


def measured_size(millions: int, arguments: argparse.Namespace) -> dict:
    arguments.users, arguments.days = round(millions * USERS_PER_MILLION), DAYS
    arguments.products = PRODUCTS[millions]
    store = arguments.work / f"store-{arguments.users}-{arguments.days}-{arguments.products}"
    generate_store(store, arguments)
    project = arguments.work / f"scale-{millions}"
    shutil.rmtree(project, ignore_errors=True)
    project.mkdir()
    run = measure_package(store, project, arguments)
    run |= {"events": events_of(store), "floor": floor_seconds(store, arguments.threads)}
    run["stages"] = {stage: seconds_of_stage(run["models"], stage) for stage in dict.fromkeys(THEMES.values())}
    if millions == SMALLEST:
        run["dbt"] = dbt_seconds(project)
    (project / "bench.duckdb").unlink()
    print(f"{millions} million: {run['seconds']:.0f} s, {run['megabytes']:,.0f} MB, floor {run['floor']:.2f} s", flush=True)
    return run


def events_of(store: Path) -> int:
    return duckdb.execute(f"select count(*) from '{store}/events/*.parquet'").fetchall()[0][0]


def floor_seconds(store: Path, threads: int) -> float:
    """The fastest of a few scans of every column, grouped by user."""
    columns = [row[0] for row in duckdb.execute(f"describe from '{store}/events/*.parquet'").fetchall()]
    largest = ", ".join(f"max({column})" for column in columns if column != "user_id")
    found = []
    with duckdb.connect(config={"threads": threads}) as connection:
        for _ in range(FLOOR_REPETITIONS):
            started = time.monotonic()
            connection.execute(
                f"create or replace temp table floor as select user_id, count(*), {largest} "
                f"from '{store}/events/*.parquet' group by user_id"
            )
            found.append(time.monotonic() - started)
    return min(found)


def seconds_of_stage(models: list[dict], stage: str) -> float:
    """How long any model of the stage ran."""
    total, until = 0.0, 0.0
    for model in sorted((m for m in models if m["step"] == stage), key=lambda m: m["started"]):
        total += max(0.0, model["ended"] - max(model["started"], until))
        until = max(until, model["ended"])
    return total


def dbt_seconds(project: Path) -> dict:
    """Parsing all files and none, the tests of the build, and how many nodes there are."""
    dbt, environment = [find_dbt(), "--quiet"], {**os.environ, "DBT_PROFILES_DIR": str(project)}

    def seconds(*options: str) -> float:
        started = time.monotonic()
        subprocess.run([*dbt, *options], cwd=project, env=environment, check=True)
        return time.monotonic() - started

    found = {"parse": seconds("parse", "--no-partial-parse"), "parse_again": seconds("parse"), "tests": seconds("test")}
    manifest = json.loads((project / "target" / "manifest.json").read_text(encoding="utf-8"))
    kinds = [node["resource_type"] for node in manifest["nodes"].values()]
    return found | {"models": kinds.count("model"), "data_tests": kinds.count("test")}


def growth_table(runs: list[dict], arguments: argparse.Namespace) -> str:
    limit = f", DuckDB's memory_limit {arguments.memory_limit}" if arguments.memory_limit else ""
    lines = [
        f"Whole builds without tests on {arguments.threads} threads{limit}; stages in multiples of the floor, one scan of all "
        "columns of the events with one aggregation by user:",
        "",
        "| events | users | build | s per million | peak memory | floor | "
        + " | ".join(runs[0]["stages"]) + " | slowest models |",
        "| ---: " * 6 + "| ---: " * len(runs[0]["stages"]) + "| --- |",
    ]
    for run in runs:
        slowest = sorted(run["models"], key=lambda model: -model["seconds"])[:3]
        lines.append(
            f"| {run['events']:,} | {run['counts']['users']:,.0f} | {run['seconds']:.0f} s "
            f"| {run['seconds'] / run['events'] * 1e6:.1f} | {run['megabytes']:,.0f} MB | {run['floor']:.2f} s | "
            + " | ".join(f"{seconds / run['floor']:.0f} x" for seconds in run["stages"].values())
            + " | " + ", ".join(f"`{model['model']}` {model['seconds']:.0f} s" for model in slowest) + " |"
        )
    return "\n".join(lines)


def cost_of_dbt(run: dict) -> str:
    own = run["dbt"]
    return (
        f"dbt's own cost: {own['models']} models and {own['data_tests']} data tests are parsed in {own['parse']:.1f} s, in "
        f"{own['parse_again']:.1f} s where nothing changed. All data tests take {own['tests']:.0f} s with dbt's start, "
        f"{own['tests'] / run['seconds']:.0%} of the {run['seconds']:.0f} s of the build of {run['events']:,} events."
    )


if __name__ == "__main__":
    main()
