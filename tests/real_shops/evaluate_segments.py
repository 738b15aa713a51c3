"""Measure the clusters of five shops: beside scikit-learn, the planted types, RFM, and a refit on a bootstrap.

    SEG_REAL_DATA=... python tests/real_shops/evaluate_segments.py [--shop demo] [--readme]

Every shop is cleaned first; its accepted rows are the inputs of what is measured. A shop whose data is not there is
left out and named.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "real_shops" / "evaluation"), str(ROOT / "scripts")]

from readme_section import write_result  # noqa: E402  the folders are no packages
from segment_metrics import (  # noqa: E402
    inertia_ratio,
    kept_shares,
    outcome_separation,
    own_metrics,
    planted_agreements,
)
from segment_runs import SHOPS, run_days  # noqa: E402

# Figure -> its words and format, in the table's order.
FIGURES = {
    "user_count": ("users clustered", "{:,.0f}"),
    "cluster_count": ("clusters", "{:.0f}"),
    "inertia_ratio": ("inertia / scikit-learn's", "{:.4f}"),
    "silhouette": ("silhouette", "{:.3f}"),
    "silhouette_shuffled": ("silhouette of shuffled data", "{:.3f}"),
    "stability": ("stability", "{:.2f}"),
    "kmeans": ("planted types, adjusted Rand index: package", "{:.3f}"),
    "rfm": ("- RFM segments", "{:.3f}"),
    "plain": ("- plain k-means on recency, frequency, monetary value", "{:.3f}"),
    "kmeans_net_revenue": ("differences in the next horizon's revenue explained", "{:.1%}"),
    "rfm_net_revenue": ("- RFM segments", "{:.1%}"),
    "shuffled_kmeans_net_revenue": ("- shuffled, 95th percentile", "{:.1%}"),
    "kmeans_order_count": ("differences in the next horizon's orders explained", "{:.1%}"),
    "rfm_order_count": ("- RFM segments", "{:.1%}"),
    "shuffled_kmeans_order_count": ("- shuffled, 95th percentile", "{:.1%}"),
    "keys_kept": ("keys kept when refitted on a bootstrap", "{:.0%}"),
    "new_keys": ("- new keys then", "{:.1f}"),
    "users_kept": ("users who keep theirs then", "{:.1%}"),
    "fewest_kept": ("- in the worst of three bootstraps", "{:.1%}"),
    "fit_seconds": ("seconds, all segments with their fits", "{:.1f}"),
    "score_seconds": ("seconds of the next day, without a fit", "{:.1f}"),
}
# What the README shows of them.
SHOWN = [
    "user_count", "cluster_count", "inertia_ratio", "silhouette", "silhouette_shuffled", "stability", "kmeans", "rfm", "plain",
    "kmeans_order_count", "rfm_order_count", "shuffled_kmeans_order_count", "users_kept", "fit_seconds",
]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shop", choices=list(SHOPS), help="one shop only")
    parser.add_argument("--readme", action="store_true", help="write the table into RESULTS.md, and less of it into README.md")
    arguments = parser.parse_args()

    measured, missing = {}, []
    for name in [arguments.shop] if arguments.shop else SHOPS:
        with tempfile.TemporaryDirectory() as folder:
            shop = SHOPS[name](Path(folder))
            if shop.database is None:
                missing.append(f"{shop.title} was not measured: {shop.why_not}.")
                continue
            measured[shop.title] = figures(shop, Path(folder))
        print(table({shop.title: measured[shop.title]}, list(FIGURES)), flush=True)

    text, summary = ("\n\n".join([table(measured, shown), *missing]) for shown in [list(FIGURES), SHOWN])
    print(text)
    if arguments.readme and measured:
        write_result(Path(__file__).with_name("RESULTS.md"), "segments", text, summary)
    return 0 if measured else 1


def figures(shop, folder: Path) -> dict[str, float]:
    """Every figure of one shop; one that it cannot have is missing."""
    runs = run_days(shop, folder)
    with duckdb.connect(str(runs.first), read_only=True) as connection:
        user_count = connection.execute("""
            select count(*) from int_seg__cluster_features where has_been_seen
        """).fetchall()[0][0]
        return {
            "user_count": user_count,
            **own_metrics(connection),
            "inertia_ratio": inertia_ratio(connection),
            **planted_agreements(connection, shop.truth),
            **outcome_separation(connection),
            **kept_shares(connection, runs.bootstraps),
            "fit_seconds": runs.fit_seconds,
            "score_seconds": runs.score_seconds,
        }


def table(measured: dict[str, dict[str, float]], shown: list[str]) -> str:
    """One row per figure of these that any shop has, one column per shop."""
    lines = ["| | " + " | ".join(measured) + " |", "| --- |" + " ---: |" * len(measured)]
    for figure, (words, form) in FIGURES.items():
        if figure not in shown or not any(figure in of_shop for of_shop in measured.values()):
            continue
        values = [form.format(of_shop[figure]) if figure in of_shop else "-" for of_shop in measured.values()]
        lines.append(f"| {words} | " + " | ".join(values) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
