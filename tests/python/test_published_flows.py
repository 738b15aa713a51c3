"""An attacker against the choice of published segments: invented shops, run after run, and everything that a reader of
the tables of groups can subtract from everything else."""

from itertools import permutations

import ml_seg__published_flows as published
import numpy as np
import pandas as pd
import pytest

MINIMUM = 5
SCHEMES = {"rfm": 7, "lifecycle": 4, "fine": 6, "coarse": 3}


def wanted_segments(random, users):
    """Segments that nest and nearly nest in each other: coarse ones unite fine ones, lifecycle 0 is nearly rfm 0."""
    rfm = random.integers(0, SCHEMES["rfm"], len(users)) * (random.random(len(users)) < 0.6)
    fine = random.choice(SCHEMES["fine"], len(users), p=[0.5, 0.25, 0.15, 0.06, 0.03, 0.01])
    lifecycle = np.where(rfm == 0, 0, 1 + (rfm + random.integers(0, 2, len(users))) % 3)
    odd = random.random(len(users)) < 0.01
    lifecycle[odd] = random.integers(0, 4, odd.sum())
    wanted = pd.DataFrame({"rfm": rfm, "lifecycle": lifecycle, "fine": fine, "coarse": fine // 2}, index=users)
    return wanted.astype(str)


def run(wanted, last, minimum=MINIMUM, before=None):
    """One run as the SQL does it: combine, choose, join back; the published segments of each user who does not wait."""
    before = last if before is None else before.loc[before.index.intersection(last.index)]
    users = wanted.index.union(last.index)
    rows = pd.concat(
        [wanted.reindex(users).add_suffix("_wanted"), last.reindex(users).add_suffix("_last"),
         before.reindex(users).add_suffix("_from")], axis=1
    ).astype("string")
    rows["combination_id"] = rows.fillna("").agg("|".join, axis=1)
    flows = rows.groupby("combination_id", as_index=False).agg(
        **{column: (column, "first") for column in rows.columns if column != "combination_id"},
        user_count=("combination_id", "size"),
    )
    keys = published.published_flows(flows.sort_values("combination_id"), minimum)
    joined = rows[["combination_id"]].reset_index(names="user_id").merge(keys, on="combination_id").sort_values("user_id")
    joined = joined[joined.groupby("combination_id").cumcount() >= joined["waiting_count"]].set_index("user_id")
    result = joined.drop(columns=["combination_id", "waiting_count"])
    return result.rename(columns=lambda name: name.removesuffix("_key"))


def groups_told(now, last, name):
    """The sets of users whom the tables of one scheme speak of: segments of both runs, and the flows between them."""
    both = pd.DataFrame({"now": now[name], "last": last[name]}, dtype="string")
    return {
        **{("now", key): set(rows.index) for key, rows in both.groupby("now")},
        **{("last", key): set(rows.index) for key, rows in both.groupby("last")},
        **{("flow", key): set(rows.index) for key, rows in both.fillna("-").groupby(["last", "now"])},
    }


def isolated(now, last, minimum=MINIMUM):
    """Every group of fewer than the minimum, and every difference of groups and unions of groups that isolates so few."""
    everybody = set(now.index) | set(last.index)
    told = {name: groups_told(now, last, name) for name in now.columns}
    found = [(name, group) for name, groups in told.items() for group, users in groups.items() if len(users) < minimum]
    for one, other in permutations(told, 2):
        for group, users in told[one].items():
            for other_group, others in told[other].items():
                if others < users and len(users - others) < minimum:
                    found.append((one, group, "less", other, other_group))
            for side, which in ((users, "within"), (everybody - users, "around")):
                flows = (flow for key, flow in told[other].items() if key[0] == "flow" and flow <= side)
                if 0 < len(side.difference(*flows)) < minimum:
                    found.append((one, group, which, other))
    return found


def shop_over_time(seed, user_count=300, run_count=4, leaver_shares=(0, 0.003, 0.02)):
    """What is wanted at each run: a few users come, a few move, single ones are gone."""
    random = np.random.default_rng(seed)
    wanted = wanted_segments(random, [f"u{number:04}" for number in range(user_count)])
    for number in range(run_count):
        yield wanted
        wanted = wanted[random.random(len(wanted)) > random.choice(leaver_shares)].copy()
        movers = random.random(len(wanted)) < 0.08
        wanted[movers] = wanted_segments(random, wanted.index[movers])
        arrivals = [f"v{number}-{arrival}" for arrival in range(random.integers(0, 12))]
        wanted = pd.concat([wanted, wanted_segments(random, arrivals)])


NOBODY = pd.DataFrame(columns=list(SCHEMES), dtype="string")


@pytest.mark.parametrize("seed", range(30))
def test_nobody_is_isolated_by_any_table_or_any_two(seed):
    last = NOBODY
    for wanted in shop_over_time(seed, [4, 12, 40, 120, 400, 1000][seed % 6]):
        now = run(wanted, last)
        assert isolated(now, last) == []
        last = now


def test_the_attacker_finds_what_is_told_without_protection():
    last = NOBODY
    found = []
    for wanted in shop_over_time(1):
        found.append({len(finding) for finding in isolated(wanted, last)})
        last = wanted
    # Small groups at once; differences of groups and of unions; so does one run from the next.
    assert all(lengths == {2, 4, 5} for lengths in found)


@pytest.mark.parametrize("seed", range(8))
def test_most_of_a_shop_is_told_what_is_true(seed):
    last = NOBODY
    for wanted in shop_over_time(seed, 1000, leaver_shares=(0, 0.003)):
        now = run(wanted, last)
        assert len(now) > 0.95 * len(wanted)
        assert (now == wanted.loc[now.index]).to_numpy().mean() > 0.85
        last = now


@pytest.mark.parametrize("seed", range(8))
def test_a_date_that_is_run_again_tells_the_same_or_hides_what_changed(seed):
    before, last, random = NOBODY, NOBODY, np.random.default_rng(seed)
    for wanted in shop_over_time(seed, leaver_shares=(0,)):
        before, last = last, run(wanted, last)
        pd.testing.assert_frame_equal(run(wanted, last, before=before), last)
        late = wanted.sample(4, random_state=seed)
        changed = pd.concat([wanted.drop(late.index), wanted_segments(random, late.index[1:])]).sort_index()
        assert isolated(run(changed, last, before=before), last) == []


@pytest.mark.parametrize("seed", range(4))
def test_a_fit_that_replaces_another_of_its_date_tells_nothing_beside_the_date_before(seed):
    before, last, random = NOBODY, NOBODY, np.random.default_rng(seed)
    for wanted in shop_over_time(seed):
        before, last = last, run(wanted, last)
        fine = random.permutation(wanted["fine"].astype(int))
        replacing = wanted.assign(fine=fine.astype(str), coarse=(fine // 2).astype(str))
        now = run(replacing, last.assign(fine=None, coarse=None), before=before)
        assert len(now) and isolated(now, before.loc[before.index.intersection(last.index)]) == []


@pytest.mark.parametrize("seed", range(6))
def test_a_scheme_may_come_and_go(seed):
    last = NOBODY
    for number, wanted in enumerate(shop_over_time(seed, [40, 400][seed % 2])):
        wanted["coarse" if number % 2 else "rfm"] = None
        now = run(wanted, last)
        kept = [name for name in now if now[name].notna().any()]
        assert len(kept) == 3 or now.empty
        assert isolated(now[kept], last[kept]) == []
        last = now


def test_with_a_minimum_of_one_everything_is_told():
    last = NOBODY
    for wanted in shop_over_time(3):
        now = run(wanted, last, minimum=1)
        pd.testing.assert_frame_equal(now, wanted.sort_index().astype("string"), check_names=False)
        last = now


def test_of_four_users_or_none_nothing_is_told():
    random = np.random.default_rng(0)
    assert run(wanted_segments(random, list("abcd")), NOBODY).empty
    nothing = {f"{name}_{kind}": pd.Series(dtype="string") for name in SCHEMES for kind in ("from", "last", "wanted")}
    flows = pd.DataFrame({"combination_id": pd.Series(dtype="string"), **nothing, "user_count": pd.Series(dtype="int64")})
    assert published.published_flows(flows, MINIMUM).empty
    assert len(run(wanted_segments(random, list("abcde")), NOBODY)) == 5


def test_a_worked_example():
    """Seven of nine prospects browse and two do not: prospects less browsers would tell of those two."""
    users = list("abcdefghijklmno")
    wanted = pd.DataFrame({"rfm": ["prospects"] * 9 + ["loyal"] * 6, "behaviour": ["browser"] * 7 + ["buyer"] * 8}, users)
    now = run(wanted, pd.DataFrame(columns=wanted.columns, dtype="string"))
    told = {name: {key: "".join(rows.index) for key, rows in now.groupby(name)} for name in now}
    # The two are no prospects to the reader, and the smallest group hides them.
    assert told == {
        "rfm": {"prospects": "abcdefg", "other": "hijklmno"}, "behaviour": {"browser": "abcdefg", "buyer": "hijklmno"}
    }


def test_order_of_rows_does_not_matter():
    wanted = next(shop_over_time(5))
    pd.testing.assert_frame_equal(run(wanted.sample(frac=1, random_state=1), NOBODY), run(wanted, NOBODY))
