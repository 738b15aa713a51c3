"""Value tiers, behaviour and lookalikes of the demo store: the seeds' rules applied again in pandas, and the planted types."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from shops import ROOT

TRUTH = Path(__file__).parent / "demo_truth"
SEEDS = ROOT / "seeds" / "reference"


@pytest.fixture(scope="module")
def users(demo_store):
    """Features of the scoring date with the segments of the two schemes and the planted type, by user."""
    users = demo_store.sql("""
        select
            features.*,
            features.sd_days_between_orders / features.mean_days_between_orders as order_gap_variation,
            tiers.segment_key as value_tier,
            behaviours.segment_key as behaviour
        from seg__user_features as features
        inner join int_seg__as_of_dates as dates on features.as_of_date = dates.as_of_date and dates.split = 'scoring'
        left join seg__user_segments as tiers on features.user_id = tiers.user_id and tiers.scheme = 'value_tier'
        left join seg__user_segments as behaviours
            on features.user_id = behaviours.user_id and behaviours.scheme = 'behaviour'
    """).df()
    truth = pd.read_csv(TRUTH / "users.csv", dtype={"user_id": str})
    return users.merge(truth[["user_id", "shopper_type"]], on="user_id", how="left").set_index("user_id")


def test_tiers_are_filled_from_the_top_without_splitting_equals(users):
    tiers = pd.read_csv(SEEDS / "seg_ref__value_tiers.csv").dropna(subset=["cumulative_share"])
    buyers = users[users["net_revenue"] > 0]
    for row in tiers.itertuples():
        held = buyers[buyers["value_tier"].isin(tiers.loc[tiers["tier_rank"] <= row.tier_rank, "segment_key"])]
        left = buyers.drop(held.index)
        assert len(held) <= row.cumulative_share * len(buyers) + 1e-9
        if len(left):
            assert held["net_revenue"].min() > left["net_revenue"].max()
            next_ones = (left["net_revenue"] == left["net_revenue"].max()).sum()
            assert len(held) + next_ones > row.cumulative_share * len(buyers)
    assert (users.drop(buyers.index)["value_tier"] == "none").all()


def test_behaviour_is_the_first_type_whose_rules_hold(users):
    rules = pd.read_csv(SEEDS / "seg_ref__behaviour_rules.csv").sort_values("priority")
    buyers = users[users["order_count"] > 0]
    expected = pd.Series(None, index=users.index, dtype=object)
    for segment_key, conditions in rules.groupby("segment_key", sort=False):
        holds = pd.Series(True, index=users.index)
        for rule in conditions.dropna(subset=["feature_name"]).itertuples():
            values, known = users[rule.feature_name].astype(float), buyers[rule.feature_name].dropna().astype(float)
            holds &= values.notna()
            holds &= ~(values < rule.minimum) & ~(values > rule.maximum)
            if not np.isnan(rule.minimum_quantile):
                below = np.searchsorted(np.sort(known), known) / len(known)
                holds &= values >= known[below >= rule.minimum_quantile].min()
        expected[holds & expected.isna()] = segment_key
    assert users["behaviour"].to_dict() == expected.to_dict()


def test_no_behaviour_takes_nearly_everybody(users):
    assert users["behaviour"].value_counts(normalize=True).max() < 0.3
    repeat_buyers = users[users["order_count"] >= 2]
    assert (repeat_buyers["behaviour"] == "all_rounder").mean() < 0.4


@pytest.mark.parametrize(
    ("behaviour", "shopper_type"),
    [
        ("one_category_loyalist", "one_category_specialist"), ("bargain_hunter", "bargain_hunter"),
        ("frequent_returner", "gift_buyer"), ("cart_abandoner", "window_shopper"), ("browser", "window_shopper"),
        ("weekend_shopper", "gift_buyer"), ("bulk_buyer", "loyal_enthusiast"), ("regular", "loyal_enthusiast"),
    ],
)
def test_behaviour_meets_the_planted_types(users, behaviour, shopper_type):
    """The planted type is the most frequent among those who behave like it, and more frequent there than among all."""
    planted = users.dropna(subset=["shopper_type"])
    shares = planted.loc[planted["behaviour"] == behaviour, "shopper_type"].value_counts(normalize=True)
    assert shares.idxmax() == shopper_type
    assert shares[shopper_type] > 1.2 * (planted["shopper_type"] == shopper_type).mean()


def test_lookalike_distances_find_more_of_a_planted_type_than_the_distance_from_its_mean(demo_store, users):
    features = demo_store.sql("select * from int_seg__cluster_features where has_been_seen order by user_id").df()
    points = features.set_index("user_id").filter(like="scaled_")
    types = users["shopper_type"].reindex(points.index)
    spread, recalls = points.var(ddof=0), []
    for shopper_type in sorted(types.dropna().unique()):
        audience = points[types == shopper_type]
        held_back = audience.index[np.arange(len(audience)) % 5 == 0]
        learned = audience.drop(held_back)
        others = points.drop(learned.index)
        own = (len(learned) * learned.var(ddof=0) + 5 * spread) / (len(learned) + 10)
        from_mean = (others - learned.mean()) ** 2
        relative = (from_mean / own - (others - points.mean()) ** 2 / spread).sum(axis=1)
        recalls.append([
            distance.nsmallest(len(held_back)).index.isin(held_back).mean()
            for distance in (relative, from_mean.sum(axis=1))
        ])
    relative, plain = np.mean(recalls, axis=0)
    assert relative > 1.25 * plain
