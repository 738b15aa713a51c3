"""The intervals of recommendations' metrics are those of a plain bootstrap over users, and a lost comparison is told."""

from pathlib import Path

import duckdb
import jinja2
import numpy as np
import pandas as pd
import pytest

CLAIM = Path(__file__).resolve().parents[1] / "models" / "the_blend_is_behind_no_baseline.sql"
COLUMNS = {
    "ndcg": "ndcg", "hit_rate": "has_hit", "recall": "recall", "precision": "precision_at_k",
    "mrr": "reciprocal_rank", "map": "average_precision",
}
GROUPS = {
    "all": ["none", "little", "much"], "with_history": ["little", "much"], "without_history": ["none"],
    "little_history": ["little"], "much_history": ["much"],
}
LISTS = ["strategy", "repeats_allowed", "k", "user_group"]


@pytest.fixture(scope="module")
def users(demo_store) -> pd.DataFrame:
    return demo_store.execute("select * from int_seg__recommendation_user_metrics order by user_number").df()


@pytest.fixture(scope="module")
def compared(demo_store, users) -> pd.DataFrame:
    """One row per interval of the mart: its values beside those of 3,000 replicates of users drawn one by one."""
    random = np.random.default_rng(7)
    draws: dict[int, np.ndarray] = {}
    found = []
    for group, histories in GROUPS.items():
        members = users[users["history_group"].isin(histories)]
        for (strategy, repeats_allowed, k), rows in members.groupby(["strategy", "repeats_allowed", "k"]):
            count = len(rows)
            if count not in draws:
                draws[count] = random.multinomial(count, np.full(count, 1 / count), size=3000)
            values = rows[list(COLUMNS.values())].to_numpy(dtype=float)
            low, high = np.quantile(draws[count] @ values / count, [0.025, 0.975], axis=0)
            standard_errors = values.std(axis=0, ddof=1) / np.sqrt(count)
            for place, name in enumerate(COLUMNS):
                found.append({
                    "strategy": strategy, "repeats_allowed": repeats_allowed, "k": k, "user_group": group,
                    "metric_name": name, "plain_mean": values[:, place].mean(), "plain_low": low[place],
                    "plain_high": high[place], "standard_error": standard_errors[place], "plain_count": count,
                })
    marts = demo_store.execute("select * from seg__recommendation_metrics where interval_low is not null").df()
    joined = marts.merge(pd.DataFrame(found), on=[*LISTS, "metric_name"], how="inner")
    assert len(joined) == len(marts) > 300
    return joined


def test_means_and_counts_are_those_of_the_users(compared):
    assert (compared["user_count"] == compared["plain_count"]).all()
    assert compared["metric_value"].to_numpy() == pytest.approx(compared["plain_mean"].to_numpy(), abs=1e-7)


def test_intervals_are_as_wide_as_those_of_a_plain_bootstrap(compared):
    """Nine in ten within an eighth: 200 buckets and 500 replicates leave a spread of 5 % each, 7 % together, and the
    furthest of 1,500 intervals is about three and a half times so far off."""
    wide = compared[compared["standard_error"] > 0]
    width = wide["interval_high"] - wide["interval_low"]
    plain_width = wide["plain_high"] - wide["plain_low"]
    for error in [width / plain_width - 1, width / (2 * 1.96 * wide["standard_error"]) - 1]:
        assert error.abs().max() < 0.25
        assert error.abs().quantile(0.9) < 0.125
        assert abs(error.mean()) < 0.04
    shift = (wide["interval_low"] + wide["interval_high"] - wide["plain_low"] - wide["plain_high"]) / plain_width
    assert shift.abs().max() < 0.2


def test_differences_are_judged_on_the_same_users(demo_store, users):
    random = np.random.default_rng(8)
    rows = demo_store.execute("select * from seg__recommendation_comparisons where user_group = 'all'").df()
    assert {"popular", "own_favourites"} <= set(rows["compared_strategy"])
    for row in rows.itertuples():
        lists = users[(users["k"] == 10) & (users["repeats_allowed"] == row.repeats_allowed)]
        ndcg = lists.pivot_table(index="user_number", columns="strategy", values="ndcg")
        difference = (ndcg["personal"] - ndcg[row.compared_strategy]).to_numpy()
        drawn = random.choice(difference, size=(3000, len(difference))).mean(axis=1)
        low, high = np.quantile(drawn, [0.025, 0.975])
        assert row.difference == pytest.approx(difference.mean(), abs=1e-6)
        assert row.interval_high - row.interval_low == pytest.approx(high - low, rel=0.2)
        # Two samples of the same users: narrower than if they were of different ones, the more the more alike the lists.
        unpaired = 2 * 1.96 * np.sqrt((ndcg["personal"].var() + ndcg[row.compared_strategy].var()) / len(ndcg))
        alike = row.compared_strategy in ["viewed", "similar", "regression"]
        assert row.interval_high - row.interval_low < (0.9 if alike else 1.1) * unpaired


def test_every_replicate_draws_as_many_buckets_as_there_are(demo_store):
    draws = demo_store.execute("select * from int_seg__recommendation_draws").df()
    sums = draws.groupby(["bucket_count", "replicate_number"], as_index=False)["draw_count"].sum()
    assert (sums["draw_count"] == sums["bucket_count"]).all()
    assert sums.groupby("bucket_count").size().eq(501).all()
    assert (draws.loc[draws["replicate_number"] == 0, "draw_count"] == 1).all()
    # With replacement: 1 / e of the buckets are left out of a replicate.
    drawn = draws[(draws["replicate_number"] > 0) & (draws["bucket_count"] == 200)]
    assert 1 - len(drawn) / (500 * 200) == pytest.approx(np.exp(-1), abs=0.005)
    assert (drawn["draw_count"] ** 2).sum() / (500 * 200) == pytest.approx(2 - 1 / 200, abs=0.02)


def test_buckets_are_of_equal_size(demo_store):
    buckets = demo_store.execute(
        "select repeats_allowed, user_group, user_count, bucket_count, bucket, count(*) as size"
        " from int_seg__recommendation_user_groups group by all"
    ).df()
    for (_, _), rows in buckets.groupby(["repeats_allowed", "user_group"]):
        assert len(rows) == rows["bucket_count"].iloc[0] == min(200, rows["user_count"].iloc[0])
        assert rows["size"].max() - rows["size"].min() <= 1


@pytest.mark.parametrize(
    ("repeats_allowed", "user_group", "is_baseline", "verdict", "is_told"),
    [
        (True, "all", True, "behind", True),
        (False, "all", True, "behind", False),
        (True, "without_history", True, "behind", False),
        (True, "all", False, "behind", False),
        (True, "all", True, "level", False),
        (True, "all", True, "too few users", False),
    ],
)
def test_a_served_blend_that_loses_to_a_baseline_is_warned_of(
    repeats_allowed, user_group, is_baseline, verdict, is_told
):
    text = CLAIM.read_text()
    assert "severity='warn'" in text
    query = jinja2.Template(text).render(config=lambda **_: "", ref=lambda name: name, var=lambda name: True)
    with duckdb.connect() as connection:
        connection.execute(
            "create table seg__recommendation_comparisons as select 'popular' as compared_strategy,"
            " ? as repeats_allowed, ? as user_group, ? as is_baseline, ? as verdict, 0.1 as metric_value,"
            " 0.2 as compared_value, -0.15 as interval_low, -0.05 as interval_high",
            [repeats_allowed, user_group, is_baseline, verdict],
        )
        assert len(connection.execute(query).fetchall()) == is_told
