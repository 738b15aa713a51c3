"""Time and memory of the package beside scripts of pandas and of Polars that do the same work, on 5 million events.

    python tests/benchmark/bench.py                                   # what `make bench` runs
    python tests/benchmark/bench.py --users 5000 --repetitions 1      # a try in a minute
    python tests/benchmark/bench.py --users 464000 --products 50000 --repetitions 1 --memory-limit 12GB     # 20 million
    python tests/benchmark/bench.py --only package --users 25000      # where does the package spend its time?

The package is built twice: whole, and "lean": the marts that hold what the scripts put out and what these are made of (LEAN), with
linear models of features alone and without the regression of products on each other. That is still more than the scripts do.

All read the same Parquet files, written by generate_store.py and kept under target/bench, and run in turn, each in a
process of its own. The package is installed into an empty dbt project as a shop would do it, with the inputs named in
its vars; measured is one `dbt build` of all models and reference seeds into a new DuckDB file, without tests. The peers
are peer.py beside this file, once in pandas and once in Polars: its docstring says what it does and what it leaves out.
What comes out of both must be the same, or the comparison fails.

Seconds are wall time, and CPU time once more, which tells when the machine had other work. Memory is the largest
resident set of the process and its children together. Ratios are package / peer, of the medians over the repetitions.
Models run side by side, so their seconds add up to more than the wall time. Everything is also written to
<work>/results.json.
"""

import argparse
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections import defaultdict
from datetime import datetime
from pathlib import Path

import duckdb
from results import write_result

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
# 116,000 users of two years are 5 million events.
USERS, DAYS, PRODUCTS = 116_000, 730, 10_000
INPUTS = ["events", "order_lines", "products", "users", "reviews", "campaign_touches", "identities", "erasure_requests"]
THEMES = {
    "staging": "clean",
    "behaviour": "clean",
    "refresh": "clean",
    "features": "features",
    "segments": "segments",
    "predictions": "predictions",
    "recommendations": "recommendations",
    "experiments": "experiments",
    "profiles": "profiles",
}
FITS = {
    "predictions": ["linear", "tree", "network", "lifetime", "stack", "reason"],
    "recommendations": ["recommendation", "product_regression"],
    "segments": ["cluster", "hierarchy", "component", "segment", "flows"],
}
PEERS = ["pandas", "polars"]
LEAN = {
    "select": [
        "seg__rejected_rows", "seg__segments", "seg__cluster_metrics", "seg__model_metrics", "seg__recommendation_metrics",
        "seg__similar_products", "seg__user_profiles",
    ],
    "vars": {"seg__prediction_models": ["linear_regression", "logistic_regression"], "seg__max_regression_products": 0},
}
SIDES = {"package": {}, "lean": LEAN}
# Sums of floating-point numbers differ in their last digits with the order of the rows.
COUNT_TOLERANCE = 1e-6
SAMPLE_SECONDS = 0.05
SLOWEST_SHOWN = 15
MEBIBYTE = 2**20


def main() -> None:
    arguments = parse_arguments()
    arguments.work.mkdir(parents=True, exist_ok=True)
    store = arguments.work / f"store-{arguments.users}-{arguments.days}-{arguments.products}"
    generate_store(store, arguments)
    print_store(store)

    runs = {name: [] for name in [*SIDES, *PEERS] if arguments.only in (None, name)}
    for repetition in range(1, arguments.repetitions + 1):
        for name, of_side in runs.items():
            folder = arguments.work / name
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            if name in SIDES:
                run = measure_package(store, folder, arguments, **SIDES[name])
            else:
                run = measure_peer(name, store, folder, arguments)
            of_side.append(run)
            print(f"{name:<8} {repetition}: {run['seconds']:8.1f} s {run['megabytes']:8,.0f} MB", flush=True)

    (arguments.work / "results.json").write_text(json.dumps(runs, indent=1, default=str), encoding="utf-8")
    print_comparison(runs)
    for side in SIDES:
        if side in runs:
            print_slowest_models(side, runs[side][-1])
    fail_where_peers_differ(runs)
    if arguments.write and len(runs) == len(SIDES) + len(PEERS):
        name = "bench" if arguments.users == USERS else "bench-large"
        write_result(name, comparison_as_markdown(runs), comparison_as_markdown(runs, with_steps=False))


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--users", type=int, default=USERS)
    parser.add_argument("--days", type=int, default=DAYS)
    parser.add_argument("--products", type=int, default=PRODUCTS)
    parser.add_argument("--repetitions", type=int, default=3, help="runs of each, in turn")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="threads of each")
    parser.add_argument("--memory-limit", help="DuckDB's memory_limit, such as 4GB; none: DuckDB's own default")
    parser.add_argument("--write", action="store_true", help="write the comparison into RESULTS.md and README.md as well")
    parser.add_argument("--only", choices=[*SIDES, *PEERS], help="run one of the four")
    parser.add_argument("--work", type=Path, default=ROOT / "target" / "bench", help="folder for stores and outputs")
    arguments = parser.parse_args()
    arguments.work = arguments.work.resolve()
    return arguments


def generate_store(store: Path, arguments: argparse.Namespace) -> None:
    if store.exists():
        return
    unfinished = store.with_suffix(".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    subprocess.run(
        [
            sys.executable,
            HERE / "generate_store.py",
            "--users",
            str(arguments.users),
            "--days",
            str(arguments.days),
            "--products",
            str(arguments.products),
            "--out",
            unfinished,
        ],
        check=True,
    )
    unfinished.rename(store)


def measure_package(
    store: Path, project: Path, arguments: argparse.Namespace, select: list[str] | None = None, vars: dict | None = None
) -> dict:
    """Install the package into an empty project and build it once; only the build is measured.

    select: marts to build with what they are made from; none: everything.
    """
    write_project(project, store, arguments, vars)
    dbt = find_dbt()
    environment = {**os.environ, "DBT_PROFILES_DIR": str(project)}
    subprocess.run([dbt, "--quiet", "deps"], cwd=project, env=environment, check=True)
    selection = ["--select", *(f"+{mart}" for mart in select)] if select else []
    run = measured(
        [dbt, "--quiet", "build", "--resource-type", "seed", "--resource-type", "model", *selection], project, environment
    )

    results = json.loads((project / "target" / "run_results.json").read_text(encoding="utf-8"))["results"]
    manifest = json.loads((project / "target" / "manifest.json").read_text(encoding="utf-8"))
    models = []
    for result in results:
        node = manifest["nodes"][result["unique_id"]]
        timing = [step for step in result["timing"] if step["name"] == "execute"]
        if node["resource_type"] != "model" or not timing:
            continue
        started, ended = (seconds_of(timing[0][key]) for key in ["started_at", "completed_at"])
        models.append(
            {
                "model": node["name"],
                "step": step_of(node),
                "seconds": result["execution_time"],
                "started": started,
                "ended": ended,
                "megabytes": peak_between(run["samples"], started, ended),
            }
        )
    run["models"] = models
    run["steps"] = package_steps(models)
    run["counts"] = package_counts(project / "bench.duckdb")
    del run["samples"]
    return run


def write_project(project: Path, store: Path, arguments: argparse.Namespace, vars: dict | None = None) -> None:
    """The least that a shop has: the package, the vars that name its inputs, and where its DuckDB file is."""
    settings = {"memory_limit": arguments.memory_limit} if arguments.memory_limit else {}
    files = {
        "dbt_project.yml": {
            "name": "bench",
            "version": "1.0.0",
            "profile": "bench",
            "flags": {"send_anonymous_usage_stats": False},
            "vars": {f"seg__{name}": f"read_parquet('{store}/{name}/*.parquet')" for name in INPUTS} | (vars or {}),
        },
        "packages.yml": {"packages": [{"local": str(ROOT)}]},
        "profiles.yml": {
            "bench": {
                "target": "dev",
                "outputs": {
                    "dev": {
                        "type": "duckdb",
                        "path": str(project / "bench.duckdb"),
                        "threads": arguments.threads,
                        "settings": {"threads": arguments.threads, **settings},
                    }
                },
            }
        },
    }
    for name, content in files.items():
        # JSON is YAML too.
        (project / name).write_text(json.dumps(content, indent=2), encoding="utf-8")


def find_dbt() -> Path:
    """The environment that `make build` uses, else the one that this script runs in."""
    candidates = [ROOT / ".venv" / "bin" / "dbt", Path(sys.executable).with_name("dbt")]
    return next(path for path in candidates if path.exists())


def step_of(node: dict) -> str:
    folders = node["path"].split("/")[:-1]
    for folder in folders:
        if folder in THEMES:
            return THEMES[folder]
    # Fits lie in a folder of their own, whatever they are for.
    return next(step for step, words in FITS.items() if any(word in node["name"] for word in words))


def package_steps(models: list[dict]) -> dict[str, dict]:
    """Per step the seconds of its models added up, and the largest resident set while one of them ran."""
    steps: dict[str, dict] = defaultdict(lambda: {"seconds": 0.0, "megabytes": 0.0})
    for model in models:
        step = steps[model["step"]]
        step["seconds"] += model["seconds"]
        step["megabytes"] = max(step["megabytes"], model["megabytes"])
    return dict(steps)


def package_counts(database: Path) -> dict[str, float]:
    """What came out, to compare with the peers': rows, and how good the models are on unseen data."""
    test_metric = "select max(metric_value) from seg__model_metrics where split = 'test' and not is_baseline and "
    queries = {
        "accepted events": "select count(*) from seg__events",
        "sessions": "select count(*) from seg__sessions",
        "bot sessions": "select count(*) from seg__sessions where is_bot",
        "accepted order lines": "select count(*) from seg__order_lines",
        "rejected rows": "select count(*) from seg__rejected_rows",
        "feature rows": "select count(*) from seg__user_features",
        "feature columns": "select count(*) from information_schema.columns where table_name = 'seg__user_features'",
        "users": "select count(*) from seg__user_profiles",
        "net revenue": "select sum(net_revenue) from seg__user_profiles",
        "clusters": "select count(*) from seg__segments where scheme = 'kmeans'",
        "r2 of order_count": test_metric + "target_name = 'order_count' and metric_name = 'r2'",
        "r2 of net_revenue": test_metric + "target_name = 'net_revenue' and metric_name = 'r2'",
        "auc of will_order": test_metric + "target_name = 'will_order' and metric_name = 'auc'",
        "similar products": "select count(*) from seg__similar_products where method = 'behaviour'",
        "recommendations": "select count(*) from seg__user_recommendations",
        "ndcg@10": """
            select max(metric_value) from seg__recommendation_metrics
            where metric_name = 'ndcg' and k = 10 and user_group = 'all' and repeats_allowed and is_champion
        """,
    }
    with duckdb.connect(str(database), read_only=True) as connection:
        return {name: float(connection.execute(query).fetchall()[0][0] or 0) for name, query in queries.items()}


def measure_peer(library: str, store: Path, folder: Path, arguments: argparse.Namespace) -> dict:
    settings = ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS"]
    environment = {**os.environ, **{name: str(arguments.threads) for name in settings}}
    run = measured([sys.executable, HERE / "peer.py", library, store, folder], folder, environment)
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    run["steps"] = {
        step["step"]: {
            "seconds": step["ended"] - step["started"],
            "megabytes": peak_between(run["samples"], step["started"], step["ended"]),
        }
        for step in report["steps"]
    }
    run["counts"] = report["counts"]
    del run["samples"]
    return run


def measured(command: list, folder: Path, environment: dict[str, str]) -> dict:
    """Run a command to its end: wall seconds, largest resident set, and samples of it over time."""
    log = folder / "log.txt"
    samples: list[tuple[float, float]] = []
    started = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT)
        ended = threading.Event()
        sampler = threading.Thread(target=sample_memory, args=(process.pid, samples, ended))
        sampler.start()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        ended.set()
        sampler.join()
    if process.returncode != 0:
        raise SystemExit(f"{command} failed:\n{log.read_text(encoding='utf-8')[-6000:]}")
    # The kernel's own maximum misses no peak, the samples miss no child.
    largest = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / MEBIBYTE
    return {
        "seconds": seconds,
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "megabytes": max([largest, *(megabytes for _, megabytes in samples)]),
        "samples": samples,
    }


def sample_memory(pid: int, samples: list[tuple[float, float]], ended: threading.Event) -> None:
    """The resident set of a process and all below it, every few milliseconds; nothing where there is no /proc."""
    page_size = os.sysconf("SC_PAGE_SIZE")
    while Path("/proc").exists() and not ended.wait(SAMPLE_SECONDS):
        pages = sum(resident_pages(member) for member in process_tree(pid))
        samples.append((time.time(), pages * page_size / MEBIBYTE))


def process_tree(pid: int) -> list[int]:
    members = [pid]
    for member in members:
        for children in Path(f"/proc/{member}/task").glob("*/children"):
            try:
                members += [int(child) for child in children.read_text().split()]
            except OSError:  # the thread has ended
                continue
    return members


def resident_pages(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:  # the process has ended
        return 0


def seconds_of(timestamp: str) -> float:
    return datetime.fromisoformat(timestamp.replace("Z", "+00:00")).timestamp()


def peak_between(samples: list[tuple[float, float]], started: float, ended: float) -> float:
    return max((megabytes for at, megabytes in samples if started <= at <= ended + SAMPLE_SECONDS), default=0.0)


def print_store(store: Path) -> None:
    with duckdb.connect() as connection:
        for name in INPUTS:
            count = connection.execute(f"select count(*) from read_parquet('{store}/{name}/*.parquet')").fetchall()
            print(f"{name:<20} {count[0][0]:>12,}")
    print()


def print_comparison(runs: dict[str, list[dict]]) -> None:
    names, keys = list(runs), {"seconds": "s", "megabytes": "MB"}
    compared = [(side, peer) for peer in PEERS for side in SIDES if side in names and peer in names]
    header = [f"{name} {unit}" for name in names for unit in keys.values()]
    header += [f"{side[0]}/{peer} {unit}" for side, peer in compared for unit in keys.values()]
    print(f"\n{'':<20}" + "".join(f"{title:>14}" for title in header))

    def line(label: str, pick) -> None:
        values = {
            name: {key: statistics.median(pick(run)[key] for run in runs[name]) for key in keys} for name in names
        }
        cells = [[f"{values[name]['seconds']:,.1f}", f"{values[name]['megabytes']:,.0f}"] for name in names]
        cells += [ratios(values[side], values[peer]) for side, peer in compared]
        print(f"{label:<20}" + "".join(f"{text:>14}" for pair in cells for text in pair))

    def ratios(package: dict[str, float], peer: dict[str, float]) -> list[str]:
        return [f"{package[key] / peer[key]:.2f}x" if peer[key] else "-" for key in keys]

    nothing = {"seconds": 0.0, "megabytes": 0.0}
    for step in dict.fromkeys(THEMES.values()):
        line(step, lambda run, step=step: run["steps"].get(step, nothing))
    line("all, wall time", lambda run: run)
    line("all, CPU time", lambda run: {**run, "seconds": run["cpu_seconds"]})

    print(f"\n{'':<24}" + "".join(f"{name:>16}" for name in names))
    labels = dict.fromkeys(label for name in names for label in runs[name][-1]["counts"])
    for label in labels:
        values = [runs[name][-1]["counts"].get(label) for name in names]
        print(f"{label:<24}" + "".join(f"{readable(value):>16}" for value in values))


def fail_where_peers_differ(runs: dict[str, list[dict]]) -> None:
    """Peers that come to other figures have not done the same work: their seconds compare nothing."""
    counts = [runs[name][-1]["counts"] for name in PEERS if name in runs]
    if len(counts) < len(PEERS):
        return
    first, second = counts
    differing = [
        f"{label}: {first.get(label)} in {PEERS[0]}, {second.get(label)} in {PEERS[1]}"
        for label in dict.fromkeys([*first, *second])
        if label not in first
        or label not in second
        or not math.isclose(first[label], second[label], rel_tol=COUNT_TOLERANCE)
    ]
    if differing:
        raise SystemExit("\n".join(["\nThe peers differ:", *differing]))


def comparison_as_markdown(runs: dict[str, list[dict]], with_steps: bool = True) -> str:
    medians = {
        name: {key: statistics.median(run[key] for run in of_side) for key in ["seconds", "cpu_seconds", "megabytes"]}
        for name, of_side in runs.items()
    }
    for name, of_side in runs.items():
        for step in dict.fromkeys(THEMES.values()):
            medians[name][step] = statistics.median(run["steps"].get(step, {"seconds": 0.0})["seconds"] for run in of_side)
    counts = runs["package"][-1]["counts"]

    def row(label: str, key: str, unit: str) -> str:
        values = [f"{medians[name][key]:,.0f} {unit}" if medians[name][key] else "-" for name in [*SIDES, *PEERS]]
        ratios = [
            f"{medians[side][key] / medians[peer][key]:.2f}" if medians[peer][key] else "-" for peer in PEERS for side in SIDES
        ]
        return "| " + " | ".join([label, *values, *ratios]) + " |"

    def quality(label: str) -> str:
        values = [f"{runs[name][-1]['counts'][label]:.3f}" for name in [*SIDES, *PEERS]]
        return "| " + " | ".join([f"{label}, later window", *values, *[""] * (len(SIDES) * len(PEERS))]) + " |"

    titles = ["package", "lean", "pandas", "Polars", "package / pandas", "lean / pandas", "package / Polars", "lean / Polars"]
    return "\n".join(
        [
            f"{counts['accepted events']:,.0f} events of {counts['users']:,.0f} users, {os.cpu_count()} cores, "
            f"median of {len(runs['package'])}:",
            "",
            "| | " + " | ".join(titles) + " |",
            "| --- |" + " ---: |" * len(titles),
            row("wall time", "seconds", "s"),
            row("CPU time", "cpu_seconds", "s"),
            row("peak memory", "megabytes", "MB"),
            *(row(f"- {step}, models added up", step, "s") for step in dict.fromkeys(THEMES.values()) if with_steps),
            *(quality(label) for label in ["r2 of order_count", "r2 of net_revenue", "auc of will_order", "ndcg@10"]),
        ]
    )


def readable(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.4f}" if abs(value) < 1 else f"{value:,.0f}"


def print_slowest_models(side: str, run: dict) -> None:
    print(f"\n{'slowest models, ' + side:<50}{'s':>8}{'MB while it ran':>18}")
    for model in sorted(run["models"], key=lambda model: -model["seconds"])[:SLOWEST_SHOWN]:
        print(f"{model['model']:<50}{model['seconds']:>8.1f}{model['megabytes']:>18,.0f}")
    print(f"{'all models, one after the other':<50}{sum(model['seconds'] for model in run['models']):>8.1f}")


if __name__ == "__main__":
    main()
