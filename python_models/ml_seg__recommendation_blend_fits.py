"""One row per whether repeats are allowed, history group and strength: the weights of the recommendation blend.

The blend orders candidates by a weighted sum of strengths. Weights are found by coordinate ascent on NDCG at 10 itself
(Metzler & Croft 2007, "Linear feature-based models for information retrieval"), from the best single strength on; so on
the users learnt from no single one is better. A group's own weights must hold on users left out, or those of all users
serve it.
"""

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

# Weights tried for a strength, beside the largest of 1.
GRID = [0.0, 0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0]
LIST_LENGTH = 10
# A change must gain so much to be taken: less is noise, and zeros are easier to read.
LEAST_GAIN = 0.0002
PASSES = 2
# Single strengths that are a start together.
TOGETHER = 3
FOLDS = 2
# Users needed to learn weights at all, and weights of a group's own.
MIN_USERS = 20
MIN_GROUP_USERS = 200

DISCOUNTS = 1 / np.log2(np.arange(2, LIST_LENGTH + 2))
COLUMNS = {
    "repeats_allowed": "bool", "history_group": "object", "strength_name": "object", "weight": "float64",
    "strength_ndcg": "float64", "blend_ndcg": "float64", "user_count": "int64",
}


def model(dbt, session):
    rows = dbt.ref("int_seg__recommendation_blend_rows")
    modes = []
    # A mode at a time: half the memory.
    for mode in ["true", "false"]:
        of_mode = rows.filter(f"repeats_allowed = {mode}").order("user_number, popularity_rank, product_number").df()
        # On several threads sums would be rounded by where they are cut.
        with threadpool_limits(1):
            modes.append(fit(of_mode).assign(repeats_allowed=mode == "true"))
    return session.from_df(pd.concat(modes)[list(COLUMNS)].astype(COLUMNS))


def fit(rows: pd.DataFrame) -> pd.DataFrame:
    """The weights of each history group, long. Too few users: no row.

    rows: columns user_number, history_group, target_count, is_hit and <name>_strength (0-1), ordered by user and then
        by what decides between equal scores; one row per user and candidate.
    """
    names = [column.removesuffix("_strength") for column in rows.columns if column.endswith("_strength")]
    lists = arrays(rows, names)
    fits = []
    if len(lists["groups"]) >= MIN_USERS:
        of_all = learnt(lists, names)
        for group in ["none", "little", "much"]:
            members = lists["groups"] == group
            weights = of_all
            own = subset(lists, members)
            if members.sum() >= MIN_GROUP_USERS and holds(own, of_all, names):
                weights = learnt(own, names, start=of_all)
            judged = own if members.any() else lists
            blend_ndcg = ndcg(judged, weights).mean()
            fits += [
                {"history_group": group, "strength_name": name, "weight": weight, "blend_ndcg": blend_ndcg,
                 "strength_ndcg": ndcg(judged, np.eye(len(names))[place]).mean(), "user_count": members.sum()}
                for place, (name, weight) in enumerate(zip(names, weights, strict=True))
            ]
    return pd.DataFrame(fits, columns=[name for name in COLUMNS if name != "repeats_allowed"])


def arrays(rows: pd.DataFrame, names: list[str]) -> dict[str, np.ndarray]:
    """Per candidate: strengths (candidates, names), hits, the place of its user, and its own among the user's.
    Per user: groups, and the gain of a list of hits alone (ideal).
    """
    _, first, users = np.unique(rows["user_number"].to_numpy(), return_index=True, return_inverse=True)
    targets = np.minimum(rows["target_count"].to_numpy()[first], LIST_LENGTH).astype(int)
    return {
        "strengths": rows[[f"{name}_strength" for name in names]].to_numpy(dtype=np.float32),
        "hits": rows["is_hit"].to_numpy(dtype=float), "users": users, "places": np.arange(len(rows)) - first[users],
        "groups": rows["history_group"].to_numpy()[first], "ideal": np.cumsum(DISCOUNTS)[targets - 1],
    }


def subset(lists: dict[str, np.ndarray], members: np.ndarray) -> dict[str, np.ndarray]:
    """The lists of these users, a mask."""
    rows = members[lists["users"]]
    kept = {name: lists[name][rows] for name in ["strengths", "hits", "places"]}
    kept["users"] = (np.cumsum(members) - 1)[lists["users"][rows]]
    return kept | {name: lists[name][members] for name in ["groups", "ideal"]}


def ndcg(lists: dict[str, np.ndarray], weights: np.ndarray) -> np.ndarray:
    """NDCG at 10 of each user's list by the weighted sum of strengths."""
    scores = lists["strengths"] @ weights.astype(np.float32)
    return ndcg_of(competing(lists, scores, np.zeros_like(scores)), 0.0)


def competing(lists: dict[str, np.ndarray], others: np.ndarray, strength: np.ndarray) -> dict[str, np.ndarray]:
    """The candidates that a weight of the grid can bring into a list, as arrays of (users, candidates) in their order.

    What the other strengths say of ten candidates is a bar that their scores never fall below, whatever the weight:
    who does not reach it at the largest one is in no list. Of a grocer's 860,000 candidates that leaves so few that the
    same weights are found in a tenth of the time.
    """
    counts = np.bincount(lists["users"], minlength=len(lists["ideal"]))
    bars = tenth_largest(sort_keys(others, lists["places"]), counts)
    highest = sort_keys(others + np.float32(max(GRID)) * strength, lists["places"])
    left = np.flatnonzero(highest >= bars[lists["users"]])
    users = lists["users"][left]
    counts = np.bincount(users, minlength=len(counts))
    places = np.arange(len(left)) - np.repeat(np.cumsum(counts) - counts, counts)
    kept = {"ideal": lists["ideal"]}
    for name, values in {"hits": lists["hits"], "others": others, "strength": strength}.items():
        kept[name] = np.zeros((len(counts), max(counts.max(initial=0), LIST_LENGTH + 1)), dtype=values.dtype)
        kept[name][users, places] = values[left]
    return kept


def tenth_largest(keys: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Of each user's keys, which lie one user after the other; -1 where there are fewer. counts: keys of each user."""
    found = np.full(len(counts), -1, dtype=np.int64)
    first = np.cumsum(counts) - counts
    # Users with about as many keys at a time: one has thousands where most have a hundred.
    sizes = np.ceil(np.log2(np.maximum(counts, 1))).astype(int)
    for size in np.unique(sizes[counts >= LIST_LENGTH]):
        members = np.flatnonzero(sizes == size)
        places = np.arange(2**size)
        of_user = keys[np.minimum(first[members, None] + places, len(keys) - 1)]
        of_user[places >= counts[members, None]] = -1
        found[members] = np.partition(of_user, -LIST_LENGTH, axis=1)[:, -LIST_LENGTH]
    return found


def sort_keys(scores: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Whole numbers in the order of the scores, 0 or more.

    No two of a user tie: of equal scores the earlier candidate, which is the more popular one, comes first.
    """
    # The bits of numbers of 0 or more are in the order of the numbers; below them the place.
    keys = np.ascontiguousarray(scores, dtype=np.float32).view(np.int32).astype(np.int64) << 20
    return keys | ((1 << 20) - 1 - places)


def ndcg_of(kept: dict[str, np.ndarray], weight: float) -> np.ndarray:
    """NDCG at 10 of each user's list where the strength has this weight, of those who compete."""
    scores = kept["others"] + np.float32(weight) * kept["strength"]
    keys = sort_keys(scores, np.arange(scores.shape[1]))
    shown = np.argpartition(keys, keys.shape[1] - LIST_LENGTH, axis=1)[:, -LIST_LENGTH:]
    order = np.argsort(-np.take_along_axis(keys, shown, axis=1), axis=1)
    shown = np.take_along_axis(shown, order, axis=1)
    return (np.take_along_axis(kept["hits"], shown, axis=1) * DISCOUNTS).sum(axis=1) / kept["ideal"]


def learnt(lists: dict[str, np.ndarray], names: list[str], start: np.ndarray | None = None) -> np.ndarray:
    """The best weights that coordinate ascent finds; the largest is 1.

    It climbs to a near summit only, so it starts twice, from the best single strength and from the best few together;
    or once, from `start`. The earlier start wins a tie.
    """
    if start is None:
        singles = np.eye(len(names))
        # Rounded: strengths that say the same tie exactly.
        best = np.argsort([-round(float(ndcg(lists, row).mean()), 6) for row in singles], kind="stable")[:TOGETHER]
        starts = [singles[best[0]], singles[best].sum(axis=0)]
    else:
        starts = [start]
    # Users of whom no candidate is a hit have the same list value whatever the weights.
    can_hit = np.bincount(lists["users"], lists["hits"], minlength=len(lists["ideal"])) > 0
    climbed = [ascend(subset(lists, can_hit), weights) for weights in starts] if can_hit.any() else [(starts[0], 0.0)]
    weights, _ = max(climbed, key=lambda found: round(float(found[1]), 6))
    return weights / weights.max()


def ascend(lists: dict[str, np.ndarray], weights: np.ndarray) -> tuple[np.ndarray, float]:
    """Weights and their mean NDCG, after one weight after the other was set to the best of the grid."""
    current = ndcg(lists, weights).mean()
    unchanged = 0
    for place in [*range(weights.size)] * PASSES:
        if unchanged == weights.size:
            break
        unchanged += 1
        strength = lists["strengths"][:, place]
        if not strength.any():
            continue
        rest = np.where(np.arange(weights.size) == place, 0, weights)
        kept = competing(lists, lists["strengths"] @ rest.astype(np.float32), strength)
        for value in GRID:
            tried = ndcg_of(kept, value).mean()
            if tried > current + LEAST_GAIN and (value > 0 or rest.any()):
                current, weights = tried, rest + value * (np.arange(weights.size) == place)
                # What was tried before this is tried again, itself not: it is at its best.
                unchanged = 1
    return weights, current


def holds(lists: dict[str, np.ndarray], of_all: np.ndarray, names: list[str]) -> bool:
    """Whether weights learnt on half of the users beat those of all users on the other half, both ways together."""
    folds = np.arange(len(lists["ideal"])) % FOLDS
    gain = 0.0
    for fold in range(FOLDS):
        weights = learnt(subset(lists, folds != fold), names, start=of_all)
        judged = subset(lists, folds == fold)
        gain += (ndcg(judged, weights) - ndcg(judged, of_all)).sum()
    return gain > 0
