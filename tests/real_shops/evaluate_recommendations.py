"""Cut off the last horizon of five shops, recommend ten products, and compare with what was then bought, beside peers.

    SEG_REAL_DATA=... python tests/real_shops/evaluate_recommendations.py [--shop generated_1] [--out folder] [--readme]
    ... --shop generated_1 --package-only [--changed MODEL ...]
    ... --shop generated_1 --package-only --vars '{"seg__affinity_half_life_days": 365}'
    ... --shop generated_1 --package-only --database FILE --mode repeats

The package sees only rows before the cut. Measured are all users who bought something in the horizon, and of them those
who were known before. Where products that the user had bought are left out, no method shows them and none is a target.
Kept in target/recommendations/<shop>: the split with the package's inputs, the peers' lists and settings, which
--package-only reads instead of making them anew; and package/cut/seg.duckdb, on which --changed builds models of a new version
and what comes of them, nothing else. A shop whose data is not there is left out and named.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "real_shops" / "evaluation"), str(ROOT / "scripts")]

from list_metrics import METRICS, interval, user_metrics, verdict  # noqa: E402  the folders are no packages
from package_recommendations import build_lists, built_database, complete, popular_list, read_lists  # noqa: E402
from peer_recommenders import one_thread  # noqa: E402
from readme_section import write_result  # noqa: E402
from recommendation_split import MODES, SHOPS, split_shop  # noqa: E402

CACHE = ROOT / "target" / "recommendations"
METHODS = {
    "package": "this package", "popular": "popular lately", "popular_ever": "popular ever",
    "favourites": "the user's most frequent", "cosine": "implicit cosine", "tfidf": "implicit TF-IDF",
    "bm25": "implicit BM25", "als": "implicit ALS", "ease": "EASE",
}
SUMMARY = "| shop | NDCG at 10 | this package | best peer | difference (95 % interval) | |"
RESULTS = Path(__file__).with_name("RESULTS.md")
GROUPS = {"all": "all users", "known": "known before"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shop", choices=list(SHOPS), help="one shop only")
    parser.add_argument("--package-only", action="store_true", help="keep the split and the peers' lists of the last run")
    parser.add_argument("--changed", nargs="+", metavar="MODEL", help="build these models and what comes of them only")
    parser.add_argument("--vars", type=json.loads, help="vars of the package other than its defaults, as JSON")
    parser.add_argument("--database", type=Path, help="read the package's lists from this DuckDB file, build nothing")
    parser.add_argument("--mode", choices=list(MODES), help="of the lists in --database")
    parser.add_argument("--out", type=Path, help="folder for the figures of every method and user as csv")
    parser.add_argument("--readme", action="store_true", help="write the tables into RESULTS.md, and their summary into README.md")
    parser.add_argument("--peers", type=Path, default=ROOT / ".venv-bench" / "bin" / "python")
    arguments = parser.parse_args()
    if arguments.database and not (arguments.shop and arguments.mode):
        parser.error("--database needs --shop and --mode")

    blocks, rows, missing = [], [], []
    for name in [arguments.shop] if arguments.shop else SHOPS:
        folder = CACHE / name
        keep = bool(arguments.package_only or arguments.database or arguments.changed)
        said = prepared(name, folder, keep, arguments.peers)
        if said["why_not"]:
            missing.append(f"{said['title']} was not measured: {said['why_not']}.")
            continue
        targets = duckdb.read_parquet(f"{folder}/targets.parquet").df()
        if arguments.database:
            lists, seconds = {arguments.mode: read_lists(arguments.database)}, {}
            popular = popular_list(arguments.database)
        else:
            lists, seconds = build_lists(said, folder / "package", arguments.changed, arguments.vars)
            popular = popular_list(built_database(folder / "package"))
        figures = pd.concat(
            [mode_figures(folder, targets, mode, of_mode, popular) for mode, of_mode in lists.items()], ignore_index=True
        )
        better = better_settings(figures)
        blocks.append(block(said, better, seconds))
        rows += summary_rows(said, better)
        print(blocks[-1], flush=True)
        if arguments.out:
            arguments.out.mkdir(parents=True, exist_ok=True)
            figures.to_csv(arguments.out / f"{name}_recommendations.csv", index=False)

    print("\n".join(missing))
    if arguments.readme and blocks:
        summary = "\n".join([SUMMARY, "| --- | --- | ---: | --- | ---: | --- |", *rows])
        write_result(RESULTS, "recommendations", "\n\n".join([*blocks, *missing]), "\n\n".join([summary, *missing]))
    return 0 if blocks else 1


def prepared(name: str, folder: Path, keep: bool, peers: Path) -> dict:
    """The shop's folder with its split and the peers' lists, made anew unless kept; returns what split.json says."""
    if not (keep and (folder / "split.json").exists()):
        (folder / "peer_lists.parquet").unlink(missing_ok=True)
        said = split_shop(name, folder)
    else:
        said = json.loads((folder / "split.json").read_text())
    if not said["why_not"] and not (folder / "peer_lists.parquet").exists():
        run = ROOT / "tests" / "real_shops" / "evaluation" / "run_peer_recommenders.py"
        subprocess.run([str(peers), str(run), str(folder)], check=True, env=one_thread())
    return said


def mode_figures(
    folder: Path, targets: pd.DataFrame, mode: str, package: pd.DataFrame, popular: pd.DataFrame
) -> pd.DataFrame:
    """One row per method, its settings as they come or tuned, and user with a target: the metrics of the user's list."""
    wanted = targets if mode == "repeats" else targets[~targets["is_repeat"]]
    known = wanted.groupby("user_id")["has_history"].first()
    package = complete(package, popular, known.index.tolist()).assign(method="package", is_tuned=False)
    peers = duckdb.read_parquet(f"{folder}/peer_lists.parquet").df()
    lists = pd.concat([package, peers[peers["mode"] == mode]], ignore_index=True)
    found = []
    for (method, is_tuned), of_method in lists.groupby(["method", "is_tuned"]):
        metrics = user_metrics(of_method, wanted)
        found.append(metrics.assign(mode=mode, method=method, is_tuned=is_tuned, is_known=known).reset_index())
    return pd.concat(found, ignore_index=True)


def block(said: dict, better: pd.DataFrame, seconds: dict[str, float]) -> str:
    """One shop as markdown: a table of figures, and the differences to the best peer with their intervals."""
    modes = [mode for mode in MODES if (better["mode"] == mode).any()]
    user_counts = {mode: better[(better["mode"] == mode) & (better["method"] == "package")] for mode in modes}
    took = ", ".join(f"{seconds[mode]:.0f} s" for mode in modes if mode in seconds)
    lines = [
        f"**{said['title']}**, {said['horizon_days']} days from {said['cut']}; "
        + "; ".join(
            f"{MODES[mode]}: {len(users):,} users, {int(users['is_known'].sum()):,} of them known before"
            for mode, users in user_counts.items()
        )
        + (f"; dbt build {took}:" if took else ":"),
        "",
        "| | " + " | ".join(f"{MODES[mode]}: NDCG at 10 | hit rate | recall | NDCG, known before" for mode in modes) + " |",
        "| --- |" + " ---: |" * 4 * len(modes),
    ]
    for method, words in METHODS.items():
        cells = []
        for mode in modes:
            users = better[(better["mode"] == mode) & (better["method"] == method)]
            value, low, high = interval(users["ndcg"].to_numpy())
            cells += [f"{value:.3f} ({low:.3f}-{high:.3f})"]
            cells += [f"{users[metric].mean():.3f}" for metric in METRICS[1:]]
            cells += [f"{users.loc[users['is_known'], 'ndcg'].mean():.3f}"]
        lines.append(f"| {words} | " + " | ".join(cells) + " |")
    lines.append("")
    for mode in modes:
        parts = [difference(better[better["mode"] == mode], group) for group in GROUPS]
        lines.append(f"- {MODES[mode]}, NDCG: " + "; ".join(parts))
    return "\n".join(lines)


def better_settings(figures: pd.DataFrame) -> pd.DataFrame:
    """Of each peer's settings, as they come and tuned, those that did better on the window that is measured."""
    mean = figures.groupby(["mode", "method", "is_tuned"], as_index=False)["ndcg"].mean()
    mean = mean.sort_values(["mode", "method", "ndcg", "is_tuned"]).drop_duplicates(["mode", "method"], keep="last")
    return figures.merge(mean[["mode", "method", "is_tuned"]], on=["mode", "method", "is_tuned"])


def difference(better: pd.DataFrame, group: str) -> str:
    """The package minus the best peer for the group, in words."""
    best, found = against_best(better, group)
    if best is None:
        return f"{GROUPS[group]}: nobody"
    return f"{GROUPS[group]}, minus {METHODS[best]} {signed(found)} {verdict(*found[1:])}"


def against_best(better: pd.DataFrame, group: str) -> tuple[str | None, tuple[float, float, float]]:
    """The peer with the highest NDCG for the group, and package minus peer with its interval, user by user."""
    if group == "known":
        better = better[better["is_known"]]
    ndcg = better.pivot_table(index="user_id", columns="method", values="ndcg")
    if ndcg.empty:
        return None, interval(ndcg.to_numpy())
    best = ndcg.drop(columns="package").mean().round(9).reindex([m for m in METHODS if m in ndcg and m != "package"]).idxmax()
    return best, interval((ndcg["package"] - ndcg[best]).to_numpy())


def summary_rows(said: dict, better: pd.DataFrame) -> list[str]:
    """One row per mode, over all users: the package, and the peer that did best."""
    rows = []
    for mode, words in MODES.items():
        of_mode = better[better["mode"] == mode]
        best, found = against_best(of_mode, "all")
        if best is None:
            continue
        own, of_best = (
            "{:.3f} ({:.3f}-{:.3f})".format(*interval(of_mode.loc[of_mode["method"] == method, "ndcg"].to_numpy()))
            for method in ["package", best]
        )
        user_count = of_mode["user_id"].nunique()
        cells = [f"{said['title']}, {said['horizon_days']} days" if not rows else "", f"{words}, {user_count:,} users",
                 own, f"{of_best} {METHODS[best]}", signed(found), verdict(*found[1:])]
        rows.append("| " + " | ".join(cells) + " |")
    return rows


def signed(found: tuple[float, float, float]) -> str:
    return "{:+.3f} ({:+.3f} to {:+.3f})".format(*found)


if __name__ == "__main__":
    sys.exit(main())
