"""One row per scheme and cluster of a new fit that follows a segment of the last one, by optimal one-to-one assignment.

Columns: scheme, cluster_number, last_segment_key, overlap (users in both / users in either, the Jaccard index, 0-1).
"""

import pandas as pd
from scipy.optimize import linear_sum_assignment

LEAST_OVERLAP = 0.25  # below it a cluster is another group, whatever it overlaps with most
COLUMN_TYPES = {"cluster_number": "int64", "last_segment_key": "string", "overlap": "float64"}


def model(dbt, session):
    overlaps = dbt.ref("int_seg__cluster_overlaps").order("scheme, cluster_number, last_segment_key").df()
    return session.from_df(matches_by_scheme(overlaps))


def matches_by_scheme(overlaps: pd.DataFrame) -> pd.DataFrame:
    """The matches within each scheme. overlaps: scheme and what `cluster_matches` takes."""
    matches = [
        cluster_matches(of_scheme).assign(scheme=scheme)
        for scheme, of_scheme in overlaps.groupby("scheme")
    ]
    columns = {"scheme": "string", **COLUMN_TYPES}
    return pd.concat([pd.DataFrame(columns=list(columns)).astype(columns), *matches])[list(columns)].astype(columns)


def cluster_matches(overlaps: pd.DataFrame) -> pd.DataFrame:
    """Assign clusters to segments so that the sum of their Jaccard indices is largest; drop weak pairs.

    overlaps: cluster_number, last_segment_key, user_count (users whom both would take), ordered by both.
    Source: Kuhn 1955 (Hungarian method), Hennig 2007 (Jaccard index as the stability of a cluster).
    """
    if overlaps.empty:
        return pd.DataFrame(columns=list(COLUMN_TYPES)).astype(COLUMN_TYPES)
    shared = overlaps.pivot_table(
        index="cluster_number", columns="last_segment_key", values="user_count", aggfunc="sum", fill_value=0
    ).astype(float)
    either = shared.sum(axis=1).to_numpy()[:, None] + shared.sum(axis=0).to_numpy()[None] - shared.to_numpy()
    jaccard = shared.to_numpy() / either
    # Rounded: equal pairs must not be told apart by their last digits.
    clusters, segments = linear_sum_assignment(-jaccard.round(9))
    rows = [
        (int(shared.index[i]), shared.columns[j], jaccard[i, j])
        for i, j in zip(clusters, segments, strict=True)
        if jaccard[i, j] >= LEAST_OVERLAP
    ]
    return pd.DataFrame(rows, columns=list(COLUMN_TYPES)).astype(COLUMN_TYPES)
