"""The work of the package as a script: what bench.py compares with, once in pandas and once in Polars.

    python tests/benchmark/peer.py pandas STORE OUT
    python tests/benchmark/peer.py polars STORE OUT

Each is meant to be what somebody who knows that library writes for this store. In pandas (peers/with_pandas): whole
columns at a time, ids as whole numbers as early as possible, only doubled keys sorted, no row-wise apply. In Polars
(peers/with_polars): lazy frames from the Parquet files on, run by its streaming engine, the default since Polars 2;
expressions, no row-wise Python. What is neither's is shared (peers/shared): definitions, scikit-learn's fits,
implicit's neighbours and their metrics, in NumPy. So both come to the same figures, and bench.py fails where they do
not. STORE is a folder of generate_store.py; OUT gets one Parquet file per table, and report.json with the time of each
step and what came out.

What it does, by the package's own definitions
    clean            every input read; why a row is rejected; one row per key; users behind aliases (connected
                     components) and users to forget; event types; sessions; bots; order lines, orders, products;
                     where every input row went
    features         sums per user and day, then about a hundred features per user at every as-of date: scoring, test,
                     validation and three for training
    segments         RFM scores and names; lifecycle; k-means with the search for the number of clusters and four
                     metrics; clusters in words of their means
    predictions      33 scaled features; linear and logistic regression, each fitted three times (to choose, to report,
                     to serve); two baselines; metrics on three splits; 80 % intervals by split-conformal prediction
    recommendations  at validation, test and scoring date: affinities with half-lives, item-item neighbours
                     (implicit's cosine and BM25), NDCG, hit rate and recall beside the most popular products and the
                     user's own; the winner of the validation gives everybody ten; neighbours by embedding
    profiles         one wide row per user

What it leaves out, and the package does
    - the check that inputs have the columns and types they should, and defaults where a column or input is missing
    - rejected rows with their content
    - recommendations: blends of several reasons, with and without repeats, the reason in words and the product it
      comes from, confidence intervals, coverage, novelty, diversity, user groups
    - names of clusters and the reasons for a model's choice in sentences; coefficients per original unit
    - results that are equal to the last digit on any number of threads
    - shops that do not fit into memory
"""

import sys
from importlib import import_module
from pathlib import Path

from peers.shared.report import Report

LIBRARIES = ["pandas", "polars"]


def main() -> None:
    library, store, out = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    if library not in LIBRARIES:
        raise SystemExit(f"{library} is none of {', '.join(LIBRARIES)}")
    out.mkdir(parents=True, exist_ok=True)
    # Imported by name, so that a run does not hold the other library in memory.
    peer = import_module(f"peers.with_{library}")
    report = Report(out, peer.write_table)
    shop = report.step("clean", peer.clean, store)
    shop = report.step("features", peer.add_features, shop)
    segments = report.step("segments", peer.segment, shop)
    predictions = report.step("predictions", peer.predict, shop)
    recommendations = report.step("recommendations", peer.recommend, shop)
    report.step("profiles", peer.write_profiles, shop, segments, predictions, recommendations)
    report.save()


if __name__ == "__main__":
    main()
