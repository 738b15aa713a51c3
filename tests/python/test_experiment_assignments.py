"""Who is in which variant: the same for whoever works it out, and still when users are added and shares grow."""

import hashlib

import numpy as np
import pandas as pd
import pytest

MODELS = ["int_seg__experiment_plans", "seg__experiment_assignments"]
USERS = [f"user '{number} 🛒" for number in range(20000)]
COLUMNS = ["experiment_id", "variant", "share", "starts_on", "ends_on", "holdout_share", "exclusion_group", "window_days",
           "is_control", "requires_consent", "is_assigned_here"]


@pytest.fixture(scope="module")
def models(experiment_models):
    compiled = experiment_models
    compiled.give("int_seg__as_of_dates", "select date '2026-07-01' as as_of_date, 'scoring' as split")
    compiled.give("seg_ref__experiments", "select * from (select " + ", ".join(f"null as {name}" for name in COLUMNS) + ") where false")
    return compiled


def plan(experiment_id, shares, starts_on="2026-01-01", ends_on=None, holdout=0.0, group=None, consent=False):
    return [
        (experiment_id, variant, share, starts_on, ends_on, holdout, group, None, False, consent, True)
        for variant, share in shares.items()
    ]


def assigned(models, rows, users=USERS) -> pd.DataFrame:
    """One row per user, a column per experiment: the variant, else the status."""
    models.give("int_seg__users", pd.DataFrame({
        "user_id": users, "known_date": pd.Timestamp("2025-01-01"), "is_listed_without_date": False,
        "has_marketing_consent": [{"0": True, "1": False}.get(user.split()[1][-1]) for user in users],
    }))
    models.give("own_experiments", pd.DataFrame(rows, columns=COLUMNS).astype({"ends_on": "datetime64[us]", "exclusion_group": "string"}))
    models.run(MODELS)
    result = models.rows("select * from seg__experiment_assignments")
    return result.assign(given=result["variant"].fillna(result["assignment_status"])).pivot_table(
        index="user_id", columns="experiment_id", values="given", aggfunc="first"
    )


def number(key: str) -> float:
    return (int(hashlib.md5(key.encode()).hexdigest()[:8], 16) % 1_000_000 + 0.5) / 1_000_000


def test_variants_are_worked_out_from_md5_alone(models):
    given = assigned(models, plan("e", {"a": 0.2, "b": 0.7}, holdout=0.1))["e"]
    for user in USERS[:2000]:
        own = number("e|" + user)
        if number("holdout|" + user) < 0.1:
            expected = "holdout"
        elif own < 0.2:
            expected = "a"
        # The second lane is b's; what does not fit there stands at the end of the first.
        elif own >= 0.5 or own > 0.3:
            expected = "b"
        else:
            expected = "not_enrolled"
        assert given[user] == expected


def test_shares_are_met_and_users_who_are_added_move_nobody(models):
    rows = plan("e", {"a": 0.1, "b": 0.25, "c": 0.5})
    given = assigned(models, rows)["e"]
    for variant, share in {"a": 0.1, "b": 0.25, "c": 0.5, "not_enrolled": 0.15}.items():
        assert abs((given == variant).mean() - share) < 4 * np.sqrt(share * (1 - share) / len(USERS))
    more = assigned(models, rows, [*USERS, "user new", "user other"])["e"]
    assert more[USERS].equals(given[USERS])


@pytest.mark.parametrize("before, after", [
    # Room for all: nobody is moved, whoever grows.
    ({"a": 0.05, "b": 0.05}, {"a": 0.5, "b": 0.05}),
    ({"a": 0.1, "b": 0.1, "c": 0.1}, {"a": 0.1, "b": 0.3, "c": 0.1}),
    ({"a": 0.1, "b": 0.1, "c": 0.1}, {"a": 0.33, "b": 0.33, "c": 0.33}),
    ({"a": 0.1, "b": 0.2}, {"a": 0.1, "b": 0.9}),
    # No room left: only those who have to.
    ({"a": 0.5, "b": 0.5}, {"a": 0.2, "b": 0.8}),
    ({"a": 0.2, "b": 0.8}, {"a": 0.6, "b": 0.4}),
])
def test_users_stay_as_far_as_shares_let_them(models, before, after):
    old = assigned(models, plan("e", before))["e"]
    new = assigned(models, plan("e", after))["e"]
    for variant in before:
        # Of a variant that shrinks leave as many as it shrinks by, of any other nobody.
        leaving = ((old == variant) & (new != variant)).mean()
        needed = max(0, before[variant] - after[variant])
        assert abs(leaving - needed) <= 4 * np.sqrt(needed / len(USERS))


def test_the_holdout_is_in_no_experiment_and_experiments_of_a_group_share_nobody(models):
    given = assigned(models, [
        *plan("first", {"a": 0.4, "b": 0.4}, holdout=0.1, group="page"),
        *plan("second", {"a": 0.5, "b": 0.5}, starts_on="2026-02-01", holdout=0.1, group="page"),
        *plan("elsewhere", {"a": 0.5, "b": 0.5}, holdout=0.1),
    ])
    is_in = given.isin(["a", "b"])
    assert (given["first"] == "holdout").equals(given["elsewhere"] == "holdout")
    assert 0.08 < (given["first"] == "holdout").mean() < 0.12
    assert not (is_in["first"] & is_in["second"]).any()
    assert is_in["second"].sum() > 1000
    assert (given["second"] == "excluded").equals(is_in["first"])
    # An experiment that excludes nothing is drawn independently of the others.
    both = (given["first"] == "a") & (given["elsewhere"] == "a")
    assert abs(both.mean() / 0.9 - 0.2) < 0.015
    # The later experiment takes nobody from the one that runs.
    alone = assigned(models, plan("first", {"a": 0.4, "b": 0.4}, holdout=0.1, group="page"))
    assert alone["first"].equals(given["first"])


def test_experiments_that_do_not_overlap_exclude_nobody(models):
    given = assigned(models, [
        *plan("first", {"a": 1.0}, ends_on="2026-02-01", group="page"), *plan("second", {"a": 1.0}, starts_on="2026-02-01", group="page"),
    ])
    assert (given == "a").all(axis=None)


def test_who_has_not_consented_is_not_in_an_experiment_that_asks_for_it(models):
    given = assigned(models, plan("e", {"a": 1.0}, consent=True))["e"]
    assert all((given[user] == "a") == user.split()[1].endswith("0") for user in USERS)
