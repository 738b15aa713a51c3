"""Cut off the last horizon of five shops, predict it, and compare with what then happened, beside peers.

    SEG_REAL_DATA=... python tests/real_shops/evaluate.py [--shop cdnow] [--out folder] [--readme]

The package sees only rows before the cut: they alone are its inputs. Peers get the same order days. Measured are the
users who had ordered before. A shop whose data is not there is left out and named.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "real_shops" / "evaluation"), str(ROOT / "scripts")]

import peer_boosting  # noqa: E402  the folders are no packages
from cut_shops import SHOPS, cut_off  # noqa: E402
from metrics import differences, measure  # noqa: E402
from readme_section import write_result  # noqa: E402

METHODS = {
    "package": "this package", "bg_nbd": "lifetimes BG/NBD", "pareto_nbd": "lifetimes Pareto/NBD",
    "boosting": "gradient boosting",
}
COLUMNS = {
    "auc": "AUC", "calibration_error": "calibration error", "rmse_orders": "RMSE orders",
    "mae_orders": "MAE orders", "spearman_orders": "Spearman", "capture_orders": "top-decile capture",
    "rmse_revenue": "RMSE revenue", "seconds": "seconds",
}
SUMMARY = "| shop | predicted | this package | best peer | difference (95 % interval) | |"
RESULTS = Path(__file__).with_name("RESULTS.md")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shop", choices=list(SHOPS), help="one shop only")
    parser.add_argument("--out", type=Path, help="folder for the predictions and figures as csv")
    parser.add_argument("--readme", action="store_true", help="write the tables into RESULTS.md, and their summary into README.md")
    parser.add_argument("--peers", type=Path, default=ROOT / ".venv-peers" / "bin" / "python")
    arguments = parser.parse_args()

    blocks, rows, missing = [], [], []
    for name in [arguments.shop] if arguments.shop else SHOPS:
        with tempfile.TemporaryDirectory() as folder:
            shop = SHOPS[name](Path(folder))
            if shop.database is None:
                missing.append(f"{shop.title} was not measured: {shop.why_not}.")
                continue
            outcomes, seconds, models = predict(shop, Path(folder), arguments.peers)
        methods = [method for method in METHODS if f"{method}_orders" in outcomes]
        figures = pd.DataFrame({
            method: {**measure(outcomes, method), "seconds": seconds.get(method)} for method in methods
        }).T
        compared = {peer: differences(outcomes, "package", peer) for peer in methods[1:]}
        blocks.append(block(shop, outcomes, figures, compared, models))
        rows += summary_rows(shop, len(outcomes), figures, compared)
        print(blocks[-1], flush=True)
        if arguments.out:
            arguments.out.mkdir(parents=True, exist_ok=True)
            outcomes.to_csv(arguments.out / f"{name}_users.csv", index=False)
            figures.to_csv(arguments.out / f"{name}_figures.csv")

    print("\n".join(missing))
    if arguments.readme and blocks:
        summary = "\n".join([SUMMARY, "| --- | --- | ---: | --- | ---: | --- |", *rows])
        write_result(RESULTS, "evaluated", "\n\n".join([*blocks, *missing]), "\n\n".join([summary, *missing]))
    return 0 if blocks else 1


def predict(shop, folder: Path, peers: Path) -> tuple[pd.DataFrame, dict[str, float], str]:
    """What happened and what each method had expected, the seconds that each took, and the models that served."""
    started = time.monotonic()
    cut, database, order_days, happened = cut_off(shop, folder)
    seconds = {"package": time.monotonic() - started}
    with duckdb.connect(str(database), read_only=True) as connection:
        package = connection.execute("""
            select
                user_id,
                max(case when target_name = 'order_count' then prediction end) as package_orders,
                max(case when target_name = 'net_revenue' then prediction end) as package_revenue,
                max(case when target_name = 'will_order' then prediction end) as package_probability,
                max(case when target_name = 'order_count' then prediction_low end) as package_low,
                max(case when target_name = 'order_count' then prediction_high end) as package_high
            from seg__user_predictions
            group by user_id
        """).df()
        models = ", ".join(
            f"{target} {model}" for target, model in connection.execute(
                "select target_name, model_name from seg__model_choices"
                " where target_name in ('will_order', 'order_count', 'net_revenue') order by 1 desc"
            ).fetchall()
        )
    outcomes = happened.merge(package, on="user_id", how="left", validate="1:1")

    started = time.monotonic()
    boosting = peer_boosting.predict(order_days, cut, shop.horizon_days)
    seconds["boosting"] = time.monotonic() - started
    outcomes = outcomes.merge(boosting.reset_index(), on="user_id", how="left")

    order_days.to_csv(folder / "order_days.csv", index=False)
    printed = subprocess.run(
        [str(peers), str(ROOT / "tests" / "real_shops" / "evaluation" / "peer_lifetimes.py"),
         str(folder / "order_days.csv"), str(cut.date()), str(shop.horizon_days), str(folder / "lifetimes.csv")],
        check=True, stdout=subprocess.PIPE, text=True,
    ).stdout
    for line in printed.splitlines():
        # lifetimes prints warnings of its own.
        if line.startswith("seconds "):
            _, method, value = line.split()
            seconds[method] = float(value)
    lifetimes = pd.read_csv(folder / "lifetimes.csv", dtype={"user_id": str})
    outcomes = outcomes.merge(lifetimes, on="user_id", how="left")
    return outcomes, seconds, models


def block(shop, outcomes: pd.DataFrame, figures: pd.DataFrame, compared: dict[str, dict], models: str) -> str:
    """One shop as markdown: a table of figures, and the differences to each peer with their intervals.

    compared: of each peer what `differences` says.
    """
    inside = outcomes["orders"].between(outcomes["package_low"].round(8), outcomes["package_high"].round(8)).mean()
    lines = [
        f"**{shop.title}**, {len(outcomes):,} earlier buyers, {shop.horizon_days} days ahead; serves: {models}; "
        f"80 % intervals of orders held {inside:.1%}:",
        "",
        "| | " + " | ".join(COLUMNS.values()) + " |",
        "| --- |" + " ---: |" * len(COLUMNS),
    ]
    for method in figures.index:
        values = [number(figures.loc[method, column]) for column in COLUMNS]
        lines.append(f"| {METHODS[method]} | " + " | ".join(values) + " |")
    lines.append("")
    for peer, of_peer in compared.items():
        parts = [f"{COLUMNS[metric]} {difference(of_peer[metric])} {verdict(metric, of_peer[metric])}" for metric in of_peer]
        lines.append(f"- against {METHODS[peer]}: " + "; ".join(parts))
    return "\n".join(lines)


def summary_rows(shop, user_count: int, figures: pd.DataFrame, compared: dict[str, dict]) -> list[str]:
    """One row per metric that has an interval: the package, and the peer that did best by it."""
    rows = []
    for metric in next(iter(compared.values())):
        values = figures.loc[list(compared), metric].astype(float)
        best = values.idxmax() if metric == "auc" else values.idxmin()
        found = compared[best][metric]
        cells = [
            f"{shop.title}, {shop.horizon_days} days, {user_count:,} buyers" if not rows else "", COLUMNS[metric],
            number(figures.loc["package", metric]), f"{number(values[best])} {METHODS[best]}", difference(found),
            verdict(metric, found),
        ]
        rows.append("| " + " | ".join(cells) + " |")
    return rows


def difference(found: tuple[float, float, float]) -> str:
    value, low, high = found
    return f"{signed(value)} ({signed(low)} to {signed(high)})"


def verdict(metric: str, found: tuple[float, float, float]) -> str:
    """Of AUC more is better, of errors less."""
    _, low, high = found if metric == "auc" else [-end for end in (found[0], found[2], found[1])]
    return "ahead" if low > 0 else "behind" if high < 0 else "level"


def number(value: float) -> str:
    if pd.isna(value):
        return "-"
    return f"{value:,.1f}" if abs(value) >= 20 else f"{value:.3f}"


def signed(value: float) -> str:
    return f"{value:+,.1f}" if abs(value) >= 20 else f"{value:+.3f}"


if __name__ == "__main__":
    sys.exit(main())
