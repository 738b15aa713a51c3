"""Segment rules: what the fit makes of planted segments, and the published rules run one by one on the demo store."""

import numpy as np
import pandas as pd
import pytest
from ml_seg__segment_rule_fits import Condition, number_text, rule_fits, segment_rules, short_bound
from sklearn.tree import DecisionTreeClassifier

NOTHING = float("nan")
MINIMUM_GROUP_SIZE = 5  # the default of `seg__minimum_group_size`


@pytest.fixture(scope="module")
def planted():
    """Users in three segments that two bounds make; the second feature is unknown of a third of the users."""
    random = np.random.default_rng(1)
    orders = random.integers(0, 20, 3000).astype(float)
    days = random.uniform(0, 300, 3000)
    days[random.random(3000) < 1 / 3] = NOTHING
    keys = np.where(orders <= 4, "small", np.where(days <= 60, "fresh", "old"))
    return pd.DataFrame({"orders": orders, "days": days, "noise": random.normal(size=3000)}), keys


def named(rules, features):
    """What the rules say of each user, who must meet exactly one of them."""
    met = np.array([
        np.all([condition.met_by(features[name].to_numpy()) for name, condition in rule.conditions.items()]
               or [np.ones(len(features), dtype=bool)], axis=0)
        for rule in rules
    ])
    assert (met.sum(axis=0) == 1).all()
    return np.array([rule.segment_key for rule in rules])[met.argmax(axis=0)]


def test_planted_bounds_are_found_and_nothing_else(planted):
    features, keys = planted
    rules = {rule.segment_key: rule for rule in segment_rules(features, keys, 5, 42)}
    assert rules.keys() == {"small", "fresh", "old"}
    assert rules["small"].conditions.keys() == {"orders"}
    assert rules["small"].conditions["orders"].high == 4
    assert rules["old"].conditions["orders"].low == 4
    assert rules["fresh"].conditions["days"].high == pytest.approx(60, abs=1)
    assert not rules["fresh"].conditions["days"].includes_null
    assert rules["old"].conditions["days"].includes_null
    assert (named(rules.values(), features) == keys).mean() > 0.998


def test_rules_say_what_the_tree_says(planted):
    features, _ = planted
    random = np.random.default_rng(2)
    features = features.assign(money=random.lognormal(5, 1, len(features)))
    keys = np.where(features["money"] * (1 + features["orders"]) + 50 * features["noise"] > 1500, "a", "b")
    values = features.to_numpy()
    tree = DecisionTreeClassifier(max_depth=4, min_samples_leaf=30, random_state=42).fit(values, keys)
    rules = segment_rules(features, keys, 5, 42)
    assert (named(rules, features) == tree.predict(values)).mean() > 0.99
    for rule in rules:
        for condition in rule.conditions.values():
            for bound in {condition.low, condition.high} - {np.inf, -np.inf}:
                assert len(number_text(bound).lstrip("-0.").replace(".", "")) <= 4


def test_no_rule_is_smaller_than_a_group_may_be(planted):
    features, keys = planted
    assert min(rule.user_count for rule in segment_rules(features, keys, 700, 42)) >= 700


def test_of_two_features_that_divide_alike_the_first_is_taken():
    random = np.random.default_rng(3)
    orders = random.integers(0, 3, 400).astype(float)
    copies = pd.DataFrame({"days": np.where(orders > 0, random.uniform(1, 9, 400), NOTHING), "orders": orders,
                           "share": np.where(orders > 0, 0.5, NOTHING)})
    for first in copies.columns:
        ordered = copies[[first, *copies.columns.drop(first)]]
        for rule in segment_rules(ordered, np.where(orders > 0, "buyer", "prospect"), 5, 42):
            assert list(rule.conditions) == [first]


@pytest.mark.parametrize("left, right, bound", [
    ([1, 4], [5, 9], 4),  # whole numbers: more than 4
    ([8, 9], [10, 11], 9),
    ([104], [131], 120),
    ([0.1, 0.23], [0.71], 0.5),
    ([82.41], [82.47], 82.44),
    ([1_000_000.25], [1_000_000.75], 1_000_000.5),  # four digits would leave nobody on the left
    ([-3.0], [0.0], -2),
])
def test_bounds_are_as_short_as_they_can_be(left, right, bound):
    assert short_bound(np.array(left, dtype=float), np.array(right, dtype=float)) == bound


def test_a_short_bound_may_move_one_user_in_a_hundred():
    left, right = np.linspace(0, 1.23456, 1000), np.linspace(1.234561, 2, 1000)
    assert short_bound(left, right) == 1.235


@pytest.mark.parametrize("number, text", [
    (0.0, "0"), (-0.0, "0"), (45.0, "45"), (0.0001234, "0.0001234"), (123500.0, "123500"), (1e-9, "1e-09"), (np.inf, None),
])
def test_numbers_are_written_as_people_write_them(number, text):
    assert number_text(number) == text


@pytest.mark.parametrize("user_count", [1, 2, 40])
@pytest.mark.parametrize("value", [7.0, NOTHING])
def test_users_who_are_alike_meet_one_rule_without_conditions(user_count, value):
    features = pd.DataFrame({"orders": [value] * user_count, "days": [NOTHING] * user_count})
    keys = np.array((["a", "b"] * user_count)[:user_count])
    rules = segment_rules(features, keys, 5, 42)
    assert [(rule.segment_key, rule.user_count, rule.conditions) for rule in rules] == [("a", user_count, {})]


def test_conditions_on_one_feature_are_joined():
    joined = Condition(high=90, includes_null=True, is_null_seen=True).and_(Condition(low=30, includes_null=False))
    assert joined == Condition(30, 90, True, False, True)
    known = Condition(includes_null=False).and_(Condition(high=90, includes_null=True))
    assert known == Condition(high=90, includes_null=False)


def test_no_users_make_no_rules():
    empty = pd.DataFrame(columns=["scheme", "segment_key", "user_id", "as_of_date", "feature_orders"])
    table = rule_fits(empty, 5, 42)
    assert table.empty and table["includes_null"].dtype == bool


@pytest.fixture(scope="module")
def published(demo_store):
    return demo_store.sql("select * from seg__segment_rules order by scheme, rule_number").df()


@pytest.fixture(scope="module")
def met(demo_store, published):
    """One row per scheme, rule and user who meets it, by the rules as an analyst would paste them."""
    return pd.concat([
        demo_store.sql(f"""
            select user_id from seg__user_features
            where as_of_date = date '{rule.as_of_date:%Y-%m-%d}' and {rule.rule_sql}
        """).df().assign(scheme=rule.scheme, rule_number=rule.rule_number, named_key=rule.segment_key)
        for rule in published.itertuples()
    ])


@pytest.fixture(scope="module")
def memberships(demo_store):
    return demo_store.sql("select user_id, scheme, segment_key from int_seg__published_user_segments").df()


def test_every_scheme_has_rules(published, memberships):
    assert set(published["scheme"]) == set(memberships["scheme"])


def test_every_user_meets_exactly_one_rule_of_a_scheme(met, memberships):
    assert not met.duplicated(["scheme", "user_id"]).any()
    assert len(met.merge(memberships, on=["scheme", "user_id"])) == len(memberships)


def test_shares_precision_and_fidelity_are_what_the_rules_do(published, met, memberships):
    users = met.merge(memberships, on=["scheme", "user_id"])
    users["is_hit"] = users["named_key"] == users["segment_key"]
    rules = users.groupby(["scheme", "rule_number"])["is_hit"].agg(user_count="size", hit_count="sum")
    rules["told"] = in_groups(rules["user_count"])
    rules["misplaced"] = in_groups(rules["user_count"] - rules["hit_count"])
    for (scheme, number), rule in rules.iterrows():
        row = published[(published["scheme"] == scheme) & (published["rule_number"] == number)].iloc[0]
        everybody, its_rules = users[users["scheme"] == scheme], rules.loc[scheme]
        assert row["user_count"] == rule["told"]
        assert row["user_share"] == pytest.approx(rule["told"] / its_rules["told"].sum())
        assert row["user_share"] == pytest.approx(rule["user_count"] / len(everybody), abs=0.01)
        assert row["rule_precision"] == pytest.approx(1 - rule["misplaced"] / rule["told"])
        assert row["fidelity"] == pytest.approx(1 - its_rules["misplaced"].sum() / its_rules["told"].sum())
        assert row["fidelity"] == pytest.approx(everybody["is_hit"].mean(), abs=0.02)
        assert row["baseline_fidelity"] == pytest.approx(everybody["segment_key"].value_counts(normalize=True).iloc[0])


def in_groups(counts):
    """Counts to the nearest multiple of the smallest group that may be told of."""
    return MINIMUM_GROUP_SIZE * (counts / MINIMUM_GROUP_SIZE).round()


def test_rules_say_far_more_than_the_largest_segment(published):
    schemes = published.groupby("scheme")[["fidelity", "baseline_fidelity"]].first()
    assert (schemes["fidelity"] > schemes["baseline_fidelity"] + 0.25).all()
    assert schemes.loc["lifecycle", "fidelity"] > 0.95
    assert schemes.loc["rfm", "fidelity"] > 0.75
    assert schemes.loc["kmeans", "fidelity"] > 0.7
