"""One row per whether repeats are allowed, history group and strength: the weights of the recommendation blend.

The blend orders candidates by a weighted sum of strengths. Weights are found by coordinate ascent on NDCG at 10 itself
(Metzler & Croft 2007, "Linear feature-based models for information retrieval"), from the best single strength on; so on
the users learnt from no single one is better. A group's own weights must hold on users left out, or those of all users
serve it.
"""

import numpy as np
import pandas as pd

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
        modes.append(fit(of_mode).assign(repeats_allowed=mode == "true"))
    return session.from_df(pd.concat(modes)[list(COLUMNS)].astype(COLUMNS))


def fit(rows: pd.DataFrame) -> pd.DataFrame:
    """The weights of each history group, long. Too few users: no row.

    rows: columns user_number, history_group, target_count, is_hit and <name>_strength (0-1), ordered by user and then
        by what decides between equal scores; one row per user and candidate.
    """
    names = [column.removesuffix("_strength") for column in rows.columns if column.endswith("_strength")]
    lists = padded(rows, names)
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


def padded(rows: pd.DataFrame, names: list[str]) -> dict[str, np.ndarray]:
    """Candidates as arrays: strengths (users, candidates, names), hits (users, candidates), ideal (users,)."""
    users, first = np.unique(rows["user_number"].to_numpy(), return_index=True)
    counts = np.diff(np.append(first, len(rows)))
    user_places = np.repeat(np.arange(len(users)), counts)
    places = np.arange(len(rows)) - np.repeat(first, counts)
    width = max(int(counts.max(initial=0)), LIST_LENGTH + 1)
    strengths = np.zeros((len(users), width, len(names)), dtype=np.float32)
    strengths[user_places, places] = rows[[f"{name}_strength" for name in names]].to_numpy(dtype=np.float32)
    hits = np.zeros((len(users), width))
    hits[user_places, places] = rows["is_hit"].to_numpy(dtype=float)
    targets = np.minimum(rows["target_count"].to_numpy()[first], LIST_LENGTH).astype(int)
    return {
        "strengths": strengths, "hits": hits, "ideal": np.cumsum(DISCOUNTS)[targets - 1],
        "groups": rows["history_group"].to_numpy()[first],
    }


def subset(lists: dict[str, np.ndarray], members: np.ndarray) -> dict[str, np.ndarray]:
    return {name: values[members] for name, values in lists.items()}


def ndcg(lists: dict[str, np.ndarray], weights: np.ndarray) -> np.ndarray:
    """NDCG at 10 of each user's list by the weighted sum of strengths."""
    return ndcg_of(lists, lists["strengths"] @ weights.astype(np.float32))


def ndcg_of(lists: dict[str, np.ndarray], scores: np.ndarray) -> np.ndarray:
    """The same by the scores, 0 or more, of (users, candidates)."""
    width = scores.shape[1]
    # The bits of numbers of 0 or more are in the order of the numbers; below them the place, so that no two tie and the
    # earlier candidate, which is the more popular one, comes first.
    keys = np.ascontiguousarray(scores, dtype=np.float32).view(np.int32).astype(np.int64) << 20
    keys |= (1 << 20) - 1 - np.arange(width)
    shown = np.argpartition(keys, width - LIST_LENGTH, axis=1)[:, -LIST_LENGTH:]
    order = np.argsort(-np.take_along_axis(keys, shown, axis=1), axis=1)
    shown = np.take_along_axis(shown, order, axis=1)
    return (np.take_along_axis(lists["hits"], shown, axis=1) * DISCOUNTS).sum(axis=1) / lists["ideal"]


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
    can_hit = lists["hits"].any(axis=1)
    climbed = [ascend(subset(lists, can_hit), weights) for weights in starts] if can_hit.any() else [(starts[0], 0.0)]
    weights, _ = max(climbed, key=lambda found: round(float(found[1]), 6))
    return weights / weights.max()


def ascend(lists: dict[str, np.ndarray], weights: np.ndarray) -> tuple[np.ndarray, float]:
    """Weights and their mean NDCG, after one weight after the other was set to the best of the grid."""
    current = ndcg(lists, weights).mean()
    for _ in range(PASSES):
        before = current
        for place in range(weights.size):
            strength = lists["strengths"][:, :, place]
            if not strength.any():
                continue
            rest = np.where(np.arange(weights.size) == place, 0, weights)
            others = lists["strengths"] @ rest.astype(np.float32)
            for value in GRID:
                tried = ndcg_of(lists, others + np.float32(value) * strength).mean()
                if tried > current + LEAST_GAIN and (value > 0 or rest.any()):
                    current, weights = tried, rest + value * (np.arange(weights.size) == place)
        if current <= before:
            break
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
