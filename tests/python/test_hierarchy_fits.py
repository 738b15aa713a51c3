"""The tree of micro-clusters: against other implementations of Ward's method, planted groups, and the demo store."""

import ml_seg__hierarchy_fits as hierarchy
import numpy as np
import pandas as pd
import pytest
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.cluster import AgglomerativeClustering
from sklearn.metrics import adjusted_rand_score

MAX_GROUP_COUNT = 12  # the default of `seg__max_hierarchy_group_count`
LAST = ["last_leaf", "last_fine_number", "last_coarse_number"]


def sample(points, net_revenue=None, **columns):
    rows = pd.DataFrame(points, columns=[f"scaled_f{number}" for number in range(np.shape(points)[1])])
    rows["as_of_date"] = pd.Timestamp("2026-07-01")
    rows["net_revenue"] = rows["scaled_f0"] if net_revenue is None else net_revenue
    return rows.assign(**{name: np.nan for name in LAST}, **columns)


def fitted(rows, minimum_group_size=5):
    """The fit as (nodes, means by node), wide."""
    fits = hierarchy.hierarchy_fits(rows, minimum_group_size, MAX_GROUP_COUNT, random_seed=42)
    return tuple(
        fits[fits["record_type"] == record_type].pivot_table("item_value", "node", "item_name")
        for record_type in ("tree", "mean")
    )


def assigned(rows, nodes, means):
    """Leaf, coarse and fine group of each row by its nearest leaf."""
    leaves = nodes.index[nodes["first_leaf"] == nodes["last_leaf"]]
    points = rows[[name for name in rows if name.startswith("scaled_")]].to_numpy()
    nearest = ((points[:, None] - means.loc[leaves].to_numpy()[None]) ** 2).sum(axis=2).argmin(axis=1)
    return nodes.loc[leaves[nearest], ["coarse_number", "fine_number"]].assign(leaf=leaves[nearest])


def micro_clusters(count=40, seed=1):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(count, 3)), rng.integers(1, 30, count).astype(float), rng.normal(size=count)


def labels(nodes, group_count):
    """Group of each leaf at a cut, leaves in the order of their numbers."""
    return hierarchy.group_numbers(nodes, group_count)[: (len(nodes) + 1) // 2]


def naive_ward(means, users):
    """Merge the pair that adds least to the sum of squares within groups, found anew each time; return what is added."""
    groups, added = [(mean, count) for mean, count in zip(means, users, strict=True)], []
    while len(groups) > 1:
        costs = {
            (i, j): groups[i][1] * groups[j][1] / (groups[i][1] + groups[j][1])
            * ((groups[i][0] - groups[j][0]) ** 2).sum()
            for i in range(len(groups)) for j in range(i)
        }
        (i, j), cost = min(costs.items(), key=lambda item: item[1])
        (first, second), total = (groups[i], groups[j]), groups[i][1] + groups[j][1]
        merged = ((first[0] * first[1] + second[0] * second[1]) / total, total)
        groups = [group for place, group in enumerate(groups) if place not in (i, j)] + [merged]
        added.append(cost)
    return np.array(added)


def test_micro_clusters_of_one_size_make_scipys_tree():
    means, _, revenue = micro_clusters()
    nodes = hierarchy.tree(means, np.full(40, 7.0), revenue)
    links = linkage(means, method="ward")
    heights = nodes["height"].to_numpy()[40:]
    # Seven users each: scipy's heights squared are twice the sum of squares that one user each would add.
    assert heights == pytest.approx(links[:, 2] / np.sqrt(2 * 40), rel=1e-9)
    of_mean = {tuple(mean): place for place, mean in enumerate(means)}
    order = [of_mean[tuple(mean)] for mean in nodes["mean"][:40]]
    for group_count in range(2, 13):
        expected = fcluster(links, group_count, "maxclust")[order]
        assert adjusted_rand_score(expected, labels(nodes, group_count)) == 1


def test_a_micro_cluster_counts_as_often_as_it_has_users():
    means, users, revenue = micro_clusters()
    nodes = hierarchy.tree(means, users, revenue)
    assert nodes["height"].to_numpy()[40:] == pytest.approx(np.sqrt(naive_ward(means, users) / users.sum()), rel=1e-9)
    of_mean = {tuple(mean): place for place, mean in enumerate(means)}
    order = [of_mean[tuple(mean)] for mean in nodes["mean"][:40]]
    copies = np.repeat(np.arange(40), users.astype(int))
    for group_count in range(2, 13):
        found = AgglomerativeClustering(group_count, linkage="ward").fit(means[copies]).labels_
        expected = [found[copies == place][0] for place in order]
        assert adjusted_rand_score(expected, labels(nodes, group_count)) == 1


def test_large_shops_are_counted_in_proportion():
    means, users, revenue = micro_clusters()
    small, large = hierarchy.tree(means, users * 3, revenue), hierarchy.tree(means, users * 3000, revenue)
    assert large["height"].to_numpy()[-12:] == pytest.approx(small["height"].to_numpy()[-12:], rel=0.02)
    assert large["user_count"].iloc[-1] == users.sum() * 3000


def test_the_tree_is_one_and_its_leaves_stand_in_order():
    means, users, revenue = micro_clusters()
    nodes = hierarchy.tree(means, users, revenue).set_index("node")
    assert nodes.index.tolist() == list(range(1, 80)) and nodes["parent"].isna().tolist() == [False] * 78 + [True]
    assert (nodes["parent"].dropna() > nodes.index[:-1]).all()
    assert (nodes["height"].loc[nodes["parent"].dropna()].to_numpy() >= nodes["height"].to_numpy()[:-1]).all()
    for node, row in nodes.iloc[40:].iterrows():
        children = nodes[nodes["parent"] == node].sort_values("first_leaf")
        assert len(children) == 2 and children["user_count"].sum() == pytest.approx(row["user_count"])
        assert children["first_leaf"].tolist() == [row["first_leaf"], children["last_leaf"].iloc[0] + 1]
        assert children["last_leaf"].iloc[1] == row["last_leaf"]
        assert children["revenue_per_user"].is_monotonic_decreasing
        below = nodes.loc[int(row["first_leaf"]) : int(row["last_leaf"])]
        mean = np.average(np.vstack(below["mean"]), axis=0, weights=below["user_count"])
        assert row["mean"] == pytest.approx(mean, abs=1e-9)


def nested_blobs(seed=0):
    """Three groups of two each, of different sizes and widths; the groups lie 12 apart, their halves 3."""
    rng = np.random.default_rng(seed)
    points, kinds = [], []
    for kind, (users, width) in enumerate([(400, 0.4), (150, 0.3), (700, 0.5), (90, 0.3), (300, 0.4), (260, 0.5)]):
        centre = np.zeros(5)
        centre[kind // 2] = 12
        centre[3] = 3 * (kind % 2)
        points.append(rng.normal(centre, width, (users, 5)))
        kinds += [kind] * users
    return np.vstack(points), np.array(kinds)


@pytest.mark.parametrize("seed", [0, 1])
def test_planted_groups_are_found_at_both_levels(seed):
    points, kinds = nested_blobs(seed)
    rows = sample(points)
    groups = assigned(rows, *fitted(rows))
    assert groups["fine_number"].nunique() == 6 and groups["coarse_number"].nunique() == 3
    assert adjusted_rand_score(kinds, groups["fine_number"]) > 0.95
    assert adjusted_rand_score(kinds // 2, groups["coarse_number"]) > 0.95


def test_groups_are_numbered_by_revenue_and_those_of_the_fine_cut_lie_in_coarse_ones():
    points, kinds = nested_blobs()
    revenue = pd.Series(np.array([20.0, 60.0, 10.0, 30.0, 50.0, 40.0])[kinds])
    rows = sample(points, net_revenue=revenue)
    groups = assigned(rows, *fitted(rows))
    for level in ("coarse_number", "fine_number"):
        per_user = revenue.groupby(groups[level].to_numpy()).mean()
        assert per_user.is_monotonic_decreasing and per_user.index.tolist() == list(range(1, len(per_user) + 1))
    assert groups.groupby("fine_number")["coarse_number"].nunique().eq(1).all()


def test_the_last_numbers_of_groups_stay_while_nearly_as_good():
    points, _ = nested_blobs()
    leaves = hierarchy.micro_clusters(points, np.ones(len(points)), np.full(len(points), np.nan), 42)
    nodes = hierarchy.tree(*hierarchy.leaf_sums(leaves, points, np.ones(len(points)), points[:, 0]))
    assert hierarchy.best_cuts(nodes, 5, MAX_GROUP_COUNT) == (3, 6)
    assert hierarchy.best_cuts(nodes, 5, MAX_GROUP_COUNT, last_counts=(4, 9)) == (3, 6), "far worse"
    noise = np.random.default_rng(3).normal(size=(900, 4))
    leaves = hierarchy.micro_clusters(noise, np.ones(900), np.full(900, np.nan), 42)
    nodes = hierarchy.tree(*hierarchy.leaf_sums(leaves, noise, np.ones(900), noise[:, 0]))
    best = hierarchy.best_cuts(nodes, 5, MAX_GROUP_COUNT)
    kept = [(coarse, fine) for coarse in range(3, 7) for fine in range(coarse + 1, 13)
            if hierarchy.best_cuts(nodes, 5, MAX_GROUP_COUNT, (coarse, fine)) == (coarse, fine)]
    assert len(kept) > 1 and best in kept
    assert hierarchy.best_cuts(nodes, 5, MAX_GROUP_COUNT, (2, 20)) == best, "out of range"


@pytest.mark.parametrize("max_group_count, cuts", [(12, (3, 6)), (6, (3, 6)), (5, (3, 4)), (4, (3, 4))])
def test_no_cut_has_more_groups_than_asked_for(max_group_count, cuts):
    centres = np.array([coarse + half + 0.4 * part for coarse in (0, 40, 80) for half in (0, 4) for part in (0, 1)])
    nodes = hierarchy.tree(centres[:, None], np.full(12, 50.0), centres)
    assert hierarchy.best_cuts(nodes, 5, max_group_count) == cuts


@pytest.mark.parametrize("odd_users, minimum_group_size, fine", [(8, 5, 7), (8, 20, 6), (4, 0, 6)])
def test_cuts_avoid_groups_that_are_too_small(odd_users, minimum_group_size, fine):
    # Three groups of two halves of two micro-clusters on a line, and a few odd users at its end.
    centres = np.array([coarse + half + 0.4 * part for coarse in (0, 40, 80) for half in (0, 4) for part in (0, 1)] + [89.4])
    nodes = hierarchy.tree(centres[:, None], np.array([50.0] * 12 + [odd_users]), centres)
    assert hierarchy.best_cuts(nodes, minimum_group_size, MAX_GROUP_COUNT) == (3, fine)


def test_a_row_counts_by_its_weight():
    points, _ = nested_blobs()
    weights = np.random.default_rng(1).integers(1, 4, len(points))
    leaves = np.arange(len(points)) % 30
    weighted = hierarchy.leaf_sums(leaves, points, weights.astype(float), points[:, 1])
    repeated = np.repeat(np.arange(len(points)), weights)
    expected = hierarchy.leaf_sums(leaves[repeated], points[repeated], np.ones(len(repeated)), points[repeated, 1])
    for one, other in zip(weighted, expected, strict=True):
        assert one == pytest.approx(other)
    nodes, _ = fitted(sample(points, weight=weights))
    assert nodes["user_count"].max() == weights.sum()


@pytest.mark.parametrize("user_count, coarse, fine", [(1, 1, 1), (2, 2, 2), (3, 3, 3), (4, 3, 4), (60, 3, 4)])
def test_few_users_have_as_many_groups_as_they_can(user_count, coarse, fine):
    nodes, _ = fitted(sample(np.arange(2.0 * user_count).reshape(-1, 2) ** 1.1))
    assert nodes["coarse_number"].max() >= coarse and nodes["fine_number"].max() >= fine
    assert len(nodes) == 2 * min(user_count, 50) - 1


def test_identical_users_are_one_group():
    nodes, means = fitted(sample(np.full((30, 3), 0.7)))
    assert nodes[["coarse_number", "fine_number", "user_count"]].to_numpy().tolist() == [[1, 1, 30]]
    assert means.to_numpy() == pytest.approx(0.7)


def test_no_users_no_tree():
    fits = hierarchy.hierarchy_fits(sample(np.empty((0, 2))), 5, MAX_GROUP_COUNT, 42)
    assert fits.empty and fits.dtypes.astype(str).to_dict() == hierarchy.COLUMN_TYPES


def test_a_refit_on_other_users_of_the_same_kinds_finds_the_same_groups():
    rows = sample(nested_blobs()[0])
    nodes, means = fitted(rows)
    before = assigned(rows, nodes, means)
    drawn = np.random.default_rng(5).integers(0, len(rows), len(rows))
    again = rows.iloc[drawn].reset_index(drop=True)
    again["last_leaf"], again["last_fine_number"], again["last_coarse_number"] = (
        before[name].to_numpy()[drawn] for name in ("leaf", "fine_number", "coarse_number")
    )
    after = assigned(rows, *fitted(again))
    for level in ("fine_number", "coarse_number"):
        assert adjusted_rand_score(before[level].to_numpy(), after[level].to_numpy()) > 0.99


@pytest.fixture(scope="module")
def demo(demo_store):
    """Features, nodes and assignments of the demo store, by user."""
    return tuple(
        demo_store.sql(f"select * from int_seg__{table} order by {key}").df().set_index(key)
        for table, key in [
            ("cluster_features", "user_id"), ("hierarchy_nodes", "node"), ("hierarchy_assignments", "user_id"),
        ]
    )


def test_every_user_is_in_the_groups_of_the_nearest_micro_cluster(demo):
    features, nodes, found = demo
    names = [name for name in features if name.startswith("scaled_")]
    leaves = nodes[nodes["first_leaf"] == nodes["last_leaf"]]
    differences = features[names].to_numpy()[:, None] - leaves[names].to_numpy()[None]
    distances = np.sqrt((differences**2).sum(axis=2))
    nearest = distances.argmin(axis=1)
    assert (found["leaf"].to_numpy() == leaves.index[nearest]).all()
    for level in ("coarse", "fine"):
        of_leaf = leaves[f"{level}_number"].to_numpy()
        own = of_leaf[nearest]
        assert (found[f"{level}_number"].to_numpy() == own).all()
        others = np.where(of_leaf[None] == own[:, None], np.inf, distances).min(axis=1)
        assert found[f"{level}_confidence"].to_numpy() == pytest.approx(1 - distances.min(axis=1) / others, abs=1e-6)


def test_the_demo_store_has_a_handful_of_groups_at_either_level(demo):
    _, _, found = demo
    coarse, fine = found["coarse_number"].nunique(), found["fine_number"].nunique()
    assert 3 <= coarse <= 6 and coarse < fine <= 12
    assert found.groupby("fine_number").size().min() >= 0.01 * len(found)


def test_the_tree_of_the_demo_store_agrees_with_scipy_on_the_same_micro_clusters(demo, demo_store):
    _, nodes, _ = demo
    user_counts = demo_store.sql("""
        select node, item_value from int_seg__hierarchy_fits where item_name = 'user_count' order by node
    """).df().set_index("node")["item_value"]
    names = [name for name in nodes if name.startswith("scaled_")]
    leaves = nodes[nodes["first_leaf"] == nodes["last_leaf"]]
    copies = np.repeat(np.arange(len(leaves)), user_counts.loc[leaves.index].round().astype(int))
    links = linkage(leaves[names].to_numpy()[copies], method="ward")
    heights = links[:, 2][-(len(leaves) - 1) :] / np.sqrt(2 * len(copies))
    assert nodes["height"].to_numpy()[len(leaves) :] == pytest.approx(heights, rel=1e-6)
    for level in ("coarse_number", "fine_number"):
        stated = leaves[level].to_numpy()[copies]
        expected = fcluster(links, leaves[level].nunique(), "maxclust")
        assert adjusted_rand_score(expected, stated) == 1


def test_the_published_tree_shows_both_children_or_none_and_counts_everybody(demo_store):
    tree = demo_store.sql("select * from seg__segment_tree order by node").df().set_index("node")
    root = tree[tree["parent"].isna()]
    user_count = demo_store.sql("select count(*) from int_seg__users_to_segment").fetchall()[0][0]
    assert root["size"].tolist() == [user_count]
    children = tree.groupby("parent")
    assert (children.size() == 2).all()
    assert (children["size"].sum() == tree.loc[children.size().index.astype(int), "size"].to_numpy()).all()
    assert tree["size"].min() >= 5
    for scheme in ("hierarchical", "hierarchical_coarse"):
        segments = demo_store.sql(f"""
            select segment_key, any_value(segment_name) as name, count(*) as size
            from seg__user_segments where scheme = '{scheme}' group by segment_key order by segment_key
        """).df()
        shown = tree[tree[f"is_{scheme}_segment"]].sort_values(f"{scheme}_key")
        assert shown[[f"{scheme}_key", "name", "size"]].to_numpy().tolist() == segments.to_numpy().tolist()
