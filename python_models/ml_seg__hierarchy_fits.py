"""One row per node and item of the tree that Ward's method makes of micro-clusters, and of its two cuts.

Users are first gathered into micro-clusters by k-means; the tree is scipy's on these, each counted by its users. A
refit starts from the last micro-clusters and keeps the last numbers of groups while they are nearly as good: segments
that change at each refit are of no use.

Columns: as_of_date, record_type, node (leaves from 1 on, left to right; then merges by height, the root last),
item_name, item_value. Records 'tree': parent, height, user_count, first_leaf and last_leaf (the leaves below), and
the number of the group at either cut that the node is or lies in, coarse_number and fine_number (1 = most net revenue
per user). Records 'mean': each feature's mean in standardized units. What does not apply has no row.
"""

import threading

import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import linkage
from threadpoolctl import threadpool_limits

# dbt may run two Python models at once, and an import of scikit-learn that meets another finds half a module.
with threading.__dict__.setdefault("scikit_learn_import", threading.RLock()):
    from sklearn.cluster import KMeans

MOST_LEAVES = 200
LEAF_USERS = 10  # users per micro-cluster on average, where that leaves
FEW_LEAVES = 50  # so many micro-clusters; smaller shops have up to one per user
FIT_ROWS = 50_000  # rows that shape the micro-clusters; all rows are counted in them
COPIES = 2_000  # points that stand for the users in the linkage, whose cost is quadratic
COARSE_COUNTS = range(3, 7)  # two groups only tell busy users from quiet ones
SMALLEST_SHARE = 0.01  # of the users; a cut with a smaller group is passed over
CONTINUITY = 1.1  # micro-clusters that start from the last ones are kept up to so much more inertia
LASTING_SHARE = 0.5  # of the best cuts' strength: the last numbers of groups stay
FEATURE_PREFIX = "scaled_"
COLUMN_TYPES = {
    "as_of_date": "datetime64[us]",
    "record_type": "string",
    "node": "int64",
    "item_name": "string",
    "item_value": "float64",
}


def model(dbt, session):
    sample = dbt.ref("int_seg__hierarchy_sample").order("user_id").df()
    minimum_group_size = dbt.config.meta_get("minimum_group_size")
    max_group_count = dbt.config.meta_get("max_group_count")
    random_seed = dbt.config.meta_get("random_seed")

    return session.from_df(hierarchy_fits(sample, minimum_group_size, max_group_count, random_seed))


def hierarchy_fits(
    sample: pd.DataFrame, minimum_group_size: int, max_group_count: int, random_seed: int
) -> pd.DataFrame:
    """Fit micro-clusters, build the tree, cut it twice and return all of it, long.

    sample: as_of_date, net_revenue, weight (users that the row stands for; 1 where there is no such column),
    last_leaf, last_fine_number, last_coarse_number (null without an earlier fit) and standardized features
    (`scaled_...`, no nulls), ordered by user.
    minimum_group_size: users below which no group is published; cuts avoid such groups.
    max_group_count: groups that the finer cut has at most.
    """
    features = [name for name in sample.columns if name.startswith(FEATURE_PREFIX)]
    if sample.empty:
        return pd.DataFrame(columns=list(COLUMN_TYPES)).astype(COLUMN_TYPES)
    points = sample[features].to_numpy(dtype=float)
    weights = sample["weight"].to_numpy(dtype=float) if "weight" in sample else np.ones(len(sample))
    revenue = sample["net_revenue"].to_numpy(dtype=float)

    # One thread: the last digits of the fits would depend on the number of threads.
    with threadpool_limits(limits=1):
        leaves = micro_clusters(points, weights, sample["last_leaf"].to_numpy(dtype=float), random_seed)
    nodes = tree(*leaf_sums(leaves, points, weights, revenue))
    last_counts = (sample["last_coarse_number"].nunique(), sample["last_fine_number"].nunique())
    coarse_count, fine_count = best_cuts(nodes, minimum_group_size, max_group_count, last_counts)
    nodes["coarse_number"] = group_numbers(nodes, coarse_count)
    nodes["fine_number"] = group_numbers(nodes, fine_count)

    items = nodes.drop(columns=["mean", "revenue_per_user"]).melt("node", var_name="item_name", value_name="item_value")
    means = pd.DataFrame(np.vstack(nodes["mean"]), columns=[name.removeprefix(FEATURE_PREFIX) for name in features])
    means = means.assign(node=nodes["node"]).melt("node", var_name="item_name", value_name="item_value")
    rows = pd.concat([items.assign(record_type="tree"), means.assign(record_type="mean")])
    rows["as_of_date"] = pd.to_datetime(sample["as_of_date"]).iloc[0]
    rows = rows.dropna(subset="item_value").sort_values(["record_type", "node", "item_name"])
    return rows[list(COLUMN_TYPES)].astype(COLUMN_TYPES).reset_index(drop=True)


def micro_clusters(points: np.ndarray, weights: np.ndarray, last_leaves: np.ndarray, random_seed: int) -> np.ndarray:
    """Number of the micro-cluster of each row. Source: Arthur & Vassilvitskii 2007 (k-means++), Lloyd 1982."""
    rows = random_rows(len(points), random_seed)
    fit_points, fit_weights, fit_leaves = points[rows], weights[rows], last_leaves[rows]
    distinct_count = len(np.unique(fit_points, axis=0))
    count = min(MOST_LEAVES, max(distinct_count // LEAF_USERS, min(distinct_count, FEW_LEAVES)))
    fitted = KMeans(count, n_init=1, random_state=random_seed).fit(fit_points, sample_weight=fit_weights)

    last = np.unique(fit_leaves[~np.isnan(fit_leaves)])
    if len(last) > 0:
        means = np.unique([fit_points[fit_leaves == leaf].mean(axis=0) for leaf in last], axis=0)
        means = means[:distinct_count]
        continued = KMeans(len(means), init=means, n_init=1).fit(fit_points, sample_weight=fit_weights)
        if continued.inertia_ <= CONTINUITY * fitted.inertia_:
            fitted = continued
    return fitted.predict(points)


def random_rows(row_count: int, random_seed: int) -> np.ndarray:
    """At most FIT_ROWS of the rows, in their order."""
    if row_count <= FIT_ROWS:
        return np.arange(row_count)
    return np.sort(np.random.default_rng(random_seed).choice(row_count, FIT_ROWS, replace=False))


def leaf_sums(
    leaves: np.ndarray, points: np.ndarray, weights: np.ndarray, revenue: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean features, users and net revenue per user of each micro-cluster, in the order of their coordinates."""
    _, leaves = np.unique(leaves, return_inverse=True)
    users = np.bincount(leaves, weights=weights)
    means = np.column_stack([np.bincount(leaves, weights=weights * column) / users for column in points.T])
    revenue_per_user = np.bincount(leaves, weights=weights * revenue) / users
    order = np.lexsort(means.round(9).T[::-1])
    return means[order], users[order], revenue_per_user[order]


def merges(means: np.ndarray, users: np.ndarray) -> list[tuple[int, int, float]]:
    """Pairs of nodes in the order in which they merge, and the heights; leaves are 0 to n - 1, merges follow.

    scipy's Ward linkage of the means, each standing as often as it has users (in proportion, at least once, where
    there are more than COPIES), so that a handful of odd users is not as much as a crowd. Copies merge first, at
    height 0, which leaves the tree of the micro-clusters. scipy's heights are divided by the square root of twice the
    number of points: the square of a height is then the variance within groups that the merge adds.
    Source: Ward 1963; Murtagh & Legendre 2014 (the criterion that scipy implements as 'ward').
    """
    copies = np.maximum(1, np.rint(users * min(1.0, COPIES / users.sum()))).astype(int)
    node_of = list(np.repeat(np.arange(len(means)), copies))
    merged = []
    if len(means) > 1:
        for first, second, height, _ in linkage(means[node_of], method="ward"):
            pair = node_of[int(first)], node_of[int(second)]
            if pair[0] == pair[1]:
                node_of.append(pair[0])
            else:
                node_of.append(len(means) + len(merged))
                merged.append((*pair, height / np.sqrt(2 * copies.sum())))
    return merged


def tree(means: np.ndarray, users: np.ndarray, revenue_per_user: np.ndarray) -> pd.DataFrame:
    """One row per node, by number: its parent, height, users, net revenue per user, mean and leaves."""
    leaf_count = len(means)
    means, users, revenue_per_user = list(means), list(users), list(revenue_per_user)
    children, heights, parents = [(-1, -1)] * leaf_count, [0.0] * leaf_count, [-1] * (2 * leaf_count - 1)
    for first, second, height in merges(np.array(means), np.array(users)):
        # Left is the child that spends more, so that neighbouring leaves are alike in money too.
        left, right = sorted(
            (first, second), key=lambda node: (-round(revenue_per_user[node], 4), *means[node].round(6))
        )
        parents[left] = parents[right] = len(means)
        children.append((left, right))
        heights.append(height)
        total = users[left] + users[right]
        for values in (means, revenue_per_user):
            values.append((values[left] * users[left] + values[right] * users[right]) / total)
        users.append(total)

    numbers = [0] * leaf_count + list(range(leaf_count + 1, 2 * leaf_count))
    waiting, leaf_number = [2 * leaf_count - 2], 0
    while waiting:
        node = waiting.pop()
        if node < leaf_count:
            leaf_number += 1
            numbers[node] = leaf_number
        else:
            waiting += [children[node][1], children[node][0]]
    first_leaf, last_leaf = numbers[:], numbers[:]
    for node in range(leaf_count, len(numbers)):
        first_leaf[node], last_leaf[node] = first_leaf[children[node][0]], last_leaf[children[node][1]]

    numbered = [*numbers, None]  # the root's parent, -1, has no number
    nodes = pd.DataFrame({
        "node": numbers,
        "parent": [numbered[parent] for parent in parents],
        "height": heights,
        "user_count": users,
        "revenue_per_user": revenue_per_user,
        "mean": means,
        "first_leaf": first_leaf,
        "last_leaf": last_leaf,
    })
    return nodes.sort_values("node", ignore_index=True)


def best_cuts(
    nodes: pd.DataFrame, minimum_group_size: int, max_group_count: int, last_counts: tuple[int, int] = (0, 0)
) -> tuple[int, int]:
    """Numbers of groups of the coarse cut (3 to 6) and of the fine one (more than that, up to max_group_count).

    The gap of a number of groups is the height of the next merge over that of the last one. Of all pairs the one with
    the largest product of gaps, ties to fewer groups; pairs with a group below 1 % of the users or below the size
    that may be published are passed over where there are others. The last pair stays while the logarithm of its
    product is half of the best. Fewer micro-clusters: as many groups as those.
    Source: Mojena 1977, Everitt et al. 2011 (large changes in fusion levels).
    """
    leaf_count = (len(nodes) + 1) // 2
    heights = nodes["height"].to_numpy()
    least_users = max(SMALLEST_SHARE * nodes["user_count"].iloc[-1], minimum_group_size)
    counts = range(COARSE_COUNTS.start, min(max_group_count, leaf_count - 1) + 1)
    log_gaps = {count: np.log(heights[-(count - 1)] / max(heights[-count], 1e-9)) for count in counts}
    large = {count for count in counts if groups(nodes, count)["user_count"].min() >= least_users}
    pairs = [(coarse, fine) for coarse in COARSE_COUNTS for fine in counts if coarse < fine]
    pairs = [pair for pair in pairs if large.issuperset(pair)] or pairs
    if not pairs:
        coarse_count = min(COARSE_COUNTS.start, leaf_count)
        return coarse_count, min(coarse_count + 1, leaf_count)
    strengths = {pair: round(log_gaps[pair[0]] + log_gaps[pair[1]], 6) for pair in pairs}
    best = max(pairs, key=lambda pair: (strengths[pair], -pair[0], -pair[1]))
    return last_counts if strengths.get(last_counts, -1.0) >= LASTING_SHARE * strengths[best] else best


def groups(nodes: pd.DataFrame, group_count: int) -> pd.DataFrame:
    """The nodes that are left when the tree is cut into so many groups, most net revenue per user first."""
    highest_number = len(nodes) - group_count + 1
    found = nodes[(nodes["node"] <= highest_number) & ~(nodes["parent"] <= highest_number)]
    keys = [(-round(group.revenue_per_user, 4), *group.mean.round(6)) for group in found.itertuples()]
    return found.iloc[sorted(range(len(keys)), key=keys.__getitem__)]


def group_numbers(nodes: pd.DataFrame, group_count: int) -> pd.Series:
    """Number of the group that each node is or lies in; null above the cut."""
    numbers = pd.Series(np.nan, index=nodes.index)
    for number, group in enumerate(groups(nodes, group_count).itertuples(), start=1):
        within = (nodes["first_leaf"] >= group.first_leaf) & (nodes["last_leaf"] <= group.last_leaf)
        numbers[within] = number
    return numbers
