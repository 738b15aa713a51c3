"""Weights of the blend on planted rows, where what the hits follow is known, and its NDCG against a plain one."""

import math

import ml_seg__recommendation_blend_fits as blend_fits
import numpy as np
import pandas as pd
import pytest

NAMES = ["own", "similar", "popular"]


def planted_rows(user_count, truth, seed=3, group="much", first_user=1, noise=0.05, candidate_count=40, hit_count=3):
    """Each user's hits are the candidates best by `truth`, weights of strengths, but for some noise."""
    random = np.random.default_rng(seed)
    frames = []
    for user in range(first_user, first_user + user_count):
        strengths = random.random((candidate_count, len(NAMES))) ** 3
        scores = strengths @ np.array([truth.get(name, 0.0) for name in NAMES])
        scores += noise * random.normal(size=candidate_count)
        rows = pd.DataFrame(strengths.round(6), columns=[f"{name}_strength" for name in NAMES])
        rows.insert(0, "user_number", user)
        rows["history_group"] = group
        rows["product_number"] = np.arange(candidate_count)
        rows["popularity_rank"] = np.arange(1, candidate_count + 1)
        rows["is_hit"] = np.isin(np.arange(candidate_count), np.argsort(-scores)[:hit_count])
        rows["target_count"] = hit_count
        frames.append(rows)
    return pd.concat(frames, ignore_index=True)


def weights_of(fits, group="much") -> dict[str, float]:
    return fits[fits["history_group"] == group].set_index("strength_name")["weight"].to_dict()


def plain_ndcg(rows: pd.DataFrame, weights: dict[str, float]) -> list[float]:
    """NDCG at 10 of each user, by sorting: the earlier row wins a tie."""
    found = []
    for _, of_user in rows.groupby("user_number"):
        scores = sum(np.float32(weights[name]) * of_user[f"{name}_strength"].astype("float32") for name in weights)
        places = sorted(range(len(of_user)), key=lambda place: (-scores.iloc[place], place))[:10]
        gain = sum(1 / math.log2(rank + 2) for rank, place in enumerate(places) if of_user["is_hit"].iloc[place])
        found.append(gain / sum(1 / math.log2(rank + 2) for rank in range(min(of_user["target_count"].iloc[0], 10))))
    return found


def uneven_rows(levels: int, longest: int = 40) -> pd.DataFrame:
    """Few levels of strengths: nearly all candidates tie with others. Lists are of different lengths, some have no hit."""
    random = np.random.default_rng(levels)
    frames = []
    for user in range(60):
        count = int(random.integers(1, longest))
        frames.append(pd.DataFrame({
            "user_number": user, "history_group": "much", "target_count": int(random.integers(1, 15)),
            "is_hit": random.random(count) < 0.2,
            # Halves, quarters...: sums are exact, ties are ties.
            **{f"{name}_strength": np.floor(random.random(count) * levels) / 1024 for name in NAMES},
        }))
    return pd.concat(frames, ignore_index=True)


@pytest.mark.parametrize("levels", [2, 5, 1000])
@pytest.mark.parametrize("weights", [[1.0, 0.0, 0.0], [2.0, 1.0, 0.5], [0.0, 0.0, 0.01]])
def test_ndcg_is_that_of_sorted_lists(levels, weights):
    rows = uneven_rows(levels)
    found = blend_fits.ndcg(blend_fits.arrays(rows, NAMES), np.array(weights))
    assert found == pytest.approx(plain_ndcg(rows, dict(zip(NAMES, weights, strict=True))), abs=1e-9)


@pytest.mark.parametrize("levels", [5, 1000])
def test_who_cannot_compete_is_left_out_and_lists_are_those_of_all_at_every_weight(levels):
    rows = uneven_rows(levels, longest=200)
    lists = blend_fits.arrays(rows, ["own", "similar"])
    kept = blend_fits.competing(lists, lists["strengths"][:, 1], lists["strengths"][:, 0] / 4)
    assert kept["others"].shape[1] < 150 < rows.groupby("user_number").size().max()
    for weight in blend_fits.GRID:
        expected = plain_ndcg(rows, {"own": weight / 4, "similar": 1.0})
        assert blend_fits.ndcg_of(kept, weight) == pytest.approx(expected, abs=1e-9)


def test_ties_of_high_scores_are_won_by_the_earlier_candidate():
    rows = pd.DataFrame({
        "user_number": 1, "history_group": "much", "target_count": 1, "is_hit": np.arange(12) == 9,
        **{f"{name}_strength": 1.0 for name in NAMES},
    })
    found = blend_fits.ndcg(blend_fits.arrays(rows, NAMES), np.array([2.0, 2.0, 2.0]))
    assert found == pytest.approx([1 / math.log2(11)], abs=1e-9)


def test_a_slightly_higher_score_wins_however_late_the_candidate():
    rows = pd.DataFrame({
        "user_number": 1, "history_group": "much", "target_count": 1, "is_hit": np.arange(300) == 299,
        "own_strength": np.where(np.arange(300) == 299, 0.500001, 0.5),
    })
    assert blend_fits.ndcg(blend_fits.arrays(rows, ["own"]), np.array([1.0])) == pytest.approx([1], abs=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_weights_follow_the_strength_that_the_hits_follow(name):
    rows = planted_rows(60, {name: 1.0})
    fits = blend_fits.fit(rows)
    weights = weights_of(fits)
    assert weights[name] == 1
    assert all(weight <= 0.1 for other, weight in weights.items() if other != name)
    own = fits[fits["history_group"] == "much"]
    assert own.loc[own["strength_name"] == name, "strength_ndcg"].iloc[0] > 0.8


@pytest.mark.parametrize(("truth", "names"), [
    ({"own": 1.0, "similar": 1.0}, ["own", "similar"]), ({"similar": 0.5, "popular": 1.0}, ["similar", "popular"]),
])
def test_a_blend_of_two_planted_strengths_beats_both(truth, names):
    fits = blend_fits.fit(planted_rows(80, truth)).query("history_group == 'much'").set_index("strength_name")
    assert (fits["blend_ndcg"] > 1.1 * fits["strength_ndcg"].max()).all()
    first, second = (fits.loc[name, "weight"] for name in names)
    assert first / second == pytest.approx(truth[names[0]] / truth[names[1]], rel=0.7)
    assert fits["weight"].drop(names).max() <= 0.1
    # On users that were not learnt from, too.
    unseen = planted_rows(80, truth, seed=4)
    of_single = {name: np.mean(plain_ndcg(unseen, {name: 1.0})) for name in NAMES}
    assert np.mean(plain_ndcg(unseen, fits["weight"].to_dict())) > 1.1 * max(of_single.values())


@pytest.mark.parametrize("seed", range(4))
def test_no_single_strength_is_better_on_the_users_learnt_from(seed):
    """Hits by chance: nothing is to be learnt, and what is found is still no worse than the best of the strengths."""
    fits = blend_fits.fit(planted_rows(30, {}, seed=seed, noise=1.0))
    of_group = fits[fits["history_group"] == "much"]
    assert (of_group["blend_ndcg"] >= of_group["strength_ndcg"].max() - 1e-6).all()


def test_figures_are_those_of_the_users_of_the_group():
    rows = pd.concat([
        planted_rows(40, {"own": 1.0, "popular": 0.5}), planted_rows(30, {}, noise=1.0, group="little", first_user=101),
    ], ignore_index=True)
    all_fits = blend_fits.fit(rows)
    for group, user_count in [("much", 40), ("little", 30)]:
        of_group = rows[rows["history_group"] == group]
        fits = all_fits[all_fits["history_group"] == group].set_index("strength_name")
        assert (fits["user_count"] == user_count).all()
        expected = np.mean(plain_ndcg(of_group, fits["weight"].to_dict()))
        assert fits["blend_ndcg"].iloc[0] == pytest.approx(expected, abs=1e-9)
        for name in NAMES:
            assert fits.loc[name, "strength_ndcg"] == pytest.approx(np.mean(plain_ndcg(of_group, {name: 1.0})), abs=1e-9)


@pytest.mark.parametrize("user_count", [0, 1, blend_fits.MIN_USERS - 1])
def test_too_few_users_have_no_weights(user_count):
    rows = planted_rows(blend_fits.MIN_USERS, {"own": 1.0})
    fits = blend_fits.fit(rows[rows["user_number"] <= user_count])
    assert fits.empty
    assert list(fits.columns) == [
        "history_group", "strength_name", "weight", "strength_ndcg", "blend_ndcg", "user_count",
    ]
    assert len(blend_fits.fit(rows)) == 3 * len(NAMES)


def test_users_without_a_hit_get_weights_all_the_same():
    rows = planted_rows(30, {"own": 1.0}).assign(is_hit=False)
    fits = blend_fits.fit(rows)
    assert (fits["blend_ndcg"] == 0).all()
    assert fits["weight"].between(0, 1).all()
    assert (fits.groupby("history_group")["weight"].max() == 1).all()


def test_a_strength_that_says_nothing_and_one_said_twice_do_no_harm():
    rows = planted_rows(60, {"own": 1.0})
    rows["silent_strength"] = 0.0
    rows["again_strength"] = rows["own_strength"]
    fits = blend_fits.fit(rows)
    weights = weights_of(fits)
    assert weights["silent"] == 0
    assert fits["blend_ndcg"].iloc[-1] >= fits["strength_ndcg"].max() - 1e-6
    assert weights["own"] == 1, "of two that say the same the earlier is the start"


def test_a_fit_repeats_itself_whatever_the_row_labels():
    rows = planted_rows(60, {"own": 1.0, "similar": 0.4}, noise=0.3)
    shuffled = rows.sample(frac=1, random_state=1).sort_values(["user_number", "popularity_rank", "product_number"])
    pd.testing.assert_frame_equal(blend_fits.fit(rows), blend_fits.fit(shuffled))


def two_groups(of_little, of_much, little_count):
    return pd.concat([
        planted_rows(little_count, of_little, group="little", seed=5),
        planted_rows(blend_fits.MIN_GROUP_USERS, of_much, group="much", seed=6, first_user=10_001),
    ], ignore_index=True)


def test_groups_that_differ_have_weights_of_their_own():
    fits = blend_fits.fit(two_groups({"popular": 1.0}, {"own": 1.0}, blend_fits.MIN_GROUP_USERS))
    assert weights_of(fits, "much")["own"] == 1
    assert weights_of(fits, "much")["popular"] <= 0.1
    assert weights_of(fits, "little")["popular"] == 1
    assert weights_of(fits, "little")["own"] <= 0.1


def test_a_small_group_is_served_the_weights_of_all():
    fits = blend_fits.fit(two_groups({"popular": 1.0}, {"own": 1.0}, 30))
    assert weights_of(fits, "little") == weights_of(fits, "none")
    assert weights_of(fits, "little")["own"] == 1
    assert fits.groupby("history_group")["user_count"].first().to_dict() == {"little": 30, "much": 200, "none": 0}


def test_weights_that_do_not_hold_on_users_left_out_are_not_used(monkeypatch):
    rows = two_groups({"popular": 1.0}, {"own": 1.0}, blend_fits.MIN_GROUP_USERS)
    monkeypatch.setattr(blend_fits, "holds", lambda *_: False)
    fits = blend_fits.fit(rows)
    assert weights_of(fits, "little") == weights_of(fits, "much") == weights_of(fits, "none")


@pytest.mark.parametrize(("truth", "does_hold"), [({"popular": 1.0}, True), ({"own": 1.0}, False), ({}, False)])
def test_weights_hold_where_the_users_left_out_gain_by_them(truth, does_hold):
    """Users who differ from all others; who are like them; and whose hits follow nothing."""
    rows = planted_rows(80, truth, noise=0.05 if truth else 1.0)
    lists = blend_fits.arrays(rows, NAMES)
    assert blend_fits.holds(lists, np.array([1.0, 0.0, 0.0]), NAMES) == does_hold
