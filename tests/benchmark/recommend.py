"""Time and memory of the recommendation models beside implicit, on a store of 20 million events.

    python tests/benchmark/recommend.py                                        # 400,000 users, 50,000 products
    python tests/benchmark/recommend.py --users 40000 --products 5000 --events 2000000
    python tests/benchmark/recommend.py --fan-out                              # what bounding costs in NDCG

The store is written as the tables that the models read (recommend.sql), so that cleaning and features are not measured.
Measured is one `dbt run` of the models from int_seg__product_signals to the three marts, in an empty project that
installs the package: every strategy at three dates, the choice of similarities, the weights of the blend, lists and
metrics of the test period, and a list for every user, dbt's own start with it. implicit reads the same days of the same
users, weighs them alike, fits BM25 neighbours at one date and recommends to the same users; it chooses and measures nothing.

--fan-out builds the demo store, then the recommendation models again for each value of the vars that bound them.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
from bench import ROOT, find_dbt, measured, seconds_of, write_project
from results import write_result

HERE = Path(__file__).resolve().parent
USERS, PRODUCTS, EVENTS = 400_000, 50_000, 20_000_000
MARTS = ["seg__user_recommendations", "seg__segment_recommendations", "seg__similar_products"]
FITS = ["ml_seg__product_regression_fits", "ml_seg__recommendation_blend_fits"]
SEEDS = ["event_weights", "recommendation_blends", "repeat_categories", "segments", "similarity_variants"]
# Values of each var that bounds the fan-out; the others keep their defaults.
FAN_OUT = {
    "seg__max_source_products": [10, 30, 100],
    "seg__max_products_per_user": [30, 100],
    # All users of the demo store have 296,000 pairs.
    "seg__max_product_pairs": [75_000, 150_000],
    "seg__max_regression_products_per_user": [30, 100, 300],
    "seg__regression_weight_count": [20, 60, 200],
    "seg__similar_product_count": [10, 20, 50],
    "seg__max_similar_candidates": [20, 50],
}
# What the large store is built with: the defaults suit small shops, and are in the table of --fan-out too.
BOUNDS = {
    "seg__max_source_products": 10, "seg__max_products_per_user": 30, "seg__max_similar_candidates": 20,
    "seg__max_regression_products_per_user": 30, "seg__regression_weight_count": 20,
}
NEIGHBOURS, LIST_LENGTH = 20, 10
SLOWEST_SHOWN = 20


def main() -> None:
    arguments = parse_arguments()
    if arguments.implicit:
        recommend_with_implicit(arguments.implicit)
        return
    arguments.work.mkdir(parents=True, exist_ok=True)
    if arguments.fan_out:
        print_fan_out(arguments)
        return
    store = arguments.work / f"recommend-{arguments.users}-{arguments.products}-{arguments.events}.duckdb"
    generate_store(store, arguments)
    runs = {}
    if arguments.only in (None, "package"):
        runs["package"] = measure_package(store, arguments)
        print_run("package", runs["package"])
        print_models(runs["package"]["models"])
    if arguments.only in (None, "implicit"):
        runs["implicit"] = measure_implicit(store, arguments)
        print_run("implicit", runs["implicit"])
    if arguments.write and len(runs) == 2:
        write_result("recommend-bench", as_markdown(runs, store, arguments))


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--users", type=int, default=USERS)
    parser.add_argument("--products", type=int, default=PRODUCTS)
    parser.add_argument("--events", type=int, default=EVENTS)
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="threads of either side")
    parser.add_argument("--memory-limit", default="5GB", help="DuckDB's memory_limit, which a process exceeds by up to a tenth")
    parser.add_argument("--vars", type=json.loads, default=BOUNDS, help="vars of the package, as JSON")
    parser.add_argument("--write", action="store_true", help="write the figures into RESULTS.md and README.md as well")
    parser.add_argument("--only", choices=["package", "implicit"], help="run one side only")
    parser.add_argument("--fan-out", action="store_true", help="NDCG on the demo store by the vars that bound the fan-out")
    parser.add_argument("--work", type=Path, default=ROOT / "target" / "bench", help="folder for stores and outputs")
    parser.add_argument("--implicit", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    arguments.work = arguments.work.resolve()
    return arguments


def generate_store(store: Path, arguments: argparse.Namespace) -> None:
    if store.exists():
        return
    unfinished = store.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    sql = (HERE / "recommend.sql").read_text(encoding="utf-8")
    with duckdb.connect(str(unfinished)) as connection:
        connection.execute(f"set threads = {arguments.threads}; set memory_limit = '{arguments.memory_limit}'")
        connection.execute(
            sql.format(users=arguments.users, products=arguments.products, events=arguments.events)
        )
    unfinished.rename(store)


def measure_package(store: Path, arguments: argparse.Namespace) -> dict:
    """Seeds and parsing come before; measured are the models."""
    project = arguments.work / "recommend"
    shutil.rmtree(project, ignore_errors=True)
    project.mkdir()
    write_project(project, store, arguments)
    settings = json.loads((project / "dbt_project.yml").read_text(encoding="utf-8"))
    # The tables are there: no inputs.
    settings["vars"] = arguments.vars
    (project / "dbt_project.yml").write_text(json.dumps(settings, indent=2), encoding="utf-8")
    shutil.copyfile(store, project / "bench.duckdb")
    environment = {**os.environ, "DBT_PROFILES_DIR": str(project)}
    dbt = [find_dbt(), "--quiet"]
    subprocess.run([*dbt, "deps"], cwd=project, env=environment, check=True)
    subprocess.run(
        [*dbt, "seed", "--select", *(f"seg_ref__{name}" for name in SEEDS)], cwd=project, env=environment, check=True
    )
    run = measured([*dbt, "run", "--select", *selected("ecommerce_segmentation.")], project, environment)
    run["models"] = models_of(project, run["samples"])
    with duckdb.connect(str(project / "bench.duckdb"), read_only=True) as connection:
        run["users"], run["rows"] = connection.execute(
            "select count(distinct user_id), count(*) from seg__user_recommendations"
        ).fetchall()[0]
        print(personal_ndcg(connection))
    return run


def selected(package: str) -> list[str]:
    """What the marts need of the recommendation models, and of nothing before them."""
    folders = [f"{package}intermediate.recommendations", f"{package}marts.recommendations"]
    return [f"+{mart},{folder}" for mart in MARTS for folder in folders] + FITS


def models_of(project: Path, samples: list[tuple[float, float]]) -> list[dict]:
    models = []
    for result in json.loads((project / "target" / "run_results.json").read_text(encoding="utf-8"))["results"]:
        timing = [step for step in result["timing"] if step["name"] == "execute"]
        if timing:
            started, ended = (seconds_of(timing[0][key]) for key in ["started_at", "completed_at"])
            within = [megabytes for at, megabytes in samples if started <= at <= ended]
            models.append({
                "model": result["unique_id"].split(".")[-1],
                "seconds": result["execution_time"],
                "megabytes": max(within, default=0.0),
            })
    return models


def measure_implicit(store: Path, arguments: argparse.Namespace) -> dict:
    folder = arguments.work / "implicit"
    folder.mkdir(exist_ok=True)
    # One thread of BLAS, as implicit asks for: it has threads of its own.
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": str(arguments.threads)}
    run = measured([sys.executable, Path(__file__).resolve(), "--implicit", store], folder, environment)
    run["users"], run["rows"] = json.loads((folder / "log.txt").read_text(encoding="utf-8").splitlines()[-1])
    return run


def recommend_with_implicit(store: Path) -> None:
    """Weights are those of the package: a purchase as 8 views that fade over a year, all else over a month."""
    import numpy as np  # noqa: PLC0415  the package's side measures none of these
    from implicit.nearest_neighbours import BM25Recommender  # noqa: PLC0415
    from scipy.sparse import csr_matrix  # noqa: PLC0415

    with duckdb.connect(str(store), read_only=True) as connection:
        table = connection.execute("""
            select
                cast(substr(user_id, 2) as integer) as user_number,
                cast(substr(product_id, 2) as integer) as product_number,
                ln(1 + sum(
                    8 * least(order_count, 1) * power(0.5, (date '2026-06-30' - activity_date) / 365.0)
                    + (view_count + 3 * cart_add_count) * power(0.5, (date '2026-06-30' - activity_date) / 30.0)
                )) as affinity
            from int_seg__user_product_days
            group by all
        """).fetchnumpy()
        user_count = connection.execute("select count(*) from int_seg__users").fetchall()[0][0]
        product_count = connection.execute("select count(*) from seg__products").fetchall()[0][0]
    affinities = csr_matrix(
        (table["affinity"], (table["user_number"], table["product_number"])), shape=(user_count, product_count)
    )
    model = BM25Recommender(K=NEIGHBOURS + 1)
    model.fit(affinities, show_progress=False)
    found, _ = model.recommend(
        np.arange(user_count), affinities, N=LIST_LENGTH, filter_already_liked_items=False
    )
    print(json.dumps([len(found), found.size]))


def print_fan_out(arguments: argparse.Namespace) -> None:
    """NDCG@10 of the blend on the demo store, with and without repeats."""
    database = arguments.work / "fan-out.duckdb"
    database.unlink(missing_ok=True)
    environment = {
        **os.environ, "DBT_PROFILES_DIR": str(ROOT), "SEG_DUCKDB_PATH": str(database),
        "DBT_TARGET_PATH": str(arguments.work / "fan-out"),
    }
    built = os.environ.get("SEG_DEMO_DATABASE")
    if built:
        shutil.copyfile(built, database)
    else:
        run = [find_dbt(), "--quiet", "run"]
        subprocess.run([find_dbt(), "--quiet", "seed"], cwd=ROOT, env=environment, check=True)
        subprocess.run(run, cwd=ROOT, env=environment, check=True)
    print("| var | value | NDCG@10 of the blend | without repeats |\n| --- | ---: | ---: | ---: |")
    variants = [("defaults", "", {}), ("as in the benchmark", "", BOUNDS)]
    variants += [(f"`{name}`", value, {name: value}) for name, values in FAN_OUT.items() for value in values]
    for name, value, given in variants:
        subprocess.run(
            [find_dbt(), "--quiet", "run", "--vars", json.dumps(given), "--select", *selected("")],
            cwd=ROOT, env=environment, check=True,
        )
        with duckdb.connect(str(database), read_only=True) as connection:
            ndcg = personal_ndcg(connection)
        print(f"| {name} | {value} | {ndcg[True]:.4f} | {ndcg[False]:.4f} |", flush=True)


def personal_ndcg(connection: duckdb.DuckDBPyConnection) -> dict[bool, float]:
    return dict(connection.execute("""
        select repeats_allowed, metric_value from seg__recommendation_metrics
        where strategy = 'personal' and metric_name = 'ndcg' and k = 10 and user_group = 'all'
    """).fetchall())


def print_run(name: str, run: dict) -> None:
    print(
        f"{name:<10}{run['seconds']:>8.1f} s {run['cpu_seconds']:>8.1f} CPU s {run['megabytes']:>8,.0f} MB"
        f" {run['users']:>10,} users {run['rows']:>12,} recommendations",
        flush=True,
    )


def print_models(models: list[dict]) -> None:
    print(f"{'slowest models':<50}{'s':>8}{'MB while it ran':>18}")
    for model in sorted(models, key=lambda model: -model["seconds"])[:SLOWEST_SHOWN]:
        print(f"{model['model']:<50}{model['seconds']:>8.1f}{model['megabytes']:>18,.0f}")
    print(f"{'all, one after the other':<50}{sum(model['seconds'] for model in models):>8.1f}", flush=True)


def as_markdown(runs: dict, store: Path, arguments: argparse.Namespace) -> str:
    lines = [
        f"{arguments.events:,} events of {arguments.users:,} users and {arguments.products:,} products, "
        f"{arguments.threads} threads, DuckDB's memory_limit {arguments.memory_limit}, "
        + ", ".join(f"`{name}` {value}" for name, value in arguments.vars.items())
        + ":",
        "",
        "| | wall time | CPU time | peak memory | users served |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    names = {"package": "package: all strategies at three dates, blend, metrics, lists", "implicit": "implicit: BM25 at one date, lists"}
    for name, run in runs.items():
        lines.append(
            f"| {names[name]} | {run['seconds']:.0f} s | {run['cpu_seconds']:.0f} s | {run['megabytes']:,.0f} MB "
            f"| {run['users']:,} |"
        )
    slowest = sorted(runs["package"]["models"], key=lambda model: -model["seconds"])[:5]
    lines += ["", "Slowest models: " + ", ".join(f"`{m['model']}` {m['seconds']:.0f} s" for m in slowest) + "."]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
