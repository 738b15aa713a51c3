"""Inputs that say when their rows came in: a realtime run reads the new ones alone, and leaves what a whole build makes.

The rows are those of test_realtime.py, where none says so and all are read.
"""

import sys
import time
from datetime import UTC, datetime, timedelta

import duckdb
import pytest
from comparisons import made_by_both, unequal
from shops import FEW_MODELS, ROOT, BareShop

sys.path.insert(0, str(ROOT / "tests" / "benchmark"))
import generate_store
from realtime_rows import LAST_DAY, TIMES, inputs_of

SETTINGS = {"seg__horizon_days": 30, "seg__refit_policy": "never", "seg__as_of_date": str(LAST_DAY + timedelta(days=1))}
REALTIME = ["tag:realtime"]
WHOLE = ["+seg__user_features", "+seg__input_quality", "+seg__orders", "+seg__sessions", "+int_seg__user_terms"]
# name: database, stage of the inputs, models (none: all).
RUNS = {
    "before": ("store", 0, None),
    "events": ("store", 1, REALTIME),
    "events, whole": ("other", 1, WHOLE),
    "all inputs": ("store", 2, REALTIME),
    "late": ("store", "late", REALTIME),
    "late, whole": ("other", "late", WHOLE),
    "erasure": ("store", 3, REALTIME),
    "other erasure": ("store", "other erasure", REALTIME),
    "other types": ("store", "other types", REALTIME),
    "other types, whole": ("other", "other types", WHOLE),
}
# What stages that bring no rows of the inputs above begin with.
AFTER = {"late": 2, "other erasure": 3, "other types": 3}
# What of the inputs a run read: of an input whose rows changed where they stood there are fewer than came in.
NEW_ALONE = {
    "events": {"events", "order_lines", "reviews", "campaign_touches"},
    "all inputs": {"events", "reviews", "campaign_touches"},
    "late": {"order_lines", "reviews", "campaign_touches"},
    "erasure": set(), "other erasure": set(), "other types": {"events", "order_lines", "reviews", "campaign_touches"},
}
# After the first run begins and before the next one does.
SOON_SECONDS = 60
# Somebody has a key that two others had before, of whom the first is refreshed and the second is not.
SHARED_KEY = """
    select 'of three' as event_id, 'first of three' as user_id, 'view' as event_type, timestamp '2026-06-01 10:00' as occurred_at
    union all
    select 'of three', 'second of three', 'view', timestamp '2026-06-01 11:00'
"""
THIRD = "select 'of three' as event_id, 'third of three' as user_id, 'view' as event_type, timestamp '2026-06-01 12:00' as occurred_at"


def rows_of(folder, stage: int, soon: datetime) -> dict[str, str]:
    inputs = inputs_of(folder, stage)
    inputs["events"] += f"""
        union all by name (
            {SHARED_KEY}
            union all select 'soon', 'soon', 'view', timestamp '{soon:%Y-%m-%d %H:%M:%S}'
            union all select null, 'soon', 'view', timestamp '{soon:%Y-%m-%d %H:%M:%S}'
            union all select 'peeked', 'second of three', 'peek', timestamp '2026-06-01 13:00'
        )
    """
    if stage >= 1:
        inputs["events"] += f" union all by name ({THIRD})"
    return inputs


def loaded(folder, stage, soon: datetime) -> dict[str, str]:
    """The rows of a stage; `loaded_at` is an hour later with each stage that brings rows.

    late: of one row another version, which came in after the first stage and before the second, but is there only now.
    other erasure: in place of one user another asks to be forgotten, at the same time.
    other types: no row is new, and what a spelling means is another.
    """
    last = AFTER.get(stage, stage)
    stages = [rows_of(folder, number, soon) for number in range(last + 1)]
    inputs = dict(stages[-1])
    for name in TIMES:
        parts = []
        for number, of_stage in enumerate(stages):
            # What a stage changed is gone from it and there anew.
            kept = " intersect all ".join(f"(select * exclude (loaded_at) from ({later[name]}))" for later in [of_stage, *stages[number + 1:]])
            earlier = f" except all (select * exclude (loaded_at) from ({stages[number - 1][name]}))" if number else ""
            parts.append(f"select *, timestamp '2026-08-01 00:00:00.000001' + to_hours({number}) as loaded_at from ({kept}{earlier})")
        inputs[name] = " union all by name ".join(f"({part})" for part in parts)
        if stage == "late" and name == "events":
            inputs[name] = f"""
                select * replace (
                    case when event_id = 'soon' then 'cart_add' else event_type end as event_type,
                    case when event_id = 'soon' then timestamp '2026-08-01 00:30:00' else loaded_at end as loaded_at
                )
                from ({inputs[name]})
            """
    if stage in ["other erasure", "other types"]:
        inputs["erasure_requests"] = f"""
            select * replace (case when user_id = 'u103' then 'u106' else user_id end as user_id) from ({inputs["erasure_requests"]})
        """
    peek = "view" if stage == "other types" else "search"
    inputs["event_types"] = f"select 'peek' as source_event_type, '{peek}' as event_type, 'of this shop' as comment"
    return inputs


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return BareShop(tmp_path_factory.mktemp("loaded") / "shop", FEW_MODELS)


@pytest.fixture(scope="module")
def runs(shop, tmp_path_factory):
    """What each run left: a connection to the databases by the run's name, and the names of the inputs that it read in part."""
    store = tmp_path_factory.mktemp("store")
    generate_store.generate(users=300, days=300, products=60, seed=5, out=store)
    read_in_part = {}
    soon = datetime.now(UTC) + timedelta(seconds=SOON_SECONDS)
    with duckdb.connect() as connection:
        for name, (database, stage, models) in RUNS.items():
            if stage == 1:
                time.sleep(max(0, (soon - datetime.now(UTC)).total_seconds() + 1))
            if name == "events":
                # As a row that came in while the run before was going on: it is held, and not known to be.
                with duckdb.connect(str(shop.database("store"))) as held:
                    held.execute("insert into seg__rejected_rows select * from seg__rejected_rows where input_name = 'events' limit 1")
            built = shop.build(database, loaded(store, stage, soon), SETTINGS, select=models, tests=False)
            copy = store / f"{name}.duckdb"
            copy.write_bytes(built.read_bytes())
            connection.execute(f"attach '{copy}' as \"{name}\" (read_only)")
            compiled = "\n".join(
                path.read_text() for fingerprints in ["int_seg__event_fingerprints", "int_seg__input_fingerprints"]
                for path in (shop.target(database) / "compiled").rglob(f"{fingerprints}.sql")
            )
            read_in_part[name] = {input_name for input_name in TIMES if f"of_new_rows where part = '{input_name}'" in compiled}
        yield connection, read_in_part


@pytest.fixture(scope="module")
def compared(shop, runs):
    return made_by_both(shop.target("other"), runs[0], "late, whole")


def test_only_inputs_whose_rows_are_all_new_or_as_they_were_are_read_in_part(runs):
    assert {name: runs[1][name] for name in NEW_ALONE} == NEW_ALONE


@pytest.mark.parametrize("run", ["events", "late", "other types"])
def test_new_rows_leave_the_tables_that_a_whole_build_makes(runs, compared, run):
    assert {"seg__events", "seg__sessions", "seg__orders", "seg__user_features", "seg__rejected_rows"} <= set(compared)
    assert len(compared) > 30
    assert unequal(runs[0], run, f"{run}, whole", compared) == {}


@pytest.mark.parametrize("run", ["events", "late", "other types"])
def test_a_run_leaves_the_fingerprints_of_all_rows(runs, run):
    columns = "part, part_key, user_id, row_count, fingerprint, loaded_until, due_at, load_fingerprint"
    left = f"select {columns} from \"{run}\".main.int_seg__refreshed_fingerprints where part not like 'other %'"
    found = f'select {columns} from "{run}, whole".main.int_seg__input_fingerprints'
    assert runs[0].sql(f"{left} except all {found}").fetchall() == runs[0].sql(f"{found} except all {left}").fetchall() == []
    assert runs[0].sql(f"select count(*) from ({left})").fetchall()[0][0] > 500


def test_only_the_users_concerned_are_refreshed(runs):
    for run in ["events", "all inputs", "late"]:
        users = {row[0] for row in runs[0].sql(f'select user_id from "{run}".main.int_seg__users_to_refresh').fetchall()}
        assert None not in users, run
        assert len(users) < 80, run
    users = {row[0] for row in runs[0].sql("select user_id from events.main.int_seg__users_to_refresh").fetchall()}
    assert {"third of three", "first of three", "soon", "thief"} <= users
    assert "second of three" not in users


def test_all_rows_of_a_key_count_whoever_is_refreshed(runs):
    def kept(run):
        return runs[0].sql(f"select user_id, copy_count from \"{run}\".main.seg__events where event_id = 'of three'").fetchall()

    assert kept("before") == [("first of three", 2)]
    assert kept("events") == [("first of three", 3)]


def test_what_lay_in_the_future_is_taken_in_when_its_time_has_come(runs):
    def found(run):
        accepted = runs[0].sql(f"select count(*) from \"{run}\".main.seg__events where event_id = 'soon'").fetchall()[0][0]
        rejected = runs[0].sql(f"""
            select reject_reason, count(*) from "{run}".main.seg__rejected_rows
            where input_name = 'events' and row_content like '%"soon"%' group by all order by all
        """).fetchall()
        return accepted, rejected

    assert found("before") == (0, [("in_the_future", 1), ("missing_event_id", 1)])
    assert found("events") == (1, [("missing_event_id", 1)])


def test_a_row_that_took_the_place_of_another_under_an_earlier_time_is_not_overlooked(runs):
    for run, event_type in [("all inputs", "view"), ("late", "cart_add")]:
        assert runs[0].sql(f"select event_type from \"{run}\".main.seg__events where event_id = 'soon'").fetchall() == [(event_type,)]


def test_who_asks_to_be_forgotten_is_forgotten_and_who_withdraws_that_is_known_again(runs):
    for run, known in [("late", {"u103", "u106"}), ("erasure", {"u106"}), ("other erasure", {"u103"})]:
        users = runs[0].sql(f"select distinct user_id from \"{run}\".main.seg__events where user_id in ('u103', 'u106')").fetchall()
        assert {row[0] for row in users} == known, run


def test_what_a_spelling_means_now_is_true_of_rows_seen_before(runs):
    for run, event_type in [("other erasure", "search"), ("other types", "view")]:
        assert runs[0].sql(f"select event_type from \"{run}\".main.seg__events where event_id = 'peeked'").fetchall() == [(event_type,)]
