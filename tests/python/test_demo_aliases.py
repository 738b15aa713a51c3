"""The demo's resolved users against the truth: whose each cookie is."""

from pathlib import Path

import pandas as pd
import pytest

TRUTH = Path(__file__).parent / "demo_truth"


@pytest.fixture(scope="module")
def truth():
    """One row per cookie: its person (null: a public device, nobody's) and whether a sure link says so."""
    return pd.read_csv(TRUTH / "aliases.csv", dtype={"alias_id": str, "user_id": str})


@pytest.fixture(scope="module")
def person_of(truth):
    """Every id under the person that it truly is."""
    users = pd.read_csv(TRUTH / "users.csv", dtype=str, keep_default_na=False)["user_id"]
    own = truth.dropna(subset="user_id").set_index("alias_id")["user_id"]
    return {**{user_id: user_id for user_id in users}, **own.to_dict()}


@pytest.fixture(scope="module")
def resolved(demo_store):
    """Every id that took part in a link, and every id of an event or line: (source id, resolved user)."""
    return demo_store.sql("""
        select source_user_id, user_id from int_seg__user_aliases
        union
        select source_user_id, user_id from seg__events
        union
        select source_user_id, user_id from seg__order_lines
    """).df()


def test_no_two_persons_are_merged(resolved, person_of):
    known = resolved[resolved["source_user_id"].isin(person_of)]
    persons = known.assign(person=known["source_user_id"].map(person_of)).groupby("user_id")["person"].nunique()
    assert len(persons) > 1_500
    assert persons.max() == 1


def test_every_sure_link_is_followed_to_its_person(demo_store, resolved, truth):
    erased = {row[0] for row in demo_store.sql("select user_id from int_seg__erased_users").fetchall()}
    linked = truth[truth["has_identity"] & truth["user_id"].notna() & ~truth["alias_id"].isin(erased)]
    joined = linked.merge(resolved, left_on="alias_id", right_on="source_user_id", suffixes=("", "_resolved"))
    assert joined["alias_id"].nunique() == len(linked) == len(joined) > 1_000
    assert (joined["user_id_resolved"] == joined["user_id"]).all()
    assert linked["is_chained"].sum() > 100


def test_cookies_without_a_sure_link_stay_on_their_own(resolved, truth):
    unlinked = set(truth.loc[~truth["has_identity"] | truth["user_id"].isna(), "alias_id"])
    theirs = resolved[resolved["source_user_id"].isin(unlinked)]
    assert len(theirs) > 100
    assert (theirs["user_id"] == theirs["source_user_id"]).all()


def test_a_person_is_called_by_the_account_and_never_by_a_cookie(resolved, truth):
    linked = set(truth.loc[truth["has_identity"] & truth["user_id"].notna(), "alias_id"])
    assert not linked & set(resolved["user_id"])
