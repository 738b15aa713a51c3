"""A shop with small groups, run for one date after another, and a reader who subtracts its tables of groups from each other.

The reader sees the tables alone; the test knows who stands behind each number. `test_published_flows` tries many more
shops, and unions of groups; here the tables themselves are tried.
"""

from itertools import permutations, product

import duckdb
import pytest
from shops import BareShop

MINIMUM = 5
# The third date is made up for; at the last one somebody asks to be forgotten.
DATES = ["2026-03-01", "2026-04-12", "2026-03-08", "2026-04-19"]
ERASED = {"erasure_requests": "select 'b5' as user_id, timestamp '2026-04-15' as requested_at"}
# Which run follows which.
FOLLOWING = [(0, 1), (0, 2), (1, 3)]
SELECT = ["+seg__segments", "+seg__segment_migrations"]

# 90 buyers of many rhythms, 60 prospects of whom three were never seen, four guests whom nobody resembles; three users
# come in early March, nine more later, and here and there somebody buys after a long silence.
USERS = """
    select 'p' || number as user_id, timestamp '2026-01-05' as signed_up_at from range(60) as numbers (number)
"""
EVENTS = """
    select
        'v' || number || '-' || visit as event_id,
        'p' || number as user_id,
        'view' as event_type,
        timestamp '2026-01-10' + to_days(cast(visit * (1 + number % 7) as integer)) as occurred_at,
        'x' || (number + visit) % 9 as product_id
    from range(57) as numbers (number)
    cross join range(6) as visits (visit)
"""
ORDER_LINES = """
    with buyers as (
        select number, 15 + 12 * (number % 9) as gap, timestamp '2025-06-01' as since from range(90) as numbers (number)
        union all
        select 200 + number, 4, timestamp '2026-02-20' from range(4) as numbers (number)
        union all
        select 300 + number, 9, timestamp '2026-03-03' from range(3) as numbers (number)
        union all
        select 400 + number, 6, timestamp '2026-03-15' from range(9) as numbers (number)
    )
    select
        number || '-' || line as order_line_id,
        number || '-' || line as order_id,
        'b' || number as user_id,
        'x' || (number * 7 + line) % 9 as product_id,
        since + to_days(cast(line * gap + number % 13 as integer)) as ordered_at,
        1 + (number + line) % 3 as quantity,
        4.0 + (number * 37 + line * 11) % 61 as unit_price
    from buyers
    cross join range(40) as lines (line)
    where number % 11 > 2 or line * gap < 150 or line * gap > 270 + number
"""
INPUTS = {"users": USERS, "events": EVENTS, "order_lines": ORDER_LINES}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """What was published at each run, and who was behind it."""
    shop = BareShop(tmp_path_factory.mktemp("privacy") / "shop")
    return [*(run(shop, as_of_date) for as_of_date in DATES[:3]), run(shop, DATES[3], **ERASED)]


def run(shop, as_of_date, settings=None, **inputs):
    variables = {"seg__as_of_date": as_of_date, "seg__minimum_group_size": MINIMUM, **(settings or {})}
    database = shop.build("groups", {**INPUTS, **inputs}, variables, select=SELECT)
    with duckdb.connect(str(database), read_only=True) as connection:
        members = {}
        for user_id, scheme, key in connection.sql(
            "select user_id, scheme, segment_key from int_seg__published_user_segments"
        ).fetchall():
            members.setdefault((scheme, key), set()).add(user_id)
        return {
            "members": members,
            "wanted": set(connection.sql("select user_id, scheme, segment_key from seg__user_segments").fetchall()),
            "segments": connection.sql("select scheme, segment_key, user_count from seg__segments").fetchall(),
            "feature_counts": connection.sql("""
                select features.user_count, segments.user_count
                from seg__segment_features as features inner join seg__segments as segments using (scheme, segment_key)
            """).fetchall(),
            "migrations": connection.sql(f"""
                select scheme, from_segment_key, to_segment_key, user_count from seg__segment_migrations
                where as_of_date = '{as_of_date}'
            """).fetchall(),
        }


@pytest.fixture(scope="module")
def fitted_twice(tmp_path_factory):
    """A date that is run again with other clusters, whose keys are those of the first, given to other users."""
    shop = BareShop(tmp_path_factory.mktemp("twice") / "shop")
    return [
        run(shop, DATES[2], {"seg__cluster_count": count, "seg__max_hierarchy_group_count": count}) for count in (8, 5)
    ]


def is_few(users):
    return 0 < len(users) < MINIMUM


def test_every_size_is_that_of_the_group_and_none_is_small(runs):
    for told in runs:
        assert {(scheme, key): count for scheme, key, count in told["segments"]} == {
            group: len(users) for group, users in told["members"].items()
        }
        assert not [group for group, users in told["members"].items() if is_few(users)]
        assert all(count >= MINIMUM for *_, count in told["migrations"])
        for known, count in told["feature_counts"]:
            assert known in (None, 0) or known >= MINIMUM
            assert known in (None, count) or count - known >= MINIMUM


def test_nobody_is_published_in_a_segment_of_a_fit_that_was_replaced(fitted_twice):
    first, second = fitted_twice
    assert any(("kmeans", f"kmeans_{number}") in first["members"] for number in (6, 7, 8)), "all groups lived on"
    for (scheme, key), users in second["members"].items():
        if key != "other" and scheme in ("kmeans", "hierarchical", "hierarchical_coarse"):
            assert users <= {user for user, *segment in second["wanted"] if segment == [scheme, key]}


def test_small_groups_were_there_to_be_hidden(runs):
    for told in runs:
        sizes = {}
        for _, scheme, key in told["wanted"]:
            sizes[scheme, key] = sizes.get((scheme, key), 0) + 1
        if min(sizes.values()) < MINIMUM:
            break
    else:
        pytest.fail("no segment was ever small")
    assert any(key == "other" for told in runs for _, key in told["members"])


def test_no_group_less_another_of_the_run_leaves_few(runs):
    for told in runs:
        for one, other in permutations(told["members"].values(), 2):
            assert not (other < one and is_few(one - other))


def test_all_users_less_the_groups_of_a_scheme_leave_few(runs):
    for told in runs:
        everybody = [
            set().union(*(users for (other, _), users in told["members"].items() if other == scheme))
            for scheme in {scheme for scheme, _ in told["members"]}
        ]
        assert all(users == everybody[0] for users in everybody)


def test_no_group_less_one_of_the_run_before_leaves_few(runs):
    for before, after in ((runs[one], runs[next_one]) for one, next_one in FOLLOWING):
        for one, other in product(before["members"].values(), after["members"].values()):
            assert not (one < other and is_few(other - one))
            assert not (other < one and is_few(one - other))


def test_nobody_comes_moves_or_leaves_alone_between_two_runs(runs):
    for before, after in ((runs[one], runs[next_one]) for one, next_one in FOLLOWING):
        for scheme in {scheme for scheme, _ in after["members"]}:
            then = {user: key for (other, key), users in before["members"].items() if other == scheme for user in users}
            now = {user: key for (other, key), users in after["members"].items() if other == scheme for user in users}
            flows = {}
            for user in {*then, *now}:
                flows.setdefault((then.get(user), now.get(user)), set()).add(user)
            assert not [flow for flow, users in flows.items() if is_few(users)]


def test_new_users_wait_until_they_are_enough(runs):
    first, third, second, _ = runs
    everybody = [set().union(*told["members"].values()) for told in (first, second, third)]
    assert {"b300", "b301", "b302"} <= {user for user, _, _ in second["wanted"]} - everybody[1]
    assert {"b300", "b301", "b302", "b400"} <= everybody[2]
    assert any(("rfm", None, key, count) in third["migrations"] for key in ("other", "new") for count in range(5, 13))


def test_who_is_forgotten_leaves_at_once_and_not_alone(runs):
    _, before, _, after = runs
    was, counts = (set().union(*told["members"].values()) for told in (before, after))
    assert "b5" in was - counts
    assert len(was - counts) >= MINIMUM
    assert was - counts - {"b5"} < {user for user, _, _ in after["wanted"]}
    assert all(count >= MINIMUM for *_, to_key, count in after["migrations"] if to_key is None)
